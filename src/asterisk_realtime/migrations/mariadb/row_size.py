"""Compare the columns of tables during an upgrade with the limits of MariaDB."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint

from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    MissingColumn,
    MissingTable,
    Obstacle,
)
from asterisk_realtime.migrations.comparing.kinds import Verdict
from asterisk_realtime.migrations.converting import RareFlag
from asterisk_realtime.migrations.mariadb.catalogue import PREFIX
from asterisk_realtime.migrations.mariadb.limits import (
    Limits,
    most_in_page,
    page_size,
    size_in_page,
)
from asterisk_realtime.migrations.mariadb.sizes import Column
from asterisk_realtime.migrations.mariadb.statements import is_rewritten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Column as SchemaColumn
    from sqlalchemy import MetaData, Table
    from sqlalchemy.engine import Connection, Dialect

    from asterisk_realtime.migrations.comparing.differences import Difference
    from asterisk_realtime.migrations.mariadb.catalogue import ForeignKey, TableDetails
    from asterisk_realtime.migrations.reading.inspection import Found, FoundTable
    from asterisk_realtime.migrations.sql import SqlWriter


def obstacles(
    connection: Connection,
    differences: Iterable[Difference],
    wanted: MetaData,
    found: Found,
    writer: SqlWriter,
) -> Iterator[Obstacle]:
    """
    Yield an obstacle for each limit of the server that a table would exceed.

    Args:
        connection: The database.
        differences: The changes.
        wanted: The wanted tables.
        found: The same tables in the database.
        writer: Writes SQL for the server.
    """
    page, width = page_size(connection), _width(connection)
    differences = tuple(differences)
    for each in differences:
        if isinstance(each, MissingTable):
            yield from of_new_table(each.wanted, page, width, writer)
    for table, group in groupby(sorted(differences, key=_table), key=_table):
        if table in found.details:
            changes = tuple(group)
            details = found.details[table]
            new = wanted.tables[table]
            states = _states(found.tables[table], details, changes, connection.dialect)
            needed = frozenset(_needed(new, found.foreign_keys))
            yield from Limits(table, details, changes, states, needed, page, writer).obstacles()


def _width(connection: Connection) -> int:
    """Return the maximum bytes of a character in a new table."""
    found = connection.exec_driver_sql(
        "SELECT maxlen FROM information_schema.character_sets"
        " WHERE character_set_name = @@character_set_database"
    )
    return int(found.scalar_one())


def of_new_table(table: Table, page: int, width: int, writer: SqlWriter) -> Iterator[Obstacle]:
    """
    Yield an obstacle if the pages of the server are too small for a new table.

    Args:
        table: The table.
        page: The page size in bytes; 0 if the server allows longer rows.
        width: The maximum bytes of a character.
        writer: Writes SQL for the server.
    """
    columns = {column.name: _new(column, width, writer.dialect) for column in table.columns}
    size, limit = size_in_page(columns), most_in_page(page)
    if page and size > limit:
        yield Obstacle(
            table=table.name,
            problem=f"rows of table {table.name} would take {size} bytes of a page, but a server"
            f" with innodb_page_size={page} allows {limit}",
            advice="use a server with larger pages, or leave this family of tables out",
        )


def _needed(table: Table, references: Iterable[ForeignKey]) -> Iterator[tuple[str, ...]]:
    """Yield the columns of each index that Asterisk or a foreign key needs."""
    for index in table.indexes:
        yield tuple(index.columns.keys())
    keys = (ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint)
    for constraint in table.constraints:
        if isinstance(constraint, keys) and constraint.columns:
            yield tuple(constraint.columns.keys())
    for each in references:
        if each.table == table.name:
            yield each.columns
        if each.target == table.name:
            yield each.referred


def _states(
    table: FoundTable,
    details: TableDetails,
    changes: Sequence[Difference],
    dialect: Dialect,
) -> tuple[dict[str, Column], ...]:
    """Return the columns of a table during the upgrade, and after it."""
    columns = {
        name: Column(there.type, there.width, table.columns[name].nullable, there.virtual)
        for name, there in details.columns.items()
    }
    between = dict(columns)
    for change in changes:
        if isinstance(change, (MissingColumn, ColumnDiffers)):
            if is_rewritten(change):
                # During the upgrade, the table also has its generated column.
                _apply(change, between, details.width, dialect, PREFIX)
            _apply(change, columns, details.width, dialect)
    return between, columns


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
    # A text keeps its character set; a number that becomes text gets that of the table.
    kept = there.width if there is not None and there.width else width
    new = _new(change.wanted, kept, dialect)
    if there is not None and there.virtual and not prefix:
        new = attrs.evolve(new, virtual=True)  # it becomes longer, and stays virtual
    columns[prefix + change.column] = new


def _new(column: SchemaColumn[Any], width: int, dialect: Dialect) -> Column:
    """Return a column as the migrations create it."""
    type_ = column.type.compile(dialect=dialect).replace(", ", ",")
    virtual = isinstance(column.type, RareFlag)
    return Column(type_, width, nullable=bool(column.nullable), virtual=virtual)
