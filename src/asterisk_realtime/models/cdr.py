"""
Call detail records: ``cdr``, which ``cdr/cdr_pgsql.c`` or ``cdr/cdr_adaptive_odbc.c`` writes.

What the fields mean is decided in ``main/cdr.c``.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String

from asterisk_realtime.models.base import Base, Mapped, option, serial


class Cdr(Base):
    """
    A call detail record: party A, party B, and the times of the call.

    Asterisk inserts these rows and never reads or changes them; text is stored as it is.
    A call with transfers or several parties gives several rows, joined by ``linkedid``.
    Times carry no zone: they are the local time of the Asterisk server, or UTC with
    ``timezone=UTC`` in cdr_pgsql.conf or ``usegmtime=yes`` in cdr_adaptive_odbc.conf;
    cdr_sqlite3_custom writes local time.
    Column ``end`` is a reserved word: cdr_adaptive_odbc needs ``quoted_identifiers="`` on
    PostgreSQL. On SQLite cdr_sqlite3_custom needs a view in front, since it fills columns by
    place; the guide to writing records has it.
    """

    __tablename__ = "cdr"
    __table_args__ = (
        Index("cdr_start", "start"),
        Index("cdr_accountcode_start", "accountcode", "start"),
        Index("cdr_linkedid", "linkedid"),
    )

    accountcode: Mapped[str | None] = option(
        "Account code of party A's channel.",
        String(80),
    )
    src: Mapped[str | None] = option(
        "Party A's caller number, as the caller's side gave it unless the dialplan set it.",
        String(80),
    )
    dst: Mapped[str | None] = option(
        "Extension that was dialled; may be ``s`` or another extension that the call went on to.",
        String(80),
    )
    dcontext: Mapped[str | None] = option(
        "Dialplan context of ``dst``.",
        String(80),
    )
    clid: Mapped[str | None] = option(
        'Party A\'s caller id as ``"Name" <number>``.',
        String(80),
    )
    channel: Mapped[str | None] = option(
        "Channel name of party A, such as ``PJSIP/100-00000001``.",
        String(80),
    )
    dstchannel: Mapped[str | None] = option(
        "Channel name of party B; empty if there was none.",
        String(80),
    )
    lastapp: Mapped[str | None] = option(
        "Application that party A's channel ran last, such as ``Dial``.",
        String(80),
    )
    lastdata: Mapped[str | None] = option(
        "Arguments of ``lastapp``, cut at 79 characters.",
        String(80),
    )
    start: Mapped[datetime | None] = option(
        "When the record began; local time of the server unless its backend is set to UTC.",
    )
    answer: Mapped[datetime | None] = option(
        "When the call was answered, None if it was not; local time of the server unless its "
        "backend is set to UTC.",
    )
    end: Mapped[datetime | None] = option(
        "When the record ended; local time of the server unless its backend is set to UTC.",
    )
    duration: Mapped[int | None] = option(
        "Whole seconds from ``start`` to ``end``.",
    )
    billsec: Mapped[int | None] = option(
        "Whole seconds from ``answer`` to ``end``; 0 if nobody answered.",
    )
    disposition: Mapped[str | None] = option(
        "``ANSWERED``, ``NO ANSWER``, ``BUSY``, ``FAILED``, ``CONGESTION``, or ``CANCEL`` if "
        "cdr.conf enables it.",
        String(45),
    )
    amaflags: Mapped[str | None] = option(
        "Billing mark of the channel: ``DOCUMENTATION``, ``BILLING`` or ``OMIT``.",
        String(45),
    )
    userfield: Mapped[str | None] = option(
        "Free text from CDR(userfield).",
        String(256),
    )
    uniqueid: Mapped[str | None] = option(
        "UNIQUEID of party A's channel; several rows of one call may share it.",
        String(150),
    )
    linkedid: Mapped[str | None] = option(
        "UNIQUEID of the first channel of the whole call; the same in all rows of a call.",
        String(150),
    )
    peeraccount: Mapped[str | None] = option(
        "Account code of party B's channel.",
        String(80),
    )
    sequence: Mapped[int | None] = option(
        "Number of the record since Asterisk started; with ``uniqueid`` and ``linkedid`` it "
        "tells rows apart.",
    )
    id: Mapped[int] = serial(
        "Row number, which the database needs; Asterisk does not know of it.",
        big=True,
    )
    # -- Read by Asterisk, but not in its scripts --------------------------------------------------

    tenantid: Mapped[str | None] = option(
        "CHANNEL(tenantid) of party A, from the endpoint's ``tenantid`` or the dialplan.",
        String(255),
        since=("18.25.0", "20.10.0", "21.5.0", "22.0.0"),
    )
    peertenantid: Mapped[str | None] = option(
        "CHANNEL(tenantid) of party B.",
        String(255),
        since=("18.25.0", "20.10.0", "21.5.0", "22.0.0"),
    )
