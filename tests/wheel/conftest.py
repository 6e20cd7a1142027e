"""Fixtures: the wheel, and an empty environment with nothing but the wheel installed in it."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
NO_INDEX: Final = "Could not find a version that satisfies"


@dataclass(frozen=True)
class Installed:
    """An environment outside the checkout."""

    folder: Path

    def run(self, program: str, *arguments: str, cwd: Path) -> str:
        """Run a program of the environment, which must succeed, and return what it printed."""
        done = self.attempt(program, *arguments, cwd=cwd)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def attempt(self, program: str, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        """Run a program of the environment."""
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(
            [self.folder / "bin" / program, *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd=cwd,
            env=inherited,
        )


def pip(python: Path | str, *arguments: str) -> None:
    """Run pip; without a package index the test is skipped, or fails where it must not be."""
    options = ("--quiet", "--disable-pip-version-check", "--retries=1", "--timeout=30")
    done = subprocess.run(
        [python, "-m", "pip", *arguments, *options], check=False, capture_output=True, text=True
    )
    if NO_INDEX in done.stderr and "wheel" not in os.environ.get("ASTERISK_REALTIME_REQUIRE", ""):
        pytest.skip("pip finds no package index here")
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this checkout, freshly built."""
    folder = tmp_path_factory.mktemp("dist")
    pip(sys.executable, "wheel", "--no-deps", f"--wheel-dir={folder}", str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel as a user would."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    pip(folder / "bin" / "python", "install", str(wheel))
    return Installed(folder)
