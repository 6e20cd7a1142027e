"""
Small corrections to how autodoc reads this library.

- An attribute's text is taken as it is. Napoleon would read what stands before its first colon
  as the attribute's type.
- A type that a module imports for type checkers only is known to autodoc by its last name alone;
  it is looked up among the documented ones.
- A type of this library is named as users import it, not by the module where it happens to be; one
  that they cannot import is left out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sphinx.util.nodes import make_refnode

import asterisk_realtime

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

BEFORE_NAPOLEON, AFTER_NAPOLEON = 100, 900

_OURS: Final = re.compile(r"\basterisk_realtime(?:\.[a-z_0-9]+)+\.(\w+)")

_kept: dict[str, list[str]] = {}


def keep(_app: Sphinx, what: str, name: str, _object: Any, _options: Any, lines: list[str]) -> None:
    """Put an attribute's text aside."""
    if what == "attribute":
        _kept[name] = lines.copy()


def restore(
    _app: Sphinx, what: str, name: str, _object: Any, _options: Any, lines: list[str]
) -> None:
    """Bring it back."""
    if what == "attribute":
        lines[:] = _kept.pop(name)


def as_imported(
    _app: Sphinx, _what: str, _name: str, _object: Any, _options: Any, lines: list[str]
) -> None:
    """Name the types of attributes as users know them."""
    lines[:] = [
        _OURS.sub(r"\1", line) if line.startswith(":vartype ") else line
        for line in lines
        if not (line.startswith(":vartype ") and not _is_public(line))
    ]


def _is_public(line: str) -> bool:
    public = {*asterisk_realtime.__all__, *asterisk_realtime.conf.__all__}
    return set(_OURS.findall(line)) <= public


def by_last_name(
    app: Sphinx, env: Any, node: Any, contents: nodes.Element
) -> nodes.reference | None:
    """Return a link to the one documented object of that last name."""
    if node.get("refdomain") != "py" or "." in node["reftarget"]:
        return None
    domain = env.domains.python_domain
    found = domain.find_obj(env, None, None, node["reftarget"], None, 1)
    if len(found) != 1:
        return None
    ((name, entry),) = found
    page = node.get("refdoc", env.docname)
    return make_refnode(app.builder, page, entry.docname, entry.node_id, [contents], name)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Give Sphinx the corrections."""
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", keep, priority=BEFORE_NAPOLEON)
    app.connect("autodoc-process-docstring", restore, priority=AFTER_NAPOLEON)
    app.connect("autodoc-process-docstring", as_imported, priority=AFTER_NAPOLEON)
    app.connect("missing-reference", by_last_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
