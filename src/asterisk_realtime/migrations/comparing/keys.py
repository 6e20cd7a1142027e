"""Compare the keys of a table with the wanted ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import UniqueConstraint

from asterisk_realtime.migrations.comparing.differences import (
    Difference,
    MissingForeignKey,
    MissingKey,
    MissingPrimaryKey,
    MissingUnique,
    Obstacle,
)
from asterisk_realtime.migrations.comparing.table_pair import TablePair, is_auto_numbered
from asterisk_realtime.migrations.converting import is_filled
from asterisk_realtime.migrations.mariadb.names import names_in
from asterisk_realtime.migrations.sql import SqlWriter

if TYPE_CHECKING:
    from collections.abc import Iterator


class KeyComparison(TablePair):
    """Compares the keys of a wanted table with the existing ones."""

    def differences(self) -> Iterator[Difference]:
        """Return how the keys differ."""
        yield from self._primary_key()
        yield from self._uniques()
        yield from self._foreign_keys()

    def _primary_key(self) -> Iterator[Difference]:
        wanted = tuple(self.wanted.primary_key.columns.keys())
        there = self.found.primary_key
        if not wanted:
            return  # a revision that adds to a table declares only the additions
        if there != wanted and self._is_partitioned_by_others(wanted):
            yield from self._key_of_partitioned(wanted)
        elif not there:
            yield MissingPrimaryKey(table=self.wanted.name, columns=wanted)
        elif there != wanted and wanted not in self.found.uniques:
            if self.dialect.name == "sqlite" and self.wanted.autoincrement_column is not None:
                yield self._other_key(wanted, there)
            else:
                yield MissingUnique(table=self.wanted.name, columns=wanted, name=None)

    def _other_key(self, wanted: tuple[str, ...], there: tuple[str, ...]) -> Difference:
        """Return the difference for a primary key that is not the row number (SQLite)."""
        name = self.wanted.name
        if wanted[0] in self.found.columns or not self.found.columns[there[0]].numbered:
            return MissingPrimaryKey(table=name, columns=wanted)
        writer = SqlWriter(self.dialect).for_display()
        return Obstacle(
            table=name,
            problem=f"table {name} numbers its rows by {there[0]} instead of {wanted[0]}",
            advice=f"rename it: ALTER TABLE {writer.name(name)} RENAME COLUMN"
            f" {writer.name(there[0])} TO {wanted[0]}",
        )

    def _is_partitioned_by_others(self, columns: tuple[str, ...]) -> bool:
        """Tell whether the table is partitioned by other columns, which each key would need."""
        by = {*names_in(self.details.partitioned_by), *self.found.partitioned_by}
        return not by <= {*columns}

    def _key_of_partitioned(self, columns: tuple[str, ...]) -> Iterator[Difference]:
        """Yield the missing index of a column of row numbers, or an obstacle for any other key."""
        name = self.wanted.name
        if not (len(columns) == 1 and is_auto_numbered(self.wanted.columns[columns[0]])):
            if columns not in self.found.uniques:
                yield Obstacle(
                    table=name,
                    problem=f"table {name} has partitions, which do not allow the key"
                    f" ({', '.join(columns)})",
                    advice=self.without_partitions(),
                )
        elif not any(each[:1] == columns for each in self.all_indexes()):
            yield MissingKey(table=name, columns=columns)

    def _uniques(self) -> Iterator[Difference]:
        for constraint in self.wanted.constraints:
            if isinstance(constraint, UniqueConstraint):
                columns = tuple(constraint.columns.keys())
                if columns in self.found.uniques or columns == self.found.primary_key:
                    continue
                if self._is_partitioned_by_others(columns):
                    yield from self._key_of_partitioned(columns)
                else:
                    name = None if constraint.name is None else str(constraint.name)
                    filled = tuple(c.name for c in constraint.columns if is_filled(c))
                    yield MissingUnique(
                        table=self.wanted.name, columns=columns, name=name, filled=filled
                    )

    def _foreign_keys(self) -> Iterator[Difference]:
        for constraint in self.wanted.foreign_key_constraints:
            columns = tuple(constraint.column_keys)
            referred = tuple(element.column.name for element in constraint.elements)
            if (columns, constraint.referred_table.name, referred) not in self.found.foreign_keys:
                yield MissingForeignKey(table=self.wanted.name, columns=columns, wanted=constraint)
