"""Conditions for texts that an index serves on each database."""

from __future__ import annotations

import re
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Final

from sqlalchemy import Boolean, String, and_, func, literal, literal_column, or_, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

    from sqlalchemy import ColumnElement
    from sqlalchemy.sql.compiler import SQLCompiler


class Folded(FunctionElement[str]):
    """A column without the difference of upper and lower case; MariaDB's columns have none."""

    inherit_cache = True


@compiles(Folded)
def _lower(element: Folded, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"lower({compiler.process(element.clauses, **kwargs)})"


@compiles(Folded, "mysql")
@compiles(Folded, "mariadb")
def _as_it_is(element: Folded, compiler: SQLCompiler, **kwargs: Any) -> str:
    return compiler.process(element.clauses, **kwargs)


def is_name(column: Any, *names: str) -> ColumnElement[bool]:
    """Return the condition for cells that are one of some names, in upper or lower case."""
    # SQLite's lower() changes letters of ASCII alone.
    spellings = ((name, name.lower(), name.translate(_ASCII_LOWER)) for name in names)
    folded = Folded(column)
    found = folded.in_(list(dict.fromkeys(text for each in spellings for text in each)))
    # PostgreSQL's lower() differs from Python's for a few letters of other alphabets.
    others = [folded == Folded(literal(name, String())) for name in names if not name.isascii()]
    return or_(found, *others) if others else found


_ASCII_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)


INDEXED: Final = 255
"""How many characters of a long text an index holds on PostgreSQL and MariaDB."""


class _OfText(FunctionElement[bool]):
    """A condition for a text, which an index of its beginning serves."""

    inherit_cache = True
    type = Boolean()

    def self_group(self, against: Any = None) -> Self:  # noqa: ARG002 - SQLAlchemy's
        """Return it as it is, as `rare.Rare` does."""
        return self


def _indexed(text: ColumnElement[Any]) -> ColumnElement[Any]:
    # A parameter would keep the condition from the index, whose expression has the number.
    return func.left(text, literal_column(str(INDEXED)))


class _Equals(_OfText):
    """Whether a text is another."""

    inherit_cache = True


@compiles(_Equals)
def _equal(element: _Equals, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, text = element.clauses
    return compiler.process(column == text, **kwargs)


@compiles(_Equals, "postgresql")
def _equal_beginnings(element: _Equals, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, text = element.clauses
    both = and_(_indexed(column) == _indexed(text), column == text)
    return f"({compiler.process(both, **kwargs)})"


def equals(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition for cells that are a text, which an ordinary index serves."""
    return _Equals(type_coerce(column, String()), literal(text, String()))


class _Begins(_OfText):
    """Whether a text begins with another."""

    inherit_cache = True


@compiles(_Begins)
def _like(element: _Begins, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, pattern, *_others = element.clauses
    return compiler.process(column.like(pattern, escape="/"), **kwargs)


class _BeginsLonger(_Begins):
    """Whether a text begins with another that is longer than what an index holds."""

    inherit_cache = True


@compiles(_Begins, "postgresql")
def _like_beginning(element: _Begins, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, pattern, *_others = element.clauses
    return compiler.process(_indexed(column).like(pattern, escape="/"), **kwargs)


@compiles(_BeginsLonger, "postgresql")
def _like_longer(element: _BeginsLonger, compiler: SQLCompiler, **kwargs: Any) -> str:
    column, pattern, first, _after = element.clauses
    both = and_(_indexed(column) == _indexed(first), column.like(pattern, escape="/"))
    return f"({compiler.process(both, **kwargs)})"


@compiles(_Begins, "sqlite")
def _between(element: _Begins, compiler: SQLCompiler, **kwargs: Any) -> str:
    # SQLite's LIKE ignores case, so that no ordinary index serves it.
    column, _pattern, first, after = element.clauses
    return f"({compiler.process(and_(column >= first, column < after), **kwargs)})"


def begins(column: Any, prefix: str) -> ColumnElement[bool]:
    """Return the condition for cells that begin with a text, which an ordinary index serves."""
    pattern = re.sub(r"([%_/])", r"/\1", prefix) + "%"
    after = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    texts = (literal(text, String()) for text in (pattern, prefix, after))
    condition = _Begins if len(prefix) <= INDEXED else _BeginsLonger
    return condition(type_coerce(column, String()), *texts)
