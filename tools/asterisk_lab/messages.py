"""SIP messages, read from the trace that SIPp writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

_HEAD: Final = re.compile(
    rb"^(?:UDP|TCP|TLS|SCTP) message (sent|received) (?:\[(\d+)\] bytes|\((\d+) bytes\)).*\n\n",
    re.MULTILINE,
)


@dataclass(frozen=True)
class SipMessage:
    """
    One SIP message as it was on the wire.

    Attributes:
        received: Whether SIPp received it; else it sent it.
        start_line: Request line or status line.
        headers: Name and value, in order.
        body: What follows them.
    """

    received: bool
    start_line: str
    headers: tuple[tuple[str, str], ...]
    body: str

    @property
    def method(self) -> str | None:
        """Method of a request."""
        return None if self.status else self.start_line.partition(" ")[0]

    @property
    def request_uri(self) -> str | None:
        """URI of a request."""
        return None if self.status else self.start_line.split(" ")[1]

    @property
    def status(self) -> int | None:
        """Status code of a response."""
        match = re.match(r"SIP/2\.0 (\d{3}) ", self.start_line)
        return int(match[1]) if match else None

    def all(self, name: str) -> tuple[str, ...]:
        """Return the values of every header called *name*."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())

    def header(self, name: str) -> str | None:
        """Return the value of the first header called *name*."""
        return next(iter(self.all(name)), None)

    @property
    def answers(self) -> str:
        """Method that a response answers, and that a request has."""
        return (self.header("CSeq") or "").rpartition(" ")[2]


def read_trace(path: Path) -> tuple[SipMessage, ...]:
    """Return the messages in SIPp's message trace, in order."""
    trace = path.read_bytes() if path.exists() else b""
    found = []
    for head in _HEAD.finditer(trace):
        length = int(head[2] or head[3])
        found.append(
            parse(trace[head.end() : head.end() + length], received=head[1] == b"received")
        )
    return tuple(found)


def parse(data: bytes, *, received: bool) -> SipMessage:
    """Return *data* as a message."""
    head, _blank, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    start_line, *lines = head.split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = tuple((name.strip(), value.strip()) for name, _colon, value in pairs)
    return SipMessage(received, start_line, headers, body)
