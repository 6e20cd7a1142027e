"""A thing gets another key, and all that names it goes along: in every row, or not at all."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

import attrs
import pytest
from sqlalchemy import inspect, select, text

from asterisk_realtime import (
    Absent,
    AccessList,
    AccessRule,
    Allowance,
    CallQueue,
    CommandMusicClass,
    ConflictError,
    Credentials,
    FollowMeProfile,
    FollowMeStep,
    Header,
    InboundRoute,
    InternalExtension,
    Key,
    Mailbox,
    Member,
    MusicClass,
    NotFoundError,
    OutboundRoute,
    PenaltyRule,
    PenaltyStep,
    Phone,
    Plan,
    QueueMembership,
    RegistrationTrunk,
    Rename,
    TelnyxTrunk,
    ToFollowMe,
    ToMailbox,
    ToPhone,
    ToQueue,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    ValidationError,
    WebRtcPhone,
    apply,
    check_identification,
    ensure,
    get,
    plan,
    rename,
)
from asterisk_realtime.models import Extension
from asterisk_realtime.provision.engine.records import TABLES
from tests.db.racing import at_once
from tests.db.tools import (
    ACCOUNT,
    PASSWORD,
    URI,
    insert,
    on,
    on_servers,
    rows,
    statements,
    writes,
)
from tests.examples import phone, trunk, web_phone

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from asterisk_realtime import Spec

PAIR: Final = Credentials("grable", PASSWORD)
MANY: Final = tuple(f"10.{number % 250}.{number // 250}.0/25" for number in range(300))
"""Too many networks for one column, so that they are in an access list."""


def cells(session: Session) -> dict[str, list[Any]]:
    """Return all rows of all tables that are provisioned, without numbers of the database."""
    found = {}
    for model, table in TABLES.items():
        numbers = {item.name for item in inspect(model).primary_key} - {*table.key}
        name = model.__tablename__
        whole = session.execute(text(f"SELECT * FROM {name}")).mappings()
        kept = [{key: row[key] for key in row if key not in numbers} for row in whole]
        found[name] = sorted(kept, key=lambda row: sorted(map(str, row.items())))
    return found


def values(session: Session, table: str, name: str) -> list[Any]:
    """Return the cells of one column."""
    return [row[name] for row in rows(session, table)]


# -- Every kind ------------------------------------------------------------------------------------

NEEDS: Final[tuple[Spec, ...]] = (
    phone(id="900"),
    trunk("nine"),
    Mailbox(number="900", pin="471199"),
)
GO: Final[dict[str, Any]] = {"context": "office", "destination": ToPhone("900")}
ENTER: Final[dict[str, Any]] = {"context": "from-nine", "destination": ToMailbox("900")}
KINDS: Final[dict[str, tuple[Any, dict[str, str]]]] = {
    "phone": (phone(password=PASSWORD, mailbox="900", max_contacts=2), {"id": "b.o-b"}),
    "phone with a user name": (phone(password=PASSWORD, username="ann"), {"id": "201"}),
    "phone with a digest": (
        phone(password=PASSWORD, storage="digest", realm="asterisk"),
        {"id": "201"},
    ),
    "phone with MD5": (phone(password=PASSWORD, storage="md5", realm="x"), {"id": "201"}),
    "browser": (web_phone(password=PASSWORD), {"id": "201"}),
    "trunk": (trunk(credentials=PAIR, inbound_credentials=PAIR), {"name": "carrier"}),
    "trunk by its address": (trunk(), {"name": "carrier"}),
    "registration trunk": (
        RegistrationTrunk(
            name="peer",
            server_uri="sip:peer.example",
            client_uri="sip:grable@peer.example",
            credentials=PAIR,
            transport="udp",
            secure=False,
            context="from-peer",
            codecs=["ulaw"],
        ),
        {"name": "carrier"},
    ),
    "Twilio's trunk": (
        TwilioTrunk(termination_uri=URI, username="grable", password=PASSWORD),
        {"name": "carrier"},
    ),
    "Telnyx's registration": (
        TelnyxTrunk(username="grable", password=PASSWORD, register=True),
        {"name": "carrier"},
    ),
    "mailbox": (Mailbox(number="100", pin="4711", emails=["a@x.example"]), {"number": "200"}),
    "mailbox in another context": (
        Mailbox(number="100", context="acme", pin="4711"),
        {"number": "100", "context": "beta"},
    ),
    "queue": (
        CallQueue(
            name="sales",
            members=[Member(phone="900", penalty=3), Member(interface="PJSIP/elsewhere")],
            music_class="jazz",
        ),
        {"name": "support"},
    ),
    "music": (MusicClass(name="jazz", directory="/music"), {"name": "blues"}),
    "playlist": (MusicClass(name="jazz", playlist=["/b.wav", "/a.wav"]), {"name": "blues"}),
    "command": (CommandMusicClass(name="jazz", command="/bin/play"), {"name": "blues"}),
    "follow-me": (
        FollowMeProfile(
            name="ann",
            steps=[FollowMeStep(numbers=["1", "2"]), FollowMeStep(numbers=["3"])],
            context="office",
        ),
        {"name": "ben"},
    ),
    "access list": (
        AccessList(name="house", rules=[AccessRule.permit("10.0.0.0/8")]),
        {"name": "yard"},
    ),
    "penalty rule": (
        PenaltyRule(name="grow", steps=[PenaltyStep(after=s, max_penalty="+1") for s in (5, 30)]),
        {"name": "shrink"},
    ),
    "outbound route": (
        OutboundRoute(context="phones", pattern="_1NXXNXXXXXX", trunk=["nine"], region="US"),
        {"pattern": "_1NXXNXXXXXX", "context": "office"},
    ),
    "inbound route": (
        InboundRoute(number="+12025550123", **ENTER),
        {"number": "+12025550199", "context": "from-nine"},
    ),
    "inbound route with its plus": (
        InboundRoute(number="+12025550123", without_plus=False, **ENTER),
        {"number": "+12025550123", "context": "from-ten"},
    ),
    "extension": (InternalExtension(exten="5", **GO), {"exten": "6", "context": "annex"}),
}
OTHERS: Final = {
    "ps_endpoints": "accountcode = 'acme'",
    "ps_aors": "minimum_expiration = 77",
    "ps_auths": "nonce_lifetime = 77",
    "ps_registrations": "max_random_initial_delay = 77",
    "voicemail": "dialout = 'acme'",
    "queues": "weight = 7",
    "queue_members": "paused = 1",
    "musiconhold": "digit = '7'",
    "followme": "options_prompt = 'acme'",
}
"""Columns that no spec covers, with values of a person or of Asterisk."""


def key_of(spec: Any, parts: dict[str, str] | None = None) -> Any:
    """Return the key of a spec, or of another of its class."""
    kind = type(spec)
    names = {
        "Mailbox": ("number", "context"),
        "OutboundRoute": ("pattern", "context"),
        "InboundRoute": ("number", "context"),
        "InternalExtension": ("exten", "context"),
    }.get(kind.__name__, ("id",) if hasattr(spec, "id") else ("name",))
    usual = {name: str(getattr(spec, name)) for name in names}
    return kind.key(**{**usual, **(parts or {})})


def user_of(spec: Any) -> dict[str, str]:
    """Return that a phone goes on authenticating as it did."""
    return {"username": spec.username or spec.id} if isinstance(spec, Phone | WebRtcPhone) else {}


@pytest.mark.parametrize(("spec", "parts"), KINDS.values(), ids=KINDS)
def test_each_kind(session: Session, spec: Any, parts: dict[str, str]) -> None:
    """It is the same but for its key, also in columns that no spec covers; and back again."""
    old, new = key_of(spec), key_of(spec, parts)
    apply(session, *NEEDS, spec)
    for table, change in OTHERS.items():
        session.execute(text(f"UPDATE {table} SET {change}"))
    session.expire_all()
    before = cells(session)
    there: Any = (
        get(session, spec.key, **old.parts) if False else get(session, old.kind, **old.parts)
    )
    planned = plan(session, Rename(old, new))
    assert cells(session) == before
    done = rename(session, old, new)
    renamed: Any = get(session, new.kind, **new.parts)

    assert done == planned
    assert done
    assert renamed == attrs.evolve(there, **parts, **user_of(there))
    assert get(session, old.kind, **old.parts) is None
    assert plan(session, Absent(old.kind, **old.parts)) == Plan()
    assert plan(session, renamed) == Plan()
    assert check_identification(session) == ()
    assert {name: len(found) for name, found in cells(session).items()} == {
        name: len(found) for name, found in before.items()
    }
    rename(session, new, old)
    assert cells(session) == before


def test_secrets_stay(session: Session) -> None:
    """A phone authenticates as before: by the old id, and with a password that nobody knows."""
    apply(session, phone(), phone(id="ann", username="an.n", password=PASSWORD))
    before = {row["id"]: row for row in rows(session, "ps_auths")}
    apply(
        session,
        Rename(Phone.key("100"), Phone.key("200")),
        Rename(Phone.key("ann"), Phone.key("ben")),
    )
    after = {row["id"]: row for row in rows(session, "ps_auths")}

    assert after == {
        "200": {**before["100"], "id": "200"},
        "ben": {**before["ann"], "id": "ben"},
    }
    assert (after["200"]["username"], after["ben"]["username"]) == ("100", "an.n")


def test_a_member_keeps_its_number(session: Session) -> None:
    """Asterisk knows it by ``uniqueid``, and whether it is paused."""
    apply(session, phone(), CallQueue(name="q", members=[Member(phone="100")]))
    session.execute(
        text("UPDATE queue_members SET paused = 1, penalty = 7, reason_paused = 'lunch'")
    )
    session.expire_all()
    (before,) = rows(session, "queue_members")
    rename(session, Phone.key("100"), Phone.key("200"))
    (after,) = rows(session, "queue_members")

    assert after == {**before, "interface": "PJSIP/200"}


# -- Whatever names it -----------------------------------------------------------------------------

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


# -- Who a sender is -------------------------------------------------------------------------------


@pytest.mark.parametrize("networks", [["192.0.2.0/30"], MANY], ids=["few", "many"])
@pytest.mark.parametrize("header", [None, Header("X-Account", "a")], ids=["address", "header"])
def test_allowed_addresses(
    session: Session, header: Header | None, networks: tuple[str, ...]
) -> None:
    """The peer is the trunk's as before, with its header and its access list."""
    spec = Allowance(
        endpoint="peer",
        networks=networks,
        header=header,
        header_name=header.name if header else None,
    )
    apply(session, trunk(), spec)
    before, there = cells(session), get(session, Allowance, "peer")
    assert there is not None
    rename(session, Trunk.key("peer"), Trunk.key("carrier"))

    assert get(session, Allowance, "carrier") == attrs.evolve(there, endpoint="carrier")
    assert get(session, Allowance, "peer") is None
    assert set(values(session, "ps_endpoint_id_ips", "endpoint")) == {"carrier"}
    listed = {row["name"] for row in rows(session, "acls")}
    assert listed == ({"carrier-allowed"} if header and len(networks) > 1 else set())
    assert values(session, "ps_endpoints", "acl") == [next(iter(listed), None)]
    assert plan(session, attrs.evolve(spec, endpoint="carrier")) == Plan()
    assert check_identification(session) == ()
    rename(session, Trunk.key("carrier"), Trunk.key("peer"))
    assert cells(session) == before


