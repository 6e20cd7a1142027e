"""Columns mean the same in Python, in comparisons and to other programs, on every database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from netaddr import IPNetwork
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from asterisk_realtime import ValidationError
from asterisk_realtime.models import (
    Aor,
    Auth,
    AuthType,
    DtlsVerify,
    DtmfMode,
    Endpoint,
    Extension,
    Identify,
    IdentifyBy,
)
from asterisk_realtime.models.base import AST_BOOL_LABELS
from asterisk_realtime.showing import HIDDEN
from tests.db.tools import dialect, insert, make_tables, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

YES = {"1", "on", "true", "yes"}


def test_every_kind_of_value_comes_back(session: Session) -> None:
    """As it was assigned, after a look through the database."""
    session.add_all(
        [
            Endpoint(
                id="a",
                aors=("a", "b"),
                allow=("ulaw", "g722:20"),
                direct_media=False,
                dtmf_mode=DtmfMode.RFC4733,
                identify_by=(IdentifyBy.IP, IdentifyBy.HEADER),
                set_var=("A=1;2^3",),
                rtp_timeout=60,
                from_user="a;b^",
                deny=(IPNetwork("0.0.0.0/0"), IPNetwork("::/0")),
            ),
            Auth(id="a", auth_type=AuthType.DIGEST, password=" Zoë;^ "),
            Aor(id="a", contact=("sip:a.example;transport=tls",), qualify_timeout=1.25),
            Identify(id="a", match=(IPNetwork("10.0.0.0/8"), "b.example")),
            Extension(context="c", exten="s", priority=1, app="NoOp", appdata=""),
        ]
    )
    session.commit()
    endpoint, auth = session.get_one(Endpoint, "a"), session.get_one(Auth, "a")

    assert (endpoint.aors, endpoint.allow) == (("a", "b"), ("ulaw", "g722:20"))
    assert (endpoint.direct_media, endpoint.dtmf_mode) == (False, DtmfMode.RFC4733)
    assert endpoint.identify_by == (IdentifyBy.IP, IdentifyBy.HEADER)
    assert (endpoint.set_var, endpoint.from_user) == (("A=1;2^3",), "a;b^")
    assert endpoint.deny == (IPNetwork("0.0.0.0/0"), IPNetwork("::/0"))
    assert (auth.auth_type, auth.password) == (AuthType.DIGEST, " Zoë;^ ")
    assert session.get_one(Aor, "a").contact == ("sip:a.example;transport=tls",)
    assert session.get_one(Aor, "a").qualify_timeout == 1.25
    assert session.get_one(Identify, "a").match == (IPNetwork("10.0.0.0/8"), "b.example")
    assert session.scalars(select(Extension.appdata)).one() == ""


def test_a_contact_with_parameters_is_spelled_for_its_driver(session: Session) -> None:
    """The comma separates contacts, so the semicolon must not."""
    session.add(Aor(id="a", contact=("sip:a;transport=tls", "sip:b;lr")))
    session.flush()
    (row,) = rows(session, "ps_aors")

    semicolon = ";" if dialect(session) == "sqlite" else "^3B"
    assert row["contact"] == f"sip:a{semicolon}transport=tls,sip:b{semicolon}lr"


@pytest.mark.parametrize("truth", [True, False])
def test_a_boolean_is_found_in_each_spelling(session: Session, truth: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """Asterisk's own programs and people write eight words; all are two values."""
    for word in AST_BOOL_LABELS:
        insert(session, "ps_endpoints", id=word, direct_media=word)
    wanted = {word for word in AST_BOOL_LABELS if (word in YES) is truth}

    def ids(condition: object) -> set[str]:
        return set(session.scalars(select(Endpoint.id).where(condition)))  # type: ignore[arg-type]  # any condition

    assert ids(Endpoint.direct_media == truth) == wanted
    assert ids(Endpoint.direct_media.is_(truth)) == wanted
    assert ids(Endpoint.direct_media != (not truth)) == wanted
    assert ids(Endpoint.direct_media.is_not(not truth)) == wanted
    assert {row.id for row in session.scalars(select(Endpoint)) if row.direct_media is truth} == (
        wanted
    )


@pytest.fixture
def sqlite_session(sqlite_engine: Engine) -> Iterator[Session]:
    """A session on SQLite, whose cells take any text."""
    make_tables(sqlite_engine)
    with Session(sqlite_engine) as session:
        yield session


