"""A phone that holds two calls and transfers one to the other, which SIPp cannot script."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PORT: Final = 5060
SECONDS: Final = 20.0
_numbers = count(1)


@dataclass
class Dialog:
    """
    One call of the phone's.

    Attributes:
        call_id: Its Call-ID.
        local: From of what the phone sends, with its tag.
        remote: To of what the phone sends, with its tag once there is one.
        target: Request-URI of what the phone sends.
        sequence: Number of the last request that the phone sent.
        ended: Set when the other side hung up.
        answers: Status codes of requests that the phone sent, by method.
    """

    call_id: str
    local: str
    remote: str
    target: str
    sequence: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    answers: list[tuple[str, int]] = field(default_factory=list)


class SipUser:
    """A phone at an address of its own, by UDP; it takes each call that comes."""

    def __init__(self, address: str, asterisk: str, *, answers: bool = True) -> None:
        self.address = address
        self.asterisk = asterisk
        self.answers = answers
        self.dialogs: list[Dialog] = []
        self._changed = threading.Condition()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((address, PORT))
        self._socket.settimeout(0.1)  # how often the thread looks whether it is to end
        self._closing = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take the phone away."""
        self._closing = True
        self._thread.join()
        self._socket.close()

    def wait(self, ready: Callable[[], bool], what: str) -> None:
        """Wait until *ready*; it is asked again after each message."""
        with self._changed:
            if not self._changed.wait_for(ready, SECONDS):
                raise AssertionError(f"no {what} in {SECONDS} s")

    # -- What it does ------------------------------------------------------------------------------

    def call(self, number: str) -> Dialog:
        """Call *number*, and return when somebody or something has answered."""
        name = next(_numbers)
        dialog = Dialog(
            f"{name}@{self.address}",
            f"<sip:user@{self.address}>;tag=own{name}",
            f"<sip:{number}@{self.asterisk}>",
            f"sip:{number}@{self.asterisk}",
        )
        self.dialogs.append(dialog)
        self._request(dialog, "INVITE", body=self._offer())
        self.wait(lambda: ("INVITE", 200) in dialog.answers, f"answer of {number}")
        return dialog

    def called(self, number: int = 1) -> Dialog:
        """Return the *number*th call of this phone, once it is there."""
        self.wait(lambda: len(self.dialogs) >= number, f"call {number}")
        return self.dialogs[number - 1]

    def hang_up(self, dialog: Dialog) -> None:
        """End a call."""
        self._request(dialog, "BYE")
        self.wait(lambda: ("BYE", 200) in dialog.answers, "answer to BYE")

    def transfer(self, dialog: Dialog, to: str | Dialog) -> None:
        """Transfer the other side of a call to a number, or to the other side of a second call."""
        refer_to = f"sip:{to}@{self.asterisk}" if isinstance(to, str) else _replacing(to)
        self._request(dialog, "REFER", f"Refer-To: <{refer_to}>", f"Referred-By: {dialog.local}")
        self.wait(lambda: ("REFER", 202) in dialog.answers, "202 to REFER")

    # -- Messages ----------------------------------------------------------------------------------

    def _offer(self) -> str:
        lines = (
            "v=0",
            f"o=- 1 1 IN IP4 {self.address}",
            "s=-",
            f"c=IN IP4 {self.address}",
            "t=0 0",
            "m=audio 40000 RTP/AVP 0",
            "a=rtpmap:0 PCMU/8000",
        )
        return "\r\n".join((*lines, ""))

    def _send(self, start: str, *headers: str, body: str = "") -> None:
        kind = ("Content-Type: application/sdp",) if body else ()
        lines = (start, *headers, *kind, f"Content-Length: {len(body)}", "", body)
        self._socket.sendto("\r\n".join(lines).encode(), (self.asterisk, PORT))

    def _request(self, dialog: Dialog, method: str, *headers: str, body: str = "") -> None:
        if method != "ACK":
            dialog.sequence += 1
        self._send(
            f"{method} {dialog.target} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.address}:{PORT};branch=z9hG4bK{next(_numbers)}",
            "Max-Forwards: 70",
            f"From: {dialog.local}",
            f"To: {dialog.remote}",
            f"Call-ID: {dialog.call_id}",
            f"CSeq: {dialog.sequence} {method}",
            f"Contact: <sip:user@{self.address}:{PORT}>",
            *headers,
            body=body,
        )

    def _read(self) -> None:
        while not self._closing:
            try:
                text = self._socket.recv(65535).decode()
            except TimeoutError:
                continue
            if text.startswith("SIP/2.0 "):
                self._take_answer(text)
            elif text.strip():
                self._take_request(text)
            with self._changed:
                self._changed.notify_all()

    def _dialog(self, text: str) -> Dialog | None:
        call_id = header(text, "Call-ID")
        return next((one for one in self.dialogs if one.call_id == call_id), None)

    def _take_answer(self, text: str) -> None:
        dialog = self._dialog(text)
        status, method = int(text.split()[1]), header(text, "CSeq").split()[1]
        if dialog is None or status < 200:
            return
        if method == "INVITE":
            dialog.remote = header(text, "To")
            dialog.target = uri(header(text, "Contact")) if status == 200 else dialog.target
            self._request(dialog, "ACK")
        dialog.answers.append((method, status))

    def _take_request(self, text: str) -> None:
        method = text.split(maxsplit=1)[0]
        if method == "ACK":
            return
        dialog = self._dialog(text)
        body = ""
        local = dialog.local if dialog else f"{header(text, 'To')};tag=own{next(_numbers)}"
        if method == "INVITE":
            body = self._offer()
            if not self.answers:
                self._answer(text, "180 Ringing", local)
                return
            if dialog is None:
                target = uri(header(text, "Contact"))
                new = Dialog(header(text, "Call-ID"), local, header(text, "From"), target)
                self.dialogs.append(new)
        if method == "BYE" and dialog is not None:
            dialog.ended.set()
        self._answer(text, "200 OK", local, body)

    def _answer(self, request: str, status: str, local: str, body: str = "") -> None:
        self._send(
            f"SIP/2.0 {status}",
            *(f"Via: {via}" for via in headers(request, "Via")),
            f"From: {header(request, 'From')}",
            f"To: {local}",
            f"Call-ID: {header(request, 'Call-ID')}",
            f"CSeq: {header(request, 'CSeq')}",
            f"Contact: <sip:user@{self.address}:{PORT}>",
            body=body,
        )


def headers(text: str, name: str) -> list[str]:
    """Return the values of a header."""
    return re.findall(rf"^{name}: *(.*?)\r?$", text, re.MULTILINE | re.IGNORECASE)


def header(text: str, name: str) -> str:
    """Return the value of a header."""
    return headers(text, name)[0]


def uri(address: str) -> str:
    """Return the URI of an address."""
    found = re.search(r"<(.*?)>", address)
    return found[1] if found else address


def _tag(address: str) -> str:
    return address.partition(";tag=")[2]


def _replacing(dialog: Dialog) -> str:
    tags = f"%3Bto-tag%3D{_tag(dialog.remote)}%3Bfrom-tag%3D{_tag(dialog.local)}"
    return f"{uri(dialog.remote)}?Replaces={dialog.call_id.replace('@', '%40')}{tags}"


@contextmanager
def sip_user(address: str, asterisk: str, *, answers: bool = True) -> Iterator[SipUser]:
    """Yield a phone, and take it away afterwards."""
    user = SipUser(address, asterisk, answers=answers)
    try:
        yield user
    finally:
        user.close()
