"""
Vonage SIP trunks.

Vonage accepts digest credentials or known addresses; its own calls come without credentials. Its
list of addresses could not be read, so the ranges are another company's copy, of medium confidence.
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

COPY: Final = Source(
    "https://docs.cloud.google.com/contact-center/ccai-platform/docs/byoc-ip-allow-list",
    read=date(2026, 11, 22),
)
OLD_GUIDE: Final = Source("Vonage's old guide to Asterisk", read=date(2026, 11, 22))
PAGE: Final = Source(
    "https://developer.vonage.com/en/sip/technical-details", read=date(2026, 11, 22)
)

SIGNALING: Final = (
    AddressRange(
        edge="*",
        cidrs=(
            "216.147.0.1/32",
            "216.147.0.2/32",
            "216.147.1.1/32",
            "216.147.1.2/32",
            "216.147.2.1/32",
            "216.147.2.2/32",
            "216.147.3.1/32",
            "216.147.3.2/32",
            "216.147.4.1/32",
            "216.147.4.2/32",
            "216.147.5.1/32",
            "216.147.5.2/32",
        ),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=COPY,
        confidence=Confidence.MEDIUM,
    ),
)
"""Where SIP comes from: the only ranges that may identify Vonage."""

MEDIA: Final = (
    AddressRange(
        edge="*",
        cidrs=("216.147.0.0/18", "168.100.64.0/18"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=COPY,
        confidence=Confidence.MEDIUM,
    ),
)
"""Where RTP comes from: for a firewall, never for an identify row."""

OBSOLETE: Final = (
    AddressRange(
        edge="*",
        cidrs=(
            "5.10.112.121/32",
            "5.10.112.122/32",
            "119.81.44.6/32",
            "119.81.44.7/32",
            "169.60.141.29/32",
            "169.60.141.30/32",
        ),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=OLD_GUIDE,
        confidence=Confidence.LOW,
    ),
)
"""Former ranges, which old guides still list: recognised, never written."""

VONAGE: Final = Provider(
    name="vonage",
    label="Vonage",
    hosts=(
        "{name}.sip-us.vonage.com",
        "{name}.sip-eu.vonage.com",
        "{name}.sip-ap.vonage.com",
        "sip.nexmo.com",
    ),
    signaling=SIGNALING,
    media=MEDIA,
    obsolete=OBSOLETE,
    registers=Registers.NEVER,
    numbers="E.164; its examples have no +",
    source=PAGE,
)


@attrs.frozen(kw_only=True, field_transformer=gather)
class VonageTrunk(HostTrunk):
    """
    A trunk to Vonage; see `ProviderTrunk` for the other attributes.

    It accepts calls after `VonageAllowance`.

    Attributes:
        host: The domain: ``{name}.sip-eu.vonage.com``, or the older ``sip.nexmo.com``.
        register: Whether Asterisk registers there, to receive calls.
    """

    provider: ClassVar[Provider] = VONAGE

    name: str = attrs.field(converter=object_id, default="vonage")
    host: str = attrs.field(converter=sip.host)
    context: str = attrs.field(converter=plain_name, default="from-vonage")


@attrs.frozen(kw_only=True, field_transformer=gather)
class VonageAllowance(RegionAllowance):
    """
    Addresses of Vonage that may send calls; see `RegionAllowance` for the attributes.

    All customers of Vonage send from the same addresses, so give the trunk a context from which
    no paid call can be placed.
    """

    provider: ClassVar[Provider] = VONAGE

    endpoint: str = attrs.field(converter=object_id, default="vonage")
