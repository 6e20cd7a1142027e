"""A spec as a dictionary that ``json.dumps`` takes."""

from __future__ import annotations

from enum import Enum
from typing import Any

from asterisk_realtime.showing import HIDDEN
from asterisk_realtime.specs.data.fields import KIND, element, mappings, types
from asterisk_realtime.values.secret import Secret


def dictionary(value: object, *, reveal: bool) -> dict[str, Any]:
    """Return a spec, or a part of one, as a dictionary with the name of its class first."""
    cls: type[Any] = type(value)
    cells = {
        name: _field(getattr(value, name), hint, reveal=reveal) for name, hint in types(cls).items()
    }
    return {KIND: cls.__name__, **cells}


def _field(value: Any, hint: Any, *, reveal: bool) -> Any:
    if isinstance(value, mappings(hint)):
        return dictionary(value, reveal=reveal)
    if isinstance(value, tuple):
        return [_field(item, element(hint), reveal=reveal) for item in value]
    return plain(value, reveal=reveal)


def plain(value: object, *, reveal: bool = False) -> Any:
    """Return *value* in JSON's types: an enum as its value, a tuple as a list, others as text."""
    if isinstance(value, Secret):
        return value.reveal() if reveal else HIDDEN
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple | list):
        return [plain(item, reveal=reveal) for item in value]
    return str(value)
