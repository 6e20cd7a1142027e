"""Run a call in a savepoint of the caller's session: it writes all of its rows, or none."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar
from weakref import ref

from sqlalchemy import Connection, Engine, event, inspect
from sqlalchemy.exc import (
    DBAPIError,
    PendingRollbackError,
    SQLAlchemyError,
    StatementError,
    UnboundExecutionError,
)
from sqlalchemy.orm import ORMExecuteState, Session, scoped_session
from sqlalchemy.orm.exc import StaleDataError

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models import Aor
from asterisk_realtime.provision.engine.failures import translated
from asterisk_realtime.provision.engine.records import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy.orm import SessionTransaction

    from asterisk_realtime.models import Base

T = TypeVar("T")
E = TypeVar("E", bound=BaseException)


def all_or_nothing(
    session: Session, models: Sequence[type[Base]], action: Callable[[], T], *, writes: bool = False
) -> T:
    """
    Run *action* in a savepoint of the caller's transaction, which stays usable if it fails.

    If the database itself has ended the transaction, the session refuses all work until the caller
    rolls back: nothing that was done before can be committed without the rest.

    Args:
        session: The caller's session. Its pending changes are flushed first.
        models: The tables of the action; a session may have a database for each family of tables.
        action: A function that writes nothing unless *writes*.
        writes: Whether it may write. On SQLite it then waits for other writers first.

    Returns:
        What *action* returns.

    Raises:
        ValidationError: The session's connection commits each statement by itself.
        ConcurrentChangeError: Another transaction has just added a row with the same key, or
            deleted one.
        ConstraintError: A constraint that was added to the tables refuses a row.
        TypeError: *session* is not a session.
        SchemaMissingError: A table that a statement names is missing.
        SchemaBehindError: Such a table lacks a column, or a column is too short.
        DBAPIError: The database failed, or ended the transaction; this is its first error.
    """
    _refuse_non_session(session)
    if isinstance(session, scoped_session):
        session = session()  # a listener on it would listen to all sessions of its factory
    found = [session.connection(bind_arguments={"mapper": model}) for model in models]
    connections = list(dict.fromkeys([*found, *_sqlite_connections(session)]))
    for connection in connections:
        _refuse_autocommit(connection)
    before = sys.exception()
    try:
        return _in_savepoint(session, connections, action, before, writes=writes)
    except (DBAPIError, StaleDataError) as error:
        failure: Exception = _first(error, before)
        # If the transaction has ended, or the caller's own rows failed, the error stays as it is.
        if session.is_active and not _is_ended(session):
            failure = translated(failure, connections) or failure
    # Raised outside the handler: the database's error, which may show a row, is not attached.
    raise failure


def _refuse_non_session(session: object) -> None:
    """
    Refuse an object that is not a session.

    Raises:
        TypeError: It is an ``AsyncSession``, an engine, a connection or something else.
    """
    name = type(session).__name__
    if hasattr(session, "run_sync"):
        raise TypeError(
            f"{name} is asynchronous: use the verbs of asterisk_realtime.aio; "
            "for any other function write await session.run_sync(function, ...)"
        )
    if isinstance(session, Engine | Connection):
        raise TypeError(f"{name} is not a session: write with Session({name.lower()}) as session")
    if not isinstance(session, Session | scoped_session):
        raise TypeError(f"{name} is not a session: give a Session of SQLAlchemy")


def _refuse_autocommit(connection: Connection) -> None:
    """
    Refuse a connection on which a call that fails would leave some of its rows behind.

    Raises:
        ValidationError: It commits each statement by itself.
    """
    if connection.dialect.name == "sqlite":
        return  # a call begins a transaction itself there
    driver = connection.connection.dbapi_connection
    with suppress(NotImplementedError):  # a driver that cannot tell is not refused
        if driver and connection.dialect.detect_autocommit_setting(driver):
            raise ValidationError(
                "isolation_level",
                "AUTOCOMMIT",
                "it commits each statement by itself, and a call writes all of its rows or none",
                "use a session of engine.execution_options(isolation_level='READ COMMITTED')",
            )


def may_wait(session: Session) -> bool:
    """Tell whether a write would begin a transaction on SQLite, which may wait for others."""
    _refuse_non_session(session)
    pending = session.new or session.dirty or session.deleted
    return not pending and any(map(_is_idle, _sqlite_connections(session)))


def _in_savepoint(
    session: Session,
    connections: Sequence[Connection],
    action: Callable[[], T],
    before: BaseException | None,
    *,
    writes: bool,
) -> T:
    savepoint: SessionTransaction | None = None
    begun: list[Connection] = []
    try:
        session.flush()
        _begin(connections, begun, "BEGIN IMMEDIATE" if writes else "BEGIN")
        savepoint = session.begin_nested()
        found = action()
        session.flush()
        savepoint.commit()
    except BaseException as error:
        first = _first(error, before)
        if isinstance(first, StatementError):
            first.hide_parameters = True
        if any(connection.closed for connection in connections):
            raise  # the action has ended the transaction, and nothing is left to roll back
        whole = _roll_back(savepoint) and first is error
        if not whole or any(connection.invalidated for connection in connections):
            _refuse_all(session, connections, str(first))
        else:
            _end(begun)
        raise
    if not writes:
        _end(begun)
    return found


def _first(error: E, before: BaseException | None) -> E | DBAPIError:
    """
    Return the database's first error that led to *error*.

    SQLAlchemy rolls back to the savepoint after an error. If the database has ended the
    transaction, the savepoint no longer exists, and SQLAlchemy raises the error of that rollback.

    Args:
        error: The error that was raised.
        before: The error that the caller was already handling.
    """
    first: E | DBAPIError = error
    context = error.__context__
    while context is not None and context is not before:
        if isinstance(context, DBAPIError):
            first = context
        context = context.__context__
    return first


def _roll_back(savepoint: SessionTransaction | None) -> bool:
    """Roll back to *savepoint*, and tell whether it still existed."""
    try:
        if savepoint is not None:
            savepoint.rollback()
    except SQLAlchemyError:
        return False
    return True


class _TransactionEndedError(Exception):
    """A session shows it in its own error when it is used before a rollback."""


def _refuse_all(session: Session, connections: Sequence[Connection], why: str) -> None:
    """Make *session* refuse every statement and the commit until the caller rolls back."""
    root = session.get_transaction()
    for connection in connections:
        if connection.dialect.name != "sqlite":  # a database in memory would be lost
            connection.invalidate()
    while (nested := session.get_nested_transaction()) is not None:
        with suppress(SQLAlchemyError):  # the database may have dropped the savepoint itself
            nested.rollback()
    # This is the only public way to put a session into its state after a failed flush.
    with suppress(SQLAlchemyError, _TransactionEndedError):
        # Within the caller's ``with session.begin_nested()``, connection() raises: there SQLAlchemy
        # 2.0 would take the session for flushing forever after bulk_insert_mappings().
        session.connection(bind_arguments={"mapper": inspect(Aor)})
        session.bulk_insert_mappings(inspect(Aor), _failing_mappings(why))
    if session.is_active and root is not None:
        # The session stays active until the caller's ``with session.begin_nested()`` ends.
        session.info[_ENDED] = ref(root), why
        for name in ("do_orm_execute", "before_flush", "before_commit"):
            event.listen(session, name, _refuse_ended)
    for bind in databases(session):
        if isinstance(bind, Connection) and not bind.invalidated:
            with suppress(SQLAlchemyError):
                bind.rollback()  # begun by the caller


_ENDED: Final = "asterisk_realtime: the transaction that the database ended, and why"
"""Key in the `info` of a session."""


def _refuse_ended(used: Session | ORMExecuteState, *_rest: object) -> None:
    """Refuse what the caller does next in the transaction that the database ended."""
    session = used.session if isinstance(used, ORMExecuteState) else used
    if _is_ended(session):
        why = session.info[_ENDED][1]
        raise PendingRollbackError(
            f"call rollback() first: the database ended the transaction: {why}"
        )


def _is_ended(session: Session) -> bool:
    """Tell whether *session* is still in a transaction that the database has ended."""
    root, noted = session.get_transaction(), session.info.get(_ENDED)
    return root is not None and noted is not None and noted[0]() is root


def _failing_mappings(why: str) -> Iterator[dict[str, Any]]:
    yield from ()
    raise _TransactionEndedError(why)


def _sqlite_connections(session: Session) -> Iterator[Connection]:
    """
    Return the session's connections to SQLite, including those that a call only reads.

    One that first joined within the savepoint would begin and commit there, unknown to the caller.
    """
    for bind, model in databases(session).items():
        if bind.dialect.name == "sqlite":
            yield session.connection(bind_arguments={"mapper": model})


def databases(session: Session) -> dict[Engine | Connection, type[Base]]:
    """
    Return each database of a session, with a table that it holds.

    Raises:
        TypeError: It is not a session.
    """
    _refuse_non_session(session)
    found: dict[Engine | Connection, type[Base]] = {}
    for model in TABLES:
        with suppress(UnboundExecutionError):
            found.setdefault(session.get_bind(mapper=model), model)
    return found


def _begin(connections: Sequence[Connection], begun: list[Connection], statement: str) -> None:
    """
    Begin real transactions on SQLite, and add the connections to *begun*.

    Python's driver begins one only before an INSERT, UPDATE or DELETE; a SAVEPOINT before that
    would be the outermost transaction, and its RELEASE would commit.
    """
    for connection in filter(_is_idle, connections):
        connection.exec_driver_sql(statement)
        begun.append(connection)


def _is_idle(connection: Connection) -> bool:
    """Tell whether it is a connection to SQLite without a transaction."""
    if connection.dialect.name != "sqlite":
        return False
    return not getattr(connection.connection.driver_connection, "in_transaction", True)


def _end(begun: Sequence[Connection]) -> None:
    """
    End transactions in which nothing was written.

    A transaction that has read cannot wait for other writers: SQLite would refuse at once what the
    caller writes next.
    """
    for connection in begun:
        if not _is_idle(connection):
            connection.exec_driver_sql("ROLLBACK")
