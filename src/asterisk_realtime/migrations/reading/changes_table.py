"""
The table of changes: what the migrations created, so that a downgrade drops nothing else.

An entry is written before the change itself. If a run is interrupted in between, and there is no
transactional DDL, the entry stays, and the next run makes the change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy import Column, MetaData, String, Table, inspect, select
from sqlalchemy.schema import CreateTable

from asterisk_realtime.migrations.comparing.differences import (
    Difference,
    MissingColumn,
    MissingEnum,
    MissingIndex,
    MissingTable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.sql import SqlWriter

CHANGES_TABLE: Final = Table(
    "asterisk_realtime_changes",
    MetaData(),
    # "table", "column", "index" or "enum" for a created object; "family" if the database has only
    # some
    Column("kind", String(10), primary_key=True),
    # "table.column" for a column, and "table.index" for an index
    Column("name", String(130), primary_key=True),
    Column("revision", String(32), nullable=False),
    mysql_engine="InnoDB",
    mariadb_engine="InnoDB",
)


@attrs.frozen
class Entry:
    """An object that the migrations created, or a family of the database."""

    kind: str
    name: str


def read(connection: Connection) -> dict[Entry, str]:
    """Return all entries, each with the revision that wrote it."""
    if not inspect(connection).has_table(CHANGES_TABLE.name):
        return {}
    rows = connection.execute(
        select(CHANGES_TABLE.c.kind, CHANGES_TABLE.c.name, CHANGES_TABLE.c.revision)
    )
    return {Entry(row.kind, row.name): row.revision for row in rows}


def entries(differences: Iterable[Difference]) -> Iterator[Entry]:
    """Yield an entry for each object that an upgrade creates for these differences."""
    for difference in differences:
        match difference:
            case MissingTable(table=table):
                yield Entry("table", table)
            case MissingColumn(table=table, column=column):
                yield Entry("column", f"{table}.{column}")
            case MissingIndex(table=table, name=index, replaces=False):
                yield Entry("index", f"{table}.{index}")
            case MissingEnum(name=name):
                yield Entry("enum", name)
            case _:
                continue


def unknown(entries: Iterable[Entry], known: Mapping[Entry, str], revision: str) -> list[Entry]:
    """
    Return the entries that a revision has not written yet.

    The entry of a table stands for its columns and indexes too: a run that was interrupted may have
    created the table without its indexes (MariaDB), and the next run then finds only them missing.

    Args:
        entries: The entries for what the revision creates now.
        known: The entries of the database, each with the revision that wrote it.
        revision: Id of the revision.
    """
    tables = {each.name for each, by in known.items() if each.kind == "table" and by == revision}
    return [
        each for each in entries if each not in known and each.name.rpartition(".")[0] not in tables
    ]


def insert(
    new: Iterable[Entry], revision: str, writer: SqlWriter, *, create: bool
) -> Iterator[str]:
    """Yield the statements that insert *new* entries; with *create*, create the table first."""
    if create:
        yield writer.ddl(CreateTable(CHANGES_TABLE))
    rows = [f"({writer.literals((entry.kind, entry.name, revision))})" for entry in new]
    if rows:
        yield f"INSERT INTO {CHANGES_TABLE.name} (kind, name, revision) VALUES {', '.join(rows)}"


def delete(old: Iterable[Entry], writer: SqlWriter) -> Iterator[str]:
    """Yield the statements that delete entries."""
    for entry in old:
        yield (
            f"DELETE FROM {CHANGES_TABLE.name} WHERE kind = {writer.literal(entry.kind)}"
            f" AND name = {writer.literal(entry.name)}"
        )
