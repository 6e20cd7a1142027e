"""What people key in: digits, stars and pound signs."""

from __future__ import annotations

import re
from typing import Final

from asterisk_realtime.errors import ValidationError

_DIGITS: Final = re.compile(r"[0-9]+")
_KEYS: Final = re.compile(r"[0-9*#]+")
_DIALLED: Final = re.compile(r"\+?[0-9*#]+")
_LOCAL: Final = re.compile(r"[A-Za-z0-9+*#.-]+")
_SPECIAL: Final = frozenset({"fax"})

MAX_DIALLED: Final = 79
"""Longest extension that can be dialled, in characters."""


def digits(
    value: str, field: str = "digits", *, lowest: int = 1, highest: int, secret: bool = False
) -> str:
    """
    Return *value* if it is *lowest* to *highest* digits.

    Raises:
        ValidationError: It is not; a secret is not shown.
    """
    if not isinstance(value, str) or not _DIGITS.fullmatch(value):
        raise ValidationError(
            field, value, "it is not made of digits alone", "use 0 to 9", secret=secret
        )
    if not lowest <= len(value) <= highest:
        raise ValidationError(
            field,
            value,
            f"it has {len(value)} digits",
            f"use {lowest} to {highest}",
            secret=secret,
        )
    return value


def keys(value: str, field: str = "keys", *, highest: int) -> str:
    """
    Return *value* if it is up to *highest* keys of a telephone: digits, ``*`` and ``#``.

    Raises:
        ValidationError: It is not.
    """
    if not isinstance(value, str) or not _KEYS.fullmatch(value) or len(value) > highest:
        raise ValidationError(
            field, value, "a telephone has no such keys", f"use 1 to {highest} of 0-9, '*' and '#'"
        )
    return value


def dialled_number(value: str, field: str = "number") -> str:
    """
    Return *value* if it can be dialled: digits, ``*`` and ``#``, with ``+`` before E.164.

    Raises:
        ValidationError: It cannot.
    """
    if not isinstance(value, str) or not _DIALLED.fullmatch(value) or len(value) > MAX_DIALLED:
        raise ValidationError(
            field,
            value,
            "it cannot be dialled",
            f"use 1 to {MAX_DIALLED} of 0-9, '*' and '#', with '+' first in E.164",
        )
    return value


def local_number(value: str, field: str = "exten") -> str:
    """
    Return *value* if a phone can dial it and it means nothing else.

    Digits, ``*``, ``#``, ``+``, and names of at least two letters.

    Raises:
        ValidationError: It cannot, begins a pattern, or is an extension that Asterisk itself uses
            (``h``, ``i``, ``s``, ``t``, ``fax``, ...).
    """
    if not isinstance(value, str) or not _LOCAL.fullmatch(value) or len(value) > MAX_DIALLED:
        raise ValidationError(
            field, value, "a phone cannot dial it", "use digits, '*', '#', '+' and letters"
        )
    if (len(value) == 1 and value.isalpha()) or value in _SPECIAL:
        raise ValidationError(
            field,
            value,
            "Asterisk itself uses this extension",
            "choose another, of two letters or more",
        )
    return value
