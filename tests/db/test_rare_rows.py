"""A look-up that indexes serve finds each row that a look at all rows finds."""

from __future__ import annotations

import random
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import literal_column, select, text

from asterisk_realtime import (
    CallQueue,
    FollowMeProfile,
    FollowMeStep,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    Phone,
    ToFollowMe,
    ToMailbox,
    ToPhone,
    ToQueue,
    ToVoicemailMain,
    WebRtcPhone,
    apply,
)
from asterisk_realtime.models import (
    Aor,
    Auth,
    Base,
    Endpoint,
    Extension,
    FollowMe,
    MusicOnHold,
    Queue,
    Voicemail,
)
from asterisk_realtime.models.rare import CONDITIONS, Rare
from asterisk_realtime.provision.checks import conflicts, emergency, onward
from asterisk_realtime.provision.engine.records import identity
from asterisk_realtime.provision.engine.references import REFERENCES
from asterisk_realtime.provision.engine.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.scopes import Question

PASSWORD: Final = "Correct-Horse-7"

APPS: Final = (
    *("Dial", "dial", "RetryDial", "Page", "Originate", "Exec", "TryExec", "ExecIf", "Goto"),
    *("GotoIf", "GOTO", "Gosub", "GosubIf", "Queue", "queue", "FollowMe", "MusicOnHold"),
    *("VoiceMail", "VoiceMailMain", "NoOp", "Hangup", "Set", "DISA", "BlindTransfer"),
)
ARGUMENTS: Final = (
    *("PJSIP/101", "PJSIP/101,20", "pjsip/101,20", "PJSIP/1011", "PJSIP/10", " PJSIP/101"),
    *("PJSIP/101&PJSIP/102,20", "PJSIP/102&PJSIP/101", "PJSIP/101/sip:a@b", "PJSIP\\/101"),
    *('"PJSIP/101"', "PJSIP/102,20,b(x)PJSIP/101", "PJSIP/102,PJSIP/101", "PJSIP/101:x"),
    *("PJSIP/${EXTEN}@101", "PJSIP/+1202@101,30", "PJSIP/+1202@101", "SIP/101/7", "DAHDI/g1/7"),
    *("${PJSIP_DIAL_CONTACTS(101)},20", "${PJSIP_DIAL_CONTACTS(101)}", "${X},20"),
    *("${PJSIP_DIAL_CONTACTS(101,101)},20", "${PJSIP_DIAL_CONTACTS(101,aor)}"),
    *("${PJSIP_DIAL_CONTACTS(1011)},20", "PJSIP/102&${PJSIP_DIAL_CONTACTS(101)}"),
    *(
        "Local/101@office",
        "Local/101@office/n,20",
        "Local/${EXTEN}@office",
        "local/${EXTEN}@office",
    ),
    *("PJSIP/102&Local/101@office", "office,101,1", "office,101,1(x)", "101,1", "1"),
    *(" office,101,1", "office,${EXTEN},1", "Office,${EXTEN},1", "${X}?office,101,1:101,1"),
    *("101,office", "101", "101,t", "101@default", "101@default,u", "101@acme,u", "102&101"),
    *("102@acme&101@acme,u", "101&102", "101@default&102", "@default", "101;x", "PJSIP/101;x"),
    *(
        "PJSIP/101 ",
        "PJSIP/101^2C20",
        "Dial(PJSIP/101)",
        "1?Dial(PJSIP/101,20)",
        "no-password,office",
    ),
    *("1?Goto(office,${EXTEN},1)", "DISA(no-password,office)", "1?DISA(no-password,office)"),
    *("emergency numbers of DE", "emergency numbers of US", "", "20"),
)
EXTENS: Final = ("101", "_X.", "_NXXXXXXXXX")
DEVICES: Final = (
    *("PJSIP/101", "pjsip/101", "PJSIP/1011", "PJSIP/102&PJSIP/101", "PJSIP/101@x", "PJSIP/7@101"),
    *("Local/101@office", "Local/101@office/n", "PJSIP/101^2F", "PJSIP/101 ", '"PJSIP/101"'),
    *("PJSIP\\/101", "SIP/101", "PJSIP/101,1", "PJSIP/101:x", "PJSIP/a/101", "101"),
)
LISTS: Final = (None, "", "101", "102", "101,102", "102,101", " 101", "101 ", "101;102", "1^301")
BOXES: Final = (*LISTS, "101@default", "101@acme", "102@acme,101@acme", "101@default,102")
MUSIC: Final = (*LISTS, "default", "Default")
CONTEXTS: Final = (None, "", "office", "Office", "office ", "x;office", "default", "other")


