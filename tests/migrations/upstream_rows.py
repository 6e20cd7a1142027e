"""Tables of Asterisk's own scripts, with rows in them."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Engine, inspect, select

from tests.migrations.upstream_tables import build, upstream_metadata

if TYPE_CHECKING:
    from sqlalchemy import Column


@cache
def upstream() -> sa.MetaData:
    """Return the tables of Asterisk's scripts; nothing here changes them."""
    return upstream_metadata()


def fill(engine: Engine) -> None:
    """Make the tables of Asterisk's scripts, with a value in each cell of two rows each."""
    build(engine)
    with engine.begin() as connection:
        for table in upstream().sorted_tables:
            rows = [
                {column.name: value(column, number) for column in table.columns}
                for number in (1, 2)
            ]
            connection.execute(table.insert(), rows)


def value(column: Column[Any], number: int) -> object:
    """Return what a column can hold."""
    match column.type:
        case sa.Enum(enums=labels):
            return labels[-1]
        case sa.Boolean():
            return number == 1
        case sa.String():
            return str(number)
        case sa.LargeBinary():
            return bytes([number])
        case sa.DateTime():
            return datetime(2026, 1, number)  # noqa: DTZ001 - the tables know no zones
        case _:
            return number


def contents(engine: Engine) -> dict[str, list[str]]:
    """Return all rows of the tables that `fill` made, in no order."""
    if not inspect(engine).has_table("alembic_version_config"):
        return {}
    with engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(*table.columns))))
            for table in upstream().sorted_tables
        }
