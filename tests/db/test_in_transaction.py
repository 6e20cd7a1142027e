"""Work that lost against another transaction is run again, and nothing is ever done twice."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from sqlalchemy import Engine, NullPool, create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError, OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from asterisk_realtime import (
    AsteriskRealtimeError,
    Phone,
    ValidationError,
    apply,
    create,
    ensure,
    get,
    in_transaction,
    is_retryable,
    migrations,
)
from asterisk_realtime.errors import error_codes
from asterisk_realtime.models import Aor, Endpoint
from tests.db.attempts import (
    OTHER,
    PHONE,
    Attempts,
    aors,
    at_once,
)
from tests.db.tools import insert, on, on_servers, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

# -- One attempt -----------------------------------------------------------------------------------


def test_work_is_committed(engine: Engine, sessions: sessionmaker[Session]) -> None:
    """The result is the work's; the session is closed, and its connection is free again."""
    attempts = Attempts()

    def work(session: Session) -> bool:
        assert attempts.first(session)
        session.add(Aor(id="pending"))
        return bool(apply(session, PHONE))

    assert in_transaction(sessions, work)
    assert aors(engine) == ["100", "pending"]
    assert not attempts.sessions[0].in_transaction()


def test_rows_that_are_returned(engine: Engine) -> None:
    """They can be read if they do not expire at the commit."""
    made = in_transaction(
        sessionmaker(engine, expire_on_commit=False), lambda session: create(session, PHONE)
    )

    assert made.endpoint.context == "phones"


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda session: create(session, Phone(id="a b", context="phones")), ValidationError),
        (lambda session: [create(session, PHONE) for _ in range(2)], AsteriskRealtimeError),
        (lambda session: session.execute(text("SELECT nothing FROM nowhere")), DBAPIError),
        (lambda session: session.begin(), InvalidRequestError),
    ],
    ids=["invalid", "conflict", "statement", "second transaction"],
)
def test_other_errors_are_raised_at_once(
    engine: Engine,
    sessions: sessionmaker[Session],
    call: Callable[[Session], object],
    error: type[Exception],
) -> None:
    """The next attempt would fail as well. What was done before is taken back."""
    attempts = Attempts()

    def work(session: Session) -> None:
        attempts.first(session)
        session.add(Aor(id="mine"))
        session.flush()
        call(session)

    with pytest.raises(error):
        in_transaction(sessions, work)
    assert len(attempts) == 1
    assert aors(engine) == []


# -- Attempts that lose ----------------------------------------------------------------------------


@pytest.fixture
def losing(engine: Engine) -> Iterator[Engine]:
    """An engine on which who has read old rows cannot write any more."""
    is_file = engine.dialect.name == "sqlite"
    url = engine.url.update_query_dict({"timeout": "0"}) if is_file else engine.url
    other = create_engine(url, isolation_level="SERIALIZABLE")
    if is_file:  # or the driver would begin at the first write
        event.listen(other, "connect", _leave_begin_to_us)
        event.listen(other, "begin", _begin)
    yield other
    other.dispose()


def _leave_begin_to_us(connection: Any, _record: object) -> None:
    connection.isolation_level = None


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def test_reading_and_then_writing_without_a_lock(engine: Engine, losing: Engine) -> None:
    """No increment is lost: whoever has read a number that is old by now reads it again."""
    in_transaction(sessionmaker(engine), lambda session: apply(session, PHONE))
    attempts = Attempts()

    def increment(session: Session) -> None:
        attempts.first(session)
        phone = get(session, Phone, "100")
        assert phone is not None
        ensure(session, attrs.evolve(phone, max_contacts=phone.max_contacts + 1))

    def three() -> None:
        for _ in range(3):
            in_transaction(
                sessionmaker(losing), increment, attempts=500, timeout=100, wait_initial=0.01
            )

    at_once(three, three, three, three)

    with Session(engine) as session:
        assert session.get_one(Aor, "100").max_contacts == 1 + 12
    assert len({*attempts.sessions}) == len(attempts)


@on("postgresql")
def test_a_write_skew(engine: Engine) -> None:
    """Two that each read what the other writes do not both go on as if the other were not there."""
    serializable = sessionmaker(engine.execution_options(isolation_level="SERIALIZABLE"))
    barrier = threading.Barrier(2)
    attempts = Attempts()

    def add(name: str) -> int:
        mine = Attempts()

        def work(session: Session) -> int:
            attempts.first(session)
            before = session.scalar(select(func.count()).select_from(Aor)) or 0
            if mine.first(session):
                barrier.wait(60)
            session.add(Aor(id=f"{name}-{before}"))
            return before

        return in_transaction(serializable, work)

    assert sorted(at_once(lambda: add("a"), lambda: add("b"))) == [0, 1]
    assert len(attempts) == 3


