"""
What happened in the queues, read from ``queue_log``.

A caller who enters a queue leaves it by one of the events in ``OUTCOMES``; who enters again, by the
same call or another, counts again. Asterisk writes the events one after the other, so the row
numbers give their order, even where the clock is put back.

In an attended transfer of a caller into a queue, the agent's channel enters the queue, but the
outcome has the caller's channel. Such an outcome is matched with the entry that is as long before
it as the time waited.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Double, and_, case, cast, func, literal, or_, select
from sqlalchemy import type_coerce as typed

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models.queue_log import QueueLog
from asterisk_realtime.reports.narrowing import condition_on, sealed
from asterisk_realtime.reports.periods import stored_period, within
from asterisk_realtime.reports.sql import EpochSeconds, LeadingNumber
from asterisk_realtime.reports.typed import (
    SHARE_OR_NONE,
    TEXT,
    TEXT_OR_NONE,
    TIME,
    WHOLE,
    WHOLE_OR_NONE,
    typed_as,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime, tzinfo

    from sqlalchemy import ColumnElement, Select, Subquery

ENTERED: Final = "ENTERQUEUE"
"""The event of a caller who enters a queue."""

ANSWERED: Final = "CONNECT"
"""The event of a caller whom an agent answered."""

OUTCOMES: Final = {
    ANSWERED: "data1",
    "ABANDON": "data3",
    "EXITWITHTIMEOUT": "data3",
    "EXITEMPTY": "data3",
    "EXITWITHKEY": "data4",
}
"""How waiting ends, and which column then holds the seconds waited (``apps/app_queue.c``)."""

LONGEST_WAIT: Final = timedelta(days=1)
"""How long after a period the outcomes of its calls are looked for."""

_JITTER: Final = 1
"""Seconds by which two events may disagree on a time, since both cut fractions."""

_TALKED: Final = {
    "COMPLETECALLER": "data2",
    "COMPLETEAGENT": "data2",
    "BLINDTRANSFER": "data4",
    "TRANSFER": "data4",  # of releases before 12
    "ATTENDEDTRANSFER": "data4",
}
"""Events that end an agent's talk, and the column that then has its seconds."""

_LINK: Final = "LINK"
"""``data1`` of an attended transfer that joins two bridges: ``data5`` then has the seconds."""

_NOT_TAKEN: Final = "RINGNOANSWER"


@typed_as(lambda: select(TEXT, TIME, TEXT_OR_NONE, TEXT_OR_NONE, TEXT_OR_NONE, WHOLE_OR_NONE))
def queue_calls(
    queue: str,
    start: datetime,
    end: datetime,
    *,
    where: ColumnElement[bool] | None = None,
    stored_in: tzinfo | None = None,
) -> Select[str, datetime, str | None, str | None, str | None, int | None]:
    """
    Select the calls that entered a queue in a period, in their order.

    The columns are ``callid`` (UNIQUEID of the channel that entered), ``entered`` (as stored),
    ``caller`` (number), ``outcome`` (``CONNECT``, ``ABANDON``, ``EXITWITHTIMEOUT``, ``EXITEMPTY``,
    ``EXITWITHKEY``, or None while the caller waits), ``agent`` (who answered) and ``waited``
    (seconds until the outcome).

    Args:
        queue: Name of the queue.
        start: Start of the period in which the calls enter, inclusive.
        end: End of the period, exclusive; outcomes count up to a day later.
        where: Which calls count, by columns of `QueueLog` of the event by which they entered; None
            for all.
        stored_in: Time zone of the stored times, if *start* and *end* are aware; None if both are
            naive, and as stored.

    Raises:
        ValidationError: The period is invalid, or *where* is not a
            condition on `QueueLog`.
    """
    period = stored_period(start, end, stored_in)
    calls = _calls(_events(queue, period, condition_on(QueueLog, where)))
    outcome = calls.c.outcome
    return sealed(
        select(
            calls.c.callid,
            calls.c.time.label("entered"),
            calls.c.caller,
            outcome,
            case((outcome == ANSWERED, calls.c.agent)).label("agent"),
            calls.c.waited,
        )
        .where(calls.c.wanted == 1, within(calls.c.time, period))
        .order_by(calls.c.id)
    )


