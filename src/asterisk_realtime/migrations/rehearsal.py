"""
Whether PostgreSQL takes views, checks and the like with the new types, tried on empty copies.

The copies are temporary tables in a savepoint that is rolled back: no table of the user is locked
or changed. What cannot be tried on a copy as it is now says nothing about the new types: it is left
to the upgrade, which is undone as a whole where PostgreSQL refuses.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from asterisk_realtime.migrations.connections import commits_each_statement
from asterisk_realtime.migrations.dependants import first_taken
from asterisk_realtime.migrations.differences import (
    ColumnDiffers,
    MissingColumn,
    MissingEnum,
    MissingLabel,
)
from asterisk_realtime.migrations.kinds import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Connection
    from sqlalchemy.exc import DBAPIError

    from asterisk_realtime.migrations.dependants import Dependant
    from asterisk_realtime.migrations.differences import Obstacle
    from asterisk_realtime.migrations.planning import Plan

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
    Return what the plan makes again and PostgreSQL does not take with the new types.

    Args:
        connection: One of PostgreSQL's. Where it may make no temporary table, nothing is tried.
        plan: What is done, with what depends on the columns that change.
    """
    if not _worth_it(plan) or commits_each_statement(connection):
        return ()
    if not connection.exec_driver_sql(_MAY).scalar():
        return ()
    with _undone(connection):
        refused = _tried(connection, plan.dependants, _copy(connection, plan))
    known = [each for each in plan.dependants if refused.get(each, "untried") is None]
    with _undone(connection):
        copies = _copy(connection, plan)
        _change(connection, plan)
        refused = _tried(connection, known, copies)
    # In the order to drop them.
    found = ((each, refused[each]) for each in known)
    return tuple(each.obstacle(error) for each, error in found if error is not None)


def _worth_it(plan: Plan) -> bool:
    """Tell whether there is anything to try; functions of a type that is made anew hide it."""
    functions = any(each.drop.startswith("DROP ROUTINE") for each in plan.dependants)
    return bool(plan.dependants) and not functions


@contextmanager
def _undone(connection: Connection) -> Iterator[None]:
    savepoint = connection.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


def _copy(connection: Connection, plan: Plan) -> frozenset[str]:
    """Make copies that PostgreSQL finds under the names of the tables; return these names."""
    quote = plan.spelling.name
    schema = quote(str(connection.exec_driver_sql("SELECT current_schema()").scalar()))
    tables = {quote(each.table) for each in plan.changes()}
    # An account that may not read a table cannot copy it.
    copies = frozenset(
        table
        for table in sorted(tables)
        if not first_taken(connection, [[f"CREATE TEMP TABLE {table} (LIKE {schema}.{table})"]])
    )
    connection.exec_driver_sql(f"SET LOCAL search_path = pg_temp, {schema}")
    return copies


def _change(connection: Connection, plan: Plan) -> None:
    for statement in (*_enums(plan), *_columns(plan)):
        first_taken(connection, [[statement]])


def _enums(plan: Plan) -> Iterator[str]:
    """Yield what makes the enum types that are not there as they will be."""
    labels: dict[str, tuple[str, ...]] = {}
    for each in plan.differences:
        if isinstance(each, MissingEnum):
            labels[each.name] = each.labels
        elif isinstance(each, MissingLabel) and each.name in plan.enums_anew():
            labels[each.name] = (*labels.get(each.name, plan.found.enums[each.name]), each.label)
    for name, words in labels.items():
        type_ = plan.spelling.name(name)
        yield f"CREATE TYPE pg_temp.{type_} AS ENUM ({plan.spelling.words(words)})"


def _columns(plan: Plan) -> Iterator[str]:
    """Yield what gives the copies all columns in their new types, without rows and defaults."""
    for each in plan.differences:
        if isinstance(each, MissingColumn):
            column, type_ = plan.spelling.name(each.column), plan.spelling.type(each.wanted.type)
            yield f"ALTER TABLE pg_temp.{plan.spelling.name(each.table)} ADD {column} {type_}"
        elif isinstance(each, ColumnDiffers) and each.verdict is not Verdict.FITS:
            type_ = plan.spelling.type(each.wanted.type)
            yield _retype(plan.spelling.name(each.table), plan.spelling.name(each.column), type_)
    for use in plan.enum_uses():
        yield _retype(plan.spelling.name(use.name), use.column, plan.spelling.name(use.type))


def _retype(table: str, column: str, type_: str) -> str:
    change = f"ALTER COLUMN {column} TYPE {type_} USING CAST(NULL AS {type_})"
    return f"ALTER TABLE pg_temp.{table} {change}"


def _tried(
    connection: Connection, dependants: Iterable[Dependant], copies: frozenset[str]
) -> dict[Dependant, DBAPIError | None]:
    """Make each again, in the order of an upgrade; return the errors that this ends in."""
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
            # What selects from it must not find the real one instead.
            first_taken(connection, [[f"CREATE TEMP TABLE {view[3]} ()"]])
    return refused


def _is_possible(dependant: Dependant, copies: frozenset[str]) -> bool:
    """Tell whether its statements name copies alone, so that no table of the user is locked."""
    statement = dependant.create[0]
    view = _VIEW.match(statement)
    if view:
        return view[2] is None
    if statement.startswith("CREATE STATISTICS"):
        return statement.rpartition(" FROM ")[2] in copies
    if dependant.thing.startswith("ROUTINE "):
        return True
    # A temporary table can refer to no other, and is in no publication.
    on_copy = dependant.thing.removeprefix("TABLE ") in copies
    return on_copy and " FOREIGN KEY (" not in statement


def _on_copy(statements: Iterable[str]) -> Iterator[str]:
    """Yield the statements that need the columns, so that they make temporary things."""
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
    # A table takes neither its settings nor its rows: it is there for its columns and indexes.
    query = _OPTIONS.sub("", rest).removesuffix(" WITH NO DATA")
    return f"CREATE TEMP TABLE {found[3]}{query} WITH NO DATA"
