"""Types of the providers' data."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import attrs
import netaddr

if TYPE_CHECKING:
    from datetime import date


class Purpose(StrEnum):
    """What a provider sends from a range. Only signaling may identify a peer."""

    SIGNALING = "signaling"
    MEDIA = "media"


class Reach(StrEnum):
    """How a provider's range is reached."""

    PUBLIC = "public"
    INTERCONNECT = "interconnect"


class Confidence(StrEnum):
    """How certain a range is: the provider and others name it, one good source does, or less."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@attrs.frozen
class Source:
    """
    Where a fact was read.

    Attributes:
        url: Address of the page, or what it is if its address is not known.
        read: Date on which it was read, or date of its newest copy.
    """

    url: str
    read: date


@attrs.frozen(kw_only=True)
class AddressRange:
    """
    Addresses that a provider publishes for one of its locations.

    Attributes:
        edge: The provider's name for the location; ``*`` for all.
        cidrs: IPv4 networks, host bits zero.
        purpose: Signaling or media.
        reach: Over the Internet, or over a private interconnect.
        source: Where it was read, and when.
        confidence: How certain the range is.
        obsolete_since: Date since which it is not used; None if it is used, or the date is unknown.
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
        """``cidrs`` as networks."""
        return tuple(netaddr.IPNetwork(cidr) for cidr in self.cidrs)


class Registers(StrEnum):
    """Whether a provider has a registrar for trunks."""

    NEVER = "never"
    OPTIONAL = "optional"
    EXPECTED = "expected"


@attrs.frozen(kw_only=True)
class Provider:
    """
    A provider's published addresses and rules.

    Attributes:
        name: Name in lower case: ``telnyx``.
        label: Name as the provider writes it: ``Telnyx``.
        hosts: Host names that accept calls; ``{...}`` stands for a label of the customer's.
        signaling: Ranges that its calls come from: the only ones that are allowed by default.
        uncertain: Ranges that one source names and others do not; allowed only on request.
        media: Ranges that its audio comes from.
        obsolete: Former ranges, which old guides still list: recognised, never allowed.
        registers: Whether Asterisk may register there.
        tls: Whether it accepts TLS.
        numbers: Form of the numbers that it expects; outbound routes send ``+`` and E.164.
        header_name: Header of its calls that identifies the customer; None without one.
        source: Where the rules were read.
    """

    name: str
    label: str
    hosts: tuple[str, ...]
    signaling: tuple[AddressRange, ...] = ()
    uncertain: tuple[AddressRange, ...] = ()
    media: tuple[AddressRange, ...] = ()
    obsolete: tuple[AddressRange, ...] = ()
    registers: Registers
    tls: bool = True
    numbers: str
    header_name: str | None = None
    source: Source

    @property
    def regions(self) -> tuple[str, ...]:
        """Names of the locations whose signaling is allowed by default."""
        public = [item.edge for item in self.signaling if item.reach is Reach.PUBLIC]
        return tuple(dict.fromkeys(public))

    def locations(self, *, uncertain: bool = True) -> tuple[str, ...]:
        """Return the names of all locations, public or not, with or without uncertain ones."""
        ranges = (*self.signaling, *(self.uncertain if uncertain else ()))
        names = [item.edge for item in ranges if item.purpose is Purpose.SIGNALING]
        return tuple(dict.fromkeys(names))

    def chosen(
        self, regions: tuple[str, ...] | None = None, *, uncertain: bool = False
    ) -> tuple[AddressRange, ...]:
        """
        Return the signaling ranges of some locations.

        Args:
            regions: Names of the locations; None for all `regions`.
            uncertain: Whether to add the uncertain ranges.
        """
        more = self.uncertain if uncertain else ()
        wanted = {*self.regions, *(item.edge for item in more)} if regions is None else {*regions}
        return tuple(
            item
            for item in (*self.signaling, *more)
            if item.purpose is Purpose.SIGNALING and item.edge in wanted
        )
