"""
The version tables of Asterisk's own scripts, kept such that those scripts can go on after ours.

Their ``env.py`` names a version table after its tree, and renames a plain ``alembic_version`` whose
row is one of its tree's, as the ready-made SQL of a release leaves it. Any other row of that table
belongs to the host application. Where no tree has a version table, none is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy import column, inspect, select, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.sql import Spelling

_PLAIN: Final = "alembic_version"

# A table that tells whether a database has the tree.
_MARKS: Final = {
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
    Where one tree of Asterisk's scripts stands once a revision of ours is reached.

    Attributes:
        tree: ``config``, ``cdr``, ``voicemail`` or ``queue_log``.
        head: Its revision that equals ours.
        before: Revisions that ours includes, given as one text with blanks between them. Any
            other is taken for a later one and left alone.
    """

    tree: str
    head: str
    before: frozenset[str] = attrs.field(converter=_words)

    @property
    def version_table(self) -> str:
        """Name of the tree's version table."""
        return f"alembic_version_{self.tree}"

    @property
    def mark(self) -> str:
        """Name of a table of the tree."""
        return _MARKS[self.tree]


def stamps(
    connection: Connection, heads: Sequence[UpstreamHead], spelling: Spelling
) -> Iterator[str]:
    """Yield the statements that bring the version tables to *heads*, where there are any."""
    names = set(inspect(connection).get_table_names())
    plain = _versions(connection, _PLAIN) if _PLAIN in names else set()
    unversioned: list[UpstreamHead] = []
    for head in heads:
        if head.version_table in names:
            yield from _stamp(connection, head, spelling)
        elif plain & {*head.before, head.head}:
            yield from _stamp_plain(plain, head, spelling)
        elif head.mark in names:
            unversioned.append(head)
    if len(unversioned) < len([head for head in heads if head.mark in names]):
        for head in unversioned:
            yield from _create(head, spelling)


def _versions(connection: Connection, name: str) -> set[str]:
    versions = table(name, column("version_num"))
    return set(connection.scalars(select(versions.c.version_num)))


def _stamp(connection: Connection, head: UpstreamHead, spelling: Spelling) -> Iterator[str]:
    there = _versions(connection, head.version_table)
    if there != {head.head} and there <= head.before | {head.head}:
        yield f"DELETE FROM {spelling.name(head.version_table)}"
        yield _insert(head, spelling)


def _stamp_plain(plain: set[str], head: UpstreamHead, spelling: Spelling) -> Iterator[str]:
    for version in sorted(plain & head.before):
        yield (
            f"UPDATE {_PLAIN} SET version_num = {spelling.word(head.head)}"
            f" WHERE version_num = {spelling.word(version)}"
        )


def _create(head: UpstreamHead, spelling: Spelling) -> Iterator[str]:
    """Yield what lets a tree go on that never ran, and whose tables are there now."""
    name = spelling.name(head.version_table)
    yield f"CREATE TABLE {name} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
    yield _insert(head, spelling)


def _insert(head: UpstreamHead, spelling: Spelling) -> str:
    name = spelling.name(head.version_table)
    return f"INSERT INTO {name} (version_num) VALUES ({spelling.word(head.head)})"
