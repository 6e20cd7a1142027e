"""An upgrade that ends too early goes on where it was; two at once end as one."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import Engine, create_engine, event

from asterisk_realtime import migrations
from tests.migrations.upstream_tables import build

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT: Final = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


class _PowerCut(BaseException):
    """Stands for the end of a process: nothing catches it."""


@pytest.fixture
def dying(empty_engine: Engine) -> Iterator[Engine]:
    """An engine on the same database whose connections die after some changes."""
    engine = create_engine(empty_engine.url)
    yield engine
    engine.dispose()


def die_after(engine: Engine, changes: int) -> None:
    """Have *engine* lose its connection before the next change but so many."""
    left = changes

    @event.listens_for(engine, "before_cursor_execute")
    def count(connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal left
        if statement.split(maxsplit=1)[0] in {
            "CREATE",
            "ALTER",
            "INSERT",
            "UPDATE",
            "DELETE",
            "DROP",
        }:
            left -= 1
            if left < 0:
                # What is not committed is lost with the connection.
                connection.invalidate()  # type: ignore[attr-defined]
                raise _PowerCut


@pytest.mark.parametrize(
    ("changes", "adopting"),
    [(0, False), (1, False), (2, False), (3, False), (20, False), (2, True), (5, True), (25, True)],
)
def test_goes_on(
    request: pytest.FixtureRequest, empty_engine: Engine, *, changes: int, adopting: bool
) -> None:
    """Wherever the process ends, the next upgrade reaches head."""
    if adopting and empty_engine.dialect.name == "sqlite":
        pytest.skip("upstream's scripts know no SQLite")
    dying: Engine = request.getfixturevalue("dying")
    if adopting:
        build(empty_engine)
    die_after(dying, changes)
    with pytest.raises(_PowerCut):
        migrations.upgrade(dying)
    migrations.upgrade(empty_engine)

    assert migrations.check(empty_engine) == ()
    if not adopting:
        # The ledger still knows whose tables these are.
        migrations.downgrade(empty_engine, "base")

        assert migrations.current(empty_engine) is None


def test_two_threads(empty_engine: Engine) -> None:
    """Threads of one process wait for each other."""
    engines = [create_engine(empty_engine.url) for _ in range(2)]
    with ThreadPoolExecutor(len(engines)) as threads:
        for done in [threads.submit(migrations.upgrade, engine) for engine in engines]:
            done.result()
    for engine in engines:
        engine.dispose()

    assert migrations.check(empty_engine) == ()


def test_two_processes(empty_engine: Engine) -> None:
    """The second process waits for the first, and then finds nothing to do."""
    url = empty_engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "alembic", "-x", f"url={url}", "upgrade", "head"]
    processes = [
        subprocess.Popen(command, cwd=CHECKOUT, stderr=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[1] for process in processes]

    assert [process.returncode for process in processes] == [0, 0], said
    assert "".join(said).count("Running upgrade asterisk_22_10 -> asterisk_22_11") == 1
    assert migrations.check(empty_engine) == ()
