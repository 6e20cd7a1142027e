"""Trunks of any peer: several hosts, a proxy, a password of theirs, and one that registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from asterisk_realtime import (
    KEEP,
    Absent,
    ConflictError,
    Credentials,
    NotFoundError,
    Phone,
    RegistrationTrunk,
    Trunk,
    apply,
    create,
    delete,
    ensure,
    get,
    plan,
)
from asterisk_realtime import rows as rows_of
from asterisk_realtime.models import Aor, Auth, Endpoint, Registration
from tests.db.tools import PASSWORD, everything, insert, rows, statements, writes, written
from tests.keyed import gone

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session


def trunk(**fields: Any) -> Trunk:
    """Return a trunk that is good but for *fields*."""
    usual = {
        "name": "carrier",
        "contact": "sip:sip.example.com",
        "transport": "udp",
        "secure": False,
        "context": "from-carrier",
        "codecs": ("ulaw", "alaw"),
    }
    return Trunk(**{**usual, **fields})


def registering(**fields: Any) -> RegistrationTrunk:
    """Return a registering trunk that is good but for *fields*."""
    usual = {
        "name": "carrier",
        "server_uri": "sip:sip.example.com",
        "client_uri": "sip:grable@sip.example.com",
        "credentials": Credentials("grable", PASSWORD),
        "transport": "udp",
        "context": "from-carrier",
        "codecs": ("ulaw",),
    }
    return RegistrationTrunk(**{**usual, **fields})


WHOLE = {
    "contact": ("sip:a.example.com", "sip:b.example.com:5070;transport=tcp"),
    "outbound_proxy": "sip:proxy.example.com",
    "credentials": Credentials("grable", PASSWORD),
    "inbound_credentials": Credentials("their-name", 'Se;cr^et"9'),
    "caller_id": '"Grable" <+12025550123>',
    "from_user": "grable",
    "from_domain": "sip.example.com",
    "qualify_frequency": 0,
}


# -- By address ------------------------------------------------------------------------------------


def test_a_plain_trunk(session: Session) -> None:
    """Two rows; nothing in them that nobody asked for."""
    create(session, trunk())
    (endpoint,) = written(session, "ps_endpoints", "media_encryption")
    (aor,) = written(session, "ps_aors")

    assert endpoint["identify_by"] == "ip"
    assert {"auth", "outbound_auth", "outbound_proxy", "from_user"}.isdisjoint(endpoint)
    assert aor == {"id": "carrier", "contact": "sip:sip.example.com", "qualify_frequency": 60}


def test_all_that_a_trunk_may_have(session: Session) -> None:
    """The proxy is loose and stands on endpoint and AOR; each direction has an auth of its own."""
    created = create(session, trunk(**WHOLE))
    session.commit()

    assert created.endpoint.outbound_proxy == created.aor.outbound_proxy
    assert created.endpoint.outbound_proxy == "sip:proxy.example.com;lr"
    assert created.aor.contact == WHOLE["contact"]
    assert created.endpoint.outbound_auth == ("carrier",)
    assert created.endpoint.auth == ("carrier_inbound",)
    assert created.inbound_auth is not None
    assert (created.inbound_auth.username, created.inbound_auth.password) == (
        "their-name",
        'Se;cr^et"9',
    )
    assert (created.endpoint.from_user, created.endpoint.from_domain) == (
        "grable",
        "sip.example.com",
    )


@pytest.mark.parametrize("fields", [{}, WHOLE], ids=["least", "whole"])
def test_what_is_found_is_what_was_created(
    engine: Engine, session: Session, fields: dict[str, Any]
) -> None:
    """And it writes nothing when it is applied."""
    wanted = trunk(**fields)
    create(session, wanted)
    session.commit()
    session.expunge_all()
    found = get(session, Trunk, "carrier")

    assert found == wanted
    with statements(engine) as sent:
        assert not apply(session, wanted)
    assert writes(sent) == []


def test_only_what_changed_is_written(session: Session) -> None:
    """A column that a person set, and one that the spec leaves as it is, survive."""
    created = create(session, trunk(**WHOLE))
    created.endpoint.accountcode = "mine"
    session.commit()
    less = trunk(
        **{**WHOLE, "from_user": KEEP, "outbound_proxy": None, "contact": "sip:a.example.com"}
    )
    changed = ensure(session, less)
    session.commit()

    assert [(row.table, column.name) for row in changed.rows for column in row.columns] == [
        ("ps_aors", "contact"),
        ("ps_aors", "outbound_proxy"),
        ("ps_endpoints", "outbound_proxy"),
    ]
    (endpoint,) = rows(session, "ps_endpoints")
    assert (endpoint["accountcode"], endpoint["from_user"]) == ("mine", "grable")


def test_credentials_go_with_what_named_them(session: Session) -> None:
    """Without credentials in either direction, no auth is left behind."""
    create(session, trunk(**WHOLE))
    session.commit()
    ensure(session, trunk(**{**WHOLE, "credentials": None, "inbound_credentials": None}))

    assert "ps_auths" not in everything(session)
    (endpoint,) = written(session, "ps_endpoints")
    assert endpoint["identify_by"] == "ip"
    assert {"auth", "outbound_auth"}.isdisjoint(endpoint)


def test_a_peer_that_authenticates_may_enter_where_phones_call_out(session: Session) -> None:
    """Its callers are authenticated."""
    session.add(Endpoint(id="desk", auth=("desk",), context="internal"))
    create(session, trunk(context="internal", inbound_credentials=("carrier", PASSWORD)))

    with pytest.raises(ConflictError, match="calls out from the same context"):
        create(session, trunk(name="other", context="internal"))


def test_deleting_takes_both_auths_and_no_neighbours(session: Session) -> None:
    """An auth that is called alike is not the trunk's."""
    session.add(Auth(id="carrier-inbound"))
    create(session, trunk(**WHOLE))
    session.commit()
    delete(session, Trunk, "carrier")

    assert {
        table: [row["id"] for row in found] for table, found in everything(session).items()
    } == {"ps_auths": ["carrier-inbound"]}


