"""Voicemail boxes."""

from __future__ import annotations

import re
from typing import Final

import attrs

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.values import limits
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.mail import mail_addresses
from asterisk_realtime.values.names import plain_name
from asterisk_realtime.values.plain import flag, is_a, matching, secret_text, text, whole_number
from asterisk_realtime.values.secret import SECRET, Secret
from asterisk_realtime.values.text import display_text

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
        InvalidValueError: They cannot.
    """
    if not is_a(value, str):
        raise InvalidValueError(field, value, "it is not text", 'write the digits in quotes: "101"')
    most = limits.MAILBOX.most
    hint = f"use 1 to {most} digits, 0 to 9"
    return matching(_DIGITS, value, field, "it is not made of digits alone", hint, most=most)


def mailbox_name(value: str, field: str = "mailbox") -> str:
    """
    Return *value* as ``number@context``; a number alone is in context ``default``.

    Raises:
        InvalidValueError: It is not a mailbox.
    """
    value = text(value, field, most=_MAX_MAILBOX, hint='write "100@default"')
    number, _at, context = value.partition("@")
    context = plain_name(context or DEFAULT_VOICEMAIL_CONTEXT, field)
    return f"{mailbox_number(number, field)}@{context}"


def pin(value: str | Secret, field: str = "pin") -> Secret:
    """
    Return *value* if it can be a mailbox's PIN: 4 to 20 digits.

    Raises:
        InvalidValueError: It cannot; the value is not shown.
    """
    found = secret_text(value, field)
    fault = _pin_fault(found.reveal())
    if fault is not None:
        hint = f"use {MIN_PIN} to {limits.PIN.most} digits, 0 to 9"
        raise InvalidValueError(field, found, fault, hint, secret=True)
    return found


def _pin_fault(text: str) -> str | None:
    if not MIN_PIN <= len(text) <= limits.PIN.most:
        return f"it has {len(text)} characters"
    return None if _DIGITS.fullmatch(text) else "it is not made of digits alone"


def _full_name(value: str, field: str = "full_name") -> str:
    return display_text(value, field, limits.FULL_NAME)


def _messages(value: int, field: str = "max_messages") -> int:
    return whole_number(value, field, lowest=0, highest=MAX_MESSAGES)


def _zone(value: str, field: str = "timezone") -> str:
    return plain_name(value, field, most=limits.ZONE.most)


@attrs.frozen(kw_only=True, field_transformer=gather)
class Mailbox(Spec):
    """
    A voicemail box.

    Attributes:
        number: What callers key in: up to 20 digits.
        context: Voicemail context, which has nothing to do with the dialplan.
        pin: 4 to 20 digits, for a new mailbox; None draws six. Its owner may change it by
            telephone, so that of a mailbox which is there stays: `set_mailbox_pin` sets it anew.
        full_name: Name in mails and in Directory().
        emails: Where a mail goes for each new message; empty for nowhere.
        attach: Whether the recording is attached; None takes voicemail.conf's.
        delete: Whether a message is deleted once it was mailed; needs *emails* and *attach*.
        timezone: Name of a zone of ``[zonemessages]`` in voicemail.conf; None takes the server's.
        max_messages: Most messages in one folder; 0 takes none, None takes voicemail.conf's.
    """

    number: str = attrs.field(converter=mailbox_number)
    context: str = attrs.field(converter=plain_name, default=DEFAULT_VOICEMAIL_CONTEXT)
    pin: Secret | None = attrs.field(
        converter=attrs.converters.optional(pin), default=None, metadata=SECRET
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

    def agree(self) -> list[InvalidValueError]:
        """Tell whether the PIN can be guessed, and whether messages would be lost."""
        errors = []
        if self.pin is not None and self.pin == self.number:
            errors.append(
                InvalidValueError(
                    "pin",
                    self.pin,
                    "it is the mailbox's number, which everybody would try first",
                    "choose another",
                    secret=True,
                )
            )
        if self.delete and not (self.emails and self.attach):
            errors.append(
                InvalidValueError(
                    "delete",
                    self.delete,
                    "messages would be lost",
                    "give emails, and attach=True, or leave delete out",
                )
            )
        return errors
