"""
Where our tables are not as Asterisk's own scripts make them, and why: what the docs say, as data.

``python -m tests.migrations.departures`` writes ``tests/data/departures.json`` anew; read what is
new in it, and give it its line in ``docs/explanation/departures.md``.

A difference that is not written here fails a test; one that is written here and gone fails it too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Enum, String, inspect

from asterisk_realtime import migrations
from tests import servers
from tests.conftest import new_database, opened
from tests.migrations.upstream_tables import build

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Engine
    from sqlalchemy.engine import Inspector

Departure = tuple[str, str]
"""What is different: its kind, and the table with what it has."""

REASONS: Final = {
    "column added": "a key that the database numbers, or one that Asterisk's code reads",
    "column wider": "values that are real exceed the column of Asterisk's scripts",
    "label added": "Asterisk's code takes the word",
    "primary key": "an ORM and replication need one",
    "unique added": "two rows of that kind would be one thing twice",
    "unique missing": "the primary key says it already",
    "index added": "a statement that Asterisk sends would read the whole table",
    "index missing": "a key, or a longer index, does its work",
    "refuses NULL": "it is the key",
    "numbered": "an INSERT without it would fail",
    "type": "a number of the same values that holds more",
}
"""Why each kind of difference is there; the docs tell it column by column."""

_FILE: Final = Path(__file__).parents[1] / "data" / "departures.json"

DECLARED: Final[dict[str, frozenset[Departure]]] = {
    server: frozenset((kind, place) for kind, places in kinds.items() for place in places)
    for server, kinds in json.loads(_FILE.read_text()).items()
}
"""All of them, for each server; ``python -m tests.migrations.departures`` prints them anew."""

ONE_SOURCE_ONLY: Final = {
    ("mariadb", "facts"): frozenset({("numbered", "queue_members.uniqueid")}),
    ("mariadb", "scripts"): frozenset({("refuses NULL", "ps_contacts.id")}),
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
    return frozenset(found)


def _columns(table: str, theirs: Inspector, ours: Inspector) -> Iterator[Departure]:
    before = {each["name"]: each for each in theirs.get_columns(table)}
    after = {each["name"]: each for each in ours.get_columns(table)}
    # In the order of theirs, and what we add behind them.
    assert list(after)[: len(before)] == list(before)
    for name, column in after.items():
        place = f"{table}.{name}"
        if name not in before:
            yield "column added", place
        else:
            yield from ((kind, place) for kind in _column(before[name], column))


def _column(before: Any, after: Any) -> Iterator[str]:
    old, new = before["type"], after["type"]
    if isinstance(old, Enum):
        assert isinstance(new, Enum)
        assert old.name == new.name
        assert new.enums[: len(old.enums)] == old.enums
        if new.enums != old.enums:
            yield "label added"
    elif isinstance(old, String) and old.length:
        assert isinstance(new, String)
        assert (new.length or 2**16) >= old.length
        if new.length != old.length:
            yield "column wider"
    elif str(old) != str(new):
        yield "type"
    if before["nullable"] and not after["nullable"]:
        yield "refuses NULL"
    assert before["nullable"] or not after["nullable"]
    if _numbered(after) and not _numbered(before):
        yield "numbered"


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
        yield "primary key", f"{table} ({', '.join(key)})"
    before, after = (
        {tuple(each["column_names"]) for each in inspector.get_unique_constraints(table)}
        | {tuple(inspector.get_pk_constraint(table)["constrained_columns"])}
        for inspector in (theirs, ours)
    )
    for columns in {each for each in before ^ after if each and list(each) != key}:
        kind = "unique added" if columns in after else "unique missing"
        yield kind, f"{table} ({', '.join(columns)})"
    for inspector in (theirs, ours):
        foreign = {each["name"] for each in inspector.get_foreign_keys(table)}
        assert foreign == {each["name"] for each in theirs.get_foreign_keys(table)}


def _indexes(table: str, theirs: Inspector, ours: Inspector) -> Iterator[Departure]:
    before, after = (
        {
            str(each["name"])
            for each in inspector.get_indexes(table)
            if not each["unique"] and not each.get("duplicates_constraint")
        }
        for inspector in (theirs, ours)
    )
    # MariaDB makes an index of its own for a foreign key.
    for name in {each for each in before ^ after if not each.startswith("fk_")}:
        yield ("index added" if name in after else "index missing"), name


def departures_by_facts(one: URL, other: URL) -> frozenset[Departure]:
    """Compare in two empty databases."""
    with opened(one) as theirs, opened(other) as ours:
        build(theirs)
        migrations.upgrade(ours)
        return departures(theirs, ours)


def write() -> None:
    """Write down what is different now, by the facts on both servers."""
    found: dict[str, dict[str, list[str]]] = {}
    for server in (servers.postgresql, servers.mariadb):
        with server() as url, new_database(url) as one, new_database(url) as other:
            name = server.__name__
            everything = departures_by_facts(one, other)
            everything |= ONE_SOURCE_ONLY.get((name, "scripts"), frozenset())
            for kind, place in sorted(everything):
                found.setdefault(name, {}).setdefault(kind, []).append(place)
    _FILE.write_text(f"{json.dumps(found, indent=1)}\n")


if __name__ == "__main__":
    write()
