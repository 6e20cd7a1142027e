"""
mypy and basedpyright refuse what is wrong in ``cases/`` and take what is right.

A line that ends in ``# error`` must be refused, by both; no other line may be.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
CASES = sorted((Path(__file__).parent / "cases").glob("*.py"))

Lines = set[tuple[str, int]]


def run(*command: str) -> str:
    """Run a module of this environment; both checkers exit with 1 where they find errors."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


def mypy() -> Lines:
    """Return the lines that mypy refuses."""
    found = re.findall(r"(?m)^(\S+):(\d+): error:", run("mypy", *map(str, CASES)))
    # The project's own files are checked with the newest dependencies only.
    return {(Path(path).name, int(line)) for path, line in found if ROOT / path in CASES}


def basedpyright() -> Lines:
    """Return the lines that basedpyright refuses."""
    # The project's own settings leave the cases out; a folder of settings brings them in.
    report = run(
        "basedpyright",
        "--outputjson",
        f"--pythonpath={sys.executable}",
        f"--project={Path(__file__).parent}",
    )
    return {
        (Path(finding["file"]).name, finding["range"]["start"]["line"] + 1)
        for finding in json.loads(report)["generalDiagnostics"]
        if finding["severity"] == "error"
    }


def expected() -> Lines:
    """Return the lines that are marked."""
    return {
        (path.name, number)
        for path in CASES
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if line.endswith("# error")
    }


@pytest.mark.slow
@pytest.mark.parametrize("checker", [mypy, basedpyright])
def test_the_marked_lines_and_no_others_are_refused(checker: Callable[[], Lines]) -> None:
    """A mistake is reported while it is typed, whichever checker the editor runs."""
    found = checker()

    assert found - expected() == set(), "refused, though right"
    assert expected() - found == set(), "taken, though wrong"
