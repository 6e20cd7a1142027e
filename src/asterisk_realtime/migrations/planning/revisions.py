"""
Functions that the ``upgrade`` and ``downgrade`` of a revision call.

A revision declares the tables that a database must have. `reconcile` compares them with the
existing tables, and creates what is missing. It refuses before the first change if data would be
lost. So a revision works on an empty database, on tables that Asterisk's own scripts created, and
on a database where the revision was interrupted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op
from sqlalchemy import inspect, text

from asterisk_realtime.errors import SchemaError, SchemaIrreconcilableError
from asterisk_realtime.migrations import families
from asterisk_realtime.migrations.comparing.differences import OtherCase
from asterisk_realtime.migrations.comparing.tables import enums_of
from asterisk_realtime.migrations.converting import for_dialect, is_mysql
from asterisk_realtime.migrations.planning import planning
from asterisk_realtime.migrations.postgresql.catalogue import other_cases
from asterisk_realtime.migrations.reading import changes_table, inspection, upstream
from asterisk_realtime.migrations.reading.changes_table import CHANGES_TABLE, Entry
from asterisk_realtime.migrations.schema import is_existing
from asterisk_realtime.migrations.sql import SqlWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import MetaData, Table
    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.planning.planning import Plan
    from asterisk_realtime.migrations.reading.upstream import UpstreamHead


def reconcile(tables: MetaData, revision: str, heads: Sequence[UpstreamHead] = ()) -> None:
    """
    Create the tables of a revision, or bring existing ones up to date, without losing data.

    Args:
        tables: The tables that the database must have. A table without a primary key holds columns
            that are added to a table of an earlier revision.
        revision: Id of the revision.
        heads: The corresponding revisions of Asterisk's own scripts.

    Raises:
        SchemaIrreconcilableError: Rows, types or other objects prevent the upgrade; nothing was
            changed.
    """
    context = op.get_context()
    writer = SqlWriter(context.dialect)
    chosen = _families(context)
    wanted = for_dialect(families.tables_of(tables, chosen), context.dialect)
    if context.as_sql:
        # The first revision only creates complete tables, and also the table of changes.
        first = not any(map(planning.is_addition, tables.sorted_tables))
        _run(context, _offline(wanted, revision, writer, families.entries(chosen), first=first))
        return
    connection = op.get_bind()
    # First the tables, then their columns, which are found only under the new table name.
    _run(context, (each.statement for each in other_cases(connection, wanted)))
    _run(context, (each.statement for each in other_cases(connection, wanted)))
    plan = planning.plan(connection, wanted, writer)
    if renamed := [each.statement for each in plan.differences if isinstance(each, OtherCase)]:
        _run(context, renamed)
        plan = planning.plan(connection, wanted, writer)
    plan = plan.with_dependants(connection)
    obstacles = [str(each) for each in plan.obstacles(connection)]
    obstacles += _held_by_foreign_keys(connection, plan)
    if obstacles:
        raise SchemaIrreconcilableError(list(dict.fromkeys(obstacles)))
    _run(context, _record(connection, plan, revision, families.entries(chosen)))
    _run(context, plan.statements())
    plan.restore(connection)
    ours = [head for head in heads if families.includes_tree(head.tree, chosen)]
    _run(context, upstream.stamps(connection, ours, writer))


def _families(context: MigrationContext) -> tuple[str, ...] | None:
    chosen: tuple[str, ...] | None = context.opts.get("families")
    return chosen


def _offline(
    wanted: MetaData, revision: str, writer: SqlWriter, chosen: Iterable[Entry], *, first: bool
) -> Iterator[str]:
    plan = planning.plan_offline(wanted, writer)
    entries = [*(chosen if first else ()), *changes_table.entries(plan.differences)]
    yield from changes_table.insert(entries, revision, writer, create=first)
    yield from plan.statements()


def _record(
    connection: Connection, plan: Plan, revision: str, chosen: Iterable[Entry]
) -> Iterator[str]:
    known = changes_table.read(connection)
    entries = (*chosen, *changes_table.entries(plan.differences))
    new = changes_table.unknown(entries, known, revision)
    create = not inspect(connection).has_table(CHANGES_TABLE.name)
    return changes_table.insert(new, revision, plan.writer, create=create)


def _held_by_foreign_keys(connection: Connection, plan: Plan) -> Iterator[str]:
    """Yield the tables that SQLite cannot recreate, since foreign keys refer to them."""
    rebuilt = [table.found.name for table in plan.rebuilt()]
    if not rebuilt or not connection.scalar(text("PRAGMA foreign_keys")):
        return
    referred = text(
        'SELECT DISTINCT f."table" FROM sqlite_master m, pragma_foreign_key_list(m.name) f'
        " WHERE m.type = 'table'"
    )
    for name in sorted(set(connection.scalars(referred)) & set(rebuilt)):
        yield (
            f"table {name} must be recreated, and other tables refer to it; run PRAGMA"
            " foreign_keys=OFF before the transaction, or pass the engine instead of a connection"
        )


def take_back(tables: MetaData, revision: str, heads: Sequence[UpstreamHead] = ()) -> None:
    """
    Drop the indexes, columns and tables that a revision created; those that existed before it stay.

    Args:
        tables: The tables of the revision.
        revision: Id of the revision.
        heads: The revisions of Asterisk's own scripts to restore, if something was dropped.
    """
    context = op.get_context()
    writer = SqlWriter(context.dialect)
    included = families.tables_of(tables, _families(context))
    declared = _declared(for_dialect(included, context.dialect))
    if context.as_sql:
        _run(context, _drop_statements(declared, writer))
        _run(context, changes_table.delete(declared, writer))
        return
    connection = op.get_bind()
    created = changes_table.read(connection)
    ours = [entry for entry in declared if created.get(entry) == revision]
    present = [entry for entry in ours if _exists(connection, entry)]
    _run(context, _drop_statements(present, writer))
    _run(context, changes_table.delete(ours, writer))
    if ours:
        trees = [head for head in heads if families.includes_tree(head.tree, _families(context))]
        _run(context, upstream.stamps(connection, trees, writer))


def _declared(tables: MetaData) -> list[Entry]:
    """Return the tables that a revision creates, and what it adds to others: indexes come first."""
    return [
        entry
        for table in tables.sorted_tables
        for entry in (
            _additions(table) if planning.is_addition(table) else [Entry("table", table.name)]
        )
    ]


def _additions(table: Table) -> Iterator[Entry]:
    for index in sorted(str(each.name) for each in table.indexes):
        yield Entry("index", f"{table.name}.{index}")
    for column in table.columns:
        if not is_existing(column):
            yield Entry("column", f"{table.name}.{column.name}")


def _exists(connection: Connection, entry: Entry) -> bool:
    table, _dot, column = entry.name.partition(".")
    inspector = inspect(connection)
    if not inspector.has_table(table):
        return False
    if entry.kind == "index":
        return column in inspection.index_names(connection, table)
    return not column or column in {each["name"] for each in inspector.get_columns(table)}


def _drop_statements(entries: Iterable[Entry], writer: SqlWriter) -> Iterator[str]:
    for entry in entries:
        table, _dot, column = entry.name.partition(".")
        if entry.kind == "index":
            drop = f"DROP INDEX {writer.name(column)}"
            # An index has a name of its own, except on MariaDB.
            mysql = is_mysql(writer.dialect)
            yield f"ALTER TABLE {writer.name(table)} {drop}" if mysql else drop
        elif column:
            yield f"ALTER TABLE {writer.name(table)} DROP COLUMN {writer.name(column)}"
        else:
            yield f"DROP TABLE {writer.name(table)}"


def remove_all(tables: MetaData) -> None:
    """
    Drop every table, if the migrations created all of them.

    Raises:
        SchemaError: A table existed before the migrations; nothing was changed.
    """
    context = op.get_context()
    writer = SqlWriter(context.dialect)
    included = families.tables_of(tables, _families(context))
    names = [table.name for table in reversed(included.sorted_tables)]
    if context.as_sql:
        types = enums_of(for_dialect(included, context.dialect))
        postgresql = context.dialect.name == "postgresql"
        _run(
            context,
            _remove_statements([*names, CHANGES_TABLE.name], types if postgresql else (), writer),
        )
        return
    connection = op.get_bind()
    refuse_preexisting_tables(connection, included)
    created = changes_table.read(connection)
    there = set(inspect(connection).get_table_names())
    enums = [entry.name for entry in created if entry.kind == "enum"]
    # The table of changes comes last: after an interrupted run, the next run needs it.
    _run(context, _remove_statements([name for name in names if name in there], enums, writer))
    if CHANGES_TABLE.name in there:
        _run(context, [f"DROP TABLE {CHANGES_TABLE.name}"])


def refuse_preexisting_tables(connection: Connection, tables: MetaData) -> None:
    """
    Refuse a downgrade to ``base`` if a table existed before the migrations.

    Raises:
        SchemaError: One of *tables* existed before the migrations.
    """
    created = changes_table.read(connection)
    there = set(inspect(connection).get_table_names())
    older = sorted(name for name in {*tables.tables} & there if Entry("table", name) not in created)
    if older:
        raise SchemaError(
            "these tables existed before the migrations, so that a downgrade to base would drop"
            f" tables that they did not create: {', '.join(older)};"
            " to undo as much as possible, run `alembic downgrade asterisk_22_10`"
        )


def _remove_statements(
    tables: Iterable[str], enums: Iterable[str], writer: SqlWriter
) -> Iterator[str]:
    for name in tables:
        yield f"DROP TABLE {writer.name(name)}"
    for name in enums:
        yield f"DROP TYPE IF EXISTS {writer.name(name)}"


def _run(context: MigrationContext, statements: Iterable[str]) -> None:
    for statement in statements:
        if context.as_sql:
            # op.execute() would replace tabs by blanks, also within literals.
            context.impl.static_output(statement + context.impl.command_terminator)
        else:
            op.get_bind().exec_driver_sql(statement)
