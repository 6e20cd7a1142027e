"""Calls that meet: each has looked at the tables before any of them writes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from asterisk_realtime import AsteriskRealtimeError, is_retryable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

WRITING = ("BEGIN IMMEDIATE", "UPDATE asterisk_realtime_lock")
"""What a call that has looked sends before anything else, if it will write."""


@contextmanager
def meeting(engine: Engine, parties: int) -> Iterator[None]:
    """Have each thread wait for the others once, when it has looked and not written yet."""
    barrier = threading.Barrier(parties)
    met: set[int] = set()

    def wait(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        me = threading.get_ident()
        if statement.startswith(WRITING) and me not in met:
            met.add(me)
            barrier.wait(60)

    event.listen(engine, "before_cursor_execute", wait)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", wait)


def at_once(
    engine: Engine, *calls: Callable[[Session], Any], before: Callable[[Session], Any] | None = None
) -> list[Any]:
    """
    Make each call in a transaction of its own, all of them at once, and commit.

    Args:
        engine: The database.
        *calls: What each transaction does.
        before: What each does first, before the others begin to write.

    Returns:
        What each call returns, or the error of ours that it raises.
    """

    def run(call: Callable[[Session], Any]) -> Any:
        while True:
            try:
                with Session(engine) as session, session.begin():
                    if before is not None:
                        before(session)
                    return call(session)
            except AsteriskRealtimeError as error:
                return error
            except Exception as error:
                if not is_retryable(error):
                    raise

    with meeting(engine, len(calls)), ThreadPoolExecutor(len(calls)) as pool:
        return [job.result(120) for job in [pool.submit(run, call) for call in calls]]
