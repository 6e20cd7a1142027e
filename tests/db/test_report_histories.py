"""Reports beside a slow and obvious count of the same random histories, on each database."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest
from sqlalchemy import delete

from asterisk_realtime.models import Cdr, QueueLog
from asterisk_realtime.reports import (
    agent_totals,
    queue_calls,
    queue_service_level,
    totals_by_day,
    totals_by_endpoint,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.orm import Session

START: Final = datetime(2026, 1, 5)  # noqa: DTZ001 - as stored
DAYS: Final = 3
END: Final = START + timedelta(days=DAYS)
SEEDS: Final = range(6)
TENANTS: Final = ("a", "b", None)


def seeded(seed: int) -> random.Random:
    """Return dice that fall alike each time."""
    return random.Random(seed)  # noqa: S311 - no secret is drawn


# -- Calls -----------------------------------------------------------------------------------------


def records(dice: random.Random) -> Iterator[Cdr]:
    """Yield the records of some calls: transfers, Local channels, phones that ring at once."""
    for number in range(dice.randint(5, 25)):
        begin = START + timedelta(hours=dice.uniform(-6, DAYS * 24 + 6))
        tenant = dice.choice(TENANTS)
        for part in range(dice.randint(1, 4)):
            start = (begin + timedelta(seconds=dice.randint(0, 90))).replace(microsecond=0)
            taken = dice.random() < 0.6
            ends = [channel(dice) for _ in range(2)]
            yield Cdr(
                start=start,
                answer=start + timedelta(seconds=dice.randint(0, 5)) if taken else None,
                billsec=dice.choice((0, 1, 30, 60)) if taken else 0,
                disposition="ANSWERED" if taken else dice.choice(("NO ANSWER", "BUSY", None)),
                linkedid=dice.choice((f"l{number}",) * 6 + (None, "")),
                uniqueid=dice.choice((f"u{number}.{part}",) * 4 + (None,)),
                channel=ends[0],
                dstchannel=dice.choice((ends[1], "", None)),
                tenantid=tenant,
            )


def channel(dice: random.Random) -> str:
    """Return the name of a channel."""
    name = dice.choice(("ann", "bob", "a-b", "trunk"))
    tail = f"-{dice.randrange(16**8):08x}"
    return dice.choice(
        (f"PJSIP/{name}{tail}",) * 3 + (f"Local/{name}@c{tail};{dice.randint(1, 2)}",)
    )


def endpoint(name: str | None) -> str | None:
    """Return whose a channel is."""
    is_one = name is not None and name.startswith("PJSIP/")
    return name[len("PJSIP/") : -len("-00000000")] if name and is_one else None


def counted(calls: Iterable[list[Cdr]]) -> tuple[int, int, int]:
    """Return how many calls, how many of them were taken, and for how many seconds in all."""
    groups = list(calls)
    seconds = 0
    for group in groups:
        talked: set[datetime] = set()
        for one in group:
            begin = one.answer or one.start
            assert begin is not None
            talked |= {begin + timedelta(seconds=n) for n in range(one.billsec or 0)}
        seconds += len(talked)
    taken = sum(any(one.disposition == "ANSWERED" for one in group) for group in groups)
    return len(groups), taken, seconds


def grouped(found: Iterable[Cdr]) -> list[list[Cdr]]:
    """Return the records of each call."""
    groups: dict[object, list[Cdr]] = defaultdict(list)
    for one in found:
        groups[one.linkedid or one.uniqueid or one.id].append(one)
    return list(groups.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_totals_of_calls(session: Session, seed: int) -> None:
    """By endpoint and by day, of all tenants and of one."""
    dice = seeded(seed)
    session.add_all(records(dice))
    session.flush()
    every = [one for one in session.query(Cdr) if START <= (one.start or END) < END]

    for tenant in TENANTS:
        inside = [one for one in every if one.tenantid == tenant]
        days: dict[date, list[list[Cdr]]] = defaultdict(list)
        for call in grouped(inside):
            days[min(one.start for one in call if one.start).date()].append(call)
        names = {endpoint(end) for one in inside for end in (one.channel, one.dstchannel)} - {None}
        where = Cdr.tenantid == tenant
        by_day = session.execute(totals_by_day(START, END, where=where)).all()
        by_endpoint = session.execute(totals_by_endpoint(START, END, where=where)).all()

        assert {row[0]: tuple(row[1:]) for row in by_day} == {
            day: counted(calls) for day, calls in days.items()
        }
        assert {row[0]: tuple(row[1:]) for row in by_endpoint} == {
            name: counted(
                grouped(
                    one for one in inside if name in map(endpoint, (one.channel, one.dstchannel))
                )
            )
            for name in names
        }


# -- Queues ----------------------------------------------------------------------------------------


@attrs.define
class Visit:
    """One time that a caller entered a queue, and what then happened."""

    queue: str
    entered: datetime
    caller: str
    outcome: str | None
    agent: str | None
    waited: int | None
    talks: list[tuple[str, int, datetime]] = attrs.field(factory=list)

    @property
    def result(self) -> tuple[object, ...]:
        """What `queue_calls` says of it."""
        return (self.entered, self.caller, self.outcome, self.agent, self.waited)


WAITED: Final = {
    "CONNECT": "data1",
    "ABANDON": "data3",
    "EXITWITHTIMEOUT": "data3",
    "EXITEMPTY": "data3",
    "EXITWITHKEY": "data4",
}
TALKED: Final[list[tuple[str, dict[str, str], str]]] = [
    ("COMPLETEAGENT", {}, "data2"),
    ("COMPLETECALLER", {}, "data2"),
    ("BLINDTRANSFER", {"data1": "600", "data2": "phones"}, "data4"),
    ("ATTENDEDTRANSFER", {"data1": "BRIDGE", "data2": "0a-1b"}, "data4"),
    ("ATTENDEDTRANSFER", {"data1": "APP", "data2": "Queue"}, "data4"),
    ("ATTENDEDTRANSFER", {"data1": "LINK", "data4": "3"}, "data5"),
]


def visits(dice: random.Random) -> tuple[list[Visit], list[QueueLog]]:
    """Return some visits, and the events that Asterisk writes about them."""
    found: list[Visit] = []
    events: list[QueueLog] = []

    def write(moment: datetime, callid: str, visit: Visit, event: str, **data: Any) -> None:
        agent = visit.agent if event != "ENTERQUEUE" and visit.agent else "NONE"
        events.append(
            QueueLog(
                time=moment,
                callid=callid,
                queuename=visit.queue,
                agent=agent,
                event=event,
                **data,
            )
        )

    for number in range(dice.randint(10, 40)):
        moment = START + timedelta(seconds=dice.randint(-3, 300))
        for part in range(dice.randint(1, 3)):
            outcome = dice.choice((*WAITED, "CONNECT", "CONNECT", None))
            waited = dice.randint(0, 40) if outcome else None
            agent = dice.choice(("Ann", "Bob")) if outcome == "CONNECT" else None
            visit = Visit(
                dice.choice(("sales", "other")), moment, f"+1{number}", outcome, agent, waited
            )
            found.append(visit)
            caller = f"c{number}"
            by_agent = dice.random() < 0.3
            entry = f"agent{number}.{part}" if by_agent else caller
            write(moment, entry, visit, "ENTERQUEUE", data2=visit.caller)
            if outcome is None or waited is None:
                if not by_agent:
                    break  # by the same channel nothing follows
                moment += timedelta(seconds=50)
                continue
            moment += timedelta(seconds=waited)
            write(moment, caller, visit, outcome, **{WAITED[outcome]: str(waited)})
            if agent:
                talk = dice.randint(0, 90)
                moment += timedelta(seconds=talk)
                event, data, where = dice.choice(TALKED)
                write(moment, caller, visit, event, **{**data, where: str(talk)})
                visit.talks.append((agent, talk, moment))
            moment += timedelta(seconds=dice.randint(1, 5))
    # Asterisk writes one event after the other; of one second in any order, but a call's own.
    events.sort(key=lambda event: event.time or START)
    return found, events


@pytest.mark.parametrize("seed", SEEDS)
def test_reports_of_queues(session: Session, seed: int) -> None:
    """What was written about each visit is found again, also of those that an agent began."""
    found, events = visits(seeded(seed))
    for event in events:
        session.add(event)
        session.flush()  # one after the other, so that the numbers tell the order

    for queue in ("sales", "other"):
        inside = [one for one in found if one.queue == queue and START <= one.entered < END]
        rows = session.execute(queue_calls(queue, START, END)).all()
        level = session.execute(queue_service_level(queue, START, END, seconds=10)).one()
        outcomes = Counter(one.outcome for one in inside)
        soon = sum(one.outcome == "CONNECT" and (one.waited or 0) <= 10 for one in inside)

        # Two agents' callers who enter in one second cannot be told apart by name.
        assert Counter((row.entered, row.outcome, row.agent, row.waited) for row in rows) == (
            Counter((one.entered, one.outcome, one.agent, one.waited) for one in inside)
        )
        assert level._asdict() == {
            "offered": len(inside),
            "answered": outcomes["CONNECT"],
            "abandoned": outcomes["ABANDON"],
            "left": sum(n for name, n in outcomes.items() if (name or "").startswith("EXIT")),
            "waiting": outcomes[None],
            "answered_within": soon,
            "service_level": pytest.approx(soon / len(inside)) if inside else None,
        }


@pytest.mark.parametrize("seed", SEEDS)
def test_talk_of_agents(session: Session, seed: int) -> None:
    """However it ended."""
    found, events = visits(seeded(seed))
    session.add_all(events)
    session.flush()
    expected: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for visit in found:
        taken = visit.entered + timedelta(seconds=visit.waited or 0)
        if visit.agent and START <= taken < END:
            expected[visit.agent][0] += 1
        for agent, talk, moment in visit.talks:
            if START <= moment < END:
                expected[agent][2] += talk

    totals = {row[0]: list(row[1:]) for row in session.execute(agent_totals(START, END))}
    assert totals == expected
    session.execute(delete(QueueLog))


def test_of_the_same_second(session: Session) -> None:
    """Several callers of agents who enter at once are all found, and who waits, waits."""
    events: list[tuple[str, str, dict[str, Any]]] = [
        *(("ENTERQUEUE", f"agent{n}", {}) for n in range(4)),
        *(("CONNECT", f"caller{n}", {"data1": "5"}) for n in range(3)),
    ]
    for number, (event, callid, data) in enumerate(events):
        moment = START + timedelta(seconds=0 if number < 4 else 5)
        session.add(
            QueueLog(time=moment, callid=callid, queuename="q", agent="Ann", event=event, **data)
        )
        session.flush()
    rows: list[Any] = list(session.execute(queue_calls("q", START, END)))

    assert Counter(row.outcome for row in rows) == {"CONNECT": 3, None: 1}