def fill(session: Session) -> None:
    """Write rows in every form that a person or another tool may have chosen."""
    chance = random.Random(7)  # noqa: S311 - no secret
    steps = [
        {"c": context, "e": exten, "p": number, "a": app, "d": arguments}
        for number, (app, arguments) in enumerate(product(APPS, ARGUMENTS), 1)
        for context, exten in [
            (chance.choice(("office", "Office", "other")), chance.choice(EXTENS))
        ]
    ]
    session.execute(
        text(
            "INSERT INTO extensions (context, exten, priority, app, appdata)"
            " VALUES (:c, :e, :p, :a, :d)"
        ),
        steps,
    )
    members = [
        {"q": f"q{number}", "i": device, "s": state, "u": number}
        for number, (device, state) in enumerate(product(DEVICES, (None, "PJSIP/101", "x")), 1)
    ]
    session.execute(
        text(
            "INSERT INTO queue_members (queue_name, interface, state_interface, uniqueid)"
            " VALUES (:q, :i, :s, :u)"
        ),
        members,
    )
    endpoints: list[dict[str, Any]] = [
        {column: cell} for column in ("aors", "auth", "outbound_auth", "acl") for cell in LISTS
    ]
    endpoints += [{"mailboxes": cell} for cell in BOXES]
    endpoints += [{"context": one, "auth": two} for one, two in product(CONTEXTS, (None, "", "x"))]
    columns = ("id", "aors", "auth", "outbound_auth", "acl", "mailboxes", "context", "moh_suggest")
    written = [{"id": f"e{number}", **cells} for number, cells in enumerate(endpoints)]
    written += [{"id": f"m{place}", "moh_suggest": cell} for place, cell in enumerate(MUSIC)]
    written += [{"id": "101", "aors": "101", "auth": "101", "outbound_auth": "101"}]
    session.execute(
        text(
            f"INSERT INTO ps_endpoints ({', '.join(columns)})"
            f" VALUES ({', '.join(f':{name}' for name in columns)})"
        ),
        [{name: cells.get(name) for name in columns} for cells in written],
    )
    ids = [{"id": name} for name in ("101", "1_1", "1%", "a_", "b")]
    session.execute(text("INSERT INTO ps_aors (id) VALUES (:id)"), ids)


TARGETS: Final[tuple[Base, ...]] = (
    *(model(id="101") for model in (Endpoint, Aor, Auth)),
    *(model(name="101") for model in (Queue, FollowMe, MusicOnHold)),
    *(MusicOnHold(name=name) for name in ("default", "Default")),
    Voicemail(mailbox="101", context="default", password="31337"),
    Voicemail(mailbox="101", context="acme", password="31337"),
    Extension(context="office", exten="101", priority=1, app="NoOp"),
    Extension(context="office", exten="101", priority=2, app="NoOp"),
)


def questions(view: View) -> Iterator[Question]:
    """Return the questions about names, contexts and numbers."""
    for row in TARGETS:
        yield from (item.question(view, row) for item in REFERENCES if item.target is type(row))
    for context in ("office", "default", "other"):
        yield conflicts.unauthenticated_in(context)
        yield conflicts.authenticated_in(context)
        yield conflicts.outbound_steps(context)
        yield onward.from_context(context)
        yield onward.to_context(context)
        yield emergency.notes(context)
    yield conflicts.aors_of_others()
    yield conflicts.auth_users()
    yield conflicts.wildcards()


def test_indexed_look_ups_miss_nothing(session: Session) -> None:
    """Each question has the answers that it has among all rows of its table."""
    fill(session)
    view = View(session)
    rows: dict[type[Base], list[Any]] = {}
    answered = 0
    for question in questions(view):
        if question.model not in rows:
            rows[question.model] = list(session.scalars(select(question.model)))
        expected = {identity(row) for row in rows[question.model] if question.holds(row)}
        found = {identity(row) for row in view.answers(question)}
        assert found == expected, question.name
        answered += bool(expected)
    assert answered > len(REFERENCES)


SPECS: Final = (
    Phone(id="101", context="office", password=PASSWORD, mailbox="101@acme"),
    Phone(id="102", context="office", password=PASSWORD),
    WebRtcPhone(id="103", context="office", password=PASSWORD),
    Mailbox(number="101", context="acme"),
    CallQueue(name="sales", members=(Member(phone="101"), Member(phone="102"))),
    FollowMeProfile(name="101", steps=(FollowMeStep(numbers=("102",)),), context="office"),
    *(
        InternalExtension(exten=exten, context="office", destination=target)
        for exten, target in {
            "101": ToPhone("101", otherwise=ToMailbox("101@acme")),
            "102": ToPhone("102", every_device=True),
            "200": ToQueue("sales"),
            "201": ToFollowMe("101"),
            "*97": ToVoicemailMain(),
        }.items()
    ),
    InboundRoute(number="+12025550123", context="from-trunk", destination="office,101,1"),
)


@pytest.mark.parametrize("table", CONDITIONS)
def test_what_specs_write_is_not_rare(session: Session, table: str) -> None:
    """Phones, their mailboxes, extensions and queues have no row that all look-ups must read."""
    apply(session, *SPECS)
    session.flush()
    statement: Any = select(literal_column("*")).select_from(text(table)).where(Rare(table))
    assert session.execute(statement).all() == []
