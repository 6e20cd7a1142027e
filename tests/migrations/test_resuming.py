"""Two upgrades at once end as one."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine, create_engine

from asterisk_realtime import migrations
from tests.migrations.upstream_tables import build

CHECKOUT: Final = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


def test_two_threads(empty_engine: Engine) -> None:
    """Threads of one process wait for each other."""
    engines = [create_engine(empty_engine.url) for _ in range(2)]
    with ThreadPoolExecutor(len(engines)) as threads:
        for done in [threads.submit(migrations.upgrade, engine) for engine in engines]:
            done.result()
    for engine in engines:
        engine.dispose()

    assert migrations.check(empty_engine) == ()


@pytest.mark.parametrize(
    "adopting",
    [
        pytest.param(False, id="fresh", marks=pytest.mark.long),  # makes all tables
        pytest.param(True, id="adopting"),
    ],
)
def test_two_processes(empty_engine: Engine, *, adopting: bool) -> None:
    """The second process waits for the first, and then finds nothing to do."""
    if adopting:
        build(empty_engine)
    url = empty_engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "alembic", "-x", f"url={url}", "upgrade", "head"]
    processes = [
        subprocess.Popen(command, cwd=CHECKOUT, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[1] for process in processes]

    assert [process.returncode for process in processes] == [0, 0], said
    assert "".join(said).count("Running upgrade asterisk_22_10 -> asterisk_22_11") == 1
    assert migrations.check(empty_engine) == ()
