"""
What README and the documentation show as code, taken out of their Markdown.

A fenced block of ``python`` is run by the tests. One that cannot be run stands below a comment
that says why: ``<!-- not run: needs a PostgreSQL server -->``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
)

_FENCE: Final = re.compile(r"^(?P<indent> *)(?P<fence>`{3,})(?P<language>\S*)")
_NOT_RUN: Final = re.compile(r"<!-- not run: \S.* -->")


@dataclass(frozen=True)
class Block:
    """
    A fenced block of a page.

    Attributes:
        language: The word behind the fence.
        start: Number of its first line in the page, from 1.
        lines: Its text.
        runs: Whether no comment above it says that it is not run.
    """

    language: str
    start: int
    lines: tuple[str, ...]
    runs: bool


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page, in order."""
    lines = page.read_text("utf-8").splitlines()
    number = 0
    while number < len(lines):
        opening = _FENCE.match(lines[number])
        number += 1
        if opening is None:
            continue
        end = next(at for at in range(number, len(lines)) if _closes(lines[at], opening))
        indent = len(opening["indent"])
        yield Block(
            language=opening["language"],
            start=number + 1,
            lines=tuple(line[indent:] for line in lines[number:end]),
            runs=not _NOT_RUN.search(" ".join(lines[max(0, number - 3) : number - 1])),
        )
        number = end + 1


def _closes(line: str, opening: re.Match[str]) -> bool:
    return line.strip() == opening["fence"]


def program(page: Path) -> str:
    """Return the Python of a page as one program, each line where the page has it."""
    lines: list[str] = []
    for block in blocks(page):
        if block.language == "python" and block.runs:
            lines += [""] * (block.start - 1 - len(lines))
            lines += block.lines
    return "\n".join(lines) + "\n" if lines else ""


def commands(page: Path) -> Iterator[str]:
    """Yield the shell commands of a page: what stands behind ``$`` in a block of ``console``."""
    for block in blocks(page):
        if block.language == "console":
            yield from (line[2:] for line in block.lines if line.startswith("$ "))
