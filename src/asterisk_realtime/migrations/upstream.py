"""
The version tables of Asterisk's own scripts, kept such that those scripts can go on after ours.

Their ``env.py`` names a version table after its tree. We never make one, and never touch the plain
``alembic_version``, which belongs to the host application.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from sqlalchemy import column, inspect, select, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.sql import Spelling


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


def stamps(
    connection: Connection, heads: Iterable[UpstreamHead], spelling: Spelling
) -> Iterator[str]:
    """Yield the statements that set the version tables that are there and not at *heads* yet."""
    names = set(inspect(connection).get_table_names())
    for head in heads:
        if head.version_table not in names:
            continue
        versions = table(head.version_table, column("version_num"))
        there = set(connection.scalars(select(versions.c.version_num)))
        if there == {head.head} or not there <= head.before | {head.head}:
            continue
        quoted = spelling.name(head.version_table)
        yield f"DELETE FROM {quoted}"
        yield f"INSERT INTO {quoted} (version_num) VALUES ({spelling.word(head.head)})"
