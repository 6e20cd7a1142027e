"""
What Asterisk 22.10 shows of each column of the ``ps_*`` tables: the table behind the proof.

``test_readback.py`` writes each column with other values than the default, by the models, and
fails where a real Asterisk does not show what stands here. The documentation prints it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import netaddr

from asterisk_realtime import models as m

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Outcome(StrEnum):
    """What became of a value."""

    SAME = "same"
    OTHER = "other spelling"
    NOT_SHOWN = "not shown"
    EXCLUDED = "excluded"


def _as_written(text: str) -> str:
    return text


@dataclass(frozen=True)
class Shown:
    """
    What Asterisk shows of one column.

    Attributes:
        outcome: In one word.
        why: The rule of the other spelling, or the reason.
        spell: What a value that was written ought to look like.
        read: What is shown, made ready for the comparison.
    """

    outcome: Outcome
    why: str = ""
    spell: Callable[[str], str] = _as_written
    read: Callable[[str], str] = _as_written


def _other(
    why: str, spell: Callable[[str], str], read: Callable[[str], str] = _as_written
) -> Shown:
    return Shown(Outcome.OTHER, why, spell, read)


def _not_shown(why: str) -> Shown:
    return Shown(Outcome.NOT_SHOWN, why)


def _excluded(why: str) -> Shown:
    return Shown(Outcome.EXCLUDED, why)


def _cut(text: str, size: int) -> str:
    return text.encode()[:size].decode(errors="ignore")


def _sorted(text: str) -> str:
    return ",".join(sorted(part.strip() for part in text.split(",")))


def _masked(text: str) -> str:
    networks = (netaddr.IPNetwork(part) for part in text.split(","))
    return ",".join(f"{network.ip}/{network.netmask}" for network in networks)


_TOS: Final = {"ef": "184", "cs3": "96", "af41": "136", "0x20": "32"}

SAME: Final = Shown(Outcome.SAME)
TRUE_FALSE: Final = _other(
    "true, false", lambda text: "true" if text.lower() in {"yes", "true"} else "false"
)
CAPITAL: Final = _other("with a capital letter", str.capitalize)
SMALL: Final = _other("in small letters", str.lower)
BLANKS: Final = _other("with a blank after each comma", lambda text: text.replace(",", ", "))
ANY_ORDER: Final = _other("in any order", _sorted, _sorted)
CODECS: Final = _other(
    "in parentheses, with bars, without packet times",
    lambda text: f"({'|'.join(part.partition(':')[0] for part in text.split(','))})",
)
TOS: Final = _other("as a number", lambda text: _TOS.get(text, text))
SECONDS: Final = _other("with six decimals", lambda text: f"{float(text):.6f}")
MASKS: Final = _other("with network masks", _masked)
FORCED: Final = _other("forced is shown as always", lambda text: text.replace("forced", "always"))
REINVITE: Final = _other("reinvite is shown as invite", lambda text: text.replace("rein", "in"))
NAMES: Final = _other("the first 127 bytes", lambda text: _cut(text, 127))
FIRST_ACL: Final = _other(
    "the first name, up to 79 bytes of it", lambda text: _cut(text.partition(",")[0], 79)
)
CONTEXT: Final = _other(
    "the first 79 bytes, which is all that is kept", lambda text: _cut(text, 79)
)
LONG: Final = _other("the first 1023 bytes, the command's limit", lambda text: _cut(text, 1023))
ADDRESS: Final = _other(
    "the first 45 bytes, which is all that is kept", lambda text: _cut(text, 45)
)
KEY: Final = _other("the first 31 bytes, which is all that is kept", lambda text: _cut(text, 31))
METHOD: Final = _other("default is shown as tlsv1", lambda text: text.replace("default", "tlsv1"))

RULES: Final = _not_shown("no command shows rules of an access list")
NEVER_READ: Final = _not_shown("Asterisk never reads the column")
NEWER: Final = _not_shown("read since 22.11, and the proof is by 22.10")
NO_WORD: Final = _not_shown("the option has no way back to text")
OLD_NAME: Final = _excluded("an old name: shown is the value of the column with the new one")


def _columns(groups: Mapping[Shown, str]) -> dict[str, Shown]:
    """Return column -> what is shown, from what is shown -> columns."""
    return {name: shown for shown, names in groups.items() for name in names.split()}


READBACK: Final[dict[type[m.Base], dict[str, Shown]]] = {
    m.Endpoint: _columns(
        {
            SAME: """
                100rel accountcode aors callerid callerid_privacy callerid_tag contact_user context
                cos_audio cos_video device_state_busy_at direct_media_glare_mitigation
                dtls_ca_file dtls_ca_path dtls_cert_file dtls_cipher dtls_fingerprint
                dtls_private_key dtls_rekey dtls_setup dtmf_mode fax_detect_timeout from_domain
                from_user geoloc_incoming_call_profile geoloc_outgoing_call_profile identify_by
                incoming_call_offer_pref incoming_mwi_mailbox language mailboxes max_audio_streams
                max_video_streams media_address media_encryption message_context moh_suggest
                mwi_from_user mwi_subscribe_replaces_unsolicited outbound_proxy
                outgoing_call_offer_pref overlap_context record_off_feature record_on_feature
                redirect_method rtp_engine rtp_keepalive rtp_port_end rtp_port_start rtp_timeout
                rtp_timeout_hold sdp_owner sdp_session security_negotiation send_connected_line
                stir_shaken_profile sub_min_expiry t38_udptl_ec t38_udptl_maxdatagram tenantid
                timers_min_se timers_sess_expires tone_zone transport trust_connected_line
                voicemail_extension webrtc
            """,
            TRUE_FALSE: """
                accept_multiple_sdp_answers aggregate_mwi allow_overlap allow_subscribe
                allow_transfer allow_unauthenticated_options asymmetric_rtp_codec
                bind_rtp_to_media_address bundle direct_media disable_direct_media_on_nat fax_detect
                follow_early_media_fork force_avp force_rport g726_non_standard ice_support
                ignore_183_without_sdp inband_progress media_encryption_optimistic
                media_use_received_transport moh_passthrough notify_early_inuse_ringing
                one_touch_recording preferred_codec_only refer_blind_progress rewrite_contact
                rpid_immediate rtcp_mux rtp_ipv6 rtp_symmetric send_aoc send_diversion
                send_history_info send_pai send_rpid srtp_tag_32 suppress_moh_on_sendonly
                suppress_q850_reason_headers t38_bind_udptl_to_media_address t38_udptl
                t38_udptl_ipv6 t38_udptl_nat trust_id_inbound trust_id_outbound use_avpf use_ptime
                user_eq_phone
            """,
            CAPITAL: "dtls_auto_generate_cert dtls_verify",
            CODECS: "allow",
            BLANKS: """
                call_group pickup_group codec_prefs_incoming_answer codec_prefs_incoming_offer
                codec_prefs_outgoing_answer codec_prefs_outgoing_offer security_mechanisms
            """,
            ANY_ORDER: "named_call_group named_pickup_group",
            TOS: "tos_audio tos_video",
            FORCED: "timers",
            REINVITE: "connected_line_method",
            SMALL: "follow_redirect_methods",
            NAMES: "auth outbound_auth",
            FIRST_ACL: "acl contact_acl",
            CONTEXT: "subscribe_context",
            RULES: "deny permit contact_deny contact_permit",
            NEVER_READ: "external_media_address",
            _not_shown("never read from a database"): "disallow",
            NO_WORD: "set_var",
            _excluded("22.10 shows connected_line_method here"): "direct_media_method",
            _excluded("refused with a warning; stir_shaken_profile took its place"): "stir_shaken",
        }
    ),
    m.Aor: _columns(
        {
            SAME: """
                default_expiration mailboxes max_contacts maximum_expiration minimum_expiration
                outbound_proxy qualify_frequency voicemail_extension
            """,
            TRUE_FALSE: """
                authenticate_qualify qualify_2xx_only remove_existing remove_unavailable
                support_path
            """,
            SECONDS: "qualify_timeout",
            ANY_ORDER: "contact",
        }
    ),
    m.Auth: _columns(
        {
            SAME: """
                auth_type nonce_lifetime md5_cred password realm username refresh_token
                oauth_clientid oauth_secret password_digest supported_algorithms_uas
                supported_algorithms_uac
            """,
        }
    ),
    m.Identify: _columns(
        {SAME: "endpoint match_header match_request_uri", TRUE_FALSE: "srv_lookups", MASKS: "match"}
    ),
    m.Registration: _columns(
        {
            SAME: """
                client_uri contact_user expiration max_retries outbound_auth outbound_proxy
                retry_interval forbidden_retry_interval server_uri transport fatal_retry_interval
                endpoint support_outbound contact_header_params max_random_initial_delay
                security_negotiation user_agent
            """,
            TRUE_FALSE: "auth_rejection_permanent line support_path",
            BLANKS: "security_mechanisms",
        }
    ),
    m.Transport: _columns(
        {
            SAME: """
                bind ca_list_file ca_list_path cert_file cos domain external_media_address
                external_signaling_address external_signaling_port password priv_key_file protocol
                tcp_keepalive_idle_time tcp_keepalive_interval_time tcp_keepalive_probe_count
                websocket_write_timeout
            """,
            TRUE_FALSE: "allow_reload symmetric_transport tcp_keepalive_enable",
            CAPITAL: "allow_wildcard_certs require_client_cert verify_client verify_server",
            BLANKS: "cipher",
            MASKS: "local_net",
            METHOD: "method",
            TOS: "tos",
            _excluded("always shown as 1, which is what Asterisk uses"): "async_operations",
            NEWER: "external_signaling_hostname",
        }
    ),
    m.Contact: _columns(
        {
            SAME: """
                uri expiration_time qualify_frequency outbound_proxy path user_agent reg_server
                authenticate_qualify via_addr via_port call_id endpoint prune_on_boot
            """,
            TRUE_FALSE: "qualify_2xx_only",
            SECONDS: "qualify_timeout",
        }
    ),
    m.DomainAlias: _columns({SAME: "domain"}),
    m.Global: _columns(
        {
            SAME: """
                max_forwards user_agent default_outbound_endpoint debug endpoint_identifier_order
                max_initial_qualify_time default_from_user keep_alive_interval regcontext
                contact_expiration_check_interval default_voicemail_extension
                unidentified_request_count unidentified_request_period
                unidentified_request_prune_interval default_realm mwi_tps_queue_high
                mwi_tps_queue_low use_callerid_contact send_contact_status_on_update_registration
                taskprocessor_overload_trigger norefersub default_auth_algorithms_uas
                default_auth_algorithms_uac
            """,
            TRUE_FALSE: """
                disable_multi_domain mwi_disable_initial_unsolicited ignore_uri_user_options
                allow_sending_180_after_183 all_codecs_on_empty_reinvite
            """,
        }
    ),
    m.System: _columns(
        {
            SAME: """
                timer_t1 timer_b taskpool_minimum_size taskpool_initial_size
                taskpool_auto_increment taskpool_idle_timeout taskpool_max_size
            """,
            TRUE_FALSE: """
                compact_headers disable_tcp_switch follow_early_media_fork
                accept_multiple_sdp_answers disable_rport
            """,
            OLD_NAME: """
                threadpool_initial_size threadpool_auto_increment threadpool_idle_timeout
                threadpool_max_size
            """,
        }
    ),
    m.ResourceList: _columns(
        {
            SAME: "event notification_batch_interval",
            TRUE_FALSE: "full_state resource_display_name",
            LONG: "list_item",
        }
    ),
    m.SubscriptionPersistence: _columns(
        {
            SAME: "src_port local_port cseq tag endpoint expires contact_uri prune_on_boot",
            LONG: "packet",
            ADDRESS: "src_name local_name",
            KEY: "transport_key",
            _excluded("belongs to a live subscription, which a row alone is not"): "generator_data",
        }
    ),
    m.OutboundPublish: _columns(
        {
            SAME: """
                expiration outbound_proxy server_uri from_uri to_uri event max_auth_attempts
                transport @body @context @exten
            """,
            TRUE_FALSE: "multi_user",
            NO_WORD: "outbound_auth",
        }
    ),
    m.InboundPublication: _columns(
        {NO_WORD: "endpoint event_asterisk-devicestate event_asterisk-mwi"}
    ),
    m.AsteriskPublication: _columns(
        {
            SAME: "devicestate_publish mailboxstate_publish",
            TRUE_FALSE: "device_state mailbox_state",
            NO_WORD: "device_state_filter mailbox_state_filter",
        }
    ),
}
"""Model -> column, as the database has it -> what Asterisk shows. The id is what it is found by."""

_PENDING: Final = "prefer:pending, operation:intersect, keep:all, transcode:allow"

UNSET: Final[dict[type[m.Base], dict[str, str]]] = {
    m.Endpoint: {
        "allow": "(nothing)",
        "callerid": "<unknown>",
        "dtls_setup": "active",
        "dtls_fingerprint": "SHA-256",
        "codec_prefs_incoming_offer": _PENDING,
        "codec_prefs_incoming_answer": _PENDING,
        "codec_prefs_outgoing_offer": _PENDING.replace("intersect", "union"),
        "codec_prefs_outgoing_answer": _PENDING,
    },
    m.Auth: {"supported_algorithms_uas": "MD5", "supported_algorithms_uac": "MD5"},
    m.Transport: {"method": "unspecified"},
    m.Global: {"user_agent": "Asterisk PBX "},
    m.SubscriptionPersistence: {"transport_key": "0"},
}
"""Model -> column -> how that begins which is shown without a value, where the model is silent."""
