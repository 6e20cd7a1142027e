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
        url: The provider's page; of a page whose address is not known, what it is.
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
        obsolete_since: When it stopped being used; None if it is current, or nobody says when.
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


class Registers(StrEnum):
    """Whether a provider has a registrar for trunks."""

    NEVER = "never"
    OPTIONAL = "optional"
    EXPECTED = "expected"


@attrs.frozen(kw_only=True)
class Provider:
    """
    What is published about a provider.

    Attributes:
        name: In lower case: ``telnyx``.
        label: As it writes itself: ``Telnyx``.
        hosts: Where it takes calls; ``{...}`` stands for one label of the user's own.
        signaling: Where its calls come from: the only ranges that are allowed unasked.
        uncertain: Ranges of which one source says so and others do not; allowed if asked for.
        media: Where its audio comes from.
        obsolete: Ranges of old, still copied: recognised, never allowed.
        registers: Whether Asterisk may register there.
        tls: Whether it takes TLS.
        numbers: In which form it wants numbers; outbound routes send ``+`` and E.164.
        header_name: Header of its calls that tells one customer from the others.
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
        """Names of the locations whose signaling is allowed if nobody chooses."""
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
            regions: Their names; None for all `regions`.
            uncertain: Whether to add those that are less well attested.
        """
        more = self.uncertain if uncertain else ()
        wanted = {*self.regions, *(item.edge for item in more)} if regions is None else {*regions}
        return tuple(
            item
            for item in (*self.signaling, *more)
            if item.purpose is Purpose.SIGNALING and item.edge in wanted
        )
