"""
What the ``upgrade`` and ``downgrade`` of a revision call.

A revision states what must be there. `reconcile` compares it with what is there, refuses before the
first change if rows would suffer, and else makes what is missing. So the same revision works on
an empty database, on one that Asterisk's own scripts made, and on one where it was killed half way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op
from sqlalchemy import inspect, text

from asterisk_realtime.errors import SchemaError, SchemaIrreconcilableError
from asterisk_realtime.migrations import families
from asterisk_realtime.migrations.comparing.comparing import enums_of
from asterisk_realtime.migrations.comparing.differences import OtherCase
from asterisk_realtime.migrations.planning import planning
from asterisk_realtime.migrations.postgresql.catalogue import other_cases
from asterisk_realtime.migrations.reading import ledger, upstream
from asterisk_realtime.migrations.reading.ledger import LEDGER, Entry
from asterisk_realtime.migrations.schema import for_dialect
from asterisk_realtime.migrations.sql import Spelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import MetaData
    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.planning.planning import Plan
    from asterisk_realtime.migrations.reading.upstream import UpstreamHead


def reconcile(tables: MetaData, revision: str, heads: Sequence[UpstreamHead] = ()) -> None:
    """
    Bring the database to what a revision states; nothing is dropped or narrowed.

    Args:
        tables: What must be there. A table without a primary key stands for an addition to a
            table of an earlier revision.
        revision: Id of the revision.
        heads: Where Asterisk's own scripts stand then.

    Raises:
        SchemaIrreconcilableError: Rows or types stand in the way; nothing was changed.
    """
    context = op.get_context()
    spelling = Spelling(context.dialect)
    chosen = _families(context)
    wanted = for_dialect(families.carried(tables, chosen), context.dialect)
    if context.as_sql:
        # The first revision makes whole tables, and with them the ledger.
        first = not any(map(planning.is_addition, tables.sorted_tables))
        _run(context, _offline(wanted, revision, spelling, families.entries(chosen), first=first))
        return
    connection = op.get_bind()
    # Tables first, so that the columns of each are found under its right name.
    _run(context, (each.statement for each in other_cases(connection, wanted)))
    _run(context, (each.statement for each in other_cases(connection, wanted)))
    plan = planning.plan(connection, wanted, spelling)
    if renamed := [each.statement for each in plan.differences if isinstance(each, OtherCase)]:
        _run(context, renamed)
        plan = planning.plan(connection, wanted, spelling)
    plan = plan.with_dependants(connection)
    obstacles = [str(each) for each in plan.obstacles(connection)]
    obstacles += _held_by_foreign_keys(connection, plan)
    if obstacles:
        raise SchemaIrreconcilableError(list(dict.fromkeys(obstacles)))
    _run(context, _noted(connection, plan, revision, families.entries(chosen)))
    _run(context, plan.statements())
    plan.restore(connection)
    ours = [head for head in heads if families.carries_tree(head.tree, chosen)]
    _run(context, upstream.stamps(connection, ours, spelling))


def _families(context: MigrationContext) -> tuple[str, ...] | None:
    chosen: tuple[str, ...] | None = context.opts.get("families")
    return chosen


def _offline(
    wanted: MetaData, revision: str, spelling: Spelling, carried: Iterable[Entry], *, first: bool
) -> Iterator[str]:
    plan = planning.plan_offline(wanted, spelling)
    entries = [*(carried if first else ()), *ledger.entries(plan.differences)]
    yield from ledger.write(entries, revision, spelling, create=first)
    yield from plan.statements()


def _noted(
    connection: Connection, plan: Plan, revision: str, carried: Iterable[Entry]
) -> Iterator[str]:
    known = ledger.read(connection)
    entries = (*carried, *ledger.entries(plan.differences))
    new = [entry for entry in entries if entry not in known]
    create = not inspect(connection).has_table(LEDGER.name)
    return ledger.write(new, revision, plan.spelling, create=create)


def _held_by_foreign_keys(connection: Connection, plan: Plan) -> Iterator[str]:
    """Yield what SQLite refuses: dropping a table that others refer to while it checks that."""
    rebuilt = [table.found.name for table in plan.rebuilt()]
    if not rebuilt or not connection.scalar(text("PRAGMA foreign_keys")):
        return
    referred = text(
        'SELECT DISTINCT f."table" FROM sqlite_master m, pragma_foreign_key_list(m.name) f'
        " WHERE m.type = 'table'"
    )
    for name in sorted(set(connection.scalars(referred)) & set(rebuilt)):
        yield (
            f"table {name} must be recreated, and others refer to it; run PRAGMA foreign_keys=OFF"
            " before the transaction, or pass the engine instead of a connection"
        )


def take_back(tables: MetaData, revision: str, heads: Sequence[UpstreamHead] = ()) -> None:
    """
    Drop the columns and tables that a revision added; those that were there before stay.

    Args:
        tables: What the revision stated.
        revision: Its id.
        heads: Where Asterisk's own scripts stand again, if something was dropped.
    """
    context = op.get_context()
    spelling = Spelling(context.dialect)
    stated = _stated(families.carried(tables, _families(context)))
    if context.as_sql:
        _run(context, _dropped(stated, spelling))
        return
    connection = op.get_bind()
    made = ledger.read(connection)
    ours = [entry for entry in stated if made.get(entry) == revision]
    present = [entry for entry in ours if _is_there(connection, entry)]
    _run(context, _dropped(present, spelling))
    _run(context, ledger.forget(ours, spelling))
    if ours:
        trees = [head for head in heads if families.carries_tree(head.tree, _families(context))]
        _run(context, upstream.stamps(connection, trees, spelling))


def _stated(tables: MetaData) -> list[Entry]:
    """Return the tables that a revision creates, and the columns that it adds to others."""
    return [
        entry
        for table in tables.sorted_tables
        for entry in (
            [Entry("column", f"{table.name}.{column.name}") for column in table.columns]
            if planning.is_addition(table)
            else [Entry("table", table.name)]
        )
    ]


def _is_there(connection: Connection, entry: Entry) -> bool:
    table, _dot, column = entry.name.partition(".")
    inspector = inspect(connection)
    if not inspector.has_table(table):
        return False
    return not column or column in {each["name"] for each in inspector.get_columns(table)}


def _dropped(entries: Iterable[Entry], spelling: Spelling) -> Iterator[str]:
    for entry in entries:
        table, _dot, column = entry.name.partition(".")
        if column:
            yield f"ALTER TABLE {spelling.name(table)} DROP COLUMN {spelling.name(column)}"
        else:
            yield f"DROP TABLE {spelling.name(table)}"


def remove_all(tables: MetaData) -> None:
    """
    Drop every table, if the migrations made all of them.

    Raises:
        SchemaError: A table was there before the migrations came; nothing was changed.
    """
    context = op.get_context()
    spelling = Spelling(context.dialect)
    carried = families.carried(tables, _families(context))
    names = [table.name for table in reversed(carried.sorted_tables)]
    if context.as_sql:
        types = enums_of(for_dialect(carried, context.dialect))
        postgresql = context.dialect.name == "postgresql"
        _run(context, _removed([*names, LEDGER.name], types if postgresql else (), spelling))
        return
    connection = op.get_bind()
    refuse_foreign_tables(connection, carried)
    made = ledger.read(connection)
    there = set(inspect(connection).get_table_names())
    enums = [entry.name for entry in made if entry.kind == "enum"]
    # The ledger last: a run that is killed half way needs it again.
    _run(context, _removed([name for name in names if name in there], enums, spelling))
    if LEDGER.name in there:
        _run(context, [f"DROP TABLE {LEDGER.name}"])


def refuse_foreign_tables(connection: Connection, tables: MetaData) -> None:
    """
    Refuse to go back below the first revision if a table existed before the migrations.

    Raises:
        SchemaError: One of *tables* was there before the migrations came.
    """
    made = ledger.read(connection)
    there = set(inspect(connection).get_table_names())
    foreign = sorted(name for name in {*tables.tables} & there if Entry("table", name) not in made)
    if foreign:
        raise SchemaError(
            "these tables existed before the migrations, so going back would drop what they did"
            f" not create: {', '.join(foreign)};"
            " to give the database back, run `alembic downgrade asterisk_22_10` at the most"
        )


def _removed(tables: Iterable[str], enums: Iterable[str], spelling: Spelling) -> Iterator[str]:
    for name in tables:
        yield f"DROP TABLE {spelling.name(name)}"
    for name in enums:
        yield f"DROP TYPE IF EXISTS {spelling.name(name)}"


def _run(context: MigrationContext, statements: Iterable[str]) -> None:
    for statement in statements:
        if context.as_sql:
            # A colon begins a parameter in text(), and none of ours does.
            op.execute(text(statement.replace(":", r"\:")))
        else:
            op.get_bind().exec_driver_sql(statement)
