"""Twilio's rules for credentials and accounts."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.providers.base import Source
from asterisk_realtime.values import accounts
from asterisk_realtime.values.plain import matching

if TYPE_CHECKING:
    from asterisk_realtime.values.secret import Secret

CREDENTIALS: Final = Source(
    "https://www.twilio.com/docs/voice/sip/api/sip-credential-resource", read=date(2026, 7, 31)
)
USERNAME_MAX: Final = 32
PASSWORD_MIN: Final = 12

_SID_LENGTH: Final = 34
_ACCOUNT_SID: Final = re.compile(r"AC[0-9a-f]{32}")


def username(value: str, field: str = "username") -> str:
    """
    Return *value* if it can be the user name of a Twilio credential.

    Raises:
        ValidationError: It is empty, longer than 32 characters, or holds a quote, a backslash or
            a colon.
    """
    found = accounts.username(value, field)
    if len(found) > USERNAME_MAX:
        raise ValidationError(
            field, found, f"it has {len(found)} characters", f"Twilio's have at most {USERNAME_MAX}"
        )
    return found


def password(value: str | Secret, field: str = "password") -> Secret:
    """
    Return *value* if it can be the password of a Twilio credential.

    Raises:
        ValidationError: It has fewer than 12 characters, or lacks a digit, a lower-case or an
            upper-case letter.
    """
    found = accounts.password(value, field)
    if not _is_strong(found):
        raise ValidationError(
            field,
            found,
            "Twilio refuses such a password",
            f"use {PASSWORD_MIN} characters or more, with digit, lower and upper case",
            secret=True,
        )
    return found


def _is_strong(secret: Secret) -> bool:
    kinds = (str.isdigit, str.islower, str.isupper)
    enough = len(secret.reveal()) >= PASSWORD_MIN
    return enough and all(any(map(kind, secret.reveal())) for kind in kinds)


def account_sid(value: str, field: str = "account_sid") -> str:
    """
    Return *value* if it is the SID of a Twilio account: ``AC`` and 32 hexadecimal digits.

    Raises:
        ValidationError: It is not.
    """
    hint = "copy it from the Twilio console: AC and 32 digits 0-9 a-f"
    return matching(_ACCOUNT_SID, value, field, "it is not an account SID", hint, most=_SID_LENGTH)
