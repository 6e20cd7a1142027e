"""A trunk made by the library's functions, and a real Asterisk that works by it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from netaddr import IPNetwork
from sqlalchemy.orm import Session

from asterisk_realtime import (
    OutboundRoute,
    Trunk,
    allow_twilio_ips,
    create_inbound_route,
    create_outbound_route,
    create_twilio_trunk,
    delete,
)
from asterisk_realtime.models import Endpoint, Extension, Identify
from tests.asterisk.realtime_lab import desk
from tools.asterisk_lab import digest

if TYPE_CHECKING:
    from tests.asterisk.realtime_lab import RealtimeLab
    from tools.asterisk_lab.sipp_run import Protocol

HOST = "grable.pstn.twilio.com"
USER = "grable"
PASSWORD = 'Se;cr^et 12 "quo\'ted" ^3B pässwörd'
NUMBER = "+12025550123"
ACCOUNT = "AC" + "0" * 32
OTHER_ACCOUNT = "AC" + "1" * 32


def set_up(lab: RealtimeLab, protocol: Protocol = "udp", **options: Any) -> None:
    """Make a trunk whose Twilio is SIPp on loopback, a phone, and routes both ways."""
    account_sid = options.pop("account_sid", None)
    region = options.pop("region", "US")
    pattern = options.pop("pattern", "_1NXXNXXXXXX")
    with Session(lab.engine) as session:
        trunk = create_twilio_trunk(
            session,
            termination_uri=HOST,
            username=USER,
            password=PASSWORD,
            secure=protocol == "tls",
            transport=protocol,
            caller_id=f'"Twi; ^3B \\"l\\" io" <{NUMBER}>',
            **options,
        )
        allow_twilio_ips(session, account_sid=account_sid)
        create_outbound_route(
            session, context="internal", pattern=pattern, trunk="twilio", region=region
        )
        create_inbound_route(session, NUMBER, destination="attendant,start,1")
        _answer_in_attendant(session)
        session.refresh(trunk.endpoint)
        _play_twilio_on_loopback(lab, session, trunk.endpoint, pinned=account_sid is not None)
        trunk.aor.contact = (lab.twilio_contact(protocol),)
        session.add_all(desk(callerid='"Desk" <20>'))
        session.commit()
    lab.asterisk.reload()


def _answer_in_attendant(session: Session) -> None:
    for priority, app in enumerate(("Answer", "Echo"), start=1):
        session.add(
            Extension(context="attendant", exten="start", priority=priority, app=app, appdata="")
        )


def _play_twilio_on_loopback(
    lab: RealtimeLab, session: Session, endpoint: Endpoint, *, pinned: bool
) -> None:
    """Let SIPp's addresses stand for Twilio's: the same kind of rows, other networks."""
    network = IPNetwork(lab.net.twilio_network)
    if pinned:
        endpoint.permit = (*(endpoint.permit or ()), network)
    else:
        session.add(Identify(id="loopback", endpoint="twilio", match=(network,)))


def test_is_listed_as_it_is_created(lab: RealtimeLab) -> None:
    """Asterisk takes every row of the trunk, one by one and in lists, without a complaint."""
    with Session(lab.engine) as session:
        create_twilio_trunk(session, termination_uri=HOST, username=USER, password=PASSWORD)
        rows = allow_twilio_ips(session)
        networks = [str(net).partition("/")[0] for row in rows for net in row.match or ()]
        session.commit()

    endpoint = lab.asterisk.cli("pjsip show endpoint twilio")
    lists = {
        kind: lab.asterisk.cli(f"pjsip show {kind}")
        for kind in ("endpoints", "aors", "auths", "identifies")
    }

    assert re.search(r"^ identify_by +: ip$", endpoint, re.MULTILINE)
    assert re.search(r"^ media_encryption +: sdes$", endpoint, re.MULTILINE)
    assert re.search(r"^ direct_media +: false$", endpoint, re.MULTILINE)
    assert re.search(r"^ allow +: \(ulaw\|alaw\)$", endpoint, re.MULTILINE)
    assert all("twilio" in listing for listing in lists.values())
    assert len(networks) == 8
    assert all(network in lists["identifies"] for network in networks)
    assert lab.asterisk.log_problems() == []


@pytest.mark.parametrize("protocol", ["udp", "tcp", "tls"])
def test_calls_out(lab: RealtimeLab, protocol: Protocol) -> None:
    """A phone's national digits reach Twilio as E.164, with the trunk's caller ID and digest."""
    set_up(lab, protocol)

    with lab.twilio_server(protocol=protocol, srtp=protocol == "tls") as twilio:
        lab.asterisk.qualify("twilio")
        call = lab.desk_call("12125550199")
        twilio.wait_for_end()
    first, second = twilio.received("INVITE")

    assert (call.status, call.ended) == (200, True)
    assert first.header("Proxy-Authorization") is None
    assert digest.verify(second.header("Proxy-Authorization") or "", "INVITE", USER, PASSWORD)
    assert (second.request_uri or "").startswith(f"sip:+12125550199@{lab.net.twilio}")
    assert (second.header("From") or "").startswith(f'"Twi; ^3B \\"l\\" io" <sip:{NUMBER}@')
    assert ("RTP/SAVP" in second.body) is (protocol == "tls")
    assert lab.asterisk.log_problems() == []


@pytest.mark.parametrize(
    ("pattern", "region", "dialled", "sent"),
    [
        ("_NXXNXXXXXX", "US", "2125550199", "+12125550199"),
        ("_011Z.", "US", "011442079460000", "+442079460000"),
        ("_0ZX.", "GB", "02079460000", "+442079460000"),
        ("_+X.", None, "+442079460000", "+442079460000"),
        ("911", None, "911", "911"),
    ],
)
def test_dials_e164(
    lab: RealtimeLab, pattern: str, region: str | None, dialled: str, sent: str
) -> None:
    """Whatever the form that callers dial, Twilio is sent E.164; emergency numbers stay short."""
    set_up(lab, pattern=pattern, region=region)

    with lab.twilio_server() as twilio:
        lab.desk_call(dialled)
        twilio.wait_for_end()

    assert (twilio.received("INVITE")[0].request_uri or "").startswith(f"sip:{sent}@")
    assert lab.asterisk.log_problems() == []


@pytest.mark.parametrize("protocol", ["udp", "tcp", "tls"])
def test_takes_a_call(lab: RealtimeLab, protocol: Protocol) -> None:
    """A call from an allowed address reaches the routed extension, with its caller's number."""
    set_up(lab, protocol)

    call = lab.twilio_call(NUMBER, protocol=protocol, srtp=protocol == "tls", caller="+15005550006")
    log = "\n".join(lab.asterisk.log())

    assert (call.status, call.ended) == (200, True)
    assert 'Goto("PJSIP/twilio-' in log
    assert "Executing [start@attendant:1] Answer" in log
    assert lab.asterisk.log_problems() == []


