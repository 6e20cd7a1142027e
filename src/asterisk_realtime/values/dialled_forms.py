"""How people in each country dial its numbers: samples from the phonenumbers package."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import cycle
from typing import TYPE_CHECKING, Final

import attrs
import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat

from asterisk_realtime.values import numbering, regexes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phonenumbers import PhoneNumber

_TYPES: Final = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)
"""Kinds of numbers, as fields of the package's metadata."""

_BEGINNING: Final = 4
"""First digits by which sample numbers of the same length differ."""

_GROUP: Final = re.compile(r"\([^()]*\)\$?")
"""A group without another in it, in the regular expression of what is dialled before a number."""


@attrs.frozen
class Reading:
    """
    The number of the country that some dialled digits mean.

    Attributes:
        number: The national number that dialled digits mean.
        customary: Whether people dial this form.
        after_code: Whether they begin with the country code, which telephones take only after "+".
    """

    number: str
    customary: bool
    after_code: bool = False


def reading(dialled: str, region: str) -> Reading | None:
    """Return which number of its country somebody in *region* means by *dialled*, or None."""
    country = phonenumbers.country_code_for_region(region)
    try:
        number = phonenumbers.parse(dialled, region, keep_raw_input=True)
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != country or not phonenumbers.is_valid_number(number):
        return None
    digits = phonenumbers.national_significant_number(number)
    if digits == dialled:
        return Reading(digits, _as_written(number) == dialled)
    source = phonenumbers.CountryCodeSource.FROM_NUMBER_WITHOUT_PLUS_SIGN
    prefix = numbering.national_prefix(region)
    # A national prefix may look like the country code, as the 1 of the United States.
    after_code = number.country_code_source == source and dialled != prefix + digits
    return Reading(digits, not after_code, after_code)


def _as_written(number: PhoneNumber) -> str:
    text = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    return phonenumbers.normalize_digits_only(text)


@lru_cache(maxsize=32)
def numbers(region: str) -> tuple[str, ...]:
    """Return numbers of *region*, without the country code: some of each kind and beginning."""
    metadata = PhoneMetadata.metadata_for_region(region)
    kinds = [getattr(metadata, kind) for kind in _TYPES]
    forms = [kind.national_number_pattern or "" for kind in kinds if kind is not None]
    found: dict[tuple[int, str], str] = {}
    for form in forms:
        for number in _samples(form):
            found.setdefault((len(number), number[:_BEGINNING]), number)
    return tuple(number for number in found.values() if number)


def _samples(form: str) -> tuple[str, ...]:
    return () if form == "NA" else regexes.samples(form)


@lru_cache(maxsize=32)
def dialled_forms(region: str) -> dict[str, Reading]:
    """Return what people in *region* dial for each of `numbers`, with its `Reading`."""
    prefixes = cycle(_prefixes(region))
    country = phonenumbers.country_code_for_region(region)
    found = {}
    for digits in numbers(region):
        number = phonenumbers.parse(f"+{country}{digits}")
        forms = (digits, next(prefixes) + digits, *_national(number, region))
        for dialled in dict.fromkeys(forms):
            meant = reading(dialled, region)
            if meant is not None and meant.number == digits:
                found[dialled] = meant
    return found


def _national(number: PhoneNumber, region: str) -> Iterator[str]:
    yield _as_written(number)
    yield numbering.national_prefix(region) + phonenumbers.national_significant_number(number)


def _prefixes(region: str) -> tuple[str, ...]:
    """Return what may be dialled before a number, such as the digits that choose a carrier."""
    metadata = PhoneMetadata.metadata_for_region(region)
    form = (metadata and metadata.national_prefix_for_parsing) or ""
    return regexes.samples(_GROUP.sub(_without_number, form)) or ("",)


def _without_number(group: re.Match[str]) -> str:
    """Return a group, or nothing if it matches the number itself or most of it."""
    return "" if r"\d{" in group[0] else group[0]


@lru_cache(maxsize=32)
def local_beginnings(region: str) -> frozenset[tuple[int, str]]:
    """Return how long numbers without their area code are, each with a digit that begins it."""
    country = phonenumbers.country_code_for_region(region)
    found = set()
    for digits in numbers(region):
        number = phonenumbers.parse(f"+{country}{digits}")
        local = digits[phonenumbers.length_of_geographical_area_code(number) :]
        # A 0 begins an area code or a call beyond it.
        if local and local != digits and local[0] != "0":
            found.add((len(local), local[0]))
    return frozenset(found)


@lru_cache(maxsize=32)
def short_numbers(region: str) -> frozenset[str]:
    """Return short numbers of services of *region*, some of each beginning."""
    metadata = PhoneMetadata.short_metadata_for_region(region)
    form = (metadata and metadata.short_code and metadata.short_code.national_number_pattern) or ""
    return frozenset(number for number in _samples(form) if number)
