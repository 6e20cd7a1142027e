"""The hosting service of ``examples/service``, asked by a client, on its databases."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy import URL, create_engine, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from asterisk_realtime import ConcurrentChangeError, Phone, aio, get
from asterisk_realtime.models import Base, Cdr, Contact, Endpoint
from asterisk_realtime.showing import HIDDEN
from examples.service.app import app
from examples.service.database import ATTEMPTS
from examples.service.tables import Tenant
from tests.conftest import new_database
from tests.db.tools import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from sqlalchemy import Engine

INI = Path(__file__).parents[2] / "examples" / "service" / "alembic.ini"
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
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


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)]
)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """Where the service's database is, made by its migrations and the library's."""
    with contextlib.ExitStack() as stack:
        if request.param == "sqlite":
            path = tmp_path_factory.mktemp("service") / "service.db"
            url = URL.create("sqlite", database=str(path))
        else:
            server: URL = request.getfixturevalue("postgresql_url")
            url = stack.enter_context(new_database(server))
        url = url.set(drivername=DRIVERS[request.param])
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in ("DATABASE_URL", "ASTERISK_REALTIME_URL"):
            patch.setenv(name, url.render_as_string(hide_password=False))
        alembic("upgrade", "head")
        alembic("--name", "asterisk", "upgrade", "head")
        yield url


@pytest.fixture
def engine(made: URL) -> Iterator[Engine]:
    """An engine for the same database, which is empty again after the test."""
    plain = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}[made.get_backend_name()]
    engine = create_engine(made.set(drivername=plain))
    yield engine
    with engine.begin() as connection:
        for table in contents(engine):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    engine.dispose()


def contents(engine: Engine) -> dict[str, list[Any]]:
    """Return the rows of all tables that have any, the library's and the service's."""
    tables = {*Base.metadata.tables, "tenants"} - {"asterisk_realtime_lock"}  # which counts changes
    with engine.connect() as connection:
        found = {name: connection.execute(text(f"SELECT * FROM {name}")) for name in tables}
        rows = {name: sorted(map(repr, result)) for name, result in found.items()}
    return {name: some for name, some in rows.items() if some}


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
        assert answer.status_code == status, answer.text
        return answer.json()

    def statuses(self, *requests: tuple[str, str, object]) -> list[int]:
        """Return the statuses of answers to requests at the same time, in order of size."""

        async def ask() -> list[httpx.Response]:
            asked = (self._http.request(verb, path, json=body) for verb, path, body in requests)
            return await asyncio.gather(*asked)

        return sorted(answer.status_code for answer in self._runner.run(ask()))


@pytest.fixture
def ask(made: URL, engine: Engine) -> Iterator[Client]:
    """A client of the service."""
    del made, engine  # the service has an engine of its own
    with asyncio.Runner() as runner:
        running = app.router.lifespan_context(app)
        runner.run(running.__aenter__())
        http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
        yield Client(runner, http)
        runner.run(http.aclose())
        runner.run(running.__aexit__(None, None, None))


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session of another program."""
    with Session(engine) as session:
        yield session


@pytest.fixture
def acme(ask: Client) -> Client:
    """A client of the service, which has a tenant with a phone."""
    ask("POST", "/tenants", ACME, status=201)
    ask("POST", "/tenants/acme/phones", {"id": "101"}, status=201)
    return ask


def phone_ids(ask: Client, tenant: str) -> list[str]:
    """Return the ids of a tenant's phones."""
    return [phone["id"] for phone in ask("GET", f"/tenants/{tenant}/phones")["items"]]


# -- Migrations ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("made")
def test_both_chains_are_at_their_heads() -> None:
    """Neither proposes to change the other's tables."""
    alembic("check")
    alembic("--name", "asterisk", "check")


# -- Tenants ---------------------------------------------------------------------------------------


