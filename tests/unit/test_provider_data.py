"""Each provider's data is what its pages say, and nothing uncertain is allowed unasked."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from netaddr import IPSet

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.providers.allowance import known_networks, networks_of
from asterisk_realtime.providers.base import (
    AddressRange,
    Confidence,
    Provider,
    Purpose,
    Reach,
    Registers,
)
from asterisk_realtime.providers.diff import PROVIDERS
from asterisk_realtime.providers.flowroute import FlowrouteAllowance, FlowrouteTrunk
from asterisk_realtime.providers.plivo import PlivoAllowance, PlivoTrunk
from asterisk_realtime.providers.signalwire import SIGNALWIRE, SignalWireTrunk
from asterisk_realtime.providers.telnyx import TelnyxAllowance, TelnyxTrunk
from asterisk_realtime.providers.vonage import VonageAllowance, VonageTrunk
from asterisk_realtime.specs.trunks import RegistrationTrunk, Trunk

if TYPE_CHECKING:
    from asterisk_realtime.providers.trunk import ProviderTrunk

FACTS: Final = Path(__file__).parents[3] / "shared/facts/other-providers.json"
OTHERS: Final = [provider for name, provider in PROVIDERS.items() if name != "twilio"]
ALLOWANCES: Final = [TelnyxAllowance, PlivoAllowance, VonageAllowance, FlowrouteAllowance]
HOSTS: Final[dict[type[ProviderTrunk], str]] = {
    TelnyxTrunk: "sip.telnyx.eu",
    PlivoTrunk: "21784177241578.zt.plivo.com",
    VonageTrunk: "grable.sip-eu.vonage.com",
    FlowrouteTrunk: "us-east-va.sip.flowroute.com",
    SignalWireTrunk: "grable.sip.signalwire.com",
}
PAIR: Final = {"username": "grable", "password": "Correct-Horse-7"}


def of(provider: Provider) -> dict[str, tuple[AddressRange, ...]]:
    """Return the ranges of a provider by what is said of them."""
    return {
        "current": (*provider.signaling, *provider.media),
        "uncertain": provider.uncertain,
        "obsolete": provider.obsolete,
    }


RANGES: Final = [
    pytest.param(provider, item, id=f"{provider.name}-{item.cidrs[0]}")
    for provider in OTHERS
    for items in of(provider).values()
    for item in items
]


# -- Data ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("provider", "item"), RANGES)
def test_each_range_is_exact_and_dated(provider: Provider, item: AddressRange) -> None:
    """No bits behind the prefix, and a page with a date."""
    assert [str(net.cidr) for net in item.networks] == list(item.cidrs)
    assert date(2026, 5, 1) < item.source.read < date(2027, 1, 1)
    assert item.reach is Reach.PUBLIC
    assert provider.source.url.startswith("https://")


@pytest.mark.parametrize("provider", OTHERS, ids=lambda item: item.name)
def test_only_certain_signaling_is_allowed_unasked(provider: Provider) -> None:
    """Nothing of low confidence, and no media that signaling is not said to come from too."""
    assert {item.purpose for item in provider.signaling} <= {Purpose.SIGNALING}
    assert Confidence.LOW not in {item.confidence for item in provider.signaling}
    chosen = IPSet(networks_of(provider.chosen()))
    assert chosen == IPSet(networks_of(provider.signaling))
    assert chosen.isdisjoint(IPSet(networks_of(provider.obsolete)))
    assert chosen.issubset(IPSet(known_networks(provider)))


def test_who_registers() -> None:
    """Where nobody publishes ranges, registration is the way."""
    assert {p.name for p in PROVIDERS.values() if not p.signaling} == {"signalwire"}
    assert SIGNALWIRE.registers is Registers.EXPECTED


# -- Against the facts -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def facts() -> Any:
    """A collection of facts that lies beside the checkout of those who maintain it."""
    if not FACTS.exists():
        pytest.skip(f"there is no {FACTS}")
    return {item["provider"]: item for item in json.loads(FACTS.read_text("utf-8"))["providers"]}


def region(text: str) -> str:
    """Return our name of a location."""
    named = re.fullmatch(r"(US (?:West|East)) \((\w\w).*\)", text)
    if named:
        return f"{named[1]}-{named[2]}".lower().replace(" ", "-").replace("-vi", "-va")
    return re.sub(r" \(.*\)", "", text).lower().replace(".", "").replace(" ", "-")


@pytest.mark.parametrize("provider", OTHERS, ids=lambda item: item.name)
def test_ranges_agree_with_the_facts(facts: Any, provider: Provider) -> None:
    """Range by range, with purpose, state and confidence, and nothing more or less."""
    wanted = {
        (region(item["region"]), cidr, item["purpose"], item["status"], item["confidence"])
        for item in facts[provider.name]["ranges"]
        for cidr in item["cidrs"]
    }

    assert {
        (item.edge, cidr, item.purpose.value, status, item.confidence.value)
        for status, items in of(provider).items()
        for item in items
        for cidr in item.cidrs
    } == wanted


@pytest.mark.parametrize("provider", OTHERS, ids=lambda item: item.name)
def test_hosts_and_rules_agree_with_the_facts(facts: Any, provider: Provider) -> None:
    """Every host, and whether there is a registrar."""
    rules = facts[provider.name]["conventions"]
    words = {"optional": Registers.OPTIONAL, "expected": Registers.EXPECTED}

    assert [host.removesuffix(" (older)") for host in rules["termination_hosts"]] == list(
        provider.hosts
    )
    assert words.get(rules.get("registration"), Registers.NEVER) is provider.registers


# -- Allowances ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ALLOWANCES)
def test_all_locations_unless_chosen(kind: Any) -> None:
    """One allowance with every signaling network, or with those of one location."""
    provider = kind.provider
    everything = kind().part()
    one = kind(regions=[provider.regions[0]]).part()

    assert everything.endpoint == provider.name
    assert IPSet(everything.networks) == IPSet(networks_of(provider.signaling))
    assert IPSet(one.networks) == IPSet(provider.signaling[0].networks)
    assert one.known == everything.known


def test_uncertain_ranges_are_asked_for() -> None:
    """They are known either way, so that rows with them are recognised."""
    usual = FlowrouteAllowance().part()
    more = FlowrouteAllowance(uncertain=True).part()
    one = FlowrouteAllowance(uncertain=True, regions=["london"]).part()

    assert IPSet(more.networks) - IPSet(usual.networks) == IPSet(
        ["16.163.86.112/30", "3.0.5.12/30", "3.8.37.20/30", "3.71.103.56/30", "18.228.70.48/30"]
    )
    assert [str(net) for net in one.networks] == ["3.8.37.20/30"]
    assert IPSet(more.networks).issubset(IPSet(usual.known))


@pytest.mark.parametrize("regions", [["mars"], [], "us", 7, ["us", "*"]])
@pytest.mark.parametrize("uncertain", [False, True])
def test_regions_that_are_none(regions: Any, uncertain: bool) -> None:  # noqa: FBT001 - of pytest
    """One complaint, that names those that there are."""
    with pytest.raises(ValidationError) as caught:
        TelnyxAllowance(regions=regions, uncertain=uncertain)

    assert caught.value.field == "regions"


def test_an_uncertain_location_must_be_asked_for() -> None:
    """London is not among Flowroute's certain ones."""
    with pytest.raises(ValidationError, match="has no such location"):
        FlowrouteAllowance(regions=["london"])


