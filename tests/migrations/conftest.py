"""Databases as Asterisk's own scripts leave them, and one with an account more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.migrations.asterisk_scripts import Museum, Scripts, unpack
from tests.migrations.tools import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine


SHORT_ON_MARIADB = frozenset(
    ("test_fresh.py", "test_lock.py", "test_look_ups.py", "test_resuming.py")
)
"""Modules whose cases run on MariaDB each time, beside those for MariaDB alone."""


@pytest.hookimpl(tryfirst=True)  # before marks are selected
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark cases that take long on MariaDB, and that the other databases have too."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        params = callspec.params.values() if callspec is not None else ()
        is_here = item.path.parent == Path(__file__).parent
        if is_here and "mariadb" in map(str, params) and item.path.name not in SHORT_ON_MARIADB:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Scripts:
    """Asterisk's own scripts."""
    return Scripts(unpack(tmp_path_factory.mktemp("ast-db-manage")))


@pytest.fixture(scope="session")
def postgresql_museum(request: pytest.FixtureRequest, scripts: Scripts) -> Iterator[Museum]:
    """PostgreSQL's databases of Asterisk's scripts."""
    museum = Museum(request.getfixturevalue("postgresql_url"), scripts)
    yield museum
    museum.close()


@pytest.fixture(scope="session")
def mariadb_museum(request: pytest.FixtureRequest, scripts: Scripts) -> Iterator[Museum]:
    """MariaDB's databases of Asterisk's scripts."""
    museum = Museum(request.getfixturevalue("mariadb_url"), scripts)
    yield museum
    museum.close()


@pytest.fixture
def database(postgresql_engine: Engine) -> Engine:
    """A database of PostgreSQL, on a server with another account, ``own_reader``."""
    run(
        postgresql_engine,
        "DO $$ BEGIN CREATE ROLE own_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    )
    return postgresql_engine
