"""
What people dial in each country, according to the phonenumbers package.

Emergency and service numbers, the digits that begin a call abroad, and national numbers for
dialled digits.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Final

import attrs
import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType, shortnumberinfo

from asterisk_realtime.values.numbers import EMERGENCY_NUMBERS

if TYPE_CHECKING:
    from collections.abc import Iterator

_TYPES: Final = (
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.VOIP,
    PhoneNumberType.UAN,
)


# -- Emergency and service numbers -----------------------------------------------------------------


@lru_cache
def emergency_numbers(region: str | None) -> frozenset[str]:
    """Return the emergency numbers of *region*, with those that are known in any region."""
    metadata = PhoneMetadata.short_metadata_for_region(region) if region else None
    if metadata is None or metadata.emergency is None:
        return EMERGENCY_NUMBERS
    return EMERGENCY_NUMBERS | expansions(metadata.emergency.national_number_pattern or "")


def is_service_number(dialled: str, region: str | None) -> bool:
    """Tell whether *dialled* is an emergency or short service number of *region*."""
    if dialled in emergency_numbers(region):
        return True
    if region is None or not dialled:
        return False
    country = phonenumbers.country_code_for_region(region)
    number = phonenumbers.PhoneNumber(
        country_code=country,
        national_number=int(dialled),
        italian_leading_zero=dialled.startswith("0") or None,
        number_of_leading_zeros=len(dialled) - len(dialled.lstrip("0")) or None,
    )
    return shortnumberinfo.is_valid_short_number_for_region(number, region)


# -- Calls abroad ----------------------------------------------------------------------------------


@attrs.frozen
class ExitCodes:
    """
    The digits that begin a call abroad.

    Attributes:
        usual: The usual ones; None if callers choose a carrier by them.
        every: All of them.
    """

    usual: str | None
    every: frozenset[str]


@lru_cache
def exit_codes(region: str) -> ExitCodes:
    """Return the digits that begin a call abroad in *region*."""
    metadata = PhoneMetadata.metadata_for_region(region)
    form = (metadata and metadata.international_prefix) or ""
    every = expansions(form)
    preferred = (metadata and metadata.preferred_international_prefix) or ""
    usual = preferred.replace("~", "")  # ~ means to wait for a tone
    if not usual and len(every) == 1:
        (usual,) = every
    return ExitCodes(usual or None, every | ({usual} if usual else frozenset()))


# -- Numbers of the country ------------------------------------------------------------------------


@attrs.frozen
class Reading:
    """
    The national number that some dialled digits mean.

    Attributes:
        number: Its digits after the country code.
        customary: Whether people dial it in this form.
    """

    number: str
    customary: bool


def national_prefix(region: str) -> str:
    """Return what people in *region* dial before the area code; empty if they dial nothing."""
    metadata = PhoneMetadata.metadata_for_region(region)
    return (metadata and metadata.national_prefix) or ""


def reading(dialled: str, region: str) -> Reading | None:
    """Return the national number that somebody in *region* means by *dialled*, or None."""
    country = phonenumbers.country_code_for_region(region)
    try:
        number = phonenumbers.parse(dialled, region)
    except phonenumbers.NumberParseException:
        return None
    if number.country_code != country or not phonenumbers.is_valid_number(number):
        return None
    digits = phonenumbers.national_significant_number(number)
    if digits == dialled:
        return Reading(digits, _as_written(number) == dialled)
    # The parser accepts a country code without "+", but telephones do not.
    before = dialled[: len(dialled) - len(digits)]
    return Reading(digits, before == national_prefix(region) or before != str(country))


def _as_written(number: phonenumbers.PhoneNumber) -> str:
    text = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    return phonenumbers.normalize_digits_only(text)


@lru_cache
def examples(region: str) -> tuple[str, ...]:
    """Return how people in *region* dial a number of each type."""
    found = []
    for kind in _TYPES:
        number = phonenumbers.example_number_for_type(region, kind)
        if number is not None:
            digits = phonenumbers.national_significant_number(number)
            found += [_as_written(number), national_prefix(region) + digits, digits]
    return tuple(dict.fromkeys(found))


def lengths(region: str) -> frozenset[int]:
    """Return how many digits numbers of *region* have after the country code."""
    metadata = PhoneMetadata.metadata_for_region(region)
    description = metadata and metadata.general_desc
    return frozenset(description.possible_length if description else ())


def is_local(dialled: str, region: str) -> bool:
    """Tell whether *dialled* has the length of a number without its area code."""
    number = phonenumbers.PhoneNumber(
        country_code=phonenumbers.country_code_for_region(region), national_number=int(dialled)
    )
    reason = phonenumbers.is_possible_number_with_reason(number)
    return reason == phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY


# -- Regular expressions of the package ------------------------------------------------------------


def expansions(pattern: str) -> frozenset[str]:
    """Return all digits that a regular expression of digits, sets, choices and ``?`` matches."""
    found, at = _choices(pattern, 0)
    if at != len(pattern):
        raise ValueError(pattern)
    return frozenset(found) - {""}


def _choices(pattern: str, at: int) -> tuple[set[str], int]:
    """Return what ``a|b`` matches, to the end or a closing bracket, and where that is."""
    found: set[str] = set()
    current = {""}
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            found |= current
            current, at = {""}, at + 1
            continue
        part, at = _atom(pattern, at)
        if pattern[at : at + 1] == "?":
            part, at = part | {""}, at + 1
        current = {"".join(pair) for pair in product(current, part)}
    return found | current, at


def _atom(pattern: str, at: int) -> tuple[set[str], int]:
    """Return what one digit, set or group matches, and where it ends."""
    if pattern.startswith("(?:", at):
        found, at = _choices(pattern, at + 3)
        return found, at + 1
    if pattern.startswith(r"\d", at):
        return set("0123456789"), at + 2
    if pattern[at] == "[":
        end = pattern.index("]", at)
        return set(_members(pattern[at + 1 : end])), end + 1
    if not pattern[at].isdigit():
        raise ValueError(pattern)
    return {pattern[at]}, at + 1


def _members(body: str) -> Iterator[str]:
    for first, last in re.findall(r"(\d)(?:-(\d))?", body):
        yield from map(str, range(int(first), int(last or first) + 1))
