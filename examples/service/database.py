"""The service's database: each request is one transaction."""

import os
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, HTTPException, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from asterisk_realtime import aio, is_retryable

ATTEMPTS: Final = 5


def new_engine() -> AsyncEngine:
    """Return an engine for the database that ``DATABASE_URL`` names."""
    return create_async_engine(os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///service.db"))


class TransactionRoute(APIRoute):
    """A route that commits before it answers, and retries after a concurrent change."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of a request."""
        handle = super().get_route_handler()

        async def run(request: Request) -> Response:
            async def work(session: AsyncSession) -> Response:
                request.state.session = session
                return await handle(request)

            sessions = async_sessionmaker(request.app.state.engine)
            try:
                return await aio.in_transaction(sessions, work, attempts=ATTEMPTS, timeout=10)
            except Exception as error:
                if not is_retryable(error):
                    raise
                said = "the database is busy: try again"
                raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, said) from error

        return run


def _session(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


Session = Annotated[AsyncSession, Depends(_session)]
