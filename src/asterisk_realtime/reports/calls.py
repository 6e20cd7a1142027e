"""
Calls, read from ``cdr`` and ``cel``.

A call may have several rows of ``cdr``: one for each phone that rang, one more for each transfer,
and two for one conversation through a Local channel.
All have the same ``linkedid``: each ``linkedid`` counts as one call, and each second of a call
counts once.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Date,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    or_,
    select,
    union_all,
)

from asterisk_realtime.models.cdr import Cdr
from asterisk_realtime.models.cel import Cel
from asterisk_realtime.reports.narrowing import condition_on, sealed
from asterisk_realtime.reports.periods import stored_period, within
from asterisk_realtime.reports.sql import EpochSeconds
from asterisk_realtime.reports.typed import DAY, TEXT, WHOLE, typed_as
from asterisk_realtime.values.numbers import spellings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from sqlalchemy import Select, Subquery
    from sqlalchemy.sql.elements import ColumnElement

ANSWERED: Final = "ANSWERED"
"""What ``Cdr.disposition`` holds when party B, or the dialplan, answered."""

_TECHNOLOGY: Final = "PJSIP/"
_NUMBERED: Final = "-00000001"
_NAMED: Final = f"{_TECHNOLOGY}_%-{'_' * 8}"
"""LIKE pattern of the names of endpoints' channels; other names contain no endpoint."""


@typed_as(lambda: select(Cdr))
def calls_of_endpoint(
    endpoint: str,
    start: datetime,
    end: datetime,
    *,
    where: ColumnElement[bool] | None = None,
    stored_in: tzinfo | None = None,
) -> Select[Cdr]:
    """
    Select the records of calls that an endpoint made or was rung by, oldest first.

    The endpoint is found by its channels, ``PJSIP/<endpoint>-<eight digits>``, as party A or B.

    Args:
        endpoint: Id of the endpoint.
        start: Start of the period in which the records begin, inclusive.
        end: End of the period, exclusive.
        where: Which records count, by columns of `Cdr`: ``Cdr.tenantid == "acme"``; None for all.
        stored_in: Time zone of the stored times, if *start* and *end* are aware; None if both are
            naive, and as stored.

    Raises:
        ValidationError: The period is invalid, or *where* is not a
            condition on `Cdr`.
    """
    rang_or_called = or_(_is_of(Cdr.channel, endpoint), _is_of(Cdr.dstchannel, endpoint))
    return _records(start, end, stored_in, where, rang_or_called)


@typed_as(lambda: select(Cdr))
def calls_of_account(
    accountcode: str,
    start: datetime,
    end: datetime,
    *,
    where: ColumnElement[bool] | None = None,
    stored_in: tzinfo | None = None,
) -> Select[Cdr]:
    """
    Select the records of calls whose party A has an account code, oldest first.

    Args:
        accountcode: The code, as the endpoint's ``accountcode`` or the dialplan set it.
        start: Start of the period in which the records begin, inclusive.
        end: End of the period, exclusive.
        where: Which records count, by columns of `Cdr`: ``Cdr.tenantid == "acme"``; None for all.
        stored_in: Time zone of the stored times, if *start* and *end* are aware; None if both are
            naive, and as stored.

    Raises:
        ValidationError: The period is invalid, or *where* is not a
            condition on `Cdr`.
    """
    return _records(start, end, stored_in, where, Cdr.accountcode == accountcode)


@typed_as(lambda: select(Cdr))
def calls_of_number(
    number: str,
    start: datetime,
    end: datetime,
    *,
    region: str | None = None,
    where: ColumnElement[bool] | None = None,
    stored_in: tzinfo | None = None,
) -> Select[Cdr]:
    """
    Select the records of calls from or to a telephone number, oldest first.

    A number with ``+``, or with a region, is found with and without its ``+``, and in the forms
    in which it is dialled in the region. Any other, such as ``100``, is found as it is written.

    Args:
        number: The caller's number or the dialled number.
        start: Start of the period in which the records begin, inclusive.
        end: End of the period, exclusive.
        region: Country whose national forms are looked for too (``US``, ``GB``).
        where: Which records count, by columns of `Cdr`: ``Cdr.tenantid == "acme"``; None for all.
        stored_in: Time zone of the stored times, if *start* and *end* are aware; None if both are
            naive, and as stored.

    Raises:
        ValidationError: It is not a number, the region is unknown, the period is invalid, or
            *where* is not a condition on `Cdr`.
    """
    forms = spellings(number, region=region)
    return _records(start, end, stored_in, where, or_(Cdr.src.in_(forms), Cdr.dst.in_(forms)))


