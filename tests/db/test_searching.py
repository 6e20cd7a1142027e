"""A search finds what its filters say and nothing else, in few statements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from asterisk_realtime import (
    Allowance,
    CallQueue,
    FlowrouteTrunk,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    OutboundRoute,
    Page,
    Phone,
    QueueMembership,
    RegistrationTrunk,
    Spec,
    TelnyxTrunk,
    ToPhone,
    Trunk,
    TwilioTrunk,
    ValidationError,
    Within,
    apply,
    find,
    get,
)
from tests.db.pages import ACME, ids, listed, phones, unreadable
from tests.db.tools import PASSWORD, URI, insert, statements
from tests.examples import phone, trunk
from tests.migrations.tools import mostly_long

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

PAIR: dict[str, Any] = {"username": "grable", "password": PASSWORD}
TWILIO = TwilioTrunk(name="twilio", termination_uri=URI, context="from-twilio", **PAIR)

# -- Statements ------------------------------------------------------------------------------------


def _queues(count: int) -> list[Spec]:
    members = [Member(phone="1"), Member(interface="Local/5@c")]
    return [
        phone(id="1"),
        *(CallQueue(name=f"q{n:03}", members=members) for n in range(count // 2)),
    ]


def _boxes(count: int) -> list[Spec]:
    return [Mailbox(number=f"{n:03}") for n in range(count)]


def _trunks(count: int) -> list[Spec]:
    return [
        item
        for n in range(count)
        for item in (
            trunk(f"t{n:03}"),
            Allowance(endpoint=f"t{n:03}", networks=[f"192.0.{n // 250}.{n % 250}"]),
        )
    ]


def _extensions(count: int) -> list[Spec]:
    there = phone(id="1")
    return [
        there,
        *(
            InternalExtension(context="phones", exten=f"2{n:04}", destination=ToPhone("1"))
            for n in range(count)
        ),
    ]


MANY: dict[type[Spec], Callable[[int], list[Spec]]] = {
    Phone: lambda count: list(phones(*(f"{n:03}" for n in range(count)))),
    CallQueue: _queues,
    QueueMembership: _queues,
    Mailbox: _boxes,
    Trunk: _trunks,
    Allowance: _trunks,
    InternalExtension: _extensions,
}


@pytest.mark.parametrize("kind", mostly_long(MANY), ids=lambda kind: kind.__name__)
def test_the_number_of_statements_is_the_same_for_few_and_many(
    engine: Engine, session: Session, kind: type[Spec]
) -> None:
    """In a page of ten, of hundreds, or of the second hundred."""
    counts = set()
    for count in (10, 300):
        apply(session, *MANY[kind](count))
        for limit in (5, 1000):
            session.expunge_all()
            with statements(engine) as sent:
                page = find(session, kind, limit=limit)
            assert len(page) >= min(limit, count // 2)
            counts.add(len(sent))
    following = find(session, kind, limit=5).next
    with statements(engine) as sent:
        find(session, kind, limit=5, after=following)
    counts.add(len(sent))

    assert len(counts) == 1
    assert counts.pop() <= 7


@pytest.mark.long  # a thousand things
@pytest.mark.parametrize("kind", [Mailbox, InternalExtension])
def test_the_largest_page(session: Session, kind: type[Spec]) -> None:
    """All databases take a page of a thousand things."""
    things = MANY[kind](1010)
    for start in range(0, len(things), 300):
        apply(session, *things[start : start + 300])
    page = find(session, kind, limit=1000)

    assert len(page) == 1000
    assert len(find(session, kind, limit=1000, after=page.next)) >= 10


def test_few_among_many_are_found_with_few_statements(engine: Engine, session: Session) -> None:
    """What a filter leaves out is passed in ever larger steps."""
    names = [f"{number:03}" for number in range(500)]
    apply(session, *phones(*names[:-1]), phone(id=names[-1], max_contacts=7))
    with statements(engine) as sent:
        page = find(session, Phone, limit=2, max_contacts=7)

    assert ids(list(page)) == names[-1:]
    assert page.next is None
    assert len(sent) == 8 * 7  # the steps are 3, 6, 12 ... 384 phones: 765 are enough for 500


# -- Filters ---------------------------------------------------------------------------------------


def test_filters(session: Session) -> None:
    """By the key, by what the database knows, and by what only Python can compare."""
    one = phone(id="1", context="a", max_contacts=1, caller_id='"Ann" <100>')
    two = phone(id="2", context="b", max_contacts=2, mailbox="2")
    three = phone(id="3", context="b", max_contacts=1)
    apply(session, one, two, three)

    def found(**filters: Any) -> list[str]:
        return ids(listed(session, Phone, 1, **filters))

    assert found(id="2") == ["2"]
    assert found(id="9") == []
    assert found(context="b") == ["2", "3"]
    assert found(context="B") == []
    assert found(max_contacts=1) == ["1", "3"]
    assert found(context="b", max_contacts=1) == ["3"]
    assert found(id="2", context="a") == []
    assert found(caller_id='"Ann" <100>') == ["1"]
    assert found(caller_id=None) == ["2", "3"]
    assert found(mailbox=None, context="b") == ["3"]
    assert found(mailbox="2@default") == found(mailbox="2") == ["2"]


def test_filters_of_other_kinds(session: Session) -> None:
    """Parts, networks, patterns and destinations are compared as the constructor takes them."""
    member = Member(phone="1")
    apply(session, phone(id="1"), trunk("one"), trunk("two"))
    queues = [CallQueue(name="a", members=[member]), CallQueue(name="b", members=[], timeout=7)]
    routes = [
        OutboundRoute(context="phones", pattern="_1NXXNXXXXXX", trunk=["one", "two"], region="US"),
        OutboundRoute(context="phones", pattern="_+X.", trunk="two"),
    ]
    inbound = InboundRoute(context="from-one", number="+12025550123", destination=ToPhone("1"))
    allowed = Allowance(endpoint="one", networks=["192.0.2.0/30"])
    apply(session, *queues, *routes, inbound, allowed)

    assert listed(session, CallQueue, members=[member]) == queues[:1]
    assert listed(session, CallQueue, timeout=7) == queues[1:]
    assert listed(session, QueueMembership, queue="a", member=member) == [
        QueueMembership(queue="a", member=member)
    ]
    assert listed(session, OutboundRoute, trunk="two", context="phones") == routes[1:]
    assert listed(session, OutboundRoute, pattern="_1NXXNXXXXXX") == routes[:1]
    assert listed(session, InboundRoute, destination=ToPhone("1")) == [inbound]
    assert listed(session, InboundRoute, destination=ToPhone("2")) == []
    networks = listed(session, Allowance, networks=["192.0.2.0/30"])
    assert [item.endpoint for item in networks] == ["one"]
    assert listed(session, Trunk, transport="udp", outbound_proxy=None) == [
        trunk("one"),
        trunk("two"),
    ]
    assert listed(session, Trunk, transport="tcp") == []


# -- Providers -------------------------------------------------------------------------------------


def test_a_providers_trunks_among_others(session: Session) -> None:
    """Its class finds its own, the trunks' classes find all of theirs."""
    plain = TelnyxTrunk(name="b", context="from-b", **PAIR)
    registers = TelnyxTrunk(name="c", context="from-c", register=True, **PAIR)
    other = FlowrouteTrunk(name="d", context="from-d", register=False, **PAIR)
    apply(session, TWILIO, plain, registers, other, trunk("e"), phone())

    def names(kind: Any, **filters: Any) -> list[str]:
        return [item.name for item in listed(session, kind, 1, **filters)]

    assert names(TwilioTrunk) == ["twilio"]
    assert {type(item) for item in listed(session, TelnyxTrunk, 1)} == {TelnyxTrunk}
    assert sorted(names(TelnyxTrunk)) == ["b", "c"]
    assert names(TelnyxTrunk, register=True) == ["c"]
    assert names(TelnyxTrunk, register=False) == ["b"]
    assert names(TelnyxTrunk, context="from-b") == ["b"]
    assert names(FlowrouteTrunk) == ["d"]
    assert names(Trunk) == ["b", "d", "e", "twilio"]
    assert names(RegistrationTrunk) == ["c"]
    assert names(TwilioTrunk, name="b") == []
    assert listed(session, TwilioTrunk, termination_uri=URI) == [
        get(session, TwilioTrunk, "twilio")
    ]


