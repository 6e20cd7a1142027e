"""The caller's name and number, as Asterisk writes them: ``"Name" <+12025550123>``."""

from __future__ import annotations

import re
from typing import Final

import attrs

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.values.numbers import e164
from asterisk_realtime.values.text import plain_text

MAX_NAME: Final = 79
"""Longest name, in bytes of UTF-8 (Asterisk's buffers hold 80 with the closing NUL)."""

_FULL: Final = re.compile(
    r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^"<>]*?))\s*<(?P<number>[^<>]*)>\s*'
)


@attrs.frozen
class CallerId:
    """
    A caller's name and number.

    Attributes:
        number: In E.164.
        name: What a display shows; None sends none.
    """

    number: str
    name: str | None = None

    def __str__(self) -> str:
        """Return the form that ``main/callerid.c`` reads."""
        if self.name is None:
            return f"<{self.number}>"
        name = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{name}" <{self.number}>'


def caller_id(
    value: str | CallerId, field: str = "caller_id", *, region: str | None = None
) -> CallerId:
    r"""
    Return *value* as a caller ID.

    Args:
        value: ``"Name" <+12025550123>`` (``\"`` and ``\\`` inside the quotes stand for ``"`` and
            ``\``), ``Name <+12025550123>``, a number alone, or a `CallerId`.
        field: Who asks, for the error.
        region: Country whose national form of the number is taken too.

    Raises:
        InvalidValueError: The number is none, or the name is too long, holds a control
            character or what Asterisk would run as code.
    """
    if isinstance(value, CallerId):
        return CallerId(e164(value.number, field, region=region), _name(value.name, field))
    if not isinstance(value, str):
        raise InvalidValueError(field, value, "it is not text", 'write "Name" <+12025550123>')
    match = _FULL.fullmatch(value)
    if match is None:
        if any(mark in value for mark in '<>"'):
            raise InvalidValueError(
                field, value, "it is no caller ID", 'write "Name" <+12025550123>'
            )
        return CallerId(e164(value, field, region=region))
    quoted = match["quoted"]
    name = match["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    return CallerId(e164(match["number"], field, region=region), _name(name or None, field))


def _name(value: str | None, field: str) -> str | None:
    if value is None:
        return None
    plain_text(value, field)
    if len(value.encode()) > MAX_NAME:
        raise InvalidValueError(
            field, value, "the name is too long", f"use at most {MAX_NAME} bytes of UTF-8"
        )
    if not value.isprintable():
        raise InvalidValueError(
            field, value, "the name holds a control character", "leave line breaks and the like out"
        )
    return value
