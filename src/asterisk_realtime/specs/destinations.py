"""
Where a call goes: a place in the dialplan, or a target such as a phone, a queue or a mailbox.

Each is written as steps of the dialplan, and can be read back from them. Names and numbers in a
step have no characters that Asterisk would run or treat as separators.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from typing import ClassVar, Final

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.endings import LAST_STEPS, Ending, Step
from asterisk_realtime.values.checked import Checked
from asterisk_realtime.values.names import plain_name

_PLACE: Final = re.compile(r"([^,]+),([^,]+),([1-9][0-9]{0,3})")


@attrs.frozen
class Destination:
    """
    A place in the dialplan.

    Attributes:
        context: Context of the place.
        exten: Extension, as it is dialled; not a pattern.
        priority: Step of the extension, 1 to 9999.
    """

    context: str
    exten: str
    priority: int = 1

    def __str__(self) -> str:
        """Return the arguments of the application Goto."""
        return f"{self.context},{self.exten},{self.priority}"

    def steps(self, ending: Ending = Ending.CAUSE) -> tuple[Step, ...]:
        """Return the steps that lead there; *ending* is not used, since the place ends the call."""
        del ending
        return (("Goto", str(self)),)


def place(value: str | Destination, field: str = "destination") -> Destination:
    """
    Return *value* as a place: ``"attendant,start,1"`` is context, extension, priority.

    Raises:
        ValidationError: It is not a place.
    """
    written = str(value) if isinstance(value, Destination) else value
    match = _PLACE.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise ValidationError(
            field, value, "it is not a place in the dialplan", 'write "context,extension,1"'
        )
    context, exten = plain_name(match[1], field), plain_name(match[2], field)
    if exten.startswith("_"):
        raise ValidationError(
            field,
            value,
            "it leads to a pattern, which cannot be dialled",
            "name an extension as it is dialled",
        )
    return Destination(context, exten, int(match[3]))


class Target(Checked, ABC):
    """
    A destination other than a place in the dialplan.

    Attributes:
        needs: Objects that must exist: a kind such as ``endpoint`` or ``queue``, and a name.
        shape: Its applications, each with a regular expression for its arguments.
    """

    shape: ClassVar[tuple[tuple[str, str], ...]]

    @property
    @abstractmethod
    def needs(self) -> tuple[tuple[str, str], ...]:
        """The objects that must exist."""

    @abstractmethod
    def own_steps(self) -> tuple[Step, ...]:
        """Return the steps to it."""

    @property
    def next(self) -> Destination | Target | None:
        """Where the call goes if nobody answers."""
        return getattr(self, "otherwise", None)

    def steps(self, ending: Ending = Ending.CAUSE) -> tuple[Step, ...]:
        """Return all steps, to the end of the call."""
        after = self.next.steps(ending) if self.next else LAST_STEPS[ending]
        return (*self.own_steps(), *after)


def destination(
    value: str | Destination | Target, field: str = "destination"
) -> Destination | Target:
    """
    Return *value* as a destination; a text is a place, as in `Destination`.

    Raises:
        ValidationError: It is not a destination.
    """
    return value if isinstance(value, Target) else place(value, field)


def chain(start: Destination | Target) -> list[Destination | Target]:
    """Return *start* and the destinations after it, in the order in which they are tried."""
    found = [start]
    while isinstance(last := found[-1], Target) and last.next is not None:
        found.append(last.next)
    return found
