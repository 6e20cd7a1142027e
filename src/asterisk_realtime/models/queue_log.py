"""TODO."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, String

from asterisk_realtime.models.base import Base, Mapped, key, option, serial


class QueueLog(Base):
    """TODO."""

    __tablename__ = "queue_log"

    id: Mapped[int] = serial(
        "TODO.",
        big=True,
    )
    time: Mapped[datetime | None] = option(
        "TODO.",
        DateTime(),
    )
    callid: Mapped[str | None] = option(
        "TODO.",
        String(80),
    )
    queuename: Mapped[str | None] = option(
        "TODO.",
        String(256),
    )
    agent: Mapped[str | None] = option(
        "TODO.",
        String(80),
    )
    event: Mapped[str | None] = option(
        "TODO.",
        String(32),
    )
    data1: Mapped[str | None] = option(
        "TODO.",
        String(512),
    )
    data2: Mapped[str | None] = option(
        "TODO.",
        String(512),
    )
    data3: Mapped[str | None] = option(
        "TODO.",
        String(512),
    )
    data4: Mapped[str | None] = option(
        "TODO.",
        String(512),
    )
    data5: Mapped[str | None] = option(
        "TODO.",
        String(512),
    )