def test_a_trunk_that_cannot_be_read_is_no_providers(session: Session) -> None:
    """It is unreadable as a trunk alone."""
    insert(session, "ps_endpoints", id="twilio", context="a b")

    assert find(session, TwilioTrunk) == Page(())
    assert [item.key for item in unreadable(session, Trunk)] == [{"name": "twilio"}]


# -- All kinds -------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", [1, 2, 4, 100])
def test_all_that_has_a_context(session: Session, limit: int) -> None:
    """Of each kind that has such a field, in the order of the kinds."""
    others = (Mailbox(number="100"), phone(id="101"), CallQueue(name="q", members=[]))
    apply(session, *ACME, *others)
    found = listed(session, Spec, limit, context="acme")

    assert [type(item) for item in found] == [type(item) for item in ACME if item.context == "acme"]  # type: ignore[attr-defined]
    assert {item.context for item in found} == {"acme"}
    assert listed(session, Spec, limit, context="acme", descending=True) == found[::-1]


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_all_that_is_there(session: Session, limit: int) -> None:
    """Each thing once; members are parts of their queues."""
    queue = CallQueue(name="q", members=[Member(phone="100")])
    apply(session, *ACME, queue)
    found = listed(session, Spec, limit)

    assert len(found) == len(ACME) + 1
    assert {type(item) for item in found} == {type(item) for item in (*ACME, queue)}


