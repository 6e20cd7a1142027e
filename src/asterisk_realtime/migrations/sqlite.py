"""What mends a table of SQLite: ADD COLUMN where that is enough, else the table is made anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import (
    Column,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import CreateIndex, CreateTable, DefaultClause

from asterisk_realtime.migrations.differences import (
    ColumnDiffers,
    Difference,
    MissingColumn,
    MissingIndex,
    Obstacle,
)
from asterisk_realtime.migrations.kinds import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asterisk_realtime.migrations.inspection import FoundColumn, FoundTable
    from asterisk_realtime.migrations.sql import Spelling

_PREFIX: Final = "asterisk_realtime_new_"

_LOST: Final = re.compile(
    r"\b(CHECK|COLLATE|GENERATED|ON DELETE|ON UPDATE|WITHOUT ROWID|STRICT)\b", re.IGNORECASE
)
"""Parts of a table that a new one would not have."""


@attrs.frozen
class SqliteTable:
    """The statements for the differences of one table."""

    spelling: Spelling
    found: FoundTable
    wanted: Table
    differences: tuple[Difference, ...]

    @property
    def must_be_rebuilt(self) -> bool:
        """Whether ALTER TABLE cannot do it."""
        return not all(
            isinstance(each, MissingIndex)
            or (isinstance(each, MissingColumn) and _can_be_added(each.wanted))
            for each in self.differences
        )

    def obstacles(self) -> Iterator[Obstacle]:
        """Yield what a new table would lose."""
        lost = _LOST.search(self.found.sql)
        if self.must_be_rebuilt and lost:
            yield Obstacle(
                table=self.found.name,
                problem=f"table {self.found.name} must be made anew, and would lose {lost[0]}",
                advice="make it without that, or drop it if it is empty",
            )

    def statements(self) -> Iterator[str]:
        """Yield them in the order in which they must run, within one transaction."""
        if self.must_be_rebuilt:
            yield from self._rebuild()
        else:
            for each in self.differences:
                if isinstance(each, MissingColumn):
                    table, column = self.found.name, self.spelling.column(each.wanted)
                    yield f"ALTER TABLE {self.spelling.name(table)} ADD COLUMN {column}"
        for each in self.differences:
            if isinstance(each, MissingIndex):
                if each.replaces:
                    yield f"DROP INDEX {self.spelling.name(each.name)}"
                yield self.spelling.ddl(CreateIndex(each.wanted))

    def _rebuild(self) -> Iterator[str]:
        name = self.spelling.name(self.found.name)
        new = self._new_table()
        there = [column for column in new.columns.keys() if column in self.found.columns]  # noqa: SIM118 - a column collection, not a dict
        yield self.spelling.ddl(CreateTable(new))
        yield (
            f"INSERT INTO {self.spelling.name(new.name)} ({self.spelling.names(there)})"
            f" SELECT {', '.join(map(self._cell, there))} FROM {name}"
        )
        yield f"DROP TABLE {name}"
        yield f"ALTER TABLE {self.spelling.name(new.name)} RENAME TO {name}"
        yield from self.found.attached

    def _cell(self, name: str) -> str:
        converted = any(
            isinstance(each, ColumnDiffers)
            and each.column == name
            and each.verdict is Verdict.CONVERT
            for each in self.differences
        )
        column = self.spelling.name(name)
        return f"NULLIF({column}, '')" if converted else column

    def _new_table(self) -> Table:
        """Return what is wanted together with what is there beyond it."""
        metadata = MetaData()
        wanted, found = self.wanted.columns, self.found.columns
        complete = bool(self.wanted.primary_key.columns)
        order = dict.fromkeys((*wanted.keys(), *found) if complete else (*found, *wanted.keys()))
        columns = [
            wanted[name]._copy() if name in wanted else _as_found(found[name])  # noqa: SLF001 - as Table.to_metadata does
            for name in order
        ]
        key = self.wanted.primary_key.columns.keys() or self.found.primary_key
        return Table(
            _PREFIX + self.found.name,
            metadata,
            *columns,
            PrimaryKeyConstraint(*key),
            *self._uniques(tuple(key)),
            *self._foreign_keys(metadata),
        )

    def _uniques(self, key: tuple[str, ...]) -> Iterator[UniqueConstraint]:
        wanted = (
            tuple(constraint.columns.keys())
            for constraint in self.wanted.constraints
            if isinstance(constraint, UniqueConstraint)
        )
        for columns in sorted({*wanted, *self.found.constraints} - {key}):
            yield UniqueConstraint(*columns)

    def _foreign_keys(self, metadata: MetaData) -> Iterator[ForeignKeyConstraint]:
        wanted = {
            (
                tuple(constraint.column_keys),
                constraint.referred_table.name,
                tuple(element.column.name for element in constraint.elements),
            ): constraint.name
            for constraint in self.wanted.foreign_key_constraints
        }
        for columns, target, referred in sorted({*wanted, *self.found.foreign_keys}):
            if target not in metadata.tables:
                Table(target, metadata, *(Column(name, Integer) for name in referred))
            yield ForeignKeyConstraint(
                columns,
                [f"{target}.{name}" for name in referred],
                name=wanted.get((columns, target, referred)),
            )


def _can_be_added(column: Column[Any]) -> bool:
    default = getattr(column.server_default, "arg", None)
    return not column.primary_key and "random()" not in str(default)


def _as_found(column: FoundColumn) -> Column[Any]:
    return Column(
        column.name,
        column.type,
        nullable=column.nullable,
        server_default=None if column.default is None else DefaultClause(text(column.default)),
        sqlite_on_conflict_not_null="REPLACE" if column.replaces else None,
    )
