"""What fails at the COMMIT, or with the connection, is run again only if it was surely not done."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from asterisk_realtime import (
    apply,
    create,
    in_transaction,
    is_retryable,
    migrations,
)
from asterisk_realtime.models import Aor, Base, Extension
from tests.db.attempts import (
    PHONE,
    Attempts,
    aors,
    before_commit,
    cut,
    refusing_commits,
    signal,
)
from tests.db.tools import on, on_servers

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
