"""Music classes are written as they are meant, and a command is never taken for a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from asterisk_realtime import (
    CallQueue,
    CommandMusicClass,
    ConflictError,
    MusicClass,
    apply,
    create,
    delete,
    ensure,
    get,
)
from asterisk_realtime import rows as rows_of
from asterisk_realtime.models import Endpoint, MohMode, MusicOnHold
from tests.db.services import COMMAND, FILES, PLAYLIST, PROFILE
from tests.db.tools import rows

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def test_music_of_files_and_lists(session: Session) -> None:
    """A folder, or entries in their order."""
    create(session, FILES)
    returned = create(session, PLAYLIST)
    jazz, listed = rows(session, "musiconhold")

    assert (jazz["mode"], jazz["directory"], jazz["sort"]) == ("files", "moh", "random")
    assert (listed["mode"], listed["directory"]) == ("playlist", None)
    assert [row["position"] for row in rows(session, "musiconhold_entry")] == [0, 1, 2]
    assert [entry.entry for entry in returned.entries] == list(PLAYLIST.playlist or ())


def test_a_playlist_that_gets_shorter_and_a_folder(session: Session) -> None:
    """Only what differs is written; the last step leaves no piece."""
    create(session, PLAYLIST)
    shorter = attrs.evolve(PLAYLIST, playlist=["/music/one", "/music/three"])
    change = ensure(session, shorter)

    assert [(row.action.value, row.key["position"]) for row in change.rows] == [
        ("change", 1),
        ("remove", 2),
    ]
    assert [reload.module for reload in change.reloads] == ["res_musiconhold.so"]
    ensure(session, attrs.evolve(PLAYLIST, playlist=None, directory="moh"))
    assert rows(session, "musiconhold_entry") == []


def test_a_command_is_never_a_plain_class(session: Session) -> None:
    """Neither kind touches the other's rows."""
    create(session, COMMAND)
    create(session, FILES)
    plain = MusicClass(name="radio", directory="moh")
    for call in (ensure, create):
        with pytest.raises(ConflictError, match="music class 'radio'"):
            call(session, plain)
    for other in (get, rows_of, delete):
        with pytest.raises(ConflictError, match="runs a command"):
            other(session, MusicClass, "radio")
    with pytest.raises(ConflictError, match="runs no command"):
        delete(session, CommandMusicClass, "jazz")

    assert [row["application"] for row in rows(session, "musiconhold")] == [None, COMMAND.command]


def test_music_of_another_mode_is_not_ours(session: Session) -> None:
    """A person's row of a mode that no spec has."""
    session.add(MusicOnHold(name="old", mode=MohMode.QUIETMP3, directory="moh"))
    for call in (get, rows_of, delete):
        with pytest.raises(ConflictError, match="mode 'quietmp3'"):
            call(session, MusicClass, "old")


@pytest.mark.parametrize(
    ("referrer", "message"),
    [
        (Endpoint(id="100", moh_suggest="jazz"), "endpoint '100'"),
        (CallQueue(name="q", music_class="jazz"), "queue 'q'"),
        (PROFILE, "follow-me profile 'alice'"),
    ],
    ids=["endpoint", "queue", "profile"],
)
def test_music_that_is_named_stays(session: Session, referrer: Any, message: str) -> None:
    """The error names what names it."""
    create(session, FILES)
    if isinstance(referrer, Endpoint):
        session.add(Endpoint(id="100", moh_suggest="jazz"))
    else:
        apply(session, referrer)
    with pytest.raises(ConflictError, match=message):
        delete(session, MusicClass, "jazz")
