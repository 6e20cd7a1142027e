"""How rows reach the caller's session: all of a call's rows, or none."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy import inspect
from sqlalchemy.exc import OperationalError, ProgrammingError

from asterisk_realtime.errors import SchemaBehindError, SchemaError, SchemaMissingError
from asterisk_realtime.models import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


@contextmanager
def all_or_nothing(session: Session) -> Iterator[None]:
    """
    Run a block in a savepoint of the caller's transaction, which stays usable if it fails.

    Raises:
        SchemaMissingError: The database has no realtime tables.
        SchemaBehindError: Its tables lack columns that this library writes.
    """
    _begin(session)
    try:
        with session.begin_nested():
            yield
            session.flush()
    except (OperationalError, ProgrammingError) as error:
        explained = _schema_error(session)
        if explained is None:
            raise
        raise explained from error


def _begin(session: Session) -> None:
    """
    Begin a real transaction on SQLite.

    Python's driver begins one only before an INSERT, UPDATE or DELETE; a SAVEPOINT before that
    would be the outermost transaction, and its RELEASE would commit.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return
    driver_connection = connection.connection.driver_connection
    if not getattr(driver_connection, "in_transaction", True):
        connection.exec_driver_sql("BEGIN")


def _schema_error(session: Session) -> SchemaError | None:
    """Tell whether a statement failed because the tables are not what the models say."""
    inspector = inspect(session.connection())
    present = set(inspector.get_table_names())
    missing = sorted(set(Base.metadata.tables) - present)
    if missing:
        return SchemaMissingError(
            f"the database has no table {', '.join(missing)}; run: alembic upgrade head"
        )
    for name, table in Base.metadata.tables.items():
        columns = {column["name"] for column in inspector.get_columns(name)}
        lacking = [column.name for column in table.columns if column.name not in columns]
        if lacking:
            return SchemaBehindError(
                f"table {name} has no column {', '.join(lacking)}; run: alembic upgrade head"
            )
    return None
