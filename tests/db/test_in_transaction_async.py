"""With asyncio too, work that lost is run again, with each database's asynchronous drivers."""

from __future__ import annotations

import asyncio
import inspect
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)
from sqlalchemy.orm import Session, sessionmaker

from asterisk_realtime import Phone, ValidationError, aio, apply, in_transaction, is_retryable
from asterisk_realtime.models import Aor, Endpoint
from tests.db.attempts import Attempts, cut, refusing_commits
from tests.db.tools import rows

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator

    from sqlalchemy import Engine

    Sessions = async_sessionmaker[AsyncSession]

DRIVERS = {
    "aiosqlite": ("sqlite", "sqlite+aiosqlite"),
    "psycopg": ("postgresql", "postgresql+psycopg"),
    "asyncpg": ("postgresql", "postgresql+asyncpg"),
    "aiomysql": ("mariadb", "mysql+aiomysql"),
}


def by(*names: str) -> pytest.MarkDecorator:
    """Have a test run with these drivers alone."""
    return pytest.mark.parametrize(
        ("filled_engine", "driver"),
        [DRIVERS[name] for name in names],
        indirect=["filled_engine"],
        ids=names,
    )


on_servers = by("psycopg", "asyncpg", "aiomysql")


@asynccontextmanager
async def opened(engine: Engine, driver: str, **query: str) -> AsyncIterator[Sessions]:
    """Yield a maker of sessions on an engine's database."""
    url = engine.url.set(drivername=driver).update_query_dict(query)
    own: AsyncEngine = create_async_engine(url)
    try:
        yield async_sessionmaker(own)
    finally:
        await own.dispose()


def run(work: Coroutine[None, None, None]) -> None:
    """Run one test's work in a loop of its own."""
    asyncio.run(work)


def aors(engine: Engine) -> list[str]:
    """Return the ids of the AORs that another connection sees."""
    with engine.connect() as connection:
        return [row["id"] for row in rows(connection, "ps_aors")]


@by(*DRIVERS)
def test_work_is_committed(engine: Engine, driver: str) -> None:
    """The result is the work's."""

    async def work(session: AsyncSession) -> bool:
        return bool(await aio.apply(session, Phone(id="100", context="phones")))

    async def test() -> None:
        async with opened(engine, driver) as sessions:
            assert await aio.in_transaction(sessions, work)

    run(test())
    assert aors(engine) == ["100"]


@by(*DRIVERS)
def test_other_errors_are_raised_at_once(engine: Engine, driver: str) -> None:
    """The next attempt would fail as well."""
    attempts = Attempts()

    async def work(session: AsyncSession) -> None:
        attempts.first(session)
        session.add(Aor(id="mine"))
        await session.flush()
        await aio.create(session, Phone(id="a b", context="phones"))

    async def test() -> None:
        async with opened(engine, driver) as sessions:
            with pytest.raises(ValidationError):
                await aio.in_transaction(sessions, work)

    run(test())
    assert len(attempts) == 1
    assert aors(engine) == []


@on_servers
def test_calls_that_cross(engine: Engine, driver: str) -> None:
    """A deadlock ends one of them, which is run again; both are done in the end."""
    phones = (Phone(id="100", context="phones"), Phone(id="101", context="phones"))
    in_transaction(sessionmaker(engine), lambda session: apply(session, *phones))
    attempts = Attempts()

    async def change(sessions: Sessions, both: asyncio.Barrier, first: str, second: str) -> None:
        mine = Attempts()

        async def work(session: AsyncSession) -> None:
            attempts.first(session)
            (await session.get_one(Endpoint, first)).rtp_timeout = 90
            await session.flush()
            if mine.first(session):
                await both.wait()
            await aio.ensure(session, Phone(id=second, context="office"))

        await aio.in_transaction(sessions, work)

    async def test() -> None:
        both = asyncio.Barrier(2)
        async with opened(engine, driver) as sessions:
            await asyncio.gather(
                change(sessions, both, "100", "101"), change(sessions, both, "101", "100")
            )

    run(test())
    with engine.connect() as connection:
        found = rows(connection, "ps_endpoints")
    assert [(row["rtp_timeout"], row["context"]) for row in found] == [(90, "office")] * 2
    assert len(attempts) == 3
    assert len({*attempts.sessions}) == 3


