"""Queues and their members are written as they are meant, and Asterisk's own columns are left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest

from asterisk_realtime import (
    KEEP,
    CallQueue,
    ConflictError,
    InternalExtension,
    Member,
    MusicClass,
    NotFoundError,
    PenaltyRule,
    PenaltyStep,
    QueueAutopause,
    QueueEmpty,
    QueueStrategy,
    ToQueue,
    apply,
    create,
    delete,
    ensure,
    get,
    plan,
)
from asterisk_realtime.models import Endpoint, Queue, QueueMember
from tests.db.tools import insert, rows, statements, work, writes, written

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

SALES = CallQueue(
    name="sales",
    members=[
        Member(phone="101", penalty=1),
        Member(interface="Local/102@agents", state_interface="PJSIP/102", name="Zoë; ^2"),
    ],
    strategy=QueueStrategy.LINEAR,
    timeout=20,
    wrapup_time=5,
    music_class="jazz",
    join_empty=(QueueEmpty.PAUSED, QueueEmpty.UNAVAILABLE),
    leave_when_empty="strict",
    service_level=30,
    default_rule="grow",
)

GROW = PenaltyRule(
    name="grow",
    steps=[
        PenaltyStep(after=60, max_penalty=9, raise_penalty=2),
        PenaltyStep(after=20, max_penalty="+1"),
    ],
)


@pytest.fixture
def phones(session: Session) -> Session:
    """A session with two phones, committed."""
    session.add_all([Endpoint(id="101"), Endpoint(id="102")])
    session.commit()
    return session


# -- Queues ----------------------------------------------------------------------------------------


def test_a_queue_with_members(phones: Session) -> None:
    """One row for it and one for each member, all numbered by the database."""
    returned = create(phones, SALES)
    (queue,) = written(phones, "queues", "strategy", "timeout", "ringinuse")
    members = rows(phones, "queue_members")
    shown = ("interface", "state_interface", "membername", "penalty", "paused", "ringinuse")

    assert queue["name"] == "sales"
    assert (queue["strategy"], queue["timeout"], queue["wrapuptime"]) == ("linear", 20, 5)
    assert (queue["ringinuse"], queue["autofill"]) == ("no", "yes")
    assert (queue["joinempty"], queue["leavewhenempty"]) == ("paused,unavailable", "strict")
    assert (queue["musiconhold"], queue["servicelevel"]) == ("jazz", 30)
    assert queue["defaultrule"] == "grow"
    name = "Zoë; ^2" if phones.get_bind().dialect.name == "sqlite" else "Zoë^3B ^5E2"
    assert [tuple(row[column] for column in shown) for row in members] == [
        ("Local/102@agents", "PJSIP/102", name, None, 0, "no"),
        ("PJSIP/101", None, None, 1, 0, "no"),
    ]
    assert len({row["uniqueid"] for row in members}) == 2
    assert all(row["uniqueid"] for row in members)
    assert returned.queue.timeout == 20
    assert {item.uniqueid for item in returned.members} == {row["uniqueid"] for row in members}


def test_a_queue_comes_back(phones: Session) -> None:
    """What is found means the same rows, and can be changed in one place."""
    create(phones, SALES)
    found = get(phones, CallQueue, "sales")

    assert found is not None
    assert set(found.listed_members) == set(SALES.listed_members)
    assert attrs.evolve(found, members=SALES.members) == SALES
    assert not plan(phones, found)
    assert not plan(phones, SALES)
    change = apply(phones, attrs.evolve(found, timeout=30))
    assert [(row.table, [(c.name, c.old, c.new) for c in row.columns]) for row in change.rows] == [
        ("queues", [("timeout", 20, 30)])
    ]
    assert get(phones, CallQueue, "Sales") is None


def test_a_plain_queue_comes_back(session: Session) -> None:
    """Its defaults are Asterisk's on the servers, and its columns' on SQLite."""
    spec = CallQueue(name="plain", members=())
    create(session, spec)

    assert get(session, CallQueue, "plain") == spec
    assert not plan(session, spec)


def test_an_unchanged_queue_sends_no_write(engine: Engine, phones: Session) -> None:
    """And few questions."""
    create(phones, SALES)
    phones.commit()
    with statements(engine) as sent:
        ensure(phones, SALES)

    assert writes(sent) == []
    assert len(work(sent)) <= 4


def test_what_asterisk_writes_stays(phones: Session) -> None:
    """A pause, a penalty that the spec does not name, and ring_in_use; numbers never change."""
    create(phones, SALES)
    local = phones.get_one(QueueMember, ("sales", "Local/102@agents"))
    local.paused, local.reason_paused, local.penalty, local.ringinuse = True, "lunch", 7, True
    number = local.uniqueid
    phones.commit()
    change = ensure(phones, attrs.evolve(SALES, timeout=21))
    phones.refresh(local)

    assert [row.table for row in change.rows] == ["queues"]
    assert (local.paused, local.reason_paused, local.penalty) == (True, "lunch", 7)
    assert (local.ringinuse, local.uniqueid) == (True, number)
    found = get(phones, CallQueue, "sales")
    assert found is not None
    assert not plan(phones, found)


def test_a_member_that_was_removed_by_asterisk(phones: Session) -> None:
    """It stays removed, and is found."""
    create(phones, SALES)
    phones.get_one(QueueMember, ("sales", "Local/102@agents")).penalty = -1
    found = get(phones, CallQueue, "sales")

    assert found is not None
    assert {member.device: member.penalty for member in found.listed_members} == {
        "PJSIP/101": 1,
        "Local/102@agents": KEEP,
    }
    assert not plan(phones, found)


def test_a_named_penalty_is_kept_up(phones: Session) -> None:
    """Where the spec says it, it is the spec's."""
    create(phones, SALES)
    phones.get_one(QueueMember, ("sales", "PJSIP/101")).penalty = 9
    change = ensure(phones, SALES)

    assert [(c.name, c.old, c.new) for row in change.rows for c in row.columns] == [
        ("penalty", 9, 1)
    ]


