"""Phones of a tenant of the hosting service, which no other tenant reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from asterisk_realtime import Phone, get
from asterisk_realtime.models import Contact, Endpoint
from asterisk_realtime.showing import HIDDEN
from tests.service.client import GLOBEX, Client, phone_ids

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


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
    """It is another one than before, and is the one that is stored."""
    before = get(session, Phone, "101")
    assert before is not None
    session.rollback()
    login = acme("POST", "/tenants/acme/phones/101/password")

    phone = get(session, Phone, "101")
    assert phone is not None
    assert login["username"] == "101"
    assert login["password"] == phone.password
    assert phone.password != before.password
    assert login["password"] not in str(acme("GET", "/tenants/acme/phones"))
