"""Find tables that would exceed InnoDB's limits for columns, indexes and rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeGuard

import attrs

from asterisk_realtime.migrations.comparing.differences import (
    MissingIndex,
    MissingKey,
    MissingPrimaryKey,
    MissingUnique,
    Obstacle,
    OtherStorage,
    ShortenedIndex,
)
from asterisk_realtime.migrations.mariadb.names import index_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.comparing.differences import Difference
    from asterisk_realtime.migrations.mariadb.catalogue import Key, TableDetails
    from asterisk_realtime.migrations.mariadb.sizes import Column
    from asterisk_realtime.migrations.sql import SqlWriter

ROW: Final = 65_535
COLUMNS: Final = 1017
INDEXES: Final = 64

_HEADER: Final = 18
"""Bytes of a row besides its columns: its header, transaction id and rollback pointer."""


@attrs.frozen
class Limits:
    """
    A table during an upgrade, compared with the limits of its server.

    Attributes:
        table: Its name.
        details: The table as it is.
        differences: Its changes.
        states: Its columns by name, at each stage of the upgrade.
        needed: The columns of each index that it must have.
        page: The page size in bytes; 0 if the server allows longer rows.
        writer: Writes SQL for the server.
    """

    table: str
    details: TableDetails
    differences: Sequence[Difference]
    states: Sequence[Mapping[str, Column]]
    needed: frozenset[tuple[str, ...]]
    page: int
    writer: SqlWriter

    def obstacles(self) -> Iterator[Obstacle]:
        """Yield an obstacle for each limit that the table would exceed."""
        most = max(map(len, self.states))
        if most > COLUMNS:
            yield self._obstacle(
                f"table {self.table} would have up to {most} columns during the upgrade, but"
                f" MariaDB allows {COLUMNS}",
                "drop columns of your own, or move them to another table: " + self._column_query(),
            )
            return
        yield from self._row()
        yield from self._indexes()

    def _obstacle(self, problem: str, advice: str) -> Obstacle:
        return Obstacle(table=self.table, problem=problem, advice=advice)

    def _column_query(self) -> str:
        return (
            "SELECT column_name, column_type, character_octet_length"
            " FROM information_schema.columns WHERE table_schema = DATABASE()"
            f" AND table_name = '{self.table}' ORDER BY 3 DESC"
        )

    # -- Rows --------------------------------------------------------------------------------------

    def _row(self) -> Iterator[Obstacle]:
        size = max(map(_size, self.states))
        if size > ROW:
            yield self._obstacle(
                f"rows of table {self.table} would take {size} bytes, but MariaDB allows {ROW}",
                f"shorten columns of your own, or convert them to TEXT: {self._column_query()}",
            )
        elif self.page:
            yield from self._in_page()

    def _in_page(self) -> Iterator[Obstacle]:
        """Yield an obstacle for the rows or the first index that do not fit in a page."""
        for things, size, limit in self._in_pages():
            if size > limit:
                yield self._obstacle(
                    f"{things} of table {self.table} would take {size} bytes of a page, but row"
                    f" format {self.details.row_format} allows {limit}",
                    f"store the table uncompressed: ALTER TABLE {self.writer.name(self.table)}"
                    " ROW_FORMAT=DYNAMIC KEY_BLOCK_SIZE=0"
                    if self._block
                    else f"convert columns of your own to TEXT: {self._column_query()}",
                )
                return

    def _in_pages(self) -> Iterator[tuple[str, int, int]]:
        """Yield the rows and the index entries, each with its size and the limit in a page."""
        for columns in self.states:
            stored = sum(not column.virtual for column in columns.values())
            yield "rows", size_in_page(columns), self._most_in_page(stored)
        if not self._block:
            return  # in an uncompressed page, the limit of an index is reached first
        for name, parts in self._index_columns():
            whole = dict.fromkeys(self._key(), 0) | parts
            size = sum(self._size_in_index(column, most) for column, most in whole.items())
            # Two entries must fit in a page, with a list of their fields.
            yield f"entries of index {name}", size, self._block // 2 - 69 - len(whole)

    def _index_columns(self) -> Iterator[tuple[str, dict[str, int]]]:
        """Yield each index with the prefix length of its columns; 0 for whole columns."""
        changed = {each.name.lower() for each in self.differences if _changes_index(each)}
        for key in self.details.keys:
            if key.name and not key.fulltext and key.name.lower() not in changed:
                yield key.name, _lengths(key.columns)
        for each in self.differences:
            if isinstance(each, MissingIndex):
                plain = each.wanted.dialect_options[self.writer.dialect.name]["length"] or {}
                names, lengths = each.wanted.columns.keys(), each.lengths or plain
                yield each.name, {name: lengths.get(name, 0) for name in names}
            elif isinstance(each, ShortenedIndex):
                yield each.name, _lengths(each.columns)
            elif isinstance(each, (MissingKey, MissingUnique)):
                yield ", ".join(each.columns), dict.fromkeys(each.columns, 0)

    def _key(self) -> tuple[str, ...]:
        """Return the columns of the primary key, which each index entry also contains."""
        for each in self.differences:
            if isinstance(each, MissingPrimaryKey):
                return each.columns
        keys = [key.columns for key in self.details.keys if not key.name]
        return tuple(each.name for columns in keys for each in index_parts(columns))

    def _size_in_index(self, name: str, most: int) -> int:
        column = self.states[-1][name]
        if not most:
            return column.size
        # For TEXT and BLOB, only the prefix length limits the size.
        held = most * column.width + 2
        return held if column.type.lower().endswith(("text", "blob")) else min(column.size, held)

    @property
    def _block(self) -> int:
        """The size of a compressed page in bytes; 0 if pages are or become uncompressed."""
        stored = any(isinstance(each, OtherStorage) for each in self.differences)
        if stored or self.details.row_format.upper() != "COMPRESSED":
            return 0
        found = re.search(r"key_block_size=(\d+)", self.details.options, re.IGNORECASE)
        return int(found[1]) * 1024 if found else self.page // 2

    def _most_in_page(self, columns: int) -> int:
        whole = most_in_page(self.page)
        if not self._block:
            return whole
        # A compressed page must hold a row that does not compress, and a list of its fields.
        return min(whole, self._block - 118 - 2 * (columns + 3))

    # -- Indexes -----------------------------------------------------------------------------------

    def _indexes(self) -> Iterator[Obstacle]:
        added = [each for each in self.differences if _adds_index(each)]
        excess = len(self.details.keys) + len(added) - INDEXES
        if excess > 0:
            name = self.writer.name(self.table)
            own = [key.name for key in reversed(self.details.keys) if not self._is_needed(key)]
            drops = ", ".join(f"DROP INDEX {self.writer.name(each)}" for each in own[:excess])
            yield self._obstacle(
                f"table {self.table} would have {excess + INDEXES} indexes, but MariaDB allows"
                f" {INDEXES}",
                f"drop {excess} of your own that you do not need, "
                + (
                    f"such as: ALTER TABLE {name} {drops}" if own else f"of: SHOW INDEX FROM {name}"
                ),
            )

    def _is_needed(self, key: Key) -> bool:
        """Tell whether an index is unique, or needed by Asterisk or a foreign key."""
        columns = tuple(each.name for each in index_parts(key.columns))
        return key.unique or any(columns[: len(each)] == each for each in self.needed)


def _lengths(columns: str) -> dict[str, int]:
    return {each.name: each.length for each in index_parts(columns)}


def _changes_index(difference: Difference) -> TypeGuard[MissingIndex | ShortenedIndex]:
    """Tell whether an existing index is replaced by one of the same name."""
    if isinstance(difference, MissingIndex):
        return difference.replaces
    return isinstance(difference, ShortenedIndex)


def _adds_index(difference: Difference) -> bool:
    if isinstance(difference, MissingIndex):
        return not difference.replaces
    return isinstance(difference, (MissingKey, MissingPrimaryKey, MissingUnique))


def _size(columns: Mapping[str, Column]) -> int:
    return sum(column.size for column in columns.values()) + _nulls(columns)


def most_in_page(page: int) -> int:
    """Return the maximum size of a row in an uncompressed page, in bytes."""
    # Two rows must fit in a page, of which InnoDB itself uses 132 bytes.
    return min((page - 132) // 2, 16_383)


def size_in_page(columns: Mapping[str, Column]) -> int:
    """Return the size of a row of these columns in a page, in bytes."""
    stored = {name: column for name, column in columns.items() if not column.virtual}
    return sum(column.size_in_page for column in stored.values()) + _nulls(stored) + _HEADER


def _nulls(columns: Mapping[str, Column]) -> int:
    return (sum(column.nullable for column in columns.values()) + 7) // 8


def page_size(connection: Connection) -> int:
    """Return the page size in bytes; 0 if the server allows longer rows."""
    size, strict = connection.exec_driver_sql(
        "SELECT @@innodb_page_size, @@innodb_strict_mode"
    ).one()
    return int(size) if strict else 0


def index_bytes(connection: Connection) -> int:
    """Return the maximum size of an index in InnoDB's row format DYNAMIC, in bytes."""
    return most_of_index(int(connection.exec_driver_sql("SELECT @@innodb_page_size").scalar_one()))


def most_of_index(page: int) -> int:
    """Return the maximum size of an index for a page size, both in bytes."""
    return min(page * 3 // 16, 3072)
