"""A number inside the house that rings phones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import attrs
from attrs.converters import optional

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.values.accounts import mailbox
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.names import MAX_CONTEXT, object_id, plain_name
from asterisk_realtime.values.numbers import EMERGENCY_NUMBERS
from asterisk_realtime.values.plain import whole_number

MAX_RING: Final = 3600
"""Longest time that a caller is let wait, in seconds."""

MAX_APPDATA: Final = 500
"""Characters of one step's arguments: Asterisk takes 511 bytes of them."""

_DIALLED: Final = re.compile(r"[A-Za-z0-9+*#.-]+")
_SPECIAL: Final = frozenset({"fax"})


def local_number(value: str, field: str = "exten") -> str:
    """
    Return *value* if a phone can dial it and it means nothing else.

    Digits, ``*``, ``#``, ``+``, and names of at least two letters.

    Raises:
        InvalidValueError: It cannot, begins a pattern, is an emergency number, or one that
            Asterisk goes to by itself (``h``, ``i``, ``s``, ``t``, ``fax``, ...).
    """
    if not isinstance(value, str) or not _DIALLED.fullmatch(value) or len(value) > MAX_CONTEXT:
        raise InvalidValueError(
            field, value, "no phone dials it", "use digits, '*', '#', '+' and letters"
        )
    if value in EMERGENCY_NUMBERS:
        raise InvalidValueError(
            field, value, "it is an emergency number, which must reach help", "choose another"
        )
    if (len(value) == 1 and value.isalpha()) or value in _SPECIAL:
        raise InvalidValueError(
            field, value, "Asterisk goes there by itself", "choose another, of two letters or more"
        )
    return value


def phone_ids(value: Iterable[str], field: str = "phones") -> tuple[str, ...]:
    """
    Return *value*, ids of phones, each once.

    Raises:
        InvalidValueError: There is none, one stands there twice, or together they are longer
            than Asterisk takes.
    """
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InvalidValueError(field, value, "it is no list", 'give a tuple such as ("100",)')
    found = tuple(object_id(item, field) for item in value)
    if not found or len(set(found)) < len(found):
        raise InvalidValueError(
            field, value, "nobody is rung, or somebody twice", "name each phone once"
        )
    if sum(len("&PJSIP/") + len(item) for item in found) > MAX_APPDATA:
        raise InvalidValueError(
            field, value, f"they take more than {MAX_APPDATA} characters", "use a queue"
        )
    return found


def _ring(value: int) -> int:
    return whole_number(value, "ring_seconds", lowest=1, highest=MAX_RING)


@attrs.frozen(kw_only=True, field_transformer=gather)
class LocalExtension(Spec):
    """
    A number that rings one phone or several at once, and then takes a message if it has a mailbox.

    Attributes:
        context: Where the callers are.
        exten: What they dial: ``100``.
        phones: Ids of the endpoints that ring; a phone of several devices rings on one of them.
        ring_seconds: How long they ring, 1 to 3600.
        voicemail: Mailbox that takes a message if nobody answers, ``100@default``; None for none.
    """

    context: str = attrs.field(converter=plain_name)
    exten: str = attrs.field(converter=local_number)
    phones: tuple[str, ...] = attrs.field(converter=phone_ids)
    ring_seconds: int = attrs.field(converter=_ring, default=30)
    voicemail: str | None = attrs.field(converter=optional(mailbox), default=None)
