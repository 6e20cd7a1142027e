"""Dialled numbers, and patterns of Asterisk's dialplan."""

from __future__ import annotations

import re
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import limits

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANY: Final = frozenset("0123456789+*#")
ANY_DIGIT: Final = frozenset("0123456789")
_CLASSES: Final = {
    "X": ANY_DIGIT,
    "Z": frozenset("123456789"),
    "N": frozenset("23456789"),
}
_ELEMENT: Final = re.compile(r"\[([0-9-]+)\]|([XZN0-9+])")


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

    def after(self, strip: int, prepend: str = "") -> DialPattern:
        """Return the rest without the first *strip* places, with *prepend* before it."""
        before = tuple(frozenset(digit) for digit in prepend)
        return attrs.evolve(self, elements=(*before, *self.elements[strip:]))

    @property
    def literal(self) -> str | None:
        """The only number that it matches, or None if it matches several."""
        if self.open_end or any(len(element) > 1 for element in self.elements):
            return None
        return "".join(digit for element in self.elements for digit in element)

    @property
    def size(self) -> int:
        """How many numbers of its shortest length it matches."""
        return prod(map(len, self.elements))

    def samples(self, length: int, most: int) -> Iterator[str]:
        """
        Yield numbers of that *length* that it matches: all, or about *most* of them.

        If there are many, their beginnings are spread evenly, with other digits after them.
        """
        more = length - len(self.elements)
        places = [sorted(element) for element in (*self.elements, *([ANY_DIGIT] * more))]
        spread = 0  # how many places are tried in full
        while spread < length and prod(map(len, places[: spread + 1])) <= most:
            spread += 1
        starts = list(product(*places[:spread]))
        rounds = 1 if spread == length else max(1, most // len(starts))
        for number, start in enumerate(starts * rounds):
            rest = (
                digits[(number * 7 + number // len(digits) + place * 3) % len(digits)]
                for place, digits in enumerate(places[spread:])
            )
            yield "".join([*start, *rest])


def dial_pattern(value: str | DialPattern, field: str = "pattern") -> DialPattern:
    """
    Return *value* as a dialled number or pattern.

    A pattern begins with ``_``; then ``X`` (0 to 9), ``Z`` (1 to 9), ``N`` (2 to 9), ``[1-4]``,
    digits and ``+`` stand for one place each, and ``.`` (one more or several) or ``!`` (any
    number more) may end it (``main/pbx.c``).

    Raises:
        ValidationError: It is neither, or longer than 79 characters.
    """
    if isinstance(value, DialPattern):
        value = value.text
    if not isinstance(value, str) or not value or len(value) > limits.EXTENSION.most:
        raise ValidationError(
            field, value, "it cannot be dialled", "write _1NXXNXXXXXX or +12025550123"
        )
    if not value.startswith("_"):
        if not re.fullmatch(r"\+?[0-9]+", value):
            raise ValidationError(
                *(field, value, "it is not a number"),
                "write digits, or a pattern that begins with '_'",
            )
        return DialPattern(value, tuple(frozenset(digit) for digit in value), open_end=False)
    body = value[1:]
    open_end = body.endswith((".", "!"))
    elements = _elements(body[:-1] if open_end else body)
    if not elements:
        raise ValidationError(
            field,
            value,
            "it is not a pattern of digits",
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
