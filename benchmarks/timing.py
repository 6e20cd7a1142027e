"""Measure several ways in turns, so that a busy machine slows all of them equally."""

from __future__ import annotations

import gc
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class Comparison:
    """
    Two ways, measured in the same rounds.

    Attributes:
        ours: Seconds of each round.
        theirs: Seconds of the other way, in the same rounds.
    """

    ours: Sequence[float]
    theirs: Sequence[float]

    @property
    def ratios(self) -> list[float]:
        """Ours as a multiple of theirs, round by round; below 1 we are faster."""
        return [a / b for a, b in zip(self.ours, self.theirs, strict=True)]

    @property
    def ratio(self) -> float:
        """The median of the ratios."""
        return median(self.ratios)


def seconds(action: Callable[[], object]) -> float:
    """Return how long *action* takes."""
    gc.collect()  # do not count the garbage of earlier turns
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def in_turns(measures: Sequence[Callable[[], float]], rounds: int) -> list[list[float]]:
    """
    Call each of *measures* once in each round, beginning each round with another one.

    The result of a first round, which fills caches, is thrown away.

    Returns:
        For each measure the seconds that it returned, round by round.
    """
    results: list[list[float]] = [[] for _ in measures]
    for measure in measures:
        measure()
    gc.freeze()  # the collector skips loaded modules, which would take too long
    for turn in range(rounds):
        for step in range(len(measures)):
            index = (turn + step) % len(measures)
            results[index].append(measures[index]())
    gc.unfreeze()
    return results
