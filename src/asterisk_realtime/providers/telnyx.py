"""
Telnyx SIP trunks.

Telnyx challenges calls of a credential connection, and recognises those of an IP connection by
address; its own calls come without credentials. Registration is optional.
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

PAGE: Final = Source("https://sip.telnyx.com/", read=date(2026, 11, 22))
FEED: Final = Source("https://sip.telnyx.com/voice.json", read=date(2026, 5, 25))
"""Telnyx's machine-readable ranges, as of that day."""

SIGNALING: Final = (
    AddressRange(
        edge="us",
        cidrs=("192.76.120.10/32", "64.16.250.10/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="europe",
        cidrs=("185.246.41.140/32", "185.246.41.141/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="australia",
        cidrs=("103.115.244.145/32", "103.115.244.146/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="canada",
        cidrs=("192.76.120.31/32", "64.16.250.13/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
    AddressRange(
        edge="asia",
        cidrs=("103.115.244.158/32", "103.115.244.159/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
        confidence=Confidence.MEDIUM,
    ),
    AddressRange(
        edge="middle-east",
        cidrs=("185.246.42.128/32", "185.246.42.129/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=PAGE,
        confidence=Confidence.MEDIUM,
    ),
)
"""Where SIP comes from: the only ranges that may identify Telnyx."""

UNCERTAIN: Final = (
    AddressRange(
        edge="us",
        cidrs=("192.76.120.14/32",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=FEED,
        confidence=Confidence.MEDIUM,
    ),
    AddressRange(
        edge="*",
        cidrs=("64.16.246.96/27", "64.16.246.128/26"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=FEED,
        confidence=Confidence.MEDIUM,
    ),
)
"""Named by one source only: recognised, and allowed with ``uncertain=True``."""

MEDIA: Final = (
    AddressRange(
        edge="*",
        cidrs=(
            "36.255.198.128/25",
            "50.114.136.128/25",
            "50.114.144.0/21",
            "64.16.226.0/24",
            "64.16.227.0/24",
            "64.16.228.0/24",
            "64.16.229.0/24",
            "64.16.230.0/24",
            "64.16.248.0/24",
            "64.16.249.0/24",
            "103.115.244.128/25",
            "103.115.247.0/24",
            "185.246.41.128/25",
            "185.246.42.128/28",
        ),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=PAGE,
    ),
)
"""Where RTP comes from: for a firewall, never for an identify row."""

TELNYX: Final = Provider(
    name="telnyx",
    label="Telnyx",
    hosts=(
        "sip.telnyx.com",
        "sip.telnyx.eu",
        "sip.telnyx.com.au",
        "sip.telnyx.ca",
        "sip.telnyx.asia",
        "sip.telnyx.me",
    ),
    signaling=SIGNALING,
    uncertain=UNCERTAIN,
    media=MEDIA,
    registers=Registers.OPTIONAL,
    numbers="E.164 with +",
    source=PAGE,
)


@attrs.frozen(kw_only=True, field_transformer=gather)
class TelnyxTrunk(HostTrunk):
    """
    A trunk to Telnyx; see `ProviderTrunk` for the other attributes.

    It accepts calls after `TelnyxAllowance`, or through its registration.

    Attributes:
        host: Telnyx's host: the default, or one nearer to you such as ``sip.telnyx.eu``.
        register: Whether Asterisk registers there, to receive calls.
    """

    provider: ClassVar[Provider] = TELNYX

    name: str = attrs.field(converter=object_id, default="telnyx")
    host: str = attrs.field(converter=sip.host, default="sip.telnyx.com")
    context: str = attrs.field(converter=plain_name, default="from-telnyx")


@attrs.frozen(kw_only=True, field_transformer=gather)
class TelnyxAllowance(RegionAllowance):
    """
    Addresses of Telnyx that may send calls; see `RegionAllowance` for the attributes.

    All customers of Telnyx send from the same addresses, so give the trunk a context from which
    no paid call can be placed.
    """

    provider: ClassVar[Provider] = TELNYX

    endpoint: str = attrs.field(converter=object_id, default="telnyx")
