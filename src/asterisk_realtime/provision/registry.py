"""All kinds of things, in the order in which they refer to each other, by class of spec."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any, Final, cast

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.provision.kinds.access import ACCESS_LIST
from asterisk_realtime.provision.kinds.followme import FOLLOWME
from asterisk_realtime.provision.kinds.identify import ALLOWANCE
from asterisk_realtime.provision.kinds.inbound import INBOUND, INTERNAL
from asterisk_realtime.provision.kinds.mailboxes import MAILBOX
from asterisk_realtime.provision.kinds.music import COMMAND_MUSIC, MUSIC
from asterisk_realtime.provision.kinds.penalties import PENALTY_RULE
from asterisk_realtime.provision.kinds.phones import PHONE
from asterisk_realtime.provision.kinds.queues import MEMBERSHIP, QUEUE
from asterisk_realtime.provision.kinds.registrations import REGISTRATION_TRUNK
from asterisk_realtime.provision.kinds.routes import OUTBOUND
from asterisk_realtime.provision.kinds.trunks import TRUNK
from asterisk_realtime.provision.kinds.webrtc import WEBRTC_PHONE
from asterisk_realtime.showing import called
from asterisk_realtime.specs.access import AccessList
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.followme import FollowMeProfile
from asterisk_realtime.specs.identify import Allowance
from asterisk_realtime.specs.mailboxes import Mailbox
from asterisk_realtime.specs.music import CommandMusicClass, MusicClass
from asterisk_realtime.specs.penalties import PenaltyRule
from asterisk_realtime.specs.phones import Phone, WebRtcPhone
from asterisk_realtime.specs.queues import CallQueue, QueueMembership
from asterisk_realtime.specs.routes import InboundRoute, InternalExtension, OutboundRoute
from asterisk_realtime.specs.trunks import RegistrationTrunk, Trunk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asterisk_realtime.provision.engine.kinds import Kind
    from asterisk_realtime.specs.keys import Key

KINDS: Final[Mapping[type[Spec], Kind[Any, Any]]] = {
    AccessList: ACCESS_LIST,
    MusicClass: MUSIC,
    CommandMusicClass: COMMAND_MUSIC,
    Mailbox: MAILBOX,
    Trunk: TRUNK,
    RegistrationTrunk: REGISTRATION_TRUNK,
    Allowance: ALLOWANCE,
    Phone: PHONE,
    WebRtcPhone: WEBRTC_PHONE,
    PenaltyRule: PENALTY_RULE,
    CallQueue: QUEUE,
    QueueMembership: MEMBERSHIP,
    FollowMeProfile: FOLLOWME,
    OutboundRoute: OUTBOUND,
    InboundRoute: INBOUND,
    InternalExtension: INTERNAL,
}
"""Each kind comes after those that it may name; routes copy the caller ID of trunks."""


def key_of(kind: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Key[Any, Any]:
    """
    Return the key that the arguments of a verb after the class *kind* give.

    Raises:
        ValidationError: *kind* is not a class of specs with a key; or a part of the key is missing,
            unknown or not text.
    """
    if not (isinstance(kind, type) and issubclass(kind, Spec) and _has_key(kind)):
        raise no_kind(called(kind))
    make = cast("Any", kind).key
    try:
        bound = signature(make).bind(*args, **kwargs)
    except TypeError as error:
        takes = " and ".join(signature(make).parameters)
        hint = f"give the {takes} of the {kind.__name__}"
        # Not the arguments: one in the wrong place may be a password.
        raise ValidationError("key", kind.__name__, str(error), hint) from None
    return cast("Key[Any, Any]", make(*bound.args, **bound.kwargs))


def _has_key(kind: type[Spec]) -> bool:
    return hasattr(kind, "key") and bool(kind.part_kinds())


def kind_of(spec: type[Spec]) -> Kind[Any, Any]:
    """
    Return the kind of a class of specs.

    Raises:
        ValidationError: It has none.
    """
    kind = KINDS.get(spec)
    if kind is None:
        raise no_kind(spec.__name__)
    return kind


def no_kind(what: str) -> ValidationError:
    """Return the error for an argument that is not a class of specs with a key."""
    names = ", ".join(item.__name__ for item in KINDS)
    hint = f"use {names}, or a provider's trunk"
    return ValidationError("kind", what, "it is not a class of specs with a key", hint)
