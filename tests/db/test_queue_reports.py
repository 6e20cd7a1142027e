"""What queues did, on each database, beside numbers that were counted by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from asterisk_realtime import InvalidValueError, agent_totals, queue_calls, queue_service_level
from tests.db.tools import insert

if TYPE_CHECKING:
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


@pytest.fixture
def log(session: Session) -> Session:
    """The hour, as Asterisk writes it."""
    for line in LOG.strip().splitlines():
        head, *data = line.split("|")
        clock, callid, queue, agent, event = head.split()
        cells = {f"data{number}": text.strip() for number, text in enumerate(data, 1)}
        insert(
            session,
            "queue_log",
            time=f"2026-01-05 {clock}.000000",
            callid=callid,
            queuename=queue,
            agent=agent,
            event=event,
            **cells,
        )
    return session


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
    """A share of one third is no decimal, and no whole number."""
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

    # Alice: c0 and c1, 35 and 100 seconds. Bob: c2 (passed on) and c3; c7 comes behind the hour.
    assert everywhere == [("Alice", 2, 0, 135), ("Bob", 2, 1, 0)]
    assert sales == [("Alice", 2, 0, 135), ("Bob", 1, 1, 0)]
    assert all(type(row[3]) is int for row in everywhere)


def test_a_zone_moves_the_period(log: Session) -> None:
    """The hour of a table in UTC, said in UTC."""
    period = (NINE.replace(tzinfo=UTC), TEN.replace(tzinfo=UTC))

    assert log.execute(queue_service_level("sales", *period, stored_in=UTC)).one().offered == 8


def test_what_makes_no_sense_is_refused() -> None:
    """A negative wait, and a zone that is only half there."""
    with pytest.raises(InvalidValueError, match="negative"):
        queue_service_level("sales", NINE, TEN, seconds=-1)
    with pytest.raises(InvalidValueError, match="time zone"):
        agent_totals(NINE.replace(tzinfo=UTC), TEN)
