"""Who may call is exactly who was allowed, in as few rows as possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest
from netaddr import IPNetwork, IPSet

from asterisk_realtime import (
    Allowance,
    ConflictError,
    Header,
    NotFoundError,
    ValidationError,
    allow_twilio_ips,
    apply,
    create_twilio_trunk,
    get,
)
from asterisk_realtime.models import Endpoint, Identify
from asterisk_realtime.providers.twilio import EDGES, INTERCONNECT_EDGES, SIGNALING
from tests.db.tools import (
    ACCOUNT,
    OTHER_ACCOUNT,
    URI,
    everything,
    insert,
    rows,
    statements,
    writes,
    written,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

TABLE = "ps_endpoint_id_ips"


@pytest.fixture
def trunk(session: Session) -> Session:
    """A session with the trunk ``twilio``, committed."""
    create_twilio_trunk(session, termination_uri=URI)
    session.commit()
    return session


def ranges(edges: Iterable[str]) -> IPSet:
    """Return the signaling addresses of some edges."""
    wanted = set(edges)
    return IPSet([net for item in SIGNALING if item.edge in wanted for net in item.networks])


def allowed(session: Session, endpoint: str = "twilio") -> IPSet:
    """Return the addresses that the raw rows give to an endpoint."""
    cells = [row["match"] for row in rows(session, TABLE) if row["endpoint"] == endpoint]
    return IPSet([net for cell in cells for net in cell.split(",")])


def acl(session: Session, endpoint: str = "twilio") -> tuple[str | None, str | None]:
    """Return the cells deny and permit of an endpoint."""
    (row,) = (row for row in rows(session, "ps_endpoints") if row["id"] == endpoint)
    return row["deny"], row["permit"]


# -- By address ------------------------------------------------------------------------------------


def test_all_public_edges_are_one_row(trunk: Session) -> None:
    """Asterisk reads every row for every request, so there is one."""
    returned = allow_twilio_ips(trunk)
    (row,) = written(trunk, TABLE)

    assert (row["id"], row["endpoint"], row["srv_lookups"]) == ("twilio-1", "twilio", "no")
    assert set(row) == {"id", "endpoint", "match", "srv_lookups"}
    assert " " not in row["match"]
    assert allowed(trunk) == ranges(EDGES)
    assert allowed(trunk).size == 32
    assert [found.id for found in returned] == ["twilio-1"]
    assert acl(trunk) == (None, None)


@pytest.mark.parametrize("edges", [["umatilla", "ashburn"], ["dublin"], ["sydney", "london-ix"]])
def test_chosen_edges(trunk: Session, edges: list[str]) -> None:
    """These and no others."""
    allow_twilio_ips(trunk, edges=edges)

    assert allowed(trunk) == ranges(edges)


def test_interconnects_are_added(trunk: Session) -> None:
    """Still in one row."""
    allow_twilio_ips(trunk, interconnect=True)

    assert allowed(trunk) == ranges([*EDGES, *INTERCONNECT_EDGES])
    assert len(rows(trunk, TABLE)) == 1


def test_what_is_loaded_is_what_was_allowed(trunk: Session) -> None:
    """Networks, not text."""
    allow_twilio_ips(trunk)
    trunk.expire_all()
    row = trunk.get_one(Identify, "twilio-1")

    assert row.match is not None
    assert all(isinstance(net, IPNetwork) for net in row.match)
    assert row.srv_lookups is False


@pytest.mark.parametrize(
    "options",
    [{}, {"edges": ["dublin"]}, {"interconnect": True}, {"account_sid": ACCOUNT}],
    ids=str,
)
def test_a_second_call_writes_nothing(engine: Engine, trunk: Session, options: object) -> None:
    """It asks, finds all as it should be, and returns the same rows."""
    assert isinstance(options, dict)
    first = allow_twilio_ips(trunk, **options)
    trunk.commit()
    with statements(engine) as sent:
        second = allow_twilio_ips(trunk, **options)

    assert writes(sent) == []
    assert [row.id for row in second] == [row.id for row in first]


def test_calling_again_brings_the_rows_to_what_is_asked_now(trunk: Session) -> None:
    """Fewer or more, in the same row."""
    for edges in (None, ["dublin"], ["dublin", "tokyo"], None):
        allow_twilio_ips(trunk, edges=edges)
        trunk.commit()

        assert allowed(trunk) == ranges(edges or EDGES)
        assert [row["id"] for row in rows(trunk, TABLE)] == ["twilio-1"]


def test_the_hand_made_row_of_one_range_is_replaced(trunk: Session) -> None:
    """As copied from a guide: whatever its id, and with nothing but the peer's address."""
    insert(trunk, TABLE, id="twilio-identify", endpoint="twilio", match="54.244.51.0/30")
    allow_twilio_ips(trunk)

    assert allowed(trunk) == ranges(EDGES)
    assert [row["id"] for row in rows(trunk, TABLE)] == ["twilio-1"]


