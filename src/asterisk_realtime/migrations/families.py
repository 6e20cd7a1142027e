"""
Families of tables, so that a site can keep them in different databases.

The families of a database are chosen at its first upgrade and stored in the table of changes. A
database without such an entry has all families. A table never changes its family, since released
revisions rely on this mapping.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import MetaData

from asterisk_realtime.errors import SchemaError
from asterisk_realtime.migrations.reading import changes_table
from asterisk_realtime.migrations.reading.changes_table import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

_FAMILY: Final = {
    "acls": "acl",
    "ast_config": "config",
    "cdr": "cdr",
    "cel": "cel",
    "extensions": "dialplan",
    "followme": "followme",
    "followme_numbers": "followme",
    "iaxfriends": "iax",
    "meetme": "legacy",
    "musiconhold": "musiconhold",
    "musiconhold_entry": "musiconhold",
    "queue_log": "queue_log",
    "queue_members": "queues",
    "queue_rules": "queues",
    "queues": "queues",
    "sippeers": "legacy",
    "stir_tn": "pjsip",
    "voicemail": "voicemail",
    "voicemail_data": "voicemail",
    "voicemail_messages": "voicemail",
}

OWN_TABLES: Final = frozenset({"asterisk_realtime_lock"})
"""This library's own tables, which every database has."""

FAMILIES: Final = tuple(sorted({*_FAMILY.values(), "pjsip"}))
"""Names of all families."""

UPSTREAM: Final = {
    "cdr": frozenset({"cdr"}),
    "queue_log": frozenset({"queue_log"}),
    "voicemail": frozenset({"voicemail"}),
    "config": frozenset(
        {"dialplan", "iax", "legacy", "musiconhold", "pjsip", "queues", "voicemail"}
    ),
}
"""The families whose tables each tree of Asterisk's own scripts creates."""


def family_of(table: str) -> str:
    """Return the family of one of Asterisk's tables."""
    return "pjsip" if table.startswith("ps_") else _FAMILY[table]


def parse(names: Iterable[str]) -> tuple[str, ...]:
    """
    Return the names of families sorted and without duplicates.

    Raises:
        SchemaError: One of them is not in `FAMILIES`, or none is given.
    """
    chosen = tuple(sorted({name.strip() for name in names}))
    unknown = [name for name in chosen if name not in FAMILIES]
    if unknown or not chosen:
        raise SchemaError(
            f"unknown family: {', '.join(map(repr, unknown)) or 'no name given'};"
            f" use {', '.join(FAMILIES)}"
        )
    return chosen


def recorded(connection: Connection) -> tuple[str, ...] | None:
    """Return the families of a database, or None for all."""
    names = sorted(entry.name for entry in changes_table.read(connection) if entry.kind == "family")
    return tuple(names) or None


def choose(
    connection: Connection, requested: tuple[str, ...] | None, current: str | None
) -> tuple[str, ...] | None:
    """
    Return the families to migrate: the stored ones, else the requested ones; None for all.

    Args:
        connection: The database.
        requested: The families that the caller wants, or None.
        current: Revision of the database.

    Raises:
        SchemaError: The requested families differ from those of the database.
    """
    stored = recorded(connection)
    first = current is None and not changes_table.read(connection)
    if requested is None or requested == stored or (stored is None and requested == FAMILIES):
        return stored
    if first:
        return requested
    raise SchemaError(
        f"this database has {', '.join(stored or ('all families',))}, as chosen at its first"
        f" upgrade; leave the families out, or use another database for {', '.join(requested)}"
    )


def entries(families: tuple[str, ...] | None) -> tuple[Entry, ...]:
    """Return the entries that store the families of a database; none if it has all."""
    return tuple(Entry("family", name) for name in families or ())


def tables_of(tables: MetaData, families: tuple[str, ...] | None) -> MetaData:
    """Return those of *tables* that belong to these families; None stands for all families."""
    if families is None:
        return tables
    result = MetaData()
    for table in tables.sorted_tables:
        if table.name in OWN_TABLES or family_of(table.name) in families:
            _copy(table, result)
    return result


def _copy(table: Table, metadata: MetaData) -> None:
    """Copy *table* to other metadata, with the ``info`` of its indexes."""
    copy = table.to_metadata(metadata)
    facts = {index.name: index.info for index in table.indexes}
    for index in copy.indexes:
        # SQLAlchemy does not copy it.
        index.info.update(facts[index.name])


def includes_tree(tree: str, families: tuple[str, ...] | None) -> bool:
    """Tell whether *families* include every family of one tree of Asterisk's scripts."""
    return families is None or UPSTREAM[tree] <= {*families}