def test_twilios_trunk_with_an_account(session: Session) -> None:
    """As its provider's specs say it, under the other name."""
    site = (
        TwilioTrunk(termination_uri=URI, username="grable", password=PASSWORD),
        TwilioAllowance(account_sid=ACCOUNT),
        OutboundRoute(context="phones", pattern="_1NXXNXXXXXX", trunk="twilio", region="US"),
    )
    apply(session, *site)
    rename(session, TwilioTrunk.key("twilio"), TwilioTrunk.key("carrier"))
    renamed: list[Any] = [
        attrs.evolve(site[0], name="carrier", context="from-twilio"),
        attrs.evolve(site[1], endpoint="carrier"),
        attrs.evolve(site[2], trunk="carrier"),
    ]

    assert plan(session, *renamed) == Plan()
    assert check_identification(session) == ()


def test_a_phone_with_addresses(session: Session) -> None:
    """Rows of a person go along with the phone."""
    apply(session, phone())
    insert(session, "ps_endpoint_id_ips", id="x", endpoint="100", match_header="X-A: b")
    rename(session, Phone.key("100"), Phone.key("200"))

    assert values(session, "ps_endpoint_id_ips", "endpoint") == ["200"]


def test_addresses_that_wait_for_the_new_name(session: Session) -> None:
    """Rows of a person that name no endpoint would let others in as the trunk."""
    apply(session, trunk())
    insert(session, "ps_endpoint_id_ips", id="x", endpoint="carrier", match="198.51.100.7")
    refused(session, Rename(Trunk.key("peer"), Trunk.key("carrier")), "identify row 'x'")


