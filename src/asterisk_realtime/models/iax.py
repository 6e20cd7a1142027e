"""TODO."""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint

from asterisk_realtime.models.base import Base, Mapped, YesNoBool, key, option, serial
from asterisk_realtime.models.types import AstString, SecretString
from asterisk_realtime.values.choices import IaxEncryption, IaxRequireCallToken, IaxTransfer, PeerType


class IaxFriend(Base):
    """TODO."""

    __tablename__ = "iaxfriends"
    __table_args__ = (
        UniqueConstraint("name"),
        Index("iaxfriends_host_port", "host", "port"),
        Index("iaxfriends_ipaddr_port", "ipaddr", "port"),
        Index("iaxfriends_name_host", "name", "host"),
        Index("iaxfriends_name_ipaddr_port", "name", "ipaddr", "port"),
    )

    id: Mapped[int] = serial(
        "TODO.",
    )
    name: Mapped[str] = key(
        "TODO.",
        AstString(40),
    )
    type: Mapped[PeerType | None] = option(
        "TODO.",
    )
    username: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    mailbox: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    secret: Mapped[str | None] = option(
        "TODO.",
        SecretString(40),
    )
    dbsecret: Mapped[str | None] = option(
        "TODO.",
        SecretString(40),
    )
    context: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    regcontext: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    host: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    ipaddr: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    port: Mapped[int | None] = option(
        "TODO.",
    )
    defaultip: Mapped[str | None] = option(
        "TODO.",
        AstString(20),
    )
    sourceaddress: Mapped[str | None] = option(
        "TODO.",
        AstString(20),
    )
    mask: Mapped[str | None] = option(
        "TODO.",
        AstString(20),
    )
    regexten: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    regseconds: Mapped[int | None] = option(
        "TODO.",
    )
    accountcode: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    mohinterpret: Mapped[str | None] = option(
        "TODO.",
        AstString(20),
    )
    mohsuggest: Mapped[str | None] = option(
        "TODO.",
        AstString(20),
    )
    inkeys: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    outkeys: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    language: Mapped[str | None] = option(
        "TODO.",
        AstString(10),
    )
    callerid: Mapped[str | None] = option(
        "TODO.",
        AstString(100),
    )
    cid_number: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    sendani: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    fullname: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    trunk: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    auth: Mapped[str | None] = option(
        "TODO.",
        AstString(20),
    )
    maxauthreq: Mapped[int | None] = option(
        "TODO.",
    )
    requirecalltoken: Mapped[IaxRequireCallToken | None] = option(
        "TODO.",
    )
    encryption: Mapped[IaxEncryption | None] = option(
        "TODO.",
    )
    transfer: Mapped[IaxTransfer | None] = option(
        "TODO.",
    )
    jitterbuffer: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    forcejitterbuffer: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    disallow: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
    )
    allow: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
    )
    codecpriority: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    qualify: Mapped[str | None] = option(
        "TODO.",
        AstString(10),
    )
    qualifysmoothing: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    qualifyfreqok: Mapped[str | None] = option(
        "TODO.",
        AstString(10),
    )
    qualifyfreqnotok: Mapped[str | None] = option(
        "TODO.",
        AstString(10),
    )
    timezone: Mapped[str | None] = option(
        "TODO.",
        AstString(20),
    )
    adsi: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    amaflags: Mapped[str | None] = option(
        "TODO.",
        AstString(20),
    )
    setvar: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
    )
