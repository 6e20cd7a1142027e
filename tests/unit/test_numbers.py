"""Telephone numbers become E.164, or are refused with the reason."""

from __future__ import annotations

import pytest

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values.numbers import (
    EMERGENCY_NUMBERS,
    REGIONS,
    e164,
    region_code,
    spellings,
)


@pytest.mark.parametrize(
    "written",
    ["+12025550123", "+1 (202) 555-0123", "+1-202-555-0123", "+1.202.555.0123", "tel:+12025550123"],
)
def test_an_international_number_needs_no_region(written: str) -> None:
    """However it is punctuated, a number with ``+`` means the same everywhere."""
    assert e164(written) == "+12025550123"


@pytest.mark.parametrize(
    ("written", "region", "number"),
    [
        ("(202) 555-0123", "US", "+12025550123"),
        ("1 202 555 0123", "US", "+12025550123"),
        ("011 44 20 7946 0018", "US", "+442079460018"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("00 1 202 555 0123", "GB", "+12025550123"),
        ("06 1234 5678", "IT", "+390612345678"),
        ("912 34 56 78", "ES", "+34912345678"),
        ("8 495 123-45-67", "RU", "+74951234567"),
    ],
)
def test_a_national_number_is_read_in_its_region(written: str, region: str, number: str) -> None:
    """National prefixes go, and Italy's leading zero stays."""
    assert e164(written, region=region) == number


@pytest.mark.parametrize(
    ("written", "region", "problem"),
    [
        ("2025550123", None, "not a telephone number.*the country code"),
        ("twilio", "US", "not a telephone number"),
        ("", "US", "not a telephone number"),
        ("+1202555012", None, "length"),
        ("+120255501234", None, "length"),
        ("+999123456789", None, "not a telephone number"),
        ("555-0123", "US", "length"),
        ("+15550123", None, "length"),
        ("911", "US", "length"),
        ("+12025550123 ext. 5", None, "extension"),
        ("+1202555CALL", None, "letters"),
        (12025550123, None, "not text"),
        (None, "US", "not text"),
    ],
)
def test_what_is_no_number(written: str, region: str | None, problem: str) -> None:
    """Each refusal says why; a local number without its area code cannot be dialled either."""
    with pytest.raises(ValidationError, match=problem) as caught:
        e164(written, "caller_id", region=region)

    assert caught.value.field == "caller_id"


@pytest.mark.parametrize("region", ["us", "UK", "USA", "", "001", 1, ["US"]])
def test_an_unknown_region_is_refused(region: str) -> None:
    """A region is an ISO code in capitals; the United Kingdom's is GB."""
    with pytest.raises(ValidationError, match="region"):
        region_code(region)
    with pytest.raises(ValidationError, match="region"):
        e164("2025550123", region=region)


def test_known_regions() -> None:
    """No region is a choice too."""
    assert region_code(None) is None
    assert region_code("GB") == "GB"
    assert {"US", "CA", "GB", "IT", "ES"} <= REGIONS


def test_emergency_numbers() -> None:
    """Twilio's page names these, and one for testing."""
    assert {"911", "933", "112", "999"} == EMERGENCY_NUMBERS


@pytest.mark.parametrize(
    ("number", "region", "forms"),
    [
        ("+12025550123", None, "+12025550123 12025550123"),
        ("tel:+1-202-555-0123", None, "+12025550123 12025550123"),
        ("+12025550123", "US", "+12025550123 12025550123 2025550123"),
        ("(202) 555-0123", "US", "+12025550123 12025550123 2025550123"),
        ("+442079460018", "US", "+442079460018 442079460018 011442079460018"),
        ("020 7946 0018", "GB", "+442079460018 442079460018 2079460018 02079460018"),
        ("100", None, "100"),
        ("anonymous", None, "anonymous"),
    ],
)
def test_forms_of_call_records(number: str, region: str | None, forms: str) -> None:
    """A record has a number as it was sent or dialled, with or without its prefixes."""
    assert spellings(number, region=region) == tuple(forms.split())


def test_forms_of_what_is_no_number() -> None:
    """With a plus or a region it should be one."""
    for number, region in (("+1", None), ("anonymous", "US"), ("+12025550123", "XX")):
        with pytest.raises(ValidationError):
            spellings(number, region=region)
