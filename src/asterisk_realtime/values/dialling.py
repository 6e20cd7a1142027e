"""The number that a trunk dials for what callers dial."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import attrs
import phonenumbers

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.values import numbering
from asterisk_realtime.values.numbers import region_code

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from asterisk_realtime.values.patterns import DialPattern

SAMPLES: Final = 240
"""Most numbers of each length that are tried for a pattern."""

MANY: Final = 50
"""Number of samples from which a share of them is meaningful."""

FEWEST: Final = 0.04
"""Share of them that must be numbers of the country: numbering plans are sparse."""

CERTAIN: Final = 3
"""First digits that, if each is a single digit, are certain even if few numbers exist."""

MAX_SERVICE: Final = 1000
"""Most numbers that a pattern of service numbers may match."""

MAX_DIGITS: Final = 15
"""Most digits of a number in E.164."""

CARRIER: Final = 2
"""Digits of a carrier, between the national prefix and the number, as in Brazil."""

_POSSIBLE: Final = phonenumbers.ValidationResult.IS_POSSIBLE
_ORDINALS: Final = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")


@attrs.frozen
class Dialling:
    """
    How callers of a region dial: what they dial, less *strip*, with *prepend* before it.

    Attributes:
        pattern: What they dial.
        region: Country whose dialling rules apply to the result; None accepts only ``+`` and E.164.
        strip: How many places to remove from the beginning.
        prepend: What to put before the rest.
        as_dialled: Whether to send the result unchanged, as a service number.
    """

    pattern: DialPattern
    region: str | None = None
    strip: int = 0
    prepend: str = ""
    as_dialled: bool = False

    @property
    def meant(self) -> DialPattern:
        """What somebody in the region would dial for it."""
        return self.pattern.after(self.strip, self.prepend)


def dialled_as(
    pattern: DialPattern,
    region: str | None = None,
    *,
    strip: int = 0,
    prepend: str = "",
    as_dialled: bool = False,
    field: str = "pattern",
) -> str:
    """
    Return what a trunk dials for *pattern*: ``+`` and E.164 digits.

    Emergency and service numbers of the region are sent as they are dialled there.

    For a pattern it is an expression of the dialplan over ``${EXTEN}``, such as
    ``+1${FILTER(0-9,${EXTEN:1})}``. FILTER drops other characters, since ``.`` matches any, and
    somebody may dial the pattern's own text.

    Numbers that the pattern matches are looked up in the numbering plan of the phonenumbers
    package: all of them if they are few, else some hundred, spread over their first digits.

    Args:
        pattern: What callers dial.
        region: Country whose dialling rules apply.
        strip: How many digits callers dial before the number, such as a 9 for an outside line.
        prepend: What callers leave out, such as the area code.
        as_dialled: Whether to send the rest unchanged.
        field: Name of the field, for the error.

    Raises:
        InvalidValueError: No number of the country is dialled in this form, or the digits could
            mean different numbers.
    """
    region_code(region)
    try:
        return dialled_by(Dialling(pattern, region, strip, prepend, as_dialled))
    except InvalidValueError as error:
        raise error.at(field) from None


@lru_cache(maxsize=1024)
def dialled_by(dialling: Dialling) -> str:
    """Return what a trunk dials if callers dial so; see `dialled_as`."""
    if any("+" in element for element in dialling.meant.elements[1:]):
        raise _refused(dialling, "a '+' can only begin a number", "write it first, or not at all")
    as_it_is = dialling.as_dialled or _is_service(dialling)
    _refuse_emergency(dialling, as_it_is=as_it_is)
    if as_it_is:
        if dialling.meant.may_begin_with("+"):
            raise _refused(dialling, "a service number has no '+'", "leave out as_dialled")
        return _expression(dialling, 0, "")
    number = dialling.meant.literal
    if number is not None and not dialling.pattern.is_pattern:
        return f"+{_digits(dialling, number)}"
    dropped, code = _form(dialling)
    return _expression(dialling, dropped, f"+{code}")


def _digits(dialling: Dialling, number: str) -> str:
    """Return one number's digits in E.164, which may differ from the dialled ones."""
    if dialling.region is not None and not number.startswith("+"):
        found = numbering.reading(number, dialling.region)
        if found is not None and found.customary:
            return f"{phonenumbers.country_code_for_region(dialling.region)}{found.number}"
    dropped, code = _form(dialling)
    return f"{code}{number[dropped:]}"


