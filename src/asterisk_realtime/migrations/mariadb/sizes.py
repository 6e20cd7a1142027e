"""Sizes of stored values in bytes (MariaDB)."""

from __future__ import annotations

import re
from typing import Final

import attrs

_WORDS: Final = {
    1: "tinyint bool year enum",
    2: "smallint",
    3: "mediumint date time",
    4: "int integer float timestamp",
    5: "datetime",
    8: "bigint double",
    9: "tinytext tinyblob",
    10: "text blob",
    11: "mediumtext mediumblob",
    12: "longtext longblob",
    16: "uuid inet6",
}
_BYTES: Final = {word: size for size, words in _WORDS.items() for word in words.split()}
"""Bytes of a value, by type. Other types count as one byte, so that no row that fits is refused."""

_DIGITS: Final = (0, 1, 1, 2, 2, 3, 3, 4, 4, 4)
"""Bytes for 0 to 9 decimal digits; more than nine are stored in groups of nine."""

_LONGEST: Final = 255
"""Maximum bytes of a text that is stored completely in a page."""

_POINTER: Final = 21
"""Bytes in a page for a longer text, which is stored elsewhere."""


@attrs.frozen
class Column:
    """
    A column of MariaDB.

    Attributes:
        type: Its type as SQL, such as ``varchar(40)``.
        width: The maximum bytes of a character.
        nullable: Whether it allows NULL.
        virtual: Whether it is a generated column without values in the table.
    """

    type: str
    width: int
    nullable: bool = True
    virtual: bool = False

    @property
    def size_in_page(self) -> int:
        """The maximum bytes of a value in a page; of a long text, a page stores only a pointer."""
        if self.virtual:
            return 0
        word, size = self._words[0], self.size
        if word.endswith(("text", "blob")) or (word.startswith("var") and size > _LONGEST + 1):
            return _POINTER
        if word == "char" and self.width > 1:
            return size + 1 if size <= _LONGEST else _POINTER
        return size

    @property
    def _words(self) -> list[str]:
        return re.findall(r"\w+", self.type.lower().partition(" ")[0]) or [""]

    @property
    def size(self) -> int:
        """The maximum bytes of a value in a row."""
        word, *numbers = self._words
        sizes = [int(number) for number in numbers if number.isdigit()]
        if word in {"varchar", "varbinary"}:
            size = sizes[0] * (self.width if word == "varchar" else 1)
            return size + (1 if size < 2**8 else 2)
        if word in {"char", "binary"}:
            return sizes[0] * (self.width if word == "char" else 1)
        if word in {"decimal", "numeric"}:
            return _decimal(*sizes)
        fraction = (sizes[0] + 1) // 2 if word in {"time", "timestamp", "datetime"} and sizes else 0
        return _BYTES.get(word, 1) + fraction


def _decimal(precision: int = 10, scale: int = 0) -> int:
    return sum(digits // 9 * 4 + _DIGITS[digits % 9] for digits in (precision - scale, scale))
