"""A phone is three rows that agree, on every database; its password is nobody's but its own."""

from __future__ import annotations

from hashlib import md5, sha256
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from sqlalchemy import text

from asterisk_realtime import (
    Aor,
    Auth,
    ConflictError,
    DtlsSetup,
    Endpoint,
    Extension,
    Identify,
    InvalidValueError,
    NotFoundError,
    PasswordStorage,
    Phone,
    QueueMember,
    TwilioTrunk,
    WebRtcPhone,
    apply,
    create_phone,
    create_webrtc_phone,
    delete_phone,
    delete_webrtc_phone,
    ensure_phone,
    ensure_webrtc_phone,
    find_phone,
    find_trunk,
    find_webrtc_phone,
    plan,
)
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


def phone(**fields: Any) -> Phone:
    """Return a phone that is good but for *fields*."""
    return Phone(**{"id": "100", "context": "phones", **fields})


def web(**fields: Any) -> WebRtcPhone:
    """Return a WebRTC phone that is good but for *fields*."""
    return WebRtcPhone(**{"id": "200", "context": "phones", **fields})


def digest(hash_: Any, user: str = "100", realm: str = "asterisk", password: str = PASSWORD) -> str:
    """Return what is stored of a password."""
    return str(hash_(f"{user}:{realm}:{password}".encode()).hexdigest())


# -- Creating --------------------------------------------------------------------------------------


def test_a_phone(session: Session) -> None:
    """Three rows of one name; it can be reached behind NAT, and nobody gets in by address."""
    made = create_phone(session, phone())

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
    made = create_phone(session, spec)

    assert made.endpoint.callerid == '"Ann; ^ \\"A\\"" <100>'
    assert made.endpoint.mailboxes == ("100@default",)
    assert made.endpoint.dtls_setup is DtlsSetup.ACTPASS
    assert made.endpoint.dtls_auto_generate_cert is True
    assert (made.auth.username, made.auth.realm) == ("ann; ^1", "pbx.example")
    assert find_phone(session, "100") == spec
    assert not plan(session, spec)


def test_a_generated_password_is_new_each_time_and_stays(session: Session) -> None:
    """It is made when the phone is added, can be read once more, and is never changed."""
    first = create_phone(session, phone())
    second = create_phone(session, phone(id="101"))
    session.commit()
    words = [str(made.auth.password) for made in (first, second)]
    shown = str(plan(session, phone(id="102")))

    assert len(set(words)) == 2
    assert all(len(word) == 24 and word.isalnum() for word in words)
    assert not ensure_phone(session, phone())
    found = find_phone(session, "100")
    assert found is not None
    assert found.password == words[0]
    assert words[0] not in repr(found)
    assert "password='**********'" in shown
    delete_phone(session, "100")
    delete_phone(session, "101")
    session.commit()


@pytest.mark.parametrize(
    ("fields", "cells"),
    [
        (
            {"storage": "md5"},
            {
                "auth_type": "md5",
                "md5_cred": digest(md5),
                "supported_algorithms_uas": "MD5",
                "supported_algorithms_uac": "MD5",
            },
        ),
        (
            {"storage": "digest"},
            {
                "auth_type": "digest",
                "password_digest": f"SHA-256:{digest(sha256)},MD5:{digest(md5)}",
                "supported_algorithms_uas": "SHA-256,MD5",
                "supported_algorithms_uac": "SHA-256,MD5",
            },
        ),
        (
            {"storage": "digest", "algorithms": ["SHA-256"], "username": "ann"},
            {
                "auth_type": "digest",
                "username": "ann",
                "password_digest": f"SHA-256:{digest(sha256, 'ann')}",
                "supported_algorithms_uas": "SHA-256",
                "supported_algorithms_uac": "SHA-256",
            },
        ),
    ],
    ids=["md5", "digest", "sha-256"],
)
def test_a_password_kept_as_a_digest(
    session: Session, fields: dict[str, Any], cells: dict[str, str]
) -> None:
    """The password itself is nowhere, and what is found keeps its digest."""
    spec = phone(password=PASSWORD, realm="asterisk", **fields)
    create_phone(session, spec)
    (auth,) = written(session, "ps_auths")
    found = find_phone(session, "100")

    assert auth == {"id": "100", "username": "100", "realm": "asterisk", **cells}
    assert found is not None
    assert (found.password, found.storage) == (None, fields["storage"])
    assert not plan(session, found)
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
    create_webrtc_phone(session, web(password=PASSWORD))

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
    assert find_webrtc_phone(session, "200") == web(password=PASSWORD)


