"""Tables of MariaDB at the limits of the server: an upgrade stops before the first change."""

from __future__ import annotations

import bisect
import re
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import OperationalError

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaIrreconcilableError
from asterisk_realtime.migrations.families import family_of
from asterisk_realtime.migrations.mariadb.limits import COLUMNS
from asterisk_realtime.models import Base
from tests.migrations.mariadb_growth import (
    ENDPOINTS,
    FRACTIONS,
    GROWING_TAKEN,
    INDEXED,
    LABELS,
    NO_INTEGERS,
)
from tests.migrations.test_mariadb_tables import catalogue, made, rows, run
from tests.migrations.tools import mostly_long

if TYPE_CHECKING:
    from sqlalchemy import Engine

FAMILIES = ("pjsip",)


def planned(engine: Engine) -> list[str]:
    """Return the lines of a plan."""
    return [str(each) for each in migrations.plan(engine, families=FAMILIES)]


def obstacles(engine: Engine) -> list[str]:
    """Return the obstacles of a plan."""
    plan = migrations.plan(engine, families=FAMILIES)
    return [str(each) for each in plan if isinstance(each, migrations.Obstacle)]


def upgrade(engine: Engine) -> None:
    """Upgrade; no difference may be left."""
    migrations.upgrade(engine, families=FAMILIES)
    assert migrations.check(engine) == ()


def refused(engine: Engine) -> str:
    """Return the obstacles of an upgrade, which must be those of the plan, and change nothing."""
    before, told = catalogue(engine), obstacles(engine)
    with pytest.raises(SchemaIrreconcilableError) as caught:
        migrations.upgrade(engine, families=FAMILIES)
    assert catalogue(engine) == before
    assert [*caught.value.problems] == told
    return "\n".join(told)


@pytest.mark.parametrize("name", mostly_long(INDEXED))
def test_an_index_holds_the_beginning_of_text(mariadb_engine: Engine, name: str) -> None:
    """An index that would become too long is shortened as little as possible, as planned."""
    run(mariadb_engine, GROWING_TAKEN[f"an index of {name}"])
    told = [each for each in planned(mariadb_engine) if "would be too long" in each]
    upgrade(mariadb_engine)

    columns = INDEXED[name][1]
    assert f"KEY `own` ({columns})".lower() in made(mariadb_engine, "ps_endpoints").lower()
    shortened = columns not in {"`callerid`,`aors`(90)", "`aors`,`callerid`"}
    assert len(told) == shortened
    assert all(columns in each for each in told)


@pytest.mark.long  # an upgrade for each step of a search
@pytest.mark.parametrize(
    ("own", "options"),
    [
        ("own_{} TEXT", ""),
        ("own_{} VARCHAR(50) CHARACTER SET latin1", ""),
        ("own_{} CHAR(20) NOT NULL DEFAULT ''", ""),
        ("own_{} BIGINT", "ROW_FORMAT=COMPRESSED"),
        ("own_{} TEXT", "ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8"),
        ("own_{} VARBINARY(90)", "ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8"),
        ("own_{} TINYINT", ""),
    ],
)
def test_as_many_columns_as_fit(mariadb_engine: Engine, own: str, options: str) -> None:
    """A plan finds exactly the number of columns from which on the server refuses a table."""

    def make(count: int) -> None:
        columns = ", ".join(own.format(number) for number in range(count))
        run(mariadb_engine, ("DROP TABLE IF EXISTS ps_endpoints",))
        run(mariadb_engine, (f"{ENDPOINTS}, webrtc INT, {columns}) {options}",))

    def is_refused(count: int) -> bool:
        try:
            make(count)
        except OperationalError:
            return True  # too many even for a table without Asterisk's columns
        return bool(obstacles(mariadb_engine))

    fits = bisect.bisect_left(range(1_000), 1, lo=20, hi=1_000, key=is_refused) - 1
    make(fits + 1)
    refused(mariadb_engine)
    make(fits)
    upgrade(mariadb_engine)

    # By a copy, as an upgrade does: a column that is added at once is not checked.
    more = f"ADD COLUMN {own.format(fits)}, ALGORITHM=COPY"
    with pytest.raises(OperationalError, match=r"Row size too large|Too many columns"):
        run(mariadb_engine, (f"ALTER TABLE ps_endpoints {more}",))