def test_an_access_list_that_waits_for_the_new_name(session: Session) -> None:
    """It is another's, so its rules must not become the trunk's."""
    pin = Allowance(endpoint="peer", networks=MANY, header=Header("X-A", "b"), header_name="X-A")
    rules = [AccessRule.permit("198.51.100.0/24")]
    apply(session, trunk(), pin, AccessList(name="carrier-allowed", rules=rules))
    refused(session, Rename(Trunk.key("peer"), Trunk.key("carrier")), "ACL 'carrier-allowed'")


# -- What is refused -------------------------------------------------------------------------------


def refused(
    session: Session, item: Any, message: str, error: type[Exception] = ConflictError
) -> None:
    """See that neither `plan` nor `apply` does it, and that nothing has changed."""
    before = cells(session)
    for call in (plan, apply):
        with pytest.raises(error, match=message):
            call(session, item)
    assert cells(session) == before


@pytest.mark.parametrize("name", ["200", "ann", "ANN", "peer"])
def test_a_taken_name(session: Session, name: str) -> None:
    """Also one that differs in case alone, or that is a trunk's."""
    apply(session, phone(), phone(id="200"), phone(id="Ann"), trunk())
    refused(session, Rename(Phone.key("100"), Phone.key(name)), f"phone '{name}'")


