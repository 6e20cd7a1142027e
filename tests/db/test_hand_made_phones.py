"""Phones whose rows a person wrote: they are read, and what is read changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    ConflictError,
    Phone,
    RegistrationTrunk,
    Replace,
    RtpProfile,
    WebRtcPhone,
    apply,
    get,
    migrations,
    plan,
)
from asterisk_realtime.models import Aor, Endpoint
from tests import examples
from tests.db.tools import dialect, insert, rows

if TYPE_CHECKING:
    from sqlalchemy import Engine

ENDPOINT = {"aors": "101", "auth": "101", "context": "phones", "allow": "ulaw"}
AOR = {"max_contacts": 1}
AUTH = {"auth_type": "userpass", "username": "101", "password": "Correct-Horse-7"}


def by_hand(
    session: Session,
    name: str = "101",
    endpoint: dict[str, Any] | None = None,
    aor: dict[str, Any] | None = None,
    auth: dict[str, Any] | None = None,
) -> None:
    """Write the rows of a phone as a person does."""
    own = {"aors": name, "auth": name}
    insert(session, "ps_endpoints", **{"id": name, **ENDPOINT, **own, **(endpoint or {})})
    insert(session, "ps_aors", **{"id": name, **AOR, **(aor or {})})
    insert(session, "ps_auths", **{"id": name, **AUTH, "username": name, **(auth or {})})


@pytest.mark.parametrize(
    ("rows_", "field", "value"),
    [
        ({"endpoint": {"allow": "!all,g722,ulaw"}}, "codecs", ("!all", "g722", "ulaw")),
        ({"endpoint": {"allow": "all", "disallow": "all"}}, "codecs", ("all",)),
        (
            {"endpoint": {"mailboxes": "101@default,200@sales"}},
            "mailbox",
            ("101@default", "200@sales"),
        ),
        ({"endpoint": {"mailboxes": "101"}}, "mailbox", "101@"),
        ({"aor": {"max_contacts": 500}}, "max_contacts", 500),
        ({"endpoint": {"callerid": "Ann"}}, "caller_id", '"Ann" <>'),
        ({"endpoint": {"callerid": '"Ann Lee" <>'}}, "caller_id", '"Ann Lee" <>'),
        ({"endpoint": {"callerid": "Ann <101>"}}, "caller_id", '"Ann" <101>'),
        ({"endpoint": {"callerid": "101"}}, "caller_id", "<101>"),
        ({"name": "desk_101"}, "id", "desk_101"),
        ({"endpoint": {"identify_by": "auth_username,username"}}, "id", "101"),
        ({"endpoint": {"media_encryption": "no", "webrtc": "no"}}, "media_encryption", "no"),
        ({"endpoint": {"use_avpf": "no"}}, "rtp_profile", None),
        ({"endpoint": {"use_avpf": "yes"}}, "rtp_profile", RtpProfile.AVPF),
        (
            {
                "endpoint": {
                    "media_encryption": "dtls",
                    "dtls_cert_file": "/etc/asterisk/phone.pem",
                    "dtls_setup": "passive",
                }
            },
            "rtp_profile",
            RtpProfile.AVP,
        ),
        (
            {
                "endpoint": {
                    "media_encryption": "dtls",
                    "use_avpf": "yes",
                    "media_use_received_transport": "yes",
                }
            },
            "rtp_profile",
            RtpProfile.ANY,
        ),
        ({"endpoint": {"transport": "transport-udp"}}, "transport", "transport-udp"),
        ({"endpoint": {"rtp_symmetric": "no", "direct_media": "yes"}}, "transport", None),
        ({"aor": {"qualify_frequency": 0}}, "qualify_frequency", 0),
        ({"aor": {"remove_existing": "no"}}, "max_contacts", 1),
        ({"auth": {"realm": "pbx.example", "username": "ann"}}, "username", "ann"),
        (
            {"auth": {"auth_type": "md5", "password": None, "md5_cred": "0" * 32, "realm": "x"}},
            "storage",
            "md5",
        ),
    ],
    ids=str,
)
def test_ordinary_rows(session: Session, rows_: dict[str, Any], field: str, value: object) -> None:
    """What any of them says has its place in the spec, and the spec changes no row."""
    by_hand(session, **rows_)
    name = rows_.get("name", "101")
    found = get(session, Phone, name)

    assert found is not None
    shown = getattr(found, field)
    assert (str(shown) if field == "caller_id" else shown) == value
    assert str(plan(session, found)) == "nothing to change"
    assert apply(session, attrs.evolve(found, context="office"))
    assert get(session, Phone, name) == attrs.evolve(found, context="office")


def test_rows_under_other_names_stay(session: Session) -> None:
    """An AOR and an auth need not be called as their endpoint."""
    by_hand(session, endpoint={"aors": "desk", "auth": "door"})
    session.execute(text("UPDATE ps_aors SET id = 'desk'"))
    session.execute(text("UPDATE ps_auths SET id = 'door'"))
    found = get(session, Phone, "101")

    assert found is not None
    assert found.max_contacts == 1
    assert not plan(session, found)
    assert apply(session, attrs.evolve(found, max_contacts=2))
    assert [row["id"] for row in rows(session, "ps_aors")] == ["desk"]


def test_what_two_endpoints_share_is_not_changed(session: Session) -> None:
    """An AOR of another name that a second phone has too."""
    by_hand(session, "102")
    by_hand(session, "101", endpoint={"aors": "102"})

    with pytest.raises(ConflictError, match="AOR '102' of endpoint '101'"):
        apply(session, Phone(id="101", context="phones", max_contacts=2))


ONE: dict[str, Any] = {
    "allow": st.sampled_from(["ulaw", "!all,alaw", "all", "g722:20,ulaw", "ulaw,!alaw"]),
    "disallow": st.sampled_from([None, "all"]),
    "context": st.sampled_from([None, "phones"]),
    "callerid": st.sampled_from(
        [None, "Ann", "Ann <1>", '"A \\"B\\"" <+12025550123>', "101", "<5>"]
    ),
    "mailboxes": st.sampled_from([None, "1", "1@default", "1@default,2@b", "2@b"]),
    "transport": st.sampled_from([None, "transport-udp"]),
    "identify_by": st.sampled_from([None, "username", "username,ip", "auth_username,username"]),
    "media_encryption": st.sampled_from([None, "no", "sdes", "dtls"]),
    "dtls_verify": st.sampled_from([None, "no", "yes", "fingerprint"]),
    "dtls_setup": st.sampled_from([None, "active", "actpass"]),
    "dtls_auto_generate_cert": st.sampled_from([None, "yes", "no"]),
    "use_avpf": st.sampled_from([None, "yes", "no"]),
    "media_use_received_transport": st.sampled_from([None, "yes", "no"]),
    "webrtc": st.sampled_from([None, "no"]),
    "direct_media": st.sampled_from([None, "yes", "no"]),
    "rewrite_contact": st.sampled_from([None, "yes", "no"]),
}
TWO: dict[str, Any] = {
    "max_contacts": st.sampled_from([1, 5, 500]),
    "remove_existing": st.sampled_from([None, "yes", "no"]),
    "qualify_frequency": st.sampled_from([None, 0, 30]),
    "default_expiration": st.sampled_from([None, 600]),
}
THREE: dict[str, Any] = {
    "auth_type": st.sampled_from([None, "userpass", "digest"]),
    "username": st.sampled_from(["101", "ann"]),
    "realm": st.sampled_from([None, "asterisk"]),
    "supported_algorithms_uas": st.sampled_from([None, "MD5", "SHA-256,MD5"]),
}


@given(st.fixed_dictionaries(ONE), st.fixed_dictionaries(TWO), st.fixed_dictionaries(THREE))
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_what_is_read_changes_nothing(
    engine: Engine, one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]
) -> None:
    """Whatever columns a person chose: the spec that is read plans nothing."""
    chosen = [{k: v for k, v in part.items() if v is not None} for part in (one, two, three)]
    with Session(engine) as session:
        by_hand(session, "101", *chosen)
        found = get(session, Phone, "101")
        assert found is not None
        assert str(plan(session, found)) == "nothing to change"
        session.rollback()


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"dtls_auto_generate_cert": "yes", "use_avpf": "yes", "media_encryption": "dtls"},
        {"dtls_cert_file": "/etc/asterisk/web.pem", "dtls_verify": "fingerprint"},
        {"dtls_cert_file": "/etc/asterisk/web.pem", "dtls_auto_generate_cert": "no"},
        {"callerid": "Ann", "mailboxes": "1,2@b", "identify_by": "auth_username,username"},
    ],
    ids=str,
)
def test_ordinary_rows_of_a_browser(session: Session, columns: dict[str, Any]) -> None:
    """As of a phone."""
    by_hand(session, endpoint={"webrtc": "yes", "allow": "!all,opus,ulaw", **columns})
    found = get(session, WebRtcPhone, "101")

    assert found is not None
    assert str(plan(session, found)) == "nothing to change"


# -- Ids with '_' ----------------------------------------------------------------------------------


def test_an_underscore_is_refused_only_where_it_means_another(session: Session) -> None:
    """Asterisk would ring the contacts of an AOR that differs only there, whichever is first."""
    apply(session, Phone(id="a_b", context="phones"), Phone(id="a_c", context="phones"))
    assert get(session, Phone, "a_b")
    with pytest.raises(ConflictError, match="AOR 'axb' conflicts with AOR 'a_b'"):
        apply(session, Phone(id="axb", context="phones"))
    apply(session, Phone(id="pqr", context="phones"), Phone(id="long_pqr", context="phones"))
    with pytest.raises(ConflictError, match="AOR 'p_r' conflicts with AOR 'pqr'"):
        apply(session, Phone(id="p_r", context="phones"))
    with pytest.raises(ConflictError, match="AOR 'p_r' conflicts with AOR 'pqr'"):
        apply(session, examples.trunk("p_r"))


def test_a_phone_called_as_the_auth_of_a_trunk(session: Session) -> None:
    """Neither takes the other's password over."""
    trunk = examples.trunk("acme", inbound_credentials=("acme", "Correct-Horse-8"))
    phone = Phone(id="acme_inbound", context="phones", password="Correct-Horse-9")
    apply(session, phone)
    with pytest.raises(ConflictError, match="auth 'acme_inbound'"):
        apply(session, trunk)
    apply(session, Absent(Phone, "acme_inbound"))
    apply(session, trunk)
    with pytest.raises(ConflictError, match="auth 'acme_inbound'"):
        apply(session, phone)


