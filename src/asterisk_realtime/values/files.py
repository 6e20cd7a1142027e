"""Names of sound files and places of music, which cannot be looked at from here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from asterisk_realtime.errors import InvalidValueError
from asterisk_realtime.values.cells import check_text
from asterisk_realtime.values.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

_SOUND: Final = re.compile(r"[A-Za-z0-9_./+-]+")
_URL: Final = re.compile(r"https?://[^\s/]+(/\S*)?")


def sound(value: str, field: str = "sound", *, length: int = 128) -> str:
    """
    Return *value* if it can name a sound file, without its extension.

    Raises:
        InvalidValueError: It cannot.
    """
    if not isinstance(value, str) or not _SOUND.fullmatch(value) or len(value) > length:
        raise InvalidValueError(
            field,
            value,
            "it is no name of a sound file",
            f"use up to {length} letters, digits, '_', '.', '+', '-' and '/', and no extension",
        )
    return value


def sounds(value: Iterable[str], field: str = "sounds", *, most: int) -> tuple[str, ...]:
    """
    Return *value* if it is a list of up to *most* sound files.

    Raises:
        InvalidValueError: It is not.
    """
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        raise InvalidValueError(field, value, "it is no list", "give a tuple of sound files")
    found = tuple(sound(item, field) for item in value)
    if not 1 <= len(found) <= most:
        raise InvalidValueError(
            field, value, f"Asterisk takes 1 to {most} of them", "or None for its default"
        )
    return found


def folder(value: str, field: str = "directory") -> str:
    """
    Return *value* if it can be a folder: absolute, or below Asterisk's data directory.

    Raises:
        InvalidValueError: It cannot, or it leads out of that directory by ``..``.
    """
    check_text(plain_text(value, field), field, length=255)
    if ".." in value.split("/"):
        raise InvalidValueError(field, value, "it leads upwards", "write an absolute path")
    return value


def music(value: str, field: str = "playlist") -> str:
    """
    Return *value* if music can be played from there: an absolute path, or an HTTP URL.

    A path is without the file's extension (``res/res_musiconhold.c``).

    Raises:
        InvalidValueError: It is neither.
    """
    check_text(plain_text(value, field), field, length=1024)
    if not (value.startswith("/") and "://" not in value) and not _URL.fullmatch(value):
        raise InvalidValueError(
            field,
            value,
            "it is neither an absolute path nor an HTTP URL",
            "write /path/without/extension or https://host/path",
        )
    return value
