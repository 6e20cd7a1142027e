"""
Enums: one `enum.StrEnum` for each option that takes one word of a list.

The members are the words that Asterisk accepts.
Labels that an SQL enum has and Asterisk refuses are not members, and some words that Asterisk
accepts were missing in the SQL enums of its own scripts; the migrations add those.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache


class _ExactCase(StrEnum):
    """Words that Asterisk compares case-sensitively; it reads all others in any case."""


def as_stored(choices: type[StrEnum], word: str) -> str:
    """Return *word* in its member's spelling, if Asterisk would take it for that member."""
    if issubclass(choices, _ExactCase):
        return word
    return _in_lower_case(choices).get(word.lower(), word)


@cache
def _in_lower_case(choices: type[StrEnum]) -> dict[str, str]:
    """Return the words of *choices* by their form in lower case; the first of two counts."""
    return {choice.lower(): choice.value for choice in reversed(choices)}


class AttestLevel(StrEnum):
    """Attestation level of a signed call (``res/res_stir_shaken/common_config.c``)."""

    A = "A"
    B = "B"
    C = "C"


class AuthType(StrEnum):
    """Kind of credentials (``res/res_pjsip/config_auth.c``)."""

    USERPASS = "userpass"
    MD5 = "md5"
    DIGEST = "digest"
    GOOGLE_OAUTH = "google_oauth"


class CallerIdPrivacy(StrEnum):
    """Presentation of the caller's number (``main/callerid.c``)."""

    ALLOWED_NOT_SCREENED = "allowed_not_screened"
    ALLOWED_PASSED_SCREEN = "allowed_passed_screen"
    ALLOWED_FAILED_SCREEN = "allowed_failed_screen"
    ALLOWED = "allowed"
    PROHIB_NOT_SCREENED = "prohib_not_screened"
    PROHIB_PASSED_SCREEN = "prohib_passed_screen"
    PROHIB_FAILED_SCREEN = "prohib_failed_screen"
    PROHIB = "prohib"
    UNAVAILABLE = "unavailable"


class DigestAlgorithm(StrEnum):
    """Hash of digest authentication, by its IANA name (RFC 8760; ``config_auth.c``)."""

    MD5 = "MD5"
    SHA_256 = "SHA-256"
    SHA_512_256 = "SHA-512-256"


class DirectMediaGlareMitigation(StrEnum):
    """
    Calls in which Asterisk leaves the first re-INVITE for direct media to the other side.

    ``outgoing`` are those that Asterisk placed, ``incoming`` those that it took. If both ends
    of a call have the same of these two words, one of them begins and the other waits.
    """

    NONE = "none"
    OUTGOING = "outgoing"
    INCOMING = "incoming"


class DtlsFingerprint(StrEnum):
    """Hash of the certificate fingerprint offered in SDP."""

    SHA_1 = "SHA-1"
    SHA_256 = "SHA-256"


class DtlsSetup(StrEnum):
    """Side of the DTLS handshake that is offered (RFC 5763)."""

    ACTIVE = "active"
    PASSIVE = "passive"
    ACTPASS = "actpass"


class DtmfMode(StrEnum):
    """How DTMF digits are sent."""

    RFC4733 = "rfc4733"
    INBAND = "inband"
    INFO = "info"
    AUTO = "auto"
    AUTO_INFO = "auto_info"
    NONE = "none"


class IncomingCallOfferPref(_ExactCase):
    """Whose codec order counts in a call to Asterisk."""

    LOCAL = "local"
    LOCAL_FIRST = "local_first"
    REMOTE = "remote"
    REMOTE_FIRST = "remote_first"


class OutgoingCallOfferPref(_ExactCase):
    """Whose codec order counts in a call from Asterisk."""

    LOCAL = "local"
    LOCAL_MERGE = "local_merge"
    LOCAL_FIRST = "local_first"
    REMOTE = "remote"
    REMOTE_MERGE = "remote_merge"
    REMOTE_FIRST = "remote_first"


class IdentifyBy(StrEnum):
    """What a request may be recognised by (``res/res_pjsip/pjsip_configuration.c``)."""

    USERNAME = "username"
    AUTH_USERNAME = "auth_username"
    IP = "ip"
    HEADER = "header"
    REQUEST_URI = "request_uri"

    @property
    def is_name(self) -> bool:
        """Whether a name in the request, which any sender can write, identifies the endpoint."""
        return self in {IdentifyBy.USERNAME, IdentifyBy.AUTH_USERNAME}


