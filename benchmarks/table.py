"""The table of results: a row for each comparison."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from benchmarks.timing import Comparison

HEADINGS: Final = ("ours", "beside", "on", "ratio", "min-max", "ms", "ms beside", "statements")
LEFT: Final = frozenset({"ours", "beside", "on"})


@dataclass(frozen=True)
class Row:
    """
    One comparison.

    Attributes:
        ours: What we do.
        beside: What it is compared with.
        on: The database, or nothing.
        result: What was measured, or why nothing was.
        statements: How many statements we send, and how many the other way sends.
    """

    ours: str
    beside: str
    on: str
    result: Comparison | str
    statements: str = ""

    def cells(self) -> tuple[str, ...]:
        """Return the row's texts, one for each heading; without a result the reason comes last."""
        names = (self.ours, self.beside, self.on)
        if isinstance(self.result, str):
            return (*names, f"not measured: {self.result}")
        ratios = self.result.ratios
        return (
            *names,
            f"{self.result.ratio:.2f}",
            f"{min(ratios):.2f}-{max(ratios):.2f}",
            _milliseconds(self.result.ours),
            _milliseconds(self.result.theirs),
            self.statements,
        )


def _milliseconds(times: Sequence[float]) -> str:
    value = median(times) * 1000
    return f"{value:.0f}" if value >= 100 else f"{value:.2g}"  # noqa: PLR2004 - three digits say enough


def render(rows: Iterable[Row]) -> str:
    """Return the table as text."""
    return laid_out(HEADINGS, LEFT, [row.cells() for row in rows])


def laid_out(headings: Sequence[str], left: Collection[str], found: Sequence[Sequence[str]]) -> str:
    """
    Return *headings* and the lines of cells below them as text.

    A line without a result has its reason instead, which may be longer than the column.

    Args:
        headings: The heading of each column.
        left: Headings of the columns that are aligned on the left; they come first.
        found: The cells of each line.
    """
    lines = [headings, *found]
    full = [line for line in lines if len(line) == len(headings)]
    widths = [max(map(len, column)) for column in zip(*full, strict=True)]
    for index in range(len(left)):
        widths[index] = max(len(line[index]) for line in lines)

    def aligned(cells: Sequence[str]) -> str:
        parts = [
            cell.ljust(width)
            if heading in left or len(cells) < len(headings)
            else cell.rjust(width)
            for cell, width, heading in zip(cells, widths, headings, strict=False)
        ]
        return "  ".join(parts).rstrip()

    return "\n".join(map(aligned, lines))
