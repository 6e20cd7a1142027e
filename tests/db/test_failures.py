"""The database fails in the middle: its own error, no half work, and no value of a row shown."""

from __future__ import annotations

import traceback
from contextlib import nullcontext, suppress
from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from asterisk_realtime import (
    AsteriskRealtimeError,
    ConstraintError,
    Mailbox,
    Phone,
    ValidationError,
    apply,
    create,
    ensure,
    get,
    is_retryable,
    lock,
    migrations,
    plan,
)
from asterisk_realtime.errors import error_codes
from asterisk_realtime.models import Aor, Endpoint
from tests.db.tools import PASSWORD, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Engine

PHONE = Phone(id="100", context="phones", password=PASSWORD)
BOX = Mailbox(number="7", pin="4711")


def refuses_everything(session: Session, *, after_with: bool = False) -> None:
    """
    Check that nothing can be done before a rollback, and everything after it.

    A ``with`` block of the caller's savepoint makes SQLAlchemy call the session active again.
    """
    assert session.is_active is after_with
    for call in (
        lambda: session.execute(text("SELECT 1")),
        session.commit,
        lambda: create(session, PHONE),
        lambda: get(session, Phone, "100"),
    ):
        with pytest.raises(PendingRollbackError):
            call()
    if after_with:
        session.add(Aor(id="too-late"))
        with pytest.raises(PendingRollbackError):
            session.flush()
    session.rollback()
    assert session.is_active


# -- The database ends the transaction -------------------------------------------------------------


def fail_at(session: Session, start: str, failure: Callable[[], None]) -> None:
    """Have *failure* happen right before the session's next statement that starts so."""
    connection = session.connection()
    failures = [failure]

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if failures and statement.startswith(start):
            failures.pop()()

    event.listen(connection, "before_cursor_execute", note)


@pytest.fixture
def server_kills(engine: Engine) -> Callable[[Session], Callable[[], None]]:
    """Return what has the server cut a session's connection."""

    def of(session: Session) -> Callable[[], None]:
        postgresql = engine.dialect.name == "postgresql"
        own = "SELECT pg_backend_pid()" if postgresql else "SELECT connection_id()"
        number = session.scalar(text(own))
        kill = f"SELECT pg_terminate_backend({number}, 5000)" if postgresql else f"KILL {number}"

        def cut() -> None:
            with engine.connect() as other:
                other.exec_driver_sql(kill)

        return cut

    return of


HOW = pytest.mark.parametrize("how", ["outermost", "in a savepoint", "in a with block"])
"""Where the caller calls: in no savepoint, in one, or in one that ends with a ``with`` block."""


def calling(session: Session, how: str) -> AbstractContextManager[object]:
    """Return what the caller wraps around a call."""
    if how == "in a with block":
        return session.begin_nested()
    if how == "in a savepoint":
        session.begin_nested()
    return nullcontext()


STATEMENTS = ("SELECT", "SAVEPOINT", "UPDATE asterisk_realtime_lock", "INSERT", "RELEASE")


@pytest.mark.parametrize("filled_engine", ["postgresql", "mariadb"], indirect=True)
@pytest.mark.parametrize("start", STATEMENTS)
@HOW
def test_a_connection_that_is_cut(
    session: Session, server_kills: Any, start: str, how: str
) -> None:
    """Wherever it happens, the caller sees that error, and what was done before is gone."""
    create(session, BOX)
    with pytest.raises(DBAPIError) as caught, calling(session, how):  # noqa: PT012 - its end too
        session.add(Aor(id="pending"))
        fail_at(session, start, server_kills(session))
        create(session, PHONE)

    assert caught.value.connection_invalidated
    refuses_everything(session, after_with=how == "in a with block")
    session.commit()
    assert rows(session, "voicemail") == rows(session, "ps_endpoints") == []


