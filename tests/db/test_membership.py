"""One member of a queue comes, changes and goes, and nobody else's row is touched."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest
from sqlalchemy import select, text, update

from asterisk_realtime import (
    Absent,
    Action,
    CallQueue,
    ConflictError,
    Member,
    New,
    NotFoundError,
    Phone,
    Plan,
    QueueMembership,
    Rename,
    Replace,
    Spec,
    ValidationError,
    Within,
    apply,
    create,
    delete,
    ensure,
    find,
    get,
    plan,
)
from asterisk_realtime import rows as rows_of
from asterisk_realtime.models import QueueMember
from tests.db.racing import at_once
from tests.db.tools import insert, on, rows
from tests.examples import phone

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

QUEUE: Final = CallQueue(name="help", strategy="rrmemory", timeout=20)
LOCAL: Final = "Local/7@agents"


def joins(who: str = "101", queue: str = "help", **fields: Any) -> QueueMembership:
    """Return that a phone is a member."""
    return QueueMembership(queue=queue, member=Member(phone=who, **fields))


def dials(interface: str = LOCAL, queue: str = "help", **fields: Any) -> QueueMembership:
    """Return that what an interface reaches is a member."""
    return QueueMembership(queue=queue, member=Member(interface=interface, **fields))


def members(source: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the raw rows of members by queue and interface."""
    return {(row["queue_name"], row["interface"]): row for row in rows(source, "queue_members")}


def interfaces(source: Any, queue: str = "help") -> list[str]:
    """Return who is a member of a queue."""
    return sorted(interface for name, interface in members(source) if name == queue)


@pytest.fixture
def site(session: Session) -> Session:
    """A session with three phones, and two queues with two members each, committed."""
    there = (Member(phone="102", penalty=2), Member(interface="Local/8@agents", name="Eight"))
    queues = [attrs.evolve(QUEUE, name=name, members=there) for name in ("help", "sales")]
    apply(session, *(phone(id=name) for name in ("101", "102", "103")), *queues)
    session.commit()
    return session


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
    """Nor by `New`; `Replace` and the spec alone find nothing to change."""
    there = joins("102")
    for call in (lambda: create(site, there), lambda: apply(site, New(there))):
        with pytest.raises(ConflictError, match="member 'PJSIP/102' of queue 'help'"):
            call()

    assert apply(site, there) == apply(site, Replace(there)) == Plan()


@on("mariadb")
def test_who_is_there_in_another_case(site: Session) -> None:
    """MariaDB would take the two for one."""
    before = members(site)
    with pytest.raises(ConflictError, match="member 'Local/8@agents' of queue 'help'"):
        create(site, dials("LOCAL/8@agents"))

    assert members(site) == before


def test_who_is_not_there_does_not_go(site: Session) -> None:
    """It is an error by `delete`, and nothing by `Absent`; of the other queue it is another."""
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
    """A queue of queues.conf is refused too: its members are not ours."""
    insert(site, "queue_members", queue_name="file", interface="PJSIP/102", uniqueid=4711)
    before = members(site)
    for spec in (joins(queue="none"), joins(queue="file")):
        for call in (plan, create, ensure):
            with pytest.raises(NotFoundError) as caught:
                call(site, spec)
            assert (caught.value.kind, caught.value.name) == ("queue", spec.queue)
    for item in (get, rows_of, delete):
        with pytest.raises(ConflictError, match="another configuration's"):
            item(site, QueueMembership, "file", phone="102")
    with pytest.raises(ConflictError, match="another configuration's"):
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
    """All stay but the one that is to go."""
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
    """`Absent` and the list contradict each other, or the list alone removes it."""
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
    """The members of one queue are those of the call; of other queues nobody goes."""
    apply(site, joins(), joins("103"), prune=Within(QueueMembership, queue="help"))

    assert interfaces(site) == ["PJSIP/101", "PJSIP/103"]
    assert len(interfaces(site, "sales")) == 2


# -- What Asterisk writes --------------------------------------------------------------------------


