"""
Run work in a transaction, and retry it if it conflicts with another transaction.

A retry must not write twice. Before the COMMIT nothing is permanent, so even a lost connection can
be retried. At the COMMIT, work is retried only if the database refused the COMMIT: after a lost
connection nobody knows whether it was carried out.
"""

from __future__ import annotations

import inspect
import logging
import random
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, SAWarning
from sqlalchemy.orm import Session, sessionmaker

from asterisk_realtime.errors import ValidationError, error_codes, is_retryable
from asterisk_realtime.values.plain import is_a, whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.orm import SessionTransaction

S = TypeVar("S", bound=Session)
T = TypeVar("T")

MAX_ATTEMPTS: Final = 1000
MAX_SECONDS: Final = 24 * 60 * 60

NOT_ROLLED_BACK: Final = (DBAPIError, SAWarning)
"""
What a rollback may raise: `DBAPIError` on a lost connection; and, where warnings are errors,
`SAWarning` if one of several databases has committed already.
"""

_log: Final = logging.getLogger(__name__)


def in_transaction(
    sessionmaker: sessionmaker[S],
    work: Callable[[S], T],
    *,
    attempts: int = 5,
    timeout: float = 30.0,
    wait_initial: float = 0.1,
    wait_max: float = 5.0,
) -> T:
    """
    Run work in a transaction and commit; retry it if it conflicts with another transaction.

    ``in_transaction(sessions, lambda session: apply(session, *specs))``.

    Each attempt has a new session. If it fails with an error that `is_retryable`, also at the
    COMMIT, it is rolled back, and the work is called again after a random wait, whose limit doubles
    each time. The same happens if the connection is lost before the COMMIT. If it is lost during
    the COMMIT, the error is raised, since the transaction may have been committed.

    Args:
        sessionmaker: Makes the sessions: ``sessionmaker(engine)``. If the work returns rows, give
            ``sessionmaker(engine, expire_on_commit=False)``, since they are read after the commit.
        work: Function that is called with the session, once for each attempt. It must not commit,
            nor do what a rollback cannot undo, such as sending a mail.
        attempts: Maximum number of attempts, 1 to 1,000.
        timeout: Seconds after which no further attempt begins. A running attempt is not
            interrupted.
        wait_initial: Maximum wait in seconds before the second attempt.
        wait_max: Maximum wait in seconds before any attempt.

    Returns:
        What the work returns.

    Raises:
        TypeError: *sessionmaker* is an engine, a session, an ``async_sessionmaker`` or something
            else; or *work* is a coroutine function or a generator function.
        ValidationError: A number is out of range.
        Exception: The error of the last attempt, unchanged.
    """
    _refuse_non_sessionmaker(sessionmaker)
    _refuse_work(work)
    waits = pauses(attempts, timeout, wait_initial, wait_max)
    while True:
        with sessionmaker() as session:
            progress = Progress(session)
            try:
                return _attempt(session, work)
            except Exception as error:
                with suppress(*NOT_ROLLED_BACK):
                    session.rollback()
                wait = progress.wait_after(error, waits)
                if wait is None:
                    raise
        time.sleep(wait)


def _attempt(session: S, work: Callable[[S], T]) -> T:
    session.begin()
    result = work(session)
    refuse_unfinished(result)
    session.flush()
    session.commit()
    return result


# -- What may be retried ---------------------------------------------------------------------------


class Progress:
    """What an attempt has done so far, which decides whether its error is retried."""

    def __init__(self, session: Session) -> None:
        self._connections: set[Connection] = set()
        self._is_committing = False
        self._has_committed = False
        event.listen(session, "after_begin", self._begun)
        event.listen(session, "before_commit", self._committing)
        event.listen(session, "after_commit", self._committed)

    def _begun(
        self, _session: Session, _transaction: SessionTransaction, connection: Connection
    ) -> None:
        self._connections.add(connection)

    def _committing(self, session: Session) -> None:
        self._is_committing |= not session.in_nested_transaction()

    def _committed(self, session: Session) -> None:
        self._has_committed |= not session.in_nested_transaction()

    def wait_after(self, error: Exception, waits: Iterator[float]) -> float | None:
        """Return the seconds to wait before the next attempt, or None to give up."""
        wait = next(waits, None) if self._may_retry(error) else None
        if wait is not None:
            # Without its text, which may show a row.
            codes = error_codes(error) if isinstance(error, DBAPIError) else ()
            name = " ".join([type(error).__name__, *map(str, codes)])
            _log.info("transaction failed (%s), next attempt in %.3f s", name, wait)
        return wait

    def _may_retry(self, error: Exception) -> bool:
        """Tell whether nothing was committed, and another attempt may succeed."""
        if self._has_committed:
            return False
        if self._is_committing:
            # Of several databases, one may have committed before another refused.
            return is_retryable(error) and len(self._connections) <= 1
        return is_retryable(error) or _is_lost(error)


