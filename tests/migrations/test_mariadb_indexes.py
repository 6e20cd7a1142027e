"""Indexes of MariaDB: each fits into what the server allows before the first change is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, make_url

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaIrreconcilableError
from asterisk_realtime.migrations.converting import for_dialect
from asterisk_realtime.migrations.families import family_of
from asterisk_realtime.migrations.mariadb.limits import most_of_index
from asterisk_realtime.migrations.mariadb.row_size import of_new_table
from asterisk_realtime.migrations.sql import SqlWriter
from asterisk_realtime.models import Base
from tests.conftest import new_database
from tests.migrations.mariadb_growth import ENDPOINTS
from tests.migrations.test_mariadb_growth import obstacles, planned, refused, upgrade
from tests.migrations.test_mariadb_tables import STATEMENT, catalogue, made, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Engine

pytestmark = pytest.mark.long  # an upgrade for each index

REFERRED = "CREATE TABLE own (note VARCHAR(700) PRIMARY KEY)"
REFERRING = "FOREIGN KEY (note) REFERENCES own (note)"


@pytest.mark.parametrize(
    ("table", "columns", "index"),
    [
        (
            "ps_endpoint_id_ips",
            "id VARCHAR(40) PRIMARY KEY, endpoint VARCHAR(1000)",
            "KEY `ps_endpoint_id_ips_endpoint` (`endpoint`(768))",
        ),
        (
            "iaxfriends",
            "id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(400) NOT NULL, host VARCHAR(400)",
            "KEY `iaxfriends_name_host` (`name`(384),`host`(384))",
        ),
        (
            "iaxfriends",
            "id INT AUTO_INCREMENT PRIMARY KEY, host VARCHAR(1000), ipaddr VARCHAR(1000)",
            "KEY `iaxfriends_host_port` (`host`(767),`port`)",
        ),
        (
            "voicemail",
            (
                "uniqueid INT AUTO_INCREMENT PRIMARY KEY, context VARCHAR(1000) NOT NULL,"
                " mailbox VARCHAR(1000) NOT NULL, password VARCHAR(80) NOT NULL"
            ),
            "UNIQUE KEY `mailbox` (`mailbox`,`context`) USING HASH",
        ),
    ],
)
def test_an_index_of_longer_columns(
    mariadb_engine: Engine, table: str, columns: str, index: str
) -> None:
    """An index of Asterisk's holds the beginning of columns that are longer than Asterisk's."""
    run(mariadb_engine, (f"CREATE TABLE {table} ({columns})",))
    families = {family_of(table)}
    told = [str(each) for each in migrations.plan(mariadb_engine, families=families)]
    migrations.upgrade(mariadb_engine, families=families)

    assert migrations.check(mariadb_engine) == ()
    assert index in made(mariadb_engine, table)
    held = index.partition(" (")[2].removesuffix(")").replace("`", "").replace(",", ", ")
    assert any(held in each for each in told) == index.startswith("KEY")


def test_a_key_of_longer_columns(mariadb_engine: Engine) -> None:
    """A primary key holds whole texts, so the column must become shorter; the statement does it."""
    run(mariadb_engine, ("CREATE TABLE ps_aors (id VARCHAR(1000) NOT NULL COMMENT '5%')",))
    told = refused(mariadb_engine)
    assert "needs a key (id), which would take more than the 3072 bytes" in told
    run(mariadb_engine, STATEMENT.findall(told))
    upgrade(mariadb_engine)

    assert "`id` varchar(255) NOT NULL COMMENT '5%'" in made(mariadb_engine, "ps_aors")
    assert "PRIMARY KEY (`id`)" in made(mariadb_engine, "ps_aors")


@pytest.mark.parametrize(
    ("columns", "others"),
    [
        ("id INT PRIMARY KEY, name VARCHAR(1000) NOT NULL", ()),
        ("id INT PRIMARY KEY, name VARCHAR(1000) NOT NULL, UNIQUE (name)", ()),
        (
            "name VARCHAR(80) PRIMARY KEY",
            (
                (
                    "CREATE TABLE musiconhold_entry (id INT PRIMARY KEY,"
                    " name VARCHAR(1000) NOT NULL, position INT NOT NULL,"
                    " entry VARCHAR(1024) NOT NULL)"
                ),
            ),
        ),
    ],
)
def test_a_foreign_key_of_longer_columns(
    mariadb_engine: Engine, columns: str, others: tuple[str, ...]
) -> None:
    """A hash serves no foreign key, so a column at its end must become shorter."""
    run(mariadb_engine, (f"CREATE TABLE musiconhold ({columns})", *others))
    before = catalogue(mariadb_engine)
    with pytest.raises(SchemaIrreconcilableError, match=r"needs a key \(name\)") as caught:
        migrations.upgrade(mariadb_engine, families={"musiconhold"})
    assert catalogue(mariadb_engine) == before
    [problem] = caught.value.problems
    run(mariadb_engine, STATEMENT.findall(problem))
    migrations.upgrade(mariadb_engine, families={"musiconhold"})

    assert migrations.check(mariadb_engine) == ()
    assert "FOREIGN KEY (`name`)" in made(mariadb_engine, "musiconhold_entry")


def test_an_index_of_a_foreign_key_holds_it_whole(mariadb_engine: Engine) -> None:
    """MariaDB lets no column of a foreign key be indexed in part, so the others are shortened."""
    columns = f"aors VARCHAR(60), note VARCHAR(700), KEY both_of (note, aors), {REFERRING}"
    run(mariadb_engine, (REFERRED, f"{ENDPOINTS}, {columns})"))
    upgrade(mariadb_engine)

    assert "KEY `both_of` (`note`,`aors`(68))" in made(mariadb_engine, "ps_endpoints")
    assert "FOREIGN KEY (`note`)" in made(mariadb_engine, "ps_endpoints")


@pytest.mark.parametrize(
    "columns",
    [
        f"aors VARCHAR(60), note VARCHAR(700), UNIQUE KEY both_of (note, aors), {REFERRING}",
        (
            f"note VARCHAR(700), {', '.join(f'n{number} DECIMAL(65)' for number in range(9))},"
            " big BIGINT, small SMALLINT, rtp_timeout VARCHAR(1) CHARACTER SET latin1,"
            " KEY both_of (note, n0, n1, n2, n3, n4, n5, n6, n7, n8, big, small, rtp_timeout),"
            f" {REFERRING}"
        ),
    ],
)
def test_an_index_that_cannot_be_shortened(mariadb_engine: Engine, columns: str) -> None:
    """It is an obstacle, and the statement given removes it but keeps the foreign key."""
    run(mariadb_engine, (REFERRED, f"{ENDPOINTS}, {columns})"))
    told = refused(mariadb_engine)
    assert "index both_of of table ps_endpoints would need more than the 3072 bytes" in told
    run(mariadb_engine, STATEMENT.findall(told))
    upgrade(mariadb_engine)

    assert "FOREIGN KEY (`note`)" in made(mariadb_engine, "ps_endpoints")


def test_a_unique_index_of_which_the_server_keeps_a_hash(mariadb_engine: Engine) -> None:
    """It may be of any length."""
    columns = "aors VARCHAR(60), own VARBINARY(4000), UNIQUE KEY both_of (aors, own)"
    run(mariadb_engine, (f"{ENDPOINTS}, {columns})",))
    upgrade(mariadb_engine)

    assert "UNIQUE KEY `both_of` (`aors`,`own`) USING HASH" in made(mariadb_engine, "ps_endpoints")


@pytest.mark.parametrize(
    ("page", "most"), [(4, 768), (8, 1536), (16, 3072), (32, 3072), (64, 3072)]
)
def test_smaller_pages_hold_shorter_indexes(page: int, most: int) -> None:
    """The limit is that of the server's pages, in KiB here."""
    assert most_of_index(page * 1024) == most