# -- Taking over -----------------------------------------------------------------------------------


def test_rows_that_cannot_be_read_are_replaced(session: Session) -> None:
    """By an explicit word; the plan shows what goes."""
    by_hand(session, endpoint={"callerid": "Ann <unknown>"})
    phone = Phone(id="101", context="phones", password="Correct-Horse-9")
    changes = apply(session, Replace(phone))
    endpoint = session.get_one(Endpoint, "101")

    assert "~ ps_endpoints id='101'" in str(changes)
    assert endpoint.callerid is None
    assert not plan(session, phone)


def test_a_phone_by_hand_keeps_what_its_spec_does_not_say(session: Session) -> None:
    """The plan names what changes, the transport that is no longer fixed among it."""
    by_hand(session, endpoint={"transport": "transport-udp", "language": "de"})
    shown = str(plan(session, Phone(id="101", context="phones")))
    apply(session, Phone(id="101", context="phones"))
    endpoint = session.get_one(Endpoint, "101")

    assert "transport 'transport-udp' -> None" in shown
    assert (endpoint.transport, endpoint.language) == (None, "de")


# -- A default of the table's own ------------------------------------------------------------------


@pytest.mark.parametrize("filled_engine", ["postgresql", "mariadb"], indirect=True)
def test_a_default_of_another_hand_takes_no_place(engine: Engine) -> None:
    """What a spec manages is written, so that the next plan is empty; SQLite's column is below."""
    with Session(engine) as session:
        _set_default(session, "ps_endpoints", "transport", "'transport-udp'")
        _set_default(session, "ps_endpoints", "use_avpf", "'yes'")
        _set_default(session, "ps_endpoints", "dtls_setup", "'active'")
        _set_default(session, "ps_aors", "qualify_frequency", "30")
        session.commit()
        phone = Phone(id="101", context="phones", qualify_frequency=0)
        try:
            apply(session, phone)
            assert not plan(session, phone)
            assert session.get_one(Endpoint, "101").transport is None
            assert session.get_one(Aor, "101").qualify_frequency in {None, 0}
            session.rollback()
        finally:
            for table, column in (
                ("ps_endpoints", "transport"),
                ("ps_endpoints", "use_avpf"),
                ("ps_endpoints", "dtls_setup"),
                ("ps_aors", "qualify_frequency"),
            ):
                _set_default(session, table, column, None)
            session.commit()


