"""Transports of pjsip.conf."""

from __future__ import annotations

from typing import Any

import pytest
from netaddr import IPNetwork

from asterisk_realtime.conf import PjsipTransport, Sqlite3, render
from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values.choices import TransportMethod

TLS: dict[str, Any] = {
    "name": "tls",
    "protocol": "tls",
    "cert_file": "/etc/asterisk/tls/fullchain.pem",
    "priv_key_file": "/etc/asterisk/tls/key.pem",
}


def pjsip_conf(*transports: PjsipTransport) -> str:
    """Return the lines of pjsip.conf without comments and sections that are no transports."""
    driver = Sqlite3(dbfile="/a.db")
    text = render(driver, transports=transports, keep_pjsip_conf=True, cache=0)["pjsip.conf"]
    return "".join(f"{line}\n" for line in text.splitlines() if line and line[0] != ";")


def test_udp_behind_nat() -> None:
    """Addresses for peers outside, and the networks that are inside."""
    transport = PjsipTransport(
        name="udp",
        bind="0.0.0.0:5060",
        external_media_address="203.0.113.7",
        external_signaling_address="pbx.example.com",
        local_net=("10.0.0.0/8", IPNetwork("192.168.0.0/16")),
    )

    assert pjsip_conf(transport) == (
        "[udp]\ntype = transport\nprotocol = udp\nbind = 0.0.0.0:5060\n"
        "external_media_address = 203.0.113.7\n"
        "external_signaling_address = pbx.example.com\n"
        "local_net = 10.0.0.0/8\nlocal_net = 192.168.0.0/16\n"
    )


def test_one_network() -> None:
    """One text is one network."""
    assert PjsipTransport(name="udp", local_net="10.0.0.0/8").local_net == (
        IPNetwork("10.0.0.0/8"),
    )


def test_tls() -> None:
    """Certificate paths, TLS 1.2, and wildcards where asked for."""
    transport = PjsipTransport(
        bind="[::]:5061", verify_server=True, allow_wildcard_certs=True, **TLS
    )

    assert pjsip_conf(transport) == (
        "[tls]\ntype = transport\nprotocol = tls\nbind = [::]:5061\n"
        "cert_file = /etc/asterisk/tls/fullchain.pem\n"
        "priv_key_file = /etc/asterisk/tls/key.pem\n"
        "method = tlsv1_2\nverify_server = yes\nallow_wildcard_certs = yes\n"
    )


def test_method_can_be_left_to_asterisk() -> None:
    """``None`` is Asterisk's default for the TLS version, a word is that version."""
    default = PjsipTransport(method=None, **TLS)
    newer = PjsipTransport(method="tlsv1_3", **TLS)

    assert "method" not in pjsip_conf(default)
    assert newer.method is TransportMethod.TLSV1_3


@pytest.mark.parametrize("bind", ["127.0.0.1:5060", "::", "[::]", "[2001:db8::1]:5061"])
def test_bind(bind: str) -> None:
    """Addresses of both families, with a port or without."""
    assert PjsipTransport(name="udp", bind=bind).bind == bind


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "a b"),
        ("name", "a]\n[b"),
        ("protocol", "sctp"),
        ("protocol", "flow"),
        ("bind", "host:5060"),
        ("bind", "1.2.3.4:0"),
        ("bind", "1.2.3.4:70000"),
        ("bind", "1.2"),
        ("bind", "[1.2.3.4]:5060"),
        ("bind", "2001:db8::1:port"),
        ("external_media_address", "203.0.113.256"),
        ("external_signaling_port", 0),
        ("local_net", ("10.0.0.0/99",)),
        ("local_net", ("10/8",)),
        ("local_net", "office"),
        ("method", "tlsv9"),
        ("verify_server", "yes"),
        ("cert_file", "tls.pem"),
        ("cert_file", None),
    ],
)
def test_refuses(field: str, value: object) -> None:
    """What Asterisk would drop the transport for is refused by its name."""
    with pytest.raises(ValidationError) as caught:
        PjsipTransport(**{**TLS, field: value})

    assert caught.value.field == field


def test_tls_settings_need_tls() -> None:
    """A certificate on a UDP transport is a mistake, and all of them are reported."""
    with pytest.raises(ValidationError) as caught:
        PjsipTransport(**{**TLS, "protocol": "udp"})

    assert [str(error).partition("=")[0] for error in caught.value.errors] == [
        "cert_file",
        "priv_key_file",
    ]
