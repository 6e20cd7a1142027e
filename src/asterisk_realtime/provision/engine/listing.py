"""How the things of a kind are listed: the table with a row for each, and the key's columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import String, and_, func, or_, select, type_coerce

from asterisk_realtime.models.conditions import is_name
from asterisk_realtime.models.rare import DECODED_IN, LOWERED, Rare
from asterisk_realtime.models.spelling import may_be_decoded
from asterisk_realtime.models.types import Name
from asterisk_realtime.provision.engine.scopes import MARIADB

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select

    from asterisk_realtime.models import Base
    from asterisk_realtime.models.types import Cell
    from asterisk_realtime.values.cells import Codec


def _everything() -> list[ColumnElement[bool]]:
    return []


@attrs.frozen
class Listing:
    """
    How the things of a kind are listed.

    Attributes:
        model: The table with a row for each thing.
        key: The columns that hold the fields of the kind's key, in their order.
        columns: Text columns that hold other fields of the spec, by field name, each with the value
            that an empty cell means.
        holder: The table with *columns*, which has a row of the same key; None for *model*.
        where: Returns conditions that all rows of the kind meet; rows of others may too.
        is_part: Whether the things are parts of others, which a search of all kinds leaves out.
        is_rest: Whether rows that no kind can read are listed as unreadable ones of this kind.
    """

    model: type[Base]
    key: tuple[str, ...]
    columns: Mapping[str, tuple[str, str | None]] = attrs.field(factory=dict)
    holder: type[Base] | None = None
    where: Callable[[], Sequence[ColumnElement[bool]]] = _everything
    is_rest: bool = False
    is_part: bool = False

    def condition(self, fields: Sequence[str], field: str, value: str) -> ColumnElement[bool]:
        """Return the condition for rows whose *field* may be *value*; *fields* are the key's."""
        column, empty = self._field(fields, field)
        place = self._place(fields, field)
        same: ColumnElement[bool] = column == value
        if place in LOWERED:
            same &= is_name(column, value)  # which an index serves
        if not isinstance(column.type, Name):
            decoded = may_be_decoded(column)
            is_covered = place in DECODED_IN and self.holder is None
            same = or_(same, Rare(self.model.__tablename__) & decoded if is_covered else decoded)
        return or_(same, column.is_(None), column == "") if value == empty else same

    def statement(
        self,
        fields: Sequence[str],
        conditions: Sequence[ColumnElement[bool]],
        *,
        order_by: str | None,
        descending: bool,
        after: Sequence[str] | None,
        limit: int,
    ) -> Select[*tuple[Any, ...]]:
        """
        Return the SELECT for one page: the cell to sort by, if it is not the key, and the key.

        Cells are selected as they are stored, since the database sorts them so.

        Args:
            fields: The fields of the key.
            conditions: What the rows must meet.
            order_by: The field to sort by, one of *fields* or of `columns`; None for the key.
            descending: Whether the last comes first.
            after: The cells of the last row of the page before; None for the first page.
            limit: Maximum number of keys.
        """
        key = [self._cell(name) for name in self.key]
        first = [] if order_by is None else [self._sorted_by(fields, order_by)]
        order = [*first, *key]
        present = [condition for cell in key for condition in (cell.is_not(None), cell != "")]
        begins = [] if after is None else [_beyond(order, after, descending=descending)]
        statement = (
            select(*order)
            .distinct()
            .where(and_(*present, *self.where(), *conditions, *begins))
            .order_by(*(cell.desc() if descending else cell for cell in order))
            .limit(limit)
        )
        if not conditions:
            return statement
        # MariaDB would otherwise read the table in the order of the key until the page is full.
        hint = "IGNORE INDEX FOR ORDER BY (PRIMARY)"
        for dialect in MARIADB:
            statement = statement.with_hint(self.model, hint, dialect)
        return statement

    def holding(self, place: Sequence[str]) -> Select[*tuple[Any, ...]]:
        """Return the SELECT that tells whether this listing has the key that another selected."""
        cells = [self._cell(name) for name in self.key]
        pairs = zip(cells, place[-len(cells) :], strict=True)
        same = [cell == text for cell, text in pairs]
        return select(*cells).where(*same, *self.where()).limit(1)

    def key_at(self, place: Sequence[str], codec: Codec) -> tuple[str, ...]:
        """
        Return the key whose cells `statement` has selected.

        A part is empty if Asterisk never finds the cell, since it encodes no name like that.
        """
        types = [self._column(name).type for name in self.key]
        pairs = zip(types, place[-len(types) :], strict=True)
        return tuple(_name(type_, cell, codec) for type_, cell in pairs)

    def _sorted_by(self, fields: Sequence[str], field: str) -> ColumnElement[Any]:
        column, empty = self._field(fields, field)
        found = func.coalesce(func.nullif(type_coerce(column, String()), ""), empty or "")
        return type_coerce(found, String()).label("sorted_by")

    def _field(self, fields: Sequence[str], field: str) -> tuple[Any, str | None]:
        """Return the column of a field, and what it means if it is empty."""
        if field in fields:
            return self._column(self.key[fields.index(field)]), None
        name, empty = self.columns[field]
        if self.holder is None:
            return self._column(name), empty
        same = [getattr(self.holder, key) == self._column(key) for key in self.key]
        return select(getattr(self.holder, name)).where(*same).scalar_subquery(), empty

    def _place(self, fields: Sequence[str], field: str) -> str:
        """Return the ``table.column`` of a field."""
        if field in fields:
            return f"{self.model.__tablename__}.{self.key[fields.index(field)]}"
        return f"{(self.holder or self.model).__tablename__}.{self.columns[field][0]}"

    def _column(self, name: str) -> Any:
        return getattr(self.model, name)

    def _cell(self, name: str) -> ColumnElement[Any]:
        return type_coerce(self._column(name), String())


def _name(type_: Cell[str], cell: str, codec: Codec) -> str:
    text = type_.load(cell, codec) or ""
    return "" if isinstance(type_, Name) and codec.encode(text) != cell else text


def _beyond(
    order: Sequence[ColumnElement[Any]], after: Sequence[str], *, descending: bool
) -> ColumnElement[bool]:
    """Return the condition for the rows after one; databases use no index to compare tuples."""
    arms = []
    for place, (column, value) in enumerate(zip(order, after, strict=True)):
        further = column < value if descending else column > value
        same = [one == two for one, two in zip(order[:place], after[:place], strict=True)]
        arms.append(and_(*same, further))
    return or_(*arms)
