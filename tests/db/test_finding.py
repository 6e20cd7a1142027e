"""What is found is a spec that applies without a change, or None."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest

from asterisk_realtime import (
    Allowance,
    ConflictError,
    InboundRoute,
    OutboundRoute,
    Plan,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    apply,
    create,
    get,
    plan,
)
from tests.db.tools import ACCOUNT, insert
from tests.db.twilio_site import INBOUND, OUTBOUND, TRUNK

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def test_what_is_found_is_what_was_wanted(provisioned: Session) -> None:
    """The spec comes back, and applying it changes nothing."""
    outbound = get(provisioned, OutboundRoute, context="phones", pattern="_1NXXNXXXXXX")
    allowance = get(provisioned, Allowance, "twilio")

    assert get(provisioned, TwilioTrunk, "twilio") == attrs.evolve(TRUNK, transport="tls")
    assert get(provisioned, Trunk, "twilio") == TRUNK.part()
    assert outbound == OUTBOUND
    assert get(provisioned, InboundRoute, "+12025550123", context="from-twilio") == INBOUND
    assert allowance is not None
    assert allowance.networks == TwilioAllowance().part().networks
    assert outbound is not None
    assert plan(provisioned, TRUNK.part(), outbound, allowance) == Plan()


def test_a_pinned_allowance_is_found(provisioned: Session) -> None:
    """With its header, and the addresses of the endpoint's ACL."""
    apply(provisioned, TwilioAllowance(account_sid=ACCOUNT, edges=["tokyo"]))
    found = get(provisioned, Allowance, "twilio")

    assert found is not None
    assert str(found.header) == f"X-Twilio-AccountSid: {ACCOUNT}"
    assert [str(net) for net in found.networks] == ["54.65.63.192/30"]
    assert plan(provisioned, found) == Plan()


def test_nothing_is_found_where_nothing_is(session: Session) -> None:
    """None, not an error."""
    insert(session, "ps_endpoints", id="TWILIO")

    assert get(session, TwilioTrunk, "twilio") is None
    assert get(session, Allowance, "twilio") is None
    assert get(session, InboundRoute, "+12025550123", context="from-twilio") is None
    assert get(session, OutboundRoute, context="a", pattern="_+X.") is None


def test_another_providers_trunk_is_none_of_twilios(session: Session) -> None:
    """Its contact says so."""
    other = attrs.evolve(TRUNK.part(), contact="sip:sip.example.com")
    create(session, other)
    with pytest.raises(ConflictError, match="not a host of a Twilio trunk"):
        get(session, TwilioTrunk, "twilio")

    assert get(session, Trunk, "twilio") == other


def test_rows_that_no_spec_can_say(session: Session) -> None:
    """A hand-made endpoint without what a trunk needs is not taken for a trunk."""
    insert(session, "ps_endpoints", id="twilio", context="a b")
    with pytest.raises(ConflictError, match="change the rows"):
        get(session, Trunk, "twilio")