def test_onboarding(ask: Client, session: Session) -> None:
    """The tenant has a trunk of its own, pinned to its account, and routes; no secret is shown."""
    changes = ask("POST", "/tenants", ACME, status=201)

    added = {(row["action"], row["table"]) for row in changes["rows"]}
    tables = ("ps_auths", "ps_aors", "ps_endpoints", "ps_endpoint_id_ips", "queues", "extensions")
    assert added == {("add", table) for table in tables}
    contexts = {row["key"]["context"] for row in changes["rows"] if row["table"] == "extensions"}
    assert contexts == {"acme", "from-acme"}
    assert f"X-Twilio-AccountSid: {ACME['account_sid']}" in str(changes)
    assert "module reload res_pjsip.so" in [item["command"] for item in changes["reloads"]]
    assert PASSWORD not in str(changes)
    assert session.get_one(Endpoint, "acme").tenantid == "acme"
    assert session.get_one(Tenant, "acme").name == "Acme Ltd"


def test_a_tenant_is_onboarded_once(acme: Client) -> None:
    """The second attempt changes nothing, also not the name."""
    refused = acme("POST", "/tenants", {**ACME, "name": "Another"}, status=409)

    assert "trunk 'acme' conflicts with endpoint 'acme'" in refused["detail"]


def test_a_refused_tenant_leaves_nothing(acme: Client, engine: Engine) -> None:
    """Because of its fields, or because its account is another tenant's."""
    before = contents(engine)
    wrong = {**GLOBEX, "termination_uri": "192.0.2.1", "password": "weak"}
    errors = acme("POST", "/tenants", wrong, status=422)["errors"]
    taken = {**GLOBEX, "account_sid": ACME["account_sid"]}
    refused = acme("POST", "/tenants", taken, status=409)

    assert [error["field"] for error in errors] == ["password", "termination_uri"]
    assert [error["value"] for error in errors] == [HIDDEN, "'192.0.2.1'"]
    assert all(error["problem"] and error["hint"] for error in errors)
    assert "endpoint 'acme'" in refused["detail"]
    assert contents(engine) == before


def test_a_body_of_another_shape(ask: Client) -> None:
    """The answer has the form of the library's errors, and repeats no password."""
    body = {name: value for name, value in ACME.items() if name != "number"}
    refused = ask("POST", "/tenants", {**body, "slug": "A B"}, status=422)

    assert [error["field"] for error in refused["errors"]] == ["slug", "number"]
    assert PASSWORD not in str(refused)


def test_offboarding_leaves_the_others(acme: Client, engine: Engine) -> None:
    """All rows of one tenant go, and all rows of the other stay as they were."""
    acme("PUT", "/tenants/acme/queue/members/101")
    before = contents(engine)
    acme("POST", "/tenants", GLOBEX, status=201)
    for phone in ("201", "202"):
        acme("POST", "/tenants/globex/phones", {"id": phone}, status=201)
        acme("PUT", f"/tenants/globex/queue/members/{phone}")
    assert len(contents(engine)["queue_members"]) == 3

    done = acme("DELETE", "/tenants/globex")

    assert {"id": "201"} in [row["key"] for row in done["rows"]]
    assert {row["action"] for row in done["rows"]} == {"remove"}
    assert [note["about"] for note in done["notes"]] == ["endpoint '201'", "endpoint '202'"]
    assert contents(engine) == before
    acme("GET", "/tenants/globex/phones", status=404)
    acme("DELETE", "/tenants/globex", status=404)