# -- Trunks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", HOSTS, ids=lambda item: item.__name__)
def test_a_trunk_of_each_provider(kind: Any) -> None:
    """TLS where there is TLS; a registration where one is expected."""
    spec = kind(host=HOSTS[kind], **PAIR)
    trunk = spec.part()
    there = f"sip:{HOSTS[kind]}" + (";transport=tls" if spec.secure else "")

    assert spec.secure is kind.provider.tls
    assert trunk.transport == ("tls" if spec.secure else "udp")
    assert (trunk.name, trunk.context) == (kind.provider.name, f"from-{kind.provider.name}")
    assert "Correct-Horse-7" not in repr(spec)
    if kind in {FlowrouteTrunk, SignalWireTrunk}:
        assert isinstance(trunk, RegistrationTrunk)
        assert trunk.server_uri == there
        assert trunk.client_uri == f"sip:grable@{HOSTS[kind]}"
    else:
        assert isinstance(trunk, Trunk)
        assert trunk.contact == (there,)


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        (TelnyxTrunk, {"host": "sip.telnyx.example"}, "host"),
        (PlivoTrunk, {"host": "a.b.zt.plivo.com"}, "host"),
        (PlivoTrunk, {"host": "x.zt.plivo.com", "register": True, **PAIR}, "register"),
        (VonageTrunk, {"host": "{name}.sip-eu.vonage.com"}, "host"),
        (FlowrouteTrunk, {"secure": True, **PAIR}, "secure"),
        (FlowrouteTrunk, {}, "register"),
        (SignalWireTrunk, {"host": "grable.sip.signalwire.com"}, "register"),
        (TelnyxTrunk, {"username": "grable"}, "password"),
        (TelnyxTrunk, {"username": "a:b", "password": "x"}, "username"),
        (TelnyxTrunk, {"transport": "udp"}, "transport"),
        (TelnyxTrunk, {"username": "a b", "password": "x", "register": True}, "username"),
        (TelnyxTrunk, {"name": "a%b"}, "name"),
        (TelnyxTrunk, {"outbound_proxy": "proxy"}, "outbound_proxy"),
    ],
)
def test_what_a_provider_does_not_take(
    kind: type[ProviderTrunk], fields: dict[str, Any], field: str
) -> None:
    """One complaint about the field at fault."""
    with pytest.raises(ValidationError) as caught:
        kind(**fields)

    assert caught.value.field == field


def test_all_complaints_at_once() -> None:
    """As of any spec."""
    with pytest.raises(ValidationError) as caught:
        FlowrouteTrunk(host="example.com", secure=True, username="grable")

    assert {error.field for error in caught.value.errors} == {"host", "secure", "password"}
