"""The caller's transaction stays the caller's: all rows of a call or none, and never a commit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    Allowance,
    AsteriskRealtimeError,
    ConcurrentChangeError,
    ConflictError,
    Header,
    NotFoundError,
    OutboundRoute,
    Phone,
    Trunk,
    TwilioTrunk,
    allow_twilio_ips,
    apply,
    create,
    create_inbound_route,
    create_outbound_route,
    create_twilio_trunk,
    delete,
    ensure,
    get,
    is_retryable,
    migrations,
    plan,
)
from asterisk_realtime.models import Aor, Base, Endpoint, Extension, NamedAcl
from tests.db.tools import PASSWORD, URI, everything, insert, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Engine

DESTINATION = "attendant,start,1"


def provision(session: Session) -> None:
    """Do all that a Twilio trunk needs."""
    create_twilio_trunk(session, termination_uri=URI, username="grable", password=PASSWORD)
    allow_twilio_ips(session)
    create_outbound_route(
        session, context="internal", pattern="_1NXXNXXXXXX", trunk="twilio", region="US"
    )
    create_inbound_route(session, "+12025550123", destination=DESTINATION)


def seen(engine: Engine) -> dict[str, int]:
    """Return how many rows of each table another connection sees."""
    with engine.connect() as connection:
        return {table: len(found) for table, found in everything(connection).items()}


ALL_ROWS = {
    "ps_endpoints": 1,
    "ps_aors": 1,
    "ps_auths": 1,
    "ps_endpoint_id_ips": 1,
    "extensions": 4,
}


def test_the_caller_commits(engine: Engine, session: Session) -> None:
    """Nobody sees anything before, and everybody sees all of it after."""
    provision(session)
    before = seen(engine)
    session.commit()

    assert before == {}
    assert seen(engine) == ALL_ROWS


def test_nothing_is_ever_committed(engine: Engine, session: Session) -> None:
    """Not by the library, however a call ends."""
    commits: list[object] = []

    def note(connection: object) -> None:
        commits.append(connection)

    event.listen(engine, "commit", note)
    try:
        provision(session)
        delete(session, OutboundRoute, context="internal", pattern="_1NXXNXXXXXX")
        delete(session, Trunk, "twilio")
        with pytest.raises(NotFoundError):
            allow_twilio_ips(session)
    finally:
        event.remove(engine, "commit", note)

    assert commits == []


def test_a_rollback_takes_everything_back(engine: Engine, session: Session) -> None:
    """On SQLite too, where a savepoint outside a transaction would commit when it is released."""
    provision(session)
    session.rollback()

    assert everything(session) == {}
    session.commit()
    assert seen(engine) == {}


def test_a_rollback_after_reading_takes_everything_back(engine: Engine, session: Session) -> None:
    """The caller's own SELECT begins no transaction with SQLite's driver."""
    assert session.get(Endpoint, "twilio") is None
    provision(session)
    session.rollback()

    assert seen(engine) == {}


def test_a_rollback_of_the_callers_savepoint(engine: Engine, session: Session) -> None:
    """Calls may be nested in the caller's own savepoints."""
    session.add(Aor(id="mine"))
    savepoint = session.begin_nested()
    provision(session)
    savepoint.rollback()
    session.commit()

    assert seen(engine) == {"ps_aors": 1}


def test_work_on_both_sides_of_a_call(engine: Engine, session: Session) -> None:
    """What the caller did before and after is committed with it."""
    session.add(Aor(id="before"))
    create_twilio_trunk(session, termination_uri=URI)
    session.add(Aor(id="later"))
    session.commit()

    assert seen(engine) == {"ps_endpoints": 1, "ps_aors": 3}


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda s: create_twilio_trunk(s, "taken", termination_uri=URI), ConflictError),
        (lambda s: allow_twilio_ips(s, "nobody"), NotFoundError),
        (lambda s: delete(s, Trunk, "nobody"), NotFoundError),
        (
            lambda s: create_outbound_route(s, context="i", pattern="_+X.", trunk="nobody"),
            NotFoundError,
        ),
        (lambda s: create_twilio_trunk(s, termination_uri="x"), AsteriskRealtimeError),
    ],
    ids=["create", "allow", "delete", "route", "invalid"],
)
def test_a_failed_call_leaves_the_callers_work(
    engine: Engine,
    session: Session,
    call: Callable[[Session], object],
    error: type[AsteriskRealtimeError],
) -> None:
    """Rows that were pending or flushed stay, the session goes on, and nothing was written."""
    session.add(Endpoint(id="taken"))
    session.flush()
    session.add(Aor(id="pending"))
    with pytest.raises(error):
        call(session)
    session.add(Aor(id="later"))
    session.commit()

    with engine.connect() as connection:
        assert [row["id"] for row in rows(connection, "ps_endpoints")] == ["taken"]
        assert [row["id"] for row in rows(connection, "ps_aors")] == ["later", "pending"]
    assert seen(engine) == {"ps_endpoints": 1, "ps_aors": 2}


