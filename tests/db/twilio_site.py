"""A Twilio trunk, where it may call from, and a route each way."""

from __future__ import annotations

from typing import Any

import attrs

from asterisk_realtime import InboundRoute, OutboundRoute, Spec, TwilioAllowance, TwilioTrunk
from tests.db.tools import PASSWORD, URI

TRUNK = TwilioTrunk(termination_uri=URI, username="grable", password=PASSWORD)
OUTBOUND = OutboundRoute(context="phones", pattern="_1NXXNXXXXXX", trunk="twilio", region="US")
INBOUND = InboundRoute(number="+12025550123", context="from-twilio", destination="ivr,start,1")
ALL: tuple[Spec, ...] = (INBOUND, OUTBOUND, TwilioAllowance(), TRUNK)
"""In an order in which nothing finds what it names."""


def trunk(**fields: Any) -> TwilioTrunk:
    """Return the trunk with other fields."""
    return attrs.evolve(TRUNK, **fields)
