"""A transport of pjsip.conf: the socket that SIP comes and goes through."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import attrs
from attrs.converters import optional
from netaddr import IPNetwork

from asterisk_realtime.conf import checks
from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values.checked import Checked, gather
from asterisk_realtime.values.choices import TransportMethod, TransportProtocol
from asterisk_realtime.values.names import plain_name
from asterisk_realtime.values.networks import network
from asterisk_realtime.values.plain import flag, member

_FIRST_FIELDS: Final = ("protocol", "bind")


def _protocol(value: str) -> TransportProtocol:
    found = member(TransportProtocol, value)
    if found is TransportProtocol.FLOW:
        raise ValidationError(
            "protocol", value, "it opens no socket", "use udp, tcp, tls, ws or wss"
        )
    return found


def _method(value: str) -> TransportMethod:
    return member(TransportMethod, value)


def _networks(values: Iterable[IPNetwork | str] | IPNetwork | str) -> tuple[IPNetwork, ...]:
    # One network is not a sequence of letters or of addresses.
    if isinstance(values, str | IPNetwork) or not isinstance(values, Iterable):
        return (network(values),)
    return tuple(map(network, values))


def _default_method(transport: PjsipTransport) -> TransportMethod | None:
    return TransportMethod.TLSV1_2 if transport.protocol is TransportProtocol.TLS else None


@attrs.frozen(kw_only=True, field_transformer=gather)
class PjsipTransport(Checked):
    """
    One ``type = transport`` section of pjsip.conf.

    A field that is ``None`` is left to Asterisk's default.

    Attributes:
        name: Name for ``transport`` of endpoints.
        protocol: ``udp``, ``tcp``, ``tls``, ``ws`` or ``wss``.
        bind: Address to listen on, with an optional port: ``0.0.0.0:5060``, ``[::]:5061``.
            Asterisk's ports are 5060, and 5061 for TLS.
        external_media_address: Address or host name that peers outside of *local_net* are told
            to send audio to.
        external_signaling_address: The same for SIP itself.
        external_signaling_port: Port that goes with it.
        local_net: Networks that are reached without address translation.
        cert_file: TLS certificate, with its chain, PEM; an absolute path. TLS must have one.
        priv_key_file: Its private key, PEM; may be the same file.
        ca_list_file: Certificates of the authorities that peers are checked against, PEM.
        ca_list_path: A directory of them, under their hashed names.
        method: TLS version; 1.2 unless given.
        verify_server: Check the certificate of a server that Asterisk connects to.
        verify_client: Check the certificate of a client that shows one.
        require_client_cert: Refuse a client that shows none.
        allow_wildcard_certs: With *verify_server*, take a certificate for ``*.example.com``.

    Raises:
        ValidationError: A field is wrong, or fits another protocol only.

    Source: ``pjsip.conf.sample`` and ``res/res_pjsip/config_transport.c`` of Asterisk.
    """

    name: str = attrs.field(converter=plain_name)
    protocol: TransportProtocol = attrs.field(default=TransportProtocol.UDP, converter=_protocol)
    bind: str = attrs.field(converter=checks.bind, default="0.0.0.0")  # noqa: S104 - Asterisk listens, not we
    external_media_address: str | None = attrs.field(converter=optional(checks.host), default=None)
    external_signaling_address: str | None = attrs.field(
        converter=optional(checks.host), default=None
    )
    external_signaling_port: int | None = attrs.field(converter=optional(checks.port), default=None)
    local_net: tuple[IPNetwork, ...] = attrs.field(default=(), converter=_networks)
    cert_file: str | None = attrs.field(converter=optional(checks.absolute_path), default=None)
    priv_key_file: str | None = attrs.field(converter=optional(checks.absolute_path), default=None)
    ca_list_file: str | None = attrs.field(converter=optional(checks.absolute_path), default=None)
    ca_list_path: str | None = attrs.field(converter=optional(checks.absolute_path), default=None)
    method: TransportMethod | None = attrs.field(
        converter=optional(_method), default=attrs.Factory(_default_method, takes_self=True)
    )
    verify_server: bool | None = attrs.field(converter=optional(flag), default=None)
    verify_client: bool | None = attrs.field(converter=optional(flag), default=None)
    require_client_cert: bool | None = attrs.field(converter=optional(flag), default=None)
    allow_wildcard_certs: bool | None = attrs.field(converter=optional(flag), default=None)

    def agree(self) -> list[ValidationError]:
        """Return errors about TLS without a certificate, and about another protocol with one."""
        return self._tls_missing() if self._is_tls else self._tls_unwanted()

    @property
    def _is_tls(self) -> bool:
        return self.protocol is TransportProtocol.TLS

    def _tls_missing(self) -> list[ValidationError]:
        return [
            ValidationError(
                field,
                None,
                "TLS peers cannot connect without it",
                "give a path",
            )
            for field in ("cert_file", "priv_key_file")
            if getattr(self, field) is None
        ]

    def _tls_unwanted(self) -> list[ValidationError]:
        return [
            ValidationError(
                field,
                value,
                f"protocol {self.protocol} does not use it",
                "leave it out, or use protocol tls",
            )
            for field in TLS_FIELDS
            if (value := getattr(self, field)) is not None
        ]

    def pairs(self) -> list[tuple[str, object]]:
        """Return option and value, in the order of the file; ``None`` where there is no line."""
        local = [("local_net", network) for network in self.local_net]
        given = {
            field: getattr(self, field) for field in (*_FIRST_FIELDS, *NAT_FIELDS, *TLS_FIELDS)
        }
        return [("type", "transport"), *given.items(), *local]


NAT_FIELDS: Final = (
    "external_media_address",
    "external_signaling_address",
    "external_signaling_port",
)
TLS_FIELDS: Final = (
    "cert_file",
    "priv_key_file",
    "ca_list_file",
    "ca_list_path",
    "method",
    "verify_server",
    "verify_client",
    "require_client_cert",
    "allow_wildcard_certs",
)
