"""A rename with other items in one call, or beside another transaction: all of it, or nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy import select, text

from asterisk_realtime import (
    Absent,
    AccessList,
    AccessRule,
    Allowance,
    CallQueue,
    ConflictError,
    InternalExtension,
    Key,
    Mailbox,
    Member,
    NotFoundError,
    OutboundRoute,
    Phone,
    Plan,
    QueueMembership,
    Rename,
    ToMailbox,
    ToPhone,
    Trunk,
    ValidationError,
    apply,
    ensure,
    get,
    plan,
    rename,
)
from asterisk_realtime.models import Extension
from tests.db.racing import at_once
from tests.db.renaming import cells, refused, values
from tests.db.tools import PASSWORD, rows
from tests.examples import phone, trunk

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session


def test_with_other_specs(session: Session) -> None:
    """They name it by its new name, and see it so."""
    apply(session, phone(), InternalExtension(exten="5", context="phones", destination="a,b,1"))
    items = (
        InternalExtension(exten="5", context="phones", destination=ToPhone("200")),
        CallQueue(name="q", members=[Member(phone="200")]),
        Rename(Phone.key("100"), Phone.key("200")),
        Mailbox(number="7", pin="4711"),
    )
    planned = plan(session, *items)

    assert apply(session, *items) == planned
    assert values(session, "extensions", "appdata")[0] == "PJSIP/200"
    assert values(session, "queue_members", "interface") == ["PJSIP/200"]
    assert plan(session, *items[:2]) == Plan()


def test_one_refused_item_hinders_all(session: Session) -> None:
    """Neither the rename nor the others are done."""
    apply(session, phone())
    before = cells(session)
    with pytest.raises(NotFoundError):
        apply(
            session,
            Rename(Phone.key("100"), Phone.key("200")),
            InternalExtension(exten="5", context="phones", destination=ToPhone("100")),
        )

    assert cells(session) == before


def test_one_thing_in_two_ways(session: Session) -> None:
    """A spec or an `Absent` of the old key contradicts it; the same twice is one."""
    apply(session, phone())
    item = Rename(Phone.key("100"), Phone.key("200"))
    for other in (phone(), Absent(Phone, "100"), Rename(Phone.key("100"), Phone.key("300"))):
        with pytest.raises(ConflictError, match="in the same call"):
            plan(session, item, other)

    assert plan(session, item, item) == plan(session, item)


def test_names_that_are_handed_on(session: Session) -> None:
    """In an order in which each is free; two cannot get one name, or change places."""
    apply(
        session,
        phone(id="101", password=PASSWORD),
        phone(id="102", password="Other-Horse-8"),
        CallQueue(name="q", members=[Member(phone="101", penalty=1), Member(phone="102")]),
    )
    one, two, three = map(Phone.key, ("101", "102", "103"))
    auths = {row["id"]: row["password"] for row in rows(session, "ps_auths")}
    members = {row["interface"]: row["uniqueid"] for row in rows(session, "queue_members")}
    for items in ((Rename(one, two), Rename(two, one)), (Rename(one, three), Rename(two, three))):
        with pytest.raises(ConflictError, match="choose another name"):
            plan(session, *items)
    apply(session, Rename(two, three), Rename(one, two))

    assert {row["id"]: row["password"] for row in rows(session, "ps_auths")} == {
        "102": auths["101"],
        "103": auths["102"],
    }
    assert {row["interface"]: row["uniqueid"] for row in rows(session, "queue_members")} == {
        "PJSIP/102": members["PJSIP/101"],
        "PJSIP/103": members["PJSIP/102"],
    }


def test_two_at_once(engine: Engine) -> None:
    """One gets the name; the other gets a conflict, or finds the thing gone."""
    with_two = (phone(id="101"), phone(id="102"))
    at_once(engine, lambda session: apply(session, *with_two))
    one, two, three, four = map(Phone.key, ("101", "102", "103", "104"))
    for calls in ((Rename(one, three), Rename(two, three)), (Rename(three, four),) * 2):
        done = at_once(engine, *[partial(_applied, item) for item in calls])
        lost = [item for item in done if isinstance(item, Exception)]

        assert len(lost) == 1
        assert isinstance(lost[0], ConflictError | NotFoundError)


def _applied(item: Rename, session: Session) -> Plan:
    return apply(session, item)


def test_a_member_comes_while_its_phone_is_renamed(engine: Engine) -> None:
    """Either it is a member by the new name, or it is refused."""
    at_once(engine, lambda session: apply(session, phone(), CallQueue(name="q")))
    spec = QueueMembership(queue="q", member=Member(phone="100"))
    done = at_once(
        engine,
        lambda session: apply(session, spec),
        lambda session: rename(session, Phone.key("100"), Phone.key("200")),
    )
    with engine.connect() as connection:
        interfaces = [row["interface"] for row in rows(connection, "queue_members")]

    assert isinstance(done[1], Plan)
    assert interfaces == ([] if isinstance(done[0], Exception) else ["PJSIP/200"])


def test_whoever_keeps_all_of_it_in_specs(session: Session) -> None:
    """The renamed phone and the queue that lists it by its new name may come in the same call."""
    queue = CallQueue(name="help", members=[Member(phone="100", penalty=2)])
    apply(session, Phone(id="100", context="phones"), queue)
    renamed = Phone(id="200", context="phones", caller_id='"Ann" <200>')
    listed = CallQueue(name="help", members=[Member(phone="200", penalty=3)])
    apply(session, Rename(Phone.key("100"), Phone.key("200")), renamed, listed)
    found = get(session, Phone, "200")

    assert get(session, Phone, "100") is None
    assert found is not None
    assert (found.caller_id, found.username) == (renamed.caller_id, None)
    assert get(session, CallQueue, "help") == listed
    assert not plan(session, renamed, listed)


def test_an_emergency_number_although_the_box_is_in_a_file(session: Session) -> None:
    """What only a file has hides no other contradiction."""
    box = ToMailbox("9@acme")
    apply(
        session,
        Phone(id="101", context="phones"),
        Mailbox(number="9", context="acme"),
        trunk("peer"),
        OutboundRoute(context="phones", pattern="_0Z.", trunk="peer", region="DE"),
        InternalExtension(context="phones", exten="200", destination=ToPhone("101", otherwise=box)),
    )
    session.execute(text("DELETE FROM voicemail"))
    keys = (InternalExtension.key(exten, context="phones") for exten in ("200", "110"))
    refused(session, Rename(*keys), "emergency number")


def test_a_context_of_a_mailbox_that_is_called_as_a_trunk(session: Session) -> None:
    """The context stands after the end of what is dialled, so it is not a trunk."""
    apply(session, Phone(id="101", context="phones"), trunk("acme"))
    steps = {
        "300": ("ExecIf", "$[1]?Dial(PJSIP/101,20):VoiceMail(100@acme)"),
        "302": ("Originate", "PJSIP/101,app,VoiceMailMain,100@acme"),
    }
    for exten, (app, appdata) in steps.items():
        session.add(Extension(context="x", exten=exten, priority=1, app=app, appdata=appdata))
    session.flush()
    rename(session, Trunk.key("acme"), Trunk.key("z"))
    found = session.scalars(select(Extension).where(Extension.context == "x"))

    assert {row.exten: (row.app, row.appdata) for row in found} == steps


@pytest.mark.parametrize(
    "items",
    [
        (Absent(AccessList, "b"), Rename(AccessList.key("a"), AccessList.key("b"))),
        (
            Rename(AccessList.key("a"), AccessList.key("b")),
            Rename(AccessList.key("b"), AccessList.key("c")),
        ),
        (Rename(Trunk.key("t"), Trunk.key("z")), Absent(Allowance, "t")),
    ],
    ids=["removed as well", "renamed twice", "moved and removed"],
)
def test_two_that_contradict_each_other(session: Session, items: Any) -> None:
    """Neither is left out without a word."""
    rules = [AccessRule("permit", ["10.0.0.0/24"])]
    apply(session, AccessList(name="a", rules=rules), trunk("t"))
    ensure(session, Allowance(endpoint="t", networks=["192.0.2.0/24"]))
    for call in (plan, apply):
        with pytest.raises(ConflictError, match="same call"):
            call(session, *items)


def test_keys_that_nobody_gave_out(session: Session) -> None:
    """A key that is made by hand is looked at like any other."""
    for old, new in (
        (Phone.key("101"), Key(Phone, {})),
        (Key(Phone, {"id": cast("Any", 1)}), Phone.key("102")),
        (Key(cast("Any", None), {"id": "x"}), Key(cast("Any", None), {"id": "y"})),
        (AccessList.key("office"), AccessList.key("plain-allowed")),
    ):
        with pytest.raises(ValidationError):
            rename(session, cast("Any", old), cast("Any", new))
