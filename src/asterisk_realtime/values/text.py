"""Text that goes to places where Asterisk runs what it reads."""

from __future__ import annotations

from asterisk_realtime.errors import InvalidValueError


def plain_text(value: str, field: str = "text") -> str:
    """
    Return *value* if the dialplan takes it for text, not for code.

    Asterisk replaces ``${...}`` and ``$[...]`` in the arguments of every step and knows no
    escape for them, so a name that holds them could run a command.

    Raises:
        InvalidValueError: It holds ``${`` or ``$[``, or is no text.
    """
    if not isinstance(value, str):
        raise InvalidValueError(field, value, "it is not text", "give a str")
    for mark in ("${", "$["):
        if mark in value:
            raise InvalidValueError(
                field, value, f"Asterisk would run what follows {mark!r}", f"leave {mark!r} out"
            )
    return value
