"""The cost of the lock: creating a trunk with its ranges, with and without it."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch  # the library has no option to leave the lock out

from sqlalchemy import create_engine

from asterisk_realtime import migrations
from asterisk_realtime.provision.engine import execution
from benchmarks import trunk
from benchmarks.databases import bare
from benchmarks.table import Row
from benchmarks.timing import Comparison, in_turns, seconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from benchmarks.databases import Database

OURS: Final = "trunk with its ranges, by turns"


def _without_lock() -> AbstractContextManager[object]:
    """
    Make calls take no lock.

    The library has no such option. This is only for the comparison: it is not safe.
    """
    return patch.object(execution, "hold", return_value=True)


def rows(database: Database, rounds: int) -> list[Row]:
    """Measure on one database, on connections that are open."""
    with database.new() as url:
        engine = create_engine(url)
        connection: Any = bare(url)

        def measure(way: Callable[[], AbstractContextManager[object]]) -> float:
            with way():
                taken = seconds(partial(trunk.ours, engine))
            trunk.clear(connection)
            return taken

        try:
            migrations.upgrade(engine)
            ways = [partial(measure, nullcontext), partial(measure, _without_lock)]
            with_lock, without = in_turns(ways, rounds)
            sent = trunk.sent(engine, connection)
            with _without_lock():
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