def test_members_follow_the_queues_ring_in_use(phones: Session) -> None:
    """Those that had what the queue had; a member's own word counts more."""
    own = Member(phone="102", ring_in_use=False)
    spec = CallQueue(name="q", members=[Member(phone="101"), own])
    create(phones, spec)
    ensure(phones, attrs.evolve(spec, ring_in_use=True))

    assert [row["ringinuse"] for row in rows(phones, "queue_members")] == ["yes", "no"]


def test_members_are_managed_or_not(phones: Session) -> None:
    """KEEP leaves them; an empty list means nobody; others go and come."""
    create(phones, SALES)
    assert not ensure(phones, attrs.evolve(SALES, members=KEEP))
    change = ensure(phones, attrs.evolve(SALES, members=[Member(phone="102")]))

    assert {(row.action.value, row.key.get("interface")) for row in change.rows} == {
        ("add", "PJSIP/102"),
        ("remove", "PJSIP/101"),
        ("remove", "Local/102@agents"),
    }
    ensure(phones, attrs.evolve(SALES, members=()))
    assert rows(phones, "queue_members") == []


def test_columns_without_a_word_stay(phones: Session) -> None:
    """``weight`` and ``autofill`` are a person's."""
    returned = create(phones, SALES)
    returned.queue.weight, returned.queue.autofill = 3, False
    ensure(phones, attrs.evolve(SALES, timeout=9))
    phones.refresh(returned.queue)

    assert (returned.queue.weight, returned.queue.autofill) == (3, False)
    assert returned.queue.timeout == 9


def test_a_phone_that_is_not_there(session: Session) -> None:
    """Neither in the database nor in the same call: nothing is written."""
    with pytest.raises(NotFoundError) as caught:
        create(session, SALES)

    assert (caught.value.kind, caught.value.name) == ("endpoint", "101")
    assert rows(session, "queues") == []


def test_a_device_of_a_file_needs_no_endpoint(session: Session) -> None:
    """An interface is taken as it is, and comes back as it is."""
    spec = CallQueue(name="q", members=[Member(interface="PJSIP/900")])
    create(session, spec)

    assert get(session, CallQueue, "q") == spec
    assert not plan(session, spec)


@pytest.mark.parametrize("name", ["sales", "SALES"])
def test_a_queue_that_is_there(phones: Session, name: str) -> None:
    """Asterisk tells queues apart without case."""
    create(phones, SALES)
    with pytest.raises(ConflictError, match="queue 'sales'"):
        create(phones, CallQueue(name=name))

    assert len(rows(phones, "queues")) == 1


