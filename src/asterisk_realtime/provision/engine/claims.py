"""The addresses that endpoints claim, and where two endpoints claim the same."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import attrs

from asterisk_realtime.values.address_sets import AddressSet, range_of
from asterisk_realtime.values.networks import is_turned, source_network

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from netaddr import IPNetwork

    from asterisk_realtime.values.address_sets import Range

_PORT: Final = re.compile(r"(?:[0-9.]+|\[[0-9A-Fa-f:.]+\]):([0-9]+)(?:/[0-9.]+)?")


@attrs.frozen
class Claim:
    """
    Addresses from which Asterisk takes requests for an endpoint's.

    Attributes:
        endpoint: Its id.
        row: Id of the identify row.
        network: The addresses.
        range: The first and the last of these addresses.
        port: The only source port that matches; None for all.
        is_pin: Whether a header is required too, so that several endpoints may share the addresses.
    """

    endpoint: str
    row: str
    network: IPNetwork
    range: Range
    port: str | None = None
    is_pin: bool = False

    @property
    def source(self) -> str:
        """The rows that make the claim, for messages."""
        row = f"identify row {self.row!r}"
        return f"{row} with the endpoint's access list" if self.is_pin else row

    def meets(self, other: Claim) -> bool:
        """Tell whether a request from a shared address may be taken for the other endpoint's."""
        if self.endpoint == other.endpoint or (self.is_pin and other.is_pin):
            return False
        return self.port is None or other.port is None or self.port == other.port


def claims_of_row(row: Any) -> Iterator[Claim]:
    """
    Return the addresses of an identify row's ``match``; host names are left out.

    ``!`` excludes a network from the networks before it.
    """
    elements = row.match or ()
    if any(map(is_turned, elements)):
        yield from _claims(row, _without_exceptions(elements).networks())
        return
    for element in elements:
        net = source_network(element)
        if net is not None:
            port = _PORT.fullmatch(element) if isinstance(element, str) else None
            yield from _claims(row, [net], port=port[1] if port else None)


def _without_exceptions(elements: Iterable[IPNetwork | str]) -> AddressSet:
    found = AddressSet()
    for element in elements:
        net = source_network(element)
        if net is not None:
            nets = AddressSet.of([net])
            found = found - nets if is_turned(element) else found | nets
    return found


def claims_of_set(row: Any, addresses: AddressSet) -> Iterator[Claim]:
    """Return *addresses* as those from which the header of *row* is accepted."""
    return _claims(row, addresses.networks(), is_pin=True)


def _claims(
    row: Any, networks: Iterable[IPNetwork], port: str | None = None, *, is_pin: bool = False
) -> Iterator[Claim]:
    for net in networks:
        yield Claim(row.endpoint, row.id, net, range_of(net), port, is_pin)


def overlaps(claims: Iterable[Claim]) -> Iterator[tuple[Claim, Claim]]:
    """Return each pair of claims of different endpoints that share an address."""
    opened: list[tuple[Range, list[Claim], list[Claim]]] = []
    for part, group in _by_range(claims):
        opened = [item for item in opened if item[0][1] >= part[0]]
        # Many pins share a provider's networks, and are not compared with each other.
        addresses = [claim for claim in group if not claim.is_pin]
        pins = [claim for claim in group if claim.is_pin]
        for _range, others, other_pins in opened:
            yield from _pairs(addresses, [*others, *other_pins])
            yield from _pairs(pins, others)
        yield from ((one, other) for one, other in combinations(addresses, 2) if one.meets(other))
        yield from _pairs(addresses, pins)
        opened.append((part, addresses, pins))


def _by_range(claims: Iterable[Claim]) -> list[tuple[Range, list[Claim]]]:
    groups: dict[Range, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(claim.range, []).append(claim)
    return sorted(groups.items(), key=lambda item: item[0])


def _pairs(ones: list[Claim], others: list[Claim]) -> Iterator[tuple[Claim, Claim]]:
    for one in ones:
        for other in others:
            if one.meets(other):
                yield one, other
