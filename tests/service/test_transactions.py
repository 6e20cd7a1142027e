"""Dry runs of the hosting service, and transactions that are run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy.exc import OperationalError

from asterisk_realtime import ConcurrentChangeError, aio
from examples.service.database import ATTEMPTS
from tests.db.tools import PASSWORD
from tests.service.client import Client, contents, phone_ids

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Engine


def test_a_dry_run(acme: Client, engine: Engine) -> None:
    """It shows the changes, and makes none."""
    phone = {"kind": "Phone", "id": "102", "context": "acme", "password": PASSWORD}
    queue = {"kind": "CallQueue", "name": "acme", "timeout": 20, "members": [{"phone": "102"}]}
    before = contents(engine)
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
    assert contents(engine) == before


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
    """One adds the phone, and the others find it; no answer says that the database is busy."""
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
    """The answer says to try again later."""
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
