"""Music on hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from asterisk_realtime.models import MusicOnHold, MusicOnHoldEntry, MusicRows
from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
from asterisk_realtime.provision.engine.listing import Listing
from asterisk_realtime.provision.engine.records import Rows, Wanted, described
from asterisk_realtime.provision.engine.scopes import Scope, scope
from asterisk_realtime.specs.music import CommandMusicClass, MusicClass
from asterisk_realtime.values.choices import MohMode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.view import View

S = TypeVar("S")
R = TypeVar("R")

_MODES: Final = (None, MohMode.FILES, MohMode.PLAYLIST)


def music_rows(spec: MusicClass) -> MusicRows:
    """Return the rows that *spec* means, unsaved."""
    row = MusicOnHold(
        name=spec.name,
        mode=MohMode.FILES if spec.playlist is None else MohMode.PLAYLIST,
        directory=spec.directory,
        application=None,
        sort=spec.sort,
    )
    entries = tuple(
        MusicOnHoldEntry(name=spec.name, position=number, entry=entry)
        for number, entry in enumerate(spec.playlist or ())
    )
    return MusicRows(music_class=row, entries=entries)


def command_music_row(spec: CommandMusicClass) -> MusicOnHold:
    """Return the row that *spec* means, unsaved."""
    return MusicOnHold(
        name=spec.name, mode=MohMode.CUSTOM, application=spec.command, format=spec.format
    )


class _AnyMusic(Kind[S, R]):
    """A music class; one that runs a command may have entries from before."""

    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        (name,) = key
        return (scope(MusicOnHold, name=name), scope(MusicOnHoldEntry, name=name))

    def owned(self, spec: S | None, found: Rows) -> Iterable[Base]:
        yield from found.all(MusicOnHoldEntry)  # before their class, which they refer to
        yield from found.all(MusicOnHold)


class _Music(_AnyMusic[MusicClass, MusicRows]):
    word = "music class"
    listing = Listing(MusicOnHold, ("name",), is_rest=True)

    def foreign(self, key: KeyValues, found: Rows) -> str | None:
        row = found.get(MusicOnHold, *key)
        if row is None:
            return None
        if row.application or row.mode is MohMode.CUSTOM:
            return f"{described(row)}, which runs a command"
        if row.mode not in _MODES:
            return f"{described(row)}, which is of mode {row.mode.value!r}"
        return None

    def rows(self, spec: MusicClass, found: Rows, view: View) -> Iterable[Wanted]:
        rows = music_rows(spec)
        yield Wanted(rows.music_class)
        yield from map(Wanted, rows.entries)

    def group(self, key: KeyValues, rows: Rows) -> MusicRows:
        return MusicRows(
            music_class=rows.one(MusicOnHold), entries=tuple(rows.all(MusicOnHoldEntry))
        )

    def read(self, key: KeyValues, found: Rows) -> MusicClass:
        row = found.one(MusicOnHold)
        listed = row.mode is MohMode.PLAYLIST
        entries = tuple(item.entry for item in found.all(MusicOnHoldEntry))
        return MusicClass(
            name=row.name,
            directory=None if listed else row.directory,
            playlist=entries if listed else None,
            sort=row.sort,
        )


MUSIC: Final = _Music()


class _CommandMusic(_AnyMusic[CommandMusicClass, MusicOnHold]):
    word = "command music class"
    listing = Listing(MusicOnHold, ("name",))

    def foreign(self, key: KeyValues, found: Rows) -> str | None:
        row = found.get(MusicOnHold, *key)
        if row is not None and row.mode is not MohMode.CUSTOM:
            return f"{described(row)}, which runs no command"
        return None

    def rows(self, spec: CommandMusicClass, found: Rows, view: View) -> Iterable[Wanted]:
        yield Wanted(command_music_row(spec))

    def group(self, key: KeyValues, rows: Rows) -> MusicOnHold:
        return rows.one(MusicOnHold)

    def read(self, key: KeyValues, found: Rows) -> CommandMusicClass:
        row = found.one(MusicOnHold)
        return CommandMusicClass(name=row.name, command=row.application or "", format=row.format)


COMMAND_MUSIC: Final = _CommandMusic()
