"""What users get: the wheel, in an environment that has never seen the checkout."""

from __future__ import annotations

import email
import re
import sqlite3
import tomllib
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from tests.docs.pages import program
from tests.wheel.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.wheel.conftest import Installed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]

TWO_LINES = """\
[alembic]
script_location = asterisk_realtime:alembic
sqlalchemy.url = sqlite:///asterisk.db
"""

FROM_CODE = """
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

import asterisk_realtime as ar

assert "site-packages" in Path(ar.__file__).parts, ar.__file__
engine = create_engine("sqlite:///code.db")
ar.migrations.upgrade(engine)
ar.migrations.check(engine)
with Session(engine) as session:
    session.add(ar.models.Endpoint(id="twilio"))
    ar.create(session, ar.Phone(id="101", context="phones"))
    session.commit()
    assert ar.get(session, ar.Phone, "101").context == "phones"
engine.dispose()
"""


def names_in(wheel: Path) -> set[str]:
    """Return the files in the wheel."""
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def tables_of(database: Path) -> set[str]:
    """Return the tables of a SQLite file."""
    connection = sqlite3.connect(database)
    try:
        rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in rows}
    finally:
        connection.close()


def test_it_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """Tests, tools and documentation stay in the checkout; nothing lands beside the package."""
    names = names_in(wheel)

    assert {name.split("/")[0].partition("-")[0] for name in names} == {"asterisk_realtime"}
    assert not [name for name in names if re.search(r"(^|/)(tests|tools|docs)/|\.pyc$", name)]
    assert "asterisk_realtime/py.typed" in names
    assert [name for name in names if name.endswith("licenses/LICENSE")]


def test_it_holds_every_migration(wheel: Path) -> None:
    """The folder alembic of the checkout is whole inside the package."""
    shipped = {
        name.removeprefix("asterisk_realtime/")
        for name in names_in(wheel)
        if name.startswith("asterisk_realtime/alembic/")
    }
    revisions = {str(path.relative_to(ROOT)) for path in ROOT.glob("alembic/versions/*.py")}

    assert revisions
    assert shipped == {"alembic/env.py", "alembic/script.py.mako"} | revisions


def test_it_needs_what_the_project_says(wheel: Path) -> None:
    """Five libraries; drivers come by extras."""
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        needs = email.message_from_bytes(archive.read(name)).get_all("Requires-Dist", [])
    found = {re.split(r"[^\w-]", need)[0].lower() for need in needs if "extra ==" not in need}

    assert found == {"alembic", "attrs", "netaddr", "phonenumbers", "sqlalchemy"}


def test_alembic_upgrades_with_two_lines(installed: Installed, tmp_path: Path) -> None:
    """``alembic upgrade head`` is all that a database needs."""
    (tmp_path / "alembic.ini").write_text(TWO_LINES, "utf-8")
    installed.run("alembic", "upgrade", "head", cwd=tmp_path)

    assert {"ps_endpoints", "asterisk_realtime_version"} <= tables_of(tmp_path / "asterisk.db")
    assert "(head)" in installed.run("alembic", "current", cwd=tmp_path)


@pytest.mark.parametrize("more", [(), ("--autogenerate",)], ids=["empty", "autogenerate"])
def test_no_revision_gets_into_the_package(
    installed: Installed, tmp_path: Path, more: tuple[str, ...]
) -> None:
    """Every project of the environment would have it; the error says where one's own belong."""
    (tmp_path / "alembic.ini").write_text(TWO_LINES, "utf-8")
    installed.run("alembic", "upgrade", "head", cwd=tmp_path)
    before = installed.run("alembic", "heads", cwd=tmp_path)
    done = installed.attempt("alembic", "revision", "-m", "mine", *more, cwd=tmp_path)

    assert done.returncode != 0
    assert "use a script_location of your own" in done.stdout + done.stderr
    assert installed.run("alembic", "heads", cwd=tmp_path) == before


def test_code_upgrades(installed: Installed, tmp_path: Path) -> None:
    """The same from a program, with the installed package and no configuration file."""
    installed.run("python", "-W", "error", "-c", FROM_CODE, cwd=tmp_path)

    assert "ps_endpoints" in tables_of(tmp_path / "code.db")


def test_the_readme_holds_for_the_wheel(installed: Installed, tmp_path: Path) -> None:
    """The example that people copy first works with what they installed."""
    (tmp_path / "readme.py").write_text(program(ROOT / "README.md"), "utf-8")
    installed.run("python", "-W", "error", "readme.py", cwd=tmp_path)


def test_the_version_is_the_projects(installed: Installed, tmp_path: Path) -> None:
    """The installed package knows its version from its metadata."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    code = "import asterisk_realtime; print(asterisk_realtime.__version__)"

    assert installed.run("python", "-c", code, cwd=tmp_path).strip() == project["version"]
