"""``alembic`` itself, in the checkout, from an ini file, and printing statements."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import URL, Engine, create_engine, inspect

from asterisk_realtime import migrations
from asterisk_realtime.migrations.api import script_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECKOUT: Final = Path(__file__).parents[2]


def alembic(
    *arguments: str | Path, cwd: Path = CHECKOUT, url: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Alembic's command."""
    environment = {key: value for key, value in os.environ.items() if "REALTIME_URL" not in key}
    if url is not None:
        environment["ASTERISK_REALTIME_URL"] = url
    return subprocess.run(
        [sys.executable, "-m", "alembic", *arguments],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )


def head_of(url: str) -> str | None:
    """Return the revision of a database."""
    engine = create_engine(url)
    try:
        return migrations.current(engine)
    finally:
        engine.dispose()


def test_the_url_comes_from_the_environment_or_the_command_line(tmp_path: Path) -> None:
    """``-x url=`` wins over ``ASTERISK_REALTIME_URL``."""
    first, second = (f"sqlite:///{tmp_path}/{name}.db" for name in ("a", "b"))
    said = alembic("upgrade", "head", url=first).stderr
    alembic("-x", f"url={second}", "upgrade", "asterisk_22_10", url=first)

    assert (head_of(first), head_of(second)) == ("asterisk_22_11", "asterisk_22_10")
    assert "Running upgrade  -> asterisk_22_10" in said
    assert "asterisk_22_11 (head)" in alembic("current", url=first).stdout


def test_an_ini_file(tmp_path: Path) -> None:
    """Two lines of an ini file are enough; without a URL it is ``asterisk.db`` of the folder."""
    ini = tmp_path / "alembic.ini"
    ini.write_text(f"[alembic]\nscript_location = {script_folder()}\n")
    alembic("upgrade", "head", cwd=tmp_path)
    with ini.open("a") as file:
        file.write(f"sqlalchemy.url = sqlite:///{tmp_path}/named.db\n")
    alembic("upgrade", "head", cwd=tmp_path)

    assert head_of(f"sqlite:///{tmp_path}/asterisk.db") == "asterisk_22_11"
    assert head_of(f"sqlite:///{tmp_path}/named.db") == "asterisk_22_11"


def test_nothing_to_generate(tmp_path: Path) -> None:
    """``alembic check``, which compares with the models, is content at head."""
    url = f"sqlite:///{tmp_path}/a.db"
    alembic("upgrade", "head", url=url)

    assert "No new upgrade operations detected" in alembic("check", url=url).stdout


def schema(engine: Engine) -> dict[str, object]:
    """Return all that can be read of the tables."""
    inspector = inspect(engine)
    readers = (
        inspector.get_multi_columns,
        inspector.get_multi_pk_constraint,
        inspector.get_multi_indexes,
        inspector.get_multi_unique_constraints,
        inspector.get_multi_foreign_keys,
    )
    return {reader.__name__: repr(sorted(reader().items(), key=str)) for reader in readers}


def rows(engine: Engine) -> list[str]:
    """Return what the migrations note about themselves."""
    with engine.connect() as connection:
        notes = connection.exec_driver_sql("SELECT * FROM asterisk_realtime_changes")
        return sorted(map(repr, notes))


def test_offline_sqlite(tmp_path: Path, sqlite_engine: Engine) -> None:
    """What ``--sql`` prints loads into SQLite, and is what an upgrade makes, word for word."""
    script = alembic("upgrade", "head", "--sql").stdout
    with closing(sqlite3.connect(tmp_path / "offline.db")) as connection:
        connection.executescript(script)
    offline = create_engine(f"sqlite:///{tmp_path}/offline.db")
    migrations.upgrade(sqlite_engine)

    assert migrations.check(offline) == ()
    assert (schema(offline), rows(offline)) == (schema(sqlite_engine), rows(sqlite_engine))

    migrations.downgrade(offline, "base")
    offline.dispose()


@pytest.mark.parametrize("name", ["postgresql", "mariadb"])
def test_offline_server(request: pytest.FixtureRequest, name: str) -> None:
    """What ``--sql`` prints for a server makes what an upgrade makes."""
    engine: Engine = request.getfixturevalue(f"{name}_engine")
    printed = _statements(alembic("upgrade", "head", "--sql", url=_url(engine)).stdout)
    with engine.connect() as connection:
        for statement in printed:
            connection.exec_driver_sql(statement)
        connection.commit()
    offline = (schema(engine), rows(engine))

    assert migrations.check(engine) == ()
    assert migrations.current(engine) == "asterisk_22_11"

    down = alembic("downgrade", "asterisk_22_11:base", "--sql", url=_url(engine)).stdout
    with engine.connect() as connection:
        for statement in _statements(down):
            connection.exec_driver_sql(statement)
        connection.commit()

    assert inspect(engine).get_table_names() in ([], ["asterisk_realtime_version"])

    migrations.upgrade(engine)

    assert (schema(engine), rows(engine)) == offline


def _url(engine: Engine) -> str:
    url: URL = engine.url
    return url.render_as_string(hide_password=False)


def _statements(script: str) -> Sequence[str]:
    lines = [line for line in script.splitlines() if not line.startswith("--")]
    parts = (part.strip() for part in "\n".join(lines).split(";"))
    return [part for part in parts if part and part not in {"BEGIN", "COMMIT"}]
