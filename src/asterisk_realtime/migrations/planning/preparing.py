"""Check rights and lock tables before the first change of an upgrade or downgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asterisk_realtime.errors import SchemaIrreconcilableError
from asterisk_realtime.migrations.mariadb import access as mariadb_access
from asterisk_realtime.migrations.planning import planning
from asterisk_realtime.migrations.postgresql import access as postgresql_access
from asterisk_realtime.migrations.postgresql.locking import lock_tables
from asterisk_realtime.migrations.schema import for_dialect, is_mysql
from asterisk_realtime.migrations.sql import SqlWriter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import MetaData
    from sqlalchemy.engine import Connection


def prepare(
    connection: Connection, tables: Iterable[MetaData], lock_timeout: float, *, upgrading: bool
) -> None:
    """
    Check all rights and take all locks that an upgrade or downgrade needs.

    PostgreSQL needs both, and SQLite needs neither. MariaDB would keep the changes before an error,
    so on MariaDB the rights and obstacles of all revisions of an upgrade are checked first.

    Args:
        connection: The connection of the upgrade or downgrade.
        tables: The tables of each of its revisions.
        lock_timeout: For how many seconds to try to lock the tables (PostgreSQL).
        upgrading: Whether it is an upgrade.

    Raises:
        SchemaIrreconcilableError: Rights are missing, or there are obstacles (MariaDB). The message
            has one line for each, with what to do about it.
        SchemaError: The tables could not be locked.
    """
    if is_mysql(connection.dialect) and upgrading:
        _refuse_on_mariadb(connection, tables)
    if connection.dialect.name != "postgresql":
        return
    writer = SqlWriter(connection.dialect)
    wanted = [for_dialect(metadata, connection.dialect) for metadata in tables]
    if not wanted:
        return
    plans = [planning.plan(connection, each, writer).with_dependants(connection) for each in wanted]
    missing = list(dict.fromkeys(map(str, postgresql_access.missing(connection, plans))))
    if missing:
        raise SchemaIrreconcilableError(missing)
    lock_tables(connection, {place for plan in plans for place in plan.places()}, lock_timeout)


def _refuse_on_mariadb(connection: Connection, tables: Iterable[MetaData]) -> None:
    writer = SqlWriter(connection.dialect)
    plans = [
        planning.plan(connection, for_dialect(metadata, connection.dialect), writer)
        for metadata in tables
    ]
    missing = list(map(str, mariadb_access.missing(connection, plans)))
    if missing:
        raise SchemaIrreconcilableError(missing)
    found = [str(each) for plan in plans for each in plan.obstacles(connection)]
    if found:
        raise SchemaIrreconcilableError(list(dict.fromkeys(found)))
