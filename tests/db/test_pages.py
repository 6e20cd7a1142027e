"""Things in pages: each once and in order, whatever else the tables hold."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    AccessList,
    AccessRule,
    AclSense,
    Allowance,
    CallQueue,
    CommandMusicClass,
    ConflictError,
    FlowrouteTrunk,
    FollowMeProfile,
    FollowMeStep,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    MusicClass,
    OutboundRoute,
    Page,
    PenaltyRule,
    Phone,
    ProviderTrunk,
    QueueMembership,
    RegistrationTrunk,
    Spec,
    TelnyxTrunk,
    ToPhone,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    Unreadable,
    ValidationError,
    WebRtcPhone,
    apply,
    find,
    get,
)
from tests.db.tools import PASSWORD, URI, insert, on, on_servers, statements
from tests.examples import phone, trunk, web_phone
from tests.keyed import keyed
from tests.migrations.tools import mostly_long

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

PAIR: dict[str, Any] = {"username": "grable", "password": PASSWORD}
TWILIO = TwilioTrunk(name="twilio", termination_uri=URI, context="from-twilio", **PAIR)


def pages(session: Session, kind: Any, limit: int = 2, **options: Any) -> Iterator[Page[Any]]:
    """Yield all pages of a search."""
    after: str | None = None
    while True:
        page = find(session, kind, limit=limit, after=after, **options)
        assert len(page.items) + len(page.unreadable) <= limit
        yield page
        after = page.next
        if after is None:
            return


def listed(session: Session, kind: Any, limit: int = 2, **options: Any) -> list[Any]:
    """Return the items of all pages, one after the other."""
    return [item for page in pages(session, kind, limit, **options) for item in page]


def unreadable(session: Session, kind: Any, limit: int = 2, **options: Any) -> list[Unreadable]:
    """Return what cannot be read on all pages."""
    return [item for page in pages(session, kind, limit, **options) for item in page.unreadable]


def ids(found: list[Any]) -> list[str]:
    """Return the ids of phones."""
    return [item.id for item in found]


def phones(*names: str, **fields: Any) -> list[Phone]:
    """Return phones of these ids."""
    return [phone(id=name, **fields) for name in names]


# -- Order -----------------------------------------------------------------------------------------

NAMES = ("101", "102", "103", "104", "105", "106", "107")


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 1000])
def test_pages_are_all_things_in_order(session: Session, limit: int) -> None:
    """Each once, forwards and backwards; the last page has no next."""
    apply(session, *phones(*reversed(NAMES)), web_phone(id="1035"), trunk("1036"))

    assert ids(listed(session, Phone, limit)) == list(NAMES)
    assert ids(listed(session, Phone, limit, descending=True)) == list(reversed(NAMES))
    assert len(list(pages(session, Phone, limit))) == -(-len(NAMES) // limit)


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_in_the_order_of_a_field(session: Session, limit: int) -> None:
    """Those of equal values by the key; both turn round together."""
    contexts = dict(zip(NAMES, ("b", "a", "c", "a", "b", "c", "a"), strict=True))
    apply(session, *(phone(id=name, context=context) for name, context in contexts.items()))
    expected = sorted(NAMES, key=lambda name: (contexts[name], name))

    assert ids(listed(session, Phone, limit, order_by="context")) == expected
    backwards = listed(session, Phone, limit, order_by="context", descending=True)
    assert ids(backwards) == expected[::-1]
    assert ids(listed(session, Phone, limit, order_by="id")) == list(NAMES)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_in_the_order_of_cells_that_are_empty(session: Session, limit: int) -> None:
    """An empty cell and NULL stand where what they mean stands."""
    for number, name in {"1": "", "2": None, "3": "Zoe", "4": "Ann", "5": "", "6": "None"}.items():
        insert(
            session,
            "voicemail",
            context="default",
            mailbox=number,
            password="4711",
            fullname=name,
            uniqueid=int(number),
        )
    numbers = [item.number for item in listed(session, Mailbox, limit, order_by="full_name")]

    assert numbers == ["1", "2", "5", "4", "6", "3"]
    backwards = listed(session, Mailbox, limit, order_by="full_name", descending=True)
    assert [item.number for item in backwards] == numbers[::-1]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_in_the_order_of_a_default(session: Session, limit: int) -> None:
    """A phone without a context is one of Asterisk's default context, wherever it is sorted."""
    contexts = {"1": "alpha", "2": "default", "3": "default", "4": "default", "5": "zeta"}
    apply(session, *(phone(id=name, context=context) for name, context in contexts.items()))
    _set(session, "2", "context", None)
    _set(session, "3", "context", "")

    assert ids(listed(session, Phone, limit, order_by="context")) == list(contexts)
    assert ids(listed(session, Phone, limit, context="default")) == ["2", "3", "4"]
    assert ids(listed(session, Phone, limit, context="default", descending=True)) == ["4", "3", "2"]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_of_things_of_several_fields(session: Session, limit: int) -> None:
    """The key is sorted by its parts, or by one of them first."""
    boxes = [(number, context) for number in ("1", "2", "3") for context in ("a", "b")]
    apply(session, *(Mailbox(number=number, context=context) for number, context in boxes))

    def keys(**options: Any) -> list[tuple[str, str]]:
        found = listed(session, Mailbox, limit, **options)
        return [(item.number, item.context) for item in found]

    assert keys() == boxes
    assert keys(descending=True) == boxes[::-1]
    assert keys(order_by="context") == sorted(boxes, key=lambda box: box[::-1])
    assert keys(order_by="context", descending=True) == keys(order_by="context")[::-1]


