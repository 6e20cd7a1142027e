"""What a phone may not be added beside, and endpoints that are not phones, on every database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from asterisk_realtime import (
    ConflictError,
    Phone,
    Trunk,
    TwilioTrunk,
    ValidationError,
    WebRtcPhone,
    apply,
    create,
    delete,
    ensure,
    get,
)
from asterisk_realtime.models import Aor, Auth, Endpoint
from tests.db.tools import URI, everything, insert
from tests.examples import phone, web_phone

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


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
        create(session, phone(id="ann"))
    assert caught.value.existing == existing
    assert everything(session) == before


def test_two_phones_that_differ_in_case(session: Session) -> None:
    """Also within one call."""
    with pytest.raises(ConflictError, match="'Ann'"):
        apply(session, phone(id="ann"), phone(id="Ann"))

    assert everything(session) == {}


def test_a_context_that_unauthenticated_callers_enter_is_refused(session: Session) -> None:
    """Whoever may ring in from a trunk must not be where phones call out."""
    apply(session, TwilioTrunk(termination_uri=URI, context="phones"))

    with pytest.raises(ConflictError) as caught:
        create(session, phone())
    assert caught.value.wanted == "phone '100' in context 'phones'"
    assert "endpoint 'twilio'" in caught.value.existing
    with pytest.raises(ConflictError):
        create(session, web_phone())


def test_an_aor_that_a_neighbour_has(session: Session) -> None:
    """Calls to that one would ring here."""
    session.add(Endpoint(id="boss", aors=("boss", "100"), auth=("boss",)))
    session.flush()

    with pytest.raises(ConflictError, match=r"AOR '100'.*endpoint 'boss'"):
        create(session, phone())


@pytest.mark.parametrize(
    ("protocol", "spec"),
    [("wss", phone(transport="main")), ("udp", web_phone(transport="main"))],
    ids=["phone", "WebRTC phone"],
)
def test_a_transport_of_another_protocol(
    session: Session, protocol: str, spec: Phone | WebRtcPhone
) -> None:
    """What the database says of the transport may not contradict what goes over it."""
    insert(session, "ps_transports", id="main", protocol=protocol)

    with pytest.raises(ValidationError, match=f"speaks {protocol}") as caught:
        apply(session, spec)
    assert caught.value.field == "transport"


def test_other_kinds_of_endpoints_are_left_alone(session: Session) -> None:
    """A trunk, a phone and a WebRTC phone are different kinds, in each direction."""
    apply(session, TwilioTrunk(termination_uri=URI), phone(), web_phone())
    before = everything(session)
    for call, what in (
        (lambda: ensure(session, phone(id="twilio")), "has no auth"),
        (lambda: get(session, Phone, "twilio"), "has no auth"),
        (lambda: delete(session, Phone, "twilio"), "has no auth"),
        (lambda: ensure(session, phone(id="200")), "is a WebRTC phone"),
        (lambda: delete(session, Phone, "200"), "is a WebRTC phone"),
        (lambda: get(session, WebRtcPhone, "100"), "a phone without WebRTC"),
        (lambda: delete(session, WebRtcPhone, "100"), "a phone without WebRTC"),
        (lambda: get(session, Trunk, "100"), "is not a trunk"),
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
    made = create(session, phone())
    for name, value in columns.items():
        setattr(made.endpoint, name, value)
    session.flush()

    with pytest.raises(ConflictError, match="what its rows hold"):
        get(session, Phone, "100")
