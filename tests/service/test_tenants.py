"""Tenants of the hosting service come, are refused, and go without the others' rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from asterisk_realtime.models import Cdr, Endpoint
from asterisk_realtime.showing import HIDDEN
from examples.service.tables import Tenant
from tests.db.tools import PASSWORD
from tests.service.client import ACME, GLOBEX, Client, contents

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session


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
