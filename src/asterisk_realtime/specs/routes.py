"""Steps of the dialplan that lead calls out to a trunk and in from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.destinations import Destination, Target, chain, destination
from asterisk_realtime.values.caller_id import CallerId, caller_id
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.digits import local_number
from asterisk_realtime.values.names import object_id, plain_name
from asterisk_realtime.values.numbers import e164, region_code
from asterisk_realtime.values.patterns import DialPattern, dial_pattern, dialled_as
from asterisk_realtime.values.plain import one_or_more

if TYPE_CHECKING:
    from collections.abc import Iterable


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


def _circle(context: str, exten: str, start: Destination | Target) -> list[InvalidValueError]:
    """Tell whether a call to *exten* comes back there."""
    for item in chain(start):
        if isinstance(item, Destination) and (item.context, item.exten) == (context, exten):
            return [
                InvalidValueError(
                    "destination",
                    str(item),
                    "the call would go round in a circle",
                    "send it to another extension",
                )
            ]
    return []


@attrs.frozen(kw_only=True, field_transformer=gather)
class InboundRoute(Spec):
    """
    Where calls to a number go.

    A place in the dialplan may lie in a context that calls out from: the caller gets to that one
    extension. Let it be none that dials what a stranger keys in, or the call is at your cost.

    Attributes:
        number: The number that was called, in E.164 as the provider sends it.
        context: Where the provider's calls enter the dialplan.
        destination: Where they go on: a phone, queue, mailbox or follow-me profile (`ToPhone`,
            `ToQueue`, `ToMailbox`, `ToFollowMe`), or a place in the dialplan, as a `Destination`
            or a text: ``"attendant,start,1"``.
    """

    number: str = attrs.field(converter=e164)
    context: str = attrs.field(converter=plain_name)
    destination: Destination | Target = attrs.field(converter=destination)

    @property
    def exten(self) -> str:
        """What is dialled."""
        return self.number

    def agree(self) -> list[InvalidValueError]:
        """Tell whether the call gets anywhere."""
        return _circle(self.context, self.exten, self.destination)


@attrs.frozen(kw_only=True, field_transformer=gather)
class InternalExtension(Spec):
    """
    What the callers of a context reach by a number of the house: phones, a queue, a mailbox.

    Attributes:
        exten: What they dial: digits, ``*``, ``#``, ``+``, or a name of two letters or more; no
            emergency number, and none that Asterisk goes to by itself.
        context: Where the callers are. In a trunk's context these are strangers, whom a number
            leads to its destination as it leads your phones.
        destination: Where the call goes on, as in an `InboundRoute`; `ToVoicemailMain` lets
            people hear their messages, and strangers try PINs.
    """

    exten: str = attrs.field(converter=local_number)
    context: str = attrs.field(converter=plain_name)
    destination: Destination | Target = attrs.field(converter=destination)

    def agree(self) -> list[InvalidValueError]:
        """Tell whether the call gets anywhere."""
        return _circle(self.context, self.exten, self.destination)
