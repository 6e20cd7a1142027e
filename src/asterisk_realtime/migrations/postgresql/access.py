"""Check the rights to create tables and to change existing objects (PostgreSQL)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from asterisk_realtime.migrations.comparing.differences import MissingLabel, Obstacle
from asterisk_realtime.migrations.connections import commits_each_statement, rolled_back
from asterisk_realtime.migrations.postgresql.dependants import first_accepted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.planning.planning import Plan

_SESSION: Final = """
    SELECT current_user AS account, quote_ident(current_schema()) AS place,
        current_setting('transaction_read_only') = 'on' AS read_only,
        pg_is_in_recovery() AS standby,
        has_schema_privilege(current_schema(), 'CREATE') AS may_create,
        quote_ident(current_user) AS grantee,
        has_database_privilege(current_database(), 'TEMP')
            AND EXISTS (SELECT FROM pg_event_trigger WHERE evtenabled <> 'D') AS has_event_triggers
"""

_NOT_OWNED: Final = text(
    """
    WITH RECURSIVE family AS (
        SELECT c.oid FROM pg_class c WHERE c.relkind IN ('r', 'p')
            AND c.oid IN (SELECT to_regclass(each) FROM unnest(CAST(:places AS text[])) each)
        UNION SELECT i.inhrelid FROM family JOIN pg_inherits i ON i.inhparent = family.oid
    )
    SELECT CASE c.relkind WHEN 'f' THEN 'FOREIGN ' ELSE '' END || 'TABLE ' || c.oid::regclass
        AS thing, pg_get_userbyid(c.relowner) AS owner, c.relname AS place
    FROM family JOIN pg_class c USING (oid) WHERE NOT pg_has_role(c.relowner, 'USAGE')
    UNION ALL
    SELECT 'TYPE ' || t.oid::regtype, pg_get_userbyid(t.typowner), ''
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname = current_schema() AND t.typname = ANY (:types)
        AND t.typtype = 'e' AND NOT pg_has_role(t.typowner, 'USAGE')
    ORDER BY 1
    """
)
"""Tables and types of other owners, including partitions and tables that inherit from one."""

_MAY_CREATE: Final = text(
    """
    SELECT pg_has_role(:owner, 'USAGE') AND (:kept OR :owner = current_user
        OR has_schema_privilege(CAST(:owner AS name), current_schema(), 'CREATE')
        OR (SELECT rolsuper FROM pg_roles WHERE rolname = current_user))
    """
)
"""Whether the account may recreate an object and, unless the object keeps its owner, set it."""

_EVENT_TRIGGERS: Final = text(
    """
    SELECT format('ALTER EVENT TRIGGER %I DISABLE', evtname) AS off,
        format('ALTER EVENT TRIGGER %I %s', evtname, CASE evtenabled WHEN 'O' THEN 'ENABLE'
            WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END) AS back
    FROM pg_event_trigger WHERE evtenabled <> 'D' ORDER BY evtname
    """
)

_TRIAL_STATEMENTS: Final = (
    "CREATE TEMP TABLE asterisk_realtime_probe (id INTEGER NOT NULL)",
    "CREATE INDEX ON pg_temp.asterisk_realtime_probe (id)",
    "ALTER TABLE pg_temp.asterisk_realtime_probe ALTER id TYPE BIGINT",
    "CREATE TYPE pg_temp.asterisk_realtime_enum AS ENUM ('yes')",
    "DROP TABLE pg_temp.asterisk_realtime_probe",
)
"""One statement of each kind that an upgrade runs, on temporary objects."""


def missing(connection: Connection, plan: Plan) -> Iterator[Obstacle]:
    """
    Yield an obstacle for each missing right, and for a server that refuses changes.

    Args:
        connection: The connection of the upgrade.
        plan: The changes, with the objects that depend on the changed columns.
    """
    session = connection.exec_driver_sql(_SESSION).one()
    for problem, advice in _session(session):
        yield Obstacle(table="", problem=problem, advice=advice)
    if session.read_only:
        return
    types = {each.name for each in plan.differences if isinstance(each, MissingLabel)}
    rows = connection.execute(_NOT_OWNED, {"places": sorted(plan.places()), "types": sorted(types)})
    for row in rows:
        yield _not_owned(row.place, row.thing, row.owner, session)
    yield from _dependants(connection, plan, session)
    if session.has_event_triggers and not commits_each_statement(connection):
        yield from _event_triggers(connection)


def _session(found: Row[Any]) -> Iterator[tuple[str, str]]:
    if found.standby:
        yield "the server is a standby, which accepts no changes", "connect to the primary server"
    elif found.read_only:
        yield (
            "the transaction is read-only",
            (
                "connect with default_transaction_read_only=off"
                f" (ALTER ROLE {found.grantee} SET default_transaction_read_only = off)"
            ),
        )
    if found.place == "pg_catalog":
        yield (
            "search_path has no schema for tables, only PostgreSQL's own pg_catalog",
            f"set another search_path: ALTER ROLE {found.grantee} SET search_path = public",
        )
    elif not found.may_create:
        yield (
            f"account {found.account} cannot create tables in schema {found.place}",
            f"run as its owner: GRANT CREATE ON SCHEMA {found.place} TO {found.grantee}",
        )


def _dependants(connection: Connection, plan: Plan, session: Row[Any]) -> Iterator[Obstacle]:
    things = {each.thing: each.owner for each in (*plan.dependants, *plan.types)}
    for thing, owner in things.items():
        kept = thing.startswith(("TABLE ", "PUBLICATION "))
        if not connection.scalar(_MAY_CREATE, {"owner": owner, "kept": kept}):
            yield _not_owned("", thing, owner, session)


def _event_triggers(connection: Connection) -> Iterator[Obstacle]:
    """Yield an obstacle if an event trigger refuses trial statements, which are rolled back."""
    with rolled_back(connection):
        refused = first_accepted(connection, [_TRIAL_STATEMENTS])
    if refused is None:
        return
    rows = connection.execute(_EVENT_TRIGGERS).all()
    said = str(refused.orig).partition("\n")[0]
    yield Obstacle(
        table="",
        problem=f"an event trigger refuses changes of tables ({said})",
        advice=(
            f"run as a superuser: {'; '.join(row.off for row in rows)};"
            f" after the upgrade: {'; '.join(row.back for row in rows)}"
        ),
    )


def _not_owned(table: str, thing: str, owner: str, session: Row[Any]) -> Obstacle:
    return Obstacle(
        table=table,
        problem=f"{thing} belongs to {owner}, and only its owner may change it",
        advice=f"upgrade as {owner}, or run: ALTER {thing} OWNER TO {session.grantee}",
    )
