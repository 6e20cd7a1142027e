"""
Where a call goes: a place in the dialplan, a phone, a queue, a mailbox, a follow-me profile.

Each is the steps that it means, and can be read back from them. No text of a user's gets into a
step but names and numbers that cannot hold anything that Asterisk would run or separate.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Final

import attrs

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.specs.mailboxes import mailbox_number
from asterisk_realtime.values import limits
from asterisk_realtime.values.checked import Checked, gather
from asterisk_realtime.values.choices import VoicemailGreeting
from asterisk_realtime.values.names import object_id, plain_name
from asterisk_realtime.values.plain import flag, member, text, whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

Step = tuple[str, str]
"""An application, and its arguments."""

HANG_UP: Final[Step] = ("Hangup", "$[${HANGUPCAUSE} | 19]")
"""
What ends a route: Asterisk would go on with a pattern's later steps without it.

The reason is the phone's, or, where that is 0, that nobody answered (Q.850): the caller gets 486 or
480, and not the 603 that stops every other attempt.
"""

MAX_SECONDS: Final = 86400
MAX_ARGUMENTS: Final = 511
"""Most bytes of one step's arguments."""

MAX_EVERY: Final = 5
"""Phones whose every device rings: each device takes up to a hundred of these 511 bytes."""

DEFAULT_VOICEMAIL_CONTEXT: Final = "default"

_MAX_MAILBOX: Final = limits.MAILBOX.most + 1 + limits.MAILBOX_CONTEXT.most

_ONE_EACH: Final = r"PJSIP/[^,&/@]+(?:&PJSIP/[^,&/@]+)*"
_EVERY_ONE: Final = r"\$\{PJSIP_DIAL_CONTACTS\([^,&()]+\)\}"
_EVERY: Final = rf"{_EVERY_ONE}(?:&{_EVERY_ONE})*"
_TIMEOUT_AND_OPTIONS: Final = r"(?:,(?P<timeout>[0-9]+)?(?:,(?P<options>[A-Za-z]+)?)?)?"
_LETTERS: Final = re.compile(r"[A-Za-z]{1,20}")
_PLACE: Final = re.compile(r"([^,]+),([^,]+),([1-9][0-9]{0,3})")


class Ending(StrEnum):
    """How the steps to a destination end, where the call does not go on elsewhere."""

    CAUSE = "cause"
    """``Hangup()`` with the phone's reason, so that the caller gets 486 or 480."""

    PLAIN = "plain"
    """``Hangup()`` as people write it: the caller of a call that nobody took gets 603."""

    OPEN = "open"
    """With the destination's own step: Asterisk ends the call by what became of it."""


_LAST_STEPS: Final[Mapping[Ending, tuple[Step, ...]]] = {
    Ending.CAUSE: (HANG_UP,),
    Ending.PLAIN: (("Hangup", ""),),
    Ending.OPEN: (),
}


@attrs.frozen
class Destination:
    """
    A place in the dialplan.

    Attributes:
        context: Where it is.
        exten: Extension there, as somebody dials it; no pattern.
        priority: Step of the extension, 1 to 9999.
    """

    context: str
    exten: str
    priority: int = 1

    def __str__(self) -> str:
        """Return the arguments of the application Goto."""
        return f"{self.context},{self.exten},{self.priority}"

    def steps(self, ending: Ending = Ending.CAUSE) -> tuple[Step, ...]:
        """Return what leads there. The place itself says how it ends."""
        del ending
        return (("Goto", str(self)),)


def _seconds(value: int, field: str = "timeout") -> int:
    return whole_number(value, field, lowest=1, highest=MAX_SECONDS)


def _every(value: bool) -> bool:  # noqa: FBT001 - a converter
    return flag(value, "every_device")


def _greeting(value: VoicemailGreeting | str, field: str = "greeting") -> VoicemailGreeting:
    return member(VoicemailGreeting, value, field)


def _options(value: str, field: str = "options") -> str:
    if not isinstance(value, str) or not _LETTERS.fullmatch(value):
        raise InvalidValueError(field, value, "it is not made of letters", 'write "tT"')
    return value


def _phones(value: Iterable[str], field: str = "also") -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise InvalidValueError(field, value, "it is no list", 'give a tuple such as ("101",)')
    return tuple(object_id(item, field) for item in value)


def place(value: str | Destination, field: str = "destination") -> Destination:
    """
    Return *value* as a place: ``"attendant,start,1"`` is context, extension, priority.

    Raises:
        InvalidValueError: It is no such place.
    """
    written = str(value) if isinstance(value, Destination) else value
    match = _PLACE.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise InvalidValueError(
            field, value, "it is no place in the dialplan", 'write "context,extension,1"'
        )
    context, exten = plain_name(match[1], field), plain_name(match[2], field)
    if exten.startswith("_"):
        raise InvalidValueError(
            field,
            value,
            "it leads to the text of a pattern, which is no extension",
            "name an extension as somebody dials it",
        )
    return Destination(context, exten, int(match[3]))


def ending(value: Ending | str, field: str = "ending") -> Ending:
    """
    Return *value* as an `Ending`.

    Raises:
        InvalidValueError: It is none.
    """
    return member(Ending, value, field)


