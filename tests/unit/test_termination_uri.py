"""Each form of a termination URI is recognized, and each wrong one has its own message."""

from __future__ import annotations

import pytest

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.providers.twilio import (
    EDGES,
    INTERCONNECT_EDGES,
    LEGACY_REGIONS,
    termination_uri,
)

HOST = "grable.pstn.twilio.com"


@pytest.mark.parametrize("given", [HOST, f"sip:{HOST}", "Grable.PSTN.Twilio.com", f"SIP:{HOST}"])
def test_the_usual_form(given: str) -> None:
    """With or without ``sip:``, in either case; Twilio chooses the location."""
    uri = termination_uri(given)

    assert (uri.host, uri.edge, uri.legacy) == (HOST, None, False)
    assert uri.sip_uri == f"sip:{HOST}"


@pytest.mark.parametrize("edge", [*EDGES, *INTERCONNECT_EDGES])
def test_localized_and_interconnect_forms(edge: str) -> None:
    """A location in the name is kept, and known."""
    uri = termination_uri(f"grable.pstn.{edge}.twilio.com")

    assert (uri.edge, uri.legacy) == (edge, False)
    assert uri.sip_uri == f"sip:grable.pstn.{edge}.twilio.com"


@pytest.mark.parametrize(("code", "edge"), LEGACY_REGIONS.items())
def test_legacy_regions_are_taken_and_named(code: str, edge: str) -> None:
    """The older code is dialled as it is; the hint gives its present name."""
    uri = termination_uri(f"sip:grable.pstn.{code}.twilio.com")

    assert (uri.edge, uri.legacy) == (edge, True)
    assert uri.host == f"grable.pstn.{code}.twilio.com"


@pytest.mark.parametrize("given", ["branch.grable.pstn.twilio.com", "a-1.pstn.dublin.twilio.com"])
def test_names_of_trunks(given: str) -> None:
    """A trunk may be a sub-domain of another, and hold hyphens."""
    assert termination_uri(given).host == given


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        # A bare address
        ("54.172.60.1", "bare address"),
        ("sip:54.172.60.1", "bare address"),
        ("54.172.60.1:5060", "bare address"),
        ("54.172.60.0/30", "bare address"),
        ("[2001:db8::1]", "bare address"),
        # Another host
        ("sip.example.com", "not a host of a Twilio trunk"),
        ("grable.pstn.twilio.com.example.com", "not a host of a Twilio trunk"),
        ("grable.pstn.nottwilio.com", "not a host of a Twilio trunk"),
        ("grable.sip.twilio.com", "not a host of a Twilio trunk"),
        ("grable", "not a host of a Twilio trunk"),
        ("", "not a host of a Twilio trunk"),
        # An unknown edge
        ("grable.pstn.atlantis.twilio.com", "no edge 'atlantis'"),
        ("grable.pstn.dublin-ix.twilio.com", "no edge 'dublin-ix'"),
        ("grable.pstn.dublin.ie1.twilio.com", "no edge 'dublin.ie1'"),
        ("grable.pstn.roaming.twilio.com", "no edge 'roaming'"),
        # No name
        ("pstn.twilio.com", "lacks the trunk's own name"),
        ("pstn.dublin.twilio.com", "lacks the trunk's own name"),
        ("a.b.c.pstn.twilio.com", "lacks the trunk's own name"),
        ("-a.pstn.twilio.com", "lacks the trunk's own name"),
        ("grä.pstn.twilio.com", "lacks the trunk's own name"),
        ("gra_ble.pstn.twilio.com", "lacks the trunk's own name"),
        (64 * "a" + ".pstn.twilio.com", "lacks the trunk's own name"),
        # More than a host
        (f"sip:+12025550123@{HOST}", "more than a host"),
        (f"{HOST}:5061", "more than a host"),
        (f"{HOST};transport=tls", "more than a host"),
        (f"sip:{HOST};transport=tls", "more than a host"),
        (f"sips:{HOST}", "more than a host"),
        (f"sip:{HOST}?X-A=b", "more than a host"),
        (f"<sip:{HOST}>", "more than a host"),
        (f"https://{HOST}/", "more than a host"),
        (f" {HOST}", "more than a host"),
        # No text
        (None, "not text"),
        (5, "not text"),
    ],
)
def test_each_mistake_has_its_message(given: str, problem: str) -> None:
    """An address, another host, an unknown edge, a missing name, and extras."""
    with pytest.raises(ValidationError, match=problem) as caught:
        termination_uri(given)

    assert caught.value.field == "termination_uri"
    assert caught.value.value == given
    assert caught.value.hint
