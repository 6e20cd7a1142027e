"""The columns of MariaDB and MySQL that take the place of partial indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import Text, inspect

from asterisk_realtime import migrations
from asterisk_realtime.migrations import converting
from tests.conftest import new_database, opened
from tests.migrations.tools import columns, indexes, mostly_long, repair, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

RARE: Final = converting.RARE
SERVERS: Final = [
    "sqlite",
    "postgresql",
    "mariadb",
    pytest.param("mysql", marks=[pytest.mark.long, pytest.mark.xdist_group("mysql")]),
]


@pytest.fixture(params=SERVERS[2:])
def mariadb(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine for a database of MariaDB or MySQL at head."""
    with new_database(request.getfixturevalue(f"{request.param}_url")) as url, opened(url) as found:
        migrations.upgrade(found)
        yield found


def test_generated_columns_are_invisible(mariadb: Engine) -> None:
    """Asterisk drops a row with a column that it does not know, and reads all that it sees."""
    run(mariadb, "INSERT INTO ps_aors (id) VALUES ('a_b')")
    with mariadb.connect() as connection:
        [row] = connection.exec_driver_sql("SELECT * FROM ps_aors").mappings()
        flag = connection.exec_driver_sql(f"SELECT {RARE} FROM ps_aors").scalar_one()

    assert RARE not in row
    assert flag == 1
    assert RARE in columns(mariadb, "ps_aors")


CHANGED: Final = {
    "other rows": "TINYINT GENERATED ALWAYS AS (CASE WHEN id = 'x' THEN 1 END) VIRTUAL INVISIBLE",
    "visible": "TINYINT GENERATED ALWAYS AS (CASE WHEN id = 'x' THEN 1 END) VIRTUAL",
}


@pytest.mark.parametrize("change", mostly_long(CHANGED))
def test_a_generated_column_for_other_rows(mariadb: Engine, change: str) -> None:
    """It becomes the wanted one, and so does its index."""
    run(
        mariadb,
        "INSERT INTO ps_aors (id) VALUES ('a_b'), ('x')",
        f"ALTER TABLE ps_aors MODIFY COLUMN {RARE} {CHANGED[change]}",
    )
    assert [each.what for each in migrations.check(mariadb)] == [
        f"column ps_aors.{RARE} has another expression, or is not invisible"
    ]
    repair(mariadb)

    assert migrations.check(mariadb) == ()
    with mariadb.connect() as connection:
        query = f"SELECT id FROM ps_aors FORCE INDEX (ps_aors_rare) WHERE {RARE} = 1"
        assert connection.exec_driver_sql(query).scalars().all() == ["a_b"]


def test_a_column_of_that_name(mariadb: Engine) -> None:
    """An ordinary one must be dropped, and the statement for it is told."""
    run(
        mariadb,
        f"ALTER TABLE ps_aors DROP INDEX ps_aors_rare, DROP COLUMN {RARE}",
        f"ALTER TABLE ps_aors ADD COLUMN {RARE} TINYINT",
    )
    [obstacle, missing] = migrations.check(mariadb)

    assert obstacle.what == f"column ps_aors.{RARE} is not a virtual column"
    assert missing.what == "index ps_aors_rare of ps_aors is missing"

    run(mariadb, obstacle.hint.rpartition(": ")[2])
    repair(mariadb)

    assert migrations.check(mariadb) == ()


def test_texts_without_a_limit(mariadb: Engine) -> None:
    """A column of type TEXT stays one, and its index holds the beginning of each text."""
    run(
        mariadb,
        "DROP TABLE ps_endpoints",
        "CREATE TABLE ps_endpoints (id VARCHAR(255) PRIMARY KEY, context TEXT, mailboxes TEXT)",
        "DELETE FROM asterisk_realtime_version",
    )
    told = [each.what for each in migrations.plan(mariadb)]
    assert any("(context(80), id)" in each for each in told)
    migrations.upgrade(mariadb)

    assert migrations.check(mariadb) == ()
    assert {"ps_endpoints_context", "ps_endpoints_mailboxes"} <= indexes(mariadb)
    found = {each["name"]: each["type"] for each in inspect(mariadb).get_columns("ps_endpoints")}
    assert isinstance(found["mailboxes"], Text)


def test_compressed_texts(mariadb_engine: Engine) -> None:
    """MariaDB cannot index them, so the index is left out."""
    run(
        mariadb_engine,
        "CREATE TABLE ps_endpoints (id VARCHAR(255) PRIMARY KEY, mailboxes TEXT COMPRESSED)",
    )
    migrations.upgrade(mariadb_engine)

    assert "ps_endpoints_mailboxes" not in indexes(mariadb_engine)
    assert "ps_endpoints_rare" in indexes(mariadb_engine)
    assert migrations.check(mariadb_engine) == ()
