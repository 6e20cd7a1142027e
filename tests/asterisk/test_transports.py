"""Which transports of a trunk's URI and of its endpoint work together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from asterisk_realtime import Credentials, Trunk, ValidationError, apply, create_outbound_route
from asterisk_realtime.models import Aor, Endpoint
from tests.asterisk.realtime_lab import desk

if TYPE_CHECKING:
    from tests.asterisk.realtime_lab import RealtimeLab
    from tools.asterisk_lab.sipp_run import Protocol

NUMBER = "+12125550199"
CREDENTIALS = Credentials("grable", "Correct-Horse-42")


def trunk(lab: RealtimeLab, protocol: Protocol, form: str, **fields: Any) -> Trunk:
    """Return a trunk whose contact is *form* of the server's address for *protocol*."""
    place = lab.twilio_contact(protocol).removeprefix("sip:")
    usual = {
        "name": "twilio",
        "contact": form.format(place),
        "transport": protocol,
        "secure": protocol == "tls",
        "context": "from-twilio",
        "codecs": ("ulaw",),
        "credentials": CREDENTIALS,
    }
    return Trunk(**{**usual, **fields})


def provision(lab: RealtimeLab, wanted: Trunk) -> None:
    """Apply a trunk beside a phone whose calls go out by it."""
    with Session(lab.engine) as session:
        apply(session, wanted)
        session.add_all(desk())
        create_outbound_route(session, context="internal", pattern="_+X.", trunk="twilio")
        session.commit()


@pytest.mark.parametrize(
    ("protocol", "form"),
    [
        ("udp", "sip:{}"),
        ("udp", "sip:{};transport=udp"),
        ("tcp", "sip:{}"),
        ("tcp", "sip:{};transport=tcp"),
        ("tls", "sip:{}"),
        ("tls", "sip:{};transport=tls"),
    ],
)
def test_what_agrees_gets_through(lab: RealtimeLab, protocol: Protocol, form: str) -> None:
    """Each way to write one protocol that a spec accepts; sips wants a peer that answers in it."""
    provision(lab, trunk(lab, protocol, form))
    lab.asterisk.reload()
    with lab.twilio_server(protocol=protocol, srtp=protocol == "tls"):
        lab.asterisk.qualify("twilio")
        assert lab.desk_call(NUMBER).status == 200


@pytest.mark.parametrize(
    ("protocol", "form", "transport"),
    [
        ("udp", "sip:{};transport=tcp", "udp"),
        ("tcp", "sip:{};transport=tcp", "udp"),
        ("tls", "sip:{};transport=tls", "udp"),
        ("tls", "sips:{}", "udp"),
        ("udp", "sip:{};transport=udp", "tcp"),
    ],
)
def test_what_contradicts_does_not(
    lab: RealtimeLab, protocol: Protocol, form: str, transport: str
) -> None:
    """A spec refuses it; with rows written by hand, each call fails."""
    with pytest.raises(ValidationError, match=r"transport|contact"):
        trunk(lab, protocol, form, transport=transport, secure=False)
    wanted = trunk(lab, "udp", "sip:{}")
    provision(lab, wanted)
    place = lab.twilio_contact(protocol).removeprefix("sip:")
    with Session(lab.engine) as session:
        session.execute(update(Aor).values(contact=(form.format(place),)))
        session.execute(update(Endpoint).where(Endpoint.id == "twilio").values(transport=transport))
        session.commit()
    lab.asterisk.reload()
    with lab.twilio_server(protocol=protocol):
        status = lab.desk_call(NUMBER).status
    assert status >= 400
    assert status not in {401, 407}  # of the phone itself
