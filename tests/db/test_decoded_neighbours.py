"""Rows whose cells Asterisk decodes to something else are neighbours like all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from asterisk_realtime import Allowance, ConflictError, OutboundRoute, Phone, apply, create, delete
from asterisk_realtime.models import Queue
from tests import examples
from tests.db.tools import insert, on_servers, rows

if TYPE_CHECKING:
    from sqlalchemy import Engine

PHONE: Final = Phone(id="100", context="phones")
PEER: Final = examples.trunk()


def spelled(name: str) -> list[str]:
    """Return cells that a server's Asterisk reads as *name*."""
    head = f"^{ord(name[0]):X}{name[1:]}"
    return [f"zz;{name}", f"{name} ", f"{name};", f"{name};;  ", f"{name}\t", head, f"{name}^00x"]


def refused(session: Session, *specs: Any) -> None:
    """Have *specs* refused because of existing rows."""
    with pytest.raises(ConflictError):
        apply(session, *specs)


@on_servers
@pytest.mark.parametrize("context", spelled("phones"))
def test_an_entrance_in_another_spelling(session: Session, context: str) -> None:
    """An endpoint without authentication is in the phones' context, whoever wrote it."""
    insert(session, "ps_endpoints", id="open", context=context)

    refused(session, PHONE)


@pytest.mark.parametrize("auth", ["", " ", ",", " , ,"])
def test_no_auth_in_a_list(session: Session, auth: str) -> None:
    """A list without a name in it asks nobody for a password."""
    insert(session, "ps_endpoints", id="open", context="phones", auth=auth)

    refused(session, PHONE)


@on_servers
@pytest.mark.parametrize("auth", [";", " ;,", "^20", "x;,", "^2C", "\t"])
def test_no_auth_in_another_spelling(session: Session, auth: str) -> None:
    """Nor does what is decoded to such a list."""
    insert(session, "ps_endpoints", id="open", context="phones", auth=auth)

    refused(session, PHONE)


@on_servers
@pytest.mark.parametrize("context", spelled("from-peer"))
def test_an_insider_in_another_spelling(session: Session, context: str) -> None:
    """A phone of another program's calls out from the context that a trunk is to enter."""
    insert(session, "ps_endpoints", id="inside", context=context, auth="inside")

    refused(session, PEER)


@on_servers
@pytest.mark.parametrize("column", ["app", "appdata"])
def test_a_way_out_in_another_spelling(session: Session, column: str) -> None:
    """A step that another program wrote calls a trunk."""
    step = {"app": "Dial", "appdata": "PJSIP/${EXTEN}@t"}
    for number, cell in enumerate(spelled(step[column])):
        insert(
            session, "extensions", context="from-peer", exten="_X.", priority=number + 1,
            **{**step, column: cell},
        )  # fmt: skip
        refused(session, PEER)
        session.rollback()


@on_servers
@pytest.mark.parametrize("aors", ["a;100", "100 ,", "a, 100 ;", "^3100", "a^2C100"])
def test_a_borrowed_aor_in_another_spelling(session: Session, aors: str) -> None:
    """Calls to the phone would ring another endpoint too."""
    insert(session, "ps_endpoints", id="other", aors=aors, context="elsewhere", auth="other")

    refused(session, PHONE)


@on_servers
@pytest.mark.parametrize("auth", ["a;100", "100;", "^3100", "a^2C100"])
def test_a_taken_auth_in_another_spelling(session: Session, auth: str) -> None:
    """Its password would change for another endpoint."""
    insert(session, "ps_auths", id="100", auth_type="userpass", username="o", password="o")
    insert(session, "ps_endpoints", id="other", auth=auth, context="elsewhere")

    refused(session, PHONE)


@on_servers
@pytest.mark.parametrize(
    "match",
    ["203.0.113.1;192.0.2.0/24", "zz,203.0.113.1;", "203.0.113.1^2C10.0.0.1", "203.0.113.1 "],
)
def test_an_address_in_another_spelling(session: Session, match: str) -> None:
    """The address belongs to another endpoint already."""
    apply(session, PEER)
    insert(session, "ps_endpoint_id_ips", id="0", endpoint="other", match=match)

    refused(session, Allowance(endpoint="peer", networks=["203.0.113.0/24"]))


@on_servers
@pytest.mark.parametrize("endpoint", spelled("peer"))
def test_an_identify_row_in_another_spelling(session: Session, endpoint: str) -> None:
    """It is the endpoint's own: found, and deleted with what belongs to it."""
    apply(session, PEER)
    insert(session, "ps_endpoint_id_ips", id="0", endpoint=endpoint, match="203.0.113.1")
    delete(session, Allowance, "peer")

    assert rows(session, "ps_endpoint_id_ips") == []


@on_servers
@pytest.mark.parametrize("device", ["PJSIP/100 ", "PJSIP/^3100", "PJSIP/100;x"])
def test_a_reference_in_another_spelling(session: Session, device: str) -> None:
    """What something still names is not deleted; of several values the first counts here."""
    create(session, PHONE)
    session.add(Queue(name="q"))
    session.flush()
    cells = {"queue_name": "q", "interface": "Local/1@c", "state_interface": device}
    insert(session, "queue_members", uniqueid=1, **cells)

    with pytest.raises(ConflictError):
        delete(session, Phone, "100")


@on_servers
def test_a_route_that_names_a_trunk_in_another_spelling(session: Session) -> None:
    """Also by an application that another program spelled its own way."""
    create(session, PHONE)
    for app, appdata in (
        ("zz;Dial", "PJSIP/100"),
        ("Dial ", "x;PJSIP/^3100"),
        ("^44ial", "PJSIP/100;"),
    ):
        insert(session, "extensions", context="c", exten="1", priority=1, app=app, appdata=appdata)
        with pytest.raises(ConflictError):
            delete(session, Phone, "100")
        session.execute(text("DELETE FROM extensions"))


def test_the_rough_condition_costs_no_row(engine: Engine) -> None:
    """What this library wrote itself is planned as before: nothing to change."""
    with Session(engine) as session:
        apply(session, PHONE, PEER, OutboundRoute(context="phones", pattern="_+X.", trunk="peer"))

        assert not apply(session, PEER)
