"""Values in the types that JSON has."""

from __future__ import annotations

from enum import Enum
from typing import Any

from asterisk_realtime.showing import HIDDEN
from asterisk_realtime.values.secret import Secret


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