class MediaEncryption(StrEnum):
    """How RTP is protected."""

    NO = "no"
    SDES = "sdes"
    DTLS = "dtls"


class PjsipMethod(StrEnum):
    """Request that carries an update of connected line or media."""

    INVITE = "invite"
    REINVITE = "reinvite"
    UPDATE = "update"


class RedirectMethod(StrEnum):
    """What is done with a 3xx response."""

    USER = "user"
    URI_CORE = "uri_core"
    URI_PJSIP = "uri_pjsip"


class Rel100(StrEnum):
    """Reliable provisional responses (RFC 3262)."""

    NO = "no"
    YES = "yes"
    PEER_SUPPORTED = "peer_supported"
    REQUIRED = "required"


class ResourceListEvent(_ExactCase):
    """Event package of a resource list (``res/res_pjsip_pubsub.c``)."""

    PRESENCE = "presence"
    DIALOG = "dialog"
    MESSAGE_SUMMARY = "message-summary"


class SecurityNegotiation(StrEnum):
    """Security mechanism agreement (RFC 3329)."""

    NO = "no"
    MEDIASEC = "mediasec"


class T38Ec(_ExactCase):
    """Error correction of T.38 fax."""

    NONE = "none"
    FEC = "fec"
    REDUNDANCY = "redundancy"


class TaskprocessorOverloadTrigger(StrEnum):
    """Which overloaded queue makes PJSIP refuse new requests."""

    NONE = "none"
    GLOBAL = "global"
    PJSIP_ONLY = "pjsip_only"


class Timers(StrEnum):
    """SIP session timers (RFC 4028)."""

    NO = "no"
    YES = "yes"
    REQUIRED = "required"
    ALWAYS = "always"
    FORCED = "forced"


class TransportMethod(StrEnum):
    """TLS version of a transport."""

    DEFAULT = "default"
    UNSPECIFIED = "unspecified"
    TLSV1 = "tlsv1"
    TLSV1_1 = "tlsv1_1"
    TLSV1_2 = "tlsv1_2"
    TLSV1_3 = "tlsv1_3"
    SSLV2 = "sslv2"
    SSLV23 = "sslv23"
    SSLV3 = "sslv3"


class TransportProtocol(StrEnum):
    """Protocol of a transport."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"
    WS = "ws"
    WSS = "wss"
    FLOW = "flow"


class MohMode(StrEnum):
    """Where music on hold comes from (``res/res_musiconhold.c``)."""

    FILES = "files"
    PLAYLIST = "playlist"
    CUSTOM = "custom"
    MP3 = "mp3"
    MP3NB = "mp3nb"
    QUIETMP3 = "quietmp3"
    QUIETMP3NB = "quietmp3nb"
    HTTPMP3 = "httpmp3"


class MohKillMethod(StrEnum):
    """Which processes of a music class are told to end."""

    PROCESS_GROUP = "process_group"
    PROCESS = "process"


class QueueAutopause(StrEnum):
    """Whether a member that does not answer is paused, here or in all its queues."""

    YES = "yes"
    NO = "no"
    ALL = "all"


class QueueStrategy(StrEnum):
    """Which member a queue rings next (``apps/app_queue.c``)."""

    RINGALL = "ringall"
    LEASTRECENT = "leastrecent"
    FEWESTCALLS = "fewestcalls"
    RANDOM = "random"
    RRMEMORY = "rrmemory"
    ROUNDROBIN = "roundrobin"
    LINEAR = "linear"
    WRANDOM = "wrandom"
    RRORDERED = "rrordered"


class PeerType(StrEnum):
    """Direction of an IAX2 or chan_sip peer."""

    FRIEND = "friend"
    USER = "user"
    PEER = "peer"


class IaxRequireCallToken(StrEnum):
    """Whether IAX2 callers must answer a call token."""

    YES = "yes"
    NO = "no"
    AUTO = "auto"


class IaxConnectedLine(StrEnum):
    """In which direction changes of the connected party are sent over IAX2."""

    YES = "yes"
    NO = "no"
    SEND = "send"
    RECEIVE = "receive"


class IaxEncryption(StrEnum):
    """IAX2 media encryption."""

    YES = "yes"
    NO = "no"
    AES128 = "aes128"


class IaxTransfer(StrEnum):
    """Whether two IAX2 peers may talk directly, without Asterisk."""

    YES = "yes"
    NO = "no"
    MEDIAONLY = "mediaonly"


class SipTransport(StrEnum):
    """Transports of a chan_sip peer."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"
    WS = "ws"
    WSS = "wss"
    UDP_TCP = "udp,tcp"
    TCP_UDP = "tcp,udp"


