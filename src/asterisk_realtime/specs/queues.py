"""Call queues, who answers them, and the penalty rules of those who wait."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.specs.base import Spec
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

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_SECONDS: Final = 86400
MAX_NUMBER: Final = 2**31 - 1
MAX_SOUNDS: Final = 10
"""Periodic announcements that a queue keeps (``MAX_PERIODIC_ANNOUNCEMENTS``)."""

_INTERFACE: Final = re.compile(r"[A-Za-z0-9]+/[A-Za-z0-9_.+@/*#:;=-]+")
_STATE: Final = re.compile(r"[A-Za-z0-9]+[/:][A-Za-z0-9_.+@/*#-]+")
_MAX_WORDS: Final = 128
_MAX_STEP: Final = 10
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,9}")
_STEP: Final = re.compile(r"[+-][1-9][0-9]{0,8}")


def _seconds(value: int, field: str = "seconds") -> int:
    return whole_number(value, field, lowest=0, highest=MAX_SECONDS)


def _count(value: int, field: str = "number") -> int:
    return whole_number(value, field, lowest=0, highest=MAX_NUMBER)


def _strategy(value: QueueStrategy | str, field: str = "strategy") -> QueueStrategy:
    return member(QueueStrategy, value, field)


def _autopause(value: QueueAutopause | str, field: str = "autopause") -> QueueAutopause:
    return member(QueueAutopause, value, field)


def _position(
    value: QueueAnnouncePosition | str, field: str = "announce_position"
) -> QueueAnnouncePosition:
    return member(QueueAnnouncePosition, value, field)


def _holdtime(
    value: QueueAnnounceHoldtime | str, field: str = "announce_holdtime"
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
        raise InvalidValueError(
            field, found, "'|' separates the fields of queue_log", "leave it out"
        )
    return found


@attrs.frozen(kw_only=True, field_transformer=gather)
class Member(Checked):
    """
    Somebody who answers a queue: either a phone, or whatever an interface reaches.

    Whether a member is paused is Asterisk's business: a new member is not.

    Attributes:
        phone: Id of the phone's endpoint, which must be there.
        interface: What is dialled instead, as in Dial(): ``Local/101@agents``.
        state_interface: Device that tells whether the member is free, where that is another one:
            ``PJSIP/101``; needed for Local channels.
        name: Name in logs and events; None shows the interface.
        penalty: Members with a lower one ring first; None leaves it as it is, which is 0 at first.
        wrapup_time: Seconds of rest after a call; None takes the queue's.
        ring_in_use: Whether it rings though its device is in use; None takes the queue's at
            first, and afterwards leaves what Asterisk was told.
    """

    phone: str | None = attrs.field(converter=attrs.converters.optional(object_id), default=None)
    interface: str | None = attrs.field(
        converter=attrs.converters.optional(_interface), default=None
    )
    state_interface: str | None = attrs.field(
        converter=attrs.converters.optional(_state_interface), default=None
    )
    name: str | None = attrs.field(converter=attrs.converters.optional(_label), default=None)
    penalty: int | None = attrs.field(converter=attrs.converters.optional(_count), default=None)
    wrapup_time: int | None = attrs.field(
        converter=attrs.converters.optional(_seconds), default=None
    )
    ring_in_use: bool | None = attrs.field(converter=attrs.converters.optional(flag), default=None)

    @property
    def device(self) -> str:
        """What Asterisk dials."""
        return self.interface or f"PJSIP/{self.phone}"

    def agree(self) -> list[InvalidValueError]:
        """Tell whether there is one way to reach the member."""
        if (self.phone is None) != (self.interface is None):
            return []
        return [
            InvalidValueError(
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
            raise InvalidValueError(
                field, item.device, "it is a member twice", "name each member once"
            )
        seen.add(item.device.lower())
    return found


def _empty(
    value: QueueEmpty | str | Iterable[QueueEmpty | str], field: str = "join_empty"
) -> tuple[QueueEmpty, ...]:
    given = text(value, field, most=_MAX_WORDS).split(",") if is_a(value, str) else value
    words = items(given, field, "give words of QueueEmpty")
    found = tuple(member(QueueEmpty, word, field) for word in words)
    alone = {QueueEmpty.YES, QueueEmpty.NO} & set(found)
    if not found or len(set(found)) < len(found) or (alone and len(found) > 1):
        raise InvalidValueError(
            field, value, "these words contradict each other", "give 'yes', 'no', or others once"
        )
    return found


def _sounds(value: Iterable[str], field: str = "periodic_announce") -> tuple[str, ...]:
    return sounds(value, field, most=MAX_SOUNDS)


@attrs.frozen(kw_only=True, field_transformer=gather)
class CallQueue(Spec):
    """
    Callers who wait, and members who answer them.

    Attributes:
        name: What Queue() is called with; two may not differ in upper and lower case alone.
        members: Who answers; None says nothing about them, and ``()`` means nobody.
        strategy: Whom to ring next. Changing it to ``linear`` works after a restart of Asterisk.
        timeout: Seconds that a member rings before the next attempt; 0 rings on without end.
        wrapup_time: Seconds of rest that a member gets after a call.
        max_length: Most callers who may wait; 0 for any number.
        ring_in_use: Whether members ring whose device is in use.
        autopause: Whether a member that does not answer is paused: here or in all its queues.
        music_class: Music that callers hear; None leaves it to their channel.
        announce: Sound file that tells the member which queue it is; None plays nothing.
        announce_frequency: Seconds between announcements of a caller's place; 0 for none.
        announce_position: Whether they say the position.
        announce_holdtime: Whether they say the estimated time.
        periodic_announce: Up to ten sound files played in turn; None takes Asterisk's own.
        periodic_announce_frequency: Seconds between those; 0 for none.
        join_empty: Which members do not count when a caller wants in (``QueueEmpty``); None and
            ``yes`` let callers in always.
        leave_when_empty: Which members do not count while a caller waits, who leaves when none is
            left; None and ``no`` let callers wait on.
        service_level: Seconds within which an answer counts as in time, for statistics.
        default_rule: Name of a `PenaltyRule`, or of one in queuerules.conf; None for none.
    """

    name: str = attrs.field(converter=plain_name)
    members: tuple[Member, ...] | None = attrs.field(
        converter=attrs.converters.optional(_members), default=None
    )
    strategy: QueueStrategy = attrs.field(converter=_strategy, default=QueueStrategy.RINGALL)
    timeout: int = attrs.field(converter=_seconds, default=15)
    wrapup_time: int = attrs.field(converter=_seconds, default=0)
    max_length: int = attrs.field(converter=_count, default=0)
    ring_in_use: bool = attrs.field(converter=flag, default=False)
    autopause: QueueAutopause = attrs.field(converter=_autopause, default=QueueAutopause.NO)
    music_class: str | None = attrs.field(
        converter=attrs.converters.optional(music_class_name), default=None
    )
    announce: str | None = attrs.field(converter=attrs.converters.optional(sound), default=None)
    announce_frequency: int = attrs.field(converter=_seconds, default=0)
    announce_position: QueueAnnouncePosition = attrs.field(
        converter=_position, default=QueueAnnouncePosition.YES
    )
    announce_holdtime: QueueAnnounceHoldtime = attrs.field(
        converter=_holdtime, default=QueueAnnounceHoldtime.YES
    )
    periodic_announce: tuple[str, ...] | None = attrs.field(
        converter=attrs.converters.optional(_sounds), default=None
    )
    periodic_announce_frequency: int = attrs.field(converter=_seconds, default=0)
    join_empty: tuple[QueueEmpty, ...] | None = attrs.field(
        converter=attrs.converters.optional(_empty), default=None
    )
    leave_when_empty: tuple[QueueEmpty, ...] | None = attrs.field(
        converter=attrs.converters.optional(_empty), default=None
    )
    service_level: int = attrs.field(converter=_seconds, default=0)
    default_rule: str | None = attrs.field(
        converter=attrs.converters.optional(plain_name), default=None
    )


# -- Penalty rules ---------------------------------------------------------------------------------


def _change(value: int | str, field: str = "penalty") -> int | str:
    """Return a penalty, or a signed step of one; a step of 0 is refused, since it does nothing."""
    problem = "it is not a penalty"
    hint = "give a number from 0, or a step such as '+1' or '-5', without leading zeros"
    if not is_a(value, str):
        if not is_a(value, int) or type(value) is bool:
            raise InvalidValueError(field, value, problem, hint)
        return _count(value, field)
    found = text(value, field, most=_MAX_STEP)
    if _NUMBER.fullmatch(found):
        return _count(int(found), field)
    return matching(_STEP, found, field, problem, hint, most=_MAX_STEP)


@attrs.frozen(kw_only=True, field_transformer=gather)
class PenaltyStep(Checked):
    """
    A change of the penalties that a caller's members may have.

    A number replaces the limit; a text with a sign (``"+1"``) moves it; None leaves it.

    Attributes:
        after: Seconds of waiting after which the change is made.
        min_penalty: New QUEUE_MIN_PENALTY.
        max_penalty: New QUEUE_MAX_PENALTY.
        raise_penalty: New QUEUE_RAISE_PENALTY: members with a lower penalty count as having it.
    """

    after: int = attrs.field(converter=_seconds)
    min_penalty: int | str | None = attrs.field(
        converter=attrs.converters.optional(_change), default=None
    )
    max_penalty: int | str | None = attrs.field(
        converter=attrs.converters.optional(_change), default=None
    )
    raise_penalty: int | str | None = attrs.field(
        converter=attrs.converters.optional(_change), default=None
    )

    def agree(self) -> list[InvalidValueError]:
        """Return the error if the step changes nothing, or leaves nobody to ring."""
        low, high = self.min_penalty, self.max_penalty
        if isinstance(low, int) and isinstance(high, int) and low > high:
            problem = f"no member has a penalty from {low} to {high}"
            return [InvalidValueError("min_penalty", low, problem, "give one up to max_penalty")]
        if (self.min_penalty, self.max_penalty, self.raise_penalty) != (None, None, None):
            return []
        return [
            InvalidValueError(
                "max_penalty", None, "the step changes nothing", "give one of the penalties"
            )
        ]


def _steps(value: Iterable[PenaltyStep], field: str = "steps") -> tuple[PenaltyStep, ...]:
    """Return *value* as steps in the order of their times."""
    problem, hint = "a rule needs steps", "give a tuple of PenaltyStep"
    found = instances(value, PenaltyStep, field, problem, hint)
    if not found:
        raise InvalidValueError(field, value, problem, hint)
    if len({step.after for step in found}) < len(found):
        raise InvalidValueError(field, value, "two steps have the same time", "make one of them")
    return tuple(sorted(found, key=lambda step: step.after))


@attrs.frozen(kw_only=True, field_transformer=gather)
class PenaltyRule(Spec):
    """
    How the penalties that a caller's members may have change while the caller waits.

    Asterisk reads rules when app_queue is loaded or reloaded, and only with
    ``realtime_rules = yes`` in section ``[general]`` of queuerules.conf.

    Attributes:
        name: What a queue's ``default_rule`` calls it by.
        steps: The changes, in the order of their times.
    """

    name: str = attrs.field(converter=plain_name)
    steps: tuple[PenaltyStep, ...] = attrs.field(converter=_steps)