def _set_default(session: Session, table: str, column: str, default: str | None) -> None:
    what = f"SET DEFAULT {default}" if default else "DROP DEFAULT"
    session.execute(text(f"ALTER TABLE {table} ALTER {column} {what}"))
    if default is None and dialect(session) == "mysql":
        session.execute(text(f"ALTER TABLE {table} ALTER {column} SET DEFAULT NULL"))


def test_a_default_of_another_hand_on_sqlite(sqlite_engine: Engine) -> None:
    """As on the servers: the column's own default is kept by the upgrade, and not taken."""
    with Session(sqlite_engine) as session:
        session.execute(
            text(
                "CREATE TABLE ps_endpoints (id VARCHAR(40) NOT NULL PRIMARY KEY,"
                " transport VARCHAR(40) DEFAULT 'transport-udp', callerid VARCHAR(40) DEFAULT 'x')"
            )
        )
        session.commit()
    migrations.upgrade(sqlite_engine)
    with Session(sqlite_engine) as session:
        phone = Phone(id="101", context="phones")
        apply(session, phone)

        assert not plan(session, phone)
        assert session.get_one(Endpoint, "101").transport is None


# -- Registrations ---------------------------------------------------------------------------------


REGISTRATION = RegistrationTrunk(
    name="acme",
    server_uri="sip:sip.example",
    client_uri="sip:ann@sip.example",
    credentials=("ann", "Correct-Horse-7"),
    transport="udp",
    secure=False,
    context="from-acme",
    codecs=["ulaw"],
)


