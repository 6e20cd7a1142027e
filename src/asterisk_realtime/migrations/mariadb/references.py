"""Foreign keys of MariaDB and MySQL, which do not allow their columns to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asterisk_realtime.migrations.comparing.differences import ColumnDiffers, Obstacle
from asterisk_realtime.migrations.comparing.kinds import Family
from asterisk_realtime.migrations.mariadb.catalogue import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import MetaData

    from asterisk_realtime.migrations.comparing.differences import Difference
    from asterisk_realtime.migrations.mariadb.catalogue import Reference
    from asterisk_realtime.migrations.reading.inspection import Found
    from asterisk_realtime.migrations.sql import Spelling


def obstacles(
    found: Found, differences: Iterable[Difference], spelling: Spelling
) -> Iterator[Obstacle]:
    """Yield each foreign key on a column that must change, and whether it can be added again."""
    changes = [each for each in differences if isinstance(each, ColumnDiffers)]
    for reference in found.references:
        held = [each for each in changes if _is_part(each, reference)]
        if held:
            yield _obstacle(reference, held, found, spelling)


def _is_part(difference: ColumnDiffers, reference: Reference) -> bool:
    place = (difference.table, difference.found.name)
    return place in {
        *((reference.table, column) for column in reference.columns),
        *((reference.target, column) for column in reference.referred),
    }


def _obstacle(
    reference: Reference, held: list[ColumnDiffers], found: Found, spelling: Spelling
) -> Obstacle:
    table = spelling.name(reference.table)
    drop = f"ALTER TABLE {table} DROP FOREIGN KEY {spelling.name(reference.name)}"
    reasons = [_unreferable(each, reference, found) for each in held]
    reason = " and ".join(filter(None, reasons))
    again = f"add it again afterwards: {_making(reference, spelling)}"
    if reason:
        again = f"it cannot be added again as it is, since {reason}"
    places = " and ".join(f"column {each.table}.{each.found.name}" for each in held)
    return Obstacle(
        table=held[0].table,
        problem=f"{places} must change, but is part of foreign key {reference.name} of table"
        f" {reference.table}",
        advice=f"drop it for the upgrade: {drop}; {again}",
    )


def _unreferable(difference: ColumnDiffers, reference: Reference, found: Found) -> str:
    """Return why a foreign key does not fit the changed column; empty if it fits."""
    kind, place = difference.kind, f"{difference.table}.{difference.found.name}"
    if kind.family is not difference.found.kind.family:
        return f"{place} becomes {kind.text}, and both ends must be of one type"
    details = found.details[difference.table].columns[difference.found.name]
    size = kind.size * (details.width or found.details[difference.table].width)
    if kind.family is Family.TEXT and size > found.index_bytes:
        return f"{place} becomes {kind.text}, too long for the index that it needs"
    child = difference.table == reference.table and difference.found.name in reference.columns
    if child and not difference.wanted.nullable and "SET NULL" in reference.on_delete:
        return f"{place} becomes NOT NULL, and the key sets it NULL"
    return ""


def partitioned(found: Found, wanted: MetaData) -> Iterator[Obstacle]:
    """Yield the partitioned tables that need a foreign key, which MariaDB refuses."""
    for table in wanted.sorted_tables:
        for key in table.foreign_key_constraints:
            for name in dict.fromkeys((table.name, key.referred_table.name)):
                if found.details.get(name, NOTHING).partitioned_by:
                    yield Obstacle(
                        table=name,
                        problem=f"table {name} has partitions, which the foreign key of"
                        f" {table.name} to {key.referred_table.name} does not allow",
                        advice=f"remove them: ALTER TABLE {name} REMOVE PARTITIONING",
                    )


def _making(reference: Reference, spelling: Spelling) -> str:
    rules = (("UPDATE", reference.on_update), ("DELETE", reference.on_delete))
    told = [f"ON {verb} {rule}" for verb, rule in rules if rule not in {"RESTRICT", "NO ACTION"}]
    target = f"{spelling.name(reference.target)} ({spelling.names(reference.referred)})"
    making = (
        f"ALTER TABLE {spelling.name(reference.table)}"
        f" ADD CONSTRAINT {spelling.name(reference.name)}"
        f" FOREIGN KEY ({spelling.names(reference.columns)}) REFERENCES {target}"
    )
    return " ".join([making, *told])
