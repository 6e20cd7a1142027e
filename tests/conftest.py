"""Databases for all tests: SQLite always, PostgreSQL and MariaDB where their programs are."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import URL, create_engine

from tests import servers
from tools.asterisk_lab import prefix as prefixes
from tools.asterisk_lab.errors import PrefixUnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Engine

    from tools.asterisk_lab.prefix import Prefix


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[URL]:
    """Where the superuser of a PostgreSQL server of this run reaches it."""
    with servers.postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def mariadb_url() -> Iterator[URL]:
    """Where the superuser of a MariaDB server of this run reaches it."""
    with servers.mariadb() as url:
        yield url


@pytest.fixture(scope="session")
def mysql_url() -> Iterator[URL]:
    """Where the superuser of a MySQL server of this run reaches it."""
    with servers.mysql() as url:
        yield url


@contextmanager
def opened(url: URL) -> Iterator[Engine]:
    """Yield an engine for *url*, and close all its connections afterwards."""
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def new_database(
    server: URL, *, template: str = "", options: str = "", statements: Sequence[str] = ()
) -> Iterator[URL]:
    """
    Yield the URL of a new database on *server*, and drop it afterwards.

    Args:
        server: Where the superuser reaches the server.
        template: Name of the database to copy; PostgreSQL only.
        options: What follows the name in ``CREATE DATABASE``.
        statements: What is run in it; MariaDB only.
    """
    name = f"test_{secrets.token_hex(6)}"
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            options = f"TEMPLATE {template}" if template else options
            connection.exec_driver_sql(f"CREATE DATABASE {name} {options}")
            for statement in (f"USE {name}", *statements) if statements else ():
                connection.exec_driver_sql(statement)
            yield server.set(database=name)
            force = " WITH (FORCE)" if admin.dialect.name == "postgresql" else ""
            connection.exec_driver_sql(f"DROP DATABASE {name}{force}")
    finally:
        admin.dispose()


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """An engine for an empty SQLite file."""
    with opened(URL.create("sqlite", database=str(tmp_path / "asterisk.db"))) as engine:
        yield engine


@pytest.fixture
def postgresql_engine(postgresql_url: URL) -> Iterator[Engine]:
    """An engine for an empty database of PostgreSQL."""
    with new_database(postgresql_url) as url, opened(url) as engine:
        yield engine


@pytest.fixture
def mariadb_engine(mariadb_url: URL) -> Iterator[Engine]:
    """An engine for an empty database of MariaDB."""
    with new_database(mariadb_url) as url, opened(url) as engine:
        yield engine


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def empty_engine(request: pytest.FixtureRequest) -> Engine:
    """An engine for an empty database, of each kind in turn."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


@pytest.fixture(scope="session")
def prefix() -> Prefix:
    """Asterisk and SIPp, fetched if they are not there yet."""
    try:
        return prefixes.ensure()
    except PrefixUnavailableError as error:
        servers.unavailable("asterisk", error.reason)
