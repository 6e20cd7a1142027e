"""Every realtime table as a class, under the name that Asterisk gives its objects."""

import asterisk_realtime.models.change_lock  # noqa: F401 - its table is part of Base.metadata
from asterisk_realtime.models.base import Base
from asterisk_realtime.models.cdr import Cdr
from asterisk_realtime.models.cel import Cel
from asterisk_realtime.models.dialplan import Extension
from asterisk_realtime.models.followme import FollowMe, FollowMeNumber
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

__all__ = [
    "Aor",
    "AsteriskPublication",
    "Auth",
    "Base",
    "Cdr",
    "Cel",
    "Contact",
    "DomainAlias",
    "Endpoint",
    "Extension",
    "FollowMe",
    "FollowMeNumber",
    "Global",
    "IaxFriend",
    "Identify",
    "InboundPublication",
    "Meetme",
    "MusicOnHold",
    "MusicOnHoldEntry",
    "NamedAcl",
    "OutboundPublish",
    "Queue",
    "QueueLog",
    "QueueMember",
    "QueueRule",
    "Registration",
    "ResourceList",
    "SipPeer",
    "StaticConfig",
    "SubscriptionPersistence",
    "System",
    "TelephoneNumber",
    "Transport",
    "Voicemail",
    "VoicemailData",
    "VoicemailMessage",
]
