"""Dialled numbers and patterns, and how a trunk dials what they match."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Final

import attrs
import phonenumbers
from phonenumbers import PhoneMetadata

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.values import limits
from asterisk_realtime.values.numbers import EMERGENCY_NUMBERS, e164, region_code

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANY: Final = frozenset("0123456789+*#")
_CLASSES: Final = {
    "X": frozenset("0123456789"),
    "Z": frozenset("123456789"),
    "N": frozenset("23456789"),
}
_ELEMENT: Final = re.compile(r"\[([0-9-]+)\]|([XZN0-9+])")
MAX_ABROAD: Final = 5
"""Most digits that begin a call abroad: South Korea's 00700."""

_DIGITS_ONLY: Final = re.compile(r"[0-9]+")


@attrs.frozen
class DialPattern:
    """
    What callers dial: a number, or a pattern of Asterisk's dialplan.

    Attributes:
        text: As it stands in ``extensions.exten``: ``+12025550123`` or ``_1NXXNXXXXXX``.
        elements: For each place, the characters that it takes.
        open_end: Whether more may follow (``.`` or ``!``).
    """

    text: str
    elements: tuple[frozenset[str], ...] = attrs.field(repr=False)
    open_end: bool = attrs.field(repr=False)

    def __str__(self) -> str:
        """Return it as it stands in ``extensions.exten``."""
        return self.text

    @property
    def is_pattern(self) -> bool:
        """Whether it matches more than one number."""
        return self.text.startswith("_")

    def begins_with(self, digits: str) -> bool:
        """Tell whether everything that it matches begins with *digits*."""
        return len(self.elements) >= len(digits) and all(
            element == {digit} for element, digit in zip(self.elements, digits, strict=False)
        )

    def may_begin_with(self, digits: str) -> bool:
        """Tell whether something that it matches begins with *digits*."""
        padded = (*self.elements, *([_ANY] * len(digits) if self.open_end else ()))
        return len(padded) >= len(digits) and all(
            digit in element for element, digit in zip(padded, digits, strict=False)
        )

    def matches(self, dialled: str) -> bool:
        """Tell whether it takes *dialled*."""
        more = len(dialled) - len(self.elements)
        fits = more >= self.text.endswith(".") if self.open_end else more == 0
        return fits and all(
            digit in element for digit, element in zip(dialled, self.elements, strict=False)
        )

    def starts(self, length: int) -> Iterator[str]:
        """Yield what it lets somebody begin with, up to *length* digits each."""
        padded = (*self.elements, *([_CLASSES["X"]] * length if self.open_end else ()))[:length]
        for count in range(1, len(padded) + 1):
            yield from map("".join, product(*padded[:count]))

    def sample(self, skip: int) -> str:
        """Return digits that it matches, as many as it asks for, without the first *skip*."""
        return "".join(min(element) for element in self.elements[skip:])


def dial_pattern(value: str | DialPattern, field: str = "pattern") -> DialPattern:
    """
    Return *value* as a dialled number or pattern.

    A pattern begins with ``_``; then ``X`` (0 to 9), ``Z`` (1 to 9), ``N`` (2 to 9), ``[1-4]``,
    digits and ``+`` stand for one place each, and ``.`` (one more or several) or ``!`` (any
    number more) may end it (``main/pbx.c``).

    Raises:
        InvalidValueError: It is neither, or longer than 79 characters.
    """
    if isinstance(value, DialPattern):
        value = value.text
    if not isinstance(value, str) or not value or len(value) > limits.EXTENSION.most:
        raise InvalidValueError(
            field, value, "it is nothing that can be dialled", "write _1NXXNXXXXXX or +12025550123"
        )
    if not value.startswith("_"):
        if not re.fullmatch(r"\+?[0-9]+", value):
            raise InvalidValueError(
                field, value, "it is no number", "write digits, or a pattern that begins with '_'"
            )
        return DialPattern(value, tuple(frozenset(digit) for digit in value), open_end=False)
    body = value[1:]
    open_end = body.endswith((".", "!"))
    elements = _elements(body[:-1] if open_end else body)
    if not elements:
        raise InvalidValueError(
            field,
            value,
            "it is no pattern that begins with a known place",
            "write digits, '+', X, Z, N or [1-4], and at most one '.' or '!' at the end",
        )
    return DialPattern(value, elements, open_end)


def _elements(body: str) -> tuple[frozenset[str], ...]:
    """Return the places of a pattern, or none if it holds something else."""
    elements: list[frozenset[str]] = []
    at = 0
    while at < len(body):
        match = _ELEMENT.match(body, at)
        if match is None:
            return ()
        single = match[2]
        element = _CLASSES.get(single, frozenset(single)) if single else _digit_set(match[1])
        if not element:
            return ()
        elements.append(element)
        at = match.end()
    return tuple(elements)


