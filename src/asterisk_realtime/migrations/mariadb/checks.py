"""Convert CHECK constraints that list the values of a column to its new type (MariaDB)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from asterisk_realtime.migrations.reading.defaults import converted

if TYPE_CHECKING:
    from asterisk_realtime.migrations.comparing.kinds import Kind
    from asterisk_realtime.migrations.sql import SqlWriter

_LITERAL: Final = r"(?:_\w+)?(?:'(?:[^'\\]|'')*'|[-+]?[0-9.]+)"
_ATOM: Final = re.compile(
    rf"""\(* [`"](?P<column>[^`"]+)[`"]
    (?: \ is\ null | \ =\ (?P<one>{_LITERAL}) | \ in\ \((?P<list>{_LITERAL}(?:,\ ?{_LITERAL})*)\) )
    \)*""",
    re.IGNORECASE | re.VERBOSE,
)


def translated(clause: str, column: str, kind: Kind, writer: SqlWriter) -> str | None:
    """
    Return the condition of a CHECK with values of the column's new type.

    Args:
        clause: The condition, from the server.
        column: The only column in the condition.
        kind: The new kind of the column.
        writer: Writes SQL for the server.

    Returns:
        SQL, or None if *clause* is not just a list of values.
    """
    words: list[str] = []
    for part in re.split(r"\bor\b", clause, flags=re.IGNORECASE):
        atom = _ATOM.fullmatch(part.strip())
        if atom is None or atom["column"].lower() != column.lower():
            return None
        literals = re.findall(_LITERAL, atom["list"] or atom["one"] or "")
        words += [_word(literal, kind) for literal in literals]
    known = [word for word in dict.fromkeys(words) if word]
    return f"{writer.name(column)} IN ({writer.literals(known)})" if known else None


def _word(literal: str, kind: Kind) -> str:
    # A value that the new type does not have is omitted; rows with this value are an obstacle.
    return converted(re.sub(r"^_\w+", "", literal), kind) or ""
