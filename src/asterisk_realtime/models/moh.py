"""TODO."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey

from asterisk_realtime.models.base import Base, Mapped, YesnoBool, key, option
from asterisk_realtime.models.types import AstString
from asterisk_realtime.values.choices import MohMode


class MusicOnHold(Base):
    """TODO."""

    __tablename__ = "musiconhold"

    name: Mapped[str] = key(
        "TODO.",
        AstString(80),
        primary_key=True,
    )
    mode: Mapped[MohMode | None] = option(
        "TODO.",
    )
    directory: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
    )
    application: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
    )
    digit: Mapped[str | None] = option(
        "TODO.",
        AstString(1),
    )
    sort: Mapped[str | None] = option(
        "TODO.",
        AstString(10),
    )
    format: Mapped[str | None] = option(
        "TODO.",
        AstString(10),
    )
    stamp: Mapped[datetime | None] = option(
        "TODO.",
        DateTime(),
    )
    loop_last: Mapped[YesnoBool | None] = option(
        "TODO.",
    )


class MusicOnHoldEntry(Base):
    """TODO."""

    __tablename__ = "musiconhold_entry"

    name: Mapped[str] = key(
        "TODO.",
        AstString(80),
        ForeignKey("musiconhold.name", name="fk_musiconhold_entry_name_musiconhold"),
        primary_key=True,
    )
    position: Mapped[int] = key(
        "TODO.",
        primary_key=True,
    )
    entry: Mapped[str] = key(
        "TODO.",
        AstString(1024),
    )
