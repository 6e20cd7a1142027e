"""
Asterisk's realtime tables as typed Python: models, migrations and provisioning functions.

The verbs, the specs and the errors are here. The tables are in `asterisk_realtime.models`, and the
reports in `asterisk_realtime.reports`. Each name is imported when it is first used: ``import
asterisk_realtime`` loads no other module, and only ``asterisk_realtime.migrations`` imports
Alembic.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from asterisk_realtime import aio, conf, migrations, models, reports
    from asterisk_realtime.errors import (
        AsteriskRealtimeError,
        BatchError,
        ConcurrentChangeError,
        ConflictError,
        ConstraintError,
        FieldError,
        FileConflictError,
        NotFoundError,
        SchemaAheadError,
        SchemaBehindError,
        SchemaError,
        SchemaIrreconcilableError,
        SchemaMissingError,
        SpecError,
        ValidationError,
        is_retryable,
    )
    from asterisk_realtime.providers.allowance import ProviderAllowance
    from asterisk_realtime.providers.diff import ProviderDiff, provider_diff
    from asterisk_realtime.providers.flowroute import FlowrouteAllowance, FlowrouteTrunk
    from asterisk_realtime.providers.plivo import PlivoAllowance, PlivoTrunk
    from asterisk_realtime.providers.signalwire import SignalWireTrunk
    from asterisk_realtime.providers.telnyx import TelnyxAllowance, TelnyxTrunk
    from asterisk_realtime.providers.trunk import ProviderTrunk
    from asterisk_realtime.providers.twilio import TwilioAllowance, TwilioTrunk
    from asterisk_realtime.providers.vonage import VonageAllowance, VonageTrunk
    from asterisk_realtime.provision.batches import Totals, apply_batches
    from asterisk_realtime.provision.engine.identification_problems import (
        IdentificationFault,
        IdentificationProblem,
    )
    from asterisk_realtime.provision.engine.plans import (
        Action,
        CachedObject,
        ColumnChange,
        Note,
        Plan,
        PlanWarning,
        Reload,
        RowChange,
    )
    from asterisk_realtime.provision.items import Absent, Item, New, Rename, Replace, Within
    from asterisk_realtime.provision.kinds.identify import check_identification
    from asterisk_realtime.provision.locking import lock
    from asterisk_realtime.provision.pages import Page, find
    from asterisk_realtime.provision.registered import RegisteredDevice, registrations
    from asterisk_realtime.provision.rotation import rotate_password, set_password
    from asterisk_realtime.provision.searching import Unreadable
    from asterisk_realtime.provision.verbs import (
        apply,
        create,
        delete,
        ensure,
        get,
        plan,
        rename,
        rows,
    )
    from asterisk_realtime.shortcuts import (
        allow_twilio_ips,
        create_inbound_route,
        create_outbound_route,
        create_twilio_trunk,
    )
    from asterisk_realtime.specs.access import AccessList, AccessRule
    from asterisk_realtime.specs.base import Spec
    from asterisk_realtime.specs.destinations import Destination, Target
    from asterisk_realtime.specs.endings import Ending
    from asterisk_realtime.specs.followme import FollowMeProfile, FollowMeStep
    from asterisk_realtime.specs.identify import Allowance, Header
    from asterisk_realtime.specs.keys import Key
    from asterisk_realtime.specs.mailboxes import Mailbox
    from asterisk_realtime.specs.music import CommandMusicClass, MusicClass
    from asterisk_realtime.specs.penalties import PenaltyRule, PenaltyStep
    from asterisk_realtime.specs.phones import PasswordStorage, Phone, RtpProfile, WebRtcPhone
    from asterisk_realtime.specs.queues import (
        CallQueue,
        Member,
        QueueMembership,
    )
    from asterisk_realtime.specs.routes import InboundRoute, InternalExtension, OutboundRoute
    from asterisk_realtime.specs.targets import (
        ToFollowMe,
        ToMailbox,
        ToPhone,
        ToQueue,
        ToVoicemailMain,
    )
    from asterisk_realtime.specs.trunks import Credentials, RegistrationTrunk, Trunk
    from asterisk_realtime.transactions import in_transaction
    from asterisk_realtime.values.caller_id import CallerId
    from asterisk_realtime.values.choices import (
        AclSense,
        DigestAlgorithm,
        MediaEncryption,
        MohSort,
        QueueAnnounceHoldtime,
        QueueAnnouncePosition,
        QueueAutopause,
        QueueEmpty,
        QueueStrategy,
        VoicemailGreeting,
    )
    from asterisk_realtime.values.secret import Secret
    from asterisk_realtime.values.words import GENERATE, KEEP

    __version__: str

__all__ = [
    "GENERATE",
    "KEEP",
    "Absent",
    "AccessList",
    "AccessRule",
    "AclSense",
    "Action",
    "Allowance",
    "AsteriskRealtimeError",
    "BatchError",
    "CachedObject",
    "CallQueue",
    "CallerId",
    "ColumnChange",
    "CommandMusicClass",
    "ConcurrentChangeError",
    "ConflictError",
    "ConstraintError",
    "Credentials",
    "Destination",
    "DigestAlgorithm",
    "Ending",
    "FieldError",
    "FileConflictError",
    "FlowrouteAllowance",
    "FlowrouteTrunk",
    "FollowMeProfile",
    "FollowMeStep",
    "Header",
    "IdentificationFault",
    "IdentificationProblem",
    "InboundRoute",
    "InternalExtension",
    "Item",
    "Key",
    "Mailbox",
    "MediaEncryption",
    "Member",
    "MohSort",
    "MusicClass",
    "New",
    "NotFoundError",
    "Note",
    "OutboundRoute",
    "Page",
    "PasswordStorage",
    "PenaltyRule",
    "PenaltyStep",
    "Phone",
    "Plan",
    "PlanWarning",
    "PlivoAllowance",
    "PlivoTrunk",
    "ProviderAllowance",
    "ProviderDiff",
    "ProviderTrunk",
    "QueueAnnounceHoldtime",
    "QueueAnnouncePosition",
    "QueueAutopause",
    "QueueEmpty",
    "QueueMembership",
    "QueueStrategy",
    "RegisteredDevice",
    "RegistrationTrunk",
    "Reload",
    "Rename",
    "Replace",
    "RowChange",
    "RtpProfile",
    "SchemaAheadError",
    "SchemaBehindError",
    "SchemaError",
    "SchemaIrreconcilableError",
    "SchemaMissingError",
    "Secret",
    "SignalWireTrunk",
    "Spec",
    "SpecError",
    "Target",
    "TelnyxAllowance",
    "TelnyxTrunk",
    "ToFollowMe",
    "ToMailbox",
    "ToPhone",
    "ToQueue",
    "ToVoicemailMain",
    "Totals",
    "Trunk",
    "TwilioAllowance",
    "TwilioTrunk",
    "Unreadable",
    "ValidationError",
    "VoicemailGreeting",
    "VonageAllowance",
    "VonageTrunk",
    "WebRtcPhone",
    "Within",
    "aio",
    "allow_twilio_ips",
    "apply",
    "apply_batches",
    "check_identification",
    "conf",
    "create",
    "create_inbound_route",
    "create_outbound_route",
    "create_twilio_trunk",
    "delete",
    "ensure",
    "find",
    "get",
    "in_transaction",
    "is_retryable",
    "lock",
    "migrations",
    "models",
    "plan",
    "provider_diff",
    "registrations",
    "rename",
    "reports",
    "rotate_password",
    "rows",
    "set_password",
]

_SUBMODULES: Final = frozenset({"aio", "conf", "migrations", "models", "reports"})

# `_find` imports these in order until one has the name. A module comes after those that it imports,
# so little more is loaded than the name needs.
_MODULES: Final = (
    "asterisk_realtime.values.choices",
    "asterisk_realtime.errors",
    "asterisk_realtime.values.caller_id",
    "asterisk_realtime.values.secret",
    "asterisk_realtime.values.words",
    "asterisk_realtime.specs.base",
    "asterisk_realtime.specs.keys",
    "asterisk_realtime.specs.access",
    "asterisk_realtime.specs.identify",
    "asterisk_realtime.specs.mailboxes",
    "asterisk_realtime.specs.music",
    "asterisk_realtime.specs.followme",
    "asterisk_realtime.specs.queues",
    "asterisk_realtime.specs.penalties",
    "asterisk_realtime.specs.endings",
    "asterisk_realtime.specs.destinations",
    "asterisk_realtime.specs.targets",
    "asterisk_realtime.specs.phones",
    "asterisk_realtime.specs.routes",
    "asterisk_realtime.specs.trunks",
    "asterisk_realtime.transactions",
    "asterisk_realtime.provision.engine.plans",
    "asterisk_realtime.provision.engine.identification_problems",
    "asterisk_realtime.provision.kinds.identify",
    "asterisk_realtime.provision.locking",
    "asterisk_realtime.provision.items",
    "asterisk_realtime.provision.verbs",
    "asterisk_realtime.provision.batches",
    "asterisk_realtime.provision.rotation",
    "asterisk_realtime.provision.registered",
    "asterisk_realtime.provision.searching",
    "asterisk_realtime.provision.pages",
    "asterisk_realtime.providers.trunk",
    "asterisk_realtime.providers.allowance",
    "asterisk_realtime.providers.twilio",
    "asterisk_realtime.providers.flowroute",
    "asterisk_realtime.providers.plivo",
    "asterisk_realtime.providers.signalwire",
    "asterisk_realtime.providers.telnyx",
    "asterisk_realtime.providers.vonage",
    "asterisk_realtime.providers.diff",
    "asterisk_realtime.shortcuts",
)


def _find(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - slow, and seldom asked for

        return version("asterisk-realtime")
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    if name in __all__:
        for module in map(import_module, _MODULES):
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)


if not TYPE_CHECKING:  # type checkers would otherwise accept any misspelt name

    def __getattr__(name: str) -> Any:
        value = globals()[name] = _find(name)
        return value


def __dir__() -> list[str]:
    return __all__
