"""
How one value is written into one cell of a realtime table.

Asterisk's drivers for PostgreSQL, MariaDB and ODBC split a cell at ``;`` and decode ``^XX``
(``main/config.c``, ``ast_realtime_decode_chunk``); ODBC knows upper-case hex only.
So ``;`` and ``^`` inside a value are stored as ``^3B`` and ``^5E`` there.
``res_config_sqlite3`` neither splits nor decodes, so a cell of SQLite holds the value as it is.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Protocol

from asterisk_realtime.errors import InvalidValueError


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


_HEX: Final = re.compile(r"\^([0-9A-Fa-f]{2})")

ESCAPED: Final = EscapedCodec()
LITERAL: Final = LiteralCodec()


def codec_for(dialect_name: str) -> Codec:
    """Return the codec for a table that Asterisk reads through the usual driver of a dialect."""
    return LITERAL if dialect_name == "sqlite" else ESCAPED


def check_text(
    value: object, field: str, *, length: int | None, secret: bool = False, empty: bool = False
) -> str:
    """
    Return *value* if a cell can hold it such that Asterisk ends up with it.

    The length that counts is the escaped one, on every database, so that what fits SQLite
    also fits the servers.

    Raises:
        InvalidValueError: It is no text, empty, only blanks, holds a control character,
            or its stored form is longer than *length* characters.
    """

    def bad(problem: str, way_out: str) -> InvalidValueError:
        return InvalidValueError(field, value, problem, way_out, secret=secret)

    if not isinstance(value, str):
        raise bad("it is not text", "give a str")
    if not value.strip(" "):
        if empty and not value:
            return value
        raise bad("empty text does not reach Asterisk", "use None for Asterisk's default")
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in value):
        raise bad("it holds a control character", "leave line breaks, tabs and the like out")
    stored = len(ESCAPED.encode(value))
    if length is not None and stored > length:
        raise bad(
            f"it takes {stored} characters as stored (';' and '^' take three each)",
            f"the column holds {length}",
        )
    return value
