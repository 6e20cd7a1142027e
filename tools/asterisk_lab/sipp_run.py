"""Starts of SIPp: its command, its files, and the port on which it listens."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from tools.asterisk_lab.errors import SippFailedError
from tools.asterisk_lab.messages import read_trace
from tools.asterisk_lab.patience import PATIENCE

if TYPE_CHECKING:
    from tools.asterisk_lab.site import Site

Protocol = Literal["udp", "tcp", "tls"]

SCENARIOS: Final = Path(__file__).parent / "scenarios"
PORTS: Final = {"udp": 5060, "tcp": 5060, "tls": 5061}
_MODES: Final = {"udp": "u1", "tcp": "t1", "tls": "l1"}

numbers = count(1)
"""Numbers for directories and ports, each used once."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One start of SIPp."""

    site: Site
    scenario: str
    address: str
    protocol: Protocol
    keys: dict[str, str]
    where: Path = field(init=False)

    def __post_init__(self) -> None:
        where = self.site.run / "sipp" / f"{next(numbers)}-{self.scenario}"
        where.mkdir()
        object.__setattr__(self, "where", where)

    @property
    def trace(self) -> Path:
        """The file with the messages that it sent and received."""
        return self.where / "messages.log"

    def command(self, *options: str) -> list[str]:
        """Return its command line."""
        tls = ("-tls_cert", str(self.site.cert_file), "-tls_key", str(self.site.priv_key_file))
        return self.site.prefix.command(
            "bin/sipp",
            *("-sf", str(SCENARIOS / f"{self.scenario}.xml"), "-nostdin"),
            *("-t", _MODES[self.protocol], "-i", self.address, "-mi", self.address),
            *("-trace_msg", "-message_file", str(self.trace)),
            *("-trace_err", "-error_file", str(self.where / "errors.log")),
            *(tls if self.protocol == "tls" else ()),
            *(word for key, value in self.keys.items() for word in ("-key", key, value)),
            *options,
        )

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        """Start it in its own directory."""
        # SIPp writes terminal output even without a terminal.
        environment = {**os.environ, "TERM": "linux"}
        with (self.where / "stdout").open("wb") as output:
            return subprocess.Popen(
                self.command(*options),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.where,
                env=environment,
            )

    def seen(self) -> str:
        """Return its messages and errors so far, for an error of ours."""
        lines = [message.start_line for message in read_trace(self.trace)]
        errors = [path.read_text(errors="replace") for path in self.where.glob("errors.log")]
        return f"seen: {lines} {''.join(errors)[-2000:]}"


def wait_for_port(run: Run, process: subprocess.Popen[bytes], port: int) -> None:
    """
    Wait until SIPp listens on a port.

    Raises:
        SippFailedError: It ended, or does not listen in time.
    """
    deadline = time.monotonic() + PATIENCE
    while not _is_bound(run.address, port, run.protocol):
        if process.poll() is not None or time.monotonic() > deadline:
            raise SippFailedError(f"SIPp does not listen; {run.seen()}")
        time.sleep(0.02)


def _is_bound(address: str, port: int, protocol: Protocol) -> bool:
    """Tell from the kernel's tables whether somebody listens, without sending anything."""
    table = "udp" if protocol == "udp" else "tcp"
    octets = "".join(f"{int(octet):02X}" for octet in reversed(address.split(".")))
    return f" {octets}:{port:04X} " in Path(f"/proc/net/{table}").read_text()
