"""Numbers lead to phones, queues, mailboxes and profiles that exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from asterisk_realtime import (
    Absent,
    CallQueue,
    ConflictError,
    Destination,
    FollowMeProfile,
    FollowMeStep,
    InboundRoute,
    InternalExtension,
    Mailbox,
    NotFoundError,
    OutboundRoute,
    Replace,
    ToFollowMe,
    ToMailbox,
    ToPhone,
    ToQueue,
    ToVoicemailMain,
    ValidationError,
    apply,
    create,
    create_inbound_route,
    delete,
    ensure,
    get,
    plan,
)
from asterisk_realtime.models import Endpoint, VoicemailGreeting
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
    """Return the steps of the only extension, or of the number with its ``+``."""
    found = [row for row in rows(session, "extensions") if row["exten"] != NUMBER[1:]]
    return [(row["app"], row["appdata"]) for row in found]


@pytest.mark.parametrize(("to", "meant"), DESTINATIONS, ids=str)
def test_a_destination(house: Session, to: Any, meant: list[tuple[str, str]]) -> None:
    """Its steps end the call, and it comes back from them."""
    create_inbound_route(house, NUMBER, destination=to)
    found = get(house, InboundRoute, NUMBER, context="from-twilio")

    assert steps(house) == meant
    assert found == InboundRoute(number=NUMBER, context=CONTEXT, destination=to)
    assert not plan(house, found)
    delete(house, InboundRoute, NUMBER, context="from-twilio")
    create(house, InternalExtension(exten="*97", context="phones", destination=to))
    other = get(house, InternalExtension, "*97", context="phones")
    assert other is not None
    assert other.destination == to
    delete(house, InternalExtension, "*97", context="phones")
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
    gone = apply(session, Absent(CallQueue, "sales"), Absent(InboundRoute, NUMBER, context=CONTEXT))
    assert {row.action.value for row in gone.rows} == {"remove"}
    assert steps(session) == []
    assert rows(session, "queues") == []


def test_a_route_that_leads_elsewhere_now(house: Session) -> None:
    """Only the steps that differ are written, and none is left over."""
    create_inbound_route(house, NUMBER, destination=ROUND)
    route = InboundRoute(number=NUMBER, context=CONTEXT, destination=ToQueue("sales", timeout=60))
    change = ensure(house, route)

    for exten in (NUMBER, NUMBER[1:]):
        rows_of = [row for row in change.rows if row.key["exten"] == exten]
        assert [(row.action.value, row.key["priority"]) for row in rows_of] == [
            ("change", 3),
            ("remove", 4),
            ("remove", 5),
        ]
    assert not ensure(house, route)


@pytest.mark.parametrize(
    ("app", "appdata"),
    [
        ("NoOp", "a person's own"),
        ("Goto", "${CONTEXT},1,1"),
        ("Queue", "sales,,https://x.example"),
        ("Dial", "PJSIP/100&Local/200@phones"),
        ("Goto", "phones,_1NXXNXXXXXX,1"),
    ],
)
def test_another_dialplan_stays(house: Session, app: str, appdata: str) -> None:
    """Steps that no destination means are a person's."""
    insert(house, "extensions", context="phones", exten="600", priority=1, app=app, appdata=appdata)
    spec = InternalExtension(exten="600", context="phones", destination=ToQueue("sales"))
    for call in (
        lambda: create(house, spec),
        lambda: ensure(house, spec),
        lambda: get(house, InternalExtension, "600", context="phones"),
        lambda: delete(house, InternalExtension, "600", context="phones"),
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
    create(house, one)
    with pytest.raises(ConflictError):
        create_inbound_route(house, NUMBER, destination=ToPhone("100"))


def test_greetings() -> None:
    """A word or the member of the enum."""
    assert ToMailbox("1", greeting="busy") == ToMailbox("1", greeting=VoicemailGreeting.BUSY)


# -- Rows that a person wrote ----------------------------------------------------------------------

ORDINARY: list[tuple[list[tuple[str, str]], Any, str]] = [
    ([("Dial", "PJSIP/100")], ToPhone("100"), "open"),
    ([("dial", "PJSIP/100,20,tT")], ToPhone("100", timeout=20, options="tT"), "open"),
    ([("Dial", "PJSIP/100&PJSIP/101,,r"), ("Hangup", "")], None, "plain"),
    (
        [("Dial", "PJSIP/100,20"), ("Voicemail", "100@default,u"), ("Hangup", "")],
        ToPhone("100", timeout=20, otherwise=ToMailbox("100")),
        "plain",
    ),
    (
        [("Dial", "PJSIP/100,20"), ("VoiceMail", "100,u")],
        ToPhone("100", timeout=20, otherwise=ToMailbox("100")),
        "open",
    ),
    ([("Queue", "sales"), ("Hangup", "")], ToQueue("sales", answer=False), "plain"),
    ([("Answer", ""), ("Queue", "sales,tT,,,60"), ("HangUp", "")], None, "plain"),
    ([("Queue", "sales,,,,60")], ToQueue("sales", timeout=60, answer=False), "open"),
    ([("VoiceMailMain", "")], ToVoicemailMain(), "open"),
    ([("VoicemailMain", "100@default"), ("Hangup", "")], ToVoicemailMain("100"), "plain"),
    ([("goto", "attendant,start,1")], Destination("attendant", "start"), "cause"),
]


@pytest.mark.parametrize(("own", "to", "ending"), ORDINARY, ids=str)
def test_ordinary_rows_are_read(
    house: Session, own: list[tuple[str, str]], to: Any, ending: str
) -> None:
    """As they are: what is read plans to nothing, also where the spelling is not ours."""
    for priority, (app, appdata) in enumerate(own, 1):
        place = {"context": "phones", "exten": "600", "priority": priority}
        insert(house, "extensions", **place, app=app, appdata=appdata)
    before = rows(house, "extensions")
    found = get(house, InternalExtension, "600", context="phones")

    assert found is not None
    assert found.ending == ending
    assert to is None or found.destination == to
    assert not plan(house, found)
    apply(house, found)
    assert rows(house, "extensions") == before
    changed = InternalExtension(exten="600", context="phones", destination=ToPhone("101"))
    apply(house, changed)
    assert get(house, InternalExtension, "600", context="phones") == changed
    delete(house, InternalExtension, "600", context="phones")
    assert steps(house) == []


# -- The number without its + ----------------------------------------------------------------------


def test_a_number_without_plus(house: Session) -> None:
    """It leads where the number leads, unless the route says otherwise or has only one form."""
    create_inbound_route(house, NUMBER, destination=ToPhone("100"))
    one = InboundRoute(
        number=NUMBER, context=CONTEXT, destination=ToPhone("100"), without_plus=False
    )
    extens = [row["exten"] for row in rows(house, "extensions")]
    assert extens == [NUMBER, NUMBER, NUMBER[1:], NUMBER[1:]]

    gone = apply(house, one)
    assert {row.key["exten"] for row in gone.rows} == {NUMBER[1:]}
    assert get(house, InboundRoute, NUMBER, context="from-twilio") == one
    assert not plan(house, one)


def test_another_extension_without_plus_stays(house: Session) -> None:
    """It is another thing, which a route neither takes over nor deletes."""
    other = InternalExtension(exten=NUMBER[1:], context=CONTEXT, destination=ToPhone("101"))
    both = InboundRoute(number=NUMBER, context=CONTEXT, destination=ToPhone("100"))
    create(house, other)
    for call in (
        lambda: apply(house, both),
        lambda: create_inbound_route(house, NUMBER, destination=ToPhone("100")),
    ):
        with pytest.raises(ConflictError, match="'12025550123'"):
            call()
    apply(house, attrs.evolve(both, without_plus=False))
    found = get(house, InboundRoute, NUMBER, context="from-twilio")

    assert found == attrs.evolve(both, without_plus=False)
    with pytest.raises(ConflictError, match="without_plus=False"):
        apply(house, both)
    delete(house, InboundRoute, NUMBER, context="from-twilio")
    assert get(house, InternalExtension, NUMBER[1:], context=CONTEXT) == other


# -- Emergency numbers -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "pattern", "exten"),
    [
        ("DE", "_0[1-9]X.", "110"),
        ("AU", "_0[2-478]XXXXXXXX", "000"),
        ("IN", "_0[1-9]XXXXXXXXX", "100"),
        ("JP", "_0[2-9]XXXXXXXX", "119"),
        # Members of a numbering plan that others share, calls abroad, and numbers themselves
        ("JM", "_1NXXNXXXXXX", "119"),
        ("TT", "_1NXXNXXXXXX", "990"),
        ("BB", "_1NXXNXXXXXX", "511"),
        ("DE", "_00X.", "110"),
        ("DE", "030123456", "110"),
    ],
)
def test_emergency_numbers_of_the_country(
    house: Session, region: str, pattern: str, exten: str
) -> None:
    """Whichever exists first, an extension takes one only if it says so."""
    trunk = Endpoint(id="carrier", context="from-carrier")
    house.add(trunk)
    route = OutboundRoute(context="phones", pattern=pattern, trunk="carrier", region=region)
    extension = InternalExtension(exten=exten, context="phones", destination=ToPhone("100"))
    said = attrs.evolve(extension, replaces_emergency=True)
    elsewhere = attrs.evolve(extension, context="office")
    with pytest.raises(ValidationError, match="emergency number"):
        attrs.evolve(extension, region=region)
    apply(house, extension)
    with pytest.raises(ConflictError, match="an emergency number of that country"):
        apply(house, route)
    with pytest.raises(ConflictError, match="emergency number"):
        apply(house, route, extension)
    apply(house, route, said, elsewhere)
    with pytest.raises(ConflictError, match=f"emergency number of {region}"):
        apply(house, extension)

    assert steps(house).count(("NoOp", "in place of an emergency number")) == 1
    assert get(house, InternalExtension, exten, context="phones") == said
    assert not plan(house, said, route, elsewhere)


