"""SIP URIs that Asterisk can use are taken as they are meant; others are refused."""

from __future__ import annotations

from typing import Any

import pytest

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import sip
from asterisk_realtime.values.sip import SipUri


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("sip:sip.example.com", SipUri(host="sip.example.com")),
        ("SIPS:SIP.Example.com", SipUri(scheme="sips", host="sip.example.com")),
        ("sip:203.0.113.7:5070", SipUri(host="203.0.113.7", port=5070)),
        (
            "sip:grable@[2001:DB8::7]:5061;transport=tls",
            SipUri(user="grable", host="[2001:db8::7]", port=5061, parameters=("transport=tls",)),
        ),
        ("sip:+12025550123@a.example", SipUri(user="+12025550123", host="a.example")),
        ("sip:a;lr;transport=TCP", SipUri(host="a", parameters=("lr", "transport=TCP"))),
        ("sip:_sip._udp.example.com", SipUri(host="_sip._udp.example.com")),
    ],
)
def test_parts_of_a_uri(text: str, uri: SipUri) -> None:
    """And joined again they are the same URI."""
    assert sip.parse(text) == uri
    assert sip.parse(str(uri)) == uri
    assert sip.parse(uri) == uri


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sip:",
        "sip.example.com",
        "tel:+12025550123",
        "http://example.com",
        "sip:sip.example.com?Subject=x",
        "sip:user:word@sip.example.com",
        "sip:sip.example.com:0",
        "sip:sip.example.com:65536",
        "sip:sip.example.com:port",
        "sip:203.0.113.256",
        "sip:203.0.113",
        "sip:2001:db8::7",
        "sip:[2001:db8::g]",
        "sip:-a.example",
        "sip:a..example",
        "sip:a.example,sip:b.example",
        "sip:a.example b",
        "sip:a.example\r\nX: y",
        "<sip:a.example>",
        '"A" <sip:a.example>',
        "sip:a.example;transport=carrier-pigeon",
        "sip:a.example;",
        "sip:a@b@c",
        "sip:" + "a" * 64 + ".example",
        "sip:" + "a." * 130 + "example",
        None,
        7,
    ],
)
def test_what_is_no_uri(text: str) -> None:
    """Nothing of it may reach a header or a column."""
    with pytest.raises(ValidationError) as caught:
        sip.parse(text, "contact")

    assert caught.value.field == "contact"


def test_targets_have_no_user() -> None:
    """Dial puts the number there; the way out is shown."""
    assert sip.target("sip:A.example:5060") == "sip:a.example:5060"
    with pytest.raises(ValidationError, match=r"write sip:a\.example:5060;lr"):
        sip.target("sip:x@a.example:5060;lr")


def test_one_target_or_several() -> None:
    """In the order given, each once."""
    assert sip.targets("sip:a.example") == ("sip:a.example",)
    assert sip.targets(["sip:b.example", "sip:a.example"]) == ("sip:b.example", "sip:a.example")
    wrong: list[Any] = [[], ["sip:a.example", "sip:A.example"], ["a.example"], None, ""]
    for given in wrong:
        with pytest.raises(ValidationError):
            sip.targets(given)


def test_an_account_has_a_user() -> None:
    """Without one nobody knows who registers."""
    assert sip.account("sip:grable@Sip.example") == "sip:grable@sip.example"
    with pytest.raises(ValidationError, match="it names no account"):
        sip.account("sip:sip.example")


@pytest.mark.parametrize(
    ("given", "proxy"),
    [
        ("sip:proxy.example", "sip:proxy.example;lr"),
        ("sip:proxy.example;lr", "sip:proxy.example;lr"),
        ("sip:proxy.example:5070;transport=tcp", "sip:proxy.example:5070;transport=tcp;lr"),
        ("sip:proxy.example;LR", "sip:proxy.example;LR"),
    ],
)
def test_a_proxy_routes_loosely(given: str, proxy: str) -> None:
    """Also when it is given again."""
    assert sip.proxy(given) == proxy
    assert sip.proxy(proxy) == proxy


@pytest.mark.parametrize("user", ["a b", "a@b", 'a"b', "", "a" * 41, "a\r\nb", None])
def test_what_cannot_be_in_from(user: str) -> None:
    """Neither a host nor a header may follow."""
    with pytest.raises(ValidationError):
        sip.from_user(user)


def test_what_can_be_in_from() -> None:
    """Numbers and names."""
    assert sip.from_user("+12025550123") == "+12025550123"
    assert sip.from_user("o'neil.x_y-z~1") == "o'neil.x_y-z~1"
