"""Which rows of the database are looked at: scopes of a thing's own, and questions about others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import and_, false, func, or_, true

from asterisk_realtime.models.spelling import may_be_decoded
from asterisk_realtime.models.types import AstString, Name
from asterisk_realtime.provision.engine.records import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ColumnElement

    from asterisk_realtime.models import Base

MARIADB: Final = frozenset({"mysql", "mariadb"})
"""SQLAlchemy's names of MariaDB and MySQL, which ignore case in comparisons of text."""

NAMES: Final = frozenset({"id", "name"})
"""Key columns that MariaDB, and SIP peers, compare without upper and lower case."""


@attrs.frozen
class Scope:
    """
    Some rows of a table, by the values of some columns; all of them without any.

    Attributes:
        model: The table.
        where: Pairs of column and value.
        surely: Whether there are such rows as a rule, so that they are read without asking first.
    """

    model: type[Base]
    where: tuple[tuple[str, str], ...]
    surely: bool = attrs.field(default=False, eq=False)

    @property
    def condition(self) -> ColumnElement[bool]:
        """The rows, and those that differ only in encoding or in upper and lower case."""
        return and_(true(), *(_among(self.model, name, [value]) for name, value in self.where))

    def has(self, row: Any) -> bool:
        """Tell whether *row* is one of them."""
        return isinstance(row, self.model) and all(
            getattr(row, name) == value for name, value in self.where
        )

    def nearly_has(self, row: Any) -> bool:
        """Tell whether *row* is one of them but for upper and lower case."""
        return isinstance(row, self.model) and all(
            str(getattr(row, name)).lower() == value.lower() for name, value in self.where
        )


def scope(model: type[Base], **where: str) -> Scope:
    """Return the rows of *model* with these values."""
    return Scope(model, tuple(where.items()))


@attrs.frozen
class Question:
    """
    What a check must know of other rows than the thing's own.

    Attributes:
        name: Tells it from all other questions.
        model: The table that is asked.
        columns: What is needed of each row, beside its key.
        where: Which rows, roughly, as SQL.
        holds: Which rows, exactly; also asked of rows that are not written yet.
    """

    name: tuple[object, ...]
    model: type[Base] = attrs.field(eq=False)
    columns: tuple[str, ...] = attrs.field(eq=False)
    where: ColumnElement[bool] = attrs.field(eq=False, repr=False)
    holds: Callable[[Any], bool] = attrs.field(eq=False, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """All columns of an answer."""
        return (*TABLES[self.model].key, *self.columns)


def either(scopes: Sequence[Scope]) -> ColumnElement[bool]:
    """Return one condition for several scopes, flat, since SQLite bounds a condition's depth."""
    single: dict[str, list[str]] = {}
    others: list[ColumnElement[bool]] = []
    if any(not item.where for item in scopes):
        return true()
    for item in scopes:
        if len(item.where) == 1:
            ((name, value),) = item.where
            single.setdefault(name, []).append(value)
        else:
            others.append(item.condition)
    others += [_among(scopes[0].model, name, values) for name, values in single.items()]
    return or_(false(), *others)


def _among(model: type[Base], name: str, values: Sequence[str]) -> ColumnElement[bool]:
    column = getattr(model, name)
    if name in NAMES:
        found = func.lower(column).in_([value.lower() for value in values])
    else:
        found = column.in_(values)
    # Asterisk looks a name up as it is stored, but decodes any other text first.
    is_name = not isinstance(column.type, AstString) or isinstance(column.type, Name)
    return found if is_name else found | may_be_decoded(column)
