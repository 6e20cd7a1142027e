"""A phone is three rows that agree, on every database; its password is nobody's but its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest

from asterisk_realtime import (
    ConflictError,
    NotFoundError,
    Phone,
    WebRtcPhone,
    apply,
    create,
    delete,
    ensure,
    get,
    plan,
)
from asterisk_realtime.models import DtlsSetup, Extension, Identify, QueueMember
from tests.db.tools import (
    PASSWORD,
    dialect,
    everything,
    inserted_columns,
    rows,
    statements,
    work,
    writes,
    written,
)
from tests.examples import phone, web_phone

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session


ENDPOINT = {
    "id": "100",
    "aors": "100",
    "auth": "100",
    "context": "phones",
    "allow": "ulaw,alaw",
    "identify_by": "username",
    "direct_media": "no",
    "media_encryption": "no",
    "rtp_symmetric": "yes",
    "force_rport": "yes",
    "rewrite_contact": "yes",
}
NAMES = ("media_encryption", "force_rport", "auth_type")
"""Columns that are set to Asterisk's default."""


# -- Creating --------------------------------------------------------------------------------------


def test_a_phone(session: Session) -> None:
    """Three rows of one name; it can be reached behind NAT, and nobody gets in by address."""
    made = create(session, phone())

    assert written(session, "ps_endpoints", *NAMES) == [ENDPOINT]
    assert written(session, "ps_aors") == [
        {"id": "100", "max_contacts": 1, "remove_existing": "yes", "qualify_frequency": 60}
    ]
    assert written(session, "ps_auths", *NAMES) == [
        {
            "id": "100",
            "auth_type": "userpass",
            "username": "100",
            "password": str(made.auth.password),
        }
    ]
    assert set(everything(session)) == {"ps_endpoints", "ps_aors", "ps_auths"}


def test_all_that_can_be_said_of_a_phone(session: Session) -> None:
    """Each field arrives in its column, and in the spec that is found."""
    spec = phone(
        password=PASSWORD,
        username="ann; ^1",
        realm="pbx.example",
        algorithms=["SHA-256", "MD5"],
        caller_id='"Ann; ^ \\"A\\"" <100>',
        codecs=["g722", "ulaw"],
        mailbox="100",
        transport="tls",
        max_contacts=3,
        qualify_frequency=0,
        media_encryption="dtls",
    )
    made = create(session, spec)

    assert made.endpoint.callerid == '"Ann; ^ \\"A\\"" <100>'
    assert made.endpoint.mailboxes == ("100@default",)
    assert made.endpoint.dtls_setup is DtlsSetup.ACTPASS
    assert made.endpoint.dtls_auto_generate_cert is True
    assert (made.auth.username, made.auth.realm) == ("ann; ^1", "pbx.example")
    assert get(session, Phone, "100") == spec
    assert not plan(session, spec)


def test_inserts_name_only_what_a_phone_says(engine: Engine, session: Session) -> None:
    """Of 147 columns a phone sets eleven, and NULL where a default of the table's may stand."""
    with statements(engine) as sent:
        apply(session, phone())
    no = {"transport", "callerid", "mailboxes", "use_avpf", "media_use_received_transport"}
    no |= {"dtls_auto_generate_cert", "dtls_setup", "dtls_verify"}

    assert inserted_columns(sent)["ps_endpoints"] == set(ENDPOINT) | no
    assert len(work(sent)) <= 4


def test_ten_phones_take_no_more_questions(engine: Engine, session: Session) -> None:
    """One question, and each table's rows together."""
    phones = [phone(id=str(number)) for number in range(100, 110)]
    with statements(engine) as sent:
        apply(session, *phones)
    with statements(engine) as again:
        assert not apply(session, *phones)

    assert len(writes(sent)) <= 3 * 10
    assert len(work(sent)) - len(writes(sent)) <= 2
    assert writes(again) == []
    assert len(work(again)) <= 4


# -- WebRTC ----------------------------------------------------------------------------------------


def test_a_webrtc_phone(session: Session) -> None:
    """What Asterisk does not add by itself to ``webrtc``."""
    create(session, web_phone(password=PASSWORD))

    assert written(session, "ps_endpoints") == [
        {
            "id": "200",
            "aors": "200",
            "auth": "200",
            "context": "phones",
            "allow": "opus,ulaw,alaw",
            "identify_by": "username",
            "direct_media": "no",
            "webrtc": "yes",
            "dtls_auto_generate_cert": "yes",
        }
    ]
    assert get(session, WebRtcPhone, "200") == web_phone(password=PASSWORD)


def test_a_certificate_of_its_own(session: Session) -> None:
    """It takes the place of the one that Asterisk makes, and leaves no contradiction."""
    create(session, web_phone())
    spec = web_phone(cert_file="/etc/asterisk/web.crt", private_key="/etc/asterisk/web.key")
    changed = ensure(session, spec)

    assert {column.name: column.new for row in changed.rows for column in row.columns} == {
        "dtls_cert_file": "/etc/asterisk/web.crt",
        "dtls_private_key": "/etc/asterisk/web.key",
        "dtls_auto_generate_cert": None,
    }
    found = get(session, WebRtcPhone, "200")
    assert found is not None
    assert (found.cert_file, found.private_key) == (spec.cert_file, spec.private_key)
    assert not plan(session, found)


