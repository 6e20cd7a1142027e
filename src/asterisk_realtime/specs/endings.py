"""How a call's steps end, where it does not go on elsewhere."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from asterisk_realtime.values.plain import member

if TYPE_CHECKING:
    from collections.abc import Mapping

Step = tuple[str, str]
"""An application, and its arguments."""

HANG_UP: Final[Step] = ("Hangup", "$[${HANGUPCAUSE} | 19]")
"""
What ends a route: Asterisk would go on with a pattern's later steps without it.

The reason is the phone's, or, where that is 0, that nobody answered (Q.850): the caller gets 486 or
480, and not the 603 that stops every other attempt.
"""


class Ending(StrEnum):
    """How the steps to a destination end, where the call does not go on elsewhere."""

    CAUSE = "cause"
    """``Hangup()`` with the phone's reason, so that the caller gets 486 or 480."""

    PLAIN = "plain"
    """``Hangup()`` as people write it: the caller of a call that nobody took gets 603."""

    OPEN = "open"
    """With the destination's own step: Asterisk ends the call by what became of it."""


LAST_STEPS: Final[Mapping[Ending, tuple[Step, ...]]] = {
    Ending.CAUSE: (HANG_UP,),
    Ending.PLAIN: (("Hangup", ""),),
    Ending.OPEN: (),
}


def ending(value: Ending | str, field: str = "ending") -> Ending:
    """
    Return *value* as an `Ending`.

    Raises:
        InvalidValueError: It is none.
    """
    return member(Ending, value, field)