@pytest.mark.parametrize("table", ["ps_aors", "ps_auths"])
def test_a_taken_part(session: Session, table: str) -> None:
    """An AOR or auth alone, which somebody else has."""
    apply(session, phone())
    insert(session, table, id="200")
    refused(session, Rename(Phone.key("100"), Phone.key("200")), "phone '200'.*'200'")


@pytest.mark.parametrize(("spec", "parts"), KINDS.values(), ids=KINDS)
def test_a_thing_of_that_name(session: Session, spec: Any, parts: dict[str, str]) -> None:
    """Of each kind: neither of the two is changed."""
    other = attrs.evolve(spec, **parts, **(_apart(spec)))
    apply(session, *NEEDS, spec, other)
    refused(session, Rename(key_of(spec), key_of(other)), "choose another name")


def _apart(spec: Any) -> dict[str, str]:
    """Return what two trunks may not share."""
    if isinstance(spec, RegistrationTrunk):
        return {"client_uri": "sip:other@peer.example"}
    return {"username": "other"} if isinstance(spec, TelnyxTrunk) else {}


@pytest.mark.parametrize(("spec", "parts"), KINDS.values(), ids=KINDS)
def test_a_missing_thing(session: Session, spec: Any, parts: dict[str, str]) -> None:
    """Of each kind; nothing is written."""
    item = Rename(key_of(spec), key_of(spec, parts))
    refused(session, item, "there is no", NotFoundError)


