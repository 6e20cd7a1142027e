"""An office of 100 people by `apply`, beside its rows inserted through the bare driver."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from asterisk_realtime import (
    InternalExtension,
    Mailbox,
    Phone,
    Plan,
    Spec,
    ToMailbox,
    ToPhone,
    apply,
    migrations,
)
from benchmarks.databases import bare
from benchmarks.ready_made import executed, insert_of
from benchmarks.statements import counted, recorded
from benchmarks.table import Row
from benchmarks.timing import Comparison, in_turns, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Engine

    from benchmarks.databases import Database
    from benchmarks.ready_made import Insert

PEOPLE: Final = 100
NEW: Final = f"office of {PEOPLE}, from nothing"
UNCHANGED: Final = f"office of {PEOPLE}, unchanged"
TABLES: Final = ("voicemail", "ps_auths", "ps_aors", "ps_endpoints", "extensions")
NUMBERED: Final = {"voicemail": ("uniqueid",), "extensions": ("id",)}
"""Columns that the database fills itself."""


def _desk(number: str) -> tuple[Spec, ...]:
    """Return the specs of one person: a mailbox, a phone, and the extension that rings it."""
    return (
        Mailbox(number=number, full_name=f"Person {number}"),
        Phone(
            id=number,
            context="phones",
            caller_id=f'"Person {number}" <{number}>',
            mailbox=f"{number}@default",
        ),
        InternalExtension(
            exten=number,
            context="phones",
            destination=ToPhone(number, timeout=25, otherwise=ToMailbox(number)),
        ),
    )


OFFICE: Final = tuple(spec for index in range(PEOPLE) for spec in _desk(str(1000 + index)))


def ours(engine: Engine) -> Plan:
    """Apply the office, and commit."""
    with Session(engine) as session:
        done = apply(session, *OFFICE)
        session.commit()
    return done


def inserts(engine: Engine) -> list[Insert]:
    """Return the INSERTs of the rows that *engine*'s database holds, one for each table."""
    with engine.connect() as connection:
        return [insert_of(connection, table, NUMBERED.get(table, ())) for table in TABLES]


def send(connection: Any, statements: Sequence[Insert]) -> None:
    """Send *statements*, each for all its rows, and commit."""
    executed(connection, statements)
    connection.commit()


def clear(connection: Any) -> None:
    """Delete the office, even if another run made it."""
    cursor = connection.cursor()
    for table in reversed(TABLES):
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
    cursor.close()
    connection.commit()


def rows(database: Database, rounds: int) -> list[Row]:
    """Measure on one database, on connections that are open."""
    with database.new() as url:
        engine = create_engine(url)
        connection: Any = bare(url)
        try:
            migrations.upgrade(engine)
            return _compare(database.name, engine, connection, rounds)
        finally:
            connection.close()
            engine.dispose()


def _compare(name: str, engine: Engine, connection: Any, rounds: int) -> list[Row]:
    with recorded() as first:
        ours(engine)
    with recorded() as second:
        again = ours(engine)
    if again:
        raise RuntimeError(f"an office that was up to date was changed:\n{again}")
    raw = inserts(engine)
    clear(connection)

    def measure(action: Callable[[], object], *, there: bool = False) -> float:
        if there:
            send(connection, raw)
        taken = seconds(action)
        clear(connection)
        return taken

    new, unchanged, beside = in_turns(
        [
            partial(measure, partial(ours, engine)),
            partial(measure, partial(ours, engine), there=True),
            partial(measure, partial(send, connection, raw)),
        ],
        rounds,
    )
    title = f"its {sum(len(item.rows) for item in raw)} rows, executemany"
    theirs = counted(len(raw), 1)
    return [
        Row(NEW, title, name, Comparison(new, beside), f"{first.calls} / {theirs}"),
        Row(UNCHANGED, title, name, Comparison(unchanged, beside), f"{second.calls} / {theirs}"),
    ]
