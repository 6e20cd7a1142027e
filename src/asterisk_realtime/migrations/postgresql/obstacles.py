"""Obstacles: objects that prevent a change, and that an upgrade does not recreate (PostgreSQL)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    MisplacedColumn,
    MissingColumn,
    Obstacle,
)
from asterisk_realtime.migrations.postgresql.names import with_casts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.planning.planning import Plan

_TYPED: Final = text(
    """
    SELECT c.relname, c.reloftype::regtype::text AS type, format('ALTER TABLE %s NOT OF',
        c.oid::regclass) AS statement
    FROM pg_class c WHERE c.reloftype <> 0
        AND c.oid IN (SELECT to_regclass(each) FROM unnest(CAST(:places AS text[])) each)
    ORDER BY 1
    """
)

_ROWS: Final = text(
    """
    WITH RECURSIVE rows AS (
        SELECT c.relname, c.reltype AS type
        FROM pg_class c
        WHERE (c.relkind IN ('r', 'p')
                AND c.oid IN (SELECT to_regclass(each) FROM unnest(CAST(:places AS text[])) each))
            OR c.oid = ANY (CAST(CAST(:views AS text[]) AS regclass[]))
        UNION
        SELECT rows.relname, wider.type FROM rows JOIN (
            SELECT typelem AS part, oid AS type FROM pg_type WHERE typelem <> 0
            UNION ALL SELECT typbasetype, oid FROM pg_type WHERE typbasetype <> 0
            UNION ALL SELECT a.atttypid, c.reltype FROM pg_attribute a
                JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'c'
                WHERE NOT a.attisdropped
        ) AS wider ON wider.part = rows.type
    )
    SELECT DISTINCT rows.relname, format('%s.%I', c.oid::regclass, a.attname) AS place,
        format('ALTER TABLE %s ALTER COLUMN %I TYPE text USING CAST(%I AS text)',
        c.oid::regclass, a.attname, a.attname) AS statement
    FROM rows JOIN pg_attribute a ON a.atttypid = rows.type AND NOT a.attisdropped
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
    WHERE a.attinhcount = 0 ORDER BY 2
    """
)
"""Columns whose type is the row type of a table or view, or contains it."""

_OF_VIEWS: Final = text(
    """
    SELECT DISTINCT p.oid::regprocedure::text AS function, v.oid::regclass::text AS view,
        pg_get_functiondef(p.oid) AS create_sql
    FROM pg_class v JOIN pg_type t ON t.oid = v.reltype
    JOIN pg_depend d ON d.classid = 'pg_proc'::regclass
        AND ((d.refclassid = 'pg_class'::regclass AND d.refobjid = v.oid)
            OR (d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)))
    JOIN pg_proc p ON p.oid = d.objid AND p.prokind <> 'a'
    WHERE v.oid = ANY (CAST(CAST(:views AS text[]) AS regclass[])) ORDER BY 1, 2
    """
)

_IDENTITIES: Final = text(
    """
    SELECT c.relname, a.attname, i.indexrelid::regclass::text AS index,
        format('ALTER TABLE %s REPLICA IDENTITY DEFAULT', c.oid::regclass) AS statement
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_index i ON i.indrelid = c.oid AND i.indisreplident AND c.relreplident = 'i'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
    WHERE n.nspname = current_schema() AND c.relname = ANY (:tables) ORDER BY i.indexrelid, a.attnum
    """
)


def obstacles(connection: Connection, plan: Plan) -> Iterator[Obstacle]:
    """Yield an obstacle for each of these objects, with the statement that removes it."""
    if not plan.differences:
        return
    yield from _typed(connection, plan)
    views = [each.place for each in plan.dependants if each.is_view]
    yield from _row_types(connection, plan, views)
    yield from _functions(connection, views)
    yield from _identities(connection, plan)
    yield from _publications(plan)


def _typed(connection: Connection, plan: Plan) -> Iterator[Obstacle]:
    for row in connection.execute(_TYPED, {"places": sorted(plan.places())}):
        yield Obstacle(
            table=row.relname,
            problem=f"table {row.relname} is a typed table (OF {row.type})",
            advice=f"convert it to an ordinary table; columns and rows stay: {row.statement}",
        )


def _row_types(connection: Connection, plan: Plan, views: list[str]) -> Iterator[Obstacle]:
    names = {"places": sorted(_rewritten_tables(plan)), "views": views}
    for row in connection.execute(_ROWS, names):
        yield Obstacle(
            table=row.relname,
            problem=f"column {row.place} has the row type of {row.relname}, which must change",
            advice=f"convert it to text: {row.statement}",
        )


def _functions(connection: Connection, views: list[str]) -> Iterator[Obstacle]:
    rows = connection.execute(_OF_VIEWS, {"views": views}).all() if views else ()
    found = {row.function: row for row in rows}
    for row in found.values():
        yield Obstacle(
            table="",
            problem=f"function {row.function} uses view {row.view}, which is recreated",
            advice=(
                f"drop it: DROP ROUTINE {row.function}; after the upgrade create it again:"
                f" {row.create_sql}"
            ),
        )


def _rewritten_tables(plan: Plan) -> set[str]:
    """Return the tables whose rows PostgreSQL rewrites."""
    writer = plan.writer.for_display()
    numbered = {
        writer.name(each.table)
        for each in plan.differences
        if isinstance(each, MissingColumn) and each.wanted.autoincrement is True
    }
    return numbered | {each.place for each in plan.changes()}


def _identities(connection: Connection, plan: Plan) -> Iterator[Obstacle]:
    lost = {
        (each.table, each.column)
        for each in plan.differences
        if isinstance(each, MisplacedColumn)
        or (isinstance(each, ColumnDiffers) and each.wanted.nullable and not each.found.nullable)
    }
    rows = connection.execute(_IDENTITIES, {"tables": sorted({table for table, _ in lost})})
    found = {row.index: row for row in rows if (row.relname, row.attname) in lost}
    for row in found.values():
        yield Obstacle(
            table=row.relname,
            problem=(
                f"column {row.relname}.{row.attname} must change, and is in index {row.index},"
                " which is the REPLICA IDENTITY of the table"
            ),
            advice=f"use the primary key as replica identity: {row.statement}",
        )


def _publications(plan: Plan) -> Iterator[Obstacle]:
    """Yield an obstacle for each publication whose WHERE uses a column that becomes an enum."""
    for each in plan.dependants:
        if not each.thing.startswith("PUBLICATION "):
            continue
        condition = each.create[0].partition(" WHERE ")[2]
        types = [
            (change.column, change.type)
            for change in plan.changes()
            if change.table == each.table and change.enum
        ]
        if with_casts(f"({condition}", types) != f"({condition}":
            yield Obstacle(
                table=each.table,
                problem=(
                    f"{each.what} has a condition on a column that becomes an enum, which"
                    " PostgreSQL does not allow in a publication"
                ),
                advice=(
                    f"remove the table from the publication: {each.drop}; after the upgrade add it"
                    f" again with another condition: {each.create[0]}"
                ),
            )
