"""Queues whose agents transfer, and members that ring at once: the reports tell what happened."""

from __future__ import annotations

import re
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from asterisk_realtime import models as m
from asterisk_realtime.reports import agent_totals, queue_calls, queue_service_level
from asterisk_realtime.values.choices import QueueStrategy
from tests.asterisk.realtime_lab import DATABASES, mostly_long, running
from tests.asterisk.sip_user import SipUser, sip_user

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from tests.asterisk.realtime_lab import RealtimeLab
    from tools.asterisk_lab.prefix import Prefix

HOSTS: Final = {"caller": 60, "ann": 61, "bob": 62, "silent": 63}
MEMBERS: Final = {
    "first": ["PJSIP/ann"],
    "second": ["PJSIP/bob"],
    "ringall": ["PJSIP/silent", "PJSIP/bob"],
    "local": ["Local/700@internal"],
}
STEPS: Final = {
    **{str(number): f"Queue,{name}" for number, name in enumerate(MEMBERS, 1)},
    "700": "Dial,PJSIP/bob",
}


@pytest.fixture(scope="module", params=mostly_long("sqlite3"))
def lab(request: pytest.FixtureRequest, prefix: Prefix) -> Iterator[RealtimeLab]:
    """An Asterisk with queues and phones, on each database."""
    engine: Engine = request.getfixturevalue(DATABASES[request.param])
    with running(
        prefix,
        engine,
        request.param,
        arrange=lambda files: {**files, "queues.conf": "[general]\n"},
        modules=("app_queue", "res_pjsip_refer"),
        also=("queue_log",),
    ) as started:
        started.add(*rows(started))
        started.asterisk.reload()  # or the phones have no contacts yet, and are called unavailable
        yield started


def rows(lab: RealtimeLab) -> list[m.Base]:
    """Return what is in the tables."""
    found: list[m.Base] = []
    for name, host in HOSTS.items():
        address = lab.net.host(host)
        found += [
            m.Aor(id=name, contact=(f"sip:{name}@{address}",)),
            m.Endpoint(id=name, aors=(name,), allow=("ulaw",), context="internal"),
            m.Identify(id=name, endpoint=name, match=(address,)),
        ]
    for queue, members in MEMBERS.items():
        found.append(m.Queue(name=queue, strategy=QueueStrategy.RINGALL, timeout=20))
        found += [
            m.QueueMember(queue_name=queue, interface=device, uniqueid=number, ringinuse=True)
            for number, device in enumerate(members, 10 * len(found))
        ]
    for exten, step in STEPS.items():
        app, _comma, data = step.partition(",")
        steps = [("Answer", ""), (app, data)] if app == "Queue" else [(app, data)]
        found += [
            m.Extension(context="internal", exten=exten, priority=n, app=one, appdata=arguments)
            for n, (one, arguments) in enumerate(steps, 1)
        ]
    return found


@contextmanager
def phones(lab: RealtimeLab, *names: str) -> Iterator[list[SipUser]]:
    """Yield phones on an empty log of queues."""
    with Session(lab.engine) as session:
        session.execute(delete(m.QueueLog))
        session.commit()
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                sip_user(lab.net.host(HOSTS[name]), lab.net.asterisk, answers=name != "silent")
            )
            for name in names
        ]
        lab.asterisk.cli("channel request hangup all")
        lab.asterisk.wait_until(lambda: not lab.asterisk.channels(), "end of all calls")


def wait_for(lab: RealtimeLab, event: str, number: int = 1) -> None:
    """Wait until Asterisk has written an event."""
    lab.wait_for_rows(m.QueueLog, m.QueueLog.event == event, number=number, seconds=20)


def report(lab: RealtimeLab, make: Any, *arguments: str) -> list[dict[str, Any]]:
    """Return the rows of a report about now."""
    now = datetime.now()  # noqa: DTZ005 - as Asterisk writes it
    period = (now - timedelta(minutes=5), now + timedelta(minutes=5))
    with Session(lab.engine) as session:
        return [row._asdict() for row in session.execute(make(*arguments, *period))]


def outcomes(lab: RealtimeLab, queue: str) -> list[tuple[object, object]]:
    """Return what became of the calls of a queue, and who took them."""
    return [(row["outcome"], row["agent"]) for row in report(lab, queue_calls, queue)]


