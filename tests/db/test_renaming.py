"""A thing gets another key, and is the same but for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest
from sqlalchemy import text

from asterisk_realtime import (
    Absent,
    AccessList,
    AccessRule,
    Allowance,
    CallQueue,
    Header,
    InternalExtension,
    Member,
    OutboundRoute,
    Phone,
    Plan,
    Rename,
    ToPhone,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    apply,
    check_identification,
    get,
    plan,
    rename,
)
from tests.db.renaming import KINDS, NEEDS, cells, key_of, refused, user_of, values
from tests.db.tools import ACCOUNT, PASSWORD, URI, insert, rows, statements, writes
from tests.examples import phone, trunk

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

MANY: Final = tuple(f"10.{number % 250}.{number // 250}.0/25" for number in range(300))
"""Too many networks for one column, so that they are in an access list."""
OTHERS: Final = {
    "ps_endpoints": "accountcode = 'acme'",
    "ps_aors": "minimum_expiration = 77",
    "ps_auths": "nonce_lifetime = 77",
    "ps_registrations": "max_random_initial_delay = 77",
    "voicemail": "dialout = 'acme'",
    "queues": "weight = 7",
    "queue_members": "paused = 1",
    "musiconhold": "digit = '7'",
    "followme": "options_prompt = 'acme'",
}
"""Columns that no spec covers, with values of a person or of Asterisk."""

# -- Every kind ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("spec", "parts"), KINDS.values(), ids=KINDS)
def test_each_kind(session: Session, spec: Any, parts: dict[str, str]) -> None:
    """It is the same but for its key, also in columns that no spec covers; and back again."""
    old, new = key_of(spec), key_of(spec, parts)
    apply(session, *NEEDS, spec)
    for table, change in OTHERS.items():
        session.execute(text(f"UPDATE {table} SET {change}"))
    session.expire_all()
    before = cells(session)
    there: Any = get(session, old.kind, **old.parts)
    planned = plan(session, Rename(old, new))
    assert cells(session) == before
    done = rename(session, old, new)
    renamed: Any = get(session, new.kind, **new.parts)

    assert done == planned
    assert done
    assert renamed == attrs.evolve(there, **parts, **user_of(there))
    assert get(session, old.kind, **old.parts) is None
    assert plan(session, Absent(old.kind, **old.parts)) == Plan()
    assert plan(session, renamed) == Plan()
    assert check_identification(session) == ()
    assert {name: len(found) for name, found in cells(session).items()} == {
        name: len(found) for name, found in before.items()
    }
    rename(session, new, old)
    assert cells(session) == before


def test_secrets_stay(session: Session) -> None:
    """A phone authenticates as before: by the old id, and with a password that nobody knows."""
    apply(session, phone(), phone(id="ann", username="an.n", password=PASSWORD))
    before = {row["id"]: row for row in rows(session, "ps_auths")}
    apply(
        session,
        Rename(Phone.key("100"), Phone.key("200")),
        Rename(Phone.key("ann"), Phone.key("ben")),
    )
    after = {row["id"]: row for row in rows(session, "ps_auths")}

    assert after == {
        "200": {**before["100"], "id": "200"},
        "ben": {**before["ann"], "id": "ben"},
    }
    assert (after["200"]["username"], after["ben"]["username"]) == ("100", "an.n")


def test_a_member_keeps_its_number(session: Session) -> None:
    """Asterisk knows it by ``uniqueid``, and whether it is paused."""
    apply(session, phone(), CallQueue(name="q", members=[Member(phone="100")]))
    session.execute(
        text("UPDATE queue_members SET paused = 1, penalty = 7, reason_paused = 'lunch'")
    )
    session.expire_all()
    (before,) = rows(session, "queue_members")
    rename(session, Phone.key("100"), Phone.key("200"))
    (after,) = rows(session, "queue_members")

    assert after == {**before, "interface": "PJSIP/200"}


# -- Who a sender is -------------------------------------------------------------------------------


@pytest.mark.parametrize("networks", [["192.0.2.0/30"], MANY], ids=["few", "many"])
@pytest.mark.parametrize("header", [None, Header("X-Account", "a")], ids=["address", "header"])
def test_allowed_addresses(
    session: Session, header: Header | None, networks: tuple[str, ...]
) -> None:
    """The peer is the trunk's as before, with its header and its access list."""
    spec = Allowance(
        endpoint="peer",
        networks=networks,
        header=header,
        header_name=header.name if header else None,
    )
    apply(session, trunk(), spec)
    before, there = cells(session), get(session, Allowance, "peer")
    assert there is not None
    rename(session, Trunk.key("peer"), Trunk.key("carrier"))

    assert get(session, Allowance, "carrier") == attrs.evolve(there, endpoint="carrier")
    assert get(session, Allowance, "peer") is None
    assert set(values(session, "ps_endpoint_id_ips", "endpoint")) == {"carrier"}
    listed = {row["name"] for row in rows(session, "acls")}
    assert listed == ({"carrier-allowed"} if header and len(networks) > 1 else set())
    assert values(session, "ps_endpoints", "acl") == [next(iter(listed), None)]
    assert plan(session, attrs.evolve(spec, endpoint="carrier")) == Plan()
    assert check_identification(session) == ()
    rename(session, Trunk.key("carrier"), Trunk.key("peer"))
    assert cells(session) == before


