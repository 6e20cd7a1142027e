"""
Inbound subscriptions (``res/res_pjsip_pubsub.c``).

The tables are ``ps_subscription_persistence`` and ``ps_resource_list``.
"""

from __future__ import annotations

from sqlalchemy import BigInteger

from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import AstString, Choice, CommaList, Name
from asterisk_realtime.values.choices import ResourceListEvent


class SubscriptionPersistence(Base):
    """
    A running inbound subscription (``type=subscription_persistence``): Asterisk's own, read only.

    Asterisk writes a row at each SUBSCRIBE and plays it back when it starts; a row of another
    program makes it notify a phone that did not subscribe.
    Each INSERT names every column of its release, so a missing column loses the subscriptions.
    On SQLite the table stays empty: subscriptions are kept in Asterisk's astdb there.
    """

    __tablename__ = "ps_subscription_persistence"

    id: Mapped[str] = key(
        "Random name that Asterisk makes up.",
        Name(40),
        primary_key=True,
    )
    packet: Mapped[str | None] = option(
        "The SUBSCRIBE as it was received, headers and body.",
        AstString(),
    )
    src_name: Mapped[str | None] = option(
        "Source address of the packet, as the socket reported it.",
        AstString(128),
    )
    src_port: Mapped[Unsigned | None] = option(
        "Source port of the packet, as the socket reported it.",
    )
    transport_key: Mapped[str | None] = option(
        "Protocol it came by, as pjproject calls it, such as UDP or TLS.",
        AstString(64),
    )
    local_name: Mapped[str | None] = option(
        "Address of Asterisk at which the packet arrived.",
        AstString(128),
    )
    local_port: Mapped[Unsigned | None] = option(
        "Port of Asterisk at which the packet arrived.",
    )
    cseq: Mapped[Unsigned | None] = option(
        "CSeq of the next NOTIFY.",
    )
    tag: Mapped[str | None] = option(
        "Asterisk's tag of the dialog, so the To tag of the SUBSCRIBE.",
        AstString(128),
    )
    endpoint: Mapped[str | None] = option(
        "Endpoint that subscribed, whose settings apply when the subscription is resumed.",
        AstString(255),
    )
    expires: Mapped[int | None] = option(
        "End of the subscription in seconds since 1970.",
        BigInteger(),
    )
    contact_uri: Mapped[str | None] = option(
        "Contact of the SUBSCRIBE, where NOTIFYs go.",
        AstString(256),
    )
    prune_on_boot: Mapped[AstBool | None] = option(
        "The Contact was rewritten to a TCP, TLS or WebSocket connection, so Asterisk deletes "
        "the row when it starts.",
    )
    generator_data: Mapped[str | None] = option(
        "State that the modules of NOTIFY bodies keep across a restart, as JSON by resource.",
        AstString(),
    )


class ResourceList(Base):
    """
    One subscription for many resources (RFC 4662, ``type=resource_list``).

    Asterisk only reads the table, by id at each SUBSCRIBE.
    It drops a row without an event or a list item. Only a subscriber that sends ``eventlist`` in
    Supported is given a list.
    """

    __tablename__ = "ps_resource_list"

    id: Mapped[str] = key(
        "User part of the Request-URI of SUBSCRIBE; the list hides an extension of that name.",
        Name(40),
        primary_key=True,
    )
    list_item: Mapped[tuple[str, ...] | None] = option(
        "Resources by name: other lists, extensions with a hint (presence, dialog) or mailboxes "
        "(message-summary).",
        CommaList(2048, adds_up=True),
        since="13.0.0",
    )
    event: Mapped[ResourceListEvent | None] = option(
        "Event package of all resources in the list; required.",
        Choice(ResourceListEvent, length=40),
        since="13.0.0",
    )
    full_state: Mapped[AstBool | None] = option(
        "Write all resources into every NOTIFY, instead of only those that changed.",
        since="13.0.0",
    )
    notification_batch_interval: Mapped[Unsigned | None] = option(
        "Milliseconds during which changes are gathered for one NOTIFY; 0 sends each at once.",
        since="13.0.0",
        default=0,
    )
    resource_display_name: Mapped[AstBool | None] = option(
        "Call a resource by the name in its hint instead of its extension; not for "
        "message-summary.",
        since=("16.25.0", "18.11.0", "19.3.0"),
    )
