"""PostgreSQL's locks on tables: all of them at the beginning, without a deadlock for anybody."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from asterisk_realtime.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

LOCK_TIMEOUT: Final = 60.0
"""Seconds that an upgrade tries to get its locks, unless it is told otherwise."""

_WAIT: Final = 500
"""Milliseconds of one wait: under PostgreSQL's deadlock_timeout, so that nobody's transaction is
taken for one half of a deadlock."""

_PAUSES: Final = (0.1, 0.2, 0.5, 1.0)
"""Seconds between the tries, in which the others go on."""

_NOT_AVAILABLE: Final = "55P03"

_PLACES: Final = text(
    """
    WITH RECURSIVE named AS (
        SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema() AND c.relname = ANY (:names)
            AND c.relkind IN ('r', 'p', 'v')
    ), needed AS (
        SELECT oid, 0 AS depth FROM named
        UNION
        SELECT r.ev_class, needed.depth + 1 FROM needed
        JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = needed.oid
            AND d.classid = 'pg_rewrite'::regclass
        JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class <> needed.oid
        WHERE needed.depth < 20
    )
    SELECT c.oid::regclass::text FROM needed JOIN pg_class c USING (oid)
    WHERE c.relkind IN ('r', 'p', 'v')
    GROUP BY c.oid ORDER BY max(depth) DESC, c.oid::regclass::text
    """
)
"""The tables, and before them the views on them: who reads a view locks it before its tables."""


def lock_tables(connection: Connection, names: Iterable[str], seconds: float) -> None:
    """
    Lock tables against everybody, or let all of them go again.

    Whoever uses several tables in a transaction takes them in an order of his own. So no lock is
    held while another is waited for longer than *_WAIT*: all are given back, and tried again.

    Args:
        connection: One of PostgreSQL's, in a transaction; others need no locks.
        names: Tables; those that are not there are left out.
        seconds: How long to try.

    Raises:
        SchemaError: Others use the tables all the time.
    """
    if connection.dialect.name != "postgresql":
        return
    places = list(connection.scalars(_PLACES, {"names": sorted(names)}))
    if not places:
        return
    end, tries = time.monotonic() + seconds, 0
    while not _locked(connection, places):
        if time.monotonic() >= end:
            raise SchemaError(
                f"the tables {', '.join(places)} could not be locked within {seconds:g} s, since"
                " others use them; nothing was changed: end their transactions, or wait longer"
                " (`upgrade(..., lock_timeout=...)`, `alembic -x lock_timeout=...`)"
            )
        time.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])
        tries += 1


def _locked(connection: Connection, places: list[str]) -> bool:
    before = connection.exec_driver_sql("SHOW lock_timeout").scalar()
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_WAIT}")
            connection.exec_driver_sql(f"LOCK TABLE {', '.join(places)} IN ACCESS EXCLUSIVE MODE")
    except DBAPIError as error:
        if sqlstate(error) != _NOT_AVAILABLE:
            raise
        return False
    connection.execute(text("SELECT set_config('lock_timeout', :b, true)"), {"b": before})
    return True


def sqlstate(error: DBAPIError) -> str | None:
    """Return the code of an error of PostgreSQL, under each driver's name for it."""
    for name in ("sqlstate", "pgcode"):
        code = getattr(error.orig, name, None)
        if isinstance(code, str):
            return code
    return None
