"""What clients of several servers do at once, and what is counted afterwards."""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from asterisk_realtime import (
    AsteriskRealtimeError,
    CallQueue,
    InternalExtension,
    Mailbox,
    MusicClass,
    Phone,
    ToMailbox,
    ToPhone,
    Trunk,
    apply,
    check_identification,
    in_transaction,
    is_retryable,
    rename,
)
from tests.db import test_stress as stress
from tests.db.tools import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import ExceptionContext

PATIENT: Final[dict[str, Any]] = {"attempts": 200, "timeout": 60, "wait_max": 0.2}
"""For a client that meets others all the time."""

# -- Random changes of overlapping things ----------------------------------------------------------

RENAMES: Final = (
    (Phone.key("bob"), Phone.key("rob")),
    (Phone.key("rob"), Phone.key("Bob")),
    (Trunk.key("a"), Trunk.key("b")),
    (Trunk.key("b"), Trunk.key("a")),
    (CallQueue.key("a"), CallQueue.key("b")),
    (MusicClass.key("b"), MusicClass.key("a")),
    (Mailbox.key("1"), Mailbox.key("2")),
)


def change(engine: Engine, seed: int, transactions: int) -> Counter[str]:
    """Run random transactions, and count how they end."""
    done = Counter[str]()
    for number in range(transactions):
        done[_one_transaction(engine, f"{seed} {number}", done)] += 1
    done["retried"] = done["attempts"] - transactions
    return done


def _one_transaction(engine: Engine, seed: str, done: Counter[str]) -> str:
    def work(session: Session) -> None:
        done["attempts"] += 1
        chance = random.Random(seed)  # noqa: S311 - no secret
        for _ in range(chance.choice((1, 1, 2))):
            _one_call(session, chance)

    try:
        in_transaction(sessionmaker(engine), work, **PATIENT)
    except AsteriskRealtimeError as error:
        return "given up" if is_retryable(error) else "refused"
    return "committed"


def _one_call(session: Session, chance: random.Random) -> None:
    deed = chance.random()
    if deed < 0.15:
        rename(session, *chance.choice(RENAMES))
    elif deed < 0.5:
        apply(session, stress.drawn(chance))
    else:
        stress.one_call(session, chance)


def broken(engine: Engine) -> list[str]:
    """Return what must not be in a database after such changes, as one transaction sees it."""
    with Session(engine) as session:
        connection = session.connection()
        return [
            *stress.violations(connection),
            *stress.overlaps(connection),
            *map(str, check_identification(session)),
        ]


# -- One thing after the other ---------------------------------------------------------------------

TABLES: Final = {
    "ps_endpoints": "id",
    "ps_aors": "id",
    "ps_auths": "id",
    "voicemail": "mailbox",
    "extensions": "DISTINCT exten",
}
"""The tables that have rows of each of these things, and where its number is."""


def add(session: Session, number: str) -> None:
    """Add a phone, its mailbox and its extension, by three calls, unless they are there."""
    target = ToPhone(number, timeout=20, otherwise=ToMailbox(number))
    apply(session, Phone(id=number, context="phones", password=PASSWORD))
    apply(session, Mailbox(number=number, pin="4711"))
    apply(session, InternalExtension(exten=number, context="phones", destination=target))


def found(engine: Engine) -> set[str]:
    """Return the numbers that are in a database, each of which must be in all tables."""
    with engine.connect() as connection:
        numbers = [
            set(connection.scalars(text(f"SELECT {column} FROM {table}")))
            for table, column in TABLES.items()
        ]
    assert all(some == numbers[0] for some in numbers), numbers
    return numbers[0]