def test_a_certificate_of_its_own(session: Session) -> None:
    """It takes the place of the one that Asterisk makes, and leaves no contradiction."""
    create_webrtc_phone(session, web())
    spec = web(cert_file="/etc/asterisk/web.crt", private_key="/etc/asterisk/web.key")
    changed = ensure_webrtc_phone(session, spec)

    assert {column.name: column.new for row in changed.rows for column in row.columns} == {
        "dtls_cert_file": "/etc/asterisk/web.crt",
        "dtls_private_key": "/etc/asterisk/web.key",
        "dtls_auto_generate_cert": None,
    }
    found = find_webrtc_phone(session, "200")
    assert found is not None
    assert (found.cert_file, found.private_key) == (spec.cert_file, spec.private_key)
    assert not plan(session, found)


# -- Ensuring --------------------------------------------------------------------------------------


def test_only_what_differs_is_changed(engine: Engine, session: Session) -> None:
    """And what a person set by hand stays, also where it was a beginning of ours."""
    made = create_phone(session, phone(password=PASSWORD))
    made.endpoint.rtp_symmetric = False
    made.endpoint.language = "de"
    made.aor.remove_existing = False
    made.aor.support_path = True
    made.auth.nonce_lifetime = 60
    session.flush()
    with statements(engine) as sent:
        done = apply(session, phone(context="office", max_contacts=2))

    assert str(done) == (
        "~ ps_aors id='100': max_contacts 1 -> 2\n"
        "~ ps_endpoints id='100': context 'phones' -> 'office'"
    )
    assert len(writes(sent)) == 2
    (endpoint,) = rows(session, "ps_endpoints")
    (aor,) = rows(session, "ps_aors")
    assert (endpoint["rtp_symmetric"], endpoint["language"]) == ("no", "de")
    assert (aor["remove_existing"], aor["support_path"]) == ("no", "yes")
    assert rows(session, "ps_auths")[0]["password"] == PASSWORD


def test_another_storage(session: Session) -> None:
    """A known password becomes a digest; a digest becomes nothing else without the password."""
    create_phone(session, phone(password=PASSWORD))
    ensure_phone(session, phone(storage="digest", realm="asterisk"))
    (auth,) = rows(session, "ps_auths")
    assert (auth["password"], auth["auth_type"]) == (None, "digest")
    assert auth["password_digest"] == f"SHA-256:{digest(sha256)},MD5:{digest(md5)}"

    before = everything(session)
    for fields in (
        {},
        {"storage": "md5", "realm": "asterisk"},
        {"storage": "digest", "realm": "other-words"},
        {"storage": "digest", "realm": "asterisk", "username": "ann"},
        {"storage": "digest", "realm": "asterisk", "algorithms": ["SHA-256"]},
    ):
        with pytest.raises(InvalidValueError, match="give the password") as caught:
            ensure_phone(session, phone(**fields))
        assert caught.value.field == "password"
    assert everything(session) == before
    ensure_phone(session, phone(password="other-words", storage="md5", realm="asterisk"))
    ensure_phone(session, phone(password="other-words"))

    (auth,) = written(session, "ps_auths")
    assert (auth["password"], auth.get("md5_cred"), auth.get("password_digest")) == (
        "other-words",
        None,
        None,
    )
    assert find_phone(session, "100") == phone(password="other-words")


def test_a_digest_of_a_generated_password_is_refused(session: Session) -> None:
    """Nobody would ever know it."""
    with pytest.raises(InvalidValueError, match="a generated one would be lost") as caught:
        create_phone(session, phone(storage="md5", realm="asterisk"))

    assert caught.value.field == "password"
    assert everything(session) == {}


