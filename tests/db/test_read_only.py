"""Whoever only reads needs no right to write, takes no lock, and keeps nobody from writing."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, sessionmaker

from asterisk_realtime import (
    Absent,
    Mailbox,
    Phone,
    Rename,
    Spec,
    Within,
    aio,
    apply,
    check_identification,
    create,
    delete,
    ensure,
    find,
    get,
    in_transaction,
    lock,
    plan,
    provider_diff,
    registrations,
    rename,
    reports,
    rotate_password,
    rows,
)
from tests import servers
from tests.db import twilio_site
from tests.db.tools import PASSWORD, WRITES, everything, on, statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import URL

PHONE = Phone(id="100", context="phones", password=PASSWORD)
THINGS = (PHONE, Mailbox(number="7", pin="4711"), *twilio_site.ALL)
START, END = datetime(2026, 1, 1), datetime(2027, 1, 1)  # noqa: DTZ001 - as they are stored

LOCKS = ("FOR SHARE", "FOR UPDATE", "LOCK IN SHARE MODE", "BEGIN IMMEDIATE")

READERS: dict[str, Callable[[Session], object]] = {
    "plan": lambda s: plan(s, Phone(id="1", context="phones"), Absent(Mailbox, "7")),
    "plan, nothing to do": lambda s: plan(s, *THINGS),
    "plan, prune": lambda s: plan(s, prune=[Within(context="phones"), Within(Mailbox)]),
    "plan, rename": lambda s: plan(s, Rename(Phone.key("100"), Phone.key("200"))),
    "apply, nothing to do": lambda s: apply(s, *THINGS),
    "get": lambda s: get(s, Phone, "100"),
    "get, nothing": lambda s: get(s, Phone, "999"),
    "rows": lambda s: rows(s, Phone, "100") is None,
    "find": lambda s: find(s, Phone, context="phones"),
    "find, all": lambda s: find(s, Spec, context="phones"),
    "find, sorted": lambda s: find(s, Phone, order_by="context", descending=True),
    "registrations": lambda s: registrations(s, "100"),
    "check_identification": check_identification,
    "provider_diff": lambda s: provider_diff(s, "twilio"),
    "calls_of_endpoint": lambda s: s.execute(reports.calls_of_endpoint("100", START, END)).all(),
    "totals_by_day": lambda s: s.execute(reports.totals_by_day(START, END)).all(),
    "totals_by_endpoint": lambda s: s.execute(reports.totals_by_endpoint(START, END)).all(),
    "events_of_call": lambda s: s.execute(reports.events_of_call("1")).all(),
    "queue_calls": lambda s: s.execute(reports.queue_calls("sales", START, END)).all(),
    "agent_totals": lambda s: s.execute(reports.agent_totals(START, END)).all(),
}

WRITERS: dict[str, Callable[[Session], object]] = {
    "apply": lambda s: apply(s, Phone(id="1", context="phones")),
    "apply, prune": lambda s: apply(s, prune=Within(context="phones")),
    "create": lambda s: create(s, Phone(id="1", context="phones")),
    "ensure": lambda s: ensure(s, attrs.evolve(PHONE, max_contacts=2)),
    "delete": lambda s: delete(s, Phone, "100"),
    "rename": lambda s: rename(s, Phone.key("100"), Phone.key("200")),
    "rotate_password": lambda s: rotate_password(s, Phone, "100"),
    "lock": lock,
}

WAYS = {
    "mode=ro": "sqlite",
    "query_only": "sqlite",
    "default_transaction_read_only": "postgresql",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY": "postgresql",
    "SET SESSION TRANSACTION READ ONLY": "mariadb",
}
"""How a session cannot write, and on which database."""

ways = pytest.mark.parametrize(
    ("filled_engine", "way"),
    [(database, way) for way, database in WAYS.items()],
    indirect=["filled_engine"],
    ids=list(WAYS),
)


@pytest.fixture
def things(engine: Engine) -> Engine:
    """A database with some things."""
    in_transaction(sessionmaker(engine), lambda session: apply(session, *THINGS))
    return engine


@contextmanager
def read_only(engine: Engine, way: str) -> Iterator[Engine]:
    """Yield an engine for the same database, on which nobody can write."""
    url: URL = engine.url
    options: dict[str, Any] = {}
    if way == "mode=ro":
        url = url.set(database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})
    elif way == "default_transaction_read_only":
        options = {"options": f"-c {way}=on"}
    elif way.startswith("SET SESSION TRANSACTION"):
        options = {"init_command": way}
    own = create_engine(url, connect_args=options)
    if way == "query_only":
        event.listen(own, "connect", lambda new, _: new.execute("PRAGMA query_only = ON"))
    elif way.startswith("SET SESSION CHARACTERISTICS"):
        event.listen(own, "connect", lambda new, _: (new.execute(way), new.commit()))
    yield own
    own.dispose()


def locking(sent: list[str]) -> list[str]:
    """Return the statements that write or take locks."""
    return [one for one in sent if one.startswith(WRITES) or any(word in one for word in LOCKS)]


def check_readers(engine: Engine, replica: Engine) -> None:
    """Check that readers find the same at a database that can only be read, and lock nothing."""
    with Session(engine) as here, Session(replica) as there, statements(replica) as sent:
        for name, read in READERS.items():
            assert read(there) == read(here), name
    assert len(sent) > len(READERS)
    assert locking(sent) == []


def check_writers(replica: Engine) -> None:
    """Check that writers get the database's error at once, and the session can go on reading."""
    for name, write in WRITERS.items():
        with Session(replica) as session:
            start = time.monotonic()
            with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
                write(session)
            assert time.monotonic() - start < 4, name
            assert get(session, Phone, "100") == PHONE


