"""Calls at once: what they leave is what they would have left one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from sqlalchemy import create_engine, event, select
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    AccessList,
    AccessRule,
    CallQueue,
    ConflictError,
    InternalExtension,
    Mailbox,
    Member,
    NotFoundError,
    OutboundRoute,
    Phone,
    Plan,
    Spec,
    ToMailbox,
    ToPhone,
    ToQueue,
    Trunk,
    WebRtcPhone,
    apply,
    create,
    delete,
    ensure,
    get,
    lock,
    plan,
)
from asterisk_realtime.models import Endpoint
from tests.db.racing import at_once
from tests.db.tools import PASSWORD, on_servers, rows, statements, work, writes

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

PHONE = Phone(id="100", context="phones", password=PASSWORD)
TRUNK = Trunk(
    name="peer", contact="sip:peer.example", transport="tls", context="from-peer", codecs=["ulaw"]
)
WEB = WebRtcPhone(id="100", context="phones", password=PASSWORD)
QUEUE = CallQueue(name="help", members=[Member(phone="100")])
LIST = AccessList(name="office", rules=[AccessRule.permit("10.0.0.0/8")])


def given(engine: Engine, *specs: Any) -> None:
    """Have the database hold these."""
    with Session(engine) as session, session.begin():
        apply(session, *specs)


def errors(done: list[Any]) -> list[Exception]:
    """Return what failed."""
    return [item for item in done if isinstance(item, Exception)]


def test_two_apply_the_same(engine: Engine) -> None:
    """One adds it, and the other finds nothing to change."""
    for specs in ((PHONE, TRUNK), (LIST,), (QUEUE,)):
        done = at_once(engine, *[partial(_applied, specs)] * 2)

        assert sorted(map(bool, done)) == [False, True]


def _applied(specs: tuple[Any, ...], session: Session) -> Plan:
    return apply(session, *specs)


@pytest.mark.parametrize(
    "spec",
    [PHONE, TRUNK, LIST, Mailbox(number="100", pin="4711")],
    ids=lambda spec: type(spec).__name__,
)
def test_many_create_the_same(engine: Engine, spec: Spec) -> None:
    """One wins, and the errors of the others name what exists."""
    lost = errors(at_once(engine, *[lambda session: create(session, spec)] * 3))

    assert len(lost) == 2
    assert all(isinstance(error, ConflictError) for error in lost)
    with Session(engine) as session:
        assert not plan(session, spec)


def test_names_that_differ_in_case(engine: Engine) -> None:
    """They are one name, for MariaDB and for SIP."""
    calls = [
        lambda session, name=name: create(session, attrs.evolve(PHONE, id=name))
        for name in ("Bob", "bob", "BOB")
    ]

    assert len(errors(at_once(engine, *calls))) == 2


def test_a_phone_and_an_unauthenticated_trunk_in_one_context(engine: Engine) -> None:
    """Callers whom nobody authenticates must not get where phones call out."""
    there = attrs.evolve(TRUNK, context="phones")
    lost = errors(at_once(engine, lambda s: create(s, PHONE), lambda s: create(s, there)))

    assert len(lost) == 1
    assert isinstance(lost[0], ConflictError)


def test_a_phone_goes_while_a_queue_takes_it(engine: Engine) -> None:
    """Either the queue is refused, or the phone stays."""
    given(engine, PHONE)
    lost = errors(at_once(engine, lambda s: delete(s, Phone, "100"), lambda s: create(s, QUEUE)))

    assert len(lost) == 1
    assert isinstance(lost[0], NotFoundError | ConflictError)
    with Session(engine) as session:
        members, phones = rows(session, "queue_members"), rows(session, "ps_endpoints")
        assert len(members) == len(phones)


def test_two_changes_of_one_extension(engine: Engine) -> None:
    """It leads where one of them said, not half here and half there."""
    boxes = [Mailbox(number=name, pin="4711") for name in ("1", "2")]
    phones = [attrs.evolve(PHONE, id=name) for name in ("101", "102")]
    queue = CallQueue(name="q", members=[])
    ways = [
        InternalExtension(
            exten="5",
            context="phones",
            destination=ToPhone("101", otherwise=ToMailbox("1")),
        ),
        InternalExtension(
            exten="5",
            context="phones",
            destination=ToQueue("q", timeout=9, otherwise=ToPhone("102", otherwise=ToMailbox("2"))),
        ),
    ]
    given(engine, *boxes, *phones, queue)
    done = at_once(engine, *[partial(_applied, (way,)) for way in ways])

    assert errors(done) == []
    with Session(engine) as session:
        assert sorted(bool(plan(session, way)) for way in ways) == [False, True]


def test_two_deletes_at_once(engine: Engine, recwarn: pytest.WarningsRecorder) -> None:
    """One removes the rows, and the other finds none."""
    given(engine, PHONE, Mailbox(number="100", pin="4711"))
    for call in (lambda s: delete(s, Phone, "100"), lambda s: delete(s, Mailbox, "100")):
        done = at_once(engine, call, call)

        assert [type(error) for error in errors(done)] == [NotFoundError]
    given(engine, PHONE)
    done = at_once(engine, *[partial(_applied, (Absent(Phone, "100"),))] * 2)
    assert sorted(map(bool, done)) == [False, True]
    assert list(recwarn) == []


def test_a_transaction_that_has_looked_before(engine: Engine) -> None:
    """On MariaDB it still sees its first look; a call sees the present rows, as does the next."""

    def look(session: Session) -> None:
        session.execute(select(Endpoint.id)).all()

    def both(session: Session, name: str) -> None:
        create(session, attrs.evolve(PHONE, id=name))
        create(session, attrs.evolve(TRUNK, name=f"t{name}", context=f"from-{name}"))
        create(session, attrs.evolve(PHONE, id="the-last"))

    calls = [partial(both, name=name) for name in ("100", "101", "102")]
    done = at_once(engine, *calls, before=look)

    assert [type(error) for error in errors(done)] == [ConflictError] * 2
    with Session(engine) as session:
        assert len(rows(session, "ps_endpoints")) == 3


def test_a_transaction_takes_the_lock_once_more(engine: Engine) -> None:
    """Who holds it goes on, in the same savepoint or after one that was taken back."""
    with Session(engine) as session, session.begin():
        create(session, PHONE)
        with pytest.raises(ConflictError):
            create(session, PHONE)
        nested = session.begin_nested()
        create(session, attrs.evolve(PHONE, id="101"))
        nested.rollback()
        create(session, attrs.evolve(PHONE, id="101"))
    given(engine, PHONE, attrs.evolve(PHONE, id="102"))
    with Session(engine) as session:
        assert [row["id"] for row in rows(session, "ps_endpoints")] == ["100", "101", "102"]


def test_what_changes_nothing_takes_no_lock(engine: Engine) -> None:
    """A plan, a search, and a call for what already is as wanted do not wait."""
    given(engine, PHONE)
    other = attrs.evolve(PHONE, id="101")
    with Session(engine) as writer, Session(engine) as reader:
        create(writer, other)
        with statements(engine) as sent:
            assert get(reader, Phone, "100") is not None
            assert plan(reader, attrs.evolve(PHONE, context="office"))
            assert not apply(reader, PHONE)
            assert not apply(reader, Absent(OutboundRoute, "_X.", context="phones"))
        assert writes(sent) == []
        writer.rollback()


def test_a_refused_call_looks_once(engine: Engine) -> None:
    """What was read holds together if no other call was committed meanwhile."""
    given(engine, PHONE, QUEUE, TRUNK)
    for call in (
        lambda s: create(s, PHONE),
        lambda s: create(s, attrs.evolve(PHONE, id="101", context="from-peer")),
        lambda s: create(s, attrs.evolve(QUEUE, name="x", members=[Member(phone="999")])),
        lambda s: delete(s, Phone, "100"),
        lambda s: delete(s, Phone, "999"),
    ):
        with Session(engine) as session, statements(engine) as sent:
            with pytest.raises((ConflictError, NotFoundError)):
                call(session)
            looked = work(sent)

        assert len(looked) == len(set(looked))


@on_servers
@pytest.mark.parametrize(
    "call",
    [
        lambda session: get(session, WebRtcPhone, "100"),
        lambda session: plan(session, WEB),
        lambda session: apply(session, WEB),
    ],
    ids=["find", "plan", "apply"],
)
def test_a_commit_between_two_statements(engine: Engine, call: Callable[[Session], object]) -> None:
    """Another made a WebRTC phone of the phone that was just read: the call looks again."""
    given(engine, PHONE)
    own = create_engine(engine.url, isolation_level="READ COMMITTED")
    waiting = [[Absent(Phone, "100"), WEB]]

    def replace(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if waiting and "ps_endpoints.rtp_timeout" in statement:
            given(engine, *waiting.pop())

    event.listen(own, "after_cursor_execute", replace)
    with Session(own) as session, session.begin():
        call(session)
    own.dispose()

    assert not waiting
    with Session(engine) as session:
        assert get(session, WebRtcPhone, "100") == WEB


def test_two_changes_of_one_row(engine: Engine) -> None:
    """An UPDATE names what changed alone: the other transaction's column keeps its new value."""
    given(engine, PHONE)
    with Session(engine) as one, Session(engine) as two:
        if engine.dialect.name != "sqlite":  # where who has read cannot write after another
            one.get_one(Endpoint, "100")
        ensure(two, attrs.evolve(PHONE, caller_id='"Ann" <100>'))
        two.commit()
        ensure(one, attrs.evolve(PHONE, caller_id='"Ann" <100>', codecs=["alaw"]))
        one.get_one(Endpoint, "100").rtp_timeout = 90
        one.commit()
    with Session(engine) as session:
        row = session.get_one(Endpoint, "100")

        assert (str(row.callerid), row.allow, row.rtp_timeout) == ('"Ann" <100>', ("alaw",), 90)