def test_what_is_found_can_be_changed_and_applied(session: Session) -> None:
    """``attrs.evolve`` of what is found changes what it says."""
    create_phone(session, phone(caller_id='"Ann" <100>', mailbox="100@default"))
    found = find_phone(session, "100")
    assert found is not None
    assert not plan(session, found)
    done = apply(session, attrs.evolve(found, mailbox=None, caller_id="200"))

    assert str(done) == (
        "~ ps_endpoints id='100': callerid '\"Ann\" <100>' -> '<200>', "
        "mailboxes '100@default' -> None\n"
        "then in Asterisk: module reload res_pjsip_mwi.so"
        "  (a phone's lamp shows another mailbox from then on)"
    )


def test_an_auth_of_another_name_is_kept(session: Session) -> None:
    """A phone made by hand keeps its password, and its auth goes with it."""
    session.add_all(
        [
            Endpoint(id="100", aors=("100",), auth=("100-auth",), allow=("ulaw",)),
            Aor(id="100", max_contacts=1),
            Auth(id="100-auth", username="100", password=PASSWORD),
        ]
    )
    session.flush()
    ensure_phone(session, phone())
    (auth,) = rows(session, "ps_auths")

    assert (auth["id"], auth["password"]) == ("100-auth", PASSWORD)
    delete_phone(session, "100")
    assert everything(session) == {}


def test_an_auth_of_two_endpoints_is_not_changed(session: Session) -> None:
    """Whoever else has it would lose its password."""
    session.add_all(
        [
            Endpoint(id="100", aors=("100",), auth=("office",), allow=("ulaw",)),
            Endpoint(id="101", aors=("101",), auth=("office",), allow=("ulaw",)),
            Auth(id="office", username="office", password=PASSWORD),
        ]
    )
    session.flush()

    with pytest.raises(ConflictError, match=r"auth 'office' of endpoint '100'.*endpoint '101'"):
        ensure_phone(session, phone())


# -- Conflicts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "existing"),
    [
        (Endpoint(id="ann"), "endpoint 'ann'"),
        (Endpoint(id="ANN"), "endpoint 'ANN'"),
        (Aor(id="Ann"), "AOR 'Ann'"),
        (Auth(id="ann"), "auth 'ann'"),
    ],
    ids=["endpoint", "other case", "AOR", "auth"],
)
def test_an_id_that_is_taken(session: Session, row: Endpoint | Aor | Auth, existing: str) -> None:
    """Also where it differs in case alone: MariaDB and SIP peers would take it for the same."""
    session.add(type(row)(id=row.id))
    session.flush()
    before = everything(session)

    with pytest.raises(ConflictError) as caught:
        create_phone(session, phone(id="ann"))
    assert caught.value.existing == existing
    assert everything(session) == before


def test_two_phones_that_differ_in_case(session: Session) -> None:
    """Also within one call."""
    with pytest.raises(ConflictError, match="'Ann'"):
        apply(session, phone(id="ann"), phone(id="Ann"))

    assert everything(session) == {}


def test_a_context_that_strangers_enter_is_refused(session: Session) -> None:
    """Whoever may ring in from a trunk must not be where phones call out."""
    apply(session, TwilioTrunk(termination_uri=URI, context="phones"))

    with pytest.raises(ConflictError) as caught:
        create_phone(session, phone())
    assert caught.value.wanted == "phone '100' in context 'phones'"
    assert "endpoint 'twilio'" in caught.value.existing
    with pytest.raises(ConflictError):
        create_webrtc_phone(session, web())


def test_an_aor_that_a_neighbour_has(session: Session) -> None:
    """Calls to that one would ring here."""
    session.add(Endpoint(id="boss", aors=("boss", "100"), auth=("boss",)))
    session.flush()

    with pytest.raises(ConflictError, match=r"AOR '100'.*endpoint 'boss'"):
        create_phone(session, phone())


@pytest.mark.parametrize(
    ("protocol", "spec"),
    [("wss", phone(transport="main")), ("udp", web(transport="main"))],
    ids=["phone", "WebRTC phone"],
)
def test_a_transport_of_another_protocol(
    session: Session, protocol: str, spec: Phone | WebRtcPhone
) -> None:
    """What the database says of the transport may not contradict what goes over it."""
    insert(session, "ps_transports", id="main", protocol=protocol)

    with pytest.raises(InvalidValueError, match=f"speaks {protocol}") as caught:
        apply(session, spec)
    assert caught.value.field == "transport"


