"""Rows for tables of any shape: each word of each enum, each kind of value, and empty cells."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Column, Connection, Table

Contents = dict[str, list[dict[str, str]]]

_MOMENT: Final = datetime(2024, 2, 29, 23, 59, 58)  # noqa: DTZ001 - as the tables keep it
_TRICKY: Final = "a;b^c'd\"e\\f%g é"


def fill(connection: Connection, *, skip: tuple[str, ...] = ("alembic_version",)) -> sa.MetaData:
    """Put rows into every table; return the tables."""
    tables = sa.MetaData()
    tables.reflect(connection)
    for table in [each for each in tables.sorted_tables if each.name.startswith(skip)]:
        tables.remove(table)
    for table in tables.sorted_tables:
        connection.execute(table.insert(), _rows(table))
    return tables


def _rows(table: Table) -> list[dict[str, Any]]:
    words = [len(column.type.enums) for column in table.columns if isinstance(column.type, sa.Enum)]
    full = [
        {column.name: _cell(column, number) for column in table.columns}
        for number in range(max([2, *words]))
    ]
    number = len(full)
    bare = {
        column.name: _cell(column, number) if not column.nullable or column.unique else None
        for column in table.columns
    }
    if not any(bare.values()):
        return full
    return [*full, bare]


def _cell(column: Column[Any], number: int) -> Any:
    type_ = column.type
    if isinstance(type_, sa.Enum):
        return type_.enums[number % len(type_.enums)]
    if isinstance(type_, sa.String):
        return _text(column.name, number)[: type_.length]
    return _thing(type_, number)


def _text(name: str, number: int) -> str:
    if name in {"id", "name", "dir", "mailbox", "context", "queue_name", "interface"}:
        return f"key {number}"
    return f"{number}{name}{_TRICKY}"


def _thing(type_: sa.types.TypeEngine[Any], number: int) -> Any:
    if isinstance(type_, sa.LargeBinary):
        return bytes([number, 0, 255])
    if isinstance(type_, sa.DateTime):
        return _MOMENT
    if isinstance(type_, (sa.Float, sa.Numeric)):
        return number + 0.5
    # MariaDB's BOOLEAN is a number of its own, and holds 0 and 1.
    if isinstance(type_, sa.Boolean) or "TINYINT" in str(type_):
        return number % 2
    return number + 1


def contents(connection: Connection, tables: sa.MetaData) -> Contents:
    """Return the cells of these columns as text, in a stable order; empty cells are left out."""
    found: Contents = {}
    for table in tables.sorted_tables:
        names = ", ".join(map(connection.dialect.identifier_preparer.quote, table.columns.keys()))
        # As the driver gives them: enums may have other words than when *tables* was read.
        rows = connection.exec_driver_sql(f"SELECT {names} FROM {table.name}".replace("%", "%%"))
        cells = [
            {name: str(cell) for name, cell in row.items() if cell is not None}
            for row in rows.mappings()
        ]
        found[table.name] = sorted(cells, key=lambda row: sorted(row.items()))
    return found


def expected(before: Contents, becomes: Mapping[str, Mapping[str, str]]) -> Contents:
    """Return what cells become, given for columns ("table.column") by word."""
    return {
        table: sorted(
            (
                {
                    name: becomes.get(f"{table}.{name}", {}).get(cell, cell)
                    for name, cell in row.items()
                }
                for row in rows
            ),
            key=lambda row: sorted(row.items()),
        )
        for table, rows in before.items()
    }
