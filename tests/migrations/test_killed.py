"""
An upgrading process that gets SIGKILL after any of its statements: the next upgrade mends all.

Every kill point is tried, on an empty database and on one of Asterisk's own scripts with rows. On
SQLite and PostgreSQL, whose DDL is transactional, a killed upgrade must leave the very database
that was there, and so each kill meets the same one, until the upgrade is let through. MariaDB
keeps what was done, so there each kill gets a database of its own and a plain upgrade after it.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy import URL, Engine, inspect, select

from asterisk_realtime import migrations
from asterisk_realtime.migrations import ledger
from tests.conftest import new_database, opened
from tests.migrations.upstream_tables import build, upstream_metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Column

    Kill = Callable[[Engine, int], bool]

KILLER: Final = Path(__file__).with_name("killer.py")
MANY: Final = 300

pytestmark = pytest.mark.long

_CATALOGUE: Final = """
    SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod) || a.attnotnull
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0
    UNION ALL SELECT 'label', t.typname, e.enumlabel, '' FROM pg_enum e JOIN pg_type t
    ON t.oid = e.enumtypid UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid), ''
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2, 3
"""


@contextmanager
def killer() -> Iterator[Kill]:
    """Yield what upgrades a database, and tells whether it was killed at a change."""
    with subprocess.Popen(
        [sys.executable, KILLER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def kill(engine: Engine, changes: int) -> bool:
            url = engine.url.render_as_string(hide_password=False)
            process.stdin.write(f"{url} {changes}\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            answer = process.stdout.readline().strip()  # type: ignore[union-attr]
            assert answer in {"killed", "ended 0"}
            return answer == "killed"

        try:
            yield kill
        finally:
            process.stdin.close()


@cache
def upstream() -> sa.MetaData:
    """Return the tables of Asterisk's scripts; nothing here changes them."""
    return upstream_metadata()


def fill(engine: Engine) -> None:
    """Make the tables of Asterisk's scripts, with a value in each cell of two rows each."""
    build(engine)
    with engine.begin() as connection:
        for table in upstream().sorted_tables:
            rows = [
                {column.name: value(column, number) for column in table.columns}
                for number in (1, 2)
            ]
            connection.execute(table.insert(), rows)


def value(column: Column[Any], number: int) -> object:
    """Return what a column can hold."""
    match column.type:
        case sa.Enum(enums=labels):
            return labels[-1]
        case sa.Boolean():
            return number == 1
        case sa.String():
            return str(number)
        case sa.LargeBinary():
            return bytes([number])
        case sa.DateTime():
            return datetime(2026, 1, number)  # noqa: DTZ001 - the tables know no zones
        case _:
            return number


def contents(engine: Engine) -> dict[str, list[str]]:
    """Return all rows of the tables that `fill` made, in no order."""
    if not inspect(engine).has_table("alembic_version_config"):
        return {}
    with engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(*table.columns))))
            for table in upstream().sorted_tables
        }


def made(engine: Engine) -> set[str]:
    """Return what the migrations note as theirs."""
    with engine.connect() as connection:
        return {f"{entry} {revision}" for entry, revision in ledger.read(connection).items()}


def state(engine: Engine) -> object:
    """Return something that is different once anything in the database is."""
    if engine.dialect.name == "sqlite":
        inspect(engine).get_table_names()  # whoever reads first rolls back what a killed one left
        return Path(str(engine.url.database)).read_bytes()
    with engine.connect() as connection:
        catalogue = connection.exec_driver_sql(_CATALOGUE).all()
    return list(map(tuple, catalogue)), contents(engine)


def is_whole(engine: Engine, rows: dict[str, list[str]]) -> None:
    """See that a database is at head, and still has what it had."""
    assert migrations.current(engine) == "asterisk_22_11_1"
    assert migrations.check(engine) == ()
    if rows:
        assert contents(engine) == rows


@pytest.mark.parametrize("adopting", [False, True], ids=["fresh", "adopting"])
@pytest.mark.parametrize("name", ["sqlite", "postgresql"])
def test_transactional(
    request: pytest.FixtureRequest,
    record_property: Callable[[str, object], None],
    name: str,
    *,
    adopting: bool,
) -> None:
    """No kill leaves a trace."""
    engine: Engine = request.getfixturevalue(f"{name}_engine")
    if adopting:
        fill(engine)
    before, rows = state(engine), contents(engine)
    with killer() as kill:
        for changes in range(1, MANY):
            if not kill(engine, changes):
                break
            assert state(engine) == before, f"after {changes} changes"

    record_property("kill_points", changes - 1)
    assert changes > 30
    is_whole(engine, rows)


@pytest.mark.parametrize("adopting", [False, True], ids=["fresh", "adopting"])
def test_mariadb(
    mariadb_url: URL, record_property: Callable[[str, object], None], *, adopting: bool
) -> None:
    """The next upgrade goes on from each kill, and knows what was made before it."""
    notes: list[set[str]] = []
    with killer() as kill:
        for changes in range(1, MANY):
            with new_database(mariadb_url) as url, opened(url) as engine:
                if adopting:
                    fill(engine)
                rows = contents(engine)
                killed = kill(engine, changes)
                migrations.upgrade(engine)
                is_whole(engine, rows)
                notes.append(made(engine))
            if not killed:
                break

    record_property("kill_points", changes - 1)
    assert changes > 20
    assert all(each == notes[-1] for each in notes)
