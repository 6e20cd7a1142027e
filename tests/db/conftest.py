"""
Databases with Asterisk's tables, one of each kind for the whole run, emptied after each test.

``engine``: an engine for one of them, each kind in turn. ``session``: a session on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import URL, delete
from sqlalchemy.orm import Session, sessionmaker

from asterisk_realtime import apply
from asterisk_realtime.models import (
    Aor,
    Auth,
    Cdr,
    Cel,
    Endpoint,
    Extension,
    FollowMe,
    FollowMeNumber,
    Identify,
    MusicOnHold,
    MusicOnHoldEntry,
    NamedAcl,
    OutboundPublish,
    Queue,
    QueueLog,
    QueueMember,
    QueueRule,
    Registration,
    Transport,
    Voicemail,
)
from tests.conftest import new_database, opened
from tests.db import twilio_site
from tests.db.tools import make_tables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

pytest.register_assert_rewrite("tests.db.pages", "tests.db.renaming")  # to show what differs

WRITTEN = (
    *(Aor, Auth, Endpoint, Extension, Identify, OutboundPublish, Registration, Transport),
    *(Cdr, Cel, QueueLog),
    *(Queue, QueueMember, QueueRule, Voicemail, FollowMe, FollowMeNumber, NamedAcl),
    *(MusicOnHoldEntry, MusicOnHold),  # in this order: the first refers to the second
)
"""The tables that these tests write to."""


LONG_ON_SERVERS = frozenset(
    f"test_{name}.py"
    for name in (
        *("membership", "membership_finding", "membership_keys", "membership_together"),
        *("pages", "searching", "some_families", "unreadable"),
        *("prune", "registrations", "relationships", "rotation", "verbs"),
        *(
            "renaming",
            "renaming_names",
            "renaming_refused",
            "renaming_together",
            "renaming_updates",
        ),
        *("warnings", "no_warnings"),
        *("batches", "rare_rows", "read_only"),
        *("in_transaction", "in_transaction_async", "in_transaction_commit"),
        *("references_in_other_case", "served"),
    )
)
"""Modules of many cases: SQLite has all of them each time, servers in the long part."""


@pytest.hookimpl(tryfirst=True)  # before marks are selected
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what takes minutes on a server."""
    for item in items:
        callspec = getattr(item, "callspec", None)
        params = callspec.params.values() if callspec is not None else ()
        if item.path.name in LONG_ON_SERVERS and {"postgresql", "mariadb"} & {*map(str, params)}:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session", params=["sqlite", "postgresql", "mariadb"])
def filled_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """An engine for a database with all tables, of each kind in turn."""
    if request.param == "sqlite":
        path = tmp_path_factory.mktemp("sqlite") / "asterisk.db"
        # Writers take turns, and on a busy machine one may wait longer than the driver's 5 s.
        with opened(URL.create("sqlite", database=str(path), query={"timeout": "60"})) as engine:
            make_tables(engine)
            yield engine
        return
    server: URL = request.getfixturevalue(f"{request.param}_url")
    with new_database(server) as url, opened(url) as engine:
        make_tables(engine)
        yield engine


@pytest.fixture
def engine(filled_engine: Engine) -> Iterator[Engine]:
    """The same, and empty again after the test."""
    yield filled_engine
    with filled_engine.begin() as connection:
        for model in WRITTEN:
            connection.execute(delete(model))


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose open transaction is rolled back after the test."""
    with Session(engine) as session:
        yield session


@pytest.fixture
def unused() -> None:
    """In place of a session: whatever is asked of it fails."""


@pytest.fixture
def provisioned(session: Session) -> Session:
    """A session with all of the Twilio site, committed."""
    apply(session, *twilio_site.ALL)
    session.commit()
    return session


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions on each database in turn."""
    return sessionmaker(engine)


@pytest.fixture
def impatient(engine: Engine) -> Iterator[Engine]:
    """Another engine for the file, whose connections wait for no other."""
    with opened(engine.url.update_query_dict({"timeout": "0"})) as other:
        yield other
