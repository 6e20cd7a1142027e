"""Existing defaults of columns whose type changes."""

from __future__ import annotations

import re
from typing import Final

from asterisk_realtime.migrations.comparing.kinds import Family, Kind
from asterisk_realtime.migrations.sql import FALSE_WORDS, TRUE_WORDS

_LITERAL: Final = re.compile(
    r"""\(* (?: '(?P<text>(?:[^']|'')*)' | (?P<word>[-+]?[0-9.]+|true|false) ) \)* (?:::.*)?""",
    re.IGNORECASE | re.VERBOSE,
)

_NUMBERS: Final = frozenset({Family.INTEGER, Family.FLOAT, Family.NUMERIC})


def converted(default: str, kind: Kind) -> str | None:
    """
    Return what a default means for a column of another kind.

    Args:
        default: SQL of the default, as reflected.
        kind: What the column becomes.

    Returns:
        The text of a literal; empty if there is no default any more, since an empty cell is none;
        None if the column cannot hold what the default says.
    """
    found = _LITERAL.fullmatch(default)
    if found is None:
        return "" if default.upper().startswith("NULL") else None
    word = found["word"] if found["text"] is None else found["text"].replace("''", "'")
    return _meant(word, kind) if word else ""


def _meant(word: str, kind: Kind) -> str | None:
    lower = word.lower()
    if kind.family is Family.ENUM:
        return _label(word, kind.labels)
    if kind.family is Family.BOOLEAN:
        return "true" if lower in TRUE_WORDS else "false" if lower in FALSE_WORDS else None
    if kind.family in _NUMBERS:
        whole = re.fullmatch(r"([-+]?[0-9]+)(?:[.]0+)?", word)
        return None if whole is None else whole[1]
    return word


def _label(word: str, labels: tuple[str, ...]) -> str | None:
    """Say in Python what `Spelling.as_label` says in SQL."""
    lower = word.lower()
    candidates = [word, lower]
    candidates += ["yes"] if lower in TRUE_WORDS else ["no"] if lower in FALSE_WORDS else []
    return next((each for each in candidates if each in labels), None)


def is_constant(default: str) -> bool:
    """Tell whether a default is always the same value: not NULL, a time or a generated number."""
    return _LITERAL.fullmatch(default) is not None or default.upper().startswith("B'")
