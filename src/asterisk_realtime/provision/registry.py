"""All kinds of things, in the order in which they need each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.provision.access import ACCESS_LIST
from asterisk_realtime.provision.engine import verbs
from asterisk_realtime.provision.engine.verbs import Mode, Wish
from asterisk_realtime.provision.entrances import INBOUND, INTERNAL
from asterisk_realtime.provision.followme import FOLLOWME
from asterisk_realtime.provision.identify import ALLOWANCE
from asterisk_realtime.provision.mailboxes import MAILBOX
from asterisk_realtime.provision.music import COMMAND_MUSIC, MUSIC
from asterisk_realtime.provision.penalties import PENALTY_RULE
from asterisk_realtime.provision.phones import PHONE
from asterisk_realtime.provision.queues import QUEUE
from asterisk_realtime.provision.registrations import REGISTRATION_TRUNK
from asterisk_realtime.provision.routes import OUTBOUND
from asterisk_realtime.provision.trunks import TRUNK
from asterisk_realtime.provision.webrtc import WEBRTC_PHONE
from asterisk_realtime.specs.access import AccessList
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.followme import FollowMeProfile
from asterisk_realtime.specs.identify import Allowance
from asterisk_realtime.specs.mailboxes import Mailbox
from asterisk_realtime.specs.music import CommandMusicClass, MusicClass
from asterisk_realtime.specs.phones import Phone, WebRtcPhone
from asterisk_realtime.specs.queues import CallQueue, PenaltyRule
from asterisk_realtime.specs.routes import InboundRoute, InternalExtension, OutboundRoute
from asterisk_realtime.specs.trunks import RegistrationTrunk, Trunk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.kinds import Kind
    from asterisk_realtime.provision.engine.plans import Plan

KINDS: Final[Mapping[type[Spec], Kind[Any]]] = {
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
    FollowMeProfile: FOLLOWME,
    OutboundRoute: OUTBOUND,
    InboundRoute: INBOUND,
    InternalExtension: INTERNAL,
}
"""Each after what it may name, and a route after the trunk whose caller ID it takes."""


class Absent:
    """
    A thing to remove, for `plan` and `apply`; if it does not exist, nothing changes.

    Args:
        spec: Class of its spec, such as ``Phone``.
        *key: Its key, such as a phone's id, or a route's context and pattern.

    Raises:
        InvalidValueError: The class has no kind of its own, such as a provider's trunk, which is a
            ``Trunk``; or the key has too many or too few parts, or one is not text.
    """

    def __init__(self, spec: type[Spec], *key: str) -> None:
        kind = KINDS.get(spec)
        if kind is None:
            names = ", ".join(item.__name__ for item in KINDS)
            raise InvalidValueError(
                "spec",
                getattr(spec, "__name__", spec),
                "it is not a kind of its own",
                f"use {names}",
            )
        if len(key) != len(kind.fields) or not all(isinstance(part, str) for part in key):
            names = " and ".join(kind.fields)
            raise InvalidValueError(
                "key",
                key,
                f"it must be the {names} of the {kind.word}",
                f"give {', '.join(kind.fields)} as text, after {spec.__name__}",
            )
        self.spec = spec
        self.key = key

    def __repr__(self) -> str:
        """Return how it was made."""
        return f"Absent({', '.join([self.spec.__name__, *map(repr, self.key)])})"


class Replace:
    """
    A thing whose rows are replaced, if they cannot be read, for `plan` and `apply`.

    Rows under its name that cannot be read as a thing of its kind are removed, and the spec's rows
    are written as new ones. Such rows are another tool's or a person's, or belong to another kind
    of thing, such as a trunk under a phone's id. The plan shows each row. If the rows can be read,
    or there are none, it does the same as the spec alone.

    Args:
        spec: The wanted spec. Of a provider's trunk, all parts are replaced.

    Raises:
        InvalidValueError: It is not a spec.
    """

    def __init__(self, spec: Spec) -> None:
        if not isinstance(spec, Spec):
            raise InvalidValueError(
                "spec", type(spec).__name__, "it is not a spec", "give one: Replace(Phone(...))"
            )
        self.spec = spec

    def __repr__(self) -> str:
        """Return the expression that creates it."""
        return f"Replace({self.spec!r})"


def plan(session: Session, *specs: Spec | Absent | Replace) -> Plan:
    """
    Return what `apply` would do with these specs, without writing anything.

    Args:
        session: The caller's session. What it has pending is flushed, as by any query.
        *specs: The desired specs, in any order; wrap one in `Absent` to remove it, or in `Replace`
            to replace rows of another tool.

    Returns:
        The rows that would be added, changed and removed, and what Asterisk needs afterwards.

    Raises:
        ConflictError: A spec contradicts the database or another spec.
        NotFoundError: A spec refers to something that does not exist.
        InvalidValueError: A spec contradicts a transport of the database; or one is not a spec.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.carry_out(session, _wishes(specs), write=False)


def apply(session: Session, *specs: Spec | Absent | Replace) -> Plan:
    """
    Bring the database to what the specs say, all of them or none. The caller commits.

    Writes what `plan` returns, and returns it. If the database already matches, nothing is written.
    Rows and columns that specs do not cover are never touched.

    Args:
        session: The caller's session; for an ``AsyncSession`` see its ``run_sync``.
        *specs: As for `plan`.

    Raises:
        ConflictError: As `plan`; or somebody wrote the same rows at the same time.
        NotFoundError: As `plan`.
        InvalidValueError: As `plan`.
        SchemaError: As `plan`.
    """
    return verbs.carry_out(session, _wishes(specs))


def _wishes(specs: tuple[Spec | Absent | Replace, ...]) -> list[Wish]:
    # What is to be gone goes first, the last kind first: routes before the trunk that they name.
    order = list(KINDS)
    gone: list[Absent] = []
    there: list[tuple[Spec, Mode]] = []
    for item in specs:
        if isinstance(item, Absent):
            gone.append(item)
        else:
            there += _parts(item)
    gone.sort(key=lambda item: -order.index(item.spec))
    there.sort(key=lambda item: order.index(type(item[0])))
    return [
        *(Wish(KINDS[item.spec], item.key, Mode.ABSENT) for item in gone),
        *(_wish(KINDS[type(part)], part, mode) for part, mode in there),
    ]


def _parts(item: Spec | Replace) -> list[tuple[Spec, Mode]]:
    """Return the specs of a thing's parts, each with its mode."""
    mode, spec = (Mode.REPLACE, item.spec) if isinstance(item, Replace) else (Mode.ENSURE, item)
    parts = spec.parts() if isinstance(spec, Spec) else (spec,)
    for part in parts:
        _refuse_unknown(part)
    return [(part, mode) for part in parts]


def _refuse_unknown(part: object) -> None:
    """Refuse any other value, such as a list of specs."""
    if isinstance(part, type):
        hint = f"give an instance: {part.__name__}(...)"
        raise InvalidValueError("specs", part.__name__, "it is a class", hint)
    if type(part) not in KINDS:
        raise InvalidValueError(
            "specs",
            type(part).__name__,
            "it is neither a spec nor Absent nor Replace",
            "give each by itself: apply(session, *specs)",
        )


def _wish(kind: Kind[Any], spec: Spec, mode: Mode) -> Wish:
    return Wish(kind, kind.key(spec), mode, spec)
