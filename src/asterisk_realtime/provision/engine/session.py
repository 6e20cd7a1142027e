"""How rows reach the caller's session: all of a call's rows, or none."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Enum, String, inspect
from sqlalchemy.exc import (
    DataError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    UnboundExecutionError,
)
from sqlalchemy.orm.exc import StaleDataError

from asterisk_realtime.errors import (
    ConflictError,
    SchemaBehindError,
    SchemaError,
    SchemaMissingError,
)
from asterisk_realtime.models import Base
from asterisk_realtime.provision.engine.records import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Table
    from sqlalchemy.orm import Session
    from sqlalchemy.types import TypeEngine


@contextmanager
def all_or_nothing(session: Session, *models: type[Base]) -> Iterator[None]:
    """
    Run a block in a savepoint of the caller's transaction, which stays usable if it fails.

    Args:
        session: The caller's session.
        *models: What the block writes; a session may have a database for each family of tables.

    Raises:
        ConflictError: Another transaction has just written a row of the same key, or deleted one.
        SchemaMissingError: The database has no realtime tables.
        SchemaBehindError: Its tables lack columns that this library writes, or room in them.
    """
    connections = [session.connection(bind_arguments={"mapper": model}) for model in models]
    for connection in dict.fromkeys([*connections, *_files(session)]):
        _begin(connection)
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as error:
        if not session.is_active:
            raise  # rows that the caller had pending before failed
        raise _lost_race(_shown(str(error.orig))) from error
    except StaleDataError as error:
        raise _lost_race("a row that is gone") from error
    except (DataError, OperationalError, ProgrammingError) as error:
        if error.connection_invalidated or not session.is_active:
            raise  # the connection is lost, or rows that the caller had pending before failed
        for connection in dict.fromkeys(connections):
            explained = _schema_error(connection, error.statement or "")
            if explained is not None:
                raise explained from error
        raise


def _lost_race(what: str) -> ConflictError:
    return ConflictError(
        "what was to be written",
        f"the database ({what})",
        "somebody wrote at the same time: look at what is there now, and call again",
    )


def _shown(message: str) -> str:
    """Return a driver's message without the line in which PostgreSQL shows a whole row."""
    lines = message.splitlines()
    return "\n".join(line for line in lines if "Failing row contains" not in line)


def _files(session: Session) -> Iterator[Connection]:
    """
    Return the session's connections to SQLite files, also to those that a call reads alone.

    One that first joined within the savepoint would begin and commit there, behind the caller.
    """
    for model in TABLES:
        try:
            bind = session.get_bind(mapper=model)
        except UnboundExecutionError:
            continue
        if bind.dialect.name == "sqlite":
            yield session.connection(bind_arguments={"mapper": model})


def _begin(connection: Connection) -> None:
    """
    Begin a real transaction on SQLite.

    Python's driver begins one only before an INSERT, UPDATE or DELETE; a SAVEPOINT before that
    would be the outermost transaction, and its RELEASE would commit.
    """
    if connection.dialect.name != "sqlite":
        return
    driver_connection = connection.connection.driver_connection
    if not getattr(driver_connection, "in_transaction", True):
        connection.exec_driver_sql("BEGIN")


def _schema_error(connection: Connection, statement: str) -> SchemaError | None:
    """Tell whether *statement* failed because its tables are not what the models say."""
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
