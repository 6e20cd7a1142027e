"""TODO."""

from __future__ import annotations

from sqlalchemy import Index

from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import AstString


class Contact(Base):
    """TODO."""

    __tablename__ = "ps_contacts"
    __table_args__ = (
        Index("ps_contacts_qualifyfreq_exp", "qualify_frequency", "expiration_time"),
    )

    id: Mapped[str] = key(
        "TODO.",
        AstString(255),
        primary_key=True,
    )
    uri: Mapped[str | None] = option(
        "TODO.",
        AstString(511),
    )
    expiration_time: Mapped[int | None] = option(
        "TODO.",
    )
    qualify_frequency: Mapped[Unsigned | None] = option(
        "TODO.",
    )
    outbound_proxy: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
    )
    path: Mapped[str | None] = option(
        "TODO.",
        AstString(),
    )
    user_agent: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
    )
    qualify_timeout: Mapped[float | None] = option(
        "TODO.",
    )
    reg_server: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
    )
    authenticate_qualify: Mapped[AstBool | None] = option(
        "TODO.",
    )
    via_addr: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    via_port: Mapped[Unsigned | None] = option(
        "TODO.",
    )
    call_id: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
    )
    endpoint: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
    )
    prune_on_boot: Mapped[AstBool | None] = option(
        "TODO.",
    )
    qualify_2xx_only: Mapped[AstBool | None] = option(
        "TODO.",
    )