@by("psycopg", "asyncpg")
def test_a_commit_that_is_refused(engine: Engine, driver: str) -> None:
    """PostgreSQL may tell only then that a transaction could not be serialized."""
    attempts = Attempts()

    async def work(session: AsyncSession) -> None:
        attempts.first(session)
        session.add(Aor(id="mine"))

    async def test() -> None:
        async with opened(engine, driver) as sessions:
            await aio.in_transaction(sessions, work, wait_initial=0)

    with refusing_commits(engine, 2):
        run(test())
    assert len(attempts) == 3
    assert aors(engine) == ["mine"]


@by("aiosqlite")
def test_a_file_that_stays_locked(engine: Engine, driver: str) -> None:
    """After the last attempt the caller gets its error as it is."""
    attempts = Attempts()

    async def work(session: AsyncSession) -> None:
        attempts.first(session)
        await aio.apply(session, Phone(id="100", context="phones"))

    async def test() -> None:
        async with opened(engine, driver, timeout="0") as sessions:
            with pytest.raises(OperationalError, match="database is locked") as caught:
                await aio.in_transaction(sessions, work, attempts=3, wait_initial=0)
        assert is_retryable(caught.value)

    with engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        run(test())
    assert len(attempts) == 3


@on_servers
@pytest.mark.parametrize("late", [False, True], ids=["before the commit", "at the commit"])
def test_a_connection_that_is_lost(engine: Engine, driver: str, *, late: bool) -> None:
    """Before the COMMIT the work is run again; at the COMMIT nobody knows what was written."""
    attempts = Attempts()

    async def work(session: AsyncSession) -> None:
        session.add(Aor(id="mine"))
        await session.flush()
        if attempts.first(session):
            await session.run_sync(cut, engine)
        if not late:
            await session.execute(text("SELECT 1"))

    async def test() -> None:
        async with opened(engine, driver) as sessions:
            if late:
                with pytest.raises(DBAPIError):
                    await aio.in_transaction(sessions, work, wait_initial=0)
            else:
                await aio.in_transaction(sessions, work, wait_initial=0)

    run(test())
    assert len(attempts) == (1 if late else 2)
    assert aors(engine) == ([] if late else ["mine"])


@by(*DRIVERS)
def test_a_task_that_is_cancelled(engine: Engine, driver: str) -> None:
    """It ends at once, and nothing is written."""
    attempts = Attempts()

    async def work(session: AsyncSession) -> None:
        attempts.first(session)
        session.add(Aor(id="mine"))
        await session.flush()
        await asyncio.sleep(60)

    async def test() -> None:
        async with opened(engine, driver) as sessions:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.5):
                    await aio.in_transaction(sessions, work)

    run(test())
    assert len(attempts) == 1
    assert aors(engine) == []


def test_the_parameters_are_the_same() -> None:
    """With the same names and defaults."""
    ours, theirs = (
        [(item.name, item.default) for item in inspect.signature(call).parameters.values()]
        for call in (aio.in_transaction, in_transaction)
    )

    assert ours == theirs


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            sessionmaker(),
            "sessionmaker is not .*: call asterisk_realtime.in_transaction",
        ),
        (Session(), "Session is not an async_sessionmaker: call"),
        (None, "NoneType is not an async_sessionmaker"),
        (AsyncSession(), r"AsyncSession is not .*: give async_sessionmaker\(engine\)"),
        (create_async_engine("sqlite+aiosqlite://"), "AsyncEngine is not .*: give async_sessionm"),
    ],
)
def test_what_makes_no_sessions(given: Any, said: str) -> None:
    """The error says what to give, or which function to call."""

    async def work(_session: AsyncSession) -> None:
        pass

    with pytest.raises(TypeError, match=said):
        run(aio.in_transaction(given, work))


def _generator(_session: object) -> Iterator[int]:
    yield 1


def _returning(result: Any) -> Callable[[object], Awaitable[Any]]:
    async def work(_session: object) -> Any:
        return result(0) if callable(result) else result

    return work


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (None, "NoneType is not callable"),
        (lambda _: None, "the work is not asynchronous: give a coroutine function"),
        (_generator, "the work is a generator function"),
        (_returning(_generator(None)), "the work returned a generator"),
        (_returning(asyncio.sleep), "the work returned an awaitable"),
    ],
)
def test_work_that_is_not_asynchronous(work: Any, said: str) -> None:
    """The error says what to give, or which function to call."""

    async def test() -> None:
        own = create_async_engine("sqlite+aiosqlite://")
        with pytest.raises(TypeError, match=said):
            await aio.in_transaction(async_sessionmaker(own), work)
        await own.dispose()

    run(test())
