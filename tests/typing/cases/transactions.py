"""Work in a transaction: its result and its session have types; each line with "error" is wrong."""

from typing import assert_type

from sqlalchemy import Engine
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session, sessionmaker

from asterisk_realtime import Phone, Plan, aio, apply, get, in_transaction


class OwnSession(Session):
    """A session of the application."""

    tenant: str


def change(session: Session) -> Plan:
    """Work that takes any session."""
    return apply(session, Phone(id="100", context="phones"))


def of_tenant(session: OwnSession) -> str:
    """Work that takes the application's session."""
    return session.tenant


async def change_async(session: AsyncSession) -> Plan:
    """Async work."""
    return await aio.apply(session, Phone(id="100", context="phones"))


def right(sessions: sessionmaker[Session], own: sessionmaker[OwnSession]) -> None:
    """Take work that fits the sessions."""
    assert_type(in_transaction(sessions, change), Plan)
    found = in_transaction(sessions, lambda session: get(session, Phone, "100"), timeout=5)
    assert_type(found, Phone | None)
    assert_type(in_transaction(own, change, attempts=3), Plan)
    assert_type(in_transaction(own, of_tenant, wait_initial=0, wait_max=1.5), str)


async def right_async(sessions: async_sessionmaker[AsyncSession]) -> None:
    """Take async work that fits the sessions."""
    assert_type(await aio.in_transaction(sessions, change_async), Plan)
    found = await aio.in_transaction(sessions, lambda session: aio.get(session, Phone, "100"))
    assert_type(found, Phone | None)


def wrong(
    engine: Engine,
    session: Session,
    sessions: sessionmaker[Session],
    async_sessions: async_sessionmaker[AsyncSession],
) -> None:
    """Refuse what makes no sessions, and work that takes others."""
    in_transaction(engine, change)  # error
    in_transaction(session, change)  # error
    in_transaction(async_sessions, change)  # error
    in_transaction(sessions, of_tenant)  # error
    in_transaction(sessions, change_async)  # error
    in_transaction(sessions, change(session))  # error
    in_transaction(sessions, change, 3)  # error
    in_transaction(sessions, change, attempts="3")  # error


async def wrong_async(
    sessions: sessionmaker[Session], async_sessions: async_sessionmaker[AsyncSession]
) -> None:
    """Refuse what is synchronous."""
    await aio.in_transaction(sessions, change_async)  # error
    await aio.in_transaction(async_sessions, change)  # error
    await aio.in_transaction(async_sessions, lambda session: 1)  # error
