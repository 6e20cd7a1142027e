"""Who may send calls to an endpoint that cannot authenticate them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from asterisk_realtime.specs.base import Spec
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.names import object_id
from asterisk_realtime.values.networks import networks
from asterisk_realtime.values.plain import flag

if TYPE_CHECKING:
    from netaddr import IPNetwork


@attrs.frozen
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


@attrs.frozen(kw_only=True, field_transformer=gather)
class Allowance(Spec):
    """
    Addresses that may send calls to an endpoint that cannot authenticate them.

    Attributes:
        endpoint: Id of the endpoint.
        networks: Signaling addresses and networks of the peer; merged.
        known: All networks that ever were the peer's. Rows that hold nothing else are replaced.
        prune: Whether the endpoint's other rows go too; otherwise those that a person made stay.
        header_name: Header that the provider may be pinned by.
        header: If given, requests are told by it, and *networks* become the endpoint's ACL:
            both must fit. Otherwise the address alone decides.
    """

    endpoint: str = attrs.field(converter=object_id)
    networks: tuple[IPNetwork, ...] = attrs.field(converter=networks)
    known: tuple[IPNetwork, ...] = ()
    prune: bool = attrs.field(converter=flag, default=False)
    header_name: str | None = None
    header: Header | None = None