def test_parts_of_a_thing_are_no_thing(session: Session) -> None:
    """An AOR without an endpoint, members of a queue of a file, steps without their plus."""
    insert(session, "ps_aors", id="100")
    insert(session, "ps_auths", id="100")
    insert(session, "queue_members", queue_name="q", interface="PJSIP/7")
    insert(session, "extensions", context="c", exten="12025550123", priority=1, app="Hangup")
    numbers = [InboundRoute.key(f"{plus}12025550123", context="c") for plus in ("", "+")]
    other = InboundRoute.key("+12025550199", context="c")
    for item in (
        Rename(Phone.key("100"), Phone.key("200")),
        Rename(Trunk.key("100"), Trunk.key("200")),
        Rename(CallQueue.key("q"), CallQueue.key("r")),
        *(Rename(number, other) for number in numbers),
    ):
        refused(session, item, "there is no", NotFoundError)


@pytest.mark.parametrize(
    ("there", "kind"),
    [
        (phone(), Trunk),
        (phone(), WebRtcPhone),
        (web_phone(id="100"), Phone),
        (trunk("100"), Phone),
        (trunk("100"), RegistrationTrunk),
        (MusicClass(name="100", directory="/music"), CommandMusicClass),
        (CommandMusicClass(name="100", command="/bin/play"), MusicClass),
    ],
    ids=lambda item: getattr(item, "__name__", type(item).__name__),
)
def test_another_kind(session: Session, there: Any, kind: Any) -> None:
    """It is renamed as what it is."""
    apply(session, there)
    error = NotFoundError if kind is RegistrationTrunk else ConflictError
    refused(session, Rename(kind.key("100"), kind.key("200")), "'100'", error)


def test_another_providers_trunk(session: Session) -> None:
    """As `get` says it."""
    apply(session, TwilioTrunk(termination_uri=URI, username="grable", password=PASSWORD))
    item = Rename(TelnyxTrunk.key("twilio"), TelnyxTrunk.key("carrier"))
    refused(session, item, "get it as a Trunk")
    assert rename(session, Trunk.key("twilio"), Trunk.key("carrier"))


def test_rows_that_cannot_be_read(session: Session) -> None:
    """What no spec says is not renamed, since nobody knows what it is."""
    apply(session, phone(), InternalExtension(exten="5", context="c", destination="a,b,1"))
    session.execute(text("UPDATE ps_auths SET username = NULL"))
    session.execute(text("UPDATE extensions SET appdata = 'b,1'"))
    session.expire_all()
    refused(session, Rename(Phone.key("100"), Phone.key("200")), "change the rows themselves")
    key = partial(InternalExtension.key, context="c")
    refused(session, Rename(key("5"), key("6")), "another dialplan's")


@pytest.mark.parametrize("appdata", ['PJSIP/100&PJSIP/1"0"0', "PJSIP/1\\00,20,G(100)"])
def test_what_cannot_be_respelled(session: Session, appdata: str) -> None:
    """It is refused, and what could be respelled stays as it is too."""
    apply(session, phone(), CallQueue(name="q", members=[Member(phone="100")]))
    insert(session, "extensions", context="c", exten="1", priority=1, app="Dial", appdata=appdata)
    refused(session, Rename(Phone.key("100"), Phone.key("200")), "change the name there first")


@on_servers
def test_an_encoded_member_cannot_be_respelled(session: Session) -> None:
    """The key of a row is not decoded when it is looked up."""
    apply(session, phone())
    insert(session, "queue_members", queue_name="q", interface="PJSIP^2F100")
    refused(session, Rename(Phone.key("100"), Phone.key("200")), "change the name there first")


