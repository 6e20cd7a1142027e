"""PostgreSQL's locks on tables: all at the beginning, without causing deadlocks for others."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from asterisk_realtime.errors import SchemaError
from asterisk_realtime.migrations.sql import Spelling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

LOCK_TIMEOUT: Final = 60.0
"""Seconds for which an upgrade tries to get its locks by default."""

_WAIT: Final = 500
"""Milliseconds of one wait: less than PostgreSQL's deadlock_timeout, so that PostgreSQL does not
end another transaction for a deadlock."""

_PAUSES: Final = (0.1, 0.2, 0.5, 1.0)
"""Seconds between two tries, in which other transactions go on."""

_NOT_AVAILABLE: Final = "55P03"

_PLACES: Final = text(
    """
    WITH RECURSIVE named AS (
        SELECT c.oid FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v')
            AND c.oid IN (SELECT to_regclass(each) FROM unnest(CAST(:names AS text[])) each)
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
"""The tables, and before them the views on them: reading a view locks it before its tables."""


def lock_tables(connection: Connection, names: Iterable[str], seconds: float) -> None:
    """
    Lock tables exclusively, all of them or none.

    Other transactions lock several tables in an order of their own. So no lock is held for longer
    than *_WAIT* while waiting for another: all are released, and tried again.

    Args:
        connection: A connection to PostgreSQL, in a transaction; on others nothing is locked.
        names: Tables, quoted if needed; those that do not exist are left out.
        seconds: How long to try.

    Raises:
        SchemaError: The tables stayed in use for all that time.
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
                " others use them; nothing was changed: end those transactions, or wait longer"
                " (`upgrade(..., lock_timeout=...)`, `alembic -x lock_timeout=...`)"
            )
        time.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])
        tries += 1


def _locked(connection: Connection, places: list[str]) -> bool:
    before = connection.exec_driver_sql("SHOW lock_timeout").scalar()
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {_WAIT}")
            statement = f"LOCK TABLE {', '.join(places)} IN ACCESS EXCLUSIVE MODE"
            connection.exec_driver_sql(Spelling(connection.dialect).verbatim(statement))
    except DBAPIError as error:
        if sqlstate(error) != _NOT_AVAILABLE:
            raise
        return False
    connection.execute(text("SELECT set_config('lock_timeout', :b, true)"), {"b": before})
    return True


def sqlstate(error: DBAPIError) -> str | None:
    """Return the SQLSTATE of an error of PostgreSQL, as each driver names it."""
    for name in ("sqlstate", "pgcode"):
        code = getattr(error.orig, name, None)
        if isinstance(code, str):
            return code
    return None
