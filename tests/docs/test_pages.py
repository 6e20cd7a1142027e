"""What README and the documentation show is run; nothing that they show can go stale unseen."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

import asterisk_realtime
from tests.docs.pages import PAGES, ROOT, blocks, commands, program

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = {"console", "ini", "mermaid", "python", "sql", "text", "toml"}
"""Python is run and console is listed; the others are data to look at."""

COMMANDS = {
    "bash .ci/run": "this is it",
    "pip install asterisk-realtime": "tests/wheel",
    "pip install 'asterisk-realtime[postgresql]'": "tests/wheel, without the driver",
    "pip install 'asterisk-realtime[mysql]'": "tests/wheel, without the driver",
    "alembic upgrade head": "tests/wheel",
    "alembic current": "tests/wheel",
    "alembic -x families=cdr,cel upgrade head": "tests/migrations/test_families.py",
}
"""Shell commands that the pages show, and what runs them. Targets of make are known by make."""


def name_of(page: Path) -> str:
    """Return the page's path in the checkout."""
    return str(page.relative_to(ROOT))


def make_targets() -> set[str]:
    """Return what ``make`` can make by name."""
    return set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text("utf-8")))


@pytest.mark.parametrize("page", [page for page in PAGES if program(page)], ids=name_of)
def test_the_python_of_a_page_runs(page: Path, tmp_path: Path) -> None:
    """All blocks of a page, one after the other, in an empty folder."""
    script = tmp_path / f"page_{page.stem}.py"  # howto/json.md must not hide the module json
    script.write_text(program(page), "utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", script],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )

    assert done.returncode == 0, f"{name_of(page)}, same line numbers:\n{done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_is_run_somewhere(page: Path) -> None:
    """A shell command that is shown exists, and something runs it."""
    known = COMMANDS.keys() | {f"make {target}" for target in make_targets()}

    assert set(commands(page)) - known == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_says_its_language(page: Path) -> None:
    """A block without a known language could hold code that nothing runs."""
    languages = {block.language for block in blocks(page) if not block.language.startswith("{")}

    assert languages <= LANGUAGES


REFERENCE = {
    page: page.read_text("utf-8") for page in sorted((ROOT / "docs" / "reference").rglob("*.rst"))
}


def test_reference_pages_hold_no_examples() -> None:
    """They are reStructuredText, which these tests do not read: examples belong into Markdown."""
    code = re.compile(r"::\s*(python|console|bash|sh)\b")

    assert [name_of(page) for page, text in REFERENCE.items() if code.search(text)] == []


def test_the_reference_has_each_public_name_once() -> None:
    """Whoever sees a name in the root package finds it in the reference, in one place."""
    entry = re.compile(
        r"(?m)^\.\. auto(?:class|exception|function|module):: (?:asterisk_realtime\.)?(\w+)"
    )
    entries = Counter(name for text in REFERENCE.values() for name in entry.findall(text))
    del entries["errors"]  # the tree that its module draws; the errors are entries by themselves

    assert entries == Counter(asterisk_realtime.__all__)


def test_each_model_has_its_table() -> None:
    """A model's page shows its columns with values, first release and default."""
    tables = {
        name for text in REFERENCE.values() for name in re.findall(r"realtime-table:: (\w+)", text)
    }
    models = {mapper.class_.__name__ for mapper in asterisk_realtime.Base.registry.mappers}

    assert tables == models
