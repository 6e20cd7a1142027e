"""Whatever is given to allowances and access lists: a spec, or an error of ours."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import netaddr
import pytest

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.access import AccessList, AccessRule
from asterisk_realtime.specs.identify import Allowance, Header

HOSTILE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 10**5000, 1.5, float("nan"), b"10.0.0.0/8", object(), list, int),
    *(
        "",
        " ",
        "\0",
        "\ud800",
        "10.0.0.0/8",
        "\u0661.2.3.4",
        "x" * 100_000,
        "X: y",
        "X:",
        ":",
        "::/0",
    ),
    *(
        (),
        [],
        {},
        [None],
        [[]],
        ["10.0.0.1", None],
        [("10.0.0.0", 8)],
        ["1.2.3.4/\u0662"],
        [b"1.2.3.4"],
    ),
    *(["0.0.0.0/0"], ["::ffff:0:0/96"], ["::/64"], ["0.0.0.0/1", "128.0.0.0/1"], ["fe80::1%eth0"]),
    *(
        netaddr.IPNetwork("10.0.0.0/8"),
        netaddr.IPRange("10.0.0.1", "10.255.255.255"),
        netaddr.IPSet(),
    ),
    *(lambda: None, [list], ["\ud800"], ["10.0.0.1/" + "9" * 5000], iter([1])),
)
SPECS: dict[type, dict[str, Any]] = {
    Allowance: {
        "endpoint": "peer",
        "networks": ["203.0.113.7"],
        "known": (),
        "prune": False,
        "header_name": None,
        "header": None,
        "wide": False,
    },
    Header: {"name": "X-A", "value": "one"},
    AccessRule: {"sense": "permit", "networks": ["203.0.113.7"]},
    AccessList: {
        "name": "house",
        "rules": [AccessRule.permit("203.0.113.7")],
        "deny_others": True,
        "wide": False,
    },
}


@pytest.mark.parametrize(
    ("spec", "field"), [(spec, field) for spec, fields in SPECS.items() for field in fields]
)
def test_only_our_own_errors(spec: type, field: str) -> None:
    """Each field, with everything that people and programs pass by mistake."""
    for value in HOSTILE:
        with suppress(ValidationError):
            assert spec(**{**SPECS[spec], field: value})


@pytest.mark.parametrize("wide", [True, False])
@pytest.mark.parametrize(
    "networks",
    [
        ["0.0.0.0/0"],
        ["0.0.0.0/1", "128.0.0.0/1"],
        ["::/1", "8000::/1"],
        ["::ffff:0:0/96"],
        ["::/64"],
    ],
)
def test_everybody_is_nobody(networks: list[str], wide: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """However it is written, and whatever is said."""
    with pytest.raises(ValidationError, match="every"):
        Allowance(endpoint="peer", networks=networks, wide=wide)
    with pytest.raises(ValidationError, match="every"):
        AccessRule.permit(*networks)


@pytest.mark.parametrize("networks", [["0.0.0.0/7"], ["10.0.0.0/8", "11.0.0.0/8"], ["2000::/15"]])
def test_wide_networks(networks: list[str]) -> None:
    """The word is needed, and is enough; it makes no other spec of it."""
    rules = [AccessRule.permit(net) for net in networks]
    with pytest.raises(ValidationError, match="wide=True"):
        Allowance(endpoint="peer", networks=networks)
    with pytest.raises(ValidationError, match="wide=True"):
        AccessList(name="house", rules=rules)

    assert Allowance(endpoint="peer", networks=networks, wide=True)
    assert AccessList(name="house", rules=rules, wide=True)
    assert AccessList(name="house", rules=[AccessRule.deny(*networks)], deny_others=False)


def test_a_header_may_be_text() -> None:
    """As it stands in the row."""
    spec = Allowance(endpoint="peer", networks=["203.0.113.7"], header="X-A: one")

    assert spec.header == Header("X-A", "one")


def test_a_header_fits_its_column() -> None:
    """Name and value together, as stored."""
    with pytest.raises(ValidationError, match="use at most 255"):
        Header("X-A", "x" * 251)
