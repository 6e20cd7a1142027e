"""A trunk is written as it is meant, on every database, and deleted without its neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from asterisk_realtime import (
    ConflictError,
    NotFoundError,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    ValidationError,
    allow_twilio_ips,
    apply,
    create_twilio_trunk,
    delete,
)
from asterisk_realtime.models import Aor, Auth, Endpoint, Registration
from tests.db.tools import (
    PASSWORD,
    URI,
    dialect,
    everything,
    insert,
    inserted_columns,
    rows,
    statements,
    work,
    writes,
    written,
)

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

CREDENTIALS: dict[str, Any] = {"username": "grable", "password": PASSWORD}

SECURE_ENDPOINT = {
    "id": "twilio",
    "transport": "tls",
    "aors": "twilio",
    "outbound_auth": "twilio",
    "context": "from-twilio",
    "allow": "ulaw,alaw",
    "identify_by": "ip",
    "media_encryption": "sdes",
    "direct_media": "no",
    "rtp_symmetric": "yes",
    "rtp_timeout": 60,
    "trust_id_inbound": "yes",
    "allow_subscribe": "no",
}


# -- Creating --------------------------------------------------------------------------------------


def test_a_secure_trunk(session: Session) -> None:
    """Three rows, and in them nothing but what a trunk needs."""
    create_twilio_trunk(session, termination_uri=URI, **CREDENTIALS)

    assert written(session, "ps_endpoints") == [SECURE_ENDPOINT]
    assert written(session, "ps_aors") == [
        {"id": "twilio", "contact": f"sip:{URI}", "qualify_frequency": 60}
    ]
    assert written(session, "ps_auths", "auth_type") == [
        {"id": "twilio", "auth_type": "userpass", "username": "grable", "password": PASSWORD}
    ]
    assert set(everything(session)) == {"ps_endpoints", "ps_aors", "ps_auths"}


def test_a_plain_trunk_without_credentials(session: Session) -> None:
    """Two rows; the media is said to be plain, not left to chance."""
    create_twilio_trunk(session, "grable", termination_uri=URI, secure=False, transport="udp-nat")
    (endpoint,) = rows(session, "ps_endpoints")

    assert endpoint["id"] == endpoint["aors"] == "grable"
    assert (endpoint["transport"], endpoint["media_encryption"]) == ("udp-nat", "no")
    assert endpoint["outbound_auth"] is None
    assert set(everything(session)) == {"ps_endpoints", "ps_aors"}


def test_cells_are_spelled_for_the_driver_that_reads_them(session: Session) -> None:
    """Semicolons and carets are escaped for the servers' drivers, and literal on SQLite."""
    password = 'Semi;Caret^ "Quote" \' Zoë7'
    name = '"A;^B" <+12025550123>'
    trunk = create_twilio_trunk(
        session, termination_uri=URI, username="us;er", password=password, caller_id=name
    )
    (auth,) = rows(session, "ps_auths")
    (endpoint,) = rows(session, "ps_endpoints")

    if dialect(session) == "sqlite":
        assert (auth["username"], auth["password"]) == ("us;er", password)
        assert endpoint["callerid"] == name
    else:
        assert auth["username"] == "us^3Ber"
        assert auth["password"] == 'Semi^3BCaret^5E "Quote" \' Zoë7'
        assert endpoint["callerid"] == '"A^3B^5EB" <+12025550123>'
    session.expire_all()
    assert trunk.auth is not None
    assert (trunk.auth.username, trunk.auth.password) == ("us;er", password)
    assert trunk.endpoint.callerid == name


def test_inserts_name_only_what_a_trunk_says(engine: Engine, session: Session) -> None:
    """A row of 147 columns of which it sets thirteen, and NULL where a default might stand."""
    with statements(engine) as sent:
        create_twilio_trunk(session, termination_uri=URI, **CREDENTIALS)

    assert inserted_columns(sent) == {
        "ps_endpoints": set(SECURE_ENDPOINT) | {"auth", "callerid", "outbound_proxy"},
        "ps_aors": {"id", "contact", "qualify_frequency", "outbound_proxy"},
        "ps_auths": {"id", "auth_type", "username", "password"},
    }


def test_a_trunk_with_its_ranges_takes_six_statements(engine: Engine, session: Session) -> None:
    """Two questions and a row of each table, beside the savepoint."""
    with statements(engine) as sent:
        apply(session, TwilioTrunk(termination_uri=URI, **CREDENTIALS), TwilioAllowance())

    assert len(work(sent)) <= 6
    assert set(everything(session)) == {
        "ps_endpoints",
        "ps_aors",
        "ps_auths",
        "ps_endpoint_id_ips",
    }


