"""Compare the tables of a database with the wanted ones; this module runs no SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import Enum, PrimaryKeyConstraint, Text, UniqueConstraint
from sqlalchemy.schema import CreateIndex

from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    Difference,
    MisplacedColumn,
    MissingColumn,
    MissingEnum,
    MissingForeignKey,
    MissingIndex,
    MissingKey,
    MissingLabel,
    MissingPrimaryKey,
    MissingTable,
    MissingUnique,
    Obstacle,
    OtherStorage,
)
from asterisk_realtime.migrations.comparing.kinds import TypeFamily, Verdict, judge, kind_of
from asterisk_realtime.migrations.mariadb.catalogue import NO_DETAILS, TableDetails
from asterisk_realtime.migrations.mariadb.definitions import definition
from asterisk_realtime.migrations.mariadb.names import names_in
from asterisk_realtime.migrations.reading.defaults import converted, is_constant
from asterisk_realtime.migrations.schema import (
    NumberedInteger,
    RareFlag,
    has_expressions,
    is_existing,
    is_filled,
    is_mysql,
    names_of_parts,
    special_options,
)
from asterisk_realtime.migrations.sql import SqlWriter
from asterisk_realtime.migrations.sqlite import create_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Index, MetaData, Table
    from sqlalchemy.engine import Dialect

    from asterisk_realtime.migrations.comparing.kinds import Kind
    from asterisk_realtime.migrations.reading.inspection import Found, FoundColumn, FoundTable
    from asterisk_realtime.migrations.sqlite.create_table import ParsedIndex

ORDERED: Final = (("deny", "permit"), ("contact_deny", "contact_permit"))
"""Pairs of columns that Asterisk must read in this order, since the last matching rule applies."""

WRITTEN_BY_ASTERISK: Final = frozenset(
    {"cdr", "cel", "iaxfriends", "meetme", "ps_contacts", "ps_subscription_persistence"}
    | {"queue_log", "sippeers", "voicemail_data", "voicemail_messages"}
)
"""Tables that this library does not provision; it does not change their defaults."""

_OLD_ENGINES: Final = frozenset({"MYISAM", "ARIA", "MEMORY"})
"""Storage engines without transactions; their tables are converted to InnoDB (MariaDB)."""


def compare(wanted: MetaData, found: Found, dialect: Dialect) -> tuple[Difference, ...]:
    """
    Return the differences between *found* and *wanted*.

    Wider columns, more enum labels, and tables and columns of your own are not differences.

    Args:
        wanted: The wanted tables, from `for_dialect`.
        found: The same tables in the database.
        dialect: The dialect of both.
    """
    differences: list[Difference] = []
    if dialect.name == "postgresql":
        differences += _enums(wanted, found)
    for table in wanted.sorted_tables:
        there = found.tables.get(table.name)
        if table.name in found.others:
            differences.append(_other_object(table.name, found.others[table.name], dialect))
        elif there is None and table.name in found.unreadable:
            continue
        elif there is None:
            differences.append(MissingTable(table=table.name, wanted=table))
        else:
            details = found.details.get(table.name, NO_DETAILS)
            differences += _TableComparison(table, there, dialect, details).differences()
    return tuple(differences)


def _other_object(name: str, other: str, dialect: Dialect) -> Obstacle:
    """Return the obstacle for a view or other object that has the name of a wanted table."""
    if not is_mysql(dialect):
        return Obstacle(
            table=name,
            problem=f"{name} is a view or another object instead of a table",
            advice=f"rename it: {other}",
        )
    advice = f"rename it: RENAME TABLE {name} TO own_{name}"
    if other == "view":
        advice += f"; to create a table with its rows: CREATE TABLE {name} SELECT * FROM own_{name}"
    return Obstacle(table=name, problem=f"{name} is a {other} instead of a table", advice=advice)


def enums_of(wanted: MetaData) -> dict[str, tuple[str, ...]]:
    """Return the labels of each enum type in *wanted*, by name of the type."""
    types = (column.type for table in wanted.sorted_tables for column in table.columns)
    return {str(type_.name): tuple(type_.enums) for type_ in types if isinstance(type_, Enum)}


def _enums(wanted: MetaData, found: Found) -> Iterator[Difference]:
    for name, labels in sorted(enums_of(wanted).items()):
        there = found.enums.get(name)
        if name in found.others:
            yield Obstacle(
                table="",
                problem=f"type {name} is not an enum",
                advice=f"rename it: {found.others[name]}",
            )
        elif there is None:
            yield MissingEnum(name=name, labels=labels)
        else:
            for label in labels:
                if label not in there:
                    yield MissingLabel(name=name, label=label)


@attrs.frozen
class _TableComparison:
    """Compares a wanted table with the existing one."""

    wanted: Table
    found: FoundTable
    dialect: Dialect
    details: TableDetails

    def differences(self) -> Iterator[Difference]:
        yield from self._storage()
        for column in self.wanted.columns:
            there = self.found.columns.get(column.name)
            if is_existing(column):
                continue
            if there is None:
                yield self._missing(column)
            elif isinstance(column.type, RareFlag):
                yield from self._rare_flag(column, there)
            else:
                yield from self._column(column, there)
        yield from self._order()
        yield from self._primary_key()
        yield from self._uniques()
        yield from self._indexes()
        yield from self._foreign_keys()

    def _storage(self) -> Iterator[Difference]:
        """Yield an engine without transactions, or a row format for short indexes (MariaDB)."""
        engine, row_format = self.details.engine, self.details.row_format.upper()
        if engine.upper() in _OLD_ENGINES:
            yield OtherStorage(table=self.wanted.name, storage=engine)
        elif engine == "InnoDB" and row_format in {"COMPACT", "REDUNDANT"}:
            yield OtherStorage(table=self.wanted.name, storage=f"{engine} {row_format}")

    def _order(self) -> Iterator[Difference]:
        wanted, there = self.wanted.columns, self.found.columns
        place, wanted_order = list(there), wanted.keys()
        for first, second in ORDERED:
            if first not in wanted or second not in wanted or second not in there:
                continue
            if wanted_order.index(first) > wanted_order.index(second):
                # Asterisk's scripts reverse them in sippeers, which Asterisk 22 does not read.
                continue
            # An added column comes last.
            if first not in there or place.index(first) > place.index(second):
                yield MisplacedColumn(
                    table=self.wanted.name,
                    column=second,
                    after=first,
                    found=there[second],
                    wanted=wanted[second],
                )

    def _missing(self, column: Column[Any]) -> Difference:
        if column.primary_key and not _is_auto_numbered(column):
            return Obstacle(
                table=self.wanted.name,
                column=column.name,
                problem=f"table {self.wanted.name} has no column {column.name}, its primary key",
                advice="rename the table if it is not Asterisk's:"
                f" ALTER TABLE {self.wanted.name} RENAME TO own_{self.wanted.name};"
                " or add the column and fill it",
            )
        return MissingColumn(table=self.wanted.name, column=column.name, wanted=column)

    def _column(self, column: Column[Any], there: FoundColumn) -> Iterator[Difference]:
        kind = kind_of(column.type, self.dialect)
        verdict = self._verdict(column, there, kind)
        if there.generated and not is_mysql(self.dialect):
            if verdict is not Verdict.FITS:
                yield self._is_generated(column, there, kind)
            return
        if verdict is Verdict.IMPOSSIBLE:
            name = f"{self.wanted.name}.{column.name}"
            yield Obstacle(
                table=self.wanted.name,
                problem=f"column {name} is {there.kind.text}, which cannot become {kind.text}",
                advice=self._advice(there),
            )
            return
        if verdict is not Verdict.FITS and there.name in self.found.partitioned_by:
            yield Obstacle(
                table=self.wanted.name,
                problem=f"column {self.wanted.name}.{there.name} is {there.kind.text} instead of"
                f" {kind.text}, and the table is partitioned by it",
                advice=self._without_partitions(),
            )
            return
        drops_default = self._drops_default(column, there)
        if (
            verdict is Verdict.CONVERT
            and not drops_default
            and not self._keeps_default(there, kind)
        ):
            name = f"{self.wanted.name}.{column.name}"
            yield Obstacle(
                table=self.wanted.name,
                problem=f"column {name} has the default {there.default}, which {kind.text} does not"
                " allow",
                advice=f"drop it: ALTER TABLE {self.wanted.name} ALTER COLUMN"
                f" {column.name} DROP DEFAULT",
            )
        reasons = tuple(self._reasons(column, there, verdict, kind.text))
        if drops_default:
            reasons += (f"has the default {there.default}, which is not Asterisk's",)
        if reasons:
            yield ColumnDiffers(
                table=self.wanted.name,
                column=column.name,
                reasons=reasons,
                verdict=verdict,
                found=there,
                kind=kind,
                wanted=column,
                # An existing boolean column also means yes or no.
                yes_no=column.info.get("yes_no", False) or there.kind.family is TypeFamily.BOOLEAN,
                drops_default=drops_default,
            )

    def _rare_flag(self, column: Column[Any], there: FoundColumn) -> Iterator[Difference]:
        """Yield a generated column that is 1 in other rows, or that Asterisk would see."""
        details = self.details.columns[there.name]
        if "VIRTUAL" not in details.generated:
            yield Obstacle(
                table=self.wanted.name,
                problem=f"column {self.wanted.name}.{there.name} is not a virtual column",
                advice="drop it; the upgrade adds it again:"
                f" ALTER TABLE {self.wanted.name} DROP COLUMN {there.name}",
            )
        elif details.comment != column.comment or "INVISIBLE" not in details.flags:
            yield ColumnDiffers(
                table=self.wanted.name,
                column=column.name,
                reasons=("has another expression, or is not invisible",),
                verdict=Verdict.FITS,
                found=there,
                kind=kind_of(column.type, self.dialect),
                wanted=column,
            )

    def _is_generated(self, column: Column[Any], there: FoundColumn, kind: Kind) -> Obstacle:
        writer = SqlWriter(self.dialect).for_display()
        table, name = writer.name(self.wanted.name), writer.name(there.name)
        advice = f"rename it: ALTER TABLE {table} RENAME COLUMN {name} TO own_{there.name}"
        if self.dialect.name == "postgresql":
            advice = (
                "make it an ordinary column, which keeps its values:"
                f" ALTER TABLE {table} ALTER COLUMN {name} DROP EXPRESSION"
            )
        return Obstacle(
            table=self.wanted.name,
            problem=f"column {self.wanted.name}.{column.name} is generated, and is"
            f" {there.kind.text} instead of {kind.text}",
            advice=advice,
        )

    def _drops_default(self, column: Column[Any], there: FoundColumn) -> bool:
        """
        Tell whether an existing default must be dropped, since it would replace Asterisk's own.

        Tables that Asterisk writes, and columns that are NOT NULL, keep their defaults.
        """
        if self.wanted.name in WRITTEN_BY_ASTERISK or there.default is None or there.numbered:
            return False
        if not column.nullable or column.primary_key or column.server_default is not None:
            return False
        return is_constant(there.default)

    def _advice(self, there: FoundColumn) -> str:
        writer = SqlWriter(self.dialect).for_display()
        table = f"ALTER TABLE {writer.name(self.wanted.name)}"
        name, own = writer.name(there.name), writer.name(f"own_{there.name}")
        details = self.details.columns.get(there.name)
        if details is None:
            return (
                f"rename it: {table} RENAME COLUMN {name} TO {own};"
                " or convert it to text in Asterisk's format"
            )
        if there.kind.text.startswith("BIT"):
            # MariaDB would convert its value to the position of a label in an enum.
            default = details.default.removeprefix("b")
            number = attrs.evolve(details, type="TINYINT UNSIGNED", default=default)
            changed = definition(there.name, there, number, writer)
            return f"make it a number: {table} MODIFY COLUMN {changed}"
        renamed = definition(f"own_{there.name}", there, details, writer)
        return f"rename it: {table} CHANGE COLUMN {name} {renamed}"

    def _verdict(self, column: Column[Any], there: FoundColumn, kind: Kind) -> Verdict:
        verdict = judge(there.kind, kind, self.dialect)
        # MariaDB cannot have a key of a TEXT column without a prefix length.
        unlimited = is_mysql(self.dialect) and isinstance(there.type, Text)
        if verdict is Verdict.FITS and unlimited and kind.text.startswith("VARCHAR"):
            indexed: set[str] = set()
            for constraint in self.wanted.constraints:
                if isinstance(constraint, (PrimaryKeyConstraint, UniqueConstraint)):
                    indexed |= {*constraint.columns.keys()}
            return Verdict.CONVERT if column.name in indexed else verdict
        return verdict

    def _keeps_default(self, there: FoundColumn, kind: Kind) -> bool:
        default = there.default
        if there.name in self.details.columns:
            default = self.details.columns[there.name].default or None
        if default is None or there.numbered or self.dialect.name == "sqlite":
            return True
        return converted(default, kind) is not None

    def _reasons(
        self, column: Column[Any], there: FoundColumn, verdict: Verdict, text: str
    ) -> Iterator[str]:
        if verdict is Verdict.WIDEN and there.kind.labels:
            lacking = [word for word in _labels(column) if word not in there.kind.labels]
            yield f"lacks the labels {', '.join(map(repr, lacking))}"
        elif verdict is not Verdict.FITS:
            yield f"is {there.kind.text} instead of {text}"
        numbered = _is_auto_numbered(column)
        if numbered and not there.numbered:
            yield "is not numbered by the database"
        # SQLite reports an INTEGER PRIMARY KEY as nullable, although it is never NULL.
        if there.nullable and not column.nullable and not (numbered and there.numbered):
            yield "allows NULL"
        if column.nullable and not there.nullable and column.name not in self.found.primary_key:
            yield "does not allow NULL"
        if self.dialect.name == "sqlite" and not _is_expression(column):
            yield from self._default_reasons(column, there)
        elif is_filled(column) and there.default is None:
            yield "has no default"

    def _default_reasons(self, column: Column[Any], there: FoundColumn) -> Iterator[str]:
        default = SqlWriter(self.dialect).default(column)
        if default is None:
            return
        if there.default is None or there.default.strip("'") != default.strip("'"):
            yield f"does not have the default {default}"
        elif not there.replaces:
            yield "does not replace NULL with its default"

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
        if not (len(columns) == 1 and _is_auto_numbered(self.wanted.columns[columns[0]])):
            if columns not in self.found.uniques:
                yield Obstacle(
                    table=name,
                    problem=f"table {name} has partitions, which do not allow the key"
                    f" ({', '.join(columns)})",
                    advice=self._without_partitions(),
                )
        elif not any(each[:1] == columns for each in self._all_indexes()):
            yield MissingKey(table=name, columns=columns)

    def _without_partitions(self) -> str:
        name = self.wanted.name
        if is_mysql(self.dialect):
            return f"remove them: ALTER TABLE {name} REMOVE PARTITIONING"
        return (
            f"rename it: ALTER TABLE {name} RENAME TO own_{name}; after the upgrade copy its rows"
            f" from own_{name}"
        )

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


def _labels(column: Column[Any]) -> tuple[str, ...]:
    return tuple(column.type.enums) if isinstance(column.type, Enum) else ()


def _is_auto_numbered(column: Column[Any]) -> bool:
    return (
        column.autoincrement is True
        or column.identity is not None
        or isinstance(column.type, NumberedInteger)
        or _is_expression(column)
    )


def _is_expression(column: Column[Any]) -> bool:
    """Tell whether the column gets random numbers as its default (SQLite)."""
    default = getattr(column.server_default, "arg", None)
    return "random()" in str(default)
