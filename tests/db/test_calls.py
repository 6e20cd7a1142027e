"""Calls as people ask for them, on each database, beside numbers that were counted by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from asterisk_realtime import ValidationError
from asterisk_realtime.models import Cdr, Cel
from asterisk_realtime.reports import (
    calls_of_account,
    calls_of_endpoint,
    calls_of_number,
    events_of_call,
    missed_calls,
    records_of_call,
    totals_by_day,
    totals_by_endpoint,
)
from tests.db.tools import insert

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

MONDAY = datetime(2026, 1, 5)  # noqa: DTZ001 - as stored
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)


def at(text: str) -> datetime:
    """Return a moment as it is stored."""
    return datetime.fromisoformat(text)


def record(
    session: Session, uniqueid: str, start: str, disposition: str = "ANSWERED", **cells: Any
) -> None:
    """Insert a row as Asterisk's backends do: the times as text."""
    cells = {"billsec": 0, "linkedid": uniqueid, "src": "100", "dst": "101", **cells}
    insert(session, "cdr", uniqueid=uniqueid, start=start, disposition=disposition, **cells)


def found(session: Session, statement: Select[Cdr]) -> list[str | None]:
    """Return the UNIQUEIDs of the records."""
    return [call.uniqueid for call in session.scalars(statement)]


@pytest.fixture
def calls(session: Session) -> Session:
    """
    Two days of a small office.

    ``early`` and ``late`` lie just outside of Monday, ``first`` and ``last`` just inside. ``moved``
    is a call from outside that alice takes and passes on to bob. ``ring`` rings alice and alice-b,
    and alice-b takes it; nobody takes ``busy`` and ``alone``.
    """
    alice, bob, other = ("PJSIP/alice-0000000%s", "PJSIP/bob-0000000%s", "PJSIP/alice-b-0000000%s")
    trunk = "PJSIP/trunk-0000000%s"
    record(session, "early", "2026-01-04 23:59:59", channel=alice % 1, dstchannel=bob % 2)
    record(
        session,
        "first",
        "2026-01-05 00:00:00",
        channel=alice % 3,
        dstchannel=bob % 4,
        billsec=60,
        accountcode="sales",
    )
    outside = {"src": "+12025550123", "dst": "2025550199", "channel": trunk % 5}
    record(session, "moved", "2026-01-05 09:00:00", dstchannel=alice % 6, billsec=30, **outside)
    record(
        session,
        "moved.2",
        "2026-01-05 09:00:30",
        dstchannel=bob % 7,
        billsec=90,
        **outside,
        linkedid="moved",
    )
    record(session, "ring", "2026-01-05 10:00:00", "NO ANSWER", dstchannel=alice % 8, **outside)
    record(
        session,
        "ring.2",
        "2026-01-05 10:00:00",
        dstchannel=other % 9,
        billsec=10,
        **outside,
        linkedid="ring",
    )
    record(
        session,
        "busy",
        "2026-01-05 11:00:00",
        "BUSY",
        channel=bob % "a",
        dstchannel=alice % "b",
        src="12025550123",
        accountcode="sales",
    )
    record(session, "failed", "2026-01-05 12:00:00", "FAILED", channel=alice % "c", dstchannel="")
    record(
        session, "alone", "2026-01-05 13:00:00", "NO ANSWER", channel=trunk % "d",
        dstchannel=alice % "e", linkedid=None,
    )  # fmt: skip
    record(session, "last", "2026-01-05 23:59:59", channel=bob % "f", accountcode="sales")
    record(
        session,
        "late",
        "2026-01-06 00:00:00",
        channel=alice % "0",
        dstchannel=bob % 1,
        billsec=5,
        accountcode="sales",
    )
    return session


def test_calls_of_an_endpoint(calls: Session) -> None:
    """Those of Monday, as caller or called, and none of an endpoint whose name begins alike."""
    assert found(calls, calls_of_endpoint("alice", MONDAY, TUESDAY)) == [
        *("first", "moved", "ring", "busy", "failed", "alone")
    ]
    assert found(calls, calls_of_endpoint("alice-b", MONDAY, TUESDAY)) == ["ring.2"]
    assert found(calls, calls_of_endpoint("ali", MONDAY, TUESDAY)) == []
    assert found(calls, calls_of_endpoint("%", MONDAY, TUESDAY)) == []
    assert found(calls, calls_of_endpoint("alic_", MONDAY, TUESDAY)) == []


def test_a_period_ends_before_its_end(calls: Session) -> None:
    """A call at the border belongs to one of two periods, on each database."""
    border = at("2026-01-05 09:00:30")

    assert found(calls, calls_of_endpoint("bob", MONDAY, border)) == ["first"]
    assert found(calls, calls_of_endpoint("bob", border, TUESDAY)) == ["moved.2", "busy", "last"]


