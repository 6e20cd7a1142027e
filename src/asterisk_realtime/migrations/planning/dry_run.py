"""
Test on empty copies of tables whether views, checks and other objects work with the new types.

The copies are temporary tables in a savepoint that is rolled back, so no other table changes.
Meanwhile, PostgreSQL holds the lock of a query (ACCESS SHARE) on each table, view and type that the
statements name. Other transactions can read and write these tables; only a change of a table's
definition waits for the lock, or the lock for the change. The locks end with the savepoint. Event
triggers run for these statements; what they write in the database is rolled back too.

Some objects cannot be tested: those that do not work on an unchanged copy, and those that need a
table of another schema. The upgrade itself recreates them, and changes nothing if PostgreSQL
refuses one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    MissingColumn,
    MissingEnum,
    MissingLabel,
)
from asterisk_realtime.migrations.comparing.kinds import Verdict
from asterisk_realtime.migrations.connections import commits_each_statement, rolled_back
from asterisk_realtime.migrations.postgresql.dependants import first_accepted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError

    from asterisk_realtime.migrations.comparing.differences import Obstacle
    from asterisk_realtime.migrations.planning.planning import Plan
    from asterisk_realtime.migrations.postgresql.dependants import Dependant
    from asterisk_realtime.migrations.sql import SqlWriter

_NAME: Final = r'(?:"(?:[^"]|"")*"|[\w$]+)'
_VIEW: Final = re.compile(rf"CREATE (VIEW|MATERIALIZED VIEW) ({_NAME}\.)?({_NAME})")
_OPTIONS: Final = re.compile(r"\A WITH \([^()]*\)")
_ROUTINE: Final = re.compile(rf"\A(CREATE OR REPLACE (?:FUNCTION|PROCEDURE)) {_NAME}\.")
_STATISTICS: Final = re.compile(rf"\A(CREATE STATISTICS) {_NAME}\.")

_MAY: Final = """
    SELECT has_database_privilege(current_database(), 'TEMP')
        AND current_setting('transaction_read_only') = 'off' AND NOT pg_is_in_recovery()
