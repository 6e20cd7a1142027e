"""What README and the documentation show is run; nothing that they show can go stale unseen."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

from asterisk_realtime import models
from tests.docs.pages import PAGES, ROOT, blocks, commands, program

if TYPE_CHECKING:
    from collections.abc import Iterator
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


NOT_PUBLIC = {
    "asterisk_realtime.providers.trunk.HostTrunk": "what their trunks have in common",
    "asterisk_realtime.providers.allowance.RegionAllowance": "the same of their allowances",
    "asterisk_realtime.conf.families.ALSO": "what a function of conf takes",
    "asterisk_realtime.conf.families.FAMILIES": "what its files map",
    "asterisk_realtime.conf.drivers.Driver": "what a function of conf takes",
    "asterisk_realtime.errors": "the tree; the errors are entries",
}
"""Entries of the reference that no package has among its names."""


def entries(text: str) -> Iterator[str]:
    """Yield the full name of each thing that a page describes."""
    module = ""
    for directive, name in re.findall(
        r"(?m)^\.\. (currentmodule|auto(?:class|data|exception|function|module)):: ([\w.]+)", text
    ):
        if directive == "currentmodule":
            module = name
        else:
            yield name if name.startswith("asterisk_realtime.") else f"{module}.{name}"


def names_in(module: str) -> set[str]:
    """Return the full names of what a module shows."""
    return {f"{module}.{name}" for name in import_module(module).__all__}


def test_the_reference_has_each_public_name_once() -> None:
    """Whoever sees a name finds it in the reference, in one place and under its own module."""
    found = Counter(name for text in REFERENCE.values() for name in entries(text))
    rooms = names_in("asterisk_realtime.models") | names_in("asterisk_realtime.reports")
    shared = {f"asterisk_realtime.{name}" for name in models.__all__}
    public = rooms | (names_in("asterisk_realtime") - shared)

    assert found == Counter([*public, *NOT_PUBLIC])


def test_each_model_has_its_table() -> None:
    """A model's page shows its columns with values, first release and default."""
    tables = {
        name for text in REFERENCE.values() for name in re.findall(r"realtime-table:: (\w+)", text)
    }
    mapped = {mapper.class_.__name__ for mapper in models.Base.registry.mappers}

    assert tables == mapped
