"""
Channel event logging: ``cel``, by ``cel_pgsql.c``, ``cel_odbc.c`` or ``cel_sqlite3_custom.c``.

What is logged is chosen in cel.conf; what the fields mean is decided in ``main/cel.c``.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, Text

from asterisk_realtime.models.base import Base, Mapped, option, serial


class Cel(Base):
    """
    One event in the life of a channel: it started, answered, entered a bridge, hung up.

    Asterisk inserts these rows and never reads or changes them; text is stored as it is.
    ``eventtime`` carries no zone: it is the local time of the Asterisk server, or UTC with
    ``usegmtime=yes`` in cel_pgsql.conf or cel_odbc.conf.
    Empty text means that the channel had no such value.
    """

    __tablename__ = "cel"
    __table_args__ = (
        Index("cel_eventtime", "eventtime"),
        Index("cel_linkedid", "linkedid"),
    )

    id: Mapped[int] = serial(
        "Number of the event's row, which the database needs; Asterisk does not know of it.",
        big=True,
    )
    eventtype: Mapped[str | None] = option(
        "What happened to the channel, such as ``CHAN_START``, ``ANSWER``, ``BRIDGE_ENTER``, "
        "``HANGUP`` or ``LINKEDID_END``.",
        String(80),
    )
    eventtime: Mapped[datetime | None] = option(
        "When it happened, to the microsecond; local time of the server unless its CEL backend is "
        "set to UTC.",
        fraction=6,
    )
    userdeftype: Mapped[str | None] = option(
        "Name given to CELGenUserEvent(), for events of type ``USER_DEFINED``.",
        String(255),
    )
    cid_name: Mapped[str | None] = option(
        "Caller's name on the channel.",
        String(255),
    )
    cid_num: Mapped[str | None] = option(
        "Caller's number on the channel.",
        String(255),
    )
    cid_ani: Mapped[str | None] = option(
        "Number that pays for the call (ANI).",
        String(255),
    )
    cid_rdnis: Mapped[str | None] = option(
        "Number that redirected the call here.",
        String(255),
    )
    cid_dnid: Mapped[str | None] = option(
        "Number that was dialled, as it came in.",
        String(255),
    )
    exten: Mapped[str | None] = option(
        "Extension that the channel was at.",
        String(80),
    )
    context: Mapped[str | None] = option(
        "Dialplan context that the channel was in.",
        String(80),
    )
    channame: Mapped[str | None] = option(
        "Channel name, such as ``PJSIP/twilio-00000001``.",
        String(255),
    )
    appname: Mapped[str | None] = option(
        "Application that the channel was running.",
        String(80),
    )
    appdata: Mapped[str | None] = option(
        "Arguments of ``appname``.",
        Text(),
    )
    amaflags: Mapped[int | None] = option(
        "Billing mark as a number: 1 omit, 2 billing, 3 documentation.",
    )
    accountcode: Mapped[str | None] = option(
        "Account code of the channel.",
        String(80),
    )
    peeraccount: Mapped[str | None] = option(
        "Account code of the channel that this one is connected to.",
        String(80),
    )
    uniqueid: Mapped[str | None] = option(
        "UNIQUEID of the channel.",
        String(150),
    )
    linkedid: Mapped[str | None] = option(
        "UNIQUEID of the first channel of the call; the same in all events of a call and in its "
        "CDRs.",
        String(150),
    )
    userfield: Mapped[str | None] = option(
        "Free text from CHANNEL(userfield).",
        String(255),
    )
    peer: Mapped[str | None] = option(
        "Names of the other channels in the bridge, commas between them.",
        Text(),
    )
    extra: Mapped[str | None] = option(
        "Details that this type of event has, as JSON: hangup cause, bridge, transfer target.",
        Text(),
    )
