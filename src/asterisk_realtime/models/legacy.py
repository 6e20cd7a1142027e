"""TODO."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Index, UniqueConstraint

from asterisk_realtime.models.base import Base, Mapped, YesNoBool, key, option, serial
from asterisk_realtime.models.types import AstString, SecretString
from asterisk_realtime.values.choices import PeerType, SipCallingPres, SipDirectMedia, SipDtmfMode, SipProgressInband, SipSessionRefresher, SipSessionTimers, SipTransport


class SipPeer(Base):
    """TODO."""

    __tablename__ = "sippeers"
    __table_args__ = (
        UniqueConstraint("name"),
        Index("sippeers_host_port", "host", "port"),
        Index("sippeers_ipaddr_port", "ipaddr", "port"),
        Index("sippeers_name_host", "name", "host"),
    )

    id: Mapped[int] = serial(
        "TODO.",
    )
    name: Mapped[str] = key(
        "TODO.",
        AstString(40),
    )
    ipaddr: Mapped[str | None] = option(
        "TODO.",
        AstString(45),
    )
    port: Mapped[int | None] = option(
        "TODO.",
    )
    regseconds: Mapped[int | None] = option(
        "TODO.",
    )
    defaultuser: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    fullcontact: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    regserver: Mapped[str | None] = option(
        "TODO.",
        AstString(20),
    )
    useragent: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
    )
    lastms: Mapped[int | None] = option(
        "TODO.",
    )
    host: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    type: Mapped[PeerType | None] = option(
        "TODO.",
    )
    context: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    permit: Mapped[str | None] = option(
        "TODO.",
        AstString(95),
    )
    deny: Mapped[str | None] = option(
        "TODO.",
        AstString(95),
    )
    secret: Mapped[str | None] = option(
        "TODO.",
        SecretString(40),
    )
    md5secret: Mapped[str | None] = option(
        "TODO.",
        SecretString(40),
    )
    remotesecret: Mapped[str | None] = option(
        "TODO.",
        SecretString(40),
    )
    transport: Mapped[SipTransport | None] = option(
        "TODO.",
    )
    dtmfmode: Mapped[SipDtmfMode | None] = option(
        "TODO.",
    )
    directmedia: Mapped[SipDirectMedia | None] = option(
        "TODO.",
    )
    nat: Mapped[str | None] = option(
        "TODO.",
        AstString(29),
    )
    callgroup: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    pickupgroup: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    language: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    disallow: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
    )
    allow: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
    )
    insecure: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    trustrpid: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    progressinband: Mapped[SipProgressInband | None] = option(
        "TODO.",
    )
    promiscredir: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    useclientcode: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    accountcode: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    setvar: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
    )
    callerid: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    amaflags: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    callcounter: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    busylevel: Mapped[int | None] = option(
        "TODO.",
    )
    allowoverlap: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    allowsubscribe: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    videosupport: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    maxcallbitrate: Mapped[int | None] = option(
        "TODO.",
    )
    rfc2833compensate: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    mailbox: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    session_timers: Mapped[SipSessionTimers | None] = option(
        "TODO.",
        name="session-timers",
    )
    session_expires: Mapped[int | None] = option(
        "TODO.",
        name="session-expires",
    )
    session_minse: Mapped[int | None] = option(
        "TODO.",
        name="session-minse",
    )
    session_refresher: Mapped[SipSessionRefresher | None] = option(
        "TODO.",
        name="session-refresher",
    )
    t38pt_usertpsource: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    regexten: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    fromdomain: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    fromuser: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    qualify: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    defaultip: Mapped[str | None] = option(
        "TODO.",
        AstString(45),
    )
    rtptimeout: Mapped[int | None] = option(
        "TODO.",
    )
    rtpholdtimeout: Mapped[int | None] = option(
        "TODO.",
    )
    sendrpid: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    outboundproxy: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    callbackextension: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    timert1: Mapped[int | None] = option(
        "TODO.",
    )
    timerb: Mapped[int | None] = option(
        "TODO.",
    )
    qualifyfreq: Mapped[int | None] = option(
        "TODO.",
    )
    constantssrc: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    contactpermit: Mapped[str | None] = option(
        "TODO.",
        AstString(95),
    )
    contactdeny: Mapped[str | None] = option(
        "TODO.",
        AstString(95),
    )
    usereqphone: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    textsupport: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    faxdetect: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    buggymwi: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    auth: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    fullname: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    trunkname: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    cid_number: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    callingpres: Mapped[SipCallingPres | None] = option(
        "TODO.",
    )
    mohinterpret: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    mohsuggest: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    parkinglot: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    hasvoicemail: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    subscribemwi: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    vmexten: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    autoframing: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    rtpkeepalive: Mapped[int | None] = option(
        "TODO.",
    )
    call_limit: Mapped[int | None] = option(
        "TODO.",
        name="call-limit",
    )
    g726nonstandard: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    ignoresdpversion: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    allowtransfer: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    dynamic: Mapped[YesNoBool | None] = option(
        "TODO.",
    )
    path: Mapped[str | None] = option(
        "TODO.",
        AstString(256),
    )
    supportpath: Mapped[YesNoBool | None] = option(
        "TODO.",
    )


class Meetme(Base):
    """TODO."""

    __tablename__ = "meetme"
    __table_args__ = (
        Index("meetme_confno_start_end", "confno", "starttime", "endtime"),
    )

    bookid: Mapped[int] = serial(
        "TODO.",
    )
    confno: Mapped[str] = key(
        "TODO.",
        AstString(80),
    )
    starttime: Mapped[datetime | None] = option(
        "TODO.",
        DateTime(),
    )
    endtime: Mapped[datetime | None] = option(
        "TODO.",
        DateTime(),
    )
    pin: Mapped[str | None] = option(
        "TODO.",
        SecretString(20),
    )
    adminpin: Mapped[str | None] = option(
        "TODO.",
        SecretString(20),
    )
    opts: Mapped[str | None] = option(
        "TODO.",
        AstString(20),
    )
    adminopts: Mapped[str | None] = option(
        "TODO.",
        AstString(20),
    )
    recordingfilename: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
    )
    recordingformat: Mapped[str | None] = option(
        "TODO.",
        AstString(10),
    )
    maxusers: Mapped[int | None] = option(
        "TODO.",
    )
    members: Mapped[int] = key(
        "TODO.",
    )
