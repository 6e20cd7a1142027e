"""Connections for migrations: from an engine or the caller, and one migration at a time."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, Engine, bindparam, text
from sqlalchemy.exc import DBAPIError

from asterisk_realtime.errors import SchemaError
from asterisk_realtime.migrations.converting import is_mysql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

LOCK: Final = 0x41535452
"""Key of the advisory lock (PostgreSQL); a number that other programs are unlikely to use."""

_ADDED_MODES: Final = "STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO"
"""sql_mode during a migration (MariaDB): too long values are errors, and a key of 0 stays 0."""

_SETTINGS: Final = {
    # Alembic creates the version table, which needs transactions.
    "default_storage_engine": "InnoDB",
    # Otherwise a table with system versioning cannot be altered (MariaDB).
    "system_versioning_alter_history": "KEEP",
}

_KEPT_MODES: Final = frozenset({"ANSI_QUOTES", "NO_BACKSLASH_ESCAPES"})
"""Modes that stay as they are, since SQLAlchemy quotes and escapes accordingly."""

_ISOLATION: Final = {"postgresql": "READ COMMITTED", "sqlite": "SERIALIZABLE"}
"""Isolation level of connections opened from an engine, in place of the engine's."""

LOCK_WAIT: Final = 600
"""Seconds for which a migration waits for another one to end (MariaDB)."""


@contextmanager
def migrating(bind: Engine | Connection) -> Iterator[Connection]:
    """
    Yield a connection to a database that no other process migrates meanwhile.

    A connection from an engine is opened, committed and closed here. A caller's connection stays in
    the caller's transaction, which also holds the lock on PostgreSQL and SQLite.

    Raises:
        TypeError: *bind* is neither an engine nor a connection.
        SchemaError: The connection is in autocommit mode, or another process migrates the database.
    """
    _refuse_async(bind)
    if isinstance(bind, Engine):
        with (
            _opened(bind) as connection,
            _without_foreign_key_checks(connection),
            _locked(connection),
        ):
            with _with_sql_mode(connection), _in_one_schema(connection):
                yield connection
            connection.commit()
    else:
        _refuse_autocommit(bind)
        with _locked(bind), _with_sql_mode(bind), _in_one_schema(bind):
            yield bind


@contextmanager
def reading(bind: Engine | Connection) -> Iterator[Connection]:
    """Yield a connection for reading."""
    _refuse_async(bind)
    if isinstance(bind, Engine):
        # A plan rolls back what it creates on PostgreSQL, so AUTOCOMMIT must be off.
        opened = _opened(bind) if bind.dialect.name == "postgresql" else bind.connect()
        with opened as connection, _in_one_schema(connection):
            yield connection
    else:
        with _in_one_schema(bind):
            yield bind


def all_or_nothing(connection: Connection) -> AbstractContextManager[object]:
    """Undo the changes of the block, and only these, if it raises an error."""
    # MariaDB commits each change of a table, which ends every savepoint.
    return nullcontext() if is_mysql(connection.dialect) else connection.begin_nested()


@contextmanager
def rolled_back(connection: Connection) -> Iterator[None]:
    """Undo all changes of the block at its end."""
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


def isolation(dialect: str) -> str | None:
    """Return the isolation level of migrations; None for that of the engine."""
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
    """Tell whether a connection is in autocommit mode."""
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
    # The server shares lock names between databases, and limits their length.
    name = "CONCAT('asterisk_realtime ', LEFT(SHA2(DATABASE(), 256), 40))"
    if connection.scalar(text(f"SELECT GET_LOCK({name}, {LOCK_WAIT})")) != 1:
        raise SchemaError("another process is migrating this database; wait until it has ended")
    try:
        yield
    finally:
        if not connection.invalidated:
            connection.execute(text(f"SELECT RELEASE_LOCK({name})"))


def _lock_postgresql(connection: Connection) -> None:
    """
    Wait until no other migration runs.

    With REPEATABLE READ, the transaction would not see the changes of that migration afterwards. So
    its isolation level is changed if it has not sent a statement yet; otherwise it does not wait.
    """
    if _has_not_begun(connection):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    if connection.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    elif not connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock({LOCK})").scalar():
        raise SchemaError(
            "another process is migrating this database; roll back, and upgrade again when it has"
            " ended"
        )


def _has_not_begun(connection: Connection) -> bool:
    """Tell whether the transaction has sent no statement yet; False if the driver cannot tell."""
    info = getattr(connection.connection.dbapi_connection, "info", None)
    status = getattr(info, "transaction_status", None)
    return status is not None and int(status) == 0  # libpq's PQTRANS_IDLE


@contextmanager
def _in_one_schema(connection: Connection) -> Iterator[None]:
    """
    Reduce ``search_path`` to the schema in which PostgreSQL creates tables.

    Tables in other schemas of ``search_path`` may belong to another installation.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    path = "SELECT current_setting('search_path'), current_schema(), current_schemas(false)"
    before, first, schemas = connection.exec_driver_sql(path).one()
    if first is None:
        raise SchemaError(
            f"no schema of search_path ({before}) exists, or this account may not use it; run"
            " CREATE SCHEMA, or set another search_path"
        )
    if len(schemas) < 2:  # noqa: PLR2004 - a single schema
        yield
        return
    change = text("SELECT set_config('search_path', :path, false)")
    connection.execute(change, {"path": connection.dialect.identifier_preparer.quote(first)})
    try:
        yield
    finally:
        if not connection.invalidated:
            # If the transaction failed, its rollback restores the setting.
            with suppress(DBAPIError):
                connection.execute(change, {"path": before})


@contextmanager
def _with_sql_mode(connection: Connection) -> Iterator[None]:
    """Set the sql_mode of migrations, and restore it (MariaDB)."""
    if not is_mysql(connection.dialect):
        yield
        return
    before = str(connection.scalar(text("SELECT @@SESSION.sql_mode")))
    kept = sorted(_KEPT_MODES & {*before.split(",")})
    change = text("SET SESSION sql_mode = :modes")
    connection.execute(change, {"modes": ",".join([_ADDED_MODES, *kept])})
    try:
        with _settings(connection):
            yield
    finally:
        if not connection.invalidated:
            connection.execute(change, {"modes": before})


@contextmanager
def _settings(connection: Connection) -> Iterator[None]:
    """Set the session variables that affect how tables change, and restore them."""
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
    """Begin a transaction that includes DDL; Python's sqlite3 begins one only for DML."""
    # SQLAlchemy's transaction begins first, so that the caller's commit or rollback ends this one.
    connection.exec_driver_sql("SELECT 1")
    driver = connection.connection.driver_connection
    if driver is not None and not driver.in_transaction:
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except DBAPIError as error:
            raise SchemaError(
                f"the SQLite file cannot be written ({error.orig}); check the permissions of"
                " the file and its folder, and end other programs that write to it; nothing was"
                " changed"
            ) from error


@contextmanager
def _without_foreign_key_checks(connection: Connection) -> Iterator[None]:
    """Disable foreign key checks on SQLite, where some changes drop and recreate a table."""
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
