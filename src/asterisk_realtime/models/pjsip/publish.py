"""TODO."""

from __future__ import annotations


from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import AstString, CommaList


class OutboundPublish(Base):
    """TODO."""

    __tablename__ = "ps_outbound_publishes"

    id: Mapped[str] = key(
        "TODO.",
        AstString(255),
        primary_key=True,
    )
    expiration: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.0.0",
        default=3600,
    )
    outbound_auth: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(255),
        since="13.0.0",
    )
    outbound_proxy: Mapped[str | None] = option(
        "TODO.",
        AstString(256),
        since="13.0.0",
    )
    server_uri: Mapped[str | None] = option(
        "TODO.",
        AstString(256),
        since="13.0.0",
    )
    from_uri: Mapped[str | None] = option(
        "TODO.",
        AstString(256),
        since="13.0.0",
    )
    to_uri: Mapped[str | None] = option(
        "TODO.",
        AstString(256),
        since="13.0.0",
    )
    event: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="13.0.0",
    )
    max_auth_attempts: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.0.0",
        default=5,
    )
    transport: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="13.9.0",
    )
    multi_user: Mapped[AstBool | None] = option(
        "TODO.",
        since="14.0.0",
    )
    body: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        name="@body",
    )
    context: Mapped[str | None] = option(
        "TODO.",
        AstString(256),
        name="@context",
    )
    exten: Mapped[str | None] = option(
        "TODO.",
        AstString(256),
        name="@exten",
    )


class InboundPublication(Base):
    """TODO."""

    __tablename__ = "ps_inbound_publications"

    id: Mapped[str] = key(
        "TODO.",
        AstString(255),
        primary_key=True,
    )
    endpoint: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="13.0.0",
    )
    event_asterisk_devicestate: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        name="event_asterisk-devicestate",
    )
    event_asterisk_mwi: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        name="event_asterisk-mwi",
    )


class AsteriskPublication(Base):
    """TODO."""

    __tablename__ = "ps_asterisk_publications"

    id: Mapped[str] = key(
        "TODO.",
        AstString(40),
        primary_key=True,
    )
    devicestate_publish: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="13.0.0",
    )
    mailboxstate_publish: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="13.0.0",
    )
    device_state: Mapped[AstBool | None] = option(
        "TODO.",
        since="13.0.0",
    )
    device_state_filter: Mapped[str | None] = option(
        "TODO.",
        AstString(256),
        since="13.0.0",
    )
    mailbox_state: Mapped[AstBool | None] = option(
        "TODO.",
        since="13.0.0",
    )
    mailbox_state_filter: Mapped[str | None] = option(
        "TODO.",
        AstString(256),
        since="13.0.0",
    )
