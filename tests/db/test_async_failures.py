"""With an ``AsyncSession`` too, a database that ends the transaction leaves no half work behind."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from asterisk_realtime import Mailbox, Phone, aio, apply, create, is_retryable, migrations
from asterisk_realtime.errors import error_codes
from asterisk_realtime.models import Aor, Endpoint
from tests.db.tools import PASSWORD, rows

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

BOX = Mailbox(number="7", pin="4711")


async def refuses_everything(session: AsyncSession) -> None:
    """Check that nothing can be done before a rollback."""
    with pytest.raises(PendingRollbackError):
        await session.execute(text("SELECT 1"))
    with pytest.raises(PendingRollbackError):
        await session.commit()
    await session.rollback()


def fill(session: Session) -> None:
    """Add phones until there is no room."""
    for number in range(1000, 2000):
        create(session, Phone(id=str(number), context="phones", password=PASSWORD))


@pytest.mark.parametrize("nested", [False, True], ids=["outermost", "in a with block"])
def test_a_full_disk(tmp_path: Path, *, nested: bool) -> None:
    """SQLite takes back the whole transaction; nobody commits the rest of it."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/full.db")

    async def work() -> list[Any]:
        async with engine.begin() as connection:
            await connection.run_sync(migrations.upgrade)
        await engine.dispose()

        @event.listens_for(engine.sync_engine, "connect")
        def limit(connection: Any, _record: object) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA page_count")
            pages = cursor.fetchone()[0]
            cursor.execute(f"PRAGMA max_page_count = {pages + 4}")
            cursor.execute("PRAGMA cache_size = 5")
            cursor.close()

        async with AsyncSession(engine) as session:
            await aio.create(session, BOX)
            around = session.begin_nested() if nested else nullcontext()
            with pytest.raises(DBAPIError, match="full") as caught:
                async with around:
                    await session.run_sync(fill)
            await refuses_everything(session)
            await session.commit()
            left = await session.run_sync(lambda s: rows(s, "voicemail") + rows(s, "ps_endpoints"))
        await engine.dispose()
        return [error_codes(caught.value), left]

    assert asyncio.run(work()) == [{"SQLITE_FULL"}, []]


@pytest.mark.parametrize(
    ("filled_engine", "driver"),
    [
        ("mariadb", "mysql+aiomysql"),
        ("postgresql", "postgresql+asyncpg"),
        ("postgresql", "postgresql+psycopg"),
    ],
    indirect=["filled_engine"],
    ids=["aiomysql", "asyncpg", "psycopg"],
)
@pytest.mark.parametrize("nested", [False, True], ids=["outermost", "in a with block"])
def test_a_deadlock(engine: Engine, driver: str, *, nested: bool) -> None:
    """The one that the database chooses sees its error, by which it can tell to try again."""
    with Session(engine) as session, session.begin():
        apply(session, *(Phone(id=name, context="phones") for name in ("1", "2")))
    failed: list[DBAPIError] = []

    async def change(url: Any, barrier: asyncio.Barrier, first: str, second: str) -> None:
        other = create_async_engine(url)
        async with AsyncSession(other) as session:
            session.add(Aor(id=f"mine-{first}"))
            (await session.get_one(Endpoint, first)).rtp_timeout = 9
            await session.flush()
            await barrier.wait()
            around = session.begin_nested() if nested else nullcontext()
            try:
                async with around:
                    await aio.ensure(session, Phone(id=second, context="office"))
            except DBAPIError as error:
                failed.append(error)
                if engine.dialect.name == "mariadb":
                    await refuses_everything(session)
                await session.rollback()
            await session.commit()
        await other.dispose()

    async def work() -> None:
        url, barrier = engine.url.set(drivername=driver), asyncio.Barrier(2)
        await asyncio.gather(change(url, barrier, "1", "2"), change(url, barrier, "2", "1"))

    asyncio.run(work())

    (error,) = failed
    assert is_retryable(error)
    assert error_codes(error) & {"40P01", 1213}
    with Session(engine) as session:
        assert len(rows(session, "ps_aors")) == 2 + 1
