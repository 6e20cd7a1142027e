"""SIP URIs of contacts, registrars and proxies: without headers and passwords."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs
import netaddr

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import limits
from asterisk_realtime.values.cells import ESCAPED, check_text
from asterisk_realtime.values.plain import is_a, items, matching, one_or_more, text, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterable

PROTOCOLS: Final = ("udp", "tcp", "tls", "ws", "wss")
"""Values of ``;transport=`` that pjproject knows."""

_URI: Final = re.compile(
    r"(?P<scheme>sips?):"
    r"(?:(?P<user>[!$&'()*+=%A-Za-z0-9._~-]+)@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<parameters>(?:;[A-Za-z0-9._-]+(?:=[A-Za-z0-9._:\[\]-]+)?)*)",
    re.IGNORECASE | re.ASCII,
)
_LABEL: Final = r"(?!-)[A-Za-z0-9_-]{1,63}"
_NUMERIC: Final = re.compile(r"[0-9.]+")
_HOST: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_FROM_USER: Final = re.compile(r"[A-Za-z0-9._~!$&'()*+=%-]+")
_ENDS_BADLY: Final = re.compile(r"[_-](?:\.|$)")
_EXAMPLE: Final = "write it as in sip:sip.example.com:5060;transport=tcp"


@attrs.frozen(kw_only=True)
class SipUri:
    """
    The parts of a SIP URI without headers; ``str()`` joins them.

    Attributes:
        scheme: ``sip`` or ``sips``.
        user: What stands before the ``@``; None without one.
        host: Name, address, or IPv6 address in brackets, in lower case.
        port: 1 to 65535; None takes the transport's own.
        parameters: Such as ``transport=tls`` and ``lr``, in order.
    """

    scheme: str = "sip"
    user: str | None = None
    host: str
    port: int | None = None
    parameters: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the URI."""
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}:{user}{self.host}{port}" + "".join(
            f";{parameter}" for parameter in self.parameters
        )


def parse(value: str | SipUri, field: str = "uri") -> SipUri:
    """
    Return the parts of a SIP URI.

    Raises:
        ValidationError: The scheme is neither sip nor sips, the host or the port is invalid,
            it has a parameter twice, or it carries headers, a password, brackets, a comma or a
            blank.
    """
    if is_a(value, SipUri):
        value = _spelled(value, field)
    plain = text(value, field, most=limits.URI.most, hint=_EXAMPLE)
    match = _URI.fullmatch(plain)
    if match is None:
        raise ValidationError(field, plain, "it is not a SIP URI that Asterisk can use", _EXAMPLE)
    port = int(match["port"]) if match["port"] else None
    if port is not None:
        whole_number(port, field, lowest=1, highest=65535)
    parameters = tuple(match["parameters"].split(";")[1:])
    _check_parameters(parameters, plain, field)
    return SipUri(
        scheme=match["scheme"].lower(),
        user=match["user"],
        host=host(match["host"], field),
        port=port,
        parameters=parameters,
    )


def _spelled(uri: SipUri, field: str) -> str:
    """Return the text of a URI whose parts may be anything."""
    parameters = items(uri.parameters, field, _EXAMPLE)
    parts = ("" if uri.user is None else uri.user, uri.scheme, uri.host, *parameters)
    port = 1 if uri.port is None else uri.port
    if not all(type(part) is str for part in parts) or type(port) is not int:
        raise ValidationError(field, uri, "its parts are not text and a port number", _EXAMPLE)
    whole_number(port, field, lowest=1, highest=65535)
    return str(uri)


def _check_parameters(parameters: tuple[str, ...], value: str, field: str) -> None:
    names = [parameter.partition("=")[0].lower() for parameter in parameters]
    if len(set(names)) < len(names):
        raise ValidationError(field, value, "it has a parameter twice", "give each once")
    for parameter in parameters:
        name, _equals, protocol = parameter.partition("=")
        if name.lower() == "transport" and protocol.lower() not in PROTOCOLS:
            raise ValidationError(
                field, value, "its transport is unknown", f"use one of {', '.join(PROTOCOLS)}"
            )


