"""A number that rings phones is a few steps of the dialplan, on every database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from asterisk_realtime import (
    Absent,
    Action,
    ConflictError,
    Extension,
    InboundRoute,
    LocalExtension,
    NotFoundError,
    Phone,
    QueueMember,
    apply,
    create_local_extension,
    delete_local_extension,
    ensure_local_extension,
    find_local_extension,
    plan,
)
from tests.db.tools import everything, rows, statements, work, writes

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

HANGUP = ("Hangup", "$[${HANGUPCAUSE} | 19]")


def extension(**fields: Any) -> LocalExtension:
    """Return an extension that is good but for *fields*."""
    return LocalExtension(**{"context": "phones", "exten": "100", "phones": ["100"], **fields})


@pytest.fixture(autouse=True)
def phones(session: Session) -> None:
    """Two phones that can be rung."""
    apply(session, *(Phone(id=name, context="phones") for name in ("100", "ann.1")))


def steps(session: Session, exten: str = "100") -> list[tuple[str, str]]:
    """Return application and arguments of each step, in order."""
    found = [row for row in rows(session, "extensions") if row["exten"] == exten]

    assert [row["priority"] for row in found] == list(range(1, len(found) + 1))
    return [(row["app"], row["appdata"]) for row in found]


def test_ringing_one_phone(session: Session) -> None:
    """It rings, and says that nobody answers."""
    made = create_local_extension(session, extension())

    assert steps(session) == [("Dial", "PJSIP/100,30"), HANGUP]
    assert [row.priority for row in made] == [1, 2]


def test_ringing_several_and_taking_a_message(session: Session) -> None:
    """All at once, then the mailbox."""
    spec = extension(phones=["100", "ann.1"], ring_seconds=5, voicemail="100")
    create_local_extension(session, spec)

    assert steps(session) == [
        ("Dial", "PJSIP/100&PJSIP/ann.1,5"),
        ("VoiceMail", "100@default,u"),
        HANGUP,
    ]
    assert find_local_extension(session, context="phones", exten="100") == spec


def test_only_what_differs_is_changed(engine: Engine, session: Session) -> None:
    """A step that is no longer wanted goes, and the same again writes nothing."""
    create_local_extension(session, extension(voicemail="100@default"))
    session.flush()
    with statements(engine) as sent:
        assert not ensure_local_extension(session, extension(voicemail="100@default"))
    changed = ensure_local_extension(session, extension(ring_seconds=9))

    assert writes(sent) == []
    assert len(work(sent)) <= 2
    assert [(row.action, row.key["priority"]) for row in changed.rows] == [
        ("change", 1),
        ("change", 2),
        ("remove", 3),
    ]
    assert steps(session) == [("Dial", "PJSIP/100,9"), HANGUP]


def test_an_extension_that_is_taken(session: Session) -> None:
    """``create`` never changes what is there, and nobody changes another dialplan."""
    create_local_extension(session, extension())
    with pytest.raises(ConflictError, match="step 1 of extension '100' in context 'phones'"):
        create_local_extension(session, extension(phones=["ann.1"]))
    session.add(
        Extension(context="phones", exten="200", priority=1, app="Playback", appdata="hello")
    )
    session.flush()
    before = everything(session)
    for call in (
        lambda: ensure_local_extension(session, extension(exten="200")),
        lambda: find_local_extension(session, context="phones", exten="200"),
        lambda: delete_local_extension(session, context="phones", exten="200"),
    ):
        with pytest.raises(ConflictError, match="another dialplan's"):
            call()

    assert everything(session) == before


@pytest.mark.parametrize(
    "appdata", ["PJSIP/100,30,tT", "PJSIP/+12025550123@twilio,30", "SIP/100,30", "PJSIP/100"]
)
def test_steps_that_say_more_are_another_dialplans(session: Session, appdata: str) -> None:
    """What a person added to a step is not lost."""
    create_local_extension(session, extension())[0].appdata = appdata
    session.flush()

    with pytest.raises(ConflictError, match="another dialplan's"):
        ensure_local_extension(session, extension())


def test_a_phone_that_is_not_there(session: Session) -> None:
    """It may come with the extension, in any order, but not never."""
    with pytest.raises(NotFoundError) as caught:
        create_local_extension(session, extension(phones=["100", "bob"]))
    assert (caught.value.kind, caught.value.name) == ("endpoint", "bob")

    apply(session, extension(phones=["bob"]), Phone(id="bob", context="phones"))

    assert steps(session)[0] == ("Dial", "PJSIP/bob,30")


def test_a_phone_that_is_rung_stays(session: Session) -> None:
    """Both can go at once; the phone alone cannot."""
    create_local_extension(session, extension(phones=["ann.1"]))
    with pytest.raises(ConflictError, match="step 1 of extension '100' in context 'phones'"):
        apply(session, Absent(Phone, "ann.1"))
    apply(session, Absent(Phone, "ann.1"), Absent(LocalExtension, "phones", "100"))

    assert [row["id"] for row in rows(session, "ps_endpoints")] == ["100"]
    assert rows(session, "extensions") == []


def test_a_phone_may_go_when_its_number_rings_another(session: Session) -> None:
    """What counts is what still names it when all of a call is done, in any order."""
    create_local_extension(session, extension(phones=["100", "ann.1"]))
    done = apply(session, Absent(Phone, "ann.1"), extension())

    assert {row.table for row in done.of(Action.REMOVE)} == {"ps_endpoints", "ps_aors", "ps_auths"}
    assert steps(session) == [("Dial", "PJSIP/100,30"), HANGUP]


def test_what_leads_there_keeps_it(session: Session) -> None:
    """A route, or a queue that reaches its member by the dialplan."""
    create_local_extension(session, extension(voicemail="100"))
    create_local_extension(session, extension(exten="101"))
    route = InboundRoute(number="+12025550123", context="from-x", destination="phones,100,1")
    apply(session, route)
    session.merge(QueueMember(queue_name="help", interface="Local/101@phones/n", uniqueid=1))
    session.flush()

    with pytest.raises(ConflictError, match=r"deleting step 1 .* extension '\+12025550123'"):
        delete_local_extension(session, context="phones", exten="100")
    with pytest.raises(ConflictError, match="member 'Local/101@phones/n' of queue 'help'"):
        delete_local_extension(session, context="phones", exten="101")
    assert ensure_local_extension(session, extension()).rows
    apply(session, Absent(InboundRoute, "from-x", "+12025550123"))
    assert delete_local_extension(session, context="phones", exten="100")


def test_deleting_leaves_the_neighbours(session: Session) -> None:
    """The same number elsewhere, and other numbers here."""
    create_local_extension(session, extension(exten="101"))
    create_local_extension(session, extension(context="other"))
    before = everything(session)
    create_local_extension(session, extension())
    deleted = delete_local_extension(session, context="phones", exten="100")

    assert len(deleted.rows) == 2
    assert everything(session) == before
    assert find_local_extension(session, context="phones", exten="100") is None
    with pytest.raises(NotFoundError):
        delete_local_extension(session, context="phones", exten="100")


def test_a_plan_for_an_office(session: Session) -> None:
    """Phones and their numbers in one call, which a second finds done."""
    specs = [
        spec
        for number in ("201", "202")
        for spec in (
            extension(exten=number, phones=[number]),
            Phone(id=number, context="phones"),
        )
    ]
    planned = plan(session, *specs)
    done = apply(session, *specs)

    assert planned == done
    assert not plan(session, *specs)
