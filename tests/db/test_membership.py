"""One member of a queue comes, changes and goes, and no other row is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest
from sqlalchemy import text

from asterisk_realtime import (
    Absent,
    Action,
    ConflictError,
    New,
    NotFoundError,
    Phone,
    Plan,
    QueueMembership,
    Replace,
    apply,
    create,
    delete,
    ensure,
    get,
    plan,
)
from asterisk_realtime import rows as rows_of
from asterisk_realtime.models import QueueMember
from tests.db.membership import LOCAL, QUEUE, dials, interfaces, joins, members, two_queues
from tests.db.tools import insert, on
from tests.examples import phone

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@pytest.fixture
def site(session: Session) -> Session:
    """A session with three phones, and two queues with two members each, committed."""
    return two_queues(session)


# -- One comes, changes, goes ----------------------------------------------------------------------


@pytest.mark.parametrize("spec", [joins(penalty=3, name="Ann; ^B"), dials(state_interface="X/1")])
def test_one_comes_and_goes(site: Session, spec: QueueMembership) -> None:
    """The others' rows are as before, with their numbers."""
    before = members(site)
    planned = plan(site, spec)
    row = create(site, spec)
    key = {"interface": spec.interface}

    assert [(change.action, change.table) for change in planned.rows] == [
        (Action.ADD, "queue_members")
    ]
    assert isinstance(row, QueueMember)
    assert row in site
    assert rows_of(site, QueueMembership, "help", **key) is row
    after = members(site)
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {("help", spec.interface)}
    assert row.uniqueid == after["help", spec.interface]["uniqueid"]
    found: Any = get(site, QueueMembership, "help", **key)
    assert found.interface == spec.interface
    assert (found.member.phone, found.member.name) == (spec.member.phone, spec.member.name)
    assert plan(site, found) == plan(site, spec) == Plan()

    gone = delete(site, QueueMembership, "help", **key)
    assert [change.action for change in gone.rows] == [Action.REMOVE]
    assert members(site) == before
    assert get(site, QueueMembership, "help", **key) is None
    assert rows_of(site, QueueMembership, "help", **key) is None


def test_one_changes(site: Session) -> None:
    """Only what the spec says, and only its row."""
    before = members(site)
    change = ensure(site, joins("102", penalty=5, wrapup_time=9))
    after = members(site)

    assert {(column.name, column.new) for row in change.rows for column in row.columns} == {
        ("wrapuptime", 9),
        ("penalty", 5),
    }
    assert after.pop(("help", "PJSIP/102")) == {
        **before.pop(("help", "PJSIP/102")),
        "penalty": 5,
        "wrapuptime": 9,
    }
    assert after == before


def test_by_phone_and_by_interface(site: Session) -> None:
    """They are one member, which is read as a phone where there is one."""
    create(site, joins())
    by_interface = dials("PJSIP/101")

    assert plan(site, by_interface) == Plan()
    with pytest.raises(ConflictError, match="member 'PJSIP/101' of queue 'help'"):
        create(site, by_interface)
    with pytest.raises(ConflictError, match="another spec for it"):
        plan(site, joins(), by_interface)
    found = get(site, QueueMembership, "help", interface="PJSIP/101")
    assert found == get(site, QueueMembership, "help", phone="101")
    assert found is not None
    assert (found.member.phone, found.member.interface) == ("101", None)
    delete(site, QueueMembership, "help", interface="PJSIP/101")
    assert get(site, QueueMembership, "help", phone="101") is None


def test_a_device_of_a_file_may_be_a_member(site: Session) -> None:
    """By its interface; it is read as an interface, since no row is its phone."""
    create(site, dials("PJSIP/file"))
    found = get(site, QueueMembership, "help", phone="file")

    assert found is not None
    assert (found.member.phone, found.member.interface) == (None, "PJSIP/file")
    assert plan(site, found) == Plan()


def test_who_is_there_is_not_created_again(site: Session) -> None:
    """`create` and `New` refuse it; `Replace` and the spec alone change nothing."""
    there = joins("102")
    for call in (lambda: create(site, there), lambda: apply(site, New(there))):
        with pytest.raises(ConflictError, match="member 'PJSIP/102' of queue 'help'"):
            call()

    assert apply(site, there) == apply(site, Replace(there)) == Plan()


