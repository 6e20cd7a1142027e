"""What is pruned: all within a scope that is not named, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    Action,
    Allowance,
    CallQueue,
    ConflictError,
    FlowrouteTrunk,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    New,
    OutboundRoute,
    Phone,
    Plan,
    QueueMembership,
    RegistrationTrunk,
    Rename,
    Spec,
    TelnyxTrunk,
    ToPhone,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    ValidationError,
    Within,
    apply,
    create,
    find,
    get,
    plan,
)
from tests.db.racing import at_once
from tests.db.tools import ACCOUNT, PASSWORD, URI, insert, on, on_servers, statements
from tests.examples import phone, trunk, web_phone
from tests.property.laws import cells, changed, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

PAIR: dict[str, Any] = {"username": "grable", "password": PASSWORD}
ACME = Within(context="acme")


def site(context: str, prefix: str) -> tuple[Spec, ...]:
    """Return things of a context, with a trunk that they share with no other."""
    one = phone(id=f"{prefix}00", context=context, password=PASSWORD)
    return (
        one,
        web_phone(id=f"{prefix}01", context=context, password=PASSWORD),
        Mailbox(number=f"{prefix}00", context=context, pin="471108"),
        InternalExtension(context=context, exten=f"{prefix}00", destination=ToPhone(one.id)),
        OutboundRoute(context=context, pattern="_1NXXNXXXXXX", trunk=f"t{prefix}", region="US"),
    )


SITE = site("acme", "1")
OTHER = site("other", "2")
TRUNKS = (trunk("t1"), trunk("t2"))


@pytest.fixture
def filled(session: Session) -> Session:
    """A session with two sites and their trunks."""
    apply(session, *TRUNKS, *SITE, *OTHER)
    return session


def pruned(session: Session, *specs: Any, prune: Within | list[Within]) -> Plan:
    """Apply, and check that the plan said the same, and that applying again changes nothing."""
    before = cells(session)
    planned = plan(session, *specs, prune=prune)
    assert cells(session) == before
    done = apply(session, *specs, prune=prune)
    assert done == planned
    assert changed(before, cells(session)) == said(done)
    assert plan(session, *specs, prune=prune) == Plan()
    assert apply(session, *specs, prune=prune) == Plan()
    return done


def there(session: Session) -> set[Spec]:
    """Return all things."""
    page = find(session, Spec, limit=1000)
    assert page.next is None
    assert page.unreadable == ()
    return {*page}


def others(session: Session) -> set[str]:
    """Return all things, as text, that are not of the first context."""
    return {repr(item) for item in there(session) if getattr(item, "context", "") != "acme"}


# -- Scopes ----------------------------------------------------------------------------------------


def test_a_context(filled: Session) -> None:
    """All of it goes, of each kind, but for what is named; the rest keeps all cells."""
    before, rest = cells(filled), others(filled)
    pruned(filled, SITE[0], SITE[2], prune=ACME)

    assert others(filled) == rest
    found = find(filled, Spec, context="acme")
    assert [type(item) for item in found] == [Mailbox, Phone]
    kept = {row for table in cells(filled).values() for row in table}
    assert kept < {row for table in before.values() for row in table}


def test_all_of_a_context(filled: Session) -> None:
    """Without specs nothing of it stays, and the others are as they were."""
    rest = others(filled)
    pruned(filled, prune=ACME)

    assert find(filled, Spec, context="acme").items == ()
    assert others(filled) == rest


def test_nothing_changes_if_all_is_named(engine: Engine, filled: Session) -> None:
    """Nothing is written, not even the lock."""
    filled.commit()
    with statements(engine) as sent:
        assert plan(filled, *SITE, prune=ACME) == Plan()
        assert apply(filled, *SITE, prune=ACME) == Plan()

    assert [each for each in sent if each.startswith(("UPDATE", "INSERT", "DELETE"))] == []


def test_what_is_named_changes_and_comes(filled: Session) -> None:
    """In one call with what goes."""
    kept = phone(id="100", context="acme", password=PASSWORD, max_contacts=3)
    new = phone(id="199", context="acme")
    planned = plan(filled, kept, New(new), prune=ACME)
    assert apply(filled, kept, New(new), prune=ACME) == planned

    assert [item.id for item in find(filled, Phone, context="acme")] == ["100", "199"]
    assert get(filled, Phone, "100") == kept


def test_kinds(filled: Session) -> None:
    """Only things of these classes go, in any context or in one."""
    pruned(filled, prune=Within(InternalExtension, Mailbox))
    assert {type(item) for item in there(filled)}.isdisjoint({InternalExtension, Mailbox})
    assert len(find(filled, Phone)) == 2

    pruned(filled, prune=Within(Phone, OutboundRoute, context="acme"))
    assert [item.id for item in find(filled, Phone)] == ["200"]
    assert len(find(filled, OutboundRoute)) == 1


def test_several_scopes(filled: Session) -> None:
    """What is within any of them goes; also what is within two."""
    scopes = [Within(Phone, context="acme"), Within(Mailbox), Within(Mailbox, context="acme")]
    pruned(filled, SITE[3], SITE[0], OTHER[2], prune=scopes)

    assert {item.id for item in find(filled, Phone)} == {"100", "200"}
    assert [item.context for item in find(filled, Mailbox)] == ["other"]
    assert apply(filled, prune=[]) == Plan()
    apply(filled, prune=(Within(InternalExtension), Within(Phone, context="acme")))
    assert [item.id for item in find(filled, Phone)] == ["200"]


@pytest.mark.parametrize("call", [plan, apply])
def test_scopes_that_come_one_after_the_other(filled: Session, call: Callable[..., Plan]) -> None:
    """Of a generator, which can be read once, they are all those of a list."""
    scopes = [Within(Phone, context="acme"), Within(Mailbox)]
    expected = plan(filled, SITE[0], SITE[3], prune=scopes)

    assert len(expected.of(Action.REMOVE)) == 2
    assert call(filled, SITE[0], SITE[3], prune=(scope for scope in scopes)) == expected
    assert call(filled, prune=iter(())) == Plan()


def test_other_fields(session: Session) -> None:
    """Also fields that only Python compares."""
    apply(session, phone(id="1", max_contacts=2), phone(id="2"), phone(id="3", max_contacts=2))
    pruned(session, phone(id="3", max_contacts=2), prune=Within(Phone, max_contacts=2))

    assert [item.id for item in find(session, Phone)] == ["2", "3"]


def test_a_named_thing_may_leave_the_scope(filled: Session) -> None:
    """What is named stays, also if it gets another context, or is not within it."""
    moved = Mailbox(number="100", context="other")
    apply(filled, phone(id="100", context="other", password=PASSWORD), moved, prune=ACME)

    assert get(filled, Phone, "100") is not None
    assert get(filled, Mailbox, "100", context="acme") is None
    assert get(filled, Mailbox, "100", context="other") is not None


def test_asterisks_default_context(session: Session) -> None:
    """A phone without a context is within it."""
    apply(session, phone(id="1", context="default"), phone(id="2", context="default"), phone())
    session.execute(text("UPDATE ps_endpoints SET context = NULL WHERE id = '2'"))
    pruned(session, prune=Within(Phone, context="default"))

    assert [item.id for item in find(session, Phone)] == ["100"]


def test_members_alone(session: Session) -> None:
    """The queue stays, and other queues' members."""
    apply(session, phone(id="1"), phone(id="2"))
    both = [Member(phone="1"), Member(phone="2")]
    apply(session, CallQueue(name="a", members=both), CallQueue(name="b", members=both))
    wanted = QueueMembership(queue="a", member=Member(phone="2"))
    pruned(session, wanted, prune=Within(QueueMembership, queue="a"))

    assert [item.queue + item.interface for item in find(session, QueueMembership)] == [
        "aPJSIP/2",
        "bPJSIP/1",
        "bPJSIP/2",
    ]


