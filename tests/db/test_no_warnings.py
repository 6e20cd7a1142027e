"""A plan warns of nothing but names that no row has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    AccessList,
    CallQueue,
    InternalExtension,
    Mailbox,
    MusicClass,
    OutboundRoute,
    Phone,
    Rename,
    ToVoicemailMain,
    apply,
    plan,
)
from asterisk_realtime.models import Extension
from asterisk_realtime.provision.engine import dangling
from asterisk_realtime.provision.engine.plans import Action, ColumnChange, RowChange
from asterisk_realtime.provision.engine.view import View
from tests.db.tools import insert, make_tables
from tests.db.warned import FOLLOWING, RULES, STEP, about, two_contexts
from tests.examples import phone, trunk, web_phone

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from asterisk_realtime import Spec


@pytest.fixture
def site(session: Session) -> Session:
    """A session whose dialplan has the contexts of phones and of a trunk, committed."""
    return two_contexts(session)


# -- Without a warning -----------------------------------------------------------------------------


def test_other_columns_of_a_row_change(site: Session) -> None:
    """The name was there before, and so was the warning."""
    apply(site, phone(mailbox="7"))

    assert plan(site, phone(mailbox="7", max_contacts=3)).warnings == ()
    assert plan(site, phone(mailbox="7", codecs=["alaw"])).warnings == ()
    assert plan(site, phone(mailbox="8")).warnings == (
        about("endpoint '100'", "mailbox '8@default'", "voicemail.conf"),
    )


def test_rows_that_go(site: Session) -> None:
    """They name nothing any more, and neither does a column that is emptied."""
    apply(site, phone(mailbox="7"), CallQueue(name="help", music_class="jazz"))

    assert plan(site, phone()).warnings == ()
    assert plan(site, CallQueue(name="help")).warnings == ()
    assert plan(site, Absent(Phone, "100")).warnings == ()
    assert plan(site, Absent(CallQueue, "help")).warnings == ()


@pytest.mark.parametrize(
    "spec",
    [
        phone(),
        web_phone(),
        trunk(),
        CallQueue(name="help"),
        CallQueue(name="help", members=[]),
        FOLLOWING,
        Mailbox(number="7", pin="4711"),
        MusicClass(name="jazz", directory="/music"),
        AccessList(name="house", rules=RULES),
        InternalExtension(exten="5", context="phones", destination=ToVoicemailMain()),
        InternalExtension(exten="5", context="phones", destination="phones,1,1"),
    ],
    ids=lambda spec: type(spec).__name__,
)
def test_defaults(site: Session, spec: Spec) -> None:
    """Asterisk has these without a row, or the tables fill them in."""
    planned = plan(site, spec)

    assert planned.rows
    assert planned.warnings == ()


def test_steps_that_stay_in_their_extension(site: Session) -> None:
    """A route by two trunks goes on at a step of its own."""
    apply(site, trunk(), trunk("two"))
    route = OutboundRoute(context="phones", pattern="_+X.", trunk=["peer", "two"])

    assert plan(site, route).warnings == ()


@pytest.mark.parametrize(
    "data",
    [
        "PJSIP/100/sip:x@phone.example",
        "PJSIP/100&PJSIP/${EXTEN}",
        "PJSIP/100&Local/${EXTEN}@phones",
        "PJSIP/100&Local/1@${CONTEXT}",
        "PJSIP/100&SIP/7@home",
    ],
)
def test_what_is_no_name(site: Session, data: str) -> None:
    """Hosts, variables, and devices of other drivers."""
    apply(site, phone())
    step = {"exten": "5", "priority": 1, "app": "Dial", "appdata": data}
    insert(site, "extensions", context="phones", **step)

    item = Rename(Phone.key("100"), Phone.key("300"))
    planned = plan(site, item)

    assert planned.rows
    assert planned.warnings == ()


@pytest.mark.parametrize("boxes", ["77", "77,78"])
def test_mailboxes_without_a_context(site: Session, boxes: str) -> None:
    """They may be those of another program, which tells Asterisk what waits in them."""
    apply(site, phone(), Mailbox(number="7", pin="4711"))
    for table in ("ps_endpoints", "ps_aors"):
        site.execute(text(f"UPDATE {table} SET mailboxes = :cell"), {"cell": f"7@default,{boxes}"})
    site.expire_all()

    assert plan(site, Rename(Phone.key("100"), Phone.key("300"))).warnings == ()
    renamed = plan(site, Rename(Mailbox.key("7"), Mailbox.key("8")))
    assert {row.table for row in renamed.rows} == {"ps_aors", "ps_endpoints", "voicemail"}
    assert renamed.warnings == ()


@pytest.mark.parametrize(
    ("app", "data"),
    [
        ("Queue", "${QUEUE}"),
        ("VoiceMail", "${EXTEN}@default,u"),
        ("VoiceMailMain", ""),
        ("VoiceMailMain", "@default"),
        ("MusicOnHold", ""),
        ("MusicOnHold", ",30"),
        ("Goto", "${CONTEXT},1,1"),
        ("Goto", "3"),
        ("Goto", "1,2"),
        ("GotoIf", "${X}?3:5"),
        ("GotoIf", "${X}?:5"),
    ],
)
def test_steps_without_a_name(site: Session, app: str, data: str) -> None:
    """Variables, places within the context, and what is left out: a trigger of each row's own."""
    step = {"exten": "5", "priority": 1, "app": app, "appdata": data}
    insert(site, "extensions", context="phones", **step)
    (row,) = site.scalars(select(Extension).where(Extension.exten == "5"))
    change = RowChange(
        Action.CHANGE, "extensions", step, (ColumnChange("appdata", None, row.appdata),)
    )

    assert dangling.warnings([(change, row)], View(site)) == ()


def test_where_the_step_does_name_one(site: Session) -> None:
    """The same look finds a name that is written out."""
    step = {"exten": "5", "priority": 1, "app": "GotoIf", "appdata": "${X}?annex,1,1:phones,1,1"}
    insert(site, "extensions", context="phones", **step)
    (row,) = site.scalars(select(Extension).where(Extension.exten == "5"))
    change = RowChange(
        Action.CHANGE, "extensions", step, (ColumnChange("appdata", None, row.appdata),)
    )

    assert dangling.warnings([(change, row)], View(site)) == (
        about(STEP, "context 'annex'", "extensions.conf"),
    )


# -- A database that lacks tables ------------------------------------------------------------------

LACKING: Final[dict[str, tuple[tuple[str, ...], Spec]]] = {
    "voicemail": (("voicemail",), phone(mailbox="101")),
    "dialplan": (("extensions",), phone(context="annex")),
    "music": (
        ("musiconhold_entry", "musiconhold"),
        CallQueue(name="help", music_class="jazz"),
    ),
    "rules": (("queue_rules",), CallQueue(name="help", default_rule="grow")),
}


@pytest.mark.parametrize(("tables", "spec"), LACKING.values(), ids=LACKING)
def test_a_family_that_is_not_in_the_database(
    empty_engine: Engine, tables: tuple[str, ...], spec: Spec
) -> None:
    """Asterisk has all of it in a file, so nothing is missing; other names still get a warning."""
    make_tables(empty_engine)
    with empty_engine.begin() as connection:
        for table in tables:
            connection.execute(text(f"DROP TABLE {table}"))
    with Session(empty_engine) as session:
        planned = plan(session, spec)
        done = apply(session, spec)
        others = {warning.text for warning in planned.warnings}

        assert done == planned
        assert others <= {about("", "context 'phones'", "extensions.conf").text}
        assert bool(others) == (tables == ("voicemail",))
