"""Headers and Request-URIs of identify rows, as Asterisk reads them."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from asterisk_realtime.provision.engine.criteria import Criterion, criteria, may_match


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("X-A: one", [Criterion("x-a", "one")]),
        ("x-a:one", [Criterion("x-a", "one")]),
        (" X-A :  one two ", [Criterion("x-a", "one two")]),
        ("X-A: /one/", [Criterion("x-a", "one", is_pattern=True)]),
        ("X-A: //", [Criterion("x-a", "")]),
        ("X-A: /", [Criterion("x-a", "/")]),
        ("X-A:", [Criterion("x-a", "")]),
        ("X-A", []),
        (": one", []),
        (None, []),
    ],
)
def test_headers(header: str | None, expected: list[Criterion]) -> None:
    """A name without a colon is none, and drops the row; two slashes are an empty value."""
    row = SimpleNamespace(match_header=header, match_request_uri=None)

    assert list(criteria(row)) == expected


PATTERNS = (
    "one",
    "^one",
    "one$",
    "^one$",
    "^on.*",
    r"^o\.e",
    "one*",
    "^ones?$",
    "(a|one)",
    "[o]ne",
)
TEXTS = ("one", "ones", "none", "o.e", "on", "two", "", "a")


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("text", TEXTS)
def test_a_pattern_that_fits_is_never_missed(pattern: str, text: str) -> None:
    """It may be said of more than fits, never of less."""
    fits = re.search(pattern, text) is not None

    assert may_match(pattern, text) or not fits


@pytest.mark.parametrize(
    ("pattern", "text"), [("^one", "two"), ("one$", "ones"), ("^one$", "none"), ("one", "two")]
)
def test_plain_patterns_are_told_apart(pattern: str, text: str) -> None:
    """Or one account's row would hinder another's."""
    assert not may_match(pattern, text)


def test_no_pattern_is_run() -> None:
    """One of a hundred thousand characters takes no time."""
    assert may_match("(a*)*" * 20_000, "a" * 100_000)