@pytest.mark.parametrize(
    ("page", "tables"),
    [
        (4, {"iaxfriends", "ps_endpoints", "sippeers"}),
        (8, {"ps_endpoints", "sippeers"}),
        (16, set()),
        (0, set()),
    ],
)
def test_smaller_pages_hold_no_rows_of_some_tables(page: int, tables: set[str]) -> None:
    """A table that cannot be created is an obstacle; 0 stands for a server that does not check."""
    spelling = SqlWriter(make_url("mariadb+pymysql://").get_dialect()())
    wanted = for_dialect(Base.metadata, spelling.dialect).sorted_tables
    told = {
        each.table: str(each)
        for table in wanted
        for each in of_new_table(table, page * 1024, 4, spelling)
    }

    assert {*told} == tables
    assert all(f"innodb_page_size={page * 1024} allows" in each for each in told.values())


# -- Names -----------------------------------------------------------------------------------------


@pytest.fixture(params=["", "ANSI_QUOTES"])
def quoting_engine(request: pytest.FixtureRequest, mariadb_url: URL) -> Iterator[Engine]:
    """A server that prints names in backticks, and one that prints them in double quotes."""
    with new_database(mariadb_url) as url:
        mode = f"SET SESSION sql_mode = '{request.param}'"
        engine = create_engine(url, connect_args={"init_command": mode})
        yield engine
        engine.dispose()


