"""The verbs for an ``AsyncSession``: the same names and parameters, to be awaited."""

from __future__ import annotations

import asyncio
import inspect
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from asterisk_realtime import transactions
from asterisk_realtime.errors import ValidationError
from asterisk_realtime.providers import diff
from asterisk_realtime.provision import batches, locking, pages, registered, rotation, verbs
from asterisk_realtime.provision.kinds import identify
from asterisk_realtime.specs.base import Spec

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
    from sqlalchemy.orm import Session

    from asterisk_realtime.providers.diff import ProviderDiff
    from asterisk_realtime.provision.batches import Totals
    from asterisk_realtime.provision.engine.identification_problems import IdentificationProblem
    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.provision.items import Item, Within
    from asterisk_realtime.provision.pages import Page
    from asterisk_realtime.provision.registered import RegisteredDevice
    from asterisk_realtime.specs.keys import Key, Keyed, P
    from asterisk_realtime.values.secret import Secret

S = TypeVar("S")
R = TypeVar("R")
T = TypeVar("T")
C = TypeVar("C", bound=Spec)
A = TypeVar("A", bound="AsyncSession")


async def _run(session: AsyncSession, call: Callable[[Session], T]) -> T:
    """
    Call a function with the ``Session`` of an ``AsyncSession``.

    Raises:
        TypeError: *session* is not asynchronous.
    """
    if not hasattr(session, "run_sync"):
        name = type(session).__name__
        raise TypeError(f"{name} is not an AsyncSession: call the verb of asterisk_realtime itself")
    return await session.run_sync(call)


async def plan(
    session: AsyncSession,
    *specs: Item,
    prune: Within | Iterable[Within] | None = None,
) -> Plan:
    """Call `asterisk_realtime.plan` with an ``AsyncSession``."""
    return await _run(session, lambda sync: verbs.plan(sync, *specs, prune=prune))


async def apply(
    session: AsyncSession,
    *specs: Item,
    prune: Within | Iterable[Within] | None = None,
) -> Plan:
    """Call `asterisk_realtime.apply` with an ``AsyncSession``."""
    return await _run(session, lambda sync: verbs.apply(sync, *specs, prune=prune))


async def apply_batches(
    session: AsyncSession,
    specs: Iterable[Item | Mapping[str, Any]],
    *,
    size: int = 1000,
    whole: bool = True,
    progress: Callable[[Totals, Plan], object] | None = None,
) -> Totals:
    """Call `asterisk_realtime.apply_batches` with an ``AsyncSession``."""
    return await _run(
        session,
        lambda sync: batches.apply_batches(sync, specs, size=size, whole=whole, progress=progress),
    )


async def create(session: AsyncSession, spec: Spec[R]) -> R:
    """Call `asterisk_realtime.create` with an ``AsyncSession``."""
    return await _run(session, lambda sync: verbs.create(sync, spec))


async def ensure(session: AsyncSession, spec: Spec) -> Plan:
    """Call `asterisk_realtime.ensure` with an ``AsyncSession``."""
    return await _run(session, lambda sync: verbs.ensure(sync, spec))


async def get(
    session: AsyncSession, kind: Keyed[P, S, Any], /, *args: P.args, **kwargs: P.kwargs
) -> S | None:
    """Call `asterisk_realtime.get` with an ``AsyncSession``."""
    return await _run(session, lambda sync: verbs.get(sync, kind, *args, **kwargs))


async def rows(
    session: AsyncSession, kind: Keyed[P, Any, R], /, *args: P.args, **kwargs: P.kwargs
) -> R | None:
    """Call `asterisk_realtime.rows` with an ``AsyncSession``."""
    return await _run(session, lambda sync: verbs.rows(sync, kind, *args, **kwargs))


async def delete(
    session: AsyncSession, kind: Keyed[P, Any, Any], /, *args: P.args, **kwargs: P.kwargs
) -> Plan:
    """Call `asterisk_realtime.delete` with an ``AsyncSession``."""
    return await _run(session, lambda sync: verbs.delete(sync, kind, *args, **kwargs))


async def rename(session: AsyncSession, old: Key[S, Any], new: Key[S, Any]) -> Plan:
    """Call `asterisk_realtime.rename` with an ``AsyncSession``."""
    return await _run(session, lambda sync: verbs.rename(sync, old, new))


