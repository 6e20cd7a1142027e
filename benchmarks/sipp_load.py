"""Many calls at a steady rate, placed and taken by SIPp without a trace of each message."""

from __future__ import annotations

import csv
import os
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tools.asterisk_lab.errors import SippFailedError
from tools.asterisk_lab.sipp_run import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tools.asterisk_lab.site import Site

_KEYS: Final = {
    "twilio-uac": {
        "caller": "+15005550006",
        "parameters": "",
        "caller_name": "caller",
        "caller_host": "lab.pstn.twilio.example",
        "account_header": "X-Lab-Account",
        "account_sid": "none",
    },
    "phone-uac": {"user": "desk"},
    "twilio-uas": {"challenge": "no", "realm": "sip.twilio.com"},
}
_MEDIA: Final = {"profile": "RTP/AVP", "crypto": "X-lab:plain"}
_START_SECONDS: Final = 0.5


@dataclass(frozen=True, kw_only=True)
class Load:
    """
    What SIPp counted.

    Attributes:
        calls: Calls that were answered and ended.
        failed: Calls that were not.
        retransmissions: Messages that the caller or the callee sent again.
    """

    calls: int
    failed: int
    retransmissions: int


def place(site: Site, scenario: str, *options: str, calls: int, rate: int, hold: int) -> Load:
    """
    Place *calls* calls, *rate* a second, and return what became of them.

    Raises:
        SippFailedError: SIPp did not end, or counted nothing.
    """
    address = site.net.twilio_caller if scenario == "twilio-uac" else site.net.phone
    amount = ("-m", str(calls), "-r", str(rate), "-d", str(hold), "-l", "4000")
    with TemporaryDirectory(prefix="sipp-") as folder:
        command = _command(site, scenario, address, Path(folder), *amount, *options)
        process = _start([*command, f"{site.net.asterisk}:5060"], Path(folder))
        try:
            process.wait(calls / rate + 120)
        except subprocess.TimeoutExpired:
            raise SippFailedError(f"{scenario} hangs") from None
        finally:
            process.kill()
            process.wait()
        return _counted(Path(folder))


@contextmanager
def answering(site: Site) -> Iterator[None]:
    """Run the provider that takes calls, at ``site.net.twilio``."""
    with TemporaryDirectory(prefix="sipp-") as folder:
        command = _command(site, "twilio-uas", site.net.twilio, Path(folder), "-p", "5060")
        process = _start(command, Path(folder))
        try:
            time.sleep(_START_SECONDS)
            yield
        finally:
            process.kill()
            process.wait()


def _command(site: Site, scenario: str, address: str, folder: Path, *options: str) -> list[str]:
    keys = {**_KEYS[scenario], **_MEDIA}
    return site.prefix.command(
        "bin/sipp",
        *("-sf", str(SCENARIOS / f"{scenario}.xml"), "-nostdin"),
        *("-t", "u1", "-i", address, "-mi", address, "-buff_size", "4194304"),
        *("-trace_stat", "-stf", str(folder / "statistics.csv"), "-fd", "1"),
        *("-trace_err", "-error_file", str(folder / "errors.log")),
        *(word for key, value in keys.items() for word in ("-key", key, value)),
        *options,
    )


def _start(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env={**os.environ, "TERM": "linux"},
    )


def _counted(folder: Path) -> Load:
    with (folder / "statistics.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    if not rows:
        raise SippFailedError("SIPp counted nothing")
    last = rows[-1]
    return Load(
        calls=int(last["SuccessfulCall(C)"]),
        failed=int(last["FailedCall(C)"]),
        retransmissions=int(last["Retransmissions(C)"]),
    )
