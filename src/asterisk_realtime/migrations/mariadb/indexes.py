"""Give indexes that would be too long prefix lengths for their text columns (MariaDB)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import String

from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    Difference,
    MissingColumn,
    MissingForeignKey,
    MissingIndex,
    MissingPrimaryKey,
    MissingTable,
    MissingUnique,
    Obstacle,
    ShortenedIndex,
)
from asterisk_realtime.migrations.comparing.kinds import Verdict
from asterisk_realtime.migrations.converting import INDEXED_LENGTH
from asterisk_realtime.migrations.mariadb.definitions import definition
from asterisk_realtime.migrations.mariadb.names import IndexPart, has_expressions, index_parts
from asterisk_realtime.migrations.mariadb.sizes import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import ForeignKeyConstraint, Index, Table
    from sqlalchemy.types import TypeEngine

    from asterisk_realtime.migrations.mariadb.catalogue import Key, TableDetails
    from asterisk_realtime.migrations.reading.inspection import Found
    from asterisk_realtime.migrations.sql import SqlWriter


_TEXT: Final = re.compile(
    r"(?:var)?(?:char|binary)\((?P<length>\d+)\)|(?:tiny|medium|long)?(?:text|blob)\b",
    re.IGNORECASE,
)
"""A type for which an index may have a prefix length."""


@attrs.frozen
class _Part:
    """
    A column in an index.

    Attributes:
        there: The column in the definition of the index.
        characters: How many characters of a text are indexed; 0 for other types.
        width: The maximum bytes of a character, or of a value for other types.
        fixed: Whether it must not get a prefix length.
    """

    there: IndexPart
    characters: int
    width: int
    fixed: bool = False

    def size(self, most: int) -> int:
        """Return its size in bytes, with at most *most* characters."""
        held = self.characters if self.fixed else min(self.characters, most)
        return held * self.width if self.characters else self.width

    def shortened(self, most: int) -> IndexPart:
        """Return the column with a prefix length of at most *most* characters."""
        shorter = 0 < most < self.characters and not self.fixed
        return attrs.evolve(self.there, length=most) if shorter else self.there


def fitted(
    found: Found,
    tables: Mapping[str, Table],
    differences: Iterable[Difference],
    writer: SqlWriter,
) -> tuple[Difference, ...]:
    """
    Return the differences, with indexes that are not longer than the server allows.

    A new index gets prefix lengths. An existing index that becomes too long gets a difference that
    shortens it, or an obstacle.

    Args:
        found: What the database contains.
        tables: The wanted tables, by name.
        differences: The changes.
        writer: Writes SQL for the server.
    """
    differences = tuple(differences)
    by_table = {
        name: _Indexes(
            found, tables[name], tuple(e for e in differences if e.table == name), writer
        )
        for name in found.details
    }
    added = [
        by_table[each.table].added(each) if each.table in by_table else each for each in differences
    ]
    existing = (each for indexes in by_table.values() for each in indexes.existing())
    ends = (end for each in differences for end in _foreign_key_columns(each) if end[0] in by_table)
    keys = (by_table[table].key(columns) for table, columns in ends)
    return (*added, *existing, *filter(None, keys))


def _foreign_key_columns(difference: Difference) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the tables and columns for which a new foreign key needs an index."""
    constraints: Iterable[ForeignKeyConstraint] = ()
    if isinstance(difference, MissingTable):
        constraints = difference.wanted.foreign_key_constraints
    elif isinstance(difference, MissingForeignKey):
        constraints = (difference.wanted,)
    for each in constraints:
        yield difference.table, tuple(each.column_keys)
        yield each.referred_table.name, tuple(element.column.name for element in each.elements)