def test_attended_transfer_into_a_queue(lab: RealtimeLab) -> None:
    """Ann waits in the second queue herself and then puts her caller there: Bob takes the call."""
    with phones(lab, "caller", "ann") as (caller, ann):
        caller.call("1")
        wait_for(lab, "CONNECT")
        talk = ann.called()
        asks = ann.call("2")
        wait_for(lab, "ENTERQUEUE", 2)
        ann.transfer(talk, asks)
        wait_for(lab, "ATTENDEDTRANSFER")
        with sip_user(lab.net.host(HOSTS["bob"]), lab.net.asterisk) as bob:
            bob.called()
            wait_for(lab, "CONNECT", 2)
            bob.hang_up(bob.dialogs[0])
            wait_for(lab, "COMPLETEAGENT")

    (level,) = report(lab, queue_service_level, "second")
    entry, taken = (
        lab.rows(m.QueueLog, m.QueueLog.queuename == "second", m.QueueLog.event == event)[0]
        for event in ("ENTERQUEUE", "CONNECT")
    )
    assert entry.callid != taken.callid  # Ann's own channel, and then her caller's
    assert outcomes(lab, "first") == [("CONNECT", "PJSIP/ann")]
    assert outcomes(lab, "second") == [("CONNECT", "PJSIP/bob")]
    assert (level["offered"], level["answered"], level["waiting"]) == (1, 1, 0)


def test_attended_transfer_after_a_word(lab: RealtimeLab) -> None:
    """Ann talks to Bob of the second queue first, and then puts her caller through."""
    with phones(lab, "caller", "ann", "bob") as (caller, ann, bob):
        caller.call("1")
        wait_for(lab, "CONNECT")
        talk = ann.called()
        asks = ann.call("2")
        bob.called()
        wait_for(lab, "CONNECT", 2)
        ann.transfer(talk, asks)
        wait_for(lab, "ATTENDEDTRANSFER")

    (level,) = report(lab, queue_service_level, "second")
    assert outcomes(lab, "second") == [("CONNECT", "PJSIP/bob")]
    assert (level["offered"], level["answered"], level["waiting"]) == (1, 1, 0)


def test_blind_transfer_into_a_queue(lab: RealtimeLab) -> None:
    """Ann sends her caller to the second queue, where Bob takes the call; her talk counts."""
    with phones(lab, "caller", "ann", "bob") as (caller, ann, bob):
        caller.call("1")
        wait_for(lab, "CONNECT")
        talk = ann.called()
        started = datetime.now()  # noqa: DTZ005 - as Asterisk writes it
        lab.asterisk.wait_until(
            lambda: datetime.now() - started > timedelta(seconds=2),  # noqa: DTZ005 - as above
            "two seconds of talk",
        )
        ann.transfer(talk, "2")
        bob.called()
        wait_for(lab, "CONNECT", 2)
        bob.hang_up(bob.dialogs[0])
        wait_for(lab, "COMPLETEAGENT")

    totals = {row["agent"]: row for row in report(lab, agent_totals)}
    assert outcomes(lab, "first") == [("CONNECT", "PJSIP/ann")]
    assert outcomes(lab, "second") == [("CONNECT", "PJSIP/bob")]
    assert totals["PJSIP/ann"]["answered"] == totals["PJSIP/bob"]["answered"] == 1
    assert totals["PJSIP/ann"]["talk_seconds"] >= 2


def test_members_that_ring_at_once(lab: RealtimeLab) -> None:
    """One takes the call, and the call counts once."""
    with phones(lab, "caller", "bob", "silent") as (caller, bob, _silent):
        caller.call("3")
        wait_for(lab, "CONNECT")
        bob.hang_up(bob.called())
        wait_for(lab, "COMPLETEAGENT")

    (level,) = report(lab, queue_service_level, "ringall")
    assert outcomes(lab, "ringall") == [("CONNECT", "PJSIP/bob")]
    assert (level["offered"], level["answered"]) == (1, 1)
    assert [row["answered"] for row in report(lab, agent_totals)] == [1]


def test_a_member_by_a_local_channel(lab: RealtimeLab) -> None:
    """It is one call of one agent."""
    with phones(lab, "caller", "bob") as (caller, bob):
        caller.call("4")
        wait_for(lab, "CONNECT")
        bob.hang_up(bob.called())
        lab.wait_for_rows(m.QueueLog, m.QueueLog.event.startswith("COMPLETE"))

    (totals,) = report(lab, agent_totals)
    assert outcomes(lab, "local") == [("CONNECT", "Local/700@internal")]
    assert totals["answered"] == 1


def test_nothing_goes_wrong(lab: RealtimeLab) -> None:
    """Asterisk has nothing to say against it."""
    known = re.compile(r"Unable to locate replaced dialog|Remote UNIX connection")

    assert [line for line in lab.asterisk.log_problems() if not known.search(line)] == []