def _expression(dialling: Dialling, dropped: int, lead: str) -> str:
    """Return *lead*, and the dialled digits without the first *dropped* places."""
    number = dialling.meant.literal
    if number is not None and not dialling.pattern.is_pattern:
        return f"{lead}{number[dropped:]}"
    kept = dialling.prepend[dropped:]
    skip = dialling.strip + max(0, dropped - len(dialling.prepend))
    source = f"${{EXTEN:{skip}}}" if skip else "${EXTEN}"
    return f"{lead}{kept}${{FILTER(0-9,{source})}}"


def _refused(dialling: Dialling, problem: str, hint: str) -> InvalidValueError:
    return InvalidValueError("pattern", dialling.pattern.text, problem, hint)


# -- Service numbers -------------------------------------------------------------------------------


def _is_service(dialling: Dialling) -> bool:
    """Tell whether all that it matches are emergency or service numbers of the region."""
    meant, region = dialling.meant, dialling.region
    if meant.open_end or meant.size > MAX_SERVICE or meant.may_begin_with("+"):
        return False
    numbers = list(meant.samples(len(meant.elements), MAX_SERVICE))
    return bool(meant.elements) and all(
        numbering.is_service_number(number, region)
        and (number in numbering.emergency_numbers(region) or not _is_national(number, region))
        for number in numbers
    )


def _is_national(number: str, region: str | None) -> bool:
    found = numbering.reading(number, region) if region else None
    return found is not None and found.customary


def _refuse_emergency(dialling: Dialling, *, as_it_is: bool) -> None:
    """Refuse a pattern that would send an emergency call to a number that does not exist."""
    unchanged = not dialling.strip and not dialling.prepend
    changed = [] if as_it_is else [dialling.meant]
    changed += [] if as_it_is and unchanged else [dialling.pattern]
    for number in sorted(numbering.emergency_numbers(dialling.region)):
        if any(pattern.matches(number) for pattern in changed):
            raise _refused(
                dialling,
                f"it also matches the emergency number {number}, which must be sent unchanged",
                "write one place for each digit that callers dial, and a route for that number",
            )


# -- E.164 and calls abroad ------------------------------------------------------------------------


def _form(dialling: Dialling) -> tuple[int, str]:
    """Return how many places to drop, and the country code to put before the rest."""
    meant, region = dialling.meant, dialling.region
    if meant.begins_with("+"):
        _check_world(dialling, 1)
        return 1, ""
    if region is None:
        raise _refused(
            dialling,
            "digits without '+' mean a number only within a country",
            "give the region, such as 'US', or a pattern that begins with '_+'",
        )
    abroad = _exit_code(dialling, numbering.exit_codes(region))
    if abroad:
        _check_world(dialling, len(abroad))
        return len(abroad), ""
    return _national(dialling, region), str(phonenumbers.country_code_for_region(region))


def _exit_code(dialling: Dialling, codes: numbering.ExitCodes) -> str:
    """Return the digits that begin a call abroad for all matches; empty if none is abroad."""
    meant, region = dialling.meant, dialling.region
    certain = max((code for code in codes.every if meant.begins_with(code)), key=len, default="")
    if certain and certain == codes.usual:
        return certain
    possible = [
        code for code in codes.every if code.startswith(certain) and meant.may_begin_with(code)
    ]
    if certain and possible == [certain]:
        return certain
    if codes.usual in possible:
        raise _open_prefix(dialling, codes.usual or "")
    if possible and (certain or codes.usual is None):
        raise _refused(
            dialling,
            f"callers in {region} choose a carrier by the digits that begin a call abroad",
            "write patterns of national numbers, and one that begins with '_+' for calls abroad",
        )
    return ""


def _open_prefix(dialling: Dialling, prefix: str) -> InvalidValueError:
    """Return the error for a pattern of which only some matches begin with a prefix."""
    meant, region = dialling.meant, dialling.region
    at = next(
        (
            n
            for n, digit in enumerate(prefix)
            if set(meant.elements[n : n + 1]) != {frozenset(digit)}
        ),
        0,
    )
    place = _ORDINALS[max(0, at - len(dialling.prepend)) + dialling.strip]
    return _refused(
        dialling,
        f"it may or may not begin with {prefix}, a prefix of {region}",
        f"write one route for each: one for what begins with {prefix}, and one whose {place} "
        f"digit cannot be {prefix[at]}",
    )


