"""The example of a small office: applied twice, and then called."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from asterisk_realtime.models import Auth, Base, Endpoint, Voicemail

if TYPE_CHECKING:
    from tools.asterisk_lab.prefix import Prefix

ROOT = Path(__file__).parents[2]


def run(example: str, folder: Path, **environment: str) -> str:
    """Run an example for an office in *folder*, and return what it prints."""
    done = subprocess.run(
        [sys.executable, f"examples/{example}.py", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path]), **environment},
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the office, applied once by the example and once more by itself."""
    folder = tmp_path_factory.mktemp("office")
    said = run("small_office", folder)

    assert "applied once more: nothing to change" in said
    return folder


def count(session: Session, model: type[Base]) -> int:
    """Return how many rows a table has."""
    return session.scalar(select(func.count()).select_from(model)) or 0


def passwords(session: Session) -> dict[str, str | None]:
    """Return the password of each auth."""
    return {row.id: row.password for row in session.scalars(select(Auth))}


def test_another_run_changes_nothing(office: Path) -> None:
    """Ten phones, a trunk and eleven mailboxes, whose passwords stay."""
    engine = create_engine(f"sqlite:///{office}/asterisk.db")
    with Session(engine) as session:
        before = passwords(session)
        counts = [count(session, model) for model in (Endpoint, Auth, Voicemail)]
    said = run("small_office", office)
    with Session(engine) as session:
        after = passwords(session)
    engine.dispose()

    assert counts == [11, 11, 11]
    assert said.splitlines()[0] == "nothing to change"
    assert after == before
    assert len(set(after.values())) == 11


def test_a_call_waits_and_is_answered(office: Path, prefix: Prefix) -> None:
    """By a phone that registered, with nothing in the log; the example checks each step itself."""
    said = run("office_call", office, ASTERISK_REALTIME_PREFIX=str(prefix.root))

    assert "WRONG" not in said
    assert said.count(" ok ") == 7
