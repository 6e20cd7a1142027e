"""Numbers lead to phones, queues, mailboxes and profiles that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from asterisk_realtime import (
    Absent,
    CallQueue,
    ConflictError,
    Destination,
    Endpoint,
    FollowMeProfile,
    FollowMeStep,
    InboundRoute,
    InternalExtension,
    Mailbox,
    NotFoundError,
    ToFollowMe,
    ToMailbox,
    ToPhone,
    ToQueue,
    ToVoicemailMain,
    VoicemailGreeting,
    apply,
    create_inbound_route,
    create_internal_extension,
    delete_inbound_route,
    delete_internal_extension,
    ensure_inbound_route,
    ensure_internal_extension,
    find_inbound_route,
    find_internal_extension,
    plan,
)
from tests.db.tools import insert, rows

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

HANG_UP = ("Hangup", "$[${HANGUPCAUSE} | 19]")
NUMBER = "+12025550123"
CONTEXT = "from-twilio"
QUEUE = CallQueue(name="sales")
BOX = Mailbox(number="100", pin="4711")
PROFILE = FollowMeProfile(name="alice", steps=[FollowMeStep(numbers="100")], context="phones")
ROUND = ToQueue(
    "sales",
    timeout=60,
    otherwise=ToPhone("100", timeout=20, otherwise=ToMailbox("100", greeting="busy")),
)

DESTINATIONS: list[tuple[Any, list[tuple[str, str]]]] = [
    (ToPhone("100"), [("Dial", "PJSIP/100"), HANG_UP]),
    (ToPhone("100", also=["101"]), [("Dial", "PJSIP/100&PJSIP/101"), HANG_UP]),
    (
        ToPhone("100", also=["101", "ann.1"], timeout=9, otherwise=ToMailbox("100")),
        [
            ("Dial", "PJSIP/100&PJSIP/101&PJSIP/ann.1,9"),
            ("VoiceMail", "100@default,u"),
            HANG_UP,
        ],
    ),
    (ToQueue("sales"), [("Answer", ""), ("Queue", "sales"), HANG_UP]),
    (ToMailbox("100"), [("VoiceMail", "100@default,u"), HANG_UP]),
    (ToMailbox("100@default", greeting=None), [("VoiceMail", "100@default"), HANG_UP]),
    (ToVoicemailMain(), [("VoiceMailMain", ""), HANG_UP]),
    (ToVoicemailMain("100"), [("VoiceMailMain", "100@default"), HANG_UP]),
    (ToFollowMe("alice"), [("FollowMe", "alice"), HANG_UP]),
    (Destination("attendant", "start"), [("Goto", "attendant,start,1")]),
    (
        ToFollowMe("alice", otherwise=Destination("attendant", "start", 3)),
        [("FollowMe", "alice"), ("Goto", "attendant,start,3")],
    ),
    (
        ROUND,
        [
            ("Answer", ""),
            ("Queue", "sales,,,,60"),
            ("Dial", "PJSIP/100,20"),
            ("VoiceMail", "100@default,b"),
            HANG_UP,
        ],
    ),
]


@pytest.fixture
def house(session: Session) -> Session:
    """A session with a phone, a queue, a mailbox and a profile, committed."""
    session.add_all([Endpoint(id="100"), Endpoint(id="101"), Endpoint(id="ann.1")])
    apply(session, QUEUE, BOX, PROFILE)
    session.commit()
    return session


def steps(session: Session) -> list[tuple[str, str]]:
    """Return the steps of the only extension."""
    return [(row["app"], row["appdata"]) for row in rows(session, "extensions")]


@pytest.mark.parametrize(("to", "meant"), DESTINATIONS, ids=str)
def test_a_destination(house: Session, to: Any, meant: list[tuple[str, str]]) -> None:
    """Its steps end the call, and it comes back from them."""
    create_inbound_route(house, NUMBER, destination=to)
    found = find_inbound_route(house, NUMBER)

    assert steps(house) == meant
    assert found == InboundRoute(number=NUMBER, context=CONTEXT, destination=to)
    assert not plan(house, found)
    delete_inbound_route(house, NUMBER)
    create_internal_extension(
        house, InternalExtension(exten="*97", context="phones", destination=to)
    )
    other = find_internal_extension(house, "*97", context="phones")
    assert other is not None
    assert other.destination == to
    delete_internal_extension(house, "*97", context="phones")
    assert steps(house) == []


@pytest.mark.parametrize(
    ("to", "kind", "name"),
    [
        (ToPhone("200"), "endpoint", "200"),
        (ToQueue("Sales"), "queue", "Sales"),
        (ToMailbox("100@sales"), "mailbox", "100@sales"),
        (ToVoicemailMain("200"), "mailbox", "200@default"),
        (ToFollowMe("bob"), "follow-me profile", "bob"),
        (ToQueue("sales", otherwise=ToPhone("200")), "endpoint", "200"),
    ],
    ids=str,
)
def test_a_destination_that_is_not_there(house: Session, to: Any, kind: str, name: str) -> None:
    """Nothing is written."""
    with pytest.raises(NotFoundError) as caught:
        create_inbound_route(house, NUMBER, destination=to)

    assert (caught.value.kind, caught.value.name) == (kind, name)
    assert steps(house) == []


def test_a_destination_of_the_same_call(session: Session) -> None:
    """The order of the specs is of no matter; it goes in the other order."""
    session.add(Endpoint(id="100"))
    route = InboundRoute(number=NUMBER, context=CONTEXT, destination=ROUND)
    apply(session, route, BOX, QUEUE)

    assert len(steps(session)) == 5
    with pytest.raises(ConflictError, match="extension"):
        apply(session, Absent(CallQueue, "sales"))
    gone = apply(session, Absent(CallQueue, "sales"), Absent(InboundRoute, CONTEXT, NUMBER))
    assert {row.action.value for row in gone.rows} == {"remove"}
    assert steps(session) == []
    assert rows(session, "queues") == []


def test_a_route_that_leads_elsewhere_now(house: Session) -> None:
    """Only the steps that differ are written, and none is left over."""
    create_inbound_route(house, NUMBER, destination=ROUND)
    route = InboundRoute(number=NUMBER, context=CONTEXT, destination=ToQueue("sales", timeout=60))
    change = ensure_inbound_route(house, route)

    assert [(row.action.value, row.key["priority"]) for row in change.rows] == [
        ("change", 3),
        ("remove", 4),
        ("remove", 5),
    ]
    assert not ensure_inbound_route(house, route)


@pytest.mark.parametrize(
    ("app", "appdata"),
    [
        ("NoOp", "a person's own"),
        ("Goto", "${CONTEXT},1,1"),
        ("Queue", "sales"),
        ("Dial", "PJSIP/100&PJSIP/200"),
    ],
)
def test_another_dialplan_stays(house: Session, app: str, appdata: str) -> None:
    """Steps that no destination means are a person's."""
    insert(house, "extensions", context="phones", exten="600", priority=1, app=app, appdata=appdata)
    spec = InternalExtension(exten="600", context="phones", destination=ToQueue("sales"))
    for call in (
        lambda: create_internal_extension(house, spec),
        lambda: ensure_internal_extension(house, spec),
        lambda: find_internal_extension(house, "600", context="phones"),
        lambda: delete_internal_extension(house, "600", context="phones"),
    ):
        with pytest.raises(ConflictError, match="extension '600' in context 'phones'"):
            call()

    assert steps(house) == [(app, appdata)]


def test_an_extension_is_taken_once(house: Session) -> None:
    """Also by two specs of one call."""
    one = InternalExtension(exten=NUMBER, context=CONTEXT, destination=ToQueue("sales"))
    other = InboundRoute(number=NUMBER, context=CONTEXT, destination=ToPhone("100"))
    with pytest.raises(ConflictError, match="wants"):
        apply(house, one, other)
    create_internal_extension(house, one)
    with pytest.raises(ConflictError):
        create_inbound_route(house, NUMBER, destination=ToPhone("100"))


def test_greetings() -> None:
    """A word or the member of the enum."""
    assert ToMailbox("1", greeting="busy") == ToMailbox("1", greeting=VoicemailGreeting.BUSY)
