"""
Tables of deprecated modules: ``sippeers`` (``channels/chan_sip.c``) and ``meetme``.

chan_sip is gone since Asterisk 21; ``apps/app_meetme.c`` is deprecated since 19.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, UniqueConstraint

from asterisk_realtime.models.base import Base, Mapped, YesNoBool, key, option, serial
from asterisk_realtime.models.types import AstString, Choice, Name, SecretString
from asterisk_realtime.models.variables import VariableList
from asterisk_realtime.values.choices import (
    AmaFlags,
    PeerType,
    SipCallingPres,
    SipDirectMedia,
    SipDtmfMode,
    SipProgressInband,
    SipSessionRefresher,
    SipSessionTimers,
    SipTransport,
)


class SipPeer(Base):
    """
    A chan_sip peer; only Asterisk 20 can still read the table, later ones need ``ps_*`` rows.

    chan_sip writes ``ipaddr``, ``port``, ``regseconds``, ``defaultuser``, ``fullcontact``,
    ``regserver``, ``useragent`` and ``lastms`` when a peer registers, so update named columns only.
    """

    __tablename__ = "sippeers"
    __table_args__ = (
        UniqueConstraint("name"),
        Index("sippeers_host_port", "host", "port"),
        Index("sippeers_ipaddr_port", "ipaddr", "port"),
        Index("sippeers_name_host", "name", "host"),
    )

    id: Mapped[int] = serial("Row number; chan_sip does not read it.")
    name: Mapped[str] = key("Peer name, as in Dial(SIP/name), and its login.", Name(40))
    ipaddr: Mapped[str | None] = option(
        "Address from the last registration; written by chan_sip.", AstString(45)
    )
    port: Mapped[int | None] = option("Port from the last registration; written by chan_sip.")
    regseconds: Mapped[int | None] = option(
        "When the registration runs out, in seconds since 1970 (UTC); written by chan_sip."
    )
    defaultuser: Mapped[str | None] = option(
        "User part for calls to the peer while it is not registered; written by chan_sip.",
        AstString(40),
    )
    fullcontact: Mapped[str | None] = option(
        "Contact URI from the last registration; written by chan_sip.", AstString(80)
    )
    regserver: Mapped[str | None] = option(
        "System name of the server that took the registration; written by chan_sip.", AstString(20)
    )
    useragent: Mapped[str | None] = option(
        "User-Agent header of the last registration; written by chan_sip.", AstString(255)
    )
    lastms: Mapped[int | None] = option(
        "Milliseconds of the last qualify answer; written by chan_sip."
    )
    host: Mapped[str | None] = option(
        "``dynamic`` for a SIP peer that registers, or its address or host name.", AstString(40)
    )
    type: Mapped[PeerType | None] = option(
        "``user`` calls us, ``peer`` is called or matched by address, ``friend`` is both."
    )
    context: Mapped[str | None] = option(
        "Dialplan context for calls from the peer; it decides what they may dial.", AstString(40)
    )
    permit: Mapped[str | None] = option(
        "Network that may use the peer; ``deny``, the later column, overrides it, so write "
        "``!0.0.0.0/0,<network>`` here instead.",
        AstString(95),
    )
    deny: Mapped[str | None] = option(
        "Network that may not use the peer; applied last, so ``0.0.0.0/0`` refuses everybody.",
        AstString(95),
    )
    secret: Mapped[str | None] = option("Password in plain text.", SecretString(40))
    md5secret: Mapped[str | None] = option(
        "MD5 of ``name:realm:password``, in place of ``secret``.", SecretString(40)
    )
    remotesecret: Mapped[str | None] = option(
        "Password that we send when the peer challenges us.", SecretString(40)
    )
    transport: Mapped[SipTransport | None] = option(
        "Protocols of the peer; our own requests use the first one."
    )
    dtmfmode: Mapped[SipDtmfMode | None] = option("How DTMF digits are sent.")
    directmedia: Mapped[SipDirectMedia | None] = option(
        "Whether media may flow between the parties without Asterisk."
    )
    nat: Mapped[str | None] = option(
        "NAT handling: ``no``, ``force_rport``, ``comedia`` and ``auto_`` forms, with commas.",
        AstString(29),
    )
    callgroup: Mapped[str | None] = option(
        "Call groups, 0 to 63, as a list with commas and ranges.", AstString(40)
    )
    pickupgroup: Mapped[str | None] = option(
        "Call groups whose ringing calls it may pick up.", AstString(40)
    )
    language: Mapped[str | None] = option(
        "Language of the prompts that its calls hear.", AstString(40)
    )
    disallow: Mapped[str | None] = option(
        "Codecs to take out, with commas; ``all`` clears the list.", AstString(200)
    )
    allow: Mapped[str | None] = option("Codecs to add, best first, with commas.", AstString(200))
    insecure: Mapped[str | None] = option(
        "Checks to leave out for its calls: ``port``, ``invite`` or both with a comma.",
        AstString(40),
    )
    trustrpid: Mapped[YesNoBool | None] = option(
        "Believe its Remote-Party-ID or P-Asserted-Identity header."
    )
    progressinband: Mapped[SipProgressInband | None] = option("Send ringing as audio.")
    promiscredir: Mapped[YesNoBool | None] = option(
        "Follow its 302 to any host, not only to a local extension."
    )
    useclientcode: Mapped[YesNoBool | None] = option(
        "Write its X-ClientCode header to CDR(userfield)."
    )
    accountcode: Mapped[str | None] = option(
        "Account code of the SIP peer's calls in CDRs.", AstString(80)
    )
    setvar: Mapped[tuple[str, ...] | None] = option(
        "Channel variables of its calls, each ``NAME=value``.", VariableList(200, name="setvar")
    )
    callerid: Mapped[str | None] = option(
        'Caller id of its calls as ``"Name" <number>``.', AstString(40)
    )
    amaflags: Mapped[AmaFlags | None] = option(
        "Billing mark of the SIP peer's calls in CDRs.", Choice(AmaFlags, length=40)
    )
    callcounter: Mapped[YesNoBool | None] = option(
        "Count its calls, so that device states and limits work."
    )
    busylevel: Mapped[int | None] = option(
        "Number of calls from which it counts as busy; needs ``callcounter``."
    )
    allowoverlap: Mapped[YesNoBool | None] = option(
        "Allow digits to arrive one after another (484 replies)."
    )
    allowsubscribe: Mapped[YesNoBool | None] = option("Allow it to subscribe to extension states.")
    videosupport: Mapped[YesNoBool | None] = option("Offer video.")
    maxcallbitrate: Mapped[int | None] = option("Most bits for a video call, in kbit/s.")
    rfc2833compensate: Mapped[YesNoBool | None] = option(
        "Work around peers that send wrong RFC 2833 digits."
    )
    mailbox: Mapped[str | None] = option(
        "Mailboxes whose message counts the peer gets, as ``100@default``.", AstString(40)
    )
    session_timers: Mapped[SipSessionTimers | None] = option(
        "Use of SIP session timers (RFC 4028).", name="session-timers"
    )
    session_expires: Mapped[int | None] = option(
        "Longest session interval in seconds.", name="session-expires"
    )
    session_minse: Mapped[int | None] = option(
        "Shortest session interval in seconds, at least 90.", name="session-minse"
    )
    session_refresher: Mapped[SipSessionRefresher | None] = option(
        "Which side refreshes the session.", name="session-refresher"
    )
    t38pt_usertpsource: Mapped[str | None] = option(
        "Send T.38 to the address that the audio came from, ``yes`` or ``no``.", AstString(40)
    )
    regexten: Mapped[str | None] = option(
        "Extension made in the registration context while it is registered.", AstString(40)
    )
    fromdomain: Mapped[str | None] = option(
        "Host part of the From header in requests to it.", AstString(40)
    )
    fromuser: Mapped[str | None] = option(
        "User part of the From header in requests to it.", AstString(40)
    )
    qualify: Mapped[str | None] = option(
        "Send OPTIONS regularly: ``yes``, ``no``, or the milliseconds after which it is lagged.",
        AstString(40),
    )
    defaultip: Mapped[str | None] = option(
        "Address to call while a dynamic SIP peer is not registered.", AstString(45)
    )
    rtptimeout: Mapped[int | None] = option(
        "Seconds without RTP after which a call is ended; 0 never ends it."
    )
    rtpholdtimeout: Mapped[int | None] = option(
        "The same for a call on hold; must be more than ``rtptimeout``."
    )
    sendrpid: Mapped[YesNoBool | None] = option("Send a Remote-Party-ID header.")
    outboundproxy: Mapped[str | None] = option(
        "Proxy that requests to it go through, as ``host:port``.", AstString(40)
    )
    callbackextension: Mapped[str | None] = option(
        "Register with the peer under this extension as contact.", AstString(40)
    )
    timert1: Mapped[int | None] = option("Assumed round trip in milliseconds, SIP timer T1.")
    timerb: Mapped[int | None] = option(
        "Milliseconds until an INVITE without an answer fails, SIP timer B."
    )
    qualifyfreq: Mapped[int | None] = option("Seconds between OPTIONS.")
    constantssrc: Mapped[YesNoBool | None] = option("Keep the RTP SSRC for a whole call.")
    contactpermit: Mapped[str | None] = option(
        "Network whose addresses may stand in a registered contact; ``contactdeny`` overrides it.",
        AstString(95),
    )
    contactdeny: Mapped[str | None] = option(
        "Network whose addresses may not stand in a registered contact.", AstString(95)
    )
    usereqphone: Mapped[YesNoBool | None] = option(
        "Add ``;user=phone`` to URIs that hold a number."
    )
    textsupport: Mapped[YesNoBool | None] = option("Offer real-time text (T.140).")
    faxdetect: Mapped[YesNoBool | None] = option(
        "Send calls on to extension ``fax`` when a fax is heard."
    )
    buggymwi: Mapped[YesNoBool | None] = option(
        "Leave out the part of message counts that some old phones cannot read."
    )
    auth: Mapped[str | None] = option(
        "Credentials for requests to it, as ``user:password@realm``.", AstString(40)
    )
    fullname: Mapped[str | None] = option("Name part of its caller id.", AstString(40))
    trunkname: Mapped[str | None] = option(
        "Marks a trunk: any text here empties the name part of its caller id.", AstString(40)
    )
    cid_number: Mapped[str | None] = option("Number part of its caller id.", AstString(40))
    callingpres: Mapped[SipCallingPres | None] = option("Presentation of its caller id.")
    mohinterpret: Mapped[str | None] = option(
        "Music class to play when it puts us on hold.", AstString(40)
    )
    mohsuggest: Mapped[str | None] = option(
        "Music class to suggest when we put it on hold.", AstString(40)
    )
    parkinglot: Mapped[str | None] = option("Parking lot of its calls.", AstString(40))
    hasvoicemail: Mapped[YesNoBool | None] = option(
        "Give it the mailbox of its own name, as users.conf does."
    )
    subscribemwi: Mapped[YesNoBool | None] = option("Send message counts only after a SUBSCRIBE.")
    vmexten: Mapped[str | None] = option(
        "Extension to dial for voicemail, sent with message counts.", AstString(40)
    )
    autoframing: Mapped[YesNoBool | None] = option("Use the packet length in its SDP.")
    rtpkeepalive: Mapped[int | None] = option(
        "Seconds between empty RTP packets that keep a NAT open; 0 sends none."
    )
    call_limit: Mapped[int | None] = option(
        "Most calls at once; outdated, ``callcounter`` and GROUP() replace it.", name="call-limit"
    )
    g726nonstandard: Mapped[YesNoBool | None] = option(
        "Treat its G.726-32 as AAL2 packing, which it really sends."
    )
    ignoresdpversion: Mapped[YesNoBool | None] = option(
        "Accept new SDP although its version number did not rise."
    )
    allowtransfer: Mapped[YesNoBool | None] = option("Allow it to transfer calls with REFER.")
    dynamic: Mapped[YesNoBool | None] = option(
        "Whether it registers, as users.conf knows it; use ``host``."
    )
    path: Mapped[str | None] = option(
        "Path header of the last registration; written by chan_sip.", AstString(256)
    )
    supportpath: Mapped[YesNoBool | None] = option(
        "Follow the Path header of its registration (RFC 3327)."
    )


class Meetme(Base):
    """
    A MeetMe conference room, open at any time or booked; ConfBridge replaces it.

    app_meetme needs DAHDI. It writes ``members``, and ``endtime`` of a booking that is extended.
    """

    __tablename__ = "meetme"
    __table_args__ = (Index("meetme_confno_start_end", "confno", "starttime", "endtime"),)

    bookid: Mapped[int] = serial("Row number, by which app_meetme finds a booking that it extends.")
    confno: Mapped[str] = key("Room number, digits.", Name(80))
    starttime: Mapped[datetime | None] = option(
        "When a booking opens, in local time of the server; read with ``schedule=yes`` in "
        "meetme.conf.",
    )
    endtime: Mapped[datetime | None] = option(
        "When a booking ends, in local time of the server; written by app_meetme."
    )
    pin: Mapped[str | None] = option("PIN for participants, digits.", SecretString(20))
    adminpin: Mapped[str | None] = option("PIN for administrators, digits.", SecretString(20))
    opts: Mapped[str | None] = option("Option letters of MeetMe() for participants.", AstString(20))
    adminopts: Mapped[str | None] = option(
        "Option letters of MeetMe() for administrators.", AstString(20)
    )
    recordingfilename: Mapped[str | None] = option(
        "File that a recorded conference goes to, without its extension.", AstString(80)
    )
    recordingformat: Mapped[str | None] = option(
        "Format of the recording, such as ``wav``.", AstString(10)
    )
    maxusers: Mapped[int | None] = option("Most participants of a booking; 0 sets no limit.")
    members: Mapped[int] = key(
        "Participants in the room now; written by app_meetme, so a new row starts with 0."
    )
