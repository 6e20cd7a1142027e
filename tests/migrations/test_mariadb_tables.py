"""Hand-made tables of MariaDB: nothing of them is lost, and what is in the way can be got over."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import pytest

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaIrreconcilableError
from asterisk_realtime.migrations.families import family_of
from asterisk_realtime.models import Base
from tests.migrations.mariadb_tables import NAMED, RICH, TAKEN
from tests.migrations.tools import mostly_long

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine


STATEMENT: Final = re.compile(
    r"(?<=[:,;] )((?:ALTER|RENAME|CREATE) TABLE .+?|DELETE HISTORY FROM \w+)"
    r"(?=; |, and add it|, or change|$)"
)
"""What a person copies out of the advice."""


def run(engine: Engine, statements: Sequence[str]) -> None:
    """Run statements in one session, as a client that doubles no percent sign."""
    with engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})


def made(engine: Engine, table: str) -> str:
    """Return the statement that makes a table."""
    with engine.connect() as connection:
        return str(connection.exec_driver_sql(f"SHOW CREATE TABLE {table}").one()[1])


def rows(engine: Engine, query: str) -> list[tuple[Any, ...]]:
    """Return what a query finds."""
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(query)]


def lines(engine: Engine, table: str) -> dict[str, str]:
    """Return the definition of each column as the server prints it, without its name."""
    found = re.findall(r"^ +`(\w+)` (.*?),?$", made(engine, table), re.MULTILINE)
    return dict(found)


def upgrade(engine: Engine, statements: Sequence[str]) -> None:
    """Upgrade the families of some tables: that is what it is about, and quicker."""
    tables = {
        each.split()[2] for each in statements if each.startswith(("CREATE TABLE ", "CREATE VIEW "))
    }
    ours = tables & {*Base.metadata.tables}
    migrations.upgrade(engine, families={family_of(table) for table in ours})


def counted(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Return how many rows each table has."""
    tables = [row[0] for row in rows(engine, "SHOW FULL TABLES WHERE table_type = 'BASE TABLE'")]
    return {table: rows(engine, f"SELECT count(*) FROM {table}") for table in tables}


@pytest.mark.parametrize("name", mostly_long(TAKEN))
def test_tables_are_taken_over(mariadb_engine: Engine, name: str) -> None:
    """No statement is needed, and the database is what it must be."""
    run(mariadb_engine, TAKEN[name])
    before = counted(mariadb_engine)
    upgrade(mariadb_engine, TAKEN[name])

    assert migrations.check(mariadb_engine) == ()
    assert counted(mariadb_engine).items() >= before.items()
    for table in before:
        assert "ENGINE=InnoDB" in made(mariadb_engine, table)


@pytest.mark.parametrize("name", mostly_long(NAMED))
def test_what_is_in_the_way_is_got_over(mariadb_engine: Engine, name: str) -> None:
    """Each obstacle is named before the first change, and its own statement removes it."""
    run(mariadb_engine, NAMED[name])
    before = catalogue(mariadb_engine)
    with pytest.raises(SchemaIrreconcilableError) as caught:
        upgrade(mariadb_engine, NAMED[name])
    assert catalogue(mariadb_engine) == before
    for problem in caught.value.problems:
        advised = [each for each in STATEMENT.findall(problem) if "ADD CONSTRAINT" not in each]
        assert advised, problem
        run(mariadb_engine, advised)
    upgrade(mariadb_engine, NAMED[name])

    assert migrations.check(mariadb_engine) == ()


def catalogue(engine: Engine) -> dict[str, str]:
    """Return what makes each table and view."""
    return {row[0]: made(engine, row[0]) for row in rows(engine, "SHOW TABLES")}


def test_everything_of_a_column_stays(mariadb_engine: Engine) -> None:
    """MODIFY drops what it does not repeat: comments, checks, visibility, character sets."""
    run(mariadb_engine, RICH)
    migrations.upgrade(mariadb_engine)

    found = lines(mariadb_engine, "ps_endpoints")
    words = "enum('0','1','off','on','false','true','no','yes')"
    assert found["id"] == "varchar(255) NOT NULL COMMENT 'who, 100%'"
    assert found["callerid"] == (
        "varchar(255) INVISIBLE DEFAULT concat('a','b') COMMENT 'it''s 5%'"
        " CHECK (`callerid` <> 'x')"
    )
    assert found["webrtc"] == f"{words} DEFAULT NULL COMMENT 'w' CHECK (`webrtc` in ('1','0'))"
    assert found["direct_media"] == (
        f"{words} INVISIBLE DEFAULT NULL CHECK (`direct_media` in ('0','1'))"
    )
    assert found["mailboxes"] == (
        "varchar(512) /*M!100301 COMPRESSED*/ CHARACTER SET latin1 COLLATE latin1_bin DEFAULT NULL"
    )
    assert found["dtmf_mode"].endswith(
        "CHARACTER SET latin1 COLLATE latin1_swedish_ci DEFAULT NULL COMMENT 'd'"
    )
    assert found["permit"].endswith("COMMENT 'first'")
    assert found["deny"].endswith("COMMENT 'then'")
    assert found["length"] == "int(11) GENERATED ALWAYS AS (char_length(`callerid`)) STORED"
    event = lines(mariadb_engine, "queue_log")["event"]
    assert event == "varchar(32) DEFAULT 'none' COMMENT 'e'"
    names = list(found)
    assert names.index("webrtc") == 2
    assert names.index("permit") == names.index("deny") + 1
    whole = made(mariadb_engine, "ps_endpoints")
    for part in (
        "UNIQUE KEY `pair` (`own`,`rtp_timeout`)",
        "KEY `both_of` (`webrtc`,`own`) COMMENT 'x'",
        "FULLTEXT KEY `words` (`notes`)",
        "CONSTRAINT `one` CHECK (`direct_media` in ('0','1'))",
        "COMMENT='mine'",
    ):
        assert part in whole


