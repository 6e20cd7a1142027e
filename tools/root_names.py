"""
Compare the names at the root of the package with ``root_names.txt``; run by ``make lint``.

A new name must be added to the list too, so that reviewers see the root grow.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import asterisk_realtime

LIST: Final = Path(__file__).with_suffix(".txt")


def listed() -> list[str]:
    """Return the names of the list."""
    return LIST.read_text("utf-8").split()


def problems(shown: list[str], wanted: list[str]) -> str:
    """Return how the names differ from the list, or nothing."""
    if sorted(shown) == sorted(wanted):
        return ""
    more = ", ".join(sorted(set(shown) - set(wanted))) or "none"
    fewer = ", ".join(sorted(set(wanted) - set(shown))) or "none"
    return (
        f"the root has {len(shown)} names, {LIST.name} has {len(wanted)}; "
        f"not in the list: {more}; not at the root: {fewer}"
    )


if __name__ == "__main__":
    sys.exit(problems(asterisk_realtime.__all__, listed()) or None)
