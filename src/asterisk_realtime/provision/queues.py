"""Call queues with their members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.errors import ConflictError, NotFoundError
from asterisk_realtime.models import Endpoint, Queue, QueueMember
from asterisk_realtime.provision.engine import verbs
from asterisk_realtime.provision.engine.kinds import Key, Kind
from asterisk_realtime.provision.engine.records import Rows, Wanted, described
from asterisk_realtime.provision.engine.scopes import Scope, scope
from asterisk_realtime.specs.queues import CallQueue, Member
from asterisk_realtime.values.choices import (
    QueueAnnounceHoldtime,
    QueueAnnouncePosition,
    QueueAutopause,
    QueueStrategy,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.provision.engine.view import View

DEFAULT_TIMEOUT: Final = 15
"""Seconds that a member rings where the row does not say (``apps/app_queue.c``)."""

_PJSIP: Final = "PJSIP/"
_ANNOUNCE: Final = ("queue-periodic-announce",)
"""Asterisk's own, which SQLite's table has in the place of None."""


@attrs.frozen(kw_only=True)
class QueueRows:
    """
    The rows of a queue.

    They are models in the caller's session: set rarer columns on them before you commit.

    Attributes:
        queue: Its settings.
        members: Who answers, in the order of their interfaces.
    """

    queue: Queue
    members: tuple[QueueMember, ...] = ()


def queue_rows(spec: CallQueue) -> QueueRows:
    """
    Return the rows that *spec* means, unsaved.

    Members are not paused, and ring while in use if the queue's do. Several callers are served
    at once while members are free (``autofill``).
    """
    queue = Queue(
        name=spec.name,
        strategy=spec.strategy,
        timeout=spec.timeout,
        wrapuptime=spec.wrapup_time,
        maxlen=spec.max_length,
        ringinuse=spec.ring_in_use,
        autopause=spec.autopause,
        autofill=True,
        musiconhold=spec.music_class,
        announce=spec.announce,
        announce_frequency=spec.announce_frequency,
        announce_position=spec.announce_position,
        announce_holdtime=spec.announce_holdtime,
        periodic_announce=spec.periodic_announce,
        periodic_announce_frequency=spec.periodic_announce_frequency,
        joinempty=spec.join_empty,
        leavewhenempty=spec.leave_when_empty,
        servicelevel=spec.service_level,
        defaultrule=spec.default_rule,
    )
    members = tuple(_member_row(spec, item) for item in spec.members or ())
    return QueueRows(queue=queue, members=members)


def _member_row(spec: CallQueue, member: Member) -> QueueMember:
    row = QueueMember(
        queue_name=spec.name,
        interface=member.device,
        membername=member.name,
        state_interface=member.state_interface,
        wrapuptime=member.wrapup_time,
        paused=False,
        ringinuse=spec.ring_in_use if member.ring_in_use is None else member.ring_in_use,
    )
    if member.penalty is not None:
        row.penalty = member.penalty
    return row


class _Queue(Kind[CallQueue]):
    word = "queue"

    def scopes(self, key: Key) -> tuple[Scope, ...]:
        (name,) = key
        return (scope(Queue, name=name), scope(QueueMember, queue_name=name))

    def related(self, key: Key, found: Rows) -> tuple[Scope, ...]:
        """Return the endpoints of members, which tell a phone from a device of a file."""
        devices = [row.interface for row in found.all(QueueMember)]
        return tuple(
            Scope(Endpoint, (("id", device.removeprefix(_PJSIP)),), surely=True)
            for device in devices
            if device.startswith(_PJSIP)
        )

    def reads(self, spec: CallQueue) -> tuple[Scope, ...]:
        phones = [item.phone for item in spec.members or () if item.phone is not None]
        return tuple(Scope(Endpoint, (("id", name),), surely=True) for name in phones)

    def foreign(self, key: Key, found: Rows) -> str | None:
        members = found.all(QueueMember)
        if members and found.get(Queue, *key) is None:
            return f"{described(members[0])}, which is another configuration's"
        return None

    def owned(self, spec: CallQueue | None, found: Rows) -> Iterable[Base]:
        """Return the members too, unless their queue is not ours or *spec* leaves them alone."""
        if spec is None:
            yield from found.all(Queue)
        if found.all(Queue) and (spec is None or spec.members is not None):
            yield from found.all(QueueMember)

    def rows(self, spec: CallQueue, found: Rows, view: View) -> Iterable[Wanted]:
        rows = queue_rows(spec)
        old = found.get(Queue, spec.name)
        turned = old is not None and _rings_in_use(old) != spec.ring_in_use
        yield Wanted(rows.queue, initial=frozenset({"autofill"}))
        for item, row in zip(spec.members or (), rows.members, strict=True):
            there = found.get(QueueMember, row.queue_name, row.interface)
            # A member that did as the queue did does so still; Asterisk may have been told else.
            follows = turned and there is not None and there.ringinuse != spec.ring_in_use
            managed = item.ring_in_use is not None or follows
            yield Wanted(row, initial=frozenset({"paused"} if managed else {"paused", "ringinuse"}))

    def check(self, spec: CallQueue, view: View) -> None:
        named = {item.device for item in spec.members or ()}
        for row in view.found(self.scopes(self.key(spec))).all(QueueMember):
            if spec.members is not None and row.interface not in named:
                raise ConflictError(
                    f"queue {spec.name!r}", described(row), "delete that one first, or name it too"
                )
        for item in spec.members or ():
            if item.phone is not None and view.get(Endpoint, item.phone) is None:
                raise NotFoundError(
                    "endpoint", item.phone, "create the phone first, or check its name"
                )

    def read(self, key: Key, found: Rows) -> CallQueue:
        row = found.one(Queue)
        return CallQueue(
            name=row.name,
            members=[_member(item, row, found) for item in found.all(QueueMember)],
            strategy=row.strategy or QueueStrategy.RINGALL,
            timeout=DEFAULT_TIMEOUT if row.timeout is None else row.timeout,
            wrapup_time=row.wrapuptime or 0,
            max_length=row.maxlen or 0,
            ring_in_use=_rings_in_use(row),
            autopause=row.autopause or QueueAutopause.NO,
            music_class=row.musiconhold,
            announce=row.announce,
            announce_frequency=row.announce_frequency or 0,
            announce_position=row.announce_position or QueueAnnouncePosition.YES,
            announce_holdtime=row.announce_holdtime or QueueAnnounceHoldtime.YES,
            periodic_announce=None if row.periodic_announce == _ANNOUNCE else row.periodic_announce,
            periodic_announce_frequency=row.periodic_announce_frequency or 0,
            join_empty=row.joinempty,
            leave_when_empty=row.leavewhenempty,
            service_level=row.servicelevel or 0,
            default_rule=row.defaultrule,
        )


QUEUE: Final = _Queue()


def _rings_in_use(row: Queue) -> bool:
    return row.ringinuse is not False  # Asterisk's default is yes


def _member(row: QueueMember, queue: Queue, found: Rows) -> Member:
    name = row.interface.removeprefix(_PJSIP)
    is_phone = name != row.interface and found.get(Endpoint, name) is not None
    return Member(
        phone=name if is_phone else None,
        interface=None if is_phone else row.interface,
        state_interface=row.state_interface,
        name=row.membername,
        # Asterisk writes -1 for a member that was removed (negative_penalty_invalid).
        penalty=None if row.penalty is None or row.penalty < 0 else row.penalty,
        wrapup_time=row.wrapuptime,
        ring_in_use=None if row.ringinuse == _rings_in_use(queue) else row.ringinuse,
    )


def create_queue(session: Session, queue: CallQueue) -> QueueRows:
    """
    Add a queue with its members. The caller commits.

    It works at the next call: Asterisk reads a queue anew whenever somebody enters it. Callers
    reach it by a route, such as an `InboundRoute` to `ToQueue`.

    Returns:
        The rows, flushed.

    Raises:
        NotFoundError: A member's phone is not there.
        ConflictError: The queue is there, also under a name that differs only in case, or has
            members but no settings.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``apps/app_queue.c``.
    """
    rows = verbs.create(session, QUEUE, queue)
    return QueueRows(queue=rows.one(Queue), members=tuple(rows.all(QueueMember)))


def ensure_queue(session: Session, queue: CallQueue) -> Plan:
    """
    Create a queue, or change it to match *queue*; return the changes. The caller commits.

    What Asterisk writes stays as it is: whether members are paused, and a penalty or
    ``ring_in_use`` that *queue* does not name.

    Raises:
        NotFoundError: A member's phone is not there.
        ConflictError: As `create_queue`, but for the queue's own rows.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.ensure(session, QUEUE, queue)


def find_queue(session: Session, name: str) -> CallQueue | None:
    """
    Return the queue of that name with its members as the rows have it, or None without one.

    Raises:
        ConflictError: Its rows cannot be read as a `CallQueue`.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.find(session, QUEUE, name)


def delete_queue(session: Session, name: str) -> Plan:
    """
    Delete a queue with its members; return what was removed. The caller commits.

    Raises:
        NotFoundError: It does not exist.
        ConflictError: An extension still leads to it.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.delete(session, QUEUE, name)
