"""Twilio's termination URIs: where calls to the telephone network are sent."""

from __future__ import annotations

import re
from typing import Final

import attrs
import netaddr

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import limits
from asterisk_realtime.values.plain import is_a, text

EDGES: Final = (
    "ashburn",
    "umatilla",
    "dublin",
    "frankfurt",
    "tokyo",
    "singapore",
    "sydney",
    "sao-paulo",
)
"""Public locations (https://www.twilio.com/docs/global-infrastructure/localized-uris/termination)."""

INTERCONNECT_EDGES: Final = (
    "ashburn-ix",
    "san-jose-ix",
    "london-ix",
    "frankfurt-ix",
    "tokyo-ix",
    "singapore-ix",
    "sydney-ix",
    "sao-paulo-ix",
)
"""Private interconnects (.../localized-uris/interconnect-termination-uris)."""

LEGACY_REGIONS: Final = {
    "us1": "ashburn",
    "us2": "umatilla",
    "ie1": "dublin",
    "de1": "frankfurt",
    "jp1": "tokyo",
    "sg1": "singapore",
    "au1": "sydney",
    "br1": "sao-paulo",
    "us1-ix": "ashburn-ix",
    "us2-ix": "san-jose-ix",
    "ie1-ix": "london-ix",
    "de1-ix": "frankfurt-ix",
    "jp1-ix": "tokyo-ix",
    "sg1-ix": "singapore-ix",
    "au1-ix": "sydney-ix",
    "br1-ix": "sao-paulo-ix",
}
"""
Older codes of the locations, still accepted in a termination URI
(https://www.twilio.com/docs/global-infrastructure/edge-locations/legacy-regions).
"""

MAX_NAME_LABELS: Final = 2
"""A trunk's name is one label, or two where it is a sub-domain of another trunk's."""

_DOMAIN: Final = "twilio.com"
_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_HINT: Final = "copy the termination URI of the trunk from Twilio: grable.pstn.twilio.com"


@attrs.frozen
class TerminationUri:
    """
    A trunk's own host name at Twilio.

    Attributes:
        host: The host name: ``grable.pstn.dublin.twilio.com``.
        edge: Location it names, by its current name; None lets Twilio choose.
        legacy: Whether it names the location by its older code, such as ``ie1``.
    """

    host: str
    edge: str | None = None
    legacy: bool = False

    def __str__(self) -> str:
        """Return the host."""
        return self.host

    @property
    def sip_uri(self) -> str:
        """The URI for ``ps_aors.contact``: no user part, no port, no parameters."""
        return f"sip:{self.host}"


def termination_uri(value: str | TerminationUri, field: str = "termination_uri") -> TerminationUri:
    """
    Return *value* as a termination URI.

    Accepted are ``{name}.pstn.twilio.com``, ``{name}.pstn.{edge}.twilio.com`` (public, interconnect
    or legacy region) and the same after ``sip:``; a trunk's name may have two labels.

    Raises:
        ValidationError: It is an address, another host, names an unknown edge, or carries a
            user, port or parameters.
    """
    given = value.host if is_a(value, TerminationUri) else value
    value = text(given, field, most=limits.URI.most, hint=_HINT)
    host = _host(value, field)
    labels = host.split(".")
    if ".".join(labels[-2:]) != _DOMAIN or "pstn" not in labels:
        raise ValidationError(field, value, "it is not a host of a Twilio trunk", _HINT)
    at = labels.index("pstn")
    names, edges = labels[:at], labels[at + 1 : -2]
    if not 1 <= len(names) <= MAX_NAME_LABELS or not all(_LABEL.fullmatch(name) for name in names):
        raise ValidationError(field, value, "it lacks the trunk's own name before '.pstn'", _HINT)
    if not edges:
        return TerminationUri(host)
    edge = ".".join(edges)
    if edge in LEGACY_REGIONS:
        return TerminationUri(host, LEGACY_REGIONS[edge], legacy=True)
    if edge not in EDGES and edge not in INTERCONNECT_EDGES:
        raise ValidationError(
            field,
            value,
            f"Twilio has no edge {edge!r}",
            f"use one of {', '.join((*EDGES, *INTERCONNECT_EDGES))}, or none",
        )
    return TerminationUri(host, edge)


def _host(value: str, field: str) -> str:
    """Return the host part in lower case, if there is nothing else."""
    if not value.isascii():  # its lower case may be ASCII: the Kelvin sign's is k
        raise ValidationError(field, value, "it lacks the trunk's own name in ASCII", _HINT)
    host = value.lower().removeprefix("sip:")
    if _is_address(host):
        raise ValidationError(field, value, "Twilio refuses calls to a bare address", _HINT)
    if host.startswith("sips:") or any(mark in host for mark in "@:;?/<> "):
        raise ValidationError(
            field,
            value,
            "it carries more than a host (a user, port, parameter or other scheme)",
            "give the host alone; secure= and transport= say how it is reached",
        )
    return host


def _is_address(text: str) -> bool:
    bare = text.partition("/")[0].strip("[]")
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    return bool(netaddr.valid_ipv4(bare) or netaddr.valid_ipv6(bare))
