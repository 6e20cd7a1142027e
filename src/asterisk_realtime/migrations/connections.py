"""Connections to migrate on: opened by us or the caller's, and one migration at a time."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from sqlalchemy import Engine, bindparam, text

from asterisk_realtime.errors import SchemaError
from asterisk_realtime.migrations.schema import is_mysql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

LOCK: Final = 0x41535452
"""Number of PostgreSQL's advisory lock; any that others hardly use."""

_MODES: Final = "STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO"
"""MariaDB's modes meanwhile: nothing is cut short in silence, and a key that is 0 stays 0."""

_SETTINGS: Final = {
    # Of the version table, which Alembic makes: with transactions.
    "default_storage_engine": "InnoDB",
    # A table that keeps the history of its rows cannot be altered else (MariaDB).
    "system_versioning_alter_history": "KEEP",
}

_SPELLING: Final = frozenset({"ANSI_QUOTES", "NO_BACKSLASH_ESCAPES"})
"""Modes that SQLAlchemy has adapted to."""

PATIENCE: Final = 600
"""Seconds that a migration waits on MariaDB for another to end."""


@contextmanager
def migrating(bind: Engine | Connection) -> Iterator[Connection]:
    """
    Give a connection that nobody else migrates on meanwhile.

    An engine's connection is opened, committed and closed here. A caller's connection stays in
    the caller's transaction, and PostgreSQL's and SQLite's lock with it.
    """
    if isinstance(bind, Engine):
        with bind.connect() as connection, _unchecked(connection), _locked(connection):
            with _in_known_mode(connection):
                yield connection
            connection.commit()
    else:
        with _locked(bind), _in_known_mode(bind):
            yield bind


@contextmanager
def reading(bind: Engine | Connection) -> Iterator[Connection]:
    """Give a connection to read from."""
    if isinstance(bind, Engine):
        with bind.connect() as connection:
            yield connection
    else:
        yield bind


@contextmanager
def _locked(connection: Connection) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
    elif connection.dialect.name == "sqlite":
        _begin(connection)
    if not is_mysql(connection.dialect):
        yield
        return
    # Names of locks are the server's, not the database's, and short.
    name = "CONCAT('asterisk_realtime ', LEFT(SHA2(DATABASE(), 256), 40))"
    if connection.scalar(text(f"SELECT GET_LOCK({name}, {PATIENCE})")) != 1:
        raise SchemaError("another process migrates this database; wait until it has ended")
    try:
        yield
    finally:
        if not connection.invalidated:
            connection.execute(text(f"SELECT RELEASE_LOCK({name})"))


@contextmanager
def _in_known_mode(connection: Connection) -> Iterator[None]:
    """Have MariaDB take values as strictly here as it does there."""
    if not is_mysql(connection.dialect):
        yield
        return
    before = str(connection.scalar(text("SELECT @@SESSION.sql_mode")))
    kept = sorted(_SPELLING & {*before.split(",")})
    change = text("SET SESSION sql_mode = :modes")
    connection.execute(change, {"modes": ",".join([_MODES, *kept])})
    try:
        with _settings(connection):
            yield
    finally:
        if not connection.invalidated:
            connection.execute(change, {"modes": before})


@contextmanager
def _settings(connection: Connection) -> Iterator[None]:
    """Set what decides about tables, where the server knows it, and set it back."""
    names = text("SHOW SESSION VARIABLES WHERE Variable_name IN :names").bindparams(
        bindparam("names", tuple(_SETTINGS), expanding=True)
    )
    before = {row[0]: row[1] for row in connection.execute(names)}
    for name in before:
        connection.execute(text(f"SET SESSION {name} = :value"), {"value": _SETTINGS[name]})
    try:
        yield
    finally:
        for name, value in before.items() if not connection.invalidated else ():
            connection.execute(text(f"SET SESSION {name} = :value"), {"value": value})


def _begin(connection: Connection) -> None:
    """Begin a transaction that also holds DDL; Python's sqlite3 begins one for rows only."""
    # SQLAlchemy's transaction comes first, so that the caller's commit or rollback ends ours.
    connection.exec_driver_sql("SELECT 1")
    driver = connection.connection.driver_connection
    if driver is not None and not driver.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _unchecked(connection: Connection) -> Iterator[None]:
    """Have SQLite check no foreign keys meanwhile: it must drop tables to make them anew."""
    if connection.dialect.name != "sqlite":
        yield
        return
    checked = connection.scalar(text("PRAGMA foreign_keys"))
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        if checked:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
