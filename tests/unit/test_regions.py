"""What people dial in each country reaches the number that they mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from asterisk_realtime import OutboundRoute
from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values.dialling import dialled_as
from asterisk_realtime.values.numbering import (
    emergency_numbers,
    exit_codes,
    is_service_number,
    national_prefix,
)
from asterisk_realtime.values.patterns import DialPattern, dial_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

SOME: Final = ("AU", "BR", "DE", "FR", "GB", "IN", "IT", "JP", "MX", "NZ", "RU", "US", "ZA")
TYPES: Final = (PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE, PhoneNumberType.TOLL_FREE)
REGIONS: Final = [
    # All of them take minutes.
    pytest.param(region, marks=() if region in SOME else pytest.mark.long)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
]


def sent(pattern: DialPattern, form: str, dialled: str) -> str:
    """Return what Asterisk makes of the expression *form* when somebody dials *dialled*."""
    match = re.fullmatch(r"(.*)\$\{FILTER\(0-9,\$\{EXTEN(?::(\d+))?\}\)\}", form)
    if match is None:
        assert not pattern.is_pattern
        return form
    return match[1] + re.sub(r"[^0-9]", "", dialled[int(match[2] or 0) :])


def numbers(region: str) -> Iterator[phonenumbers.PhoneNumber]:
    """Yield an example of each type."""
    for kind in TYPES:
        number = phonenumbers.example_number_for_type(region, kind)
        if number is not None and phonenumbers.is_valid_number(number):
            yield number


def as_written(number: phonenumbers.PhoneNumber) -> str:
    """Return the digits of the national form, with the prefix of long distance calls."""
    text = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    return phonenumbers.normalize_digits_only(text)


def patterns(dialled: str) -> list[str]:
    """Return the number itself, and patterns of numbers like it."""
    sizes = [free for free in (2, 4) if free < len(dialled) - 2]
    return [dialled, *(f"_{dialled[:-free]}{'X' * free}" for free in sizes)]


def e164(number: phonenumbers.PhoneNumber) -> str:
    """Return the number as it must go out."""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@pytest.mark.parametrize("region", REGIONS)
def test_national_numbers(region: str) -> None:
    """As they are written in the country, and each as E.164."""
    for number in numbers(region):
        for text in (*patterns(as_written(number)), *patterns(e164(number))):
            if text.startswith("_01115"):
                continue  # Argentina's mobile numbers, whose 15 comes after the area code
            pattern = dial_pattern(text)
            dialled = e164(number) if "+" in text else as_written(number)

            assert pattern.matches(dialled)
            form = dialled_as(pattern, region)
            assert sent(pattern, form, dialled) == e164(number), text


@pytest.mark.parametrize("region", REGIONS)
def test_numbers_behind_a_nine(region: str) -> None:
    """With a 9 for an outside line, or without the digits that callers may leave out."""
    for number in numbers(region):
        written = as_written(number)
        free = "X" * min(4, len(written) - 3)
        if written.startswith("01115"):
            free = ""  # Argentina's mobile numbers, whose 15 comes after the area code
        outside = dial_pattern(f"{'_' * bool(free)}9{written[: len(written) - len(free)]}{free}")
        form = dialled_as(outside, region, strip=1)

        assert sent(outside, form, f"9{written}") == e164(number)
        local = dial_pattern(f"_X{written[-3:-1]}X" if len(free) > 3 else written[-4:])
        form = dialled_as(local, region, prepend=written[:-4])
        assert sent(local, form, written[-4:]) == e164(number)


@pytest.mark.parametrize("region", REGIONS)
def test_calls_abroad(region: str) -> None:
    """Each of the country's exit codes, and an open pattern behind it."""
    codes = exit_codes(region)
    abroad = next(n for n in numbers("GB" if region != "GB" else "US"))
    digits = e164(abroad).removeprefix("+")
    for code in sorted(codes.every):
        if code != codes.usual and any(o != code and o.startswith(code) for o in codes.every):
            continue  # what follows may choose a carrier
        longer = any(o != code and o.startswith(code) and o[len(code)] != "0" for o in codes.every)
        if longer:
            with pytest.raises(ValidationError, match="may or may not begin with"):
                dialled_as(dial_pattern(f"_{code}Z."), region)
        open_end = () if longer else (f"_{code}Z.",)
        for text in (f"{code}{digits}", f"_{code}{digits[:-4]}XXXX", *open_end):
            pattern = dial_pattern(text)
            assert sent(pattern, dialled_as(pattern, region), code + digits) == e164(abroad)


