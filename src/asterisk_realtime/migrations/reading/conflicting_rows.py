"""Find, before the first change of an upgrade, the rows that would make it fail half way."""

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
from asterisk_realtime.migrations.comparing.kinds import FRACTIONS, TypeFamily, Verdict, kind_of
from asterisk_realtime.migrations.converting import NumberedInteger, is_filled, is_mysql
from asterisk_realtime.migrations.sql import SqlWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Column
    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.reading.inspection import Found


@attrs.frozen
class _Query:
    """A query for the rows that prevent a change."""

    table: str
    problem: str
    sql: str
    advice: str = "change the rows of"


def obstacles(
    connection: Connection, differences: Iterable[Difference], found: Found
) -> tuple[Obstacle, ...]:
    """Return an obstacle for each difference that cannot be resolved because of existing rows."""
    writer = SqlWriter(connection.dialect)
    shown = writer.for_display()
    return tuple(
        Obstacle(table=query.table, problem=query.problem, advice=f"{query.advice}: {query.sql}")
        for difference in differences
        if not _tables_read(difference) & found.unreadable
        for query in _queries(difference, found, shown)
        if connection.exec_driver_sql(writer.verbatim(f"{query.sql} LIMIT 1")).first() is not None
    )


def _tables_read(difference: Difference) -> set[str]:
    """Return the tables whose rows the queries read."""
    if isinstance(difference, MissingForeignKey):
        return {difference.table, difference.wanted.referred_table.name}
    return {difference.table}


def _queries(difference: Difference, found: Found, writer: SqlWriter) -> Iterator[_Query]:
    match difference:
        case ColumnDiffers():
            yield from _column_queries(difference, writer)
            if difference.older:
                yield from _invalid_times(difference, found, writer)
        case MissingPrimaryKey():
            yield from _key_queries(difference, found, writer)
        case MissingColumn(older=older) if older:
            yield from _invalid_times(difference, found, writer)
        case MissingColumn(table=table, column=column, wanted=wanted) if _must_be_given(wanted):
            yield _Query(
                table,
                f"column {table}.{column} is missing and NOT NULL, and the table has rows",
                f"SELECT * FROM {writer.name(table)}",
                advice="add it as a nullable column, set a value in each row, and upgrade again:"
                f" ALTER TABLE {writer.name(table)} ADD COLUMN {writer.name(column)}"
                f" {writer.type(wanted.type)}; the rows",
            )
        case MissingUnique(table=table, columns=columns, filled=filled):
            # A missing column gets the same value in each row.
            there = tuple(name for name in columns if name in found.tables[table].columns)
            if set(there) - {*filled}:
                yield _duplicates(table, there, writer, filled)
        case MissingForeignKey():
            yield _orphans(difference, found, writer)
            yield from _collations(difference, found, writer)
        case _:
            return


def _must_be_given(column: Column[Any]) -> bool:
    """Tell whether a column is NOT NULL and nothing gives existing rows a value."""
    return not (
        column.nullable
        or column.primary_key
        or column.server_default is not None
        or column.identity is not None
        or isinstance(column.type, NumberedInteger)
    )


def _key_queries(
    difference: MissingPrimaryKey, found: Found, writer: SqlWriter
) -> Iterator[_Query]:
    table, there = difference.table, found.tables[difference.table].columns
    if all(name in there for name in difference.columns):
        for name in difference.columns:
            if there[name].nullable:
                yield _nulls(table, name, writer)
        yield _duplicates(table, difference.columns, writer)


def _column_queries(difference: ColumnDiffers, writer: SqlWriter) -> Iterator[_Query]:
    table, column = difference.table, difference.column
    if difference.verdict is Verdict.CONVERT:
        yield _Query(
            table,
            f"column {table}.{column} has values that {difference.kind.text} cannot hold",
            f"SELECT * FROM {writer.name(table)} WHERE {inconvertible(difference, writer)}",
        )
    wanted = difference.wanted
    replaced = wanted.dialect_options["sqlite"].get("on_conflict_not_null") == "REPLACE"
    replaced = replaced or is_filled(wanted)
    if difference.found.nullable and not wanted.nullable and not replaced:
        yield _nulls(table, column, writer)


