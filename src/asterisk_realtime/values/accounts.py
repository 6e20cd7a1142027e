"""Credentials of SIP accounts: user names, passwords, realms and digests."""

from __future__ import annotations

import hashlib
import secrets
import string
from typing import TYPE_CHECKING, Final

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import limits
from asterisk_realtime.values.cells import check_secret, check_text
from asterisk_realtime.values.choices import DigestAlgorithm
from asterisk_realtime.values.plain import items, member
from asterisk_realtime.values.text import display_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asterisk_realtime.values.choice_words import DigestAlgorithmWord
    from asterisk_realtime.values.secret import Secret

MIN_PASSWORD: Final = 8
"""Fewest characters of a password, unless a weak one is allowed."""

GENERATED_LENGTH: Final = 24
"""Characters of a generated password: about 119 bits, from 31 characters that look distinct."""

_LETTERS: Final = "".join(
    char for char in string.ascii_lowercase + string.digits if char not in "01ilo"
)
_HASHES: Final = {
    DigestAlgorithm.MD5: "md5",
    DigestAlgorithm.SHA_256: "sha256",
    DigestAlgorithm.SHA_512_256: "sha512_256",
}


def new_password() -> str:
    """Return a new random password, which can be typed into any phone."""
    return "".join(secrets.choice(_LETTERS) for _ in range(GENERATED_LENGTH))


def password(value: str | Secret, field: str = "password") -> Secret:
    """
    Return *value* if it can be a password: any text without control characters.

    Raises:
        ValidationError: It cannot, or its stored form is longer than 255 characters.
    """
    return check_secret(value, field, length=limits.PASSWORD.most)


def weakness(secret: Secret | None, *names: str | None) -> str | None:
    """Return why *secret* is easy to guess for somebody who knows *names*; None if it is not."""
    if secret is None:
        return None
    if len(secret.reveal()) < MIN_PASSWORD:
        return f"it has fewer than {MIN_PASSWORD} characters"
    if secret.reveal().casefold() in {name.casefold() for name in names if name}:
        return "it is the id or user name, which everybody would try first"
    return None


def weak_password_errors(
    secret: Secret | None, *names: str | None, allowed: bool, field: str = "password"
) -> list[ValidationError]:
    """Return the error about a password that is easy to guess, unless it is *allowed*."""
    problem = None if allowed else weakness(secret, *names)
    if problem is None:
        return []
    hint = "choose a longer one, leave a phone's out to have one generated, "
    hint += "or give allow_weak_password=True"
    return [ValidationError(field, secret, problem, hint, secret=True)]


def username(value: str, field: str = "username") -> str:
    """
    Return *value* if it can be a user name of digest authentication.

    Raises:
        ValidationError: It holds a quote, a backslash, a colon or a control character, or its
            stored form is longer than 255 characters.
    """
    return _quotable(value, field, '":\\')


def realm(value: str, field: str = "realm") -> str:
    """
    Return *value* if it can be the realm of a challenge.

    Raises:
        ValidationError: It holds a quote, a backslash or a control character, or its stored
            form is longer than 255 characters.
    """
    return _quotable(value, field, '"\\')


def _quotable(value: str, field: str, refused: str) -> str:
    found = display_text(value, field, limits.USERNAME)
    for mark in refused:
        if mark in found:
            raise ValidationError(field, found, f"{mark!r} is special in a digest", "leave it out")
    return found


def algorithms(
    value: Iterable[DigestAlgorithm | DigestAlgorithmWord], field: str = "algorithms"
) -> tuple[DigestAlgorithm, ...]:
    """
    Return *value*, hashes of digest authentication, the preferred one first.

    Raises:
        ValidationError: The list is empty, holds a hash twice, or one that Asterisk does not
            know.
    """
    problem, hint = "it is not a list of different hashes", 'give a tuple such as ("SHA-256",)'
    names = items(value, field, hint, problem=problem)
    found = tuple(member(DigestAlgorithm, name, field) for name in names)
    if not found or len(set(found)) < len(found):
        raise ValidationError(field, value, problem, hint)
    return found


def digest(algorithm: DigestAlgorithm, username: str, realm: str, password: Secret) -> str:
    """Return the hash that proves a password in a realm, in hex (RFC 8760, section 2.4)."""
    found = hashlib.new(_HASHES[algorithm], f"{username}:{realm}:".encode(), usedforsecurity=False)
    found.update(password.reveal().encode())
    return found.hexdigest()


def host_path(value: str, field: str = "path") -> str:
    """
    Return *value* if it can be the path of a file on Asterisk's host.

    Raises:
        ValidationError: It does not begin with ``/``, holds a control character, or its stored
            form is longer than 200 characters.
    """
    found = check_text(value, field, length=limits.HOST_PATH.most)
    if not found.startswith("/"):
        raise ValidationError(
            field, found, "Asterisk may run in any folder", "write a path that begins with '/'"
        )
    return found