def test_in_two_calls_it_takes_one_more(engine: Engine, session: Session) -> None:
    """The second looks for the endpoint that the first has just written."""
    with statements(engine) as sent:
        create_twilio_trunk(session, termination_uri=URI, **CREDENTIALS)
        allow_twilio_ips(session)

    assert len(work(sent)) <= 7


def test_rarer_columns_are_set_on_the_rows(session: Session) -> None:
    """The rows that come back are models in the session."""
    trunk = create_twilio_trunk(session, termination_uri=URI)
    trunk.endpoint.send_pai = True
    trunk.aor.qualify_timeout = 1.5
    session.commit()

    assert rows(session, "ps_endpoints")[0]["send_pai"] == "yes"
    assert rows(session, "ps_aors")[0]["qualify_timeout"] == 1.5


@pytest.mark.parametrize("column", ["direct_media", "context", "identify_by", "from_user"])
def test_none_restores_asterisks_default(session: Session, column: str) -> None:
    """On each database, also for a column that was set before."""
    trunk = create_twilio_trunk(session, termination_uri=URI)
    trunk.endpoint.from_user = "grable"
    session.commit()
    setattr(trunk.endpoint, column, None)
    session.commit()
    cell = rows(session, "ps_endpoints")[0][column]
    default = {"direct_media": "yes", "context": "default", "identify_by": "username,ip"}

    if dialect(session) == "sqlite":
        assert cell == default.get(column)
    else:
        assert cell is None


def test_a_refused_call_writes_nothing(session: Session) -> None:
    """Wrong parameters are found before the database is asked."""
    with pytest.raises(ValidationError):
        create_twilio_trunk(session, "a b", termination_uri="54.172.60.1")

    assert everything(session) == {}


# -- Conflicts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "existing"),
    [
        (Endpoint(id="twilio"), "endpoint 'twilio'"),
        (Endpoint(id="TWILIO"), "endpoint 'TWILIO'"),
        (Aor(id="Twilio"), "AOR 'Twilio'"),
        (Auth(id="twilio"), "auth 'twilio'"),
    ],
    ids=["endpoint", "other case", "AOR", "auth"],
)
def test_an_id_that_is_there_is_a_conflict(
    session: Session, row: Endpoint | Aor | Auth, existing: str
) -> None:
    """Also where it differs in case alone: MariaDB and SIP peers would take it for the same."""
    session.add(type(row)(id=row.id))
    session.commit()
    before = everything(session)

    with pytest.raises(ConflictError) as caught:
        create_twilio_trunk(session, termination_uri=URI, **CREDENTIALS)
    assert caught.value.existing == existing
    assert PASSWORD not in str(caught.value)
    assert everything(session) == before


def test_an_auth_of_that_id_does_not_hinder_a_trunk_without_one(session: Session) -> None:
    """What is not written cannot collide."""
    session.add(Auth(id="twilio"))
    create_twilio_trunk(session, termination_uri=URI)

    assert len(rows(session, "ps_endpoints")) == 1


def test_creating_twice_is_a_conflict(session: Session) -> None:
    """``create`` adds, and never changes existing rows."""
    create_twilio_trunk(session, termination_uri=URI)
    with pytest.raises(ConflictError):
        create_twilio_trunk(session, termination_uri="other.pstn.twilio.com")

    assert rows(session, "ps_aors")[0]["contact"] == f"sip:{URI}"


@pytest.mark.parametrize(
    ("protocol", "options"),
    [
        ("udp", {"transport": "main"}),
        (None, {"transport": "main"}),
        ("wss", {"transport": "main"}),
        ("tls", {"transport": "main", "secure": False}),
        ("wss", {"transport": "main", "secure": False}),
        ("udp", {}),
    ],
)
def test_a_transport_row_of_another_protocol(
    session: Session, protocol: str | None, options: dict[str, Any]
) -> None:
    """What the database says of the transport may not contradict ``secure``."""
    insert(session, "ps_transports", id=options.get("transport", "tls"), protocol=protocol)
    with pytest.raises(ValidationError) as caught:
        create_twilio_trunk(session, termination_uri=URI, **options)

    assert caught.value.field == "transport"
    assert (protocol or "udp") in str(caught.value)
    assert everything(session) == {}


