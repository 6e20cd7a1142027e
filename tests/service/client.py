"""What tests of the service ask it, and look at."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from asterisk_realtime.models import Base
from tests.db.tools import PASSWORD

if TYPE_CHECKING:
    import httpx
    from sqlalchemy import Engine

INI = Path(__file__).parents[2] / "examples" / "service" / "alembic.ini"
ACME: dict[str, Any] = {
    "slug": "acme",
    "name": "Acme Ltd",
    "number": "+12025550123",
    "termination_uri": "acme-calls.pstn.twilio.com",
    "account_sid": "AC00000000000000000000000000000001",
    "username": "acme",
    "password": PASSWORD,
}
GLOBEX = {
    **ACME,
    "slug": "globex",
    "name": "Globex",
    "number": "+12025550124",
    "account_sid": "AC00000000000000000000000000000002",
}


def alembic(*arguments: str) -> None:
    """Run a command of the README."""
    subprocess.run([sys.executable, "-m", "alembic", "-c", INI, *arguments], check=True)


class Client:
    """A client of the running service, for tests that do not wait."""

    def __init__(self, runner: asyncio.Runner, http: httpx.AsyncClient) -> None:
        self._runner = runner
        self._http = http

    def __call__(
        self, method: str, path: str, json: object = None, *, status: int = 200, **query: str | int
    ) -> Any:
        """Return the body of an answer that has a status."""
        request = self._http.request(method, path, json=json, params=query)
        answer = self._runner.run(request)
        assert answer.status_code == status, f"{answer.status_code}: {answer.text}"
        return answer.json()

    def statuses(self, *requests: tuple[str, str, object]) -> list[int]:
        """Return the statuses of answers to requests at the same time, in order of size."""

        async def ask() -> list[httpx.Response]:
            asked = (self._http.request(verb, path, json=body) for verb, path, body in requests)
            return await asyncio.gather(*asked)

        return sorted(answer.status_code for answer in self._runner.run(ask()))


def phone_ids(ask: Client, tenant: str) -> list[str]:
    """Return the ids of a tenant's phones."""
    return [phone["id"] for phone in ask("GET", f"/tenants/{tenant}/phones")["items"]]


def contents(engine: Engine) -> dict[str, list[Any]]:
    """Return the rows of all tables that have any, the library's and the service's."""
    tables = {*Base.metadata.tables, "tenants"} - {"asterisk_realtime_lock"}  # which counts changes
    with engine.connect() as connection:
        found = {name: connection.execute(text(f"SELECT * FROM {name}")) for name in tables}
        rows = {name: sorted(map(repr, result)) for name, result in found.items()}
    return {name: some for name, some in rows.items() if some}
