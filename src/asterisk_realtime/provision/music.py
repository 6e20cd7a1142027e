"""Music on hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs

from asterisk_realtime.models import MusicOnHold, MusicOnHoldEntry
from asterisk_realtime.provision.engine import verbs
from asterisk_realtime.provision.engine.kinds import Key, Kind
from asterisk_realtime.provision.engine.records import Rows, Wanted, described
from asterisk_realtime.provision.engine.scopes import Scope, scope
from asterisk_realtime.specs.music import CommandMusicClass, MusicClass
from asterisk_realtime.values.choices import MohMode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.plans import Plan
    from asterisk_realtime.provision.engine.view import View


_MODES: Final = (None, MohMode.FILES, MohMode.PLAYLIST)


@attrs.frozen(kw_only=True)
class MusicRows:
    """
    The rows of a class of music.

    They are models in the caller's session: set rarer columns on them before you commit.

    Attributes:
        music_class: Its settings.
        entries: The pieces of a playlist, in their order.
    """

    music_class: MusicOnHold
    entries: tuple[MusicOnHoldEntry, ...] = ()


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


def _scopes(key: Key) -> tuple[Scope, ...]:
    (name,) = key
    return (scope(MusicOnHold, name=name), scope(MusicOnHoldEntry, name=name))


class _Music(Kind[MusicClass]):
    word = "music class"

    def scopes(self, key: Key) -> tuple[Scope, ...]:
        return _scopes(key)

    def foreign(self, key: Key, found: Rows) -> str | None:
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

    def owned(self, spec: MusicClass | None, found: Rows) -> Iterable[Base]:
        yield from found.all(MusicOnHoldEntry)  # before their class, which they refer to
        yield from found.all(MusicOnHold)

    def read(self, key: Key, found: Rows) -> MusicClass:
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


class _CommandMusic(Kind[CommandMusicClass]):
    word = "command music class"

    def scopes(self, key: Key) -> tuple[Scope, ...]:
        return _scopes(key)

    def foreign(self, key: Key, found: Rows) -> str | None:
        row = found.get(MusicOnHold, *key)
        if row is not None and row.mode is not MohMode.CUSTOM:
            return f"{described(row)}, which runs no command"
        return None

    def rows(self, spec: CommandMusicClass, found: Rows, view: View) -> Iterable[Wanted]:
        yield Wanted(command_music_row(spec))

    def read(self, key: Key, found: Rows) -> CommandMusicClass:
        row = found.one(MusicOnHold)
        return CommandMusicClass(name=row.name, command=row.application or "", format=row.format)


COMMAND_MUSIC: Final = _CommandMusic()


def create_music_class(session: Session, music_class: MusicClass) -> MusicRows:
    """
    Add a class of music. The caller commits.

    Returns:
        The rows, flushed.

    Raises:
        ConflictError: The class is there, also under a name that differs only in case.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``res/res_musiconhold.c``.
    """
    rows = verbs.create(session, MUSIC, music_class)
    return MusicRows(music_class=rows.one(MusicOnHold), entries=tuple(rows.all(MusicOnHoldEntry)))


def ensure_music_class(session: Session, music_class: MusicClass) -> Plan:
    """
    Create a class, or change it to match *music_class*; return the changes. The caller commits.

    With ``cachertclasses = yes`` in musiconhold.conf a class that was played is read again only
    at a reload, which the plan names.

    Raises:
        ConflictError: The class runs a command.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.ensure(session, MUSIC, music_class)


def find_music_class(session: Session, name: str) -> MusicClass | None:
    """
    Return the class of that name, or None if it does not exist.

    Raises:
        ConflictError: The class runs a command, or its rows cannot be read as a `MusicClass`.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.find(session, MUSIC, name)


def delete_music_class(session: Session, name: str) -> Plan:
    """
    Delete a class with its pieces; return what was removed. The caller commits.

    Raises:
        NotFoundError: It does not exist.
        ConflictError: A queue, endpoint, profile or extension still uses it; or it runs a
            command.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.delete(session, MUSIC, name)


def create_command_music_class(session: Session, music_class: CommandMusicClass) -> MusicOnHold:
    """
    Add a class whose music a program on Asterisk's host makes. The caller commits.

    **Asterisk runs the command**, as its own user: never take it from somebody else.

    Returns:
        The row, flushed.

    Raises:
        ConflictError: The class is there, also under a name that differs only in case.
        SchemaError: The database's tables are missing or too old.

    Sources: Asterisk's ``res/res_musiconhold.c``.
    """
    return verbs.create(session, COMMAND_MUSIC, music_class).one(MusicOnHold)


def ensure_command_music_class(session: Session, music_class: CommandMusicClass) -> Plan:
    """
    Create a class, or change it to match *music_class*; return the changes. The caller commits.

    Raises:
        ConflictError: The class is there and runs no command.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.ensure(session, COMMAND_MUSIC, music_class)


def find_command_music_class(session: Session, name: str) -> CommandMusicClass | None:
    """
    Return the class of that name, or None if it does not exist.

    Raises:
        ConflictError: The class runs no command, or its row cannot be read as a spec.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.find(session, COMMAND_MUSIC, name)


def delete_command_music_class(session: Session, name: str) -> Plan:
    """
    Delete a class that runs a command; return what was removed. The caller commits.

    Raises:
        NotFoundError: It does not exist.
        ConflictError: A queue, endpoint, profile or extension still uses it; or it runs none.
        SchemaError: The database's tables are missing or too old.
    """
    return verbs.delete(session, COMMAND_MUSIC, name)
