"""Obstacles in other tables: an index with the name of a new one, or an inherited column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    Difference,
    MisplacedColumn,
    MissingIndex,
    MissingTable,
    Obstacle,
)
from asterisk_realtime.migrations.postgresql import catalogue as postgresql_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import MetaData
    from sqlalchemy.engine import Connection

_INDEXES: Final = {
    "postgresql": text(
        """
        SELECT c.relname AS name, COALESCE(t.relname, '') AS place, '' AS create_sql
        FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = i.indrelid
        WHERE n.nspname = current_schema() AND c.relkind IN ('i', 'I')
        """
    ),
    "sqlite": text(
        "SELECT name, tbl_name AS place, sql AS create_sql FROM sqlite_master WHERE type = 'index'"
    ),
}
"""All indexes with their tables, since an index name must be unique across all tables."""


def obstacles(
    connection: Connection, wanted: MetaData, differences: Iterable[Difference]
) -> Iterator[Obstacle]:
    """Yield obstacles: new indexes whose names are taken, and inherited columns that change."""
    differences = tuple(differences)
    yield from _indexes(connection, wanted, differences)
    if connection.dialect.name == "postgresql":
        yield from _inherited(connection, differences)


def _indexes(
    connection: Connection, wanted: MetaData, differences: tuple[Difference, ...]
) -> Iterator[Obstacle]:
    query = _INDEXES.get(connection.dialect.name)
    new = dict(_new_indexes(wanted, differences))
    if query is None or not new:
        return
    for row in connection.execute(query):
        sqlite = connection.dialect.name == "sqlite"
        name = row.name.lower() if sqlite else row.name
        if name in new and row.place.lower() != new[name]:
            advice = f"ALTER INDEX {row.name} RENAME TO own_{row.name}"
            if sqlite:
                advice = (
                    f"DROP INDEX {row.name}; create it again under another name: {row.create_sql}"
                )
            yield Obstacle(
                table=new[name],
                problem=f"index {row.name} of {row.place} has the name of a new index of"
                f" {new[name]}",
                advice=f"rename it: {advice}",
            )


def _new_indexes(
    wanted: MetaData, differences: tuple[Difference, ...]
) -> Iterator[tuple[str, str]]:
    for each in differences:
        if isinstance(each, MissingTable):
            for index in wanted.tables[each.table].indexes:
                yield str(index.name), each.table
        elif isinstance(each, MissingIndex):
            yield each.name, each.table


def _inherited(connection: Connection, differences: tuple[Difference, ...]) -> Iterator[Obstacle]:
    changed = [each for each in differences if isinstance(each, (ColumnDiffers, MisplacedColumn))]
    for table in dict.fromkeys(each.table for each in changed):
        there = postgresql_catalogue.inherited(connection, table)
        statements = {
            there[e.column]: e.column for e in changed if e.table == table and e.column in there
        }
        for statement, column in statements.items():
            yield Obstacle(
                table=table,
                problem=f"column {table}.{column} must change, but is inherited from another table",
                advice=f"end the inheritance; the column and its values stay: {statement}",
            )
