"""What can go wrong in the laboratory."""

from __future__ import annotations


class LabError(Exception):
    """Root of the errors below."""


class PrefixUnavailableError(LabError):
    """
    Asterisk and SIPp are not available on this machine.

    Attributes:
        reason: Why not, in one line.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"no Asterisk for the tests: {reason}")


class AsteriskFailedError(LabError):
    """Asterisk did not start, died, or does not answer."""


class SippFailedError(LabError):
    """SIPp did not do what the scenario says."""
