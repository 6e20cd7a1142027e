"""What a database's error means, in an error of ours that shows no row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Enum, String, inspect
from sqlalchemy.exc import DataError, DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.orm.exc import StaleDataError

from asterisk_realtime.errors import (
    AsteriskRealtimeError,
    ConcurrentChangeError,
    ConstraintError,
    SchemaBehindError,
    SchemaError,
    SchemaMissingError,
    error_codes,
    is_retryable,
)
from asterisk_realtime.models import Base

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection, Table
    from sqlalchemy.types import TypeEngine

_UNIQUE: Final = frozenset(
    {
        *("23505", "23P01"),
        *(1062, 1586),
        *("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_ROWID"),
    }
)
"""A row of the same key is there, as PostgreSQL, MariaDB and SQLite say it."""

_RULES: Final[Mapping[str | int, str]] = {
    code: rule
    for rule, codes in {
        "the column takes no NULL and has no default": (
            *("23502", 1048, 1364, "SQLITE_CONSTRAINT_NOTNULL"),
        ),
        "a CHECK constraint refuses the row": (*("23514", 3819, 4025, "SQLITE_CONSTRAINT_CHECK"),),
        "a foreign key refuses it": (
            *("23503", "23001", 1216, 1217, 1451, 1452, "SQLITE_CONSTRAINT_FOREIGNKEY"),
        ),
        "the view's CHECK OPTION refuses the row": ("44000", 1369),
        "the database alone fills the column": ("428C9", 1906, 3105),
        "a trigger refuses it": ("P0001", "45000", 1644, "SQLITE_CONSTRAINT_TRIGGER"),
        "the column takes values of another type alone": ("SQLITE_CONSTRAINT_DATATYPE",),
    }.items()
    for code in codes
}
"""Rules of a database that are not ours: somebody has added them to its tables."""

_WORDS: Final = {
    "table": (r"(?:INSERT INTO|UPDATE|DELETE FROM) [`\"\[]?(\w+)",),
    "column": (r"constraint failed: \w+\.(\w+)", r"(?:Column|Field|column) [`'\"](\w+)[`'\"]"),
    "constraint": (
        r"CONSTRAINT [`\"](\w+)[`\"]",
        r"CHECK constraint failed: (\w+)",
        r"for key '(?:\w+\.)?(\w+)'",
    ),
}
"""Where the drivers that have no attributes for it name a table, a column or a constraint."""


def explained(error: Exception, connections: Iterable[Connection]) -> AsteriskRealtimeError | None:
    """
    Return an error of ours that says the same as *error*, or None if the caller gets that one.

    It neither holds nor shows any value of a row: a database's own message may show all of them.
    """
    if isinstance(error, StaleDataError):
        return ConcurrentChangeError("what was to be written", "a row that is gone")
    if not isinstance(error, DBAPIError) or is_retryable(error):
        return None
    codes = error_codes(error)
    if codes & _UNIQUE:
        return ConcurrentChangeError(
            "what was to be written",
            "a row of the same unique key ("
            + ", ".join(f"{word} {name}" for word, name in _place(error).items() if name)
            + ")",
        )
    for code in codes & _RULES.keys():
        return ConstraintError(_RULES[code], **_place(error), code=str(code))
    if isinstance(error, DataError | OperationalError | ProgrammingError):
        return _schema_error(connections, error.statement or "")
    return None


def _place(error: DBAPIError) -> dict[str, str | None]:
    """Return what the driver tells as data, or else what its message and the statement name."""
    for source in (error.orig, getattr(error.orig, "__cause__", None)):
        facts: Any = getattr(source, "diag", source)
        found = {name: getattr(facts, f"{name}_name", None) for name in _WORDS}
        if any(found.values()):
            return found
    texts = {"table": error.statement or ""}
    return {
        name: _first_match(patterns, texts.get(name, str(error.orig)))
        for name, patterns in _WORDS.items()
    }


def _first_match(patterns: Iterable[str], text: str) -> str | None:
    return next((found[1] for pattern in patterns if (found := re.search(pattern, text))), None)


def _schema_error(connections: Iterable[Connection], statement: str) -> SchemaError | None:
    """Tell whether *statement* failed because its tables are not what the models say."""
    found = (_misfit(connection, statement) for connection in connections)
    return next((error for error in found if error is not None), None)


def _misfit(connection: Connection, statement: str) -> SchemaError | None:
    tables = {
        name: table
        for name, table in Base.metadata.tables.items()
        if re.search(rf"\b{name}\b", statement)
    }
    inspector = inspect(connection)
    missing = sorted(set(tables) - set(inspector.get_table_names()))
    if missing:
        return SchemaMissingError(
            f"the database has no table {', '.join(missing)}; run: alembic upgrade head", missing
        )
    for name, table in tables.items():
        columns = {column["name"]: column["type"] for column in inspector.get_columns(name)}
        lacking = [
            column.name
            for column in table.columns
            if column.name not in columns
            and connection.dialect.name not in column.info.get("absent_on", ())
        ]
        if lacking:
            return SchemaBehindError(
                f"table {name} has no column {', '.join(lacking)}; run: alembic upgrade head"
            )
        narrow = [key for key, type_ in columns.items() if _is_narrow(table, key, type_)]
        if narrow:
            return SchemaBehindError(
                f"table {name} has too little room in {', '.join(narrow)}; "
                "run: alembic upgrade head"
            )
    return None


def _is_narrow(table: Table, name: str, found: TypeEngine[Any]) -> bool:
    """Tell whether a column holds less text than its model says."""
    if name not in table.columns or not isinstance(found, String) or isinstance(found, Enum):
        return False
    wanted = getattr(table.columns[name].type, "length", None)
    return bool(wanted and found.length and found.length < wanted)
