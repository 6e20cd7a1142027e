"""Telephone numbers."""

from __future__ import annotations

from typing import Final

import phonenumbers

from asterisk_realtime.errors import ValidationError

REGIONS: Final = frozenset(phonenumbers.SUPPORTED_REGIONS)
"""Regions that `e164` knows: ISO 3166-1 codes of two letters, such as ``US``."""

EMERGENCY_NUMBERS: Final = frozenset({"911", "933", "112", "999"})
"""
Dialled as they are, without ``+``: 911 and its test number 933 (US, CA), 999 and 112 (GB).

https://www.twilio.com/docs/sip-trunking/emergency-calling, as of 2026-03-09.
"""


_POSSIBLE: Final = phonenumbers.ValidationResult.IS_POSSIBLE


def e164(value: str, field: str = "number", *, region: str | None = None) -> str:
    """
    Return a telephone number in E.164: ``+`` and digits, country code first.

    Args:
        value: The number, with its ``+`` and country code, or as written in *region*.
        field: Name of the field, for the error.
        region: Country whose national form is taken too (``US``, ``GB``).

    Raises:
        ValidationError: It is not a number, too short or too long for its country, carries an
            extension, or lacks the ``+`` where no region is given.
    """
    if not isinstance(value, str):
        raise ValidationError(field, value, "it is not text", 'write "+12025550123"')
    try:
        number = phonenumbers.parse(value, region_code(region))
    except phonenumbers.NumberParseException:
        hint = "write it with '+' and the country code, as +12025550123"
        raise ValidationError(field, value, "it is not a telephone number", hint) from None
    if number.extension:
        raise ValidationError(field, value, "it carries an extension", "give the number without it")
    if _has_letters(value):
        raise ValidationError(field, value, "it holds letters", "write the digits")
    # Not is_possible_number(), which also takes a local number that lacks its area code.
    if phonenumbers.is_possible_number_with_reason(number) != _POSSIBLE:
        raise ValidationError(
            field,
            value,
            "no number of that country has this length",
            "check the digits and the country code",
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def spellings(value: str, *, region: str | None = None) -> tuple[str, ...]:
    """
    Return the forms in which call records may have a number, without repeats.

    A number with ``+`` or with a *region*: E.164, its digits, and, as dialled in the region, its
    national form with and without the prefix of long distance calls, or behind the prefix of
    calls abroad. Any other, such as ``100``: as it is.

    Raises:
        ValidationError: It should be a telephone number, but is not.
    """
    if region is None and not (isinstance(value, str) and value.startswith(("+", "tel:"))):
        return (value,)
    full = e164(value, region=region)
    forms = [full, full.removeprefix("+")]
    if region is not None:
        number = phonenumbers.parse(full)
        if region in phonenumbers.region_codes_for_country_code(number.country_code or 0):
            national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
            forms += [phonenumbers.national_significant_number(number), national]
        forms.append(phonenumbers.format_out_of_country_calling_number(number, region))
    digits = (form if form == full else _digits(form) for form in forms)
    return tuple(dict.fromkeys(digits))


def region_code(value: str | None, field: str = "region") -> str | None:
    """
    Return *value* if it is a region that telephone numbers are known of.

    Raises:
        ValidationError: The region is unknown.
    """
    if value is not None and not (isinstance(value, str) and value in REGIONS):
        raise ValidationError(
            field, value, "it is an unknown region", "give an ISO code of two letters, such as 'US'"
        )
    return value


def _has_letters(value: str) -> bool:
    return any(char.isalpha() for char in value.removeprefix("tel:"))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())