def test_a_field_that_some_classes_have(session: Session) -> None:
    """Of a class whose field cannot have the value, nothing is found."""
    apply(session, CallQueue(name="sales_1", members=[]), Mailbox(number="1"), trunk())

    assert [item.name for item in listed(session, Spec, name="sales_1")] == ["sales_1"]
    assert [item.number for item in listed(session, Spec, number="1")] == ["1"]
    with pytest.raises(ValidationError, match="name='a b'"):
        find(session, Spec, name="a b")


NAMES = ("Änne Müller", "ÄNNE", "ßa", "İx", "Anne")


@pytest.mark.parametrize("name", NAMES)
def test_names_with_letters_of_any_alphabet(session: Session, name: str) -> None:
    """They are found as they are written, in pages and in scopes of a prune."""
    boxes = [
        Mailbox(number=str(number), context="acme", full_name=text, pin="31337")
        for number, text in enumerate(NAMES, 100)
    ]
    apply(session, *boxes)
    session.commit()

    found = list(find(session, Mailbox, full_name=name))
    assert [box.full_name for box in found] == [name]
    plan = apply(session, prune=Within(Mailbox, full_name=name))
    assert [row.table for row in plan.rows] == ["voicemail"]


@pytest.mark.parametrize("name", ["ΟΔΟΣ", "İx", "ÄNNE", "plain"])
def test_other_programs_names_of_any_alphabet(session: Session, name: str) -> None:
    """Each row is an item or an unreadable one, although databases lower letters differently."""
    insert(session, "queues", name=name)
    insert(session, "ps_endpoints", id=name, auth="x")
    page = find(session, CallQueue)

    assert [
        *(item.name for item in page),
        *(str(item.key["name"]) for item in page.unreadable),
    ] == [name]
    found = find(session, Phone)
    assert len([*found, *found.unreadable]) == 1


@pytest.mark.parametrize("cell", ["udp", "udp ", "tcp;udp", "^75dp"])
def test_a_transport_that_asterisk_decodes(session: Session, cell: str) -> None:
    """What is listed with a value is found by it, however the cell is written."""
    apply(session, phone(id="100"))
    insert(session, "ps_endpoints", id="200", aors="200", auth="200", transport=cell)
    insert(session, "ps_aors", id="200", max_contacts=1)
    insert(session, "ps_auths", id="200", username="200", password=PASSWORD)
    session.commit()
    phones = list(find(session, Phone))

    for value in {item.transport for item in phones if item.transport}:
        expected = [item.id for item in phones if item.transport == value]
        assert [item.id for item in find(session, Phone, transport=value)] == expected
