"""Settings of the whole SIP stack: ``ps_globals`` (``res/res_pjsip/config_global.c``)."""

from __future__ import annotations

from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import AstString, ChoiceList, CommaList, Name
from asterisk_realtime.values.choices import DigestAlgorithm, TaskprocessorOverloadTrigger


class Global(Base):
    """
    Settings of all of PJSIP (``type=global``).

    Asterisk only reads the table, at load and at ``module reload res_pjsip.so``.
    It expects one row: with more it logs an error, and the last one read applies.
    """

    __tablename__ = "ps_globals"

    id: Mapped[str] = key(
        "Any name: Asterisk reads all rows of type global, and expects one.",
        Name(40),
        primary_key=True,
    )
    max_forwards: Mapped[Unsigned | None] = option(
        "Hops that requests of Asterisk may take, in Max-Forwards.",
        since="13.3.0",
        default=70,
    )
    user_agent: Mapped[str | None] = option(
        "Text of User-Agent in requests and Server in responses; None tells everybody "
        "Asterisk's version.",
        AstString(255),
        since="12.0.0",
    )
    default_outbound_endpoint: Mapped[str | None] = option(
        "Endpoint whose settings requests to a bare URI take, such as a MESSAGE sent from the "
        "dialplan.",
        AstString(40),
        since="13.3.0",
        default="default_outbound_endpoint",
    )
    debug: Mapped[str | None] = option(
        "SIP packets in the log: 'yes', 'no', or the address of the one host to show.",
        AstString(40),
        since="13.3.0",
        default="no",
    )
    endpoint_identifier_order: Mapped[tuple[str, ...] | None] = option(
        "Order in which callers are recognised, of ip, username, anonymous, header, request_uri "
        "and auth_username; read at start only.",
        CommaList(40),
        since="13.3.0",
        default="ip,username,anonymous",
    )
    max_initial_qualify_time: Mapped[Unsigned | None] = option(
        "Seconds within which all contacts get their first OPTIONS after start; 0 means within "
        "their qualify_frequency.",
        since="13.4.0",
        default=0,
    )
    default_from_user: Mapped[str | None] = option(
        "User part of From where neither the caller ID nor the endpoint gives one.",
        AstString(80),
        since="13.6.0",
        default="asterisk",
    )
    keep_alive_interval: Mapped[Unsigned | None] = option(
        "Seconds from one keepalive to the next on open TCP and TLS connections; 0 sends none.",
        since="13.3.0",
        default=90,
    )
    regcontext: Mapped[str | None] = option(
        "Dialplan context in which each endpoint gets a NoOp extension of its name for as long "
        "as it is registered.",
        AstString(80),
        since="13.8.0",
    )
    contact_expiration_check_interval: Mapped[Unsigned | None] = option(
        "Seconds from one sweep for expired contacts to the next, a query each; 0 never sweeps.",
        since="13.9.0",
        default=30,
    )
    default_voicemail_extension: Mapped[str | None] = option(
        "Extension in Message-Account of voicemail NOTIFYs where neither endpoint nor AOR names "
        "one.",
        AstString(40),
        since="13.9.0",
    )
    disable_multi_domain: Mapped[AstBool | None] = option(
        "Look for endpoints by user alone, not by user@domain and domain aliases, which saves "
        "up to three queries a request.",
        since=("13.12.0", "14.1.0"),
    )
    unidentified_request_count: Mapped[Unsigned | None] = option(
        "Requests of one address that match no endpoint, within unidentified_request_period, "
        "until a security event is raised.",
        since="13.10.0",
        default=5,
    )
    unidentified_request_period: Mapped[Unsigned | None] = option(
        "Seconds over which requests that match no endpoint are counted for an address.",
        since="13.10.0",
        default=5,
    )
    unidentified_request_prune_interval: Mapped[Unsigned | None] = option(
        "Seconds from one sweep to the next that forgets counts older than twice "
        "unidentified_request_period.",
        since="13.10.0",
        default=30,
    )
    default_realm: Mapped[str | None] = option(
        "Digest realm of challenges whose auth row names none, also of those to callers that "
        "match no endpoint.",
        AstString(40),
        since="13.10.0",
        default="asterisk",
    )
    mwi_tps_queue_high: Mapped[Unsigned | None] = option(
        "Waiting voicemail notifications above which PJSIP refuses new requests.",
        since=("13.12.0", "14.1.0"),
        default=500,
    )
    mwi_tps_queue_low: Mapped[int | None] = option(
        "Waiting voicemail notifications below which requests are accepted again; -1 stands for 90 "
        "% of mwi_tps_queue_high.",
        since=("13.12.0", "14.1.0"),
        default=-1,
    )
    mwi_disable_initial_unsolicited: Mapped[AstBool | None] = option(
        "Send no voicemail NOTIFYs at start, but to each phone when it next registers; for "
        "servers with thousands of phones.",
        since=("13.12.0", "14.1.0"),
    )
    ignore_uri_user_options: Mapped[AstBool | None] = option(
        "Cut the user part of URIs at its first ';', as in sip:123;phone-context=x@host, for "
        "all look-ups.",
        since=("13.12.0", "14.1.0"),
    )
    use_callerid_contact: Mapped[AstBool | None] = option(
        "Write the caller's number into the user part of Contact, instead of default_from_user.",
        since=("13.24.0", "16.1.0"),
    )
    send_contact_status_on_update_registration: Mapped[AstBool | None] = option(
        "Raise the AMI event ContactStatus for mere refreshes of a registration too.",
        since="16.2.0",
    )
    taskprocessor_overload_trigger: Mapped[TaskprocessorOverloadTrigger | None] = option(
        "Which overfull task queues make PJSIP refuse new requests: any (global), only PJSIP's "
        "own, or none.",
        since=("13.26.0", "16.3.0"),
        default="global",
    )
    norefersub: Mapped[AstBool | None] = option(
        "Advertise norefersub in Supported, so that peers can transfer without the implied "
        "subscription (RFC 4488).",
        since=("13.27.0", "16.4.0"),
        default=True,
    )
    allow_sending_180_after_183: Mapped[AstBool | None] = option(
        "Send 180 Ringing to a caller even after 183 Session Progress, which would otherwise "
        "suppress it.",
        since=("16.26.0", "18.12.0", "19.4.0"),
    )
    all_codecs_on_empty_reinvite: Mapped[AstBool | None] = option(
        "Offer all codecs of the endpoint in reply to a re-INVITE without SDP (RFC 3261, 14.2), "
        "not only the negotiated ones.",
        since=("16.30.0", "18.16.0", "19.8.0", "20.1.0"),
    )
    default_auth_algorithms_uas: Mapped[tuple[DigestAlgorithm, ...] | None] = option(
        "Digest algorithms that Asterisk's challenges offer, for auth rows with no list of "
        "their own.",
        ChoiceList(DigestAlgorithm, 1024, adds_up=True),
        since=("20.12.0", "21.7.0", "22.2.0"),
        default="MD5",
    )
    default_auth_algorithms_uac: Mapped[tuple[DigestAlgorithm, ...] | None] = option(
        "Digest algorithms that Asterisk answers in others' challenges, for auth rows with no "
        "list of their own.",
        ChoiceList(DigestAlgorithm, 1024, adds_up=True),
        since=("20.12.0", "21.7.0", "22.2.0"),
        default="MD5",
    )
