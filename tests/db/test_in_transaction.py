"""Work that lost against another transaction is run again, and nothing is ever done twice."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from sqlalchemy import Engine, NullPool, create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker
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
from asterisk_realtime.models import Aor, Base, Endpoint, Extension
from asterisk_realtime.transactions import pauses
from tests.conftest import opened
from tests.db.attempts import Attempts, before_commit, cut, refusing_commits, signal
from tests.db.tools import insert, on, on_servers, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

PHONE = Phone(id="100", context="phones")
OTHER = Phone(id="101", context="phones")


def aors(engine: Engine) -> list[str]:
    """Return the ids of the AORs that another connection sees."""
    with engine.connect() as connection:
        return [row["id"] for row in rows(connection, "ps_aors")]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Make calls in threads of their own, and return what they return."""
    with ThreadPoolExecutor(len(calls)) as pool:
        return [job.result(120) for job in [pool.submit(call) for call in calls]]


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions on each database in turn."""
    return sessionmaker(engine)


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


@pytest.fixture
def impatient(engine: Engine) -> Iterator[Engine]:
    """Another engine for the file, whose connections wait for no other."""
    with opened(engine.url.update_query_dict({"timeout": "0"})) as other:
        yield other


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


# -- At the COMMIT ---------------------------------------------------------------------------------


@on("postgresql")
@pytest.mark.parametrize(("refused", "most", "done"), [(1, 5, 2), (3, 5, 4), (9, 3, 3)])
def test_a_commit_that_is_refused(
    engine: Engine, sessions: sessionmaker[Session], refused: int, most: int, done: int
) -> None:
    """PostgreSQL may tell only then that a transaction could not be serialized."""
    attempts = Attempts()

    def work(session: Session) -> str:
        attempts.first(session)
        session.add(Aor(id="mine"))
        with session.begin_nested():
            create(session, PHONE)
        return "done"

    with refusing_commits(engine, refused):
        if refused < most:
            assert in_transaction(sessions, work, attempts=most, wait_initial=0) == "done"
        else:
            with pytest.raises(OperationalError, match="lost"):
                in_transaction(sessions, work, attempts=most, wait_initial=0)

    assert len(attempts) == done
    assert aors(engine) == (["100", "mine"] if refused < most else [])


@on("mariadb")
@pytest.mark.parametrize(("number", "done"), [(1213, 2), (1205, 2), (1020, 2), (1047, 1)])
def test_a_commit_that_a_cluster_refuses(
    engine: Engine, sessions: sessionmaker[Session], number: int, done: int
) -> None:
    """A Galera cluster compares transactions at the COMMIT; that a node is not ready is no race."""
    attempts = Attempts()

    def work(session: Session) -> None:
        attempts.first(session)
        session.add(Aor(id="mine"))

    with before_commit(engine, signal(number)):
        if done == 1:
            with pytest.raises(OperationalError):
                in_transaction(sessions, work, wait_initial=0)
        else:
            in_transaction(sessions, work, wait_initial=0)

    assert len(attempts) == done
    assert aors(engine) == ["mine"] * (done - 1)


@on("mariadb")
def test_a_snapshot_that_is_too_old(engine: Engine) -> None:
    """MariaDB raises 1020 with ``innodb_snapshot_isolation``, and ends the transaction."""
    strict = create_engine(
        engine.url, connect_args={"init_command": "SET SESSION innodb_snapshot_isolation = ON"}
    )
    in_transaction(sessionmaker(engine), lambda session: session.add(Aor(id="mine")))
    attempts = Attempts()

    def work(session: Session) -> None:
        found = session.get_one(Aor, "mine")
        if attempts.first(session):
            with engine.begin() as other:
                other.exec_driver_sql("UPDATE ps_aors SET max_contacts = 4")
        with session.begin_nested():
            found.max_contacts = (found.max_contacts or 0) + 1

    in_transaction(sessionmaker(strict), work, wait_initial=0)
    strict.dispose()

    assert len(attempts) == 2
    with Session(engine) as session:
        assert session.get_one(Aor, "mine").max_contacts == 5


@on("postgresql")
def test_one_of_two_databases_refuses_the_commit(engine: Engine, sqlite_engine: Engine) -> None:
    """The other one may have committed already."""
    migrations.upgrade(sqlite_engine, families=["dialplan"])
    attempts = Attempts()

    def work(session: Session) -> None:
        attempts.first(session)
        session.add(Aor(id="mine"))
        session.add(Extension(context="a", exten="1", priority=1, app="Hangup"))

    both = sessionmaker(binds={Base: engine, Extension: sqlite_engine})
    with refusing_commits(engine, 1), pytest.raises(OperationalError, match="lost"):
        in_transaction(both, work, wait_initial=0)
    assert len(attempts) == 1


@on("postgresql")
def test_work_that_commits_itself(engine: Engine, sessions: sessionmaker[Session]) -> None:
    """It must not; but what it has committed is not done twice."""
    attempts = Attempts()

    def work(session: Session) -> None:
        attempts.first(session)
        session.add(Aor(id=f"mine-{len(attempts)}"))
        session.commit()
        session.execute(text("DO $$ BEGIN RAISE 'lost' USING ERRCODE = '40001'; END $$"))

    with pytest.raises(OperationalError, match="lost") as caught:
        in_transaction(sessions, work, wait_initial=0)
    assert is_retryable(caught.value)
    assert aors(engine) == ["mine-1"]


# -- Lost connections ------------------------------------------------------------------------------


@on_servers
def test_a_connection_that_is_lost_before_the_commit(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    """Nothing was written, so that the work is run again with a new connection."""
    attempts = Attempts()

    def work(session: Session) -> None:
        session.add(Aor(id="mine"))
        session.flush()
        if attempts.first(session):
            cut(session, engine)
        apply(session, PHONE)

    in_transaction(sessions, work, wait_initial=0)

    assert len(attempts) == 2
    assert aors(engine) == ["100", "mine"]


@on_servers
def test_a_connection_that_is_lost_at_the_flush(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    """What the work left pending is flushed before the COMMIT."""
    attempts = Attempts()

    def work(session: Session) -> None:
        if attempts.first(session):
            cut(session, engine)
        session.add(Aor(id="mine"))

    in_transaction(sessions, work, wait_initial=0)

    assert len(attempts) == 2
    assert aors(engine) == ["mine"]


@on_servers
def test_a_connection_that_is_lost_at_the_commit(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    """Nobody knows whether it was carried out, so the work is not run again."""
    attempts = Attempts()

    def work(session: Session) -> None:
        attempts.first(session)
        session.add(Aor(id="mine"))
        session.flush()
        cut(session, engine)

    with pytest.raises(OperationalError) as caught:
        in_transaction(sessions, work, wait_initial=0)
    assert caught.value.connection_invalidated
    assert len(attempts) == 1


@on_servers
def test_an_error_of_the_work_on_a_lost_connection(
    engine: Engine, sessions: sessionmaker[Session]
) -> None:
    """The caller gets it, not that of the rollback."""
    attempts = Attempts()

    def work(session: Session) -> None:
        attempts.first(session)
        cut(session, engine)
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        in_transaction(sessions, work)
    assert len(attempts) == 1


@on("mariadb")
def test_a_node_that_is_not_ready(engine: Engine) -> None:
    """With the listener of the documentation the next attempt has a new connection."""
    own = create_engine(engine.url)

    @event.listens_for(own, "handle_error")
    def leave_the_node(context: Any) -> None:
        if context.original_exception.args[:1] == (1047,):
            context.is_disconnect = True

    numbers: list[int | None] = []

    def work(session: Session) -> None:
        numbers.append(session.scalar(text("SELECT connection_id()")))
        if len(numbers) == 1:
            session.execute(text(signal(1047)))

    in_transaction(sessionmaker(own), work, wait_initial=0)
    own.dispose()

    assert len({*numbers}) == 2


# -- Waits -----------------------------------------------------------------------------------------


def test_waits_grow_up_to_a_limit() -> None:
    """Each is random, so that those who met do not meet again."""
    drawn = [list(pauses(6, 60, 0.1, 0.5)) for _ in range(50)]
    limits = (0.1, 0.2, 0.4, 0.5, 0.5)

    assert all(len(waits) == 5 for waits in drawn)
    assert all(
        0 <= wait <= limit for waits in drawn for wait, limit in zip(waits, limits, strict=True)
    )
    assert max(waits[3] for waits in drawn) > 0.2
    assert len({tuple(waits) for waits in drawn}) == 50


def test_no_wait_ends_after_the_time() -> None:
    """Whoever has no time left does not wait in vain."""
    assert list(pauses(9, 0, 0, 0)) == []
    assert sum(pauses(1000, 0.5, 0.2, 10)) < 0.5 + 10
    assert all(wait < 0.5 for wait in pauses(1000, 0.5, 0.2, 10))


@on("sqlite")
def test_the_time_is_up(engine: Engine, impatient: Engine) -> None:
    """Then no further attempt is begun, however many are left."""
    attempts = Attempts()

    def work(session: Session) -> None:
        attempts.first(session)
        apply(session, PHONE)

    start = time.monotonic()
    with engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="database is locked"):
            in_transaction(sessionmaker(impatient), work, attempts=1000, timeout=1, wait_max=0.1)

    assert len(attempts) < 1000
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("attempts", value) for value in (0, -1, 1001, 1.5, True, "5", None)),
        *(("timeout", value) for value in (-1, float("nan"), float("inf"), True, "5", None)),
        ("wait_initial", -0.1),
        ("wait_max", 10**9),
    ],
)
def test_numbers_out_of_range(name: str, value: Any) -> None:
    """They are refused before anything is done."""
    with pytest.raises(ValidationError) as caught:
        in_transaction(sessionmaker(), lambda _: None, **{name: value})
    assert caught.value.field == name


# -- Other things ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (create_engine("sqlite://"), r"Engine is not a sessionmaker: give sessionmaker\(engine\)"),
        (Session(), "Session is one session: give a sessionmaker"),
        (Session, "type is not a sessionmaker"),
        (scoped_session(sessionmaker()), "scoped_session is not a sessionmaker"),
        (None, "NoneType is not a sessionmaker"),
        (async_sessionmaker(), "async_sessionmaker is asynchronous: await .*aio.in_transaction"),
        (sessionmaker(class_=AsyncSession), "sessionmaker is asynchronous"),
        (AsyncSession(), "AsyncSession is asynchronous: await"),
        (create_async_engine("sqlite+aiosqlite://"), "AsyncEngine is asynchronous: await"),
    ],
)
def test_what_makes_no_sessions(given: Any, said: str) -> None:
    """The error says what to give, or which function to call."""
    with pytest.raises(TypeError, match=said):
        in_transaction(given, lambda _: None)


async def _coroutine(_session: object = None) -> None:
    pass


def _generator(_session: object = None) -> Iterator[int]:
    yield 1


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (None, "NoneType is not callable"),
        (_coroutine, "the work is a coroutine function: await .*aio.in_transaction"),
        (lambda _: _coroutine(), "the work returned an awaitable: await"),
        (_generator, "the work is a generator function: return a list"),
        (lambda _: _generator(), "the work returned a generator"),
    ],
)
def test_work_that_would_not_be_done(session: Session, work: Any, said: str) -> None:
    """A coroutine or a generator would begin after the commit."""
    with pytest.raises(TypeError, match=said):
        in_transaction(sessionmaker(session.get_bind()), work)