def test_more_columns_than_a_table_takes(mariadb_engine: Engine) -> None:
    """A later revision that adds one column too many stops the upgrade before the first one."""
    theirs = len(Base.metadata.tables["ps_transports"].columns)
    columns = ", ".join(f"own_{number} TINYINT" for number in range(1 + COLUMNS - theirs))
    run(mariadb_engine, (f"CREATE TABLE ps_transports (id VARCHAR(40) PRIMARY KEY, {columns})",))

    assert f"would have up to {COLUMNS + 1} columns" in refused(mariadb_engine)

    run(mariadb_engine, ("ALTER TABLE ps_transports DROP COLUMN own_0",))
    upgrade(mariadb_engine)


@pytest.mark.parametrize("kind", mostly_long(FRACTIONS))
def test_whole_numbers_become_integers(mariadb_engine: Engine, kind: str) -> None:
    """Each digit of a number is kept; the text of a FLOAT would be rounded."""
    run(
        mariadb_engine,
        (
            (
                "CREATE TABLE ps_aors (id VARCHAR(40) NOT NULL PRIMARY KEY,"
                f" max_contacts {kind}, KEY own (max_contacts))"
            ),
            *(
                f"INSERT INTO ps_aors VALUES ('{number}', {sql})"
                for number, (sql, _value) in enumerate(FRACTIONS[kind])
            ),
        ),
    )
    upgrade(mariadb_engine)

    found = rows(mariadb_engine, "SELECT max_contacts FROM ps_aors ORDER BY id")
    assert found == [(value,) for _sql, value in FRACTIONS[kind]]
    assert re.search(r"`max_contacts` int\(11\)", made(mariadb_engine, "ps_aors"))


@pytest.mark.parametrize(("kind", "number"), mostly_long(NO_INTEGERS))
def test_other_numbers_stop_an_upgrade(mariadb_engine: Engine, kind: str, number: str) -> None:
    """A fraction is not rounded; the statement given finds the row."""
    run(
        mariadb_engine,
        (
            f"CREATE TABLE ps_aors (id VARCHAR(40) NOT NULL PRIMARY KEY, max_contacts {kind})",
            f"INSERT INTO ps_aors VALUES ('good', 1), ('bad', {number})",
        ),
    )
    told = refused(mariadb_engine)

    assert "column ps_aors.max_contacts has values that INTEGER cannot hold" in told
    [(name, _number)] = rows(mariadb_engine, told.partition("the rows of: ")[2])
    assert name == "bad"


@pytest.mark.parametrize("kind", mostly_long(LABELS))
def test_words_in_any_case(mariadb_engine: Engine, kind: str) -> None:
    """Words that are equal for the server become the same label."""
    words = LABELS[kind]
    values = ", ".join(f"('{number}', '{word}')" for number, word in enumerate(words))
    run(
        mariadb_engine,
        (f"{ENDPOINTS}, webrtc {kind})", f"INSERT INTO ps_endpoints VALUES {values}"),
    )
    upgrade(mariadb_engine)

    cell = "CONVERT(webrtc USING utf8mb4)"
    found = rows(mariadb_engine, f"SELECT {cell} FROM ps_endpoints ORDER BY id")
    assert found == [(word,) for word in words.values()]


@pytest.mark.parametrize("collation", ["utf8mb4_general_ci", "utf8mb4_unicode_ci"])
@pytest.mark.parametrize(
    ("table", "column", "word"),
    [
        ("ps_endpoints", "webrtc", "nö"),
        ("ps_endpoints", "webrtc", "yés"),
        ("queue_members", "paused", "nö"),
        ("queue_members", "paused", "Ön"),
    ],
)
def test_words_with_accents_are_others(
    mariadb_engine: Engine, table: str, column: str, word: str, collation: str
) -> None:
    """Text that only a collation takes for yes or no is not converted, but stops an upgrade."""
    keys = {"ps_endpoints": ("id",), "queue_members": ("queue_name", "interface")}[table]
    columns = ", ".join(f"{key} VARCHAR(80)" for key in keys)
    run(
        mariadb_engine,
        (
            (
                f"CREATE TABLE {table} ({columns}, {column} VARCHAR(9) COLLATE {collation},"
                f" PRIMARY KEY ({', '.join(keys)}))"
            ),
            (
                f"INSERT INTO {table} ({', '.join(keys)}, {column})"
                f" VALUES ({', '.join(repr(key) for key in keys)}, '{word}')"
            ),
        ),
    )
    families = {family_of(table)}
    with pytest.raises(SchemaIrreconcilableError, match=rf"{column} has values that") as caught:
        migrations.upgrade(mariadb_engine, families=families)
    [problem] = caught.value.problems

    assert rows(mariadb_engine, problem.partition("the rows of: ")[2])[0][len(keys)] == word


