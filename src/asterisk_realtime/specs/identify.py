"""Addresses that may send calls to an endpoint without authentication."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs
from attrs.converters import optional

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.keys import Key
from asterisk_realtime.values.cells import check_text
from asterisk_realtime.values.checked import Checked, gather
from asterisk_realtime.values.names import object_id
from asterisk_realtime.values.networks import any_networks, networks, wide_errors
from asterisk_realtime.values.plain import flag

if TYPE_CHECKING:
    from typing import Self

    from netaddr import IPNetwork

    from asterisk_realtime.models import Identify


HEADER_LENGTH: Final = 255
"""Characters that ``ps_endpoint_id_ips.match_header`` holds, for name and value together."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9-]+")


def _header_name(value: str, field: str = "name") -> str:
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise ValidationError(
            field, value, "it is not a name of a header", "write one such as 'X-Twilio-AccountSid'"
        )
    return value


def _header_value(value: str, field: str = "value") -> str:
    """Return *value* if Asterisk compares it literally; a leading slash begins a pattern."""
    check_text(value, field, length=HEADER_LENGTH)
    if value.startswith("/") or value != value.strip(" "):
        raise ValidationError(
            field,
            value,
            "Asterisk would not compare it literally",
            "write it without / or blanks",
        )
    return value


@attrs.frozen(field_transformer=gather)
class Header(Checked):
    """
    A header that identifies one customer of a provider.

    A request matches if one of its headers of that name has the value, whatever the others have.
    So this is safe only if the provider removes or overwrites the header in its customers' calls.

    Attributes:
        name: Name of the header, in any case: ``X-Twilio-AccountSid``.
        value: Its exact value.
    """

    name: str = attrs.field(converter=_header_name)
    value: str = attrs.field(converter=_header_value)

    def agree(self) -> list[ValidationError]:
        """Return the error if the column is too short for both."""
        try:
            check_text(str(self), "value", length=HEADER_LENGTH)
        except ValidationError as error:
            return [error]
        return []

    def __str__(self) -> str:
        """Return the form of ``ps_endpoint_id_ips.match_header``."""
        return f"{self.name}: {self.value}"


def _header(value: Header | str, field: str = "header") -> Header:
    """Return *value*, or the header in a text such as ``X-Account: one``."""
    if isinstance(value, Header):
        return value
    if not isinstance(value, str):
        raise ValidationError(field, value, "it is not a header", "give Header('X-Account', 'one')")
    name, _colon, content = value.partition(":")
    try:
        return Header(name.strip(" "), content.strip(" "))
    except ValidationError:
        raise ValidationError(
            field, value, "it is not a header", "write 'X-Account: one', name and value"
        ) from None


@attrs.frozen(kw_only=True, field_transformer=gather)
class Allowance(Spec["tuple[Identify, ...]"]):
    """
    Addresses that may send calls to an endpoint without authentication.

    Use it for your own peers, and for providers that publish no ranges. An address proves only that
    a packet came from there: give the endpoint a context from which no paid call can be placed, or
    inbound credentials too. An address belongs to one endpoint, and an endpoint that is pinned by a
    header accepts no allowance without that header.

    Asterisk reads the whole table of allowances to see who sends a request: 300 rows cost little,
    with 3,000 a call costs ten times as much, and with 10,000 calls fail. `plan` warns above 300.

    Attributes:
        endpoint: Id of the endpoint.
        networks: Signaling addresses and networks of the peer; merged. IPv4-mapped IPv6
            addresses become IPv4.
        known: All networks that the peer has or had. Rows that hold nothing else are replaced.
        prune: Whether to delete the endpoint's other rows too; otherwise they stay.
        header_name: Header that the provider may be pinned by; None for that of *header*.
        header: If given, requests are identified by it, and *networks* become the endpoint's ACL:
            both must match. Otherwise the address alone decides. A text is ``Name: value``.
        wide: Whether networks wider than /8 (IPv6: /16) are intended. Not stored, and not compared.

    Sources: Asterisk's ``res/res_pjsip_endpoint_identifier_ip.c``.
    """

    endpoint: str = attrs.field(converter=object_id)
    networks: tuple[IPNetwork, ...] = attrs.field(converter=networks)
    known: tuple[IPNetwork, ...] = attrs.field(converter=any_networks, default=())
    prune: bool = attrs.field(converter=flag, default=False)
    header_name: str | None = attrs.field(converter=optional(_header_name), default=None)
    header: Header | None = attrs.field(converter=optional(_header), default=None)
    wide: bool = attrs.field(converter=flag, default=False, eq=False)

    @classmethod
    def key(cls, endpoint: str) -> Key[Self, tuple[Identify, ...]]:
        """Return the key of the allowance of an endpoint."""
        return Key.of(cls, endpoint=endpoint)

    def agree(self) -> list[ValidationError]:
        """Return errors about a second header name, and about networks that are too wide."""
        errors = [] if self.wide else wide_errors(self.networks)
        if self.header is not None and self.header_name is not None:
            name = self.header.name
            if name.lower() != self.header_name.lower():
                error = ValidationError(
                    "header_name", self.header_name, f"the header is {name}", "leave it out"
                )
                errors.append(error)
        return errors

    @property
    def pinned_by(self) -> str | None:
        """Name of the header that the peer's rows may match."""
        return self.header.name if self.header is not None else self.header_name
