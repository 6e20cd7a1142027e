"""Alembic's commands and autogenerate beside ours, async drivers, and ``create_all()``."""

from __future__ import annotations

import subprocess
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, inspect
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.orm import Session

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaError
from asterisk_realtime.migrations import NeverUpgraded, Obstacle
from asterisk_realtime.models import Base, Endpoint
from tests.conftest import new_database, opened
from tests.migrations.tools import alembic, head_of, run
from tests.migrations.upstream_tables import build

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL, Engine


@pytest.fixture
def adopted(postgresql_engine: Engine) -> Engine:
    """A database of Asterisk's scripts, with things of its owner, at our head."""
    build(postgresql_engine)
    run(
        postgresql_engine,
        "ALTER TABLE ps_endpoints ADD own TEXT, ALTER callerid TYPE VARCHAR(900)",
        "CREATE TABLE own (id INTEGER PRIMARY KEY)",
    )
    migrations.upgrade(postgresql_engine)
    return postgresql_engine


def plain(engine: Engine) -> str:
    """Return the URL of an engine with its password."""
    return engine.url.render_as_string(hide_password=False)


def test_check_is_ours(adopted: Engine) -> None:
    """``alembic check`` finds nothing on an adopted database, and else what our check finds."""
    assert "No new upgrade operations" in alembic("check", url=plain(adopted)).stdout
    run(adopted, "ALTER TABLE ps_aors DROP COLUMN voicemail_extension")
    with pytest.raises(subprocess.CalledProcessError) as caught:
        alembic("check", url=plain(adopted))
    assert (
        "column ps_aors.voicemail_extension is missing" in caught.value.stderr + caught.value.stdout
    )


def test_no_revision_is_generated(adopted: Engine) -> None:
    """Nothing is written beside our revisions; the message says where to write instead."""
    with pytest.raises(subprocess.CalledProcessError) as caught:
        alembic("revision", "--autogenerate", "-m", "x", url=plain(adopted))
    assert "use a script_location of your own" in caught.value.stderr + caught.value.stdout


def test_the_hosts_autogenerate_sees_its_own_alone(adopted: Engine) -> None:
    """With one of two functions to import, whether our models are in its metadata or not."""
    own = MetaData()
    Table("own", own, Column("id", Integer, primary_key=True))
    both = [own, Base.metadata]
    for target, option in ((own, "include_name"), (both, "include_object")):
        options = {option: getattr(migrations, option), "target_metadata": target}
        with adopted.connect() as connection:
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, target) == []  # type: ignore[arg-type]  # several do as well


@pytest.mark.parametrize("driver", ["postgresql+asyncpg", "sqlite+aiosqlite", "mysql+aiomysql"])
def test_async_drivers(request: pytest.FixtureRequest, tmp_path: Path, driver: str) -> None:
    """``alembic upgrade head`` takes the URL that the application has."""
    server = {"postgresql": "postgresql_engine", "mysql": "mariadb_engine"}.get(
        driver.split("+", maxsplit=1)[0]
    )
    if server is None:
        url = f"{driver}:///{tmp_path}/a.db"
        sync = url.replace("+aiosqlite", "")
    else:
        engine: Engine = request.getfixturevalue(server)
        sync = plain(engine)
        url = engine.url.set(drivername=driver).render_as_string(hide_password=False)
    alembic("upgrade", "head", url=url)

    assert head_of(sync) is not None
    assert "head" in alembic("current", url=url).stdout


def test_an_async_engine_is_told_what_to_do() -> None:
    """It is not an engine on which a migration can run."""
    engine = create_async_engine("sqlite+aiosqlite://")
    with pytest.raises(TypeError, match="run_sync"):
        migrations.upgrade(engine)  # type: ignore[arg-type]  # as people do


def test_check_before_the_first_upgrade(empty_engine: Engine) -> None:
    """What stops an upgrade comes first, and one line sums up the rest."""
    assert len(migrations.check(empty_engine)) == 1
    run(empty_engine, "CREATE TABLE queues (strategy VARCHAR(20))")
    first, last = migrations.check(empty_engine)

    assert isinstance(first, Obstacle)
    assert isinstance(last, NeverUpgraded)
    assert "tables are missing" in str(last)
    assert len(migrations.plan(empty_engine)) > len(last.differences)


def test_create_all(postgresql_engine: Engine) -> None:
    """PostgreSQL's enum types are made with the tables, and dropped with them."""
    Base.metadata.create_all(postgresql_engine)
    with Session(postgresql_engine) as session:
        session.add(Endpoint(id="a", webrtc=True))
        session.commit()
    Base.metadata.create_all(postgresql_engine)
    Base.metadata.drop_all(postgresql_engine)

    assert inspect(postgresql_engine).get_enums() == []  # type: ignore[attr-defined]  # PostgreSQL's inspector has it


def test_create_all_on_mariadb(mariadb_engine: Engine) -> None:
    """It says what makes the tables there."""
    with pytest.raises(SchemaError, match=r"migrations\.upgrade"):
        Base.metadata.create_all(mariadb_engine)


def test_locks_are_waited_for(postgresql_url: URL) -> None:
    """Who uses the tables goes on; the upgrade tries again, and gives up after a time."""
    with new_database(postgresql_url) as url, opened(url) as engine, opened(url) as other:
        run(
            engine,
            "CREATE TABLE ps_aors (id VARCHAR(40))",
            "CREATE TABLE ps_endpoints (id VARCHAR(40))",
        )
        with other.connect() as user:
            user.exec_driver_sql("INSERT INTO ps_endpoints VALUES ('a')")
            with pytest.raises(SchemaError, match=r"could not be locked within 1 s"):
                migrations.upgrade(engine, lock_timeout=1)
            # The upgrade keeps no lock that it has.
            user.exec_driver_sql("INSERT INTO ps_aors VALUES ('a')")
            user.commit()
        migrations.upgrade(engine, lock_timeout=5)

        assert migrations.check(engine) == ()


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_two_at_once(postgresql_url: URL, level: str) -> None:
    """The second waits and finds all done, whatever its isolation level."""
    errors: list[BaseException] = []
    with new_database(postgresql_url) as url:
        engine = create_engine(url, isolation_level=level)

        def upgrade() -> None:
            try:
                with engine.begin() as connection:
                    migrations.upgrade(connection)
            except BaseException as error:  # noqa: BLE001 - shown below
                errors.append(error)

        threads = [Thread(target=upgrade) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert errors == []
        assert migrations.check(engine) == ()
        engine.dispose()
