"""Words for what a field is to be where it is not a value: left as it is, or generated."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal, TypeAlias

from asterisk_realtime.errors import ValidationError


class Word(Enum):
    """A word in a field of a spec, in the place of a value; None is Asterisk's default."""

    KEEP = "keep"
    """Leave it as it is. A new thing has Asterisk's default; without one, it is refused."""

    GENERATE = "generate"
    """Generate it for a new thing. An existing thing keeps what it has."""

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
    Refuse None, and a word, which a field does not take.

    Raises:
        ValidationError: *value* is one.
    """
    if value is None or isinstance(value, Word):
        raise ValidationError(field, value, "the field does not take it", hint)
