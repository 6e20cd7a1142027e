"""What every provider's data is made of."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs
import netaddr

if TYPE_CHECKING:
    from datetime import date


class Purpose(StrEnum):
    """What comes from a range. Only signaling may identify a peer."""

    SIGNALING = "signaling"
    MEDIA = "media"


class Reach(StrEnum):
    """How a provider's range is reached."""

    PUBLIC = "public"
    INTERCONNECT = "interconnect"


class Confidence(StrEnum):
    """How well a range is attested: by the provider and others, by one good source, or less."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@attrs.frozen
class Source:
    """
    Where a fact was read.

    Attributes:
        url: The provider's page.
        read: When it was read, or when the newest copy of it is from.
    """

    url: str
    read: date


@attrs.frozen(kw_only=True)
class AddressRange:
    """
    Addresses that a provider publishes for one of its locations.

    Attributes:
        edge: The provider's name of the location; ``*`` for all.
        cidrs: IPv4 networks, host bits zero.
        purpose: Signaling or media.
        reach: Over the Internet, or over a private interconnect.
        source: Where it was read, and when.
        confidence: How well it is attested.
        obsolete_since: When it stopped being used; None if it is current.
    """

    edge: str
    cidrs: tuple[str, ...]
    purpose: Purpose
    reach: Reach
    source: Source
    confidence: Confidence = Confidence.HIGH
    obsolete_since: date | None = None

    @property
    def networks(self) -> tuple[netaddr.IPNetwork, ...]:
        """The same as networks."""
        return tuple(netaddr.IPNetwork(cidr) for cidr in self.cidrs)