def test_no_trigger_and_no_time_of_change(mariadb_engine: Engine) -> None:
    """Cells become other words without an UPDATE, which the host would notice."""
    run(mariadb_engine, RICH)
    migrations.upgrade(mariadb_engine)

    cells = "id, webrtc, direct_media, use_avpf, own, rtp_timeout, length, changed"
    assert rows(mariadb_engine, f"SELECT {cells} FROM ps_endpoints ORDER BY id") == [
        ("a", "1", "0", "true", 3, None, 1, datetime(2020, 1, 1)),  # noqa: DTZ001 - MariaDB's have no zone
        ("b", None, None, "no", 4, 10, 1, datetime(2020, 1, 2)),  # noqa: DTZ001 - the same
    ]
    assert rows(mariadb_engine, "SELECT what FROM changes ORDER BY id") == []
    triggers = rows(mariadb_engine, "SHOW TRIGGERS")
    assert sorted(row[0] for row in triggers) == ["noting", "refusing"]
    assert rows(mariadb_engine, "SELECT * FROM names WHERE id = 'a'") == [("a", "1")]
    history = "SELECT max_contacts FROM ps_aors FOR SYSTEM_TIME ALL ORDER BY row_end"
    assert rows(mariadb_engine, history) == [(3,), (4,)]


def test_partitions_stay(mariadb_engine: Engine) -> None:
    """A partitioned table of calls keeps its partitions, and its rows are numbered all the same."""
    run(mariadb_engine, RICH)
    migrations.upgrade(mariadb_engine)

    assert rows(mariadb_engine, "SELECT id, src FROM cdr PARTITION (pm)") == [(2, "3")]
    assert "PARTITION BY RANGE (to_days(`calldate`))" in made(mariadb_engine, "cdr")
    assert "KEY `id` (`id`)" in made(mariadb_engine, "cdr")


def test_a_foreign_key_that_cannot_come_back_is_told_before_it_is_dropped(
    mariadb_engine: Engine,
) -> None:
    """Who drops it for the upgrade must know; the other one is added again as the message says."""
    run(mariadb_engine, NAMED["foreign keys"])
    with pytest.raises(SchemaIrreconcilableError) as caught:
        migrations.upgrade(mariadb_engine)
    there, lost = sorted(caught.value.problems, key=lambda problem: "cannot be added" in problem)
    assert "ps_endpoints.aors becomes VARCHAR(2048), which is too long for the index" in lost
    run(mariadb_engine, STATEMENT.findall(lost))
    drop, add = STATEMENT.findall(there)
    run(mariadb_engine, [drop])
    migrations.upgrade(mariadb_engine)
    run(mariadb_engine, [add])

    assert "ON UPDATE CASCADE" in made(mariadb_engine, "own")
    assert migrations.check(mariadb_engine) == ()


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (("'1'", "'01'"), "would have several rows with the same (context, exten, priority)"),
        (("'1'", "''"), "column extensions.priority has rows without a value"),
    ],
)
def test_keys_that_become_equal_or_nothing(
    mariadb_engine: Engine, cells: tuple[str, str], said: str
) -> None:
    """Text that differs may be the same number."""
    run(
        mariadb_engine,
        [
            (
                "CREATE TABLE extensions (context VARCHAR(40) NOT NULL, exten VARCHAR(40) NOT NULL,"
                " priority VARCHAR(5) NOT NULL, PRIMARY KEY (context, exten, priority))"
            ),
            *(f"INSERT INTO extensions VALUES ('a', 'b', {cell})" for cell in cells),
        ],
    )
    with pytest.raises(SchemaIrreconcilableError) as caught:
        migrations.upgrade(mariadb_engine)

    assert said in "\n".join(caught.value.problems)


def test_microseconds(mariadb_engine: Engine) -> None:
    """Events of one second are distinct, and in order."""
    migrations.upgrade(mariadb_engine)
    run(
        mariadb_engine,
        [
            "INSERT INTO queue_log (time) VALUES ('2026-01-01 10:00:00.123456')",
            "INSERT INTO cel (eventtime) VALUES ('2026-01-01 10:00:00.000001')",
        ],
    )

    assert rows(mariadb_engine, "SELECT time FROM queue_log")[0][0].microsecond == 123456
    assert rows(mariadb_engine, "SELECT eventtime FROM cel")[0][0].microsecond == 1
