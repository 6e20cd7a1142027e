"""
Which tables belong together, so that a site may keep them in different databases.

What a database carries is chosen at its first upgrade and noted in the ledger; without a note it
carries everything. A table never changes its family: released revisions rely on this map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import MetaData

from asterisk_realtime.errors import SchemaError
from asterisk_realtime.migrations.reading import ledger
from asterisk_realtime.migrations.reading.ledger import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable

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

EVERYWHERE: Final = frozenset({"asterisk_realtime_lock"})
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
"""The families whose tables each tree of Asterisk's own scripts makes."""


def family_of(table: str) -> str:
    """Return the family of one of Asterisk's tables."""
    return "pjsip" if table.startswith("ps_") else _FAMILY[table]


def parse(names: Iterable[str]) -> tuple[str, ...]:
    """
    Return families in order, each once.

    Raises:
        SchemaError: One of them is not in `FAMILIES`, or none is given.
    """
    chosen = tuple(sorted({name.strip() for name in names}))
    unknown = [name for name in chosen if name not in FAMILIES]
    if unknown or not chosen:
        raise SchemaError(
            f"no such family: {', '.join(map(repr, unknown)) or 'none named'};"
            f" there are {', '.join(FAMILIES)}"
        )
    return chosen


def recorded(connection: Connection) -> tuple[str, ...] | None:
    """Return the families that a database carries, or None for all."""
    names = sorted(entry.name for entry in ledger.read(connection) if entry.kind == "family")
    return tuple(names) or None


def settle(
    connection: Connection, asked: tuple[str, ...] | None, current: str | None
) -> tuple[str, ...] | None:
    """
    Return the families to migrate: those chosen before, else those asked for; None for all.

    Args:
        connection: The database.
        asked: What the caller wants, or None.
        current: Revision of the database.

    Raises:
        SchemaError: The database carries others than those asked for.
    """
    there = recorded(connection)
    first = current is None and not ledger.read(connection)
    if asked is None or asked == there or (there is None and asked == FAMILIES):
        return there
    if first:
        return asked
    raise SchemaError(
        f"this database carries {', '.join(there or ('all families',))}, as chosen at its first"
        f" upgrade; leave the families out, or use another database for {', '.join(asked)}"
    )


def entries(families: tuple[str, ...] | None) -> tuple[Entry, ...]:
    """Return the ledger's note of what a database carries."""
    return tuple(Entry("family", name) for name in families or ())


def carried(tables: MetaData, families: tuple[str, ...] | None) -> MetaData:
    """Return those of *tables* that belong to these families; None for all."""
    if families is None:
        return tables
    result = MetaData()
    for table in tables.sorted_tables:
        if table.name in EVERYWHERE or family_of(table.name) in families:
            table.to_metadata(result)
    return result


def carries_tree(tree: str, families: tuple[str, ...] | None) -> bool:
    """Tell whether all that one tree of Asterisk's scripts makes is carried."""
    return families is None or UPSTREAM[tree] <= {*families}
