"""The database sees a rename as an UPDATE: what specs do not know keeps its value, or follows."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    CommandMusicClass,
    MusicClass,
    Phone,
    Rename,
    Trunk,
    apply,
    delete,
    get,
    rename,
)
from tests.db.renaming import values
from tests.db.services import COMMAND, PLAYLIST
from tests.db.tools import insert, make_tables, on_servers, rows
from tests.examples import phone, trunk
from tests.keyed import keyed
from tests.migrations.tools import mostly_long

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine


@pytest.fixture
def strict(empty_engine: Engine) -> Iterator[Session]:
    """A session on a database that enforces foreign keys, of the test's own."""
    if empty_engine.dialect.name == "sqlite":
        event.listen(empty_engine, "connect", _enforce)
    make_tables(empty_engine)
    with Session(empty_engine) as session:
        yield session


def _enforce(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


# -- The user's own columns and tables -------------------------------------------------------------


@pytest.mark.parametrize(("spec", "name"), [(phone(), "ps_endpoints"), (trunk("100"), "ps_aors")])
def test_a_column_of_the_user(strict: Session, spec: Any, name: str) -> None:
    """It keeps its value, also if the name comes back."""
    strict.execute(text(f"ALTER TABLE {name} ADD COLUMN tenant_id INTEGER"))
    apply(strict, spec)
    strict.execute(text(f"UPDATE {name} SET tenant_id = 7"))
    kind = type(spec)
    for old, new in (("100", "200"), ("200", "100")):
        rename(strict, kind.key(old), kind.key(new))

        assert [(row["id"], row["tenant_id"]) for row in rows(strict, name)] == [(new, 7)]


def test_columns_of_names_that_are_handed_on(strict: Session) -> None:
    """Each stays with its phone."""
    strict.execute(text("ALTER TABLE ps_endpoints ADD COLUMN tenant_id INTEGER"))
    apply(strict, phone(id="101"), phone(id="102"))
    strict.execute(text("UPDATE ps_endpoints SET tenant_id = CASE id WHEN '101' THEN 1 ELSE 2 END"))
    one, two, three = map(Phone.key, ("101", "102", "103"))
    apply(strict, Rename(two, three), Rename(one, two))

    found = [(row["id"], row["tenant_id"]) for row in rows(strict, "ps_endpoints")]
    assert found == [("102", 1), ("103", 2)]


def test_a_table_of_the_user(strict: Session) -> None:
    """Its foreign key follows, and its row stays."""
    strict.execute(text("CREATE TABLE owners AS SELECT id AS endpoint FROM ps_endpoints"))
    sqlite = strict.get_bind().dialect.name == "sqlite"
    reference = "REFERENCES ps_endpoints (id) ON UPDATE CASCADE"
    if sqlite:
        strict.execute(text("DROP TABLE owners"))
        strict.execute(text(f"CREATE TABLE owners (endpoint VARCHAR(255) {reference})"))
    else:
        strict.execute(text(f"ALTER TABLE owners ADD FOREIGN KEY (endpoint) {reference}"))
    apply(strict, phone(), phone(id="900"))
    strict.execute(text("INSERT INTO owners VALUES ('100')"))
    strict.commit()
    for old, new in (("100", "200"), ("200", "Ann"), ("Ann", "ann")):
        rename(strict, Phone.key(old), Phone.key(new))
        strict.commit()

        assert strict.scalars(text("SELECT endpoint FROM owners")).all() == [new]
        assert get(strict, Phone, new) is not None


# -- Columns that no call reads --------------------------------------------------------------------


@on_servers
def test_a_column_that_is_not_on_all_databases(session: Session) -> None:
    """Models read ``stir_shaken`` only if they are asked for it."""
    apply(session, phone(), trunk())
    session.execute(text("UPDATE ps_endpoints SET stir_shaken = 'yes', stir_shaken_profile = 'p'"))
    session.expire_all()
    rename(session, Phone.key("100"), Phone.key("200"))
    rename(session, Trunk.key("peer"), Trunk.key("carrier"))

    columns = ("id", "stir_shaken", "stir_shaken_profile")
    found = [tuple(row[name] for name in columns) for row in rows(session, "ps_endpoints")]
    assert found == [("200", "yes", "p"), ("carrier", "yes", "p")]


# -- Music, whose entries refer to their class -----------------------------------------------------


def test_a_playlist(strict: Session) -> None:
    """The class and its entries get the name, and the database is content at each statement."""
    apply(strict, PLAYLIST)
    before = rows(strict, "musiconhold_entry")
    strict.commit()
    rename(strict, MusicClass.key("list"), MusicClass.key("blues"))
    strict.commit()

    assert get(strict, MusicClass, "blues") == attrs.evolve(PLAYLIST, name="blues")
    assert values(strict, "musiconhold", "name") == ["blues"]
    assert rows(strict, "musiconhold_entry") == [{**row, "name": "blues"} for row in before]


def test_a_command_with_entries(strict: Session) -> None:
    """Entries that another tool has left go along, and do not keep the class from going."""
    apply(strict, COMMAND)
    for position, entry in enumerate(("/one", "/two")):
        insert(strict, "musiconhold_entry", name="radio", position=position, entry=entry)
    strict.commit()
    rename(strict, CommandMusicClass.key("radio"), CommandMusicClass.key("blues"))
    strict.commit()

    assert get(strict, CommandMusicClass, "blues") == attrs.evolve(COMMAND, name="blues")
    assert values(strict, "musiconhold_entry", "name") == ["blues", "blues"]
    delete(strict, CommandMusicClass, "blues")
    strict.commit()
    assert (rows(strict, "musiconhold"), rows(strict, "musiconhold_entry")) == ([], [])


def test_a_command_with_entries_leaves_its_name(strict: Session) -> None:
    """A playlist can get it afterwards."""
    apply(strict, COMMAND, PLAYLIST)
    insert(strict, "musiconhold_entry", name="radio", position=0, entry="/one")
    strict.commit()
    apply(strict, Absent(CommandMusicClass, "radio"))
    rename(strict, MusicClass.key("list"), MusicClass.key("radio"))
    strict.commit()

    assert get(strict, MusicClass, "radio") == attrs.evolve(PLAYLIST, name="radio")
    assert set(values(strict, "musiconhold_entry", "name")) == {"radio"}


FOLDER = MusicClass(name="folder", directory="/music")
CLASSES: dict[str, Any] = {"list": PLAYLIST, "folder": FOLDER, "command": COMMAND}


@pytest.mark.parametrize(
    "kinds", mostly_long(["-".join(each) for each in product(CLASSES, repeat=3)])
)
def test_a_chain_of_music_classes(strict: Session, kinds: str) -> None:
    """Each hands its name on to the next, with or without entries."""
    chain = [CLASSES[kind] for kind in kinds.split("-")]
    specs = [attrs.evolve(spec, name=name) for spec, name in zip(chain, "abc", strict=True)]
    apply(strict, *specs)
    strict.commit()
    renames = [
        Rename(keyed(spec)[0].key(old), keyed(spec)[0].key(new))
        for spec, old, new in zip(specs, "abc", "bcd", strict=True)
    ]
    apply(strict, *reversed(renames))

    for spec, name in zip(specs, "bcd", strict=True):
        assert get(strict, keyed(spec)[0], name) == attrs.evolve(spec, name=name)
