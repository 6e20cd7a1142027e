"""
Calls, read from ``cdr`` and ``cel``.

A call may give several rows of ``cdr``: one for each phone that rang, one more for each transfer.
All have the same ``linkedid``, and where calls are counted, a ``linkedid`` counts once.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Date,
    and_,
    case,
    cast,
    distinct,
    exists,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from asterisk_realtime.models.cdr import Cdr
from asterisk_realtime.models.cel import Cel
from asterisk_realtime.queries.periods import stored_period, within
from asterisk_realtime.values.numbers import spellings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from sqlalchemy import Select
    from sqlalchemy.sql.elements import ColumnElement

ANSWERED: Final = "ANSWERED"
"""What ``Cdr.disposition`` holds when party B, or the dialplan, took the call."""

_TECHNOLOGY: Final = "PJSIP/"
_NUMBERED: Final = "-00000001"
_NAMED: Final = f"{_TECHNOLOGY}_%-{'_' * 8}"
"""What the name of an endpoint's channel is like; the names of others have no endpoint in them."""


def calls_of_endpoint(
    endpoint: str, start: datetime, end: datetime, *, stored_in: tzinfo | None = None
) -> Select[Cdr]:
    """
    Select the records of calls that an endpoint made or was rung by, oldest first.

    It is found by its channels, ``PJSIP/<endpoint>-<eight digits>``, as party A or as party B.

    Args:
        endpoint: Id of the endpoint.
        start: First moment at which the record may begin.
        end: First moment at which it may not any more.
        stored_in: Zone of the stored times, if *start* and *end* carry a zone; None if both are
            as stored.

    Raises:
        InvalidValueError: The period cannot be told from what is given.
    """
    rang_or_called = or_(_is_of(Cdr.channel, endpoint), _is_of(Cdr.dstchannel, endpoint))
    return _records(start, end, stored_in, rang_or_called)


def calls_of_account(
    accountcode: str, start: datetime, end: datetime, *, stored_in: tzinfo | None = None
) -> Select[Cdr]:
    """
    Select the records of calls whose party A has an account code, oldest first.

    Args:
        accountcode: The code, as the endpoint's ``accountcode`` or the dialplan set it.
        start: First moment at which the record may begin.
        end: First moment at which it may not any more.
        stored_in: Zone of the stored times, if *start* and *end* carry a zone; None if both are
            as stored.

    Raises:
        InvalidValueError: The period cannot be told from what is given.
    """
    return _records(start, end, stored_in, Cdr.accountcode == accountcode)


def calls_of_number(
    number: str,
    start: datetime,
    end: datetime,
    *,
    region: str | None = None,
    stored_in: tzinfo | None = None,
) -> Select[Cdr]:
    """
    Select the records of calls from or to a telephone number, oldest first.

    A number with ``+``, or with a region, is found with and without its ``+``, and in the forms
    in which it is dialled in the region. Any other, such as ``100``, is found as it is written.

    Args:
        number: Caller's number, or the one that was dialled.
        start: First moment at which the record may begin.
        end: First moment at which it may not any more.
        region: Country whose national forms are looked for too (``US``, ``GB``).
        stored_in: Zone of the stored times, if *start* and *end* carry a zone; None if both are
            as stored.

    Raises:
        InvalidValueError: The number is none, the region is unknown, or the period cannot be told
            from what is given.
    """
    forms = spellings(number, region=region)
    return _records(start, end, stored_in, or_(Cdr.src.in_(forms), Cdr.dst.in_(forms)))


def missed_calls(
    endpoint: str, start: datetime, end: datetime, *, stored_in: tzinfo | None = None
) -> Select[Cdr]:
    """
    Select the records of calls that rang an endpoint and that nobody took, oldest first.

    A call that another phone took, or the dialplan itself by ``Answer()``, is not among them.

    Args:
        endpoint: Id of the endpoint.
        start: First moment at which the record may begin.
        end: First moment at which it may not any more.
        stored_in: Zone of the stored times, if *start* and *end* carry a zone; None if both are
            as stored.

    Raises:
        InvalidValueError: The period cannot be told from what is given.
    """
    other = aliased(Cdr)
    taken = exists().where(other.linkedid == Cdr.linkedid, other.disposition == ANSWERED)
    rung = _is_of(Cdr.dstchannel, endpoint)
    return _records(start, end, stored_in, and_(rung, Cdr.disposition != ANSWERED, ~taken))


