"""Comparing a database with what the models need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asterisk_realtime.migrations import planning, postgresql_access, rehearsal
from asterisk_realtime.migrations.differences import Obstacle
from asterisk_realtime.migrations.families import carried
from asterisk_realtime.migrations.schema import for_dialect
from asterisk_realtime.migrations.sql import Spelling
from asterisk_realtime.models import Base

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.differences import Difference
    from asterisk_realtime.migrations.planning import Plan


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
    if connection.dialect.name == "postgresql" and (upgrading or found.differences):
        obstacles = (*_of_postgresql(connection, found), *obstacles)
    mendable = (each for each in found.differences if not isinstance(each, Obstacle))
    return (*{str(each): each for each in obstacles}.values(), *mendable)


def _of_postgresql(connection: Connection, plan: Plan) -> tuple[Obstacle, ...]:
    """Return the rights that are missing; where all are there, what the new types stop."""
    missing = tuple(postgresql_access.missing(connection, [plan]))
    return missing or rehearsal.obstacles(connection, plan)
