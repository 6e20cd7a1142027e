"""
What people dial in each country, according to the phonenumbers package.

Emergency and service numbers, and the digits that begin calls abroad and long distance calls.
"""

from __future__ import annotations

from functools import lru_cache

import attrs
import phonenumbers
from phonenumbers import PhoneMetadata, shortnumberinfo

from asterisk_realtime.values import regexes
from asterisk_realtime.values.numbers import EMERGENCY_NUMBERS

# -- Emergency and service numbers -----------------------------------------------------------------


@lru_cache
def emergency_numbers(region: str | None) -> frozenset[str]:
    """Return the emergency numbers of *region*, with those that are known in any region."""
    metadata = PhoneMetadata.short_metadata_for_region(region) if region else None
    if metadata is None or metadata.emergency is None:
        return EMERGENCY_NUMBERS
    return EMERGENCY_NUMBERS | regexes.expansions(metadata.emergency.national_number_pattern or "")


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
    every = regexes.expansions(form)
    preferred = (metadata and metadata.preferred_international_prefix) or ""
    usual = preferred.replace("~", "")  # ~ means to wait for a tone
    if not usual and len(every) == 1:
        (usual,) = every
    return ExitCodes(usual or None, every | ({usual} if usual else frozenset()))


# -- Numbers of the country ------------------------------------------------------------------------


def national_prefix(region: str) -> str:
    """Return what people in *region* dial before the area code; empty if they dial nothing."""
    metadata = PhoneMetadata.metadata_for_region(region)
    return (metadata and metadata.national_prefix) or ""


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
