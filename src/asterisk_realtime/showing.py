"""How a value is shown in a message: short, on one line, and without passwords."""

from __future__ import annotations

import reprlib
from typing import Any, Final

HIDDEN: Final = "**********"
"""Text shown in place of a secret."""

MAX_SHOWN: Final = 80
"""Most characters of a value in a message."""

MAX_PART: Final = 600
"""Most characters of any other part of a message, such as its hint."""

_MAX_BITS: Final = 128
_COLLECTIONS: Final = frozenset({list, tuple, set, frozenset})
_PLAIN: Final = _COLLECTIONS | {str, bytes, dict}


class _Short(reprlib.Repr):
    """A ``repr()`` that is always short and never fails."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxstring = self.maxother = self.maxlong = MAX_SHOWN

    def repr1(self, x: Any, level: int) -> str:
        # reprlib chooses by the type's name, which a class of the caller's may share.
        if type(x) in _PLAIN:
            return str(super().repr1(x, level))
        return self.repr_int(x, level) if type(x) is int else self.repr_instance(x, level)

    def repr_int(self, x: int, level: int) -> str:  # noqa: ARG002 - reprlib's signature
        bits = x.bit_length()  # str() of a huge number is slow, and refused by Python
        return repr(x) if bits <= _MAX_BITS else f"<a whole number of {bits} bits>"

    def repr_instance(self, x: Any, level: int) -> str:  # noqa: ARG002 - reprlib's signature
        try:
            text = str.__str__(repr(x))  # which may be a subclass of the caller's too
        except Exception:  # noqa: BLE001 - the caller's object may raise whatever it likes
            text = f"<{type(x).__name__} object>"
        return shortened(text, MAX_SHOWN)


_SHORT: Final = _Short()


def shown(value: object) -> str:
    """Return ``repr(value)``, shortened; it never fails, and shows no password of a URI."""
    return shortened(_SHORT.repr(masked(value)), 4 * MAX_SHOWN)


def called(value: object) -> str:
    """Return ``Phone`` for that class and ``a Phone`` for an instance, as a message has them."""
    if isinstance(value, type):
        return value.__name__
    name = type(value).__name__
    return f"an {name}" if name[0] in "AEIOUaeiou" else f"a {name}"


def shortened(text: str, most: int = MAX_PART) -> str:
    """Return *text*, without its middle if it is longer than *most* characters."""
    if len(text) <= most:
        return text
    keep = (most - 5) // 2
    return f"{text[:keep]} ... {text[-keep:]}"


def masked(value: Any, depth: int = 3) -> Any:
    """Return *value* with the passwords of URIs hidden, including those in its elements."""
    kind: Any = type(value)
    if issubclass(kind, str) and kind.__repr__ is str.__repr__:
        return _without_password(str.__str__(value))
    if kind in _COLLECTIONS and depth:
        return kind(masked(item, depth - 1) for item in value)
    if kind is dict and depth:
        return {masked(key): masked(item, depth - 1) for key, item in value.items()}
    return value if kind not in _PLAIN or kind is bytes else f"<{kind.__name__}>"


def _without_password(text: str) -> str:
    """Hide the text between the first ``:`` after the scheme and the last ``@``."""
    before, at, host = text.rpartition("@")
    scheme, colon, rest = before.partition(":")
    if not at or not colon:
        return text
    if "/" in scheme or " " in scheme:  # no scheme, as in "Ann <sip:..."
        return f"{HIDDEN}@{host}"
    user, colon, _password = rest.partition(":")
    if colon:
        return f"{scheme}:{user}:{HIDDEN}@{host}"
    known = scheme.lower() in {"sip", "sips", "mailto", "tel"} or rest.startswith("//")
    return text if known or not rest else f"{scheme}:{HIDDEN}@{host}"