def test_old_media_ranges_are_replaced(trunk: Session) -> None:
    """Widely copied, and never right."""
    insert(trunk, TABLE, id="old", endpoint="twilio", match="54.172.60.0/23, 168.86.128.0/18")
    allow_twilio_ips(trunk)

    assert allowed(trunk) == ranges(EDGES)


@pytest.mark.parametrize(
    "cells",
    [
        {"match": "203.0.113.7"},
        {"match": "203.0.113.7,54.172.60.0/30"},
        {"match": "pbx.example.com"},
        {"match": "192.0.2.1/0.0.0.255"},
    ],
    ids=str,
)
def test_other_rows_of_a_person_stay(trunk: Session, cells: dict[str, str]) -> None:
    """The endpoint may have another peer, which is nobody's business but its owner's."""
    insert(trunk, TABLE, id="twilio-1", endpoint="twilio", **cells)
    before = rows(trunk, TABLE)
    returned = allow_twilio_ips(trunk)

    assert [row.id for row in returned] == ["twilio-2"]
    assert [row for row in rows(trunk, TABLE) if row["id"] == "twilio-1"] == before


@pytest.mark.parametrize(
    "match",
    ["54.172.60.0/30", "54.172.60.2", "54.0.0.0/8", "203.0.113.7,54.172.60.1", "54.172.60.1:5060"],
)
def test_an_address_of_another_endpoint_is_a_conflict(trunk: Session, match: str) -> None:
    """The lowest id would win silently, however wide it is."""
    trunk.add(Endpoint(id="other"))
    insert(trunk, TABLE, id="zz", endpoint="other", match=match)
    trunk.commit()
    before = everything(trunk)

    with pytest.raises(ConflictError, match=r"'zz'.*'other'"):
        allow_twilio_ips(trunk)
    assert everything(trunk) == before


def test_other_addresses_of_another_endpoint_are_none(trunk: Session) -> None:
    """Edges that were not asked for do not collide."""
    insert(trunk, TABLE, id="aa", endpoint="other", match="203.0.113.0/24,54.244.51.0/30")
    allow_twilio_ips(trunk, edges=["dublin"])

    assert allowed(trunk) == ranges(["dublin"])


def test_an_id_that_another_endpoint_took_is_left(trunk: Session) -> None:
    """Also where it differs in case alone."""
    insert(trunk, TABLE, id="Twilio-1", endpoint="other", match="203.0.113.7")
    returned = allow_twilio_ips(trunk)

    assert [row.id for row in returned] == ["twilio-2"]


