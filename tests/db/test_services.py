"""Each service is created once, found as it was, ensured, and deleted with all of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from asterisk_realtime import (
    AccessList,
    CommandMusicClass,
    ConflictError,
    FollowMeProfile,
    Mailbox,
    MusicClass,
    NotFoundError,
    create_access_list,
    create_command_music_class,
    create_followme,
    create_mailbox,
    create_music_class,
    delete_access_list,
    delete_command_music_class,
    delete_followme,
    delete_mailbox,
    delete_music_class,
    ensure_access_list,
    ensure_command_music_class,
    ensure_followme,
    ensure_mailbox,
    ensure_music_class,
    find_access_list,
    find_command_music_class,
    find_followme,
    find_mailbox,
    find_music_class,
    plan,
)
from tests.db.services import BOX, COMMAND, FILES, OFFICE, PLAYLIST, PROFILE
from tests.db.tools import rows, statements, writes

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session


SPECS = (BOX, FILES, PLAYLIST, COMMAND, PROFILE, OFFICE)
CREATE: dict[type, Callable[..., Any]] = {
    Mailbox: create_mailbox,
    MusicClass: create_music_class,
    CommandMusicClass: create_command_music_class,
    FollowMeProfile: create_followme,
    AccessList: create_access_list,
}
ENSURE: dict[type, Callable[..., Any]] = {
    Mailbox: ensure_mailbox,
    MusicClass: ensure_music_class,
    CommandMusicClass: ensure_command_music_class,
    FollowMeProfile: ensure_followme,
    AccessList: ensure_access_list,
}
FIND: dict[type, Callable[..., Any]] = {
    Mailbox: find_mailbox,
    MusicClass: find_music_class,
    CommandMusicClass: find_command_music_class,
    FollowMeProfile: find_followme,
    AccessList: find_access_list,
}
DELETE: dict[type, Callable[..., Any]] = {
    Mailbox: delete_mailbox,
    MusicClass: delete_music_class,
    CommandMusicClass: delete_command_music_class,
    FollowMeProfile: delete_followme,
    AccessList: delete_access_list,
}
TABLES = (
    *("voicemail", "musiconhold", "musiconhold_entry", "followme", "followme_numbers"),
    "acls",
)


def key(spec: Any) -> str:
    """Return what a spec is found by."""
    return str(getattr(spec, "name", None) or spec.number)


@pytest.mark.parametrize("spec", SPECS, ids=key)
def test_it_comes_back(session: Session, spec: Any) -> None:
    """What was created is found as it was, and found again it changes nothing."""
    CREATE[type(spec)](session, spec)
    found = FIND[type(spec)](session, key(spec))

    assert found == spec
    assert not plan(session, found)
    assert FIND[type(spec)](session, "999") is None


@pytest.mark.parametrize("spec", SPECS, ids=key)
def test_it_is_created_once(session: Session, spec: Any) -> None:
    """The second time is a conflict, and the first one stays."""
    CREATE[type(spec)](session, spec)
    before = {table: rows(session, table) for table in TABLES}
    with pytest.raises(ConflictError, match=repr(key(spec))[1:-1]):
        CREATE[type(spec)](session, spec)

    assert {table: rows(session, table) for table in TABLES} == before


@pytest.mark.parametrize("spec", SPECS, ids=key)
def test_it_is_ensured(engine: Engine, session: Session, spec: Any) -> None:
    """From nothing it is added; unchanged it sends no write."""
    assert ENSURE[type(spec)](session, spec)
    session.commit()
    with statements(engine) as sent:
        assert not ENSURE[type(spec)](session, spec)

    assert writes(sent) == []


@pytest.mark.parametrize("spec", SPECS, ids=key)
def test_it_is_deleted(session: Session, spec: Any) -> None:
    """With all of its rows and with no neighbour's; what is not there is an error."""
    with pytest.raises(NotFoundError):
        DELETE[type(spec)](session, key(spec))
    neighbour = (
        attrs.evolve(spec, number="200")
        if isinstance(spec, Mailbox)
        else attrs.evolve(spec, name="neighbour")
    )
    CREATE[type(spec)](session, neighbour)
    before = {table: rows(session, table) for table in TABLES}
    CREATE[type(spec)](session, spec)
    session.commit()
    assert DELETE[type(spec)](session, key(spec))
    session.commit()

    assert {table: rows(session, table) for table in TABLES} == before


@pytest.mark.parametrize("spec", [FILES, COMMAND, PROFILE, OFFICE], ids=key)
def test_case_makes_no_other_name(session: Session, spec: Any) -> None:
    """MariaDB would take them for one, and so do people."""
    CREATE[type(spec)](session, spec)
    with pytest.raises(ConflictError):
        CREATE[type(spec)](session, attrs.evolve(spec, name=spec.name.upper()))