def test_a_name_that_is_too_long_for_who_names_it(session: Session) -> None:
    """A member without room for the new name keeps the old one, and so does the trunk."""
    members = [Member(interface=f"PJSIP/{60 * '1'}@peer")]
    apply(session, trunk(), CallQueue(name="q", members=members))
    item = Rename(Trunk.key("peer"), Trunk.key(40 * "9"))
    refused(session, item, r"interface=.*: it has 107 characters; use at most 80", ValidationError)


def test_two_members_do_not_become_one(session: Session) -> None:
    """A device of a file with the new name is a member already."""
    members = [Member(phone="100", penalty=1), Member(interface="PJSIP/200", penalty=7)]
    apply(session, phone(), CallQueue(name="q", members=members))
    item = Rename(Phone.key("100"), Phone.key("200"))
    refused(session, item, "member 'PJSIP/200' of queue 'q'")


@on("mariadb")
def test_two_members_of_one_name_in_another_case(session: Session) -> None:
    """MariaDB takes them for one."""
    members = [Member(phone="100"), Member(interface="PJSIP/ANN")]
    apply(session, phone(), CallQueue(name="q", members=members))
    refused(session, Rename(Phone.key("100"), Phone.key("ann")), "member 'PJSIP/ANN'")


def test_a_way_in_for_strangers_is_not_made(session: Session) -> None:
    """A route to a trunk does not move into the context of unauthenticated callers."""
    route = OutboundRoute(context="phones", pattern="_+X.", trunk="peer")
    apply(session, trunk(), route)
    key = partial(OutboundRoute.key, "_+X.")
    refused(session, Rename(key(context="phones"), key(context="from-peer")), "from-peer")


# -- Not a rename ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("100", "200", "^old='str': it is not a key; give one, such as Phone.key"),
        (Phone.key("100"), "200", "^new='str': it is not a key"),
        (phone(), phone(id="200"), "^old='Phone': it is not a key"),
        (None, None, "^old='NoneType': it is not a key"),
        (Phone.key("1"), WebRtcPhone.key("2"), "^new=.*WebRtcPhone.*Phone; give keys of one class"),
        (Trunk.key("1"), TwilioTrunk.key("2"), "^new=.*give keys of one class"),
        (Allowance.key("1"), Allowance.key("2"), "^old='Allowance': it cannot be renamed"),
        (
            QueueMembership.key("q", phone="1"),
            QueueMembership.key("q", phone="2"),
            "^old='QueueMembership': it cannot be renamed",
        ),
        (
            OutboundRoute.key("_+X.", context="a"),
            OutboundRoute.key("911", context="a"),
            "^pattern='911': a route keeps its pattern",
        ),
        (Phone.key("100"), Phone.key("a b"), "^id='a b'"),
        (Phone.key("100"), Phone.key(""), "^id=''"),
        (Phone.key("100"), Phone.key("a\0"), "^id="),
        (Phone.key("100"), Phone.key(41 * "1"), "^id="),
        (Phone.key("100"), Phone.key("anonymous"), "^id='anonymous'"),
        (Mailbox.key("100"), Mailbox.key("x"), "^number='x'"),
        (Mailbox.key("100"), Mailbox.key("100", context="a b"), "^context='a b'"),
        (CallQueue.key("q"), CallQueue.key("a,b"), "^name='a,b'"),
        (
            InternalExtension.key("1", context="a"),
            InternalExtension.key("_X.", context="a"),
            "^exten='_X.'",
        ),
        (
            InboundRoute.key("+12025550123", context="a"),
            InboundRoute.key("12025550123", context="a"),
            "^number='12025550123'",
        ),
    ],
)
def test_what_is_no_rename(old: Any, new: Any, message: str) -> None:
    """One error says which of the two it is, and what to give."""
    with pytest.raises(ValidationError, match=message):
        Rename(old, new)


