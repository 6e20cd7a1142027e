"""What an upgrade needs before its first change: rights, and PostgreSQL's locks on tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from asterisk_realtime.errors import SchemaIrreconcilableError
from asterisk_realtime.migrations import mariadb_access, planning
from asterisk_realtime.migrations.differences import MissingLabel
from asterisk_realtime.migrations.locking import lock_tables
from asterisk_realtime.migrations.schema import for_dialect, is_mysql
from asterisk_realtime.migrations.sql import Spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import MetaData
    from sqlalchemy.engine import Connection

_SESSION: Final = """
    SELECT current_user AS account, quote_ident(current_schema()) AS place,
        current_setting('transaction_read_only') = 'on' AS read_only,
        pg_is_in_recovery() AS standby,
        has_schema_privilege(current_schema(), 'CREATE') AS may_create,
        quote_ident(current_user) AS grantee
"""

_FOREIGN: Final = text(
    """
    SELECT 'TABLE ' || c.oid::regclass AS thing, pg_get_userbyid(c.relowner) AS owner
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relname = ANY (:tables)
        AND c.relkind IN ('r', 'p') AND NOT pg_has_role(c.relowner, 'USAGE')
    UNION ALL
    SELECT 'TYPE ' || t.oid::regtype, pg_get_userbyid(t.typowner)
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname = current_schema() AND t.typname = ANY (:types)
        AND t.typtype = 'e' AND NOT pg_has_role(t.typowner, 'USAGE')
    ORDER BY 1
    """
)


def prepare(
    connection: Connection, stated: Iterable[MetaData], lock_timeout: float, *, upgrading: bool
) -> None:
    """
    Check all rights and take all locks that an upgrade or downgrade needs.

    SQLite needs neither. MariaDB keeps the changes before a refusal, so there the obstacles of all
    revisions are checked first too.

    Args:
        connection: The connection of the upgrade or downgrade.
        stated: The tables of each of its revisions.
        lock_timeout: How many seconds to wait for PostgreSQL's locks.
        upgrading: Whether it is an upgrade.

    Raises:
        SchemaIrreconcilableError: Rights are missing, or on MariaDB there are obstacles; one line
            for each, with a statement that solves it.
        SchemaError: The tables could not be locked.
    """
    if is_mysql(connection.dialect) and upgrading:
        _refuse_on_mariadb(connection, stated)
    if connection.dialect.name != "postgresql":
        return
    spelling = Spelling(connection.dialect)
    tables: set[str] = set()
    types: set[str] = set()
    for metadata in stated:
        plan = planning.plan(connection, for_dialect(metadata, connection.dialect), spelling)
        tables |= {each.table for each in plan.differences}
        tables |= {use.name for use in plan.enum_uses()}
        types |= {each.name for each in plan.differences if isinstance(each, MissingLabel)}
    missing = [*_session(connection), *_owners(connection, tables, types)]
    if missing:
        raise SchemaIrreconcilableError(missing)
    lock_tables(connection, tables, lock_timeout)


def _refuse_on_mariadb(connection: Connection, stated: Iterable[MetaData]) -> None:
    spelling = Spelling(connection.dialect)
    plans = [
        planning.plan(connection, for_dialect(metadata, connection.dialect), spelling)
        for metadata in stated
    ]
    lacking = list(
        mariadb_access.missing(connection, (each for plan in plans for each in plan.differences))
    )
    if lacking:
        raise SchemaIrreconcilableError(lacking)
    found = [str(each) for plan in plans for each in plan.obstacles(connection)]
    if found:
        raise SchemaIrreconcilableError(list(dict.fromkeys(found)))


def _session(connection: Connection) -> Iterator[str]:
    found = connection.exec_driver_sql(_SESSION).one()
    if found.standby:
        yield "the server is a standby, which accepts no changes; connect to the primary server"
    elif found.read_only:
        yield (
            "the transaction is read-only; connect with default_transaction_read_only=off"
            f" (ALTER ROLE {found.grantee} SET default_transaction_read_only = off)"
        )
    if not found.may_create:
        yield (
            f"account {found.account} cannot create tables in schema {found.place}; run as its"
            f" owner: GRANT CREATE ON SCHEMA {found.place} TO {found.grantee}"
        )


def _owners(connection: Connection, tables: Iterable[str], types: Iterable[str]) -> Iterator[str]:
    account = connection.exec_driver_sql("SELECT quote_ident(current_user)").scalar()
    names = {"tables": sorted(tables), "types": sorted(types)}
    for row in connection.execute(_FOREIGN, names):
        yield (
            f"{row.thing} belongs to {row.owner}, and only its owner may change it; upgrade as"
            f" {row.owner}, or run: ALTER {row.thing} OWNER TO {account}"
        )