@typed_as(lambda: select(WHOLE, WHOLE, WHOLE, WHOLE, WHOLE, WHOLE, SHARE_OR_NONE))
def queue_service_level(
    queue: str,
    start: datetime,
    end: datetime,
    *,
    seconds: int = 20,
    where: ColumnElement[bool] | None = None,
    stored_in: tzinfo | None = None,
) -> Select[int, int, int, int, int, int, float | None]:
    """
    Select the service level of a queue in a period, and its counts of calls, in one row.

    The columns are ``offered``, ``answered``, ``abandoned`` (the caller hung up), ``left`` (by
    timeout, by key, or because no agent was there), ``waiting`` (none of these yet),
    ``answered_within`` (*seconds*), and ``service_level``: the share of ``answered_within`` in
    ``offered``, from 0 to 1, None if no call was offered.

    Args:
        queue: Name of the queue.
        start: Start of the period in which the calls enter, inclusive.
        end: End of the period, exclusive; outcomes count up to a day later.
        seconds: Longest wait that counts as in time.
        where: Which calls count, by columns of `QueueLog` of the event by which they entered; None
            for all.
        stored_in: Time zone of the stored times, if *start* and *end* are aware; None if both are
            naive, and as stored.

    Raises:
        ValidationError: The period is invalid, *seconds* is negative, or *where* is not a
            condition on `QueueLog`.
    """
    if seconds < 0:
        raise ValidationError("seconds", seconds, "it is negative", "give 0 or more")
    found = queue_calls(queue, start, end, where=where, stored_in=stored_in)
    calls = found.order_by(None).subquery()
    outcome = calls.c.outcome
    others = [event for event in OUTCOMES if event not in {ANSWERED, "ABANDON"}]
    offered = func.count()
    soon = _count(and_(outcome == ANSWERED, calls.c.waited <= seconds))
    share = soon * literal(1.0, Double()) / func.nullif(offered, 0)
    statement = select(
        offered.label("offered"),
        _count(outcome == ANSWERED).label("answered"),
        _count(outcome == "ABANDON").label("abandoned"),
        _count(outcome.in_(others)).label("left"),
        _count(outcome.is_(None)).label("waiting"),
        soon.label("answered_within"),
        typed(share, Double()).label("service_level"),
    )
    return sealed(statement.select_from(calls))


@typed_as(lambda: select(TEXT_OR_NONE, WHOLE, WHOLE, WHOLE))
def agent_totals(
    start: datetime,
    end: datetime,
    *,
    queue: str | None = None,
    where: ColumnElement[bool] | None = None,
    stored_in: tzinfo | None = None,
) -> Select[str | None, int, int, int]:
    """
    Select the calls and the talk time of each agent in a period.

    The columns are ``agent`` (as ``QueueLog.agent`` names them), ``answered`` (calls),
    ``not_taken`` (how often they rang without an answer) and ``talk_seconds`` (of the talks that
    ended in the period, by hanging up or by a transfer). Each event belongs to the time at which it
    was written.

    Args:
        start: Start of the period, inclusive.
        end: End of the period, exclusive.
        queue: Name of one queue; None for all.
        where: Which events count, by columns of `QueueLog`; None for all.
        stored_in: Time zone of the stored times, if *start* and *end* are aware; None if both are
            naive, and as stored.

    Raises:
        ValidationError: The period is invalid, or *where* is not a
            condition on `QueueLog`.
    """
    event = QueueLog.event
    talked = case(
        (and_(event == "ATTENDEDTRANSFER", QueueLog.data1 == _LINK), LeadingNumber(QueueLog.data5)),
        *(
            (event == name, LeadingNumber(getattr(QueueLog, data)))
            for name, data in _TALKED.items()
        ),
    )
    statement = select(
        QueueLog.agent,
        _count(event == ANSWERED).label("answered"),
        _count(event == _NOT_TAKEN).label("not_taken"),
        cast(func.coalesce(func.sum(talked), 0), BigInteger).label("talk_seconds"),
    ).where(
        within(QueueLog.time, stored_period(start, end, stored_in)),
        event.in_((ANSWERED, _NOT_TAKEN, *_TALKED)),
        condition_on(QueueLog, where),
    )
    if queue is not None:
        statement = statement.where(QueueLog.queuename == queue)
    return sealed(statement.group_by(QueueLog.agent).order_by(QueueLog.agent))


