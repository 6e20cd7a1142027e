"""Specs of Twilio trunks, and of the addresses that may call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

import attrs
from attrs.converters import optional

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.providers.allowance import ProviderAllowance
from asterisk_realtime.providers.trunk import ProviderTrunk
from asterisk_realtime.providers.twilio import ranges, rules
from asterisk_realtime.providers.twilio.termination import (
    EDGES,
    INTERCONNECT_EDGES,
    LEGACY_REGIONS,
    TerminationUri,
    termination_uri,
)
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.names import object_id, plain_name
from asterisk_realtime.values.plain import flag, is_a, items, text
from asterisk_realtime.values.secret import SECRET, Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from asterisk_realtime.providers.base import AddressRange, Provider
    from asterisk_realtime.specs.trunks import RegistrationTrunk, Trunk

_MAX_EDGE: Final = 40


@attrs.frozen(kw_only=True, field_transformer=gather)
class TwilioTrunk(ProviderTrunk):
    """
    A Twilio Elastic SIP trunk; see `ProviderTrunk` for the other attributes.

    Outbound calls of a new trunk work at once. Inbound calls need a `TwilioAllowance`, which
    counts after 10 seconds at most with the files of `conf.render`.

    Attributes:
        termination_uri: The trunk's host at Twilio, with or without ``sip:``:
            ``grable.pstn.twilio.com``, or at one location ``grable.pstn.dublin.twilio.com``
            (an edge, an interconnect, or the legacy code of a region).
        username: User name in the trunk's credential list, at most 32 characters; None if Twilio
            recognises you by IP address.
        password: Password of that user: at least 12 characters, with a digit, a lower-case and an
            upper-case letter.
        secure: Whether to use TLS and SRTP; set "Secure Trunking" at Twilio to the same.

    Sources: https://www.twilio.com/docs/sip-trunking.
    """

    provider: ClassVar[Provider] = ranges.TWILIO

    name: str = attrs.field(converter=object_id, default="twilio")
    termination_uri: TerminationUri = attrs.field(converter=termination_uri)
    username: str | None = attrs.field(converter=optional(rules.username), default=None)
    password: Secret | None = attrs.field(
        converter=optional(rules.password), default=None, metadata=SECRET
    )
    context: str = attrs.field(converter=plain_name, default="from-twilio")

    @property
    def contact(self) -> str:
        """The SIP URI at which Twilio accepts calls."""
        return self.termination_uri.sip_uri

    @classmethod
    def _own_fields(cls, part: Trunk | RegistrationTrunk, contact: str) -> Mapping[str, Any]:
        del part
        return {"termination_uri": contact}


def edge_names(value: Iterable[str] | None, field: str = "edges") -> tuple[str, ...]:
    """
    Return *value* as names of Twilio's edges; None means all public ones.

    Raises:
        ValidationError: It is empty or not a list, or holds a name that Twilio does not have.
    """
    if value is None:
        return EDGES
    problem, hint = "it is not a list of edges", "give None for all, or a list such as ['dublin']"
    given = items(value, field, hint, problem=problem)
    if not given:
        raise ValidationError(field, value, problem, hint)
    return tuple(_edge(name, field) for name in given)


def _edge(value: object, field: str) -> str:
    name = text(value, field, most=_MAX_EDGE) if is_a(value, str) else ""
    if name in LEGACY_REGIONS:
        raise ValidationError(
            field, name, "it is an edge's legacy code", f"write {LEGACY_REGIONS[name]!r}"
        )
    if name not in EDGES and name not in INTERCONNECT_EDGES:
        known = ", ".join((*EDGES, *INTERCONNECT_EDGES))
        raise ValidationError(field, value, "Twilio has no such edge", f"use some of {known}")
    return name


@attrs.frozen(kw_only=True, field_transformer=gather)
class TwilioAllowance(ProviderAllowance):
    """
    Addresses of Twilio that may send calls to an endpoint.

    Every Twilio customer sends from the same addresses. With *account_sid*, only calls of that
    account are accepted: the identify row matches the header ``X-Twilio-AccountSid``, and the
    endpoint's ACL permits only Twilio's addresses, so both must match.
    Media addresses are never allowed: they send no SIP.

    Attributes:
        endpoint: Id of the trunk's endpoint.
        edges: Names of locations, such as ``["umatilla", "ashburn"]``; None for all public ones.
        interconnect: Whether to add the addresses of the private interconnects.
        account_sid: ``AC`` and 32 hexadecimal digits: the account to pin the trunk to.
        prune: Whether to delete all other identify rows of the endpoint.

    Sources: https://www.twilio.com/docs/sip-trunking/ip-addresses and Asterisk's
    ``res/res_pjsip_endpoint_identifier_ip.c``.
    """

    provider: ClassVar[Provider] = ranges.TWILIO

    endpoint: str = attrs.field(converter=object_id, default="twilio")
    edges: tuple[str, ...] = attrs.field(converter=edge_names, default=None)
    interconnect: bool = attrs.field(converter=flag, default=False)
    account_sid: str | None = attrs.field(converter=optional(rules.account_sid), default=None)

    def ranges(self) -> tuple[AddressRange, ...]:
        """Return Twilio's ranges that are allowed."""
        return self.provider.chosen(
            (*self.edges, *(INTERCONNECT_EDGES if self.interconnect else ()))
        )

    def _account(self) -> str | None:
        return self.account_sid
