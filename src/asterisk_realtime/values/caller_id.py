"""The caller's name and number, as Asterisk writes them: ``"Name" <+12025550123>``."""

from __future__ import annotations

import re
from typing import Final

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import limits
from asterisk_realtime.values.cells import check_text
from asterisk_realtime.values.numbers import e164
from asterisk_realtime.values.plain import is_a, text
from asterisk_realtime.values.text import display_text

_EXTENSION: Final = re.compile(r"[0-9*#]{1,79}")
_DIALLED: Final = re.compile(r"[0-9*#+(). -]+")
"""Characters of a phone number (``main/callerid.c``, ``ast_isphonenumber``)."""

_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED: Final = re.compile(r"\\(.)")
_MAX_TEXT: Final = 2 * limits.CALLER_ID.most
"""Characters of a caller ID in any form; the stored form has its own limit."""

_HINT: Final = 'write "Name" <+12025550123>'


@attrs.frozen
class CallerId:
    """
    A caller's name and number.

    Attributes:
        number: In E.164; for a phone also its extension, or None if only its name is known.
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
        field: Name of the field, for the error.
        region: Country whose national form of the number is taken too.

    Raises:
        ValidationError: The number is invalid, or the name is too long, holds a control
            character or what Asterisk would run as code.
    """
    name, number = _parts(value, field)
    return _storable(CallerId(e164(number or "", field, region=region), _name(name, field)), field)


def internal_caller_id(value: str | CallerId, field: str = "caller_id") -> CallerId:
    """
    Return *value* as the caller ID of an internal phone, whose number may be its extension.

    Args:
        value: As for `caller_id`; the number may also be 1 to 79 digits, ``*`` and ``#``, or be
            missing: ``"Ann" <>``.
        field: Name of the field, for the error.

    Raises:
        ValidationError: As `caller_id`; or its stored form is longer than 255 characters.
    """
    name, number = _parts(value, field)
    if number and not _EXTENSION.fullmatch(number):
        if not number.startswith("+"):
            raise ValidationError(
                field,
                value,
                "it has no phone number",
                'write "Name" <100>, "Name" <+12025550123>, or "Name" <> without a number',
            )
        number = e164(number, field)
    found = CallerId(number or None, _name(name, field))
    if found == CallerId(None):
        raise ValidationError(field, value, "it is empty", 'write "Name" <100>')
    return _storable(found, field)


def stored_caller_id(cell: str, field: str = "caller_id") -> CallerId:
    """
    Return the caller ID of a phone that a cell holds, as ``main/callerid.c`` reads it.

    Text without ``<`` and ``>`` is a number if all of it can be dialled, and a name otherwise.

    Raises:
        ValidationError: As `internal_caller_id`.
    """
    bare = not any(mark in cell for mark in '<>"') and not _DIALLED.fullmatch(cell)
    return internal_caller_id(CallerId(None, cell.strip()) if bare else cell, field)


def _storable(found: CallerId, field: str) -> CallerId:
    """Return *found* if the column is long enough for it with its quotes."""
    check_text(str(found), field, length=limits.CALLER_ID.most)
    return found


def _parts(value: str | CallerId, field: str) -> tuple[str | None, str | None]:
    """Return name and number, as they are written."""
    if is_a(value, CallerId):
        given = value
        name = None if given.name is None else _text(given.name, field)
        return name, None if given.number is None else _text(given.number, field)
    found = _text(value, field).strip(" ")
    if not any(mark in found for mark in '<>"'):
        return None, found
    before, _bracket, number = found.removesuffix(">").rpartition("<")
    name = _unquoted(before.strip(" "))
    if name is None or not found.endswith(">") or any(mark in number for mark in '<>"'):
        raise ValidationError(field, found, "it is not a caller ID", _HINT)
    return name or None, number.strip(" ")


def _text(value: object, field: str) -> str:
    return text(value, field, most=_MAX_TEXT, hint=_HINT)


def _unquoted(name: str) -> str | None:
    """Return a name without its quotes, or None if they are unbalanced."""
    if match := _QUOTED.fullmatch(name):
        return _ESCAPED.sub(r"\1", match[1])
    return None if any(mark in name for mark in '<>"') else name


def _name(value: str | None, field: str) -> str | None:
    return None if value is None else display_text(value, field, limits.CALLER_NAME)
