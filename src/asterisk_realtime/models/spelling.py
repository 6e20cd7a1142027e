"""
Conditions on cells that other programs wrote, which may spell a value differently.

On SQLite a cell can hold any text where the servers have enums; the servers' drivers decode text
before Asterisk sees it.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Boolean, String, func, or_, type_coerce
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.sql.compiler import SQLCompiler


class SpelledOut(FunctionElement[bool]):
    """
    A comparison with each spelling: among the labels of the enum, or in any case.

    SQLite has no enums, so its cells may hold what a label is not: ``TRUE``, ``y``.
    """

    inherit_cache = True
    type = Boolean()


@compiles(SpelledOut)
def _among_labels(element: SpelledOut, compiler: SQLCompiler, **kwargs: Any) -> str:
    labels, _words = element.clauses
    return f"({compiler.process(labels, **kwargs)})"


@compiles(SpelledOut, "sqlite")
def _in_any_case(element: SpelledOut, compiler: SQLCompiler, **kwargs: Any) -> str:
    _labels, words = element.clauses
    return f"({compiler.process(words, **kwargs)})"


_DECODED: Final = ("%;%", "%^%", *(f"%{blank}" for blank in " \t\n\v\f\r"))
"""Patterns of cells that Asterisk's drivers decode to something else: see `values.cells`."""


def may_be_decoded(column: Any) -> ColumnElement[bool]:
    """
    Return the condition for cells of a text column that Asterisk may decode to another value.

    A search for a value in SQL misses such rows. Select them as well, and check the loaded
    attribute: ``(column == value) | may_be_decoded(column)``.
    """
    cell = type_coerce(column, String())
    return or_(*(cell.like(pattern) for pattern in _DECODED))


def may_be_unset(column: Any) -> ColumnElement[bool]:
    """Return the condition for cells of a text or list column that may be "not set" to Asterisk."""
    cell = type_coerce(column, String())
    bare = func.trim(func.replace(cell, ",", "")) == ""
    return or_(column.is_(None), bare, may_be_decoded(column))
