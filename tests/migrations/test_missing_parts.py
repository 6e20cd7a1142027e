"""Tables of other hands without a column, a parent table or a time: named first, or taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect
from sqlalchemy.orm import Session

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaIrreconcilableError
from asterisk_realtime.models import Cdr, Extension
from tests.migrations.tools import run

if TYPE_CHECKING:
    from sqlalchemy import Engine

ID = "id INTEGER NOT NULL PRIMARY KEY"
ENTRIES = (
    "CREATE TABLE musiconhold_entry (name VARCHAR(80) NOT NULL, position INTEGER NOT NULL,"
    " entry VARCHAR(1024) NOT NULL, PRIMARY KEY (name, position))"
)
NAMED = {
    "equal keys without a column of theirs": (
        (
            (
                f"CREATE TABLE acls ({ID}, name VARCHAR(80), rule_order INTEGER, sense VARCHAR(6),"
                " rule VARCHAR(95))"
            ),
            "INSERT INTO acls VALUES (1, 'a', 1, 'deny', '0.0.0.0/0'), (2, 'a', 1, 'permit', '::')",
        ),
        "acls has several rows with the same",
        ("DELETE FROM acls WHERE id = 2",),
    ),
    "rows without a parent table": (
        (
            ENTRIES,
            "INSERT INTO musiconhold_entry VALUES ('a', 1, 'b')",
        ),
        "musiconhold_entry has rows that refer to missing rows of musiconhold",
        ("DELETE FROM musiconhold_entry",),
    ),
    "a column that each row must give": (
        (
            (
                "CREATE TABLE voicemail (uniqueid INTEGER NOT NULL PRIMARY KEY,"
                " mailbox VARCHAR(80) NOT NULL, password VARCHAR(80) NOT NULL)"
            ),
            "INSERT INTO voicemail VALUES (1, '101', '4711')",
        ),
        "column voicemail.context is missing",
        ("ALTER TABLE voicemail ADD COLUMN context VARCHAR(80) NOT NULL DEFAULT 'default'",),
    ),
}


@pytest.mark.parametrize("case", NAMED)
def test_what_is_missing_is_named_first(empty_engine: Engine, case: str) -> None:
    """Nothing is changed then, and the upgrade goes on once the part exists."""
    made, problem, mended = NAMED[case]
    run(empty_engine, *made)
    with pytest.raises(SchemaIrreconcilableError, match=problem):
        migrations.upgrade(empty_engine)
    assert not inspect(empty_engine).has_table("ps_endpoints")

    run(empty_engine, *mended)
    migrations.upgrade(empty_engine)
    assert migrations.check(empty_engine) == ()


def test_an_empty_table_without_its_parent(empty_engine: Engine) -> None:
    """Nothing prevents it, and no driver's error is raised."""
    run(
        empty_engine,
        ENTRIES,
    )
    migrations.upgrade(empty_engine)
    assert migrations.check(empty_engine) == ()


@pytest.mark.parametrize("time", ["", "0000-00-00 00:00:00", "1767322800", "soon"])
def test_what_is_no_time_of_a_call(sqlite_engine: Engine, time: str) -> None:
    """SQLite keeps any text as the older column's; as the start of a call it cannot be read."""
    run(
        sqlite_engine,
        "CREATE TABLE cdr (calldate TEXT NOT NULL DEFAULT '', src TEXT)",
        f"INSERT INTO cdr VALUES ('{time}', '1'), ('2026-01-02 03:04:05', '2')",
    )
    migrations.upgrade(sqlite_engine)

    assert migrations.check(sqlite_engine) == ()
    with Session(sqlite_engine) as session:
        starts = {row.src: row.start for row in session.query(Cdr)}
        assert starts["1"] is None
        assert starts["2"] is not None


def test_steps_without_arguments(empty_engine: Engine) -> None:
    """A NULL among the arguments of an application is none, as an empty text is."""
    run(
        empty_engine,
        f"CREATE TABLE extensions ({ID}, context VARCHAR(40) NOT NULL, exten VARCHAR(40) NOT NULL,"
        " priority INTEGER NOT NULL, app VARCHAR(40) NOT NULL, appdata VARCHAR(256))",
        "INSERT INTO extensions VALUES (1, 'c', '1', 1, 'Answer', NULL), (2, 'c', '1', 2, 'Dial',"
        " 'PJSIP/1')",
    )
    migrations.upgrade(empty_engine)

    assert migrations.check(empty_engine) == ()
    with Session(empty_engine) as session:
        session.add(Extension(context="c", exten="2", priority=1, app="Hangup"))
        session.commit()
        steps = session.query(Extension).order_by(Extension.exten, Extension.priority)
        assert [step.appdata for step in steps] == ["", "PJSIP/1", ""]
