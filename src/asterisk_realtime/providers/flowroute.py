"""
Flowroute SIP trunks.

Asterisk registers there with digest credentials. Flowroute can also recognise a trunk by IP
address, but then expects a technical prefix before the number, which no route writes. Flowroute has
no TLS, and its audio may come from any address.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Final

import attrs

from asterisk_realtime.providers.allowance import RegionAllowance
from asterisk_realtime.providers.base import (
    AddressRange,
    Confidence,
    Provider,
    Purpose,
    Reach,
    Registers,
    Source,
)
from asterisk_realtime.providers.trunk import HostTrunk
from asterisk_realtime.values import sip
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.names import object_id, plain_name
from asterisk_realtime.values.plain import flag

POINTS: Final = Source(
    "https://developer.flowroute.com/api/numbers/v2.0/list-edge-strategies/",
    read=date(2026, 11, 22),
)
GUIDE: Final = Source("a public guide to FreePBX on Google's cloud", read=date(2026, 11, 22))
PAGE: Final = Source(
    "https://support.bcmone.com/flowroute-support/docs/"
    "flowroute-service-guide-technical-specifications",
    read=date(2026, 11, 22),
)

SIGNALING: Final = (
    AddressRange(
        edge="us-west-or",
        cidrs=("34.210.91.112/28",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=POINTS,
        confidence=Confidence.MEDIUM,
    ),
    AddressRange(
        edge="us-east-va",
        cidrs=("34.226.36.32/28",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=POINTS,
    ),
)
"""Where SIP comes from: the only ranges that may identify Flowroute."""

UNCERTAIN: Final = (
    AddressRange(
        edge="hong-kong",
        cidrs=("16.163.86.112/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=GUIDE,
        confidence=Confidence.LOW,
    ),
    AddressRange(
        edge="singapore",
        cidrs=("3.0.5.12/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=GUIDE,
        confidence=Confidence.LOW,
    ),
    AddressRange(
        edge="london",
        cidrs=("3.8.37.20/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=GUIDE,
        confidence=Confidence.LOW,
    ),
    AddressRange(
        edge="frankfurt",
        cidrs=("3.71.103.56/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=GUIDE,
        confidence=Confidence.LOW,
    ),
    AddressRange(
        edge="sao-paulo",
        cidrs=("18.228.70.48/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=GUIDE,
        confidence=Confidence.LOW,
    ),
)
"""Named by one source only: recognised, and allowed with ``uncertain=True``."""

FLOWROUTE: Final = Provider(
    name="flowroute",
    label="Flowroute",
    hosts=("us-west-or.sip.flowroute.com", "us-east-va.sip.flowroute.com"),
    signaling=SIGNALING,
    uncertain=UNCERTAIN,
    registers=Registers.OPTIONAL,
    tls=False,
    numbers="E.164; the + may be missing",
    source=PAGE,
)


@attrs.frozen(kw_only=True, field_transformer=gather)
class FlowrouteTrunk(HostTrunk):
    """
    A trunk to Flowroute; see `ProviderTrunk` for the other attributes.

    It accepts calls after `FlowrouteAllowance`, or through its registration.

    Attributes:
        host: Flowroute's host: the default, or ``us-east-va.sip.flowroute.com``.
        register: Whether Asterisk registers there, to receive calls.
    """

    provider: ClassVar[Provider] = FLOWROUTE

    name: str = attrs.field(converter=object_id, default="flowroute")
    host: str = attrs.field(converter=sip.host, default="us-west-or.sip.flowroute.com")
    context: str = attrs.field(converter=plain_name, default="from-flowroute")
    register: bool = attrs.field(converter=flag, default=True)
    secure: bool = attrs.field(converter=flag, default=False)


@attrs.frozen(kw_only=True, field_transformer=gather)
class FlowrouteAllowance(RegionAllowance):
    """
    Addresses of Flowroute that may send calls; see `RegionAllowance` for the attributes.

    All customers of Flowroute send from the same addresses, so give the trunk a context from which
    no paid call can be placed.
    """

    provider: ClassVar[Provider] = FLOWROUTE

    endpoint: str = attrs.field(converter=object_id, default="flowroute")