def _is_lost(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated


def pauses(attempts: int, timeout: float, wait_initial: float, wait_max: float) -> Iterator[float]:
    """
    Return the seconds to wait before each further attempt; *timeout* starts now.

    Each is random between 0 and a limit, which doubles: transactions that conflicted would meet
    again if they waited equally long.

    Raises:
        ValidationError: A number is out of range.
    """
    attempts = whole_number(attempts, "attempts", lowest=1, highest=MAX_ATTEMPTS)
    end = time.monotonic() + _seconds(timeout, "timeout")
    limits = _limits(_seconds(wait_initial, "wait_initial"), _seconds(wait_max, "wait_max"))

    def each() -> Iterator[float]:
        for _, limit in zip(range(attempts - 1), limits, strict=False):
            wait = random.uniform(0, limit)  # noqa: S311 - it guards no secret
            if time.monotonic() + wait >= end:
                return
            yield wait

    return each()


def _limits(first: float, last: float) -> Iterator[float]:
    limit = first
    while True:
        limit = min(limit, last)
        yield limit
        limit *= 2


def _seconds(value: float, field: str) -> float:
    """
    Return a number of seconds.

    Raises:
        ValidationError: It is not a number, or out of range.
    """
    is_number = is_a(value, int, float) and type(value) is not bool
    if not is_number or not 0 <= value <= MAX_SECONDS:  # NaN is not in the range either
        problem = "it is out of range" if is_number else "it is not a number"
        raise ValidationError(field, value, problem, f"give seconds, 0 to {MAX_SECONDS}")
    return float(value)


# -- Arguments -------------------------------------------------------------------------------------

_USE_AIO: Final = "await asterisk_realtime.aio.in_transaction(async_sessionmaker, work)"


def _refuse_non_sessionmaker(factory: object) -> None:
    """
    Refuse an object that is not a sessionmaker.

    Raises:
        TypeError: It is an engine, a session, an ``async_sessionmaker`` or something else.
    """
    name = type(factory).__name__
    if makes_async_sessions(factory) or is_asynchronous(factory):
        raise TypeError(f"{name} is asynchronous: {_USE_AIO}")
    if isinstance(factory, sessionmaker):
        return
    if isinstance(factory, Engine | Connection):
        raise TypeError(f"{name} is not a sessionmaker: give sessionmaker({name.lower()})")
    if isinstance(factory, Session):
        raise TypeError(f"{name} is one session: give a sessionmaker, for one in each attempt")
    raise TypeError(f"{name} is not a sessionmaker: give a sessionmaker of SQLAlchemy")


def makes_async_sessions(factory: object) -> bool:
    """Tell whether it is an ``async_sessionmaker``, or a ``sessionmaker`` of ``AsyncSession``."""
    return hasattr(getattr(factory, "class_", None), "run_sync")


def is_asynchronous(given: object) -> bool:
    """Tell whether it is an engine, a connection or a session for asyncio."""
    return hasattr(given, "sync_engine") or hasattr(given, "run_sync")


def _refuse_work(work: object) -> None:
    """
    Refuse an object that cannot be called, or does nothing until its result is awaited or read.

    Raises:
        TypeError: It is not callable, a coroutine function, or a generator function.
    """
    refuse_uncallable(work)
    if inspect.iscoroutinefunction(work):
        raise TypeError(f"the work is a coroutine function: {_USE_AIO}")


def refuse_uncallable(work: object) -> None:
    """
    Refuse an object that cannot be called, or does nothing until its result is read.

    Raises:
        TypeError: It is not callable, or a generator function.
    """
    if not callable(work):
        name = type(work).__name__
        raise TypeError(f"{name} is not callable: give a function that takes the session")
    if inspect.isgeneratorfunction(work) or inspect.isasyncgenfunction(work):
        raise TypeError("the work is a generator function: return a list instead")


def refuse_unfinished(result: object) -> None:
    """
    Refuse a result whose work would be done after the commit.

    Raises:
        TypeError: It is an awaitable or a generator.
    """
    if inspect.iscoroutine(result):
        result.close()  # or Python warns that it was never awaited
    if inspect.isawaitable(result):
        raise TypeError(f"the work returned an awaitable: {_USE_AIO}")
    if inspect.isgenerator(result) or inspect.isasyncgen(result):
        raise TypeError("the work returned a generator: return a list instead")
