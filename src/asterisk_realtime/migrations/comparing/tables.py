"""Compare the tables of a database with the wanted ones; this module runs no SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import Enum

from asterisk_realtime.migrations.comparing.columns import ColumnComparison
from asterisk_realtime.migrations.comparing.differences import (
    Difference,
    MissingEnum,
    MissingLabel,
    MissingTable,
    Obstacle,
    OtherStorage,
)
from asterisk_realtime.migrations.comparing.indexes import IndexComparison
from asterisk_realtime.migrations.comparing.keys import KeyComparison
from asterisk_realtime.migrations.comparing.table_pair import TablePair
from asterisk_realtime.migrations.converting import is_mysql
from asterisk_realtime.migrations.mariadb.catalogue import NO_DETAILS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import MetaData
    from sqlalchemy.engine import Dialect

    from asterisk_realtime.migrations.reading.inspection import Found

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
            pair = (table, there, dialect, details)
            differences += _storage(TablePair(*pair))
            differences += ColumnComparison(*pair).differences()
            differences += KeyComparison(*pair).differences()
            differences += IndexComparison(*pair).differences()
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


def _storage(pair: TablePair) -> Iterator[Difference]:
    """Yield an engine without transactions, or a row format for short indexes (MariaDB)."""
    engine, row_format = pair.details.engine, pair.details.row_format.upper()
    if engine.upper() in _OLD_ENGINES:
        yield OtherStorage(table=pair.wanted.name, storage=engine)
    elif engine == "InnoDB" and row_format in {"COMPACT", "REDUNDANT"}:
        yield OtherStorage(table=pair.wanted.name, storage=f"{engine} {row_format}")
