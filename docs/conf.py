"""Sphinx's settings. The build is run with ``-n -W``: a broken reference is an error."""

import sys
from importlib.metadata import version as version_of
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))
sys.path.insert(0, str(Path(__file__).parent.parent))  # the tests hold a table that is printed

project = "asterisk-realtime"
author = "The asterisk-realtime authors"
copyright = author
release = version = version_of("asterisk-realtime")

extensions = [
    "myst_parser",
    "departures_table",
    "kinds_table",
    "plain_attributes",
    "readback_table",
    "realtime_table",
    "releases_table",
    "sphinx.ext.autodoc",
    "sphinx.ext.doctest",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["_build"]

default_role = "any"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

nitpick_ignore_regex = [
    # Other projects' objects: their pages are on the network, which a build does not need.
    (
        r"py:.*",
        r"(alembic|attrs?|collections|datetime|decimal|enum|netaddr|os|pathlib|sqlalchemy|typing)\b.*",
    ),
    # The same, where a module imports them for type checkers only.
    (
        r"py:class",
        r"(AsyncSession|Column|ColumnElement|Connection|Engine|ForeignKeyConstraint|Index|IPAddress|IPNetwork|Select|Session|Table|date|tzinfo)",
    ),
    # What an attribute of a public class holds, and nobody makes by hand.
    (
        r"py:class",
        r"(asterisk_realtime\..*\.)?(AddressRange|ConfFile|DialPattern|FoundColumn|Kind|TerminationUri|Verdict)",
    ),
]

html_theme = "furo"
html_title = f"{project} {release}"
html_copy_source = False