def test_refuses_unauthenticated_callers(lab: RealtimeLab) -> None:
    """A foreign address is refused, also with the endpoint's id in From."""
    set_up(lab)

    foreign = lab.twilio_call(NUMBER, source=lab.net.unknown_peer)
    forged = lab.twilio_call(NUMBER, source=lab.net.unknown_peer, caller="twilio")

    assert (foreign.status, forged.status) == (401, 401)


def test_rows_without_identify_by_let_a_forged_caller_in(lab: RealtimeLab) -> None:
    """The forged call of the test above is taken then, so its refusal means something."""
    set_up(lab)
    with Session(lab.engine) as session:
        session.get_one(Endpoint, "twilio").identify_by = None
        session.commit()

    forged = lab.twilio_call(NUMBER, source=lab.net.unknown_peer, caller="twilio")

    assert forged.status == 200


def test_pinned_takes_its_account_only(lab: RealtimeLab) -> None:
    """Header and address must both be right; the BYE carries no header and ends the call."""
    set_up(lab, account_sid=ACCOUNT)

    right = lab.twilio_call(NUMBER, account_sid=ACCOUNT)
    wrong_account = lab.twilio_call(NUMBER, account_sid=OTHER_ACCOUNT)
    no_account = lab.twilio_call(NUMBER, account_sid=None)
    foreign = lab.twilio_call(NUMBER, account_sid=ACCOUNT, source=lab.net.unknown_peer)

    assert (right.status, right.ended) == (200, True)
    assert [call.status for call in (wrong_account, no_account, foreign)] == [401, 401, 401]
    assert any(
        message.method == "BYE" and message.header("X-Twilio-AccountSid") is None
        for message in right.messages
    )


def test_deleted_trunk_is_gone(lab: RealtimeLab) -> None:
    """Once the trunk is deleted, calls from Twilio are refused."""
    set_up(lab)
    with Session(lab.engine) as session:
        delete(session, OutboundRoute, context="internal", pattern="_1NXXNXXXXXX")
        delete(session, Trunk, "twilio")
        session.commit()

    call = lab.twilio_call(NUMBER)

    assert call.status == 401
    assert "Unable to find object twilio" in lab.asterisk.cli("pjsip show endpoint twilio")