def test_calls_per_day(acme: Client, session: Session) -> None:
    """Those of the tenant alone."""
    for tenant, day, seconds in (("acme", 5, 60), ("acme", 5, 0), ("acme", 6, 7), ("globex", 5, 9)):
        session.add(
            Cdr(
                tenantid=tenant,
                uniqueid=f"{tenant}.{day}.{seconds}",
                start=datetime.fromisoformat(f"2026-01-0{day}T09:00"),
                billsec=seconds,
                disposition="ANSWERED" if seconds else "NO ANSWER",
            )
        )
    session.commit()

    assert acme("GET", "/tenants/acme/calls", start="2026-01-05", end="2026-01-07") == [
        {"day": "2026-01-05", "calls": 2, "answered": 1, "answered_seconds": 60},
        {"day": "2026-01-06", "calls": 1, "answered": 1, "answered_seconds": 7},
    ]
    acme("GET", "/tenants/acme/calls", status=422)
    path = "/tenants/acme/calls?start=2026-01-07&end=2026-01-05"
    assert acme("GET", path, status=422)["errors"]


# -- Phones ----------------------------------------------------------------------------------------


def test_adding_a_phone(acme: Client, session: Session) -> None:
    """It is in the tenant's context, and its password is not shown."""
    phone = acme("POST", "/tenants/acme/phones", {"id": "102", "max_contacts": 2}, status=201)

    assert (phone["id"], phone["context"], phone["max_contacts"]) == ("102", "acme", 2)
    assert session.get_one(Endpoint, "102").tenantid == "acme"
    assert acme("GET", "/tenants/acme/phones/102")["password"] == HIDDEN


@pytest.mark.parametrize("tenant", ["acme", "globex"])
def test_an_id_that_is_taken(acme: Client, tenant: str) -> None:
    """By a phone of the tenant or of another one: it stays as it is."""
    acme("POST", "/tenants", GLOBEX, status=201)
    body = {"id": "101", "caller_id": "Eve <666>"}
    refused = acme("POST", f"/tenants/{tenant}/phones", body, status=409)

    assert "phone '101' conflicts with endpoint '101'" in refused["detail"]
    assert acme("GET", "/tenants/acme/phones/101")["caller_id"] is None


def test_wrong_fields_of_a_phone(acme: Client) -> None:
    """Each has its problem and a hint."""
    body = {"id": "a b", "max_contacts": 0}
    refused = acme("POST", "/tenants/acme/phones", body, status=422)

    assert [error["field"] for error in refused["errors"]] == ["id", "max_contacts"]
    body = {"id": "102", "context": "globex"}
    refused = acme("POST", "/tenants/acme/phones", body, status=422)
    assert [error["field"] for error in refused["errors"]] == ["context"]
    acme("POST", "/tenants/nobody/phones", {"id": "102"}, status=404)


def test_changing_a_phone(acme: Client, session: Session) -> None:
    """What is left out stays, and so does the password."""
    before = get(session, Phone, "101")
    assert before is not None
    session.rollback()
    acme("PATCH", "/tenants/acme/phones/101", {"max_contacts": 3})
    changed = acme("PATCH", "/tenants/acme/phones/101", {"caller_id": '"Ann" <101>'})

    assert (changed["max_contacts"], changed["caller_id"]) == (3, '"Ann" <101>')
    assert acme("GET", "/tenants/acme/phones/101") == changed
    after = get(session, Phone, "101")
    assert after is not None
    assert after.password == before.password
    refused = acme("PATCH", "/tenants/acme/phones/101", {"max_contacts": -1}, status=422)
    assert [error["field"] for error in refused["errors"]] == ["max_contacts"]
    acme("PATCH", "/tenants/acme/phones/199", {"max_contacts": 1}, status=404)


def test_renaming_a_phone(acme: Client, session: Session) -> None:
    """Its queue goes with it; it goes on authenticating by its old user name."""
    acme("PUT", "/tenants/acme/queue/members/101")
    renamed = acme("PATCH", "/tenants/acme/phones/101", {"id": "301", "max_contacts": 2})

    assert (renamed["id"], renamed["username"], renamed["max_contacts"]) == ("301", "101", 2)
    assert phone_ids(acme, "acme") == ["301"]
    assert session.get_one(Endpoint, "301").tenantid == "acme"
    assert len(acme("DELETE", "/tenants/acme/queue/members/301")["rows"]) == 1


