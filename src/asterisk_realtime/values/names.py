"""Names that Asterisk's objects and dialplan places may have."""

from __future__ import annotations

import re
from typing import Final

from asterisk_realtime.errors import InvalidValueError

MAX_ID: Final = 40
"""
Longest id of an endpoint or AOR, in characters.

The columns hold 255, but Asterisk cuts a channel's name, which begins with the endpoint's id,
at about 80.
"""

MAX_CONTEXT: Final = 79
"""Longest context or extension, in characters (``AST_MAX_CONTEXT`` less the closing NUL)."""

_ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.+-]+")
_RESERVED: Final = frozenset({"anonymous", "default_outbound_endpoint"})


def object_id(value: str, field: str = "id") -> str:
    """
    Return *value* if it can be the id of an endpoint and of its AOR.

    Letters, digits, ``_``, ``.``, ``+`` and ``-``, at most 40 characters.
    Asterisk's dial strings give ``/ @ & ,`` a meaning, and its look-up of an AOR's contacts in
    the database takes ``%`` for any text and ``_`` for any one character
    (``res/res_sorcery_realtime.c``). So AOR ``a_b`` would ring the contacts of AOR ``axb``: two
    such ids beside each other are refused when the second is written.

    Raises:
        InvalidValueError: It cannot.
    """
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise InvalidValueError(
            field,
            value,
            "it cannot be the id of an endpoint and AOR",
            "use letters, digits, '_', '.', '+' and '-', beginning with a letter, digit or '_'",
        )
    if value.lower() in _RESERVED:
        raise InvalidValueError(field, value, "Asterisk keeps this id for itself", "use another id")
    if len(value) > MAX_ID:
        raise InvalidValueError(
            field, value, f"it has {len(value)} characters", f"use at most {MAX_ID}"
        )
    return value


def plain_name(value: str, field: str = "name") -> str:
    """
    Return *value* if it can name a section of a configuration file: a context, a transport.

    Letters, digits, ``_``, ``.``, ``+`` and ``-``, at most 79 characters: nothing that
    separates the arguments of an application or a ``switch`` statement, or ends a section's head.

    Raises:
        InvalidValueError: It cannot.
    """
    if not isinstance(value, str) or not _PLAIN.fullmatch(value) or len(value) > MAX_CONTEXT:
        raise InvalidValueError(
            field,
            value,
            "it is no plain name",
            f"use 1 to {MAX_CONTEXT} letters, digits, '_', '.', '+' and '-'",
        )
    return value
