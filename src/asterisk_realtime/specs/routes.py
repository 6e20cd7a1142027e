"""Steps of the dialplan that lead calls out to a trunk and in from it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.values.caller_id import CallerId, caller_id
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.names import object_id, plain_name
from asterisk_realtime.values.numbers import e164, region_code
from asterisk_realtime.values.patterns import DialPattern, dial_pattern, dialled_as
from asterisk_realtime.values.plain import one_or_more

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLACE: Final = re.compile(r"([^,]+),([^,]+),(\d+)")


@attrs.frozen
class Destination:
    """
    A place in the dialplan.

    Attributes:
        context: Where it is.
        exten: Extension there.
        priority: Step of the extension, from 1.
    """

    context: str
    exten: str
    priority: int = 1

    def __str__(self) -> str:
        """Return the arguments of the application Goto."""
        return f"{self.context},{self.exten},{self.priority}"


def destination(value: str | Destination, field: str = "destination") -> Destination:
    """
    Return *value* as a place: ``"attendant,start,1"`` is context, extension, priority.

    Raises:
        InvalidValueError: It is no such place.
    """
    text = str(value) if isinstance(value, Destination) else value
    match = _PLACE.fullmatch(text) if isinstance(text, str) else None
    if match is None or int(match[3]) < 1:
        raise InvalidValueError(
            field, value, "it is no place in the dialplan", 'write "context,extension,1"'
        )
    return Destination(plain_name(match[1], field), plain_name(match[2], field), int(match[3]))


def trunk_names(value: str | Iterable[str], field: str = "trunk") -> tuple[str, ...]:
    """
    Return *value*, one id or several, as trunks in the order in which they are tried.

    Raises:
        InvalidValueError: It is empty, holds one twice, or one that can be no endpoint's id.
    """
    found = tuple(object_id(name, field) for name in one_or_more(value))
    if not found or len(set(found)) < len(found):
        raise InvalidValueError(
            field, value, "it names no trunk, or one twice", 'give "telnyx" or ["telnyx", "plivo"]'
        )
    return found


@attrs.frozen(kw_only=True, field_transformer=gather)
class OutboundRoute(Spec):
    """
    What happens when callers of a context dial a number that a trunk can reach.

    Attributes:
        context: Where the callers are; never one that strangers may enter.
        pattern: What they dial.
        trunk: Id of the endpoint that takes the call; several are tried in order, the next one
            where a trunk cannot be reached or refuses the call. A call that was answered, was not
            answered in time, or found the other side busy is not tried again.
        caller_id: Who calls; None takes each trunk's caller ID, and without any the caller's own.
        region: Country in whose national form they dial; None takes only ``+`` and E.164.
    """

    context: str = attrs.field(converter=plain_name)
    pattern: DialPattern = attrs.field(converter=dial_pattern)
    trunk: tuple[str, ...] = attrs.field(converter=trunk_names)
    region: str | None = attrs.field(converter=region_code, default=None)
    caller_id: str | CallerId | None = None

    @property
    def caller(self) -> CallerId | None:
        """Who calls, with the number in E.164."""
        if self.caller_id is None:
            return None
        return caller_id(self.caller_id, region=self.region)

    @property
    def dialled(self) -> str:
        """What the trunk dials, as Dial reads it."""
        return dialled_as(self.pattern, self.region)

    def agree(self) -> list[InvalidValueError]:
        """Tell whether the pattern and the caller's number mean numbers of the region."""
        errors = []
        for name in ("dialled", "caller"):
            try:
                getattr(self, name)
            except InvalidValueError as error:
                errors.append(error)
        return errors


@attrs.frozen(kw_only=True, field_transformer=gather)
class InboundRoute(Spec):
    """
    Where calls to a number go.

    Attributes:
        number: The number that was called, in E.164 as the provider sends it.
        context: Where the provider's calls enter the dialplan.
        destination: Where they go on.
    """

    number: str = attrs.field(converter=e164)
    context: str = attrs.field(converter=plain_name)
    destination: Destination = attrs.field(converter=destination)

    def agree(self) -> list[InvalidValueError]:
        """Tell whether the call gets anywhere."""
        if (self.destination.context, self.destination.exten) != (self.context, self.number):
            return []
        return [
            InvalidValueError(
                "destination",
                str(self.destination),
                "the call would go round in a circle",
                "send it to another extension",
            )
        ]
