"""Have other writers wait before you read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asterisk_realtime.provision.engine.lock import hold_all
from asterisk_realtime.provision.engine.session import all_or_nothing, databases

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def lock(session: Session) -> None:
    """
    Make other calls of this library that write wait until this transaction ends.

    Call it first in a transaction that changes what it reads: no other call changes what `get`
    returns until you commit or roll back; other programs may. A call that writes takes the lock
    itself, so a transaction that only writes does not need this function.

    Args:
        session: The caller's session.

    Raises:
        SchemaError: The database's tables are missing or too old.
        sqlalchemy.exc.DBAPIError: The lock was not free in time, or the database ended the
            transaction; see `is_retryable`.
    """
    models = list(databases(session).values())
    all_or_nothing(session, models, lambda: hold_all(session), writes=True)