def test_names_with_quotes_in_them(quoting_engine: Engine) -> None:
    """A quote in a name is printed twice; text that looks like a name is not one."""
    run(
        quoting_engine,
        (
            (
                "CREATE TABLE ps_aors (id VARCHAR(40) NOT NULL PRIMARY KEY, CONTACT VARCHAR(10),"
                " `a``b\"` VARCHAR(59) CHECK (`a``b\"` <> 'contact' OR contact = '`contact`'),"
                " g INT AS (char_length(contact)) STORED,"
                " max_contacts VARCHAR(9) CHECK (max_contacts IN ('1', '2')),"
                ' KEY CONTACT (contact, `a``b"`), KEY beginning (max_contacts(2)))'
            ),
        ),
    )
    upgrade(quoting_engine)

    found = made(quoting_engine, "ps_aors").replace('"a`b"""', '`a``b"`')
    found = found.replace('"contact"', "`contact`").replace('"CONTACT"', "`CONTACT`")
    assert "`a``b\"` <> 'contact' or `contact` = '`contact`'" in found
    assert "AS (char_length(`contact`))" in found
    assert 'KEY `CONTACT` (`contact`(709),`a``b"`)' in found
    assert "in ('1','2')" in found


def test_such_a_name_in_a_compressed_table(mariadb_engine: Engine) -> None:
    """The entries of its indexes are measured too."""
    run(
        mariadb_engine,
        (
            (
                "CREATE TABLE ps_aors (id VARCHAR(40) NOT NULL PRIMARY KEY, `a``b` VARCHAR(59),"
                " KEY own (`a``b`)) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8"
            ),
        ),
    )
    upgrade(mariadb_engine)

    assert "KEY `own` (`a``b`)" in made(mariadb_engine, "ps_aors")


# -- Limits ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "columns", "index"),
    [
        (
            "ps_aors",
            "id VARCHAR(40) PRIMARY KEY, contact VARCHAR(755), KEY ps_aors_contact (contact)",
            "KEY `ps_aors_contact` (`contact`(255))",
        ),
        (
            "musiconhold_entry",
            (
                "name VARCHAR(80), position INT, entry VARCHAR(100), PRIMARY KEY (name, position),"
                " KEY own (entry)"
            ),
            "KEY `own` (`entry`(768))",
        ),
    ],
)
def test_a_shortened_index_of_a_compressed_table(
    mariadb_engine: Engine, table: str, columns: str, index: str
) -> None:
    """An index that an upgrade shortens is measured at its new length."""
    storage = "ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8"
    run(mariadb_engine, (f"CREATE TABLE {table} ({columns}) {storage}",))
    migrations.upgrade(mariadb_engine, families={family_of(table)})

    assert migrations.check(mariadb_engine) == ()
    assert index in made(mariadb_engine, table)
    assert storage in made(mariadb_engine, table)


@pytest.mark.parametrize(
    ("kind", "count", "advised"),
    [
        ("UNIQUE KEY u{0} (own, src({0}))", 62, "of: SHOW INDEX FROM cdr"),
        ("UNIQUE KEY u{0} (own, src({0}))", 61, "such as: ALTER TABLE cdr DROP INDEX mine"),
        ("KEY i{0} (own, src({0}))", 61, "such as: ALTER TABLE cdr DROP INDEX mine"),
    ],
)
def test_too_many_indexes(mariadb_engine: Engine, kind: str, count: int, advised: str) -> None:
    """No index that Asterisk or a foreign key needs is proposed, and none that is unique."""
    indexes = ", ".join(kind.format(number) for number in range(1, count + 1))
    mine = ", KEY mine (dst)" if "mine" in advised else ""
    run(
        mariadb_engine,
        (
            (
                "CREATE TABLE cdr (own INT, src VARCHAR(80), dst VARCHAR(80), start DATETIME,"
                f" {indexes}, KEY a (start){mine})"
            ),
        ),
    )
    plan = migrations.plan(mariadb_engine, families={"cdr"})
    [told] = [str(each) for each in plan if isinstance(each, migrations.Obstacle)]

    assert advised in told
    assert "INDEX a" not in told


@pytest.mark.parametrize(
    "columns",
    [
        "aors VARCHAR(60), KEY own (id, aors(20))",
        "aors VARCHAR(60) CHARACTER SET latin2, KEY own (aors, id)",
        "aors VARCHAR(60) CHARACTER SET ascii, own BIGINT, KEY own (aors, own)",
    ],
)
def test_an_index_that_fits_stays(mariadb_engine: Engine, columns: str) -> None:
    """Nothing is planned for it: a character takes what its character set needs."""
    run(mariadb_engine, (f"{ENDPOINTS}, {columns})",))

    assert obstacles(mariadb_engine) == []
    assert not [each for each in planned(mariadb_engine) if "too long" in each]