def host(value: str, field: str = "host") -> str:
    """
    Return *value* in lower case if it is a host name or an address; IPv6 stands in brackets.

    Raises:
        ValidationError: It is neither.
    """
    hint = "write sip.example.com, 203.0.113.7 or [2001:db8::7]"
    plain = text(value, field, most=limits.URI.most, hint=hint)
    # The lower case of a letter outside ASCII may be ASCII: the Kelvin sign's is k.
    found = plain.lower() if plain.isascii() else ""
    if found.startswith("["):
        good = found.endswith("]") and netaddr.valid_ipv6(found[1:-1])
    elif _NUMERIC.fullmatch(found):
        good = netaddr.valid_ipv4(found, netaddr.INET_PTON)
    else:
        good = _HOST.fullmatch(found.removesuffix(".")) is not None and not _ENDS_BADLY.search(
            found
        )
    if not good:
        raise ValidationError(field, plain, "it is not a host", hint)
    return found


def target(value: str, field: str = "contact") -> str:
    """
    Return *value* as a URI that calls or registrations are sent to: without a user part.

    Dial puts the number that is called before the host.

    Raises:
        ValidationError: It is not a SIP URI, or has a user part.
    """
    uri = parse(value, field)
    if uri.user is not None:
        raise ValidationError(
            field, value, "it has a user part", f"write {attrs.evolve(uri, user=None)}"
        )
    return _stored(str(uri), field)


def targets(value: str | Iterable[str], field: str = "contact") -> tuple[str, ...]:
    """
    Return *value*, one URI or several, as those of an AOR.

    Raises:
        ValidationError: It is empty, holds one twice, or one that is not a `target`.
    """
    found = tuple(target(item, field) for item in one_or_more(value, field, _EXAMPLE))
    if not found or len(set(found)) < len(found):
        raise ValidationError(field, value, "it is empty, or holds a URI twice", _EXAMPLE)
    stored = len(ESCAPED.encode(",".join(found)))
    if stored > limits.CONTACTS.most:
        raise ValidationError(
            field,
            value,
            f"together they take {stored} characters as stored (';' takes three)",
            f"the column holds {limits.CONTACTS.most}",
        )
    return found


def account(value: str, field: str = "client_uri") -> str:
    """
    Return *value* as an address of record: ``sip:account@registrar``.

    Raises:
        ValidationError: It is not a SIP URI, or has no user part.
    """
    uri = parse(value, field)
    if uri.user is None:
        raise ValidationError(
            field, value, "it names no account", "write it as in sip:account@sip.example.com"
        )
    return _stored(str(uri), field)


def proxy(value: str, field: str = "outbound_proxy") -> str:
    """
    Return *value* as a proxy that requests go through, by loose routing.

    Without ``;lr`` Asterisk would write the proxy's URI into the request line, where the called
    number must stand; so it is added where it is missing.

    Raises:
        ValidationError: It is not a SIP URI, or has a user part.
    """
    uri = parse(target(value, field), field)
    names = [parameter.partition("=")[0].lower() for parameter in uri.parameters]
    if "lr" not in names:
        uri = attrs.evolve(uri, parameters=(*uri.parameters, "lr"))
    return _stored(str(uri), field)


def _stored(uri: str, field: str) -> str:
    """Return *uri* if a column is long enough for it as it is stored, with ``;`` as three."""
    return check_text(uri, field, length=limits.URI.most)


def from_user(value: str, field: str = "from_user") -> str:
    """
    Return *value* if it can be the user part of From.

    Raises:
        ValidationError: It holds what From does not take, or is longer than 40 characters.
    """
    most = limits.FROM_USER.most
    hint = f"use at most {most} letters, digits and ._~!$&'()*+=%-"
    problem = "it cannot be the user part of From"
    return matching(_FROM_USER, value, field, problem, hint, most=most)