def test_a_phone_is_no_trunk(session: Session) -> None:
    """Its auth is not one that a trunk would have."""
    session.add_all([Endpoint(id="carrier", auth=("carrier",)), Auth(id="carrier")])

    for refused in (get, rows_of, delete):
        with pytest.raises(ConflictError, match="and so is not a trunk"):
            refused(session, Trunk, "carrier")
    with pytest.raises(ConflictError, match="and so is not a trunk"):
        ensure(session, trunk())


def test_a_peer_that_authenticates_is_no_phone(session: Session) -> None:
    """Though its endpoint has an auth."""
    create(session, trunk(inbound_credentials=("carrier", PASSWORD)))

    for refused in (get, rows_of, delete):
        with pytest.raises(ConflictError, match="a trunk whose peer authenticates"):
            refused(session, Phone, "carrier")
    with pytest.raises(ConflictError, match="a trunk whose peer authenticates"):
        ensure(session, Phone(id="carrier", context="internal"))


# -- By registration -------------------------------------------------------------------------------


def test_a_trunk_that_registers(session: Session) -> None:
    """Four rows; the registration gives the endpoint its calls and never gives up."""
    created = create(session, registering())
    (row,) = written(session, "ps_registrations", "retry_interval", "expiration")

    assert created.registration is not None
    assert set(everything(session)) == {"ps_endpoints", "ps_aors", "ps_auths"}
    assert row == {
        "id": "carrier",
        "server_uri": "sip:sip.example.com",
        "client_uri": "sip:grable@sip.example.com",
        "contact_user": "grable",
        "outbound_auth": "carrier",
        "transport": "udp",
        "expiration": 3600,
        "retry_interval": 60,
        "forbidden_retry_interval": 600,
        "fatal_retry_interval": 600,
        "max_retries": 10000,
        "line": "yes",
        "endpoint": "carrier",
        "auth_rejection_permanent": "no",
    }
    assert created.aor.contact == ("sip:sip.example.com",)
    assert rows(session, "ps_endpoints")[0]["identify_by"] == "ip"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {
            "contact": "sip:calls.example.com;transport=tcp",
            "contact_user": "+12025550123",
            "outbound_proxy": "sip:proxy.example.com:5070",
            "caller_id": "+12025550123",
            "from_user": "grable",
            "from_domain": "sip.example.com",
            "qualify_frequency": 0,
            "expiration": 120,
            "retry_interval": 5,
            "forbidden_retry_interval": 0,
            "max_retries": 3,
        },
    ],
    ids=["least", "whole"],
)
def test_a_registering_trunk_is_found_as_it_was_created(
    engine: Engine, session: Session, fields: dict[str, Any]
) -> None:
    """And it writes nothing when it is applied."""
    wanted = registering(**fields)
    assert ensure(session, wanted)
    session.commit()
    session.expunge_all()

    assert get(session, RegistrationTrunk, "carrier") == wanted
    with statements(engine) as sent:
        assert not apply(session, wanted)
    assert writes(sent) == []


