"""What tests of the migrations do to a database, and look at."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import Engine, create_engine, inspect

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaIrreconcilableError

if TYPE_CHECKING:
    from collections.abc import Iterable

CHECKOUT: Final = Path(__file__).parents[2]


def mostly_long(cases: Iterable[Any]) -> list[Any]:
    """Return the cases of a table as parameters: all but the first one are long tests."""
    first, *rest = (each if isinstance(each, tuple) else (each,) for each in cases)
    return [pytest.param(*first), *(pytest.param(*each, marks=pytest.mark.long) for each in rest)]


def run(engine: Engine, *statements: str) -> None:
    """Run statements and commit."""
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def rows(engine: Engine, query: str) -> list[tuple[object, ...]]:
    """Return the rows of a query."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def definitions(engine: Engine) -> dict[str, str]:
    """Return all indexes with their SQL; SQLAlchemy does not read all of them on SQLite."""
    query = {
        "sqlite": "SELECT name, coalesce(sql, '') FROM sqlite_master WHERE type = 'index'",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }.get(
        engine.dialect.name,
        "SELECT DISTINCT index_name, '' FROM information_schema.statistics"
        " WHERE table_schema = DATABASE()",
    )
    return {str(name): str(sql) for name, sql in rows(engine, query)}


def indexes(engine: Engine) -> set[str]:
    """Return the names of all indexes."""
    return set(definitions(engine))


def repair(engine: Engine) -> None:
    """Run the upgrade again, as `alembic stamp base` and `alembic upgrade head` do."""
    run(engine, "DELETE FROM asterisk_realtime_version")
    migrations.upgrade(engine)


def columns(engine: Engine, table: str) -> list[str]:
    """Return the columns of a table in order."""
    return [each["name"] for each in inspect(engine).get_columns(table)]


def tables(engine: Engine) -> dict[str, list[str]]:
    """Return all tables with their columns."""
    return {name: columns(engine, name) for name in inspect(engine).get_table_names()}


def problems(engine: Engine) -> str:
    """Return what an upgrade says that refuses."""
    before = tables(engine)
    with pytest.raises(SchemaIrreconcilableError) as caught:
        migrations.upgrade(engine)
    assert tables(engine) == before
    return "\n".join(caught.value.problems)


def alembic(
    *arguments: str | Path, cwd: Path = CHECKOUT, url: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Alembic's command."""
    environment = {key: value for key, value in os.environ.items() if "REALTIME_URL" not in key}
    if url is not None:
        environment["ASTERISK_REALTIME_URL"] = url
    done = subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        check=False,
    )
    # Not as text, which has no carriage returns: conditions of indexes have one.
    told = subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
    )
    told.check_returncode()
    return told


def head_of(url: str) -> str | None:
    """Return the revision of a database."""
    engine = create_engine(url)
    try:
        return migrations.current(engine)
    finally:
        engine.dispose()