def test_a_row_that_the_session_knows_and_another_deleted(
    engine: Engine, recwarn: pytest.WarningsRecorder
) -> None:
    """What is added in its place is a new row, which the session takes without a warning."""
    given(engine, PHONE)
    with Session(engine) as session:
        known = session.get_one(Endpoint, "100")
        session.commit()
        given(engine, Absent(Phone, "100"))
        create(session, attrs.evolve(PHONE, context="office"))
        session.commit()

        assert session.get_one(Endpoint, "100").context == "office"
        assert known not in session
    assert list(recwarn) == []


def test_what_was_read_under_the_lock_still_holds(engine: Engine) -> None:
    """Several programs that find a phone, change it and apply it lose no change of another."""
    with Session(engine) as session, session.begin():
        apply(session, Phone(id="100", context="phones"))

    def raise_limit() -> None:
        with Session(engine) as session, session.begin():
            lock(session)
            phone = get(session, Phone, "100")
            assert phone is not None
            apply(session, attrs.evolve(phone, max_contacts=phone.max_contacts + 1))

    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(raise_limit) for _ in range(12)]:
            job.result(120)

    with Session(engine) as session:
        found = get(session, Phone, "100")
        assert found is not None
        assert found.max_contacts == 1 + 12


def test_the_lock_is_given_back_with_the_transaction(engine: Engine) -> None:
    """By a rollback too, and without any change of a row that Asterisk reads."""
    with Session(engine) as session:
        lock(session)
        session.rollback()
    with Session(engine) as session, session.begin():
        lock(session)
        apply(session, Phone(id="100", context="phones"))