def test_members_without_a_queue_are_not_touched(session: Session) -> None:
    """They belong to a queue of queues.conf."""
    insert(session, "queue_members", queue_name="hotline", interface="PJSIP/1", uniqueid=77)
    for call in (create, ensure):
        with pytest.raises(ConflictError, match="member 'PJSIP/1' of queue 'hotline'"):
            call(session, CallQueue(name="hotline", members=()))

    assert get(session, CallQueue, "hotline") is None
    assert len(rows(session, "queue_members")) == 1


def test_a_deleted_queue_takes_its_members(phones: Session) -> None:
    """And no neighbour's."""
    create(phones, SALES)
    create(phones, attrs.evolve(SALES, name="support"))
    change = delete(phones, CallQueue, "sales")

    assert len(change.rows) == 3
    assert [row["name"] for row in rows(phones, "queues")] == ["support"]
    assert {row["queue_name"] for row in rows(phones, "queue_members")} == {"support"}
    with pytest.raises(NotFoundError):
        delete(phones, CallQueue, "sales")


def test_a_queue_that_an_extension_names_stays(phones: Session) -> None:
    """The error names the extension."""
    apply(
        phones,
        SALES,
        InternalExtension(exten="600", context="phones", destination=ToQueue("sales", timeout=9)),
    )
    with pytest.raises(ConflictError, match="extension '600' in context 'phones'"):
        delete(phones, CallQueue, "sales")

    assert len(rows(phones, "queues")) == 1


def test_two_specs_of_one_queue(phones: Session) -> None:
    """The second would win without a word."""
    with pytest.raises(ConflictError, match="in the same call"):
        apply(phones, SALES, attrs.evolve(SALES, timeout=1))
    apply(phones, SALES, SALES)

    assert len(rows(phones, "queues")) == 1


def test_settings_that_are_words(session: Session) -> None:
    """Enums come back as they were."""
    spec = CallQueue(
        name="q",
        members=(),
        autopause=QueueAutopause.ALL,
        announce_frequency=30,
        announce_position="limit",
        announce_holdtime="once",
        periodic_announce=["a", "custom/b"],
        periodic_announce_frequency=60,
        announce="which",
        max_length=9,
        ring_in_use=True,
    )
    create(session, spec)

    assert get(session, CallQueue, "q") == spec
    assert session.get_one(Queue, "q").periodic_announce == ("a", "custom/b")


# -- Penalty rules ---------------------------------------------------------------------------------


def test_a_penalty_rule(session: Session) -> None:
    """A row for each step; what it does not change is a step of nothing."""
    create(session, GROW)
    cells = ("time", "min_penalty", "max_penalty", "raise_penalty")

    assert [tuple(row[cell] for cell in cells) for row in rows(session, "queue_rules")] == [
        ("20", "+0", "+1", None),
        ("60", "+0", "9", "2"),
    ]
    assert get(session, PenaltyRule, "grow") == GROW
    with pytest.raises(ConflictError):
        create(session, GROW)


def test_a_changed_penalty_rule(session: Session) -> None:
    """Asterisk must reload it; an unchanged one needs nothing."""
    create(session, GROW)
    assert not ensure(session, GROW)
    change = ensure(session, attrs.evolve(GROW, steps=GROW.steps[:1]))

    assert [(row.action.value, row.key["time"]) for row in change.rows] == [("remove", "60")]
    assert [reload.command for reload in change.reloads] == ["module reload app_queue.so"]


def test_a_step_of_a_rule_that_a_queue_names_may_go(phones: Session) -> None:
    """The rule may not."""
    apply(phones, GROW, SALES)
    ensure(phones, attrs.evolve(GROW, steps=GROW.steps[1:]))
    with pytest.raises(ConflictError, match="queue 'sales'"):
        delete(phones, PenaltyRule, "grow")

    assert len(rows(phones, "queue_rules")) == 1


def test_a_music_class_that_a_queue_names_stays(phones: Session) -> None:
    """The error names the queue."""
    apply(phones, MusicClass(name="jazz", directory="moh"), SALES)
    with pytest.raises(ConflictError, match="queue 'sales'"):
        delete(phones, MusicClass, "jazz")
