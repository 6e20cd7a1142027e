"""The time to import the library, compared with SQLAlchemy, which its users import anyway."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import partial
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.table import Row
from benchmarks.timing import Comparison, in_turns

BESIDE: Final = "import sqlalchemy.orm"
OURS: Final = (
    "import asterisk_realtime",
    "from asterisk_realtime.models import Endpoint",
    "from asterisk_realtime import create",
    "from asterisk_realtime import Phone, create",
    "from asterisk_realtime import create_twilio_trunk",
)
CLOCK: Final = "import time; start = time.perf_counter(); {}; print(time.perf_counter() - start)"
"""Leaves out the start of the interpreter, which is the same for all."""


def fresh(statement: str, bytecode: str) -> float:
    """
    Return the seconds that *statement* takes in an interpreter of its own.

    Args:
        statement: An import.
        bytecode: Folder for compiled modules, so that they are not compiled at each start.
    """
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode, "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(
        [sys.executable, "-c", CLOCK.format(statement)],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    return float(done.stdout)


def rows(rounds: int) -> list[Row]:
    """Measure each import of `OURS`."""
    with TemporaryDirectory(prefix="asterisk-realtime-") as bytecode:
        ways = [partial(fresh, statement, bytecode) for statement in (BESIDE, *OURS)]
        beside, *ours = in_turns(ways, rounds)
    return [
        Row(statement, BESIDE, "", Comparison(times, beside))
        for statement, times in zip(OURS, ours, strict=True)
    ]
