"""What is done with one thing: what the verbs hand to the engine."""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from asterisk_realtime.provision.engine.kinds import KeyValues, Kind


class Mode(Enum):
    """What is done with a thing."""

    CREATE = auto()
    ENSURE = auto()
    REPLACE = auto()
    DELETE = auto()
    ABSENT = auto()
    PRUNE = auto()
    RENAME = auto()


@attrs.frozen
class Operation:
    """
    One thing, and what is done with it.

    Attributes:
        kind: Its kind.
        key: Its key, as it is now.
        mode: What is done.
        spec: What it is to be; None where it is deleted.
        new_key: Its other key where it is renamed.
    """

    kind: Kind[Any, Any]
    key: KeyValues
    mode: Mode
    spec: Any = None
    new_key: KeyValues = ()

    @property
    def goes(self) -> bool:
        """Whether it is to be removed."""
        return self.mode in {Mode.DELETE, Mode.ABSENT, Mode.PRUNE}

    @property
    def thing(self) -> tuple[Kind[Any, Any], KeyValues]:
        """What tells it from all other things."""
        return self.kind, self.key

    @property
    def label(self) -> str:
        """How messages call it."""
        return self.kind.label(self.key)