def test_triggers_are_named(mariadb_engine: Engine) -> None:
    """The plan names the triggers that were written for the old type."""
    run(
        mariadb_engine,
        (
            f"{ENDPOINTS}, webrtc INT, callerid VARCHAR(20))",
            "CREATE TABLE own (a INT, webrtc INT)",
            "CREATE TRIGGER setting BEFORE INSERT ON ps_endpoints FOR EACH ROW SET NEW.Webrtc = 0",
            (
                "CREATE TRIGGER afar AFTER DELETE ON own FOR EACH ROW"
                " UPDATE ps_endpoints SET webrtc = 1 WHERE id = OLD.a"
            ),
            "CREATE TRIGGER other BEFORE INSERT ON own FOR EACH ROW SET NEW.webrtc = 0",
            (
                "CREATE TRIGGER growing BEFORE INSERT ON ps_endpoints FOR EACH ROW"
                " SET NEW.callerid = 'x'"
            ),
        ),
    )
    [told] = [each for each in planned(mariadb_engine) if "ps_endpoints.webrtc" in each]
    triggers = rows(mariadb_engine, "SHOW TRIGGERS")
    upgrade(mariadb_engine)

    assert "is used by trigger setting of ps_endpoints, which must work with the new type" in told
    assert "is used by trigger afar of own, which must work with the new type" in told
    assert "trigger other" not in told
    assert not [each for each in planned(mariadb_engine) if "trigger" in each]
    assert rows(mariadb_engine, "SHOW TRIGGERS") == triggers


def test_one_problem_is_told_once(mariadb_engine: Engine) -> None:
    """A key with NULL would be an obstacle twice: as a column, and as a key."""
    run(
        mariadb_engine,
        ("CREATE TABLE ps_aors (id VARCHAR(40))", "INSERT INTO ps_aors VALUES (NULL), ('a')"),
    )
    told = refused(mariadb_engine)

    assert told.count("column ps_aors.id has rows without a value") == 1


def test_a_column_that_rows_must_give(mariadb_engine: Engine) -> None:
    """The statement given adds it, and the next upgrade finds the rows without a value."""
    run(
        mariadb_engine,
        (
            (
                "CREATE TABLE voicemail (uniqueid INT AUTO_INCREMENT PRIMARY KEY,"
                " context VARCHAR(80) NOT NULL, password VARCHAR(80) NOT NULL)"
            ),
            "INSERT INTO voicemail (context, password) VALUES ('default', '1')",
        ),
    )
    with pytest.raises(SchemaIrreconcilableError) as caught:
        migrations.upgrade(mariadb_engine, families={"voicemail"})
    [problem] = caught.value.problems
    advised = re.search(r"ALTER TABLE [^;]+(?=;)", problem)
    assert advised is not None
    run(mariadb_engine, (advised[0],))
    with pytest.raises(SchemaIrreconcilableError, match="mailbox has rows without a value"):
        migrations.upgrade(mariadb_engine, families={"voicemail"})
    run(mariadb_engine, ("UPDATE voicemail SET mailbox = '100'",))
    migrations.upgrade(mariadb_engine, families={"voicemail"})

    assert migrations.check(mariadb_engine) == ()


def test_nothing_is_renamed_before_a_stop(mariadb_engine: Engine) -> None:
    """Columns in another case are renamed only when there are no obstacles."""
    run(
        mariadb_engine,
        (
            "CREATE TABLE ps_aors (ID VARCHAR(40) NOT NULL PRIMARY KEY, Max_Contacts FLOAT)",
            "INSERT INTO ps_aors VALUES ('a', 1.5)",
        ),
    )
    assert "column ps_aors.max_contacts has values" in refused(mariadb_engine)
    run(mariadb_engine, ("UPDATE ps_aors SET max_contacts = 2",))
    told = planned(mariadb_engine)
    upgrade(mariadb_engine)

    assert 'column ps_aors.id has the name "ID", and will be renamed' in "\n".join(told)
    assert "`max_contacts` int(11)" in made(mariadb_engine, "ps_aors")
