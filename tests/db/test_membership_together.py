"""Members come and go beside other changes: in one call, or in several at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest
from sqlalchemy import select, update

from asterisk_realtime import (
    Absent,
    CallQueue,
    ConflictError,
    Member,
    NotFoundError,
    Phone,
    Plan,
    QueueMembership,
    Rename,
    Within,
    apply,
    delete,
    ensure,
    plan,
)
from asterisk_realtime.models import QueueMember
from tests.db.membership import LOCAL, QUEUE, dials, interfaces, joins, members, two_queues
from tests.db.racing import at_once
from tests.db.tools import rows

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session


@pytest.fixture
def site(session: Session) -> Session:
    """A session with three phones, and two queues with two members each, committed."""
    return two_queues(session)


# -- With the queue in one call --------------------------------------------------------------------


def test_a_new_queue_with_members_of_their_own(site: Session) -> None:
    """The queue says nothing about its members, and comes in the same call, in any order."""
    queue = attrs.evolve(QUEUE, name="new", ring_in_use=True)
    items = (joins(queue="new"), queue, dials(queue="new"), joins("102", "new", penalty=1))
    planned = plan(site, *items)

    assert apply(site, *items) == planned
    assert interfaces(site, "new") == [LOCAL, "PJSIP/101", "PJSIP/102"]
    assert plan(site, *items) == Plan()


def test_a_queue_that_says_nothing_about_members(site: Session) -> None:
    """All stay but the one of the `Absent`."""
    apply(
        site,
        attrs.evolve(QUEUE, timeout=30),
        joins(),
        Absent(QueueMembership, "help", phone="102"),
    )

    assert interfaces(site) == ["Local/8@agents", "PJSIP/101"]
    assert [row["timeout"] for row in rows(site, "queues")] == [30, 20]


@pytest.mark.parametrize("listed", [(), (Member(phone="103"),)], ids=["nobody", "another"])
def test_a_queue_that_lists_others(site: Session, listed: tuple[Member, ...]) -> None:
    """The two specs contradict each other, in any order; nothing is done."""
    before = members(site)
    for items in ((QUEUE, joins()), (joins(), QUEUE)):
        some = [
            attrs.evolve(item, members=listed) if isinstance(item, CallQueue) else item
            for item in items
        ]
        for call in (plan, apply):
            with pytest.raises(ConflictError, match="member 'PJSIP/101' of queue 'help'"):
                call(site, *some)

    assert members(site) == before


def test_a_queue_that_lists_what_goes(site: Session) -> None:
    """The list without it and its `Absent` do not contradict each other."""
    others = (Member(interface="Local/8@agents", name="Eight"),)
    absent = Absent(QueueMembership, "help", phone="102")
    apply(site, attrs.evolve(QUEUE, members=others), absent)

    assert interfaces(site) == ["Local/8@agents"]


def test_a_queue_goes_with_its_members(site: Session) -> None:
    """A membership in the same call is refused."""
    with pytest.raises((ConflictError, NotFoundError)):
        apply(site, Absent(CallQueue, "help"), joins())
    apply(site, Absent(CallQueue, "help"), Absent(QueueMembership, "help", phone="102"))

    assert interfaces(site) == []
    assert len(interfaces(site, "sales")) == 2


def test_a_renamed_queue_keeps_them(site: Session) -> None:
    """With a member that comes in the same call, by the new name."""
    apply(site, Rename(CallQueue.key("help"), CallQueue.key("care")), joins(queue="care"))

    assert interfaces(site, "care") == ["Local/8@agents", "PJSIP/101", "PJSIP/102"]


def test_prune(site: Session) -> None:
    """The members of one queue are those of the call; other queues keep theirs."""
    apply(site, joins(), joins("103"), prune=Within(QueueMembership, queue="help"))

    assert interfaces(site) == ["PJSIP/101", "PJSIP/103"]
    assert len(interfaces(site, "sales")) == 2


def test_members_that_a_list_names_are_not_pruned(site: Session) -> None:
    """A listed member is not removed, and keeps what Asterisk stored."""
    listed = CallQueue(name="help", members=[Member(phone="101")])
    apply(site, listed)
    site.execute(update(QueueMember).values(paused=True, penalty=7))
    site.commit()
    site.expire_all()
    assert not apply(site, listed, prune=Within(QueueMembership, queue="help"))
    with pytest.raises(ConflictError, match="lists it"):
        apply(site, listed, Absent(QueueMembership, "help", phone="101"))

    kept = select(QueueMember.penalty).where(QueueMember.queue_name == "help")
    assert site.scalars(kept).all() == [7]


# -- At once ---------------------------------------------------------------------------------------


def test_two_come_at_once(engine: Engine, site: Session) -> None:
    """Both are added, and the members of before stay."""
    done = at_once(
        engine,
        lambda session: ensure(session, joins()),
        lambda session: ensure(session, joins("103")),
    )
    site.rollback()

    assert [len(item.rows) for item in done] == [1, 1]
    assert interfaces(site) == ["Local/8@agents", "PJSIP/101", "PJSIP/102", "PJSIP/103"]
    numbers = [row["uniqueid"] for row in members(site).values()]
    assert len(set(numbers)) == len(numbers)


def test_one_comes_while_another_goes(engine: Engine, site: Session) -> None:
    """Beside a change of the queue itself."""
    done = at_once(
        engine,
        lambda session: ensure(session, joins()),
        lambda session: delete(session, QueueMembership, "help", phone="102"),
        lambda session: ensure(session, attrs.evolve(QUEUE, timeout=30)),
    )
    site.rollback()

    assert all(isinstance(item, Plan) for item in done)
    assert interfaces(site) == ["Local/8@agents", "PJSIP/101"]
    assert [row["timeout"] for row in rows(site, "queues")] == [30, 20]


def test_one_comes_twice_at_once(engine: Engine, site: Session) -> None:
    """One call adds it, and the other finds it."""
    done = at_once(engine, *[lambda session: ensure(session, joins())] * 2)
    site.rollback()

    assert sorted(len(item.rows) for item in done) == [0, 1]
    assert interfaces(site).count("PJSIP/101") == 1


@pytest.mark.parametrize("gone", [Absent(CallQueue, "help"), Absent(Phone, "101")], ids=str)
def test_one_comes_while_what_it_needs_goes(engine: Engine, site: Session, gone: Absent) -> None:
    """Either it is refused, or what it needs stays."""
    done = at_once(
        engine, lambda session: ensure(session, joins()), lambda session: apply(session, gone)
    )
    site.rollback()
    queues = [row["name"] for row in rows(site, "queues")]
    phones = [row["id"] for row in rows(site, "ps_endpoints")]

    assert any(isinstance(item, Plan) for item in done)
    assert isinstance(done[0], Plan | NotFoundError | ConflictError)
    if "PJSIP/101" in interfaces(site):
        assert "help" in queues
        assert "101" in phones