def test_a_page_iterates_and_writes_itself(session: Session) -> None:
    """Over its items; a dictionary shows no secret."""
    apply(session, phone(id="1", password=PASSWORD), phone(id="2", password=PASSWORD))
    insert(session, "ps_endpoints", id="0", context="a b", auth="0")
    page = find(session, Phone, limit=2)

    assert (len(page), list(page)) == (1, [phone(id="1", password=PASSWORD)])
    shown = page.to_dict()
    assert shown.keys() == {"items", "unreadable", "next"}
    assert shown["items"] == [page.items[0].to_dict()]
    assert shown["unreadable"] == [
        {"kind": "Phone", "key": {"id": "0"}, "reason": page.unreadable[0].reason}
    ]
    assert shown["next"] == page.next is not None
    assert PASSWORD not in repr(page) + str(shown)


# -- Things that come and go -----------------------------------------------------------------------


@pytest.mark.parametrize("descending", [False, True])
def test_pages_stay_right_while_things_come_and_go(
    session: Session,
    descending: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    """What was there all the time is on one page; what came or went further on counts."""
    apply(session, *phones("2", "4", "6", "8"))
    first = find(session, Phone, limit=2, descending=descending)
    last = "6" if descending else "4"
    assert first.items[-1].id == last
    apply(session, Absent(Phone, last), *phones("1", "3", "5", "7", "9"))
    rest = listed_after(session, first.next, descending=descending)

    assert ids(rest) == (["5", "4", "3", "2", "1"] if descending else ["5", "6", "7", "8", "9"])


def listed_after(session: Session, after: str | None, **options: Any) -> list[Any]:
    """Return the items of the pages after one."""
    found: list[Any] = []
    while after is not None:
        page = find(session, Phone, limit=2, after=after, **options)
        found += page
        after = page.next
    return found


def test_the_rest_may_be_gone(session: Session) -> None:
    """Then the next page is empty, and the last."""
    apply(session, *phones("1", "2", "3"))
    first = find(session, Phone, limit=2)
    apply(session, *(Absent(Phone, name) for name in ("2", "3")))

    assert find(session, Phone, limit=2, after=first.next) == Page(())


@on("postgresql")
def test_a_phone_that_goes_between_two_statements(engine: Engine, session: Session) -> None:
    """It is there, or gone, and never unreadable."""
    apply(session, *phones("1", "2", "3"))
    session.commit()
    gone: list[str] = []

    def remove(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT ps_auths") and not gone:
            gone.append("2")
            with Session(engine) as other, other.begin():
                apply(other, Absent(Phone, "2"))

    event.listen(engine, "before_cursor_execute", remove)
    try:
        page = find(session, Phone)
    finally:
        event.remove(engine, "before_cursor_execute", remove)

    assert gone == ["2"]
    assert (ids(list(page)), page.unreadable) == (["1", "3"], ())


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
    with statements(engine) as sent:
        find(session, kind, limit=5, after=find(session, kind, limit=5).next)
    counts.add(len(sent) // 2)

    assert len(counts) == 1
    assert counts.pop() <= 8


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
    assert len(sent) < 60


# -- Filters ---------------------------------------------------------------------------------------


def _set(session: Session, name: str, column: str, cell: object) -> None:
    """Change a cell of an endpoint, as a person does."""
    statement = f"UPDATE ps_endpoints SET {column} = :cell WHERE id = :name"
    session.execute(text(statement), {"cell": cell, "name": name})


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

ACME: tuple[Spec, ...] = (
    Mailbox(number="100", context="acme"),
    trunk("peer", context="acme-in"),
    phone(id="100", context="acme"),
    web_phone(id="200", context="acme"),
    FollowMeProfile(name="f", steps=[FollowMeStep(numbers=("100",))], context="acme"),
    OutboundRoute(context="acme", pattern="_1NXXNXXXXXX", trunk="peer", region="US"),
    InternalExtension(context="acme", exten="100", destination=ToPhone("100")),
)


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
    """A class whose field cannot have the value has nothing to find."""
    apply(session, CallQueue(name="sales_1", members=[]), Mailbox(number="1"), trunk())

    assert [item.name for item in listed(session, Spec, name="sales_1")] == ["sales_1"]
    assert [item.number for item in listed(session, Spec, number="1")] == ["1"]
    with pytest.raises(ValidationError, match="name='a b'"):
        find(session, Spec, name="a b")


# -- Rows of people and other tools ----------------------------------------------------------------

Rows = tuple[tuple[str, dict[str, Any]], ...]


def _endpoint(name: str = "x", **cells: object) -> tuple[str, dict[str, Any]]:
    return "ps_endpoints", {"id": name, **cells}


def _auth(name: str = "x", **cells: object) -> tuple[str, dict[str, Any]]:
    usual = {"auth_type": "userpass", "username": "u", "password": PASSWORD}
    return "ps_auths", {"id": name, **usual, **cells}


def _step(exten: str, app: str, appdata: str, priority: int = 1) -> tuple[str, dict[str, Any]]:
    step = {"exten": exten, "priority": priority, "app": app, "appdata": appdata}
    return "extensions", {"context": "c", **step}


def _register(**cells: object) -> tuple[str, dict[str, Any]]:
    usual = {"server_uri": "sip:s.example", "client_uri": "sip:u@s.example", "line": "yes"}
    return "ps_registrations", {"id": "x", "endpoint": "x", **usual, **cells}


BROKEN: dict[str, tuple[Rows, type[Spec], dict[str, str], str]] = {
    "an endpoint alone": ((_endpoint(),), Trunk, {"name": "x"}, "transport=None"),
    "a trunk without a transport": (
        (
            _endpoint(aors="x", context="c", allow="ulaw"),
            ("ps_aors", {"id": "x", "contact": "sip:a"}),
        ),
        Trunk,
        {"name": "x"},
        "transport",
    ),
    "a phone in no context's name": (
        (
            _endpoint(auth="x", context="a b", aors="x"),
            _auth(),
            ("ps_aors", {"id": "x", "max_contacts": 1}),
        ),
        Phone,
        {"id": "x"},
        "context",
    ),
    "a phone whose auth is missing": (
        (_endpoint(auth="x", context="c", aors="x"), ("ps_aors", {"id": "x", "max_contacts": 1})),
        Phone,
        {"id": "x"},
        "auth",
    ),
    "a phone whose AOR is missing": (
        (_endpoint(auth="x", context="c", aors="x"), _auth()),
        Phone,
        {"id": "x"},
        "",
    ),
    "a phone without an AOR": (
        (_endpoint(auth="x", context="c"), _auth()),
        Phone,
        {"id": "x"},
        "",
    ),
    "a WebRTC phone of two auths": (
        (_endpoint(auth="x,y", webrtc="yes", context="c", aors="x"), _auth(), _auth("y")),
        WebRtcPhone,
        {"id": "x"},
        "",
    ),
    "a registration without an auth": (
        (_register(), _endpoint(aors="x", context="c", transport="udp", allow="ulaw")),
        RegistrationTrunk,
        {"name": "x"},
        "",
    ),
    "a mailbox of no number": (
        (("voicemail", {"mailbox": "ann", "context": "c", "password": "1", "uniqueid": 99}),),
        Mailbox,
        {"number": "ann", "context": "c"},
        "number",
    ),
    "a queue of an impossible time": (
        (("queues", {"name": "q", "timeout": -5}),),
        CallQueue,
        {"name": "q"},
        "timeout",
    ),
    "a queue of an impossible name": (
        (("queues", {"name": "a b"}),),
        CallQueue,
        {"name": "a b"},
        "name",
    ),
    "a rule of an impossible time": (
        (
            (
                "queue_rules",
                {"rule_name": "r", "time": "soon", "min_penalty": "1", "max_penalty": "1"},
            ),
        ),
        PenaltyRule,
        {"name": "r"},
        "after",
    ),
    "a profile without steps": (
        (("followme", {"name": "f", "context": "c"}),),
        FollowMeProfile,
        {"name": "f"},
        "steps",
    ),
    "music of another mode": (
        (("musiconhold", {"name": "m", "mode": "mp3", "directory": "/m"}),),
        MusicClass,
        {"name": "m"},
        "mode 'mp3'",
    ),
    "music of files with a command": (
        (("musiconhold", {"name": "m", "mode": "files", "application": "/bin/a"}),),
        MusicClass,
        {"name": "m"},
        "runs a command",
    ),
    "music of nothing": (
        (("musiconhold", {"name": "m", "mode": "files"}),),
        MusicClass,
        {"name": "m"},
        "",
    ),
    "a command of nothing": (
        (("musiconhold", {"name": "m", "mode": "custom"}),),
        CommandMusicClass,
        {"name": "m"},
        "command",
    ),
    "a list of one Asterisk": (
        (
            (
                "acls",
                {
                    "name": "l",
                    "systemname": "pbx1",
                    "rule_order": 1,
                    "sense": "deny",
                    "rule": "10.0.0.0/8",
                },
            ),
        ),
        AccessList,
        {"name": "l"},
        "for the Asterisk 'pbx1' alone",
    ),
    "a list of host names": (
        (("acls", {"name": "l", "rule_order": 1, "sense": "deny", "rule": "a.example"}),),
        AccessList,
        {"name": "l"},
        "",
    ),
    "addresses that are names": (
        (("ps_endpoint_id_ips", {"id": "i", "endpoint": "x", "match": "sip.example"}),),
        Allowance,
        {"endpoint": "x"},
        "networks",
    ),
    "a menu": (
        (_step("100", "Answer", ""), _step("100", "Background", "menu", 2)),
        InternalExtension,
        {"context": "c", "exten": "100"},
        "another dialplan's",
    ),
    "a number's menu": (
        (_step("+1202", "Answer", ""), _step("+1202", "Background", "menu", 2)),
        InboundRoute,
        {"context": "c", "number": "+1202"},
        "another dialplan's",
    ),
    "a pattern's menu": (
        (_step("_X.", "Answer", ""), _step("_X.", "Background", "menu", 2)),
        OutboundRoute,
        {"context": "c", "pattern": "_X."},
        "another dialplan's",
    ),
    "a call at a trunk among others": (
        (_step("911", "NoOp", ""), _step("911", "Dial", "PJSIP/911@x", 2)),
        OutboundRoute,
        {"context": "c", "pattern": "911"},
        "another dialplan's",
    ),
    "a call of two numbers": (
        (_step("_X.", "Dial", "PJSIP/1@x"), _step("_X.", "Dial", "PJSIP/${EXTEN}@x", 2)),
        OutboundRoute,
        {"context": "c", "pattern": "_X."},
        "",
    ),
}
"""Rows, and the only thing that they are listed as."""


def put(session: Session, rows: Rows) -> None:
    """Insert rows as another program does."""
    for table, cells in rows:
        insert(session, table, **cells)


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("limit", [1, 100])
def test_what_cannot_be_read_is_reported(
    session: Session, broken: tuple[Rows, type[Spec], dict[str, str], str], limit: int
) -> None:
    """Once, with its kind, its key and the reason; what stands around it is found."""
    rows, kind, key, reason = broken
    around = (phone(id="0"), phone(id="z"), trunk("0t"), trunk("zt"), Mailbox(number="0"))
    apply(session, *around)
    put(session, rows)
    found = unreadable(session, Spec, limit)

    assert [(item.kind, item.key) for item in found] == [(kind, key)]
    assert reason in found[0].reason
    assert found[0].reason
    assert unreadable(session, kind, limit) == found
    assert {*ids(listed(session, Phone, limit))} == {"0", "z"}
    assert [item.name for item in listed(session, Trunk, limit)] == ["0t", "zt"]
    with pytest.raises(ConflictError):
        get(session, cast("Any", kind), **key)


def test_a_registration_whose_endpoint_is_missing(session: Session) -> None:
    """It is reported too."""
    put(session, (_register(),))
    (found,) = unreadable(session, Spec)

    assert (found.kind, found.key) == (RegistrationTrunk, {"name": "x"})
    assert found.reason == "ps_endpoints=None: ps_endpoints has no row of it; add the row"
    with pytest.raises(ConflictError, match="ps_endpoints has no row of it"):
        get(session, RegistrationTrunk, "x")


OTHERS: dict[str, Rows] = {
    "a registration without an endpoint": (_register(endpoint=None, outbound_auth="a"), _auth("a")),
    "a registration of another endpoint": (_register(endpoint="y"),),
    "an AOR alone": (("ps_aors", {"id": "x", "contact": "sip:a"}),),
    "an auth alone": (_auth(),),
    "members of a queue of a file": (
        ("queue_members", {"queue_name": "q", "interface": "PJSIP/1", "uniqueid": 1}),
    ),
    "addresses of nobody": (("ps_endpoint_id_ips", {"id": "i", "match": "192.0.2.1"}),),
    "addresses of an empty name": (
        ("ps_endpoint_id_ips", {"id": "i", "endpoint": "", "match": "192.0.2.1"}),
    ),
    "an empty name": (("queues", {"name": ""}), _endpoint(""), ("musiconhold", {"name": ""})),
    "an empty number": (
        ("voicemail", {"mailbox": "", "context": "c", "password": "1", "uniqueid": 1}),
    ),
    "an empty context": (
        ("extensions", {"context": "", "exten": "1", "priority": 1, "app": "A", "appdata": ""}),
    ),
}


@pytest.mark.parametrize("rows", OTHERS.values(), ids=OTHERS)
def test_rows_that_are_no_thing(session: Session, rows: Rows) -> None:
    """They belong to no kind."""
    put(session, rows)

    assert find(session, Spec) == Page(())
    assert find(session, QueueMembership).items == ()


def test_a_name_that_is_null(session: Session) -> None:
    """Addresses of no endpoint are of no kind; other tables take no such name."""
    insert(session, "ps_endpoint_id_ips", id="1", endpoint=None, match="192.0.2.1")
    apply(session, trunk(), Allowance(endpoint="peer", networks=["192.0.2.4/30"]))

    assert [item.endpoint for item in listed(session, Allowance, 1)] == ["peer"]
    assert unreadable(session, Spec) == []


@on("sqlite")
@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        ("ps_endpoints", "dtmf_mode", Phone),
        ("ps_auths", "auth_type", Phone),
        ("queues", "strategy", CallQueue),
        ("musiconhold", "mode", MusicClass),
        ("acls", "sense", AccessList),
    ],
)
def test_words_that_no_enum_has(
    session: Session, table: str, column: str, kind: type[Spec]
) -> None:
    """The row of one thing spoils no other's, wherever it stands."""
    names = [f"{number:02}" for number in range(20)]
    make: dict[type[Spec], Callable[[str], Spec]] = {
        Phone: lambda name: phone(id=name),
        CallQueue: lambda name: CallQueue(name=name, members=[]),
        MusicClass: lambda name: MusicClass(name=name, directory="/m"),
        Mailbox: lambda name: Mailbox(number=name),
        AccessList: lambda name: AccessList(
            name=name, rules=[AccessRule(sense=AclSense.PERMIT, networks=["10.0.0.0/8"])]
        ),
    }
    field = {Phone: "id", Mailbox: "number"}.get(kind, "name")
    key = {"voicemail": "mailbox", "ps_endpoints": "id", "ps_auths": "id"}.get(table, "name")
    apply(session, *(make[kind](name) for name in names))
    bad = ["03", "04", "17"]
    for name in bad:
        statement = f"UPDATE {table} SET {column} = 'perhaps' WHERE {key} = :name"
        session.execute(text(statement), {"name": name})
    for limit in (1, 7, 100):
        found = unreadable(session, kind, limit)
        assert [item.key[field] for item in found] == bad
        assert all("perhaps" in item.reason for item in found)
        items = listed(session, kind, limit)
        assert [getattr(item, field) for item in items] == [n for n in names if n not in bad]


def test_ids_that_differ_in_case(session: Session) -> None:
    """Each is found as it is written."""
    apply(session, phone(id="Ann"), phone(id="bob"), CallQueue(name="Sales", members=[]))

    assert sorted(ids(listed(session, Phone, 1))) == ["Ann", "bob"]
    assert ids(listed(session, Phone, id="Ann")) == ["Ann"]
    assert ids(listed(session, Phone, id="ANN")) == []
    assert [item.name for item in listed(session, CallQueue)] == ["Sales"]


@on("sqlite", "postgresql")
def test_ids_that_differ_in_case_alone(session: Session) -> None:
    """Where both can be there, both are found, also if one cannot be read."""
    for name, context in {"ann": "c", "ANN": "c", "Ann": "a b"}.items():
        put(
            session,
            (_endpoint(name, auth=name, aors=name, context=context, allow="ulaw"), _auth(name)),
        )
        insert(session, "ps_aors", id=name, max_contacts=1)

    assert sorted(ids(listed(session, Phone, 1))) == ["ANN", "ann"]
    assert [item.key for item in unreadable(session, Phone, 1)] == [{"id": "Ann"}]


@on_servers
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_cells_that_are_encoded(session: Session, limit: int) -> None:
    """Pages neither skip nor repeat anything near them."""
    names = ("a", "a;b", "a^3Ab", "a^3Bb", "a^5Eb", "aXb", "b", "c^2ad", "c*d")
    for number, name in enumerate(names):
        insert(session, "ps_endpoint_id_ips", id=str(number), endpoint=name, match="192.0.2.1")
        insert(session, "queues", name=name)
    queues = keys_of(session, CallQueue, limit)
    peers = keys_of(session, Allowance, limit)

    assert len(queues) == len({*queues})
    assert {("a",), ("aXb",), ("b",)} <= {*queues}
    assert {("a",), ("aXb",), ("b",)} <= {*peers}
    assert sorted(keys_of(session, CallQueue, limit, descending=True)) == sorted(queues)


def keys_of(session: Session, kind: Any, limit: int, **options: Any) -> list[tuple[str, ...]]:
    """Return the keys of all things, also of those that cannot be read."""
    found: list[tuple[str, ...]] = []
    for page in pages(session, kind, limit, **options):
        found += [tuple(keyed(item)[1].values()) for item in page]
        found += [tuple(item.key.values()) for item in page.unreadable]
    return found


@on_servers
@pytest.mark.parametrize("cell", ["ac^6De", "acme ", "x;acme"])
def test_a_context_that_is_encoded(session: Session, cell: str) -> None:
    """A filter finds what Asterisk reads."""
    apply(session, phone(id="1", context="acme"), phone(id="2"))
    _set(session, "2", "context", cell)

    assert ids(listed(session, Phone, 1, context="acme")) == ["1", "2"]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_an_item_is_never_unreadable_too(session: Session, limit: int) -> None:
    """Whatever rows stand beside it."""
    apply(
        session,
        *ACME,
        InboundRoute(context="from-peer", number="+12025550123", destination=ToPhone("100")),
    )
    for rows, _kind, _key, _reason in BROKEN.values():
        for row in rows:
            with suppress(IntegrityError), session.begin_nested():
                put(session, (row,))
    found: list[Any] = []
    for page in pages(session, Spec, limit):
        found += [(type(item), *key_of_item(item)) for item in page]
        found += [(item.kind, *item.key.items()) for item in page.unreadable]

    assert len(found) == len({*found})
    assert (InboundRoute, ("context", "from-peer"), ("number", "+12025550123")) in found
    assert not any(
        item[0] is InternalExtension and ("exten", "12025550123") in item for item in found
    )


def key_of_item(item: Spec) -> tuple[tuple[str, str], ...]:
    """Return the key of a thing, by the names of the fields."""
    return tuple(keyed(item)[1].items())


# -- Bad arguments ---------------------------------------------------------------------------------

BAD: dict[str, tuple[Any, dict[str, Any], str]] = {
    "no class": ("Phone", {}, "kind='Phone'"),
    "a spec": (phone(), {}, "kind="),
    "another class": (int, {}, "kind="),
    "a class of many providers": (ProviderTrunk, {}, "kind='ProviderTrunk'"),
    "a class without a key": (TwilioAllowance, {}, "kind='TwilioAllowance'"),
    "no things": (Phone, {"limit": 0}, "limit=0: it is out of range"),
    "too many things": (Phone, {"limit": 1001}, "limit=1001: it is out of range"),
    "a text of things": (Phone, {"limit": "5"}, "limit='5': it is not a whole number"),
    "a flag of things": (Phone, {"limit": True}, "limit=True: it is not a whole number"),
    "another field": (Phone, {"colour": "red"}, "a Phone cannot be found by it; use id, context"),
    "a secret": (Phone, {"password": PASSWORD}, "a Phone cannot be found by it; use id, context"),
    "a secret PIN": (Mailbox, {"pin": "4711"}, "a Mailbox cannot be found by it"),
    "an impossible value": (Phone, {"context": "a b"}, "context='a b'"),
    "an impossible None": (Phone, {"context": None}, "context=None"),
    "an impossible number": (Phone, {"max_contacts": "2"}, "max_contacts='2'"),
    "a field of no class": (
        Spec,
        {"colour": "red"},
        "filters=.*no class of specs has these fields",
    ),
    "a secret of all classes": (Spec, {"password": PASSWORD}, "filters="),
    "an impossible value of all": (Spec, {"context": 5}, "context=5"),
    "an unknown order": (Phone, {"order_by": "colour"}, "order_by='colour'.*use id, context, tran"),
    "an order of Python's": (Phone, {"order_by": "max_contacts"}, "order_by=.*use id, context"),
    "an order by a secret": (Phone, {"order_by": "password"}, "order_by="),
    "an order by two": (Phone, {"order_by": ["id"]}, "order_by="),
    "an order that not all have": (Spec, {"order_by": "context"}, "order_by="),
    "a direction": (Phone, {"descending": "no"}, "descending='no'"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_bad_arguments(unused: Any, bad: tuple[Any, dict[str, Any], str]) -> None:
    """One error, before anything is asked, and it shows no secret."""
    kind, options, message = bad
    with pytest.raises(ValidationError, match=message) as caught:
        find(unused, kind, **options)

    assert len(caught.value.errors) == 1
    assert PASSWORD not in str(caught.value)


@pytest.fixture
def unused() -> None:
    """In place of a session: whatever is asked of it fails."""


def cursor(*parts: object) -> str:
    """Return what `find` would return as the next of a page."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    "after",
    [
        *(
            "",
            "x",
            "====",
            "é",
            "\ud800",
            "\0",
            "bnVsbA",
            "e30",
            "MTI",
            "W10",
            5,
            b"W10",
            ["x"],
            True,
        ),
        *(
            cursor(),
            cursor(1),
            cursor(None, "1"),
            cursor("Phone/Phone+", 1),
            cursor("Phone/Phone+"),
        ),
        *(cursor("Phone/Phone+", "1", "2"), cursor("Phone/Phone+", "\0"), cursor("x", "1")),
        *(cursor("Phone/Phone+", "\ud800"), cursor("Phone/Phone+", ["1"])),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
        "x" * 100_000,
    ],
    ids=lambda after: ascii(after)[:20],
)
def test_what_is_no_next(unused: Any, after: Any) -> None:
    """One error of one field, and nothing is asked."""
    with pytest.raises(ValidationError, match=r"^after=") as caught:
        find(unused, Phone, after=after)

    assert len(caught.value.errors) == 1
    assert "the next of a page" in caught.value.hint


def test_the_next_of_another_search(session: Session) -> None:
    """Of another kind, order or direction."""
    apply(session, *phones("1", "2"), Mailbox(number="1"), Mailbox(number="2"))
    after = find(session, Phone, limit=1).next
    others: list[tuple[Any, dict[str, Any]]] = [
        (Mailbox, {}),
        (WebRtcPhone, {}),
        (Phone, {"descending": True}),
        (Phone, {"order_by": "context"}),
        (TwilioTrunk, {}),
    ]
    for kind, options in others:
        with pytest.raises(ValidationError, match=r"after=.*another search"):
            find(session, kind, after=after, **options)

    assert ids(list(find(session, Phone, after=after, order_by="id"))) == ["2"]
