"""A phone in Python, for what SIPp cannot do: newer digests, and SIP over WebSockets (RFC 7118)."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import ssl
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from tools.asterisk_lab import digest
from tools.asterisk_lab.errors import LabError
from tools.asterisk_lab.messages import SipMessage, parse
from tools.asterisk_lab.patience import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.asterisk_lab.site import Site

WS_PORT: Final = 8088
WSS_PORT: Final = 8089
_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT: Final = 1
_BYTES: Final = 2
_CLOSE: Final = 8
_LAST: Final = 0x80
_SHORT: Final = 126
_numbers = count(1)


class Wire(Protocol):
    """Something that carries SIP messages."""

    name: str
    """Its name in Via."""

    here: str
    """Host, and port, in Via and Contact."""

    def send(self, message: bytes) -> None:
        """Send one message."""
        ...

    def receive(self) -> bytes:
        """Wait for one message, and return it."""
        ...


class UdpWire:
    """SIP over UDP."""

    name = "UDP"

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        host, port = sock.getsockname()
        self.here = f"{host}:{port}"

    def send(self, message: bytes) -> None:
        """Send one datagram."""
        self._socket.send(message)

    def receive(self) -> bytes:
        """Return the next datagram."""
        return self._socket.recv(65535)


class WebSocketWire:
    """SIP over a WebSocket, whose client has no address of its own (RFC 7118, section 5)."""

    here = "lab.invalid"

    def __init__(self, sock: socket.socket, reader: BinaryIO, *, secure: bool) -> None:
        self._socket = sock
        self._reader = reader
        self.name = "WSS" if secure else "WS"

    def handshake(self, host: str) -> None:
        """
        Turn the connection into a WebSocket of SIP (RFC 6455, section 4.1).

        Raises:
            LabError: Asterisk does not accept it.
        """
        key = base64.b64encode(os.urandom(16))
        lines = (
            "GET /ws HTTP/1.1",
            f"Host: {host}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key.decode()}",
            "Sec-WebSocket-Protocol: sip",
            "Sec-WebSocket-Version: 13",
        )
        self._socket.sendall("\r\n".join([*lines, "", ""]).encode())
        answer = []
        while line := self._reader.readline().strip():
            answer.append(line)
        accepted = base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())
        if not any(accepted in line for line in answer):
            raise LabError(f"no WebSocket: {answer}")

    def send(self, message: bytes) -> None:
        """Send one text frame."""
        self._send(_TEXT, message)

    def close(self) -> None:
        """Say goodbye, and wait until Asterisk closes the connection."""
        self._send(_CLOSE, (1000).to_bytes(2, "big"))
        self._reader.read()

    def _send(self, kind: int, message: bytes) -> None:
        mask = os.urandom(4)  # a client's frames must be masked
        head = bytes([_LAST | kind, _LAST | _SHORT]) + len(message).to_bytes(2, "big") + mask
        masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(message))
        self._socket.sendall(head + masked)

    def receive(self) -> bytes:
        """Return the next frame of text or bytes; Asterisk sends each message in one."""
        while True:
            kind, length = self._reader.read(2)
            if length >= _SHORT:
                length = int.from_bytes(self._reader.read(2 if length == _SHORT else 8), "big")
            body = self._reader.read(length)
            if kind & 0x0F in {_TEXT, _BYTES}:
                return body


@contextmanager
def over_udp(site: Site) -> Iterator[Wire]:
    """Yield a wire of UDP from the phone's address to Asterisk."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(PATIENCE)
        sock.bind((site.net.phone, 0))
        sock.connect((site.net.asterisk, 5060))
        yield UdpWire(sock)


@contextmanager
def over_websocket(site: Site, *, secure: bool = False) -> Iterator[Wire]:
    """Yield a WebSocket from the phone's address to Asterisk's HTTP server."""
    port = WSS_PORT if secure else WS_PORT
    source = (site.net.phone, 0)
    there = (site.net.asterisk, port)
    with socket.create_connection(there, PATIENCE, source) as plain:
        sock: socket.socket = plain
        if secure:
            context = ssl.create_default_context(cafile=str(site.cert_file))
            sock = context.wrap_socket(plain, server_hostname=site.net.asterisk)
        with sock, sock.makefile("rb") as reader:
            wire = WebSocketWire(sock, reader, secure=secure)
            wire.handshake(f"{site.net.asterisk}:{port}")
            yield wire
            wire.close()


