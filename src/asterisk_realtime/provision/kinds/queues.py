"""Call queues with their members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from asterisk_realtime.errors import ConflictError, NotFoundError
from asterisk_realtime.models import Endpoint, Queue, QueueMember, QueueRows
from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
from asterisk_realtime.provision.engine.listing import Listing
from asterisk_realtime.provision.engine.records import Rows, Wanted, described
from asterisk_realtime.provision.engine.scopes import Scope, scope
from asterisk_realtime.specs.queues import PJSIP, CallQueue, Member, QueueMembership
from asterisk_realtime.values.choices import (
    QueueAnnounceHoldtime,
    QueueAnnouncePosition,
    QueueAutopause,
    QueueStrategy,
)
from asterisk_realtime.values.words import KEEP

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.view import View

DEFAULT_TIMEOUT: Final = 15
"""Seconds that a member rings where the row does not say (``apps/app_queue.c``)."""

_ANNOUNCE: Final = ("queue-periodic-announce",)
"""Asterisk's default, which is the column's default on SQLite."""


def queue_rows(spec: CallQueue) -> QueueRows:
    """
    Return the rows that *spec* means, unsaved.

    Members are not paused. Without ``ring_in_use`` of their own they follow the queue's. Several
    callers are served at once while members are free (``autofill``).
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
    members = tuple(_member_row(queue, item) for item in spec.listed_members)
    return QueueRows(queue=queue, members=members)


def _member_row(queue: Queue, member: Member) -> QueueMember:
    rings = member.ring_in_use if isinstance(member.ring_in_use, bool) else _rings_in_use(queue)
    row = QueueMember(
        queue_name=queue.name,
        interface=member.device,
        membername=member.name,
        state_interface=member.state_interface,
        wrapuptime=member.wrapup_time,
        paused=False,
        ringinuse=rings,
    )
    if member.penalty is not KEEP:
        row.penalty = member.penalty
    return row


class _Queue(Kind[CallQueue, QueueRows]):
    word = "queue"
    listing = Listing(Queue, ("name",))

    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        (name,) = key
        return (scope(Queue, name=name), scope(QueueMember, queue_name=name))

    def related(self, key: KeyValues, found: Rows) -> tuple[Scope, ...]:
        """Return the endpoints of members; one without a row is a device in a file."""
        return _phones(found)

    def parts(self, spec: CallQueue) -> Iterable[tuple[Kind[Any, Any], KeyValues]]:
        return [(MEMBERSHIP, (spec.name, item.device)) for item in spec.listed_members]

    def depends_on(self, spec: CallQueue) -> tuple[Scope, ...]:
        return tuple(
            _endpoint(item.phone) for item in spec.listed_members if item.phone is not None
        )

    def foreign(self, key: KeyValues, found: Rows) -> str | None:
        members = found.all(QueueMember)
        if members and found.get(Queue, *key) is None:
            return f"{described(members[0])}, whose queue is not in the database"
        return None

    def owned(self, spec: CallQueue | None, found: Rows) -> Iterable[Base]:
        """Return the members too, unless their queue has no row or *spec* keeps them."""
        if spec is None:
            yield from found.all(Queue)
        if found.all(Queue) and (spec is None or spec.members is not KEEP):
            yield from found.all(QueueMember)

    def rows(self, spec: CallQueue, found: Rows, view: View) -> Iterable[Wanted]:
        rows = queue_rows(spec)
        old = found.get(Queue, spec.name)
        turned = old is not None and _rings_in_use(old) != spec.ring_in_use
        yield Wanted(rows.queue, initial=frozenset({"autofill"}))
        for item, row in zip(spec.listed_members, rows.members, strict=True):
            there = found.get(QueueMember, row.queue_name, row.interface)
            # If the queue's ring_in_use changes, members that followed it still do. Others keep
            # their own, which may have been set at Asterisk.
            follows = turned and there is not None and there.ringinuse != spec.ring_in_use
            managed = item.ring_in_use is not KEEP or follows
            yield Wanted(row, initial=_initial(managed=managed))

    def check(self, spec: CallQueue, view: View) -> None:
        named = {item.device for item in spec.listed_members}
        for row in view.found(self.scopes(self.key(spec))).all(QueueMember):
            if spec.members is not KEEP and row.interface not in named:
                raise ConflictError(
                    f"queue {spec.name!r}", described(row), "delete that one first, or list it too"
                )
        for item in spec.listed_members:
            _refuse_missing(item, view)

    def group(self, key: KeyValues, rows: Rows) -> QueueRows:
        return QueueRows(queue=rows.one(Queue), members=tuple(rows.all(QueueMember)))

    def read(self, key: KeyValues, found: Rows) -> CallQueue:
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


