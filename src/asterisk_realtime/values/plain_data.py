"""Plain data for the converters of a spec's fields, or an error."""

from __future__ import annotations

from datetime import date, time, timedelta
from enum import Enum
from pathlib import PurePath
from typing import Any, Final

import attrs
import netaddr

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values.plain import is_a, items
from asterisk_realtime.values.secret import Secret

MAX_TEXT: Final = 4096
"""Most characters of any text: more than any field accepts, and few enough for every pattern."""

MAX_NUMBER: Final = 2**63
"""Beyond this Python is slow to write a number, or refuses to."""

MAX_DEPTH: Final = 4
"""Most levels of lists within lists."""

_ATOMS: Final = (
    *(bool, int, float, bytes, Enum, Secret, date, time, timedelta, type(None)),
    *(netaddr.IPNetwork, netaddr.IPAddress, PurePath),
)


def plain_data(value: object, field: str, depth: int = MAX_DEPTH) -> Any:
    """
    Return *value* as data that behaves like its type: a caller's own classes may raise or lie.

    A text, including one of a subclass, becomes a ``str``; any iterable becomes a tuple; instances
    of attrs classes, such as specs and their parts, stay.

    Raises:
        ValidationError: A text is longer than 4,096 characters, holds a NUL or half of a
            surrogate pair; a list has too many elements, or raises an error of its own; or no field
            accepts the type.
    """
    kind = type(value)
    if issubclass(kind, Enum) or is_a(value, Secret):
        return value
    if is_a(value, str):
        return _text(str.__str__(value), field)
    if is_a(value, int) and kind is not bool:
        return _number(int.__int__(value), field)
    if attrs.has(kind):
        _check_parts(value, field, depth)
        return value
    if issubclass(kind, _ATOMS):
        return value
    problem = f"no field accepts a value of type {kind.__name__}"
    hint = "give text, a number, True, False or None, or a list of these"
    if depth == 0:
        raise ValidationError(field, value, "its lists are nested too deeply", hint)
    return tuple(
        plain_data(item, field, depth - 1) for item in items(value, field, hint, problem=problem)
    )


def _text(value: str, field: str) -> str:
    if len(value) > MAX_TEXT:
        raise ValidationError(
            field, value, f"it has {len(value)} characters", f"use at most {MAX_TEXT}"
        )
    if "\0" in value or not _is_unicode(value):
        problem = "it holds a NUL or half of a surrogate pair"
        raise ValidationError(field, value, problem, "leave it out")
    return value


def _is_unicode(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value)


def _number(value: int, field: str) -> int:
    if not -MAX_NUMBER < value < MAX_NUMBER:
        raise ValidationError(field, value, "it is out of range", "give a smaller number")
    return value


def _check_parts(value: Any, field: str, depth: int) -> None:
    """Refuse an instance whose parts are not plain data, since it was not made by its class."""
    for part in attrs.fields(type(value)):
        given = getattr(value, part.name, None)
        if not (type(given) is tuple and not given):
            kept = plain_data(given, field, depth - 1) if depth else None
            if type(kept) is not type(given) and type(given) not in {list, frozenset}:
                raise ValidationError(
                    field, type(value).__name__, f"its {part.name} is not plain", "give text"
                )