@pytest.mark.parametrize("rings", [False, True])
def test_a_new_member_rings_as_its_queue_does(
    site: Session,
    rings: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    """Of a queue that is there, or changes in the same call; one may say otherwise."""
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


# -- At once ---------------------------------------------------------------------------------------


def test_two_come_at_once(engine: Engine, site: Session) -> None:
    """Neither loses the other, nor those who were there."""
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
    """Once it is new, and once it is there."""
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


# -- Keys and data ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ({}, "^interface=None: a member is either a phone or an interface; give one of the two"),
        ({"phone": "1", "interface": LOCAL}, "^interface=.*: a member is either"),
        ({"phone": 1}, "^phone=1: it is not text"),
        ({"interface": b"x"}, "^interface=.*: it is not text"),
        ({"phone": ["1"]}, "^phone=.*: it is not text"),
    ],
    ids=str,
)
def test_what_is_no_key(session: Session, key: Any, message: str) -> None:
    """It is a phone or an interface, and text."""
    for call in (
        lambda: QueueMembership.key("help", **key),
        lambda: get(session, QueueMembership, "help", **key),
        lambda: delete(session, QueueMembership, "help", **key),
        lambda: Absent(QueueMembership, "help", **key),
    ):
        with pytest.raises(ValidationError, match=message):
            call()


@pytest.mark.parametrize(
    ("args", "key"),
    [((), {"phone": "101"}), (("help", "101"), {}), (("help",), {"name": "101"})],
)
def test_a_key_with_other_parts(session: Session, args: Any, key: Any) -> None:
    """The error says what to give."""
    with pytest.raises(ValidationError, match="give the queue and phone and interface"):
        get(session, QueueMembership, *args, **key)


@pytest.mark.parametrize(
    ("queue", "key"),
    [("", {"phone": "101"}), ("help", {"phone": ""}), ("help", {"interface": ""})],
)
def test_an_empty_key(site: Session, queue: str, key: dict[str, str]) -> None:
    """A member that does not exist."""
    assert get(site, QueueMembership, queue, **key) is None
    assert apply(site, Absent(QueueMembership, queue, **key)) == Plan()
    with pytest.raises(NotFoundError):
        delete(site, QueueMembership, queue, **key)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"queue": "a b", "member": Member(phone="1")}, "queue='a b'"),
        ({"queue": "help", "member": "101"}, "member='101': it is not a member; give Member"),
        ({"queue": "help", "member": None}, "member=None: it is not a member"),
        ({"queue": "help", "member": [Member(phone="1")]}, "member=.*: it is not a member"),
    ],
)
def test_what_is_no_membership(fields: Any, message: str) -> None:
    """One error for the field that is wrong."""
    with pytest.raises(ValidationError, match=message):
        QueueMembership(**fields)


@pytest.mark.parametrize(
    "spec", [joins(), joins(penalty=0, wrapup_time=5, ring_in_use=True), dials(name="Zoë")]
)
def test_it_is_data(spec: QueueMembership) -> None:
    """There and back, by its own class and by ``kind``."""
    data = json.loads(json.dumps(spec.to_dict()))

    assert (data["kind"], data["queue"], data["member"]["kind"]) == (
        "QueueMembership",
        "help",
        "Member",
    )
    assert Spec.from_dict(data) == QueueMembership.from_dict(data) == spec


def test_data_that_is_wrong() -> None:
    """The error names the path of the field."""
    data = {"kind": "QueueMembership", "queue": "help", "member": {"phone": "a b"}}
    with pytest.raises(ValidationError, match=r"^member\.phone='a b'"):
        Spec.from_dict(data)


# -- Finding ---------------------------------------------------------------------------------------


def test_find(site: Session) -> None:
    """All of them, those of one queue, and those of one interface; page by page."""
    every = find(site, QueueMembership)
    ours = find(site, QueueMembership, queue="help")
    first = find(site, QueueMembership, limit=3)
    second = find(site, QueueMembership, limit=3, after=first.next)

    assert [(item.queue, item.interface) for item in every] == [
        (queue, interface)
        for queue in ("help", "sales")
        for interface in ("Local/8@agents", "PJSIP/102")
    ]
    assert [item.interface for item in ours] == ["Local/8@agents", "PJSIP/102"]
    assert (*first.items, *second.items) == every.items
    assert second.next is None
    assert ours.items[1] == get(site, QueueMembership, "help", phone="102")


def test_members_are_parts_of_queues(site: Session) -> None:
    """A search of all kinds finds the queue, which has them."""
    assert find(site, Spec, context="phones").items
    kinds = {type(item) for item in find(site, Spec, limit=100)}

    assert CallQueue in kinds
    assert QueueMembership not in kinds


def test_members_of_a_file_are_not_found(site: Session) -> None:
    """A queue of queues.conf has them, and no spec says them."""
    insert(site, "queue_members", queue_name="file", interface="PJSIP/102", uniqueid=4711)
    found = find(site, QueueMembership, queue="file")

    assert (found.items, found.unreadable, found.next) == ((), (), None)


def test_members_that_a_list_names_are_not_pruned(site: Session) -> None:
    """Nor is one removed that is listed: what Asterisk was told of it stays."""
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
