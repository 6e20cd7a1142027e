"""
Update the version tables of Asterisk's own scripts, so that these scripts can run afterwards.

Their ``env.py`` names a version table after its tree. The SQL files of a release create a plain
``alembic_version`` instead, which ``env.py`` renames if its row is a revision of the tree. Any
other row of that table belongs to the application. If no tree has a version table, none is created.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy import column, inspect, select, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.sql import SqlWriter

_PLAIN: Final = "alembic_version"

# A table of each tree, to find out whether a database has the tree.
_KNOWN_TABLES: Final = {
    "config": "ps_endpoints",
    "cdr": "cdr",
    "voicemail": "voicemail_messages",
    "queue_log": "queue_log",
}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@attrs.frozen(kw_only=True)
class UpstreamHead:
    """
    The revision of a tree of Asterisk's scripts that corresponds to a revision of this library.

    Attributes:
        tree: ``config``, ``cdr``, ``voicemail`` or ``queue_log``.
        head: The corresponding revision of the tree.
        before: Earlier revisions of the tree, as a text with blanks between them. A version table
            with any other revision is taken for a later one, and is not changed.
    """

    tree: str
    head: str
    before: frozenset[str] = attrs.field(converter=_words)

    @property
    def version_table(self) -> str:
        """Name of the tree's version table."""
        return f"alembic_version_{self.tree}"

    @property
    def known_table(self) -> str:
        """Name of a table that each database with this tree has."""
        return _KNOWN_TABLES[self.tree]


def stamps(
    connection: Connection, heads: Sequence[UpstreamHead], writer: SqlWriter
) -> Iterator[str]:
    """Yield the statements that set existing version tables to *heads*."""
    names = set(inspect(connection).get_table_names())
    plain = _versions(connection, _PLAIN) if _PLAIN in names else set()
    unversioned: list[UpstreamHead] = []
    for head in heads:
        if head.version_table in names:
            yield from _stamp(connection, head, writer)
        elif plain & {*head.before, head.head}:
            yield from _stamp_plain(plain, head, writer)
        elif head.known_table in names:
            unversioned.append(head)
    if len(unversioned) < len([head for head in heads if head.known_table in names]):
        for head in unversioned:
            yield from _create(head, writer)


def _versions(connection: Connection, name: str) -> set[str]:
    versions = table(name, column("version_num"))
    return set(connection.scalars(select(versions.c.version_num)))


def _stamp(connection: Connection, head: UpstreamHead, writer: SqlWriter) -> Iterator[str]:
    there = _versions(connection, head.version_table)
    if there != {head.head} and there <= head.before | {head.head}:
        yield f"DELETE FROM {writer.name(head.version_table)}"
        yield _insert(head, writer)


def _stamp_plain(plain: set[str], head: UpstreamHead, writer: SqlWriter) -> Iterator[str]:
    for version in sorted(plain & head.before):
        yield (
            f"UPDATE {_PLAIN} SET version_num = {writer.literal(head.head)}"
            f" WHERE version_num = {writer.literal(version)}"
        )


def _create(head: UpstreamHead, writer: SqlWriter) -> Iterator[str]:
    """Yield the statements that create the version table of a tree whose scripts never ran."""
    name = writer.name(head.version_table)
    yield f"CREATE TABLE {name} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
    yield _insert(head, writer)


def _insert(head: UpstreamHead, writer: SqlWriter) -> str:
    name = writer.name(head.version_table)
    return f"INSERT INTO {name} (version_num) VALUES ({writer.literal(head.head)})"
