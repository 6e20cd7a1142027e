"""
How long the rows of a table become on MariaDB, which takes 65,535 bytes at most.

TEXT and BLOB count as a pointer, and text by the most bytes that its characters may take.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import text

from asterisk_realtime.migrations.differences import ColumnDiffers, MissingColumn, Obstacle
from asterisk_realtime.migrations.kinds import Verdict
from asterisk_realtime.migrations.mariadb import is_rewritten
from asterisk_realtime.migrations.mariadb_catalogue import PREFIX
from asterisk_realtime.migrations.schema import is_mysql

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Connection, Dialect
    from sqlalchemy.types import TypeEngine

    from asterisk_realtime.migrations.differences import Difference

LIMIT: Final = 65_535

_WORDS: Final = {
    1: "tinyint bool year enum",
    2: "smallint",
    3: "mediumint date time",
    4: "int integer float timestamp",
    5: "datetime",
    8: "bigint double",
    9: "tinytext tinyblob",
    10: "text blob",
    11: "mediumtext mediumblob",
    12: "longtext longblob",
    16: "uuid inet6",
}
_BYTES: Final = {word: size for size, words in _WORDS.items() for word in words.split()}
"""Of what is not here, such as a geometry, one: a row is refused only if it surely is too long."""

_DIGITS: Final = (0, 1, 1, 2, 2, 3, 3, 4, 4, 4)
"""Bytes of so many decimal digits; nine fill four bytes."""


@attrs.frozen
class _Column:
    """
    A column of MariaDB.

    Attributes:
        type: Its type as SQL, such as ``varchar(40)``.
        width: The most bytes of one of its characters.
        nullable: Whether it takes NULL.
    """

    type: str
    width: int
    nullable: bool

    @property
    def size(self) -> int:
        """How many bytes it takes of a row."""
        word, *numbers = re.findall(r"\w+", self.type.lower().partition(" ")[0]) or [""]
        sizes = [int(number) for number in numbers if number.isdigit()]
        if word in {"varchar", "varbinary"}:
            size = sizes[0] * (self.width if word == "varchar" else 1)
            return size + (1 if size < 2**8 else 2)
        if word in {"char", "binary"}:
            return sizes[0] * (self.width if word == "char" else 1)
        if word in {"decimal", "numeric"}:
            return _decimal(*sizes)
        fraction = (sizes[0] + 1) // 2 if word in {"time", "timestamp", "datetime"} and sizes else 0
        return _BYTES.get(word, 1) + fraction


def _decimal(precision: int = 10, scale: int = 0) -> int:
    return sum(digits // 9 * 4 + _DIGITS[digits % 9] for digits in (precision - scale, scale))


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
                # While the upgrade runs, its generated column is beside it.
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


def _size(columns: dict[str, _Column]) -> int:
    nulls = sum(column.nullable for column in columns.values())
    return sum(column.size for column in columns.values()) + (nulls + 7) // 8


def _table(difference: Difference) -> str:
    return difference.table


def _apply(
    change: MissingColumn | ColumnDiffers,
    columns: dict[str, _Column],
    width: int,
    dialect: Dialect,
    prefix: str = "",
) -> None:
    there = columns.get(change.column)
    if isinstance(change, ColumnDiffers) and change.verdict is Verdict.FITS and there is not None:
        nullable = bool(change.wanted.nullable)
        columns[prefix + change.column] = attrs.evolve(there, nullable=nullable)
        return
    columns[prefix + change.column] = _Column(
        _text(change.wanted.type, dialect),
        # It keeps its characters; a number that becomes text has those of the table.
        there.width if there is not None and there.width else width,
        bool(change.wanted.nullable),
    )


def _text(type_: TypeEngine[Any], dialect: Dialect) -> str:
    return type_.compile(dialect=dialect).replace(", ", ",")


def _columns(connection: Connection, table: str) -> dict[str, _Column]:
    rows = connection.execute(
        text(
            "SELECT c.column_name, c.column_type, coalesce(s.maxlen, 0), c.is_nullable = 'YES'"
            " FROM information_schema.columns c LEFT JOIN information_schema.character_sets s"
            " ON s.character_set_name = c.character_set_name"
            " WHERE c.table_schema = DATABASE() AND c.table_name = :table"
        ),
        {"table": table},
    )
    return {name: _Column(type_, width, bool(nullable)) for name, type_, width, nullable in rows}


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
