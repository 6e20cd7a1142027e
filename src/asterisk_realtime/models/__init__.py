"""Every realtime table as a class, named as Asterisk names its objects, and the enums."""

import asterisk_realtime.models.change_lock  # noqa: F401 - its table is part of Base.metadata
from asterisk_realtime.models.base import Base
from asterisk_realtime.models.cdr import Cdr
from asterisk_realtime.models.cel import Cel
from asterisk_realtime.models.dialplan import Extension
from asterisk_realtime.models.followme import FollowMe, FollowMeNumber
from asterisk_realtime.models.grouped import (
    FollowMeRows,
    MusicRows,
    PhoneRows,
    QueueRows,
    TrunkRows,
)
from asterisk_realtime.models.iax import IaxFriend
from asterisk_realtime.models.legacy import Meetme, SipPeer
from asterisk_realtime.models.moh import MusicOnHold, MusicOnHoldEntry
from asterisk_realtime.models.named_acl import NamedAcl
from asterisk_realtime.models.pjsip.aor import Aor
from asterisk_realtime.models.pjsip.auth import Auth
from asterisk_realtime.models.pjsip.contact import Contact
from asterisk_realtime.models.pjsip.domain_alias import DomainAlias
from asterisk_realtime.models.pjsip.endpoint import Endpoint
from asterisk_realtime.models.pjsip.globals import Global
from asterisk_realtime.models.pjsip.identify import Identify
from asterisk_realtime.models.pjsip.publish import (
    AsteriskPublication,
    InboundPublication,
    OutboundPublish,
)
from asterisk_realtime.models.pjsip.registration import Registration
from asterisk_realtime.models.pjsip.subscription import ResourceList, SubscriptionPersistence
from asterisk_realtime.models.pjsip.system import System
from asterisk_realtime.models.pjsip.transport import Transport
from asterisk_realtime.models.queue_log import QueueLog
from asterisk_realtime.models.queues import Queue, QueueMember, QueueRule
from asterisk_realtime.models.static import StaticConfig
from asterisk_realtime.models.stir_shaken import TelephoneNumber
from asterisk_realtime.models.voicemail import Voicemail, VoicemailData, VoicemailMessage
from asterisk_realtime.values.choices import (
    AclSense,
    AmaFlags,
    AttestLevel,
    AuthType,
    CallerIdPrivacy,
    DigestAlgorithm,
    DirectMediaGlareMitigation,
    DtlsFingerprint,
    DtlsSetup,
    DtlsVerify,
    DtmfMode,
    IaxAuth,
    IaxCodecPriority,
    IaxConnectedLine,
    IaxEncryption,
    IaxRequireCallToken,
    IaxTransfer,
    IdentifyBy,
    IncomingCallOfferPref,
    MediaEncryption,
    MohKillMethod,
    MohMode,
    MohSort,
    OutgoingCallOfferPref,
    PeerType,
    PjsipMethod,
    QueueAnnounceHoldtime,
    QueueAnnouncePosition,
    QueueAutopause,
    QueueEmpty,
    QueueStrategy,
    QueueTimeoutPriority,
    RedirectableMethod,
    RedirectMethod,
    Rel100,
    ResourceListEvent,
    SecurityNegotiation,
    SipCallingPres,
    SipDirectMedia,
    SipDtmfMode,
    SipProgressInband,
    SipSessionRefresher,
    SipSessionTimers,
    SipTransport,
    T38Ec,
    TaskprocessorOverloadTrigger,
    Timers,
    TransportMethod,
    TransportProtocol,
    VoicemailGreeting,
    VoicemailPasswordLocation,
)

__all__ = [
    "AclSense",
    "AmaFlags",
    "Aor",
    "AsteriskPublication",
    "AttestLevel",
    "Auth",
    "AuthType",
    "Base",
    "CallerIdPrivacy",
    "Cdr",
    "Cel",
    "Contact",
    "DigestAlgorithm",
    "DirectMediaGlareMitigation",
    "DomainAlias",
    "DtlsFingerprint",
    "DtlsSetup",
    "DtlsVerify",
    "DtmfMode",
    "Endpoint",
    "Extension",
    "FollowMe",
    "FollowMeNumber",
    "FollowMeRows",
    "Global",
    "IaxAuth",
    "IaxCodecPriority",
    "IaxConnectedLine",
    "IaxEncryption",
    "IaxFriend",
    "IaxRequireCallToken",
    "IaxTransfer",
    "Identify",
    "IdentifyBy",
    "InboundPublication",
    "IncomingCallOfferPref",
    "MediaEncryption",
    "Meetme",
    "MohKillMethod",
    "MohMode",
    "MohSort",
    "MusicOnHold",
    "MusicOnHoldEntry",
    "MusicRows",
    "NamedAcl",
    "OutboundPublish",
    "OutgoingCallOfferPref",
    "PeerType",
    "PhoneRows",
    "PjsipMethod",
    "Queue",
    "QueueAnnounceHoldtime",
    "QueueAnnouncePosition",
    "QueueAutopause",
    "QueueEmpty",
    "QueueLog",
    "QueueMember",
    "QueueRows",
    "QueueRule",
    "QueueStrategy",
    "QueueTimeoutPriority",
    "RedirectMethod",
    "RedirectableMethod",
    "Registration",
    "Rel100",
    "ResourceList",
    "ResourceListEvent",
    "SecurityNegotiation",
    "SipCallingPres",
    "SipDirectMedia",
    "SipDtmfMode",
    "SipPeer",
    "SipProgressInband",
    "SipSessionRefresher",
    "SipSessionTimers",
    "SipTransport",
    "StaticConfig",
    "SubscriptionPersistence",
    "System",
    "T38Ec",
    "TaskprocessorOverloadTrigger",
    "TelephoneNumber",
    "Timers",
    "Transport",
    "TransportMethod",
    "TransportProtocol",
    "TrunkRows",
    "Voicemail",
    "VoicemailData",
    "VoicemailGreeting",
    "VoicemailMessage",
    "VoicemailPasswordLocation",
]
