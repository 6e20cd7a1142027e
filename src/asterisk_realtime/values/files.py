"""Names of sound files, and folders and URLs of music; whether they exist is not checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values import limits
from asterisk_realtime.values.plain import fitting, items, matching
from asterisk_realtime.values.text import display_text

if TYPE_CHECKING:
    from collections.abc import Iterable

_SOUND: Final = re.compile(r"[A-Za-z0-9_./+-]+")
_URL: Final = re.compile(r"https?://[A-Za-z0-9._:\[\]-]+(?:/[!-~]*)?")


def sound(value: str, field: str = "sound", *, length: int = limits.SOUND.most) -> str:
    """
    Return *value* if it can name a sound file, without its extension.

    Raises:
        ValidationError: It cannot, or it leaves the folder of sounds by ``..``.
    """
    hint = f"use up to {length} letters, digits, '_', '.', '+', '-' and '/', and no extension"
    found = matching(_SOUND, value, field, "it is not a name of a sound file", hint, most=length)
    if ".." in found.split("/"):
        raise ValidationError(field, found, "it contains '..'", "leave '..' out")
    return found


def sounds(value: Iterable[str], field: str = "sounds", *, most: int) -> tuple[str, ...]:
    """
    Return *value* if it is a list of up to *most* sound files.

    Raises:
        ValidationError: It is not.
    """
    found = tuple(sound(item, field) for item in items(value, field, "give a tuple of sound files"))
    if not 1 <= len(found) <= most:
        raise ValidationError(
            field, value, f"Asterisk takes 1 to {most} of them", "or None for its default"
        )
    hint = "use fewer, or shorter names"
    return fitting(found, value, field, hint, most=limits.SOUNDS.most)


def folder(value: str, field: str = "directory") -> str:
    """
    Return *value* if it can be a folder: absolute, or below Asterisk's data directory.

    Raises:
        ValidationError: It cannot, or it leads out of that directory by ``..``.
    """
    found = display_text(value, field, limits.FOLDER)
    if ".." in found.split("/"):
        raise ValidationError(field, found, "it contains '..'", "write an absolute path")
    return found


def music(value: str, field: str = "playlist") -> str:
    """
    Return *value* if music can be played from there: an absolute path, or an HTTP URL.

    A path is without the file's extension (``res/res_musiconhold.c``).

    Raises:
        ValidationError: It is neither, or the URL holds a password, which plans would show.
    """
    found = display_text(value, field, limits.PIECE)
    is_path = found.startswith("/") and "://" not in found and ".." not in found.split("/")
    if not is_path and not _URL.fullmatch(found):
        raise ValidationError(
            field,
            found,
            "it is neither an absolute path nor an HTTP URL",
            "write /path/without/extension or https://host/path",
        )
    return found
