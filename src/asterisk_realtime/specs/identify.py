"""Who may send calls to an endpoint that cannot authenticate them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, cast

import attrs
from attrs.converters import optional

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.values.cells import check_text
from asterisk_realtime.values.checked import Checked, gather
from asterisk_realtime.values.names import object_id
from asterisk_realtime.values.networks import networks
from asterisk_realtime.values.plain import flag, instances

if TYPE_CHECKING:
    from netaddr import IPNetwork


_TOKEN: Final = re.compile(r"[A-Za-z0-9-]+")


def _header_name(value: str, field: str = "name") -> str:
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise InvalidValueError(
            field, value, "it is no name of a header", "write one such as 'X-Twilio-AccountSid'"
        )
    return value


def _header_value(value: str, field: str = "value") -> str:
    """Return *value* if Asterisk compares it to the letter: a slash first begins a pattern."""
    check_text(value, field, length=255)
    if value.startswith("/") or value != value.strip(" "):
        raise InvalidValueError(
            field,
            value,
            "Asterisk would not compare it to the letter",
            "write it without / or blanks",
        )
    return value


@attrs.frozen(field_transformer=gather)
class Header(Checked):
    """
    A header that tells one customer of a provider from the others.

    Attributes:
        name: Of the header: ``X-Twilio-AccountSid``.
        value: What it must hold, to the letter.
    """

    name: str = attrs.field(converter=_header_name)
    value: str = attrs.field(converter=_header_value)

    def __str__(self) -> str:
        """Return the form of ``ps_endpoint_id_ips.match_header``."""
        return f"{self.name}: {self.value}"


def _header(value: Header, field: str = "header") -> Header:
    (found,) = instances([value], Header, field, "it is no header", "give Header(name, value)")
    return cast("Header", found)


@attrs.frozen(kw_only=True, field_transformer=gather)
class Allowance(Spec):
    """
    Addresses that may send calls to an endpoint that cannot authenticate them.

    Attributes:
        endpoint: Id of the endpoint.
        networks: Signaling addresses and networks of the peer; merged.
        known: All networks that ever were the peer's. Rows that hold nothing else are replaced.
        prune: Whether the endpoint's other rows go too; otherwise those that a person made stay.
        header_name: Header that the provider may be pinned by; None for that of *header*.
        header: If given, requests are told by it, and *networks* become the endpoint's ACL:
            both must fit. Otherwise the address alone decides.
    """

    endpoint: str = attrs.field(converter=object_id)
    networks: tuple[IPNetwork, ...] = attrs.field(converter=networks)
    known: tuple[IPNetwork, ...] = ()
    prune: bool = attrs.field(converter=flag, default=False)
    header_name: str | None = None
    header: Header | None = attrs.field(converter=optional(_header), default=None)

    def agree(self) -> list[InvalidValueError]:
        """Tell whether there is one header."""
        if self.header is None or self.header_name in {None, self.header.name}:
            return []
        return [
            InvalidValueError(
                "header_name", self.header_name, f"the header is {self.header.name}", "leave it out"
            )
        ]

    @property
    def pinned_by(self) -> str | None:
        """Name of the header that rows of the peer may have."""
        return self.header.name if self.header is not None else self.header_name
