"""
An upgrading process that gets SIGKILL after any of its statements: the next upgrade repairs all.

Every kill point is tried, on an empty database and on one of Asterisk's own scripts with rows. On
SQLite and PostgreSQL, whose DDL is transactional, a killed upgrade must leave the very database
that was there, and so each kill meets the same one, until the upgrade is let through. MariaDB
keeps what was done, so there each kill gets a database of its own and a plain upgrade after it.
"""

from __future__ import annotations

import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import pytest
from sqlalchemy import URL, Engine, inspect

from asterisk_realtime import migrations
from asterisk_realtime.migrations.reading import changes_table
from tests.conftest import new_database, opened
from tests.migrations.mariadb_tables import RICH
from tests.migrations.upstream_rows import contents, fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    class Kill(Protocol):
        """Upgrade families of a database; return whether that was killed."""

        def __call__(self, engine: Engine, changes: int, *families: str) -> bool:
            """Upgrade all families if none is named."""
            ...


KILLER: Final = Path(__file__).with_name("killer.py")
MANY: Final = 300

pytestmark = pytest.mark.long  # a process for each kill

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
        words, answers = process.stdin, process.stdout
        assert words is not None
        assert answers is not None

        def kill(engine: Engine, changes: int, *families: str) -> bool:
            url = engine.url.render_as_string(hide_password=False)
            words.write(f"{' '.join([url, str(changes), *families])}\n")
            words.flush()
            answer = answers.readline().strip()
            assert answer in {"killed", "ended 0"}
            return answer == "killed"

        try:
            yield kill
        finally:
            words.close()


def made(engine: Engine) -> set[str]:
    """Return what the migrations note as theirs."""
    with engine.connect() as connection:
        return {f"{entry} {revision}" for entry, revision in changes_table.read(connection).items()}


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
    assert migrations.current(engine) == "asterisk_22_11_2"
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


RICH_FAMILIES: Final = ("cdr", "pjsip", "queue_log")


def whole(engine: Engine) -> dict[str, list[str]]:
    """Return the statements that make the tables, views and triggers, and all rows."""
    with engine.connect() as connection:

        def asked(query: str) -> list[Any]:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

        found = {"triggers": [str(row[:4]) for row in asked("SHOW TRIGGERS")]}
        for (name,) in asked("SHOW TABLES"):
            made = re.sub(r" AUTO_INCREMENT=\d+", "", asked(f"SHOW CREATE TABLE {name}")[0][1])
            found[name] = made.split("\n")
            if name != "asterisk_realtime_changes":
                found[f"rows of {name}"] = sorted(map(repr, asked(f"SELECT * FROM {name}")))
    return found


def test_tables_made_by_hand(
    mariadb_url: URL, record_property: Callable[[str, object], None]
) -> None:
    """Defaults, comments, checks, triggers, partitions and history come through each kill."""
    points: list[dict[str, list[str]]] = []
    with killer() as kill:
        for changes in range(1, MANY):
            with new_database(mariadb_url) as url, opened(url) as engine:
                with engine.begin() as connection:
                    for statement in RICH:
                        connection.exec_driver_sql(
                            statement, execution_options={"no_parameters": True}
                        )
                before = whole(engine)
                killed = kill(engine, changes, *RICH_FAMILIES)
                between = whole(engine)
                migrations.upgrade(engine, families=RICH_FAMILIES)
                assert migrations.check(engine) == ()
                points.append({**whole(engine), "between": lost(before, between)})
            if not killed:
                break

    record_property("kill_points", changes - 1)
    assert changes > 20
    for point, found in enumerate(points, 1):
        differing = {name for name in found if found[name] != points[-1].get(name)}
        assert not differing - {"between"}, f"after {point} changes"
        assert set(found["between"]) <= {*points[-1]["between"]}, f"after {point} changes"


def lost(before: dict[str, list[str]], now: dict[str, list[str]]) -> list[str]:
    """Return the lines that made the tables and are missing: they were changed, or lost."""
    return [
        line for name in before if " " not in name for line in before[name] if line not in now[name]
    ]
