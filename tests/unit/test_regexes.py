"""Regular expressions of the phonenumbers package, also those that a later release may bring."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from phonenumbers import PhoneMetadata, PhoneNumberDesc

from asterisk_realtime.values import dialled_forms, numbering
from asterisk_realtime.values.dialling import dialled_as
from asterisk_realtime.values.patterns import dial_pattern
from asterisk_realtime.values.regexes import expansions, samples

if TYPE_CHECKING:
    from collections.abc import Iterator

UNKNOWN: Final = {
    "star": r"1[02]*",
    "plus": r"1[02]+",
    "open": r"1[02]{2,}",
    "lookahead": r"(?=1)11[02]",
    "negative lookahead": r"(?!113)11\d",
    "other digits": r"11[^3-9]",
    "not a digit": r"11\D?2",
    "lazy": r"11[02]??",
    "end": r"11[02]\Z",
    "class": r"11[\d]",
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_expression_of_another_kind(name: str) -> None:
    """Short numbers are found by trying; a long expression has no samples."""
    pattern = UNKNOWN[name]
    found = expansions(pattern)

    assert samples(pattern) == ()
    assert found
    assert all(re.fullmatch(pattern, number) for number in found)
    assert ("112" in found) == bool(re.fullmatch(pattern, "112"))


def test_an_expression_of_a_known_kind() -> None:
    """Each of its choices comes at least once."""
    assert expansions(r"1(?:1[02]|9{2,3}|00?)") == {"110", "112", "199", "1999", "10", "100"}
    assert {each[:2] for each in samples(r"1[2-4]\d{2}|50\d?")} == {"12", "13", "14", "50"}


@pytest.fixture
def later() -> Iterator[None]:
    """The numbering plan of the Netherlands with expressions that mean the same as they do now."""
    metadata = PhoneMetadata.metadata_for_region("NL")
    short = PhoneMetadata.short_metadata_for_region("NL")
    assert metadata is not None
    assert short is not None
    places: list[tuple[Any, str]] = [
        (kind, "national_number_pattern")
        for kind in vars(metadata).values()
        if isinstance(kind, PhoneNumberDesc) and kind.national_number_pattern not in {None, "NA"}
    ]
    places += [(metadata, name) for name in ("national_prefix_for_parsing", "international_prefix")]
    places += [(each, "national_number_pattern") for each in (short.emergency, short.short_code)]
    before = [(place, name, getattr(place, name)) for place, name in places]
    for place, name, pattern in before:
        # They refuse a change by setattr.
        object.__setattr__(place, name, f"(?!x)(?:{pattern})")
    forget()
    yield
    for place, name, pattern in before:
        object.__setattr__(place, name, pattern)
    forget()


def forget() -> None:
    """Forget what was read before."""
    for module in (dialled_forms, numbering):
        for value in vars(module).values():
            if hasattr(value, "cache_clear"):
                value.cache_clear()


@pytest.mark.usefixtures("later")
def test_a_region_with_expressions_of_another_kind() -> None:
    """Its routes work without samples, and its emergency numbers and exit codes are known."""
    assert "112" in numbering.emergency_numbers("NL")
    assert numbering.exit_codes("NL").every == {"00"}
    assert dialled_forms.numbers("NL") == ()
    assert dialled_forms.dialled_forms("NL") == {}
    assert dialled_as(dial_pattern("_020NXXXXXX"), "NL") == "+31${FILTER(0-9,${EXTEN:1})}"
    assert dialled_as(dial_pattern("0201234567"), "NL") == "+31201234567"
