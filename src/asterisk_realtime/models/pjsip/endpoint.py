"""TODO."""

from __future__ import annotations

from netaddr import IPNetwork

from asterisk_realtime.models.base import AstBool, Base, Mapped, Unsigned, key, option
from asterisk_realtime.models.types import AstString, ChoiceList, CommaList, NetworkList, VariableList
from asterisk_realtime.values.choices import CallerIdPrivacy, DirectMediaGlareMitigation, DtlsFingerprint, DtlsSetup, DtmfMode, IdentifyBy, IncomingCallOfferPref, MediaEncryption, OutgoingCallOfferPref, PjsipMethod, RedirectMethod, Rel100, SecurityNegotiation, T38Ec, Timers


class Endpoint(Base):
    """TODO."""

    __tablename__ = "ps_endpoints"

    id: Mapped[str] = key(
        "TODO.",
        AstString(255),
        primary_key=True,
    )
    transport: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    aors: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(2048),
        since="12.0.0",
    )
    auth: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(255),
        since="12.2.0",
    )
    context: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
        since="12.0.0",
        default="default",
    )
    disallow: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(200),
        since="13.0.0",
    )
    allow: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(200),
        since="13.0.0",
    )
    direct_media: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
        default=True,
    )
    connected_line_method: Mapped[PjsipMethod | None] = option(
        "TODO.",
        since="12.2.0",
        default="invite",
    )
    direct_media_method: Mapped[PjsipMethod | None] = option(
        "TODO.",
        since="12.2.0",
        default="invite",
    )
    direct_media_glare_mitigation: Mapped[DirectMediaGlareMitigation | None] = option(
        "TODO.",
        since="12.2.0",
        default="none",
    )
    disable_direct_media_on_nat: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    dtmf_mode: Mapped[DtmfMode | None] = option(
        "TODO.",
        since="12.2.0",
        default="rfc4733",
    )
    external_media_address: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
    )
    force_rport: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
        default=True,
    )
    ice_support: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    identify_by: Mapped[tuple[IdentifyBy, ...] | None] = option(
        "TODO.",
        ChoiceList(IdentifyBy, 80),
        since=("13.19.0", "15.2.0"),
        default="username,ip",
    )
    mailboxes: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(512),
        since="12.0.0",
    )
    moh_suggest: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="12.0.0",
        default="default",
    )
    outbound_auth: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(255),
        since="12.2.0",
    )
    outbound_proxy: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    rewrite_contact: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    rtp_ipv6: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    rtp_symmetric: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    send_diversion: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
        default=True,
    )
    send_pai: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    send_rpid: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    timers_min_se: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=90,
    )
    timers: Mapped[Timers | None] = option(
        "TODO.",
        since="12.2.0",
        default="yes",
    )
    timers_sess_expires: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=1800,
    )
    callerid: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.2.0",
    )
    callerid_privacy: Mapped[CallerIdPrivacy | None] = option(
        "TODO.",
        since="12.7.0",
        default="allowed_not_screened",
    )
    callerid_tag: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="12.2.0",
    )
    rel100: Mapped[Rel100 | None] = option(
        "TODO.",
        name="100rel",
        since="12.2.0",
        default="yes",
    )
    aggregate_mwi: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
        default=True,
    )
    trust_id_inbound: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    trust_id_outbound: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    use_ptime: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    use_avpf: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    media_encryption: Mapped[MediaEncryption | None] = option(
        "TODO.",
        since="12.2.0",
        default="no",
    )
    inband_progress: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    call_group: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="12.2.0",
    )
    pickup_group: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="12.2.0",
    )
    named_call_group: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(40),
        since="12.2.0",
    )
    named_pickup_group: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(40),
        since="12.2.0",
    )
    device_state_busy_at: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=0,
    )
    fax_detect: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    t38_udptl: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    t38_udptl_ec: Mapped[T38Ec | None] = option(
        "TODO.",
        since="12.2.0",
        default="none",
    )
    t38_udptl_maxdatagram: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=0,
    )
    t38_udptl_nat: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    t38_udptl_ipv6: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    tone_zone: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="12.0.0",
    )
    language: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="12.0.0",
    )
    one_touch_recording: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    record_on_feature: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="12.0.0",
        default="automixmon",
    )
    record_off_feature: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="12.0.0",
        default="automixmon",
    )
    rtp_engine: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="12.0.0",
        default="asterisk",
    )
    allow_transfer: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
        default=True,
    )
    allow_subscribe: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
        default=True,
    )
    sdp_owner: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="12.0.0",
        default="-",
    )
    sdp_session: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="12.0.0",
        default="Asterisk",
    )
    tos_audio: Mapped[str | None] = option(
        "TODO.",
        AstString(10),
        since="12.2.0",
        default="0",
    )
    tos_video: Mapped[str | None] = option(
        "TODO.",
        AstString(10),
        since="12.2.0",
        default="0",
    )
    sub_min_expiry: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=0,
    )
    from_domain: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since="12.0.0",
    )
    from_user: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since=("13.18.0", "14.7.0"),
    )
    mwi_from_user: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="12.0.0",
    )
    dtls_verify: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="12.7.0",
        default="no",
    )
    dtls_rekey: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="12.7.0",
        default="0",
    )
    dtls_cert_file: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
        since="12.2.0",
    )
    dtls_private_key: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
        since="12.2.0",
    )
    dtls_cipher: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
        since="12.2.0",
    )
    dtls_ca_file: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
        since="12.2.0",
    )
    dtls_ca_path: Mapped[str | None] = option(
        "TODO.",
        AstString(200),
        since="12.2.0",
    )
    dtls_setup: Mapped[DtlsSetup | None] = option(
        "TODO.",
        since="12.2.0",
    )
    srtp_tag_32: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.0.0",
    )
    media_address: Mapped[str | None] = option(
        "TODO.",
        AstString(255),
        since=("18.22.0", "20.7.0", "21.2.0"),
    )
    redirect_method: Mapped[RedirectMethod | None] = option(
        "TODO.",
        since="12.2.0",
        default="user",
    )
    set_var: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        VariableList(),
        since="12.2.0",
    )
    cos_audio: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=0,
    )
    cos_video: Mapped[Unsigned | None] = option(
        "TODO.",
        since="12.0.0",
        default=0,
    )
    message_context: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
        since="13.5.0",
    )
    force_avp: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.4.0",
    )
    media_use_received_transport: Mapped[AstBool | None] = option(
        "TODO.",
        since="12.4.0",
    )
    accountcode: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
        since="13.5.0",
    )
    user_eq_phone: Mapped[AstBool | None] = option(
        "TODO.",
        since="13.2.0",
    )
    moh_passthrough: Mapped[AstBool | None] = option(
        "TODO.",
        since="13.30.0",
    )
    media_encryption_optimistic: Mapped[AstBool | None] = option(
        "TODO.",
        since="13.1.0",
    )
    rpid_immediate: Mapped[AstBool | None] = option(
        "TODO.",
        since="13.4.0",
    )
    g726_non_standard: Mapped[AstBool | None] = option(
        "TODO.",
        since="13.5.0",
    )
    rtp_keepalive: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.5.0",
        default=0,
    )
    rtp_timeout: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.5.0",
        default=0,
    )
    rtp_timeout_hold: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.5.0",
        default=0,
    )
    bind_rtp_to_media_address: Mapped[AstBool | None] = option(
        "TODO.",
        since="13.8.0",
    )
    voicemail_extension: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since="13.9.0",
    )
    mwi_subscribe_replaces_unsolicited: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.24.0", "15.7.0"),
    )
    deny: Mapped[tuple[IPNetwork | str, ...] | None] = option(
        "TODO.",
        NetworkList(1024),
        since="13.10.0",
    )
    permit: Mapped[tuple[IPNetwork | str, ...] | None] = option(
        "TODO.",
        NetworkList(1024),
        since="13.10.0",
    )
    acl: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(255),
        since="13.10.0",
    )
    contact_deny: Mapped[tuple[IPNetwork | str, ...] | None] = option(
        "TODO.",
        NetworkList(1024),
        since="13.10.0",
    )
    contact_permit: Mapped[tuple[IPNetwork | str, ...] | None] = option(
        "TODO.",
        NetworkList(1024),
        since="13.10.0",
    )
    contact_acl: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(255),
        since="13.10.0",
    )
    subscribe_context: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
        since="13.11.0",
    )
    fax_detect_timeout: Mapped[Unsigned | None] = option(
        "TODO.",
        since="13.11.0",
        default=0,
    )
    contact_user: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
        since=("13.12.0", "14.1.0"),
    )
    preferred_codec_only: Mapped[AstBool | None] = option(
        "TODO.",
        since="15.0.0",
    )
    asymmetric_rtp_codec: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.13.0", "14.2.0"),
    )
    rtcp_mux: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.15.0", "14.4.0"),
    )
    allow_overlap: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.15.0", "14.4.0"),
        default=True,
    )
    refer_blind_progress: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.17.0", "14.6.0"),
        default=True,
    )
    notify_early_inuse_ringing: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.17.0", "14.6.0"),
    )
    max_audio_streams: Mapped[Unsigned | None] = option(
        "TODO.",
        since="15.0.0",
        default=1,
    )
    max_video_streams: Mapped[Unsigned | None] = option(
        "TODO.",
        since="15.0.0",
        default=1,
    )
    webrtc: Mapped[AstBool | None] = option(
        "TODO.",
        since="15.0.0",
    )
    dtls_fingerprint: Mapped[DtlsFingerprint | None] = option(
        "TODO.",
        since="12.7.0",
    )
    incoming_mwi_mailbox: Mapped[str | None] = option(
        "TODO.",
        AstString(40),
        since=("13.18.0", "14.7.0", "15.1.0"),
    )
    bundle: Mapped[AstBool | None] = option(
        "TODO.",
        since="15.0.0",
    )
    dtls_auto_generate_cert: Mapped[AstBool | None] = option(
        "TODO.",
        since="15.2.0",
    )
    follow_early_media_fork: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.22.0", "15.5.0"),
        default=True,
    )
    accept_multiple_sdp_answers: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.22.0", "15.5.0"),
    )
    suppress_q850_reason_headers: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.23.0", "15.6.0"),
    )
    trust_connected_line: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.24.0", "16.1.0"),
        default=True,
    )
    send_connected_line: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.24.0", "16.1.0"),
        default=True,
    )
    ignore_183_without_sdp: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.26.0", "16.3.0"),
    )
    codec_prefs_incoming_offer: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
        since="18.0.0",
        default="prefer: pending, operation: intersect, keep: all, transcode: allow",
    )
    codec_prefs_outgoing_offer: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
        since="18.0.0",
        default="prefer: pending, operation: union, keep: all, transcode: allow",
    )
    codec_prefs_incoming_answer: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
        since="18.0.0",
        default="prefer: pending, operation: intersect, keep: all",
    )
    codec_prefs_outgoing_answer: Mapped[str | None] = option(
        "TODO.",
        AstString(128),
        since="18.0.0",
        default="prefer: pending, operation: intersect, keep: all",
    )
    stir_shaken: Mapped[AstBool | None] = option(
        "TODO.",
        since=("18.22.0", "20.7.0", "21.2.0"),
    )
    send_history_info: Mapped[AstBool | None] = option(
        "TODO.",
        since=("13.38.0", "16.15.0", "17.9.0", "18.1.0"),
    )
    allow_unauthenticated_options: Mapped[AstBool | None] = option(
        "TODO.",
        since=("16.18.0", "18.4.0"),
    )
    t38_bind_udptl_to_media_address: Mapped[AstBool | None] = option(
        "TODO.",
        since=("16.22.0", "18.8.0"),
    )
    geoloc_incoming_call_profile: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
        since=("16.28.0", "18.14.0", "19.6.0"),
    )
    geoloc_outgoing_call_profile: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
        since=("16.28.0", "18.14.0", "19.6.0"),
    )
    incoming_call_offer_pref: Mapped[IncomingCallOfferPref | None] = option(
        "TODO.",
        since="18.0.0",
        default="local",
    )
    outgoing_call_offer_pref: Mapped[OutgoingCallOfferPref | None] = option(
        "TODO.",
        since="18.0.0",
        default="remote_merge",
    )
    stir_shaken_profile: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
        since=("16.26.0", "18.12.0", "19.4.0"),
    )
    security_negotiation: Mapped[SecurityNegotiation | None] = option(
        "TODO.",
        since="21.0.0",
        default="no",
    )
    security_mechanisms: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(512),
        since="21.0.0",
    )
    send_aoc: Mapped[AstBool | None] = option(
        "TODO.",
        since=("18.16.0", "20.1.0"),
    )
    overlap_context: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
        since=("18.17.0", "20.2.0"),
    )
    tenantid: Mapped[str | None] = option(
        "TODO.",
        AstString(80),
        since=("18.25.0", "20.10.0", "21.5.0"),
    )
    suppress_moh_on_sendonly: Mapped[AstBool | None] = option(
        "TODO.",
        since=("20.11.0", "21.6.0", "22.1.0"),
    )
    follow_redirect_methods: Mapped[tuple[str, ...] | None] = option(
        "TODO.",
        CommaList(95),
        since=("20.18.0", "22.8.0", "23.2.0"),
    )
    rtp_port_start: Mapped[Unsigned | None] = option(
        "TODO.",
        since=("20.20.0", "22.10.0", "23.4.0"),
        default=0,
    )
    rtp_port_end: Mapped[Unsigned | None] = option(
        "TODO.",
        since=("20.20.0", "22.10.0", "23.4.0"),
        default=0,
    )
