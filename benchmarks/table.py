"""The table of results: a row for each comparison."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    lines = [HEADINGS, *(row.cells() for row in rows)]
    full = [line for line in lines if len(line) == len(HEADINGS)]
    widths = [max(map(len, column)) for column in zip(*full, strict=True)]
    # A row without a result has its reason instead, which may be longer than the column.
    for index in range(len(LEFT)):
        widths[index] = max(len(line[index]) for line in lines)
    return "\n".join(_aligned(line, widths) for line in lines)


def _aligned(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = [
        cell.ljust(width) if heading in LEFT or len(cells) < len(HEADINGS) else cell.rjust(width)
        for cell, width, heading in zip(cells, widths, HEADINGS, strict=False)
    ]
    return "  ".join(aligned).rstrip()