def _check_world(dialling: Dialling, dropped: int) -> None:
    """Refuse what cannot be a number in E.164; *dropped* places come before the country code."""
    rest = dialling.meant.after(dropped)
    if rest.begins_with("0") or not (rest.elements or rest.open_end):
        raise _refused(
            dialling, "no country code begins like this", "write the country code after it"
        )
    if rest.open_end:
        long = len(rest.elements) > MAX_DIGITS
    else:
        numbers = rest.samples(len(rest.elements), SAMPLES)
        long = not any(map(_is_possible, numbers))
    if long:
        raise _bad_length(dialling)


def _is_possible(digits: str) -> bool:
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number_with_reason(number) == _POSSIBLE


def _bad_length(dialling: Dialling) -> InvalidValueError:
    return _refused(
        dialling,
        "no number of that country has this length",
        "write one place for each digit that callers dial; give strip for digits that they dial "
        "before the number, and prepend for digits that they leave out",
    )


# -- Numbers of the country ------------------------------------------------------------------------


def _national(dialling: Dialling, region: str) -> int:
    """Return how many places come before the national number."""
    meant, prefix = dialling.meant, numbering.national_prefix(region)
    if prefix and meant.may_begin_with(prefix) and not meant.begins_with(prefix):
        raise _open_prefix(dialling, prefix)
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
    dropped = {_dropped(number, found.number) for number, found in readings.items()}
    count = dropped.pop()
    if dropped or count is None or not meant.begins_with(next(iter(readings))[:count]):
        raise _refused(
            dialling,
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
        raise _refused(
            dialling,
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


def _dropped(dialled: str, number: str) -> int | None:
    """Return how many digits come before the number; None if there are digits after it."""
    return len(dialled) - len(number) if dialled.endswith(number) else None


def _no_number(dialling: Dialling, region: str) -> InvalidValueError:
    numbers = list(_samples(dialling.meant, region))
    prefix, known = numbering.national_prefix(region), numbering.lengths(region)
    sizes = {len(number) for number in numbers}
    if not sizes & (known | {length + len(prefix) for length in known}):
        local = any(numbering.is_local(number, region) for number in numbers)
        return _no_length(dialling, region, local=local)
    return _refused(
        dialling,
        f"no number of {region} is dialled this way",
        "give strip for digits that callers dial before the number, such as a 9 for an outside "
        f"line, and prepend for what they leave out: {_left_out(region)}",
    )


def _no_length(dialling: Dialling, region: str, *, local: bool) -> InvalidValueError:
    if not local:
        return _bad_length(dialling)
    return _refused(
        dialling,
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
        return _refused(dialling, problem, 'give prepend="+" if callers are to dial this way')
    return _refused(
        dialling,
        f"without {numbering.national_prefix(region)} before them, people in {region} dial other "
        "numbers by these digits",
        "write the pattern with it, or give what callers leave out as prepend: "
        f"{_left_out(region)}",
    )


def _check_beginnings(dialling: Dialling, region: str, valid: set[str]) -> None:
    """Refuse digits without the national prefix that may be a number without its area code."""
    first = dialling.meant.elements[0] if dialling.meant.elements else frozenset("0123456789")
    others = first - {number[0] for number in valid}
    if others:
        raise _refused(
            dialling,
            f"digits that begin with {', '.join(sorted(others))} are not a number of {region} "
            "without the area code",
            f"write a pattern whose first digit is one of {', '.join(sorted(first - others))}, or "
            "give what belongs before the digits as prepend",
        )


def _refuse_open_end(dialling: Dialling, length: int) -> None:
    """Refuse an open end if all numbers have one length: more digits are another number."""
    missing = length - len(dialling.meant.elements)
    closed = dialling.pattern.text[:-1] + "X" * missing
    raise _refused(
        dialling,
        f"numbers of {dialling.region} have one length, and it takes more digits too",
        f"write one place for each digit that callers dial: {closed}",
    )