@dataclass(frozen=True)
class Softphone:
    """
    A phone that sends and receives over a wire.

    Attributes:
        wire: What carries its messages.
        registrar: Host that it registers at.
        user: SIP user, and user name for the challenge.
        password: Its password.
    """

    wire: Wire
    registrar: str
    user: str
    password: str

    def register(
        self, *, algorithm: str = "MD5", seconds: int = 300, username: str | None = None
    ) -> tuple[int, tuple[str, ...]]:
        """
        Register, and return the final status and the challenges.

        Args:
            algorithm: Hash of the challenge that is answered; the status is 401 without one.
            seconds: How long for; 0 unregisters it.
            username: User name for the challenge, if it is not *user*.
        """
        call = f"{next(_numbers)}-{os.getpid()}-lab"
        uri = f"sip:{self.registrar}"
        refused = self._ask(call, 1, seconds)
        challenges = refused.all("WWW-Authenticate")
        for challenge in challenges:
            if digest.fields(challenge).get("algorithm", "MD5") == algorithm:
                name = username or self.user
                proof = digest.answer(challenge, "REGISTER", uri, name, self.password)
                return self._ask(call, 2, seconds, proof).status or 0, challenges
        return refused.status or 0, challenges

    def refuse_a_call(self, status: str = "486 Busy Here") -> SipMessage:
        """Wait for a call, refuse it, wait until Asterisk knows, and return its INVITE."""
        message = self._next("INVITE")
        self._reply(message, status)
        self._next("ACK")
        return message

    def wait_for(self, method: str) -> SipMessage:
        """Wait for a request, accept it, and return it; requests before it are accepted too."""
        while True:
            message = parse(self.wire.receive(), received=True)
            if message.status is None and message.method != "ACK":
                self._reply(message, "200 OK")
            if message.method == method:
                return message

    def call(self, number: str, body: str) -> int:
        """
        Call *number* with a body of SDP, end an answered call, and return the final status.

        Raises:
            TimeoutError: Asterisk does not answer.
        """
        call = f"{next(_numbers)}-{os.getpid()}-lab"
        uri = f"sip:{number}@{self.registrar}"
        refused = self._request("INVITE", uri, call, 1, body=body)
        self._request("ACK", uri, call, 1, to=refused.header("To"))
        challenge = refused.header("WWW-Authenticate") or ""
        proof = digest.answer(challenge, "INVITE", uri, self.user, self.password)
        final = self._request("INVITE", uri, call, 2, proof, body=body)
        self._request("ACK", uri, call, 2, to=final.header("To"))
        if final.status == 200:  # noqa: PLR2004 - taken
            self._request("BYE", uri, call, 3, to=final.header("To"))
        return final.status or 0

    def _request(
        self,
        method: str,
        uri: str,
        call: str,
        number: int,
        proof: str | None = None,
        *,
        to: str | None = None,
        body: str = "",
    ) -> SipMessage:
        """Send a request of a call, and return its final answer, or an ACK itself."""
        me = f"sip:{self.user}@{self.registrar}"
        branch = f"z9hG4bK{method}{number}{call}"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/{self.wire.name} {self.wire.here};branch={branch};rport",
            f"From: <{me}>;tag={call}",
            f"To: {to or f'<{uri}>'}",
            f"Call-ID: {call}",
            f"CSeq: {number} {method}",
            "Max-Forwards: 70",
            f"Contact: <sip:{self.user}@{self.wire.here}>",
            *([f"Authorization: {proof}"] if proof else []),
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body.encode())}",
        ]
        message = "\r\n".join([*lines, "", body]).encode()
        self.wire.send(message)
        if method == "ACK":
            return parse(message, received=False)
        return self._final(call, f"{number} {method}")

    def _reply(self, message: SipMessage, status: str) -> None:
        copied = [
            f"{name}: {value}{';tag=lab' if name == 'To' and 'tag=' not in value else ''}"
            for name, value in message.headers
            if name in {"Via", "From", "To", "Call-ID", "CSeq"}
        ]
        lines = [f"SIP/2.0 {status}", *copied, "Content-Length: 0", "", ""]
        self.wire.send("\r\n".join(lines).encode())

    def _next(self, method: str) -> SipMessage:
        """Return the next request of *method*; requests before it are ignored."""
        while True:
            message = parse(self.wire.receive(), received=True)
            if message.method == method:
                return message

    def _ask(self, call: str, number: int, seconds: int, proof: str | None = None) -> SipMessage:
        transport = self.wire.name.lower()
        me = f"sip:{self.user}@{self.registrar}"
        lines = [
            f"REGISTER sip:{self.registrar} SIP/2.0",
            f"Via: SIP/2.0/{self.wire.name} {self.wire.here};branch=z9hG4bK{number}{call};rport",
            f"From: <{me}>;tag={call}",
            f"To: <{me}>",
            f"Call-ID: {call}",
            f"CSeq: {number} REGISTER",
            "Max-Forwards: 70",
            f"Contact: <sip:{self.user}@{self.wire.here};transport={transport}>",
            f"Expires: {seconds}",
            *([f"Authorization: {proof}"] if proof else []),
            "Content-Length: 0",
        ]
        self.wire.send("\r\n".join([*lines, "", ""]).encode())
        return self._final(call, f"{number} REGISTER")

    def _final(self, call: str, sequence: str) -> SipMessage:
        """Return the final answer to a request; OPTIONS that come between are left alone."""
        while True:
            message = parse(self.wire.receive(), received=True)
            asked = (message.header("Call-ID"), message.header("CSeq"))
            final = message.status is not None and message.status >= 200  # noqa: PLR2004 - final
            if final and asked == (call, sequence):
                return message
