"""Calls about trunks of providers that must, and must not, type-check."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

from asterisk_realtime import (
    Allowance,
    OutboundRoute,
    Plan,
    PlivoTrunk,
    ProviderDiff,
    RegistrationTrunk,
    TelnyxAllowance,
    TelnyxTrunk,
    Trunk,
    create,
    delete,
    ensure,
    get,
    provider_diff,
    rows,
)
from asterisk_realtime.models import Identify, TrunkRows

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def right(session: Session) -> None:
    """The forms that the documentation shows."""
    assert_type(create(session, TelnyxTrunk(username="u", password="made up")), TrunkRows)
    assert_type(create(session, PlivoTrunk(host="1.zt.plivo.com", secure=False)), TrunkRows)
    assert_type(ensure(session, TelnyxAllowance(regions=["us"], prune=True)), Plan)
    assert_type(ensure(session, Allowance(endpoint="branch", networks=["203.0.113.7"])), Plan)
    assert_type(create(session, TelnyxAllowance()), tuple[Identify, ...])
    assert_type(rows(session, Allowance, "branch"), tuple[Identify, ...] | None)
    assert_type(TelnyxTrunk().part(), Trunk | RegistrationTrunk)
    assert_type(TelnyxAllowance().part(), Allowance)
    assert_type(get(session, TelnyxTrunk, "telnyx"), TelnyxTrunk | None)
    assert_type(rows(session, PlivoTrunk, name="plivo"), TrunkRows | None)
    assert_type(delete(session, TelnyxTrunk, "telnyx"), Plan)
    assert_type(provider_diff(session, "telnyx"), ProviderDiff)
    OutboundRoute(context="internal", pattern="_+X.", trunk=["telnyx", "plivo"])


def wrong(session: Session) -> None:
    """A misspelt option, one of the wrong type, a host that is missing, a network for a list."""
    create(session, TelnyxTrunk(usrname="u"))  # error
    create(session, TelnyxTrunk(secure="yes"))  # error
    create(session, PlivoTrunk())  # error
    ensure(session, TelnyxAllowance(edges=["us"]))  # error
    ensure(session, Allowance(endpoint="branch", networks=7))  # error
    get(session, TelnyxTrunk, endpoint="telnyx")  # error
    rows(session, PlivoTrunk)  # error
    get(session, TelnyxAllowance, "telnyx")  # error
    provider_diff(session)  # error
