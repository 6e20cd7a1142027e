"""
What the migrations created, so that going back drops nothing else.

An entry is written before the change it names: where there is no transactional DDL, a run that is
killed in between leaves an entry too many, and the next run makes what it names.
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
    MissingTable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.sql import Spelling

LEDGER: Final = Table(
    "asterisk_realtime_changes",
    MetaData(),
    # "table", "column" or "enum" that was made; "family" that the database carries, if not all
    Column("kind", String(10), primary_key=True),
    # of a column: "table.column"
    Column("name", String(130), primary_key=True),
    Column("revision", String(32), nullable=False),
    mysql_engine="InnoDB",
    mariadb_engine="InnoDB",
)


@attrs.frozen
class Entry:
    """One thing that the migrations made."""

    kind: str
    name: str


def read(connection: Connection) -> dict[Entry, str]:
    """Return what was made, with the revision that made it."""
    if not inspect(connection).has_table(LEDGER.name):
        return {}
    rows = connection.execute(select(LEDGER.c.kind, LEDGER.c.name, LEDGER.c.revision))
    return {Entry(row.kind, row.name): row.revision for row in rows}


def entries(differences: Iterable[Difference]) -> Iterator[Entry]:
    """Yield what is created when these differences are resolved."""
    for difference in differences:
        match difference:
            case MissingTable(table=table):
                yield Entry("table", table)
            case MissingColumn(table=table, column=column):
                yield Entry("column", f"{table}.{column}")
            case MissingEnum(name=name):
                yield Entry("enum", name)
            case _:
                continue


def write(
    new: Iterable[Entry], revision: str, spelling: Spelling, *, create: bool
) -> Iterator[str]:
    """Yield the statements that note *new* entries."""
    if create:
        yield spelling.ddl(CreateTable(LEDGER))
    rows = [f"({spelling.words((entry.kind, entry.name, revision))})" for entry in new]
    if rows:
        yield f"INSERT INTO {LEDGER.name} (kind, name, revision) VALUES {', '.join(rows)}"


def forget(gone: Iterable[Entry], spelling: Spelling) -> Iterator[str]:
    """Yield the statements that strike entries out."""
    for entry in gone:
        yield (
            f"DELETE FROM {LEDGER.name} WHERE kind = {spelling.word(entry.kind)}"
            f" AND name = {spelling.word(entry.name)}"
        )
