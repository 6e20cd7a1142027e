"""Connections to migrate on: opened by us or the caller's, and one migration at a time."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, bindparam, text
from sqlalchemy.exc import DBAPIError

from asterisk_realtime.errors import SchemaError
from asterisk_realtime.migrations.schema import is_mysql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

LOCK: Final = 0x41535452
"""Number of PostgreSQL's advisory lock; any that others hardly use."""

_MODES: Final = "STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO"
"""MariaDB's modes meanwhile: nothing is cut short in silence, and a key that is 0 stays 0."""

_SETTINGS: Final = {
    # Alembic creates the version table, which needs transactions.
    "default_storage_engine": "InnoDB",
    # Without it a table with system versioning cannot be altered (MariaDB).
    "system_versioning_alter_history": "KEEP",
}

_SPELLING: Final = frozenset({"ANSI_QUOTES", "NO_BACKSLASH_ESCAPES"})
"""Modes that SQLAlchemy has adapted to."""

_ISOLATION: Final = {"postgresql": "READ COMMITTED", "sqlite": "SERIALIZABLE"}
"""Isolation of this library's own connections, whatever the engine has: never AUTOCOMMIT."""

PATIENCE: Final = 600
"""Seconds that a migration waits on MariaDB for another to end."""


@contextmanager
def migrating(bind: Engine | Connection) -> Iterator[Connection]:
    """
    Give a connection that nobody else migrates on meanwhile.

    An engine's connection is opened, committed and closed here. A caller's connection stays in
    the caller's transaction, and PostgreSQL's and SQLite's lock with it.

    Raises:
        TypeError: *bind* is neither.
        SchemaError: The connection commits each statement by itself.
    """
    _refuse_async(bind)
    if isinstance(bind, Engine):
        with _opened(bind) as connection, _unchecked(connection), _locked(connection):
            with _in_known_mode(connection), _in_one_schema(connection):
                yield connection
            connection.commit()
    else:
        _refuse_autocommit(bind)
        with _locked(bind), _in_known_mode(bind), _in_one_schema(bind):
            yield bind


@contextmanager
def reading(bind: Engine | Connection) -> Iterator[Connection]:
    """Give a connection to read from."""
    _refuse_async(bind)
    if isinstance(bind, Engine):
        # A plan tries on PostgreSQL what it rolls back, whatever the engine commits by itself.
        opened = _opened(bind) if bind.dialect.name == "postgresql" else bind.connect()
        with opened as connection, _in_one_schema(connection):
            yield connection
    else:
        with _in_one_schema(bind):
            yield bind


def all_or_nothing(connection: Connection) -> AbstractContextManager[object]:
    """Undo all changes of the block on an error, and nothing else of the transaction."""
    # MariaDB commits each change of a table, which ends every savepoint.
    return nullcontext() if is_mysql(connection.dialect) else connection.begin_nested()


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """Undo all changes of the block at its end: it only tries them."""
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


def isolation(dialect: str) -> str | None:
    """Return the isolation level to migrate in; None for that of the engine."""
    return _ISOLATION.get(dialect)


def _refuse_async(bind: object) -> None:
    if not isinstance(bind, (Engine, Connection)):
        raise TypeError(
            f"{type(bind).__name__} is neither an Engine nor a Connection; with an async engine,"
            " write: async with engine.begin() as connection: await connection.run_sync(function),"
            " with this function of migrations"
        )


def _refuse_autocommit(connection: Connection) -> None:
    """Refuse a connection on which a failed upgrade would leave some of its changes."""
    if connection.dialect.name != "postgresql":
        return  # MariaDB commits each change of a table anyway, and SQLite gets an explicit BEGIN
    if commits_each_statement(connection):
        raise SchemaError(
            "the connection has isolation_level AUTOCOMMIT, and an upgrade must be one"
            " transaction; nothing was changed: pass the engine, or a connection of"
            " engine.execution_options(isolation_level='READ COMMITTED')"
        )


def commits_each_statement(connection: Connection) -> bool:
    """Tell whether a connection is in no transaction, so that it can undo nothing."""
    driver = connection.connection.dbapi_connection
    commits = getattr(driver, "autocommit", False) is True
    chosen = connection.get_execution_options().get("isolation_level")
    return commits or chosen == "AUTOCOMMIT"


@contextmanager
def _opened(engine: Engine) -> Iterator[Connection]:
    level = isolation(engine.dialect.name)
    with engine.connect() as connection:
        yield connection.execution_options(isolation_level=level) if level else connection


@contextmanager
def _locked(connection: Connection) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        _lock_postgresql(connection)
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


def _lock_postgresql(connection: Connection) -> None:
    """
    Wait until no other migration runs, and then see its changes.

    With REPEATABLE READ the transaction would still see the state before the wait. So its level is
    changed if it has not read anything yet; otherwise it does not wait.
    """
    if _has_not_begun(connection):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    if connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    elif not connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({LOCK})").scalar():
        raise SchemaError(
            "another process migrates this database; roll back, and upgrade again when it has ended"
        )


def _has_not_begun(connection: Connection) -> bool:
    """Tell whether the transaction has sent no statement yet, if the driver knows."""
    info = getattr(connection.connection.dbapi_connection, "info", None)
    status = getattr(info, "transaction_status", None)
    return status is not None and int(status) == 0  # libpq's PQTRANS_IDLE


@contextmanager
def _in_one_schema(connection: Connection) -> Iterator[None]:
    """
    Make PostgreSQL look only at the schema in which it would create a table.

    Tables in a later schema of ``search_path`` belong to another installation.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    path = "SELECT current_setting('search_path'), current_schema(), current_schemas(false)"
    before, first, schemas = connection.exec_driver_sql(path).one()
    if first is None:
        raise SchemaError(
            f"no schema of search_path ({before}) exists, or this account may not use them;"
            " run CREATE SCHEMA, or set another search_path"
        )
    if len(schemas) < 2:  # noqa: PLR2004 - one is what is wanted
        yield
        return
    change = text("SELECT set_config('search_path', :path, false)")
    connection.execute(change, {"path": connection.dialect.identifier_preparer.quote(first)})
    try:
        yield
    finally:
        if not connection.invalidated:
            # A failed transaction undoes the setting itself.
            with suppress(DBAPIError):
                connection.execute(change, {"path": before})


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
    """Set the session's settings that decide how tables are made, and restore them."""
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
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except DBAPIError as error:
            raise SchemaError(
                f"the SQLite file cannot be written ({error.orig}); check the rights on the"
                " file and its folder, and end other programs that write to it; nothing was changed"
            ) from error


@contextmanager
def _unchecked(connection: Connection) -> Iterator[None]:
    """Have SQLite check no foreign keys meanwhile: it must drop tables to make them anew."""
    if connection.dialect.name != "sqlite":
        yield
        return
    checked = connection.scalar(text("PRAGMA foreign_keys"))
    connection.rollback()
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        connection.rollback()
        if checked:
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")