def test_rows_that_the_caller_has_loaded_stay_usable(session: Session) -> None:
    """A failed call does not detach what the caller holds."""
    trunk = create_twilio_trunk(session, termination_uri=URI)
    with pytest.raises(ConflictError):
        create_twilio_trunk(session, termination_uri=URI)
    trunk.endpoint.rtp_timeout = 90
    session.commit()

    assert rows(session, "ps_endpoints")[0]["rtp_timeout"] == 90


def test_two_sessions_one_after_the_other(engine: Engine) -> None:
    """What one has committed is a conflict for the other."""
    with Session(engine) as one, one.begin():
        create_twilio_trunk(one, termination_uri=URI)
    with Session(engine) as other, pytest.raises(ConflictError):
        create_twilio_trunk(other, termination_uri=URI)


def test_a_session_without_autoflush(engine: Engine) -> None:
    """The caller's pending rows count, and ours are flushed."""
    with Session(engine, autoflush=False) as session:
        session.add(Endpoint(id="twilio"))
        with pytest.raises(ConflictError):
            create_twilio_trunk(session, termination_uri=URI)
        create_twilio_trunk(session, "grable", termination_uri=URI)

        assert [row["id"] for row in rows(session, "ps_endpoints")] == ["grable", "twilio"]


def test_a_session_on_a_connection(engine: Engine) -> None:
    """A transaction that was begun outside is ended outside."""
    with engine.connect() as connection:
        outer = connection.begin()
        if engine.dialect.name == "sqlite":
            # Or the session's own savepoint would be the outermost transaction.
            connection.exec_driver_sql("BEGIN")
        with Session(connection, join_transaction_mode="create_savepoint") as session:
            provision(session)
            session.commit()
        outer.rollback()

    assert seen(engine) == {}


def test_a_session_with_a_database_for_each_model(engine: Engine) -> None:
    """``binds`` instead of ``bind``."""
    with Session(binds={Base: engine}) as session:
        provision(session)
        session.rollback()

    assert seen(engine) == {}


@pytest.fixture
def two_databases(tmp_path: Path, engine: Engine) -> Iterator[dict[Any, Any]]:
    """Binds of a session: the dialplan in a SQLite file, and all else where ``engine`` is."""
    other = create_engine(f"sqlite:///{tmp_path}/dialplan.db")
    migrations.upgrade(other, families=["dialplan"])
    yield {Base: engine, Extension: other}
    other.dispose()


def count(engine: Engine, table: str) -> int:
    """Return how many rows another connection sees."""
    with engine.connect() as connection:
        return len(rows(connection, table))


def test_a_dialplan_in_another_database(two_databases: dict[Any, Any]) -> None:
    """One call writes both, refuses across both, and the caller alone commits both."""
    pjsip, dialplan = two_databases.values()
    with Session(binds=two_databases) as session:
        provision(session)
        with pytest.raises(ConflictError, match="step 1 of extension '_1NXXNXXXXXX'"):
            delete(session, Trunk, "twilio")
        session.rollback()
        assert (count(pjsip, "ps_endpoints"), count(dialplan, "extensions")) == (0, 0)

        provision(session)
        session.commit()
        assert (count(pjsip, "ps_endpoints"), count(dialplan, "extensions")) == (1, 4)
        session.add(Aor(id="pending"))
        gone = (Absent(OutboundRoute, "_1NXXNXXXXXX", context="internal"), Absent(Trunk, "twilio"))
        assert plan(session, *gone) == apply(session, *gone)
        session.rollback()
    assert (count(pjsip, "ps_aors"), count(dialplan, "extensions")) == (1, 4)


def test_a_database_that_is_only_read_first(two_databases: dict[Any, Any]) -> None:
    """What the caller writes there afterwards is the caller's to commit."""
    pjsip, dialplan = two_databases.values()
    with Session(binds=two_databases) as session:
        provision(session)
        session.commit()
        ensure(session, OutboundRoute(context="internal", pattern="_+X.", trunk="twilio"))
        session.get_one(Endpoint, "twilio").rtp_timeout = 90
        session.flush()
        session.rollback()

    assert count(dialplan, "extensions") == 4
    with pjsip.connect() as connection:
        assert rows(connection, "ps_endpoints")[0]["rtp_timeout"] == 60


