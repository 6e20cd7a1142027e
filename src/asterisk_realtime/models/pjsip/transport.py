"""TODO."""

from __future__ import annotations

from netaddr import IPNetwork

from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import AstString, NativeBool, NetworkList, SecretString
from asterisk_realtime.values.choices import TransportMethod, TransportProtocol


class Transport(Base):
    """TODO."""

    __tablename__ = "ps_transports"

    id: Mapped[str] = key(
        "TODO.",
        AstString(40),
        primary_key=True,
    )
    async_operations: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=1,
    )
    bind: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
        since="12.2.0",
    )
    ca_list_file: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
        since="13.8.0",
    )
    cert_file: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
        since="13.8.0",
    )
    cipher: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
        since="12.2.0",
    )
    domain: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    external_media_address: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    external_signaling_address: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    external_signaling_port: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=0,
    )
    method: Mapped[TransportMethod | None] = option(
        "TODO.",
        since="12.2.0",
    )
    local_net: Mapped[tuple[IPNetwork | str, ...] | None] = option(
        "TODO.",
        NetworkList(1024),
        since="12.2.0",
    )
    password: Mapped[str | None] = option(
        "TODO.",
        SecretString(40),
        since="12.0.0",
    )
    priv_key_file: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
        since="13.8.0",
    )
    protocol: Mapped[TransportProtocol | None] = option(
        "TODO.",
        since="12.2.0",
        default="udp",
    )
    require_client_cert: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.2.0",
    )
    verify_client: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.2.0",
    )
    verify_server: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.2.0",
    )
    tos: Mapped[str | None] = option(
        "TODO.",
        AstString(10),
        since="12.2.0",
        default="0",
    )
    cos: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=0,
    )
    allow_reload: Mapped[AstBool | None] = option(
        "TODO.",
        since="13.8.0",
    )
    symmetric_transport: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.15.0", "14.4.0"),
    )
    allow_wildcard_certs: Mapped[AstBool | None] = option(
        "TODO.",
        since=("16.28.0", "18.14.0", "19.6.0"),
    )
    tcp_keepalive_enable: Mapped[bool | None] = option(
        "TODO.",
        NativeBool(),
        since=("18.23.0", "20.8.0", "21.3.0"),
    )
    tcp_keepalive_idle_time: Mapped[int | None] = option(
        "TODO.",
        since=("18.23.0", "20.8.0", "21.3.0"),
        default=30,
    )
    tcp_keepalive_interval_time: Mapped[int | None] = option(
        "TODO.",
        since=("18.23.0", "20.8.0", "21.3.0"),
        default=1,
    )
    tcp_keepalive_probe_count: Mapped[int | None] = option(
        "TODO.",
        since=("18.23.0", "20.8.0", "21.3.0"),
        default=5,
    )
    external_signaling_hostname: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
    )
