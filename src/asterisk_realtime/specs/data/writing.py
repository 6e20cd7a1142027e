"""A spec as a dictionary for ``json.dumps``."""

from __future__ import annotations

from typing import Any

from asterisk_realtime.specs.data.fields import KIND, element, mappings, types
from asterisk_realtime.values.json_types import plain
from asterisk_realtime.values.words import Word


def dictionary(value: object, *, reveal: bool) -> dict[str, Any]:
    """
    Return a spec, or a part of one, as a dictionary with the name of its class first.

    A field that holds a word, such as ``KEEP``, is left out, as its default.
    """
    cls: type[Any] = type(value)
    cells = {
        name: _field(getattr(value, name), hint, reveal=reveal)
        for name, hint in types(cls).items()
        if not isinstance(getattr(value, name), Word)
    }
    return {KIND: cls.__name__, **cells}


def _field(value: Any, hint: Any, *, reveal: bool) -> Any:
    if isinstance(value, mappings(hint)):
        return dictionary(value, reveal=reveal)
    if isinstance(value, tuple):
        return [_field(item, element(hint), reveal=reveal) for item in value]
    return plain(value, reveal=reveal)
