"""
How long the rows of a table become on MariaDB, which takes 65,535 bytes at most.

TEXT and BLOB count as a pointer, and text by the most bytes that its characters may take.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from asterisk_realtime.migrations.differences import ColumnDiffers, MissingColumn, Obstacle
from asterisk_realtime.migrations.kinds import Verdict
from asterisk_realtime.migrations.mariadb import is_rewritten
from asterisk_realtime.migrations.mariadb_catalogue import PREFIX
from asterisk_realtime.migrations.mariadb_sizes import Column
from asterisk_realtime.migrations.schema import is_mysql

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Connection, Dialect
    from sqlalchemy.types import TypeEngine

    from asterisk_realtime.migrations.differences import Difference

LIMIT: Final = 65_535

def obstacles(connection: Connection, differences: Iterable[Difference]) -> Iterator[Obstacle]:
    """Yield an obstacle for each table whose rows would become too long."""
    if not is_mysql(connection.dialect):
        return
    growing = [each for each in differences if isinstance(each, (MissingColumn, ColumnDiffers))]
    for table, changes in groupby(sorted(growing, key=_table), key=_table):
        columns = _columns(connection, table)
        width = _width(connection, table)
        between = dict(columns)
        for change in changes:
            if is_rewritten(change):
                # For a while, its stand-in beside it.
                _apply(change, between, width, connection.dialect, PREFIX)
            _apply(change, columns, width, connection.dialect)
        size = max(_size(between), _size(columns))
        if size > LIMIT:
            yield Obstacle(
                table=table,
                problem=f"rows of table {table} would take {size} bytes, of which MariaDB allows"
                f" {LIMIT}",
                advice="make columns of your own shorter, or TEXT:"
                " SELECT column_name, column_type, character_octet_length"
                f" FROM information_schema.columns WHERE table_schema = DATABASE()"
                f" AND table_name = '{table}' ORDER BY 3 DESC",
            )


def _size(columns: dict[str, Column]) -> int:
    nulls = sum(column.nullable for column in columns.values())
    return sum(column.size for column in columns.values()) + (nulls + 7) // 8


def _table(difference: Difference) -> str:
    return difference.table


def _apply(
    change: MissingColumn | ColumnDiffers,
    columns: dict[str, Column],
    width: int,
    dialect: Dialect,
    prefix: str = "",
) -> None:
    there = columns.get(change.column)
    if isinstance(change, ColumnDiffers) and change.verdict is Verdict.FITS and there is not None:
        nullable = bool(change.wanted.nullable)
        columns[prefix + change.column] = attrs.evolve(there, nullable=nullable)
        return
    columns[prefix + change.column] = Column(
        _text(change.wanted.type, dialect),
        # It keeps its characters; a number that becomes text has those of the table.
        there.width if there is not None and there.width else width,
        bool(change.wanted.nullable),
    )


def _text(type_: TypeEngine[Any], dialect: Dialect) -> str:
    return type_.compile(dialect=dialect).replace(", ", ",")


def _columns(connection: Connection, table: str) -> dict[str, Column]:
    rows = connection.execute(
        text(
            "SELECT c.column_name, c.column_type, coalesce(s.maxlen, 0), c.is_nullable = 'YES'"
            " FROM information_schema.columns c LEFT JOIN information_schema.character_sets s"
            " ON s.character_set_name = c.character_set_name"
            " WHERE c.table_schema = DATABASE() AND c.table_name = :table"
        ),
        {"table": table},
    )
    return {name: Column(type_, width, bool(nullable)) for name, type_, width, nullable in rows}


def _width(connection: Connection, table: str) -> int:
    # A collation begins with the name of its character set.
    found: int | None = connection.scalar(
        text(
            "SELECT s.maxlen FROM information_schema.tables t"
            " JOIN information_schema.character_sets s"
            " ON s.character_set_name = SUBSTRING_INDEX(t.table_collation, '_', 1)"
            " WHERE t.table_schema = DATABASE() AND t.table_name = :table"
        ),
        {"table": table},
    )
    return found or 1
