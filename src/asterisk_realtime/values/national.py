"""Patterns of national numbers: which numbers of a country callers dial by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import phonenumbers

from asterisk_realtime.values import numbering
from asterisk_realtime.values.dialled_forms import (
    dialled_forms,
    local_beginnings,
    reading,
    short_numbers,
)
from asterisk_realtime.values.patterns import ANY_DIGIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from asterisk_realtime.errors import ValidationError
    from asterisk_realtime.values.dialled_forms import Reading
    from asterisk_realtime.values.dialling import Dialling
    from asterisk_realtime.values.patterns import DialPattern

SAMPLES: Final = 240
"""Most numbers of each length that are tried for a pattern."""

MANY: Final = 50
"""Number of samples from which a share of them is meaningful."""

FEWEST: Final = 0.04
"""Share of them that must be numbers of the country: numbering plans are sparse."""

CERTAIN: Final = 3
"""First digits that, if each is a single digit, are certain even if few numbers exist."""

CARRIER: Final = 2
"""Digits of a carrier, between the national prefix and the number, as in Brazil."""


def leading_places(dialling: Dialling, region: str) -> int:
    """Return how many places come before the national number."""
    meant, prefix = dialling.meant, numbering.national_prefix(region)
    if prefix and meant.may_begin_with(prefix) and not meant.begins_with(prefix):
        raise dialling.open_prefix(prefix)
    readings = _readings(meant, region)
    if not readings:
        raise _no_number(dialling, region)
    _refuse_chance(dialling, region, readings)
    unusual = {number: found for number, found in readings.items() if not found.customary}
    for number, found in unusual.items():
        if len(unusual) < len(readings) and found.after_code:
            raise _code_among_others(dialling, region, number)
        raise _not_dialled(dialling, region, whole=number == found.number)
    count = _leading_places(dialling, region, readings)
    if meant.open_end and len(numbering.lengths(region)) == 1:
        _refuse_open_end(dialling, len(next(iter(readings))))
    if not count:
        _refuse_local(dialling, region)
        if prefix:
            _check_beginnings(dialling, region, set(readings))
    _refuse_services(dialling, region, readings)
    return count


# -- Numbers that it matches -----------------------------------------------------------------------


def _readings(meant: DialPattern, region: str) -> dict[str, Reading]:
    """Return matching numbers of the country: samples, and forms in which people dial them."""
    forms = dialled_forms(region).items()
    matched = {number: form for number, form in forms if meant.matches(number)}
    for number in _samples(meant, region):
        if number not in matched and (form := reading(number, region)) is not None:
            matched[number] = form
    return matched


def _samples(meant: DialPattern, region: str) -> Iterator[str]:
    """Yield matching numbers, of each length that a number of the region may have."""
    for length in _lengths(meant, region):
        yield from (number for number in meant.samples(length, SAMPLES) if "+" not in number)


def _lengths(meant: DialPattern, region: str) -> range:
    """Return how many digits a matching number may have."""
    first = len(meant.elements)
    if not meant.open_end:
        return range(first, first + 1)
    longest = max(numbering.lengths(region), default=0)
    last = longest + len(numbering.national_prefix(region)) + CARRIER
    return range(max(1, first + meant.text.endswith(".")), last + 1)


def _leading_places(dialling: Dialling, region: str, readings: Mapping[str, Reading]) -> int:
    """Return how many places stand before each of the numbers, which must be the same."""
    for number, found in readings.items():
        if not number.endswith(found.number):
            raise _otherwise(dialling, region, number, found.number)
    counts = {len(number) - len(found.number) for number, found in readings.items()}
    count = max(counts)
    if len(counts) > 1 or not dialling.meant.begins_with(next(iter(readings))[:count]):
        raise _several_forms(dialling, region, count)
    return count


# -- What is refused -------------------------------------------------------------------------------


def _refuse_chance(dialling: Dialling, region: str, readings: Mapping[str, Reading]) -> None:
    """Refuse a pattern of which only a few numbers happen to be numbers of the country."""
    meant = dialling.meant
    first = meant.elements[:CERTAIN]
    if len(first) == CERTAIN and all(len(digits) == 1 for digits in first):
        return
    known = {*readings}
    tried = [set(meant.samples(length, SAMPLES)) for length in _lengths(meant, region)]
    shares = [len(some & known) / len(some) for some in tried if len(some) >= MANY]
    if shares and max(shares) < FEWEST:
        if not any(found.customary for found in readings.values()):
            raise _no_number(dialling, region)
        raise dialling.refused(
            f"hardly any number that it matches is a number of {region}",
            "write the first digits of such numbers there; give digits that callers leave out, "
            "such as an area code, as prepend",
        )


def _refuse_local(dialling: Dialling, region: str) -> None:
    """Refuse an open end that also matches a number without its area code."""
    meant = dialling.meant
    first = meant.elements[0] if meant.elements else ANY_DIGIT
    for length, digit in sorted(local_beginnings(region)):
        if meant.open_end and digit in first and length >= _lengths(meant, region).start:
            raise dialling.refused(
                f"it also matches numbers of {length} digits, which people in {region} dial "
                "without the area code",
                "write one place for each digit that callers dial, and for local numbers a route "
                "with the area code as prepend",
            )


def _refuse_services(dialling: Dialling, region: str, readings: Mapping[str, Reading]) -> None:
    """Refuse a pattern that would put a country code before the number of a service."""
    meant, known = dialling.meant, numbering.lengths(region)
    for number in sorted(short_numbers(region) - {*readings}):
        if meant.matches(number) and (meant.open_end or len(number) not in known):
            raise dialling.refused(
                f"it also matches {number}, a short number of {region} that is sent unchanged",
                "write one place for each digit that callers dial, and a route for such numbers",
            )


def _check_beginnings(dialling: Dialling, region: str, valid: set[str]) -> None:
    """Refuse digits without the national prefix that may be a number without its area code."""
    first = dialling.meant.elements[0] if dialling.meant.elements else ANY_DIGIT
    others = first - {number[0] for number in valid}
    if others:
        raise dialling.refused(
            f"digits that begin with {', '.join(sorted(others))} are not a number of {region} "
            "without the area code",
            f"write a pattern whose first digit is one of {', '.join(sorted(first - others))}, or "
            "give what belongs before the digits as prepend",
        )


def _refuse_open_end(dialling: Dialling, length: int) -> None:
    """Refuse an open end if all numbers have one length: more digits are another number."""
    missing = length - len(dialling.meant.elements)
    closed = dialling.pattern.text[:-1] + "X" * missing
    raise dialling.refused(
        f"numbers of {dialling.region} have one length, and it also matches longer ones",
        f"write one place for each digit that callers dial: {closed}",
    )


# -- Errors ----------------------------------------------------------------------------------------


def _no_number(dialling: Dialling, region: str) -> ValidationError:
    numbers = list(_samples(dialling.meant, region))
    prefix, known = numbering.national_prefix(region), numbering.lengths(region)
    sizes = {len(number) for number in numbers}
    if not sizes & (known | {length + len(prefix) for length in known}):
        local = any(numbering.is_local(number, region) for number in numbers)
        return _no_length(dialling, region, local=local)
    return dialling.refused(
        f"no number of {region} is dialled this way",
        "give strip for digits that callers dial before the number, such as a 9 for an outside "
        f"line, and prepend for what they leave out: {_left_out(region)}",
    )


def _no_length(dialling: Dialling, region: str, *, local: bool) -> ValidationError:
    if not local:
        return dialling.of_no_length()
    return dialling.refused(
        f"a number of {region} has this length only without its area code",
        f"give what callers leave out as prepend: {_left_out(region)}",
    )


def _left_out(region: str) -> str:
    prefix = numbering.national_prefix(region)
    return f"{prefix} and the area code" if prefix else "the area code"


def _not_dialled(dialling: Dialling, region: str, *, whole: bool) -> ValidationError:
    """Return the error for a number without its prefix, or with a country code instead."""
    if not whole:
        problem = "it begins with the country code, which telephones accept only after '+'"
        return dialling.refused(problem, 'give prepend="+" if callers are to dial this way')
    prefix = numbering.national_prefix(region)
    return dialling.refused(
        f"people in {region} dial {prefix} before these digits",
        f"write the pattern with it, or give what callers leave out as prepend: {prefix}, and the"
        " area code after it if the digits lack it",
    )


def _code_among_others(dialling: Dialling, region: str, number: str) -> ValidationError:
    """Return the error for a pattern that also matches numbers after the country code."""
    code = phonenumbers.country_code_for_region(region)
    return dialling.refused(
        f"it also matches {number}, which begins with the country code {code} and which no"
        " telephone sends without '+'",
        "write one place for each digit that callers dial, in a route for each length",
    )


def _several_forms(dialling: Dialling, region: str, count: int) -> ValidationError:
    """Return the error for numbers that have more digits before them than others."""
    places = dialling.strip + count - len(dialling.prepend)
    apart = "write one place for each digit that callers dial, and a route for each form"
    if not dialling.meant.open_end and places > 0:
        apart = (
            f"write a pattern for each form, or strip={places} where {places} digits, such as those"
            " of a carrier, always stand before the number"
        )
    return dialling.refused(
        f"its first digits may be a prefix of {region} or the number itself", apart
    )


def _otherwise(dialling: Dialling, region: str, dialled: str, number: str) -> ValidationError:
    """Return the error for a number that has other digits than people dial, as Argentina's 15."""
    same = next(at for at in range(len(dialled) + 1) if number.endswith(dialled[at:]))
    sent = f"+{phonenumbers.country_code_for_region(region)}{number}"
    lead = sent.removesuffix(dialled[same:])
    places = dialling.strip + same - len(dialling.prepend)
    return dialling.refused(
        f"it matches {dialled}, which people in {region} dial for {sent}",
        "write a pattern for each form; one that takes only numbers like this one may have "
        f'strip={max(0, places)} and prepend="{lead}"',
    )
