"""Labels of enums, of which a collation may consider some equal (MariaDB)."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import attrs
from sqlalchemy import text

from asterisk_realtime.migrations.comparing.differences import ColumnDiffers
from asterisk_realtime.migrations.comparing.kinds import TypeFamily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.comparing.differences import Difference
    from asterisk_realtime.migrations.mariadb.catalogue import TableDetails


def add_equal(
    connection: Connection, tables: Mapping[str, TableDetails], differences: Iterable[Difference]
) -> tuple[Difference, ...]:
    """
    Return the differences; each enum gets the labels that its collation considers equal.

    Args:
        connection: The database.
        tables: Details of the existing tables, by name.
        differences: The changes.
    """
    return tuple(
        attrs.evolve(each, equal=_equal(connection, each, tables[each.table]))
        if isinstance(each, ColumnDiffers) and _is_enum(each) and each.table in tables
        else each
        for each in differences
    )


def own(difference: ColumnDiffers) -> Iterator[str]:
    """Yield the labels of an existing enum that are not equal to a wanted one."""
    known = {label.lower() for label in difference.kind.labels} | {*dict(difference.equal)}
    for label in difference.found.kind.labels:
        # A label that differs in case only is equal, whatever the collation.
        if label not in known and label.lower() not in known:
            yield label


def same(difference: ColumnDiffers) -> Iterator[tuple[str, str]]:
    """Yield pairs of labels that are equal to a wanted one and differ by more than case."""
    return ((label, wanted) for label, wanted in difference.equal if label.lower() != wanted)


def _is_enum(difference: ColumnDiffers) -> bool:
    return difference.kind.family is difference.found.kind.family is TypeFamily.ENUM


def _equal(
    connection: Connection, difference: ColumnDiffers, details: TableDetails
) -> tuple[tuple[str, str], ...]:
    """Return pairs of an existing and a wanted label that are equal in the column's collation."""
    pairs = tuple(product(difference.found.kind.labels, difference.kind.labels))
    # CHARACTER SET ... COLLATE ...; the collation is quoted, since binary is a keyword
    _, _, characters, _, collation = details.columns[difference.found.name].characters.split()
    comparisons = ", ".join(
        f"CONVERT(:label_{at} USING {characters}) COLLATE `{collation}`"
        f" = CONVERT(:wanted_{at} USING {characters})"
        for at in range(len(pairs))
    )
    words = {
        f"{side}_{at}": word
        for at, pair in enumerate(pairs)
        for side, word in zip(("label", "wanted"), pair, strict=True)
    }
    flags = connection.execute(text(f"SELECT {comparisons}"), words).one()
    return tuple(pair for pair, equal in zip(pairs, flags, strict=True) if equal)
