"""Outbound routes, inbound routes and internal extensions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.destinations import Destination, Target, chain, destination
from asterisk_realtime.specs.endings import Ending, ending
from asterisk_realtime.specs.keys import Key
from asterisk_realtime.values import limits
from asterisk_realtime.values.caller_id import CallerId, caller_id
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.dialling import dialled_as
from asterisk_realtime.values.digits import local_number
from asterisk_realtime.values.names import object_id, plain_name
from asterisk_realtime.values.numbering import emergency_numbers
from asterisk_realtime.values.numbers import e164, region_code
from asterisk_realtime.values.patterns import DialPattern, dial_pattern
from asterisk_realtime.values.plain import flag, one_or_more, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from asterisk_realtime.models import Extension

_PREPENDED: Final = re.compile(r"(?:\+?[0-9]{1,19})?|\+")


def trunk_names(value: str | Iterable[str], field: str = "trunk") -> tuple[str, ...]:
    """
    Return *value*, one id or several, as trunks in the order in which they are tried.

    Raises:
        ValidationError: It is empty, holds one twice, or one that can be no endpoint's id.
    """
    found = tuple(object_id(name, field) for name in one_or_more(value))
    if not found or len(set(found)) < len(found):
        raise ValidationError(
            field, value, "it names no trunk, or one twice", 'give "telnyx" or ["telnyx", "plivo"]'
        )
    return found


def _strip(value: int, field: str = "strip") -> int:
    return whole_number(value, field, lowest=0, highest=limits.EXTENSION.most)


def _prepend(value: str, field: str = "prepend") -> str:
    if not isinstance(value, str) or not _PREPENDED.fullmatch(value):
        raise ValidationError(
            field, value, "it is not made of digits", 'write digits, or "+" and digits, at most 20'
        )
    return value


@attrs.frozen(kw_only=True, field_transformer=gather)
class OutboundRoute(Spec["tuple[Extension, ...]"]):
    """
    A route for calls from a context to a trunk.

    The dialled digits, without the first *strip* digits and with *prepend* before the rest, must be
    what people in *region* dial: a number of the country, with its national prefix if they dial
    one, a call abroad with the digits that begin such a call, or ``+`` and E.164.
    Emergency and service numbers of the region are sent unchanged, others as ``+`` and E.164.
    Asterisk has the rows after ``module reload pbx_config.so``, as `conf.render` configures it.

    Attributes:
        context: Context of the callers; not one that unauthenticated callers may enter.
        pattern: What they dial.
        trunk: Id of the trunk's endpoint, or several: the next one is tried if a trunk cannot be
            reached or refuses the call, but not if the called party is busy or does not answer.
        caller_id: Caller ID; None sends that of the trunk, or the caller's own if no trunk has one.
        region: Country whose national form they dial; None accepts only ``+`` and E.164.
        strip: How many digits callers dial before the number, such as 1 for a 9 that asks for an
            outside line.
        prepend: Digits of the number that callers leave out, as people in the region dial them,
            such as the area code of local numbers: ``"02"`` in Sydney, ``"212"`` in New York.
        as_dialled: Whether to send the result unchanged, without ``+`` and country code: for a
            provider's own service number.

    Sources: Asterisk's ``pbx/pbx_realtime.c`` and ``main/pbx.c``.
    """

    context: str = attrs.field(converter=plain_name)
    pattern: DialPattern = attrs.field(converter=dial_pattern)
    trunk: tuple[str, ...] = attrs.field(converter=trunk_names)
    region: str | None = attrs.field(converter=region_code, default=None)
    caller_id: str | CallerId | None = None
    strip: int = attrs.field(converter=_strip, default=0)
    prepend: str = attrs.field(converter=_prepend, default="")
    as_dialled: bool = attrs.field(converter=flag, default=False)

    @classmethod
    def key(cls, pattern: str | DialPattern, *, context: str) -> Key[Self, tuple[Extension, ...]]:
        """Return the key of the route of a pattern in a context."""
        text = pattern.text if isinstance(pattern, DialPattern) else pattern
        return Key.of(cls, context=context, pattern=text)

    @property
    def caller(self) -> CallerId | None:
        """The caller ID, with the number in E.164."""
        if self.caller_id is None:
            return None
        return caller_id(self.caller_id, region=self.region)

    @property
    def dialled(self) -> str:
        """The number that the trunk dials, or a dialplan expression for it."""
        return dialled_as(
            self.pattern,
            self.region,
            strip=self.strip,
            prepend=self.prepend,
            as_dialled=self.as_dialled,
        )

    def agree(self) -> list[ValidationError]:
        """Return errors about a pattern or a caller ID that is no number of the region."""
        if self.strip > len(self.pattern.elements):
            problem = f"{self.pattern} has {len(self.pattern.elements)} places before its end"
            return [ValidationError("strip", self.strip, problem, "give a smaller number")]
        errors = []
        for name in ("dialled", "caller"):
            try:
                getattr(self, name)
            except ValidationError as error:
                errors.append(error)
        return errors


def _loop_errors(context: str, exten: str, start: Destination | Target) -> list[ValidationError]:
    """Return the error if a call to *exten* leads back to it."""
    for item in chain(start):
        if isinstance(item, Destination) and (item.context, item.exten) == (context, exten):
            return [
                ValidationError(
                    "destination",
                    str(item),
                    "the call would lead back to itself",
                    "send it to another extension",
                )
            ]
    return []


def _called(value: str, field: str = "number") -> str:
    """Return a called number in E.164."""
    if isinstance(value, str) and not value.startswith("+"):
        raise ValidationError(
            field,
            value,
            "it does not begin with '+' and the country code",
            'write "+12025550123"; calls that arrive without the "+" are accepted too',
        )
    return e164(value, field)


@attrs.frozen(kw_only=True, field_transformer=gather)
class InboundRoute(Spec["tuple[Extension, ...]"]):
    """
    A route for calls to a number.

    The destination may be in a context with outbound routes: the caller reaches only that one
    extension. Do not let it dial digits that the caller enters, or callers call at your cost.
    Asterisk has the rows after ``module reload pbx_config.so``, as `conf.render` configures it.

    Attributes:
        number: The number that was called, in E.164: ``+`` and country code first.
        context: Dialplan context of the provider's calls.
        destination: Where they go: a phone, queue, mailbox or follow-me profile (`ToPhone`,
            `ToQueue`, `ToMailbox`, `ToFollowMe`), or a place in the dialplan, as a `Destination`
            or a text: ``"attendant,start,1"``.
        without_plus: Whether to accept calls for the number without its ``+`` too, as some
            providers send it.
        ending: How the steps end if the call does not go on elsewhere.

    Sources: Asterisk's ``pbx/pbx_realtime.c``.
    """

    number: str = attrs.field(converter=_called)
    context: str = attrs.field(converter=plain_name)
    destination: Destination | Target = attrs.field(converter=destination)
    without_plus: bool = attrs.field(converter=flag, default=True)
    ending: Ending = attrs.field(converter=ending, default=Ending.CAUSE)

    @classmethod
    def key(cls, number: str, *, context: str) -> Key[Self, tuple[Extension, ...]]:
        """Return the key of the route of a number in a context."""
        return Key.of(cls, context=context, number=number)

    @property
    def exten(self) -> str:
        """The called number."""
        return self.number

    @property
    def extens(self) -> tuple[str, ...]:
        """All forms in which the number may be dialled."""
        return (self.number, self.number[1:]) if self.without_plus else (self.number,)

    def agree(self) -> list[ValidationError]:
        """Return the error about a call that leads back to itself."""
        loops = (_loop_errors(self.context, exten, self.destination) for exten in self.extens)
        return next(filter(None, loops), [])


@attrs.frozen(kw_only=True, field_transformer=gather)
class InternalExtension(Spec["tuple[Extension, ...]"]):
    """
    An internal extension, by which the callers of a context reach phones, a queue or a mailbox.

    Asterisk has the rows after ``module reload pbx_config.so``, as `conf.render` configures it.

    Attributes:
        exten: What callers dial: digits, ``*``, ``#``, ``+``, or a name of two letters or more; not
            an extension that Asterisk itself uses, such as ``h``.
        context: Context of the callers. In a trunk's context, unauthenticated callers reach the
            destination as your phones do.
        destination: Where the call goes, as in an `InboundRoute`; `ToVoicemailMain` lets people
            hear their messages, but also lets anybody try PINs.
        region: Country whose emergency numbers the extension must not be, beside 911, 933, 112 and
            999. Those of a country that an outbound route of the context dials are refused anyway.
            Only checked: not stored, and not compared.
        replaces_emergency: Whether the extension may be an emergency number, which then leads to
            its destination and not to help. A first step that does nothing marks it in the rows.
        ending: See `InboundRoute`.

    Sources: Asterisk's ``pbx/pbx_realtime.c``.
    """

    exten: str = attrs.field(converter=local_number)
    context: str = attrs.field(converter=plain_name)
    destination: Destination | Target = attrs.field(converter=destination)
    region: str | None = attrs.field(converter=region_code, default=None, eq=False)
    replaces_emergency: bool = attrs.field(converter=flag, default=False)
    ending: Ending = attrs.field(converter=ending, default=Ending.CAUSE)

    @classmethod
    def key(cls, exten: str, *, context: str) -> Key[Self, tuple[Extension, ...]]:
        """Return the key of an extension in a context."""
        return Key.of(cls, context=context, exten=exten)

    @property
    def extens(self) -> tuple[str, ...]:
        """The extension, as a tuple."""
        return (self.exten,)

    def agree(self) -> list[ValidationError]:
        """Return errors about a call that leads back to itself, and about an emergency number."""
        return [
            *_loop_errors(self.context, self.exten, self.destination),
            *self._emergency(),
        ]

    def _emergency(self) -> list[ValidationError]:
        if self.replaces_emergency or self.exten not in emergency_numbers(self.region):
            return []
        return [
            ValidationError(
                "exten",
                self.exten,
                "it is an emergency number, which must reach help",
                "choose another number, or give replaces_emergency=True",
            )
        ]
