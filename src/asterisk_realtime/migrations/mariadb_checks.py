"""CHECK constraints of MariaDB that list the values of a column, in the words of its new type."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from asterisk_realtime.migrations.defaults import converted

if TYPE_CHECKING:
    from asterisk_realtime.migrations.kinds import Kind
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
    Return a condition in the words of a column's new kind.

    Args:
        clause: The condition as the server prints it.
        column: The only column that it may name.
        kind: What the column becomes.
        spelling: How the server writes things.

    Returns:
        SQL, or None where *clause* is more than a list of values.
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
    # What the new kind has no word for, no row holds either: such rows stop the upgrade.
    return converted(re.sub(r"^_\w+", "", literal), kind) or ""
