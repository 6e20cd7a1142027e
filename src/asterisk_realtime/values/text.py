"""Text for places where Asterisk evaluates expressions."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values.cells import check_text
from asterisk_realtime.values.limits import Unit
from asterisk_realtime.values.plain import text

if TYPE_CHECKING:
    from asterisk_realtime.values.limits import Limit

MAX_TEXT: Final = 4096
"""Most characters of any text: more than any column of a spec holds."""

_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of invisible characters, and of those that change the direction of writing."""


def plain_text(value: str, field: str = "text") -> str:
    """
    Return *value* if the dialplan reads it as text, not as code.

    Asterisk replaces ``${...}`` and ``$[...]`` in the arguments of every step and knows no
    escape for them, so a name that holds them could run a command.

    Raises:
        ValidationError: It holds ``${`` or ``$[``, or is not text.
    """
    plain = text(value, field, most=MAX_TEXT)
    for mark in ("${", "$["):
        if mark in plain:
            raise ValidationError(
                field, plain, f"Asterisk would run what follows {mark!r}", f"leave {mark!r} out"
            )
    return plain


def limited_text(value: str, field: str, limit: Limit) -> str:
    """
    Return *value* if Asterisk does not run it as an expression, and it is within *limit*.

    Raises:
        ValidationError: It is not.
    """
    plain = plain_text(value, field)
    octets = limit.most if limit.unit is Unit.BYTES else None
    return check_text(plain, field, length=limit.most, octets=octets)


def display_text(value: str, field: str, limit: Limit) -> str:
    """
    Return *value* if it is within *limit*, and has no invisible characters.

    Raises:
        ValidationError: It is too long, or has an invisible character: a line break, one without
            width, or one that changes the direction of writing.
    """
    plain = limited_text(value, field, limit)
    for char in plain:
        if unicodedata.category(char) in _UNSEEN:
            raise ValidationError(
                field, plain, f"it holds U+{ord(char):04X}, which is invisible", "leave it out"
            )
    return plain
