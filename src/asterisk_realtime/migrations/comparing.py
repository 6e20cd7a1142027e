"""What stands between a database as it is and the tables that are wanted: no SQL is run here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import Enum, PrimaryKeyConstraint, Text, UniqueConstraint

from asterisk_realtime.migrations.defaults import converted
from asterisk_realtime.migrations.differences import (
    ColumnDiffers,
    Difference,
    MisplacedColumn,
    MissingColumn,
    MissingEnum,
    MissingForeignKey,
    MissingIndex,
    MissingLabel,
    MissingPrimaryKey,
    MissingTable,
    MissingUnique,
    Obstacle,
)
from asterisk_realtime.migrations.kinds import Verdict, judge, kind_of
from asterisk_realtime.migrations.schema import NumberedInteger, is_filled, is_mysql, special_work
from asterisk_realtime.migrations.sql import Spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Index, MetaData, Table
    from sqlalchemy.engine import Dialect

    from asterisk_realtime.migrations.inspection import Found, FoundColumn, FoundTable
    from asterisk_realtime.migrations.kinds import Kind

ORDERED: Final = (("deny", "permit"), ("contact_deny", "contact_permit"))
"""Pairs of which Asterisk must read the first one first: of its rules the last match decides."""


def compare(wanted: MetaData, found: Found, dialect: Dialect) -> tuple[Difference, ...]:
    """
    Return what *found* lacks of *wanted*.

    What is there beyond it is no difference: wider columns, more labels, columns and tables of
    somebody else.

    Args:
        wanted: Tables of one dialect, as `for_dialect` makes them.
        found: The same tables as they are.
        dialect: That dialect.
    """
    differences: list[Difference] = []
    if dialect.name == "postgresql":
        differences += _enums(wanted, found)
    for table in wanted.sorted_tables:
        there = found.tables.get(table.name)
        if there is None:
            differences.append(MissingTable(table=table.name, wanted=table))
        else:
            differences += _TableComparison(table, there, dialect).differences()
    return tuple(differences)


def enums_of(wanted: MetaData) -> dict[str, tuple[str, ...]]:
    """Return the labels of each enum type in *wanted* by name."""
    types = (column.type for table in wanted.sorted_tables for column in table.columns)
    return {str(type_.name): tuple(type_.enums) for type_ in types if isinstance(type_, Enum)}


def _enums(wanted: MetaData, found: Found) -> Iterator[Difference]:
    for name, labels in sorted(enums_of(wanted).items()):
        there = found.enums.get(name)
        if there is None:
            yield MissingEnum(name=name, labels=labels)
        else:
            for label in labels:
                if label not in there:
                    yield MissingLabel(name=name, label=label)


@attrs.frozen
class _TableComparison:
    """One table that is wanted beside the one that is there."""

    wanted: Table
    found: FoundTable
    dialect: Dialect

    def differences(self) -> Iterator[Difference]:
        for column in self.wanted.columns:
            there = self.found.columns.get(column.name)
            if there is None:
                yield self._missing(column)
            else:
                yield from self._column(column, there)
        yield from self._order()
        yield from self._primary_key()
        yield from self._uniques()
        yield from self._indexes()
        yield from self._foreign_keys()

    def _order(self) -> Iterator[Difference]:
        wanted, there = self.wanted.columns, self.found.columns
        place, meant = list(there), wanted.keys()
        for first, second in ORDERED:
            if first not in wanted or second not in wanted or second not in there:
                continue
            if meant.index(first) > meant.index(second):
                continue  # sippeers: turned in Asterisk's own scripts, and read by no Asterisk 22
            # A column that is added comes last.
            if first not in there or place.index(first) > place.index(second):
                yield MisplacedColumn(
                    table=self.wanted.name,
                    column=second,
                    after=first,
                    found=there[second],
                    wanted=wanted[second],
                )

    def _missing(self, column: Column[Any]) -> Difference:
        if column.primary_key and not _numbers_itself(column):
            return Obstacle(
                table=self.wanted.name,
                problem=f"table {self.wanted.name} has no column {column.name}, its key",
                advice="add it and fill it, or rename the table if it is not Asterisk's",
            )
        return MissingColumn(table=self.wanted.name, column=column.name, wanted=column)

    def _column(self, column: Column[Any], there: FoundColumn) -> Iterator[Difference]:
        kind = kind_of(column.type, self.dialect)
        verdict = self._verdict(column, there, kind)
        if verdict is Verdict.IMPOSSIBLE:
            name = f"{self.wanted.name}.{column.name}"
            yield Obstacle(
                table=self.wanted.name,
                problem=f"column {name} is {there.kind.text}, which {kind.text} cannot replace",
                advice=f"make it {kind.text}, or rename it if it is not Asterisk's",
            )
            return
        if verdict is Verdict.CONVERT and not self._keeps_default(there, kind):
            name = f"{self.wanted.name}.{column.name}"
            yield Obstacle(
                table=self.wanted.name,
                problem=f"column {name} has the default {there.default}, which {kind.text} lacks",
                advice=f"give it another: ALTER TABLE {self.wanted.name} ALTER COLUMN"
                f" {column.name} DROP DEFAULT",
            )
        reasons = tuple(self._reasons(column, there, verdict, kind.text))
        if reasons:
            yield ColumnDiffers(
                table=self.wanted.name,
                column=column.name,
                reasons=reasons,
                verdict=verdict,
                found=there,
                kind=kind,
                wanted=column,
            )

    def _verdict(self, column: Column[Any], there: FoundColumn, kind: Kind) -> Verdict:
        verdict = judge(there.kind, kind, self.dialect)
        # MariaDB indexes no text that has no length of its own.
        endless = is_mysql(self.dialect) and isinstance(there.type, Text)
        if verdict is Verdict.FITS and endless and kind.text.startswith("VARCHAR"):
            indexed = {each for index in self.wanted.indexes for each in index.columns.keys()}  # noqa: SIM118 - a column collection, not a dict
            for constraint in self.wanted.constraints:
                if isinstance(constraint, (PrimaryKeyConstraint, UniqueConstraint)):
                    indexed |= {*constraint.columns.keys()}
            return Verdict.CONVERT if column.name in indexed else verdict
        return verdict

    def _keeps_default(self, there: FoundColumn, kind: Kind) -> bool:
        if there.default is None or there.numbered or self.dialect.name == "sqlite":
            return True
        return converted(there.default, kind) is not None

    def _reasons(
        self, column: Column[Any], there: FoundColumn, verdict: Verdict, text: str
    ) -> Iterator[str]:
        if verdict is Verdict.WIDEN and there.kind.labels:
            lacking = [word for word in _labels(column) if word not in there.kind.labels]
            yield f"lacks the labels {', '.join(map(repr, lacking))}"
        elif verdict is not Verdict.FITS:
            yield f"is {there.kind.text} instead of {text}"
        numbered = _numbers_itself(column)
        if numbered and not there.numbered:
            yield "does not number itself"
        # SQLite calls a lone INTEGER PRIMARY KEY nullable, and it never is.
        if there.nullable and not column.nullable and not (numbered and there.numbered):
            yield "takes NULL"
        if column.nullable and not there.nullable and column.name not in self.found.primary_key:
            yield "refuses NULL"
        if self.dialect.name == "sqlite" and not _is_expression(column):
            yield from self._default_reasons(column, there)
        elif is_filled(column) and there.default is None:
            yield "has no default"

    def _default_reasons(self, column: Column[Any], there: FoundColumn) -> Iterator[str]:
        default = Spelling(self.dialect).default(column)
        if default is None:
            return
        if there.default is None or there.default.strip("'") != default.strip("'"):
            yield f"has not the default {default}"
        elif not there.replaces:
            yield "does not replace NULL by its default"

    def _primary_key(self) -> Iterator[Difference]:
        wanted = tuple(self.wanted.primary_key.columns.keys())
        there = self.found.primary_key
        if not wanted:
            return  # a revision that adds to a table says no more than what it adds
        if not there:
            yield MissingPrimaryKey(table=self.wanted.name, columns=wanted)
        elif there != wanted and wanted not in self.found.uniques:
            if self.dialect.name == "sqlite" and self.wanted.autoincrement_column is not None:
                yield Obstacle(
                    table=self.wanted.name,
                    problem=f"table {self.wanted.name} has the primary key ({', '.join(there)})",
                    advice=f"SQLite numbers only a primary key: make it ({', '.join(wanted)})",
                )
            else:
                yield MissingUnique(table=self.wanted.name, columns=wanted, name=None)

    def _uniques(self) -> Iterator[Difference]:
        for constraint in self.wanted.constraints:
            if isinstance(constraint, UniqueConstraint):
                columns = tuple(constraint.columns.keys())
                if columns not in self.found.uniques and columns != self.found.primary_key:
                    name = None if constraint.name is None else str(constraint.name)
                    filled = tuple(c.name for c in constraint.columns if is_filled(c))
                    yield MissingUnique(
                        table=self.wanted.name, columns=columns, name=name, filled=filled
                    )

    def _indexes(self) -> Iterator[Difference]:
        for index in sorted(self.wanted.indexes, key=lambda index: str(index.name)):
            name = str(index.name)
            is_there = name in self.found.indexes
            if not is_there and self._is_covered(index):
                continue
            there = self.found.indexes.get(name, ())
            others = there[: len(index.columns)] != tuple(index.columns.keys())
            too_long = self._holds_prefixes(index) and name not in self.found.prefixes
            if others or too_long:
                yield MissingIndex(
                    table=self.wanted.name, name=name, replaces=is_there, wanted=index
                )

    def _is_covered(self, index: Index) -> bool:
        """Tell whether an index of another name begins alike, and so does the same work."""
        if special_work(index, self.dialect):
            return False
        columns = tuple(index.columns.keys())
        there = (*self.found.indexes.values(), self.found.primary_key, *self.found.uniques)
        return any(each[: len(columns)] == columns for each in there)

    def _holds_prefixes(self, index: Index) -> bool:
        return is_mysql(self.dialect) and bool(index.dialect_options[self.dialect.name]["length"])

    def _foreign_keys(self) -> Iterator[Difference]:
        for constraint in self.wanted.foreign_key_constraints:
            columns = tuple(constraint.column_keys)
            referred = tuple(element.column.name for element in constraint.elements)
            if (columns, constraint.referred_table.name, referred) not in self.found.foreign_keys:
                yield MissingForeignKey(table=self.wanted.name, columns=columns, wanted=constraint)


def _labels(column: Column[Any]) -> tuple[str, ...]:
    return tuple(column.type.enums) if isinstance(column.type, Enum) else ()


def _numbers_itself(column: Column[Any]) -> bool:
    return (
        column.autoincrement is True
        or column.identity is not None
        or isinstance(column.type, NumberedInteger)
        or _is_expression(column)
    )


def _is_expression(column: Column[Any]) -> bool:
    """Tell whether the column is SQLite's stand-in for numbering."""
    default = getattr(column.server_default, "arg", None)
    return "random()" in str(default)
