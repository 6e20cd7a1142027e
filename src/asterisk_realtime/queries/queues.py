"""
What happened in the queues, read from ``queue_log``.

A caller who enters a queue leaves it by one of the events in ``OUTCOMES``; who enters again, by the
same call or another, is offered again. Asterisk writes the events one after the other, so the
numbers of the rows tell their order, also where the clock is put back.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Double, Integer, String, and_, case, cast, func, literal, select
from sqlalchemy import type_coerce as typed

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.models.queue_log import QueueLog
from asterisk_realtime.queries.periods import stored_period, within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from sqlalchemy import Select

ENTERED: Final = "ENTERQUEUE"
"""The event of a caller who enters a queue."""

ANSWERED: Final = "CONNECT"
"""The event of a caller whom an agent took."""

OUTCOMES: Final = {
    ANSWERED: "data1",
    "ABANDON": "data3",
    "EXITWITHTIMEOUT": "data3",
    "EXITEMPTY": "data3",
    "EXITWITHKEY": "data4",
}
"""How waiting ends, and which column then holds the seconds waited (``apps/app_queue.c``)."""

LONGEST_WAIT: Final = timedelta(days=1)
"""How long after a period the outcome of a call is looked for that was offered in it."""

_TALKED: Final = {"COMPLETECALLER": "data2", "COMPLETEAGENT": "data2"}
_NOT_TAKEN: Final = "RINGNOANSWER"


def queue_calls(
    queue: str, start: datetime, end: datetime, *, stored_in: tzinfo | None = None
) -> Select[str, datetime, str | None, str | None, str | None, int | None]:
    """
    Select the calls that a queue was offered in a period, in the order in which they came.

    The columns are ``callid`` (UNIQUEID of the caller's channel), ``entered`` (as stored),
    ``caller`` (number), ``outcome`` (``CONNECT``, ``ABANDON``, ``EXITWITHTIMEOUT``, ``EXITEMPTY``,
    ``EXITWITHKEY``, or None for who still waits), ``agent`` (who took the call) and ``waited``
    (seconds until the outcome).

    Args:
        queue: Name of the queue.
        start: First moment at which the call may enter.
        end: First moment at which it may not any more; its outcome may lie up to a day behind.
        stored_in: Zone of the stored times, if *start* and *end* carry a zone; None if both are
            as stored.

    Raises:
        InvalidValueError: The period cannot be told from what is given.
    """
    period = stored_period(start, end, stored_in)
    events = _with_what_follows(queue, (period[0], period[1] + LONGEST_WAIT))
    outcome = events.c.outcome
    return (
        select(
            events.c.callid,
            events.c.time.label("entered"),
            events.c.caller,
            # Who enters again before anything else happened has left unseen.
            case((outcome.in_(OUTCOMES), outcome)).label("outcome"),
            case((outcome == ANSWERED, events.c.agent)).label("agent"),
            case(
                *((outcome == event, _seconds(events.c[data])) for event, data in OUTCOMES.items())
            ).label("waited"),
        )
        .where(events.c.event == ENTERED, within(events.c.time, period))
        .order_by(events.c.id)
    )


def queue_service_level(
    queue: str,
    start: datetime,
    end: datetime,
    *,
    seconds: int = 20,
    stored_in: tzinfo | None = None,
) -> Select[int, int, int, int, int, int, float | None]:
    """
    Select in one row how well the calls that a queue was offered in a period were served.

    The columns are ``offered``, ``answered``, ``abandoned`` (the caller hung up), ``left`` (by
    timeout, by key, or because no agent was there), ``waiting`` (none of these yet),
    ``answered_within`` (*seconds*), and ``service_level``: the share of ``answered_within`` in
    ``offered``, from 0 to 1, None if no call was offered.

    Args:
        queue: Name of the queue.
        start: First moment at which a call may enter.
        end: First moment at which it may not any more; its outcome may lie up to a day behind.
        seconds: Longest wait that is good.
        stored_in: Zone of the stored times, if *start* and *end* carry a zone; None if both are
            as stored.

    Raises:
        InvalidValueError: The period cannot be told from what is given, or *seconds* is negative.
    """
    if seconds < 0:
        raise InvalidValueError("seconds", seconds, "it is negative", "give 0 or more")
    calls = queue_calls(queue, start, end, stored_in=stored_in).order_by(None).subquery()
    outcome = calls.c.outcome
    others = [event for event in OUTCOMES if event not in {ANSWERED, "ABANDON"}]
    offered = func.count()
    soon = _count(and_(outcome == ANSWERED, calls.c.waited <= seconds))
    share = soon * literal(1.0, Double()) / func.nullif(offered, 0)
    return select(
        offered.label("offered"),
        _count(outcome == ANSWERED).label("answered"),
        _count(outcome == "ABANDON").label("abandoned"),
        _count(outcome.in_(others)).label("left"),
        _count(outcome.is_(None)).label("waiting"),
        soon.label("answered_within"),
        typed(share, Double()).label("service_level"),
    ).select_from(calls)


def agent_totals(
    start: datetime,
    end: datetime,
    *,
    queue: str | None = None,
    stored_in: tzinfo | None = None,
) -> Select[str | None, int, int, int]:
    """
    Select for each agent what they did in a period.

    The columns are ``agent`` (as ``QueueLog.agent`` names them), ``answered`` (calls taken),
    ``not_taken`` (how often they were rung in vain) and ``talk_seconds`` (of the calls that ended
    in the period, those that were transferred left out). Each event belongs to the time at which
    it was written.

    Args:
        start: First moment of the period.
        end: First moment behind it.
        queue: Name of the one queue that is meant; None for all.
        stored_in: Zone of the stored times, if *start* and *end* carry a zone; None if both are
            as stored.

    Raises:
        InvalidValueError: The period cannot be told from what is given.
    """
    event = QueueLog.event
    talked = case((event.in_(_TALKED), _seconds(QueueLog.data2)), else_=0)
    statement = select(
        QueueLog.agent,
        _count(event == ANSWERED).label("answered"),
        _count(event == _NOT_TAKEN).label("not_taken"),
        cast(func.coalesce(func.sum(talked), 0), BigInteger).label("talk_seconds"),
    ).where(
        within(QueueLog.time, stored_period(start, end, stored_in)),
        event.in_((ANSWERED, _NOT_TAKEN, *_TALKED)),
    )
    if queue is not None:
        statement = statement.where(QueueLog.queuename == queue)
    return statement.group_by(QueueLog.agent).order_by(QueueLog.agent)


# -- What they are made of -------------------------------------------------------------------------


def _with_what_follows(queue: str, span: tuple[datetime, datetime]) -> Any:
    """Return the calls' events of a queue, each with the next one of the same call."""

    def following(name: str) -> Any:
        column = getattr(QueueLog, name)
        return func.lead(column, type_=column.type).over(
            partition_by=QueueLog.callid, order_by=QueueLog.id
        )

    return (
        select(
            QueueLog.id,
            QueueLog.time,
            QueueLog.callid,
            QueueLog.event,
            QueueLog.data2.label("caller"),
            following("event").label("outcome"),
            following("agent").label("agent"),
            *(following(name).label(name) for name in sorted(set(OUTCOMES.values()))),
        )
        .where(
            within(QueueLog.time, span),
            QueueLog.queuename == queue,
            QueueLog.event.in_((ENTERED, *OUTCOMES)),
        )
        .subquery()
    )


def _seconds(data: Any) -> Any:
    # Plain text: a column of the log takes no empty one.
    return cast(func.nullif(data, literal("", String())), Integer)


def _count(condition: Any) -> Any:
    return func.count(case((condition, 1)))
