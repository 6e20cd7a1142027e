"""What the verbs have the engine do with one thing."""

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
        spec: The wanted spec; None if the thing is removed or renamed.
        new_key: The key that a renamed thing gets.
    """

    kind: Kind[Any, Any]
    key: KeyValues
    mode: Mode
    spec: Any = None
    new_key: KeyValues = ()

    @property
    def removes(self) -> bool:
        """Whether it removes the thing."""
        return self.mode in {Mode.DELETE, Mode.ABSENT, Mode.PRUNE}

    @property
    def thing(self) -> tuple[Kind[Any, Any], KeyValues]:
        """Its kind and key, which identify it."""
        return self.kind, self.key

    @property
    def label(self) -> str:
        """The name of the thing in messages."""
        return self.kind.label(self.key)
