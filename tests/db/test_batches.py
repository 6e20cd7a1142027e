"""Many specs are applied in batches, all or none, and each wrong one is reported."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select, text

from asterisk_realtime import (
    Absent,
    BatchError,
    CallQueue,
    ConcurrentChangeError,
    ConflictError,
    InboundRoute,
    Member,
    NotFoundError,
    Phone,
    Plan,
    Totals,
    ValidationError,
    apply,
    apply_batches,
    plan,
)
from asterisk_realtime.models import Endpoint
from tests.db.tools import PASSWORD, everything
from tests.examples import phone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session


def phones(first: int, after: int) -> Iterator[Phone]:
    """Return phones, one after the other."""
    return (phone(id=f"p{number}") for number in range(first, after))


def count(session: Session) -> int:
    """Return the number of endpoints."""
    return session.scalar(select(func.count()).select_from(Endpoint)) or 0


def test_a_generator(session: Session) -> None:
    """The result is that of `apply`, and the totals count its rows."""
    seen: list[tuple[Totals, Plan]] = []
    totals = apply_batches(
        session, phones(0, 25), size=10, progress=lambda *told: seen.append(told)
    )

    assert (totals.specs, totals.added, totals.changed, totals.removed) == (25, 75, 0, 0)
    assert [now.specs for now, _plan in seen] == [10, 20, 25]
    assert [len(done.rows) for _now, done in seen] == [30, 30, 15]
    assert totals.reloads == seen[0][1].reloads
    assert plan(session, *phones(0, 25)) == Plan()
    again = apply_batches(session, phones(0, 25), size=10)
    assert (again.specs, again.added, again.changed) == (25, 0, 0)


def test_nothing(session: Session) -> None:
    """Without specs nothing happens."""
    assert apply_batches(session, []) == Totals()
    assert everything(session) == {}


def test_things_of_earlier_batches(session: Session) -> None:
    """A queue may name phones of its own batch and of one before it, in any order within one."""
    members = [Member(phone=f"p{number}") for number in (0, 6)]
    specs = [*phones(0, 5), CallQueue(name="sales", members=members), *phones(5, 9)]
    totals = apply_batches(session, specs, size=8)

    assert totals.specs == len(specs)
    assert plan(session, *specs) == Plan()


def test_what_apply_takes(session: Session) -> None:
    """Removals, and dictionaries in place of specs."""
    apply(session, phone(id="old"))
    spec = {"kind": "Phone", "id": "p0", "context": "phones", "password": PASSWORD}
    totals = apply_batches(session, [spec, Absent(Phone, "old")])

    assert (totals.added, totals.removed) == (3, 3)


def wrong() -> list[Any]:
    """Return specs, of which four are wrong, each in another way."""
    return [
        *phones(0, 3),
        {"kind": "Phone", "id": "a b", "context": "phones"},
        CallQueue(name="sales", members=[Member(phone="nobody")]),
        *phones(3, 10),
        phone(id="taken"),
        "not a spec",
        *phones(10, 12),
    ]


WRONG = {3: ValidationError, 4: NotFoundError, 12: ConflictError, 13: ValidationError}


@pytest.fixture
def taken(session: Session) -> Session:
    """A session whose database has a trunk of the name of a phone."""
    session.add(Endpoint(id="taken", context="else"))
    session.commit()
    return session


@pytest.mark.parametrize("size", [1, 4, 100])
def test_all_or_none(taken: Session, size: int) -> None:
    """Each wrong spec is told with its position, and nothing is written."""
    before = everything(taken)
    with pytest.raises(BatchError) as caught:
        apply_batches(taken, wrong(), size=size)

    assert {item.position: type(item.error) for item in caught.value.errors} == WRONG
    assert str(caught.value).count("\n  - spec ") == len(WRONG)
    assert everything(taken) == before
    apply(taken, phone(id="fine"))
    taken.commit()


def test_no_progress_after_an_error(session: Session) -> None:
    """With `whole`, what follows a wrong spec is checked only."""
    written: list[int] = []
    specs = [
        *phones(0, 4),
        CallQueue(name="sales", members=[Member(phone="nobody")]),
        *phones(4, 8),
    ]
    with pytest.raises(BatchError):
        apply_batches(session, specs, size=2, progress=lambda now, _plan: written.append(now.specs))

    assert written == [2, 4]


def test_each_batch(taken: Session) -> None:
    """Without `whole` the batches of right specs are written, and no other row."""
    written: list[int] = []
    totals = apply_batches(
        taken,
        wrong(),
        size=5,
        whole=False,
        progress=lambda now, _plan: written.append(now.specs),
    )

    assert {item.position: type(item.error) for item in totals.errors} == WRONG
    assert totals.specs == len(wrong())
    assert written == [10, 16]
    assert set(taken.scalars(select(Endpoint.id))) == {
        "taken",
        *(f"p{number}" for number in range(3, 8)),
        "p11",
    }
    assert (totals.added, totals.changed) == (18, 0)


def test_a_generator_that_fails(session: Session) -> None:
    """A spec that cannot be made is an error of its position, and ends the generator."""

    def specs() -> Iterator[Phone]:
        yield from phones(0, 3)
        yield phone(id="a b")

        yield from phones(3, 9)

    for whole, written in ((True, 0), (False, 2)):
        with pytest.raises(BatchError, match="those after it were not read:\n  - spec 3: id='a b'"):
            apply_batches(session, specs(), size=2, whole=whole)
        assert count(session) == written


def test_an_iterator_that_goes_on(session: Session) -> None:
    """Each wrong spec of a `map` is reported, since it goes on after an error."""
    names = ["a b", "p1", "c d", "p3"]
    totals = apply_batches(session, map(phone_of, names), size=1, whole=False)

    assert [item.position for item in totals.errors] == [0, 2]
    assert (totals.specs, count(session)) == (4, 2)
    with pytest.raises(BatchError) as caught:
        apply_batches(session, map(phone_of, names))
    assert [item.position for item in caught.value.errors] == [0, 2]
    assert not caught.value.unread
    assert pickle.loads(pickle.dumps(caught.value)).to_dict() == caught.value.to_dict()  # noqa: S301 - our own


def phone_of(name: str) -> Phone:
    """Return a phone of that id."""
    return phone(id=name)


def test_progress_that_commits(session: Session) -> None:
    """With `whole` it is refused, since it would keep what a later error takes back."""
    with pytest.raises(ValidationError, match=r"progress.*ended the transaction.*whole=False"):
        apply_batches(session, phones(0, 9), size=2, progress=lambda *_told: session.commit())
    session.rollback()
    apply(session, phone(id="fine"))
    session.commit()

    totals = apply_batches(
        session, phones(10, 19), size=2, whole=False, progress=lambda *_told: session.commit()
    )
    session.rollback()
    assert totals.specs == 9
    assert {"fine", "p10", "p18"} <= set(session.scalars(select(Endpoint.id)))


def test_progress_that_is_asynchronous(session: Session) -> None:
    """It would never run."""

    async def told(_totals: Totals, _plan: Plan) -> None:
        pass

    with pytest.raises(TypeError, match="progress is asynchronous"):
        apply_batches(session, phones(0, 3), progress=told)
    assert count(session) == 0


def test_specs_that_contradict_each_other(session: Session) -> None:
    """What is wrong only beside another spec of its batch is told at the second one's position."""
    specs = [*phones(0, 9), phone(id="p4", context="else"), *phones(10, 15)]
    with pytest.raises(BatchError, match="another spec for it in the same call") as caught:
        apply_batches(session, specs)

    assert [item.position for item in caught.value.errors] == [9]
    assert count(session) == 0