def test_rows_of_the_models_have_the_same_borders(session: Session) -> None:
    """On SQLite a time is text: what the models write compares as what Asterisk writes does."""
    session.add(Cdr(uniqueid="ours", start=MONDAY, accountcode="a"))
    session.flush()
    record(session, "theirs", "2026-01-05 00:00:00", accountcode="a")

    assert found(session, calls_of_account("a", MONDAY, TUESDAY)) == ["ours", "theirs"]
    assert found(session, calls_of_account("a", MONDAY - timedelta(days=1), MONDAY)) == []


def test_calls_of_an_account(calls: Session) -> None:
    """By the caller's account code."""
    assert found(calls, calls_of_account("sales", MONDAY, TUESDAY)) == ["first", "busy", "last"]


def test_calls_of_a_number(calls: Session) -> None:
    """However the number was written, by the caller's side or by who dialled it."""
    one, other = "+12025550123", "+12025550199"

    assert found(calls, calls_of_number(one, MONDAY, TUESDAY)) == [
        *("moved", "moved.2", "ring", "ring.2", "busy")
    ]
    assert found(calls, calls_of_number(other, MONDAY, TUESDAY)) == []
    assert len(found(calls, calls_of_number(other, MONDAY, TUESDAY, region="US"))) == 4
    assert len(found(calls, calls_of_number("(202) 555-0199", MONDAY, TUESDAY, region="US"))) == 4
    assert len(found(calls, calls_of_number("101", MONDAY, TUESDAY))) == 5
    with pytest.raises(ValidationError, match="number"):
        calls_of_number("+1", MONDAY, TUESDAY)


def test_missed_calls(calls: Session) -> None:
    """Not what another phone took, and not what the endpoint itself tried in vain."""
    assert found(calls, missed_calls("alice", MONDAY, TUESDAY)) == ["busy", "alone"]
    assert found(calls, missed_calls("bob", MONDAY, WEDNESDAY)) == []


@pytest.mark.parametrize("linkedid", [None, "", "call"])
@pytest.mark.parametrize("taken_by", ["the same call", "another call", "another tenant"])
def test_missed_calls_by_what_joins_records(
    session: Session, linkedid: str | None, taken_by: str
) -> None:
    """Records without a linkedid belong together if they have one uniqueid; of one tenant alone."""
    one: dict[str, Any] = {"tenantid": "a", "linkedid": linkedid}
    other = dict(one, tenantid="b" if taken_by == "another tenant" else "a")
    uniqueid = "1.2" if taken_by == "another call" else "1.1"
    if taken_by == "another call" and linkedid:
        other["linkedid"] = "other"
    at_nine = "2026-01-05 09:00:00"
    record(session, "1.1", at_nine, "NO ANSWER", dstchannel="PJSIP/alice-00000001", **one)
    record(session, uniqueid, at_nine, dstchannel="PJSIP/bob-00000002", **other)

    missed = missed_calls("alice", MONDAY, TUESDAY, where=Cdr.tenantid == "a")
    assert len(found(session, missed)) == (0 if taken_by == "the same call" else 1)


def test_records_of_a_call(calls: Session) -> None:
    """All of its rows, whatever the period."""
    assert found(calls, records_of_call("moved")) == ["moved", "moved.2"]


def test_totals_by_endpoint(calls: Session) -> None:
    """A call counts once for each endpoint that took part, its seconds in each of its records."""
    totals = [tuple(row) for row in calls.execute(totals_by_endpoint(MONDAY, TUESDAY))]

    assert totals == [
        # All but early and late; of first 60 seconds, of moved 30.
        ("alice", 6, 2, 90),
        ("alice-b", 1, 1, 10),
        # Those that he is in: first 60 seconds, moved 90, and busy and last none.
        ("bob", 4, 3, 150),
        # Of moved both records, of ring the second.
        ("trunk", 3, 2, 130),
    ]
    assert all(type(row[3]) is int for row in totals)


def test_channels_of_no_endpoint_count_for_none(session: Session) -> None:
    """Whatever stands there, a report about others goes on."""
    for number, channel in enumerate(("PJSIP/a", "PJSIP/", "Local/1@x-00000001;2", "", None)):
        record(session, str(number), "2026-01-05 10:00:00", channel=channel, dstchannel=channel)
    record(session, "right", "2026-01-05 10:00:00", channel="PJSIP/zoë-b-00000001", billsec=7)
    totals = session.execute(totals_by_endpoint(MONDAY, TUESDAY))

    assert [tuple(row) for row in totals] == [("zoë-b", 1, 1, 7)]


def test_totals_by_day(calls: Session) -> None:
    """A call with two records is one, and a day without calls is not there."""
    totals = calls.execute(totals_by_day(at("2026-01-04"), at("2026-01-08")))

    assert [tuple(row) for row in totals] == [
        (date(2026, 1, 4), 1, 1, 0),
        (date(2026, 1, 5), 7, 4, 190),
        (date(2026, 1, 6), 1, 1, 5),
    ]


