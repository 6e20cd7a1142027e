"""Passwords and PINs: text that is hidden unless it is asked for."""

from __future__ import annotations

import hmac
from types import MappingProxyType
from typing import Final, final

from asterisk_realtime.showing import HIDDEN

SECRET: Final = MappingProxyType({"asterisk_realtime.secret": True})
"""Metadata of a spec's field that holds a `Secret`: its text is hidden before anything else."""


@final
class Secret:
    """
    A password or PIN.

    ``repr()``, ``str()`` and f-strings show ``**********``, so that a log, a traceback or
    ``attrs.asdict()`` does not show it; `reveal` returns the text. It is compared with another
    secret, or with a text, in constant time. A pickle contains the text.
    """

    __slots__ = ("_text",)

    _text: str

    def __init__(self, text: str | Secret) -> None:
        if isinstance(text, Secret):
            text = text.reveal()
        object.__setattr__(self, "_text", text)

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        """Return asterisks, always the same number."""
        return HIDDEN

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        """Return asterisks in f-strings too."""
        return format(HIDDEN, spec)

    def __eq__(self, other: object) -> bool:
        """Compare with a secret or a text, in a time that does not depend on where they differ."""
        if not isinstance(other, Secret | str):
            return NotImplemented
        text = other.reveal() if isinstance(other, Secret) else other
        return hmac.compare_digest(_bytes(self._text), _bytes(text))

    def __hash__(self) -> int:
        """Return the hash of the text, since it equals the text."""
        return hash(self._text)

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a secret cannot be changed."""
        raise AttributeError(name)

    def __reduce__(self) -> tuple[type[Secret], tuple[str]]:
        """Let it be copied and pickled, with its text."""
        return Secret, (self._text,)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def shielded(value: object) -> object:
    """Return *value* with secrets hidden: a text, or the texts of a pair."""
    if isinstance(value, str):
        return Secret(value)
    if type(value) is tuple or type(value) is list:
        return tuple(Secret(item) if isinstance(item, str) else item for item in value)
    # No field accepts any other value, and it might show what it holds.
    return _Withheld() if isinstance(value, dict | set | frozenset | bytes | bytearray) else value


class _Withheld:
    """Stands for a value that no secret field accepts, and shows nothing of it."""

    def __repr__(self) -> str:
        """Return asterisks."""
        return HIDDEN


def hide(text: str | Secret | None) -> Secret | None:
    """Return *text* as a secret, and None as None."""
    return Secret(text) if isinstance(text, str) else text


def text_alone(value: object) -> Secret | None:
    """Return a text as a secret, and None for any other value, which an error would show."""
    return Secret(value) if isinstance(value, str | Secret) else None
