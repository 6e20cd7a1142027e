"""Patterns are understood as Asterisk understands them, and always lead to E.164."""

from __future__ import annotations

import pytest

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.values.patterns import dial_pattern, dialled_as


@pytest.mark.parametrize(
    ("text", "matching", "others"),
    [
        ("123", ["123"], ["12", "1234", "124"]),
        ("_1NXX", ["1200", "1999"], ["1100", "2200", "12000", "120"]),
        ("_Z.", ["12", "9999"], ["1", "01"]),
        ("_Z!", ["1", "12"], ["0", ""]),
        ("_[1-37]X", ["10", "39", "75"], ["40", "60"]),
        ("_+X.", ["+12"], ["12", "+1"]),
    ],
)
def test_matching(text: str, matching: list[str], others: list[str]) -> None:
    """Places and open ends take what ``main/pbx.c`` takes."""
    pattern = dial_pattern(text)

    assert [dialled for dialled in matching if not pattern.matches(dialled)] == []
    assert [dialled for dialled in others if pattern.matches(dialled)] == []
    assert pattern.is_pattern is text.startswith("_")


@pytest.mark.parametrize(
    "text",
    [
        *("", "_", "_.", "_!", "_1.2", "_1!X", "_1..", "_a", "_1x", "_[", "_[]", "_[3-1]X"),
        *("_[1-]", "_[a-c]", "_1 2", "_${EXTEN}", "_1,2", "_1-2", "s", "+", "1+2", "*98", "a1"),
        "_" + 79 * "X",
        None,
        911,
    ],
)
def test_what_cannot_be_dialled(text: str) -> None:
    """Anything that Asterisk would read otherwise than meant is refused."""
    with pytest.raises(InvalidValueError) as caught:
        dial_pattern(text, "pattern")

    assert caught.value.field == "pattern"


@pytest.mark.parametrize(
    ("text", "region", "dialled"),
    [
        # The number itself
        ("+12025550123", None, "+12025550123"),
        ("2025550123", "US", "+12025550123"),
        ("02079460018", "GB", "+442079460018"),
        # International patterns
        ("_+X.", None, "+${FILTER(0-9,${EXTEN:1})}"),
        ("_+1NXXNXXXXXX", None, "+${FILTER(0-9,${EXTEN:1})}"),
        ("_011Z.", "US", "+${FILTER(0-9,${EXTEN:3})}"),
        ("_00Z.", "GB", "+${FILTER(0-9,${EXTEN:2})}"),
        ("_00Z.", "UA", "+${FILTER(0-9,${EXTEN:2})}"),
        ("_810Z.", "RU", "+${FILTER(0-9,${EXTEN:3})}"),
        # National patterns
        ("_1NXXNXXXXXX", "US", "+1${FILTER(0-9,${EXTEN:1})}"),
        ("_NXXNXXXXXX", "US", "+1${FILTER(0-9,${EXTEN})}"),
        ("_0ZXXXXXXXXX", "GB", "+44${FILTER(0-9,${EXTEN:1})}"),
        ("_06XXXXXXXX", "IT", "+39${FILTER(0-9,${EXTEN})}"),
        ("_3XXXXXXXXX", "IT", "+39${FILTER(0-9,${EXTEN})}"),
        ("_[6-9]XXXXXXXX", "ES", "+34${FILTER(0-9,${EXTEN})}"),
        ("_8[3-9]XXXXXXXXX", "RU", "+7${FILTER(0-9,${EXTEN:1})}"),
        ("_0ZX.", "BR", "+55${FILTER(0-9,${EXTEN:1})}"),
    ],
)
def test_what_the_trunk_dials(text: str, region: str | None, dialled: str) -> None:
    """Whatever form callers use in their country, what goes out is ``+`` and E.164."""
    assert dialled_as(dial_pattern(text), region) == dialled


@pytest.mark.parametrize("number", ["911", "933", "112", "999"])
@pytest.mark.parametrize("region", [None, "US", "GB"])
def test_emergency_numbers_go_out_as_they_are(number: str, region: str | None) -> None:
    """No country code may stand before an emergency number."""
    assert dialled_as(dial_pattern(number), region) == number


@pytest.mark.parametrize(
    ("text", "region", "problem"),
    [
        ("2025550123", None, "region"),
        ("_NXXNXXXXXX", None, "only within a country"),
        ("_XXXXXXXXXX", "US", "may or may not begin with 011"),
        ("_0XXXXXXXXXX", "GB", "may or may not begin with 00"),
        ("_XZXXXXXXXXX", "GB", "may or may not begin with 0, "),
        ("_NXXNXXX", "US", "length"),
        ("_1NXXNXXXXXXX", "US", "length"),
        ("_+1NXXNXXX", None, "length"),
        ("_NXXNXXXXXX", "UK", "no known region"),
        ("_N.", "US", "emergency number 911"),
        ("_Z.", "IT", "emergency number 112"),
        ("_9XX", "US", "emergency number 911"),
        ("_00Z.", "BR", "choose a carrier"),
        ("_0X.", "IL", "choose a carrier"),
    ],
)
def test_what_leaves_the_meaning_open(text: str, region: str | None, problem: str) -> None:
    """A pattern whose digits could mean two things is refused, with a way to split it."""
    with pytest.raises(InvalidValueError, match=problem):
        dialled_as(dial_pattern(text), region)


def test_the_field_of_the_complaint() -> None:
    """The error is about the parameter that the caller knows."""
    with pytest.raises(InvalidValueError) as caught:
        dialled_as(dial_pattern("_NXXNXXX"), "US", field="pattern")

    assert caught.value.field == "pattern"
