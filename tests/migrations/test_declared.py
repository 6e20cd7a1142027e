"""The departures that are declared have their reasons, and the documentation prints all of them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from tests.migrations.declared import DECLARED, REASONS, reason_for

ALL: Final = frozenset[tuple[str, str, str]]().union(*DECLARED.values())
PAGE: Final = Path(__file__).parents[2] / "docs" / "explanation" / "departures.rst"


def test_each_departure_has_its_reason() -> None:
    """Whoever adds a difference says why."""
    assert [place for kind, place, _ in ALL if reason_for(kind, place) is None] == []


def test_each_reason_has_its_departure() -> None:
    """A reason for what is gone would explain nothing."""
    used = {(kind, reason_for(kind, place)) for kind, place, _ in ALL}
    given = {(kind, reason) for kind, reasons in REASONS.items() for reason in reasons.values()}

    assert given - used == set()


def test_the_page_prints_each_kind_once() -> None:
    """A kind that the page forgets would be a difference that no reader sees."""
    printed = re.findall(r"(?m)^\.\. departures:: (.+)$", PAGE.read_text("utf-8"))

    assert sorted(printed) == sorted({kind for kind, _, _ in ALL})
