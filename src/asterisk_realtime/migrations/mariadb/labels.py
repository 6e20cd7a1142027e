"""Labels of MariaDB's enums, of which most collations take some for equal."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import attrs
from sqlalchemy import text

from asterisk_realtime.migrations.comparing.differences import ColumnDiffers
from asterisk_realtime.migrations.comparing.kinds import Family

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.comparing.differences import Difference
    from asterisk_realtime.migrations.mariadb.catalogue import TableDetails


def add_equal(
    connection: Connection, tables: Mapping[str, TableDetails], differences: Iterable[Difference]
) -> tuple[Difference, ...]:
    """
    Return the differences; each enum knows which of its labels the server takes for wanted ones.

    Args:
        connection: The server.
        tables: The tables as they are, by name.
        differences: What changes.
    """
    return tuple(
        attrs.evolve(each, equal=_equal(connection, each, tables[each.table]))
        if isinstance(each, ColumnDiffers) and _is_enum(each) and each.table in tables
        else each
        for each in differences
    )


def own(difference: ColumnDiffers) -> Iterator[str]:
    """Yield the labels of an enum that neither are nor mean a wanted one."""
    known = {label.lower() for label in difference.kind.labels} | {*dict(difference.equal)}
    for label in difference.found.kind.labels:
        # Where a column distinguishes case, both still mean the same.
        if label not in known and label.lower() not in known:
            yield label


def same(difference: ColumnDiffers) -> Iterator[tuple[str, str]]:
    """Yield the labels that differ from a wanted one by more than case, each with that one."""
    return ((label, wanted) for label, wanted in difference.equal if label.lower() != wanted)


def _is_enum(difference: ColumnDiffers) -> bool:
    return difference.kind.family is difference.found.kind.family is Family.ENUM


def _equal(
    connection: Connection, difference: ColumnDiffers, details: TableDetails
) -> tuple[tuple[str, str], ...]:
    """Return the labels that the column's collation takes for wanted ones, each with that one."""
    pairs = tuple(product(difference.found.kind.labels, difference.kind.labels))
    # CHARACTER SET ... COLLATE ...; binary is a keyword
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
