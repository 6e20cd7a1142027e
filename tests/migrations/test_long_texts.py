"""Indexes of long texts hold their beginning: PostgreSQL takes 2,704 bytes, and refuses a row."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text

from asterisk_realtime import migrations
from asterisk_realtime.models import Endpoint, Extension
from asterisk_realtime.models.conditions import INDEXED, begins, equals
from tests.migrations.tools import rows, run

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Engine

CHANCE: Final = random.Random(7)  # noqa: S311 - no secret
LONGER: Final = 2_000


def long(length: int, first: int = 0x10000) -> str:
    """Return a text that the server cannot compress, of characters from *first* on."""
    return "".join(chr(first + CHANCE.randrange(0x2000)) for _ in range(length))


STEP: Final = text(
    "INSERT INTO extensions (context, exten, priority, app, appdata)"
    " VALUES ('office', '101', :number, 'NoOp', :text)"
)
ENDPOINT: Final = text("INSERT INTO ps_endpoints (id, mailboxes) VALUES (:id, :text)")


def write(engine: Engine, arguments: list[str], boxes: list[str]) -> None:
    """Write steps with these arguments, and endpoints with these mailboxes."""
    with engine.begin() as connection:
        for number, each in enumerate(arguments, 1):
            connection.execute(STEP, {"number": number, "text": each})
        for number, each in enumerate(boxes):
            connection.execute(ENDPOINT, {"id": f"e{number}", "text": each})


def test_rows_of_a_new_database(empty_engine: Engine) -> None:
    """Each text that fits in its column is stored."""
    migrations.upgrade(empty_engine)
    steps = [long(680), long(1024), long(900, 0x4E00), long(1024, 0x4E00)]
    write(empty_engine, steps, [long(512)])

    found = rows(empty_engine, "SELECT appdata FROM extensions ORDER BY priority")
    assert [cell for (cell,) in found] == steps


def test_rows_of_an_adopted_database(empty_engine: Engine) -> None:
    """Columns that are longer keep their texts and take others."""
    run(
        empty_engine,
        "CREATE TABLE extensions (id INTEGER PRIMARY KEY, context VARCHAR(40) NOT NULL,"
        " exten VARCHAR(40) NOT NULL, priority INTEGER NOT NULL, app VARCHAR(40) NOT NULL,"
        f" appdata VARCHAR({LONGER}))",
        f"CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, mailboxes VARCHAR({LONGER}))",
        f"INSERT INTO extensions VALUES (1, 'office', '100', 1, 'NoOp', '{long(LONGER)}')",
        f"INSERT INTO ps_endpoints VALUES ('first', '{long(LONGER)}')",
    )
    migrations.upgrade(empty_engine)
    write(empty_engine, [long(LONGER)], [long(LONGER)])

    assert migrations.check(empty_engine) == ()
    for table, column in (("extensions", "appdata"), ("ps_endpoints", "mailboxes")):
        lengths = f"SELECT char_length({column}) FROM {table}"
        if empty_engine.dialect.name == "sqlite":
            lengths = lengths.replace("char_", "")
        assert rows(empty_engine, lengths) == [(LONGER,), (LONGER,)]


START: Final = f"PJSIP/{'1' * INDEXED}"
TEXTS: Final = (START, f"{START}2", f"{START}2,20", f"{START}3,20", START[:INDEXED], "PJSIP/1,20")
SEARCHES: Final[dict[str, tuple[ColumnElement[bool], list[str]]]] = {
    "equal": (equals(Extension.appdata, START), [START]),
    "equal, as long as the index": (equals(Extension.appdata, TEXTS[4]), [TEXTS[4]]),
    "equal and short": (equals(Extension.appdata, TEXTS[5]), [TEXTS[5]]),
    "begins with a longer text": (begins(Extension.appdata, f"{START}2"), [*TEXTS[1:3]]),
    "begins with one as long": (begins(Extension.appdata, TEXTS[4]), [*TEXTS[:5]]),
    "begins with a short one": (begins(Extension.appdata, "PJSIP/1,"), [TEXTS[5]]),
}


def test_look_ups_compare_whole_texts(empty_engine: Engine) -> None:
    """A look-up finds texts that differ only after what the index holds."""
    migrations.upgrade(empty_engine)
    write(empty_engine, [*TEXTS], [*TEXTS])
    with empty_engine.connect() as connection:
        for what, (condition, expected) in SEARCHES.items():
            found = connection.scalars(
                select(text("appdata")).select_from(Extension).where(condition)
            )
            assert sorted(found) == sorted(expected), what
        boxes = select(Endpoint.id).where(equals(Endpoint.mailboxes, f"{START}2"))
        assert [*connection.scalars(boxes)] == ["e1"]
