"""Mail addresses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from asterisk_realtime.errors import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

# What Asterisk writes into a mail's head and hands to sendmail: no blank, quote, bracket or list.
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?_{}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")

SEPARATOR: Final = "|"
"""Between several addresses in ``voicemail.email`` (``apps/app_voicemail.c``)."""

MAX_ADDRESSES: Final = 254
"""Characters that ``voicemail.email`` holds."""


def mail_addresses(value: str | Iterable[str], field: str = "emails") -> tuple[str, ...]:
    """
    Return *value* as mail addresses; a text is one.

    Raises:
        InvalidValueError: One is no plain ``name@host``, is there twice, or all together are
            longer than the column.
    """
    items = (value,) if isinstance(value, str) else value
    if not hasattr(items, "__iter__"):
        raise InvalidValueError(field, value, "it is no list", "give a tuple of addresses")
    found = tuple(items)
    for item in found:
        if not isinstance(item, str) or not _ADDRESS.fullmatch(item) or "${" in item:
            raise InvalidValueError(field, item, "it is no mail address", "write name@host")
    if len({item.lower() for item in found}) < len(found):
        raise InvalidValueError(field, value, "an address is there twice", "leave one out")
    if len(SEPARATOR.join(found)) > MAX_ADDRESSES:
        raise InvalidValueError(
            field,
            value,
            f"together they are longer than {MAX_ADDRESSES} characters",
            "use a distribution list",
        )
    return found