@pytest.mark.parametrize(
    ("protocol", "secure"), [("tls", True), ("udp", False), ("tcp", False), (None, False)]
)
def test_a_transport_row_that_fits(session: Session, protocol: str | None, secure: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """A transport may have any name."""
    insert(session, "ps_transports", id="main", protocol=protocol)
    trunk = create_twilio_trunk(session, termination_uri=URI, transport="main", secure=secure)

    assert trunk.endpoint.transport == "main"


# -- Deleting --------------------------------------------------------------------------------------


def test_deleting_takes_all_of_a_trunk(session: Session) -> None:
    """Endpoint, AOR, auth and identify rows, and the plan says so, the endpoint first."""
    create_twilio_trunk(session, termination_uri=URI, **CREDENTIALS)
    allow_twilio_ips(session)
    session.commit()
    deleted = delete(session, Trunk, "twilio")

    assert [(row.action, row.table) for row in deleted.rows] == [
        ("remove", "ps_endpoints"),
        ("remove", "ps_aors"),
        ("remove", "ps_auths"),
        ("remove", "ps_endpoint_id_ips"),
    ]
    assert everything(session) == {}


def test_deleting_leaves_the_neighbours(session: Session) -> None:
    """Another trunk is as it was."""
    create_twilio_trunk(session, "grable", termination_uri=URI, **CREDENTIALS)
    before = everything(session)
    create_twilio_trunk(session, "twilio", termination_uri=URI, **CREDENTIALS)
    allow_twilio_ips(session)
    session.commit()
    delete(session, Trunk, "twilio")

    assert everything(session) == before


def test_deleting_keeps_what_others_use(session: Session) -> None:
    """A shared auth and a shared AOR stay, whoever names them."""
    create_twilio_trunk(session, termination_uri=URI, **CREDENTIALS)
    session.add(Endpoint(id="phone", aors=("phone", "twilio"), outbound_auth=("twilio",)))
    delete(session, Trunk, "twilio")

    assert [row["id"] for row in rows(session, "ps_endpoints")] == ["phone"]
    assert [row["id"] for row in rows(session, "ps_aors")] == ["twilio"]
    assert [row["id"] for row in rows(session, "ps_auths")] == ["twilio"]


@pytest.mark.parametrize("table", ["ps_registrations", "ps_outbound_publishes"])
def test_deleting_keeps_an_auth_that_is_sent_elsewhere(session: Session, table: str) -> None:
    """A registration or a publication may use the same credentials."""
    create_twilio_trunk(session, termination_uri=URI, **CREDENTIALS)
    insert(session, table, id="other", outbound_auth="x, twilio")
    delete(session, Trunk, "twilio")

    assert set(everything(session)) == {"ps_auths"}


def test_deleting_keeps_aors_of_that_name_that_the_trunk_does_not_use(session: Session) -> None:
    """What belongs to a trunk is what its endpoint names, not what is called alike."""
    session.add_all(
        [Endpoint(id="twilio", aors=("elsewhere",)), Aor(id="twilio"), Auth(id="twilio")]
    )
    session.add(Aor(id="elsewhere"))
    delete(session, Trunk, "twilio")

    assert [row["id"] for row in rows(session, "ps_aors")] == ["twilio"]
    assert [row["id"] for row in rows(session, "ps_auths")] == ["twilio"]


@pytest.mark.parametrize("name", ["grable", "TWILIO"])
def test_what_is_not_there_cannot_be_deleted(engine: Engine, session: Session, name: str) -> None:
    """A name that differs in case names nothing, also where the database folds case."""
    create_twilio_trunk(session, termination_uri=URI)
    session.commit()
    with statements(engine) as sent, pytest.raises(NotFoundError) as caught:
        delete(session, Trunk, name)

    assert (caught.value.kind, caught.value.name) == ("trunk", name)
    assert writes(sent) == []


def test_deleting_leaves_registrations(session: Session) -> None:
    """They are nobody's but who made them."""
    create_twilio_trunk(session, termination_uri=URI, **CREDENTIALS)
    session.add(Registration(id="reg", server_uri="sip:a.example", client_uri="sip:b@a.example"))
    delete(session, Trunk, "twilio")

    assert len(rows(session, "ps_registrations")) == 1


def test_a_context_of_phones_is_refused(session: Session) -> None:
    """A trunk's calls are not authenticated: they may not enter where phones call out from."""
    session.add(Endpoint(id="desk", auth=("desk",), context="internal"))
    session.flush()

    with pytest.raises(ConflictError, match="'desk', which calls out from the same context"):
        create_twilio_trunk(session, termination_uri=URI, context="internal")
    assert session.get(Endpoint, "twilio") is None
