"""What is found in cells only: empty texts for NULL, and times in a column of an older name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import LargeBinary, String

from asterisk_realtime.migrations.differences import (
    ColumnDiffers,
    Difference,
    EmptyText,
    MissingTable,
    RequiredColumn,
    UnfilledStart,
)
from asterisk_realtime.migrations.kinds import Family, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Table
    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.inspection import Found, FoundTable
    from asterisk_realtime.migrations.sql import Spelling

OLDER_NAMES: Final = {("cdr", "start"): "calldate"}
"""A column, and the one that had its values in tables of Asterisk 1.8 and before."""


@attrs.frozen
class CellComparison:
    """The rows of the tables that are there beside what is wanted."""

    connection: Connection
    found: Found
    differences: tuple[Difference, ...]
    spelling: Spelling

    def of(self, table: Table) -> Iterator[Difference]:
        """Yield what the cells of one table differ in."""
        there = self.found.tables.get(table.name)
        if there is not None and not self._is_missing(table.name):
            yield from self._empty(table, there)
            yield from self._unfilled(table, there)

    def _is_missing(self, name: str) -> bool:
        return any(isinstance(e, MissingTable) and e.table == name for e in self.differences)

    def _empty(self, table: Table, there: FoundTable) -> Iterator[Difference]:
        names = [c.name for c in table.columns if self._takes_words(c, there)]
        if not names:
            return
        # One reading of the table for all of them.
        flags = ", ".join(f"max(CASE WHEN {self.spelling.name(n)} = '' THEN 1 END)" for n in names)
        row = self.connection.exec_driver_sql(
            f"SELECT {flags} FROM {self.spelling.name(table.name)}"
        ).one()
        for name, flag in zip(names, row, strict=True):
            if flag:
                yield EmptyText(table=table.name, column=name, found=there.columns[name])

    def _takes_words(self, column: Column[Any], there: FoundTable) -> bool:
        found = there.columns.get(column.name)
        fills = column.nullable or column.server_default is not None
        if found is None or not fills or found.generated:
            return False
        if self._is_converted(there.name, column.name):
            return False
        if self.spelling.dialect.name == "sqlite" and not isinstance(
            column.type, (String, LargeBinary)
        ):
            return True  # SQLite keeps a text in a column of numbers, too
        text = found.kind.family is Family.TEXT or self.spelling.dialect.name == "sqlite"
        return text and bool(column.info.get("closed"))

    def _is_converted(self, table: str, column: str) -> bool:
        """Tell whether the column becomes of another kind, and its empty texts NULL with it."""
        return any(
            isinstance(each, ColumnDiffers)
            and (each.table, each.column) == (table, column)
            and each.verdict is Verdict.CONVERT
            for each in self.differences
        )

    def _unfilled(self, table: Table, there: FoundTable) -> Iterator[Difference]:
        for (name, column), older in OLDER_NAMES.items():
            source = there.columns.get(older)
            if name != table.name or column not in table.columns or source is None:
                continue
            if source.kind.family in {Family.TIME, Family.TEXT} and self._has_rows(
                there, column, older
            ):
                yield UnfilledStart(
                    table=name, column=column, source=older, wanted=table.columns[column]
                )
            if not source.nullable and source.default is None and not source.generated:
                yield RequiredColumn(table=name, column=older, found=source)

    def _has_rows(self, there: FoundTable, column: str, older: str) -> bool:
        filled = f"{self.spelling.name(older)} IS NOT NULL"
        if column in there.columns:
            filled += f" AND {self.spelling.name(column)} IS NULL"
        sql = f"SELECT 1 FROM {self.spelling.name(there.name)} WHERE {filled} LIMIT 1"
        return self.connection.exec_driver_sql(sql).first() is not None
