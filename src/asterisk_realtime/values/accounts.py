"""What a SIP account proves itself with: user names, passwords, and digests of them."""

from __future__ import annotations

import hashlib
import secrets
import string
from typing import TYPE_CHECKING, Final

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.values.cells import check_text
from asterisk_realtime.values.choices import DigestAlgorithm
from asterisk_realtime.values.plain import member

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_TEXT: Final = 255
"""Characters that ``ps_auths.username``, ``realm`` and ``password`` hold, as stored."""

MAX_PATH: Final = 200
"""Characters that the columns of DTLS files hold."""

GENERATED_LENGTH: Final = 24
"""Characters of a generated password: about 119 bits, of 31 that no one takes for another."""

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


def password(value: str, field: str = "password") -> str:
    """
    Return *value* if it can be a password: any text without control characters.

    Raises:
        InvalidValueError: It cannot, or its stored form is longer than 255 characters.
    """
    return check_text(value, field, length=MAX_TEXT, secret=True)


def username(value: str, field: str = "username") -> str:
    """
    Return *value* if it can be a user name of digest authentication.

    Raises:
        InvalidValueError: It holds a quote, a backslash, a colon or a control character, or its
            stored form is longer than 255 characters.
    """
    return _quotable(value, field, '":\\')


def realm(value: str, field: str = "realm") -> str:
    """
    Return *value* if it can be the realm of a challenge.

    Raises:
        InvalidValueError: It holds a quote, a backslash or a control character, or its stored
            form is longer than 255 characters.
    """
    return _quotable(value, field, '"\\')


def _quotable(value: str, field: str, refused: str) -> str:
    check_text(value, field, length=MAX_TEXT)
    for mark in refused:
        if mark in value:
            raise InvalidValueError(
                field, value, f"{mark!r} has a meaning of its own in a digest", "leave it out"
            )
    return value


def algorithms(
    value: Iterable[DigestAlgorithm | str], field: str = "algorithms"
) -> tuple[DigestAlgorithm, ...]:
    """
    Return *value*, hashes of digest authentication, the preferred one first.

    Raises:
        InvalidValueError: The list is empty, holds a hash twice, or one that Asterisk does not
            know.
    """
    names = () if isinstance(value, str) or not hasattr(value, "__iter__") else tuple(value)
    found = tuple(member(DigestAlgorithm, name, field) for name in names)
    if not found or len(set(found)) < len(found):
        raise InvalidValueError(
            field, value, "it is no list of different hashes", 'give a tuple such as ("SHA-256",)'
        )
    return found


def digest(algorithm: DigestAlgorithm, username: str, realm: str, password: str) -> str:
    """Return the hash that proves a password in a realm, in hex (RFC 8760, section 2.4)."""
    text = f"{username}:{realm}:{password}"
    return hashlib.new(_HASHES[algorithm], text.encode(), usedforsecurity=False).hexdigest()


def host_path(value: str, field: str = "path") -> str:
    """
    Return *value* if it can be the path of a file on Asterisk's host.

    Raises:
        InvalidValueError: It does not begin with ``/``, holds a control character, or its stored
            form is longer than 200 characters.
    """
    check_text(value, field, length=MAX_PATH)
    if not value.startswith("/"):
        raise InvalidValueError(
            field, value, "Asterisk may run in any folder", "write a path that begins with '/'"
        )
    return value
