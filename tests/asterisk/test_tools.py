"""What the laboratory tells from a trace: digests and messages. Needs no Asterisk."""

from __future__ import annotations

from hashlib import md5
from typing import TYPE_CHECKING

import pytest

from tools.asterisk_lab import digest
from tools.asterisk_lab.messages import parse, read_trace

if TYPE_CHECKING:
    from pathlib import Path

# The example of RFC 2617, section 3.5.
RFC_2617 = (
    'Digest username="Mufasa", realm="testrealm@host.com", '
    'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="/dir/index.html", qop=auth, nc=00000001, '
    'cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", '
    'opaque="5ccc069c403ebaf9f0171e9517f40e41"'
)

INVITE = (
    "INVITE sip:+15557654321@127.0.0.4 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1\r\n"
    "From: <sip:ü@127.0.0.1>;tag=1\r\nCSeq: 7 INVITE\r\nvia: SIP/2.0/UDP 127.0.0.2\r\n\r\nv=0\r\n"
)
BUSY = "SIP/2.0 486 Busy Here\r\nCSeq: 7 INVITE\r\n\r\n"


def test_digest_of_the_rfc() -> None:
    """The credentials of the RFC's example are right."""
    assert digest.verify(RFC_2617, "GET", "Mufasa", "Circle Of Life")


@pytest.mark.parametrize(
    ("method", "user", "password"),
    [
        ("POST", "Mufasa", "Circle Of Life"),
        ("GET", "Simba", "Circle Of Life"),
        ("GET", "Mufasa", "Circle of Life"),
    ],
)
def test_wrong_digest(method: str, user: str, password: str) -> None:
    """Another method, user or password makes them wrong."""
    assert not digest.verify(RFC_2617, method, user, password)


def test_no_digest() -> None:
    """An empty header proves nothing."""
    assert not digest.verify("", "GET", "", "")


def test_digest_in_utf8() -> None:
    """A quoted name is unquoted, and everything counts as UTF-8."""
    secret, request = (
        md5(text.encode(), usedforsecurity=False).hexdigest()
        for text in ('g"r:r:pässwörd', "INVITE:sip:x")
    )
    text = f"{secret}:n:00000001:c:auth:{request}"
    response = md5(text.encode(), usedforsecurity=False).hexdigest()
    header = (
        r'Digest username="g\"r", realm="r", nonce="n", uri="sip:x", qop=auth, nc=00000001, '
        f'cnonce="c", response="{response}"'
    )

    assert digest.verify(header, "INVITE", 'g"r', "pässwörd")


def test_reads_a_trace(tmp_path: Path) -> None:
    """Messages are cut by their length in bytes, and know which way they went."""
    trace = tmp_path / "messages.log"
    request, response = INVITE.encode(), BUSY.encode()
    line = b"-" * 47 + b" 2026-11-22 22:22:22.222222\n"
    trace.write_bytes(
        line
        + b"UDP message received [%d] bytes :\n\n%s\n" % (len(request), request)
        + line
        + b"TLS message sent [%d] bytes:\n\n%s\n" % (len(response), response)
    )

    first, second = read_trace(trace)

    assert (first.received, first.method, first.status) == (True, "INVITE", None)
    assert first.request_uri == "sip:+15557654321@127.0.0.4"
    assert first.all("Via") == ("SIP/2.0/UDP 127.0.0.1", "SIP/2.0/UDP 127.0.0.2")
    assert first.header("from") == "<sip:ü@127.0.0.1>;tag=1"
    assert first.body == "v=0\r\n"
    assert (second.received, second.method, second.status) == (False, None, 486)
    assert second.answers == "INVITE"


def test_no_trace_no_messages(tmp_path: Path) -> None:
    """Before SIPp has seen anything there is no file."""
    assert read_trace(tmp_path / "none") == ()


def test_missing_header() -> None:
    """A header that is not there is None."""
    assert parse(b"OPTIONS sip:x SIP/2.0\r\n\r\n", received=True).header("Via") is None
