"""Compare the keys and indexes of a table with the wanted ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import UniqueConstraint
from sqlalchemy.schema import CreateIndex

from asterisk_realtime.migrations.comparing.differences import (
    Difference,
    MissingForeignKey,
    MissingIndex,
    MissingKey,
    MissingPrimaryKey,
    MissingUnique,
    Obstacle,
)
from asterisk_realtime.migrations.comparing.table_pair import TablePair, is_auto_numbered
from asterisk_realtime.migrations.mariadb.names import names_in
from asterisk_realtime.migrations.schema import (
    has_expressions,
    is_filled,
    is_mysql,
    names_of_parts,
    special_options,
)
from asterisk_realtime.migrations.sql import SqlWriter
from asterisk_realtime.migrations.sqlite import create_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Index

    from asterisk_realtime.migrations.sqlite.create_table import ParsedIndex


class KeyComparison(TablePair):
    """Compares the keys and indexes of a wanted table with the existing ones."""

    def differences(self) -> Iterator[Difference]:
        """Return how the keys and indexes differ."""
        yield from self._primary_key()
        yield from self._uniques()
        yield from self._indexes()
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
        elif not any(each[:1] == columns for each in self._all_indexes()):
            yield MissingKey(table=name, columns=columns)

    def _all_indexes(self) -> tuple[tuple[str, ...], ...]:
        found = self.found
        whole = (each for name, each in found.indexes.items() if name not in found.partial)
        return (*whole, found.primary_key, *found.uniques)

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

    def _indexes(self) -> Iterator[Difference]:
        for index in sorted(self.wanted.indexes, key=lambda index: str(index.name)):
            name = str(index.name)
            is_there = name in self.found.indexes
            if not is_there and (self._is_covered(index) or self._is_compressed(index)):
                continue
            there, parts = self.found.indexes.get(name, ()), self._parts(index)
            differs = there[: len(parts)] != parts or self._holds_other_rows(index)
            differs = differs or self._lacks_operator_class(index)
            too_long = self._holds_prefixes(index) and name not in self.found.prefixes
            if differs or too_long:
                yield MissingIndex(
                    table=self.wanted.name, name=name, replaces=is_there, wanted=index
                )

    def _parts(self, index: Index) -> tuple[str, ...]:
        """Return the columns and expressions of a wanted index, in the form of `FoundTable`."""
        parsed = self._parsed(index)
        return names_of_parts(index) if parsed is None else parsed.parts

    def _parsed(self, index: Index) -> ParsedIndex | None:
        """Return a wanted index on expressions, in the form of existing ones (SQLite)."""
        if self.dialect.name != "sqlite" or not has_expressions(index):
            return None
        return create_table.parse_index(SqlWriter(self.dialect).ddl(CreateIndex(index)))

    def _holds_other_rows(self, index: Index) -> bool:
        """Tell whether the existing index of this name is not for the same rows."""
        if "rare" not in index.info:
            return False
        parsed = self._parsed(index)
        wanted = index.info["rare"] if parsed is None else parsed.where
        return self.found.rare.get(str(index.name), "") != wanted

    def _lacks_operator_class(self, index: Index) -> bool:
        """Tell whether the existing index of this name does not serve LIKE (PostgreSQL)."""
        if self.dialect.name != "postgresql" or str(index.name) not in self.found.indexes:
            return False
        wanted = bool(index.dialect_options["postgresql"]["ops"])
        return wanted and str(index.name) not in self.found.for_like

    def _is_covered(self, index: Index) -> bool:
        """Tell whether an existing index with another name begins with the same columns."""
        if special_options(index, self.dialect):
            return False
        columns = self._parts(index)
        return any(each[: len(columns)] == columns for each in self._all_indexes())

    def _is_compressed(self, index: Index) -> bool:
        """Tell whether a column cannot be indexed, since its cells are compressed (MariaDB)."""
        there = (self.details.columns.get(name) for name in index.columns.keys())  # noqa: SIM118 - a column collection, not a dict
        return any(each is not None and "COMPRESSED" in each.type.upper() for each in there)

    def _holds_prefixes(self, index: Index) -> bool:
        return is_mysql(self.dialect) and bool(index.dialect_options[self.dialect.name]["length"])

    def _foreign_keys(self) -> Iterator[Difference]:
        for constraint in self.wanted.foreign_key_constraints:
            columns = tuple(constraint.column_keys)
            referred = tuple(element.column.name for element in constraint.elements)
            if (columns, constraint.referred_table.name, referred) not in self.found.foreign_keys:
                yield MissingForeignKey(table=self.wanted.name, columns=columns, wanted=constraint)
