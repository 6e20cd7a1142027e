"""What the rows of reports hold, on SQLAlchemy 2.0 and on 2.1."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import assert_type

from sqlalchemy.orm import Session

from asterisk_realtime.models import Cdr, Cel
from asterisk_realtime.reports import (
    agent_totals,
    calls_of_account,
    calls_of_endpoint,
    calls_of_number,
    events_of_call,
    missed_calls,
    queue_calls,
    queue_service_level,
    records_of_call,
    totals_by_day,
    totals_by_endpoint,
)


def records(session: Session, start: datetime, end: datetime) -> None:
    """Reports of records give objects of the models."""
    for report in (calls_of_account, calls_of_endpoint, calls_of_number, missed_calls):
        assert_type(session.scalars(report("100", start, end)).all(), Sequence[Cdr])
    assert_type(session.scalars(records_of_call("1.1")).all(), Sequence[Cdr])
    assert_type(session.scalars(events_of_call("1.1")).all(), Sequence[Cel])
    calls_of_endpoint("100", start)  # error
    calls_of_endpoint("100", "2026-01-05", "2026-01-06")  # error


def totals(session: Session, start: datetime, end: datetime) -> None:
    """The columns of each row have their types."""
    by_endpoint = session.execute(totals_by_endpoint(start, end)).one().t
    assert_type(by_endpoint, tuple[str, int, int, int])
    assert_type(session.execute(totals_by_day(start, end)).one().t, tuple[date, int, int, int])
    by_agent = session.execute(agent_totals(start, end)).one().t
    assert_type(by_agent, tuple[str | None, int, int, int])
    level = session.execute(queue_service_level("sales", start, end, seconds=20)).one().t
    assert_type(level, tuple[int, int, int, int, int, int, float | None])
    call = session.execute(queue_calls("sales", start, end)).one().t
    assert_type(call, tuple[str, datetime, str | None, str | None, str | None, int | None])
    queue_service_level("sales", start, end, seconds="20")  # error