def test_many_wrong_specs(session: Session) -> None:
    """Without `whole` they do not keep the right ones from being written."""
    bad = [{"kind": "Phone", "id": "a b"}] * 1200
    totals = apply_batches(session, [*bad, *phones(0, 3)], size=100, whole=False)

    assert (totals.specs, totals.added, len(totals.errors)) == (1203, 9, 1200)
    with pytest.raises(BatchError) as caught:
        apply_batches(session, [*bad, *phones(3, 6)], size=100)
    assert len(caught.value.errors) == 1000
    assert caught.value.unread
    assert caught.value.to_dict()["errors"][7]["position"] == 7


def test_another_program_wrote_the_same(session: Session) -> None:
    """Nothing is wrong with the specs then, so that the transaction may be run again."""
    session.execute(text("CREATE UNIQUE INDEX own ON ps_endpoints (callerid)"))
    try:
        specs = [phone(id=name, caller_id="7") for name in ("p1", "p2")]
        with pytest.raises(ConcurrentChangeError):
            apply_batches(session, specs)
        session.rollback()
    finally:
        mysql = session.get_bind().dialect.name not in {"sqlite", "postgresql"}
        table = " ON ps_endpoints" if mysql else ""
        session.execute(text(f"DROP INDEX IF EXISTS own{table}"))
        session.commit()


def test_what_the_session_held(session: Session) -> None:
    """A row that another program has deleted meanwhile is not what the session goes on showing."""
    apply(session, phone(id="p1", context="old"))
    session.commit()
    held = session.get(Endpoint, "p1")
    session.execute(text("DELETE FROM ps_endpoints"))
    apply_batches(session, [phone(id="p1", context="new")])

    assert held is not None
    assert session.get_one(Endpoint, "p1").context == "new"


def test_reloads_are_told_once(session: Session) -> None:
    """However many contexts are new."""
    routes = [
        InboundRoute(number="+12025550123", context=f"c{number}", destination="ivr,start,1")
        for number in range(6)
    ]
    totals = apply_batches(session, routes, size=2)

    assert len({item.module for item in totals.reloads}) == len(totals.reloads)


@pytest.mark.parametrize("specs", [None, "p1", 7, phone(), {"kind": "Phone"}, Phone])
def test_what_is_no_iterable_of_specs(session: Session, specs: Any) -> None:
    """One error says what to give."""
    with pytest.raises(ValidationError, match=r"^specs="):
        apply_batches(session, specs)


@pytest.mark.parametrize("size", [0, -1, 10_001, "1", None])
def test_sizes(session: Session, size: Any) -> None:
    """A batch has 1 to 10,000 specs."""
    with pytest.raises(ValidationError, match=r"^size="):
        apply_batches(session, phones(0, 1), size=size)


def test_an_interrupted_call_leaves_nothing(session: Session) -> None:
    """An error of the caller's own callback is the caller's, and nothing stays written."""

    def stop(totals: Totals, _plan: Plan) -> None:
        if totals.specs > 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply_batches(session, phones(0, 9), size=2, progress=stop)
    assert count(session) == 0
