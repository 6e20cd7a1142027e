"""Which rows stand in the way: asked before the first change, so that nothing fails half way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from asterisk_realtime.migrations.differences import (
    ColumnDiffers,
    Difference,
    MisplacedColumn,
    MissingForeignKey,
    MissingPrimaryKey,
    MissingUnique,
    Obstacle,
)
from asterisk_realtime.migrations.kinds import Verdict
from asterisk_realtime.migrations.schema import is_filled
from asterisk_realtime.migrations.sql import Spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.inspection import Found


@attrs.frozen
class _Probe:
    """A statement that returns the rows in the way."""

    table: str
    problem: str
    sql: str
    advice: str = "mend the rows of"


def obstacles(
    connection: Connection, differences: Iterable[Difference], found: Found
) -> tuple[Obstacle, ...]:
    """Return an obstacle for each difference that the rows do not allow to mend."""
    spelling = Spelling(connection.dialect)
    return tuple(
        Obstacle(table=probe.table, problem=probe.problem, advice=f"{probe.advice}: {probe.sql}")
        for difference in differences
        for probe in _probes(difference, found, spelling)
        if connection.exec_driver_sql(f"{probe.sql} LIMIT 1").first() is not None
    )


def _probes(difference: Difference, found: Found, spelling: Spelling) -> Iterator[_Probe]:
    match difference:
        case ColumnDiffers():
            yield from _column_probes(difference, found, spelling)
        case MisplacedColumn(table=table, column=column):
            yield from _dependents(table, column, spelling, moved=True)
        case MissingPrimaryKey():
            yield from _key_probes(difference, found, spelling)
        case MissingUnique(table=table, columns=columns, filled=filled):
            if all(name in found.tables[table].columns for name in columns):
                yield _duplicates(table, columns, spelling, filled)
        case MissingForeignKey():
            yield _orphans(difference, spelling)
            yield from _collations(difference, found, spelling)
        case _:
            return


def _key_probes(
    difference: MissingPrimaryKey, found: Found, spelling: Spelling
) -> Iterator[_Probe]:
    table, there = difference.table, found.tables[difference.table].columns
    if all(name in there for name in difference.columns):
        for name in difference.columns:
            if there[name].nullable:
                yield _nulls(table, name, spelling)
        yield _duplicates(table, difference.columns, spelling)


def _column_probes(difference: ColumnDiffers, found: Found, spelling: Spelling) -> Iterator[_Probe]:
    table, column = difference.table, difference.column
    if difference.verdict is not Verdict.FITS:
        yield from _dependents(table, column, spelling, moved=False)
    if (table, column) in found.referring:
        yield _references(table, column, spelling)
    if difference.verdict is Verdict.CONVERT:
        yield _Probe(
            table,
            f"column {table}.{column} has values that {difference.kind.text} cannot hold",
            f"SELECT * FROM {spelling.name(table)}"
            f" WHERE {spelling.misfit(column, difference.kind)}",
        )
    wanted = difference.wanted
    replaced = wanted.dialect_options["sqlite"].get("on_conflict_not_null") == "REPLACE"
    replaced = replaced or is_filled(wanted)
    if difference.found.nullable and not wanted.nullable and not replaced:
        yield _nulls(table, column, spelling)


def _references(table: str, column: str, spelling: Spelling) -> _Probe:
    """Return what finds the foreign keys of a column, which MariaDB does not change then."""
    table_, column_ = spelling.word(table), spelling.word(column)
    return _Probe(
        table,
        f"column {table}.{column} must change, and a foreign key keeps it as it is",
        "SELECT table_name, constraint_name FROM information_schema.key_column_usage"
        f" WHERE table_schema = DATABASE() AND ((table_name = {table_}"
        f" AND column_name = {column_} AND referenced_table_name IS NOT NULL)"
        f" OR (referenced_table_name = {table_} AND referenced_column_name = {column_}))",
        advice="drop for the upgrade what this names",
    )


def _dependents(table: str, column: str, spelling: Spelling, *, moved: bool) -> Iterator[_Probe]:
    """Yield what finds the things of PostgreSQL that a change of the column would break."""
    if spelling.dialect.name != "postgresql":
        return
    place = spelling.word(spelling.name(table))
    # A column that is made anew takes along its default, and nothing else.
    kinds = "<> 'pg_attrdef'" if moved else "IN ('pg_rewrite', 'pg_policy', 'pg_trigger')"
    yield _Probe(
        table,
        f"column {table}.{column} must change, and other things need it as it is",
        "SELECT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_depend d"
        " JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
        f" WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = {place}::regclass"
        f" AND a.attname = {spelling.word(column)} AND d.classid::regclass::text {kinds}",
        advice="drop for the upgrade what this names",
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
    """Return what finds equal keys: NULLs equal each other only where they become empty texts."""
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
                advice="convert one of the tables to the character set of the other",
            )


def _orphans(difference: MissingForeignKey, spelling: Spelling) -> _Probe:
    constraint = difference.wanted
    target = constraint.referred_table.name
    equal = " AND ".join(
        f"p.{spelling.name(element.column.name)} = c.{spelling.name(element.parent.name)}"
        for element in constraint.elements
    )
    return _Probe(
        difference.table,
        f"table {difference.table} has rows that refer to nothing in {target}",
        f"SELECT * FROM {spelling.name(difference.table)} c"
        f" WHERE NOT EXISTS (SELECT 1 FROM {spelling.name(target)} p WHERE {equal})",
    )
