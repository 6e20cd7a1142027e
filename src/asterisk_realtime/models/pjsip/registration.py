"""TODO."""

from __future__ import annotations


from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import AstString, CommaList
from asterisk_realtime.values.choices import SecurityNegotiation


class Registration(Base):
    """TODO."""

    __tablename__ = "ps_registrations"

    id: Mapped[str] = key(
        "TODO.",
        AstString(255),
        primary_key=True,
    )
    auth_rejection_permanent: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
        default=True,
    )
    client_uri: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    contact_user: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    expiration: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=3600,
    )
    max_retries: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=10,
    )
    outbound_auth: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(255),
        since="12.2.0",
    )
    outbound_proxy: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    retry_interval: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=60,
    )
    forbidden_retry_interval: Mapped[Unsigned | None] = option(
        "TODO.",
        since="11.7.0",
        default=0,
    )
    server_uri: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    transport: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    support_path: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.1.0",
    )
    fatal_retry_interval: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.7.0",
        default=0,
    )
    line: Mapped[AstBool | None] = option(
        "TODO.",
        since="13.4.0",
    )
    endpoint: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="13.4.0",
    )
    support_outbound: Mapped[AstBool | None] = option(
        "TODO.",
        since="17.0.0",
    )
    contact_header_params: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="17.0.0",
    )
    max_random_initial_delay: Mapped[Unsigned | None] = option(
        "TODO.",
        since=("16.27.0", "18.13.0", "19.5.0"),
        default=10,
    )
    security_negotiation: Mapped[SecurityNegotiation | None] = option(
        "TODO.",
        since="21.0.0",
        default="no",
    )
    security_mechanisms: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(512),
        since="21.0.0",
    )
    user_agent: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="21.2.0",
    )
