"""Find-me/follow-me: numbers that are tried one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.keys import Key
from asterisk_realtime.values import limits
from asterisk_realtime.values.checked import Checked, gather
from asterisk_realtime.values.digits import dialled_number, keys
from asterisk_realtime.values.names import music_class_name, plain_name
from asterisk_realtime.values.plain import fitting, flag, instances, is_a, items, text, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from asterisk_realtime.models import FollowMeRows

SEPARATOR: Final = "&"
MAX_STEPS: Final = 99
MAX_SECONDS: Final = 3600


def _seconds(value: int, field: str = "timeout") -> int:
    return whole_number(value, field, lowest=1, highest=MAX_SECONDS)


def _keys(value: str, field: str = "keys") -> str:
    return keys(value, field, highest=limits.KEYS.most)


def _numbers(value: str | Iterable[str], field: str = "numbers") -> tuple[str, ...]:
    """Return *value* as numbers; a text is one, or several with ``&`` between them."""
    given = (
        text(value, field, most=limits.NUMBERS.most).split(SEPARATOR) if is_a(value, str) else value
    )
    listed = items(given, field, "give a tuple of numbers")
    found = tuple(dialled_number(item, field) for item in listed)
    if not found:
        raise ValidationError(field, value, "it is empty", "give a number")
    if len(set(found)) < len(found):
        raise ValidationError(field, value, "a number is there twice", "leave one out")
    most = limits.NUMBERS.most
    return fitting(found, value, field, "make two steps", most=most, separator=SEPARATOR)


@attrs.frozen(kw_only=True, field_transformer=gather)
class FollowMeStep(Checked):
    """
    Numbers that ring at the same time.

    Attributes:
        numbers: Numbers dialled in the profile's context: extensions, or E.164 with its ``+``.
        timeout: Seconds that they ring.
    """

    numbers: tuple[str, ...] = attrs.field(converter=_numbers)
    timeout: int = attrs.field(converter=_seconds, default=25)


def _steps(value: Iterable[FollowMeStep], field: str = "steps") -> tuple[FollowMeStep, ...]:
    found = instances(
        value, FollowMeStep, field, "it is not a list of steps", "give FollowMeStep(...)"
    )
    if not 1 <= len(found) <= MAX_STEPS:
        raise ValidationError(field, value, f"it has {len(found)} steps", f"give 1 to {MAX_STEPS}")
    return found


@attrs.frozen(kw_only=True, field_transformer=gather)
class FollowMeProfile(Spec["FollowMeRows"]):
    """
    The numbers that FollowMe() tries, in order.

    Callers reach it by a route, such as an `InboundRoute` to `ToFollowMe`.

    Attributes:
        name: Name of the profile, as in FollowMe().
        steps: The steps, tried one after the other.
        context: Dialplan context in which the numbers are dialled. Its routes decide the costs.
        ask: Whether the person who answers is asked to accept the call; None takes the setting in
            followme.conf.
        take_call: Keys that accept the call; None takes those in followme.conf.
        decline_call: Keys that decline it; None takes those in followme.conf.
        music_class: Music that the caller hears meanwhile; None takes Asterisk's default.
        active: Whether the profile is used; FollowMe() does not find one that is not.

    Sources: Asterisk's ``apps/app_followme.c``.
    """

    name: str = attrs.field(converter=plain_name)
    steps: tuple[FollowMeStep, ...] = attrs.field(converter=_steps)
    context: str = attrs.field(converter=plain_name)
    ask: bool | None = attrs.field(converter=attrs.converters.optional(flag), default=None)
    take_call: str | None = attrs.field(converter=attrs.converters.optional(_keys), default=None)
    decline_call: str | None = attrs.field(converter=attrs.converters.optional(_keys), default=None)
    music_class: str | None = attrs.field(
        converter=attrs.converters.optional(music_class_name), default=None
    )
    active: bool = attrs.field(converter=flag, default=True)

    @classmethod
    def key(cls, name: str) -> Key[Self, FollowMeRows]:
        """Return the key of a profile."""
        return Key.of(cls, name=name)

    def agree(self) -> list[ValidationError]:
        """Return the error if the keys of one choice begin with those of the other."""
        take, decline = self.take_call, self.decline_call
        if take is None or decline is None:
            return []
        if not take.startswith(decline) and not decline.startswith(take):
            return []
        return [
            ValidationError(
                "decline_call", decline, f"it begins like take_call, {take!r}", "use other keys"
            )
        ]