def test_two_trunks_cannot_share_addresses(trunk: Session) -> None:
    """All customers' calls come from the same ones."""
    create_twilio_trunk(trunk, "second", termination_uri="second.pstn.twilio.com")
    allow_twilio_ips(trunk)
    with pytest.raises(ConflictError, match="pin both"):
        allow_twilio_ips(trunk, "second")

    allow_twilio_ips(trunk, edges=["dublin"])
    allow_twilio_ips(trunk, "second", edges=["tokyo"])
    assert allowed(trunk) == ranges(["dublin"])
    assert allowed(trunk, "second") == ranges(["tokyo"])


@pytest.mark.parametrize("name", ["nobody", "TWILIO"])
def test_an_endpoint_that_is_not_there(trunk: Session, name: str) -> None:
    """A name that differs in case is another one, also where the database folds case."""
    with pytest.raises(NotFoundError) as caught:
        allow_twilio_ips(trunk, name)

    assert (caught.value.kind, caught.value.name) == ("endpoint", name)
    assert rows(trunk, TABLE) == []


def test_an_unknown_edge(trunk: Session) -> None:
    """Nothing is allowed then."""
    with pytest.raises(ValidationError, match="atlantis"):
        allow_twilio_ips(trunk, edges=["dublin", "atlantis"])

    assert rows(trunk, TABLE) == []


# -- Pinned to an account --------------------------------------------------------------------------


def test_pinning(trunk: Session) -> None:
    """The header names the endpoint, and its ACL admits Twilio alone: deny all, permit these."""
    allow_twilio_ips(trunk, account_sid=ACCOUNT)
    deny, permit = acl(trunk)

    assert written(trunk, TABLE) == [
        {
            "id": "twilio-1",
            "endpoint": "twilio",
            "match_header": f"X-Twilio-AccountSid: {ACCOUNT}",
        }
    ]
    assert deny == "0.0.0.0/0,::/0"
    assert permit is not None
    assert IPSet(permit.split(",")) == ranges(EDGES)


@pytest.mark.parametrize("edges", [None, ["dublin"]])
def test_pinning_and_back(trunk: Session, edges: list[str] | None) -> None:
    """Each time the other variant's rows and cells go."""
    allow_twilio_ips(trunk)
    trunk.commit()
    before = everything(trunk)
    allow_twilio_ips(trunk, edges=edges, account_sid=ACCOUNT)
    trunk.commit()
    assert [row["match"] for row in rows(trunk, TABLE)] == [None]

    allow_twilio_ips(trunk)
    trunk.commit()
    assert everything(trunk) == before
    assert acl(trunk) == (None, None)


def test_pinning_to_another_account(trunk: Session) -> None:
    """The header is replaced."""
    allow_twilio_ips(trunk, account_sid=OTHER_ACCOUNT)
    allow_twilio_ips(trunk, account_sid=ACCOUNT, edges=["tokyo"])
    (row,) = rows(trunk, TABLE)

    assert row["match_header"].endswith(ACCOUNT)
    assert acl(trunk)[1] == "54.65.63.192/30"


def test_the_rows_in_the_session_know_of_the_acl(session: Session) -> None:
    """The models that the caller holds agree with the database."""
    trunk = create_twilio_trunk(session, termination_uri=URI)
    allow_twilio_ips(session, account_sid=ACCOUNT, edges=["tokyo"])

    assert trunk.endpoint.permit == (IPNetwork("54.65.63.192/30"),)


def test_two_trunks_pinned_to_two_accounts(trunk: Session) -> None:
    """The only way to have two trunks of one provider at all edges."""
    create_twilio_trunk(trunk, "second", termination_uri="second.pstn.twilio.com")
    allow_twilio_ips(trunk, account_sid=ACCOUNT)
    allow_twilio_ips(trunk, "second", account_sid=OTHER_ACCOUNT)

    assert [row["endpoint"] for row in rows(trunk, TABLE)] == ["second", "twilio"]


