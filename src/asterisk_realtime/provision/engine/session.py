"""How rows reach the caller's session: all of a call's rows, or none."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import (
    DBAPIError,
    SQLAlchemyError,
    StatementError,
    UnboundExecutionError,
)
from sqlalchemy.orm.exc import StaleDataError

from asterisk_realtime.models import Aor
from asterisk_realtime.provision.engine.failures import explained
from asterisk_realtime.provision.engine.records import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy.orm import Session, SessionTransaction

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
        action: The action; it writes nothing unless *writes*.
        writes: Whether it may write. On SQLite it then waits for other writers first.

    Returns:
        What *action* returns.

    Raises:
        ConcurrentChangeError: Another transaction has just added a row with the same key, or
            deleted one.
        ConstraintError: A constraint that was added to the tables refuses a row.
        SchemaMissingError: The database has no realtime tables.
        SchemaBehindError: Its tables lack columns that this library writes, or room in them.
        DBAPIError: The database failed, or ended the transaction; this is its first error.
    """
    _refuse_other(session)
    found = [session.connection(bind_arguments={"mapper": model}) for model in models]
    connections = list(dict.fromkeys([*found, *_files(session)]))
    before = sys.exception()
    try:
        return _in_savepoint(session, connections, action, before, writes=writes)
    except (DBAPIError, StaleDataError) as error:
        failure: Exception = _first(error, before)
        if session.is_active:  # otherwise the transaction is gone, or the caller's own rows failed
            failure = explained(failure, connections) or failure
    # Outside the handler, where the database's error, which may show a row, would be attached.
    raise failure


def _refuse_other(session: object) -> None:
    """
    Refuse an object that is not a session, if it is known how to get one.

    Raises:
        TypeError: It is an ``AsyncSession``, an engine or a connection.
    """
    name = type(session).__name__
    if hasattr(session, "run_sync"):
        raise TypeError(
            f"{name} is asynchronous: write await session.run_sync(function, ...) with the function"
        )
    if isinstance(session, Engine | Connection):
        raise TypeError(f"{name} is not a session: write with Session({name.lower()}) as session")


def waits(session: Session) -> bool:
    """Tell whether writing would begin a transaction on SQLite, which may have to wait."""
    _refuse_other(session)
    pending = session.new or session.dirty or session.deleted
    return not pending and any(map(_is_idle, _files(session)))


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
        whole = _is_taken_back(savepoint) and first is error
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


def _is_taken_back(savepoint: SessionTransaction | None) -> bool:
    """Roll back to *savepoint*, and tell whether it still existed."""
    try:
        if savepoint is not None:
            savepoint.rollback()
    except SQLAlchemyError:
        return False
    return True


class _TransactionEndedError(Exception):
    """Shown by a session, beside its own message, whenever it is used before a rollback."""


def _refuse_all(session: Session, connections: Sequence[Connection], why: str) -> None:
    """Make *session* refuse every statement and the commit until the caller rolls back."""
    while (nested := session.get_nested_transaction()) is not None:
        with suppress(SQLAlchemyError):  # the database may have dropped the savepoint itself
            nested.rollback()
    # This is the public way into the state in which a failed flush leaves a session.
    with suppress(SQLAlchemyError, _TransactionEndedError):
        session.bulk_insert_mappings(inspect(Aor), _failing(why))
    for connection in connections:
        outer = connection.get_transaction()
        if outer is not None:  # the caller began it, and gave the session the connection
            with suppress(SQLAlchemyError):  # the connection may be gone
                outer.rollback()


def _failing(why: str) -> Iterator[dict[str, Any]]:
    yield from ()
    raise _TransactionEndedError(why)


def _files(session: Session) -> Iterator[Connection]:
    """
    Return the session's connections to SQLite files, also to those that a call reads alone.

    One that first joined within the savepoint would begin and commit there, behind the caller.
    """
    for model in TABLES:
        try:
            bind = session.get_bind(mapper=model)
        except UnboundExecutionError:
            continue
        if bind.dialect.name == "sqlite":
            yield session.connection(bind_arguments={"mapper": model})


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

    A transaction that has read cannot wait for other writers any more: SQLite would refuse at once
    what the caller writes next.
    """
    for connection in begun:
        if not _is_idle(connection):
            connection.exec_driver_sql("ROLLBACK")
