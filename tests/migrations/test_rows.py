"""Rows go into the tables as the migrations make them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import DateTime, Engine, Integer, func, inspect, select, text
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.orm import Session

from asterisk_realtime import migrations
from asterisk_realtime.migrations.converting import plain_type
from asterisk_realtime.models import Aor, Base, Endpoint, MusicOnHold, QueueMember, System
from asterisk_realtime.models.types import Choice, NetworkList

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Column


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    """A database at head."""
    migrations.upgrade(empty_engine)
    return empty_engine


def some_value(column: Column[Any]) -> object:
    """Return what any column of the type takes."""
    if isinstance(column.type, DateTime):
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC).replace(tzinfo=None)
    if isinstance(column.type, Choice):
        return column.type.labels[0]
    if isinstance(column.type, NetworkList):
        return ("192.0.2.1",)
    return 1 if isinstance(plain_type(column, DefaultDialect()), Integer) else "x"


def minimal(mapper: Any) -> dict[str, object]:
    """Return values for those columns alone that every row must give."""
    return {
        attribute.key: some_value(attribute.columns[0])
        for attribute in mapper.column_attrs
        if not attribute.columns[0].nullable
        and attribute.columns[0].autoincrement is not True
        and attribute.columns[0].server_default is None
        and attribute.columns[0].default is None
    }


def test_a_minimal_row_of_every_table(engine: Engine) -> None:
    """The ORM writes a row of each table from nothing but its keys, and reads it back."""
    with Session(engine) as session:
        session.add(MusicOnHold(name="x"))
        session.flush()
        for mapper in Base.registry.mappers:
            if mapper.class_ is not MusicOnHold:
                session.add(mapper.class_(**minimal(mapper)))
        session.commit()
        for mapper in Base.registry.mappers:
            count = session.scalar(select(func.count()).select_from(mapper.class_))

            assert (mapper.class_.__name__, count) == (mapper.class_.__name__, 1)
            assert session.scalars(select(mapper.class_)).one() is not None


def test_queue_members_are_numbered(engine: Engine) -> None:
    """Members that Asterisk or a person adds without a uniqueid get different ones."""
    with Session(engine) as session:
        session.add_all(QueueMember(queue_name="q", interface=f"PJSIP/{n}") for n in range(20))
        session.commit()
        numbers = session.scalars(select(QueueMember.uniqueid)).all()

    assert len(set(numbers)) == 20
    assert all(0 <= number < 2**31 for number in numbers if number is not None)


def test_null_stores_the_default_on_sqlite(sqlite_engine: Engine) -> None:
    """Where a NULL would reach Asterisk as an empty string, SQLite keeps Asterisk's default."""
    migrations.upgrade(sqlite_engine)
    with Session(sqlite_engine) as session:
        aor = Aor(id="alice", default_expiration=60)
        session.add(aor)
        session.commit()
        aor.default_expiration = None
        session.commit()

        assert aor.default_expiration == 3600

    with sqlite_engine.begin() as connection:
        connection.execute(text("INSERT INTO ps_aors (id, default_expiration) VALUES ('b', NULL)"))
        connection.execute(text("INSERT INTO ps_endpoints (id, direct_media) VALUES ('b', NULL)"))
        cells = connection.execute(
            text(
                "SELECT a.default_expiration, typeof(a.default_expiration), e.direct_media"
                " FROM ps_aors a, ps_endpoints e WHERE a.id = 'b'"
            )
        ).one()

    assert tuple(cells) == (3600, "integer", "yes")


@pytest.mark.parametrize("empty_engine", ["postgresql", "mariadb"], indirect=True)
def test_null_stays_null_on_the_servers(engine: Engine) -> None:
    """The servers' drivers leave a NULL out, so that Asterisk's default holds by itself."""
    with Session(engine) as session:
        session.add(Endpoint(id="alice", direct_media=True))
        session.flush()
        session.get_one(Endpoint, "alice").direct_media = None
        session.commit()

        assert session.scalar(text("SELECT direct_media FROM ps_endpoints")) is None


def test_defaults_are_in_the_tables_of_sqlite_alone(engine: Engine) -> None:
    """No server column has a default that upstream's has not."""
    columns = inspect(engine).get_columns("ps_systems")
    defaults = {column["name"] for column in columns if column["default"] is not None}
    expected = {column.name for column in System.__table__.columns if "default" in column.info}

    assert defaults == (expected if engine.dialect.name == "sqlite" else set())


def test_async(tmp_path: Path) -> None:
    """An asynchronous connection migrates by ``run_sync``."""
    asyncio_extension = pytest.importorskip("sqlalchemy.ext.asyncio")
    pytest.importorskip("aiosqlite")

    async def migrate() -> tuple[Any, Any]:
        engine = asyncio_extension.create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/a.db")
        async with engine.connect() as connection:
            await connection.run_sync(migrations.upgrade)
            await connection.rollback()
            before = await connection.run_sync(migrations.current)
            await connection.rollback()
            await connection.run_sync(migrations.upgrade)
            await connection.commit()
            after = await connection.run_sync(migrations.check)
        await engine.dispose()
        return before, after

    assert asyncio.run(migrate()) == (None, ())
