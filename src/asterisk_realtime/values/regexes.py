"""Digits that the regular expressions of the phonenumbers package match."""

from __future__ import annotations

import re
from itertools import chain, product
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Join = Callable[[list[str], list[str]], list[str]]

_DIGITS: Final = list("0123456789")
_TIMES: Final = re.compile(r"\{([0-9]+)(?:,([0-9]+))?\}|\?", re.ASCII)
_SET: Final = re.compile(r"(?:[0-9](?:-[0-9])?)+")
_LONGEST: Final = 5
"""Most digits of a number that is found by trying."""


def expansions(pattern: str) -> frozenset[str]:
    r"""
    Return all digits that a short regular expression matches.

    If it has more than digits, ``\d``, sets, groups and counted repetitions, as one of a later
    release may, they are found by trying all numbers of up to five digits.
    """
    try:
        return frozenset(_read(pattern, _all)) - {""}
    except ValueError:
        matches = re.compile(pattern, re.ASCII).fullmatch
        tried = (product(_DIGITS, repeat=length) for length in range(1, _LONGEST + 1))
        return frozenset(filter(matches, map("".join, chain.from_iterable(tried))))


def samples(pattern: str) -> tuple[str, ...]:
    r"""
    Return some digits that a long regular expression matches: each choice comes once at least.

    Empty if it has more than digits, ``\d``, sets, groups and counted repetitions.
    """
    try:
        return tuple(dict.fromkeys(_read(pattern, _each)))
    except ValueError:
        return ()


def _all(first: list[str], second: list[str]) -> list[str]:
    """Join each text of *first* with each text of *second*."""
    return list(dict.fromkeys("".join(pair) for pair in product(first, second)))


def _each(first: list[str], second: list[str]) -> list[str]:
    """Join the texts so that each occurs at least once."""
    shift = 3 * len(first[0])  # so that a digit is not followed by itself throughout
    return [
        first[at % len(first)] + second[(at + at // len(second) + shift) % len(second)]
        for at in range(max(len(first), len(second)))
    ]


def _read(pattern: str, join: Join) -> list[str]:
    found, at = _choices(pattern, 0, join)
    if at != len(pattern):
        raise ValueError(pattern)
    return found


def _choices(pattern: str, at: int, join: Join) -> tuple[list[str], int]:
    """Return what ``a|b`` matches, to the end or a closing bracket, and where that is."""
    found: list[str] = []
    current = [""]
    while at < len(pattern) and pattern[at] != ")":
        if pattern[at] == "|":
            found += current
            current, at = [""], at + 1
            continue
        part, at = _atom(pattern, at, join)
        times = _TIMES.match(pattern, at)
        if times is not None:
            part, at = _repeated(part, times, join), times.end()
        current = join(current, part)
    return [*found, *current], at


def _repeated(part: list[str], times: re.Match[str], join: Join) -> list[str]:
    """Return it as often as ``{2}``, ``{2,5}`` or ``?`` says: the least and the most."""
    least, most = (int(times[1]), int(times[2] or times[1])) if times[1] else (0, 1)
    found: list[str] = []
    for count in {least, most}:
        current = [""]
        for _ in range(count):
            current = join(current, part)
        found += current
    return found


def _atom(pattern: str, at: int, join: Join) -> tuple[list[str], int]:
    """Return what one digit, set or group matches, and where it ends."""
    if pattern[at] == "(":
        start = at + (3 if pattern.startswith("(?:", at) else 1)
        found, end = _choices(pattern, start, join)
        return found, end + 1
    if pattern.startswith(r"\d", at):
        return _DIGITS, at + 2
    if pattern[at] == "[":
        end = pattern.index("]", at)
        return list(_members(pattern[at + 1 : end])), end + 1
    if pattern[at] == "$":
        return [""], at + 1
    if not pattern[at].isdigit():
        raise ValueError(pattern)
    return [pattern[at]], at + 1


def _members(body: str) -> Iterator[str]:
    if not _SET.fullmatch(body):
        raise ValueError(body)
    for first, last in re.findall(r"([0-9])(?:-([0-9]))?", body):
        yield from map(str, range(int(first), int(last or first) + 1))
