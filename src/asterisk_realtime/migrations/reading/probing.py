"""Which rows stand in the way: asked before the first change, so that nothing fails half way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    Difference,
    MissingColumn,
    MissingForeignKey,
    MissingPrimaryKey,
    MissingUnique,
    Obstacle,
)
from asterisk_realtime.migrations.comparing.kinds import FRACTIONS, Family, Verdict, kind_of
from asterisk_realtime.migrations.schema import NumberedInteger, is_filled, is_mysql
from asterisk_realtime.migrations.sql import Spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Column
    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.reading.inspection import Found


@attrs.frozen
class _Probe:
    """A statement that returns the rows in the way."""

    table: str
    problem: str
    sql: str
    advice: str = "change the rows of"


def obstacles(
    connection: Connection, differences: Iterable[Difference], found: Found
) -> tuple[Obstacle, ...]:
    """Return an obstacle for each difference that cannot be resolved because of the rows."""
    spelling = Spelling(connection.dialect)
    shown = spelling.for_people()
    return tuple(
        Obstacle(table=probe.table, problem=probe.problem, advice=f"{probe.advice}: {probe.sql}")
        for difference in differences
        if not _read_by(difference) & found.unreadable
        for probe in _probes(difference, found, shown)
        if connection.exec_driver_sql(spelling.verbatim(f"{probe.sql} LIMIT 1")).first() is not None
    )


def _read_by(difference: Difference) -> set[str]:
    """Return the tables whose rows are asked."""
    if isinstance(difference, MissingForeignKey):
        return {difference.table, difference.wanted.referred_table.name}
    return {difference.table}


def _probes(difference: Difference, found: Found, spelling: Spelling) -> Iterator[_Probe]:
    match difference:
        case ColumnDiffers():
            yield from _column_probes(difference, spelling)
            if difference.older:
                yield from _invalid_times(difference, found, spelling)
        case MissingPrimaryKey():
            yield from _key_probes(difference, found, spelling)
        case MissingColumn(older=older) if older:
            yield from _invalid_times(difference, found, spelling)
        case MissingColumn(table=table, column=column, wanted=wanted) if _must_be_given(wanted):
            yield _Probe(
                table,
                f"column {table}.{column} is missing, must not be NULL, and the table has rows",
                f"SELECT * FROM {spelling.name(table)}",
                advice="add it as a nullable column, give each row a value, and upgrade again:"
                f" ALTER TABLE {spelling.name(table)} ADD COLUMN {spelling.name(column)}"
                f" {spelling.type(wanted.type)}; the rows",
            )
        case MissingUnique(table=table, columns=columns, filled=filled):
            # A missing column will have the same value in each row.
            there = tuple(name for name in columns if name in found.tables[table].columns)
            if set(there) - {*filled}:
                yield _duplicates(table, there, spelling, filled)
        case MissingForeignKey():
            yield _orphans(difference, found, spelling)
            yield from _collations(difference, found, spelling)
        case _:
            return


def _must_be_given(column: Column[Any]) -> bool:
    """Tell whether a column must have a value, and no default gives existing rows one."""
    return not (
        column.nullable
        or column.primary_key
        or column.server_default is not None
        or column.identity is not None
        or isinstance(column.type, NumberedInteger)
    )


def _key_probes(
    difference: MissingPrimaryKey, found: Found, spelling: Spelling
) -> Iterator[_Probe]:
    table, there = difference.table, found.tables[difference.table].columns
    if all(name in there for name in difference.columns):
        for name in difference.columns:
            if there[name].nullable:
                yield _nulls(table, name, spelling)
        yield _duplicates(table, difference.columns, spelling)


def _column_probes(difference: ColumnDiffers, spelling: Spelling) -> Iterator[_Probe]:
    table, column = difference.table, difference.column
    if difference.verdict is Verdict.CONVERT:
        yield _Probe(
            table,
            f"column {table}.{column} has values that {difference.kind.text} cannot hold",
            f"SELECT * FROM {spelling.name(table)} WHERE {misfit(difference, spelling)}",
        )
    wanted = difference.wanted
    replaced = wanted.dialect_options["sqlite"].get("on_conflict_not_null") == "REPLACE"
    replaced = replaced or is_filled(wanted)
    if difference.found.nullable and not wanted.nullable and not replaced:
        yield _nulls(table, column, spelling)


def misfit(difference: ColumnDiffers, spelling: Spelling) -> str:
    """Return the condition for cells that cannot be converted."""
    kind, fraction = difference.kind, difference.found.kind.family in FRACTIONS
    if fraction and kind.family is Family.INTEGER and is_mysql(spelling.dialect):
        # MariaDB rounds a FLOAT when it converts it to text.
        return spelling.no_whole_number(difference.found.name, kind)
    return spelling.misfit(difference.column, kind, yes_no=difference.yes_no)


def _invalid_times(
    difference: MissingColumn | ColumnDiffers, found: Found, spelling: Spelling
) -> Iterator[_Probe]:
    table, source = difference.table, difference.older
    kind = kind_of(difference.wanted.type, spelling.dialect)
    text = found.tables[table].columns[source].kind.family is Family.TEXT
    if text and spelling.dialect.name != "sqlite":
        yield _Probe(
            table,
            f"column {table}.{source} has values that are not times, but fills {difference.column}",
            f"SELECT * FROM {spelling.name(table)} WHERE {spelling.misfit(source, kind)}",
        )


def _nulls(table: str, column: str, spelling: Spelling) -> _Probe:
    return _Probe(
        table,
        f"column {table}.{column} has rows without a value",
        f"SELECT * FROM {spelling.name(table)} WHERE {spelling.name(column)} IS NULL",
    )


def _duplicates(
    table: str, columns: tuple[str, ...], spelling: Spelling, filled: tuple[str, ...] = ()
) -> _Probe:
    """Return the query for equal keys; NULLs count as equal only if they become empty texts."""
    cells = ", ".join(
        f"COALESCE({spelling.name(column)}, '')" if column in filled else spelling.name(column)
        for column in columns
    )
    told = " AND ".join(
        f"{spelling.name(column)} IS NOT NULL" for column in columns if column not in filled
    )
    return _Probe(
        table,
        f"table {table} has several rows with the same ({', '.join(columns)})",
        f"SELECT {cells} FROM {spelling.name(table)} WHERE {told}"
        f" GROUP BY {cells} HAVING count(*) > 1",
    )


def _collations(
    difference: MissingForeignKey, found: Found, spelling: Spelling
) -> Iterator[_Probe]:
    """Yield what shows the two ends of a foreign key that MariaDB does not make of them."""
    for element in difference.wanted.elements:
        ends = (
            (difference.table, element.parent.name),
            (element.column.table.name, element.column.name),
        )
        if len({found.collations[end] for end in ends if end in found.collations}) > 1:
            places = ", ".join(f"({spelling.words(end)})" for end in ends)
            yield _Probe(
                difference.table,
                f"text of {ends[0][0]}.{ends[0][1]} and of {ends[1][0]}.{ends[1][1]} has two"
                " collations, and one must refer to the other",
                "SELECT table_name, column_name, collation_name FROM information_schema.columns"
                f" WHERE table_schema = DATABASE() AND (table_name, column_name) IN ({places})",
                advice=f"convert a table, {_conversion(ends, found)}; this names the collations",
            )


def _conversion(ends: tuple[tuple[str, str], tuple[str, str]], found: Found) -> str:
    """Return the statement that gives the text of one table the collation of the wider one."""
    narrow, wide = sorted(ends, key=lambda end: "utf8mb4" in found.collations[end])
    collation = found.collations[wide]
    return (
        f"ALTER TABLE {narrow[0]} CONVERT TO CHARACTER SET {collation.partition('_')[0]}"
        f" COLLATE {collation}"
    )


def _orphans(difference: MissingForeignKey, found: Found, spelling: Spelling) -> _Probe:
    constraint = difference.wanted
    target = constraint.referred_table.name
    problem = f"table {difference.table} has rows that refer to no row of {target}"
    if target not in found.tables:
        return _Probe(difference.table, problem, f"SELECT * FROM {spelling.name(difference.table)}")
    equal = " AND ".join(
        f"p.{spelling.name(element.column.name)} = c.{spelling.name(element.parent.name)}"
        for element in constraint.elements
    )
    return _Probe(
        difference.table,
        problem,
        f"SELECT * FROM {spelling.name(difference.table)} c"
        f" WHERE NOT EXISTS (SELECT 1 FROM {spelling.name(target)} p WHERE {equal})",
    )
