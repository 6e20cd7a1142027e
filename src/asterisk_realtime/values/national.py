"""Patterns of national numbers: which numbers of a country callers dial by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asterisk_realtime.values import numbering

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from asterisk_realtime.errors import InvalidValueError
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
    readings = {
        number: found
        for number in _samples(meant, region)
        if (found := numbering.reading(number, region)) is not None
    }
    if not readings:
        raise _no_number(dialling, region)
    _refuse_chance(dialling, region, readings)
    for number, found in readings.items():
        if not found.customary:
            raise _not_dialled(dialling, region, whole=number == found.number)
    counts = {_leading(number, found.number) for number, found in readings.items()}
    count = counts.pop()
    if counts or count is None or not meant.begins_with(next(iter(readings))[:count]):
        raise dialling.refused(
            f"its first digits may be a prefix of {region} or the number itself",
            "write one place for each digit that callers dial, and a route for each form",
        )
    if prefix and not count:
        _check_beginnings(dialling, region, set(readings))
    if meant.open_end and len(numbering.lengths(region)) == 1:
        _refuse_open_end(dialling, len(next(iter(readings))))
    return count


def _refuse_chance(dialling: Dialling, region: str, valid: Collection[str]) -> None:
    """Refuse a pattern of which only a few numbers happen to be numbers of the country."""
    meant = dialling.meant
    is_certain = all(len(digits) == 1 for digits in meant.elements[:CERTAIN])
    if meant.open_end or is_certain:
        return
    tried = set(meant.samples(len(meant.elements), SAMPLES))
    if len(tried) >= MANY and len(tried & {*valid}) < FEWEST * len(tried):
        raise dialling.refused(
            f"hardly any number that it matches is a number of {region}",
            "write the first digits of such numbers there; give digits that callers leave out, "
            "such as an area code, as prepend",
        )


def _samples(meant: DialPattern, region: str) -> Iterator[str]:
    """Yield matching numbers, of each length that a number of the region may have."""
    first = len(meant.elements)
    last = first
    if meant.open_end:
        first += meant.text.endswith(".")
        longest = max(numbering.lengths(region), default=0)
        last = longest + len(numbering.national_prefix(region)) + CARRIER
    for length in range(max(first, 1), last + 1):
        yield from (number for number in meant.samples(length, SAMPLES) if "+" not in number)
    yield from (number for number in numbering.examples(region) if meant.matches(number))


def _leading(dialled: str, number: str) -> int | None:
    """Return how many digits come before the number; None if there are digits after it."""
    return len(dialled) - len(number) if dialled.endswith(number) else None


def _no_number(dialling: Dialling, region: str) -> InvalidValueError:
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


def _no_length(dialling: Dialling, region: str, *, local: bool) -> InvalidValueError:
    if not local:
        return dialling.of_no_length()
    return dialling.refused(
        f"a number of {region} has this length only without its area code",
        f"give what callers leave out as prepend: {_left_out(region)}",
    )


def _left_out(region: str) -> str:
    prefix = numbering.national_prefix(region)
    return f"{prefix} and the area code" if prefix else "the area code"


def _not_dialled(dialling: Dialling, region: str, *, whole: bool) -> InvalidValueError:
    """Return the error for a number without its prefix, or with a country code instead."""
    if not whole:
        problem = "it begins with the country code, which telephones accept only after '+'"
        return dialling.refused(problem, 'give prepend="+" if callers are to dial this way')
    return dialling.refused(
        f"people in {region} dial {numbering.national_prefix(region)} before these digits",
        "write the pattern with it, or give what callers leave out as prepend: "
        f"{_left_out(region)}",
    )


def _check_beginnings(dialling: Dialling, region: str, valid: set[str]) -> None:
    """Refuse digits without the national prefix that may be a number without its area code."""
    first = dialling.meant.elements[0] if dialling.meant.elements else frozenset("0123456789")
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
        f"numbers of {dialling.region} have one length, and it matches longer ones too",
        f"write one place for each digit that callers dial: {closed}",
    )
