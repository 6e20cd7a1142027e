"""The cost of taking turns: creating a trunk with its ranges, with and without the lock."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from sqlalchemy import create_engine

from asterisk_realtime import migrations
from asterisk_realtime.provision.engine import verbs
from benchmarks import trunk
from benchmarks.databases import bare
from benchmarks.table import Row
from benchmarks.timing import Comparison, in_turns, seconds

if TYPE_CHECKING:
    from benchmarks.databases import Database

OURS: Final = "trunk with its ranges, by turns"


def rows(database: Database, rounds: int) -> list[Row]:
    """Measure on one database, on connections that are open."""
    with database.new() as url:
        engine = create_engine(url)
        connection: Any = bare(url)

        def measure(*, locked: bool) -> float:
            if locked:
                taken = seconds(partial(trunk.ours, engine))
            else:
                with patch.object(verbs, "hold", return_value=True):
                    taken = seconds(partial(trunk.ours, engine))
            trunk.clear(connection)
            return taken

        try:
            migrations.upgrade(engine)
            ways = [partial(measure, locked=True), partial(measure, locked=False)]
            with_lock, without = in_turns(ways, rounds)
            sent = trunk.sent(engine, connection)
            with patch.object(verbs, "hold", return_value=True):
                fewer = trunk.sent(engine, connection)
        finally:
            connection.close()
            engine.dispose()
    return [
        Row(
            OURS,
            "without a lock",
            database.name,
            Comparison(with_lock, without),
            f"{sent} / {fewer}",
        )
    ]
