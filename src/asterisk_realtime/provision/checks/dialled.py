"""Read from a route's rows how callers dial."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import phonenumbers

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import numbering
from asterisk_realtime.values.dialling import Dialling, dialled_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asterisk_realtime.values.patterns import DialPattern

_EXPRESSION: Final = re.compile(
    r"(?P<lead>\+?[0-9]*)\$\{FILTER\(0-9,\$\{EXTEN(?::(?P<skip>[0-9]+))?\}\)\}"
)

MAIN_REGIONS: Final = {
    str(code): regions[0]
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
    if regions[0] in phonenumbers.SUPPORTED_REGIONS
}
"""Country code -> its main region."""


def read_dialling(pattern: DialPattern, dialled: str, region: str | None = None) -> Dialling:
    """
    Return how callers dial if *dialled* is sent for *pattern*.

    These are tried in order: the national form of a country, digits to strip, digits to prepend,
    and a form that means the same in each country.

    Args:
        pattern: What callers dial.
        dialled: What the trunk dials for it.
        region: Country in whose national form they dial; None if the rows do not say.

    Raises:
        ValidationError: No route would send that.
    """
    match = _EXPRESSION.fullmatch(dialled)
    lead, skip = (match["lead"], int(match["skip"] or 0)) if match else _split(pattern, dialled)
    for dialling in _candidates(pattern, lead, skip, region):
        try:
            if dialled_by(dialling) == dialled:
                return dialling
        except ValidationError:
            continue
    raise ValidationError(
        "pattern", pattern.text, f"no route would send {dialled} for it", "change its rows"
    )


def _split(pattern: DialPattern, dialled: str) -> tuple[str, int]:
    """Return the digits sent before those of the number, and how many of these are stripped."""
    number = pattern.text
    skip = next(at for at in range(len(number) + 1) if dialled.endswith(number[at:]))
    return dialled.removesuffix(number[skip:]), skip


def _candidates(
    pattern: DialPattern, lead: str, skip: int, known: str | None
) -> Iterator[Dialling]:
    """Yield ways to dial that may send *lead* and the pattern's places after *skip*."""
    if not lead.startswith("+"):
        for strip in range(skip + 1):
            yield Dialling(pattern, known, strip, lead)
        yield Dialling(pattern, known, skip, lead, as_dialled=True)
        return
    if pattern.begins_with("+"):
        yield Dialling(pattern, known)
    if lead == "+" and known is not None:
        for strip in range(skip):
            yield Dialling(pattern, known, strip)
    for end in range(2, 5):
        region = _of_code(lead[1:end], known)
        if region is not None and len(lead) >= end:
            yield from _national(pattern, region, lead[end:], skip)
    yield Dialling(pattern, known, skip, lead)


def _of_code(code: str, known: str | None) -> str | None:
    """Return the region with that country code: the known one, else the main one."""
    if known is None:
        return MAIN_REGIONS.get(code)
    return known if code == str(phonenumbers.country_code_for_region(known)) else None


def _national(pattern: DialPattern, region: str, rest: str, skip: int) -> Iterator[Dialling]:
    """Yield national forms, if *rest* is sent after the country code."""
    prefix = numbering.national_prefix(region)
    if not rest or not pattern.is_pattern:
        for strip in range(skip + 1):
            yield Dialling(pattern, region, strip)
    for prepend in (rest, prefix + rest):
        yield Dialling(pattern, region, skip, prepend)
