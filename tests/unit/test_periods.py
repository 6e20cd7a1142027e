"""A period means what its caller says, or is refused: nothing is guessed about time zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models.moments import Moment
from asterisk_realtime.reports.periods import stored_period

BERLIN = ZoneInfo("Europe/Berlin")
MORNING, NOON = datetime(2026, 1, 5, 8), datetime(2026, 1, 5, 12)  # noqa: DTZ001 - as stored


def test_moments_without_a_zone_are_as_stored() -> None:
    """They go into the statement as they are."""
    assert stored_period(MORNING, NOON, None) == (MORNING, NOON)


def test_moments_with_a_zone_are_converted() -> None:
    """Eight o'clock in UTC is nine in Berlin in winter, ten in summer."""
    winter = stored_period(MORNING.replace(tzinfo=UTC), NOON.replace(tzinfo=UTC), BERLIN)
    summer = stored_period(
        datetime(2026, 7, 5, 8, tzinfo=UTC), datetime(2026, 7, 5, 12, tzinfo=UTC), BERLIN
    )

    assert [moment.hour for moment in winter + summer] == [9, 13, 10, 14]
    assert all(moment.tzinfo is None for moment in winter + summer)


def test_each_moment_may_have_a_zone_of_its_own() -> None:
    """Only the stored zone counts in the end."""
    east = timezone(timedelta(hours=9))
    start, end = stored_period(MORNING.replace(tzinfo=east), NOON.replace(tzinfo=BERLIN), UTC)

    assert (start.hour, end.hour) == (23, 11)


@pytest.mark.parametrize(
    ("start", "end", "stored_in", "field"),
    [
        (MORNING.replace(tzinfo=UTC), NOON.replace(tzinfo=UTC), None, "start"),
        (MORNING, NOON.replace(tzinfo=UTC), None, "end"),
        (MORNING.replace(tzinfo=UTC), NOON, UTC, "end"),
        (MORNING, NOON.replace(tzinfo=UTC), UTC, "start"),
        (MORNING, NOON, UTC, "start"),
        (NOON, MORNING, None, "end"),
        (NOON, NOON, None, "end"),
        (NOON.replace(tzinfo=UTC), MORNING.replace(tzinfo=UTC), BERLIN, "end"),
        ("2026-01-05", NOON, None, "start"),
        (MORNING, MORNING.date(), None, "end"),
        (MORNING.replace(tzinfo=UTC), NOON.replace(tzinfo=UTC), "Europe/Berlin", "stored_in"),
    ],
)
def test_what_would_be_a_guess_is_refused(start: Any, end: Any, stored_in: Any, field: str) -> None:
    """Moments with and without a zone do not mix, and a zone alone does not tell the table's."""
    with pytest.raises(ValidationError) as caught:
        stored_period(start, end, stored_in)

    assert caught.value.field == field


@pytest.mark.parametrize("hour", [0, 1])
def test_the_hour_that_comes_twice_is_refused(hour: int) -> None:
    """When clocks are put back, two hours have one name, and the rows do not tell which."""
    twice = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)

    with pytest.raises(ValidationError, match="that hour twice"):
        stored_period(twice, datetime(2026, 10, 26, tzinfo=UTC), BERLIN)
    with pytest.raises(ValidationError, match="that hour twice"):
        stored_period(twice.astimezone(BERLIN), datetime(2026, 10, 26, tzinfo=BERLIN), BERLIN)


def test_a_period_may_hold_the_hour_that_comes_twice() -> None:
    """The whole of that night is one period."""
    night = (datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 23, tzinfo=UTC))

    assert [str(moment) for moment in stored_period(*night, BERLIN)] == [
        "2026-10-25 00:00:00",
        "2026-10-26 00:00:00",
    ]


def test_a_column_takes_no_zone() -> None:
    """A driver would convert it by some zone of its own, or drop it."""
    with pytest.raises(ValidationError, match="time zone"):
        Moment().check(NOON.replace(tzinfo=UTC), "cdr.start")
    with pytest.raises(ValidationError, match="not a datetime"):
        Moment().check("2026-01-05 12:00:00", "cdr.start")

    assert Moment().check(NOON, "cdr.start") is NOON