def _digit_set(body: str) -> frozenset[str]:
    """Return the digits of ``[...]``, or none if it is malformed."""
    if not re.fullmatch(r"(?:[0-9]-[0-9]|[0-9])+", body):
        return frozenset()
    digits: set[str] = set()
    for first, last in re.findall(r"([0-9])(?:-([0-9]))?", body):
        digits.update(str(digit) for digit in range(int(first), int(last or first) + 1))
    return frozenset(digits)


def dialled_as(
    pattern: DialPattern,
    region: str | None = None,
    *,
    field: str = "pattern",
) -> str:
    """
    Return what a trunk dials for *pattern*: ``+`` and E.164 digits.

    Emergency numbers alone go out as they are dialled.

    For a pattern it is an expression of the dialplan over ``${EXTEN}``, such as
    ``+1${FILTER(0-9,${EXTEN:1})}``; FILTER drops what no number holds, since ``.`` matches
    anything and someone may dial the pattern's own text.

    Args:
        pattern: What callers dial.
        region: Country in whose national form they dial.
        field: Who asks, for the error.

    Raises:
        InvalidValueError: No number of the country has this form, or the country's prefixes
            leave open what the digits mean.
    """
    if pattern.text in EMERGENCY_NUMBERS:
        return pattern.text
    region_code(region)
    if not pattern.is_pattern:
        return e164(pattern.text, field, region=region)
    _refuse_emergency(pattern, field)
    skip, prefix = _skip_and_prefix(pattern, region, field)
    _check_length(pattern, skip, prefix, field)
    source = f"${{EXTEN:{skip}}}" if skip else "${EXTEN}"
    return f"+{prefix}${{FILTER(0-9,{source})}}"


def _refuse_emergency(pattern: DialPattern, field: str) -> None:
    """Refuse a pattern that would send an emergency call to a number that does not exist."""
    for number in sorted(EMERGENCY_NUMBERS):
        if pattern.matches(number):
            raise InvalidValueError(
                field,
                pattern.text,
                f"it takes the emergency number {number} too, which must go out as it is",
                "write one place for each digit that callers dial, and a route for the number",
            )


def _skip_and_prefix(pattern: DialPattern, region: str | None, field: str) -> tuple[int, str]:
    """Return how many dialled characters to drop, and what to put before the others."""
    if pattern.begins_with("+"):
        return 1, ""
    metadata = PhoneMetadata.metadata_for_region(region) if region else None
    if metadata is None:
        raise InvalidValueError(
            field,
            pattern.text,
            "digits without '+' mean a number only within a country",
            "give the region, such as 'US', or a pattern that begins with '_+'",
        )
    if _chooses_carrier(pattern, metadata):
        raise InvalidValueError(
            field,
            pattern.text,
            f"callers in {region} choose a carrier by the digits that begin a call abroad",
            "write patterns of national numbers, and one that begins with '_+' for calls abroad",
        )
    for prefix, code in (
        (_international_prefix(metadata), ""),
        (metadata.national_prefix or "", str(metadata.country_code)),
    ):
        if prefix and pattern.begins_with(prefix):
            return len(prefix), code
        if prefix and pattern.may_begin_with(prefix):
            raise InvalidValueError(
                field,
                pattern.text,
                f"it may or may not begin with {prefix}, a prefix of {region}",
                "write one route for each form, such as "
                f"_{prefix}Z. and one whose first digit cannot be that prefix",
            )
    return 0, str(metadata.country_code)


def _international_prefix(metadata: PhoneMetadata) -> str:
    """Return the digits that begin an international call, where a country has just one form."""
    form = metadata.preferred_international_prefix or metadata.international_prefix or ""
    digits = form.replace("~", "")  # which stands for waiting for a tone
    return digits if _DIGITS_ONLY.fullmatch(digits) else ""


def _chooses_carrier(pattern: DialPattern, metadata: PhoneMetadata) -> bool:
    """Tell whether it may begin a call abroad where a country has several forms for that."""
    if _international_prefix(metadata):
        return False
    forms = re.compile(metadata.international_prefix or "")
    return any(forms.fullmatch(digits) for digits in pattern.starts(MAX_ABROAD))


def _check_length(pattern: DialPattern, skip: int, prefix: str, field: str) -> None:
    """Refuse a pattern whose length no number of the country has."""
    try:
        number = phonenumbers.parse(f"+{prefix}{pattern.sample(skip)}")
    except phonenumbers.NumberParseException:
        if pattern.open_end:
            return  # the country code is among the digits that are still to come
        raise _bad_length(pattern, field) from None
    reason = phonenumbers.is_possible_number_with_reason(number)
    good = {phonenumbers.ValidationResult.IS_POSSIBLE}
    if pattern.open_end:
        good |= {
            phonenumbers.ValidationResult.TOO_SHORT,
            phonenumbers.ValidationResult.INVALID_LENGTH,
            phonenumbers.ValidationResult.INVALID_COUNTRY_CODE,
            phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY,
        }
    if reason not in good:
        raise _bad_length(pattern, field)


def _bad_length(pattern: DialPattern, field: str) -> InvalidValueError:
    return InvalidValueError(
        field,
        pattern.text,
        "no number of that country has this length",
        "write one place for each digit that callers dial",
    )
