"""Two transactions at once on a server: nobody's change is lost, and who loses a race is told."""

from __future__ import annotations

import traceback
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import attrs
import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from asterisk_realtime import (
    ConflictError,
    Endpoint,
    Phone,
    Plan,
    Trunk,
    apply,
    ensure_phone,
    find_phone,
    plan,
)
from tests.db.tools import PASSWORD, rows, statements, writes

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from asterisk_realtime import Spec

pytestmark = pytest.mark.parametrize("filled_engine", ["postgresql", "mariadb"], indirect=True)

PHONE = Phone(id="100", context="phones", password=PASSWORD)
TRUNK = Trunk(
    name="peer",
    contact="sip:peer.example",
    transport="tls",
    context="from-peer",
    codecs=["ulaw"],
    credentials=("ann", PASSWORD),
)


def met(barrier: Barrier) -> Callable[..., None]:
    """Return what has a session wait for the other one, when both have looked."""

    def wait(*_args: object) -> None:
        barrier.wait(20)

    return wait


def race(engine: Engine, spec: Spec, other: Spec) -> list[Plan | ConflictError]:
    """Apply *spec* in two transactions at once; who loses applies *other*, and both commit."""
    barrier = Barrier(2)

    def run() -> Plan | ConflictError:
        with Session(engine) as session:
            session.connection()
            event.listen(session, "before_flush", met(barrier), once=True)
            try:
                done: Plan | ConflictError = apply(session, spec)
            except ConflictError as error:
                done = error
                apply(session, other)
            session.commit()
            return done

    with ThreadPoolExecutor(2) as pool:
        return [job.result(60) for job in [pool.submit(run), pool.submit(run)]]


@pytest.mark.parametrize(
    ("spec", "other"),
    [(PHONE, attrs.evolve(PHONE, id="101")), (TRUNK, attrs.evolve(TRUNK, name="second"))],
    ids=["phone", "trunk"],
)
def test_one_of_two_wins(engine: Engine, spec: Spec, other: Spec) -> None:
    """The other gets a conflict that shows no secret, and its transaction goes on."""
    done = race(engine, spec, other)
    losses = [item for item in done if isinstance(item, ConflictError)]

    assert len(losses) == 1
    assert "somebody wrote at the same time" in str(losses[0])
    assert PASSWORD not in "".join(traceback.format_exception(losses[0]))
    with Session(engine) as session:
        assert plan(session, spec, other) == Plan()
        assert len(rows(session, "ps_endpoints")) == len(rows(session, "ps_auths")) == 2


def test_two_changes_of_one_row(engine: Engine) -> None:
    """An UPDATE names what changed alone: the other transaction's column keeps its new value."""
    with Session(engine) as session:
        apply(session, PHONE)
        session.commit()
    with statements(engine) as sent, Session(engine) as one, Session(engine) as two:
        seen = one.get_one(Endpoint, "100"), two.get_one(Endpoint, "100")
        ensure_phone(two, attrs.evolve(PHONE, caller_id='"Ann" <100>'))
        two.commit()
        # As it was read before, on MariaDB: there a transaction goes on seeing its first look.
        seen[0].rtp_timeout = 90
        ensure_phone(one, attrs.evolve(found(one), codecs=["alaw"]))
        one.commit()
    with Session(engine) as session:
        row = session.get_one(Endpoint, "100")

        assert (str(row.callerid), row.allow, row.rtp_timeout) == ('"Ann" <100>', ("alaw",), 90)
    assert len(writes(sent)) == 3
    assert all("context" not in statement for statement in writes(sent))


def found(session: Session) -> Phone:
    """Return the phone as a transaction sees it."""
    phone = find_phone(session, "100")
    assert phone is not None
    return phone
