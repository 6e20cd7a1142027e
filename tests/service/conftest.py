"""The hosting service of ``examples/service``, asked by a client, on its databases."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import httpx
import pytest
from sqlalchemy import URL, create_engine
from sqlalchemy.orm import Session

from examples.service.app import app
from tests.conftest import new_database
from tests.service.client import ACME, Client, alembic, contents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}


@contextlib.contextmanager
def told(url: URL) -> Iterator[None]:
    """Have the service and both chains of migrations find the database there."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATABASE_URL", "ASTERISK_REALTIME_URL"):
            patch.setenv(name, url.render_as_string(hide_password=False))
        yield


@pytest.fixture(
    scope="session",
    params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)],  # starts a server
)
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[URL]:
    """Where the service's database is, made by its migrations and the library's."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            path = tmp_path_factory.mktemp("service") / "service.db"
            url = URL.create("sqlite", database=str(path))
        else:
            server: URL = request.getfixturevalue("postgresql_url")
            url = stack.enter_context(new_database(server))
        url = url.set(drivername=DRIVERS[request.param])
        with told(url):
            alembic("upgrade", "head")
            alembic("--name", "asterisk", "upgrade", "head")
        yield url


@pytest.fixture
def made(database: URL) -> Iterator[URL]:
    """The same, for as long as a test of the service takes."""
    with told(database):
        yield database


@pytest.fixture
def engine(made: URL) -> Iterator[Engine]:
    """An engine for the same database, which is empty again after the test."""
    plain = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}[made.get_backend_name()]
    engine = create_engine(made.set(drivername=plain))
    yield engine
    with engine.begin() as connection:
        for table in contents(engine):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    engine.dispose()


@pytest.fixture
def ask(made: URL, engine: Engine) -> Iterator[Client]:
    """A client of the service."""
    del made, engine  # the service has an engine of its own
    with asyncio.Runner() as runner:
        running = app.router.lifespan_context(app)
        runner.run(running.__aenter__())
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
        yield Client(runner, http)
        runner.run(http.aclose())
        runner.run(running.__aexit__(None, None, None))


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session of another program."""
    with Session(engine) as session:
        yield session


@pytest.fixture
def acme(ask: Client) -> Client:
    """A client of the service, which has a tenant with a phone."""
    ask("POST", "/tenants", ACME, status=201)
    ask("POST", "/tenants/acme/phones", {"id": "101"}, status=201)
    return ask
