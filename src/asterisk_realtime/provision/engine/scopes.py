"""Which rows are read: scopes select a thing's own rows, and questions select rows of others."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import and_, false, or_, true

from asterisk_realtime.models.conditions import is_name
from asterisk_realtime.models.spelling import may_be_decoded
from asterisk_realtime.models.types import AstString, Name
from asterisk_realtime.provision.engine.records import TABLES, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import ColumnElement

    from asterisk_realtime.models import Base

MARIADB: Final = frozenset({"mysql", "mariadb"})
"""SQLAlchemy's names of MariaDB and MySQL, which ignore case in comparisons of text."""

NAMES: Final = frozenset({"id", "name"})
"""Key columns in which MariaDB and SIP peers ignore case."""


@attrs.frozen
class Scope:
    """
    Some rows of a table, selected by the values of columns.

    Attributes:
        model: The table.
        where: Pairs of column and value; if there are none, the scope has all rows.
        is_usual: Whether such rows usually exist, so that they are read without asking first.
    """

    model: type[Base]
    where: tuple[tuple[str, str], ...]
    is_usual: bool = attrs.field(default=False, eq=False)

    def has(self, row: Any) -> bool:
        """Tell whether *row* is one of them."""
        return isinstance(row, self.model) and all(
            getattr(row, name) == value for name, value in self.where
        )

    def has_ignoring_case(self, row: Any) -> bool:
        """Tell whether *row* is one of them if case is ignored."""
        return isinstance(row, self.model) and all(
            fold(str(getattr(row, name))) == fold(value) for name, value in self.where
        )


def scope(model: type[Base], **where: str) -> Scope:
    """Return the rows of *model* with these values."""
    return Scope(model, tuple(where.items()))


@attrs.frozen
class Question:
    """
    A question of a check about rows other than the thing's own.

    Attributes:
        name: Identifies the question.
        model: The table with the rows.
        columns: The columns to read of each row, beside its key.
        where: Returns SQL conditions, each served by an index. The rows of the answer meet at least
            one of them; other rows may too.
        holds: Tells whether a row is in the answer; called for rows that are not written yet too.
    """

    name: tuple[object, ...]
    model: type[Base] = attrs.field(eq=False)
    columns: tuple[str, ...] = attrs.field(eq=False)
    where: Callable[[], Sequence[ColumnElement[bool]]] = attrs.field(eq=False, repr=False)
    holds: Callable[[Any], bool] = attrs.field(eq=False, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """All columns of an answer."""
        return (*TABLES[self.model].key, *self.columns)


def either(scopes: Sequence[Scope]) -> ColumnElement[bool]:
    """Return one condition for several scopes, flat, since SQLite limits a condition's depth."""
    if any(not item.where for item in scopes):
        return true()
    by_names: dict[tuple[str, ...], list[dict[str, str]]] = {}
    for item in scopes:
        where = dict(item.where)
        by_names.setdefault(tuple(where), []).append(where)
    model = scopes[0].model if scopes else None
    arms = [arm for names, wheres in by_names.items() for arm in _arms(model, names, wheres)]
    return arms[0] if len(arms) == 1 else or_(false(), *arms)


def _arms(
    model: Any, names: tuple[str, ...], wheres: Sequence[dict[str, str]]
) -> Iterator[ColumnElement[bool]]:
    """Return few conditions: the values of the column with the most are in one list."""
    many = max(names, key=lambda name: len({where[name] for where in wheres}))
    lists: dict[tuple[tuple[str, str], ...], dict[str, None]] = {}
    for where in wheres:
        rest = tuple(pair for pair in where.items() if pair[0] != many)
        lists.setdefault(rest, {})[where[many]] = None
    for rest, values in lists.items():
        among = _among(model, many, list(values))
        fixed = [_among(model, name, [value]) for name, value in rest]
        yield and_(*fixed, among) if fixed else among


def _among(model: type[Base], name: str, values: Sequence[str]) -> ColumnElement[bool]:
    column = getattr(model, name)
    found = is_name(column, *values) if name in NAMES else column.in_(values)
    decoded = _decoded(model, name)
    return found if decoded is None else found | decoded


@cache
def _decoded(model: type[Base], name: str) -> ColumnElement[bool] | None:
    """Return the condition for cells that Asterisk may decode to the text it looks for, or None."""
    column = getattr(model, name)
    # Asterisk looks a name up as it is stored, but decodes any other text first.
    is_looked_up = not isinstance(column.type, AstString) or isinstance(column.type, Name)
    return None if is_looked_up else may_be_decoded(column)
