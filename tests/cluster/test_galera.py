"""Three nodes of a Galera cluster, through each of which somebody provisions."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from asterisk_realtime import (
    Allowance,
    CallQueue,
    ConflictError,
    Member,
    NotFoundError,
    Phone,
    Trunk,
    apply,
    create,
    delete,
    ensure,
    get,
    in_transaction,
    is_retryable,
    lock,
    migrations,
    rename,
)
from tests.cluster.work import PATIENT, at_commit, broken, change, dump, empty, failures
from tests.db.tools import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Engine

    Call = Callable[[Session], object]

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("galera")]

PHONE = Phone(id="100", context="phones", password=PASSWORD)
TRUNK = Trunk(
    name="peer", contact="sip:peer.example", transport="tls", context="from-peer", codecs=["ulaw"]
)
OTHER = attrs.evolve(TRUNK, name="other", context="from-other")
QUEUE = CallQueue(name="help", members=[Member(phone="100")])


def lets(trunk: Trunk) -> Call:
    """Return a call that gives a trunk an address."""
    return lambda s: ensure(s, Allowance(endpoint=trunk.name, networks=["192.0.2.7"]))


RACES: dict[str, tuple[list[Any], Call, Call]] = {
    "an address for two trunks": ([TRUNK, OTHER], lets(TRUNK), lets(OTHER)),
    "a name for a phone and a trunk": (
        [],
        lambda s: create(s, PHONE),
        lambda s: create(s, attrs.evolve(TRUNK, name="100")),
    ),
    "names that differ in case": (
        [],
        lambda s: create(s, attrs.evolve(PHONE, id="Bob")),
        lambda s: create(s, attrs.evolve(PHONE, id="bob")),
    ),
    "a new name and a new phone": (
        [PHONE],
        lambda s: rename(s, Phone.key("100"), Phone.key("200")),
        lambda s: create(s, attrs.evolve(PHONE, id="200")),
    ),
    "a phone goes, a queue takes it": (
        [PHONE],
        lambda s: delete(s, Phone, "100"),
        lambda s: create(s, QUEUE),
    ),
    "callers whom nobody authenticates, and phones": (
        [],
        lambda s: create(s, PHONE),
        lambda s: create(s, attrs.evolve(TRUNK, context="phones")),
    ),
}
"""What is there before, and two calls of which one must be refused."""


def check_equal(readers: Sequence[Engine]) -> dict[str, list[str]]:
    """Check that all nodes hold the same rows and none of what must not be; return the rows."""
    first, *others = [dump(engine) for engine in readers]
    assert all(other == first for other in others)
    assert [broken(engine) for engine in readers] == [[]] * len(readers)
    return first


def test_the_schema_is_on_all_nodes(engines: list[Engine], readers: list[Engine]) -> None:
    """It was made through the first. Each table has the primary key that Galera needs."""
    keyless = text(
        "SELECT table_name FROM information_schema.tables AS t WHERE table_schema = DATABASE() AND "
        "NOT EXISTS (SELECT 1 FROM information_schema.table_constraints AS c WHERE c.table_schema "
        "= t.table_schema AND c.table_name = t.table_name AND constraint_type = 'PRIMARY KEY')"
    )
    for engine in readers:
        assert migrations.check(engine) == ()
        with engine.connect() as connection:
            assert connection.scalars(keyless).all() == []
    for engine in engines:
        migrations.upgrade(engine)


def test_a_conflict_is_an_error_at_commit(engines: list[Engine], readers: list[Engine]) -> None:
    """It is retryable. The next attempt finds what the other node has committed."""
    with Session(engines[0]) as first, Session(engines[1]) as second:
        create(first, PHONE)
        create(second, attrs.evolve(TRUNK, name="100"))
        first.commit()
        with pytest.raises(OperationalError, match=r"1213.*Deadlock.*restart") as caught:
            second.commit()
        assert is_retryable(caught.value)
        second.rollback()
        with pytest.raises(ConflictError, match="100"):
            create(second, attrs.evolve(TRUNK, name="100"))
    check_equal(readers)


@pytest.mark.parametrize(("before", "one", "other"), RACES.values(), ids=RACES)
def test_one_of_two_wins(
    engines: list[Engine], readers: list[Engine], before: list[Any], one: Call, other: Call
) -> None:
    """Two nodes write what contradicts, and commit at once; the other is refused afterwards."""
    for near, far in ((0, 1), (1, 2), (2, 0)):
        empty(engines[near])
        in_transaction(sessionmaker(engines[near]), lambda s: apply(s, *before), **PATIENT)
        check_equal(readers)
        with failures(*engines) as failed:
            lost = at_commit([(engines[near], one), (engines[far], other)])
        assert sum(error is None for error in lost) == 1
        assert all(error is None or _is_refusal(error) for error in lost)
        assert failed == {"1213 COMMIT": 1}
        check_equal(readers)


def _is_refusal(error: Exception) -> bool:
    return isinstance(error, ConflictError | NotFoundError) and not is_retryable(error)


def test_no_change_is_lost(engines: list[Engine]) -> None:
    """Each of three clients reads a phone and counts it up, through a node of its own."""
    in_transaction(sessionmaker(engines[0]), lambda s: apply(s, PHONE))

    def count_up(session: Session) -> None:
        lock(session)
        phone = get(session, Phone, "100")
        assert phone is not None
        apply(session, attrs.evolve(phone, max_contacts=phone.max_contacts + 1))

    def client(engine: Engine) -> None:
        for _ in range(10):
            in_transaction(sessionmaker(engine), count_up, **PATIENT)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(client, engines))
    with Session(engines[0]) as session:
        phone = get(session, Phone, "100")
    assert phone is not None
    assert phone.max_contacts == 31


def test_random_changes_through_all_nodes(
    engines: list[Engine], readers: list[Engine], capsys: pytest.CaptureFixture[str]
) -> None:
    """
    All nodes hold the same rows afterwards, and none of them shows what must not be at any time.

    There are two clients at each node: they wait for each other, and conflict with the others.
    """
    bad: list[str] = []
    with ThreadPoolExecutor(6) as pool, failures(*engines) as failed:
        jobs = [pool.submit(change, engine, seed, 60) for seed, engine in enumerate(engines * 2)]
        looks = 0
        while not all(job.done() for job in jobs):
            bad += broken(readers[looks % 3])
            looks += 1
        done = [job.result() for job in jobs]
    rows = check_equal(readers)
    with capsys.disabled():
        print(f"\n{[dict(one) for one in done]}, {dict(failed)}, {looks} looks")  # noqa: T201 - figures to be seen

    assert bad == []
    assert all(one["committed"] > 10 and not one["given up"] for one in done)
    assert sum(one["retried"] for one in done) > 0
    assert failed["1213 COMMIT"] > 0
    assert rows["ps_endpoints"]