@attrs.frozen
class _Indexes:
    """Measures the indexes of one table with the columns that it will have."""

    found: Found
    wanted: Table
    differences: tuple[Difference, ...]
    writer: SqlWriter

    @property
    def _details(self) -> TableDetails:
        return self.found.details[self.wanted.name]

    @property
    def _shown(self) -> SqlWriter:
        """A writer of SQL that is shown to people."""
        return self.writer.for_display()

    # -- Existing indexes --------------------------------------------------------------------------

    def existing(self) -> Iterator[Difference]:
        """Yield a difference or obstacle for each existing index that becomes too long."""
        replaced = {e.name for e in self.differences if isinstance(e, MissingIndex) and e.replaces}
        grown = self._grown()
        for key in self._details.keys:
            if key.fulltext or has_expressions(key.columns) or key.name.lower() in replaced:
                continue
            there = index_parts(key.columns)
            if {each.name for each in there} & {*grown}:
                yield from self._checked(key, self._parts(there))

    def _checked(self, key: Key, parts: tuple[_Part, ...]) -> Iterator[Difference]:
        if self._fits(parts):
            return
        if key.unique:
            # MariaDB stores a hash for any other unique index that is too long.
            if not key.name or not self._hashes or any(each.fixed for each in parts):
                yield self._too_long(key)
            return
        most = self._most(parts)
        if not most:
            yield self._always_too_long(key, parts)
            return
        columns = ",".join(str(each.shortened(most)) for each in parts)
        yield ShortenedIndex(
            table=self.wanted.name,
            name=key.name,
            columns=columns,
            making=key.with_columns(columns).sql,
        )

    def _too_long(self, key: Key) -> Obstacle:
        table = self.wanted.name
        thing = f"unique index {key.name}" if key.name else "primary key"
        drop = f"DROP INDEX {self._shown.name(key.name)}" if key.name else "DROP PRIMARY KEY"
        name = self._shown.name(f"own_{key.name or table}")
        return Obstacle(
            table=table,
            problem=f"the {thing} of table {table} would need more than the"
            f" {self.found.index_bytes} bytes that MariaDB allows, since its columns become longer",
            advice="replace it with an ordinary index, which the upgrade shortens:"
            f" ALTER TABLE {self._shown.name(table)} {drop}, ADD INDEX {name} ({key.columns})",
        )

    def _always_too_long(self, key: Key, parts: tuple[_Part, ...]) -> Obstacle:
        """Return the obstacle for an index that is too long with any prefix length."""
        changes = f"DROP INDEX {self._shown.name(key.name)}"
        held = ", ".join(str(each.there) for each in parts if each.fixed)
        if held:
            changes += f", ADD INDEX {self._shown.name(f'own_{key.name}')} ({held})"
        return Obstacle(
            table=self.wanted.name,
            problem=f"index {key.name} of table {self.wanted.name} would need more than the"
            f" {self.found.index_bytes} bytes that MariaDB allows, since its columns become longer",
            advice="drop it, except for columns that a foreign key needs:"
            f" ALTER TABLE {self._shown.name(self.wanted.name)} {changes}",
        )

    # -- New indexes -------------------------------------------------------------------------------

    def added(self, difference: Difference) -> Difference:
        """Return the difference, with prefix lengths or as an obstacle if the index is too long."""
        match difference:
            case MissingIndex(wanted=index) if not index.unique:
                return self._index(difference, index)
            case MissingPrimaryKey(columns=columns):
                return self.key(columns) or difference
            case MissingUnique(columns=columns) if not self._hashes:
                return self.key(columns) or difference
            case _:
                return difference

    def _index(self, difference: MissingIndex, index: Index) -> MissingIndex:
        given = index.dialect_options[self.writer.dialect.name]["length"] or {}
        names = index.columns.keys()
        lengths = {name: self._unlimited(name) for name in names} | given
        parts = self._parts(tuple(IndexPart(name, lengths[name]) for name in names))
        if self._fits(parts):
            same = not any(lengths[name] for name in names if name not in given)
            return difference if same else attrs.evolve(difference, lengths=lengths)
        most = self._most(parts)
        shorter = {each.there.name: each.shortened(most).length for each in parts}
        return attrs.evolve(difference, lengths=shorter)

    def _unlimited(self, name: str) -> int:
        """Return the prefix length for a TEXT, which cannot be indexed without; else 0."""
        text = _TEXT.match(self._column(name).type)
        if text is None or text["length"]:
            return 0
        length = getattr(self.wanted.columns[name].type, "length", None)
        return min(length or INDEXED_LENGTH, INDEXED_LENGTH)

    def key(self, columns: tuple[str, ...]) -> Obstacle | None:
        """Return the obstacle for an index of whole columns if they are too long; else None."""
        parts = self._parts(tuple(map(IndexPart, columns)))
        if self._fits(parts):
            return None
        table, grown = self.wanted.name, self._grown()
        shorter = ", ".join(
            f"MODIFY COLUMN {self._wanted_definition(name)}"
            for name in columns
            if name in self._details.columns and name not in grown
            if isinstance(self.wanted.columns[name].type, String)
        )
        return Obstacle(
            table=table,
            problem=f"table {table} needs a key ({', '.join(columns)}), which would take more than"
            f" the {self.found.index_bytes} bytes that MariaDB allows",
            advice="make its columns as long as Asterisk's:"
            f" ALTER TABLE {self._shown.name(table)} {shorter}",
        )

    def _wanted_definition(self, name: str) -> str:
        type_ = self._shown.type(self.wanted.columns[name].type)
        details = attrs.evolve(self._details.columns[name], type=type_)
        there = self.found.tables[self.wanted.name].columns[name]
        return definition(name, there, details, self._shown)

    # -- Sizes -------------------------------------------------------------------------------------

    @property
    def _hashes(self) -> bool:
        """Whether the server stores a hash for a unique index that is too long."""
        return bool(getattr(self.writer.dialect, "is_mariadb", False))

    def _fits(self, parts: tuple[_Part, ...]) -> bool:
        limit = self.found.index_bytes
        return _size(parts, limit) <= limit

    def _most(self, parts: tuple[_Part, ...]) -> int:
        """Return the longest prefix length that fits; 0 if none does."""
        limit = self.found.index_bytes
        return next((most for most in range(limit, 0, -1) if _size(parts, most) <= limit), 0)

    def _parts(self, there: tuple[IndexPart, ...]) -> tuple[_Part, ...]:
        held, grown = self._needed_by_foreign_keys(there), self._grown()
        return tuple(
            self._part(each, fixed=at < held and not each.length and each.name not in grown)
            for at, each in enumerate(there)
        )

    def _part(self, there: IndexPart, *, fixed: bool) -> _Part:
        column = self._column(there.name)
        text = _TEXT.match(column.type)
        if text is None:
            return _Part(there, 0, column.size)
        width = 1 if "b" in text[0].lower() else column.width  # binary, or a blob
        return _Part(there, there.length or int(text["length"] or 0), width, fixed)

    def _column(self, name: str) -> Column:
        """Return a column as it will be after the upgrade."""
        there, new = self._details.columns.get(name), self._new_type(name)
        # A text keeps its character set; a number that becomes text gets that of the table.
        width = (there.width if there else 0) or self._details.width
        if new is not None:
            return Column(self.writer.type(new).replace(", ", ","), width)
        return Column(there.type if there else "", width)

    def _new_type(self, name: str) -> TypeEngine[Any] | None:
        """Return the new type of a column; None if it does not change."""
        if name in self._grown():
            return self._grown()[name].wanted.type
        added = (each for each in self.differences if isinstance(each, MissingColumn))
        return next((each.wanted.type for each in added if each.column == name), None)

    def _grown(self) -> dict[str, ColumnDiffers]:
        """Return the columns whose types change, by name."""
        return {
            each.found.name: each
            for each in self.differences
            if isinstance(each, ColumnDiffers) and each.verdict is not Verdict.FITS
        }

    def _needed_by_foreign_keys(self, there: tuple[IndexPart, ...]) -> int:
        """
        Return how many leading columns a foreign key needs without prefix lengths.

        The caller excludes columns that change, whose foreign keys must be dropped for the upgrade.
        """
        names = tuple(each.name for each in there)
        sides = [
            columns
            for each in self.found.foreign_keys
            for table, columns in ((each.table, each.columns), (each.target, each.referred))
            if table == self.wanted.name
        ]
        return max((len(each) for each in sides if names[: len(each)] == each), default=0)


def _size(parts: tuple[_Part, ...], most: int) -> int:
    return sum(each.size(most) for each in parts)
