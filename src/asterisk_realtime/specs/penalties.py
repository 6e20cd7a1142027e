"""Penalty rules of queues: which members ring when a caller has waited for some time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.keys import Key
from asterisk_realtime.specs.queues import count, seconds
from asterisk_realtime.values.checked import Checked, gather
from asterisk_realtime.values.names import plain_name
from asterisk_realtime.values.plain import instances, is_a, matching, text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from asterisk_realtime.models import QueueRule

_MAX_STEP: Final = 10
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,9}")
_STEP: Final = re.compile(r"[+-][1-9][0-9]{0,8}")


def _change(value: int | str, field: str = "penalty") -> int | str:
    """Return a penalty, or a signed step of one; a step of 0 is refused, since it does nothing."""
    problem = "it is not a penalty"
    hint = "give a number from 0, or a step such as '+1' or '-5', without leading zeros"
    if not is_a(value, str):
        if not is_a(value, int) or type(value) is bool:
            raise ValidationError(field, value, problem, hint)
        return count(value, field)
    found = text(value, field, most=_MAX_STEP)
    if _NUMBER.fullmatch(found):
        return count(int(found), field)
    return matching(_STEP, found, field, problem, hint, most=_MAX_STEP)


@attrs.frozen(kw_only=True, field_transformer=gather)
class PenaltyStep(Checked):
    """
    A change of the penalty limits of a waiting caller.

    A number replaces the limit; a text with a sign (``"+1"``) moves it; None leaves it.

    Attributes:
        after: Seconds of waiting after which the change is made.
        min_penalty: New QUEUE_MIN_PENALTY.
        max_penalty: New QUEUE_MAX_PENALTY.
        raise_penalty: New QUEUE_RAISE_PENALTY: members with a lower penalty count as having it.
    """

    after: int = attrs.field(converter=seconds)
    min_penalty: int | str | None = attrs.field(
        converter=attrs.converters.optional(_change), default=None
    )
    max_penalty: int | str | None = attrs.field(
        converter=attrs.converters.optional(_change), default=None
    )
    raise_penalty: int | str | None = attrs.field(
        converter=attrs.converters.optional(_change), default=None
    )

    def agree(self) -> list[ValidationError]:
        """Return the error if the step changes nothing, or leaves nobody to ring."""
        low, high = self.min_penalty, self.max_penalty
        if isinstance(low, int) and isinstance(high, int) and low > high:
            problem = f"no member has a penalty from {low} to {high}"
            return [ValidationError("min_penalty", low, problem, "give one up to max_penalty")]
        if (self.min_penalty, self.max_penalty, self.raise_penalty) != (None, None, None):
            return []
        return [
            ValidationError(
                "max_penalty", None, "the step changes nothing", "give one of the penalties"
            )
        ]


def _steps(value: Iterable[PenaltyStep], field: str = "steps") -> tuple[PenaltyStep, ...]:
    """Return *value* as steps in the order of their times."""
    problem, hint = "a rule needs steps", "give a tuple of PenaltyStep"
    found = instances(value, PenaltyStep, field, problem, hint)
    if not found:
        raise ValidationError(field, value, problem, hint)
    if len({step.after for step in found}) < len(found):
        raise ValidationError(field, value, "two steps have the same time", "make one of them")
    return tuple(sorted(found, key=lambda step: step.after))


@attrs.frozen(kw_only=True, field_transformer=gather)
class PenaltyRule(Spec["tuple[QueueRule, ...]"]):
    """
    How the penalty limits of a caller change while the caller waits.

    Asterisk reads it after ``module reload app_queue.so``, and only with ``realtime_rules = yes``
    in section ``[general]`` of queuerules.conf.

    Attributes:
        name: Name for ``default_rule`` of a queue.
        steps: The changes, in the order of their times.

    Sources: Asterisk's ``apps/app_queue.c`` (``load_realtime_rules``).
    """

    name: str = attrs.field(converter=plain_name)
    steps: tuple[PenaltyStep, ...] = attrs.field(converter=_steps)

    @classmethod
    def key(cls, name: str) -> Key[Self, tuple[QueueRule, ...]]:
        """Return the key of a penalty rule."""
        return Key.of(cls, name=name)
