"""Read a destination back from the steps of the dialplan that lead there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.destinations import Destination, Target, place
from asterisk_realtime.specs.endings import LAST_STEPS, Ending
from asterisk_realtime.specs.targets import TARGETS, ToMailbox, ToQueue
from asterisk_realtime.values.choices import VoicemailGreeting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asterisk_realtime.specs.endings import Step

_GREETINGS: Final = {greeting.value[0]: greeting for greeting in VoicemailGreeting}


def read_destination(steps: Sequence[Step]) -> tuple[Destination | Target, Ending]:
    """
    Return the destination of *steps*, and how they end.

    The case of application names does not matter, and neither do spellings of arguments that mean
    the same.

    Raises:
        ValidationError: No destination has these steps.
    """
    if len(steps) == 1 and steps[0][0].lower() == "goto":
        return place(steps[0][1]), Ending.CAUSE
    for target in TARGETS:
        match = _match(target, steps)
        if match is None:
            continue
        fields, rest = match
        for ending, last in LAST_STEPS.items():
            if _same(rest, last):
                return target(**fields), ending
        if hasattr(target, "otherwise"):
            fields["otherwise"], ending = read_destination(rest)
            return target(**fields), ending
    raise ValidationError(
        "destination", list(steps), "these steps are not a destination", "leave them as they are"
    )


def _same(steps: Sequence[Step], others: Sequence[Step]) -> bool:
    return [(app.lower(), data) for app, data in steps] == [
        (app.lower(), data) for app, data in others
    ]


def _match(
    target: type[Target], steps: Sequence[Step]
) -> tuple[dict[str, Any], Sequence[Step]] | None:
    """Return the fields of *target* and the steps after its own, or None if it does not match."""
    shape = target.shape
    fields: dict[str, Any] = {}
    if target is ToQueue:
        fields["answer"] = bool(steps) and _same(steps[:1], shape[:1])
        shape = shape if fields["answer"] else shape[1:]
    if len(steps) < len(shape):
        return None
    for (app, pattern), (found, data) in zip(shape, steps, strict=False):
        match = re.fullmatch(pattern, data)
        if app.lower() != found.lower() or match is None:
            return None
        fields |= {name: text for name, text in match.groupdict().items() if text is not None}
    if "dialled" in fields:
        dialled = fields.pop("dialled")
        fields["phone"], *fields["also"] = re.findall(
            r"PJSIP(?:/|_DIAL_CONTACTS\()([^&()]+)", dialled
        )
        fields["every_device"] = dialled.startswith("$")
    if "timeout" in fields:
        fields["timeout"] = int(fields["timeout"])
    if target is ToMailbox:
        fields["greeting"] = _GREETINGS.get(fields.get("greeting", ""))
    return fields, steps[len(shape) :]