class _Membership(Kind[QueueMembership, QueueMember]):
    word = "queue member"
    fields = ("queue", "interface")
    named_by_others = True
    text = "member {1!r} of queue {0!r}"
    listing = Listing(QueueMember, ("queue_name", "interface"), is_part=True)

    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        queue, interface = key
        return (scope(QueueMember, queue_name=queue, interface=interface), scope(Queue, name=queue))

    def related(self, key: KeyValues, found: Rows) -> tuple[Scope, ...]:
        return _phones(found)

    def depends_on(self, spec: QueueMembership) -> tuple[Scope, ...]:
        phone = spec.member.phone
        return () if phone is None else (_endpoint(phone),)

    def foreign(self, key: KeyValues, found: Rows) -> str | None:
        row = found.first(QueueMember)
        if row is None or found.first(Queue) is not None:
            return None
        return f"{described(row)}, whose queue is not in the database"

    def owned(self, spec: QueueMembership | None, found: Rows) -> Iterable[Base]:
        return found.all(QueueMember) if spec is None else ()

    def rows(self, spec: QueueMembership, found: Rows, view: View) -> Iterable[Wanted]:
        queue = view.get(Queue, spec.queue)
        if queue is None:
            hint = "create the queue first, or check its name"
            raise NotFoundError("queue", spec.queue, hint)
        managed = spec.member.ring_in_use is not KEEP
        yield Wanted(_member_row(queue, spec.member), initial=_initial(managed=managed))

    def check(self, spec: QueueMembership, view: View) -> None:
        _refuse_missing(spec.member, view)

    def group(self, key: KeyValues, rows: Rows) -> QueueMember:
        return rows.one(QueueMember)

    def read(self, key: KeyValues, found: Rows) -> QueueMembership:
        member = _member(found.one(QueueMember), found.one(Queue), found)
        return QueueMembership(queue=key[0], member=member)


QUEUE: Final = _Queue()
MEMBERSHIP: Final = _Membership()


def _initial(*, managed: bool) -> frozenset[str]:
    """Return the columns that are set only if a member is added; not ringinuse if *managed*."""
    return frozenset({"paused"} if managed else {"paused", "ringinuse"})


def _phones(found: Rows) -> tuple[Scope, ...]:
    """Return the endpoints of members; one without a row is a device in a file."""
    devices = [row.interface for row in found.all(QueueMember)]
    return tuple(
        _endpoint(device.removeprefix(PJSIP)) for device in devices if device.startswith(PJSIP)
    )


def _endpoint(name: str) -> Scope:
    return Scope(Endpoint, (("id", name),), is_usual=True)


def _refuse_missing(member: Member, view: View) -> None:
    if member.phone is not None and view.get(Endpoint, member.phone) is None:
        raise NotFoundError("endpoint", member.phone, "create the phone first, or check its name")


def _rings_in_use(row: Queue) -> bool:
    return row.ringinuse is not False  # Asterisk's default is yes


def _member(row: QueueMember, queue: Queue, found: Rows) -> Member:
    name = row.interface.removeprefix(PJSIP)
    is_phone = name != row.interface and found.get(Endpoint, name) is not None
    return Member(
        phone=name if is_phone else None,
        interface=None if is_phone else row.interface,
        state_interface=row.state_interface,
        name=row.membername,
        # Asterisk writes -1 for a member that was removed (negative_penalty_invalid).
        penalty=KEEP if row.penalty is None or row.penalty < 0 else row.penalty,
        wrapup_time=row.wrapuptime,
        ring_in_use=KEEP if row.ringinuse in {None, _rings_in_use(queue)} else row.ringinuse,
    )