def test_a_providers_class(session: Session) -> None:
    """Other trunks stay; their own class or the trunks' class removes them."""
    twilio = [
        TwilioTrunk(name=name, termination_uri=URI, context=f"from-{name}", **PAIR)
        for name in ("one", "two")
    ]
    telnyx = TelnyxTrunk(name="three", context="from-three", register=True, **PAIR)
    flow = FlowrouteTrunk(name="four", context="from-four", register=False, **PAIR)
    apply(session, *twilio, telnyx, flow, trunk("five"))
    pruned(session, twilio[1], prune=Within(TwilioTrunk))

    assert [item.name for item in find(session, Trunk)] == ["five", "four", "two"]
    pruned(session, twilio[1], prune=Within(TwilioTrunk, TelnyxTrunk))
    assert find(session, RegistrationTrunk).items == ()
    pruned(session, flow, prune=Within(Trunk, RegistrationTrunk))
    assert [item.name for item in find(session, Trunk)] == ["four"]


def test_a_trunk_goes_with_its_addresses(session: Session) -> None:
    """And those that are named stay, with their access list."""
    for name in ("one", "two"):
        made = TwilioTrunk(name=name, termination_uri=URI, context=f"from-{name}", **PAIR)
        apply(session, made)
    apply(session, TwilioAllowance(endpoint="one", account_sid=ACCOUNT, edges=["tokyo"]))
    named = get(session, TwilioTrunk, "one")
    assert named is not None
    allowed = TwilioAllowance(endpoint="one", account_sid=ACCOUNT, edges=["tokyo"])
    pruned(session, named, allowed, prune=Within(TwilioTrunk, Allowance))

    assert [item.name for item in find(session, Trunk)] == ["one"]
    assert get(session, Allowance, "one") is not None


