"""Check rights and lock tables before the first change of an upgrade or downgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asterisk_realtime.errors import SchemaIrreconcilableError
from asterisk_realtime.migrations.converting import is_mysql, merged
from asterisk_realtime.migrations.mariadb import access as mariadb_access
from asterisk_realtime.migrations.planning import planning
from asterisk_realtime.migrations.postgresql import access as postgresql_access
from asterisk_realtime.migrations.postgresql.locking import lock_tables
from asterisk_realtime.migrations.sql import SqlWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import MetaData
    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.comparing.differences import Obstacle
    from asterisk_realtime.migrations.planning.planning import Plan


def prepare(
    connection: Connection, tables: Sequence[MetaData], lock_timeout: float, *, upgrading: bool
) -> None:
    """
    Check all rights and take all locks that an upgrade or downgrade needs.

    PostgreSQL needs both, and SQLite needs neither. MariaDB would keep the changes before an error,
    so on MariaDB the rights and obstacles of an upgrade are checked first: those of all its
    revisions together, since only together they may have more columns than a table takes.

    Args:
        connection: The connection of the upgrade or downgrade.
        tables: The tables of each of its revisions, oldest first.
        lock_timeout: For how many seconds to try to lock the tables (PostgreSQL).
        upgrading: Whether it is an upgrade.

    Raises:
        SchemaIrreconcilableError: Rights are missing, or there are obstacles (MariaDB). The message
            has one line for each, with what to do about it.
        SchemaError: The tables could not be locked.
    """
    if is_mysql(connection.dialect):
        if upgrading:
            _refuse_on_mariadb(connection, _plan(connection, tables))
    elif connection.dialect.name == "postgresql" and tables:
        plan = _plan(connection, tables).with_dependants(connection)
        _refuse(postgresql_access.missing(connection, plan))
        lock_tables(connection, plan.places(), lock_timeout)


def _plan(connection: Connection, tables: Iterable[MetaData]) -> Plan:
    wanted = merged(tables, connection.dialect)
    return planning.plan(connection, wanted, SqlWriter(connection.dialect))


def _refuse_on_mariadb(connection: Connection, plan: Plan) -> None:
    _refuse(mariadb_access.missing(connection, plan))
    _refuse(plan.obstacles(connection))


def _refuse(obstacles: Iterable[Obstacle]) -> None:
    found = list(dict.fromkeys(map(str, obstacles)))
    if found:
        raise SchemaIrreconcilableError(found)
