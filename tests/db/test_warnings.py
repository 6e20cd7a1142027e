"""A plan warns of names in changed rows that no row has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest
from sqlalchemy import text

from asterisk_realtime import (
    AccessList,
    Allowance,
    CallQueue,
    FollowMeProfile,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    MusicClass,
    OutboundRoute,
    PenaltyRule,
    PenaltyStep,
    Phone,
    Plan,
    PlanWarning,
    Rename,
    ToFollowMe,
    ToMailbox,
    ToPhone,
    ToQueue,
    apply,
    ensure,
    plan,
    rename,
)
from tests.db.tools import insert, statements, work
from tests.db.warned import FOLLOWING, RULES, STEP, STEPS, about, two_contexts
from tests.examples import phone, trunk, web_phone

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from asterisk_realtime import Spec


@pytest.fixture
def site(session: Session) -> Session:
    """A session whose dialplan has the contexts of phones and of a trunk, committed."""
    return two_contexts(session)


# -- Each name that a spec gives -------------------------------------------------------------------

NAMES: Final[dict[str, tuple[Spec, PlanWarning, Spec]]] = {
    "mailbox": (
        phone(mailbox="101"),
        about("endpoint '100'", "mailbox '101@default'", "voicemail.conf"),
        Mailbox(number="101", pin="4711"),
    ),
    "mailbox of another context": (
        web_phone(mailbox="101@acme"),
        about("endpoint '200'", "mailbox '101@acme'", "voicemail.conf"),
        Mailbox(number="101", context="acme", pin="4711"),
    ),
    "context of a phone": (
        phone(context="annex"),
        about("endpoint '100'", "context 'annex'", "extensions.conf"),
        OutboundRoute(context="annex", pattern="_+X.", trunk="peer"),
    ),
    "context of a trunk": (
        trunk("two"),
        about("endpoint 'two'", "context 'from-two'", "extensions.conf"),
        InboundRoute(number="+12025550123", context="from-two", destination="phones,1,1"),
    ),
    "music of a queue": (
        CallQueue(name="help", music_class="jazz"),
        about("queue 'help'", "music class 'jazz'", "musiconhold.conf"),
        MusicClass(name="jazz", directory="/music"),
    ),
    "music of a follow-me profile": (
        FollowMeProfile(name="ann", steps=STEPS, context="phones", music_class="jazz"),
        about("follow-me profile 'ann'", "music class 'jazz'", "musiconhold.conf"),
        MusicClass(name="jazz", playlist=["/a.wav"]),
    ),
    "penalty rule": (
        CallQueue(name="help", default_rule="grow"),
        about("queue 'help'", "queue rule 'grow'", "queuerules.conf"),
        PenaltyRule(name="grow", steps=[PenaltyStep(after=5, max_penalty=1)]),
    ),
    "place": (
        InternalExtension(exten="5", context="phones", destination="annex,start,1"),
        about("step 1 of extension '5' in context 'phones'", "context 'annex'", "extensions.conf"),
        InternalExtension(exten="77", context="annex", destination="phones,1,1"),
    ),
}


@pytest.mark.parametrize(("spec", "warning", "supply"), NAMES.values(), ids=NAMES)
def test_a_name_that_no_row_has(
    site: Session, spec: Spec, warning: PlanWarning, supply: Spec
) -> None:
    """Until a row has it: in the same call, in any order, or before."""
    apply(site, trunk())
    planned = plan(site, spec)

    assert planned.warnings == (warning,)
    assert plan(site, spec, supply).warnings == plan(site, supply, spec).warnings == ()
    assert apply(site, spec) == planned
    assert apply(site, spec) == Plan()
    site.rollback()
    apply(site, trunk())
    ensure(site, supply)
    assert plan(site, spec).warnings == ()


def test_what_writes_does_not_look_for_them(engine: Engine, site: Session) -> None:
    """Their plans are equal to that of `plan`, which alone asks for the names."""
    spec, other = phone(mailbox="101"), phone(id="101", mailbox="101")
    planned = plan(site, spec)
    with statements(engine) as sent:
        done = ensure(site, spec)
        others = [apply(site, other), rename(site, Phone.key("101"), Phone.key("102"))]

    assert planned.warnings
    assert done == planned
    assert [item.warnings for item in (done, *others)] == [(), (), ()]
    assert [text_ for text_ in work(sent) if "FROM voicemail" in text_] == []


# -- Names in rows of a person ---------------------------------------------------------------------

WRITTEN: Final[dict[str, tuple[str, str, PlanWarning, tuple[Spec, ...]]]] = {
    "queue": (
        *("Queue", "help,t,,,20"),
        about(STEP, "queue 'help'", "queues.conf"),
        (CallQueue(name="help"),),
    ),
    "follow-me": (
        *("FollowMe", "ann"),
        about(STEP, "follow-me profile 'ann'", "followme.conf"),
        (FOLLOWING,),
    ),
    "mailbox": (
        *("VoiceMail", "7@default,u"),
        about(STEP, "mailbox '7@default'", "voicemail.conf"),
        (Mailbox(number="7", pin="4711"),),
    ),
    "music": (
        *("MusicOnHold", "jazz,30"),
        about(STEP, "music class 'jazz'", "musiconhold.conf"),
        (MusicClass(name="jazz", directory="/music"),),
    ),
    "phone": (
        *("Dial", "PJSIP/404,20"),
        about(STEP, "endpoint '404'", "pjsip.conf"),
        (phone(id="404"),),
    ),
    "context that is dialled": (
        *("Dial", "Local/1@annex/n"),
        about(STEP, "context 'annex'", "extensions.conf"),
        (InternalExtension(exten="77", context="annex", destination="phones,1,1"),),
    ),
}


@pytest.mark.parametrize(("app", "data", "warning", "supply"), WRITTEN.values(), ids=WRITTEN)
def test_a_name_in_a_step(
    site: Session, app: str, data: str, warning: PlanWarning, supply: tuple[Spec, ...]
) -> None:
    """Of a step that changes: a phone that it dials too is renamed."""
    apply(site, phone(), trunk())
    steps = [("Dial", f"PJSIP/100&{data}")] if app == "Dial" else [(app, data)]
    if app != "Dial":
        steps.append(("Dial", "PJSIP/100"))
    for priority, (name, arguments) in enumerate(steps, 1):
        step = {"priority": priority, "app": name, "appdata": arguments}
        insert(site, "extensions", context="phones", exten="5", **step)
    item = Rename(Phone.key("100"), Phone.key("300"))
    changed = plan(site, item)

    # The step with the name is not changed unless it dials the phone.
    assert changed.warnings == ((warning,) if app == "Dial" else ())
    assert plan(site, item, *supply).warnings == ()
    assert apply(site, item) == changed


@pytest.mark.parametrize(
    ("destination", "there", "name"),
    [
        (ToQueue("help"), CallQueue(name="help"), "queue"),
        (ToFollowMe("ann"), FOLLOWING, "follow-me"),
        (ToMailbox("7@default"), Mailbox(number="7", pin="4711"), "mailbox"),
    ],
    ids=["queue", "follow-me", "mailbox"],
)
def test_a_destination_that_is_in_a_file(
    site: Session, destination: Any, there: Spec, name: str
) -> None:
    """An extension that leads there may lead there still, if a phone does not answer."""
    extension = InternalExtension(exten="5", context="phones", destination=destination)
    apply(site, phone(), there, extension)
    for table in ("queues", "followme_numbers", "followme", "voicemail"):
        site.execute(text(f"DELETE FROM {table}"))
    site.expire_all()
    first = ToPhone("100", timeout=5, otherwise=destination)
    item = attrs.evolve(extension, destination=first)
    planned = plan(site, item)

    assert [warning.text for warning in planned.warnings] == [WRITTEN[name][2].text]
    assert "of extension '5' in context 'phones'" in planned.warnings[0].about
    assert plan(site, item, there).warnings == ()
    assert apply(site, item) == planned


@pytest.mark.parametrize("column", ["acl", "contact_acl"])
def test_an_access_list(site: Session, column: str) -> None:
    """Of a list of two, the one that is missing."""
    apply(site, phone(), AccessList(name="house", rules=RULES))
    site.execute(text(f"UPDATE ps_endpoints SET {column} = 'house,yard'"))
    site.expire_all()
    item = Rename(Phone.key("100"), Phone.key("300"))
    planned = plan(site, item)

    assert planned.warnings == (about("endpoint '300'", "ACL 'yard'", "acl.conf"),)
    assert plan(site, item, AccessList(name="yard", rules=RULES)).warnings == ()
    assert apply(site, item) == planned


def test_a_device_whose_state_counts(site: Session) -> None:
    """Of a member of a queue."""
    member = Member(interface="Local/1@phones", state_interface="PJSIP/404")
    queue = CallQueue(name="help", members=[member])
    warning = about("member 'Local/1@phones' of queue 'help'", "endpoint '404'", "pjsip.conf")

    assert plan(site, queue).warnings == (warning,)
    assert plan(site, queue, phone(id="404")).warnings == ()


def test_several_names(site: Session) -> None:
    """One warning for each row and name, in the order of the rows."""
    boxes = ("1@default", "2@default", "3@default")
    items = (
        Mailbox(number="2", pin="4711"),
        phone(mailbox=boxes),
        phone(id="101", mailbox=boxes[:1]),
        CallQueue(name="help", music_class="jazz", default_rule="grow"),
    )
    found = [(item.about, item.text.split(",")[0]) for item in plan(site, *items).warnings]

    assert sorted(found) == [
        ("endpoint '100'", "it names mailbox '1@default'"),
        ("endpoint '100'", "it names mailbox '3@default'"),
        ("endpoint '101'", "it names mailbox '1@default'"),
        ("queue 'help'", "it names music class 'jazz'"),
        ("queue 'help'", "it names queue rule 'grow'"),
    ]


# -- Warnings as data ------------------------------------------------------------------------------


def test_warnings_are_data(site: Session) -> None:
    """In the dictionary of the plan, and in its text."""
    planned = plan(site, phone(mailbox="101"))
    (warning,) = planned.warnings
    found = planned.to_dict()

    assert json.loads(json.dumps(found)) == found
    assert found["warnings"] == [{"about": warning.about, "text": warning.text}]
    assert str(warning) == f"endpoint '100': {warning.text}"
    assert str(planned).splitlines()[-1] == f"warning: {warning}"


def test_a_plan_without_warnings(site: Session) -> None:
    """The list is empty, and no line is shown."""
    planned = plan(site, phone())

    assert planned.to_dict()["warnings"] == []
    assert "warning" not in str(planned)


def test_how_many_statements_warnings_take(engine: Engine, site: Session) -> None:
    """As many for two names of a kind as for a hundred."""
    counts = []
    for number in (2, 100):
        specs = [phone(id=f"{number}-{one}", mailbox=str(one)) for one in range(number)]
        with statements(engine) as sent:
            warnings = plan(site, *specs).warnings
        counts.append(len(work(sent)))

        assert len(warnings) == number
    assert counts[0] == counts[1]


# -- Tables that Asterisk reads whole --------------------------------------------------------------


def allowed(number: int) -> Allowance:
    """Return an allowance of one network."""
    return Allowance(endpoint="peer", networks=[f"10.0.{number}.0/24"])


@pytest.mark.parametrize(("before", "warned"), [(298, False), (299, True), (1500, True)])
def test_many_identify_rows(site: Session, before: int, *, warned: bool) -> None:
    """A plan that adds the 300th row or a later one warns; one that adds none does not."""
    peer = trunk(name="peer")
    apply(site, peer)
    for number in range(before):
        match = f"192.0.{number // 250}.{number % 250}"
        insert(site, "ps_endpoint_id_ips", id=f"r{number}", endpoint="peer", match=match)
    planned = plan(site, allowed(1))

    assert [item.about for item in planned.warnings] == ["table 'ps_endpoint_id_ips'"] * warned
    assert all(f"it will have {before + 1:,} rows" in item.text for item in planned.warnings)
    apply(site, allowed(1))
    assert plan(site, allowed(1)).warnings == ()
    assert plan(site, attrs.evolve(peer, qualify_frequency=7)).warnings == ()
