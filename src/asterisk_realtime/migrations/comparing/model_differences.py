"""Compare a database with the models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asterisk_realtime.migrations.comparing.differences import Obstacle
from asterisk_realtime.migrations.converting import for_dialect, is_mysql
from asterisk_realtime.migrations.families import tables_of
from asterisk_realtime.migrations.mariadb import access as mariadb_access
from asterisk_realtime.migrations.planning import dry_run, planning
from asterisk_realtime.migrations.postgresql import access as postgresql_access
from asterisk_realtime.migrations.sql import SqlWriter
from asterisk_realtime.models import Base

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.comparing.differences import Difference
    from asterisk_realtime.migrations.planning.planning import Plan


def differences(
    connection: Connection, families: tuple[str, ...] | None, *, upgrading: bool = False
) -> tuple[Difference, ...]:
    """
    Return the differences between the tables of *families* and the models, obstacles first.

    Args:
        connection: The database; nothing is changed.
        families: The families of the database; None for all.
        upgrading: Whether to check the rights for an upgrade even if no table differs.
    """
    writer = SqlWriter(connection.dialect)
    wanted = for_dialect(tables_of(Base.metadata, families), connection.dialect)
    found = planning.plan(connection, wanted, writer).with_dependants(connection)
    obstacles = found.obstacles(connection)
    hidden = found.found.unreadable - {*found.found.tables}
    if upgrading or found.differences or hidden:
        obstacles = (*_server_obstacles(connection, found), *obstacles)
    rest = (each for each in found.differences if not isinstance(each, Obstacle))
    return (*{str(each): each for each in obstacles}.values(), *rest)


def _server_obstacles(connection: Connection, plan: Plan) -> tuple[Obstacle, ...]:
    """Return missing rights, else the objects that do not work with the new types (PostgreSQL)."""
    if is_mysql(connection.dialect):
        return tuple(mariadb_access.missing(connection, plan))
    if connection.dialect.name != "postgresql":
        return ()
    missing = tuple(postgresql_access.missing(connection, plan))
    return missing or dry_run.obstacles(connection, plan)