def test_one_talk_with_two_records(session: Session) -> None:
    """A Local channel gives a second record of one talk; a later part of the call adds up."""
    local, member = "Local/101@agents-00000001;%s", "PJSIP/ann-00000002"
    times: dict[str, Any] = {
        "start": "2026-01-05 09:00:00",
        "answer": "2026-01-05 09:00:10",
        "billsec": 60,
    }
    ends = {"channel": "PJSIP/trunk-00000001", "dstchannel": local % 1}
    record(session, "c", **times, **ends)
    record(session, "c.2", **times, channel=local % 2, dstchannel=member, linkedid="c")
    times = {"start": "2026-01-05 09:02:00", "answer": "2026-01-05 09:02:00", "billsec": 30}
    record(session, "c.3", **times, **ends, linkedid="c")
    days = session.execute(totals_by_day(MONDAY, TUESDAY)).all()
    endpoints = session.execute(totals_by_endpoint(MONDAY, TUESDAY)).all()

    assert [tuple(row) for row in days] == [(MONDAY.date(), 1, 1, 90)]
    assert [tuple(row) for row in endpoints] == [("ann", 1, 1, 60), ("trunk", 1, 1, 90)]


def test_a_call_over_midnight_is_one(session: Session) -> None:
    """It belongs to the day on which it began."""
    record(session, "c", "2026-01-05 23:59:50", billsec=20)
    record(session, "c.2", "2026-01-06 00:00:05", billsec=20, linkedid="c")

    assert [tuple(row) for row in session.execute(totals_by_day(MONDAY, WEDNESDAY))] == [
        (MONDAY.date(), 1, 1, 35)
    ]


@pytest.mark.parametrize(
    "report",
    [
        totals_by_endpoint,
        totals_by_day,
        partial(calls_of_endpoint, "alice"),
        partial(calls_of_number, "100"),
        partial(calls_of_account, "sales"),
        partial(missed_calls, "alice"),
    ],
)
def test_reports_of_one_tenant(session: Session, report: Any) -> None:
    """They tell nothing of another's calls."""
    for tenant, seconds in (("a", 1), ("b", 1000)):
        for number, disposition in enumerate(("ANSWERED", "BUSY")):
            record(
                session,
                f"{tenant}.{number}",
                "2026-01-05 09:00:00",
                disposition,
                channel="PJSIP/alice-00000001",
                dstchannel="PJSIP/alice-00000002",
                billsec=seconds,
                accountcode="sales",
                tenantid=tenant,
            )
    both = [tuple(row) for row in session.execute(report(MONDAY, TUESDAY))]
    one = session.execute(report(MONDAY, TUESDAY, where=Cdr.tenantid == "a"))
    found = [tuple(row) for row in one]

    assert found != both
    assert "1000" not in str(found)
    assert all(not isinstance(cell, Cdr) or cell.tenantid == "a" for row in found for cell in row)
    assert found


def test_a_zone_moves_the_period(calls: Session) -> None:
    """Monday of UTC begins at one o'clock where the table is in Berlin's time."""
    monday, tuesday = MONDAY.replace(tzinfo=UTC), TUESDAY.replace(tzinfo=UTC)
    statement = calls_of_account("sales", monday, tuesday, stored_in=ZoneInfo("Europe/Berlin"))

    assert found(calls, statement) == ["busy", "last", "late"]


@pytest.mark.parametrize(
    "statement",
    [
        lambda *period: calls_of_endpoint("alice", *period),
        lambda *period: calls_of_account("sales", *period),
        lambda *period: calls_of_number("100", *period),
        lambda *period: missed_calls("alice", *period),
        totals_by_endpoint,
        totals_by_day,
    ],
)
def test_every_question_refuses_a_guess(statement: Any) -> None:
    """One moment with a zone and one without mean nothing together."""
    with pytest.raises(ValidationError, match="time zone"):
        statement(MONDAY, TUESDAY.replace(tzinfo=UTC))


def test_events_of_a_call(session: Session) -> None:
    """In the order in which they happened, and as they were written where that is the same."""
    for event, moment, linkedid in (
        ("ANSWER", "2026-01-05 10:00:02", "1.1"),
        ("CHAN_START", "2026-01-05 10:00:00", "1.1"),
        ("HANGUP", "2026-01-05 10:00:09", "1.1"),
        ("CHAN_END", "2026-01-05 10:00:09", "1.1"),
        ("CHAN_START", "2026-01-05 10:00:01", "1.2"),
    ):
        insert(session, "cel", eventtype=event, eventtime=moment, linkedid=linkedid)
    events = session.scalars(events_of_call("1.1")).all()

    assert [event.eventtype for event in events] == ["CHAN_START", "ANSWER", "HANGUP", "CHAN_END"]
    assert all(isinstance(event, Cel) for event in events)
    assert events[0].eventtime == at("2026-01-05 10:00:00")
