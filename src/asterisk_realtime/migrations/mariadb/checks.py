"""CHECK constraints of MariaDB that list the values of a column, translated to its new type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from asterisk_realtime.migrations.reading.defaults import converted

if TYPE_CHECKING:
    from asterisk_realtime.migrations.comparing.kinds import Kind
    from asterisk_realtime.migrations.sql import Spelling

_LITERAL: Final = r"(?:_\w+)?(?:'(?:[^'\\]|'')*'|[-+]?[0-9.]+)"
_ATOM: Final = re.compile(
    rf"""\(* [`"](?P<column>[^`"]+)[`"]
    (?: \ is\ null | \ =\ (?P<one>{_LITERAL}) | \ in\ \((?P<list>{_LITERAL}(?:,\ ?{_LITERAL})*)\) )
    \)*""",
    re.IGNORECASE | re.VERBOSE,
)


def translated(clause: str, column: str, kind: Kind, spelling: Spelling) -> str | None:
    """
    Return a condition with values of a column's new type.

    Args:
        clause: The condition as the server prints it.
        column: The only column that it may name.
        kind: The column's new type.
        spelling: How the server writes things.

    Returns:
        SQL, or None if *clause* is more than a list of values.
    """
    words: list[str] = []
    for part in re.split(r"\bor\b", clause, flags=re.IGNORECASE):
        atom = _ATOM.fullmatch(part.strip())
        if atom is None or atom["column"].lower() != column.lower():
            return None
        literals = re.findall(_LITERAL, atom["list"] or atom["one"] or "")
        words += [_word(literal, kind) for literal in literals]
    known = [word for word in dict.fromkeys(words) if word]
    return f"{spelling.name(column)} IN ({spelling.words(known)})" if known else None


def _word(literal: str, kind: Kind) -> str:
    # A value that the new type does not have is left out: rows with it stop the upgrade.
    return converted(re.sub(r"^_\w+", "", literal), kind) or ""