@on_servers
@pytest.mark.parametrize("nested", [False, True], ids=["outermost", "in a savepoint"])
def test_calls_that_cross(engine: Engine, sessions: sessionmaker[Session], *, nested: bool) -> None:
    """A deadlock ends one of them, which is run again; both are done in the end."""
    in_transaction(sessions, lambda session: apply(session, PHONE, OTHER))
    barrier = threading.Barrier(2)
    attempts = Attempts()

    def change(first: str, second: str) -> None:
        mine = Attempts()

        def work(session: Session) -> None:
            attempts.first(session)
            session.get_one(Endpoint, first).rtp_timeout = 90
            session.flush()
            if mine.first(session):
                barrier.wait(60)
            if nested:
                with session.begin_nested():
                    session.get_one(Endpoint, second).rtp_keepalive = 9
            else:
                ensure(session, Phone(id=second, context="office"))

        in_transaction(sessions, work)

    at_once(lambda: change("100", "101"), lambda: change("101", "100"))

    assert len(attempts) == 3
    with engine.connect() as connection:
        found = rows(connection, "ps_endpoints")
    assert [row["rtp_timeout"] for row in found] == [90, 90]
    assert {(row["context"], row["rtp_keepalive"]) for row in found} == (
        {("phones", 9)} if nested else {("office", None)}
    )


@on_servers
def test_a_row_that_another_program_has_deleted(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    """The session's own UPDATE changes no row then; the next attempt sees that it is gone."""
    with engine.begin() as connection:
        insert(connection, "ps_aors", id="mine")
    errors: list[str | None] = []

    def work(session: Session) -> str | None:
        found = session.get(Aor, "mine")
        if found is not None:
            with engine.begin() as other:
                other.exec_driver_sql("DELETE FROM ps_aors")
            found.max_contacts = 5
        errors.append(found.id if found else None)
        return found.id if found else None

    assert in_transaction(sessions, work) is None
    assert errors == ["mine", None]
    assert is_retryable(StaleDataError("0 were matched"))


@on("sqlite")
def test_a_file_that_stays_locked(
    engine: Engine, impatient: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    """After the last attempt the caller gets its error as it is; the log shows no statement."""
    attempts = Attempts()
    caplog.set_level("INFO", "asterisk_realtime")

    def work(session: Session) -> None:
        attempts.first(session)
        apply(session, PHONE)

    with engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="database is locked") as caught:
            in_transaction(sessionmaker(impatient), work, attempts=4, wait_initial=0)

    assert error_codes(caught.value) == {"SQLITE_BUSY"}
    assert len({*attempts.sessions}) == len(attempts) == 4
    assert caplog.messages == [
        "transaction failed (OperationalError SQLITE_BUSY), next attempt in 0.000 s"
    ] * (4 - 1)


@on("sqlite")
def test_a_file_that_is_read_at_the_commit(engine: Engine, impatient: Engine) -> None:
    """The COMMIT must wait for readers, and may be tried again."""
    attempts = Attempts()

    with engine.connect() as reader:
        reader.exec_driver_sql("PRAGMA journal_mode = DELETE")
        reader.exec_driver_sql("BEGIN")
        reader.exec_driver_sql("SELECT * FROM ps_aors")

        def work(session: Session) -> None:
            if not attempts.first(session):
                reader.rollback()
            session.add(Aor(id="mine"))

        in_transaction(sessionmaker(impatient), work, wait_initial=0)

    assert len(attempts) == 2
    assert aors(engine) == ["mine"]


def test_a_database_in_memory_that_another_connection_has_locked() -> None:
    """Connections with a shared cache lock single tables, by an error of its own."""
    url = "sqlite:///file:locked?mode=memory&cache=shared&uri=true"
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as other:
        migrations.upgrade(engine)
        other.exec_driver_sql("INSERT INTO ps_aors (id) VALUES ('theirs')")
        with pytest.raises(OperationalError) as caught:
            in_transaction(
                sessionmaker(engine), lambda s: s.scalars(select(Aor)).all(), wait_initial=0
            )

    assert is_retryable(caught.value)
    assert error_codes(caught.value) == {"SQLITE_LOCKED_SHAREDCACHE"}
