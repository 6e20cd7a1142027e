"""
How calls that write take turns: by one row of each database, locked until the writer's commit.

The row has a version number. A call reads it with its first statement. Before the call writes, it
increments the version if that is unchanged: then everything that the call has read is still valid,
and no other call can change it before the caller's commit. If the version has changed, the call
locks the row anyway, reads everything again, and writes what follows from that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from weakref import ref

from sqlalchemy import insert, update

from asterisk_realtime.models.change_lock import LOCK
from asterisk_realtime.provision.engine.scopes import MARIADB
from asterisk_realtime.provision.engine.session import databases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Base

    Bind = Engine | Connection

ROW: Final = 1
"""The only ``id`` of the table."""

_OLD: Final = "asterisk_realtime_old_snapshot"


def hold(session: Session, versions: Mapping[Bind, int]) -> bool:
    """
    Lock each database until the caller's transaction ends, in one fixed order.

    Args:
        session: The caller's session.
        versions: The version of each database when the call began to read there.

    Returns:
        Whether no other call has written since. Otherwise everything must be read again.
    """
    current = True
    for bind, model in databases(session).items():
        if bind not in versions or _increment(session, model, versions[bind]):
            continue
        current = False
        _take(session, model)
    return current


def hold_all(session: Session) -> None:
    """Lock each database of a session, whatever its version."""
    for model in databases(session).values():
        _take(session, model)


def _take(session: Session, model: type[Base]) -> None:
    if not _increment(session, model):
        # The tables were emptied; if two calls find this at once, one of them must try again.
        row = insert(LOCK).values(id=ROW, version=1)
        session.execute(row, bind_arguments={"mapper": model})
    _note_old_snapshot(session.connection(bind_arguments={"mapper": model}))


def _increment(session: Session, model: type[Base], version: int | None = None) -> bool:
    """Increment the version, if it still is *version* or None is given; tell whether it did."""
    statement = update(LOCK).where(LOCK.c.id == ROW)
    if version is not None:
        statement = statement.where(LOCK.c.version == version)
    done: Any = session.execute(
        statement.values(version=LOCK.c.version + 1), bind_arguments={"mapper": model}
    )
    return bool(done.rowcount)


def _note_old_snapshot(connection: Connection) -> None:
    """
    Note that what a transaction reads may be out of date.

    On MariaDB with REPEATABLE READ a transaction goes on seeing the state at its first read. Later
    calls of the transaction cannot tell by the version, since the transaction itself changed it.
    """
    transaction = connection.get_transaction()
    # Not its id(), which a later transaction may have: a reader would then lock rows.
    connection.info[_OLD] = None if transaction is None else ref(transaction)


def has_old_snapshot(connection: Connection) -> bool:
    """Tell whether only locking reads see what other transactions have committed."""
    if connection.dialect.name not in MARIADB:
        return False
    noted, transaction = connection.info.get(_OLD), connection.get_transaction()
    return transaction is not None and noted is not None and noted() is transaction
