"""A running Asterisk, and SIPp in the roles of its peers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tools.asterisk_lab import sipp
from tools.asterisk_lab.sipp_run import PORTS

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from tools.asterisk_lab.net import LoopbackNet
    from tools.asterisk_lab.server import Asterisk
    from tools.asterisk_lab.sipp_run import Protocol
    from tools.asterisk_lab.site import Site


@dataclass(frozen=True)
class Lab:
    """
    One Asterisk, and SIPp as its providers, callers and phones.

    Attributes:
        site: Its directory, addresses and certificate.
        asterisk: The running Asterisk.
    """

    site: Site
    asterisk: Asterisk

    @property
    def net(self) -> LoopbackNet:
        """The addresses."""
        return self.site.net

    def twilio_contact(self, protocol: Protocol = "udp") -> str:
        """Return the contact URI at which `twilio_server` listens."""
        return f"sip:{self.net.twilio}:{PORTS[protocol]}"

    def twilio_server(self, **options: Any) -> AbstractContextManager[sipp.Peer]:
        """See `sipp.twilio_server`."""
        return sipp.twilio_server(self.site, **options)

    def registrar(self) -> AbstractContextManager[sipp.Peer]:
        """See `sipp.registrar`."""
        return sipp.registrar(self.site)

    def refusing_server(self, **options: Any) -> AbstractContextManager[sipp.Peer]:
        """See `sipp.refusing_server`."""
        return sipp.refusing_server(self.site, **options)

    def twilio_call(self, number: str, **options: Any) -> sipp.Call:
        """See `sipp.twilio_call`."""
        return sipp.twilio_call(self.site, number, **options)

    def phone_call(self, number: str, **options: Any) -> sipp.Call:
        """See `sipp.phone_call`."""
        return sipp.phone_call(self.site, number, **options)

    def phone(self, port: int, **options: Any) -> AbstractContextManager[sipp.Peer]:
        """See `sipp.phone`."""
        return sipp.phone(self.site, port, **options)

    def register(self, **options: Any) -> int:
        """See `sipp.register`."""
        return sipp.register(self.site, **options)

    def subscribe(self, extension: str, **options: Any) -> int:
        """See `sipp.subscribe`."""
        return sipp.subscribe(self.site, extension, **options)

    def notified_phone(self) -> AbstractContextManager[sipp.Peer]:
        """See `sipp.notified_phone`."""
        return sipp.notified_phone(self.site)
