"""Music on hold: classes of files, lists of pieces, and classes that run a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.specs.keys import Key
from asterisk_realtime.values import limits
from asterisk_realtime.values.checked import gather
from asterisk_realtime.values.choices import MohSort
from asterisk_realtime.values.files import folder, music
from asterisk_realtime.values.names import music_class_name, plain_name
from asterisk_realtime.values.plain import items, member
from asterisk_realtime.values.text import display_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from asterisk_realtime.models import MusicOnHold, MusicRows
    from asterisk_realtime.values.choice_words import MohSortWord


def _sort(value: MohSort | MohSortWord, field: str = "sort") -> MohSort:
    return member(MohSort, value, field)


def _playlist(value: Iterable[str], field: str = "playlist") -> tuple[str, ...]:
    found = tuple(
        music(item, field) for item in items(value, field, "give a tuple of paths or URLs")
    )
    if not found:
        raise ValidationError(field, value, "Asterisk refuses an empty one", "name a piece")
    return found


@attrs.frozen(kw_only=True, field_transformer=gather)
class MusicClass(Spec["MusicRows"]):
    """
    A music class: a folder of files, or a playlist of files and URLs.

    Attributes:
        name: Name for ``music_class`` of a queue, ``moh_suggest`` of an endpoint and
            MusicOnHold(); a class of that name in musiconhold.conf takes precedence.
        directory: Folder on Asterisk's host with the files, absolute or below its data directory.
        playlist: Instead of a folder, the files in order: each an absolute path without
            the file's extension, or an HTTP URL.
        sort: Order of a folder's files; None leaves it to the file system.

    Sources: Asterisk's ``res/res_musiconhold.c``.
    """

    name: str = attrs.field(converter=music_class_name)
    directory: str | None = attrs.field(converter=attrs.converters.optional(folder), default=None)
    playlist: tuple[str, ...] | None = attrs.field(
        converter=attrs.converters.optional(_playlist), default=None
    )
    sort: MohSort | None = attrs.field(converter=attrs.converters.optional(_sort), default=None)

    @classmethod
    def key(cls, name: str) -> Key[Self, MusicRows]:
        """Return the key of a class."""
        return Key.of(cls, name=name)

    def agree(self) -> list[ValidationError]:
        """Return errors unless the music comes either from a folder or from a playlist."""
        errors = []
        if (self.directory is None) == (self.playlist is None):
            errors.append(
                ValidationError(
                    "directory",
                    self.directory,
                    "music comes either from a folder or from a playlist",
                    "give one of the two",
                )
            )
        if self.sort is MohSort.ALPHA and self.playlist is not None:
            errors.append(
                ValidationError(
                    "sort", self.sort.value, "a playlist has its own order", "leave it out"
                )
            )
        return errors


def _command(value: str, field: str = "command") -> str:
    text = display_text(value, field, limits.COMMAND)
    if not text.startswith("/"):
        raise ValidationError(
            field, value, "it does not say where the program is", "write an absolute path first"
        )
    return text


def _format(value: str, field: str = "format") -> str:
    return plain_name(value, field, most=limits.FORMAT.most)


@attrs.frozen(kw_only=True, field_transformer=gather)
class CommandMusicClass(Spec["MusicOnHold"]):
    """
    Music that a program on Asterisk's host writes to its standard output.

    **Asterisk runs the command**, as its own user: never take it from untrusted input.

    Attributes:
        name: See `MusicClass`.
        command: The program's absolute path, and its arguments.
        format: Codec that it writes; None is signed linear at 8 kHz.

    Sources: Asterisk's ``res/res_musiconhold.c``.
    """

    name: str = attrs.field(converter=music_class_name)
    command: str = attrs.field(converter=_command)
    format: str | None = attrs.field(converter=attrs.converters.optional(_format), default=None)

    @classmethod
    def key(cls, name: str) -> Key[Self, MusicOnHold]:
        """Return the key of a class."""
        return Key.of(cls, name=name)
