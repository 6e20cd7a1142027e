"""Destinations other than places: a phone, a queue, a mailbox, a follow-me profile."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.destinations import Destination, Target, destination
from asterisk_realtime.specs.mailboxes import mailbox_name
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.choices import VoicemailGreeting
from asterisk_realtime.values.names import object_id, plain_name
from asterisk_realtime.values.plain import flag, member, whole_number

if TYPE_CHECKING:
    from asterisk_realtime.specs.endings import Step
    from asterisk_realtime.values.choice_words import VoicemailGreetingWord

MAX_SECONDS: Final = 86400
MAX_ARGUMENTS: Final = 511
"""Most bytes of one step's arguments."""

MAX_EVERY: Final = 5
"""Most phones with ``every_device``: each device takes up to a hundred of these 511 bytes."""

_ONE_EACH: Final = r"PJSIP/[^,&/@]+(?:&PJSIP/[^,&/@]+)*"
_EVERY_ONE: Final = r"\$\{PJSIP_DIAL_CONTACTS\([^,&()]+\)\}"
_EVERY: Final = rf"{_EVERY_ONE}(?:&{_EVERY_ONE})*"
_TIMEOUT_AND_OPTIONS: Final = r"(?:,(?P<timeout>[0-9]+)?(?:,(?P<options>[A-Za-z]+)?)?)?"
_LETTERS: Final = re.compile(r"[A-Za-z]{1,20}")


def _seconds(value: int, field: str = "timeout") -> int:
    return whole_number(value, field, lowest=1, highest=MAX_SECONDS)


def _every(value: bool) -> bool:  # noqa: FBT001 - a converter
    return flag(value, "every_device")


def _greeting(
    value: VoicemailGreeting | VoicemailGreetingWord, field: str = "greeting"
) -> VoicemailGreeting:
    return member(VoicemailGreeting, value, field)


def _options(value: str, field: str = "options") -> str:
    if not isinstance(value, str) or not _LETTERS.fullmatch(value):
        raise ValidationError(field, value, "it is not made of letters", 'write "tT"')
    return value


def _phones(value: Iterable[str], field: str = "also") -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise ValidationError(field, value, "it is not a list", 'give a tuple such as ("101",)')
    return tuple(object_id(item, field) for item in value)


def _arguments(*values: object) -> str:
    """Return the arguments of an application, without unset ones at the end."""
    text = ",".join("" if value is None else str(value) for value in values)
    return text.rstrip(",")


@attrs.frozen(field_transformer=gather)
class ToPhone(Target):
    """
    Ring a phone, or several at once.

    Attributes:
        phone: Id of its endpoint.
        also: Ids of further endpoints that ring with it, each once.
        every_device: Whether all devices that are registered as the phone ring, or only one.
            There is room for about five devices in all, since ``pbx/pbx_realtime.c`` cuts the
            arguments of a step, which include the devices' addresses, at 511 bytes.
        timeout: Seconds for which it rings; None for no limit.
        otherwise: Where the call goes on if nobody answers; None ends it.
        options: Letters of Dial's options, such as ``tT`` to let people transfer the call.
    """

    shape = (
        (
            "Dial",
            rf"(?P<dialled>{_ONE_EACH}|{_EVERY}){_TIMEOUT_AND_OPTIONS}",
        ),
    )

    phone: str = attrs.field(converter=object_id)
    also: tuple[str, ...] = attrs.field(converter=_phones, default=(), kw_only=True)
    every_device: bool = attrs.field(converter=_every, default=False, kw_only=True)
    timeout: int | None = attrs.field(
        converter=attrs.converters.optional(_seconds), default=None, kw_only=True
    )
    otherwise: Destination | Target | None = attrs.field(
        converter=attrs.converters.optional(destination), default=None, kw_only=True
    )
    options: str | None = attrs.field(
        converter=attrs.converters.optional(_options), default=None, kw_only=True
    )

    @property
    def needs(self) -> tuple[tuple[str, str], ...]:
        """The phones."""
        return tuple(("endpoint", name) for name in (self.phone, *self.also))

    def agree(self) -> list[ValidationError]:
        """Return the error if a phone is named twice, or the phones do not fit into one step."""
        if self.phone in self.also or len(set(self.also)) < len(self.also):
            problem = "a phone would ring twice", "name each once"
        elif self.every_device and len(self.also) >= MAX_EVERY:
            problem = f"at most {MAX_EVERY} phones can ring on every device", "use a queue"
        elif len(self.own_steps()[0][1]) > MAX_ARGUMENTS:
            problem = f"Dial's arguments take more than {MAX_ARGUMENTS} characters", "use a queue"
        else:
            return []
        return [ValidationError("also", self.also, *problem)]

    @property
    def _dialled(self) -> str:
        form = "${{PJSIP_DIAL_CONTACTS({})}}" if self.every_device else "PJSIP/{}"
        return "&".join(form.format(name) for name in (self.phone, *self.also))

    def own_steps(self) -> tuple[Step, ...]:
        """Return Dial()."""
        return (("Dial", _arguments(self._dialled, self.timeout, self.options)),)


