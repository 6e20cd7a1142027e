"""
Periods of time, as the tables keep them.

Asterisk writes date and time of day without a zone: the local time of its server, or UTC where the
backend that writes the table is set to it. The rows do not tell which, so the caller must.
"""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from asterisk_realtime.errors import ValidationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy.sql.elements import ColumnElement, SQLCoreOperations

Period = tuple[datetime, datetime]
"""Start, inclusive, and end, exclusive; both as stored."""


def stored_period(start: datetime, end: datetime, stored_in: tzinfo | None) -> Period:
    """
    Return the period from *start* up to *end* as the tables keep it.

    Args:
        start: Start of the period, inclusive.
        end: End of the period, exclusive.
        stored_in: Time zone of the stored times, if *start* and *end* are aware; None if both are
            naive, and as stored.

    Raises:
        ValidationError: Only one of the two is aware, both contradict *stored_in*, they are in the
            wrong order, or one is in the hour that the stored zone has twice.
    """
    for field, moment in (("start", start), ("end", end)):
        _check(field, moment, stored_in)
    if stored_in is not None:
        start, end = _as_stored("start", start, stored_in), _as_stored("end", end, stored_in)
    if start >= end:
        raise ValidationError(
            "end", end, f"it is not after the start, {start}", "give start before end"
        )
    return start, end


def within(column: SQLCoreOperations[Any], period: Period) -> ColumnElement[bool]:
    """Return the condition that *column* lies in *period*."""
    start, end = period
    return (column >= start) & (column < end)


def _check(field: str, moment: object, stored_in: tzinfo | None) -> None:
    if not isinstance(moment, datetime):
        raise ValidationError(field, moment, "it is not a datetime", "give a datetime")
    if stored_in is not None and not isinstance(stored_in, tzinfo):
        raise ValidationError(
            "stored_in", stored_in, "it is not a time zone", 'give ZoneInfo("Europe/Berlin") or UTC'
        )
    aware = moment.utcoffset() is not None
    if aware and stored_in is None:
        raise ValidationError(
            field,
            moment,
            "it carries a time zone, and that of the table is not known",
            "say in stored_in which zone Asterisk writes in, or give both moments as stored",
        )
    if not aware and stored_in is not None:
        raise ValidationError(
            field,
            moment,
            "it carries no time zone, and stored_in is given",
            "give both moments with a zone, or leave stored_in out and give both as stored",
        )


def _as_stored(field: str, moment: datetime, stored_in: tzinfo) -> datetime:
    """Return *moment* in the zone of the table, without that zone."""
    # By way of UTC: datetime does nothing where the zones are one object.
    local = moment.astimezone(UTC).astimezone(stored_in)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        raise ValidationError(
            field,
            moment,
            "the zone of the table has that hour twice, and the rows do not tell which",
            "choose a moment outside of it, or give both moments as stored",
        )
    return local.replace(tzinfo=None, fold=0)
