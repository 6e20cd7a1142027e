"""Dialplan applications that call channels or pass a call on; Asterisk finds them in any case."""

from __future__ import annotations

from typing import Final

RUNNING: Final = ("exec", "tryexec", "execif")
"""Applications that run another one."""

CALLING: Final = ("dial", "retrydial", "page", "originate", *RUNNING)
"""Applications that call channels, or that may run one of these."""

GOING: Final = ("goto", "gotoif", "gotoiftime", "gosub", "gosubif")
"""Applications that take a call to another place in the dialplan."""