def test_an_inbound_number_with_and_without_plus(session: Session) -> None:
    """A prune does not take the steps without ``+`` for an extension."""
    route = InboundRoute(context="in", number="+12025550123", destination=ToPhone("100"))
    apply(session, phone(), route)
    before = cells(session)
    assert apply(session, route, prune=Within(context="in")) == Plan()
    assert cells(session) == before
    pruned(session, prune=Within(InboundRoute))
    assert find(session, Spec, context="in").items == ()


@pytest.mark.long  # hundreds of things
def test_more_than_a_page(session: Session) -> None:
    """All of 620 things are removed."""
    names = [f"{number:04}" for number in range(620)]
    for start in range(0, len(names), 310):
        apply(session, *(Mailbox(number=name) for name in names[start : start + 310]))
    apply(session, Mailbox(number=names[7]), prune=Within(Mailbox))

    assert [item.number for item in find(session, Mailbox)] == [names[7]]


# -- Other items -----------------------------------------------------------------------------------


def test_what_is_absent_is_so_once(filled: Session) -> None:
    """`Absent` for a thing within the scope says the same."""
    absent = Absent(Phone, "100"), Absent(InternalExtension, exten="100", context="acme")
    assert plan(filled, *absent, prune=ACME) == plan(filled, prune=ACME)


def test_what_is_renamed_stays(session: Session) -> None:
    """Under its new key; others go."""
    apply(session, *(phone(id=name, context="acme") for name in ("1", "2")))
    done = plan(session, Rename(Phone.key("1"), Phone.key("3")), prune=Within(Phone))
    assert apply(session, Rename(Phone.key("1"), Phone.key("3")), prune=Within(Phone)) == done

    assert [item.id for item in find(session, Phone)] == ["3"]