@ways
def test_who_reads_locks_and_writes_nothing(things: Engine, way: str) -> None:
    """All readers find what they find elsewhere."""
    with read_only(things, way) as replica:
        check_readers(things, replica)


@ways
def test_who_reads_keeps_nobody_waiting(things: Engine, way: str) -> None:
    """Others write and commit what was just read, while the reader's transaction goes on."""
    with read_only(things, way) as replica, Session(replica) as reader:
        for read in READERS.values():
            read(reader)
        start = time.monotonic()
        in_transaction(
            sessionmaker(things), lambda s: apply(s, attrs.evolve(PHONE, max_contacts=2))
        )

        assert time.monotonic() - start < 4
        reader.rollback()
        found = get(reader, Phone, "100")
        assert found is not None
        assert found.max_contacts == 2


@ways
def test_who_writes_gets_the_databases_error(things: Engine, way: str) -> None:
    """At once, and nothing is written or stays locked."""
    with things.connect() as connection:
        before = everything(connection)
    with read_only(things, way) as replica:
        check_writers(replica)
        with Session(replica) as session:
            with pytest.raises(DBAPIError, match=r"(?i)read.?only"):
                create(session, Phone(id="1", context="phones"))
            with things.connect() as connection:
                assert everything(connection) == before
            in_transaction(
                sessionmaker(things), lambda s: create(s, Phone(id="2", context="phones")) and None
            )


@ways
def test_nothing_is_run_again_in_vain(things: Engine, way: str) -> None:
    """A database that can only be read will not take it at the next attempt either."""
    attempts: list[Session] = []

    def work(session: Session) -> None:
        attempts.append(session)
        create(session, Phone(id="1", context="phones"))

    with (
        read_only(things, way) as replica,
        pytest.raises(DBAPIError, match=r"(?i)read.?only"),
    ):
        in_transaction(sessionmaker(replica), work)
    assert len(attempts) == 1


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
@on("postgresql")
def test_reading_with_asyncio(things: Engine, driver: str) -> None:
    """The same with an ``AsyncSession``."""
    url = things.url.set(drivername=f"postgresql+{driver}")

    async def work(session: AsyncSession) -> tuple[object, ...]:
        await session.execute(text("SET TRANSACTION READ ONLY"))
        found = await aio.find(session, Phone, context="phones")
        planned = await aio.plan(session, Absent(Phone, "100"))
        return found.items, await aio.get(session, Phone, "100"), bool(planned)

    async def run() -> tuple[object, ...]:
        own = create_async_engine(url)
        try:
            return await aio.in_transaction(async_sessionmaker(own), work)
        finally:
            await own.dispose()

    assert asyncio.run(run()) == ((PHONE,), PHONE, True)


@on("mariadb")
def test_a_later_transaction_locks_nothing(things: Engine) -> None:
    """Who has the lock reads what is newest by locking rows, until the transaction ends."""
    for _ in range(40):
        with things.connect() as connection:  # which Python may give the same memory again
            with Session(connection) as writer:
                lock(writer)
            connection.rollback()
            with Session(connection) as reader, statements(things) as sent:
                get(reader, Phone, "100")
            assert locking(sent) == []


@pytest.mark.slow
@on("postgresql")
def test_a_hot_standby(things: Engine) -> None:
    """All readers work on one, also while it replays what the other server has committed."""
    with servers.postgresql_standby(things.url) as url:
        replica = create_engine(url)
        in_transaction(sessionmaker(things), lambda s: apply(s, attrs.evolve(PHONE, context="x")))
        in_transaction(sessionmaker(things), lambda s: apply(s, PHONE))
        caught_up(things, replica)
        check_readers(things, replica)
        check_writers(replica)
        replica.dispose()


def caught_up(primary: Engine, standby: Engine) -> None:
    """Wait until a standby shows what its primary has committed."""
    with primary.connect() as connection:
        wanted = connection.scalar(text("SELECT pg_current_wal_insert_lsn()"))
    behind = text("SELECT pg_last_wal_replay_lsn() < CAST(:wanted AS pg_lsn)")
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with standby.connect() as connection:
            if not connection.scalar(behind, {"wanted": wanted}):
                return
        time.sleep(0.05)
    raise AssertionError("the standby does not catch up")