@on("mariadb")
def test_who_is_there_in_another_case(site: Session) -> None:
    """MariaDB treats the two as one."""
    before = members(site)
    with pytest.raises(ConflictError, match="member 'Local/8@agents' of queue 'help'"):
        create(site, dials("LOCAL/8@agents"))

    assert members(site) == before


def test_who_is_not_there_does_not_go(site: Session) -> None:
    """`delete` refuses it and `Absent` changes nothing; the other queue keeps its member."""
    create(site, joins(queue="sales"))
    before = members(site)
    with pytest.raises(NotFoundError, match="PJSIP/101"):
        delete(site, QueueMembership, "help", phone="101")

    assert apply(site, Absent(QueueMembership, "help", phone="101")) == Plan()
    assert apply(site, Absent(QueueMembership, "none", phone="102")) == Plan()
    assert members(site) == before


def test_a_phone_goes_with_its_membership(site: Session) -> None:
    """Alone it cannot; both can in one call."""
    with pytest.raises(ConflictError, match="member 'PJSIP/102' of queue"):
        delete(site, Phone, "102")
    apply(
        site,
        Absent(Phone, "102"),
        *(Absent(QueueMembership, name, phone="102") for name in ("help", "sales")),
    )

    assert interfaces(site) == interfaces(site, "sales") == ["Local/8@agents"]


# -- What it needs ---------------------------------------------------------------------------------


def test_the_queue_must_exist(site: Session) -> None:
    """A queue of queues.conf is refused too: its members are not in rows."""
    insert(site, "queue_members", queue_name="file", interface="PJSIP/102", uniqueid=4711)
    before = members(site)
    for spec in (joins(queue="none"), joins(queue="file")):
        for call in (plan, create, ensure):
            with pytest.raises(NotFoundError) as caught:
                call(site, spec)
            assert (caught.value.kind, caught.value.name) == ("queue", spec.queue)
    for item in (get, rows_of, delete):
        with pytest.raises(ConflictError, match="not in the database"):
            item(site, QueueMembership, "file", phone="102")
    with pytest.raises(ConflictError, match="not in the database"):
        ensure(site, joins("102", "file"))

    assert members(site) == before


def test_the_phone_must_exist(site: Session) -> None:
    """It may come in the same call, in any order."""
    before = members(site)
    for call in (plan, create, ensure):
        with pytest.raises(NotFoundError) as caught:
            call(site, joins("104"))
        assert (caught.value.kind, caught.value.name) == ("endpoint", "104")
    assert members(site) == before
    apply(site, joins("104"), phone(id="104"))

    assert "PJSIP/104" in interfaces(site)


# -- What Asterisk writes --------------------------------------------------------------------------


@pytest.mark.parametrize("rings", [False, True])
def test_a_new_member_rings_as_its_queue_does(
    site: Session,
    rings: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    """It takes its queue's setting unless it has one itself."""
    queue = attrs.evolve(QUEUE, ring_in_use=rings)
    apply(site, joins(), queue, dials(ring_in_use=not rings))
    create(site, joins("103"))
    found = {name: row["ringinuse"] for (queue_, name), row in members(site).items()}
    yes, no = ("yes", "no") if rings else ("no", "yes")

    assert (found["PJSIP/101"], found["PJSIP/103"], found[LOCAL]) == (yes, yes, no)


def test_what_asterisk_was_told_stays(site: Session) -> None:
    """A pause, its reason, a penalty and whether it rings; a spec that names one sets it."""
    told = "paused = 1, reason_paused = 'lunch', penalty = 8, ringinuse = 'yes'"
    site.execute(text(f"UPDATE queue_members SET {told} WHERE interface = 'PJSIP/102'"))
    site.expire_all()
    before = members(site)

    assert ensure(site, joins("102")) == Plan()
    assert members(site) == before
    ensure(site, joins("102", penalty=1, ring_in_use=False))
    row = members(site)["help", "PJSIP/102"]
    assert (row["paused"], row["reason_paused"]) == (1, "lunch")
    assert (row["penalty"], row["ringinuse"]) == (1, "no")


def test_a_new_member_is_not_paused(site: Session) -> None:
    """And starts without a penalty."""
    create(site, joins())
    row = members(site)["help", "PJSIP/101"]

    assert row["paused"] == 0
    assert not row["penalty"]
