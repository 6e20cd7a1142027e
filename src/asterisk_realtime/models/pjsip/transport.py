"""Sockets: ``ps_transports`` (``res/res_pjsip/config_transport.c``)."""

from __future__ import annotations

from netaddr import IPNetwork

from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import (
    AstString,
    CommaList,
    Int,
    Name,
    NativeBool,
    NetworkList,
    SecretString,
)
from asterisk_realtime.values.choices import TransportMethod, TransportProtocol


class Transport(Base):
    """
    Where Asterisk listens and what it sends from (``type=transport``).

    Asterisk only reads the table, but again at each use: calls cost about twice the queries, and
    pjsip.conf is the usual place.
    A new row opens its socket only at ``module reload res_pjsip.so``; a changed one needs a
    restart, or ``allow_reload``.
    Files are read on Asterisk's host; Asterisk drops a transport whose file it cannot read.
    """

    __tablename__ = "ps_transports"

    id: Mapped[str] = key(
        "Name for the transport columns of endpoints, registrations and publications.",
        Name(40),
        primary_key=True,
    )
    async_operations: Mapped[Unsigned | None] = option(
        "Without effect: Asterisk always takes 1.",
        since="12.0.0",
        default=1,
    )
    bind: Mapped[str | None] = option(
        "Address of one family and optional port, such as 0.0.0.0:5060 or [::]:5061; ws and wss "
        "listen where http.conf says.",
        AstString(80),
        since="12.2.0",
    )
    ca_list_file: Mapped[str | None] = option(
        "PEM file of the authorities that peers' certificates are checked against; tls only.",
        AstString(200),
        since="13.8.0",
    )
    cert_file: Mapped[str | None] = option(
        "PEM file of the certificate shown to peers, whose key stands in priv_key_file; tls only.",
        AstString(200),
        since="13.8.0",
    )
    cipher: Mapped[tuple[str, ...] | None] = option(
        "OpenSSL names or numbers of the ciphers allowed, which 'pjsip list ciphers' shows; tls "
        "only.",
        CommaList(200, adds_up=True),
        since="12.2.0",
    )
    domain: Mapped[str | None] = option(
        "Domain added to the caller's user to find an endpoint called user@domain, for requests "
        "that come in here.",
        AstString(255),
        since="12.0.0",
    )
    external_media_address: Mapped[str | None] = option(
        "Public address put into SDP for peers outside local_net, where Asterisk is behind NAT.",
        AstString(255),
        since="12.0.0",
    )
    external_signaling_address: Mapped[str | None] = option(
        "Public address put into Via and Contact for peers outside local_net, where Asterisk is "
        "behind NAT.",
        AstString(255),
        since="12.0.0",
    )
    external_signaling_port: Mapped[Unsigned | None] = option(
        "Public port put beside external_signaling_address, where the NAT changes it; 0 keeps "
        "our own.",
        since="12.0.0",
        default=0,
    )
    method: Mapped[TransportMethod | None] = option(
        "TLS version; what works depends on pjproject and OpenSSL, and the oldest are insecure; "
        "tls only.",
        since="12.2.0",
    )
    local_net: Mapped[tuple[IPNetwork | str, ...] | None] = option(
        "Networks on our side of the NAT, for whose hosts addresses stay as they are.",
        NetworkList(1024, adds_up=True),
        since="12.2.0",
    )
    password: Mapped[str | None] = option(
        "Passphrase of the key in priv_key_file, if it is encrypted; tls only.",
        SecretString(40),
        since="12.0.0",
    )
    priv_key_file: Mapped[str | None] = option(
        "PEM file of the private key to cert_file; tls only.",
        AstString(200),
        since="13.8.0",
    )
    protocol: Mapped[TransportProtocol | None] = option(
        "Protocol; ws and wss are served by Asterisk's HTTP server, flow ties calls to an "
        "outbound registration's connection.",
        since="12.2.0",
        default="udp",
    )
    require_client_cert: Mapped[AstBool | None] = option(
        "Refuse TLS clients that show no certificate; verify_client checks whether it is valid.",
        since="12.2.0",
    )
    verify_client: Mapped[AstBool | None] = option(
        "Check the certificate of TLS clients that show one, against ca_list_file.",
        since="12.2.0",
    )
    verify_server: Mapped[AstBool | None] = option(
        "Check certificate and name of TLS servers that Asterisk calls; without it any "
        "certificate is accepted.",
        since="12.2.0",
    )
    tos: Mapped[str | None] = option(
        "IP type of service of SIP packets, a number or a DSCP name such as cs3; not for ws and "
        "wss.",
        AstString(10),
        since="12.2.0",
        default="0",
    )
    cos: Mapped[Unsigned | None] = option(
        "802.1p priority of SIP packets, 0 to 7; not for ws and wss.",
        since="12.0.0",
        default=0,
    )
    allow_reload: Mapped[AstBool | None] = option(
        "Let a reload apply changes, at the risk of the calls in progress.",
        since="13.8.0",
    )
    symmetric_transport: Mapped[AstBool | None] = option(
        "Send requests to a registered contact out of the transport that its REGISTER came in "
        "by, unless the endpoint names one.",
        since=("13.15.0", "14.4.0"),
    )
    allow_wildcard_certs: Mapped[AstBool | None] = option(
        "With verify_server, let ``*.example.com`` in a certificate stand for any single label in "
        "front.",
        since=("16.28.0", "18.14.0", "19.6.0"),
    )
    tcp_keepalive_enable: Mapped[bool | None] = option(
        "Have the kernel probe silent TCP and TLS connections, so that dead ones are noticed.",
        NativeBool(),
        since=("18.23.0", "20.8.0", "21.3.0"),
    )
    tcp_keepalive_idle_time: Mapped[int | None] = option(
        "Seconds of silence before the first probe; needs tcp_keepalive_enable.",
        since=("18.23.0", "20.8.0", "21.3.0"),
        default=30,
    )
    tcp_keepalive_interval_time: Mapped[int | None] = option(
        "Seconds from one unanswered probe to the next.",
        since=("18.23.0", "20.8.0", "21.3.0"),
        default=1,
    )
    tcp_keepalive_probe_count: Mapped[int | None] = option(
        "Unanswered probes after which the connection is given up.",
        since=("18.23.0", "20.8.0", "21.3.0"),
        default=5,
    )
    # -- Read by Asterisk, but not in its scripts --------------------------------------------------

    ca_list_path: Mapped[str | None] = option(
        "Folder of such authorities, under the names that ``openssl rehash`` gives; tls only.",
        AstString(255),
        since="13.8.0",
    )
    websocket_write_timeout: Mapped[int | None] = option(
        "Milliseconds of a blocked write after which a WebSocket client is disconnected, from 1; "
        "ws and wss only.",
        Int(minimum=1),
        since=("11.11.0", "12.4.0"),
        default=100,
    )

    # -- In Asterisk's scripts, added later --------------------------------------------------------

    external_signaling_hostname: Mapped[str | None] = option(
        "Host name put into Via and Contact, as Microsoft Teams demands; not together with "
        "external_signaling_address.",
        AstString(255),
        since=("20.21.0", "22.11.0", "23.5.0"),
    )