@pytest.mark.parametrize("filled_engine", ["mariadb", "postgresql"], indirect=True)
@pytest.mark.parametrize("pending", [False, True], ids=["in the call", "in the caller's rows"])
@HOW
def test_a_deadlock(engine: Engine, how: str, *, pending: bool) -> None:
    """The one that the database chooses sees its error, by which it can tell to try again."""
    with Session(engine) as session, session.begin():
        apply(session, *(Phone(id=name, context="phones") for name in ("1", "2")))
    barrier = Barrier(2)
    failed: list[DBAPIError] = []

    def change(first: str, second: str) -> None:
        with Session(engine) as session:
            session.add(Aor(id=f"mine-{first}"))
            session.get_one(Endpoint, first).rtp_timeout = 9
            session.flush()
            barrier.wait(60)
            try:
                with calling(session, how):
                    if pending:
                        session.get_one(Endpoint, second).rtp_timeout = 9
                        get(session, Phone, first)
                    else:
                        ensure(session, Phone(id=second, context="office"))
            except DBAPIError as error:
                failed.append(error)
                if engine.dialect.name == "mariadb" or (pending and how == "outermost"):
                    refuses_everything(session, after_with=how == "in a with block")
                session.rollback()
            session.commit()

    threads = [Thread(target=change, args=names) for names in (("1", "2"), ("2", "1"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)

    (error,) = failed
    assert is_retryable(error)
    assert error_codes(error) & {"40P01", 1213}
    with Session(engine) as session:
        assert len(rows(session, "ps_aors")) == 2 + 1


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Engine]:
    """An engine for a SQLite file that will not grow by more than a few pages."""
    engine = create_engine(f"sqlite:///{tmp_path}/full.db")
    migrations.upgrade(engine)

    @event.listens_for(engine, "connect")
    def limit(connection: Any, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 4}")
        connection.execute("PRAGMA cache_size = 5")

    engine.dispose()
    yield engine
    engine.dispose()


def fill(session: Session) -> None:
    """Add phones until there is no room."""
    for number in range(1000, 2000):
        create(session, Phone(id=str(number), context="phones", password=PASSWORD))


@HOW
def test_a_full_disk(full_disk: Engine, how: str) -> None:
    """SQLite takes back the whole transaction; nobody commits the rest of it."""
    with Session(full_disk) as session:
        create(session, BOX)
        with pytest.raises(DBAPIError, match="full") as caught, calling(session, how):
            fill(session)
        assert error_codes(caught.value) == {"SQLITE_FULL"}
        refuses_everything(session, after_with=how == "in a with block")
        session.commit()
        assert rows(session, "voicemail") == rows(session, "ps_endpoints") == []
        create(session, BOX)
        session.commit()
        assert len(rows(session, "voicemail")) == 1


def test_a_with_block_ends_a_refused_session(full_disk: Engine) -> None:
    """The caller's ``with session.begin()`` is the rollback, also if it takes no notice."""
    with Session(full_disk) as session:
        with pytest.raises(DBAPIError, match="full"), session.begin():  # noqa: PT012 - its end too
            create(session, BOX)
            fill(session)
        with suppress(PendingRollbackError), session.begin():
            create(session, BOX)
            with suppress(DBAPIError):
                fill(session)
        with session.begin():
            assert rows(session, "voicemail") == []
            create(session, PHONE)


def test_a_scoped_session_is_refused_alone(full_disk: Engine) -> None:
    """Its factory makes other sessions, which are not listened to."""
    factory = sessionmaker(full_disk)
    scoped = scoped_session(factory)
    with pytest.raises(DBAPIError, match="full"), scoped.begin_nested():
        fill(scoped)  # type: ignore[arg-type]  # it does what a session does
    with factory() as other:
        assert not other.dispatch.before_flush
    with pytest.raises(PendingRollbackError):
        scoped.execute(text("SELECT 1"))
    scoped.remove()


@pytest.mark.parametrize("filled_engine", ["postgresql", "mariadb"], indirect=True)
@pytest.mark.filterwarnings("ignore:.*already deassociated")  # after the commit that is refused
@pytest.mark.parametrize("mode", ["rollback_only", "create_savepoint", "control_fully"])
@pytest.mark.parametrize("begun", [False, True], ids=["", "in a transaction of the caller"])
def test_a_connection_of_the_caller_that_is_cut(
    engine: Engine, server_kills: Any, mode: Any, *, begun: bool
) -> None:
    """A session on it refuses, and so does the connection itself: its work is gone."""
    with engine.connect() as connection:
        if begun:
            connection.begin()
        with Session(connection, join_transaction_mode=mode) as session:
            create(session, BOX)
            fail_at(session, "UPDATE asterisk_realtime_lock", server_kills(session))
            with pytest.raises(DBAPIError), session.begin_nested():
                create(session, PHONE)
            for call in (
                lambda: create(session, PHONE),
                session.commit,
                lambda: connection.execute(text("SELECT 1")),
                connection.commit,
            ):
                with pytest.raises(PendingRollbackError):
                    call()
            session.rollback()
            connection.rollback()
            create(session, BOX)
            session.commit()
        connection.commit()
    with Session(engine) as session:
        assert [len(rows(session, table)) for table in ("voicemail", "ps_endpoints")] == [1, 0]


@pytest.mark.parametrize("filled_engine", ["postgresql", "mariadb"], indirect=True)
@pytest.mark.parametrize(
    "call",
    [
        lambda session: create(session, PHONE),
        lambda session: get(session, Phone, "100"),
        lambda session: plan(session, PHONE),
        lock,
    ],
    ids=["create", "find", "plan", "lock"],
)
@pytest.mark.parametrize("chosen", ["for the engine", "for a session"])
def test_a_connection_that_commits_each_statement(
    engine: Engine, call: Callable[[Session], object], chosen: str
) -> None:
    """It could leave a part of a call's rows behind, and is refused before the first statement."""
    if chosen == "for the engine":
        other = create_engine(engine.url, isolation_level="AUTOCOMMIT")
    else:
        other = engine.execution_options(isolation_level="AUTOCOMMIT")
    with Session(other) as session, pytest.raises(ValidationError, match="isolation_level"):
        call(session)
    other.dispose()
    with Session(engine) as session:
        assert rows(session, "ps_aors") == []


# -- Rules that somebody has added -----------------------------------------------------------------

RULES = {
    "NOT NULL": (
        "ALTER TABLE ps_auths ADD COLUMN tenant VARCHAR(9) NOT NULL",
        "ALTER TABLE ps_auths DROP COLUMN tenant",
        ("ps_auths", "tenant", None),
    ),
    "CHECK": (
        "ALTER TABLE ps_auths ADD CONSTRAINT odd CHECK (username <> '100')",
        "ALTER TABLE ps_auths DROP CONSTRAINT odd",
        ("ps_auths", None, "odd"),
    ),
    "FOREIGN KEY": (
        "ALTER TABLE ps_auths ADD CONSTRAINT odd FOREIGN KEY (username) REFERENCES ps_systems (id)",
        "ALTER TABLE ps_auths DROP {} odd",
        ("ps_auths", None, "odd"),
    ),
}


@pytest.mark.parametrize("filled_engine", ["postgresql", "mariadb"], indirect=True)
@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_somebody_added(engine: Engine, rule: str) -> None:
    """It is named with its table, and blamed on no race; no value of the row is shown anywhere."""
    add, drop, place = RULES[rule]
    word = "CONSTRAINT" if engine.dialect.name == "postgresql" else "FOREIGN KEY"
    with engine.begin() as connection:
        connection.exec_driver_sql(add)
    try:
        with Session(engine) as session:
            with pytest.raises(ConstraintError) as caught:
                create(session, PHONE)
            create(session, BOX)
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(drop.format(word))

    error = caught.value
    assert (error.table, error.column, error.constraint) == place
    assert not is_retryable(error)
    shows_no_row(error)


def test_a_rule_on_sqlite(sqlite_engine: Engine) -> None:
    """SQLite takes them in a trigger, or with the table."""
    migrations.upgrade(sqlite_engine)
    with sqlite_engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER odd BEFORE INSERT ON ps_auths BEGIN "
            "SELECT RAISE(ABORT, 'none of these'); END"
        )
    with Session(sqlite_engine) as session, pytest.raises(ConstraintError) as caught:
        create(session, PHONE)

    assert "ps_auths: a trigger refuses the row" in str(caught.value)
    shows_no_row(caught.value)


def shows_no_row(error: AsteriskRealtimeError) -> None:
    """Check an error with all that caused it."""
    seen: list[BaseException] = [error]
    for item in seen:
        seen += [other for other in (item.__cause__, item.__context__) if other is not None]
    shown = "".join(map(repr, seen)) + "".join(traceback.format_exception(error))

    assert PASSWORD not in shown
    assert "Failing row" not in shown
    assert not any(isinstance(item, DBAPIError) for item in seen)
