"""
How calls that write take turns: one row of each database, which a writer holds until its commit.

The row has a number that each writing call counts up. A call reads it with its first statement, and
counts it up, where it has something to write, only if it still is what it was: then all that was
read in between still holds, and nobody can change it before the caller's commit. If it is not, the
call takes the row nevertheless, looks again, and writes what follows from that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, update
from sqlalchemy.exc import UnboundExecutionError

from asterisk_realtime.models.change_lock import LOCK
from asterisk_realtime.provision.engine.records import TABLES
from asterisk_realtime.provision.engine.scopes import MARIADB

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Base

    Bind = Engine | Connection

ROW: Final = 1
"""The only ``id`` of the table."""

_OLD: Final = "asterisk_realtime_old_snapshot"


def hold(session: Session, versions: Mapping[Bind, int]) -> bool:
    """
    Hold the lock of each database until the caller's transaction ends, in one fixed order.

    Args:
        session: The caller's session.
        versions: The number of each database when the call began to read there.

    Returns:
        Whether nobody else has written since. If somebody has, what was read must be read again.
    """
    current = True
    for bind, model in _databases(session):
        if bind not in versions or _counted(session, model, versions[bind]):
            continue
        current = False
        _take(session, model)
    return current


def hold_all(session: Session) -> None:
    """Hold the lock of each database of a session, whatever was read before."""
    for _bind, model in _databases(session):
        _take(session, model)


def _take(session: Session, model: type[Base]) -> None:
    if not _counted(session, model):
        # Somebody has emptied all tables; of two calls that find it so, one must try again.
        row = insert(LOCK).values(id=ROW, version=1)
        session.execute(row, bind_arguments={"mapper": model})
    _note_old_snapshot(session.connection(bind_arguments={"mapper": model}))


def _databases(session: Session) -> Iterator[tuple[Bind, type[Base]]]:
    """Return each database of a session once, with a table that it holds."""
    found: dict[Bind, type[Base]] = {}
    for model in TABLES:
        try:
            found.setdefault(session.get_bind(mapper=model), model)
        except UnboundExecutionError:
            continue
    yield from found.items()


def _counted(session: Session, model: type[Base], version: int | None = None) -> bool:
    """Count the number up, if it still is *version*, and tell whether it was."""
    statement = update(LOCK).where(LOCK.c.id == ROW)
    if version is not None:
        statement = statement.where(LOCK.c.version == version)
    done: Any = session.execute(
        statement.values(version=LOCK.c.version + 1), bind_arguments={"mapper": model}
    )
    return bool(done.rowcount)


def _note_old_snapshot(connection: Connection) -> None:
    """
    Note that what a transaction reads may be older than what it must know.

    On MariaDB with REPEATABLE READ a transaction goes on seeing its first look. The number of its
    own UPDATE is no sign of that, so that later calls of the transaction must be told.
    """
    connection.info[_OLD] = id(connection.get_transaction())


def has_old_snapshot(connection: Connection) -> bool:
    """Tell whether only locking reads see what others have committed."""
    if connection.dialect.name not in MARIADB:
        return False
    return bool(connection.info.get(_OLD) == id(connection.get_transaction()))
