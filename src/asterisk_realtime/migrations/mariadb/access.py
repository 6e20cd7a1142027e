"""Check the rights of the account before the first change of an upgrade (MariaDB, MySQL)."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy.exc import DBAPIError

from asterisk_realtime.errors import SchemaError
from asterisk_realtime.migrations.comparing.differences import (
    MissingForeignKey,
    MissingTable,
    Obstacle,
)
from asterisk_realtime.migrations.reading.changes_table import CHANGES_TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.comparing.differences import Difference
    from asterisk_realtime.migrations.planning.planning import Plan

_ROWS: Final = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
_EXEMPT_FROM_READ_ONLY: Final = frozenset(
    {"SUPER", "READ_ONLY ADMIN", "READ ONLY ADMIN", "CONNECTION_ADMIN"}
)
"""Rights that permit writing on a read-only server."""

_GRANT: Final = re.compile(
    r"GRANT (?P<rights>.+?) ON (?:TABLE )?"
    r"(?P<place>\*|[`\"](?:[^`\"])+[`\"])\.(?P<table>\*|[`\"](?:[^`\"])+[`\"]) TO "
)


_DENIED: Final = (1142, 1143)
"""Error codes for a table or a column that an account may not read."""

_NO_TABLE: Final = 1146


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


def missing(connection: Connection, plan: Plan) -> Iterator[Obstacle]:
    """
    Yield an obstacle for missing rights, and for a server or session that is read-only.

    Args:
        connection: The connection of the upgrade.
        plan: The changes.
    """
    grants = tuple(_grants(connection))
    for problem, advice in _read_only(connection, grants):
        yield Obstacle(table="", problem=problem, advice=advice)
    database, account = connection.exec_driver_sql("SELECT DATABASE(), CURRENT_USER()").one()
    needed = _needed(plan, is_mariadb=bool(getattr(connection.dialect, "is_mariadb", False)))
    lacking = {
        right
        for table, rights in needed.items()
        for right in rights
        if not any(each.holds(right) and each.covers(database, table) for each in grants)
    }
    if lacking and grants:
        # Not only the missing rights: MariaDB uses only the most specific grant for a database.
        rights = ", ".join(sorted(frozenset().union(*needed.values())))
        user, _at, host = str(account).rpartition("@")
        yield Obstacle(
            table="",
            problem=f"account {account} lacks {', '.join(sorted(lacking))} in database {database}",
            advice=f"run as an administrator: GRANT {rights} ON `{database}`.*"
            f" TO '{user}'@'{host}'",
        )


def unreadable(connection: Connection, names: Iterable[str]) -> frozenset[str]:
    """Return the tables whose rows this account may not read."""
    return frozenset(name for name in names if not _may_read(connection, name))


def _may_read(connection: Connection, table: str) -> bool:
    quoted = connection.dialect.identifier_preparer.quote_identifier(table)
    try:
        connection.exec_driver_sql(f"SELECT * FROM {quoted} LIMIT 0")
    except DBAPIError as error:
        code = error.orig.args[0] if error.orig is not None else 0
        if code not in {*_DENIED, _NO_TABLE}:
            raise
        return code == _NO_TABLE
    return True


def refuse_unreadable(connection: Connection, names: Iterable[str]) -> None:
    """
    Raise an error if the account may not read the tables in which migrations store their state.

    Raises:
        SchemaError: The account may not read one of *names*, or not see whether it exists.
    """
    database, account = connection.exec_driver_sql("SELECT DATABASE(), CURRENT_USER()").one()
    # A session gets new rights only when it selects its database again.
    if database is not None:
        connection.exec_driver_sql(f"USE {connection.dialect.identifier_preparer.quote(database)}")
    refused = unreadable(connection, names)
    if refused:
        user, _at, host = str(account).rpartition("@")
        raise SchemaError(
            f"account {account} may not read {' and '.join(sorted(refused))}; run as an"
            f" administrator: GRANT SELECT ON `{database}`.* TO '{user}'@'{host}'"
        )


def _needed(plan: Plan, *, is_mariadb: bool) -> dict[str, frozenset[str]]:
    needed = dict.fromkeys(("asterisk_realtime_version", CHANGES_TABLE.name), _ROWS | {"CREATE"})

    def need(table: str, *rights: str) -> None:
        needed[table] = needed.get(table, frozenset()) | {*rights}

    for table in plan.found.unreadable:
        need(table, "ALTER", "SELECT")
    for each in plan.differences:
        need(each.table, "ALTER", "SELECT")
        if isinstance(each, MissingTable):
            need(each.table, "CREATE", "INSERT")
        for target in () if is_mariadb else _referred(each):
            need(target, "REFERENCES")
    return needed


def _referred(difference: Difference) -> Iterator[str]:
    """Yield the tables to which new foreign keys refer; MySQL requires REFERENCES on each."""
    if isinstance(difference, MissingTable):
        for key in difference.wanted.foreign_key_constraints:
            yield key.referred_table.name
    elif isinstance(difference, MissingForeignKey):
        yield difference.wanted.referred_table.name


def _grants(connection: Connection) -> Iterator[_Grant]:
    """Yield the rights of the account and its roles."""
    lines = list(connection.exec_driver_sql("SHOW GRANTS").scalars())
    with suppress(DBAPIError):  # before MariaDB 10.11, or without rights, PUBLIC does not exist
        lines += connection.exec_driver_sql("SHOW GRANTS FOR PUBLIC").scalars()
    for line in lines:
        found = _GRANT.match(line)
        if found:
            rights = frozenset(word.strip().upper() for word in found["rights"].split(","))
            yield _Grant(rights, found["place"].strip('`"'), found["table"].strip('`"'))


def _read_only(connection: Connection, grants: tuple[_Grant, ...]) -> Iterator[tuple[str, str]]:
    """Yield each setting that makes the connection read-only, and what to do about it."""
    names = "'read_only', 'innodb_read_only', 'tx_read_only', 'transaction_read_only'"
    shown = connection.exec_driver_sql(f"SHOW VARIABLES WHERE Variable_name IN ({names})")
    on = {row[0] for row in shown if str(row[1]).upper() not in {"OFF", "0"}}
    exempt = any(
        each.holds(right)
        for each in grants
        for right in _EXEMPT_FROM_READ_ONLY
        if each.place == "*"
    )
    if "innodb_read_only" in on or ("read_only" in on and not exempt):
        yield "the server is read-only, as a replica is", "connect to the primary server"
    if on & {"tx_read_only", "transaction_read_only"}:
        yield (
            "the session is read-only",
            "connect without that setting, or run SET SESSION TRANSACTION READ WRITE",
        )