def test_a_registration_without_endpoint(session: Session) -> None:
    """It can be deleted, with the auth that only it names; nothing else is taken for it."""
    insert(
        session,
        "ps_registrations",
        id="reg-acme",
        server_uri="sip:sip.example",
        client_uri="sip:ann@sip.example",
        outbound_auth="reg-acme",
    )
    insert(session, "ps_auths", id="reg-acme", username="ann", password="x")
    session.commit()
    with pytest.raises(ConflictError, match="has no endpoint"):
        get(session, RegistrationTrunk, "reg-acme")
    with pytest.raises(ConflictError, match="has no endpoint"):
        apply(session, attrs.evolve(REGISTRATION, name="reg-acme"))
    with pytest.raises(ConflictError, match="registration 'reg-acme', which registers"):
        apply(session, REGISTRATION)
    changes = apply(session, Absent(RegistrationTrunk, "reg-acme"), REGISTRATION)

    assert "- ps_registrations id='reg-acme'" in str(changes)
    assert "- ps_auths id='reg-acme'" in str(changes)
    assert not plan(session, REGISTRATION)


@pytest.mark.parametrize(
    ("client_uri", "server_uri", "twice"),
    [
        ("sip:ann@sip.example", "sip:sip.example", True),
        ("sip:ann@SIP.example:5060", "sip:sip.example;transport=udp", True),
        ("sip:ben@sip.example", "sip:sip.example", False),
        ("sip:ann@sip.example", "sip:backup.example", False),
    ],
)
def test_one_registration_of_an_account(
    session: Session, client_uri: str, server_uri: str, *, twice: bool
) -> None:
    """Two at one registrar would take each other's place."""
    apply(session, REGISTRATION)
    second = attrs.evolve(REGISTRATION, name="second", client_uri=client_uri, server_uri=server_uri)
    if not twice:
        assert apply(session, second)
        return
    with pytest.raises(ConflictError, match="registration 'acme', which registers"):
        apply(session, second)
