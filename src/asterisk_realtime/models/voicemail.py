"""TODO."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import DateTime, Index, LargeBinary, Numeric, String

from asterisk_realtime.models.base import Base, Mapped, YesNoBool, key, option, serial
from asterisk_realtime.models.types import AstString, SecretString


class Voicemail(Base):
    """TODO."""

    __tablename__ = "voicemail"
    __table_args__ = (
        Index("voicemail_context", "context"),
        Index("voicemail_imapuser", "imapuser"),
        Index("voicemail_mailbox_context", "mailbox", "context"),
    )

    uniqueid: Mapped[int] = serial(
        "TODO.",
    )
    context: Mapped[str] = key(
        "TODO.",
        AstString(80),
    )
    mailbox: Mapped[str] = key(
        "TODO.",
        AstString(80),
    )
    password: Mapped[str] = key(
        "TODO.",
        SecretString(80),
    )
    fullname: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    alias: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    email: Mapped[str | None] = option(
        "TODO.",
        AstString(254),
    )
    pager: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    attach: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    attachfmt: Mapped[str | None] = option(
        "TODO.",
        AstString(10),
    )
    serveremail: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    language: Mapped[str | None] = option(
        "TODO.",
        AstString(20),
    )
    tz: Mapped[str | None] = option(
        "TODO.",
        AstString(30),
    )
    deletevoicemail: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    saycid: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    sendvoicemail: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    review: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    tempgreetwarn: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    operator: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    envelope: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    sayduration: Mapped[int | None] = option(
        "TODO.",
    )
    forcename: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    forcegreetings: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    callback: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    dialout: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    exitcontext: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    maxmsg: Mapped[int | None] = option(
        "TODO.",
    )
    volgain: Mapped[Decimal | None] = option(
        "TODO.",
        Numeric(5, 2),
    )
    imapuser: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    imappassword: Mapped[str | None] = option(
        "TODO.",
        SecretString(80),
    )
    imapserver: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    imapport: Mapped[str | None] = option(
        "TODO.",
        AstString(8),
    )
    imapflags: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    stamp: Mapped[datetime | None] = option(
        "TODO.",
        DateTime(),
    )


class VoicemailMessage(Base):
    """TODO."""

    __tablename__ = "voicemail_messages"

    dir: Mapped[str] = key(
        "TODO.",
        String(255),
        primary_key=True,
    )
    msgnum: Mapped[int] = key(
        "TODO.",
        primary_key=True,
    )
    context: Mapped[str | None] = option(
        "TODO.",
        String(80),
    )
    callerid: Mapped[str | None] = option(
        "TODO.",
        String(80),
    )
    origtime: Mapped[int | None] = option(
        "TODO.",
    )
    duration: Mapped[int | None] = option(
        "TODO.",
    )
    recording: Mapped[bytes | None] = option(
        "TODO.",
        LargeBinary(2**32 - 1),
    )
    flag: Mapped[str | None] = option(
        "TODO.",
        String(30),
    )
    category: Mapped[str | None] = option(
        "TODO.",
        String(30),
    )
    mailboxuser: Mapped[str | None] = option(
        "TODO.",
        String(30),
    )
    mailboxcontext: Mapped[str | None] = option(
        "TODO.",
        String(30),
    )
    msg_id: Mapped[str | None] = option(
        "TODO.",
        String(40),
    )
