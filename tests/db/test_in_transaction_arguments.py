"""How long `in_transaction` waits and goes on, and what it refuses to run."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from asterisk_realtime import (
    ValidationError,
    apply,
    in_transaction,
)
from asterisk_realtime.transactions import pauses
from tests.db.attempts import (
    PHONE,
    Attempts,
)
from tests.db.tools import on

if TYPE_CHECKING:
    from collections.abc import Iterator


# -- Waits -----------------------------------------------------------------------------------------


def test_waits_grow_up_to_a_limit() -> None:
    """Each is random, so that those who met do not meet again."""
    drawn = [list(pauses(6, 60, 0.1, 0.5)) for _ in range(50)]
    limits = (0.1, 0.2, 0.4, 0.5, 0.5)

    assert all(len(waits) == 5 for waits in drawn)
    assert all(
        0 <= wait <= limit for waits in drawn for wait, limit in zip(waits, limits, strict=True)
    )
    assert max(waits[3] for waits in drawn) > 0.2
    assert len({tuple(waits) for waits in drawn}) == 50


def test_no_wait_ends_after_the_time() -> None:
    """Whoever has no time left does not wait in vain."""
    assert list(pauses(9, 0, 0, 0)) == []
    assert sum(pauses(1000, 0.5, 0.2, 10)) < 0.5 + 10
    assert all(wait < 0.5 for wait in pauses(1000, 0.5, 0.2, 10))


@on("sqlite")
def test_the_time_is_up(engine: Engine, impatient: Engine) -> None:
    """Then no further attempt is begun, however many are left."""
    attempts = Attempts()

    def work(session: Session) -> None:
        attempts.first(session)
        apply(session, PHONE)

    start = time.monotonic()
    with engine.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="database is locked"):
            in_transaction(sessionmaker(impatient), work, attempts=1000, timeout=1, wait_max=0.1)

    assert len(attempts) < 1000
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("attempts", value) for value in (0, -1, 1001, 1.5, True, "5", None)),
        *(("timeout", value) for value in (-1, float("nan"), float("inf"), True, "5", None)),
        ("wait_initial", -0.1),
        ("wait_max", 10**9),
    ],
)
def test_numbers_out_of_range(name: str, value: Any) -> None:
    """They are refused before anything is done."""
    with pytest.raises(ValidationError) as caught:
        in_transaction(sessionmaker(), lambda _: None, **{name: value})
    assert caught.value.field == name


# -- Other things ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (create_engine("sqlite://"), r"Engine is not a sessionmaker: give sessionmaker\(engine\)"),
        (Session(), "Session is one session: give a sessionmaker"),
        (Session, "type is not a sessionmaker"),
        (scoped_session(sessionmaker()), "scoped_session is not a sessionmaker"),
        (None, "NoneType is not a sessionmaker"),
        (async_sessionmaker(), "async_sessionmaker is asynchronous: await .*aio.in_transaction"),
        (sessionmaker(class_=AsyncSession), "sessionmaker is asynchronous"),
        (AsyncSession(), "AsyncSession is asynchronous: await"),
        (create_async_engine("sqlite+aiosqlite://"), "AsyncEngine is asynchronous: await"),
    ],
)
def test_what_makes_no_sessions(given: Any, said: str) -> None:
    """The error says what to give, or which function to call."""
    with pytest.raises(TypeError, match=said):
        in_transaction(given, lambda _: None)


async def _coroutine(_session: object = None) -> None:
    pass


def _generator(_session: object = None) -> Iterator[int]:
    yield 1


@pytest.mark.parametrize(
    ("work", "said"),
    [
        (None, "NoneType is not callable"),
        (_coroutine, "the work is a coroutine function: await .*aio.in_transaction"),
        (lambda _: _coroutine(), "the work returned an awaitable: await"),
        (_generator, "the work is a generator function: return a list"),
        (lambda _: _generator(), "the work returned a generator"),
    ],
)
def test_work_that_would_not_be_done(session: Session, work: Any, said: str) -> None:
    """A coroutine or a generator would begin after the commit."""
    with pytest.raises(TypeError, match=said):
        in_transaction(sessionmaker(session.get_bind()), work)
