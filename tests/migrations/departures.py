"""
Finds where our tables are not as Asterisk's own scripts make them.

``python -m tests.migrations.departures`` writes ``tests/data/departures.json`` anew; read what is
new in it, and give it its reason in ``tests/migrations/declared.py``, which the docs print.

A difference that is not written there fails a test; one that is written there and gone fails it
too.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

from sqlalchemy import Enum, String, inspect

from asterisk_realtime import migrations
from tests import servers
from tests.conftest import new_database, opened
from tests.migrations.declared import FILE
from tests.migrations.upstream_tables import build

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Engine
    from sqlalchemy.engine import Inspector

    from tests.migrations.declared import Departure

ONE_SOURCE_ONLY: Final = {
    ("mariadb", "facts"): frozenset({("numbered", "queue_members.uniqueid", "")}),
    ("mariadb", "scripts"): frozenset({("refuses NULL", "ps_contacts.id", "")}),
}
"""What the facts, which are one for both servers, tell otherwise than the scripts."""


def departures(theirs: Engine, ours: Engine) -> frozenset[Departure]:
    """Compare by reflection all tables that Asterisk's scripts made."""
    found: list[Departure] = []
    their_inspector, our_inspector = inspect(theirs), inspect(ours)
    for table in their_inspector.get_table_names():
        if not table.startswith("alembic_version"):
            found += _columns(table, their_inspector, our_inspector)
            found += _keys(table, their_inspector, our_inspector)
            found += _indexes(table, their_inspector, our_inspector)
    new = {*our_inspector.get_table_names()} - {*their_inspector.get_table_names()}
    found += [("table added", table, "") for table in new]
    return frozenset(found)


def _columns(table: str, theirs: Inspector, ours: Inspector) -> Iterator[Departure]:
    before = {each["name"]: each for each in theirs.get_columns(table)}
    after = {each["name"]: each for each in ours.get_columns(table)}
    # In the order of theirs, and what we add behind them.
    assert list(after)[: len(before)] == list(before)
    for name, column in after.items():
        place = f"{table}.{name}"
        if name not in before:
            yield "column added", place, ""
        else:
            yield from ((kind, place, change) for kind, change in _column(before[name], column))


def _column(before: Any, after: Any) -> Iterator[tuple[str, str]]:
    old, new = before["type"], after["type"]
    if isinstance(old, Enum):
        assert isinstance(new, Enum)
        assert old.name == new.name
        assert new.enums[: len(old.enums)] == old.enums
        if new.enums != old.enums:
            yield "label added", ", ".join(new.enums[len(old.enums) :])
    elif isinstance(old, String) and old.length:
        assert isinstance(new, String)
        assert (new.length or 2**16) >= old.length
        if new.length != old.length:
            yield "column wider", f"{old.length} -> {new.length or 'text'}"
    elif str(old) != str(new):
        yield "type", f"{old} -> {new}".lower()
    if before["nullable"] and not after["nullable"]:
        yield "refuses NULL", ""
    assert before["nullable"] or not after["nullable"]
    if _numbered(after) and not _numbered(before):
        yield "numbered", ""


def _numbered(column: Any) -> bool:
    return bool(
        column.get("identity")
        or column.get("autoincrement") is True
        or "nextval" in (column.get("default") or "")
    )


def _keys(table: str, theirs: Inspector, ours: Inspector) -> Iterator[Departure]:
    old = theirs.get_pk_constraint(table)["constrained_columns"]
    key = ours.get_pk_constraint(table)["constrained_columns"]
    if old != key:
        assert not old
        yield "primary key", f"{table} ({', '.join(key)})", ""
    before, after = (
        {tuple(each["column_names"]) for each in inspector.get_unique_constraints(table)}
        | {tuple(inspector.get_pk_constraint(table)["constrained_columns"])}
        for inspector in (theirs, ours)
    )
    for columns in {each for each in before ^ after if each and list(each) != key}:
        kind = "unique added" if columns in after else "unique missing"
        yield kind, f"{table} ({', '.join(columns)})", ""
    for inspector in (theirs, ours):
        foreign = {each["name"] for each in inspector.get_foreign_keys(table)}
        assert foreign == {each["name"] for each in theirs.get_foreign_keys(table)}


def _indexes(table: str, theirs: Inspector, ours: Inspector) -> Iterator[Departure]:
    before, after = (
        {
            str(each["name"]): f"{table} ({', '.join(_parts(each))})"
            for each in inspector.get_indexes(table)
            if not each["unique"] and not each.get("duplicates_constraint")
        }
        for inspector in (theirs, ours)
    )
    # MariaDB makes an index of its own for a foreign key.
    for name in {each for each in {*before} ^ {*after} if not each.startswith("fk_")}:
        kind = "index added" if name in after else "index missing"
        yield kind, name, (before | after)[name]


def _parts(index: Any) -> Iterator[str]:
    """Yield the columns and expressions of an index, without PostgreSQL's casts and quotes."""
    for part in index.get("expressions") or index["column_names"]:
        yield re.sub(r"\((\w+)\)::text|(\w+)::text", r"\1\2", str(part)).replace('"', "")


def departures_by_facts(one: URL, other: URL) -> frozenset[Departure]:
    """Compare in two empty databases."""
    with opened(one) as theirs, opened(other) as ours:
        build(theirs)
        migrations.upgrade(ours)
        return departures(theirs, ours)


def write() -> None:
    """Write down what is different now, by the facts on both servers."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for server in (servers.postgresql, servers.mariadb):
        with server() as url, new_database(url) as one, new_database(url) as other:
            name = server.__name__
            everything = departures_by_facts(one, other)
            everything |= ONE_SOURCE_ONLY.get((name, "scripts"), frozenset())
            for kind, place, change in sorted(everything):
                found.setdefault(name, {}).setdefault(kind, {})[place] = change
    FILE.write_text(f"{json.dumps(found, indent=1)}\n")


if __name__ == "__main__":
    write()
