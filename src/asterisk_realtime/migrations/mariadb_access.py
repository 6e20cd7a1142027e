"""What MariaDB and MySQL must permit before the first change of an upgrade."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy.exc import DBAPIError

from asterisk_realtime.migrations.differences import MissingTable
from asterisk_realtime.migrations.ledger import LEDGER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.differences import Difference

_ROWS: Final = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
_DESPITE: Final = frozenset({"SUPER", "READ_ONLY ADMIN", "READ ONLY ADMIN", "CONNECTION_ADMIN"})
"""Rights that permit writing on a read-only server."""

_GRANT: Final = re.compile(
    r"GRANT (?P<rights>.+?) ON (?:TABLE )?"
    r"(?P<place>\*|[`\"](?:[^`\"])+[`\"])\.(?P<table>\*|[`\"](?:[^`\"])+[`\"]) TO "
)


@attrs.frozen
class _Grant:
    """Rights to one table, or to all tables of a database whose name matches a pattern."""

    rights: frozenset[str]
    place: str
    table: str

    def covers(self, database: str, table: str) -> bool:
        if self.table not in {"*", table}:
            return False
        if self.table != "*" or self.place == "*":
            return self.place in {"*", database}
        # _ matches any character and % any text, unless a backslash precedes them.
        parts = re.findall(r"\\.|.", self.place)
        words = {"%": ".*", "_": "."}
        pattern = "".join(words.get(part) or re.escape(part.removeprefix("\\")) for part in parts)
        return re.fullmatch(pattern, database, re.IGNORECASE) is not None

    def holds(self, right: str) -> bool:
        return right in self.rights or "ALL PRIVILEGES" in self.rights


def missing(connection: Connection, differences: Iterable[Difference]) -> Iterator[str]:
    """
    Yield what the server or the account does not permit an upgrade to do.

    Args:
        connection: The connection of the upgrade.
        differences: The changes that the upgrade will make.
    """
    grants = tuple(_grants(connection))
    yield from _read_only(connection, grants)
    database, account = connection.exec_driver_sql("SELECT DATABASE(), CURRENT_USER()").one()
    # A session notices new rights when it chooses its database.
    connection.exec_driver_sql(f"USE {connection.dialect.identifier_preparer.quote(database)}")
    needed = _needed(differences)
    lacking = {
        right
        for table, rights in needed.items()
        for right in rights
        if not any(each.holds(right) and each.covers(database, table) for each in grants)
    }
    if lacking and grants:
        # All rights: if several grants are for one database, only the most exact one counts.
        rights = ", ".join(sorted(frozenset().union(*needed.values())))
        user, _at, host = str(account).rpartition("@")
        yield (
            f"account {account} lacks {', '.join(sorted(lacking))} in database {database};"
            f" run as an administrator: GRANT {rights} ON `{database}`.* TO '{user}'@'{host}'"
        )


def _needed(differences: Iterable[Difference]) -> dict[str, frozenset[str]]:
    needed = dict.fromkeys(("asterisk_realtime_version", LEDGER.name), _ROWS | {"CREATE"})
    for each in differences:
        making = {"CREATE", "INSERT"} if isinstance(each, MissingTable) else set()
        there = needed.get(each.table, frozenset())
        needed[each.table] = there | {"ALTER", "SELECT"} | making
    return needed


def _grants(connection: Connection) -> Iterator[_Grant]:
    """Yield the rights of the account and its roles."""
    lines = list(connection.exec_driver_sql("SHOW GRANTS").scalars())
    with suppress(DBAPIError):  # PUBLIC does not exist before MariaDB 10.11, or has no rights
        lines += connection.exec_driver_sql("SHOW GRANTS FOR PUBLIC").scalars()
    for line in lines:
        found = _GRANT.match(line)
        if found:
            rights = frozenset(word.strip().upper() for word in found["rights"].split(","))
            yield _Grant(rights, found["place"].strip('`"'), found["table"].strip('`"'))


def _read_only(connection: Connection, grants: tuple[_Grant, ...]) -> Iterator[str]:
    names = "'read_only', 'innodb_read_only', 'tx_read_only', 'transaction_read_only'"
    shown = connection.exec_driver_sql(f"SHOW VARIABLES WHERE Variable_name IN ({names})")
    on = {row[0] for row in shown if str(row[1]).upper() not in {"OFF", "0"}}
    despite = any(each.holds(right) for each in grants for right in _DESPITE if each.place == "*")
    if "innodb_read_only" in on or ("read_only" in on and not despite):
        yield "the server is read-only, as a replica is; connect to the primary server"
    if on & {"tx_read_only", "transaction_read_only"}:
        yield (
            "the session is read-only; connect without that setting, or run"
            " SET SESSION TRANSACTION READ WRITE"
        )