def test_one_account_belongs_to_one_endpoint(trunk: Session) -> None:
    """The lowest id would win silently."""
    create_twilio_trunk(trunk, "second", termination_uri="second.pstn.twilio.com")
    allow_twilio_ips(trunk, account_sid=ACCOUNT)
    with pytest.raises(ConflictError, match="'twilio-1'"):
        allow_twilio_ips(trunk, "second", account_sid=ACCOUNT)


def test_addresses_and_accounts_do_not_mix(trunk: Session) -> None:
    """Addresses are looked at first: they would take the pinned trunk's calls, in either order."""
    create_twilio_trunk(trunk, "second", termination_uri="second.pstn.twilio.com")
    trunk.commit()
    allow_twilio_ips(trunk, account_sid=ACCOUNT)
    with pytest.raises(ConflictError, match="pin both"):
        allow_twilio_ips(trunk, "second")
    trunk.rollback()

    allow_twilio_ips(trunk, "second")
    with pytest.raises(ConflictError, match="pin"):
        allow_twilio_ips(trunk, account_sid=ACCOUNT)


def test_a_row_that_would_go_around_the_header(trunk: Session) -> None:
    """A person's own address row would let requests in without it."""
    insert(trunk, TABLE, id="mine", endpoint="twilio", match="203.0.113.7")
    trunk.commit()
    with pytest.raises(ConflictError, match="'mine'"):
        allow_twilio_ips(trunk, account_sid=ACCOUNT)

    assert acl(trunk) == (None, None)


@pytest.mark.parametrize(
    ("deny", "permit"),
    [("0.0.0.0/0", "203.0.113.0/24"), ("203.0.113.0/24", None), (None, "203.0.113.0/24")],
)
def test_an_acl_of_a_person_is_not_overwritten(
    trunk: Session, deny: str | None, permit: str | None
) -> None:
    """Neither when pinning nor when not."""
    endpoint = trunk.get_one(Endpoint, "twilio")
    endpoint.deny = (IPNetwork(deny),) if deny else None
    endpoint.permit = (IPNetwork(permit),) if permit else None
    trunk.commit()
    with pytest.raises(ConflictError, match="deny and permit"):
        allow_twilio_ips(trunk, account_sid=ACCOUNT)
    allow_twilio_ips(trunk)

    assert acl(trunk) == (deny, permit)


def test_a_persons_acl_of_twilios_ranges_stays_unless_it_is_ours(trunk: Session) -> None:
    """Only deny of everybody with permit of the peer is what a header had."""
    endpoint = trunk.get_one(Endpoint, "twilio")
    endpoint.deny = (IPNetwork("203.0.113.0/24"),)
    endpoint.permit = (IPNetwork("54.172.60.0/30"),)
    trunk.commit()
    allow_twilio_ips(trunk)

    assert acl(trunk) == ("203.0.113.0/24", "54.172.60.0/30")


def test_a_header_of_any_provider(engine: Engine, trunk: Session) -> None:
    """Its rows are known again by its own name: a second call writes nothing."""
    wanted = Allowance(endpoint="twilio", networks=["203.0.113.7"], header=Header("X-Peer", "one"))
    apply(trunk, wanted)
    with statements(engine) as sent:
        assert not apply(trunk, wanted)
    assert writes(sent) == []
    apply(trunk, attrs.evolve(wanted, header=Header("X-Peer", "two")))

    assert [row["match_header"] for row in rows(trunk, TABLE)] == ["X-Peer: two"]
    assert get(trunk, Allowance, "twilio") == attrs.evolve(
        wanted, header=Header("X-Peer", "two"), header_name="X-Peer"
    )


@pytest.mark.parametrize("header", ["X-Peer: /.*/", "X-Peer", ": x"])
def test_a_header_that_a_spec_cannot_say(trunk: Session, header: str) -> None:
    """A pattern, and what Asterisk would not match at all."""
    insert(trunk, TABLE, id="x", endpoint="twilio", match_header=header)

    with pytest.raises(ConflictError, match="what its rows hold"):
        get(trunk, Allowance, "twilio")
