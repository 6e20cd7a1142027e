"""Addresses of one laboratory: a /24 of its own on loopback, so that many can run side by side."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING, Final, Self

from tools.asterisk_lab.errors import LabError

if TYPE_CHECKING:
    from types import TracebackType

_SECOND: Final = range(77, 117)
_THIRD: Final = range(256)
_LOCK_HOST: Final = 250
_LOCK_PORT: Final = 5099


class LoopbackNet:
    """
    A network ``127.x.y.0/24`` that no other laboratory uses.

    A bound socket reserves the network; the system releases it when the process ends, however it
    ends.
    """

    def __init__(self) -> None:
        self._lock, self.prefix = _claim()

    def host(self, number: int) -> str:
        """Return the address that ends in *number*."""
        return f"{self.prefix}.{number}"

    @property
    def asterisk(self) -> str:
        """Where Asterisk listens."""
        return self.host(1)

    @property
    def twilio_network(self) -> str:
        """Where calls from Twilio come from: a /30, like Twilio's own ranges."""
        return f"{self.host(4)}/30"

    @property
    def twilio(self) -> str:
        """Where Twilio takes calls."""
        return self.host(4)

    @property
    def twilio_caller(self) -> str:
        """Where Twilio places calls from."""
        return self.host(5)

    @property
    def carrier(self) -> str:
        """Where a provider other than Twilio is."""
        return self.host(8)

    @property
    def unknown_peer(self) -> str:
        """An address that no endpoint has."""
        return self.host(9)

    @property
    def phone(self) -> str:
        """Where an internal phone is."""
        return self.host(20)

    def close(self) -> None:
        """Release the network."""
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self.close()


def _claim() -> tuple[socket.socket, str]:
    networks = [f"127.{second}.{third}" for second in _SECOND for third in _THIRD]
    # Each process starts looking at another place, so that they seldom meet.
    start = os.getpid() * 61 % len(networks)
    for network in networks[start:] + networks[:start]:
        lock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            lock.bind((f"{network}.{_LOCK_HOST}", _LOCK_PORT))
        except OSError:
            lock.close()
            continue
        return lock, network
    raise LabError("no free network on loopback; is 127.0.0.0/8 there?")
