"""
Records of calls and events of channels, which Asterisk writes: read back as typed rows.

Asterisk's files, and SQLite's view, are those of the page of the documentation.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy.orm import Session

from asterisk_realtime import migrations
from asterisk_realtime import models as m
from asterisk_realtime.reports import calls_of_endpoint, totals_by_day
from tests.asterisk.realtime_lab import DATABASES, PATHS, running
from tests.asterisk.record_files import documented, with_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from tests.asterisk.realtime_lab import RealtimeLab
    from tools.asterisk_lab.prefix import Prefix

ODD: Final = "Zoë; ^5 'q'"
SOON: Final = timedelta(seconds=60)

_WRITERS: Final = {
    "sqlite3": ("res_cdrel_custom", "cdr_sqlite3_custom", "cel_sqlite3_custom"),
    "pgsql": ("cdr_pgsql", "cel_pgsql"),
    "odbc-postgresql": ("cdr_adaptive_odbc", "cel_odbc"),
    "odbc-mariadb": ("cdr_adaptive_odbc", "cel_odbc"),
}
"""Path -> the modules that write by it."""


@pytest.fixture(scope="module", params=PATHS)
def lab(request: pytest.FixtureRequest, prefix: Prefix) -> Iterator[RealtimeLab]:
    """An Asterisk that writes both tables, by each path in turn."""
    engine: Engine = request.getfixturevalue(DATABASES[request.param])
    modules = ("app_celgenuserevent", "func_cdr", *_WRITERS[request.param])
    with (
        _view(engine),
        running(
            prefix, engine, request.param, rows=_rows(), arrange=with_records, modules=modules
        ) as started,
    ):
        yield started


def _rows() -> list[m.Base]:
    steps = {
        "1": [
            ("Set", "CHANNEL(accountcode)=acc"),
            ("Set", f"CDR(userfield)={ODD}"),
            ("Answer", ""),
            ("CELGenUserEvent", f"Lunch,{ODD}"),
            ("Wait", "2"),
        ],
        "2": [("Hangup", "17")],
        "3": [("Dial", "Local/1@internal")],
    }
    return [
        m.Auth(id="desk", username="desk", password="desk"),
        m.Aor(id="desk"),
        m.Endpoint(
            id="desk",
            aors=("desk",),
            auth=("desk",),
            allow=("ulaw",),
            context="internal",
            tenantid="acme",
            callerid='"Zoë" <77>',
        ),
        *(
            m.Extension(context="internal", exten=exten, priority=number, app=app, appdata=data)
            for exten, some in steps.items()
            for number, (app, data) in enumerate(some, 1)
        ),
    ]


@contextmanager
def _view(engine: Engine) -> Iterator[None]:
    if engine.dialect.name != "sqlite":
        yield
        return
    with engine.begin() as connection:
        view, trigger = documented("cdr_sqlite3").split("\n\n")
        connection.exec_driver_sql(view)
        connection.exec_driver_sql(trigger)
    yield
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP VIEW cdr_sqlite3")


def _call(lab: RealtimeLab, exten: str, *, hold: int = 200) -> str:
    """Have the phone call *exten*, and return what the rows of this call share."""
    lab.phone_call(exten, user="desk", password="desk", hold=hold)
    starts = (m.Cel.exten == exten, m.Cel.channame.like("PJSIP/desk-%"))
    begin = lab.wait_for_rows(m.Cel, *starts, m.Cel.eventtype == "CHAN_START")[-1]
    ends = (m.Cel.linkedid == begin.linkedid, m.Cel.eventtype == "LINKEDID_END")
    lab.wait_for_rows(m.Cel, *ends)
    return str(begin.linkedid)


def _texts(row: m.Base, names: str) -> list[object]:
    return [getattr(row, name) for name in names.split()]


def test_record(lab: RealtimeLab) -> None:
    """An answered call is one row, in which text and times are as they were."""
    before = datetime.now()  # noqa: DTZ005 - as Asterisk writes it
    linkedid = _call(lab, "1", hold=1700)
    (record,) = lab.wait_for_rows(m.Cdr, m.Cdr.linkedid == linkedid)

    assert _texts(record, "accountcode src dst dcontext clid") == [
        *("acc", "77", "1", "internal", '"Zoë" <77>')
    ]
    assert _texts(record, "lastapp lastdata disposition amaflags userfield tenantid") == [
        *("Wait", "2", "ANSWERED", "DOCUMENTATION", ODD, "acme")
    ]
    assert record.channel.startswith("PJSIP/desk-")
    assert record.uniqueid == linkedid
    assert isinstance(record.sequence, int)
    # To the second, in the time of the server, which is this one.
    assert timedelta(seconds=-1) < record.start - before < SOON
    assert record.start <= record.answer < record.end
    assert record.end - record.answer <= timedelta(seconds=record.billsec + 1)
    assert 1 <= record.billsec <= record.duration
    assert not any(_texts(record, "dstchannel peeraccount peertenantid"))


def test_calls_are_found_by_their_time(lab: RealtimeLab) -> None:
    """What Asterisk writes and what a period says compare on each database, to the second."""
    linkedid = _call(lab, "1")
    (record,) = lab.wait_for_rows(m.Cdr, m.Cdr.linkedid == linkedid)
    second = timedelta(seconds=1)
    begin = record.start.replace(microsecond=0)
    with Session(lab.engine) as session:
        inside = session.scalars(calls_of_endpoint("desk", begin, begin + second)).all()
        before = session.scalars(calls_of_endpoint("desk", begin - second, begin)).all()

    assert record.id in [call.id for call in inside]
    assert record.id not in [call.id for call in before]


def test_record_without_answer(lab: RealtimeLab) -> None:
    """A call that nobody took has no time of an answer."""
    linkedid = _call(lab, "2")
    (record,) = lab.wait_for_rows(m.Cdr, m.Cdr.linkedid == linkedid)

    assert (record.answer, record.billsec, record.disposition) == (None, 0, "BUSY")
    assert record.start <= record.end
    assert not record.accountcode


def test_events(lab: RealtimeLab) -> None:
    """A call with two parties tells its events in order, and who was in the bridge."""
    before = datetime.now()  # noqa: DTZ005 - as Asterisk writes it
    linkedid = _call(lab, "3", hold=1200)
    events = sorted(lab.rows(m.Cel, m.Cel.linkedid == linkedid), key=lambda event: event.id)
    phone = [event for event in events if event.channame.startswith("PJSIP/desk-")]
    (lunch,) = [event for event in events if event.userdeftype]
    (entry,) = [event for event in phone if event.eventtype == "BRIDGE_ENTER"]
    (end,) = [event for event in phone if event.eventtype == "HANGUP"]
    records = lab.wait_for_rows(m.Cdr, m.Cdr.linkedid == linkedid, number=2)

    assert [event.eventtype for event in (phone[0], events[-1])] == ["CHAN_START", "LINKEDID_END"]
    assert {"APP_START", "ANSWER", "BRIDGE_EXIT", "CHAN_END"} <= {e.eventtype for e in phone}
    assert _texts(phone[0], "cid_name cid_num exten context amaflags uniqueid") == [
        *("Zoë", "77", "3", "internal", 3, linkedid)
    ]
    assert (entry.appname, entry.appdata) == ("Dial", "Local/1@internal")
    assert entry.peer.startswith("Local/1@internal-")
    assert (lunch.userdeftype, lunch.accountcode) == ("Lunch", "acc")
    assert json.loads(lunch.extra) == {"extra": ODD}
    assert json.loads(end.extra)["hangupsource"] == phone[0].channame
    assert timedelta(seconds=-1) < phone[0].eventtime - before < SOON
    assert phone[0].eventtime <= entry.eventtime < end.eventtime
    # MariaDB's column keeps whole seconds.
    assert any(e.eventtime.microsecond for e in events)
    assert {record.dstchannel for record in records} >= {entry.peer}


def test_one_talk_counts_once(lab: RealtimeLab) -> None:
    """A Local channel gives two records of one talk."""
    linkedid = _call(lab, "3", hold=1200)
    here = m.Cdr.linkedid == linkedid
    records = lab.wait_for_rows(m.Cdr, here, number=2)
    period = (datetime(2000, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001 - as stored
    with Session(lab.engine) as session:
        (day,) = session.execute(totals_by_day(*period, where=here)).all()
    longest = max(record.billsec for record in records)

    assert (day.calls, day.answered) == (1, 1)
    assert sum(record.billsec for record in records) > longest > 0
    # Each record's time is cut to a second.
    assert longest <= day.answered_seconds <= longest + 1


def test_nothing_goes_wrong(lab: RealtimeLab) -> None:
    """Asterisk logs no problem, and the migrations leave a view of a table alone."""
    assert lab.asterisk.log_problems() == []
    assert migrations.check(lab.engine) == ()
