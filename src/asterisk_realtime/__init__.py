"""
Asterisk's realtime tables as typed Python: models, migrations and provisioning functions.

All public names are here, and each is loaded when it is first used: ``import asterisk_realtime``
reads no other module, and Alembic is read only by those who use ``asterisk_realtime.migrations``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from asterisk_realtime import (
        conf,
        migrations,
    )
    from asterisk_realtime.errors import (
        AsteriskRealtimeError,
        ConflictError,
        FileConflictError,
        InvalidValueError,
        InvalidValuesError,
        NotFoundError,
        SchemaAheadError,
        SchemaBehindError,
        SchemaError,
        SchemaIrreconcilableError,
        SchemaMissingError,
    )
    from asterisk_realtime.models import (
        Aor,
        AsteriskPublication,
        Auth,
        Base,
        Cdr,
        Cel,
        Contact,
        DomainAlias,
        Endpoint,
        Extension,
        FollowMe,
        FollowMeNumber,
        Global,
        IaxFriend,
        Identify,
        InboundPublication,
        Meetme,
        MusicOnHold,
        MusicOnHoldEntry,
        NamedAcl,
        OutboundPublish,
        Queue,
        QueueLog,
        QueueMember,
        QueueRule,
        Registration,
        ResourceList,
        SipPeer,
        StaticConfig,
        SubscriptionPersistence,
        System,
        TelephoneNumber,
        Transport,
        Voicemail,
        VoicemailData,
        VoicemailMessage,
    )
    from asterisk_realtime.providers.twilio import (
        TwilioAllowance,
        TwilioTrunk,
        allow_twilio_ips,
        create_twilio_trunk,
        ensure_twilio_trunk,
        find_twilio_trunk,
    )
    from asterisk_realtime.provision.extensions import (
        create_local_extension,
        delete_local_extension,
        ensure_local_extension,
        find_local_extension,
    )
    from asterisk_realtime.provision.identify import (
        allow,
        delete_allowance,
        ensure_allowance,
        find_allowance,
    )
    from asterisk_realtime.provision.phones import (
        PhoneRows,
        create_phone,
        create_webrtc_phone,
        delete_phone,
        delete_webrtc_phone,
        ensure_phone,
        ensure_webrtc_phone,
        find_phone,
        find_webrtc_phone,
    )
    from asterisk_realtime.provision.plans import (
        Action,
        CachedObject,
        ColumnChange,
        Plan,
        Reload,
        RowChange,
    )
    from asterisk_realtime.provision.registry import (
        Absent,
        apply,
        plan,
    )
    from asterisk_realtime.provision.routes import (
        create_inbound_route,
        create_outbound_route,
        delete_inbound_route,
        delete_outbound_route,
        ensure_inbound_route,
        ensure_outbound_route,
        find_inbound_route,
        find_outbound_route,
    )
    from asterisk_realtime.provision.trunks import (
        TrunkRows,
        create_trunk,
        delete_trunk,
        ensure_trunk,
        find_trunk,
    )
    from asterisk_realtime.queries.calls import (
        calls_of_account,
        calls_of_endpoint,
        calls_of_number,
        events_of_call,
        missed_calls,
        records_of_call,
        totals_by_day,
        totals_by_endpoint,
    )
    from asterisk_realtime.queries.queues import (
        agent_totals,
        queue_calls,
        queue_service_level,
    )
    from asterisk_realtime.specs.base import Spec
    from asterisk_realtime.specs.extensions import LocalExtension
    from asterisk_realtime.specs.identify import (
        Allowance,
        Header,
    )
    from asterisk_realtime.specs.phones import (
        PasswordStorage,
        Phone,
        WebRtcPhone,
    )
    from asterisk_realtime.specs.routes import (
        Destination,
        InboundRoute,
        OutboundRoute,
    )
    from asterisk_realtime.specs.trunks import (
        Credentials,
        Trunk,
    )
    from asterisk_realtime.values.caller_id import CallerId
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
        VoicemailPasswordLocation,
    )

    __version__: str

__all__ = [
    "Absent",
    "AclSense",
    "Action",
    "Allowance",
    "AmaFlags",
    "Aor",
    "AsteriskPublication",
    "AsteriskRealtimeError",
    "AttestLevel",
    "Auth",
    "AuthType",
    "Base",
    "CachedObject",
    "CallerId",
    "CallerIdPrivacy",
    "Cdr",
    "Cel",
    "ColumnChange",
    "ConflictError",
    "Contact",
    "Credentials",
    "Destination",
    "DigestAlgorithm",
    "DirectMediaGlareMitigation",
    "DomainAlias",
    "DtlsFingerprint",
    "DtlsSetup",
    "DtlsVerify",
    "DtmfMode",
    "Endpoint",
    "Extension",
    "FileConflictError",
    "FollowMe",
    "FollowMeNumber",
    "Global",
    "Header",
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
    "InboundRoute",
    "IncomingCallOfferPref",
    "InvalidValueError",
    "InvalidValuesError",
    "LocalExtension",
    "MediaEncryption",
    "Meetme",
    "MohKillMethod",
    "MohMode",
    "MohSort",
    "MusicOnHold",
    "MusicOnHoldEntry",
    "NamedAcl",
    "NotFoundError",
    "OutboundPublish",
    "OutboundRoute",
    "OutgoingCallOfferPref",
    "PasswordStorage",
    "PeerType",
    "Phone",
    "PhoneRows",
    "PjsipMethod",
    "Plan",
    "Queue",
    "QueueAnnounceHoldtime",
    "QueueAnnouncePosition",
    "QueueAutopause",
    "QueueEmpty",
    "QueueLog",
    "QueueMember",
    "QueueRule",
    "QueueStrategy",
    "QueueTimeoutPriority",
    "RedirectMethod",
    "RedirectableMethod",
    "Registration",
    "Rel100",
    "Reload",
    "ResourceList",
    "ResourceListEvent",
    "RowChange",
    "SchemaAheadError",
    "SchemaBehindError",
    "SchemaError",
    "SchemaIrreconcilableError",
    "SchemaMissingError",
    "SecurityNegotiation",
    "SipCallingPres",
    "SipDirectMedia",
    "SipDtmfMode",
    "SipPeer",
    "SipProgressInband",
    "SipSessionRefresher",
    "SipSessionTimers",
    "SipTransport",
    "Spec",
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
    "Trunk",
    "TrunkRows",
    "TwilioAllowance",
    "TwilioTrunk",
    "Voicemail",
    "VoicemailData",
    "VoicemailMessage",
    "VoicemailPasswordLocation",
    "WebRtcPhone",
    "agent_totals",
    "allow",
    "allow_twilio_ips",
    "apply",
    "calls_of_account",
    "calls_of_endpoint",
    "calls_of_number",
    "conf",
    "create_inbound_route",
    "create_local_extension",
    "create_outbound_route",
    "create_phone",
    "create_trunk",
    "create_twilio_trunk",
    "create_webrtc_phone",
    "delete_allowance",
    "delete_inbound_route",
    "delete_local_extension",
    "delete_outbound_route",
    "delete_phone",
    "delete_trunk",
    "delete_webrtc_phone",
    "ensure_allowance",
    "ensure_inbound_route",
    "ensure_local_extension",
    "ensure_outbound_route",
    "ensure_phone",
    "ensure_trunk",
    "ensure_twilio_trunk",
    "ensure_webrtc_phone",
    "events_of_call",
    "find_allowance",
    "find_inbound_route",
    "find_local_extension",
    "find_outbound_route",
    "find_phone",
    "find_trunk",
    "find_twilio_trunk",
    "find_webrtc_phone",
    "migrations",
    "missed_calls",
    "plan",
    "queue_calls",
    "queue_service_level",
    "records_of_call",
    "totals_by_day",
    "totals_by_endpoint",
]

_SUBMODULES: Final = frozenset({"conf", "migrations"})

# From the inside out: a room needs those before it anyway, so looking a name up from the first to
# the last loads nothing that is not needed.
_ROOMS: Final = (
    "asterisk_realtime.values.choices",
    "asterisk_realtime.errors",
    "asterisk_realtime.models",
    "asterisk_realtime.values.caller_id",
    "asterisk_realtime.queries.calls",
    "asterisk_realtime.queries.queues",
    "asterisk_realtime.specs.base",
    "asterisk_realtime.specs.extensions",
    "asterisk_realtime.specs.identify",
    "asterisk_realtime.specs.phones",
    "asterisk_realtime.specs.routes",
    "asterisk_realtime.specs.trunks",
    "asterisk_realtime.provision.plans",
    "asterisk_realtime.provision.phones",
    "asterisk_realtime.provision.extensions",
    "asterisk_realtime.provision.trunks",
    "asterisk_realtime.provision.identify",
    "asterisk_realtime.provision.routes",
    "asterisk_realtime.provision.registry",
    "asterisk_realtime.providers.twilio",
)


def _find(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - slow, and seldom asked for

        return version("asterisk-realtime")
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    if name in __all__:
        for room in map(import_module, _ROOMS):
            if hasattr(room, name):
                return getattr(room, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)


if not TYPE_CHECKING:  # a type checker that saw it would let every misspelt name pass

    def __getattr__(name: str) -> Any:
        value = globals()[name] = _find(name)
        return value


def __dir__() -> list[str]:
    return __all__
