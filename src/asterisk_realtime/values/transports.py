"""Contradictions between a transport's name, the URIs of a trunk, and the encryption of media."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import sip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BY_NAME: Final = {
    word: word.removesuffix("4").removesuffix("6")
    for word in (*sip.PROTOCOLS, "udp4", "udp6", "tcp4", "tcp6", "tls4", "tls6")
}
"""
Words in a transport's name, and the protocol that each means; any other name may have any.

A row of ``ps_transports`` with that name is checked too, when the trunk is written.
"""

STREAMS: Final = ("udp", "tcp", "tls")
"""Protocols by which Asterisk can call a peer: it does not open WebSockets."""

WEBSOCKETS: Final = ("ws", "wss")


def protocol_of(name: str | None) -> str | None:
    """Return the protocol in a transport's name: one of udp, tcp, tls, ws, wss, or None."""
    if name is None:
        return None
    words = name.lower().replace("_", "-").split("-")
    said = {BY_NAME[word] for word in words if word in BY_NAME}
    return said.pop() if len(said) == 1 else None


def asked_for(uri: sip.SipUri) -> str | None:
    """Return the protocol that a URI asks for, or None if it leaves the choice to the transport."""
    words = (parameter.partition("=") for parameter in uri.parameters)
    given = next((value.lower() for name, _, value in words if name.lower() == "transport"), None)
    return given or ("tls" if uri.scheme == "sips" else None)


def disagreements(
    transport: str,
    uris: Mapping[str, str | tuple[str, ...] | None],
    *,
    secure: bool,
    proxied: bool = False,
) -> list[ValidationError]:
    """
    Return the contradictions between the parts of a trunk.

    Args:
        transport: Name of the transport.
        uris: The URIs to which requests are sent, by name of the field.
        secure: Whether media is encrypted with keys in SDP, which are secret only over TLS.
        proxied: Whether a proxy comes first, so that these URIs need not fit the transport.
    """
    named = protocol_of(transport)
    errors = [] if proxied else _transport_errors(transport, named, secure=secure)
    first: str | None = None
    for field, text in _pairs(uris):
        uri = sip.parse(text, field)
        asked = asked_for(uri)
        fault = None
        if uri.scheme == "sips" or not proxied:
            fault = _fault(uri, transport, named, secure=secure)
        if fault is None and not proxied and asked is not None:
            first = first or asked
            if asked != first:
                fault = f"it asks for {asked}, and another part for {first}", "make them agree"
        if fault is not None:
            errors.append(ValidationError(field, text, *fault))
    return errors


def _pairs(uris: Mapping[str, str | tuple[str, ...] | None]) -> Iterator[tuple[str, str]]:
    for field, value in uris.items():
        for text in (value,) if isinstance(value, str) else value or ():
            yield field, text


def _transport_errors(transport: str, named: str | None, *, secure: bool) -> list[ValidationError]:
    if named in WEBSOCKETS:
        fault = "Asterisk cannot call a peer by a WebSocket", "use a transport of udp, tcp or tls"
    elif named is not None and secure and named != "tls":
        fault = _keys_can_be_read(named)
    else:
        return []
    return [ValidationError("transport", transport, *fault)]


def _keys_can_be_read(protocol: str) -> tuple[str, str]:
    return (
        f"it says {protocol}, over which the keys of encrypted media can be read",
        "use TLS with secure=True, or give secure=False",
    )


def _fault(
    uri: sip.SipUri, transport: str, named: str | None, *, secure: bool
) -> tuple[str, str] | None:
    """Return the contradiction between one URI and the rest, and a hint."""
    asked = asked_for(uri)
    if asked is None:
        return None
    if uri.scheme == "sips" and asked != "tls":
        return f"sips: is TLS, and its parameter says {asked}", "leave out the parameter, or the s"
    if asked not in STREAMS:
        return "Asterisk cannot call a peer by a WebSocket", "use udp, tcp or tls"
    if named is not None and asked != named:
        return f"it asks for {asked}, and transport {transport!r} is of {named}", "make them agree"
    if asked == "tls" and not secure and named is None:
        return "it asks for TLS, and the trunk is not secure", "give secure=True"
    return _keys_can_be_read(asked) if secure and asked != "tls" else None


def protocols(
    transport: str, uris: Mapping[str, str | tuple[str, ...] | None], *, secure: bool
) -> frozenset[str]:
    """Return the protocols that the transport may have."""
    asked = {asked_for(sip.parse(text, field)) for field, text in _pairs(uris)}
    said = {*asked, protocol_of(transport)} - {None}
    plain = frozenset({"udp", "tcp"})
    return frozenset(filter(None, said)) or (frozenset({"tls"}) if secure else plain)
