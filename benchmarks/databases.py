"""New and empty databases to measure on."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import URL, create_engine

from tests import servers
from tests.conftest import new_database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from sqlalchemy.engine.interfaces import DBAPIConnection


@dataclass(frozen=True)
class Database:
    """
    A kind of database.

    Attributes:
        name: Its name in the table.
        new: Yields the URL of a new one, and removes it afterwards.
    """

    name: str
    new: Callable[[], AbstractContextManager[URL]]


@dataclass(frozen=True)
class Missing:
    """A kind of database that this host does not have, and why."""

    name: str
    reason: str


@contextmanager
def _file() -> Iterator[URL]:
    with TemporaryDirectory(prefix="asterisk-realtime-") as folder:
        yield URL.create("sqlite", database=str(Path(folder) / "asterisk.db"))


SQLITE: Final = Database("SQLite", _file)
SERVERS: Final = {"PostgreSQL": servers.postgresql, "MariaDB": servers.mariadb}


@contextmanager
def all_kinds() -> Iterator[list[Database | Missing]]:
    """Start the servers that the host has, as the tests do, and stop them afterwards."""
    with ExitStack() as running:
        yield [*(_started(running, name) for name in SERVERS), SQLITE]


def _started(running: ExitStack, name: str) -> Database | Missing:
    try:
        server = running.enter_context(SERVERS[name]())
    except (pytest.skip.Exception, pytest.fail.Exception) as absent:
        return Missing(name, str(absent))
    except RuntimeError as broken:
        return Missing(name, str(broken).partition("\n")[0].rstrip(":"))
    return Database(name, partial(new_database, server))


def bare(url: URL) -> DBAPIConnection:
    """Return a connection of the driver itself, than which no library is faster."""
    dialect = create_engine(url).dialect
    arguments, options = dialect.create_connect_args(url)
    return dialect.connect(*arguments, **options)