@typed_as(lambda: select(Cdr))
def missed_calls(
    endpoint: str,
    start: datetime,
    end: datetime,
    *,
    where: ColumnElement[bool] | None = None,
    stored_in: tzinfo | None = None,
) -> Select[Cdr]:
    """
    Select the records of calls that rang an endpoint and that nobody answered, oldest first.

    A call that another phone answered, or the dialplan by ``Answer()``, is not missed.
    Records without a ``linkedid`` belong to one call if their ``uniqueid`` is the same.

    Args:
        endpoint: Id of the endpoint.
        start: Start of the period in which the records begin, inclusive.
        end: End of the period, exclusive.
        where: Which records count, by columns of `Cdr`: ``Cdr.tenantid == "acme"``; None for all.
        stored_in: Time zone of the stored times, if *start* and *end* are aware; None if both are
            naive, and as stored.

    Raises:
        ValidationError: The period is invalid, or *where* is not a
            condition on `Cdr`.
    """
    taken = (
        select(Cdr.linkedid, Cdr.uniqueid)
        .where(condition_on(Cdr, where), Cdr.disposition == ANSWERED)
        .subquery()
    )
    missed = and_(
        Cdr.disposition != ANSWERED,
        ~exists().where(taken.c.linkedid == Cdr.linkedid, Cdr.linkedid != ""),
        ~exists().where(*map(_has_no_linkedid, (taken.c, Cdr)), taken.c.uniqueid == Cdr.uniqueid),
    )
    return _records(start, end, stored_in, where, and_(_is_of(Cdr.dstchannel, endpoint), missed))


@typed_as(lambda: select(Cdr))
def records_of_call(linkedid: str) -> Select[Cdr]:
    """Select all records of one call, in the order in which they began."""
    return select(Cdr).where(Cdr.linkedid == linkedid).order_by(Cdr.start, Cdr.id)


@typed_as(lambda: select(Cel))
def events_of_call(linkedid: str) -> Select[Cel]:
    """Select all events of one call, in the order in which they happened."""
    return select(Cel).where(Cel.linkedid == linkedid).order_by(Cel.eventtime, Cel.id)


@typed_as(lambda: select(TEXT, WHOLE, WHOLE, WHOLE))
def totals_by_endpoint(
    start: datetime,
    end: datetime,
    *,
    where: ColumnElement[bool] | None = None,
    stored_in: tzinfo | None = None,
) -> Select[str, int, int, int]:
    """
    Select number and length of each endpoint's calls in a period, as party A or as party B.

    The columns are ``endpoint``, ``calls``, ``answered`` (how many of these were answered) and
    ``answered_seconds``. A call between two endpoints counts for each of them. Each answered second
    counts once for an endpoint, even if several of its records include it.

    Args:
        start: Start of the period in which the records begin, inclusive.
        end: End of the period, exclusive.
        where: Which records count, by columns of `Cdr`: ``Cdr.tenantid == "acme"``; None for all.
        stored_in: Time zone of the stored times, if *start* and *end* are aware; None if both are
            naive, and as stored.

    Raises:
        ValidationError: The period is invalid, or *where* is not a
            condition on `Cdr`.
    """
    inside = _inside(start, end, stored_in, where)
    parties = union_all(
        *(
            _talks(_endpoint_of(channel).label("endpoint")).where(inside, channel.like(_NAMED))
            for channel in (Cdr.channel, Cdr.dstchannel)
        )
    ).subquery()
    calls = _calls(parties, parties.c.endpoint)
    endpoint = calls.c.endpoint
    return sealed(select(endpoint, *_totals(calls)).group_by(endpoint).order_by(endpoint))


@typed_as(lambda: select(DAY, WHOLE, WHOLE, WHOLE))
def totals_by_day(
    start: datetime,
    end: datetime,
    *,
    where: ColumnElement[bool] | None = None,
    stored_in: tzinfo | None = None,
) -> Select[date, int, int, int]:
    """
    Select number and length of the calls on each day of a period; one without calls has no row.

    The columns are ``day``, ``calls``, ``answered`` (how many of these were answered) and
    ``answered_seconds``. A call belongs to the day on which its first record in the period began,
    as stored: a day in the time zone of the table. Each answered second counts once, even if
    several records include it.

    Args:
        start: Start of the period in which the records begin, inclusive.
        end: End of the period, exclusive.
        where: Which records count, by columns of `Cdr`: ``Cdr.tenantid == "acme"``; None for all.
        stored_in: Time zone of the stored times, if *start* and *end* are aware; None if both are
            naive, and as stored.

    Raises:
        ValidationError: The period is invalid, or *where* is not a
            condition on `Cdr`.
    """
    calls = _calls(_talks().where(_inside(start, end, stored_in, where)).subquery())
    day = func.date(calls.c.start, type_=Date()).label("day")
    return sealed(select(day, *_totals(calls)).group_by(day).order_by(day))


