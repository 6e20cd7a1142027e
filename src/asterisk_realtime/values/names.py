"""Names that Asterisk's objects and dialplan places may have."""

from __future__ import annotations

import re
from typing import Final

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import limits
from asterisk_realtime.values.plain import matching

_ID: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.+-]+")
_RESERVED: Final = frozenset({"anonymous", "default_outbound_endpoint"})


def object_id(value: str, field: str = "id") -> str:
    """
    Return *value* if it can be the id of an endpoint and of its AOR.

    Letters, digits, ``_``, ``.``, ``+`` and ``-``, at most 40 characters.
    Asterisk's dial strings treat ``/ @ & ,`` as special, and its look-up of an AOR's contacts in
    the database takes ``%`` for any text and ``_`` for any one character
    (``res/res_sorcery_realtime.c``). So AOR ``a_b`` would ring the contacts of AOR ``axb``: if both
    ids exist, the second one is refused when it is written.

    Raises:
        ValidationError: It cannot.
    """
    found = matching(
        *(_ID, value, field, "it cannot be the id of an endpoint and AOR"),
        "use letters, digits, '_', '.', '+' and '-', beginning with a letter, digit or '_'",
        most=limits.ENDPOINT.most,
    )
    if found.lower() in _RESERVED:
        raise ValidationError(field, found, "Asterisk itself uses this id", "use another id")
    return found


def plain_name(value: str, field: str = "name", *, most: int = limits.CONTEXT.most) -> str:
    """
    Return *value* if it can name a section of a configuration file: a context, a transport.

    Letters, digits, ``_``, ``.``, ``+`` and ``-``, up to *most* characters: nothing that
    separates the arguments of an application or a ``switch`` statement, or ends a section's head.

    Raises:
        ValidationError: It cannot.
    """
    hint = f"use 1 to {most} letters, digits, '_', '.', '+' and '-'"
    return matching(_PLAIN, value, field, "it is not a plain name", hint, most=most)


def transport_name(value: str, field: str = "transport") -> str:
    """
    Return *value* if it can be the name of a transport, in pjsip.conf or ``ps_transports``.

    Raises:
        ValidationError: It is not a `plain_name` of up to 40 characters.
    """
    return plain_name(value, field, most=limits.TRANSPORT.most)


def music_class_name(value: str, field: str = "music_class") -> str:
    """
    Return *value* if it can be the name of a class of music.

    Raises:
        ValidationError: It is not a `plain_name` of up to 40 characters.
    """
    return plain_name(value, field, most=limits.MUSIC_CLASS.most)
