"""Comparing a database with what the models need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asterisk_realtime.migrations import planning
from asterisk_realtime.migrations.differences import Obstacle
from asterisk_realtime.migrations.families import carried
from asterisk_realtime.migrations.schema import for_dialect
from asterisk_realtime.migrations.sql import Spelling
from asterisk_realtime.models import Base

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.differences import Difference


def differences(connection: Connection, families: tuple[str, ...] | None) -> tuple[Difference, ...]:
    """Return the differences between the tables of *families* and the models, obstacles first."""
    spelling = Spelling(connection.dialect)
    wanted = for_dialect(carried(Base.metadata, families), connection.dialect)
    found = planning.plan(connection, wanted, spelling)
    changes = (each for each in found.differences if not isinstance(each, Obstacle))
    return (*found.obstacles(connection), *changes)
