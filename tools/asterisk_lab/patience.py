"""How long the laboratory waits: long, so that nothing fails because the machine is busy."""

from __future__ import annotations

from typing import Final

PATIENCE: Final = 90.0
"""Seconds at most: each wait ends when its condition is true."""