def mailbox_name(value: str, field: str = "mailbox") -> str:
    """
    Return *value* as ``number@context``; a number alone is in context ``default``.

    Raises:
        InvalidValueError: It names no mailbox.
    """
    value = text(value, field, most=_MAX_MAILBOX, hint='write "100@default"')
    number, _at, context = value.partition("@")
    context = plain_name(context or DEFAULT_VOICEMAIL_CONTEXT, field)
    return f"{mailbox_number(number, field)}@{context}"


class Target(Checked, ABC):
    """
    What a call can be led to beside a place in the dialplan.

    Attributes:
        needs: What must be there: a word such as ``endpoint`` or ``queue``, with a name.
        shape: The applications that it is, each with a pattern of its arguments.
    """

    shape: ClassVar[tuple[tuple[str, str], ...]]

    @property
    @abstractmethod
    def needs(self) -> tuple[tuple[str, str], ...]:
        """What must be there for it."""

    @abstractmethod
    def own_steps(self) -> tuple[Step, ...]:
        """Return the steps to it."""

    @property
    def next(self) -> Destination | Target | None:
        """Where the call goes on if nobody took it there."""
        return getattr(self, "otherwise", None)

    def steps(self, ending: Ending = Ending.CAUSE) -> tuple[Step, ...]:
        """Return all steps, to the end of the call."""
        after = self.next.steps(ending) if self.next else _LAST_STEPS[ending]
        return (*self.own_steps(), *after)


def destination(
    value: str | Destination | Target, field: str = "destination"
) -> Destination | Target:
    """
    Return *value* as a destination; a text is a place, as in `Destination`.

    Raises:
        InvalidValueError: It is none.
    """
    return value if isinstance(value, Target) else place(value, field)


@attrs.frozen(field_transformer=gather)
class ToPhone(Target):
    """
    Ring a phone, or several at once.

    Attributes:
        phone: Id of its endpoint.
        also: Ids of further endpoints that ring with it, each once.
        every_device: Whether all devices ring that are registered as the phone; without it, one
            of them. There is room for about five devices in all (``pbx/pbx_realtime.c`` cuts the
            arguments of a step at 511 bytes, the addresses of the devices among them).
        timeout: Seconds that it rings; None rings on.
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

    def agree(self) -> list[InvalidValueError]:
        """Tell whether each phone rings once, and all fit into one step."""
        if self.phone in self.also or len(set(self.also)) < len(self.also):
            problem = "a phone would ring twice", "name each once"
        elif self.every_device and len(self.also) >= MAX_EVERY:
            problem = f"at most {MAX_EVERY} phones can ring on every device", "use a queue"
        elif len(self.own_steps()[0][1]) > MAX_ARGUMENTS:
            problem = f"Dial's arguments take more than {MAX_ARGUMENTS} characters", "use a queue"
        else:
            return []
        return [InvalidValueError("also", self.also, *problem)]

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
        timeout: Seconds that the caller waits; None waits on.
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
        greeting: Which greeting of its owner's the caller hears; None goes on to the
            instructions at once.
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
    Hear one's messages. Asterisk asks for the PIN.

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
    Look for somebody, one place after the other.

    Attributes:
        profile: Name of the follow-me profile.
        otherwise: Where the call goes on if nobody is found; None ends it.
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

_GREETINGS: Final = {greeting.value[0]: greeting for greeting in VoicemailGreeting}


def _arguments(*values: object) -> str:
    """Return the arguments of an application without those at the end that are not set."""
    text = ",".join("" if value is None else str(value) for value in values)
    return text.rstrip(",")


def chain(start: Destination | Target) -> list[Destination | Target]:
    """Return *start* and where the call goes on from there, in order."""
    found = [start]
    while isinstance(last := found[-1], Target) and last.next is not None:
        found.append(last.next)
    return found


def read_destination(steps: Sequence[Step]) -> tuple[Destination | Target, Ending]:
    """
    Return the destination that *steps* are, and how they end.

    The case of an application's name, and spellings of its arguments that mean the same, do not
    matter.

    Raises:
        InvalidValueError: No destination means these steps.
    """
    if len(steps) == 1 and steps[0][0].lower() == "goto":
        return place(steps[0][1]), Ending.CAUSE
    for target in TARGETS:
        match = _match(target, steps)
        if match is None:
            continue
        fields, rest = match
        for ending, last in _LAST_STEPS.items():
            if _same(rest, last):
                return target(**fields), ending
        if hasattr(target, "otherwise"):
            fields["otherwise"], ending = read_destination(rest)
            return target(**fields), ending
    raise InvalidValueError(
        "destination", list(steps), "these steps are another dialplan's", "leave them as they are"
    )


def _same(steps: Sequence[Step], others: Sequence[Step]) -> bool:
    return [(app.lower(), data) for app, data in steps] == [
        (app.lower(), data) for app, data in others
    ]


def _match(
    target: type[Target], steps: Sequence[Step]
) -> tuple[dict[str, Any], Sequence[Step]] | None:
    """Return the fields of a *target* whose steps come first and the rest, or None."""
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
