"""Calls about trunks of providers that must, and must not, type-check."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_type

from asterisk_realtime import (
    Identify,
    OutboundRoute,
    ProviderDiff,
    TelnyxTrunk,
    TrunkRows,
    allow_addresses,
    allow_telnyx_ips,
    create_plivo_trunk,
    create_telnyx_trunk,
    find_telnyx_trunk,
    provider_diff,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def right(session: Session) -> None:
    """The forms that the documentation shows."""
    assert_type(create_telnyx_trunk(session, username="u", password="made up"), TrunkRows)
    assert_type(create_plivo_trunk(session, host="1.zt.plivo.com", secure=False), TrunkRows)
    assert_type(allow_telnyx_ips(session, regions=["us"], prune=True), tuple[Identify, ...])
    assert_type(allow_addresses(session, "branch", ["203.0.113.7"]), tuple[Identify, ...])
    assert_type(find_telnyx_trunk(session), TelnyxTrunk | None)
    assert_type(provider_diff(session, "telnyx"), ProviderDiff)
    OutboundRoute(context="internal", pattern="_+X.", trunk=["telnyx", "plivo"])


def wrong(session: Session) -> None:
    """A misspelt option, one of the wrong type, a host that is missing, a network for a list."""
    create_telnyx_trunk(session, usrname="u")  # error
    create_telnyx_trunk(session, secure="yes")  # error
    create_plivo_trunk(session)  # error
    allow_telnyx_ips(session, edges=["us"])  # error
    allow_addresses(session, "branch", 7)  # error
    provider_diff(session)  # error
