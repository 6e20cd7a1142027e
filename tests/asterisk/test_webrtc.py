"""WebRTC phones made by the library's functions: a real Asterisk takes them over WebSockets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from asterisk_realtime import InternalExtension, ToPhone, WebRtcPhone, apply
from asterisk_realtime.models import Contact
from tools.asterisk_lab.softphone import WS_PORT, WSS_PORT, Softphone, over_websocket

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from tests.asterisk.realtime_lab import RealtimeLab

PASSWORD = 'Se;cr^et "quo\'ted" ^3B pässwörd'
MODULES: Final = (
    "res_http_websocket",
    "res_pjsip_transport_websocket",
    "res_format_attr_opus",
)
_HTTP: Final = """[general]
enabled = yes
bindaddr = {address}
bindport = {ws}
tlsenable = yes
tlsbindaddr = {address}:{wss}
tlscertfile = {cert_file}
tlsprivatekey = {priv_key_file}
"""
_TRANSPORTS: Final = """
[ws]
type = transport
protocol = ws
bind = {address}

[wss]
type = transport
protocol = wss
bind = {address}
"""


def _with_http(files: Mapping[str, str]) -> Mapping[str, str]:
    """Add Asterisk's HTTP server, with the certificate that its TLS transport has."""
    pjsip = files["pjsip.conf"]
    words = dict(re.findall(r"^(cert_file|priv_key_file) = (\S+)", pjsip, re.MULTILINE))
    bound = re.search(r"bind = ([\d.]+):", pjsip)
    assert bound
    http = _HTTP.format(address=bound[1], ws=WS_PORT, wss=WSS_PORT, **words)
    return {
        **files,
        "http.conf": http,
        "pjsip.conf": pjsip + _TRANSPORTS.format(address=bound[1]),
    }


@pytest.fixture
def browser_lab(
    start_lab: Callable[..., AbstractContextManager[RealtimeLab]],
) -> Iterator[RealtimeLab]:
    """A started Asterisk on empty tables that takes WebSockets, read by each driver in turn."""
    with start_lab(modules=MODULES, arrange=_with_http) as lab:
        yield lab


def provision(lab: RealtimeLab, **fields: Any) -> WebRtcPhone:
    """Add a WebRTC phone and commit."""
    spec = WebRtcPhone(**{"id": "web", "context": "internal", "password": PASSWORD, **fields})
    with Session(lab.engine) as session:
        apply(session, spec)
        session.commit()
    return spec


@pytest.mark.parametrize("own", [False, True], ids=["made for each call", "own certificate"])
def test_all_that_webrtc_needs_is_in_force(browser_lab: RealtimeLab, own: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """Asterisk takes the row without a warning, and all settings agree."""
    lab = browser_lab
    files = {"cert_file": str(lab.site.cert_file), "private_key": str(lab.site.priv_key_file)}
    provision(lab, **(files if own else {}))
    shown = lab.asterisk.cli("pjsip show endpoint web")
    found = dict(re.findall(r"^ (\w+) +: (.*?) *$", shown, re.MULTILINE))

    assert {
        name: found[name]
        for name in (
            *("webrtc", "media_encryption", "use_avpf", "ice_support", "rtcp_mux", "bundle"),
            *("dtls_verify", "dtls_setup", "media_use_received_transport"),
        )
    } == {
        **dict.fromkeys(("use_avpf", "ice_support", "rtcp_mux", "bundle"), "true"),
        "webrtc": "yes",
        "media_use_received_transport": "true",
        "media_encryption": "dtls",
        "dtls_verify": "Fingerprint",
        "dtls_setup": "actpass",
    }
    assert found["dtls_auto_generate_cert"] == ("No" if own else "Yes")
    assert found["dtls_cert_file"] == (str(lab.site.cert_file) if own else "")
    assert found["allow"] == "(opus|ulaw|alaw)"
    assert "web" in lab.asterisk.cli("pjsip show endpoints")
    assert lab.asterisk.log_problems() == []


@pytest.mark.parametrize("secure", [False, True], ids=["ws", "wss"])
def test_registers_over_a_websocket(browser_lab: RealtimeLab, secure: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """By MD5, and by SHA-256 where that is offered; a wrong password does not."""
    lab = browser_lab
    provision(
        lab, storage="digest", realm="lab", transport="wss" if secure else "ws", qualify_frequency=0
    )
    with over_websocket(lab.site, secure=secure) as wire:
        phone = Softphone(wire, lab.net.asterisk, "web", PASSWORD)
        wrong = Softphone(wire, lab.net.asterisk, "web", "wrong").register()[0]
        before = lab.asterisk.contacts()
        right = [phone.register(algorithm=name)[0] for name in ("MD5", "SHA-256")]
        shown = list(lab.asterisk.contacts())
        with Session(lab.engine) as session:
            contacts = list(session.scalars(select(Contact)))
        left = phone.register(seconds=0)[0]
        after = lab.asterisk.contacts()

    assert (wrong, before) == (401, {})
    assert (right, left, after) == ([200, 200], 200, {})
    assert len(shown) == 1
    assert shown[0].startswith(f"web/sip:web@{lab.net.phone}:")
    if lab.path != "sqlite3":
        (contact,) = contacts
        assert contact.endpoint == "web"
        assert f"{lab.net.phone}" in (contact.uri or "")
        assert "transport=ws" in (contact.uri or "")
    assert lab.asterisk.log_problems() == []


def test_a_call_is_offered_as_browsers_want_it(browser_lab: RealtimeLab) -> None:
    """DTLS by fingerprint, ICE, AVPF, one port, and opus first: nothing was left out."""
    lab = browser_lab
    provision(lab, qualify_frequency=0)
    with Session(lab.engine) as session:
        apply(
            session, InternalExtension(exten="200", context="internal", destination=ToPhone("web"))
        )
        session.commit()
    with over_websocket(lab.site) as wire:
        phone = Softphone(wire, lab.net.asterisk, "web", PASSWORD)
        registered = phone.register()[0]
        lab.asterisk.originate("200", "internal")
        invite = phone.refuse_a_call()
    lines = invite.body.splitlines()
    media = next(line for line in lines if line.startswith("m=audio"))
    formats = dict(re.findall(r"^a=rtpmap:(\d+) (\w+)/", invite.body, re.MULTILINE))

    assert registered == 200
    assert "UDP/TLS/RTP/SAVPF" in media
    assert [formats[number] for number in media.split()[3:6]] == ["opus", "PCMU", "PCMA"]
    assert {"a=setup:actpass", "a=rtcp-mux", "a=group:BUNDLE audio-0"} <= set(lines)
    for attribute in ("a=fingerprint:SHA-256 ", "a=ice-ufrag:", "a=ice-pwd:", "a=candidate:"):
        assert any(line.startswith(attribute) for line in lines)
    assert lab.asterisk.log_problems() == []
