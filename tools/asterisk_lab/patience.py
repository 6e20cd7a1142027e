"""How long the laboratory waits for what must come: long, since a busy machine is no fault."""

from __future__ import annotations

from typing import Final

PATIENCE: Final = 90.0
"""Seconds. Nobody waits for them: each wait ends when what it waits for is there."""
