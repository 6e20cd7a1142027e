"""Lock all tables before the first change, without deadlocks in other transactions (PostgreSQL)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from asterisk_realtime.errors import SchemaError
from asterisk_realtime.migrations.sql import SqlWriter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

LOCK_TIMEOUT: Final = 60.0
"""For how many seconds an upgrade tries to lock the tables by default."""

_WAIT: Final = 500
"""Milliseconds of one try: less than PostgreSQL's deadlock_timeout, so that PostgreSQL does not
abort another transaction because of a deadlock."""

_PAUSES: Final = (0.1, 0.2, 0.5, 1.0)
"""Seconds between two tries, in which other transactions can continue."""

_NOT_AVAILABLE: Final = "55P03"

_IN_LOCK_ORDER: Final = text(
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
"""The tables, after the views on them, since a query on a view locks the view before its tables."""


def lock_tables(connection: Connection, names: Iterable[str], seconds: float) -> None:
    """
    Lock all tables exclusively, or none of them.

    Other transactions may lock several tables in another order. So a try that does not get all
    locks within ``_WAIT`` milliseconds releases those that it got, and a later try follows.

    Args:
        connection: A connection in a transaction; nothing is locked if it is not to PostgreSQL.
        names: Names of the tables, quoted if necessary; those that do not exist are ignored.
        seconds: For how many seconds to try.

    Raises:
        SchemaError: The tables could not be locked within that time.
    """
    if connection.dialect.name != "postgresql":
        return
    places = list(connection.scalars(_IN_LOCK_ORDER, {"names": sorted(names)}))
    if not places:
        return
    end, tries = time.monotonic() + seconds, 0
    while not _locked(connection, places):
        if time.monotonic() >= end:
            raise SchemaError(
                f"the tables {', '.join(places)} could not be locked within {seconds:g} s, since"
                " other transactions use them; nothing was changed: end those, or wait longer"
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
            connection.exec_driver_sql(SqlWriter(connection.dialect).verbatim(statement))
    except DBAPIError as error:
        if sqlstate(error) != _NOT_AVAILABLE:
            raise
        return False
    connection.execute(text("SELECT set_config('lock_timeout', :b, true)"), {"b": before})
    return True


def sqlstate(error: DBAPIError) -> str | None:
    """Return the SQLSTATE of a PostgreSQL error, from any driver."""
    for name in ("sqlstate", "pgcode"):
        code = getattr(error.orig, name, None)
        if isinstance(code, str):
            return code
    return None
