"""Whatever names a renamed thing names it by its new key afterwards, in every row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import attrs
import pytest
from sqlalchemy import select, text

from asterisk_realtime import (
    AccessList,
    AccessRule,
    CallQueue,
    FollowMeProfile,
    FollowMeStep,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    MusicClass,
    OutboundRoute,
    PenaltyRule,
    PenaltyStep,
    Phone,
    Rename,
    ToFollowMe,
    ToMailbox,
    ToPhone,
    ToQueue,
    Trunk,
    apply,
    get,
    rename,
)
from asterisk_realtime.models import Extension
from tests.db.renaming import GO, NEEDS, values
from tests.db.tools import insert, rows
from tests.examples import phone, trunk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

DIALS: Final = {
    "PJSIP/100": "PJSIP/200",
    "pjsip/100,20,tT": "pjsip/200,20,tT",
    "PJSIP/100&PJSIP/1001&PJSIP/x100&Pjsip/100": "PJSIP/200&PJSIP/1001&PJSIP/x100&Pjsip/200",
    " PJSIP/ 100 & PJSIP/7 ,20": " PJSIP/ 200 & PJSIP/7 ,20",
    "PJSIP/100/sip:100@phone.example": "PJSIP/200/sip:100@phone.example",
    "PJSIP/+12025550123@100,30": "PJSIP/+12025550123@200,30",
    "PJSIP/100@100": "PJSIP/100@200",
    "${PJSIP_DIAL_CONTACTS(100)},20": "${PJSIP_DIAL_CONTACTS(200)},20",
    "${pjsip_dial_contacts( 100)}&PJSIP/7": "${pjsip_dial_contacts( 200)}&PJSIP/7",
    "${PJSIP_DIAL_CONTACTS(100)}&${PJSIP_DIAL_CONTACTS(100)}": (
        "${PJSIP_DIAL_CONTACTS(200)}&${PJSIP_DIAL_CONTACTS(200)}"
    ),
    '"PJSIP/100",20': '"PJSIP/200",20',
    'PJSIP/"100"&PJSIP/7': 'PJSIP/"200"&PJSIP/7',
    "PJSIP\\/100": "PJSIP\\/200",
    '${PJSIP_DIAL_CONTACTS("100")}': '${PJSIP_DIAL_CONTACTS("200")}',
}


@pytest.mark.parametrize(("before", "after"), DIALS.items(), ids=DIALS)
def test_what_is_dialled(session: Session, before: str, after: str) -> None:
    """In each form that keeps the phone from being deleted."""
    apply(session, phone())
    insert(session, "extensions", context="c", exten="1", priority=1, app="dIAL", appdata=before)
    done = rename(session, Phone.key("100"), Phone.key("200"))

    assert session.scalars(select(Extension.appdata)).all() == [after]
    assert [row.key["exten"] for row in done.rows if row.table == "extensions"] == ["1"]


@pytest.mark.parametrize(
    ("app", "before", "after"),
    [
        ("RetryDial", "wait,1,2,PJSIP/100,20", "wait,1,2,PJSIP/200,20"),
        ("Page", "PJSIP/7&PJSIP/100,di", "PJSIP/7&PJSIP/200,di"),
        ("Originate", "PJSIP/100,exten,phones,7,1", "PJSIP/200,exten,phones,7,1"),
        ("TryExec", "Dial(PJSIP/100)", "Dial(PJSIP/200)"),
        ("ExecIf", "$[1]?Dial(PJSIP/100,20):Hangup()", "$[1]?Dial(PJSIP/200,20):Hangup()"),
        ("NoOp", "PJSIP/100", "PJSIP/100"),
        ("Set", "X=PJSIP/100", "X=PJSIP/100"),
    ],
)
def test_other_applications(session: Session, app: str, before: str, after: str) -> None:
    """Those that call somebody; others only look as if they did."""
    apply(session, phone())
    insert(session, "extensions", context="c", exten="1", priority=1, app=app, appdata=before)
    rename(session, Phone.key("100"), Phone.key("200"))

    assert values(session, "extensions", "appdata") == [after]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("PJSIP/100", "PJSIP/200"),
        ("pjsip/100", "pjsip/200"),
        ("PJSIP/7@100", "PJSIP/7@200"),
        ("PJSIP/100/sip:7@c", "PJSIP/200/sip:7@c"),
        ("PJSIP/1000", "PJSIP/1000"),
        ("Local/100@phones/n", "Local/100@phones/n"),
    ],
)
@pytest.mark.parametrize("column", ["interface", "state_interface"])
def test_members(session: Session, column: str, before: str, after: str) -> None:
    """By what is dialled, and by the device whose state counts."""
    apply(session, phone(), CallQueue(name="q", members=[Member(interface="SIP/x")]))
    session.execute(text(f"UPDATE queue_members SET {column} = :cell"), {"cell": before})
    session.expire_all()
    rename(session, Phone.key("100"), Phone.key("200"))

    assert values(session, "queue_members", column) == [after]


PLACES: Final = {
    ("Goto", "phones,100,1"): "phones,200,1",
    ("goto", "100,1"): "phones,200,1",
    ("Goto", "100,2"): "phones,200,2",
    ("Goto", "1"): "1",
    ("Goto", "other,100,1"): "other,100,1",
    ("GotoIf", "$[1 = 1]?phones,100,1:other,100,1"): "$[1 = 1]?phones,200,1:other,100,1",
    ("GotoIf", "${X}?100,1:100,2"): "${X}?phones,200,1:phones,200,2",
    ("GotoIf", "${X}?:100,1"): "${X}?:phones,200,1",
    ("GotoIfTime", "9:00-17:00,mon-fri,*,*?100,1"): "9:00-17:00,mon-fri,*,*?phones,200,1",
    ("Gosub", "phones,100,1(a,b)"): "phones,200,1(a,b)",
    ("Gosub", "100,1(a)"): "phones,200,1(a)",
    ("GosubIf", "${X}?100,1(a):5,1"): "${X}?phones,200,1(a):5,1",
    ("Dial", "Local/100@phones/n&PJSIP/7"): "Local/200@phones/n&PJSIP/7",
    ("Dial", "local/100@phones,20"): "local/200@phones,20",
    ("Dial", '"Local/100@phones",20'): '"Local/200@phones",20',
    ("Dial", "Local/100@other"): "Local/100@other",
    ("Dial", "PJSIP/100"): "PJSIP/100",
}


@pytest.mark.parametrize(("step", "after"), PLACES.items(), ids=str)
def test_places(session: Session, step: tuple[str, str], after: str) -> None:
    """Whole ones, and those that are relative to the context of the step."""
    app, before = step
    to = ToPhone("900", timeout=5, otherwise=ToMailbox("900"))
    apply(session, *NEEDS, InternalExtension(exten="100", context="phones", destination=to))
    insert(session, "extensions", context="phones", exten="1", priority=1, app=app, appdata=before)
    key = partial(InternalExtension.key, context="phones")
    rename(session, key("100"), key("200"))
    steps = [row for row in rows(session, "extensions") if row["exten"] == "1"]

    assert [row["appdata"] for row in steps] == [after]


def test_a_step_that_is_relative_to_another_context(session: Session) -> None:
    """It names an extension of its own context, and stays."""
    apply(session, *NEEDS, InternalExtension(exten="5", **GO))
    insert(session, "extensions", context="c", exten="1", priority=1, app="Goto", appdata="5,1")
    key = partial(InternalExtension.key, context="office")
    rename(session, key("5"), key("6"))

    assert [r["appdata"] for r in rows(session, "extensions") if r["exten"] == "1"] == ["5,1"]


def test_an_extension_that_moves_to_another_context(session: Session) -> None:
    """What goes there, routes and members by the dialplan, goes there still."""
    apply(
        session,
        *NEEDS,
        InternalExtension(exten="5", **GO),
        InboundRoute(number="+12025550123", context="from-nine", destination="office,5,1"),
        CallQueue(
            name="q", members=[Member(interface="Local/5@office", state_interface="PJSIP/9")]
        ),
    )
    rename(
        session,
        InternalExtension.key("5", context="office"),
        InternalExtension.key("6", context="annex"),
    )
    route = get(session, InboundRoute, "+12025550123", context="from-nine")

    assert route is not None
    assert str(route.destination) == "annex,6,1"
    assert values(session, "queue_members", "interface") == ["Local/6@annex"]
    assert values(session, "queue_members", "state_interface") == ["PJSIP/9"]


BOXES: Final = {
    ("VoiceMail", "100@default,u"): "200@acme,u",
    ("VoiceMail", "100,u"): "200@acme,u",
    ("voicemail", "7&100&100@other&100@default"): "7&200@acme&100@other&200@acme",
    ("VoiceMailMain", "100@default"): "200@acme",
    ("VoiceMailMain", "1000@default"): "1000@default",
    ("NoOp", "100@default"): "100@default",
}


@pytest.mark.parametrize(("step", "after"), BOXES.items(), ids=str)
def test_mailboxes(session: Session, step: tuple[str, str], after: str) -> None:
    """One of several, with its context or without it where that is the usual one."""
    app, before = step
    apply(session, Mailbox(number="100", pin="4711"), phone())
    insert(session, "extensions", context="c", exten="1", priority=1, app=app, appdata=before)
    for table in ("ps_endpoints", "ps_aors"):
        session.execute(text(f"UPDATE {table} SET mailboxes = '7@default, 100@default ,100@x'"))
    session.expire_all()
    rename(session, Mailbox.key("100"), Mailbox.key("200", context="acme"))

    assert values(session, "extensions", "appdata") == [after]
    for table in ("ps_endpoints", "ps_aors"):
        assert values(session, table, "mailboxes") == ["7@default,200@acme,100@x"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("100", "200"),
        ("7,100", "7,200"),
        ("100,100@default", "200,200@default"),
        ("100@other,100", "100@other,200"),
    ],
)
def test_a_mailbox_without_a_context(session: Session, before: str, after: str) -> None:
    """It stays without one where that means the same, and with one elsewhere."""
    apply(session, Mailbox(number="100", pin="4711"), phone())
    for table in ("ps_endpoints", "ps_aors"):
        session.execute(text(f"UPDATE {table} SET mailboxes = :cell"), {"cell": before})
    session.expire_all()
    rename(session, Mailbox.key("100"), Mailbox.key("200"))
    for table in ("ps_endpoints", "ps_aors"):
        assert values(session, table, "mailboxes") == [after]
    rename(session, Mailbox.key("200"), Mailbox.key("200", context="acme"))

    moved = ",".join(
        "200@acme" if name in {"200", "200@default"} else name for name in after.split(",")
    )
    for table in ("ps_endpoints", "ps_aors"):
        assert values(session, table, "mailboxes") == [moved]


def test_music(session: Session) -> None:
    """Of queues, follow-me profiles, phones and the dialplan."""
    steps = [FollowMeStep(numbers=["1"])]
    apply(
        session,
        MusicClass(name="jazz", directory="/music"),
        CallQueue(name="q", music_class="jazz"),
        FollowMeProfile(name="ann", steps=steps, context="c", music_class="jazz"),
        phone(),
    )
    session.execute(text("UPDATE ps_endpoints SET moh_suggest = 'jazz'"))
    for priority, appdata in enumerate(("jazz,30", "jazzy"), start=1):
        step = {"priority": priority, "app": "MusicOnHold", "appdata": appdata}
        insert(session, "extensions", context="c", exten="1", **step)
    session.expire_all()
    rename(session, MusicClass.key("jazz"), MusicClass.key("blues"))

    assert values(session, "queues", "musiconhold") == ["blues"]
    assert values(session, "followme", "musicclass") == ["blues"]
    assert values(session, "ps_endpoints", "moh_suggest") == ["blues"]
    assert values(session, "extensions", "appdata") == ["blues,30", "jazzy"]


def test_destinations(session: Session) -> None:
    """Queues, follow-me profiles and mailboxes of routes, which are read as before."""
    to = ToQueue("q", timeout=20, otherwise=ToFollowMe("ann", otherwise=ToMailbox("900")))
    apply(
        session,
        *NEEDS,
        CallQueue(name="q", default_rule="grow"),
        PenaltyRule(name="grow", steps=[PenaltyStep(after=5, max_penalty=1)]),
        FollowMeProfile(name="ann", steps=[FollowMeStep(numbers=["1"])], context="office"),
        InternalExtension(exten="5", context="office", destination=to),
    )
    apply(
        session,
        Rename(CallQueue.key("q"), CallQueue.key("sales")),
        Rename(FollowMeProfile.key("ann"), FollowMeProfile.key("ben")),
        Rename(Mailbox.key("900"), Mailbox.key("901")),
        Rename(PenaltyRule.key("grow"), PenaltyRule.key("shrink")),
    )
    found = get(session, InternalExtension, "5", context="office")
    queue = get(session, CallQueue, "sales")

    assert found is not None
    assert found.destination == ToQueue(
        "sales", timeout=20, otherwise=ToFollowMe("ben", otherwise=ToMailbox("901"))
    )
    assert queue is not None
    assert queue.default_rule == "shrink"


def test_lists_with_blanks(session: Session) -> None:
    """Of AORs, auths and access lists: the others in them stay."""
    rules = [AccessRule.permit("10.0.0.0/8")]
    apply(session, phone(), AccessList(name="house", rules=rules))
    lists = {"auth": "100 ", "acl": "house, yard", "contact_acl": " a,house "}
    changes = ", ".join(f"{name} = :{name}" for name in lists)
    session.execute(text(f"UPDATE ps_endpoints SET aors = ' 100 ', {changes}"), lists)
    insert(session, "ps_endpoints", id="other", aors="7", **lists)
    insert(session, "ps_registrations", id="r", outbound_auth="x, 100", endpoint="100")
    insert(session, "ps_outbound_publishes", id="p", outbound_auth="100 ,x")
    session.expire_all()
    apply(
        session,
        Rename(Phone.key("100"), Phone.key("200")),
        Rename(AccessList.key("house"), AccessList.key("barn")),
    )
    (registration,) = rows(session, "ps_registrations")
    found = {
        row["id"]: [row[name] for name in ("aors", *lists)] for row in rows(session, "ps_endpoints")
    }

    assert found == {
        "200": ["200", "200", "barn,yard", "a,barn"],
        "other": ["7", "200", "barn,yard", "a,barn"],
    }
    assert (registration["outbound_auth"], registration["endpoint"]) == ("x,200", "200")
    assert values(session, "ps_outbound_publishes", "outbound_auth") == ["200,x"]


def test_routes_of_a_trunk(session: Session) -> None:
    """They are read as before, with the other trunk in them."""
    route = OutboundRoute(context="phones", pattern="_+X.", trunk=["peer", "two"])
    apply(session, trunk(), trunk("two"), route)
    rename(session, Trunk.key("peer"), Trunk.key("carrier"))

    found = get(session, OutboundRoute, "_+X.", context="phones")
    assert found == attrs.evolve(route, trunk=["carrier", "two"])
