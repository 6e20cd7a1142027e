"""
Peak memory of `apply_batches` of many phones, beside that of few; each in a process of its own.

Run by itself, ``python -m benchmarks.memory URL NUMBER`` applies the phones of an iterator to an
empty database and prints the process's peak in bytes.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from asterisk_realtime import apply_batches, migrations
from benchmarks.bulk import phones
from benchmarks.table import laid_out

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.databases import Database

HEADINGS: Final = ("peak memory of", "on", "MB", "of fewer", "MB", "MB more", "seconds")
LEFT: Final = frozenset({"peak memory of", "on"})
TITLE: Final = "apply_batches of new phones"
MOST_FEW: Final = 10_000
"""Phones beside which many are measured; for a short run a tenth of the many, if that is less."""

STATUS: Final = Path("/proc/self/status")
"""Has the process's own peak; ``getrusage`` has that of the process that started it, if larger."""


@attrs.frozen
class Peak:
    """Bytes and seconds of one process."""

    size: int
    taken: float

    @property
    def megabytes(self) -> float:
        """The same in MB."""
        return self.size / 1e6


@attrs.frozen
class Peaks:
    """
    The peaks of two processes.

    Attributes:
        on: The kind of database.
        phones: Phones of the larger one.
        many: Its peak; or why nothing was measured.
        few: The peak of the other one.
    """

    on: str
    phones: int
    many: Peak | str
    few: Peak | None = None

    def cells(self) -> tuple[str, ...]:
        """Return the texts of one line of the table."""
        title = f"{TITLE}: {self.phones:,}"
        if isinstance(self.many, str) or self.few is None:
            return (title, self.on, f"not measured: {self.many}")
        many, few = self.many.megabytes, self.few.megabytes
        return (
            title,
            self.on,
            f"{many:.0f}",
            f"{fewer(self.phones):,}",
            f"{few:.0f}",
            f"{many - few:.0f}",
            f"{self.many.taken:.0f}",
        )


def fewer(count: int) -> int:
    """Return how many phones are applied beside *count*."""
    return min(MOST_FEW, count // 10)


def measured(database: Database, count: int) -> Peaks:
    """Measure on two new databases of one kind."""
    few, many = (_peak(database, number) for number in (fewer(count), count))
    return Peaks(database.name, count, many, few)


def _peak(database: Database, count: int) -> Peak:
    with database.new() as url:
        engine = create_engine(url)
        migrations.upgrade(engine)
        engine.dispose()
        text = url.render_as_string(hide_password=False)
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.memory", text, str(count)],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[1],
        )
        return Peak(int(done.stdout), time.perf_counter() - started)


def render(found: Iterable[Peaks]) -> str:
    """Return the table as text."""
    return laid_out(HEADINGS, LEFT, [one.cells() for one in found])


def main() -> None:
    """Apply the phones, and print the peak."""
    url, count = sys.argv[1:]
    engine = create_engine(url)
    with Session(engine) as session, session.begin():
        apply_batches(session, phones(int(count)))
    lines = STATUS.read_text().splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("VmHWM:"))
    print(1024 * int(kilobytes))


if __name__ == "__main__":
    main()