def test_members_of_what_is_renamed(session: Session) -> None:
    """They go by the new name; one stays that is named so, by itself or by its queue."""
    both = [Member(phone="1"), Member(phone="2")]
    apply(session, phone(id="1"), phone(id="2"), CallQueue(name="a", members=both))
    item = Rename(Phone.key("1"), Phone.key("3"))
    scope = Within(QueueMembership, queue="a")
    there = [QueueMembership(queue="a", member=Member(phone="3"))]
    queue = CallQueue(name="a", members=[Member(phone="3")])
    for specs, left in ((), []), (there, ["PJSIP/3"]), ([queue], ["PJSIP/3"]):
        with session.begin_nested() as savepoint:
            planned = plan(session, item, *specs, prune=scope)
            assert apply(session, item, *specs, prune=scope) == planned
            found = [item.interface for item in find(session, QueueMembership)]
            savepoint.rollback()

        assert found == left


def test_addresses_of_what_is_renamed(session: Session) -> None:
    """They go with the trunk's new name, and stay where a spec has it."""
    allowed = Allowance(endpoint="one", networks=["192.0.2.0/30"])
    apply(session, trunk("one"), allowed, trunk("two"))
    moved = Allowance(endpoint="three", networks=["192.0.2.0/30"])
    item = Rename(Trunk.key("one"), Trunk.key("three"))
    for specs, left in (((), []), ([moved], ["three"])):
        with session.begin_nested() as savepoint:
            planned = plan(session, item, *specs, prune=Within(Allowance))
            assert apply(session, item, *specs, prune=Within(Allowance)) == planned
            found = [item.endpoint for item in find(session, Allowance)]
            trunks = [item.name for item in find(session, Trunk)]
            savepoint.rollback()

        assert found == left
        assert trunks == ["three", "two"]


def test_a_spec_with_the_key_that_a_rename_gives(session: Session) -> None:
    """The thing stays, as the spec wants it; another of the scope goes."""
    apply(session, phone(id="1", context="acme"), phone(id="2", context="acme"))
    wanted = phone(id="3", context="acme", max_contacts=3)
    item = Rename(Phone.key("1"), Phone.key("3"))
    planned = plan(session, item, wanted, prune=ACME)
    assert apply(session, item, wanted, prune=ACME) == planned

    assert [(item.id, item.max_contacts) for item in find(session, Phone)] == [("3", 3)]


# -- What hinders ----------------------------------------------------------------------------------


@pytest.mark.parametrize("call", [plan, apply])
def test_what_something_outside_names_is_refused(
    filled: Session, call: Callable[..., Plan]
) -> None:
    """Nothing changes; if what names it is in the scope too, both are removed."""
    apply(filled, CallQueue(name="q", members=[Member(phone="100")]))
    before = cells(filled)
    with pytest.raises(ConflictError, match="q"):
        call(filled, prune=ACME)
    with pytest.raises(ConflictError, match="_1NXXNXXXXXX"):
        call(filled, prune=Within(Trunk))

    assert cells(filled) == before
    call(filled, SITE[0], prune=ACME)
    call(filled, prune=Within(Trunk, OutboundRoute))
    call(filled, Absent(QueueMembership, queue="q", phone="100"), prune=ACME)


def test_what_cannot_be_read_stays(filled: Session) -> None:
    """In all its cells, also where its key is like another's."""
    insert(filled, "ps_endpoints", id="x", context="acme", auth="x")
    insert(filled, "voicemail", mailbox="ann", context="acme", password="1", uniqueid=99)
    for priority, app in enumerate(("Answer", "Background"), 1):
        step = {"exten": "150", "priority": priority, "app": app, "appdata": "menu"}
        insert(filled, "extensions", context="acme", **step)
    left = find(filled, Spec, context="acme").unreadable
    assert len(left) == 3
    before = cells(filled)
    pruned(filled, prune=ACME)

    page = find(filled, Spec, context="acme")
    assert (page.items, page.unreadable) == ((), left)
    after = cells(filled)
    for table, rows in after.items():
        assert rows.items() <= before[table].items()
    assert len(after["extensions"]) >= 2