def test_what_a_new_registration_needs_of_asterisk(session: Session) -> None:
    """Registrations are started by a reload of their module, and the plan says so."""
    planned = plan(session, registering())

    assert "module reload res_pjsip_outbound_registration.so" in str(planned)
    assert PASSWORD not in str(planned)


def test_a_changed_registration(session: Session) -> None:
    """Only the columns that changed; what a person set, and the safe beginnings, stay."""
    created = create(session, registering())
    assert created.registration is not None
    created.registration.user_agent = "mine"
    created.registration.fatal_retry_interval = 0
    session.commit()
    changed = ensure(session, registering(expiration=300))

    assert [(row.table, [column.name for column in row.columns]) for row in changed.rows] == [
        ("ps_registrations", ["expiration"])
    ]
    assert created.registration.fatal_retry_interval == 0


def test_creating_a_registering_trunk_twice(session: Session) -> None:
    """Also where the ids differ in case alone."""
    create(session, registering())
    session.commit()
    for name in ("carrier", "Carrier"):
        with pytest.raises(ConflictError):
            create(session, registering(name=name))


def test_neither_kind_is_taken_for_the_other(session: Session) -> None:
    """A change from one to the other is a deletion and a creation."""
    create(session, registering())
    create(session, trunk(name="plain"))
    session.commit()

    with pytest.raises(ConflictError, match="it is a registration trunk"):
        get(session, Trunk, "carrier")
    with pytest.raises(ConflictError, match="it is a registration trunk"):
        delete(session, Trunk, "carrier")
    with pytest.raises(ConflictError, match="it is a registration trunk"):
        ensure(session, trunk())
    assert get(session, RegistrationTrunk, "plain") is None
    with pytest.raises(ConflictError, match="which has no registration"):
        ensure(session, registering(name="plain"))
    with pytest.raises(NotFoundError):
        delete(session, RegistrationTrunk, "plain")


def test_deleting_a_registering_trunk(session: Session) -> None:
    """All four rows go, and no neighbour's; the plan says which reload ends the registration."""
    create(session, trunk(name="plain", credentials=("a", PASSWORD)))
    session.add(Registration(id="own", server_uri="sip:a.example", client_uri="sip:b@a.example"))
    session.commit()
    before = everything(session)
    create(session, registering())
    session.commit()
    deleted = delete(session, RegistrationTrunk, "carrier")

    assert [row.table for row in deleted.rows] == [
        "ps_registrations",
        "ps_endpoints",
        "ps_aors",
        "ps_auths",
    ]
    assert "res_pjsip_outbound_registration.so" in str(deleted)
    assert everything(session) == before
    assert [row["id"] for row in rows(session, "ps_registrations")] == ["own"]


@pytest.mark.parametrize("wanted", [trunk(), registering()], ids=["address", "registration"])
def test_a_trunk_that_another_registration_names_is_kept(session: Session, wanted: Any) -> None:
    """The message names the registration."""
    create(session, wanted)
    insert(session, "ps_registrations", id="second", endpoint="carrier", line="yes")
    session.commit()

    with pytest.raises(ConflictError, match="registration 'second'"):
        apply(session, gone(wanted))
    assert "ps_endpoints" in everything(session)


def test_a_trunk_may_go_and_come_in_one_call(session: Session) -> None:
    """`Absent` knows the kind."""
    create(session, registering())
    session.commit()
    apply(session, Absent(RegistrationTrunk, "carrier"), trunk(name="plain"))

    assert [row["id"] for row in rows(session, "ps_endpoints")] == ["plain"]
    assert rows(session, "ps_registrations") == []


def test_rows_that_no_spec_can_say(session: Session) -> None:
    """A registration without a password is reported, not guessed at."""
    create(session, registering())
    session.query(Auth).delete()
    session.commit()

    with pytest.raises(ConflictError, match="credentials"):
        get(session, RegistrationTrunk, "carrier")


def test_a_borrowed_aor_is_refused(session: Session) -> None:
    """A registering trunk's too."""
    session.add_all([Endpoint(id="x", aors=("x", "carrier")), Aor(id="x")])
    with pytest.raises(ConflictError, match="which has it in its aors"):
        create(session, registering())
