"""Endpoints: ``ps_endpoints`` (``res/res_pjsip/pjsip_configuration.c``)."""

from __future__ import annotations

from netaddr import IPNetwork
from sqlalchemy import and_
from sqlalchemy.orm import foreign

from asterisk_realtime.models.base import (
    AstBool,
    Base,
    Mapped,
    Unsigned,
    key,
    option,
    other,
    related,
)
from asterisk_realtime.models.indexes import in_lower_case, of_beginning, of_rare_rows
from asterisk_realtime.models.listed import context_in, mailbox_in, names_in
from asterisk_realtime.models.types import (
    AstString,
    Choice,
    ChoiceList,
    CommaList,
    Name,
    NetworkList,
)
from asterisk_realtime.models.variables import VariableList
from asterisk_realtime.values.choices import (
    CallerIdPrivacy,
    DirectMediaGlareMitigation,
    DtlsFingerprint,
    DtlsSetup,
    DtlsVerify,
    DtmfMode,
    IdentifyBy,
    IncomingCallOfferPref,
    MediaEncryption,
    OutgoingCallOfferPref,
    PjsipMethod,
    RedirectableMethod,
    RedirectMethod,
    Rel100,
    SecurityNegotiation,
    T38Ec,
    Timers,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asterisk_realtime.models import (  # noqa: TC004 - `other` finds them
        Aor,
        Auth,
        Contact,
        Identify,
        Registration,
        Voicemail,
    )

_AORS = names_in("ps_endpoints", "aors")
_AUTH = names_in("ps_endpoints", "auth")
_OUTBOUND_AUTH = names_in("ps_endpoints", "outbound_auth")
_MAILBOXES = names_in("ps_endpoints", "mailboxes", are_mailboxes=True)


class Endpoint(Base):
    """
    A SIP peer and how Asterisk talks to it (``type=endpoint``): a phone or a trunk.

    It names rows of ``ps_aors`` (where to call it), ``ps_auths`` (credentials) and
    ``ps_transports``; rows of ``ps_endpoint_id_ips`` and ``ps_registrations`` name it.
    A phone registers: its id is its SIP user and an AOR's id, and ``auth`` checks its password.
    A trunk has an AOR with a fixed contact, ``outbound_auth``, no ``auth``, and ``identify_by``
    without the user in From.
    Asterisk only reads the table, at a request or call, and keeps the row in memory: for 10 seconds
    with the files of `conf.render`, and a change counts after that. A new row counts at once.
    References are looked up only when they are used.
    If Asterisk refuses one value, it drops the whole row.
    """

    __tablename__ = "ps_endpoints"
    __table_args__ = (
        in_lower_case("ps_endpoints_lower_id", "id"),
        in_lower_case("ps_endpoints_context", "context", "id", needed_on_mariadb=True),
        of_beginning("ps_endpoints_mailboxes", "mailboxes"),
        of_rare_rows("ps_endpoints", "id"),
    )

    id: Mapped[str] = key(
        "Name in PJSIP/name and in other rows; a phone's must equal its SIP user, and '/', '@', "
        "'&' and ',' break dial strings.",
        Name(255),
        primary_key=True,
    )
    transport: Mapped[str | None] = option(
        "Section of pjsip.conf or row that requests leave by; None picks one by the contact's "
        "URI, which is UDP for a bare host.",
        AstString(255),
        since="12.0.0",
    )
    aors: Mapped[tuple[str, ...] | None] = option(
        "Rows of ps_aors that calls go to and that a phone may register to; a name without a "
        "row is not an error: there is just no contact.",
        CommaList(2048),
        since="12.0.0",
    )
    auth: Mapped[tuple[str, ...] | None] = option(
        "Rows of ps_auths that check inbound requests; None accepts every "
        "identified request, a name without a row none.",
        CommaList(255),
        since="12.2.0",
    )
    context: Mapped[str | None] = option(
        "Dialplan context where calls from here start; give unauthenticated callers one of "
        "their own, without paid routes.",
        AstString(80),
        since="12.0.0",
        default="default",
    )
    disallow: Mapped[tuple[str, ...] | None] = option(
        "Never read from a database: leave the codec out of allow instead, or put its name with "
        "'!' there.",
        CommaList(200, adds_up=True),
        since="13.0.0",
    )
    allow: Mapped[tuple[str, ...] | None] = option(
        "Codecs, best first, as in ulaw or g722:20 (ms a packet), '!g729' removing one; None "
        "allows no calls, and an unknown name makes Asterisk drop the endpoint.",
        CommaList(200, adds_up=True),
        since="13.0.0",
    )
    direct_media: Mapped[AstBool | None] = option(
        "Let RTP run between the two parties without Asterisk; turn it off where NAT, a firewall "
        "or SRTP stands between them.",
        since="12.0.0",
        default=True,
    )
    connected_line_method: Mapped[PjsipMethod | None] = option(
        "Request that tells a change of connected party; invite still prefers UPDATE where the "
        "peer allows it, update always sends it.",
        since="12.2.0",
        default="invite",
    )
    direct_media_method: Mapped[PjsipMethod | None] = option(
        "Request that moves RTP between the parties; reinvite is another word for invite, and the "
        "CLI shows connected_line_method here.",
        since="12.2.0",
        default="invite",
    )
    direct_media_glare_mitigation: Mapped[DirectMediaGlareMitigation | None] = option(
        "Calls, seen from Asterisk, on which it leaves the first re-INVITE for direct media to "
        "the peer, so that not both send one at once.",
        since="12.2.0",
        default="none",
    )
    disable_direct_media_on_nat: Mapped[AstBool | None] = option(
        "Keep RTP on Asterisk where a party is found behind NAT; matters only while direct_media "
        "is on.",
        since="12.0.0",
    )
    dtmf_mode: Mapped[DtmfMode | None] = option(
        "How DTMF is sent: auto and auto_info use RTP events (RFC 4733) where offered, else tones "
        "or SIP INFO; none sends no digits.",
        since="12.2.0",
        default="rfc4733",
    )
    external_media_address: Mapped[str | None] = option(
        "Never read: the address that media behind NAT is announced with is the transport's "
        "option of this name.",
        AstString(40),
    )
    force_rport: Mapped[AstBool | None] = option(
        "Answer to the address and port that a request came from, as if its Via asked for it (RFC "
        "3581); phones behind NAT need it.",
        since="12.0.0",
        default=True,
    )
    ice_support: Mapped[AstBool | None] = option(
        "Offer ICE candidates (RFC 8445), if rtp.conf has icesupport on; webrtc turns it on.",
        since="12.0.0",
    )
    identify_by: Mapped[tuple[IdentifyBy, ...] | None] = option(
        "How requests are recognised: None trusts the user in From, so a trunk without auth is "
        "open to all unless it says ip; phones register by username.",
        ChoiceList(IdentifyBy, 80),
        since=("13.19.0", "15.2.0"),
        default="username,ip",
    )
    mailboxes: Mapped[tuple[str, ...] | None] = option(
        "Mailboxes such as 100@default whose message counts are sent unasked; for phones that "
        "subscribe to them use the AOR's list.",
        CommaList(512),
        since="12.0.0",
    )
    moh_suggest: Mapped[str | None] = option(
        "Music class that the other party hears while this endpoint holds the call.",
        AstString(40),
        since="12.0.0",
        default="default",
    )
    outbound_auth: Mapped[tuple[str, ...] | None] = option(
        "Rows of ps_auths that answer the peer's challenges; of several, the one with the "
        "challenge's realm, else one without a realm.",
        CommaList(255),
        since="12.2.0",
    )
    outbound_proxy: Mapped[str | None] = option(
        "SIP URI for a Route header, which should end in ;lr; registrations and AORs do not "
        "inherit it and have their own.",
        AstString(255),
        since="12.0.0",
    )
    rewrite_contact: Mapped[AstBool | None] = option(
        "Put the address a request came from into its Contact; for phones behind NAT, and not for "
        "peers reached through a proxy.",
        since="12.0.0",
    )
    rtp_ipv6: Mapped[AstBool | None] = option(
        "Bind RTP to the IPv6 wildcard address rather than the IPv4 one; SDP with IPv6 needs it.",
        since="12.0.0",
    )
    rtp_symmetric: Mapped[AstBool | None] = option(
        "Send RTP back to where the peer's comes from and not to the address in its SDP; for "
        "peers behind NAT.",
        since="12.0.0",
    )
    send_diversion: Mapped[AstBool | None] = option(
        "Tell this endpoint in a Diversion header (RFC 5806) who forwarded the call.",
        since="12.0.0",
        default=True,
    )
    send_pai: Mapped[AstBool | None] = option(
        "Put the caller's number into P-Asserted-Identity (RFC 3325); a hidden number only "
        "together with trust_id_outbound.",
        since="12.0.0",
    )
    send_rpid: Mapped[AstBool | None] = option(
        "Put the caller's number into Remote-Party-ID, the older header that some phones and "
        "carriers still read.",
        since="12.0.0",
    )
    timers_min_se: Mapped[Unsigned | None] = option(
        "Shortest session interval accepted, in seconds (Min-SE); less than 90 rejects the "
        "endpoint.",
        since="12.0.0",
        default=90,
    )
    timers: Mapped[Timers | None] = option(
        "Session timers (RFC 4028): yes if the peer supports them, required refuses peers that do "
        "not, always (once: forced) runs them anyway.",
        since="12.2.0",
        default="yes",
    )
    timers_sess_expires: Mapped[Unsigned | None] = option(
        "Session interval asked for, in seconds (Session-Expires); less than timers_min_se "
        "rejects the endpoint.",
        since="12.0.0",
        default=1800,
    )
    callerid: Mapped[str | None] = option(
        'Caller of calls from here, as "Name" <number> with up to 79 characters each; None takes '
        "it from the From header.",
        AstString(255),
        since="12.2.0",
    )
    callerid_privacy: Mapped[CallerIdPrivacy | None] = option(
        "Whether the number in callerid may be shown and who has checked it; a prohibited one "
        "shows only where trust_id_outbound is on.",
        since="12.7.0",
        default="allowed_not_screened",
    )
    callerid_tag: Mapped[str | None] = option(
        "Mark on the caller that never leaves Asterisk; the dialplan reads it as CALLERID(tag).",
        AstString(40),
        since="12.2.0",
    )
    rel100: Mapped[Rel100 | None] = option(
        "Reliable 1xx responses (RFC 3262): yes where the peer requires them, peer_supported "
        "where it can, required refuses others.",
        name="100rel",
        since="12.2.0",
        default="yes",
    )
    aggregate_mwi: Mapped[AstBool | None] = option(
        "Send one NOTIFY with the sum of all mailboxes rather than one for each.",
        since="12.0.0",
        default=True,
    )
    trust_id_inbound: Mapped[AstBool | None] = option(
        "Take the caller from P-Asserted-Identity or Remote-Party-ID rather than callerid; only "
        "for peers that vouch for it, as trunks do.",
        since="12.0.0",
    )
    trust_id_outbound: Mapped[AstBool | None] = option(
        "Send hidden numbers to this endpoint, marked with a Privacy header, rather than withhold "
        "them.",
        since="12.0.0",
    )
    use_ptime: Mapped[AstBool | None] = option(
        "Send packets of the length that the peer's SDP asks for (ptime) rather than of the one "
        "in allow.",
        since="12.0.0",
    )
    use_avpf: Mapped[AstBool | None] = option(
        "Offer the RTP/AVPF profile (RFC 4585) and refuse offers without it, where off refuses "
        "offers with it; webrtc turns it on.",
        since="12.0.0",
    )
    media_encryption: Mapped[MediaEncryption | None] = option(
        "Keys for SRTP: sdes puts them into SDP, so use TLS too, and dtls is WebRTC's way; plain "
        "offers then get 488, and res_srtp is needed.",
        since="12.2.0",
        default="no",
    )
    inband_progress: Mapped[AstBool | None] = option(
        "Signal ringing with 183 and a tone as audio rather than with 180.",
        since="12.0.0",
    )
    call_group: Mapped[str | None] = option(
        "Pickup groups 0 to 63, such as 1-3,5, whose members may take a call ringing here; other "
        "numbers are ignored.",
        AstString(40),
        since="12.2.0",
    )
    pickup_group: Mapped[str | None] = option(
        "Pickup groups 0 to 63, such as 1-3,5, whose ringing calls this endpoint may take.",
        AstString(40),
        since="12.2.0",
    )
    named_call_group: Mapped[tuple[str, ...] | None] = option(
        "Pickup groups by name, case-sensitive and without the limit of 64, whose members may "
        "take a call ringing here.",
        CommaList(40),
        since="12.2.0",
    )
    named_pickup_group: Mapped[tuple[str, ...] | None] = option(
        "Pickup groups by name whose ringing calls this endpoint may take; numbered groups are "
        "apart.",
        CommaList(40),
        since="12.2.0",
    )
    device_state_busy_at: Mapped[Unsigned | None] = option(
        "Number of calls at which hints and queues see the endpoint as busy rather than in use; 0 "
        "means never.",
        since="12.0.0",
        default=0,
    )
    fax_detect: Mapped[AstBool | None] = option(
        "Listen for a fax machine's calling tone and send such a call to extension fax of its "
        "context.",
        since="12.0.0",
    )
    t38_udptl: Mapped[AstBool | None] = option(
        "Accept and relay T.38; without it a fax has to pass as audio.",
        since="12.0.0",
    )
    t38_udptl_ec: Mapped[T38Ec | None] = option(
        "How T.38 survives lost packets: fec adds parity, redundancy repeats; read in lower case "
        "only.",
        since="12.2.0",
        default="none",
    )
    t38_udptl_maxdatagram: Mapped[Unsigned | None] = option(
        "Bytes of a T.38 datagram that the peer takes, for peers that announce too few; 0 "
        "believes them.",
        since="12.0.0",
        default=0,
    )
    t38_udptl_nat: Mapped[AstBool | None] = option(
        "Send T.38 to where the peer's comes from and not to the address in its SDP, as "
        "rtp_symmetric does with RTP.",
        since="12.0.0",
    )
    t38_udptl_ipv6: Mapped[AstBool | None] = option(
        "Bind T.38 to the IPv6 wildcard address, as rtp_ipv6 does with RTP.",
        since="12.0.0",
    )
    tone_zone: Mapped[str | None] = option(
        "Country whose tones are played, a section of indications.conf such as de; None takes the "
        "one chosen there.",
        AstString(40),
        since="12.0.0",
    )
    language: Mapped[str | None] = option(
        "Language of the prompts on this endpoint's channels, such as en or pt_BR: a folder of "
        "sounds on Asterisk's host.",
        AstString(40),
        since="12.0.0",
    )
    one_touch_recording: Mapped[AstBool | None] = option(
        "Obey the phone's record key, an INFO with a Record header, by record_on_feature and "
        "record_off_feature.",
        since="12.0.0",
    )
    record_on_feature: Mapped[str | None] = option(
        "Feature with a digit code in features.conf that 'Record: on' triggers; needs "
        "one_touch_recording.",
        AstString(40),
        since="12.0.0",
        default="automixmon",
    )
    record_off_feature: Mapped[str | None] = option(
        "Feature that 'Record: off' triggers; the same as record_on_feature where one code "
        "switches both ways.",
        AstString(40),
        since="12.0.0",
        default="automixmon",
    )
    rtp_engine: Mapped[str | None] = option(
        "RTP implementation by the name its module registers; calls need asterisk, which is "
        "res_rtp_asterisk.",
        AstString(40),
        since="12.0.0",
        default="asterisk",
    )
    allow_transfer: Mapped[AstBool | None] = option(
        "Obey REFER from this endpoint; turn it off for a trunk that must not transfer calls.",
        since="12.0.0",
        default=True,
    )
    allow_subscribe: Mapped[AstBool | None] = option(
        "Accept SUBSCRIBE from this endpoint, as for busy lamps and message counts; a trunk does "
        "not need it.",
        since="12.0.0",
        default=True,
    )
    sdp_owner: Mapped[str | None] = option(
        "User name in the o= line of SDP; a blank in it makes Asterisk send '-' instead.",
        AstString(40),
        since="12.0.0",
        default="-",
    )
    sdp_session: Mapped[str | None] = option(
        "Text of the s= line of SDP, which tells every peer what server this is.",
        AstString(40),
        since="12.0.0",
        default="Asterisk",
    )
    tos_audio: Mapped[str | None] = option(
        "IP type of service of audio packets: a DSCP name such as ef, or the whole TOS byte as a "
        "number, which is 184 for ef.",
        AstString(10),
        since="12.2.0",
        default="0",
    )
    tos_video: Mapped[str | None] = option(
        "IP type of service of video packets, written as for audio; af41 is usual.",
        AstString(10),
        since="12.2.0",
        default="0",
    )
    sub_min_expiry: Mapped[Unsigned | None] = option(
        "Shortest subscription accepted, in seconds; a SUBSCRIBE for less is refused.",
        since="12.0.0",
        default=0,
    )
    from_domain: Mapped[str | None] = option(
        "Host in From of requests to this endpoint, where a provider checks it; None sends "
        "Asterisk's own address.",
        AstString(255),
        since="12.0.0",
    )
    from_user: Mapped[str | None] = option(
        "User in From of requests to this endpoint, in place of the caller's number; no '@', "
        "blank or quote.",
        AstString(40),
        since=("13.18.0", "14.7.0"),
    )
    mwi_from_user: Mapped[str | None] = option(
        "User in From of the NOTIFYs that are sent unasked for mailboxes.",
        AstString(40),
        since="12.0.0",
    )
    dtls_verify: Mapped[DtlsVerify | None] = option(
        "What is checked of the peer's DTLS certificate: its fingerprint in SDP, its chain of "
        "authorities (certificate), or yes for both.",
        Choice(DtlsVerify, length=40),
        since="12.7.0",
        default="no",
    )
    dtls_rekey: Mapped[str | None] = option(
        "Whole seconds between DTLS handshakes that renew the SRTP keys, as text; 0 never renews "
        "them.",
        AstString(40),
        since="12.7.0",
        default="0",
    )
    dtls_cert_file: Mapped[str | None] = option(
        "PEM certificate shown to the peer; Asterisk drops the endpoint if it cannot read it or "
        "dtls_auto_generate_cert is on.",
        AstString(200),
        since="12.2.0",
    )
    dtls_private_key: Mapped[str | None] = option(
        "PEM key of dtls_cert_file, readable on Asterisk's host; None looks for it in the "
        "certificate's file.",
        AstString(200),
        since="12.2.0",
    )
    dtls_cipher: Mapped[str | None] = option(
        "OpenSSL cipher list for DTLS, such as ECDHE+AESGCM; None leaves the choice to OpenSSL.",
        AstString(200),
        since="12.2.0",
    )
    dtls_ca_file: Mapped[str | None] = option(
        "PEM file, readable on Asterisk's host, of the authorities that the check of a "
        "certificate trusts.",
        AstString(200),
        since="12.2.0",
    )
    dtls_ca_path: Mapped[str | None] = option(
        "Folder of authorities on Asterisk's host, with OpenSSL's hashed names, beside or instead "
        "of dtls_ca_file.",
        AstString(200),
        since="12.2.0",
    )
    dtls_setup: Mapped[DtlsSetup | None] = option(
        "Who starts the DTLS handshake: active is Asterisk, passive the peer, actpass leaves it "
        "to the answer (RFC 5763); webrtc sets actpass.",
        since="12.2.0",
    )
    srtp_tag_32: Mapped[AstBool | None] = option(
        "Offer SRTP authentication tags of 32 bits rather than 80, which are shorter and weaker.",
        since="12.0.0",
    )
    media_address: Mapped[str | None] = option(
        "Address or host name for media in SDP; the transport's external_media_address may still "
        "replace it.",
        AstString(255),
        since="12.0.0",
    )
    redirect_method: Mapped[RedirectMethod | None] = option(
        "On a 3xx: user dials its user part in the dialplan, uri_core has Dial call its URI, "
        "uri_pjsip follows it unseen by the dialplan.",
        since="12.2.0",
        default="user",
    )
    set_var: Mapped[tuple[str, ...] | None] = option(
        "NAME=value pairs set on each channel of the endpoint; a name ending in ')' calls a "
        "dialplan function; only functions that change the call's own channel are accepted.",
        VariableList(),
        since="12.2.0",
    )
    cos_audio: Mapped[Unsigned | None] = option(
        "Priority of audio packets on the link (802.1p), 0 to 7, for interfaces whose VLAN maps "
        "it.",
        since="12.0.0",
        default=0,
    )
    cos_video: Mapped[Unsigned | None] = option(
        "Priority of video packets on the link, 0 to 7, as for audio.",
        since="12.0.0",
        default=0,
    )
    message_context: Mapped[str | None] = option(
        "Dialplan context for MESSAGE requests outside calls; None takes context.",
        AstString(80),
        since="13.5.0",
    )
    force_avp: Mapped[AstBool | None] = option(
        "Write RTP/AVP into SDP even for encrypted streams, for peers that do not know the names "
        "of the other profiles.",
        since="12.4.0",
    )
    media_use_received_transport: Mapped[AstBool | None] = option(
        "Answer with the offer's RTP profile, whatever use_avpf and media_encryption would make "
        "it; webrtc turns it on.",
        since="12.4.0",
    )
    accountcode: Mapped[str | None] = option(
        "Account in the call records of this endpoint's channels; the dialplan reads it as "
        "CHANNEL(accountcode).",
        AstString(80),
        since="13.5.0",
    )
    user_eq_phone: Mapped[AstBool | None] = option(
        "Add user=phone to SIP URIs whose user is a number: digits, with or without '+' before "
        "them.",
        since="13.2.0",
    )
    moh_passthrough: Mapped[AstBool | None] = option(
        "Pass hold on to this endpoint in re-INVITEs, so that it plays its own music, rather than "
        "send it music.",
        since="13.30.0",
    )
    media_encryption_optimistic: Mapped[AstBool | None] = option(
        "Go on with plain RTP where the peer cannot do media_encryption, rather than refuse the "
        "call.",
        since="13.1.0",
    )
    rpid_immediate: Mapped[AstBool | None] = option(
        "Tell a change of connected party before answer at once, in a 180 or 183 that may let the "
        "caller hear ringing too soon.",
        since="13.4.0",
    )
    g726_non_standard: Mapped[AstBool | None] = option(
        "Pack G.726 as AAL2 does, for peers that do so under its plain name; allow then needs "
        "g726aal2.",
        since="13.5.0",
    )
    rtp_keepalive: Mapped[Unsigned | None] = option(
        "Seconds between comfort noise packets that keep a NAT or firewall open; 0 sends none.",
        since="13.5.0",
        default=0,
    )
    rtp_timeout: Mapped[Unsigned | None] = option(
        "Seconds without RTP after which a call that is not on hold is ended; 0 never ends it.",
        since="13.5.0",
        default=0,
    )
    rtp_timeout_hold: Mapped[Unsigned | None] = option(
        "Seconds without RTP after which a call on hold is ended; 0 never ends it.",
        since="13.5.0",
        default=0,
    )
    bind_rtp_to_media_address: Mapped[AstBool | None] = option(
        "Open RTP sockets on media_address, which then has to be an address of Asterisk's host.",
        since="13.8.0",
    )
    voicemail_extension: Mapped[str | None] = option(
        "Extension in Message-Account of message NOTIFYs, which a phone's voicemail key dials; "
        "None takes the one of ps_globals.",
        AstString(40),
        since="13.9.0",
    )
    mwi_subscribe_replaces_unsolicited: Mapped[AstBool | None] = option(
        "Stop the unasked NOTIFYs of mailboxes while the phone subscribes to message counts "
        "itself.",
        since=("13.24.0", "15.7.0"),
    )
    deny: Mapped[tuple[IPNetwork | str, ...] | None] = option(
        "Source networks refused; the last rule that matches wins, so this column stands before "
        "permit in the table and has to stay there.",
        NetworkList(1024, adds_up=True),
        since="13.10.0",
    )
    permit: Mapped[tuple[IPNetwork | str, ...] | None] = option(
        "Source networks permitted after deny; alone it refuses nobody unless it starts with "
        "'!0.0.0.0/0', and host names are invalid.",
        NetworkList(1024, adds_up=True),
        since="13.10.0",
    )
    acl: Mapped[tuple[str, ...] | None] = option(
        "Named lists of acl.conf or family acls, all of which must permit the source; a name that "
        "does not exist refuses everybody.",
        CommaList(255, adds_up=True),
        since="13.10.0",
    )
    contact_deny: Mapped[tuple[IPNetwork | str, ...] | None] = option(
        "Networks that a Contact header may not point to, in any request; read before "
        "contact_permit, and the last match wins.",
        NetworkList(1024, adds_up=True),
        since="13.10.0",
    )
    contact_permit: Mapped[tuple[IPNetwork | str, ...] | None] = option(
        "Networks that a Contact header may point to in spite of contact_deny; written as permit.",
        NetworkList(1024, adds_up=True),
        since="13.10.0",
    )
    contact_acl: Mapped[tuple[str, ...] | None] = option(
        "Named lists that each address in a Contact header must pass; a name that does not exist "
        "lets none pass.",
        CommaList(255, adds_up=True),
        since="13.10.0",
    )
    subscribe_context: Mapped[str | None] = option(
        "Dialplan context whose hints SUBSCRIBE is answered from; None takes context.",
        AstString(80),
        since="13.11.0",
    )
    fax_detect_timeout: Mapped[Unsigned | None] = option(
        "Seconds after answer at which fax_detect stops listening; 0 listens to the end.",
        since="13.11.0",
        default=0,
    )
    contact_user: Mapped[str | None] = option(
        "User in Contact of requests to this endpoint, where a provider looks for the account.",
        AstString(80),
        since=("13.12.0", "14.1.0"),
    )
    preferred_codec_only: Mapped[AstBool | None] = option(
        "Older way to answer with a single codec; rejects the endpoint together with "
        "incoming_call_offer_pref, whose local_first replaces it.",
        since="15.0.0",
    )
    asymmetric_rtp_codec: Mapped[AstBool | None] = option(
        "Go on sending the codec in use when the peer sends another agreed one, rather than "
        "follow it.",
        since=("13.13.0", "14.2.0"),
    )
    rtcp_mux: Mapped[AstBool | None] = option(
        "Run RTCP on RTP's port where the peer agrees (RFC 5761); bundle and webrtc turn it on.",
        since=("13.15.0", "14.4.0"),
    )
    allow_overlap: Mapped[AstBool | None] = option(
        "Answer a number that may still be incomplete with 484, for more digits to come (RFC "
        "3578), rather than with 404.",
        since=("13.15.0", "14.4.0"),
        default=True,
    )
    refer_blind_progress: Mapped[AstBool | None] = option(
        "Report each step of a blind transfer to the phone that asked for it; off reports success "
        "at once, which some phones wait for.",
        since=("13.17.0", "14.6.0"),
        default=True,
    )
    notify_early_inuse_ringing: Mapped[AstBool | None] = option(
        "Show a phone that rings while in use as ringing (early) on busy lamps, rather than as in "
        "use.",
        since=("13.17.0", "14.6.0"),
    )
    max_audio_streams: Mapped[Unsigned | None] = option(
        "Audio streams that one call may have at a time.",
        since="15.0.0",
        default=1,
    )
    max_video_streams: Mapped[Unsigned | None] = option(
        "Video streams that one call may have at a time; a conference that shows several people "
        "needs one for each.",
        since="15.0.0",
        default=1,
    )
    webrtc: Mapped[AstBool | None] = option(
        "Settings that browsers need, which override other columns: DTLS by fingerprint, ICE, "
        "AVPF, bundle, and a certificate unless a file is named.",
        since="15.0.0",
    )
    dtls_fingerprint: Mapped[DtlsFingerprint | None] = option(
        "Hash of our certificate's fingerprint in SDP; None is SHA-256, and SHA-1 is for old "
        "peers.",
        since="12.7.0",
    )
    incoming_mwi_mailbox: Mapped[str | None] = option(
        "Mailbox such as 100@default for which message NOTIFYs from this endpoint are accepted; "
        "None ignores them.",
        AstString(40),
        since=("13.18.0", "14.7.0", "15.1.0"),
    )
    bundle: Mapped[AstBool | None] = option(
        "Put all streams of a call on one port where the peer agrees (RFC 8843); brings rtcp_mux, "
        "and webrtc turns it on.",
        since="15.0.0",
    )
    dtls_auto_generate_cert: Mapped[AstBool | None] = option(
        "Make a certificate for each DTLS session; rejects the endpoint together with "
        "dtls_cert_file.",
        since="15.2.0",
    )
    follow_early_media_fork: Mapped[AstBool | None] = option(
        "Switch to the media of another branch when a forked call answers under another To tag; "
        "ps_systems must allow it too.",
        since=("13.22.0", "15.5.0"),
        default=True,
    )
    accept_multiple_sdp_answers: Mapped[AstBool | None] = option(
        "Take new SDP from a later 18x or 2xx under the same To tag, though without 100rel; "
        "ps_systems must allow it too.",
        since=("13.22.0", "15.5.0"),
    )
    suppress_q850_reason_headers: Mapped[AstBool | None] = option(
        "Leave the Q.850 cause out of Reason headers, for peers that two such headers confuse.",
        since=("13.23.0", "15.6.0"),
    )
    trust_connected_line: Mapped[AstBool | None] = option(
        "Believe this endpoint when it reports another connected party; needs trust_id_inbound as "
        "well.",
        since=("13.24.0", "16.1.0"),
        default=True,
    )
    send_connected_line: Mapped[AstBool | None] = option(
        "Tell this endpoint when it gets another party, as after a transfer; needs send_pai or "
        "send_rpid as well.",
        since=("13.24.0", "16.1.0"),
        default=True,
    )
    ignore_183_without_sdp: Mapped[AstBool | None] = option(
        "Drop a 183 from this endpoint that has no SDP, since passed on it may end the caller's "
        "ringing tone.",
        since=("13.26.0", "16.3.0"),
    )
    codec_prefs_incoming_offer: Mapped[str | None] = option(
        "Reserved, so far without effect: how codecs of a received offer meet allow; any "
        "operation but union.",
        AstString(128),
        since="18.0.0",
        default="prefer: pending, operation: intersect, keep: all, transcode: allow",
    )
    codec_prefs_outgoing_offer: Mapped[str | None] = option(
        "Reserved, so far without effect: how the caller's codecs meet allow in our offer; any "
        "operation.",
        AstString(128),
        since="18.0.0",
        default="prefer: pending, operation: union, keep: all, transcode: allow",
    )
    codec_prefs_incoming_answer: Mapped[str | None] = option(
        "Reserved, so far without effect: how codecs of a received answer meet allow; transcode "
        "is ignored.",
        AstString(128),
        since="18.0.0",
        default="prefer: pending, operation: intersect, keep: all",
    )
    codec_prefs_outgoing_answer: Mapped[str | None] = option(
        "Reserved, so far without effect: how the callee's codecs meet allow in our answer; "
        "transcode is ignored.",
        AstString(128),
        since="18.0.0",
        default="prefer: pending, operation: intersect, keep: all",
    )
    stir_shaken: Mapped[AstBool | None] = option(
        "Without effect: any value, even no, only logs a warning; name a profile in "
        "stir_shaken_profile.",
        since=("18.22.0", "20.7.0", "21.2.0"),
        absent_on=("sqlite",),  # whose driver would pass a NULL on as a value
    )
    send_history_info: Mapped[AstBool | None] = option(
        "Tell this endpoint in History-Info (RFC 7044) who forwarded the call, which newer "
        "networks read rather than Diversion.",
        since=("13.38.0", "16.15.0", "17.9.0", "18.1.0"),
    )
    allow_unauthenticated_options: Mapped[AstBool | None] = option(
        "Answer OPTIONS without a challenge, for peers that use it as a ping; unauthenticated "
        "callers can then find out names of endpoints.",
        since=("16.18.0", "18.4.0"),
    )
    t38_bind_udptl_to_media_address: Mapped[AstBool | None] = option(
        "Open T.38 sockets on media_address, as bind_rtp_to_media_address does for RTP.",
        since=("16.22.0", "18.8.0"),
    )
    geoloc_incoming_call_profile: Mapped[str | None] = option(
        "Location profile of geolocation.conf for calls from here; without that profile or "
        "res_geolocation Asterisk drops the endpoint.",
        AstString(80),
        since=("16.28.0", "18.14.0", "19.6.0"),
    )
    geoloc_outgoing_call_profile: Mapped[str | None] = option(
        "Location profile of geolocation.conf for calls to here, which must exist as the incoming "
        "one must.",
        AstString(80),
        since=("16.28.0", "18.14.0", "19.6.0"),
    )
    incoming_call_offer_pref: Mapped[IncomingCallOfferPref | None] = option(
        "Whose order ranks the codecs that an offer and allow share: allow's (local) or the "
        "offer's (remote); ending in first, it keeps only one.",
        since="18.0.0",
        default="local",
    )
    outgoing_call_offer_pref: Mapped[OutgoingCallOfferPref | None] = option(
        "Whose order ranks what is offered: allow's (local) or the caller's (remote); ending in "
        "merge, it keeps all of allow, in first only one.",
        since="18.0.0",
        default="remote_merge",
    )
    stir_shaken_profile: Mapped[str | None] = option(
        "Profile of stir_shaken.conf by which calls to here are signed and calls from here "
        "verified; None does neither.",
        AstString(80),
        since=("16.26.0", "18.12.0", "19.4.0"),
    )
    security_negotiation: Mapped[SecurityNegotiation | None] = option(
        "Agreement on media security by RFC 3329 headers, which some carriers ask for; "
        "security_mechanisms says what is offered.",
        since=("18.16.0", "20.1.0"),
        default="no",
    )
    security_mechanisms: Mapped[tuple[str, ...] | None] = option(
        "Mechanisms in RFC 3329's form, such as sdes-srtp;mediasec, read with "
        "security_negotiation; unknown ones are dropped silently.",
        CommaList(512),
        since=("18.16.0", "20.1.0"),
    )
    send_aoc: Mapped[AstBool | None] = option(
        "Pass charges that the call's other side reports on to this endpoint, as XML (3GPP TS "
        "24.647).",
        since=("18.16.0", "20.1.0"),
    )
    overlap_context: Mapped[str | None] = option(
        "Dialplan context that tells with allow_overlap whether a number is complete; None takes "
        "context.",
        AstString(80),
        since=("18.17.0", "20.2.0"),
    )
    tenantid: Mapped[str | None] = option(
        "Customer that the endpoint's channels belong to, kept in CDR and CEL; the dialplan reads "
        "it as CHANNEL(tenantid).",
        AstString(80),
        since=("18.25.0", "20.10.0", "21.5.0"),
    )
    suppress_moh_on_sendonly: Mapped[AstBool | None] = option(
        "Play no music to the other party when this endpoint's SDP says sendonly or inactive, "
        "so that early media is heard.",
        since=("20.11.0", "21.6.0", "22.1.0"),
    )
    follow_redirect_methods: Mapped[tuple[RedirectableMethod, ...] | None] = option(
        "Requests outside calls whose 3xx is followed; redirect_method decides about INVITE.",
        ChoiceList(RedirectableMethod, 95),
        since=("20.18.0", "22.8.0", "23.2.0"),
    )
    rtp_port_start: Mapped[Unsigned | None] = option(
        "First UDP port of an RTP range of the endpoint's own, from 1024; 0 takes rtp.conf's, and "
        "rtp_port_end must be given with it.",
        since=("20.20.0", "22.10.0", "23.4.0"),
        default=0,
    )
    rtp_port_end: Mapped[Unsigned | None] = option(
        "Last UDP port of the endpoint's own RTP range, above rtp_port_start; either without the "
        "other rejects the endpoint.",
        since=("20.20.0", "22.10.0", "23.4.0"),
        default=0,
    )
    # -- Rows that it names, and rows that name it -------------------------------------------------

    aor_rows: Mapped[list[Aor]] = related(
        "The AORs that ``aors`` names, in its order; a name without a row is left out.",
        lambda: other("Aor"),
        lambda: Endpoint.id == _AORS.c.owner,
        through=_AORS,
        named=lambda: other("Aor").id == _AORS.c.name,
        order_by=_AORS.c.place,
    )
    auth_rows: Mapped[list[Auth]] = related(
        "The auths that ``auth`` names, in its order.",
        lambda: other("Auth"),
        lambda: Endpoint.id == _AUTH.c.owner,
        through=_AUTH,
        named=lambda: other("Auth").id == _AUTH.c.name,
        order_by=_AUTH.c.place,
    )
    outbound_auth_rows: Mapped[list[Auth]] = related(
        "The auths that ``outbound_auth`` names, in its order.",
        lambda: other("Auth"),
        lambda: Endpoint.id == _OUTBOUND_AUTH.c.owner,
        through=_OUTBOUND_AUTH,
        named=lambda: other("Auth").id == _OUTBOUND_AUTH.c.name,
        order_by=_OUTBOUND_AUTH.c.place,
    )
    mailbox_rows: Mapped[list[Voicemail]] = related(
        "The boxes that ``mailboxes`` names, in its order; without ``@`` those of ``default``.",
        lambda: other("Voicemail"),
        lambda: Endpoint.id == _MAILBOXES.c.owner,
        through=_MAILBOXES,
        named=lambda: and_(
            other("Voicemail").mailbox == mailbox_in(foreign(_MAILBOXES.c.name)),
            other("Voicemail").context == context_in(foreign(_MAILBOXES.c.name)),
        ),
        order_by=_MAILBOXES.c.place,
    )
    contacts: Mapped[list[Contact]] = related(
        "The registered contacts; none on SQLite, where Asterisk keeps them elsewhere.",
        lambda: other("Contact"),
        lambda: Endpoint.id == foreign(other("Contact").endpoint),
        order_by=lambda: other("Contact").id,
    )
    identify_rows: Mapped[list[Identify]] = related(
        "The rows by which its requests are recognised.",
        lambda: other("Identify"),
        lambda: Endpoint.id == foreign(other("Identify").endpoint),
        order_by=lambda: other("Identify").id,
    )
    registration_rows: Mapped[list[Registration]] = related(
        "The registrations whose calls belong to it.",
        lambda: other("Registration"),
        lambda: Endpoint.id == foreign(other("Registration").endpoint),
        order_by=lambda: other("Registration").id,
    )
