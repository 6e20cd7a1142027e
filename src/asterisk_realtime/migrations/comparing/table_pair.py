"""A wanted table beside the existing one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from asterisk_realtime.migrations.converting import NumberedInteger, is_mysql

if TYPE_CHECKING:
    from sqlalchemy import Column, Table
    from sqlalchemy.engine import Dialect

    from asterisk_realtime.migrations.mariadb.catalogue import TableDetails
    from asterisk_realtime.migrations.reading.inspection import FoundTable


@attrs.frozen
class TablePair:
    """A wanted table, the existing one, and what MariaDB's catalogue has about it."""

    wanted: Table
    found: FoundTable
    dialect: Dialect
    details: TableDetails

    def all_indexes(self) -> tuple[tuple[str, ...], ...]:
        """Return the columns of each existing index and key that holds all rows."""
        found = self.found
        whole = (each for name, each in found.indexes.items() if name not in found.partial)
        return (*whole, found.primary_key, *found.uniques)

    def without_partitions(self) -> str:
        """Return what to do about partitions that prevent a change."""
        name = self.wanted.name
        if is_mysql(self.dialect):
            return f"remove them: ALTER TABLE {name} REMOVE PARTITIONING"
        return (
            f"rename it: ALTER TABLE {name} RENAME TO own_{name}; after the upgrade copy its rows"
            f" from own_{name}"
        )


def is_auto_numbered(column: Column[Any]) -> bool:
    """Tell whether the database gives the column its numbers."""
    return (
        column.autoincrement is True
        or column.identity is not None
        or isinstance(column.type, NumberedInteger)
        or is_random(column)
    )


def is_random(column: Column[Any]) -> bool:
    """Tell whether the column gets random numbers as its default (SQLite)."""
    default = getattr(column.server_default, "arg", None)
    return "random()" in str(default)
