"""Each service is created once, found as it was, ensured, and deleted with all of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from asterisk_realtime import (
    ConflictError,
    Mailbox,
    NotFoundError,
    create,
    delete,
    ensure,
    get,
    plan,
)
from tests.db.services import BOX, COMMAND, FILES, OFFICE, PLAYLIST, PROFILE
from tests.db.tools import rows, statements, writes
from tests.keyed import keyed

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session


SPECS = (BOX, FILES, PLAYLIST, COMMAND, PROFILE, OFFICE)
TABLES = (
    *("voicemail", "musiconhold", "musiconhold_entry", "followme", "followme_numbers"),
    "acls",
)


def name(spec: Any) -> str:
    """Return what a spec is called."""
    return str(getattr(spec, "name", None) or spec.number)


def called(spec: Any, name: str) -> Any:
    """Return a spec with another name."""
    return attrs.evolve(spec, **{"number" if isinstance(spec, Mailbox) else "name": name})


@pytest.mark.parametrize("spec", SPECS, ids=name)
def test_it_comes_back(session: Session, spec: Any) -> None:
    """What was created is found as it was, and found again it changes nothing."""
    kind, key = keyed(spec)
    _kind, other = keyed(called(spec, "999"))
    create(session, spec)
    found = get(session, kind, **key)

    assert found == spec
    assert not plan(session, found)
    assert get(session, kind, **other) is None


@pytest.mark.parametrize("spec", SPECS, ids=name)
def test_it_is_created_once(session: Session, spec: Any) -> None:
    """The second time is a conflict, and the first one stays."""
    create(session, spec)
    before = {table: rows(session, table) for table in TABLES}
    with pytest.raises(ConflictError, match=repr(name(spec))[1:-1]):
        create(session, spec)

    assert {table: rows(session, table) for table in TABLES} == before


@pytest.mark.parametrize("spec", SPECS, ids=name)
def test_it_is_ensured(engine: Engine, session: Session, spec: Any) -> None:
    """From nothing it is added; unchanged it sends no write."""
    assert ensure(session, spec)
    session.commit()
    with statements(engine) as sent:
        assert not ensure(session, spec)

    assert writes(sent) == []


@pytest.mark.parametrize("spec", SPECS, ids=name)
def test_it_is_deleted(session: Session, spec: Any) -> None:
    """With all of its rows and with no neighbour's; what is not there is an error."""
    kind, key = keyed(spec)
    with pytest.raises(NotFoundError):
        delete(session, kind, **key)
    create(session, called(spec, "200"))
    before = {table: rows(session, table) for table in TABLES}
    create(session, spec)
    session.commit()
    assert delete(session, kind, **key)
    session.commit()

    assert {table: rows(session, table) for table in TABLES} == before


@pytest.mark.parametrize("spec", [FILES, COMMAND, PROFILE, OFFICE], ids=name)
def test_case_makes_no_other_name(session: Session, spec: Any) -> None:
    """MariaDB would take them for one, and so do people."""
    create(session, spec)
    with pytest.raises(ConflictError):
        create(session, called(spec, spec.name.upper()))
