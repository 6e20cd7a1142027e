"""Comparing a database with what the models need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asterisk_realtime.migrations.comparing.differences import Obstacle
from asterisk_realtime.migrations.families import carried
from asterisk_realtime.migrations.mariadb import access as mariadb_access
from asterisk_realtime.migrations.planning import planning, rehearsal
from asterisk_realtime.migrations.postgresql import access as postgresql_access
from asterisk_realtime.migrations.schema import for_dialect, is_mysql
from asterisk_realtime.migrations.sql import Spelling
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
        families: What the database carries.
        upgrading: Whether rights that an upgrade needs are asked for although no table differs.
    """
    spelling = Spelling(connection.dialect)
    wanted = for_dialect(carried(Base.metadata, families), connection.dialect)
    found = planning.plan(connection, wanted, spelling).with_dependants(connection)
    obstacles = found.obstacles(connection)
    hidden = found.found.unreadable - {*found.found.tables}
    if upgrading or found.differences or hidden:
        obstacles = (*_of_server(connection, found), *obstacles)
    mendable = (each for each in found.differences if not isinstance(each, Obstacle))
    return (*{str(each): each for each in obstacles}.values(), *mendable)


def _of_server(connection: Connection, plan: Plan) -> tuple[Obstacle, ...]:
    """Return what the server or the account does not permit, and what PostgreSQL's types stop."""
    if is_mysql(connection.dialect):
        return tuple(mariadb_access.missing(connection, [plan]))
    if connection.dialect.name != "postgresql":
        return ()
    missing = tuple(postgresql_access.missing(connection, [plan]))
    return missing or rehearsal.obstacles(connection, plan)