def test_a_route_to_an_emergency_number_is_not_replaced(house: Session) -> None:
    """A call for help must not ring a phone because the rows that tell it are replaced."""
    house.add(Endpoint(id="carrier", context="from-carrier"))
    apply(house, OutboundRoute(context="phones", pattern="110", trunk="carrier", region="DE"))
    extension = InternalExtension(exten="110", context="phones", destination=ToPhone("100"))
    with pytest.raises(ConflictError, match="emergency number of DE"):
        apply(house, Replace(extension))
    assert apply(house, Replace(attrs.evolve(extension, replaces_emergency=True)))


@pytest.mark.parametrize(
    "steps",
    [
        [("Dial", "PJSIP/201,20"), ("VoiceMail", "201@default,u"), ("Hangup", "")],
        [("Queue", "sales")],
        [("VoiceMailMain", "201@default")],
    ],
)
def test_what_rows_name_already_need_not_be_in_a_table(
    session: Session, steps: list[tuple[str, str]]
) -> None:
    """Mailboxes and queues may be in Asterisk's files; a new reference must be in a table."""
    for number, (app, data) in enumerate(steps, 1):
        insert(
            session, "extensions", context="c", exten="1", priority=number, app=app, appdata=data
        )
    insert(session, "ps_endpoints", id="201")
    found = get(session, InternalExtension, "1", context="c")
    assert found is not None

    assert not plan(session, found)
    with pytest.raises(NotFoundError):
        plan(session, attrs.evolve(found, exten="2"))
