"""
Try on empty copies whether views, checks and other objects work with the new types.

The copies are temporary tables in a savepoint that is rolled back, so no table of the user
changes. PostgreSQL locks each table, view and type that is named as a query does (ACCESS SHARE):
others may read and write, and only a change of the table itself waits, or is waited for. The locks
of the savepoint end with it. Event triggers run for these statements as for any other; what they
write in the database is undone too.

An object that does not work on an unchanged copy, or that needs a table of another schema, is not
judged: the upgrade tries it, and changes nothing if PostgreSQL refuses it.
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
from asterisk_realtime.migrations.connections import commits_each_statement, undone
from asterisk_realtime.migrations.postgresql.dependants import first_taken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError

    from asterisk_realtime.migrations.comparing.differences import Obstacle
    from asterisk_realtime.migrations.planning.planning import Plan
    from asterisk_realtime.migrations.postgresql.dependants import Dependant
    from asterisk_realtime.migrations.sql import Spelling

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
        connection: A connection to PostgreSQL; if it may create no temporary table, nothing is
            tried.
        plan: The changes, with the objects that depend on the changed columns.
    """
    if not _worth_it(plan) or commits_each_statement(connection):
        return ()
    if not connection.exec_driver_sql(_MAY).scalar():
        return ()
    with undone(connection):
        refused = _tried(connection, plan.dependants, _copy(connection, plan))
    known = [each for each in plan.dependants if refused.get(each, "untried") is None]
    with undone(connection):
        copies = _copy(connection, plan)
        _change(connection, plan, copies)
        refused = _tried(connection, known, copies)
    # In the order in which to drop them.
    found = ((each, refused[each]) for each in known)
    return tuple(each.obstacle(error) for each, error in found if error is not None)


def _worth_it(plan: Plan) -> bool:
    """Tell whether there is anything to try, and no function whose argument types would differ."""
    functions = any(each.drop.startswith("DROP ROUTINE") for each in plan.dependants)
    return bool(plan.dependants) and not functions


def _copy(connection: Connection, plan: Plan) -> frozenset[str]:
    """Create copies that PostgreSQL finds by the names of the tables; return these names."""
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar()
    # A copy of a table of another schema would not be found by the table's name.
    tables = {each.place for each in plan.changes() if not each.is_elsewhere}
    # An account that may not read a table cannot copy it.
    copies = frozenset(
        table
        for table in sorted(tables)
        if not first_taken(connection, [[f"CREATE TEMP TABLE {table} (LIKE {schema}.{table})"]])
    )
    path = text("SELECT set_config('search_path', :path, true)")
    connection.execute(path, {"path": f"pg_temp, {schema}"})
    return copies


def _change(connection: Connection, plan: Plan, copies: frozenset[str]) -> None:
    spelling = plan.spelling.for_people()
    for statement in (*_enums(plan, spelling), *_columns(plan, spelling, copies)):
        first_taken(connection, [[statement]])


def _enums(plan: Plan, spelling: Spelling) -> Iterator[str]:
    """Yield statements that create the enum types that are missing or lack labels."""
    labels: dict[str, tuple[str, ...]] = {}
    for each in plan.differences:
        if isinstance(each, MissingEnum):
            labels[each.name] = each.labels
        elif isinstance(each, MissingLabel) and each.name in plan.enums_anew():
            labels[each.name] = (*labels.get(each.name, plan.found.enums[each.name]), each.label)
    for name, words in labels.items():
        yield f"CREATE TYPE pg_temp.{spelling.name(name)} AS ENUM ({spelling.words(words)})"


def _columns(plan: Plan, spelling: Spelling, copies: frozenset[str]) -> Iterator[str]:
    """Yield statements that give the copies all columns in their new types, without defaults."""
    of_tables = (each for each in plan.differences if each.table)
    for each in of_tables:
        table = spelling.name(each.table)
        if isinstance(each, MissingColumn):
            column, type_ = spelling.name(each.column), spelling.type(each.wanted.type)
            yield f"ALTER TABLE pg_temp.{table} ADD {column} {type_}"
        elif isinstance(each, ColumnDiffers) and each.verdict is not Verdict.FITS:
            type_ = spelling.type(each.wanted.type)
            yield _retype(table, spelling.name(each.column), type_)
    for use in plan.enum_uses():
        if use.table in copies:
            yield _retype(use.table, use.column, spelling.name(use.type))


def _retype(table: str, column: str, type_: str) -> str:
    change = f"ALTER COLUMN {column} TYPE {type_} USING CAST(NULL AS {type_})"
    return f"ALTER TABLE pg_temp.{table} {change}"


def _tried(
    connection: Connection, dependants: Iterable[Dependant], copies: frozenset[str]
) -> dict[Dependant, DBAPIError | None]:
    """Recreate each object, in the order of an upgrade; return the error of each, or None."""
    possible = [each for each in dependants if _is_possible(each, copies)]
    for each in possible:
        if each.drop.startswith("ALTER TABLE"):
            first_taken(connection, [[each.drop]])
    refused: dict[Dependant, DBAPIError | None] = {}
    for each in reversed(possible):
        spellings = (tuple(_on_copy(statements)) for statements in each.spellings())
        refused[each] = first_taken(connection, spellings)
        view = _VIEW.match(each.create[0])
        if refused[each] is not None and view:
            # Other views that select from it must not find the real one instead.
            first_taken(connection, [[f"CREATE TEMP TABLE {view[3]} ()"]])
    return refused


def _is_possible(dependant: Dependant, copies: frozenset[str]) -> bool:
    """Tell whether its statements name only copies and none of the user's tables."""
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
    # A temporary table cannot refer to a permanent one, and belongs to no publication.
    on_copy = dependant.thing.removeprefix("TABLE ") in copies
    return on_copy and " FOREIGN KEY (" not in statement


def _on_copy(statements: Iterable[str]) -> Iterator[str]:
    """Yield the statements that use the columns, changed to create temporary objects."""
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
    # A table in its place needs only the columns and indexes, not the settings and rows.
    query = _OPTIONS.sub("", rest).removesuffix(" WITH NO DATA")
    return f"CREATE TEMP TABLE {found[3]}{query} WITH NO DATA"
