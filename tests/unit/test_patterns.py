"""Patterns are understood as Asterisk understands them, and always lead to E.164."""

from __future__ import annotations

from typing import Any

import pytest

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values.dialling import dialled_as
from asterisk_realtime.values.patterns import dial_pattern


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
    with pytest.raises(ValidationError) as caught:
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
        ("_0ZZXXXXXXXX", "BR", "+55${FILTER(0-9,${EXTEN:1})}"),
        ("_0015Z.", "BR", "+${FILTER(0-9,${EXTEN:4})}"),
        ("_0ZX.", "GB", "+44${FILTER(0-9,${EXTEN:1})}"),
        ("_0011Z.", "AU", "+${FILTER(0-9,${EXTEN:4})}"),
        ("_0[2-478]XXXXXXXX", "AU", "+61${FILTER(0-9,${EXTEN:1})}"),
        ("_1300XXXXXX", "AU", "+61${FILTER(0-9,${EXTEN})}"),
        ("_80XXXXXXXXX", "BY", "+375${FILTER(0-9,${EXTEN:2})}"),
        ("_1XXXXXXXXXX", "CN", "+86${FILTER(0-9,${EXTEN})}"),
        ("_118XX", "DE", "${FILTER(0-9,${EXTEN})}"),
        ("_N11", "US", "${FILTER(0-9,${EXTEN})}"),
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
        ("_0ZXXXXXXXX", "JP", "second digit cannot be 1 or whose third digit cannot be 0"),
        ("_3.", "IT", "it also matches 39"),
        ("_4X.", "NO", "it also matches 47"),
        ("_XZXXXXXXXXX", "GB", "may or may not begin with 0, "),
        ("_NXXNXXX", "US", "a number of US has this length only"),
        ("_1NXXNXXXXXXX", "US", "length"),
        ("_+1NXXNXXX", None, "length"),
        ("_NXXNXXXXXX", "UK", "an unknown region"),
        ("_N.", "US", "emergency number 911"),
        ("_Z.", "IT", "emergency number 112"),
        ("_9XX", "US", "emergency number 911"),
        ("_00Z.", "BR", "choose a carrier"),
        ("_0X.", "IL", "choose a carrier"),
        # Digits that mean something else without the prefix of long distance calls
        (
            "_[2-9]XXXXXXX",
            "AU",
            "no number of AU is dialled this way.* prepend .* 0 and the area code",
        ),
        ("91234567", "AU", "no number of AU is dialled this way"),
        ("_NXXXXXX", "US", "only without its area code"),
        ("_[1-9]XXXXXXXX", "FR", "dial 0 before these digits"),
        ("_[1-9]XXXXXXX", "DE", "dial 0 before these digits"),
        ("_9XXXXXXXXX", "RU", "dial 8 before these digits"),
        ("_[2-8]XXXXXXX", "CN", "no number of CN"),
        ("_ZXXXXXXX", "KR", "dial 0 before these digits|no number of KR"),
        ("_49XXXXXXXXXX", "DE", "dial 0 before|country code"),
        # Digits before the number
        ("_9011Z.", "US", "no number of US is dialled this way; give strip"),
        ("_0011Z.", "US", "no number of US is dialled this way"),
        ("_91NXXNXXXXXX", "US", "length"),
        ("_9ZX.", "US", "have one length"),
        ("_8XXXXXXXXXX", "BY", "may or may not begin with 810"),
        ("_0ZX.", "BR", "may be a prefix of BR"),
        ("_0XXXXXXXXX", "AU", "whose second digit cannot be 0"),
        ("_1[01]X", "DE", "emergency number 110"),
        ("_00Z", "AU", "length|no country"),
        ("_00X", "AU", "emergency number 000"),
    ],
)
def test_what_leaves_the_meaning_open(text: str, region: str | None, problem: str) -> None:
    """A pattern whose digits could mean two things is refused, with a way to split it."""
    with pytest.raises(ValidationError, match=problem):
        dialled_as(dial_pattern(text), region)


def test_the_field_of_the_complaint() -> None:
    """The error is about the parameter that the caller knows."""
    with pytest.raises(ValidationError) as caught:
        dialled_as(dial_pattern("_NXXNXXX"), "US", field="pattern")

    assert caught.value.field == "pattern"


@pytest.mark.parametrize(
    ("text", "region", "fields", "dialled"),
    [
        ("_9011Z.", "US", {"strip": 1}, "+${FILTER(0-9,${EXTEN:4})}"),
        ("_91NXXNXXXXXX", "US", {"strip": 1}, "+1${FILTER(0-9,${EXTEN:2})}"),
        ("_NXXXXXX", "US", {"prepend": "212"}, "+1212${FILTER(0-9,${EXTEN})}"),
        ("_9NXXXXXX", "US", {"prepend": "1212", "strip": 1}, "+1212${FILTER(0-9,${EXTEN:1})}"),
        ("_[2-9]XXXXXXX", "AU", {"prepend": "02"}, "+612${FILTER(0-9,${EXTEN})}"),
        ("_49XXXXXXXXXX", None, {"prepend": "+"}, "+${FILTER(0-9,${EXTEN})}"),
        ("9110", "DE", {"strip": 1}, "110"),
        ("_9N11", "US", {"strip": 1}, "${FILTER(0-9,${EXTEN:1})}"),
        ("0800", None, {"as_dialled": True}, "0800"),
        ("_70XX", None, {"as_dialled": True, "strip": 1}, "${FILTER(0-9,${EXTEN:1})}"),
    ],
)
def test_what_callers_add_or_leave_out(
    text: str, region: str | None, fields: dict[str, Any], dialled: str
) -> None:
    """What is meant is what somebody in the region would dial."""
    assert dialled_as(dial_pattern(text), region, **fields) == dialled


@pytest.mark.parametrize(
    ("text", "region", "fields", "problem"),
    [
        ("_9X.", "DE", {"strip": 1}, "emergency number 110|112"),
        ("_911X", "US", {"strip": 3}, "whose fourth digit cannot be 1"),
        ("_9X1", "US", {"as_dialled": True, "strip": 1}, "emergency number 911"),
        ("_X", "DE", {"prepend": "11"}, "emergency number 110"),
        ("_2X.", None, {"prepend": "+0"}, "no country code"),
        ("_2X.", None, {"prepend": "0+"}, "only begin a number"),
        ("_+X.", None, {"as_dialled": True}, "no '\\+'"),
    ],
)
def test_what_must_not_be_added(
    text: str, region: str | None, fields: dict[str, Any], problem: str
) -> None:
    """No call for help goes elsewhere by it."""
    with pytest.raises(ValidationError, match=problem):
        dialled_as(dial_pattern(text), region, **fields)
