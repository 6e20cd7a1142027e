"""TODO."""

from __future__ import annotations


from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import AstString, CommaList


class SubscriptionPersistence(Base):
    """TODO."""

    __tablename__ = "ps_subscription_persistence"

    id: Mapped[str] = key(
        "TODO.",
        AstString(40),
        primary_key=True,
    )
    packet: Mapped[str | None] = option(
        "TODO.",
        AstString(2048),
    )
    src_name: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    src_port: Mapped[Unsigned | None] = option(
        "TODO.",
    )
    transport_key: Mapped[str | None] = option(
        "TODO.",
        AstString(64),
    )
    local_name: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    local_port: Mapped[Unsigned | None] = option(
        "TODO.",
    )
    cseq: Mapped[Unsigned | None] = option(
        "TODO.",
    )
    tag: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
    )
    endpoint: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
    )
    expires: Mapped[int | None] = option(
        "TODO.",
    )
    contact_uri: Mapped[str | None] = option(
        "TODO.",
        AstString(256),
    )
    prune_on_boot: Mapped[AstBool | None] = option(
        "TODO.",
    )
    generator_data: Mapped[str | None] = option(
        "TODO.",
        AstString(),
    )


class ResourceList(Base):
    """TODO."""

    __tablename__ = "ps_resource_list"

    id: Mapped[str] = key(
        "TODO.",
        AstString(40),
        primary_key=True,
    )
    list_item: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(2048),
        since="13.0.0",
    )
    event: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="13.0.0",
    )
    full_state: Mapped[AstBool | None] = option(
        "TODO.",
        since="13.0.0",
    )
    notification_batch_interval: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.0.0",
        default=0,
    )
    resource_display_name: Mapped[AstBool | None] = option(
        "TODO.",
        since=("16.25.0", "18.11.0", "19.3.0"),
    )
