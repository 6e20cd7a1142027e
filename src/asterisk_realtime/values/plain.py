"""Values that need no knowledge of Asterisk: yes or no, a number in a range, one word of a set."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypeVar

from asterisk_realtime.errors import InvalidValueError

E = TypeVar("E", bound=StrEnum)


def flag(value: bool, field: str = "flag") -> bool:  # noqa: FBT001 - a converter
    """
    Return *value* if it is True or False.

    Raises:
        InvalidValueError: It is neither.
    """
    if not isinstance(value, bool):
        raise InvalidValueError(field, value, "it is neither True nor False", "give a bool")
    return value


def whole_number(value: int, field: str = "number", *, lowest: int, highest: int) -> int:
    """
    Return *value* if it is a whole number from *lowest* to *highest*, both included.

    Raises:
        InvalidValueError: It is not.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise InvalidValueError(
            field, value, "it is out of range", f"give a whole number, {lowest} to {highest}"
        )
    return value


def member(choices: type[E], value: str, field: str = "choice") -> E:
    """
    Return the member of *choices* that *value* is, or spells.

    Raises:
        InvalidValueError: It is none.
    """
    try:
        return choices(value)
    except ValueError:
        raise InvalidValueError(
            field, value, "it is no known word", f"use one of {', '.join(choices)}"
        ) from None


def one_or_more(value: Any) -> tuple[Any, ...]:
    """Return *value* as a tuple: its elements if it is a collection, itself if it is text."""
    return tuple(value) if hasattr(value, "__iter__") and not isinstance(value, str) else (value,)
