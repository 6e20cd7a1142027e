"""SIPp as Twilio, as an unauthenticated caller and as a phone."""

from __future__ import annotations

import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tools.asterisk_lab.errors import SippFailedError
from tools.asterisk_lab.messages import SipMessage, read_trace
from tools.asterisk_lab.patience import PATIENCE
from tools.asterisk_lab.sipp_run import PORTS, Protocol, Run, numbers, wait_for_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tools.asterisk_lab.site import Site

REALM: Final = "sip.twilio.com"
"""The realm that Twilio names in its challenge."""

PHONE_PORT: Final = 5070
"""The port that the internal phone registers."""

# Thirty arbitrary bytes, since no audio is sent.
_CRYPTO: Final = "crypto:1 AES_CM_128_HMAC_SHA1_80 inline:bGFiLWxhYi1sYWItbGFiLWxhYi1sYWItbGFiLTEy"
_NO_CRYPTO: Final = "X-lab:plain"


@dataclass(frozen=True)
class Peer:
    """
    What SIPp saw as a server.

    Attributes:
        trace: Its message trace.
        process: Its process, which the caller ends.
    """

    trace: Path
    process: subprocess.Popen[bytes] = field(repr=False)

    def messages(self) -> tuple[SipMessage, ...]:
        """Return all messages so far."""
        return read_trace(self.trace)

    def received(self, method: str) -> tuple[SipMessage, ...]:
        """Return the requests of *method* that came in, each once even if it was sent again."""
        found = (m for m in self.messages() if m.received and m.method == method)
        return tuple({_transaction(message): message for message in reversed([*found])}.values())[
            ::-1
        ]

    def wait_for(self, method: str, number: int = 1, *, seconds: float = PATIENCE) -> SipMessage:
        """
        Wait for the *number*-th request of *method* and return it.

        Raises:
            SippFailedError: It did not come in time.
        """
        self._wait(lambda: len(self.received(method)) >= number, f"{method} {number}", seconds)
        return self.received(method)[number - 1]

    def wait_for_end(self, calls: int = 1, *, seconds: float = PATIENCE) -> None:
        """
        Wait until *calls* calls were ended by BYE and the answer to it was sent.

        Raises:
            SippFailedError: They were not ended in time.
        """

        def ended() -> bool:
            answers = (m for m in self.messages() if not m.received and m.answers == "BYE")
            return len({_transaction(message) for message in answers}) >= calls

        self._wait(ended, f"end of call {calls}", seconds)

    def _wait(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            if time.monotonic() > deadline or self.process.poll() is not None:
                lines = [message.start_line for message in self.messages()]
                raise SippFailedError(f"no {what} in {seconds} s; seen: {lines}")
            time.sleep(0.02)


def _transaction(message: SipMessage) -> tuple[str | None, str | None]:
    """Return what a request, its repetitions and its answers have in common."""
    return message.header("Via"), message.header("CSeq")


@dataclass(frozen=True)
class Call:
    """
    A call that SIPp placed, when it is over.

    Attributes:
        messages: All messages of it.
    """

    messages: tuple[SipMessage, ...]

    @property
    def status(self) -> int:
        """Final status of the last INVITE."""
        answers = [m.status for m in self.messages if m.received and m.answers == "INVITE"]
        return next(status for status in reversed(answers) if status and status >= 200)  # noqa: PLR2004 - final ones

    @property
    def ended(self) -> bool:
        """Whether our BYE was answered with 200."""
        return any(m.received and m.answers == "BYE" and m.status == 200 for m in self.messages)  # noqa: PLR2004 - OK


@contextmanager
def twilio_server(
    site: Site,
    *,
    protocol: Protocol = "udp",
    srtp: bool = False,
    challenge: bool = True,
    address: str | None = None,
) -> Iterator[Peer]:
    """
    Run Twilio's side of a trunk at ``site.net.twilio``: OPTIONS, and calls with 407.

    Args:
        site: Where Asterisk is.
        protocol: Transport; TLS listens on port 5061, the others on 5060.
        srtp: Answer with SDES keys.
        challenge: Whether to ask for credentials.
        address: Another address to listen on.
    """
    keys = {"challenge": "yes" if challenge else "no", "realm": REALM, **_media(srtp=srtp)}
    address = address or site.net.twilio
    run = Run(site=site, scenario="twilio-uas", address=address, protocol=protocol, keys=keys)
    process = run.start("-p", str(PORTS[protocol]))
    try:
        wait_for_port(run, process, PORTS[protocol])
        yield Peer(run.trace, process)
    finally:
        process.kill()
        process.wait()


@contextmanager
def phone(site: Site, port: int, *, answers: bool = True) -> Iterator[Peer]:
    """
    Run an internal phone that is called: UDP at ``site.net.phone``, where it registered.

    Args:
        site: Where Asterisk is.
        port: Port that it registered from.
        answers: Take the call; else ring until the caller gives up.
    """
    keys = {"answers": "yes" if answers else "no", **_media(srtp=False)}
    address = site.net.phone
    run = Run(site=site, scenario="phone-uas", address=address, protocol="udp", keys=keys)
    process = run.start("-p", str(port))
    try:
        wait_for_port(run, process, port)
        yield Peer(run.trace, process)
    finally:
        process.kill()
        process.wait()


@contextmanager
def registrar(site: Site) -> Iterator[Peer]:
    """Run a provider at ``site.net.carrier`` that challenges a REGISTER and accepts the second."""
    with _serving(site, "registrar-uas", {"realm": "carrier.example"}) as peer:
        yield peer


@contextmanager
def refusing_server(site: Site, *, busy: bool = False) -> Iterator[Peer]:
    """Run a provider at ``site.net.carrier`` that answers OPTIONS, but calls with 503 or 486."""
    with _serving(site, "refusing-uas", {"state": "busy" if busy else "full"}) as peer:
        yield peer


@contextmanager
def _serving(site: Site, scenario: str, keys: dict[str, str]) -> Iterator[Peer]:
    address = site.net.carrier
    run = Run(site=site, scenario=scenario, address=address, protocol="udp", keys=keys)
    # SIPp would not answer a second request of a call that is over.
    process = run.start("-p", str(PORTS["udp"]), "-deadcall_wait", "0")
    try:
        wait_for_port(run, process, PORTS["udp"])
        yield Peer(run.trace, process)
    finally:
        process.kill()
        process.wait()


def twilio_call(
    site: Site,
    number: str,
    *,
    source: str | None = None,
    caller: str = "+15005550006",
    account_sid: str | None = "AC00000000000000000000000000000000",
    protocol: Protocol = "udp",
    srtp: bool = False,
    hold: int = 200,
    parameters: str = "",
) -> Call:
    """
    Deliver a call to Asterisk as Twilio does, and return what happened.

    Args:
        site: Where Asterisk is.
        number: The number called.
        source: Address that it comes from; by default an allowed one of Twilio's.
        caller: User part of From and P-Asserted-Identity; an endpoint's id for a forged call.
        account_sid: Value of ``X-Twilio-AccountSid``; without one the header is missing.
        protocol: Transport.
        srtp: Offer SDES keys.
        hold: Milliseconds between answer and BYE.
        parameters: What follows the URI of the request, as in ``;line=abc``.

    Raises:
        SippFailedError: The call was neither answered and ended nor refused.
    """
    keys = {
        "caller": caller,
        "parameters": parameters,
        "caller_name": caller,
        "caller_host": "lab.pstn.twilio.example",
        "account_header": "X-Twilio-AccountSid" if account_sid else "X-Lab-Account",
        "account_sid": account_sid or "none",
        **_media(srtp=srtp),
    }
    address = source or site.net.twilio_caller
    run = Run(site=site, scenario="twilio-uac", address=address, protocol=protocol, keys=keys)
    return _place(run, number, "-d", str(hold))


def phone_call(
    site: Site,
    number: str,
    *,
    user: str,
    password: str,
    protocol: Protocol = "udp",
    hold: int = 200,
    caller: str | None = None,
) -> Call:
    """
    Place a call from an internal phone (``site.net.phone``) whose endpoint is *user*.

    Args:
        site: Where Asterisk is.
        number: The digits dialled.
        user: Id of the endpoint, and user name for the challenge.
        password: Its password.
        protocol: Transport.
        hold: Milliseconds between answer and BYE.
        caller: User part of From and Contact, if that is not *user*.

    Raises:
        SippFailedError: The call was neither answered and ended nor refused.
    """
    keys = {"user": caller or user, **_media(srtp=False)}
    address = site.net.phone
    run = Run(site=site, scenario="phone-uac", address=address, protocol=protocol, keys=keys)
    return _place(run, number, "-au", user, "-ap", password, "-d", str(hold))


def register(
    site: Site,
    *,
    user: str,
    password: str,
    seconds: int = 300,
    protocol: Protocol = "udp",
    port: int | None = None,
) -> int:
    """
    Register an internal phone (``site.net.phone``, port 5070), and return the final status.

    Args:
        site: Where Asterisk is.
        user: Id of the endpoint and of its AOR, and user name for the challenge.
        password: Its password.
        seconds: How long for; 0 unregisters it.
        protocol: Transport.
        port: Port that it comes from; None for any.

    Raises:
        SippFailedError: Asterisk did not answer as a registrar does.
    """
    keys = {"user": user, "expires": str(seconds)}
    address = site.net.phone
    run = Run(site=site, scenario="phone-register", address=address, protocol=protocol, keys=keys)
    messages = _place(run, user, "-au", user, "-ap", password, port=port).messages
    return next(m.status for m in reversed(messages) if m.received and m.status is not None)


def subscribe(
    site: Site,
    extension: str,
    *,
    user: str,
    password: str,
    seconds: int = 300,
    protocol: Protocol = "udp",
) -> int:
    """
    Have an internal phone subscribe to *extension*, and return the final status.

    Args:
        site: Where Asterisk is.
        extension: One with a hint, in the context that the endpoint subscribes in.
        user: Id of the endpoint, and user name for the challenge.
        password: Its password.
        seconds: How long for.
        protocol: Transport.

    Raises:
        SippFailedError: Asterisk did not answer as a notifier does.
    """
    keys = {"user": user, "expires": str(seconds)}
    address = site.net.phone
    run = Run(site=site, scenario="phone-subscribe", address=address, protocol=protocol, keys=keys)
    messages = _place(run, extension, "-au", user, "-ap", password).messages
    statuses = [m.status for m in messages if m.received and m.answers == "SUBSCRIBE"]
    return next(status for status in reversed(statuses) if status is not None)


@contextmanager
def notified_phone(site: Site) -> Iterator[Peer]:
    """Run the internal phone (``site.net.phone``, port 5070), which accepts NOTIFY requests."""
    run = Run(site=site, scenario="phone-notified", address=site.net.phone, protocol="udp", keys={})
    # SIPp would not answer a second request of a call that is over.
    process = run.start("-p", str(PHONE_PORT), "-deadcall_wait", "0")
    try:
        wait_for_port(run, process, PHONE_PORT)
        yield Peer(run.trace, process)
    finally:
        process.kill()
        process.wait()


def _place(run: Run, number: str, *options: str, port: int | None = None) -> Call:
    # A port of its own for each call: a TCP port cannot be used again at once.
    here = str(port or 10_000 + next(numbers))
    there = f"{run.site.net.asterisk}:{PORTS[run.protocol]}"
    process = run.start("-p", here, "-s", number, "-m", "1", *options, there)
    try:
        failed = process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        raise SippFailedError(f"{run.scenario} hangs; {run.seen()}") from None
    finally:
        process.kill()
        process.wait()
    if failed:
        raise SippFailedError(f"{run.scenario} failed; {run.seen()}")
    return Call(read_trace(run.trace))


def _media(*, srtp: bool) -> dict[str, str]:
    if srtp:
        return {"profile": "RTP/SAVP", "crypto": _CRYPTO}
    return {"profile": "RTP/AVP", "crypto": _NO_CRYPTO}
