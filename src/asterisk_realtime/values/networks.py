"""Addresses and networks of peers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import netaddr

from asterisk_realtime.errors import ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterable

EVERYBODY: Final = (netaddr.IPNetwork("0.0.0.0/0"), netaddr.IPNetwork("::/0"))
"""What an access list denies first. Both families: a rule of one says nothing of the other."""

MAPPED: Final = netaddr.IPNetwork("::ffff:0:0/96")
"""IPv4 addresses written as IPv6, which Asterisk's access lists and identify rows refuse."""

NARROW_ENOUGH: Final = {4: 8, 6: 16}
"""Shortest prefix, for each version of IP, of a network that is allowed without ``wide``."""

WIDE_HINT: Final = "name narrower networks, or give wide=True if this one is intended"

_WITH_PORT: Final = re.compile(
    r"(?:(?P<v4>[0-9.]+)|\[(?P<v6>[0-9A-Fa-f:.]+)\])(?::[0-9]+)?(?P<bits>/[0-9.]+)?"
)


def unmapped(net: netaddr.IPNetwork) -> netaddr.IPNetwork:
    """Return a network of IPv4-mapped IPv6 addresses as the IPv4 network; others as they are."""
    if net.version != MAPPED.version or net not in MAPPED:
        return net
    plain = netaddr.IPNetwork(netaddr.IPAddress(int(net.ip) & 0xFFFFFFFF, 4))
    plain.prefixlen = net.prefixlen - MAPPED.prefixlen
    return plain


def is_wide(net: netaddr.IPNetwork) -> bool:
    """Tell whether a network is wider than /8, or /16 in IPv6."""
    return bool(net.prefixlen < NARROW_ENOUGH[net.version])


def network(
    value: str | netaddr.IPNetwork | netaddr.IPAddress, field: str = "network"
) -> netaddr.IPNetwork:
    """
    Return *value* as a network, if it can be one that tells some peers from all others.

    An address alone is a network of one. IPv4-mapped IPv6 addresses become IPv4.

    Raises:
        ValidationError: It is not an address or network, has bits set behind its prefix,
            or covers all addresses of IPv4 or IPv6.
    """
    found = any_network(value, field)
    if covers_everybody(found):
        raise ValidationError(field, value, "it covers every address", "name narrower networks")
    return found


def covers_everybody(net: netaddr.IPNetwork) -> bool:
    """Tell whether a network is all of IPv4, all of IPv6, or all of IPv4 mapped to IPv6."""
    return bool(net.prefixlen == 0 or MAPPED in net)


def any_network(
    value: str | netaddr.IPNetwork | netaddr.IPAddress, field: str = "network"
) -> netaddr.IPNetwork:
    """
    Return *value* as a network, which may cover everybody.

    Raises:
        ValidationError: It is not an address or network, or has bits set behind its prefix.
    """
    try:
        found = unmapped(netaddr.IPNetwork(_written(value)))
    except (netaddr.AddrFormatError, TypeError, ValueError):
        raise ValidationError(
            field, value, "it is not an address or network", "write 203.0.113.7 or 203.0.113.0/24"
        ) from None
    if found.ip != found.network:
        raise ValidationError(
            field,
            value,
            "it has bits set behind its prefix",
            f"write {found.cidr} for the network, or {found.ip} for the address",
        )
    return found


def _written(value: object) -> Any:
    """Return *value* if netaddr may read it; netaddr also reads pairs and foreign digits."""
    if isinstance(value, str) and value.isascii():
        return value
    if isinstance(value, netaddr.IPNetwork | netaddr.IPAddress):
        return value
    raise TypeError


def networks(
    value: Iterable[str | netaddr.IPNetwork | netaddr.IPAddress], field: str = "networks"
) -> tuple[netaddr.IPNetwork, ...]:
    """
    Return *value* as the fewest networks that cover the same addresses, in order of address.

    Raises:
        ValidationError: It is empty or not a list, an element is not a `network`, or together
            they cover all addresses of IPv4 or IPv6.
    """
    found = merged([network(item, field) for item in _items(value, field)])
    if not found:
        raise ValidationError(field, value, "it is empty", "give an address or network")
    for net in found:
        network(net, field)  # refuses two halves that cover everybody
    return found


def any_networks(
    value: Iterable[str | netaddr.IPNetwork | netaddr.IPAddress], field: str = "networks"
) -> tuple[netaddr.IPNetwork, ...]:
    """
    Return *value* merged as by `networks`, even if it is empty or covers everybody.

    Raises:
        ValidationError: It is not a list, or an element is not a network.
    """
    return merged([any_network(item, field) for item in _items(value, field)])


def _items(value: Any, field: str) -> tuple[Any, ...]:
    """Return the elements of a list; text, one network and a range of addresses are refused."""
    single = (str, bytes, netaddr.IPNetwork, netaddr.IPRange)
    try:
        if isinstance(value, single):
            raise TypeError  # noqa: TRY301 - the same error
        return tuple(value.iter_cidrs() if isinstance(value, netaddr.IPSet) else value)
    except TypeError:
        raise ValidationError(field, value, "it is not a list", "give a list of networks") from None


def wide_errors(
    found: Iterable[netaddr.IPNetwork], field: str = "networks"
) -> list[ValidationError]:
    """Return an error for each network that is too wide without ``wide=True``."""
    return [
        ValidationError(
            field,
            str(net),
            f"it is wider than /{NARROW_ENOUGH[net.version]}, as the networks are stored",
            WIDE_HINT,
        )
        for net in found
        if is_wide(net)
    ]


def is_turned(element: netaddr.IPNetwork | str) -> bool:
    """Tell whether ``!`` inverts an element of a list of networks."""
    return isinstance(element, str) and element.startswith("!")


def source_network(element: netaddr.IPNetwork | str) -> netaddr.IPNetwork | None:
    """
    Return the addresses that one element of an identify row's ``match`` stands for.

    Asterisk also takes ``address:port``, ``address:port/bits`` and ``[address]:port``. A host name
    has no addresses of its own: None. A ``!`` before it is ignored.
    """
    if isinstance(element, netaddr.IPNetwork):
        return unmapped(element)
    text = element.removeprefix("!").strip(" ")
    parts = _WITH_PORT.fullmatch(text)
    if parts is not None:
        text = (parts["v4"] or parts["v6"]) + (parts["bits"] or "")
    try:
        return unmapped(netaddr.IPNetwork(text))
    except (netaddr.AddrFormatError, ValueError):
        return None


def merged(networks: Iterable[netaddr.IPNetwork]) -> tuple[netaddr.IPNetwork, ...]:
    """Return the fewest networks that cover the same addresses, in order of address."""
    return tuple(netaddr.cidr_merge(list(networks)))


def overlap(one: netaddr.IPNetwork, other: netaddr.IPNetwork) -> bool:
    """Tell whether two networks share an address, even if one of them is IPv4-mapped."""
    one, other = unmapped(one), unmapped(other)
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