def test_lists_in_another_database_are_the_callers(tmp_path: Path, engine: Engine) -> None:
    """A table that only part of a call's things need joins the caller's transaction too."""
    other = create_engine(f"sqlite:///{tmp_path}/lists.db")
    migrations.upgrade(other)
    nets = [f"10.{number}.0.0/24" for number in range(0, 200, 2)]
    with Session(binds={Base: engine, NamedAcl: other}) as session:
        create_twilio_trunk(session, termination_uri=URI)
        header = Header("X-Account", "one")
        apply(session, Allowance(endpoint="twilio", networks=nets, header=header))
        assert len(session.scalars(select(NamedAcl)).all()) > 1
        session.rollback()

    with other.connect() as connection:
        assert connection.execute(select(NamedAcl)).all() == []
    other.dispose()


# Only SQLite locks the whole database.
@pytest.mark.parametrize("filled_engine", ["sqlite"], indirect=True)
def test_a_lost_race_is_not_explained_away(engine: Engine, impatient: Engine) -> None:
    """A driver's error that has nothing to do with the schema reaches the caller as it is."""
    with engine.connect() as other, Session(impatient) as session:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(Exception, match="database is locked") as caught:
            create_twilio_trunk(session, termination_uri=URI)

    assert not isinstance(caught.value, AsteriskRealtimeError)


# SQLite lets no second writer in between.
@pytest.mark.parametrize("filled_engine", ["postgresql", "mariadb"], indirect=True)
def test_a_row_that_another_program_adds_meanwhile(engine: Engine) -> None:
    """If one that takes no turn adds the same row after our look, the call fails as a conflict."""
    with Session(engine) as slow:
        event.listen(slow, "before_flush", _add_the_same_trunk(engine), once=True)
        with pytest.raises(ConcurrentChangeError, match="ps_endpoints") as caught:
            create_twilio_trunk(slow, termination_uri=URI)
        assert is_retryable(caught.value)
        create_twilio_trunk(slow, "another", termination_uri=URI)
        slow.commit()
    with Session(engine) as session:
        assert {"another", "twilio"} == {row["id"] for row in rows(session, "ps_endpoints")}


# SQLite lets no second writer in between.
@pytest.mark.parametrize("filled_engine", ["postgresql", "mariadb"], indirect=True)
def test_a_row_that_somebody_deletes_meanwhile(engine: Engine) -> None:
    """If another transaction deletes what is to be changed, the call fails as a conflict."""

    def vanish(*_args: object) -> None:
        with Session(engine) as quick:
            quick.execute(text("DELETE FROM ps_endpoints"))
            quick.commit()

    wanted = TwilioTrunk(termination_uri=URI)
    with Session(engine) as session, session.begin():
        apply(session, wanted)
    with Session(engine) as slow:
        slow.get_one(Endpoint, "twilio")
        slow.rollback()
        event.listen(slow, "before_flush", vanish, once=True)
        with pytest.raises(ConflictError, match="a row that another transaction deleted"):
            apply(slow, attrs.evolve(wanted, codecs=["ulaw"]))
        assert slow.is_active


def _add_the_same_trunk(engine: Engine) -> Callable[..., None]:
    """Return what adds a row as a program does that knows nothing of this library."""

    def add(*_args: object) -> None:
        with engine.begin() as quick:
            insert(quick, "ps_endpoints", id="twilio")

    return add


# -- Several writers of one SQLite file ------------------------------------------------------------


@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_writers_of_one_file_wait(tmp_path: Path, journal: str) -> None:
    """Nobody meets "database is locked", also who has looked before, or looks and then writes."""
    url = f"sqlite:///{tmp_path}/one.db"
    engine = create_engine(url, connect_args={"timeout": 60}, pool_size=8)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA journal_mode = {journal}")
    migrations.upgrade(engine)

    def write(number: int) -> None:
        for place in range(4):
            name = f"{number}{place}"
            with Session(engine) as session, session.begin():
                assert get(session, Phone, name) is None
                plan(session, Phone(id=name, context="phones"))
                create(session, Phone(id=name, context="phones"))
                apply(session, Phone(id=name, context="office"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    with engine.connect() as connection:
        assert len(rows(connection, "ps_endpoints")) == 32
    engine.dispose()


# Only SQLite locks the whole database.
@pytest.mark.parametrize("filled_engine", ["sqlite"], indirect=True)
def test_who_looks_does_not_keep_others_from_writing(session: Session, impatient: Engine) -> None:
    """Neither a search nor an unchanged thing leaves a transaction open on SQLite."""
    phone = Phone(id="100", context="phones")
    apply(session, phone)
    session.commit()
    for call in (
        lambda: get(session, Phone, "100"),
        lambda: plan(session, attrs.evolve(phone, context="office")),
        lambda: apply(session, phone),
    ):
        call()
        with impatient.connect() as other:
            other.exec_driver_sql("BEGIN EXCLUSIVE")
            other.rollback()
