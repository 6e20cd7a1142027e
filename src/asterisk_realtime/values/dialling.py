"""The number that a trunk dials for what callers dial."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import attrs
import phonenumbers

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import national, numbering
from asterisk_realtime.values.dialled_forms import reading
from asterisk_realtime.values.numbers import region_code
from asterisk_realtime.values.patterns import ANY_DIGIT

if TYPE_CHECKING:
    from asterisk_realtime.values.patterns import DialPattern

MAX_SERVICE: Final = 1000
"""Most numbers that a pattern of service numbers may match."""

MAX_DIGITS: Final = 15
"""Most digits of a number in E.164."""

MIN_DIGITS: Final = 7
"""Fewest digits of a subscriber's number in E.164, as those of Niue: +683 and four."""

_COUNTRY_CODES: Final = tuple(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
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

    def refused(self, problem: str, hint: str) -> ValidationError:
        """Return the error for a pattern that is not accepted."""
        return ValidationError("pattern", self.pattern.text, problem, hint)

    def of_no_length(self) -> ValidationError:
        """Return the error for a pattern that matches no number because of its length."""
        return self.refused(
            "no number of that country has this length",
            "write one place for each digit that callers dial; give strip for digits dialled "
            "before the number, and prepend for digits left out; as_dialled=True sends a "
            "provider's own short number unchanged",
        )

    def open_prefix(self, prefix: str) -> ValidationError:
        """Return the error for a pattern of which only some matches begin with a prefix."""
        meant = self.meant
        opens = [
            n
            for n, digit in enumerate(prefix)
            if set(meant.elements[n : n + 1]) != {frozenset(digit)}
        ] or [0]
        apart = " or ".join(
            f"whose {_ORDINALS[max(0, n - len(self.prepend)) + self.strip]} digit cannot be "
            f"{prefix[n]}"
            for n in opens
        )
        each = "one for each way to begin otherwise: one" if len(opens) > 1 else "one"
        return self.refused(
            f"it may or may not begin with {prefix}, a prefix of {self.region}",
            f"write one route for what begins with {prefix}, and {each} {apart}",
        )


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
        ValidationError: No number of the country is dialled in this form, or the digits could
            mean different numbers.
    """
    region_code(region)
    try:
        return dialled_by(Dialling(pattern, region, strip, prepend, as_dialled))
    except ValidationError as error:
        raise error.at(field) from None


@lru_cache(maxsize=1024)
def dialled_by(dialling: Dialling) -> str:
    """Return what a trunk dials for *dialling*; see `dialled_as`."""
    if any("+" in element for element in dialling.meant.elements[1:]):
        raise dialling.refused("a '+' can only begin a number", "write it first, or not at all")
    as_it_is = dialling.as_dialled or _is_service(dialling)
    _refuse_emergency(dialling, as_it_is=as_it_is)
    if as_it_is:
        if dialling.meant.may_begin_with("+"):
            raise dialling.refused("a service number has no '+'", "leave out as_dialled")
        return _expression(dialling, 0, "")
    number = dialling.meant.literal
    if number is not None and not dialling.pattern.is_pattern:
        return f"+{_digits(dialling, number)}"
    dropped, code = _form(dialling)
    return _expression(dialling, dropped, f"+{code}")


def _digits(dialling: Dialling, number: str) -> str:
    """Return one number's digits in E.164, which may differ from the dialled ones."""
    if dialling.region is not None and not number.startswith("+"):
        found = reading(number, dialling.region)
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
    found = reading(number, region) if region else None
    return found is not None and found.customary


def _refuse_emergency(dialling: Dialling, *, as_it_is: bool) -> None:
    """Refuse a pattern that would send an emergency call to a number that does not exist."""
    unchanged = not dialling.strip and not dialling.prepend
    changed = [] if as_it_is else [dialling.meant]
    changed += [] if as_it_is and unchanged else [dialling.pattern]
    for number in sorted(numbering.emergency_numbers(dialling.region)):
        if any(pattern.matches(number) for pattern in changed):
            raise dialling.refused(
                f"it also matches the emergency number {number}, which must be sent unchanged",
                "write one place for each digit that callers dial, and a route for that number",
            )


# -- E.164 and calls abroad ------------------------------------------------------------------------


def _form(dialling: Dialling) -> tuple[int, str]:
    """Return how many places to drop, and the country code to put before the rest."""
    meant, region = dialling.meant, dialling.region
    if meant.begins_with("+"):
        _check_international(dialling, 1)
        return 1, ""
    if region is None:
        raise dialling.refused(
            "digits without '+' mean a number only within a country",
            "give the region, such as 'US', or a pattern that begins with '_+'",
        )
    abroad = _exit_code(dialling, numbering.exit_codes(region))
    if abroad:
        _check_international(dialling, len(abroad))
        return len(abroad), ""
    return national.leading_places(dialling, region), str(
        phonenumbers.country_code_for_region(region)
    )


def _exit_code(dialling: Dialling, codes: numbering.ExitCodes) -> str:
    """Return the digits that begin a call abroad for all matches; empty if none is abroad."""
    meant = dialling.meant
    certain = max((code for code in codes.every if meant.begins_with(code)), key=len, default="")
    others = sorted(
        code
        for code in codes.every
        if code != certain
        and code.startswith(certain)
        and meant.may_begin_with(code)
        and (meant.open_end or code == codes.usual or len(meant.elements) >= len(code) + MIN_DIGITS)
    )
    if not others:
        return certain
    if codes.usual is None:
        raise _carriers(dialling, codes)
    raise dialling.open_prefix(codes.usual if codes.usual in others else others[0])


def _carriers(dialling: Dialling, codes: numbering.ExitCodes) -> ValidationError:
    """Return the error for a call abroad that leaves open which carrier's digits begin it."""
    code = min(codes.every)
    places = dialling.strip + len(code) - len(dialling.prepend)
    same = all(len(other) == len(code) for other in codes.every)
    strip = f"strip={places}" if same and places >= dialling.strip else "strip"
    return dialling.refused(
        f"callers in {dialling.region} choose a carrier by the digits that begin a call abroad",
        f"write a route for each carrier, such as one for {code} and what follows, or take away "
        f'the digits of any carrier: {strip} and prepend="+"; for calls within the country write '
        "patterns of its numbers",
    )


def _check_international(dialling: Dialling, dropped: int) -> None:
    """Refuse what cannot be a number in E.164; *dropped* places come before the country code."""
    rest = dialling.meant.after(dropped)
    if not any(map(rest.may_begin_with, _COUNTRY_CODES)):
        raise dialling.refused(
            "no country code begins like this", "write the country code after it"
        )
    if rest.elements and "0" in rest.elements[0] and rest.elements[0] < ANY_DIGIT:
        raise dialling.refused(
            "no country code begins with 0", "leave 0 out of the place where it begins"
        )
    if rest.open_end:
        long = len(rest.elements) > MAX_DIGITS
    else:
        numbers = rest.samples(len(rest.elements), national.SAMPLES)
        long = not any(map(_is_possible, numbers))
    if long:
        raise dialling.of_no_length()


def _is_possible(digits: str) -> bool:
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_possible_number_with_reason(number) == _POSSIBLE
