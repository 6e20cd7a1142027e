"""A condition that SQLite, whose cells take any text, needs in other words than the servers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

TYPE_CHECKING = False
if TYPE_CHECKING:
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
