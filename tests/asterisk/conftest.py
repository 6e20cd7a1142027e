"""
Fixtures for tests with a real Asterisk.

``lab``: a started Asterisk on empty tables, once for each driver that it can read them by.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.asterisk.realtime_lab import DATABASES, PATHS, running, server_tables, sqlite_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy import URL, Engine

    from tests.asterisk.realtime_lab import RealtimeLab
    from tools.asterisk_lab.prefix import Prefix


@pytest.hookimpl(tryfirst=True)  # before pytest leaves out what is long
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """
    Mark tests by ODBC as long, and most of those by PostgreSQL's driver.

    The exceptions are the files that test how a driver reads cells, or how callers are identified.
    """
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and (
            "odbc-" in item.name or ("pgsql" in item.name and item.path.stem not in _BY_PGSQL)
        ):
            item.add_marker("long")


_BY_PGSQL: Final = frozenset(
    (
        "test_caching",
        "test_readback",
        "test_decoding",
        "test_families",
        "test_identification",
        "test_twilio_trunk",
    )
)
"""Files whose tests run by PostgreSQL's driver each time."""


@pytest.fixture(scope="session")
def sqlite3_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An SQLite file with all tables."""
    with sqlite_tables(tmp_path_factory.mktemp("sqlite") / "asterisk.db") as engine:
        yield engine


@pytest.fixture(scope="session")
def postgresql_database(postgresql_url: URL) -> Iterator[Engine]:
    """A database of PostgreSQL with all tables."""
    with server_tables(postgresql_url) as engine:
        yield engine


@pytest.fixture(scope="session")
def mariadb_database(mariadb_url: URL) -> Iterator[Engine]:
    """A database of MariaDB with all tables."""
    with server_tables(mariadb_url) as engine:
        yield engine


@pytest.fixture(params=PATHS)
def start_lab(
    request: pytest.FixtureRequest, prefix: Prefix
) -> Callable[..., AbstractContextManager[RealtimeLab]]:
    """`running` for each driver in turn: tests that want options of their own start it."""
    engine: Engine = request.getfixturevalue(DATABASES[request.param])
    return partial(running, prefix, engine, request.param)


@pytest.fixture
def lab(
    start_lab: Callable[..., AbstractContextManager[RealtimeLab]],
) -> Iterator[RealtimeLab]:
    """A started Asterisk on empty tables, read by each driver in turn."""
    with start_lab() as started:
        yield started
