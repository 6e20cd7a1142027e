"""
One chain of revisions that creates the realtime tables, or brings existing ones up to date.

``upgrade(bind)`` does what ``alembic upgrade head`` does: on an empty database, on one that
Asterisk's own scripts made, and on one where an upgrade was killed half way.
"""

from asterisk_realtime.migrations.api import check, current, downgrade, plan, upgrade
from asterisk_realtime.migrations.autogenerate import include_name, include_object
from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    Difference,
    MisplacedColumn,
    MissingColumn,
    MissingEnum,
    MissingForeignKey,
    MissingIndex,
    MissingLabel,
    MissingPrimaryKey,
    MissingTable,
    MissingUnique,
    NeverUpgraded,
    Obstacle,
)
from asterisk_realtime.migrations.families import FAMILIES

__all__ = [
    "FAMILIES",
    "ColumnDiffers",
    "Difference",
    "MisplacedColumn",
    "MissingColumn",
    "MissingEnum",
    "MissingForeignKey",
    "MissingIndex",
    "MissingLabel",
    "MissingPrimaryKey",
    "MissingTable",
    "MissingUnique",
    "NeverUpgraded",
    "Obstacle",
    "check",
    "current",
    "downgrade",
    "include_name",
    "include_object",
    "plan",
    "upgrade",
]
