"""Addresses and networks of peers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import netaddr

from asterisk_realtime.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

EVERYBODY: Final = (netaddr.IPNetwork("0.0.0.0/0"), netaddr.IPNetwork("::/0"))
"""What an access list denies first. Both families: a rule of one says nothing of the other."""

_WITH_PORT: Final = re.compile(
    r"(?:(?P<v4>[0-9.]+)|\[(?P<v6>[0-9A-Fa-f:.]+)\])(?::[0-9]+)?(?P<bits>/[0-9.]+)?"
)


def network(
    value: str | netaddr.IPNetwork | netaddr.IPAddress, field: str = "network"
) -> netaddr.IPNetwork:
    """
    Return *value* as a network, if it can be one that tells some peers from all others.

    An address alone is a network of one.

    Raises:
        InvalidValueError: It is no address or network, has bits set behind its prefix,
            or covers everybody.
    """
    try:
        found = netaddr.IPNetwork(value)
    except (netaddr.AddrFormatError, TypeError, ValueError):
        raise InvalidValueError(
            field, value, "it is no address or network", "write 203.0.113.7 or 203.0.113.0/24"
        ) from None
    if found.prefixlen == 0:
        raise InvalidValueError(
            field, value, "it covers every address", "name the networks that are meant"
        )
    if found.ip != found.network:
        raise InvalidValueError(
            field,
            value,
            "it has bits set behind its prefix",
            f"write {found.cidr} for the network, or {found.ip} for the address",
        )
    return found


def networks(
    value: Iterable[str | netaddr.IPNetwork | netaddr.IPAddress], field: str = "networks"
) -> tuple[netaddr.IPNetwork, ...]:
    """
    Return *value* as the fewest networks that cover the same addresses, in order of address.

    Raises:
        InvalidValueError: It is empty or no list, or an element is no `network`.
    """
    if isinstance(value, str | netaddr.IPNetwork) or not hasattr(value, "__iter__"):
        raise InvalidValueError(field, value, "it is no list", "give a list of networks")
    found = merged([network(item, field) for item in value])
    if not found:
        raise InvalidValueError(field, value, "it names nobody", "give an address or network")
    return found


def source_network(element: netaddr.IPNetwork | str) -> netaddr.IPNetwork | None:
    """
    Return the addresses that one element of an identify row's ``match`` stands for.

    Asterisk also takes ``address:port``, ``address:port/bits`` and ``[address]:port``. A host name
    has no addresses of its own: None.
    """
    if isinstance(element, netaddr.IPNetwork):
        return element
    parts = _WITH_PORT.fullmatch(element)
    if parts is None:
        return None
    try:
        return netaddr.IPNetwork((parts["v4"] or parts["v6"]) + (parts["bits"] or ""))
    except (netaddr.AddrFormatError, ValueError):
        return None


def merged(networks: Iterable[netaddr.IPNetwork]) -> tuple[netaddr.IPNetwork, ...]:
    """Return the fewest networks that cover the same addresses, in order of address."""
    return tuple(netaddr.cidr_merge(list(networks)))


def overlap(one: netaddr.IPNetwork, other: netaddr.IPNetwork) -> bool:
    """Tell whether two networks share an address."""
    return one.version == other.version and (one in other or other in one)


def pack(networks: Iterable[netaddr.IPNetwork], length: int) -> list[tuple[netaddr.IPNetwork, ...]]:
    """Return *networks* in as few groups as fit, joined by commas, into *length* characters."""
    groups: list[list[netaddr.IPNetwork]] = []
    room = 0
    for net in networks:
        size = len(str(net)) + 1
        if size > room:
            groups.append([])
            room = length + 1
        groups[-1].append(net)
        room -= size
    return [tuple(group) for group in groups]
