"""``alembic`` itself, in the checkout, from an ini file, and printing statements."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import URL, Engine, inspect

from asterisk_realtime import migrations
from asterisk_realtime.migrations.api import script_folder
from tests import servers
from tests.migrations.tools import alembic, definitions, head_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST, HEAD = "asterisk_22_10", "asterisk_22_11_2"


def test_the_url_comes_from_the_environment_or_the_command_line(tmp_path: Path) -> None:
    """``-x url=`` wins over ``ASTERISK_REALTIME_URL``."""
    first, second = (f"sqlite:///{tmp_path}/{name}.db" for name in ("a", "b"))
    said = alembic("upgrade", "head", url=first).stderr
    alembic("-x", f"url={second}", "upgrade", "asterisk_22_10", url=first)

    assert (head_of(first), head_of(second)) == ("asterisk_22_11_2", "asterisk_22_10")
    assert "Running upgrade  -> asterisk_22_10" in said
    assert "asterisk_22_11_2 (head)" in alembic("current", url=first).stdout


def test_an_ini_file(tmp_path: Path) -> None:
    """Two lines of an ini file are enough; without a URL it is ``asterisk.db`` of the folder."""
    ini = tmp_path / "alembic.ini"
    ini.write_text(f"[alembic]\nscript_location = {script_folder()}\n")
    alembic("upgrade", "head", cwd=tmp_path)
    with ini.open("a") as file:
        file.write(f"sqlalchemy.url = sqlite:///{tmp_path}/named.db\n")
    alembic("upgrade", "head", cwd=tmp_path)

    assert head_of(f"sqlite:///{tmp_path}/asterisk.db") == "asterisk_22_11_2"
    assert head_of(f"sqlite:///{tmp_path}/named.db") == "asterisk_22_11_2"


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
    found = {reader.__name__: repr(sorted(reader().items(), key=str)) for reader in readers}
    return {**found, "definitions": definitions(engine)}


def rows(engine: Engine) -> list[str]:
    """Return what the migrations note about themselves."""
    with engine.connect() as connection:
        notes = connection.exec_driver_sql("SELECT * FROM asterisk_realtime_changes")
        return sorted(map(repr, notes))


@pytest.fixture(params=["sqlite", "postgresql", "mariadb"])
def load(request: pytest.FixtureRequest) -> Callable[[Engine, str], None]:
    """Give a script to the program that people load it with, of each database in turn."""
    program = servers.client(request.param)

    def run(engine: Engine, script: str) -> None:
        url: URL = engine.url
        arguments: list[str] = {
            "sqlite": ["-batch", "-bail", str(url.database)],
            "postgresql": ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", _url(url, "postgresql")],
            "mariadb": [
                *("--no-defaults", f"--host={url.host}", f"--port={url.port}"),
                *("--protocol=tcp", f"--user={url.username}", str(url.database)),
            ],
        }[request.param]
        subprocess.run([program, *arguments], input=script, text=True, check=True)

    run.name = request.param  # type: ignore[attr-defined]  # functions take attributes
    return run


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.parametrize(
    "families",
    [
        pytest.param((), id="all", marks=pytest.mark.long),  # all tables, twice
        pytest.param(("-x", "families=cdr,pjsip"), id="some"),
    ],
)
def test_offline(
    request: pytest.FixtureRequest,
    load: Callable[[Engine, str], None],
    families: tuple[str, ...],
) -> None:
    """What ``--sql`` prints loads, up and down, and makes what an upgrade makes."""
    engine: Engine = request.getfixturevalue(f"{load.name}_engine")  # type: ignore[attr-defined]  # as above
    url = _url(engine.url)
    load(engine, alembic(*families, "upgrade", "head", "--sql", url=url).stdout)
    offline = (schema(engine), rows(engine))

    assert migrations.check(engine) == ()
    assert migrations.current(engine) == "asterisk_22_11_2"
    if engine.dialect.name == "sqlite":
        migrations.downgrade(engine, "base")
    else:
        down = alembic(*families, "downgrade", "asterisk_22_11_2:base", "--sql", url=url).stdout
        load(engine, down)

    assert inspect(engine).get_table_names() in ([], ["asterisk_realtime_version"])

    migrations.upgrade(engine, families=("pjsip", "cdr") if families else None)

    assert (schema(engine), rows(engine)) == offline


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_offline_down_and_up_again(
    request: pytest.FixtureRequest, load: Callable[[Engine, str], None]
) -> None:
    """A script that goes back some revisions leaves a database for which another one goes on."""
    engine: Engine = request.getfixturevalue(f"{load.name}_engine")  # type: ignore[attr-defined]  # as above
    url, families = _url(engine.url), ("-x", "families=pjsip,voicemail")
    load(engine, alembic(*families, "upgrade", "head", "--sql", url=url).stdout)
    before = (schema(engine), rows(engine))

    load(engine, alembic(*families, "downgrade", f"{HEAD}:{FIRST}", "--sql", url=url).stdout)

    assert migrations.current(engine) == FIRST
    assert not [each for each in rows(engine) if FIRST not in each]

    load(engine, alembic(*families, "upgrade", f"{FIRST}:{HEAD}", "--sql", url=url).stdout)

    assert migrations.check(engine) == ()
    assert (schema(engine), rows(engine)) == before


def _url(url: URL, drivername: str | None = None) -> str:
    return url.set(drivername=drivername or url.drivername).render_as_string(hide_password=False)