"""


def obstacles(connection: Connection, plan: Plan) -> tuple[Obstacle, ...]:
    """
    Return the objects that the plan recreates and that do not work with the new types.

    Args:
        connection: A connection to PostgreSQL; nothing is tested if it may not create temporary
            tables.
        plan: The changes, with the objects that depend on the changed columns.
    """
    if not _can_be_tried(plan) or commits_each_statement(connection):
        return ()
    if not connection.exec_driver_sql(_MAY).scalar():
        return ()
    with rolled_back(connection):
        refused = _recreate(connection, plan.dependants, _copy(connection, plan))
    testable = [each for each in plan.dependants if refused.get(each, "untested") is None]
    with rolled_back(connection):
        copies = _copy(connection, plan)
        _change(connection, plan, copies)
        refused = _recreate(connection, testable, copies)
    # In the order in which to drop them.
    found = ((each, refused[each]) for each in testable)
    return tuple(each.obstacle(error) for each, error in found if error is not None)


def _can_be_tried(plan: Plan) -> bool:
    """Tell whether there are objects to test, and no function whose argument types would differ."""
    functions = any(each.drop.startswith("DROP ROUTINE") for each in plan.dependants)
    return bool(plan.dependants) and not functions


def _copy(connection: Connection, plan: Plan) -> frozenset[str]:
    """Create temporary copies with the same names as the tables, and return these names."""
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar()
    # A name with another schema would not refer to a copy.
    tables = {each.place for each in plan.changes() if not each.is_elsewhere}
    # An account that may not read a table cannot copy it.
    copies = frozenset(
        table
        for table in sorted(tables)
        if not first_accepted(connection, [[f"CREATE TEMP TABLE {table} (LIKE {schema}.{table})"]])
    )
    path = text("SELECT set_config('search_path', :path, true)")
    connection.execute(path, {"path": f"pg_temp, {schema}"})
    return copies


def _change(connection: Connection, plan: Plan, copies: frozenset[str]) -> None:
    writer = plan.writer.for_display()
    for statement in (*_enums(plan, writer), *_columns(plan, writer, copies)):
        first_accepted(connection, [[statement]])


def _enums(plan: Plan, writer: SqlWriter) -> Iterator[str]:
    """Yield the statements that create missing enum types, and types with missing labels."""
    labels: dict[str, tuple[str, ...]] = {}
    for each in plan.differences:
        if isinstance(each, MissingEnum):
            labels[each.name] = each.labels
        elif isinstance(each, MissingLabel) and each.name in plan.recreated_enums():
            labels[each.name] = (*labels.get(each.name, plan.found.enums[each.name]), each.label)
    for name, words in labels.items():
        yield f"CREATE TYPE pg_temp.{writer.name(name)} AS ENUM ({writer.literals(words)})"


def _columns(plan: Plan, writer: SqlWriter, copies: frozenset[str]) -> Iterator[str]:
    """Yield the statements that add and change the columns of the copies, without defaults."""
    of_tables = (each for each in plan.differences if each.table)
    for each in of_tables:
        table = writer.name(each.table)
        if isinstance(each, MissingColumn):
            column, type_ = writer.name(each.column), writer.type(each.wanted.type)
            yield f"ALTER TABLE pg_temp.{table} ADD {column} {type_}"
        elif isinstance(each, ColumnDiffers) and each.verdict is not Verdict.FITS:
            type_ = writer.type(each.wanted.type)
            yield _retype(table, writer.name(each.column), type_)
    for use in plan.enum_uses():
        if use.table in copies:
            yield _retype(use.table, use.column, writer.name(use.type))


def _retype(table: str, column: str, type_: str) -> str:
    change = f"ALTER COLUMN {column} TYPE {type_} USING CAST(NULL AS {type_})"
    return f"ALTER TABLE pg_temp.{table} {change}"


def _recreate(
    connection: Connection, dependants: Iterable[Dependant], copies: frozenset[str]
) -> dict[Dependant, DBAPIError | None]:
    """Recreate each object in the order of an upgrade; return its error, or None."""
    possible = [each for each in dependants if _is_possible(each, copies)]
    for each in possible:
        if each.drop.startswith("ALTER TABLE"):
            first_accepted(connection, [[each.drop]])
    refused: dict[Dependant, DBAPIError | None] = {}
    for each in reversed(possible):
        variants = (tuple(_on_copy(statements)) for statements in each.variants())
        refused[each] = first_accepted(connection, variants)
        view = _VIEW.match(each.create[0])
        if refused[each] is not None and view:
            # Other views that select from this one must not find the real view.
            first_accepted(connection, [[f"CREATE TEMP TABLE {view[3]} ()"]])
    return refused


def _is_possible(dependant: Dependant, copies: frozenset[str]) -> bool:
    """Tell whether its statements can be run on the copies alone."""
    if dependant.is_elsewhere:
        return False
    statement = dependant.create[0]
    view = _VIEW.match(statement)
    if view:
        return view[2] is None
    if statement.startswith("CREATE STATISTICS"):
        return statement.rpartition(" FROM ")[2] in copies
    if dependant.thing.startswith("ROUTINE "):
        return True
    # A temporary table can have no foreign key to a permanent one, and be in no publication.
    on_copy = dependant.thing.removeprefix("TABLE ") in copies
    return on_copy and " FOREIGN KEY (" not in statement


def _on_copy(statements: Iterable[str]) -> Iterator[str]:
    """Yield the CREATE and ALTER TABLE statements, changed to create temporary objects."""
    for statement in statements:
        if statement.startswith(("CREATE", "ALTER TABLE")):
            yield _temporary(statement)


def _temporary(statement: str) -> str:
    found = _VIEW.match(statement)
    if found is None:
        return _STATISTICS.sub(r"\1 pg_temp.", _ROUTINE.sub(r"\1 pg_temp.", statement))
    rest = statement[found.end() :]
    if found[1] == "VIEW":
        return f"CREATE TEMP VIEW {found[3]}{rest}"
    # A table replaces the materialized view; its settings and rows are not needed.
    query = _OPTIONS.sub("", rest).removesuffix(" WITH NO DATA")
    return f"CREATE TEMP TABLE {found[3]}{query} WITH NO DATA"