class SipDtmfMode(StrEnum):
    """How a chan_sip peer sends digits."""

    RFC2833 = "rfc2833"
    INFO = "info"
    SHORTINFO = "shortinfo"
    INBAND = "inband"
    AUTO = "auto"


class SipDirectMedia(StrEnum):
    """Direct media of a chan_sip peer."""

    YES = "yes"
    NO = "no"
    NONAT = "nonat"
    UPDATE = "update"
    OUTGOING = "outgoing"


class SipProgressInband(StrEnum):
    """In-band ringing towards a chan_sip peer."""

    YES = "yes"
    NO = "no"
    NEVER = "never"


class SipSessionTimers(StrEnum):
    """Session timers of a chan_sip peer."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    ORIGINATE = "originate"


class SipSessionRefresher(StrEnum):
    """Who refreshes a chan_sip session."""

    UAC = "uac"
    UAS = "uas"


class SipCallingPres(StrEnum):
    """Caller presentation of a chan_sip peer."""

    ALLOWED_NOT_SCREENED = "allowed_not_screened"
    ALLOWED_PASSED_SCREEN = "allowed_passed_screen"
    ALLOWED_FAILED_SCREEN = "allowed_failed_screen"
    ALLOWED = "allowed"
    PROHIB_NOT_SCREENED = "prohib_not_screened"
    PROHIB_PASSED_SCREEN = "prohib_passed_screen"
    PROHIB_FAILED_SCREEN = "prohib_failed_screen"
    PROHIB = "prohib"


class QueueAnnounceHoldtime(StrEnum):
    """Whether waiting callers hear the estimated hold time."""

    YES = "yes"
    NO = "no"
    ONCE = "once"


class QueueAnnouncePosition(StrEnum):
    """Whether waiting callers hear their position."""

    YES = "yes"
    NO = "no"
    LIMIT = "limit"
    MORE = "more"


class QueueEmpty(StrEnum):
    """
    A kind of member that does not count, or a word for several kinds (``parse_empty_options``).

    ``yes`` and ``no`` mean the reverse in ``joinempty`` and ``leavewhenempty``.
    """

    YES = "yes"
    NO = "no"
    STRICT = "strict"
    LOOSE = "loose"
    PAUSED = "paused"
    PENALTY = "penalty"
    INUSE = "inuse"
    RINGING = "ringing"
    INVALID = "invalid"
    WRAPUP = "wrapup"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


class QueueTimeoutPriority(StrEnum):
    """Whose time limit counts: that of Queue() or that of the queue."""

    APP = "app"
    CONF = "conf"


class MohSort(StrEnum):
    """Order of the files of a music class."""

    ALPHA = "alpha"
    RANDOM = "random"
    RANDSTART = "randstart"


class AmaFlags(StrEnum):
    """Billing mark of a channel, as configurations spell it (``main/channel.c``)."""

    DEFAULT = "default"
    OMIT = "omit"
    BILLING = "billing"
    DOCUMENTATION = "documentation"


class IaxAuth(_ExactCase):
    """How an IAX2 peer authenticates."""

    MD5 = "md5"
    PLAINTEXT = "plaintext"
    RSA = "rsa"


class IaxCodecPriority(StrEnum):
    """Whose order of codecs counts in a call to Asterisk over IAX2."""

    CALLER = "caller"
    HOST = "host"
    DISABLED = "disabled"
    REQONLY = "reqonly"


class DtlsVerify(StrEnum):
    """What is checked of a peer's DTLS certificate (``main/rtp_engine.c``)."""

    YES = "yes"
    NO = "no"
    FINGERPRINT = "fingerprint"
    CERTIFICATE = "certificate"


class RedirectableMethod(StrEnum):
    """Request outside a call whose redirection is followed (``res/res_pjsip/redirect.c``)."""

    MESSAGE = "MESSAGE"


class VoicemailGreeting(StrEnum):
    """Which greeting a caller hears before leaving a message (``apps/app_voicemail.c``)."""

    UNAVAILABLE = "unavailable"
    BUSY = "busy"


class VoicemailPasswordLocation(StrEnum):
    """Where app_voicemail keeps a PIN that was changed by telephone."""

    VOICEMAIL_CONF = "voicemail.conf"
    SPOOLDIR = "spooldir"


class AclSense(StrEnum):
    """Whether a rule of a named ACL permits or denies (``main/named_acl.c``)."""

    PERMIT = "permit"
    DENY = "deny"
