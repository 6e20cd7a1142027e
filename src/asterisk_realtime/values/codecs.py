"""Codecs that Asterisk knows by name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import limits
from asterisk_realtime.values.plain import fitting, is_a, items, text

if TYPE_CHECKING:
    from collections.abc import Iterable

AUDIO: Final = frozenset(
    {
        *("ulaw", "alaw", "g722", "opus", "g729", "gsm", "ilbc", "g723", "g726", "g726aal2"),
        *("adpcm", "lpc10", "speex", "speex16", "speex32", "siren7", "siren14", "g719", "codec2"),
        *("silk8", "silk12", "silk16", "silk24", "slin", "slin12", "slin16", "slin24"),
        *("slin32", "slin44", "slin48", "slin96", "slin192"),
    }
)
VIDEO: Final = frozenset({"h261", "h263", "h263p", "h264", "h265", "mpeg4", "vp8", "vp9"})
OTHER: Final = frozenset({"jpeg", "png", "red", "t140", "t38"})

KNOWN: Final = AUDIO | VIDEO | OTHER
"""
Names in Asterisk's format cache (``main/format_cache.c``), with or without a codec module.

Without ``testlaw``: Asterisk has it, but does not load an endpoint that names it.
"""

_MAX_NAME: Final = 20

_CODEC: Final = re.compile(r"(?P<out>!)?(?P<name>[a-z0-9]+)(:(?P<ms>[1-9][0-9]{0,2}))?")

ALL: Final = "all"
"""Word for every codec for which Asterisk has a module."""


def codec_list(value: Iterable[str], field: str = "codecs") -> tuple[str, ...]:
    """
    Return *value*, codecs in order of preference, if Asterisk knows each of them.

    One unknown name makes Asterisk drop the whole endpoint (``main/format_cap.c``).
    A name may have a packet time in milliseconds: ``g722:20``. As in pjsip.conf, ``all`` means
    every codec, and ``!`` removes one from those before it: ``!all,g722,ulaw``.

    Raises:
        ValidationError: The list is empty or leaves no codec, has a name twice, or an unknown
            name.
    """
    problem, hint = "it is not a list of codecs", 'give a tuple such as ("ulaw", "alaw")'
    found = items(value, field, hint, problem=problem)
    if not found:
        raise ValidationError(field, value, problem, hint)
    names = tuple(_codec(name, field) for name in found)
    bare = [name.partition(":")[0] for name in names]
    if len(set(bare)) < len(bare):
        raise ValidationError(field, value, "a codec is there twice", "name each once")
    if not _leaves_any(bare):
        raise ValidationError(field, value, "no codec is left", "name one after '!all'")
    return fitting(names, value, field, "name fewer", most=limits.CODECS.most)


def _codec(value: object, field: str) -> str:
    """Return *value* if it is one codec, with or without a packet time."""
    name = text(value, field, most=_MAX_NAME) if is_a(value, str) else ""
    match = _CODEC.fullmatch(name)
    if match is None or match["name"] not in KNOWN | {ALL}:
        raise ValidationError(
            field,
            value,
            "Asterisk does not know this codec",
            f"use some of {', '.join(sorted(AUDIO))}",
        )
    return name


def _leaves_any(names: Iterable[str]) -> bool:
    """Tell whether a codec is left after each name has added or removed its codecs."""
    left: set[str] = set()
    for name in names:
        meant = KNOWN if name.removeprefix("!") == ALL else {name.removeprefix("!")}
        left = left - meant if name.startswith("!") else left | meant
    return bool(left)
