"""The queue log as a table: ``queue_log``, which ``main/logger.c`` writes for app_queue."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index

from asterisk_realtime.models.base import Base, Mapped, option, serial
from asterisk_realtime.models.types import WrittenString


class QueueLog(Base):
    """
    One event of a queue.

    Asterisk inserts these rows, if extconfig.conf maps ``queue_log``, and never reads them.
    The log file then gets nothing, unless logger.conf has ``queue_log_to_file=yes``.
    ``time`` carries no zone: it is the local time of the Asterisk server, or UTC with
    ``queue_log_realtime_use_gmt=yes`` in logger.conf. What ``data1`` to ``data5`` hold depends
    on the event.
    Asterisk encodes ``;`` and ``^`` here as in the tables that it reads; the model decodes them.
    """

    __tablename__ = "queue_log"
    __table_args__ = (Index("queue_log_time_queuename", "time", "queuename"),)

    id: Mapped[int] = serial(
        "Row number; Asterisk leaves it to the database.",
        big=True,
    )
    time: Mapped[datetime | None] = option(
        "When it happened, to the microsecond; local time of the server unless set to UTC.",
        fraction=6,
    )
    callid: Mapped[str | None] = option(
        "UNIQUEID of the caller's channel, or a word such as ``NONE``, ``MANAGER`` or "
        "``REALTIME`` for events without a call.",
        WrittenString(80),
    )
    queuename: Mapped[str | None] = option(
        "Name of the queue, or ``NONE`` for events of all queues.",
        WrittenString(256),
    )
    agent: Mapped[str | None] = option(
        "Member as interface or name, by ``log_membername_as_agent`` and event; ``NONE`` for "
        "events without a member.",
        WrittenString(80),
    )
    event: Mapped[str | None] = option(
        "What happened, such as ``ENTERQUEUE``, ``CONNECT``, ``COMPLETECALLER``, ``ABANDON`` or "
        "``PAUSE``.",
        WrittenString(32),
    )
    data1: Mapped[str | None] = option(
        "First detail: with CONNECT the seconds waited, with COMPLETECALLER and COMPLETEAGENT "
        "too, with ABANDON the position.",
        WrittenString(512),
    )
    data2: Mapped[str | None] = option(
        "Second detail: with ENTERQUEUE the caller's number, with COMPLETECALLER and "
        "COMPLETEAGENT the seconds talked.",
        WrittenString(512),
    )
    data3: Mapped[str | None] = option(
        "Third detail: with ENTERQUEUE the position, with CONNECT the seconds rung, with "
        "ABANDON the seconds waited.",
        WrittenString(512),
    )
    data4: Mapped[str | None] = option(
        "Fourth detail: with ENTERQUEUE the caller's name, if ``log-caller-id-name`` is on.",
        WrittenString(512),
    )
    data5: Mapped[str | None] = option(
        "Fifth detail, and all further ones.",
        WrittenString(512),
    )