def test_renaming_to_an_id_that_is_taken(acme: Client) -> None:
    """Neither the name nor another field changes."""
    acme("POST", "/tenants/acme/phones", {"id": "102"}, status=201)
    acme("PATCH", "/tenants/acme/phones/101", {"id": "102", "max_contacts": 2}, status=409)

    assert phone_ids(acme, "acme") == ["101", "102"]
    assert acme("GET", "/tenants/acme/phones/101")["max_contacts"] == 1


def test_listing_phones(acme: Client, session: Session) -> None:
    """In pages, with registered devices, without those of other tenants."""
    acme("POST", "/tenants", GLOBEX, status=201)
    acme("POST", "/tenants/globex/phones", {"id": "1011"}, status=201)
    for phone in ("102", "103"):
        acme("POST", "/tenants/acme/phones", {"id": phone}, status=201)
    session.add(Contact(id="102@x", endpoint="102", uri="sip:102@192.0.2.7", expiration_time=2**31))
    session.commit()

    first = acme("GET", "/tenants/acme/phones", limit=2)
    assert [phone["id"] for phone in first["items"]] == ["101", "102"]
    assert {phone["password"] for phone in first["items"]} == {HIDDEN}
    assert first["devices"]["101"] == []
    assert [device["uri"] for device in first["devices"]["102"]] == ["sip:102@192.0.2.7"]
    last = acme("GET", "/tenants/acme/phones", limit=2, after=first["next"])
    assert [phone["id"] for phone in last["items"]] == ["103"]
    assert last["next"] is None
    refused = acme("GET", "/tenants/acme/phones", status=422, limit=0, after="x")
    assert [error["field"] for error in refused["errors"]] == ["limit"]


def test_the_phones_of_others_are_not_found(acme: Client) -> None:
    """By no method, and nothing of them changes."""
    acme("POST", "/tenants", GLOBEX, status=201)
    before = acme("GET", "/tenants/acme/phones/101")
    for method, path in (
        ("GET", "phones/101"),
        ("PATCH", "phones/101"),
        ("DELETE", "phones/101"),
        ("POST", "phones/101/password"),
        ("PUT", "queue/members/101"),
        ("DELETE", "queue/members/101"),
    ):
        body = {"max_contacts": 9} if method == "PATCH" else None
        acme(method, f"/tenants/globex/{path}", body, status=404)

    assert acme("GET", "/tenants/acme/phones/101") == before


def test_removing_a_phone(acme: Client, session: Session) -> None:
    """As soon as no queue rings it."""
    acme("PUT", "/tenants/acme/queue/members/101")
    refused = acme("DELETE", "/tenants/acme/phones/101", status=409)
    assert "member 'PJSIP/101' of queue 'acme'" in refused["detail"]

    acme("DELETE", "/tenants/acme/queue/members/101")
    removed = acme("DELETE", "/tenants/acme/phones/101")
    assert {row["action"] for row in removed["rows"]} == {"remove"}
    assert session.scalars(select(Endpoint.id)).all() == ["acme"]
    acme("DELETE", "/tenants/acme/phones/101", status=404)
    acme("DELETE", "/tenants/acme/queue/members/101", status=404)
    acme("PUT", "/tenants/acme/queue/members/101", status=404)


def test_a_member_is_added_once(acme: Client) -> None:
    """The second time changes nothing."""
    assert len(acme("PUT", "/tenants/acme/queue/members/101")["rows"]) == 1
    assert acme("PUT", "/tenants/acme/queue/members/101")["rows"] == []


def test_a_new_password_is_shown_once(acme: Client, session: Session) -> None:
    """It is the one that is stored."""
    login = acme("POST", "/tenants/acme/phones/101/password")

    phone = get(session, Phone, "101")
    assert phone is not None
    assert login["username"] == "101"
    assert login["password"] == phone.password
    assert login["password"] not in str(acme("GET", "/tenants/acme/phones"))