class Client:
    """
    A client that adds one thing after the other until it is told to end, or fails.

    Attributes:
        returned: The numbers for which `in_transaction` returned.
        errors: What it raised.
    """

    def __init__(self, engine: Engine, first: int, *, again: bool, **options: Any) -> None:
        self.returned: list[str] = []
        self.errors: list[DBAPIError] = []
        self._sessions = sessionmaker(engine)
        self._next = first
        self._again = again
        self._options = options
        self._is_over = threading.Event()

    def run(self) -> None:
        """Add things; after an error of the database, the same again or nothing more."""
        while not self._is_over.is_set():
            number = str(self._next)
            try:
                in_transaction(self._sessions, partial(add, number=number), **self._options)
            except DBAPIError as error:
                self.errors.append(error)
                if not self._again:
                    return
                self._is_over.wait(0.1)
            else:
                self.returned.append(number)
                self._next += 1

    def wait_for(self, count: int) -> None:
        """Wait until so many things were added."""
        end = threading.Event()
        for _ in range(6000):
            if len(self.returned) >= count:
                return
            end.wait(0.01)
        raise AssertionError(f"{len(self.returned)} of {count} were added: {self.errors}")

    def end(self) -> None:
        """Have it add nothing more."""
        self._is_over.set()


@contextmanager
def running(*clients: Client) -> Iterator[None]:
    """Run clients during the block; at its end none adds anything more."""
    with ThreadPoolExecutor(len(clients)) as pool:
        jobs = [pool.submit(client.run) for client in clients]
        try:
            yield
        finally:
            for client in clients:
                client.end()
        for job in jobs:
            job.result(120)


# -- What is there, and what failed ----------------------------------------------------------------


def dump(engine: Engine) -> dict[str, list[str]]:
    """Return all rows of all tables."""
    with engine.connect() as connection:
        return {
            table: sorted(str(tuple(row)) for row in _rows(connection, table))
            for table in inspect(connection).get_table_names()
        }


def _rows(connection: Connection, table: str) -> Sequence[Any]:
    return connection.execute(text(f"SELECT * FROM {table}")).all()


KEPT: Final = {"alembic_version", "asterisk_realtime_lock"}


def empty(engine: Engine) -> None:
    """Delete all rows of Asterisk's tables."""
    with engine.begin() as connection:
        connection.exec_driver_sql("SET SESSION foreign_key_checks = 0")
        for table in sorted({*inspect(connection).get_table_names()} - KEPT):
            connection.exec_driver_sql(f"DELETE FROM {table}")
        connection.exec_driver_sql("SET SESSION foreign_key_checks = 1")


def number(error: BaseException | None) -> object:
    """Return MariaDB's number of an error."""
    return error.args[0] if error is not None and error.args else None


@contextmanager
def failures(*engines: Engine) -> Iterator[Counter[str]]:
    """Count the errors of MariaDB: its number, and the first word of the statement."""
    counted = Counter[str]()

    def count(context: ExceptionContext) -> None:
        word = re.match(r"\w+", context.statement) if context.statement else None
        counted[f"{number(context.original_exception)} {word[0] if word else 'COMMIT'}"] += 1

    for engine in engines:
        event.listen(engine, "handle_error", count)
    try:
        yield counted
    finally:
        for engine in engines:
            event.remove(engine, "handle_error", count)


def at_commit(
    calls: Sequence[tuple[Engine, Callable[[Session], object]]],
) -> list[AsteriskRealtimeError | None]:
    """
    Make each call in a transaction through a server of its own; all of them commit at once.

    Returns:
        The error of each call that was refused in the end.
    """
    barrier = threading.Barrier(len(calls))
    met: set[int] = set()

    def meet(_connection: object) -> None:
        me = threading.get_ident()
        if me not in met:
            met.add(me)
            barrier.wait(60)

    def run(engine: Engine, call: Callable[[Session], object]) -> AsteriskRealtimeError | None:
        try:
            in_transaction(sessionmaker(engine), lambda s: bool(call(s)), **PATIENT)
        except AsteriskRealtimeError as error:
            return error
        return None

    with ExitStack() as stack, ThreadPoolExecutor(len(calls)) as pool:
        for engine, _ in calls:
            event.listen(engine, "commit", meet)
            stack.callback(event.remove, engine, "commit", meet)
        return [job.result(120) for job in [pool.submit(run, *call) for call in calls]]
