"""The service's database: each request is one transaction."""

import os
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, HTTPException, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from asterisk_realtime import is_retryable

ATTEMPTS: Final = 5


def new_engine() -> AsyncEngine:
    """Return an engine for the database that ``DATABASE_URL`` names."""
    return create_async_engine(os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///service.db"))


class TransactionRoute(APIRoute):
    """A route that commits before it answers, and runs again what another transaction disturbed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of a request."""
        handle = super().get_route_handler()

        async def attempt(request: Request) -> Response:
            async with AsyncSession(request.app.state.engine) as session:
                request.state.session = session
                response = await handle(request)
                await session.commit()
                return response

        async def run(request: Request) -> Response:
            for _ in range(ATTEMPTS):
                try:
                    return await attempt(request)
                except Exception as error:
                    if not is_retryable(error):
                        raise
            raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "the database is busy: try again")

        return run


def _session(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


Session = Annotated[AsyncSession, Depends(_session)]
