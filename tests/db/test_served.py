"""No statement of a verb reads a large table from end to end: indexes serve each look-up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    AccessList,
    AccessRule,
    CallQueue,
    ConflictError,
    Mailbox,
    Member,
    OutboundRoute,
    Phone,
    QueueMembership,
    Spec,
    Trunk,
    TwilioTrunk,
    apply,
    create,
    delete,
    find,
    plan,
    registrations,
)
from asterisk_realtime.models import Base, Endpoint, Extension, Identify, QueueMember
from benchmarks.filled import fill_others
from benchmarks.scale import ACTIONS, fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Connection, Engine

PHONES: Final = 10_000
FEW: Final = 300
"""Rows that a statement may read where it cannot do otherwise."""

SMALL: Final = frozenset({Identify.__tablename__})
"""Tables that Asterisk reads as a whole too."""


def refused(session: Session) -> None:
    """Delete a phone that a queue and an extension name."""
    with pytest.raises(ConflictError):
        delete(session, Phone, "p7")


def routed(session: Session) -> None:
    """Add a trunk and a route, and remove both."""
    create(session, TwilioTrunk(termination_uri="a.pstn.twilio.com"))
    pattern = "_1NXXNXXXXXX"
    create(session, OutboundRoute(context="c1", pattern=pattern, region="US", trunk="twilio"))
    apply(session, Absent(OutboundRoute, pattern, context="c1"), Absent(Trunk, "twilio"))


MORE: Final[Mapping[str, Callable[[Session], object]]] = {
    "delete what is named": refused,
    "add and remove a route": routed,
    "plan what is there": lambda s: plan(s, Phone(id="p7", context="c1")),
    "find all trunks": lambda s: find(s, Trunk),
    "find a context of no phones": lambda s: find(s, Phone, context="nowhere"),
    "find all of a context": lambda s: find(s, Spec, context="c3", limit=50),
    "registrations": lambda s: registrations(s, "p7", "p8"),
    "add a member": lambda s: create(s, QueueMembership(queue="q1", member=Member(phone="p7"))),
    "delete a queue": lambda s: delete(s, CallQueue, "q9"),
    "delete a mailbox that is named": lambda s: apply(
        s, Phone(id="p9", context="c1", mailbox=None), Mailbox(number="100009", context="default")
    ),
    "an access list": lambda s: create(
        s, AccessList(name="office", rules=[AccessRule.permit("10.0.0.0/8")])
    ),
}


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """Each kind of database with many phones."""
    fill_others(engine, PHONES)
    fill(engine, PHONES)
    return engine


def test_each_verb(filled: Engine) -> None:
    """No statement scans a table of more than a few rows."""
    seen: dict[str, list[tuple[str, Any]]] = {}
    for name, action in {**ACTIONS, **MORE}.items():
        with Session(filled) as session, recorded(filled) as statements:
            action(session)
            session.flush()
            session.rollback()
        seen[name] = statements
    with filled.connect() as connection:
        assert all(count(connection, model) > FEW for model in (Endpoint, Extension, QueueMember))
        scans = {
            (name, scan, statement)
            for name, statements in seen.items()
            for statement, parameters in statements
            for scan in scanned(connection, statement, parameters)
        }

    assert sum(map(len, seen.values())) > len(seen)
    assert not scans


def count(connection: Connection, model: type[Base]) -> int:
    """Return the number of rows of a table."""
    return connection.scalar(select(func.count()).select_from(model)) or 0


class recorded:  # noqa: N801 - a context manager
    """Yield the queries that are sent meanwhile, with their parameters."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.found: list[tuple[str, Any]] = []

    def __enter__(self) -> list[tuple[str, Any]]:
        event.listen(self.engine, "before_cursor_execute", self.note)
        return self.found

    def __exit__(self, *_error: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self.note)

    def note(
        self, _connection: object, _cursor: object, statement: str, parameters: Any, *_rest: object
    ) -> None:
        """Keep a query."""
        if statement.lstrip("( ").startswith("SELECT"):
            self.found.append((statement, parameters))


def scanned(connection: Connection, statement: str, parameters: Any) -> set[str]:
    """Return the tables of which the database would read all rows."""
    readers = {"sqlite": _by_sqlite, "postgresql": _by_postgresql}
    reader = readers.get(connection.dialect.name, _by_mariadb)
    return set(reader(connection, statement, parameters)) - SMALL


def _by_sqlite(connection: Connection, statement: str, parameters: Any) -> Iterator[str]:
    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters):
        verb, table, *using = row[3].split()
        pages = "LIMIT" in statement and using[:2] == ["USING", "INDEX"]
        if verb == "SCAN" and not pages and _size(connection, table) > FEW:
            yield table


def _by_postgresql(connection: Connection, statement: str, parameters: Any) -> Iterator[str]:
    # Whether an index can serve it; for a tenth of a small table it is not the fastest way.
    connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    explained = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    nodes = [explained.scalar_one()[0]["Plan"]]
    for node in nodes:
        nodes += node.get("Plans", [])
        table = node.get("Relation Name", "")
        if node["Node Type"] == "Seq Scan" and _size(connection, table) > FEW:
            yield table


def _by_mariadb(connection: Connection, statement: str, parameters: Any) -> Iterator[str]:
    explained = connection.exec_driver_sql(f"EXPLAIN FORMAT=JSON {statement}", parameters)
    waiting: list[Any] = [json.loads(explained.scalar_one(), strict=False)]
    for part in waiting:
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            waiting += part.values()
            table = part.get("table_name")
            reads_all = part.get("access_type") in {"ALL", "index"} and part.get("rows", 0) > FEW
            if reads_all and table in Base.metadata.tables:
                yield str(table)


def _size(connection: Connection, table: str) -> int:
    found = Base.metadata.tables.get(table)
    if found is None:
        return 0
    return connection.scalar(select(func.count()).select_from(found)) or 0
