"""Sets of addresses, IPv4 and IPv6 together, as few ranges: for access lists and their checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import attrs
import netaddr

from asterisk_realtime.values.networks import EVERYBODY, MAPPED, is_wide, unmapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Range = tuple[int, int]
"""First and last address, both included, on one number line: IPv4, then IPv6."""

_V6: Final = 2**32
"""Where IPv6 begins on the line."""

_ALL: Final[Range] = (0, _V6 + 2**128 - 1)


def range_of(net: netaddr.IPNetwork) -> Range:
    """Return the addresses of a network; IPv4-mapped ones are the IPv4 addresses that they hold."""
    plain = unmapped(net)
    start = _V6 if plain.version == MAPPED.version else 0
    return start + plain.first, start + plain.last


def _joined(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Return the fewest ranges, in order, with the same addresses."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return tuple(found)


@attrs.frozen
class AddressSet:
    """Addresses, as ranges that neither touch nor overlap, in order."""

    ranges: tuple[Range, ...] = attrs.field(converter=_joined, default=())

    @classmethod
    def of(cls, networks: Iterable[netaddr.IPNetwork]) -> AddressSet:
        """Return the addresses of some networks."""
        return cls(map(range_of, networks))

    def __bool__(self) -> bool:
        """Tell whether there is any address."""
        return bool(self.ranges)

    def __or__(self, other: AddressSet) -> AddressSet:
        """Return the addresses of either."""
        return AddressSet((*self.ranges, *other.ranges))

    def __and__(self, other: AddressSet) -> AddressSet:
        """Return the addresses of both."""
        found: list[Range] = []
        mine, others = list(self.ranges), list(other.ranges)
        while mine and others:
            first, last = max(mine[0][0], others[0][0]), min(mine[0][1], others[0][1])
            if first <= last:
                found.append((first, last))
            (mine if mine[0][1] <= others[0][1] else others).pop(0)
        return AddressSet(found)

    def __sub__(self, other: AddressSet) -> AddressSet:
        """Return the addresses of this one that are not of the other."""
        gaps: list[Range] = []
        start = 0
        for first, last in other.ranges:
            if start < first:
                gaps.append((start, first - 1))
            start = last + 1
        if start <= _ALL[1]:
            gaps.append((start, _ALL[1]))
        return self & AddressSet(gaps)

    def __le__(self, other: AddressSet) -> bool:
        """Tell whether each address is one of the other."""
        return not self - other

    def networks(self) -> Iterator[netaddr.IPNetwork]:
        """Return the fewest networks that hold these addresses and no others."""
        for first, last in self.ranges:
            if first < _V6:
                yield from _cidrs(first, min(last, _V6 - 1), version=4)
            if last >= _V6:
                yield from _cidrs(max(first, _V6) - _V6, last - _V6, version=6)

    def widest(self) -> netaddr.IPNetwork | None:
        """Return a network of it that is too wide without ``wide=True``, or None."""
        return next(filter(is_wide, self.networks()), None)

    def holds_everybody(self) -> bool:
        """Tell whether all of IPv4 or all of IPv6 is in it."""
        return any(AddressSet.of([net]) <= self for net in EVERYBODY)


def _cidrs(first: int, last: int, *, version: Literal[4, 6]) -> list[netaddr.IPNetwork]:
    ends = (netaddr.IPAddress(first, version), netaddr.IPAddress(last, version))
    return netaddr.iprange_to_cidrs(*ends)


EVERYWHERE: Final = AddressSet([_ALL])
"""All addresses."""
