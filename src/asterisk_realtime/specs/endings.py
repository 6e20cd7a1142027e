"""How the steps of a call end, if it does not go on elsewhere."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from asterisk_realtime.values.plain import member

if TYPE_CHECKING:
    from collections.abc import Mapping

    from asterisk_realtime.values.choice_words import EndingWord

Step = tuple[str, str]
"""An application, and its arguments."""

HANG_UP: Final[Step] = ("Hangup", "$[${HANGUPCAUSE} | 19]")
"""
The last step of a route: without it Asterisk would go on with a pattern's later steps.

The cause is the phone's, or, if that is 0, 19 (no answer, Q.850). So the caller gets 486 or 480,
and not 603, which stops every other attempt.
"""


class Ending(StrEnum):
    """How the steps to a destination end, if the call does not go on elsewhere."""

    CAUSE = "cause"
    """``Hangup()`` with the phone's cause, so that the caller gets 486 or 480."""

    PLAIN = "plain"
    """``Hangup()`` without arguments: the caller of an unanswered call gets 603."""

    OPEN = "open"
    """No further step: Asterisk ends the call according to its result."""


LAST_STEPS: Final[Mapping[Ending, tuple[Step, ...]]] = {
    Ending.CAUSE: (HANG_UP,),
    Ending.PLAIN: (("Hangup", ""),),
    Ending.OPEN: (),
}


def ending(value: Ending | EndingWord, field: str = "ending") -> Ending:
    """
    Return *value* as an `Ending`.

    Raises:
        ValidationError: It is not a member.
    """
    return member(Ending, value, field)