async def find(
    session: AsyncSession,
    kind: type[C],
    /,
    *,
    limit: int = 100,
    after: str | None = None,
    order_by: str | None = None,
    descending: bool = False,
    **filters: object,
) -> Page[C]:
    """Call `asterisk_realtime.find` with an ``AsyncSession``."""
    return await _run(
        session,
        lambda sync: pages.find(
            sync,
            kind,
            limit=limit,
            after=after,
            order_by=order_by,
            descending=descending,
            **filters,
        ),
    )


async def registrations(
    session: AsyncSession, *phones: str, include_expired: bool = False
) -> dict[str, tuple[RegisteredDevice, ...]]:
    """Call `asterisk_realtime.registrations` with an ``AsyncSession``."""
    return await _run(
        session,
        lambda sync: registered.registrations(sync, *phones, include_expired=include_expired),
    )


async def rotate_password(
    session: AsyncSession, kind: Keyed[P, Any, Any], /, *args: P.args, **kwargs: P.kwargs
) -> Secret:
    """Call `asterisk_realtime.rotate_password` with an ``AsyncSession``."""
    return await _run(session, lambda sync: rotation.rotate_password(sync, kind, *args, **kwargs))


async def set_password(
    session: AsyncSession,
    password: str | Secret,
    kind: Keyed[P, Any, Any],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> Plan:
    """Call `asterisk_realtime.set_password` with an ``AsyncSession``."""
    found = rotation.chosen_password(password, kind, args, kwargs)
    del password, kind, args, kwargs  # or a traceback would show the password in this frame
    if isinstance(found, ValidationError):
        raise found
    return await _run(session, found.written)


async def lock(session: AsyncSession) -> None:
    """Call `asterisk_realtime.lock` with an ``AsyncSession``."""
    await _run(session, locking.lock)


async def check_identification(session: AsyncSession) -> tuple[IdentificationProblem, ...]:
    """Call `asterisk_realtime.check_identification` with an ``AsyncSession``."""
    return await _run(session, identify.check_identification)


async def provider_diff(
    session: AsyncSession,
    endpoint: str,
    provider: str | None = None,
    *,
    regions: Iterable[str] | None = None,
) -> ProviderDiff:
    """Call `asterisk_realtime.provider_diff` with an ``AsyncSession``."""
    return await _run(
        session, lambda sync: diff.provider_diff(sync, endpoint, provider, regions=regions)
    )


# -- Transactions ----------------------------------------------------------------------------------


async def in_transaction(
    sessionmaker: async_sessionmaker[A],
    work: Callable[[A], Awaitable[T]],
    *,
    attempts: int = 5,
    timeout: float = 30.0,  # noqa: ASYNC109 - no attempt is interrupted
    wait_initial: float = 0.1,
    wait_max: float = 5.0,
) -> T:
    """Call `asterisk_realtime.in_transaction` with an ``async_sessionmaker`` and async work."""
    _refuse_synchronous(sessionmaker)
    transactions.refuse_uncallable(work)
    waits = transactions.pauses(attempts, timeout, wait_initial, wait_max)
    while True:
        async with sessionmaker() as session:
            progress = transactions.Progress(session.sync_session)
            try:
                return await _attempt(session, work)
            except Exception as error:
                with suppress(*transactions.NOT_ROLLED_BACK):
                    await session.rollback()
                wait = progress.wait_after(error, waits)
                if wait is None:
                    raise
        await asyncio.sleep(wait)


async def _attempt(session: A, work: Callable[[A], Awaitable[T]]) -> T:
    await session.begin()
    running = work(session)
    if not inspect.isawaitable(running):
        raise TypeError(
            "the work is not asynchronous: give a coroutine function, or call "
            "asterisk_realtime.in_transaction with a sessionmaker"
        )
    result = await running
    transactions.refuse_unfinished(result)
    await session.flush()
    await session.commit()
    return result


def _refuse_synchronous(factory: object) -> None:
    """
    Refuse an object that makes no sessions for asyncio.

    Raises:
        TypeError: It is an engine, a session, a ``sessionmaker`` or something else.
    """
    if transactions.makes_async_sessions(factory):
        return
    name = type(factory).__name__
    if transactions.is_asynchronous(factory):
        raise TypeError(f"{name} is not an async_sessionmaker: give async_sessionmaker(engine)")
    raise TypeError(f"{name} is not an async_sessionmaker: call asterisk_realtime.in_transaction")