def test_a_boolean_is_found_in_any_case_on_sqlite(sqlite_session: Session) -> None:
    """Asterisk reads a word in any case, and an unknown one as no."""
    session = sqlite_session
    for word in ("TRUE", "Yes", " on", "y", "T", "No", "FALSE", "perhaps", "0"):
        insert(session, "ps_endpoints", id=word, direct_media=word)
    statement = select(Endpoint.id).order_by(Endpoint.id)

    for truth in (True, False):
        found = set(session.scalars(statement.where(Endpoint.direct_media == truth)))
        read = {row.id for row in session.scalars(select(Endpoint)) if row.direct_media is truth}
        assert found == read
        assert len(found) == (5 if truth else 4)
        # In the company of other conditions, turned round, and on an alias.
        other = aliased(Endpoint)
        assert set(session.scalars(statement.where(~(Endpoint.direct_media != truth)))) == found
        turned = select(other.id).where(other.id != "y", other.direct_media.is_(truth))
        assert set(session.scalars(turned)) == found - {"y"}


def test_comparisons_speak_python(session: Session) -> None:
    """Members, tuples and texts, as they are assigned."""
    session.add(
        Endpoint(id="a", dtmf_mode=DtmfMode.INFO, aors=("a", "b"), from_user="x;y", allow=("ulaw",))
    )
    session.flush()
    conditions = [
        Endpoint.dtmf_mode == DtmfMode.INFO,
        Endpoint.dtmf_mode.in_([DtmfMode.INFO, DtmfMode.INBAND]),
        Endpoint.aors == ("a", "b"),
        Endpoint.from_user == "x;y",
        Endpoint.from_user.in_(["x;y"]),
        Endpoint.from_user.is_not(None),
        Endpoint.from_domain.is_(None),
        Endpoint.allow.contains("ulaw"),
    ]

    found = [list(session.scalars(select(Endpoint.id).where(it))) for it in conditions]
    assert found == [["a"]] * len(conditions)


def test_a_secret_is_found_and_not_shown(session: Session) -> None:
    """It compares as text does."""
    session.add(Auth(id="a", password="p;w"))
    session.commit()
    auth = session.scalars(select(Auth).where(Auth.password == "p;w")).one()

    assert auth.password == "p;w"
    assert repr(auth.password) == HIDDEN
    assert "p;w" not in repr(auth)


def test_a_secret_shows_in_no_log_and_no_error(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLAlchemy prints the parameters of its statements, but not these."""
    caplog.set_level("INFO", "sqlalchemy.engine")
    session.add(Auth(id="shown", password="hush;hush"))
    session.commit()
    session.add(Auth(id="shown", password="hush^hush"))
    with pytest.raises(IntegrityError) as caught:
        session.flush()
    session.rollback()

    for text in (caplog.text, str(caught.value)):
        assert "shown" in text
        assert "hush" not in text


def test_a_statement_without_the_orm_checks_too(session: Session) -> None:
    """An UPDATE of many rows cannot write what an assignment would refuse."""
    session.add(Endpoint(id="a"))
    session.flush()
    with pytest.raises(ValidationError):
        session.execute(update(Endpoint).values(direct_media="yes"))
    session.execute(update(Endpoint).values(direct_media=True, from_user="x;y"))

    assert session.get_one(Endpoint, "a", populate_existing=True).from_user == "x;y"


def test_none_in_a_statement_restores_the_default(session: Session) -> None:
    """As an assignment does."""
    session.add(Endpoint(id="a", direct_media=False))
    session.flush()
    session.execute(update(Endpoint).values(direct_media=None))
    (row,) = rows(session, "ps_endpoints")

    assert row["direct_media"] == ("yes" if dialect(session) == "sqlite" else None)


def test_cells_of_other_programs_are_read(session: Session) -> None:
    """Blanks in lists, lower-case hex, and networks by mask."""
    insert(session, "ps_endpoints", id="a", aors=" a , b", from_user="x^3by", direct_media="on")
    insert(session, "ps_endpoint_id_ips", id="a", match="10.0.0.0/255.0.0.0, b.example")
    endpoint = session.get_one(Endpoint, "a")

    assert endpoint.aors == ("a", "b")
    assert endpoint.direct_media is True
    # On PostgreSQL res_config_pgsql decodes it; on MariaDB ODBC does not.
    assert endpoint.from_user == ("x;y" if dialect(session) == "postgresql" else "x^3by")
    assert session.get_one(Identify, "a").match == (IPNetwork("10.0.0.0/8"), "b.example")


def test_words_of_other_programs_are_read_in_any_case(session: Session) -> None:
    """As Asterisk reads them; PostgreSQL's enums take no such words."""
    insert(session, "ps_endpoints", id="a", identify_by="IP,Auth_Username", dtls_verify="YES")
    if dialect(session) != "postgresql":
        insert(session, "ps_endpoints", id="b", dtmf_mode="RFC4733", direct_media="TRUE")
    found = {row.id: row for row in session.scalars(select(Endpoint))}

    assert found["a"].identify_by == (IdentifyBy.IP, IdentifyBy.AUTH_USERNAME)
    assert found["a"].dtls_verify is DtlsVerify.YES
    if "b" in found:
        assert found["b"].dtmf_mode is DtmfMode.RFC4733
        assert found["b"].direct_media is True