# -- Their parts -----------------------------------------------------------------------------------

_CALL: Final = func.coalesce(
    func.nullif(Cdr.linkedid, ""), func.nullif(Cdr.uniqueid, ""), cast(Cdr.id, String(20))
)
"""What the records of one call have in common."""


def _has_no_linkedid(record: Any) -> ColumnElement[bool]:
    """Return the condition for records that only their uniqueid joins; the index serves it."""
    return and_(or_(record.linkedid.is_(None), record.linkedid == ""), record.uniqueid != "")


def _inside(
    start: datetime, end: datetime, stored_in: tzinfo | None, where: ColumnElement[bool] | None
) -> ColumnElement[bool]:
    period = within(Cdr.start, stored_period(start, end, stored_in))
    return and_(period, condition_on(Cdr, where))


def _records(
    start: datetime,
    end: datetime,
    stored_in: tzinfo | None,
    where: ColumnElement[bool] | None,
    condition: ColumnElement[bool],
) -> Select[Cdr]:
    inside = _inside(start, end, stored_in, where)
    return select(Cdr).where(inside, condition).order_by(Cdr.start, Cdr.id)


def _is_of(channel: Any, endpoint: str) -> ColumnElement[bool]:
    """
    Return the condition that a channel's name is one of *endpoint*.

    Not by LIKE alone, which tells neither ``a-b`` from ``a`` nor, on SQLite, ``A`` from ``a``.
    """
    prefix = f"{_TECHNOLOGY}{endpoint}-"
    number = func.substr(channel, len(prefix) + 1)
    return and_(func.substr(channel, 1, len(prefix)) == prefix, number.not_like("%-%"))


def _endpoint_of(channel: Any) -> ColumnElement[str]:
    """Return what stands between the technology and the channel's number."""
    length = func.char_length(channel) - len(_TECHNOLOGY) - len(_NUMBERED)
    return func.substr(channel, len(_TECHNOLOGY) + 1, length)


def _talks(*columns: Any) -> Any:
    """Select records with the second at which their talk begins and the one at which it ends."""
    begin = EpochSeconds(func.coalesce(Cdr.answer, Cdr.start))
    seconds = case((Cdr.billsec > 0, Cdr.billsec), else_=0)
    return select(
        *columns,
        Cdr.id.label("id"),
        _CALL.label("call"),
        Cdr.start.label("start"),
        Cdr.disposition.label("disposition"),
        begin.label("begin"),
        (begin + seconds).label("end"),
    )


def _calls(talks: Subquery, *keys: Any) -> Subquery:
    """Return one row a call, or a call and *keys*: its start, whether it was answered, seconds."""
    one = (*keys, talks.c.call)
    begin, end = talks.c.begin, talks.c.end
    # Seconds that an earlier talk of the call already included are not counted again.
    so_far = func.max(end).over(
        partition_by=one, order_by=(begin, end, talks.c.id), rows=(None, -1)
    )
    own = select(talks, so_far.label("so_far")).subquery()
    since = case((own.c.so_far > own.c.begin, own.c.so_far), else_=own.c.begin)
    seconds = case((own.c.end > since, own.c.end - since), else_=0)
    one = tuple(own.c[column.name] for column in one)
    return (
        select(
            *one,
            func.min(own.c.start).label("start"),
            func.max(case((own.c.disposition == ANSWERED, 1), else_=0)).label("taken"),
            func.sum(seconds).label("seconds"),
        )
        .group_by(*one)
        .subquery()
    )


def _totals(calls: Subquery) -> tuple[Any, Any, Any]:
    """Return the columns that count calls; MariaDB's own sums are decimal."""
    return (
        func.count().label("calls"),
        cast(func.sum(calls.c.taken), BigInteger).label("answered"),
        cast(func.sum(calls.c.seconds), BigInteger).label("answered_seconds"),
    )
