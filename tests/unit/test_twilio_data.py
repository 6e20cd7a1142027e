"""Twilio's data is what its pages say."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from netaddr import IPNetwork, IPSet, cidr_merge, iprange_to_cidrs

from asterisk_realtime.providers.base import AddressRange, Purpose, Reach
from asterisk_realtime.providers.twilio import (
    EDGES,
    INTERCONNECT_EDGES,
    LEGACY_REGIONS,
    MEDIA,
    OBSOLETE,
    SIGNALING,
    TWILIO,
    rules,
)
from asterisk_realtime.values.numbers import EMERGENCY_NUMBERS

ROOT = Path(__file__).parents[2]
DATA = json.loads((ROOT / "tests/data/twilio.json").read_text("utf-8"))
FACTS = ROOT.parent / "shared/facts/twilio-sip-trunking.json"


@pytest.fixture(scope="module")
def facts() -> Any:
    """A collection of facts that lies beside the checkout of those who maintain it."""
    if not FACTS.exists():
        pytest.skip(f"there is no {FACTS}")
    return json.loads(FACTS.read_text("utf-8"))


def cidrs(ranges: tuple[AddressRange, ...], reach: Reach) -> dict[str, list[str]]:
    """Return the networks of each edge."""
    return {item.edge: list(item.cidrs) for item in ranges if item.reach is reach}


def test_public_signaling() -> None:
    """Eight locations, one range of four addresses each."""
    wanted = {edge: place["signaling"] for edge, place in DATA["public"].items()}

    assert cidrs(SIGNALING, Reach.PUBLIC) == wanted
    assert set(EDGES) == set(wanted)


def test_interconnect_signaling() -> None:
    """Eight interconnects, three addresses each."""
    wanted = {
        edge: [str(net) for net in iprange_to_cidrs(place["first"], place["last"])]
        for edge, place in DATA["interconnect"].items()
    }

    assert cidrs(SIGNALING, Reach.INTERCONNECT) == wanted
    assert set(INTERCONNECT_EDGES) == set(wanted)


def test_media() -> None:
    """One range for all, and the ranges of old by location."""
    wanted = {edge: place["old_media"] for edge, place in DATA["public"].items()}

    assert {cidr for item in MEDIA for cidr in item.cidrs} == {DATA["media"]}
    assert cidrs(OBSOLETE, Reach.PUBLIC) == wanted


def test_legacy_codes() -> None:
    """Each location has one older code."""
    places = {**DATA["public"], **DATA["interconnect"]}

    assert {edge: code for code, edge in LEGACY_REGIONS.items()} == {
        edge: place["code"] for edge, place in places.items()
    }


def test_only_signaling_may_identify() -> None:
    """No media or obsolete range is among the signaling ones, of which each is in use."""
    signaling = IPSet([net for item in SIGNALING for net in item.networks])

    assert {item.purpose for item in SIGNALING} == {Purpose.SIGNALING}
    assert {item.obsolete_since for item in SIGNALING} == {None}
    assert {item.purpose for item in (*MEDIA, *OBSOLETE)} == {Purpose.MEDIA}
    assert signaling.isdisjoint(IPSet([DATA["media"]]))
    assert signaling.size == 8 * 4 + 8 * 3


@pytest.mark.parametrize("item", [*SIGNALING, *MEDIA, *OBSOLETE], ids=lambda item: item.cidrs[0])
def test_each_range_is_exact_and_dated(item: AddressRange) -> None:
    """No bits behind the prefix, and a page with a date."""
    assert [str(net.cidr) for net in item.networks] == list(item.cidrs)
    assert item.source.url.startswith("https://www.twilio.com/docs/")
    assert item.source.read >= date(2026, 3, 9)


def test_no_range_is_said_twice() -> None:
    """Ranges of different edges do not overlap."""
    networks = [net for item in SIGNALING for net in item.networks]

    assert IPSet(networks).size == sum(net.size for net in networks)


def test_current_ranges_agree_with_the_facts(facts: Any) -> None:
    """Edge by edge, and nothing more or less."""
    for purpose, ranges in (("signaling", SIGNALING), ("media", MEDIA)):
        wanted = {
            (item["edge"], cidr)
            for item in facts["ranges"]
            if (item["purpose"], item["status"]) == (purpose, "current")
            for cidr in item["cidrs"]
        }

        assert {(item.edge, cidr) for item in ranges for cidr in item.cidrs} == wanted


def test_obsolete_ranges_agree_with_the_facts(facts: Any) -> None:
    """With the date since when they are out of use."""
    wanted = {
        (item["edge"], cidr, item["obsolete_since"])
        for item in facts["ranges"]
        if item["status"] == "obsolete"
        for cidr in item["cidrs"]
    }

    assert {
        (item.edge, cidr, str(item.obsolete_since)) for item in OBSOLETE for cidr in item.cidrs
    } == wanted


def test_confidence_agrees_with_the_facts(facts: Any) -> None:
    """A range that is less well attested says so."""
    wanted = {
        (item["edge"], item["purpose"], item["status"] == "obsolete"): item["confidence"]
        for item in facts["ranges"]
    }

    assert {
        (item.edge, item.purpose.value, item.obsolete_since is not None): item.confidence.value
        for item in (*SIGNALING, *MEDIA, *OBSOLETE)
    } == wanted


def test_edges_and_regions_agree_with_the_facts(facts: Any) -> None:
    """Every form of a termination URI."""
    forms = {form["kind"]: form for form in facts["termination"]["uri_forms"]}
    legacy = [
        *forms["legacy region name"]["regions"],
        *forms["legacy interconnect name"]["regions"],
    ]
    pairs = {
        item["region"]: item["edge"] for item in facts["ranges"] if item["purpose"] == "signaling"
    }

    assert set(EDGES) == set(forms["localized"]["edges"])
    assert set(INTERCONNECT_EDGES) == set(forms["interconnect"]["edges"])
    assert set(LEGACY_REGIONS) == set(legacy)
    assert pairs == LEGACY_REGIONS


def test_rules_agree_with_the_facts(facts: Any) -> None:
    """Limits of credentials, and the numbers that are exempt from E.164."""
    credential = facts["authentication"]["credential"]
    numbers = facts["numbers"]["emergency"]
    codes = [*numbers["codes"].values(), *numbers["test_codes"].values()]

    assert credential["username_max"] == rules.USERNAME_MAX
    assert credential["password_min"] == rules.PASSWORD_MIN
    assert set().union(*codes) == EMERGENCY_NUMBERS
    assert TWILIO.header_name in facts["headers"]["from_twilio"]


def test_the_facts_are_whole(facts: Any) -> None:
    """The comparison above has not compared nothing."""
    everything = [IPNetwork(cidr) for item in facts["ranges"] for cidr in item["cidrs"]]

    assert len(cidr_merge(everything)) > 20
