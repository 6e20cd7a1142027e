"""The verbs for an ``AsyncSession``: the same names and parameters, to be awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.providers import diff
from asterisk_realtime.provision import locking, pages, registered, rotation, verbs
from asterisk_realtime.provision.kinds import identify
from asterisk_realtime.specs.base import Spec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import Session

    from asterisk_realtime.providers.diff import ProviderDiff
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


async def _run(session: AsyncSession, call: Callable[[Session], T]) -> T:
    """
    Call a function with the session's synchronous side.

    Raises:
        TypeError: *session* is not asynchronous.
    """
    if not hasattr(session, "run_sync"):
        name = type(session).__name__
        raise TypeError(f"{name} is not an AsyncSession: call the function of asterisk_realtime")
    return await session.run_sync(call)


async def plan(
    session: AsyncSession,
    *specs: Item,
    prune: Within | Iterable[Within] | None = None,
) -> Plan:
    """Do as `asterisk_realtime.plan`."""
    return await _run(session, lambda sync: verbs.plan(sync, *specs, prune=prune))


async def apply(
    session: AsyncSession,
    *specs: Item,
    prune: Within | Iterable[Within] | None = None,
) -> Plan:
    """Do as `asterisk_realtime.apply`."""
    return await _run(session, lambda sync: verbs.apply(sync, *specs, prune=prune))


async def create(session: AsyncSession, spec: Spec[R]) -> R:
    """Do as `asterisk_realtime.create`."""
    return await _run(session, lambda sync: verbs.create(sync, spec))


async def ensure(session: AsyncSession, spec: Spec) -> Plan:
    """Do as `asterisk_realtime.ensure`."""
    return await _run(session, lambda sync: verbs.ensure(sync, spec))


async def get(
    session: AsyncSession, kind: Keyed[P, S, Any], /, *args: P.args, **kwargs: P.kwargs
) -> S | None:
    """Do as `asterisk_realtime.get`."""
    return await _run(session, lambda sync: verbs.get(sync, kind, *args, **kwargs))


async def rows(
    session: AsyncSession, kind: Keyed[P, Any, R], /, *args: P.args, **kwargs: P.kwargs
) -> R | None:
    """Do as `asterisk_realtime.rows`."""
    return await _run(session, lambda sync: verbs.rows(sync, kind, *args, **kwargs))


async def delete(
    session: AsyncSession, kind: Keyed[P, Any, Any], /, *args: P.args, **kwargs: P.kwargs
) -> Plan:
    """Do as `asterisk_realtime.delete`."""
    return await _run(session, lambda sync: verbs.delete(sync, kind, *args, **kwargs))


async def rename(session: AsyncSession, old: Key[S, Any], new: Key[S, Any]) -> Plan:
    """Do as `asterisk_realtime.rename`."""
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
    """Do as `asterisk_realtime.find`."""
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
    """Do as `asterisk_realtime.registrations`."""
    return await _run(
        session,
        lambda sync: registered.registrations(sync, *phones, include_expired=include_expired),
    )


async def rotate_password(
    session: AsyncSession, kind: Keyed[P, Any, Any], /, *args: P.args, **kwargs: P.kwargs
) -> Secret:
    """Do as `asterisk_realtime.rotate_password`."""
    return await _run(session, lambda sync: rotation.rotate_password(sync, kind, *args, **kwargs))


async def set_password(
    session: AsyncSession,
    password: str | Secret,
    kind: Keyed[P, Any, Any],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> Plan:
    """Do as `asterisk_realtime.set_password`."""
    secret = rotation.chosen(password, kind)
    del password  # or a traceback would show it in this frame
    if isinstance(secret, ValidationError):
        del kind, args, kwargs  # in another order, the password may be any of them
        raise secret
    return await _run(
        session, lambda sync: rotation.set_password(sync, secret, kind, *args, **kwargs)
    )


async def lock(session: AsyncSession) -> None:
    """Do as `asterisk_realtime.lock`."""
    await _run(session, locking.lock)


async def check_identification(session: AsyncSession) -> tuple[IdentificationProblem, ...]:
    """Do as `asterisk_realtime.check_identification`."""
    return await _run(session, identify.check_identification)


async def provider_diff(
    session: AsyncSession,
    endpoint: str,
    provider: str | None = None,
    *,
    regions: Iterable[str] | None = None,
) -> ProviderDiff:
    """Do as `asterisk_realtime.provider_diff`."""
    return await _run(
        session, lambda sync: diff.provider_diff(sync, endpoint, provider, regions=regions)
    )
