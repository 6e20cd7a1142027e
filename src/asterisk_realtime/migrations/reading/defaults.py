"""Convert the existing defaults of columns whose type changes."""

from __future__ import annotations

import re
from typing import Final

from asterisk_realtime.migrations.comparing.kinds import Kind, TypeFamily
from asterisk_realtime.migrations.sql import FALSE_WORDS, TRUE_WORDS

_LITERAL: Final = re.compile(
    r"""\(* (?: '(?P<text>(?:[^']|'')*)' | (?P<word>[-+]?[0-9.]+|true|false) ) \)* (?:::.*)?""",
    re.IGNORECASE | re.VERBOSE,
)

_NUMBERS: Final = frozenset({TypeFamily.INTEGER, TypeFamily.FLOAT, TypeFamily.NUMERIC})


def converted(default: str, kind: Kind) -> str | None:
    """
    Return the default of a column that becomes another kind.

    Args:
        default: SQL of the existing default, as reflected.
        kind: The new kind of the column.

    Returns:
        The new default as text, without quotes. Empty if the column will have no default, since
        the old one is NULL or an empty text. None if the default cannot be converted.
    """
    found = _LITERAL.fullmatch(default)
    if found is None:
        return "" if default.upper().startswith("NULL") else None
    word = found["word"] if found["text"] is None else found["text"].replace("''", "'")
    return _kept_labels(word, kind) if word else ""


def _kept_labels(word: str, kind: Kind) -> str | None:
    lower = word.lower()
    if kind.family is TypeFamily.ENUM:
        return _label(word, kind.labels)
    if kind.family is TypeFamily.BOOLEAN:
        return "true" if lower in TRUE_WORDS else "false" if lower in FALSE_WORDS else None
    if kind.family in _NUMBERS:
        whole = re.fullmatch(r"([-+]?[0-9]+)(?:[.]0+)?", word)
        return None if whole is None else whole[1]
    return word


def _label(word: str, labels: tuple[str, ...]) -> str | None:
    """Convert a word to a label, as `SqlWriter.as_label` does in SQL."""
    lower = word.lower()
    candidates = [word, lower]
    candidates += ["yes"] if lower in TRUE_WORDS else ["no"] if lower in FALSE_WORDS else []
    return next((each for each in candidates if each in labels), None)


def is_constant(default: str) -> bool:
    """Tell whether a default is a constant: not NULL, a time or a generated number."""
    return _LITERAL.fullmatch(default) is not None or default.upper().startswith("B'")
