"""Call queues and their members."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.keys import Key
from asterisk_realtime.values import limits
from asterisk_realtime.values.cells import check_text
from asterisk_realtime.values.checked import Checked, gather
from asterisk_realtime.values.choices import (
    QueueAnnounceHoldtime,
    QueueAnnouncePosition,
    QueueAutopause,
    QueueEmpty,
    QueueStrategy,
)
from asterisk_realtime.values.files import sound, sounds
from asterisk_realtime.values.names import music_class_name, object_id, plain_name
from asterisk_realtime.values.plain import (
    flag,
    instances,
    is_a,
    items,
    matching,
    member,
    text,
    whole_number,
)
from asterisk_realtime.values.text import display_text
from asterisk_realtime.values.words import KEEP, Keep, refuse_word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from asterisk_realtime.models import QueueMember, QueueRows
    from asterisk_realtime.values.choice_words import (
        QueueAnnounceHoldtimeWord,
        QueueAnnouncePositionWord,
        QueueAutopauseWord,
        QueueEmptyWord,
        QueueStrategyWord,
    )

MAX_SECONDS: Final = 86400
MAX_NUMBER: Final = 2**31 - 1
MAX_SOUNDS: Final = 10
"""Periodic announcements that a queue keeps (``MAX_PERIODIC_ANNOUNCEMENTS``)."""

_INTERFACE: Final = re.compile(r"[A-Za-z0-9]+/[A-Za-z0-9_.+@/*#:;=-]+")
_STATE: Final = re.compile(r"[A-Za-z0-9]+[/:][A-Za-z0-9_.+@/*#-]+")
_MAX_WORDS: Final = 128


def seconds(value: int, field: str = "seconds") -> int:
    """Return *value* if it is a number of seconds, at most a day."""
    return whole_number(value, field, lowest=0, highest=MAX_SECONDS)


def count(value: int, field: str = "number") -> int:
    """Return *value* if it is a number that the column holds, from 0."""
    return whole_number(value, field, lowest=0, highest=MAX_NUMBER)


def _strategy(value: QueueStrategy | QueueStrategyWord, field: str = "strategy") -> QueueStrategy:
    return member(QueueStrategy, value, field)


def _autopause(
    value: QueueAutopause | QueueAutopauseWord, field: str = "autopause"
) -> QueueAutopause:
    return member(QueueAutopause, value, field)


def _position(
    value: QueueAnnouncePosition | QueueAnnouncePositionWord, field: str = "announce_position"
) -> QueueAnnouncePosition:
    return member(QueueAnnouncePosition, value, field)


def _holdtime(
    value: QueueAnnounceHoldtime | QueueAnnounceHoldtimeWord, field: str = "announce_holdtime"
) -> QueueAnnounceHoldtime:
    return member(QueueAnnounceHoldtime, value, field)


def _interface(value: str, field: str = "interface") -> str:
    hint = "write PJSIP/101 or Local/101@agents"
    found = matching(
        _INTERFACE, value, field, "it is not an interface", hint, most=limits.INTERFACE.most
    )
    return check_text(found, field, length=limits.INTERFACE.most)


def _state_interface(value: str, field: str = "state_interface") -> str:
    hint = "write PJSIP/101 or hint:101@phones"
    return matching(_STATE, value, field, "it is not a device", hint, most=limits.INTERFACE.most)


def _label(value: str, field: str = "name") -> str:
    found = display_text(value, field, limits.MEMBER_NAME)
    if "|" in found:
        raise ValidationError(field, found, "'|' separates the fields of queue_log", "leave it out")
    return found


def _penalty(value: int | Keep | None) -> int | Keep | None:
    if value is None or value is KEEP:
        return value
    refuse_word(value, "penalty", "give a number, None or KEEP")
    return count(value)


def _rings(value: bool | Keep | None) -> bool | Keep | None:  # noqa: FBT001 - a field's value
    if value is None or value is KEEP:
        return value
    refuse_word(value, "ring_in_use", "give True, False, None or KEEP")
    return flag(value)


PJSIP: Final = "PJSIP/"
"""Beginning of an interface that is a phone."""


@attrs.frozen(kw_only=True, field_transformer=gather)
class Member(Checked):
    """
    A member of a queue: a phone, or another interface.

    A new member is not paused; specs do not change whether a member is.

    Attributes:
        phone: Id of the phone's endpoint, which must exist.
        interface: What is dialled instead, as in Dial(): ``Local/101@agents``.
        state_interface: Device whose state shows whether the member is free, if it is not the
            interface: ``PJSIP/101``; needed for Local channels.
        name: Name in logs and events; None shows the interface.
        penalty: Members with a lower one ring first; None is 0. ``KEEP`` keeps the penalty of
            an existing member; a new one has 0.
        wrapup_time: Seconds of rest after a call; None takes the queue's.
        ring_in_use: Whether it rings while its device is in use; None takes the queue's
            setting. ``KEEP`` keeps that of an existing member; a new one takes the queue's.
    """

    phone: str | None = attrs.field(converter=attrs.converters.optional(object_id), default=None)
    interface: str | None = attrs.field(
        converter=attrs.converters.optional(_interface), default=None
    )
    state_interface: str | None = attrs.field(
        converter=attrs.converters.optional(_state_interface), default=None
    )
    name: str | None = attrs.field(converter=attrs.converters.optional(_label), default=None)
    penalty: int | Keep | None = attrs.field(converter=_penalty, default=KEEP)
    wrapup_time: int | None = attrs.field(
        converter=attrs.converters.optional(seconds), default=None
    )
    ring_in_use: bool | Keep | None = attrs.field(converter=_rings, default=KEEP)

    @property
    def device(self) -> str:
        """What Asterisk dials."""
        return self.interface or f"{PJSIP}{self.phone}"

    def agree(self) -> list[ValidationError]:
        """Return the error unless either a phone or an interface is given."""
        if (self.phone is None) != (self.interface is None):
            return []
        return [
            ValidationError(
                "interface",
                self.interface,
                "a member is either a phone or an interface",
                "give one of the two",
            )
        ]


def _members(value: Iterable[Member], field: str = "members") -> tuple[Member, ...]:
    """Return *value* as members, each once; MariaDB compares them without case."""
    found = instances(value, Member, field, "it is not a list", "give a tuple of Member(phone=...)")
    seen = set()
    for item in found:
        if item.device.lower() in seen:
            raise ValidationError(
                field, item.device, "it is a member twice", "name each member once"
            )
        seen.add(item.device.lower())
    return found


def _members_or_keep(value: Iterable[Member] | Keep) -> tuple[Member, ...] | Keep:
    if value is KEEP:
        return value
    refuse_word(value, "members", "give a tuple, () for none, or leave it out to keep them")
    return _members(value)


def _empty(
    value: QueueEmpty | QueueEmptyWord | Iterable[QueueEmpty | QueueEmptyWord],
    field: str = "join_empty",
) -> tuple[QueueEmpty, ...]:
    given = text(value, field, most=_MAX_WORDS).split(",") if is_a(value, str) else value
    words = items(given, field, "give words of QueueEmpty")
    found = tuple(member(QueueEmpty, word, field) for word in words)
    alone = {QueueEmpty.YES, QueueEmpty.NO} & set(found)
    if not found or len(set(found)) < len(found) or (alone and len(found) > 1):
        raise ValidationError(
            field, value, "these words contradict each other", "give 'yes', 'no', or others once"
        )
    return found


def _sounds(value: Iterable[str], field: str = "periodic_announce") -> tuple[str, ...]:
    return sounds(value, field, most=MAX_SOUNDS)


@attrs.frozen(kw_only=True, field_transformer=gather)
class CallQueue(Spec["QueueRows"]):
    """
    A call queue, and the members who answer it.

    Changes work at the next call: Asterisk reads a queue whenever a caller enters it. Callers
    reach it by a route, such as an `InboundRoute` to `ToQueue`.

    Attributes:
        name: Name of the queue, as in Queue(); two may not differ only in case.
        members: All members; ``()`` for none. ``KEEP`` keeps the existing ones, which can be
            managed one by one: see `QueueMembership`.
        strategy: Whom to ring next. Changing it to ``linear`` works after a restart of Asterisk.
        timeout: Seconds that a member rings before the next attempt; 0 for no limit.
        wrapup_time: Seconds of rest that a member gets after a call.
        max_length: Most callers who may wait; 0 for any number.
        ring_in_use: Whether members ring while their device is in use.
        autopause: Whether a member that does not answer is paused: here or in all its queues.
        music_class: Music that callers hear; None leaves it to their channel.
        announce: Sound file that tells the member which queue it is; None plays nothing.
        announce_frequency: Seconds between announcements of a caller's place; 0 for none.
        announce_position: Whether they say the position.
        announce_holdtime: Whether they say the estimated time.
        periodic_announce: Up to ten sound files played in turn; None takes Asterisk's own.
        periodic_announce_frequency: Seconds between those; 0 for none.
        join_empty: Which members do not count when a caller wants to enter (``QueueEmpty``); None
            and ``yes`` always let callers in.
        leave_when_empty: Which members do not count while a caller waits; with no other member,
            the caller leaves the queue. None and ``no`` let callers wait on.
        service_level: Seconds within which an answer counts as in time, for statistics.
        default_rule: Name of a `PenaltyRule`, or of one in queuerules.conf; None for none.

    Sources: Asterisk's ``apps/app_queue.c``.
    """

    name: str = attrs.field(converter=plain_name)
    members: tuple[Member, ...] | Keep = attrs.field(converter=_members_or_keep, default=KEEP)
    strategy: QueueStrategy = attrs.field(converter=_strategy, default=QueueStrategy.RINGALL)
    timeout: int = attrs.field(converter=seconds, default=15)
    wrapup_time: int = attrs.field(converter=seconds, default=0)
    max_length: int = attrs.field(converter=count, default=0)
    ring_in_use: bool = attrs.field(converter=flag, default=False)
    autopause: QueueAutopause = attrs.field(converter=_autopause, default=QueueAutopause.NO)
    music_class: str | None = attrs.field(
        converter=attrs.converters.optional(music_class_name), default=None
    )
    announce: str | None = attrs.field(converter=attrs.converters.optional(sound), default=None)
    announce_frequency: int = attrs.field(converter=seconds, default=0)
    announce_position: QueueAnnouncePosition = attrs.field(
        converter=_position, default=QueueAnnouncePosition.YES
    )
    announce_holdtime: QueueAnnounceHoldtime = attrs.field(
        converter=_holdtime, default=QueueAnnounceHoldtime.YES
    )
    periodic_announce: tuple[str, ...] | None = attrs.field(
        converter=attrs.converters.optional(_sounds), default=None
    )
    periodic_announce_frequency: int = attrs.field(converter=seconds, default=0)
    join_empty: tuple[QueueEmpty, ...] | None = attrs.field(
        converter=attrs.converters.optional(_empty), default=None
    )
    leave_when_empty: tuple[QueueEmpty, ...] | None = attrs.field(
        converter=attrs.converters.optional(_empty), default=None
    )
    service_level: int = attrs.field(converter=seconds, default=0)
    default_rule: str | None = attrs.field(
        converter=attrs.converters.optional(plain_name), default=None
    )

    @property
    def listed_members(self) -> tuple[Member, ...]:
        """The members that the spec lists; ``()`` if it keeps those that exist."""
        return () if self.members is KEEP else self.members

    @classmethod
    def key(cls, name: str) -> Key[Self, QueueRows]:
        """Return the key of a queue."""
        return Key.of(cls, name=name)


# -- One member ------------------------------------------------------------------------------------


def _one_member(value: Member, field: str = "member") -> Member:
    if not is_a(value, Member):
        raise ValidationError(field, value, "it is not a member", "give Member(phone=...)")
    return value


@attrs.frozen(kw_only=True, field_transformer=gather)
class QueueMembership(Spec["QueueMember"]):
    """
    One member of a queue, to add, change or remove without the other members.

    ``ensure(session, QueueMembership(queue="support", member=Member(phone="101")))`` adds a phone,
    and ``delete(session, QueueMembership, "support", phone="101")`` removes it. A `CallQueue`
    without ``members`` leaves such members alone; one with a list replaces all of them.

    Attributes:
        queue: Name of the queue, which must exist.
        member: Who answers.

    Sources: Asterisk's ``apps/app_queue.c``.
    """

    queue: str = attrs.field(converter=plain_name)
    member: Member = attrs.field(converter=_one_member)

    @classmethod
    def key(
        cls, queue: str, *, phone: str | None = None, interface: str | None = None
    ) -> Key[Self, QueueMember]:
        """
        Return the key of a member of a queue, which is a phone or an interface.

        Raises:
            ValidationError: Both are given, or neither.
        """
        if (phone is None) == (interface is None):
            problem = "a member is either a phone or an interface"
            raise ValidationError("interface", interface, problem, "give one of the two")
        if phone is not None:
            interface = PJSIP + str(Key.of(cls, phone=phone).parts["phone"])
        return Key.of(cls, queue=queue, interface=interface or "")

    @property
    def interface(self) -> str:
        """What Asterisk dials."""
        return self.member.device
