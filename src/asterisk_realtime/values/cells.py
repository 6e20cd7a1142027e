"""
How one value is written into one cell of a realtime table.

Asterisk's drivers for PostgreSQL, MariaDB and ODBC split a cell at ``;`` and decode ``^XX``
(``main/config.c``, ``ast_realtime_decode_chunk``); ODBC knows upper-case hex only.
So ``;`` and ``^`` inside a value are stored as ``^3B`` and ``^5E`` there.
``res_config_sqlite3`` neither splits nor decodes, so a cell of SQLite holds the value as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.values.plain import is_a, secret_text

if TYPE_CHECKING:
    from asterisk_realtime.values.secret import Secret


class Codec(Protocol):
    """How the driver that reads a table spells one value."""

    def encode(self, text: str) -> str:
        """Return the cell for *text*."""
        ...

    def decode(self, cell: str) -> str:
        """Return the text that a reader of *cell* ends up with."""
        ...


class EscapedCodec:
    """The spelling that res_config_pgsql and res_config_odbc read."""

    def encode(self, text: str) -> str:
        """Escape ``^``, ``;`` and a blank at either end (the drivers trim the right one)."""
        escaped = text.replace("^", "^5E").replace(";", "^3B")
        inner = escaped.strip(" ")
        lead = len(escaped) - len(escaped.lstrip(" "))
        trail = len(escaped) - len(escaped.rstrip(" "))
        return "^20" * lead + inner + "^20" * trail

    def decode(self, cell: str) -> str:
        """Undo `encode`; lower-case hex, which some drivers take, is read too."""
        return _HEX.sub(lambda match: chr(int(match[1], 16)), cell)


class LiteralCodec:
    """The spelling that res_config_sqlite3 reads: none."""

    def encode(self, text: str) -> str:
        """Return *text* as it is."""
        return text

    def decode(self, cell: str) -> str:
        """Return *cell* as it is."""
        return cell


_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and halves of a surrogate pair, which no database takes."""

_HEX: Final = re.compile(r"\^([0-9A-Fa-f]{2})")

ESCAPED: Final = EscapedCodec()
LITERAL: Final = LiteralCodec()


def codec_for(dialect_name: str) -> Codec:
    """Return the codec for a table that Asterisk reads through the usual driver of a dialect."""
    return LITERAL if dialect_name == "sqlite" else ESCAPED


def check_text(
    value: object,
    field: str,
    *,
    length: int | None,
    octets: int | None = None,
    secret: bool = False,
    empty: bool = False,
) -> str:
    """
    Return *value* if a cell can hold it such that Asterisk ends up with it.

    The length that counts is the escaped one, on every database, so that what fits SQLite
    also fits the servers.

    Args:
        value: The text.
        field: Who asks, for the error.
        length: Characters that the column holds; None for any number.
        octets: Bytes that Asterisk keeps of it; None for any number.
        secret: Whether the error hides the value.
        empty: Whether an empty text is taken.

    Raises:
        InvalidValueError: It is no text, empty, only blanks, holds a control character,
            or is too long.
    """
    if not is_a(value, str):
        raise InvalidValueError(field, value, "it is not text", "give a str", secret=secret)
    plain = value if secret else str.__str__(value)
    fault = text_fault(plain, length, octets, empty=empty)
    if fault is not None:
        raise InvalidValueError(field, value, *fault, secret=secret)
    return plain


def check_secret(value: object, field: str, *, length: int | None) -> Secret:
    """
    Return *value*, a text or a `Secret`, as a secret that a cell can hold.

    Raises:
        InvalidValueError: As `check_text`; the value is not shown.
    """
    value = secret_text(value, field)
    fault = text_fault(value.reveal(), length)
    if fault is not None:
        raise InvalidValueError(field, value, *fault, secret=True)
    return value


def text_fault(
    text: str, length: int | None, octets: int | None = None, *, empty: bool = False
) -> tuple[str, str] | None:
    """Return what keeps a cell from holding *text*, and a hint; None if nothing does."""
    if length is not None and len(text) > length:  # before any other look, which takes time
        return f"it has {len(text)} characters", f"use at most {length}"
    if not text.strip(" "):
        fault = ("empty text does not reach Asterisk", "use None for Asterisk's default")
        return None if empty and not text else fault
    if _CONTROL.search(text):
        return "it holds a control character", "leave line breaks, tabs and the like out"
    stored = len(ESCAPED.encode(text))
    if length is not None and stored > length:
        return (
            f"it takes {stored} characters as stored (';' and '^' take three each)",
            f"the column holds {length}",
        )
    taken = len(text.encode()) if octets is not None else 0
    if octets is not None and taken > octets:
        return f"it takes {taken} bytes in UTF-8", f"Asterisk keeps {octets}"
    return None
