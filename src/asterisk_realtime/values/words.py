"""Words that a field takes in place of a value: ``KEEP`` and ``GENERATE``."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal, TypeAlias

from asterisk_realtime.errors import ValidationError


class Word(Enum):
    """A word that a field of a spec takes in place of a value; None is Asterisk's default."""

    KEEP = "keep"
    """Keep the stored value. A new object gets Asterisk's default; without one, it is refused."""

    GENERATE = "generate"
    """Generate a value for a new object. An existing object keeps its value."""

    def __repr__(self) -> str:
        """Return the name, which is public."""
        return self.name

    __str__ = __repr__


KEEP: Final = Word.KEEP
GENERATE: Final = Word.GENERATE

Keep: TypeAlias = Literal[Word.KEEP]
Generate: TypeAlias = Literal[Word.GENERATE]


def refuse_word(value: object, field: str, hint: str) -> None:
    """
    Refuse None and words, for a field that takes neither.

    Raises:
        ValidationError: *value* is one.
    """
    if value is None or isinstance(value, Word):
        raise ValidationError(field, value, "the field does not take it", hint)
