"""
Twilio's address ranges, with the dates on which they were read.

They are from the pages that `IP_ADDRESSES` and `INTERCONNECTS` name; check these pages if the dates
are old.
Twilio says to allow the signaling ranges of all locations, since a call may come from any.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from asterisk_realtime.providers.base import (
    AddressRange,
    Confidence,
    Provider,
    Purpose,
    Reach,
    Registers,
    Source,
)

IP_ADDRESSES: Final = Source(
    "https://www.twilio.com/docs/sip-trunking/ip-addresses", read=date(2026, 7, 31)
)
INTERCONNECTS: Final = Source(
    "https://www.twilio.com/docs/sip-trunking/configure-with-interconnect", read=date(2026, 7, 31)
)

MEDIA_MOVED: Final = date(2024, 2, 21)
"""Since then all media comes from one range; the older ranges of each region are not used."""

SIGNALING: Final = (
    AddressRange(
        edge="ashburn",
        cidrs=("54.172.60.0/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
    ),
    AddressRange(
        edge="umatilla",
        cidrs=("54.244.51.0/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
    ),
    AddressRange(
        edge="dublin",
        cidrs=("54.171.127.192/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
    ),
    AddressRange(
        edge="frankfurt",
        cidrs=("35.156.191.128/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
    ),
    AddressRange(
        edge="tokyo",
        cidrs=("54.65.63.192/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
    ),
    AddressRange(
        edge="singapore",
        cidrs=("54.169.127.128/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
    ),
    AddressRange(
        edge="sydney",
        cidrs=("54.252.254.64/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
    ),
    AddressRange(
        edge="sao-paulo",
        cidrs=("177.71.206.192/30",),
        purpose=Purpose.SIGNALING,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
    ),
    AddressRange(
        edge="ashburn-ix",
        cidrs=("208.78.112.64/31", "208.78.112.66/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.INTERCONNECT,
        source=INTERCONNECTS,
    ),
    AddressRange(
        edge="san-jose-ix",
        cidrs=("67.213.136.64/31", "67.213.136.66/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.INTERCONNECT,
        source=INTERCONNECTS,
    ),
    AddressRange(
        edge="london-ix",
        cidrs=("185.187.132.68/31", "185.187.132.70/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.INTERCONNECT,
        source=INTERCONNECTS,
    ),
    AddressRange(
        edge="frankfurt-ix",
        cidrs=("185.194.136.64/31", "185.194.136.66/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.INTERCONNECT,
        source=INTERCONNECTS,
    ),
    AddressRange(
        edge="singapore-ix",
        cidrs=("103.75.151.68/31", "103.75.151.70/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.INTERCONNECT,
        source=INTERCONNECTS,
    ),
    AddressRange(
        edge="tokyo-ix",
        cidrs=("103.144.142.68/31", "103.144.142.70/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.INTERCONNECT,
        source=INTERCONNECTS,
    ),
    AddressRange(
        edge="sydney-ix",
        cidrs=("103.146.214.68/31", "103.146.214.70/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.INTERCONNECT,
        source=INTERCONNECTS,
    ),
    AddressRange(
        edge="sao-paulo-ix",
        cidrs=("159.183.255.68/31", "159.183.255.70/32"),
        purpose=Purpose.SIGNALING,
        reach=Reach.INTERCONNECT,
        source=INTERCONNECTS,
        confidence=Confidence.MEDIUM,
    ),
)
"""Where SIP comes from: the only ranges that may identify Twilio."""

MEDIA: Final = (
    AddressRange(
        edge="*",
        cidrs=("168.86.128.0/18",),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
    ),
    AddressRange(
        edge="*-ix",
        cidrs=("168.86.128.0/18",),
        purpose=Purpose.MEDIA,
        reach=Reach.INTERCONNECT,
        source=INTERCONNECTS,
    ),
)
"""Where RTP comes from: for a firewall, never for an identify row."""

OBSOLETE: Final = (
    AddressRange(
        edge="ashburn",
        cidrs=("54.172.60.0/23", "34.203.250.0/23"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
        confidence=Confidence.MEDIUM,
        obsolete_since=MEDIA_MOVED,
    ),
    AddressRange(
        edge="umatilla",
        cidrs=("54.244.51.0/24",),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
        confidence=Confidence.MEDIUM,
        obsolete_since=MEDIA_MOVED,
    ),
    AddressRange(
        edge="dublin",
        cidrs=("54.171.127.192/26", "52.215.127.0/24"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
        confidence=Confidence.MEDIUM,
        obsolete_since=MEDIA_MOVED,
    ),
    AddressRange(
        edge="frankfurt",
        cidrs=("35.156.191.128/25", "3.122.181.0/24"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
        confidence=Confidence.MEDIUM,
        obsolete_since=MEDIA_MOVED,
    ),
    AddressRange(
        edge="tokyo",
        cidrs=("54.65.63.192/26", "3.112.80.0/24"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
        confidence=Confidence.MEDIUM,
        obsolete_since=MEDIA_MOVED,
    ),
    AddressRange(
        edge="singapore",
        cidrs=("54.169.127.128/26", "3.1.77.0/24"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
        confidence=Confidence.MEDIUM,
        obsolete_since=MEDIA_MOVED,
    ),
    AddressRange(
        edge="sydney",
        cidrs=("54.252.254.64/26", "3.104.90.0/24"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
        confidence=Confidence.MEDIUM,
        obsolete_since=MEDIA_MOVED,
    ),
    AddressRange(
        edge="sao-paulo",
        cidrs=("177.71.206.192/26", "18.228.249.0/24"),
        purpose=Purpose.MEDIA,
        reach=Reach.PUBLIC,
        source=IP_ADDRESSES,
        confidence=Confidence.MEDIUM,
        obsolete_since=MEDIA_MOVED,
    ),
)
"""Former media ranges, which old allow-lists still hold: recognised, never written."""

ACCOUNT_HEADER: Final = "X-Twilio-AccountSid"
"""Header of inbound INVITEs that names the customer; requests inside a call do not carry it."""

TWILIO: Final = Provider(
    name="twilio",
    label="Twilio",
    hosts=("{name}.pstn.twilio.com", "{name}.pstn.{edge}.twilio.com"),
    signaling=SIGNALING,
    media=MEDIA,
    obsolete=OBSOLETE,
    registers=Registers.NEVER,
    numbers="E.164 with +",
    header_name=ACCOUNT_HEADER,
    source=IP_ADDRESSES,
)
