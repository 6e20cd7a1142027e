"""Databases as Asterisk's own scripts leave them, and one with an account more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.migrations.asterisk_scripts import Museum, Scripts, unpack
from tests.migrations.tools import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine


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
