"""
SQL enum types: which words a column holds, under the names that upstream's scripts gave them.

Labels are upstream's, in its order, followed by words that Asterisk accepts and upstream lacks.
"""

from __future__ import annotations

from typing import Any, Final

from asterisk_realtime.models.types import Choice
from asterisk_realtime.values import choices as c

CHOICES: Final[dict[Any, Any]] = {
    c.AuthType: Choice(
        c.AuthType, "pjsip_auth_type_values_v2", ("md5", "userpass", "google_oauth", "digest")
    ),
    # The four labels that end in "screened" are upstream's; Asterisk refuses them.
    c.CallerIdPrivacy: Choice(
        c.CallerIdPrivacy,
        "pjsip_cid_privacy_values",
        (
            "allowed_not_screened",
            "allowed_passed_screened",
            "allowed_failed_screened",
            "allowed",
            "prohib_not_screened",
            "prohib_passed_screened",
            "prohib_failed_screened",
            "prohib",
            "unavailable",
            "allowed_passed_screen",
            "allowed_failed_screen",
            "prohib_passed_screen",
            "prohib_failed_screen",
        ),
    ),
    c.DirectMediaGlareMitigation: Choice(
        c.DirectMediaGlareMitigation, "pjsip_direct_media_glare_mitigation_values"
    ),
    c.DtlsFingerprint: Choice(c.DtlsFingerprint, "sha_hash_values"),
    c.DtlsSetup: Choice(c.DtlsSetup, "pjsip_dtls_setup_values"),
    c.DtmfMode: Choice(c.DtmfMode, "pjsip_dtmf_mode_values_v3"),
    c.IncomingCallOfferPref: Choice(
        c.IncomingCallOfferPref, "pjsip_incoming_call_offer_pref_values"
    ),
    c.OutgoingCallOfferPref: Choice(
        c.OutgoingCallOfferPref, "pjsip_outgoing_call_offer_pref_values"
    ),
    c.MediaEncryption: Choice(c.MediaEncryption, "pjsip_media_encryption_values"),
    c.PjsipMethod: Choice(c.PjsipMethod, "pjsip_connected_line_method_values"),
    c.RedirectMethod: Choice(c.RedirectMethod, "pjsip_redirect_method_values"),
    c.Rel100: Choice(
        c.Rel100, "pjsip_100rel_values_v2", ("no", "required", "peer_supported", "yes")
    ),
    c.SecurityNegotiation: Choice(c.SecurityNegotiation, "security_negotiation_values"),
    c.T38Ec: Choice(c.T38Ec, "pjsip_t38udptl_ec_values"),
    c.TaskprocessorOverloadTrigger: Choice(
        c.TaskprocessorOverloadTrigger, "pjsip_taskprocessor_overload_trigger_values"
    ),
    c.Timers: Choice(c.Timers, "pjsip_timer_values", ("forced", "no", "required", "yes", "always")),
    c.TransportMethod: Choice(c.TransportMethod, "pjsip_transport_method_values_v2"),
    c.TransportProtocol: Choice(c.TransportProtocol, "pjsip_transport_protocol_values_v2"),
    c.MohMode: Choice(
        c.MohMode,
        "moh_mode_values",
        (
            "custom",
            "files",
            "mp3nb",
            "quietmp3nb",
            "quietmp3",
            "playlist",
            "mp3",
            "httpmp3",
        ),
    ),
    c.QueueAutopause: Choice(c.QueueAutopause, "queue_autopause_values"),
    c.QueueStrategy: Choice(
        c.QueueStrategy,
        "queue_strategy_values",
        (
            "ringall",
            "leastrecent",
            "fewestcalls",
            "random",
            "rrmemory",
            "linear",
            "wrandom",
            "rrordered",
            "roundrobin",
        ),
    ),
    c.PeerType: Choice(c.PeerType, "type_values"),
    c.IaxRequireCallToken: Choice(c.IaxRequireCallToken, "iax_requirecalltoken_values"),
    c.IaxEncryption: Choice(c.IaxEncryption, "iax_encryption_values"),
    c.IaxTransfer: Choice(c.IaxTransfer, "iax_transfer_values"),
    c.SipTransport: Choice(c.SipTransport, "sip_transport_values"),
    c.SipDtmfMode: Choice(c.SipDtmfMode, "sip_dtmfmode_values"),
    c.SipDirectMedia: Choice(c.SipDirectMedia, "sip_directmedia_values_v2"),
    c.SipProgressInband: Choice(c.SipProgressInband, "sip_progressinband_values"),
    c.SipSessionTimers: Choice(c.SipSessionTimers, "sip_session_timers_values"),
    c.SipSessionRefresher: Choice(c.SipSessionRefresher, "sip_session_refresher_values"),
    c.SipCallingPres: Choice(c.SipCallingPres, "sip_callingpres_values"),
}
