"""Mail addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import limits
from asterisk_realtime.values.plain import fitting, matching, one_or_more

if TYPE_CHECKING:
    from collections.abc import Iterable

# What Asterisk writes into a mail's head and hands to sendmail: no blank, quote, bracket or list.
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?_{}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")

SEPARATOR: Final = "|"
"""Between several addresses in ``voicemail.email`` (``apps/app_voicemail.c``)."""


def mail_addresses(value: str | Iterable[str], field: str = "emails") -> tuple[str, ...]:
    """
    Return *value* as mail addresses; a text is one.

    Raises:
        ValidationError: One is not a plain ``name@host``, is there twice, or all together are
            longer than the column.
    """
    listed = one_or_more(value, field, "give a tuple of addresses")
    found = tuple(_address(item, field) for item in listed)
    if len({item.lower() for item in found}) < len(found):
        raise ValidationError(field, value, "an address is there twice", "leave one out")
    hint = "use a distribution list"
    return fitting(found, value, field, hint, most=limits.MAIL.most, separator=SEPARATOR)


def _address(value: object, field: str) -> str:
    problem, hint = "it is not a mail address", "write name@host"
    found = matching(_ADDRESS, value, field, problem, hint, most=limits.MAIL.most)
    if "${" in found or "$[" in found:
        raise ValidationError(field, found, problem, hint)
    return found
