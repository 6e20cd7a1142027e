"""
Create the realtime tables, or bring existing ones up to date.

``upgrade(bind)`` does the same as ``alembic upgrade head``. It works on an empty database, on
tables that Asterisk's own scripts created, and on a database where an upgrade was interrupted.
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