@pytest.mark.parametrize("region", REGIONS)
def test_emergency_numbers(region: str) -> None:
    """They go out as they are, and no longer pattern takes them."""
    for number in emergency_numbers(region):
        assert dialled_as(dial_pattern(number), region) == number
        if f"9{number}" not in emergency_numbers(region):
            assert dialled_as(dial_pattern(f"9{number}"), region, strip=1) == number
        for text in (f"_{number}!", f"_{number[:-1]}.", f"_{number[:-1]}!", "_X.", "_X!"):
            with pytest.raises(ValidationError):
                dialled_as(dial_pattern(text), region)
        assert is_service_number(number, region)


@pytest.mark.parametrize("region", REGIONS)
def test_numbers_without_their_prefix(region: str) -> None:
    """Digits that people dial only behind a prefix are refused without it."""
    for number in numbers(region):
        digits = phonenumbers.national_significant_number(number)
        country = str(number.country_code)
        written = as_written(number)
        if written == digits:
            continue
        for text in (f"_{digits[:-4]}XXXX", f"_{digits[:-2]}XX", digits):
            try:
                form = dialled_as(dial_pattern(text), region)
            except ValidationError:
                continue
            assert form.startswith(f"+{country}") is False, text


@pytest.mark.parametrize(
    ("region", "pattern"),
    [
        *(
            ("US", "_1XXXXXXX"),
            ("AU", "_0ZXXXXXXXXX"),
            ("AU", "_1XXXXXXXXX"),
            ("AU", "_1NXXXXXXXX"),
        ),
        *(("IT", "_[6-9]XXXXXXXX"), ("IT", "_1XXXXXXXXX"), ("DE", "_1XXXXX"), ("BR", "_0NXXXXXXX")),
        *(("KR", "_0ZXXXXX"), ("KR", "_1XXXXXXX"), ("IN", "_1NXXXXXXXXX")),
    ],
)
def test_a_few_numbers_by_chance(region: str, pattern: str) -> None:
    """Each matches some number of the country, and hundreds that are none."""
    with pytest.raises(ValidationError, match="hardly any number"):
        OutboundRoute(context="phones", pattern=pattern, trunk="t", region=region)


@pytest.mark.parametrize(
    ("region", "pattern"),
    [
        # Another carrier's digits for calls abroad
        *(("HK", "_00."), ("HK", "_00X."), ("HK", "_00XX."), ("HK", "_00[3-5]X."), ("UY", "_01.")),
        # Numbers that are dialled in another form, or without their area code
        *(("AR", "_02."), ("AR", "_0223."), ("AR", "_0[23]XXXXXXXXXXX"), ("AR", "_0[2-3]X!")),
        *(("BR", "_2."), ("BR", "_4."), ("BR", "_3[2-9]."), ("AE", "_8."), ("JP", "_00.")),
        # The country code without "+"
        *(("GB", "_44020XXXXXXXX"), ("JP", "_810."), ("AU", "_6102XXXXXXXX"), ("IN", "_910.")),
    ],
)
def test_patterns_that_take_several_forms(region: str, pattern: str) -> None:
    """Some number that they match would go out as another one."""
    with pytest.raises(ValidationError):
        OutboundRoute(context="phones", pattern=pattern, trunk="t", region=region)


@pytest.mark.parametrize(
    "region", [item for item in REGIONS if national_prefix(str(item.values[0]))]
)
def test_country_codes_need_a_plus(region: str) -> None:
    """No telephone sends one before the national prefix."""
    number = phonenumbers.example_number(region)
    assert number is not None
    digits = phonenumbers.national_significant_number(number)
    text = f"_{number.country_code}{national_prefix(region)}{digits[:-3]}XXX"
    with pytest.raises(
        ValidationError, match=r"country code|no number of AT|people in (DE|XK) dial 0"
    ):
        dialled_as(dial_pattern(text), region)
