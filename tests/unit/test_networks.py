"""Networks that identify a peer: exact, never everybody, as few as possible."""

from __future__ import annotations

import pytest
from netaddr import IPAddress, IPNetwork

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.provision.kinds.identify import MATCH_LENGTH
from asterisk_realtime.values.networks import merged, network, overlap, pack, source_network


@pytest.mark.parametrize(
    ("given", "cidr"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("203.0.113.0/255.255.255.0", "203.0.113.0/24"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("2001:db8::1", "2001:db8::1/128"),
        (IPAddress("203.0.113.7"), "203.0.113.7/32"),
        (IPNetwork("203.0.113.0/24"), "203.0.113.0/24"),
    ],
)
def test_networks(given: str, cidr: str) -> None:
    """An address alone is a network of one."""
    assert str(network(given)) == cidr


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("pstn.twilio.com", "not an address"),
        ("203.0.113", "not an address"),
        ("203.0.113.256", "not an address"),
        ("203.0.113.0/33", "not an address"),
        ("", "not an address"),
        (None, "not an address"),
        (5, "not an address"),
        ("0.0.0.0/0", "every address"),
        ("::/0", "every address"),
        ("203.0.113.7/24", "bits set.*203.0.113.0/24.*203.0.113.7"),
    ],
)
def test_what_identifies_nobody(given: str, problem: str) -> None:
    """Host names, everybody, and networks whose author may have meant an address."""
    with pytest.raises(ValidationError, match=problem):
        network(given)


def test_merging() -> None:
    """Neighbours become one, doubles vanish, and the order is that of addresses."""
    given = ["10.0.1.0/24", "192.0.2.1/32", "10.0.0.0/24", "10.0.0.5/32"]

    assert list(map(str, merged(map(IPNetwork, given)))) == ["10.0.0.0/23", "192.0.2.1/32"]


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("10.0.0.0/24", "10.0.0.128/25", True),
        ("10.0.0.128/25", "10.0.0.0/24", True),
        ("10.0.0.0/24", "10.0.0.0/24", True),
        ("10.0.0.0/25", "10.0.0.128/25", False),
        ("10.0.0.9/24", "10.0.0.200/32", True),
        ("10.0.0.0/8", "::ffff:10.1.0.0/112", True),
        ("10.0.0.0/8", "::ffff:11.0.0.0/104", False),
        ("10.0.0.0/8", "::/0", False),
    ],
)
def test_overlap(one: str, other: str, shared: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """Two networks overlap if one holds the other."""
    assert overlap(IPNetwork(one), IPNetwork(other)) is shared


@pytest.mark.parametrize(
    ("element", "cidr"),
    [
        (IPNetwork("10.0.0.0/8"), "10.0.0.0/8"),
        ("10.0.0.1:5060", "10.0.0.1/32"),
        ("10.0.0.0:5060/24", "10.0.0.0/24"),
        ("10.0.0.0:5060/255.255.255.0", "10.0.0.0/24"),
        ("[2001:db8::1]:5061", "2001:db8::1/128"),
        ("[2001:db8::]:5061/32", "2001:db8::/32"),
        ("[2001:db8::1]", "2001:db8::1/128"),
        ("pstn.twilio.com", None),
        ("300.0.0.1:5060", None),
    ],
)
def test_elements_with_ports(element: str, cidr: str | None) -> None:
    """A port does not hide an address; a host name has none to compare."""
    found = source_network(element)

    assert (found and str(found)) == cidr


def test_packing() -> None:
    """A group is filled to the last character before the next one begins."""
    networks = [IPNetwork(f"10.0.{number}.0/24") for number in range(10)]
    size = len("10.0.0.0/24")

    assert [len(group) for group in pack(networks, 4 * size + 3)] == [4, 4, 2]
    assert [len(group) for group in pack(networks, 4 * size + 2)] == [3, 3, 3, 1]
    assert [len(group) for group in pack(networks, MATCH_LENGTH)] == [10]
    assert pack([], MATCH_LENGTH) == []
    assert MATCH_LENGTH == 1024
