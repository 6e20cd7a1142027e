"""The schema from nothing, compared with Asterisk's scripts and with the bare statements."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import NullPool, create_engine

from asterisk_realtime import migrations
from benchmarks import upstream
from benchmarks.databases import bare
from benchmarks.statements import Record, Statement, counted, recorded
from benchmarks.table import Row
from benchmarks.timing import Comparison, in_turns, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from sqlalchemy import URL

    from benchmarks.databases import Database

OURS = "migrations.upgrade()"
THEIRS = "Asterisk's four trees"
RAW = "same DDL, bare driver"


def upgrade(url: URL) -> None:
    """Create the schema as our users do."""
    engine = create_engine(url, poolclass=NullPool)
    migrations.upgrade(engine)


def replay(statements: Sequence[Statement], url: URL) -> None:
    """Send *statements* unchanged, in one transaction where the database supports that for DDL."""
    connection: Any = bare(url)
    cursor = connection.cursor()
    if url.get_backend_name() == "sqlite":
        cursor.execute("BEGIN")  # its driver does not begin one for DDL
    for statement in statements:
        cursor.execute(statement.text, statement.parameters)
    connection.commit()
    connection.close()


def on_new(database: Database, action: Callable[[URL], None]) -> float:
    """Return the seconds of *action* on a new and empty database."""
    with database.new() as url:
        return seconds(partial(action, url))


def sent(database: Database, action: Callable[[URL], None]) -> Record:
    """Return what *action* sends to a new and empty database."""
    with database.new() as url, recorded() as record:
        action(url)
    return record


def rows(database: Database, trees: Path | str, rounds: int) -> list[Row]:
    """
    Measure on one database.

    Args:
        database: Which.
        trees: Folder of Asterisk's scripts, or why there is none.
        rounds: How often each way is measured.
    """
    ours = sent(database, upgrade)
    statements = ours.writing
    ways: list[Callable[[URL], None]] = [upgrade, partial(replay, statements)]
    if isinstance(trees, str):
        theirs = None
    else:
        ways.append(partial(upstream.upgrade, trees))
        theirs = sent(database, ways[-1])
    times = in_turns([partial(on_new, database, way) for way in ways], rounds)
    return [
        Row(OURS, THEIRS, database.name, Comparison(times[0], times[2]), f"{ours} / {theirs}")
        if theirs
        else Row(OURS, THEIRS, database.name, str(trees)),
        Row(
            OURS,
            RAW,
            database.name,
            Comparison(times[0], times[1]),
            f"{ours} / {counted(len(statements), 1)}",
        ),
    ]
