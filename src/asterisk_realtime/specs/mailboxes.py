"""Voicemail boxes."""

from __future__ import annotations

from typing import Final

import attrs

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.values.cells import check_text
from asterisk_realtime.values.checked import gather, hidden
from asterisk_realtime.values.digits import digits
from asterisk_realtime.values.mail import mail_addresses
from asterisk_realtime.values.names import plain_name
from asterisk_realtime.values.plain import flag, whole_number
from asterisk_realtime.values.text import plain_text

MIN_PIN: Final = 4
MAX_PIN: Final = 20
MAX_MESSAGES: Final = 9999
"""Most messages in one folder (``apps/app_voicemail.c``, ``MAXMSGLIMIT``)."""

_MAX_ZONE: Final = 30
_MAX_NAME: Final = 79


def mailbox_number(value: str, field: str = "number") -> str:
    """
    Return *value* if callers can key it in as a mailbox: up to 20 digits.

    Raises:
        InvalidValueError: They cannot.
    """
    return digits(value, field, highest=20)


def pin(value: str, field: str = "pin") -> str:
    """
    Return *value* if it can be a mailbox's PIN: 4 to 20 digits.

    Raises:
        InvalidValueError: It cannot; the value is not shown.
    """
    return digits(value, field, lowest=MIN_PIN, highest=MAX_PIN, secret=True)


def _full_name(value: str, field: str = "full_name") -> str:
    return check_text(plain_text(value, field), field, length=_MAX_NAME)


def _messages(value: int, field: str = "max_messages") -> int:
    return whole_number(value, field, lowest=0, highest=MAX_MESSAGES)


def _zone(value: str, field: str = "timezone") -> str:
    name = plain_name(value, field)
    if len(name) > _MAX_ZONE:
        raise InvalidValueError(field, value, "it is too long", f"use at most {_MAX_ZONE}")
    return name


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
    context: str = attrs.field(converter=plain_name, default="default")
    pin: str | None = attrs.field(
        converter=attrs.converters.optional(pin), default=None, repr=hidden
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
        if self.pin == self.number:
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
