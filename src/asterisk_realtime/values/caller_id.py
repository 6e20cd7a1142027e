"""The caller's name and number, as Asterisk writes them: ``"Name" <+12025550123>``."""

from __future__ import annotations

import re
from typing import Final

import attrs

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.values.cells import check_text
from asterisk_realtime.values.numbers import e164
from asterisk_realtime.values.text import plain_text

MAX_NAME: Final = 79
"""Longest name, in bytes of UTF-8 (Asterisk's buffers hold 80 with the closing NUL)."""

MAX_STORED: Final = 255
"""Characters that ``ps_endpoints.callerid`` holds."""

_EXTENSION: Final = re.compile(r"[0-9*#]{1,79}")
_DIALLED: Final = re.compile(r"[0-9*#+(). -]+")
"""Characters of a phone number (``main/callerid.c``, ``ast_isphonenumber``)."""

_FULL: Final = re.compile(
    r'\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<bare>[^"<>]*?))\s*<(?P<number>[^<>]*)>\s*'
)


@attrs.frozen
class CallerId:
    """
    A caller's name and number.

    Attributes:
        number: In E.164; of a phone in the house also its extension, or None where only its name
            is known.
        name: What a display shows; None sends none.
    """

    number: str | None
    name: str | None = None

    def __str__(self) -> str:
        """Return the form that ``main/callerid.c`` reads."""
        number = self.number or ""
        if self.name is None:
            return f"<{number}>"
        name = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{name}" <{number}>'


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
    name, number = _parts(value, field)
    return CallerId(e164(number or "", field, region=region), _name(name, field))


def internal_caller_id(value: str | CallerId, field: str = "caller_id") -> CallerId:
    """
    Return *value* as the caller ID of a phone in the house, whose number may be its extension.

    Args:
        value: As for `caller_id`; the number may also be 1 to 79 digits, ``*`` and ``#``, or be
            left out: ``"Ann" <>``.
        field: Who asks, for the error.

    Raises:
        InvalidValueError: As `caller_id`; or its stored form is longer than 255 characters.
    """
    name, number = _parts(value, field)
    if number and (not isinstance(number, str) or not _EXTENSION.fullmatch(number)):
        if not str(number).startswith("+"):
            raise InvalidValueError(
                field,
                value,
                "it holds no phone number",
                'write "Name" <100>, "Name" <+12025550123>, or "Name" <> without a number',
            )
        number = e164(number, field)
    found = CallerId(number or None, _name(name, field))
    if found == CallerId(None):
        raise InvalidValueError(field, value, "it is empty", 'write "Name" <100>')
    check_text(str(found), field, length=MAX_STORED)
    return found


def stored_caller_id(text: str, field: str = "caller_id") -> CallerId:
    """
    Return the caller ID of a phone that a cell holds, as ``main/callerid.c`` reads it.

    Text without ``<`` and ``>`` is a number if all of it could be dialled, and a name otherwise.

    Raises:
        InvalidValueError: As `internal_caller_id`.
    """
    bare = not any(mark in text for mark in '<>"') and not _DIALLED.fullmatch(text)
    return internal_caller_id(CallerId(None, text.strip()) if bare else text, field)


def _parts(value: str | CallerId, field: str) -> tuple[str | None, str | None]:
    """Return name and number, as they stand there."""
    if isinstance(value, CallerId):
        return value.name, value.number
    if not isinstance(value, str):
        raise InvalidValueError(field, value, "it is not text", 'write "Name" <+12025550123>')
    match = _FULL.fullmatch(value)
    if match is None:
        if any(mark in value for mark in '<>"'):
            raise InvalidValueError(
                field, value, "it is no caller ID", 'write "Name" <+12025550123>'
            )
        return None, value
    quoted = match["quoted"]
    name = match["bare"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
    return name or None, match["number"]


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
