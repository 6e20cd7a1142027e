"""What queues did, on each database, beside numbers that were counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import aliased

from asterisk_realtime import ValidationError
from asterisk_realtime.models import Cdr, Endpoint, QueueLog
from asterisk_realtime.reports import (
    agent_totals,
    calls_of_endpoint,
    queue_calls,
    queue_service_level,
    totals_by_day,
    totals_by_endpoint,
)
from tests.db.tools import insert

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

NINE, TEN = datetime(2026, 1, 5, 9), datetime(2026, 1, 5, 10)  # noqa: DTZ001 - as stored
DAY = timedelta(days=1)

LOG = """
08:59:59 c0 sales NONE ENTERQUEUE | | +12025550100 | 1
09:00:00 c1 sales NONE ENTERQUEUE | | +12025550101 | 2
09:00:05 c0 sales Alice CONNECT | 6 | c0.1 | 3
09:00:20 c1 sales Bob RINGNOANSWER | 15000
09:00:20 c1 sales Alice CONNECT | 20 | c1.1 | 5
09:00:40 c0 sales Alice COMPLETECALLER | 6 | 35 | 1
09:01:00 c2 sales NONE ENTERQUEUE | | +12025550102 | 1
09:01:00 c3 other NONE ENTERQUEUE | | +12025550103 | 1
09:01:21 c2 sales Bob CONNECT | 21 | c2.1 | 4
09:01:30 c3 other Bob CONNECT | 30 | c3.1 | 4
09:02:00 c1 sales Alice COMPLETEAGENT | 20 | 100 | 2
09:05:00 c4 sales NONE ENTERQUEUE | | anonymous | 1
09:05:09 c4 sales NONE ABANDON | 1 | 1 | 9
09:06:00 c5 sales NONE ENTERQUEUE | | +12025550105 | 1
09:07:00 c5 sales NONE EXITWITHTIMEOUT | 1 | 1 | 60
09:07:01 c5 sales NONE ENTERQUEUE | | +12025550105 | 1
09:07:04 c5 sales NONE EXITWITHKEY | 1 | 1 | 1 | 3
09:08:00 c6 sales NONE ENTERQUEUE | | +12025550106 | 1
09:08:00 NONE sales Alice PAUSE
09:08:02 c6 sales NONE EXITEMPTY | 1 | 1 | 2
09:20:00 c2 sales Bob BLINDTRANSFER | 200 | internal | 21 | 1119 | 1
09:59:59 c7 sales NONE ENTERQUEUE | | +12025550107 | 1
09:59:59 c8 sales NONE ENTERQUEUE | | +12025550108 | 2
10:00:00 c9 sales NONE ENTERQUEUE | | +12025550109 | 3
10:00:10 c7 sales Bob CONNECT | 11 | c7.1 | 2
10:00:30 c9 sales NONE ABANDON | 3 | 3 | 30
10:01:00 c7 sales Bob COMPLETECALLER | 11 | 50 | 1
"""
"""An hour of two queues. ``c0`` entered before it; ``c7`` is taken after it, ``c8`` never."""


def write(session: Session, log: str) -> Session:
    """Insert events as Asterisk writes them."""
    for line in log.strip().splitlines():
        head, *data = line.split("|", 5)
        clock, callid, queue, agent, event = head.split()
        cells = {f"data{number}": text.strip() for number, text in enumerate(data, 1)}
        insert(
            session,
            "queue_log",
            time=f"2026-01-05 {clock}" if "." in clock else f"2026-01-05 {clock}.000000",
            callid=callid,
            queuename=queue,
            agent=agent,
            event=event,
            **cells,
        )
    return session


@pytest.fixture
def log(session: Session) -> Session:
    """The hour."""
    return write(session, LOG)


def test_calls_of_a_queue(log: Session) -> None:
    """Each with what became of it, also where that lies behind the period."""
    found = [tuple(row) for row in log.execute(queue_calls("sales", NINE, TEN))]

    assert [(callid, outcome, agent, waited) for callid, _, _, outcome, agent, waited in found] == [
        ("c1", "CONNECT", "Alice", 20),
        ("c2", "CONNECT", "Bob", 21),
        ("c4", "ABANDON", None, 9),
        ("c5", "EXITWITHTIMEOUT", None, 60),
        ("c5", "EXITWITHKEY", None, 3),
        ("c6", "EXITEMPTY", None, 2),
        ("c7", "CONNECT", "Bob", 11),
        ("c8", None, None, None),
    ]
    assert found[0][1:3] == (NINE, "+12025550101")


def test_service_level(log: Session) -> None:
    """Twenty seconds are within twenty seconds; c0 and c9 entered outside of the hour."""
    row = log.execute(queue_service_level("sales", NINE, TEN)).one()

    assert row._asdict() == {
        "offered": 8,
        "answered": 3,
        "abandoned": 1,
        "left": 3,
        "waiting": 1,
        "answered_within": 2,
        "service_level": 0.25,
    }
    assert row.offered == row.answered + row.abandoned + row.left + row.waiting


@pytest.mark.parametrize(("seconds", "good"), [(0, 0), (11, 1), (19, 1), (20, 2), (21, 3)])
def test_service_level_by_seconds(log: Session, seconds: int, good: int) -> None:
    """A share of one third is not a decimal, and not a whole number."""
    row = log.execute(queue_service_level("sales", NINE, TEN, seconds=seconds)).one()

    assert row.answered_within == good
    assert row.service_level == good / 8
    assert type(row.service_level) is float


def test_a_quiet_hour_has_no_service_level(log: Session) -> None:
    """Nothing out of nothing is neither good nor bad."""
    row = log.execute(queue_service_level("sales", NINE - DAY, TEN - DAY)).one()

    assert tuple(row) == (0, 0, 0, 0, 0, 0, None)


def test_agents(log: Session) -> None:
    """Of all queues or of one, by the time of each event."""
    everywhere = [tuple(row) for row in log.execute(agent_totals(NINE, TEN))]
    sales = [tuple(row) for row in log.execute(agent_totals(NINE, TEN, queue="sales"))]

    # Alice: c0 and c1, 35 and 100 seconds. Bob: c2, which he passed on after 1119 seconds, and c3;
    # c7 comes behind the hour.
    assert everywhere == [("Alice", 2, 0, 135), ("Bob", 2, 1, 1119)]
    assert sales == [("Alice", 2, 0, 135), ("Bob", 1, 1, 1119)]
    assert all(type(row[3]) is int for row in everywhere)


def test_a_zone_moves_the_period(log: Session) -> None:
    """The hour of a table in UTC, said in UTC."""
    period = (NINE.replace(tzinfo=UTC), TEN.replace(tzinfo=UTC))

    assert log.execute(queue_service_level("sales", *period, stored_in=UTC)).one().offered == 8


def test_what_makes_no_sense_is_refused() -> None:
    """A negative wait, and a zone that is only half there."""
    with pytest.raises(ValidationError, match="negative"):
        queue_service_level("sales", NINE, TEN, seconds=-1)
    with pytest.raises(ValidationError, match="time zone"):
        agent_totals(NINE.replace(tzinfo=UTC), TEN)


TRANSFERS = """
08:59:59 c9 sales NONE ENTERQUEUE | | 9 | 1
09:00:00 a0 sales NONE ENTERQUEUE | | 200 | 2
09:00:07 c9 sales Bob CONNECT | 8 | b.9 | 2
09:01:00 c1 first NONE ENTERQUEUE | | +12025550101 | 1
09:01:05 c1 first Ann CONNECT | 5 | a.1 | 2
09:02:00.900 a1 sales NONE ENTERQUEUE | | 200 | 1
09:02:03 c1 first Ann ATTENDEDTRANSFER | APP | Queue | 5 | 58 | 1
09:02:12.100 c1 sales Bob CONNECT | 12 | b.1 | 2
09:03:00 c2 first NONE ENTERQUEUE | | +12025550102 | 1
09:03:04 c2 first Ann CONNECT | 4 | a.2 | 2
09:04:01 a2 sales NONE ENTERQUEUE | | 200 | 1
09:04:04 c2 first Ann ATTENDEDTRANSFER | APP | Queue | 4 | 60 | 1
09:04:31 c2 sales NONE ABANDON | 1 | 1 | 31
09:05:00 c3 first NONE ENTERQUEUE | | +12025550103 | 1
09:05:02 c3 first Ann CONNECT | 2 | a.3 | 2
09:05:30 c3 first Ann BLINDTRANSFER | 600 | phones | 2 | 28 | 1
09:05:30 c3 sales NONE ENTERQUEUE | | +12025550103 | 1
09:05:40 c3 sales Bob CONNECT | 10 | b.3 | 2
09:06:00 c3 sales Bob ATTENDEDTRANSFER | BRIDGE | 0a-1b | 10 | 20 | 1
09:07:00 c3 sales Bob ATTENDEDTRANSFER | LINK | PJSIP/a-1 | PJSIP/b-1 | 10 | 60|1
"""
"""
``a1`` and ``a2`` are an agent's own channels, by which Ann asks the queue for ``c1`` and ``c2``.