BAD: dict[str, tuple[Callable[[], Any], str]] = {
    "nothing": (Within, "prune='Within\\(\\)': it would remove everything"),
    "no class": (lambda: Within("Phone"), "kind='Phone'"),  # type: ignore[arg-type]
    "a spec": (lambda: Within(phone()), "kind="),  # type: ignore[arg-type]
    "another class": (lambda: Within(int), "kind="),  # type: ignore[arg-type]
    "a class of many providers": (lambda: Within(TwilioAllowance), "kind='TwilioAllowance'"),
    "another field": (lambda: Within(Phone, colour="red"), "a Phone cannot be found by it"),
    "a field of one": (lambda: Within(Phone, CallQueue, id="1"), "a CallQueue cannot be found"),
    "a field of none": (lambda: Within(colour="red"), "filters="),
    "a secret": (lambda: Within(Phone, password=PASSWORD), "a Phone cannot be found by it"),
    "an impossible value": (lambda: Within(Phone, context="a b"), "context='a b'"),
    "an impossible value of all": (lambda: Within(context=None), "context=None"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_what_is_no_scope(bad: tuple[Callable[[], Any], str]) -> None:
    """One error, when the scope is created."""
    make, message = bad
    with pytest.raises(ValidationError, match=message) as caught:
        make()

    assert len(caught.value.errors) == 1
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize("call", [plan, apply])
@pytest.mark.parametrize("wrong", [Phone, phone(), "acme", True, [ACME, Phone]], ids=repr)
def test_what_is_not_within(session: Session, call: Callable[..., Plan], wrong: Any) -> None:
    """The error says how a scope is written."""
    create(session, phone())
    with pytest.raises(ValidationError, match=r"^prune=.*Within\(Phone"):
        call(session, prune=wrong)

    assert get(session, Phone, "100") is not None


def test_a_scope_shows_itself() -> None:
    """As it is written."""
    assert repr(Within(Phone, Mailbox, context="acme")) == "Within(Phone, Mailbox, context='acme')"
    assert repr(Within(TelnyxTrunk)) == "Within(TelnyxTrunk)"


# -- Others at the same time -----------------------------------------------------------------------


def test_two_prunes_at_once(engine: Engine, session: Session) -> None:
    """The later one removes what the earlier one added; nothing is left half."""
    create(session, phone(id="0", context="acme"))
    session.commit()
    results = at_once(
        engine,
        lambda each: apply(each, phone(id="1", context="acme"), prune=ACME),
        lambda each: apply(each, phone(id="2", context="acme"), prune=ACME),
    )

    assert all(isinstance(result, Plan) for result in results)
    with Session(engine) as after:
        assert [item.id for item in find(after, Phone)] in (["1"], ["2"])


@on_servers
def test_another_calls_thing_outside_stays(engine: Engine, session: Session) -> None:
    """Also if it was within the scope when the transaction began to read."""
    apply(session, phone(id="1", context="acme"), phone(id="2", context="acme"))
    session.commit()
    with Session(engine) as first, Session(engine) as second:
        assert len(find(first, Phone, context="acme")) == 2
        apply(second, phone(id="2", context="other"), phone(id="3", context="other"))
        second.commit()
        apply(first, prune=ACME)
        first.commit()
        found = {item.id: item.context for item in find(second, Phone)}

    assert found == {"2": "other", "3": "other"}


@on("postgresql")
def test_another_call_waits_for_the_prune(engine: Engine, session: Session) -> None:
    """What it adds afterwards stays, and names nothing that was removed."""
    apply(session, phone(id="1", context="acme"))
    session.commit()
    results = at_once(
        engine,
        lambda each: apply(each, prune=Within(Phone)),
        lambda each: apply(each, CallQueue(name="q", members=[Member(phone="1")])),
    )

    with Session(engine) as after:
        phones, queues = find(after, Phone), find(after, CallQueue)
    assert (len(phones), len(queues)) in {(1, 1), (0, 0)}
    assert sum(isinstance(result, Plan) for result in results) == 1
