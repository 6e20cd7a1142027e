"""What disturbs a transaction at its first attempts, by real errors of the database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, text

from asterisk_realtime import Phone
from tests.db.tools import rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session


def cut(session: Session, engine: Engine) -> None:
    """Have the server end a session's connection."""
    postgresql = engine.dialect.name == "postgresql"
    own = "SELECT pg_backend_pid()" if postgresql else "SELECT connection_id()"
    kill = "SELECT pg_terminate_backend({}, 5000)" if postgresql else "KILL {}"
    number = session.scalar(text(own))
    with engine.connect() as other:
        other.exec_driver_sql(kill.format(number))


@contextmanager
def refusing_commits(engine: Engine, times: int) -> Iterator[None]:
    """
    Have PostgreSQL refuse the next COMMITs of who adds an AOR, as one that lost.

    A sequence counts them, since a rollback does not take back what it has given out.
    """
    function = f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('refused') <= {times} THEN RAISE 'lost' USING ERRCODE = '40001'; END IF;
        RETURN NULL; END $$"""
    trigger = """
        CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON ps_aors
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"""
    statements = ("CREATE SEQUENCE refused", function, trigger)
    ends = ("DROP FUNCTION refuse CASCADE", "DROP SEQUENCE refused")
    _run(engine, statements)
    try:
        yield
    finally:
        _run(engine, ends)


def _run(engine: Engine, statements: tuple[str, ...]) -> None:
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@contextmanager
def before_commit(engine: Engine, *statements: str) -> Iterator[None]:
    """Send one statement on the connection right before each of the first COMMITs."""
    left = list(statements)

    def send(connection: Connection) -> None:
        if left:
            connection.exec_driver_sql(left.pop(0))

    event.listen(engine, "commit", send)
    try:
        yield
    finally:
        event.remove(engine, "commit", send)


def signal(number: int) -> str:
    """Return a statement that fails with an error of MariaDB."""
    return f"SIGNAL SQLSTATE '08S01' SET MYSQL_ERRNO = {number}"


class Attempts:
    """
    Counts the attempts of some work.

    Attributes:
        sessions: The session of each.
    """

    def __init__(self) -> None:
        self.sessions: list[Any] = []

    def __len__(self) -> int:
        """Return how many there were."""
        return len(self.sessions)

    def first(self, session: object) -> bool:
        """Note another attempt, and tell whether it is the first."""
        self.sessions.append(session)
        return len(self) == 1


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
