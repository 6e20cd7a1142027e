"""Registered contacts: ``ps_contacts`` (``location.c`` and ``res/res_pjsip_registrar.c``)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import foreign

from asterisk_realtime.models.base import (
    AstBool,
    Base,
    Mapped,
    Unsigned,
    key,
    option,
    other,
    related,
)
from asterisk_realtime.models.types import AstString, Name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asterisk_realtime.models import Endpoint  # noqa: TC004 - `other` finds them


class Contact(Base):
    """
    Where a phone registered (``type=contact``): Asterisk's own rows, to be read only.

    Asterisk inserts, updates and deletes them as phones come and go; a row of another
    program sends calls to the wrong place.
    It names every column of its release in each INSERT, so a missing column loses all
    registrations, although the phones get 200 OK.
    On SQLite the table stays empty: contacts are kept in Asterisk's astdb there.
    """

    __tablename__ = "ps_contacts"
    __table_args__ = (
        Index("ps_contacts_qualifyfreq_exp", "qualify_frequency", "expiration_time"),
        # What expires is swept every 30 seconds.
        Index("ps_contacts_expiration_time", "expiration_time"),
        # `registrations` asks where phones are registered.
        Index("ps_contacts_endpoint", "endpoint"),
        # LIKE 'aor^3B@%': PostgreSQL's key serves it only where the collation is C.
        Index("ps_contacts_id_prefix", "id", postgresql_ops={"id": "varchar_pattern_ops"}),
    )

    id: Mapped[str] = key(
        "AOR's name, ';@' and the MD5 of the URI; an AOR's contacts are found by that prefix.",
        Name(255),
        primary_key=True,
    )
    uri: Mapped[str | None] = option(
        "Where requests go: the Contact of the REGISTER, or its source address where the "
        "endpoint has rewrite_contact.",
        AstString(511),
    )
    expiration_time: Mapped[int | None] = option(
        "Seconds since 1970; an expired row stays until the next sweep "
        "(contact_expiration_check_interval).",
        BigInteger(),
    )
    qualify_frequency: Mapped[Unsigned | None] = option(
        "Seconds from one OPTIONS to the next, 0 for none; copied from the AOR at REGISTER.",
    )
    outbound_proxy: Mapped[str | None] = option(
        "URI of the proxy for OPTIONS; copied from the AOR at REGISTER.",
        AstString(255),
    )
    path: Mapped[str | None] = option(
        "Path headers of the REGISTER, sent as Route in requests; kept only if the AOR has "
        "support_path.",
        AstString(),
    )
    user_agent: Mapped[str | None] = option(
        "User-Agent of the REGISTER, which the sender chooses freely.",
        AstString(255),
    )
    qualify_timeout: Mapped[float | None] = option(
        "Seconds to wait for the answer to OPTIONS; copied from the AOR at REGISTER.",
        default=3.0,
    )
    reg_server: Mapped[str | None] = option(
        "The systemname (asterisk.conf) of the Asterisk that took the REGISTER, where several "
        "share the table.",
        AstString(255),
    )
    authenticate_qualify: Mapped[AstBool | None] = option(
        "Copied from the AOR at REGISTER, and without effect as there.",
    )
    via_addr: Mapped[str | None] = option(
        "Host in the Via that the phone itself wrote, so often a private address behind NAT.",
        AstString(40),
    )
    via_port: Mapped[Unsigned | None] = option(
        "Port in the Via that via_addr comes from.",
    )
    call_id: Mapped[str | None] = option(
        "Call-ID of the REGISTER, which stays the same while the phone refreshes.",
        AstString(255),
    )
    endpoint: Mapped[str | None] = option(
        "Endpoint that sent the REGISTER, whose settings OPTIONS to the contact use.",
        AstString(255),
    )
    prune_on_boot: Mapped[AstBool | None] = option(
        "The contact was rewritten to a TCP, TLS or WebSocket connection, so Asterisk deletes "
        "it when it starts.",
    )
    qualify_2xx_only: Mapped[AstBool | None] = option(
        "Only 2xx answers to OPTIONS make it available; copied from the AOR at REGISTER.",
        since=("20.12.0", "21.7.0", "22.2.0"),
    )
    # -- Rows that it names ------------------------------------------------------------------------

    endpoint_row: Mapped[Endpoint | None] = related(
        "The endpoint that sent the REGISTER.",
        lambda: other("Endpoint"),
        lambda: other("Endpoint").id == foreign(Contact.endpoint),
    )
