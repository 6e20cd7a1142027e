"""
How one value is written into one cell of a realtime table.

Asterisk's drivers for PostgreSQL, MariaDB and ODBC split a cell at ``;``, trim each piece on the
right, drop empty pieces and decode ``^XX`` as bytes (``res/res_config_pgsql.c``,
``res/res_config_odbc.c``, and ``ast_realtime_decode_chunk`` in ``main/config.c``).
ODBC decodes upper-case hex only.
So ``;`` and ``^`` inside a value are stored as ``^3B`` and ``^5E`` there.
``res_config_sqlite3`` neither splits nor decodes, so a cell of SQLite holds the value as it is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Protocol

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values.plain import is_a, secret_text

if TYPE_CHECKING:
    from asterisk_realtime.values.secret import Secret


class Codec(Protocol):
    """How the driver of a database encodes and decodes a value."""

    def encode(self, text: str) -> str:
        """Return the cell for *text*."""
        ...

    def part(self, text: str) -> str:
        """Return *text* as it is encoded inside a cell, to search for a part of a value."""
        ...

    def decode(self, cell: str) -> str:
        """Return the text whose cell is *cell*: the inverse of `encode`, for names of rows."""
        ...

    def values(self, cell: str) -> tuple[str, ...]:
        """Return what Asterisk reads from *cell*: no value, one, or several."""
        ...


class EscapedCodec:
    """The encoding of res_config_pgsql and res_config_odbc."""

    def __init__(self, digits: str) -> None:
        """
        Make a codec.

        Args:
            digits: The characters that the driver reads as hex digits.
        """
        self._byte = re.compile(rb"\^([%b]{2})" % digits.encode())

    def encode(self, text: str) -> str:
        """Escape ``^``, ``;`` and blanks at either end (the drivers trim the right one)."""
        escaped = self.part(text)
        inner = escaped.strip(" ")
        lead = len(escaped) - len(escaped.lstrip(" "))
        trail = len(escaped) - len(escaped.rstrip(" "))
        # A text of blanks alone has them on one side, not on both.
        return "^20" * lead + inner + ("^20" * trail if inner else "")

    def part(self, text: str) -> str:
        """Escape ``^`` and ``;``."""
        return text.replace("^", "^5E").replace(";", "^3B")

    def decode(self, cell: str) -> str:
        """
        Undo `encode`, and nothing else.

        Asterisk looks rows up by the encoded name, so two cells never mean the same name.
        """
        return _WRITTEN.sub(lambda match: chr(int(match[1], 16)), cell)

    def values(self, cell: str) -> tuple[str, ...]:
        """Split at ``;``, trim on the right, drop what is empty, and decode."""
        pieces = (piece.rstrip(BLANKS) for piece in _ended(cell).split(";"))
        return tuple(self._decoded(piece) for piece in pieces if piece)

    def _decoded(self, piece: str) -> str:
        if "^" not in piece:
            return piece
        raw = piece.encode("utf-8", "replace")
        found = self._byte.sub(lambda match: bytes.fromhex(match[1].decode()), raw)
        return _ended(found.decode("utf-8", "replace"))


class LiteralCodec:
    """The encoding of res_config_sqlite3, which stores values unchanged."""

    def encode(self, text: str) -> str:
        """Return *text* as it is."""
        return text

    def part(self, text: str) -> str:
        """Return *text* unchanged."""
        return text

    def decode(self, cell: str) -> str:
        """Return *cell* as it is."""
        return cell

    def values(self, cell: str) -> tuple[str, ...]:
        """Return *cell* unchanged; an empty one is not set."""
        text = _ended(cell)
        return (text,) if text else ()


_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and halves of a surrogate pair, which no database takes."""


def _ended(text: str) -> str:
    """Return *text* up to its first zero byte, where it ends for Asterisk."""
    return text.partition("\0")[0]


BLANKS: Final = "".join(map(chr, range(1, 33)))
"""Characters that Asterisk trims: blanks and control characters (``ast_strip``, ``strings.h``)."""

_WRITTEN: Final = re.compile(r"\^(3B|5E|20)")

ESCAPED: Final = EscapedCodec("0-9A-Fa-f")
"""PostgreSQL: res_config_pgsql reads hex in either case."""

ODBC: Final = EscapedCodec("0-9A-F")
"""MariaDB and MySQL: res_config_odbc reads upper-case hex."""

LITERAL: Final = LiteralCodec()

_CODECS: Final[dict[str, Codec]] = {"sqlite": LITERAL, "mysql": ODBC, "mariadb": ODBC}


def codec_for(dialect_name: str) -> Codec:
    """Return the codec for a table that Asterisk reads through the usual driver of a dialect."""
    return _CODECS.get(dialect_name, ESCAPED)


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
    Return *value* if a cell can hold it, and Asterisk reads it back unchanged.

    The escaped length counts, on every database, so that a text that fits SQLite also fits the
    servers.

    Args:
        value: The text.
        field: Name of the field, for the error.
        length: Characters that the column holds; None for any number.
        octets: Bytes of it that Asterisk keeps; None for any number.
        secret: Whether the error hides the value.
        empty: Whether an empty text is allowed.

    Raises:
        ValidationError: It is not text, is empty or only blanks, holds a control character,
            or is too long.
    """
    if not is_a(value, str):
        raise ValidationError(field, value, "it is not text", "give a str", secret=secret)
    plain = value if secret else str.__str__(value)
    fault = text_fault(plain, length, octets, empty=empty)
    if fault is not None:
        raise ValidationError(field, value, *fault, secret=secret)
    return plain


def check_secret(value: object, field: str, *, length: int | None) -> Secret:
    """
    Return *value*, a text or a `Secret`, as a secret that a cell can hold.

    Raises:
        ValidationError: As `check_text`; the value is not shown.
    """
    value = secret_text(value, field)
    fault = text_fault(value.reveal(), length)
    if fault is not None:
        raise ValidationError(field, value, *fault, secret=True)
    return value


def text_fault(
    text: str, length: int | None, octets: int | None = None, *, empty: bool = False
) -> tuple[str, str] | None:
    """Return why a cell cannot hold *text*, and a hint; None if it can."""
    if length is not None and len(text) > length:  # first, since other checks take time
        return f"it has {len(text)} characters", f"use at most {length}"
    if not text.strip(" "):
        fault = ("empty text does not reach Asterisk", "use None for Asterisk's default")
        return None if empty and not text else fault
    if _CONTROL.search(text):
        return "it holds a control character", "leave out line breaks, tabs and the like"
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
