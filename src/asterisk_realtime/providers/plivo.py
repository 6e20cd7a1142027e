"""
Plivo Zentrunk.

At Plivo, outbound and inbound calls have a trunk each; here, one trunk serves both. Plivo
recognises outbound calls by address, credentials or both; inbound ones come without credentials.
There is no registrar.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Final

import attrs

from asterisk_realtime.providers.allowance import RegionAllowance
from asterisk_realtime.providers.base import (
    AddressRange,
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

PAGE: Final = Source("https://plivo.com/docs/sip-trunking.md", read=date(2026, 11, 22))

SIGNALING: Final = (
    AddressRange(
        edge="n-california",
        cidrs=("13.52.9.0/25", "216.120.187.128/26"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="virginia",
        cidrs=("18.214.109.128/25", "18.215.142.0/26", "204.89.148.128/26"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="frankfurt",
        cidrs=("3.120.121.128/26",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="sao-paulo",
        cidrs=("18.228.70.64/26", "54.233.191.0/27"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="sydney",
        cidrs=("13.238.202.192/26",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="singapore",
        cidrs=("18.136.1.128/26", "204.89.149.128/27"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="india",
        cidrs=("15.207.90.192/31", "204.89.151.128/27", "204.89.151.160/27"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
)
"""Where SIP comes from: the only ranges that may identify Plivo."""

MEDIA: Final = (
    AddressRange(
        edge="n-california",
        cidrs=("13.52.9.0/25", "216.120.187.128/26"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="virginia",
        cidrs=("18.214.109.128/25", "18.215.142.0/26", "204.89.148.128/26"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="frankfurt",
        cidrs=("3.120.121.128/26",),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="sao-paulo",
        cidrs=("18.228.70.64/26", "54.233.191.0/27"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="sydney",
        cidrs=("13.238.202.192/26",),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="singapore",
        cidrs=("18.136.1.128/26", "204.89.149.128/27"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="india",
        cidrs=("15.207.90.192/31", "204.89.151.128/27", "204.89.151.160/27"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
)
"""Where RTP comes from: for a firewall, never for an identify row."""

PLIVO: Final = Provider(
    name="plivo",
    label="Plivo",
    hosts=("{trunk_id}.zt.plivo.com",),
    signaling=SIGNALING,
    media=MEDIA,
    registers=Registers.NEVER,
    numbers="E.164",
    source=PAGE,
)


@attrs.frozen(kw_only=True, field_transformer=gather)
class PlivoTrunk(HostTrunk):
    """
    A trunk to Plivo; see `ProviderTrunk` for the other attributes.

    It accepts calls after `PlivoAllowance`.

    Attributes:
        host: The termination domain of the outbound trunk: ``{trunk_id}.zt.plivo.com``.
        register: Whether Asterisk registers there, to receive calls.
    """

    provider: ClassVar[Provider] = PLIVO

    name: str = attrs.field(converter=object_id, default="plivo")
    host: str = attrs.field(converter=sip.host)
    context: str = attrs.field(converter=plain_name, default="from-plivo")


@attrs.frozen(kw_only=True, field_transformer=gather)
class PlivoAllowance(RegionAllowance):
    """
    Addresses of Plivo that may send calls; see `RegionAllowance` for the attributes.

    All customers of Plivo send from the same addresses, so give the trunk a context from which
    no paid call can be placed.
    """

    provider: ClassVar[Provider] = PLIVO

    endpoint: str = attrs.field(converter=object_id, default="plivo")