def test_a_rename_shows_its_keys() -> None:
    """So that a person sees in a list of items what is meant."""
    shown = repr(Rename(Phone.key("100"), Phone.key("200")))

    assert shown.startswith("Rename(")
    assert shown.index("100") < shown.index("200")


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 300])
def test_a_name_that_nothing_has(session: Session, name: str) -> None:
    """Any old key may be asked for: there is no such thing."""
    refused(session, Rename(Phone.key(name), Phone.key("200")), "there is no phone", NotFoundError)


def test_a_name_that_nothing_can_have(session: Session) -> None:
    """As `delete` says it."""
    item = Rename(Phone.key("a\0"), Phone.key("200"))
    refused(session, item, "there is no phone", NotFoundError)


def test_a_number_in_another_spelling(session: Session) -> None:
    """The new key is what the spec would have: nobody dials brackets."""
    apply(session, *NEEDS, InboundRoute(number="+12025550123", **ENTER))
    key = partial(InboundRoute.key, context="from-nine")
    rename(session, key("+12025550123"), key("+1 (202) 555-0199"))

    assert set(values(session, "extensions", "exten")) == {"+12025550199", "12025550199"}


def test_a_pin_that_is_the_new_number(session: Session) -> None:
    """A spec may not have it, so that nobody gets in by the number of the box."""
    apply(session, Mailbox(number="100", pin="4711"))
    item = Rename(Mailbox.key("100"), Mailbox.key("4711"))
    refused(session, item, "everybody would try first", ValidationError)


def test_an_extension_whose_destination_is_in_a_file(session: Session) -> None:
    """It leads there already, so it may lead there under another number."""
    extension = InternalExtension(exten="5", context="phones", destination=ToQueue("help"))
    apply(session, CallQueue(name="help"), extension)
    session.execute(text("DELETE FROM queues"))
    session.expire_all()
    key = partial(InternalExtension.key, context="phones")

    assert rename(session, key("5"), key("6"))


# -- Upper and lower case --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["phone", "trunk", "queue", "playlist", "follow-me"])
def test_another_case(session: Session, kind: str) -> None:
    """On MariaDB too, where the old and the new name are equal; and back again."""
    spec, _parts = KINDS[kind]
    cls: Any = type(spec)
    field = "id" if hasattr(spec, "id") else "name"
    apply(session, *NEEDS, attrs.evolve(spec, **{field: "ann.b"}))
    before = cells(session)
    there: Any = get(session, cls, "ann.b")
    done = rename(session, cls.key("ann.b"), cls.key("Ann.B"))

    assert done
    renamed: Any = get(session, cls, "Ann.B")
    assert renamed == attrs.evolve(there, **{field: "Ann.B"}, **user_of(there))
    assert get(session, cls, "ann.b") is None
    rename(session, cls.key("Ann.B"), cls.key("ann.b"))
    assert cells(session) == before


def test_another_case_of_what_is_named(session: Session) -> None:
    """Members, whose key is the name, and steps go along."""
    apply(
        session,
        phone(id="ann"),
        CallQueue(name="q", members=[Member(phone="ann")]),
        InternalExtension(exten="5", context="phones", destination=ToPhone("ann")),
    )
    rename(session, Phone.key("ann"), Phone.key("Ann"))

    assert values(session, "queue_members", "interface") == ["PJSIP/Ann"]
    assert values(session, "extensions", "appdata")[0] == "PJSIP/Ann"


def test_the_same_key_changes_nothing(engine: Engine, session: Session) -> None:
    """As with any item that already is so."""
    apply(session, phone())
    session.commit()
    with statements(engine) as sent:
        assert rename(session, Phone.key("100"), Phone.key("100")) == Plan()

    assert writes(sent) == []


# -- With others in one call -----------------------------------------------------------------------


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
    """One gets the name; the other is told so, or finds the thing gone."""
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