def records_of_call(linkedid: str) -> Select[Cdr]:
    """Select all records of one call, in the order in which they began."""
    return select(Cdr).where(Cdr.linkedid == linkedid).order_by(Cdr.start, Cdr.id)


def events_of_call(linkedid: str) -> Select[Cel]:
    """Select all events of one call, in the order in which they happened."""
    return select(Cel).where(Cel.linkedid == linkedid).order_by(Cel.eventtime, Cel.id)


def totals_by_endpoint(
    start: datetime, end: datetime, *, stored_in: tzinfo | None = None
) -> Select[str, int, int, int]:
    """
    Select for each endpoint what it telephoned in a period, as party A or as party B.

    The columns are ``endpoint``, ``calls``, ``answered`` (how many of these were taken) and
    ``answered_seconds``. A call between two endpoints counts for each of them.

    Args:
        start: First moment at which a record may begin.
        end: First moment at which it may not any more.
        stored_in: Zone of the stored times, if *start* and *end* carry a zone; None if both are
            as stored.

    Raises:
        InvalidValueError: The period cannot be told from what is given.
    """
    inside = within(Cdr.start, stored_period(start, end, stored_in))
    parties = union_all(
        *(
            select(
                _endpoint_of(channel).label("endpoint"),
                _CALL.label("call"),
                Cdr.disposition.label("disposition"),
                Cdr.billsec.label("billsec"),
            ).where(inside, channel.like(_NAMED))
            for channel in (Cdr.channel, Cdr.dstchannel)
        )
    ).subquery()
    endpoint = parties.c.endpoint
    totals = _totals(parties.c.call, parties.c.disposition, parties.c.billsec)
    return select(endpoint, *totals).group_by(endpoint).order_by(endpoint)


def totals_by_day(
    start: datetime, end: datetime, *, stored_in: tzinfo | None = None
) -> Select[date, int, int, int]:
    """
    Select for each day of a period how much was telephoned; a day without calls has no row.

    The columns are ``day``, ``calls``, ``answered`` (how many of these were taken) and
    ``answered_seconds``. A record belongs to the day on which it began, as stored: to a day of the
    zone that the table is written in.

    Args:
        start: First moment at which a record may begin.
        end: First moment at which it may not any more.
        stored_in: Zone of the stored times, if *start* and *end* carry a zone; None if both are
            as stored.

    Raises:
        InvalidValueError: The period cannot be told from what is given.
    """
    day = func.date(Cdr.start, type_=Date()).label("day")
    totals = _totals(_CALL, Cdr.disposition, Cdr.billsec)
    inside = within(Cdr.start, stored_period(start, end, stored_in))
    return select(day, *totals).where(inside).group_by(day).order_by(day)


# -- What they are made of -------------------------------------------------------------------------

_CALL: Final = func.coalesce(Cdr.linkedid, Cdr.uniqueid)
"""What the records of one call have in common."""


def _records(
    start: datetime, end: datetime, stored_in: tzinfo | None, condition: ColumnElement[bool]
) -> Select[Cdr]:
    inside = within(Cdr.start, stored_period(start, end, stored_in))
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


def _totals(call: Any, disposition: Any, seconds: Any) -> tuple[Any, Any, Any]:
    """Return the columns that count calls; MariaDB's own sums are decimal."""
    taken = case((disposition == ANSWERED, call))
    return (
        func.count(distinct(call)).label("calls"),
        func.count(distinct(taken)).label("answered"),
        cast(func.coalesce(func.sum(seconds), 0), BigInteger).label("answered_seconds"),
    )
