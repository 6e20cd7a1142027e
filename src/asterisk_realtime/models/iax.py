"""
IAX2 peers and users: ``iaxfriends``, which ``channels/chan_iax2.c`` reads and writes.

Families ``iaxusers`` and ``iaxpeers`` are both mapped to this one table.
"""

from __future__ import annotations

from netaddr import IPNetwork
from sqlalchemy import Index, UniqueConstraint

from asterisk_realtime.models.base import (
    Base,
    Mapped,
    Unsigned,
    YesNoBool,
    key,
    option,
    serial,
)
from asterisk_realtime.models.types import (
    AstString,
    Choice,
    ChoiceList,
    CommaList,
    Name,
    NetworkList,
    SecretString,
)
from asterisk_realtime.models.variables import VariableList
from asterisk_realtime.values.choices import (
    AmaFlags,
    IaxAuth,
    IaxCodecPriority,
    IaxConnectedLine,
    IaxEncryption,
    IaxRequireCallToken,
    IaxTransfer,
    PeerType,
)


class IaxFriend(Base):
    """
    An IAX2 user (who calls us), peer (whom we call) or both.

    Asterisk writes ``ipaddr``, ``port`` and ``regseconds`` when a peer registers.
    When a registration runs out it writes an empty ``port``, which PostgreSQL refuses, so that
    the old address stays. None takes iax.conf's ``[general]`` value,
    or chan_iax2's own.
    """

    __tablename__ = "iaxfriends"
    __table_args__ = (
        UniqueConstraint("name"),
        Index("iaxfriends_host_port", "host", "port"),
        Index("iaxfriends_ipaddr_port", "ipaddr", "port"),
        Index("iaxfriends_name_host", "name", "host"),
        Index("iaxfriends_name_ipaddr_port", "name", "ipaddr", "port"),
    )

    id: Mapped[int] = serial(
        "Row number of the peer; Asterisk does not read it.",
    )
    name: Mapped[str] = key(
        "Login of the user and name of the peer in Dial(IAX2/...).",
        Name(40),
    )
    type: Mapped[PeerType | None] = option(
        "``user`` may call us, ``peer`` can be called and may register, ``friend`` is both; "
        "None is neither.",
    )
    username: Mapped[str | None] = option(
        "Login that we give when we call the peer; None gives none.",
        AstString(40),
    )
    mailbox: Mapped[str | None] = option(
        "Mailboxes whose message counts the peer gets, as ``100@default``, commas between them.",
        AstString(40),
    )
    secret: Mapped[str | None] = option(
        "Password in plain text for md5 and plaintext; without it and without keys anybody may "
        "call.",
        SecretString(40),
    )
    dbsecret: Mapped[str | None] = option(
        "Place of a shared secret in astdb, ``family/key``, in place of ``secret``.",
        SecretString(40),
    )
    context: Mapped[str | None] = option(
        "Dialplan context for calls from this user; it decides what they may dial.",
        AstString(40),
    )
    regcontext: Mapped[str | None] = option(
        "Not read from the table; chan_iax2 takes ``regcontext`` from iax.conf's ``[general]`` "
        "only.",
        AstString(40),
    )
    host: Mapped[str | None] = option(
        "``dynamic`` for an IAX2 peer that registers, or its address or host name.",
        AstString(40),
    )
    ipaddr: Mapped[str | None] = option(
        "Address from the last registration; written by Asterisk.",
        AstString(40),
    )
    port: Mapped[int | None] = option(
        "UDP port of the peer, from its last registration if ``host`` is ``dynamic``; written "
        "by Asterisk.",
    )
    defaultip: Mapped[str | None] = option(
        "Address to call while a dynamic IAX2 peer is not registered.",
        AstString(20),
    )
    sourceaddress: Mapped[str | None] = option(
        "Local address, as ``address:port``, to talk to the peer from; one that Asterisk is "
        "bound to.",
        AstString(20),
    )
    mask: Mapped[str | None] = option(
        "Netmask beside the peer's address in ``iax2 show peers``.",
        AstString(20),
    )
    regexten: Mapped[str | None] = option(
        "Extension made in the registration context while the peer is registered; several with "
        "``&`` between them.",
        AstString(40),
    )
    regseconds: Mapped[int | None] = option(
        "Last registration in seconds since 1970 (UTC); ignored after 60 s, unless "
        "``rtignoreregexpire`` is set; written by Asterisk.",
    )
    accountcode: Mapped[str | None] = option(
        "Account code of the IAX2 peer's calls in CDRs.",
        AstString(80),
    )
    mohinterpret: Mapped[str | None] = option(
        "Music class to play when the far end puts us on hold and suggests none.",
        AstString(20),
    )
    mohsuggest: Mapped[str | None] = option(
        "Music class to suggest when we put the far end on hold.",
        AstString(20),
    )
    inkeys: Mapped[str | None] = option(
        "Names of RSA public keys that may authenticate the user, ``:`` between them.",
        AstString(40),
    )
    outkeys: Mapped[str | None] = option(
        "Not read: chan_iax2 knows ``outkey`` only, a column of its own here.",
        AstString(40),
    )
    language: Mapped[str | None] = option(
        "Language of the prompts that its calls hear, such as ``en``.",
        AstString(10),
    )
    callerid: Mapped[str | None] = option(
        'Caller id of its calls as ``"Name" <number>``, in place of what it sends.',
        AstString(100),
    )
    cid_number: Mapped[str | None] = option(
        "Number part of the caller id alone; overrides ``callerid``, since it is the later column.",
        AstString(40),
    )
    sendani: Mapped[YesNoBool | None] = option(
        "Send the ANI along in calls to the peer.",
    )
    fullname: Mapped[str | None] = option(
        "Name part of the caller id alone; overrides ``callerid``, since it is the later column.",
        AstString(40),
    )
    trunk: Mapped[YesNoBool | None] = option(
        "Send the media of several calls in shared packets; needs a timing module at both ends.",
    )
    auth: Mapped[tuple[IaxAuth, ...] | None] = option(
        "Authentication methods; ``rsa`` needs ``inkeys``, and ``plaintext`` sends the password "
        "in plain text.",
        ChoiceList(IaxAuth, 20),
    )
    maxauthreq: Mapped[int | None] = option(
        "Most calls of this user that may await authentication at once; 0 sets no limit.",
    )
    requirecalltoken: Mapped[IaxRequireCallToken | None] = option(
        "Demand a call token (against forged addresses): None means ``yes``; ``auto`` only once "
        "the peer has used one.",
    )
    encryption: Mapped[IaxEncryption | None] = option(
        "Encrypt calls; ``yes`` and ``aes128`` are the same, and ``secret`` with md5 or rsa is "
        "needed.",
    )
    transfer: Mapped[IaxTransfer | None] = option(
        "Let two IAX2 peers talk directly; ``mediaonly`` keeps the signaling here.",
    )
    jitterbuffer: Mapped[YesNoBool | None] = option(
        "Use a jitter buffer for media that ends here.",
    )
    forcejitterbuffer: Mapped[YesNoBool | None] = option(
        "Not read any more; chan_iax2 has no such option.",
    )
    disallow: Mapped[tuple[str, ...] | None] = option(
        "Codecs to take out of the list; it stands before ``allow``, so ``all`` here clears the "
        "list first.",
        CommaList(200, adds_up=True),
    )
    allow: Mapped[tuple[str, ...] | None] = option(
        "Codecs to add to the list, best first.",
        CommaList(200, adds_up=True),
    )
    codecpriority: Mapped[IaxCodecPriority | None] = option(
        "Whose order of codecs counts in a call from this user.",
        Choice(IaxCodecPriority, length=40),
    )
    qualify: Mapped[str | None] = option(
        "Ask the peer regularly whether it is there: ``yes``, ``no``, or the milliseconds after "
        "which it counts as lagged.",
        AstString(10),
    )
    qualifysmoothing: Mapped[YesNoBool | None] = option(
        "Judge by the mean of the last two answers instead of by the last one.",
    )
    qualifyfreqok: Mapped[str | None] = option(
        "Milliseconds between questions to a peer that answers in time.",
        AstString(10),
    )
    qualifyfreqnotok: Mapped[str | None] = option(
        "Milliseconds between questions to a peer that is late or silent.",
        AstString(10),
    )
    timezone: Mapped[str | None] = option(
        "Time zone of the date that calls to the peer carry, such as ``Europe/Berlin``.",
        AstString(20),
    )
    adsi: Mapped[YesNoBool | None] = option(
        "Treat the far end as an ADSI phone, with a display that Asterisk may fill.",
    )
    amaflags: Mapped[AmaFlags | None] = option(
        "Billing mark of the IAX2 peer's calls in CDRs.",
        Choice(AmaFlags, length=20),
    )
    setvar: Mapped[tuple[str, ...] | None] = option(
        "Channel variables of its calls, each ``NAME=value``; SQLite holds one.",
        VariableList(200, name="setvar"),
    )
    # -- Read by Asterisk, but not in its scripts --------------------------------------------------

    description: Mapped[str | None] = option(
        "Free text beside the peer in ``iax2 show peers``.",
        AstString(80),
    )
    # Each rule is added to those before it, and the last match decides: deny stands first.
    deny: Mapped[tuple[IPNetwork | str, ...] | None] = option(
        "Networks from which neither calls nor registrations are accepted; the last rule that "
        "matches wins, so it stands before permit.",
        NetworkList(1024, adds_up=True),
    )
    permit: Mapped[tuple[IPNetwork | str, ...] | None] = option(
        "Networks from which calls and registrations are accepted in spite of ``deny``.",
        NetworkList(1024, adds_up=True),
    )
    acl: Mapped[tuple[str, ...] | None] = option(
        "Named lists of acl.conf or table acls that must permit the address too.",
        CommaList(255, adds_up=True),
    )
    outkey: Mapped[str | None] = option(
        "Name of the RSA private key with which we authenticate to the peer.",
        AstString(80),
    )
    forceencryption: Mapped[YesNoBool | None] = option(
        "Refuse calls that are not encrypted; needs ``encryption``.",
    )
    connectedline: Mapped[IaxConnectedLine | None] = option(
        "Whether changes of the connected party are sent to the far end, accepted from it or both.",
        Choice(IaxConnectedLine, length=10),
    )
    immediate: Mapped[YesNoBool | None] = option(
        "Start its calls at extension ``s`` at once, as a hot line does.",
    )
    peercontext: Mapped[str | None] = option(
        "Context asked for at the far end where Dial() names none.",
        AstString(80),
    )
    parkinglot: Mapped[str | None] = option(
        "Lot of res_parking.conf in which its calls are parked.",
        AstString(80),
    )
    maxcallnumbers: Mapped[Unsigned | None] = option(
        "Most calls at once from the peer's address; None takes the limits of iax.conf.",
    )
