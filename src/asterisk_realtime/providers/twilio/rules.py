"""Twilio's rules for credentials and accounts."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.providers.base import Source
from asterisk_realtime.values.cells import check_text

CREDENTIALS: Final = Source(
    "https://www.twilio.com/docs/voice/sip/api/sip-credential-resource", read=date(2026, 7, 31)
)
USERNAME_MAX: Final = 32
PASSWORD_MIN: Final = 12

_ACCOUNT_SID: Final = re.compile(r"AC[0-9a-f]{32}")


def username(value: str, field: str = "username") -> str:
    """
    Return *value* if it can be the user name of a Twilio credential.

    Raises:
        InvalidValueError: It is empty, longer than 32 characters, or holds a colon.
    """
    check_text(value, field, length=None)
    if len(value) > USERNAME_MAX:
        raise InvalidValueError(
            field, value, f"it has {len(value)} characters", f"Twilio's have at most {USERNAME_MAX}"
        )
    if ":" in value:
        raise InvalidValueError(
            field, value, "a colon separates it from the realm in a digest", "leave it out"
        )
    return value


def password(value: str, field: str = "password") -> str:
    """
    Return *value* if it can be the password of a Twilio credential.

    Raises:
        InvalidValueError: It has fewer than 12 characters, or lacks a digit, a lower-case or an
            upper-case letter.
    """
    check_text(value, field, length=255, secret=True)
    kinds = (str.isdigit, str.islower, str.isupper)
    if len(value) < PASSWORD_MIN or not all(any(map(kind, value)) for kind in kinds):
        raise InvalidValueError(
            field,
            value,
            "Twilio has no credential with such a password",
            f"it has {PASSWORD_MIN} characters or more, with digit, lower and upper case",
            secret=True,
        )
    return value


def account_sid(value: str, field: str = "account_sid") -> str:
    """
    Return *value* if it is the SID of a Twilio account: ``AC`` and 32 hexadecimal digits.

    Raises:
        InvalidValueError: It is not.
    """
    if not isinstance(value, str) or not _ACCOUNT_SID.fullmatch(value):
        raise InvalidValueError(
            field,
            value,
            "it is no account SID",
            "copy it from the Twilio console: AC and 32 digits 0-9 a-f",
        )
    return value