def test_other_kinds_of_endpoints_are_left_alone(session: Session) -> None:
    """A trunk, a phone and a WebRTC phone are told apart, in each direction."""
    apply(session, TwilioTrunk(termination_uri=URI), phone(), web())
    before = everything(session)
    for call, what in (
        (lambda: ensure_phone(session, phone(id="twilio")), "authenticates nobody"),
        (lambda: find_phone(session, "twilio"), "authenticates nobody"),
        (lambda: delete_phone(session, "twilio"), "authenticates nobody"),
        (lambda: ensure_phone(session, phone(id="200")), "is a WebRTC phone"),
        (lambda: delete_phone(session, "200"), "is a WebRTC phone"),
        (lambda: find_webrtc_phone(session, "100"), "a phone without WebRTC"),
        (lambda: delete_webrtc_phone(session, "100"), "a phone without WebRTC"),
        (lambda: find_trunk(session, "100"), "is no trunk"),
    ):
        with pytest.raises(ConflictError, match=what):
            call()

    assert everything(session) == before


@pytest.mark.parametrize(
    "columns",
    [
        {"mailboxes": ("ann@default",)},
        {"callerid": "Ann <unknown>"},
        {"allow": None},
        {"aors": ("100", "101")},
        {"aors": ("gone",)},
        {"auth": ("gone",)},
    ],
    ids=["a mailbox in letters", "no number", "no codec", "two AORs", "no AOR", "no auth"],
)
def test_rows_that_no_phone_can_be(session: Session, columns: dict[str, Any]) -> None:
    """They are said to be so, rather than read as something else."""
    made = create_phone(session, phone())
    for name, value in columns.items():
        setattr(made.endpoint, name, value)
    session.flush()

    with pytest.raises(ConflictError, match="what its rows hold"):
        find_phone(session, "100")


def test_a_digest_without_its_hash_is_not_shown(session: Session) -> None:
    """A row that a person made wrong must not tell its secret in an error."""
    create_phone(session, phone(storage="digest", realm="asterisk", password=PASSWORD))
    session.execute(text("UPDATE ps_auths SET password_digest = '0123456789abcdef'"))

    with pytest.raises(ConflictError, match="it names no hash") as caught:
        find_phone(session, "100")
    assert "0123456789abcdef" not in str(caught.value).lower()


# -- Deleting --------------------------------------------------------------------------------------


def test_deleting_takes_all_of_a_phone_and_no_neighbours(session: Session) -> None:
    """Endpoint, AOR, auth and identify rows."""
    create_phone(session, phone(id="101"))
    before = everything(session)
    create_phone(session, phone())
    session.add(Identify(id="100-1", endpoint="100"))
    create_webrtc_phone(session, web())
    session.flush()
    deleted = delete_phone(session, "100")
    delete_webrtc_phone(session, "200")

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
    create_phone(session, phone())
    create_phone(session, phone(id="10"))
    session.merge(row)
    session.flush()

    with pytest.raises(ConflictError) as caught:
        delete_phone(session, "100")
    assert caught.value.existing == named
    assert delete_phone(session, "10")


def test_what_is_not_there(session: Session) -> None:
    """Cannot be deleted, and is not found; the databases agree about case."""
    create_phone(session, phone(id="ann"))

    assert find_phone(session, "ANN") is None
    assert find_webrtc_phone(session, "bob") is None
    for name in ("bob", "ANN"):
        with pytest.raises(NotFoundError):
            delete_phone(session, name)


def test_cells_are_spelled_for_the_driver_that_reads_them(session: Session) -> None:
    """Semicolons and carets are escaped for the servers' drivers, and literal on SQLite."""
    create_phone(session, phone(password="a;b^c;d^e", caller_id='"A;^B" <100>'))
    (auth,) = rows(session, "ps_auths")
    (endpoint,) = rows(session, "ps_endpoints")
    literal = dialect(session) == "sqlite"

    assert auth["password"] == ("a;b^c;d^e" if literal else "a^3Bb^5Ec^3Bd^5Ee")
    assert endpoint["callerid"] == ('"A;^B" <100>' if literal else '"A^3B^5EB" <100>')


def test_storages_are_words() -> None:
    """They can be written as text."""
    assert phone(storage="plain").storage is PasswordStorage.PLAIN
