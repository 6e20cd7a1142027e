"""Voicemail boxes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.keys import Key
from asterisk_realtime.values import limits
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.mail import mail_addresses
from asterisk_realtime.values.names import plain_name
from asterisk_realtime.values.plain import flag, is_a, matching, secret_text, text, whole_number
from asterisk_realtime.values.secret import SECRET, Secret
from asterisk_realtime.values.text import display_text
from asterisk_realtime.values.words import GENERATE, KEEP, Generate, Keep, refuse_word

if TYPE_CHECKING:
    from typing import Self

    from asterisk_realtime.models import Voicemail

MIN_PIN: Final = 4
MAX_MESSAGES: Final = 9999
"""Most messages in one folder (``apps/app_voicemail.c``, ``MAXMSGLIMIT``)."""

DEFAULT_VOICEMAIL_CONTEXT: Final = "default"

_MAX_MAILBOX: Final = limits.MAILBOX.most + 1 + limits.MAILBOX_CONTEXT.most
_DIGITS: Final = re.compile(r"[0-9]+")


def mailbox_number(value: str, field: str = "number") -> str:
    """
    Return *value* if callers can key it in as a mailbox: up to 20 digits.

    Raises:
        ValidationError: They cannot.
    """
    if not is_a(value, str):
        raise ValidationError(field, value, "it is not text", 'write the digits in quotes: "101"')
    most = limits.MAILBOX.most
    hint = f"use 1 to {most} digits, 0 to 9"
    return matching(_DIGITS, value, field, "it is not made of digits alone", hint, most=most)


def mailbox_name(value: str, field: str = "mailbox") -> str:
    """
    Return *value* as ``number@context``; a number alone is in context ``default``.

    Raises:
        ValidationError: It is not a mailbox.
    """
    value = text(value, field, most=_MAX_MAILBOX, hint='write "100@default"')
    number, _at, context = value.partition("@")
    context = plain_name(context or DEFAULT_VOICEMAIL_CONTEXT, field)
    return f"{mailbox_number(number, field)}@{context}"


def pin(value: str | Secret, field: str = "pin") -> Secret:
    """
    Return *value* if it can be a mailbox's PIN: 4 to 20 digits.

    Raises:
        ValidationError: It cannot; the value is not shown.
    """
    found = secret_text(value, field)
    fault = _pin_fault(found.reveal())
    if fault is not None:
        hint = f"use {MIN_PIN} to {limits.PIN.most} digits, 0 to 9"
        raise ValidationError(field, found, fault, hint, secret=True)
    return found


def _pin_fault(text: str) -> str | None:
    if not MIN_PIN <= len(text) <= limits.PIN.most:
        return f"it has {len(text)} characters"
    return None if _DIGITS.fullmatch(text) else "it is not made of digits alone"


def _pin_or_word(value: str | Secret | Generate | Keep) -> Secret | Generate | Keep:
    if value is GENERATE or value is KEEP:
        return value
    refuse_word(value, "pin", "give one, or leave it out to have one generated")
    return pin(value)


def _full_name(value: str, field: str = "full_name") -> str:
    return display_text(value, field, limits.FULL_NAME)


def _messages(value: int, field: str = "max_messages") -> int:
    return whole_number(value, field, lowest=0, highest=MAX_MESSAGES)


def _zone(value: str, field: str = "timezone") -> str:
    return plain_name(value, field, most=limits.ZONE.most)


@attrs.frozen(kw_only=True, field_transformer=gather)
class Mailbox(Spec["Voicemail"]):
    """
    A voicemail box.

    Callers reach it by a route, such as an `InboundRoute` to `ToMailbox`, and its owner by one to
    `ToVoicemailMain`. The row that `create` returns has the PIN as its ``password``, including a
    generated one.

    Attributes:
        number: What callers key in: up to 20 digits.
        context: Voicemail context; not a dialplan context.
        pin: PIN of a new mailbox, 4 to 20 digits; ``GENERATE`` generates six digits. An existing
            mailbox keeps its PIN, since the owner may change it by telephone: use `set_password` or
            `rotate_password`. `get` returns ``KEEP`` if the owner chose a PIN that a spec would
            refuse.
        full_name: Name in mails and in Directory().
        emails: Addresses that get a mail for each new message.
        attach: Whether the recording is attached; None takes the setting in voicemail.conf.
        delete: Whether a message is deleted after it is mailed; needs *emails* and *attach*.
        timezone: Name of a zone of ``[zonemessages]`` in voicemail.conf; None takes the server's.
        max_messages: Most messages in one folder; 0 accepts none, None takes voicemail.conf's.

    Sources: Asterisk's ``apps/app_voicemail.c``.
    """

    number: str = attrs.field(converter=mailbox_number)
    context: str = attrs.field(converter=plain_name, default=DEFAULT_VOICEMAIL_CONTEXT)
    pin: Secret | Generate | Keep = attrs.field(
        converter=_pin_or_word, default=GENERATE, metadata=SECRET
    )
    full_name: str | None = attrs.field(
        converter=attrs.converters.optional(_full_name), default=None
    )
    emails: tuple[str, ...] = attrs.field(converter=mail_addresses, default=())
    attach: bool | None = attrs.field(converter=attrs.converters.optional(flag), default=None)
    delete: bool = attrs.field(converter=flag, default=False)
    timezone: str | None = attrs.field(converter=attrs.converters.optional(_zone), default=None)
    max_messages: int | None = attrs.field(
        converter=attrs.converters.optional(_messages), default=None
    )

    @classmethod
    def key(cls, number: str, context: str = DEFAULT_VOICEMAIL_CONTEXT) -> Key[Self, Voicemail]:
        """Return the key of a mailbox."""
        return Key.of(cls, number=number, context=context)

    def agree(self) -> list[ValidationError]:
        """Return errors about a PIN that is easy to guess, and messages that would be lost."""
        errors = []
        if isinstance(self.pin, Secret) and self.pin == self.number:
            errors.append(
                ValidationError(
                    "pin",
                    self.pin,
                    "it is the mailbox's number, which everybody would try first",
                    "choose another",
                    secret=True,
                )
            )
        if self.delete and not (self.emails and self.attach):
            errors.append(
                ValidationError(
                    "delete",
                    self.delete,
                    "messages would be lost",
                    "give emails, and attach=True, or leave delete out",
                )
            )
        return errors
