"""Everything works with an ``AsyncSession``, with each database's asynchronous drivers."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    Action,
    ConflictError,
    IdentificationFault,
    InboundRoute,
    OutboundRoute,
    Phone,
    Plan,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    aio,
    allow_twilio_ips,
    apply,
    create_twilio_trunk,
    migrations,
)
from asterisk_realtime.models import Endpoint, Identify, IdentifyBy
from asterisk_realtime.values.secret import Secret
from tests.db.tools import PASSWORD, URI, everything

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from sqlalchemy import Engine

DRIVERS = [
    ("sqlite", "sqlite+aiosqlite"),
    ("postgresql", "postgresql+psycopg"),
    ("postgresql", "postgresql+asyncpg"),
    ("mariadb", "mysql+aiomysql"),
]
WANTED = (
    TwilioTrunk(
        termination_uri=URI, username="grable", password=PASSWORD, caller_id="+12025550100"
    ),
    TwilioAllowance(edges=["dublin"]),
    OutboundRoute(context="phones", pattern="_1NXXNXXXXXX", trunk="twilio", region="US"),
    InboundRoute(number="+12025550123", context="from-twilio", destination="ivr,start,1"),
)

pytestmark = pytest.mark.parametrize(
    ("filled_engine", "driver"), DRIVERS, indirect=["filled_engine"], ids=[d for _, d in DRIVERS]
)


@asynccontextmanager
async def connected(engine: Engine, driver: str) -> AsyncIterator[AsyncConnection]:
    """Connect to an engine's database with an asynchronous driver."""
    async_engine = create_async_engine(engine.url.set(drivername=driver))
    try:
        async with async_engine.connect() as connection:
            yield connection
    finally:
        await async_engine.dispose()


def run(work: Coroutine[None, None, None]) -> None:
    """Run one test's work in a loop of its own."""
    asyncio.run(work)


def test_planning_applying_and_finding(engine: Engine, driver: str) -> None:
    """The same plan, the same rows, the same spec back."""

    async def work() -> None:
        async with connected(engine, driver) as connection, AsyncSession(connection) as session:
            before = await aio.plan(session, *WANTED)
            after = await aio.apply(session, *WANTED)
            await session.commit()
            again = await aio.plan(session, *WANTED)
            found = await aio.get(session, TwilioTrunk, "twilio")

        assert before == after
        assert again == Plan()
        assert found is not None
        assert found.termination_uri.host == URI
        assert found.password == Secret(PASSWORD)

    run(work())
    with engine.connect() as connection:
        counts = {table: len(rows) for table, rows in everything(connection).items()}
    assert counts == {
        "ps_endpoints": 1,
        "ps_aors": 1,
        "ps_auths": 1,
        "ps_endpoint_id_ips": 1,
        "extensions": 5,
    }


def test_a_change_and_its_end(engine: Engine, driver: str) -> None:
    """Cells are changed, and rows removed, that another call wrote."""

    async def work() -> None:
        async with connected(engine, driver) as connection, AsyncSession(connection) as session:
            await aio.apply(session, *WANTED)
            await session.run_sync(allow_twilio_ips, edges=["tokyo"])
            await aio.apply(
                session,
                Absent(OutboundRoute, "_1NXXNXXXXXX", context="phones"),
                Absent(InboundRoute, "+12025550123", context="from-twilio"),
                Absent(Trunk, "twilio"),
            )
            assert await session.run_sync(everything) == {}
            await session.commit()

    run(work())
    with engine.connect() as connection:
        assert everything(connection) == {}


def test_a_phone(engine: Engine, driver: str) -> None:
    """A generated password is on the row at once, and in what is found; a verb takes run_sync."""

    async def work() -> None:
        async with connected(engine, driver) as connection, AsyncSession(connection) as session:
            phone = Phone(id="100", context="phones")
            made = await aio.create(session, phone)
            password = str(made.auth.password)
            await session.commit()
            found = await aio.get(session, Phone, "100")
            again = await session.run_sync(apply, phone)
            gone = await aio.delete(session, Phone, "100")
            await session.commit()

        assert found is not None
        assert found.password == Secret(password)
        assert again == Plan()
        assert {row.action for row in gone.rows} == {Action.REMOVE}

    run(work())
    with engine.connect() as connection:
        assert everything(connection) == {}


def test_rows_and_passwords(engine: Engine, driver: str) -> None:
    """The rows are the session's own, and a password is the owner's choice or a random one."""
    phone = Phone(id="100", context="phones", password=PASSWORD)

    async def work() -> None:
        async with connected(engine, driver) as connection, AsyncSession(connection) as session:
            await aio.lock(session)
            assert await aio.ensure(session, phone)
            assert not await aio.ensure(session, phone)
            assert await aio.rows(session, Phone, "101") is None
            found = await aio.rows(session, Phone, "100")
            assert found is not None
            found.endpoint.rtp_timeout = 90
            new = await aio.rotate_password(session, Phone, "100")
            assert str(found.auth.password) == new.reveal() != PASSWORD
            assert await aio.set_password(session, "Other-Horse-8", Phone, "100")
            assert str(found.auth.password) == "Other-Horse-8"
            await session.commit()

    run(work())
    with Session(engine) as session:
        endpoint = session.get_one(Endpoint, "100")
        assert endpoint.rtp_timeout == 90


def test_what_would_let_unauthenticated_callers_in(engine: Engine, driver: str) -> None:
    """The check finds a row that a person made."""

    async def work() -> None:
        async with connected(engine, driver) as connection, AsyncSession(connection) as session:
            assert await aio.check_identification(session) == ()
            session.add(Endpoint(id="peer", identify_by=(IdentifyBy.HEADER,)))
            session.add(Identify(id="hand", endpoint="peer", match_header="X-Peer: one"))
            (problem,) = await aio.check_identification(session)

        assert (problem.fault, problem.rows) == (IdentificationFault.OPEN_HEADER, ("hand",))

    run(work())


def test_the_same_guarantees(engine: Engine, driver: str) -> None:
    """A failed call writes nothing and leaves the transaction usable; a rollback takes all back."""

    async def work() -> None:
        async with connected(engine, driver) as connection, AsyncSession(connection) as session:
            await session.run_sync(create_twilio_trunk, termination_uri=URI)
            with pytest.raises(ConflictError):
                await session.run_sync(create_twilio_trunk, termination_uri=URI)
            trunk = await session.run_sync(create_twilio_trunk, "second", termination_uri=URI)
            assert trunk.endpoint.id == "second"
            await session.rollback()
            assert await session.run_sync(everything) == {}

    run(work())
    with engine.connect() as connection:
        assert everything(connection) == {}


def test_the_migrations(engine: Engine, driver: str) -> None:
    """An ``AsyncConnection`` hands them the connection inside."""

    async def work() -> None:
        async with connected(engine, driver) as connection:
            assert await connection.run_sync(migrations.check) == ()

    run(work())


def test_batches(engine: Engine, driver: str) -> None:
    """As many specs as an iterator has."""
    specs = [Phone(id=f"p{number}", context="phones", password=PASSWORD) for number in range(5)]

    async def work() -> None:
        async with connected(engine, driver) as connection, AsyncSession(connection) as session:
            totals = await aio.apply_batches(session, iter(specs), size=2)
            again = await aio.plan(session, *specs)

        assert (totals.specs, totals.added) == (5, 15)
        assert again == Plan()

    run(work())
