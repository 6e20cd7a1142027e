"""TODO."""

from __future__ import annotations

from sqlalchemy import Index

from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import AstString, CommaList


class Aor(Base):
    """TODO."""

    __tablename__ = "ps_aors"
    __table_args__ = (
        Index("ps_aors_qualifyfreq_contact", "qualify_frequency", "contact"),
    )

    id: Mapped[str] = key(
        "TODO.",
        AstString(255),
        primary_key=True,
    )
    contact: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(1024),
        since="12.2.0",
    )
    default_expiration: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=3600,
    )
    mailboxes: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(512),
        since="12.0.0",
    )
    max_contacts: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=0,
    )
    minimum_expiration: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=60,
    )
    remove_existing: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    qualify_frequency: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=0,
    )
    authenticate_qualify: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    maximum_expiration: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=7200,
    )
    outbound_proxy: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    support_path: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.1.0",
    )
    qualify_timeout: Mapped[float | None] = option(
        "TODO.",
        since="13.4.0",
        default=3.0,
    )
    voicemail_extension: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="13.9.0",
    )
    remove_unavailable: Mapped[AstBool | None] = option(
        "TODO.",
        since=("16.22.0", "18.8.0"),
    )
    qualify_2xx_only: Mapped[AstBool | None] = option(
        "TODO.",
        since=("20.12.0", "21.7.0", "22.2.0"),
    )
