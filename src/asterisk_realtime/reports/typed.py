"""
The types of reports, right on SQLAlchemy 2.0 and 2.1.

2.1 has ``Select[str, int]``, where 2.0 has ``Select[tuple[str, int]]``. No annotation is right for
both; what ``select()`` itself returns is.
"""

from __future__ import annotations

from typing import Any, Final, ParamSpec, TypeVar

from sqlalchemy import ColumnElement, literal_column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

P = ParamSpec("P")
S = TypeVar("S")

TEXT: Final[ColumnElement[str]] = literal_column("text")
TEXT_OR_NONE: Final[ColumnElement[str | None]] = literal_column("text")
WHOLE: Final[ColumnElement[int]] = literal_column("whole")
WHOLE_OR_NONE: Final[ColumnElement[int | None]] = literal_column("whole")
SHARE_OR_NONE: Final[ColumnElement[float | None]] = literal_column("share")
DAY: Final[ColumnElement[date]] = literal_column("day")
TIME: Final[ColumnElement[datetime]] = literal_column("time")


def typed_as(_example: Callable[[], S], /) -> Callable[[Callable[P, Any]], Callable[P, S]]:
    """
    Give a function that returns a report the type of an example, for type checkers.

    Args:
        _example: Returns a statement of the same type, such as ``lambda: select(TEXT, WHOLE)``;
            it is never called.
    """

    def typed(function: Callable[P, Any]) -> Callable[P, S]:
        return function

    return typed