``a0`` still waits: the outcome of ``c9``, who entered just before the hour, is not its own.
"""


def test_transfers_into_a_queue(session: Session) -> None:
    """Who is transferred after a word with the queue has the outcome of the one who asked."""
    write(session, TRANSFERS)
    rows = session.execute(queue_calls("sales", NINE, TEN)).all()
    level = session.execute(queue_service_level("sales", NINE, TEN, seconds=11)).one()

    assert [(row.callid, row.outcome, row.agent, row.waited) for row in rows] == [
        ("a0", None, None, None),
        ("a1", "CONNECT", "Bob", 12),
        ("a2", "ABANDON", None, 31),
        ("c3", "CONNECT", "Bob", 10),
    ]
    assert tuple(level) == (4, 2, 1, 0, 1, 1, 0.25)


def test_talk_before_a_transfer(session: Session) -> None:
    """Each kind of transfer says elsewhere how long the agent had talked."""
    write(session, TRANSFERS)

    assert [tuple(row) for row in session.execute(agent_totals(NINE, TEN))] == [
        ("Ann", 3, 0, 58 + 60 + 28),
        ("Bob", 3, 0, 20 + 60),
    ]


def test_a_report_of_part_of_the_rows(log: Session) -> None:
    """By columns of the event by which a call entered; of agents, by those of each event."""
    anonymous = QueueLog.data2 == "anonymous"
    calls = log.execute(queue_calls("sales", NINE, TEN, where=anonymous)).all()
    level = log.execute(queue_service_level("sales", NINE, TEN, where=~anonymous)).one()
    bob = log.execute(agent_totals(NINE, TEN, where=QueueLog.agent == "Bob")).all()

    assert [(call.callid, call.outcome) for call in calls] == [("c4", "ABANDON")]
    assert (level.offered, level.answered, level.abandoned) == (7, 3, 0)
    assert [tuple(row) for row in bob] == [("Bob", 2, 1, 1119)]


@pytest.mark.parametrize(
    "report",
    [
        partial(queue_calls, "sales"),
        partial(queue_service_level, "sales"),
        agent_totals,
        totals_by_day,
        totals_by_endpoint,
    ],
)
def test_a_report_is_not_narrowed_afterwards(session: Session, report: Any) -> None:
    """A condition on the table would join the report with all of its rows."""
    made = report(NINE, TEN)
    attempts: list[Callable[[], object]] = [
        lambda: made.where(QueueLog.queuename == "sales"),
        lambda: made.filter(Cdr.tenantid == "a"),
        lambda: made.order_by(None).limit(5).where(Cdr.id == 1),
        lambda: made.filter_by(tenantid="a"),
        lambda: made.join(Cdr, Cdr.id == 1),
        lambda: made.add_columns(Cdr.id),
        lambda: made.having(Cdr.id == 1),
    ]
    for attempt in attempts:
        with pytest.raises(ValidationError, match="where="):
            attempt()
    part = made.subquery()

    assert session.execute(made.limit(1)).all() is not None
    assert session.execute(select(part).where(part.c[0].is_not(None))).all() is not None


@pytest.mark.parametrize(
    "where",
    [
        Endpoint.id == "a",
        aliased(Cdr).tenantid == "a",
        "tenantid = 'a'",
        True,
        lambda: Cdr.id == 1,
    ],
)
@pytest.mark.parametrize("report", [totals_by_day, partial(calls_of_endpoint, "a"), agent_totals])
def test_a_condition_on_other_rows_is_refused(report: Any, where: Any) -> None:
    """It would join each row with each of theirs."""
    with pytest.raises(ValidationError, match="where"):
        report(NINE, TEN, where=where)