def test_twilios_trunk_with_an_account(session: Session) -> None:
    """As its provider's specs say it, under the other name."""
    site = (
        TwilioTrunk(termination_uri=URI, username="grable", password=PASSWORD),
        TwilioAllowance(account_sid=ACCOUNT),
        OutboundRoute(context="phones", pattern="_1NXXNXXXXXX", trunk="twilio", region="US"),
    )
    apply(session, *site)
    rename(session, TwilioTrunk.key("twilio"), TwilioTrunk.key("carrier"))
    renamed: list[Any] = [
        attrs.evolve(site[0], name="carrier", context="from-twilio"),
        attrs.evolve(site[1], endpoint="carrier"),
        attrs.evolve(site[2], trunk="carrier"),
    ]

    assert plan(session, *renamed) == Plan()
    assert check_identification(session) == ()


def test_a_phone_with_addresses(session: Session) -> None:
    """Rows of a person go along with the phone."""
    apply(session, phone())
    insert(session, "ps_endpoint_id_ips", id="x", endpoint="100", match_header="X-A: b")
    rename(session, Phone.key("100"), Phone.key("200"))

    assert values(session, "ps_endpoint_id_ips", "endpoint") == ["200"]


def test_addresses_that_wait_for_the_new_name(session: Session) -> None:
    """Rows of a person that name no endpoint would let others in as the trunk."""
    apply(session, trunk())
    insert(session, "ps_endpoint_id_ips", id="x", endpoint="carrier", match="198.51.100.7")
    refused(session, Rename(Trunk.key("peer"), Trunk.key("carrier")), "identify row 'x'")


def test_an_access_list_that_waits_for_the_new_name(session: Session) -> None:
    """It is another's, so its rules must not become the trunk's."""
    pin = Allowance(endpoint="peer", networks=MANY, header=Header("X-A", "b"), header_name="X-A")
    rules = [AccessRule.permit("198.51.100.0/24")]
    apply(session, trunk(), pin, AccessList(name="carrier-allowed", rules=rules))
    refused(session, Rename(Trunk.key("peer"), Trunk.key("carrier")), "ACL 'carrier-allowed'")


# -- Upper and lower case --------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["phone", "trunk", "queue", "playlist", "follow-me"])
def test_another_case(session: Session, kind: str) -> None:
    """On MariaDB too, where the old and the new name are equal; and back again."""
    spec, _parts = KINDS[kind]
    cls: Any = type(spec)
    field = "id" if hasattr(spec, "id") else "name"
    apply(session, *NEEDS, attrs.evolve(spec, **{field: "ann.b"}))
    before = cells(session)
    there: Any = get(session, cls, "ann.b")
    done = rename(session, cls.key("ann.b"), cls.key("Ann.B"))

    assert done
    renamed: Any = get(session, cls, "Ann.B")
    assert renamed == attrs.evolve(there, **{field: "Ann.B"}, **user_of(there))
    assert get(session, cls, "ann.b") is None
    rename(session, cls.key("Ann.B"), cls.key("ann.b"))
    assert cells(session) == before


def test_another_case_of_what_is_named(session: Session) -> None:
    """Members, whose key is the name, and steps go along."""
    apply(
        session,
        phone(id="ann"),
        CallQueue(name="q", members=[Member(phone="ann")]),
        InternalExtension(exten="5", context="phones", destination=ToPhone("ann")),
    )
    rename(session, Phone.key("ann"), Phone.key("Ann"))

    assert values(session, "queue_members", "interface") == ["PJSIP/Ann"]
    assert values(session, "extensions", "appdata")[0] == "PJSIP/Ann"


def test_the_same_key_changes_nothing(engine: Engine, session: Session) -> None:
    """Renaming to the same key changes nothing."""
    apply(session, phone())
    session.commit()
    with statements(engine) as sent:
        assert rename(session, Phone.key("100"), Phone.key("100")) == Plan()

    assert writes(sent) == []
