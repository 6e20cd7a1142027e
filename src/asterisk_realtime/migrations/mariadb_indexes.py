"""The user's own indexes on MariaDB that would become too long for their new columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.migrations.differences import (
    ColumnDiffers,
    MissingIndex,
    Obstacle,
    ShortenedIndex,
)
from asterisk_realtime.migrations.kinds import Family, Verdict
from asterisk_realtime.migrations.mariadb_sizes import Column, most_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from asterisk_realtime.migrations.differences import Difference
    from asterisk_realtime.migrations.mariadb_catalogue import Key, TableDetails
    from asterisk_realtime.migrations.sql import Spelling

INDEX_BYTES: Final = 3072
"""Most bytes of a column in an index of InnoDB with dynamic rows."""

PART: Final = re.compile(
    r"[`\"](?P<name>(?:[^`\"]|``)+)[`\"](?:\((?P<length>\d+)\))?(?P<way> DESC)?"
)


@attrs.frozen
class _Part:
    """
    A column in an index.

    Attributes:
        name: Its name.
        characters: How many characters of a text are indexed; 0 for other types.
        width: The most bytes of one character, or of the whole cell for other types.
        way: ``DESC``, or empty.
        whole: Whether the whole text is indexed.
    """

    name: str
    characters: int
    width: int
    way: str
    whole: bool

    def size(self, most: int) -> int:
        """Return its size in bytes, with at most this number of characters."""
        return min(self.characters, most) * self.width if self.characters else self.width

    def sql(self, most: int) -> str:
        """Return its SQL, with at most this number of characters."""
        shortened = self.characters and (self.characters > most or not self.whole)
        length = f"({min(self.characters, most)})" if shortened else ""
        return f"`{self.name}`{length}{self.way}"


def shortened(
    tables: Mapping[str, TableDetails], differences: Iterable[Difference], spelling: Spelling
) -> Iterator[Difference]:
    """Yield the indexes that must be shortened, since their columns become longer."""
    differences = tuple(differences)
    for table, details in tables.items():
        here = [each for each in differences if each.table == table]
        grown = {
            each.found.name: each
            for each in here
            if isinstance(each, ColumnDiffers) and each.verdict is not Verdict.FITS
        }
        replaced = {each.name for each in here if isinstance(each, MissingIndex) and each.replaces}
        for key in details.keys:
            if _is_plain(key) and key.name.lower() not in replaced:
                parts = [_part(found, details, grown, spelling) for found in _parts(key)]
                if {each.name for each in parts} & {*grown}:
                    yield from _judged(table, key, parts, spelling)


def _is_plain(key: Key) -> bool:
    """Tell whether an index holds only columns: it is not FULLTEXT, and has no expressions."""
    return not key.fulltext and not PART.sub("", key.columns).strip(",")


def _parts(key: Key) -> Iterator[re.Match[str]]:
    return PART.finditer(key.columns)


def _part(
    found: re.Match[str],
    details: TableDetails,
    grown: Mapping[str, ColumnDiffers],
    spelling: Spelling,
) -> _Part:
    name = found["name"].replace("``", "`")
    there, change = details.columns[name], grown.get(name)
    width = most_bytes(there.characters) if there.characters or change else 1
    type_ = there.type if change is None else spelling.type(change.wanted.type).replace(", ", ",")
    if change is not None and change.kind.family is not Family.TEXT:
        return _Part(name, 0, Column(type_, width).size, found["way"] or "", whole=True)
    length = re.match(r"(?:var)?char\((\d+)\)", type_, re.IGNORECASE)
    characters = int(found["length"] or (length[1] if length else 0))
    size = width if characters else Column(type_, width).size
    return _Part(name, characters, size, found["way"] or "", whole=not found["length"])


def _judged(table: str, key: Key, parts: list[_Part], spelling: Spelling) -> Iterator[Difference]:
    if _size(parts, INDEX_BYTES) <= INDEX_BYTES:
        return
    most = next(most for most in range(INDEX_BYTES, 0, -1) if _size(parts, most) <= INDEX_BYTES)
    columns = ",".join(each.sql(most) for each in parts)
    if not key.unique:
        making = key.sql.replace(f"({key.columns})", f"({columns})", 1)
        yield ShortenedIndex(table=table, name=key.name, columns=columns, making=making)
    elif not key.name or not getattr(spelling.dialect, "is_mariadb", False):
        # For any other unique index that is too long, MariaDB stores a hash.
        yield _too_long(table, key, spelling.for_people())


def _too_long(table: str, key: Key, spelling: Spelling) -> Obstacle:
    thing = f"unique index {key.name}" if key.name else "primary key"
    drop = f"DROP INDEX {spelling.name(key.name)}" if key.name else "DROP PRIMARY KEY"
    name = spelling.name(f"own_{key.name or table}")
    return Obstacle(
        table=table,
        problem=f"the {thing} of table {table} would need more than the {INDEX_BYTES} bytes that"
        " MariaDB allows, since its columns become longer",
        advice="replace it with an ordinary index, which the upgrade shortens:"
        f" ALTER TABLE {spelling.name(table)} {drop}, ADD INDEX {name} ({key.columns})",
    )


def _size(parts: list[_Part], most: int) -> int:
    return sum(each.size(most) for each in parts)
