"""What an upgrade needs before its first change: rights, and PostgreSQL's locks on tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asterisk_realtime.errors import SchemaIrreconcilableError
from asterisk_realtime.migrations.mariadb import access as mariadb_access
from asterisk_realtime.migrations.planning import planning
from asterisk_realtime.migrations.postgresql import access as postgresql_access
from asterisk_realtime.migrations.postgresql.locking import lock_tables
from asterisk_realtime.migrations.schema import for_dialect, is_mysql
from asterisk_realtime.migrations.sql import Spelling

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import MetaData
    from sqlalchemy.engine import Connection


def prepare(
    connection: Connection, stated: Iterable[MetaData], lock_timeout: float, *, upgrading: bool
) -> None:
    """
    Check all rights and take all locks that an upgrade or downgrade needs.

    SQLite needs neither. MariaDB keeps the changes before a refusal, so there the obstacles of all
    revisions are checked first too.

    Args:
        connection: The connection of the upgrade or downgrade.
        stated: The tables of each of its revisions.
        lock_timeout: How many seconds to wait for PostgreSQL's locks.
        upgrading: Whether it is an upgrade.

    Raises:
        SchemaIrreconcilableError: Rights are missing, or on MariaDB there are obstacles; one line
            for each, with a statement that solves it.
        SchemaError: The tables could not be locked.
    """
    if is_mysql(connection.dialect) and upgrading:
        _refuse_on_mariadb(connection, stated)
    if connection.dialect.name != "postgresql":
        return
    spelling = Spelling(connection.dialect)
    wanted = [for_dialect(metadata, connection.dialect) for metadata in stated]
    if not wanted:
        return
    plans = [
        planning.plan(connection, each, spelling).with_dependants(connection) for each in wanted
    ]
    missing = list(dict.fromkeys(map(str, postgresql_access.missing(connection, plans))))
    if missing:
        raise SchemaIrreconcilableError(missing)
    lock_tables(connection, {place for plan in plans for place in plan.places()}, lock_timeout)


def _refuse_on_mariadb(connection: Connection, stated: Iterable[MetaData]) -> None:
    spelling = Spelling(connection.dialect)
    plans = [
        planning.plan(connection, for_dialect(metadata, connection.dialect), spelling)
        for metadata in stated
    ]
    lacking = list(map(str, mariadb_access.missing(connection, plans)))
    if lacking:
        raise SchemaIrreconcilableError(lacking)
    found = [str(each) for plan in plans for each in plan.obstacles(connection)]
    if found:
        raise SchemaIrreconcilableError(list(dict.fromkeys(found)))