# -- Dry runs, and transactions that are run again -------------------------------------------------


def test_a_dry_run(acme: Client) -> None:
    """It shows the changes, and makes none."""
    phone = {"kind": "Phone", "id": "102", "context": "acme", "password": PASSWORD}
    queue = {"kind": "CallQueue", "name": "acme", "timeout": 20, "members": [{"phone": "102"}]}
    changes = acme("POST", "/plan", [queue, phone])

    assert [(row["action"], row["table"]) for row in changes["rows"]] == [
        ("add", "ps_auths"),
        ("add", "ps_aors"),
        ("add", "ps_endpoints"),
        ("change", "queues"),
        ("add", "queue_members"),
    ]
    assert PASSWORD not in str(changes)
    assert phone_ids(acme, "acme") == ["101"]


@pytest.mark.parametrize(
    ("spec", "status", "said"),
    [
        ({"kind": "Phone", "id": "a b", "context": "x", "password": PASSWORD}, 422, "0.id"),
        ({"kind": "Nothing"}, 422, "0.kind"),
        ({"kind": "QueueMembership", "queue": "acme", "member": {"phone": "9"}}, 404, "'9'"),
        ({"kind": "Phone", "id": "acme", "context": "acme"}, 409, "endpoint 'acme'"),
    ],
)
def test_a_dry_run_of_what_is_refused(
    acme: Client, spec: dict[str, Any], status: int, said: str
) -> None:
    """It is refused as the change would be, without the password."""
    refused = acme("POST", "/plan", [spec], status=status)

    assert said in str(refused)
    assert PASSWORD not in str(refused)


def test_requests_at_the_same_time(acme: Client) -> None:
    """One adds the phone, and the others find it; nobody is told that the database is busy."""
    requests = [("POST", "/tenants/acme/phones", {"id": "102"})] * 6

    assert acme.statuses(*requests) == [201, *[409] * 5]


def test_a_phone_of_a_tenant_that_goes(acme: Client, engine: Engine) -> None:
    """It is removed with the tenant, or there is no tenant to add it to."""
    phones = [("POST", "/tenants/acme/phones", {"id": str(number)}) for number in range(102, 106)]
    acme.statuses(*phones[:2], ("DELETE", "/tenants/acme", None), *phones[2:])

    assert contents(engine) == {}


def failing(times: int) -> Callable[..., Awaitable[Any]]:
    """Return `aio.create`, which fails some times after it has written."""
    left = [times]
    create = aio.create

    async def disturbed(*args: Any) -> Any:
        rows = await create(*args)
        if left[0]:
            left[0] -= 1
            raise ConcurrentChangeError("phone '102'", "endpoint '102'")
        return rows

    return disturbed


def test_what_another_transaction_disturbed_is_run_again(
    acme: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From its beginning, in a new transaction, with the same body."""
    monkeypatch.setattr(aio, "create", failing(ATTEMPTS - 1))

    assert acme("POST", "/tenants/acme/phones", {"id": "102"}, status=201)["id"] == "102"


def test_nothing_is_tried_for_ever(acme: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks is told to come back."""
    monkeypatch.setattr(aio, "create", failing(ATTEMPTS))

    acme("POST", "/tenants/acme/phones", {"id": "102"}, status=503)
    assert phone_ids(acme, "acme") == ["101"]


def test_other_errors_are_not_tried_again(acme: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure that the next attempt would meet too reaches the server at once."""
    calls = []

    async def broken(*args: Any) -> None:
        calls.append(args)
        raise OperationalError("SELECT", None, Exception("the disk is full"))

    monkeypatch.setattr(aio, "create", broken)
    with pytest.raises(OperationalError):
        acme("POST", "/tenants/acme/phones", {"id": "102"})
    assert len(calls) == 1
