"""A trunk that is pinned by a header, and whose ranges are too many for one column."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest

from asterisk_realtime import (
    AccessList,
    Allowance,
    ConflictError,
    Header,
    RegistrationTrunk,
    Trunk,
    apply,
    create,
    delete,
    ensure,
    get,
)
from asterisk_realtime.models import Endpoint
from tests import examples
from tests.db.tools import PASSWORD, insert, rows, statements, writes

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

NETS = [f"10.{number % 250}.{number // 250}.0/25" for number in range(300)]
WIDE = Allowance(
    endpoint="wide", networks=NETS, header_name="X-Account", header=Header("X-Account", "one")
)
NARROW = attrs.evolve(WIDE, networks=NETS[:2])


@pytest.fixture
def trunk(session: Session) -> Session:
    """A session with the trunk ``wide``, committed."""
    create(session, examples.trunk("wide"))
    session.commit()
    return session


def endpoint(session: Session) -> dict[str, object]:
    """Return what the trunk's row says of its ACL."""
    (row,) = rows(session, "ps_endpoints")
    return {name: row[name] for name in ("acl", "deny", "permit")}


def test_they_become_a_list(engine: Engine, trunk: Session) -> None:
    """Everybody is kept out but for them; it comes back, and again it sends no write."""
    ensure(trunk, WIDE)
    listed = rows(trunk, "acls")
    trunk.commit()
    with statements(engine) as sent:
        ensure(trunk, WIDE)

    assert endpoint(trunk) == {"acl": "wide-allowed", "deny": None, "permit": None}
    assert [row["sense"] for row in listed] == ["deny", *["permit"] * (len(listed) - 1)]
    assert len(listed) > 3
    assert writes(sent) == []
    assert get(trunk, Allowance, "wide") == WIDE


def test_few_need_none(trunk: Session) -> None:
    """The list goes when the column is enough, and comes again; a person's own lists stay."""
    trunk.get_one(Endpoint, "wide").acl = ("house",)
    ensure(trunk, WIDE)
    assert endpoint(trunk)["acl"] == "house,wide-allowed"
    change = ensure(trunk, NARROW)

    assert {row.table for row in change.rows} == {"ps_endpoints", "acls"}
    assert rows(trunk, "acls") == []
    assert endpoint(trunk) == {
        "acl": "house",
        "deny": "0.0.0.0/0,::/0",
        "permit": "10.0.0.0/25,10.1.0.0/25",
    }
    ensure(trunk, WIDE)
    assert endpoint(trunk) == {"acl": "house,wide-allowed", "deny": None, "permit": None}


def test_without_a_header_there_is_no_list(trunk: Session) -> None:
    """The addresses alone decide then."""
    ensure(trunk, WIDE)
    ensure(trunk, Allowance(endpoint="wide", networks=NETS, header_name="X-Account"))

    assert endpoint(trunk) == {"acl": None, "deny": None, "permit": None}
    assert rows(trunk, "acls") == []
    assert len(rows(trunk, "ps_endpoint_id_ips")) > 3


def test_a_deleted_trunk_takes_its_list(trunk: Session) -> None:
    """While it exists, the list cannot be deleted by itself."""
    ensure(trunk, WIDE)
    with pytest.raises(ConflictError, match="endpoint 'wide'"):
        delete(trunk, AccessList, "wide-allowed")
    delete(trunk, Trunk, "wide")

    assert rows(trunk, "acls") == []


def test_a_list_that_another_endpoint_names_stays(session: Session) -> None:
    """Whichever kind of trunk it was made for."""
    registering = RegistrationTrunk(
        name="wide",
        server_uri="sip:peer.example",
        client_uri="sip:me@peer.example",
        credentials=("me", PASSWORD),
        transport="udp",
        context="from-wide",
        codecs=["ulaw"],
    )
    apply(session, registering, WIDE)
    session.add(Endpoint(id="other", acl=("wide-allowed",)))
    listed = rows(session, "acls")
    delete(session, RegistrationTrunk, "wide")

    assert rows(session, "acls") == listed
    assert [row["id"] for row in rows(session, "ps_endpoints")] == ["other"]


def test_a_list_of_a_person_is_not_overwritten(trunk: Session) -> None:
    """One that has the name by chance."""
    cells = {"name": "wide-allowed", "rule_order": 9, "sense": "permit", "rule": "192.0.2.1"}
    insert(trunk, "acls", **cells)
    with pytest.raises(ConflictError, match="which the endpoint does not name"):
        ensure(trunk, WIDE)

    assert len(rows(trunk, "acls")) == 1
    assert endpoint(trunk) == {"acl": None, "deny": None, "permit": None}


@pytest.mark.parametrize("allowance", [WIDE, NARROW], ids=["wide", "narrow"])
def test_it_goes_with_its_acl(trunk: Session, allowance: Allowance) -> None:
    """The endpoint is as it was before, and a person's own list stays."""
    trunk.get_one(Endpoint, "wide").acl = ("house",)
    trunk.commit()
    before = rows(trunk, "ps_endpoints")
    ensure(trunk, allowance)
    assert rows(trunk, "ps_endpoints") != before
    delete(trunk, Allowance, "wide")

    assert rows(trunk, "ps_endpoints") == before
    assert rows(trunk, "acls") == rows(trunk, "ps_endpoint_id_ips") == []