def inconvertible(difference: ColumnDiffers, writer: SqlWriter) -> str:
    """Return the condition for values that cannot be converted."""
    kind, fraction = difference.kind, difference.found.kind.family in FRACTIONS
    if fraction and kind.family is TypeFamily.INTEGER and is_mysql(writer.dialect):
        # MariaDB rounds a FLOAT when it converts it to text.
        return writer.not_an_integer(difference.found.name, kind)
    return writer.inconvertible(difference.column, kind, yes_no=difference.yes_no)


def _invalid_times(
    difference: MissingColumn | ColumnDiffers, found: Found, writer: SqlWriter
) -> Iterator[_Query]:
    table, source = difference.table, difference.older
    kind = kind_of(difference.wanted.type, writer.dialect)
    text = found.tables[table].columns[source].kind.family is TypeFamily.TEXT
    if text and writer.dialect.name != "sqlite":
        yield _Query(
            table,
            f"column {table}.{source} has values that are not times, but must fill"
            f" {difference.column}",
            f"SELECT * FROM {writer.name(table)} WHERE {writer.inconvertible(source, kind)}",
        )


def _nulls(table: str, column: str, writer: SqlWriter) -> _Query:
    return _Query(
        table,
        f"column {table}.{column} has rows without a value",
        f"SELECT * FROM {writer.name(table)} WHERE {writer.name(column)} IS NULL",
    )


def _duplicates(
    table: str, columns: tuple[str, ...], writer: SqlWriter, filled: tuple[str, ...] = ()
) -> _Query:
    """Return the query for rows with equal keys; NULLs are equal if they become empty texts."""
    cells = ", ".join(
        f"COALESCE({writer.name(column)}, '')" if column in filled else writer.name(column)
        for column in columns
    )
    not_null = " AND ".join(
        f"{writer.name(column)} IS NOT NULL" for column in columns if column not in filled
    )
    return _Query(
        table,
        f"table {table} has several rows with the same ({', '.join(columns)})",
        f"SELECT {cells} FROM {writer.name(table)} WHERE {not_null}"
        f" GROUP BY {cells} HAVING count(*) > 1",
    )


def _collations(difference: MissingForeignKey, found: Found, writer: SqlWriter) -> Iterator[_Query]:
    """Yield a query for columns whose collations differ, so that a foreign key is impossible."""
    for element in difference.wanted.elements:
        ends = (
            (difference.table, element.parent.name),
            (element.column.table.name, element.column.name),
        )
        if len({found.collations[end] for end in ends if end in found.collations}) > 1:
            places = ", ".join(f"({writer.literals(end)})" for end in ends)
            yield _Query(
                difference.table,
                f"columns {ends[0][0]}.{ends[0][1]} and {ends[1][0]}.{ends[1][1]} need a foreign"
                " key, but have different collations",
                "SELECT table_name, column_name, collation_name FROM information_schema.columns"
                f" WHERE table_schema = DATABASE() AND (table_name, column_name) IN ({places})",
                advice=f"convert a table, {_conversion(ends, found)}; this shows the collations",
            )


def _conversion(ends: tuple[tuple[str, str], tuple[str, str]], found: Found) -> str:
    """Return the statement that converts one table to the collation of the other."""
    narrow, wide = sorted(ends, key=lambda end: "utf8mb4" in found.collations[end])
    collation = found.collations[wide]
    return (
        f"ALTER TABLE {narrow[0]} CONVERT TO CHARACTER SET {collation.partition('_')[0]}"
        f" COLLATE {collation}"
    )


def _orphans(difference: MissingForeignKey, found: Found, writer: SqlWriter) -> _Query:
    constraint = difference.wanted
    target = constraint.referred_table.name
    problem = f"table {difference.table} has rows that refer to missing rows of {target}"
    if target not in found.tables:
        return _Query(difference.table, problem, f"SELECT * FROM {writer.name(difference.table)}")
    equal = " AND ".join(
        f"p.{writer.name(element.column.name)} = c.{writer.name(element.parent.name)}"
        for element in constraint.elements
    )
    return _Query(
        difference.table,
        problem,
        f"SELECT * FROM {writer.name(difference.table)} c"
        f" WHERE NOT EXISTS (SELECT 1 FROM {writer.name(target)} p WHERE {equal})",
    )
