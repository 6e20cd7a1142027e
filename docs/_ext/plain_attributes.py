"""
Small corrections to how autodoc reads this library.

- An attribute's text is taken as it is. Napoleon would read what stands before its first colon
  as the attribute's type.
- A type that a module imports for type checkers only is known to autodoc by its last name alone;
  it is looked up among the documented ones.
- A type of this library is named as users import it, not by the module where it happens to be; one
  that they cannot import is left out.
- A class that an attribute holds is not named: Sphinx would take ``type`` for a column.
- The signature of a spec is its fields and their defaults; what they take is said of each below.
- The signature of a verb is its parameters, without the type variables that serve type checkers,
  and without a class, as above.
"""

from __future__ import annotations

import re
from enum import Enum
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, Final

import attrs
from sphinx.util.nodes import make_refnode

from asterisk_realtime import __all__ as public_names
from asterisk_realtime import conf, models

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

BEFORE_NAPOLEON, AFTER_NAPOLEON = 100, 900

_OURS: Final = re.compile(r"\basterisk_realtime(?:\.[a-z_0-9]+)+\.(\w+)")

_VARIABLE: Final = re.compile(r"\b[PRST]\b|\btype\[")

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
    public = {*public_names, *conf.__all__, *models.__all__}
    return "type[" not in line and set(_OURS.findall(line)) <= public


def fields_only(
    _app: Sphinx, what: str, _name: str, object_: Any, _options: Any, *_found: Any
) -> tuple[str, None] | None:
    """Return the signature of an attrs class without the converters' types."""
    if what != "class" or not attrs.has(object_):
        return None
    found = [item for item in attrs.fields(object_) if item.init]
    positional = [_parameter(item) for item in found if not item.kw_only]
    named = [_parameter(item) for item in found if item.kw_only]
    return f"({', '.join([*positional, *(['*'] if named else []), *named])})", None


def names_only(
    _app: Sphinx, what: str, _name: str, object_: Any, _options: Any, *_found: Any
) -> tuple[str, None] | None:
    """Return the signature of a function that is generic, or takes a class, without its types."""
    if what not in {"class", "function"} or attrs.has(object_):
        return None
    found = signature(object_)
    types = [str(item.annotation) for item in found.parameters.values()]
    if not any(map(_VARIABLE.search, types)):
        return None
    plain = [item.replace(annotation=Parameter.empty) for item in found.parameters.values()]
    return str(found.replace(parameters=plain, return_annotation=Parameter.empty)), None


def _parameter(field: attrs.Attribute[Any]) -> str:
    if field.default is attrs.NOTHING:
        return field.name
    # attrs' stubs say that Factory is a function; it is a class.
    depends = isinstance(field.default, attrs.Factory)  # type: ignore[arg-type]
    return f"{field.name}={'...' if depends else _plain(field.default)}"


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        inner = ", ".join(map(_plain, value))
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    return repr(value.value) if isinstance(value, Enum) else repr(value)


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
    app.connect("autodoc-process-signature", fields_only)
    app.connect("autodoc-process-signature", names_only)
    app.connect("missing-reference", by_last_name)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