# -- Ensuring --------------------------------------------------------------------------------------


def test_only_what_differs_is_changed(engine: Engine, session: Session) -> None:
    """And what a person set by hand stays, also where it was a beginning of ours."""
    made = create(session, phone(password=PASSWORD))
    made.endpoint.rtp_symmetric = False
    made.endpoint.language = "de"
    made.aor.remove_existing = False
    made.aor.support_path = True
    made.auth.nonce_lifetime = 60
    session.flush()
    with statements(engine) as sent:
        done = apply(session, phone(context="office", max_contacts=2))

    assert [str(row) for row in done.rows] == [
        "~ ps_aors id='100': max_contacts 1 -> 2",
        "~ ps_endpoints id='100': context 'phones' -> 'office'",
    ]
    assert len(writes(sent)) == 2
    (endpoint,) = rows(session, "ps_endpoints")
    (aor,) = rows(session, "ps_aors")
    assert (endpoint["rtp_symmetric"], endpoint["language"]) == ("no", "de")
    assert (aor["remove_existing"], aor["support_path"]) == ("no", "yes")
    assert rows(session, "ps_auths")[0]["password"] == PASSWORD


def test_what_is_found_can_be_changed_and_applied(session: Session) -> None:
    """``attrs.evolve`` of what is found changes what it says."""
    create(session, phone(caller_id='"Ann" <100>', mailbox="100@default"))
    found = get(session, Phone, "100")
    assert found is not None
    assert not plan(session, found)
    done = apply(session, attrs.evolve(found, mailbox=None, caller_id="200"))

    assert str(done) == (
        "~ ps_endpoints id='100': callerid '\"Ann\" <100>' -> '<200>', "
        "mailboxes '100@default' -> None\n"
        "then in Asterisk: module reload res_pjsip_mwi.so"
        "  (a phone's lamp shows another mailbox from then on)\n"
        "then in Asterisk: sorcery memory cache expire res_pjsip/endpoint 100"
        "  (or wait until it has expired)"
    )


# -- Deleting --------------------------------------------------------------------------------------


def test_deleting_takes_all_of_a_phone_and_no_neighbours(session: Session) -> None:
    """Endpoint, AOR, auth and identify rows."""
    create(session, phone(id="101"))
    before = everything(session)
    create(session, phone())
    session.add(Identify(id="100-1", endpoint="100"))
    create(session, web_phone())
    session.flush()
    deleted = delete(session, Phone, "100")
    delete(session, WebRtcPhone, "200")

    assert [(row.action, row.table) for row in deleted.rows] == [
        ("remove", "ps_endpoints"),
        ("remove", "ps_aors"),
        ("remove", "ps_auths"),
        ("remove", "ps_endpoint_id_ips"),
    ]
    assert everything(session) == before


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (
            Extension(context="phones", exten="1", priority=1, app="Dial", appdata="PJSIP/100,30"),
            "step 1 of extension '1' in context 'phones'",
        ),
        (
            Extension(
                context="phones", exten="2", priority=1, app="Dial", appdata="PJSIP/7&PJSIP/100"
            ),
            "step 1 of extension '2' in context 'phones'",
        ),
        (
            QueueMember(queue_name="help", interface="PJSIP/100", uniqueid=1),
            "member 'PJSIP/100' of queue 'help'",
        ),
    ],
    ids=["extension", "one of several", "queue member"],
)
def test_deleting_is_refused_while_something_rings_it(
    session: Session, row: Extension | QueueMember, named: str
) -> None:
    """The one that does is named; a phone whose id only begins alike is free."""
    create(session, phone())
    create(session, phone(id="10"))
    session.merge(row)
    session.flush()

    with pytest.raises(ConflictError) as caught:
        delete(session, Phone, "100")
    assert caught.value.existing == named
    assert delete(session, Phone, "10")


def test_what_is_not_there(session: Session) -> None:
    """Cannot be deleted, and is not found; the databases agree about case."""
    create(session, phone(id="ann"))

    assert get(session, Phone, "ANN") is None
    assert get(session, WebRtcPhone, "bob") is None
    for name in ("bob", "ANN"):
        with pytest.raises(NotFoundError):
            delete(session, Phone, name)


def test_cells_are_spelled_for_the_driver_that_reads_them(session: Session) -> None:
    """Semicolons and carets are escaped for the servers' drivers, and literal on SQLite."""
    create(session, phone(password="a;b^c;d^e", caller_id='"A;^B" <100>'))
    (auth,) = rows(session, "ps_auths")
    (endpoint,) = rows(session, "ps_endpoints")
    literal = dialect(session) == "sqlite"

    assert auth["password"] == ("a;b^c;d^e" if literal else "a^3Bb^5Ec^3Bd^5Ee")
    assert endpoint["callerid"] == ('"A;^B" <100>' if literal else '"A^3B^5EB" <100>')
