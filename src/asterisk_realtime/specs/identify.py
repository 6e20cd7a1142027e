"""Who may send calls to an endpoint that cannot authenticate them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from netaddr import IPNetwork


@attrs.frozen(kw_only=True)
class Header:
    """
    A header that tells one customer of a provider from the others.

    Attributes:
        name: Of the header: ``X-Twilio-AccountSid``.
        value: What it must hold, to the letter.
    """

    name: str
    value: str

    def __str__(self) -> str:
        """Return the form of ``ps_endpoint_id_ips.match_header``."""
        return f"{self.name}: {self.value}"


@attrs.frozen(kw_only=True)
class AllowSpec:
    """
    Addresses that may send calls to an endpoint.

    Attributes:
        endpoint: Id of the endpoint.
        networks: Signaling networks of the peer, merged.
        known: All networks that ever were the peer's. Rows that hold nothing else are replaced.
        header_name: Header that the provider may be pinned by.
        header: If given, requests are told by it, and *networks* become the endpoint's ACL:
            both must fit. Otherwise the address alone decides.
    """

    endpoint: str
    networks: tuple[IPNetwork, ...]
    known: tuple[IPNetwork, ...]
    header_name: str | None = None
    header: Header | None = None
