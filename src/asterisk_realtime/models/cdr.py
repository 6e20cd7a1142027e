"""TODO."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, String

from asterisk_realtime.models.base import Base, Mapped, key, option, serial


class Cdr(Base):
    """TODO."""

    __tablename__ = "cdr"

    accountcode: Mapped[str | None] = option(
        "TODO.",
        String(80),
    )
    src: Mapped[str | None] = option(
        "TODO.",
        String(80),
    )
    dst: Mapped[str | None] = option(
        "TODO.",
        String(80),
    )
    dcontext: Mapped[str | None] = option(
        "TODO.",
        String(80),
    )
    clid: Mapped[str | None] = option(
        "TODO.",
        String(80),
    )
    channel: Mapped[str | None] = option(
        "TODO.",
        String(80),
    )
    dstchannel: Mapped[str | None] = option(
        "TODO.",
        String(80),
    )
    lastapp: Mapped[str | None] = option(
        "TODO.",
        String(80),
    )
    lastdata: Mapped[str | None] = option(
        "TODO.",
        String(80),
    )
    start: Mapped[datetime | None] = option(
        "TODO.",
        DateTime(),
    )
    answer: Mapped[datetime | None] = option(
        "TODO.",
        DateTime(),
    )
    end: Mapped[datetime | None] = option(
        "TODO.",
        DateTime(),
    )
    duration: Mapped[int | None] = option(
        "TODO.",
    )
    billsec: Mapped[int | None] = option(
        "TODO.",
    )
    disposition: Mapped[str | None] = option(
        "TODO.",
        String(45),
    )
    amaflags: Mapped[str | None] = option(
        "TODO.",
        String(45),
    )
    userfield: Mapped[str | None] = option(
        "TODO.",
        String(256),
    )
    uniqueid: Mapped[str | None] = option(
        "TODO.",
        String(150),
    )
    linkedid: Mapped[str | None] = option(
        "TODO.",
        String(150),
    )
    peeraccount: Mapped[str | None] = option(
        "TODO.",
        String(80),
    )
    sequence: Mapped[int | None] = option(
        "TODO.",
    )
    id: Mapped[int] = serial(
        "TODO.",
        big=True,
    )
