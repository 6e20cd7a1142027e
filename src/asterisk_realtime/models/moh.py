"""Music on hold: ``musiconhold`` and ``musiconhold_entry`` (``res/res_musiconhold.c``)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import foreign

from asterisk_realtime.models.base import Base, Mapped, Unsigned, YesnoBool, key, option, related
from asterisk_realtime.models.types import AstString, Choice, Name
from asterisk_realtime.values.choices import MohKillMethod, MohMode, MohSort


class MusicOnHold(Base):
    """
    A music class, read when somebody is put on hold with it.

    Asterisk only reads these rows, and not at all for a class that musiconhold.conf has.
    With ``cachertclasses=yes`` there, a class is kept after its first use until a reload.
    ``application`` runs a command on the server: never fill it from untrusted input.
    """

    __tablename__ = "musiconhold"

    name: Mapped[str] = key(
        "Class name, as in CHANNEL(musicclass) or ``moh_suggest``.",
        Name(80),
        primary_key=True,
    )
    mode: Mapped[MohMode | None] = option(
        "Where the music comes from; None makes Asterisk refuse the class.",
    )
    directory: Mapped[str | None] = option(
        "Folder with the files, relative to Asterisk's data directory; needed except for "
        "``custom`` and ``playlist``.",
        AstString(255),
    )
    application: Mapped[str | None] = option(
        "Command whose output is played, with arguments; needed for ``custom``, and run as "
        "Asterisk's own user.",
        AstString(255),
    )
    digit: Mapped[str | None] = option(
        "Key, one of ``0-9*#``, with which a listener switches over to this class.",
        AstString(1),
    )
    sort: Mapped[MohSort | None] = option(
        "Order of the files in mode ``files``; None leaves it to the file system.",
        Choice(MohSort, length=10),
    )
    format: Mapped[str | None] = option(
        "Codec that ``application`` writes, such as ``ulaw``; None means signed linear at 8 kHz.",
        AstString(10),
    )
    stamp: Mapped[datetime | None] = option(
        "Time of the class's last change, for your own use; Asterisk does not read it.",
    )
    loop_last: Mapped[YesnoBool | None] = option(
        "Repeat the last file for ever instead of beginning again with the first.",
    )
    # -- Read by Asterisk, but not in its scripts --------------------------------------------------

    announcement: Mapped[str | None] = option(
        "Sound file played when the music begins and, where Asterisk plays the files, between "
        "them.",
        AstString(255),
    )
    answeredonly: Mapped[YesnoBool | None] = option(
        "Play nothing to a channel that has not been answered.",
    )
    kill_escalation_delay: Mapped[Unsigned | None] = option(
        "Milliseconds that ``application`` gets to end before a harder signal is sent.",
        default=100,
    )
    kill_method: Mapped[MohKillMethod | None] = option(
        "Whom the signals go to: ``application`` alone, or all processes that it started.",
        Choice(MohKillMethod, length=20),
        default="process_group",
    )
    # -- Rows that name it -------------------------------------------------------------------------

    entries: Mapped[list[MusicOnHoldEntry]] = related(
        "The files of a playlist, in their order.",
        lambda: MusicOnHoldEntry,
        lambda: MusicOnHold.name == foreign(MusicOnHoldEntry.name),
        order_by=lambda: MusicOnHoldEntry.position,
    )


class MusicOnHoldEntry(Base):
    """
    One file or URL of a class in mode ``playlist``, which needs at least one.

    Asterisk only reads these rows. The database refuses to delete a class that still has some.
    """

    __tablename__ = "musiconhold_entry"

    name: Mapped[str] = key(
        "Class that the file belongs to.",
        Name(80),
        ForeignKey("musiconhold.name", name="fk_musiconhold_entry_name_musiconhold"),
        primary_key=True,
    )
    position: Mapped[int] = key(
        "Position in the list, lowest first; entries below 0 are left out.",
        primary_key=True,
    )
    entry: Mapped[str] = key(
        "Absolute path without the file's extension, or an ``http://`` or ``https://`` URL.",
        AstString(1024),
    )
    # -- Rows that it names ------------------------------------------------------------------------

    music_class: Mapped[MusicOnHold | None] = related(
        "The class.",
        lambda: MusicOnHold,
        lambda: MusicOnHold.name == foreign(MusicOnHoldEntry.name),
    )
