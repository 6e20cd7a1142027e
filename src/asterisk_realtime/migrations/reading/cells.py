"""Differences in stored values: empty texts instead of NULL, and times in an older column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import Column, LargeBinary, String, text
from sqlalchemy.schema import DefaultClause

from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    Difference,
    MissingColumn,
)
from asterisk_realtime.migrations.comparing.kinds import TypeFamily, Verdict, kind_of
from asterisk_realtime.migrations.mariadb.names import names_in
from asterisk_realtime.migrations.schema import is_existing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import MetaData, Table
    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.reading.inspection import Found, FoundColumn, FoundTable
    from asterisk_realtime.migrations.sql import SqlWriter

OLDER_NAMES: Final = {("cdr", "start"): "calldate"}
"""A column, and its name in the tables of Asterisk 1.8 and earlier."""


def add_cells(
    connection: Connection,
    wanted: MetaData,
    found: Found,
    differences: Iterable[Difference],
    writer: SqlWriter,
) -> tuple[Difference, ...]:
    """Return *differences*, with those that only the stored rows show."""
    result = list(differences)
    for table in wanted.sorted_tables:
        there = found.tables.get(table.name)
        if there is not None and table.name not in found.unreadable:
            details = found.details.get(table.name)
            by = details.partitioned_by if details else ""
            _Cells(connection, table, there, result, writer, by).add()
    return tuple(result)


@attrs.frozen
class _Cells:
    """Compares the rows of an existing table with the wanted table."""

    connection: Connection
    table: Table
    there: FoundTable
    result: list[Difference]
    writer: SqlWriter
    partitioned_by: str

    def add(self) -> None:
        """Add the differences in stored values to the result."""
        for name in self._empty():
            self._change(name, "has rows with an empty text instead of NULL", empties=True)
        for (table, column), older in OLDER_NAMES.items():
            if table == self.table.name and column in self.table.columns:
                self._fill(column, older)

    # -- Empty texts -------------------------------------------------------------------------------

    def _empty(self) -> Iterator[str]:
        names = [column.name for column in self.table.columns if self._may_hold_empty_text(column)]
        if not names:
            return
        # One query reads the table for all columns.
        flags = ", ".join(f"max(CASE WHEN {self.writer.name(n)} = '' THEN 1 END)" for n in names)
        row = self.connection.exec_driver_sql(
            f"SELECT {flags} FROM {self.writer.name(self.table.name)}"
        ).one()
        yield from (name for name, flag in zip(names, row, strict=True) if flag)

    def _may_hold_empty_text(self, column: Column[Any]) -> bool:
        found = self.there.columns.get(column.name)
        fills = column.nullable or column.server_default is not None
        if found is None or not fills or found.generated or self._is_converted(column.name):
            return False
        if is_existing(column):
            return False
        sqlite = self.writer.dialect.name == "sqlite"
        if sqlite and not isinstance(column.type, (String, LargeBinary)):
            return True  # SQLite can store text in a column of numbers
        text = sqlite or found.kind.family is TypeFamily.TEXT
        return text and bool(column.info.get("closed"))

    def _is_converted(self, column: str) -> bool:
        """Tell whether the column's type changes, which also converts empty texts to NULL."""
        there = self._difference(column)
        return there is not None and there.verdict is Verdict.CONVERT

    # -- Older names -------------------------------------------------------------------------------

    def _fill(self, column: str, older: str) -> None:
        source = self.there.columns.get(older)
        if source is None:
            return
        if source.kind.family in {TypeFamily.TIME, TypeFamily.TEXT}:
            if column not in self.there.columns:
                self._fill_missing(column, older)
            elif self._has_rows(column, older):
                self._change(column, f"has rows with a time in {older} only", older=older)
        if source.default is None and not source.generated:
            self._make_optional(source)

    def _make_optional(self, source: FoundColumn) -> None:
        """Allow NULL in the older column, or default it to the current time if it is in a key."""
        partitions = {*self.there.partitioned_by, *names_in(self.partitioned_by)}
        if source.name in {*self.there.primary_key, *partitions}:
            now = DefaultClause(text("CURRENT_TIMESTAMP"))
            wanted = Column(source.name, source.type, nullable=source.nullable, server_default=now)
            reason = "has no default, although nothing writes it any more"
            self.result.append(self._unconverted(source, wanted, reason))
        elif not source.nullable:
            wanted = Column(source.name, source.type, nullable=True)
            reason = "does not allow NULL, although nothing writes it any more"
            self.result.append(self._unconverted(source, wanted, reason))

    def _fill_missing(self, column: str, older: str) -> None:
        for at, each in enumerate(self.result):
            if isinstance(each, MissingColumn) and each.wanted is self.table.columns[column]:
                self.result[at] = attrs.evolve(each, older=older)

    def _has_rows(self, column: str, older: str) -> bool:
        sql = (
            f"SELECT 1 FROM {self.writer.name(self.table.name)}"
            f" WHERE coalesce({self.writer.as_text(column)}, '') = ''"
            f" AND {self.writer.is_a_date(older)} LIMIT 1"
        )
        return self.connection.exec_driver_sql(sql).first() is not None

    # -- The result --------------------------------------------------------------------------------

    def _difference(self, column: str) -> ColumnDiffers | None:
        return next(
            (
                each
                for each in self.result
                if isinstance(each, ColumnDiffers)
                and (each.table, each.column) == (self.table.name, column)
            ),
            None,
        )

    def _change(self, column: str, reason: str, **changes: Any) -> None:
        there = self._difference(column)
        if there is None:
            wanted = self.table.columns[column]
            new = self._unconverted(self.there.columns[column], wanted, reason)
            self.result.append(attrs.evolve(new, **changes))
        else:
            new = attrs.evolve(there, reasons=(*there.reasons, reason), **changes)
            self.result[self.result.index(there)] = new

    def _unconverted(self, found: FoundColumn, wanted: Column[Any], reason: str) -> ColumnDiffers:
        return ColumnDiffers(
            table=self.table.name,
            column=wanted.name,
            reasons=(reason,),
            verdict=Verdict.FITS,
            found=found,
            kind=kind_of(wanted.type, self.writer.dialect),
            wanted=wanted,
        )
