"""The laboratory itself: rows written by hand, and a real Asterisk that works by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from asterisk_realtime.models import Aor, Auth, Endpoint, Extension, Identify
from asterisk_realtime.values.choices import MediaEncryption
from tests.asterisk.realtime_lab import desk
from tools.asterisk_lab import digest

if TYPE_CHECKING:
    from tests.asterisk.realtime_lab import RealtimeLab
    from tools.asterisk_lab.sipp_run import Protocol

USER, PASSWORD = "grable", 'se;cr^et "quo\'ted" pässwörd'
INBOUND, OUTBOUND = "+15550001111", "+15557654321"


def step(context: str, exten: str, priority: int, app: str, appdata: str = "") -> Extension:
    """Return one row of the dialplan."""
    return Extension(context=context, exten=exten, priority=priority, app=app, appdata=appdata)


def add_trunk(lab: RealtimeLab, protocol: Protocol = "udp", **options: Any) -> None:
    """Write the rows of a trunk to the peer that plays Twilio, and an extension for its calls."""
    settings: dict[str, Any] = {
        "aors": ("twilio",),
        "outbound_auth": ("twilio",),
        "context": "from-twilio",
        "transport": protocol,
        "allow": ("ulaw",),
        "identify_by": ("ip",),
        "direct_media": False,
        **options,
    }
    lab.add(
        Auth(id="twilio", username=USER, password=PASSWORD),
        Aor(id="twilio", contact=(lab.twilio_contact(protocol),), qualify_frequency=60),
        Endpoint(id="twilio", **settings),
        Identify(id="twilio", endpoint="twilio", match=(lab.net.twilio_network,)),
        step("from-twilio", INBOUND, 1, "Answer"),
        step("from-twilio", INBOUND, 2, "Echo"),
        step("internal", "_+X.", 1, "Dial", "PJSIP/${EXTEN}@twilio"),
    )
    lab.asterisk.reload()


def test_starts_without_a_complaint(lab: RealtimeLab) -> None:
    """Asterisk starts with empty tables."""
    assert "No objects found" in lab.asterisk.cli("pjsip show endpoints")
    assert lab.asterisk.log_problems() == []


@pytest.mark.parametrize("protocol", ["udp", "tcp", "tls"])
def test_calls_out_by_digest(lab: RealtimeLab, protocol: Protocol) -> None:
    """The trunk becomes Avail, and the credentials that Asterisk sends are right."""
    secure = protocol == "tls"
    encryption = MediaEncryption.SDES if secure else MediaEncryption.NO
    add_trunk(lab, protocol, media_encryption=encryption)

    with lab.twilio_server(protocol=protocol, srtp=secure) as twilio:
        lab.asterisk.qualify("twilio")
        lab.asterisk.originate(OUTBOUND, "internal")
        twilio.wait_for_end()

    first, second = twilio.received("INVITE")
    credentials = second.header("Proxy-Authorization") or ""

    assert first.header("Proxy-Authorization") is None
    assert (
        second.request_uri == f"sip:{OUTBOUND}@{lab.twilio_contact(protocol).removeprefix('sip:')}"
    )
    assert digest.verify(credentials, "INVITE", USER, PASSWORD)
    assert not digest.verify(credentials, "INVITE", USER, "another")
    assert ("RTP/SAVP" in second.body) is secure
    assert ("\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 " in second.body) is secure
    assert lab.asterisk.log_problems() == []


def test_calls_out_by_address(lab: RealtimeLab) -> None:
    """A peer that knows Asterisk by its address wants no credentials and gets none."""
    add_trunk(lab, outbound_auth=None)

    with lab.twilio_server(challenge=False) as twilio:
        lab.asterisk.qualify("twilio")
        lab.asterisk.originate(OUTBOUND, "internal")
        twilio.wait_for_end()

    (invite,) = twilio.received("INVITE")

    assert invite.header("Proxy-Authorization") is None
    assert lab.asterisk.log_problems() == []


@pytest.mark.parametrize("protocol", ["udp", "tcp", "tls"])
def test_takes_a_call(lab: RealtimeLab, protocol: Protocol) -> None:
    """A call from an allowed address is answered by the rows of the dialplan."""
    secure = protocol == "tls"
    encryption = MediaEncryption.SDES if secure else MediaEncryption.NO
    add_trunk(lab, protocol, media_encryption=encryption)

    call = lab.twilio_call(INBOUND, protocol=protocol, srtp=secure)

    assert (call.status, call.ended) == (200, True)
    assert lab.asterisk.log_problems() == []


def test_refuses_an_unauthenticated_caller(lab: RealtimeLab) -> None:
    """A call from another address is refused, whoever it claims to be."""
    add_trunk(lab)

    honest = lab.twilio_call(INBOUND, source=lab.net.unknown_peer)
    forged = lab.twilio_call(INBOUND, source=lab.net.unknown_peer, caller="twilio")

    assert (honest.status, forged.status) == (401, 401)
    assert lab.asterisk.log_problems() == []


def test_phone_dials_out(lab: RealtimeLab) -> None:
    """A phone proves itself and reaches Twilio through the dialplan's rows."""
    add_trunk(lab)
    lab.add(*desk())

    with lab.twilio_server() as twilio:
        call = lab.desk_call(OUTBOUND)
        twilio.wait_for_end()

    assert (call.status, call.ended) == (200, True)
    assert lab.asterisk.log_problems() == []


def test_phone_with_a_wrong_password(lab: RealtimeLab) -> None:
    """The peer that plays a phone can be refused, so that its success means something."""
    add_trunk(lab)
    lab.add(*desk())

    call = lab.phone_call(OUTBOUND, user="desk", password="guess")

    assert call.status == 401