# -- Their parts -----------------------------------------------------------------------------------


def _events(queue: str, period: tuple[datetime, datetime], wanted: Any) -> Subquery:
    """Return the events by which calls enter and leave a queue, each with the next and previous."""
    # Entries just before the period are read too, or their outcomes would match others.
    margin = timedelta(seconds=2 * _JITTER + 1)
    span = (period[0] - margin, period[1] + LONGEST_WAIT)
    event = QueueLog.event
    waited = case(
        *(
            (event == name, LeadingNumber(getattr(QueueLog, data)))
            for name, data in OUTCOMES.items()
        )
    )
    call: Any = {"partition_by": QueueLog.callid, "order_by": QueueLog.id}
    second = EpochSeconds(QueueLog.time)

    def following(column: Any) -> Any:
        return func.lead(column, type_=column.type).over(**call)

    return (
        select(
            QueueLog.id,
            QueueLog.time,
            QueueLog.callid,
            event,
            QueueLog.agent,
            QueueLog.data2.label("caller"),
            waited.label("waited"),
            following(event).label("next_event"),
            following(QueueLog.agent).label("next_agent"),
            following(waited).label("next_waited"),
            func.lag(event, type_=event.type).over(**call).label("previous_event"),
            # The time at which the call entered: by its own event, and by its outcome.
            (second - func.coalesce(waited, 0)).label("second"),
            case((wanted, 1), else_=0).label("wanted"),
        )
        .where(
            within(QueueLog.time, span),
            QueueLog.queuename == queue,
            event.in_((ENTERED, *OUTCOMES)),
        )
        .subquery()
    )


def _calls(events: Subquery) -> Subquery:
    """Return one row for each time that a call entered, with what became of it."""
    entered = events.alias("entered")
    left = events.alias("left_by_another")
    pairs = _pairs(events)
    of_its_own = entered.c.next_event.in_(OUTCOMES)
    columns = ("id", "time", "callid", "caller", "wanted")
    return (
        select(
            *(entered.c[name] for name in columns),
            # A call that enters again before anything else happened left without an event.
            case((of_its_own, entered.c.next_event), else_=left.c.event).label("outcome"),
            case((of_its_own, entered.c.next_agent), else_=left.c.agent).label("agent"),
            case((of_its_own, entered.c.next_waited), else_=left.c.waited).label("waited"),
        )
        .select_from(
            entered.outerjoin(pairs, pairs.c.entry == entered.c.id).outerjoin(
                left, left.c.id == pairs.c.exit
            )
        )
        .where(entered.c.event == ENTERED)
        .subquery()
    )


def _pairs(events: Subquery) -> Subquery:
    """Return which entries without an outcome belong to which outcomes without an entry."""
    entry = _alone(events, events.c.event == ENTERED, events.c.next_event, OUTCOMES)
    exit_ = _alone(events, events.c.event.in_(OUTCOMES), events.c.previous_event, (ENTERED,))
    apart = func.abs(entry.c.second - exit_.c.second)
    # Those in the same second are matched by their order.
    nearest = (apart, func.abs(entry.c.place - exit_.c.place))
    candidates = (
        select(
            entry.c.id.label("entry"),
            exit_.c.id.label("exit"),
            func.row_number()
            .over(partition_by=entry.c.id, order_by=(*nearest, exit_.c.id))
            .label("by_entry"),
            func.row_number()
            .over(partition_by=exit_.c.id, order_by=(*nearest, entry.c.id))
            .label("by_exit"),
        )
        .join_from(entry, exit_, and_(apart <= _JITTER, entry.c.id < exit_.c.id))
        .subquery()
    )
    best = and_(candidates.c.by_entry == 1, candidates.c.by_exit == 1)
    return select(candidates.c.entry, candidates.c.exit).where(best).subquery()


def _alone(events: Subquery, kind: Any, neighbour: Any, partners: Any) -> Subquery:
    """Return events of a kind that have no partner of the same call beside them."""
    place = func.row_number().over(partition_by=events.c.second, order_by=events.c.id)
    without = or_(neighbour.is_(None), neighbour.not_in(partners))
    return (
        select(events.c.id, events.c.second, place.label("place")).where(kind, without).subquery()
    )


def _count(condition: Any) -> Any:
    return func.count(case((condition, 1)))
