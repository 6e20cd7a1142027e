"""Obstacles: foreign keys, whose columns MariaDB and MySQL do not allow to change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asterisk_realtime.migrations.comparing.differences import ColumnDiffers, Obstacle
from asterisk_realtime.migrations.comparing.kinds import TypeFamily
from asterisk_realtime.migrations.mariadb.catalogue import NO_DETAILS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import MetaData

    from asterisk_realtime.migrations.comparing.differences import Difference
    from asterisk_realtime.migrations.mariadb.catalogue import ForeignKey
    from asterisk_realtime.migrations.reading.inspection import Found
    from asterisk_realtime.migrations.sql import SqlWriter


def obstacles(
    found: Found, differences: Iterable[Difference], writer: SqlWriter
) -> Iterator[Obstacle]:
    """Yield an obstacle for each foreign key that contains a column that must change."""
    changes = [each for each in differences if isinstance(each, ColumnDiffers)]
    for reference in found.foreign_keys:
        held = [each for each in changes if _is_part(each, reference)]
        if held:
            yield _obstacle(reference, held, found, writer)


def _is_part(difference: ColumnDiffers, reference: ForeignKey) -> bool:
    place = (difference.table, difference.found.name)
    return place in {
        *((reference.table, column) for column in reference.columns),
        *((reference.target, column) for column in reference.referred),
    }


def _obstacle(
    reference: ForeignKey, held: list[ColumnDiffers], found: Found, writer: SqlWriter
) -> Obstacle:
    table = writer.name(reference.table)
    drop = f"ALTER TABLE {table} DROP FOREIGN KEY {writer.name(reference.name)}"
    reasons = [_why_impossible(each, reference, found) for each in held]
    reason = " and ".join(filter(None, reasons))
    again = f"add it again afterwards: {_add_statement(reference, writer)}"
    if reason:
        again = f"it cannot be added again as it is, since {reason}"
    places = " and ".join(f"column {each.table}.{each.found.name}" for each in held)
    return Obstacle(
        table=held[0].table,
        problem=f"{places} must change, but is part of foreign key {reference.name} of table"
        f" {reference.table}",
        advice=f"drop it for the upgrade: {drop}; {again}",
    )


def _why_impossible(difference: ColumnDiffers, reference: ForeignKey, found: Found) -> str:
    """Return why a foreign key does not fit the changed column; empty if it fits."""
    kind, place = difference.kind, f"{difference.table}.{difference.found.name}"
    if kind.family is not difference.found.kind.family:
        return f"{place} becomes {kind.text}, and both columns must have the same type"
    details = found.details[difference.table].columns[difference.found.name]
    size = kind.size * (details.width or found.details[difference.table].width)
    if kind.family is TypeFamily.TEXT and size > found.index_bytes:
        return f"{place} becomes {kind.text}, which is too long for the index of a foreign key"
    child = difference.table == reference.table and difference.found.name in reference.columns
    if child and not difference.wanted.nullable and "SET NULL" in reference.on_delete:
        return f"{place} becomes NOT NULL, and the foreign key sets it to NULL"
    return ""


def partitioned(found: Found, wanted: MetaData) -> Iterator[Obstacle]:
    """Yield an obstacle for each partitioned table that needs a foreign key (MariaDB)."""
    for table in wanted.sorted_tables:
        for key in table.foreign_key_constraints:
            for name in dict.fromkeys((table.name, key.referred_table.name)):
                if found.details.get(name, NO_DETAILS).partitioned_by:
                    yield Obstacle(
                        table=name,
                        problem=f"table {name} has partitions, which the foreign key of"
                        f" {table.name} to {key.referred_table.name} does not allow",
                        advice=f"remove them: ALTER TABLE {name} REMOVE PARTITIONING",
                    )


def _add_statement(reference: ForeignKey, writer: SqlWriter) -> str:
    rules = (("UPDATE", reference.on_update), ("DELETE", reference.on_delete))
    actions = [f"ON {verb} {rule}" for verb, rule in rules if rule not in {"RESTRICT", "NO ACTION"}]
    target = f"{writer.name(reference.target)} ({writer.names(reference.referred)})"
    statement = (
        f"ALTER TABLE {writer.name(reference.table)}"
        f" ADD CONSTRAINT {writer.name(reference.name)}"
        f" FOREIGN KEY ({writer.names(reference.columns)}) REFERENCES {target}"
    )
    return " ".join([statement, *actions])