@attrs.frozen(field_transformer=gather)
class ToQueue(Target):
    """
    Wait in a queue.

    Attributes:
        queue: Its name.
        answer: Whether the call is answered first, so that its caller hears music at once.
        options: Letters of Queue's options, such as ``tT`` to let people transfer the call.
        timeout: Seconds for which the caller waits; None for no limit.
        otherwise: Where the call goes on after that, or if the queue is full or has nobody to
            answer; None ends it.
    """

    shape = (
        ("Answer", ""),
        (
            "Queue",
            r"(?P<queue>[^,]+)(?:,(?P<options>[A-Za-z]+)?(?:,,,(?P<timeout>[0-9]+)|,{,3}))?",
        ),
    )

    queue: str = attrs.field(converter=plain_name)
    timeout: int | None = attrs.field(
        converter=attrs.converters.optional(_seconds), default=None, kw_only=True
    )
    otherwise: Destination | Target | None = attrs.field(
        converter=attrs.converters.optional(destination), default=None, kw_only=True
    )

    answer: bool = attrs.field(converter=flag, default=True, kw_only=True)
    options: str | None = attrs.field(
        converter=attrs.converters.optional(_options), default=None, kw_only=True
    )

    @property
    def needs(self) -> tuple[tuple[str, str], ...]:
        """The queue."""
        return (("queue", self.queue),)

    def own_steps(self) -> tuple[Step, ...]:
        """Return Answer() and Queue()."""
        queue = ("Queue", _arguments(self.queue, self.options, None, None, self.timeout))
        return (("Answer", ""), queue) if self.answer else (queue,)


@attrs.frozen(field_transformer=gather)
class ToMailbox(Target):
    """
    Leave a message.

    Attributes:
        mailbox: ``number@context``; a number alone is in context ``default``.
        greeting: Which of the owner's greetings the caller hears; None plays only the
            instructions.
    """

    shape = (("VoiceMail", r"(?P<mailbox>[^,&]+)(?:,(?P<greeting>[ub]))?"),)

    mailbox: str = attrs.field(converter=mailbox_name)
    greeting: VoicemailGreeting | None = attrs.field(
        converter=attrs.converters.optional(_greeting),
        default=VoicemailGreeting.UNAVAILABLE,
        kw_only=True,
    )

    @property
    def needs(self) -> tuple[tuple[str, str], ...]:
        """The mailbox."""
        return (("mailbox", self.mailbox),)

    def own_steps(self) -> tuple[Step, ...]:
        """Return VoiceMail()."""
        letter = self.greeting.value[0] if self.greeting else None
        return (("VoiceMail", _arguments(self.mailbox, letter)),)


@attrs.frozen(field_transformer=gather)
class ToVoicemailMain(Target):
    """
    Listen to messages. Asterisk asks for the PIN.

    Attributes:
        mailbox: ``number@context``; None asks for the number too.
    """

    shape = (("VoiceMailMain", r"(?P<mailbox>[^,]+)?"),)

    mailbox: str | None = attrs.field(
        converter=attrs.converters.optional(mailbox_name), default=None
    )

    @property
    def needs(self) -> tuple[tuple[str, str], ...]:
        """The mailbox, if it names one."""
        return () if self.mailbox is None else (("mailbox", self.mailbox),)

    def own_steps(self) -> tuple[Step, ...]:
        """Return VoiceMailMain()."""
        return (("VoiceMailMain", self.mailbox or ""),)


@attrs.frozen(field_transformer=gather)
class ToFollowMe(Target):
    """
    Try the numbers of a follow-me profile, one step after the other.

    Attributes:
        profile: Name of the follow-me profile.
        otherwise: Where the call goes on if nobody answers; None ends it.
    """

    shape = (("FollowMe", r"(?P<profile>[^,]+)"),)

    profile: str = attrs.field(converter=plain_name)
    otherwise: Destination | Target | None = attrs.field(
        converter=attrs.converters.optional(destination), default=None, kw_only=True
    )

    @property
    def needs(self) -> tuple[tuple[str, str], ...]:
        """The profile."""
        return (("follow-me profile", self.profile),)

    def own_steps(self) -> tuple[Step, ...]:
        """Return FollowMe()."""
        return (("FollowMe", self.profile),)


TARGETS: Final[tuple[type[Target], ...]] = (
    ToPhone,
    ToQueue,
    ToMailbox,
    ToVoicemailMain,
    ToFollowMe,
)
