"""Rows of a thing that its key does not tell apart: each is seen, and can be removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from asterisk_realtime import (
    AccessList,
    AccessRule,
    Action,
    InternalExtension,
    Mailbox,
    PenaltyRule,
    PenaltyStep,
    Phone,
    ToPhone,
    apply,
    get,
    migrations,
    plan,
)
from tests.db.tools import PASSWORD, rows
from tests.keyed import gone

if TYPE_CHECKING:
    from sqlalchemy import Engine

LIST = AccessList(name="office", rules=[AccessRule.permit("10.0.0.0/8")])
THINGS: dict[str, tuple[Any, ...]] = {
    "acls": (LIST,),
    "queue_rules": (PenaltyRule(name="r", steps=[PenaltyStep(after=5, max_penalty="+1")]),),
    "voicemail": (Mailbox(number="7", pin="4711"),),
    "extensions": (
        InternalExtension(exten="5", context="phones", destination=ToPhone("100")),
        Phone(id="100", context="phones", password=PASSWORD),
    ),
}
"""Things in the tables whose primary key is a number; the others' key is what tells them apart."""


def loosen(session: Session, table: str) -> None:
    """Have a table be as one that was made by hand: with a number, and no other key that binds."""
    names = [name for name in rows(session, table)[0] if name != number(table)]
    columns = ", ".join(f'"{name}"' for name in names)
    session.execute(text(f'CREATE TABLE loose ("{number(table)}" INTEGER PRIMARY KEY, {columns})'))
    session.execute(text(f'INSERT INTO loose SELECT "{number(table)}", {columns} FROM {table}'))
    session.execute(text(f"DROP TABLE {table}"))
    session.execute(text(f"ALTER TABLE loose RENAME TO {table}"))
    session.execute(text(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}"))


def number(table: str) -> str:
    """Return the column that the database numbers."""
    return "uniqueid" if table == "voicemail" else "id"


@pytest.mark.parametrize("table", THINGS)
def test_each_row_is_seen(sqlite_engine: Engine, table: str) -> None:
    """A surplus row is in the plan with its number, and goes; the one that was first stays."""
    migrations.upgrade(sqlite_engine)
    with Session(sqlite_engine) as session:
        apply(session, *THINGS[table])
        before = rows(session, table)
        loosen(session, table)
        planned = plan(session, *THINGS[table])
        removed = planned.of(Action.REMOVE)

        assert len(planned.rows) == len(removed) == len(before)
        assert {row.table for row in removed} == {table}
        assert not {row.key[number(table)] for row in removed} & {
            row[number(table)] for row in before
        }
        assert f"{number(table)}=" in str(planned)
        assert apply(session, *THINGS[table]) == planned
        assert rows(session, table) == before
        assert not plan(session, *THINGS[table])


@pytest.mark.parametrize("table", THINGS)
def test_all_rows_go_with_the_thing(sqlite_engine: Engine, table: str) -> None:
    """What is deleted leaves nothing behind."""
    migrations.upgrade(sqlite_engine)
    thing = THINGS[table][0]
    with Session(sqlite_engine) as session:
        apply(session, *THINGS[table])
        loosen(session, table)

        assert apply(session, gone(thing))
        assert rows(session, table) == []
        assert not apply(session, gone(thing))


def test_a_list_shows_the_rule_that_somebody_slipped_in(session: Session) -> None:
    """Asterisk applies it, so that the list is not what was wanted."""
    apply(session, LIST)
    session.execute(
        text(
            "INSERT INTO acls (name, systemname, rule_order, sense, rule) "
            "VALUES ('office', '', 3, 'permit', '0.0.0.0/1')"
        )
    )
    found = get(session, AccessList, "office")

    assert found is not None
    assert found != LIST
    assert [row.key["rule_order"] for row in plan(session, LIST).of(Action.REMOVE)] == [3]
    apply(session, LIST)
    assert get(session, AccessList, "office") == LIST
    assert len(rows(session, "acls")) == 2
