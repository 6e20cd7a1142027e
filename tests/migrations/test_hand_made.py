"""Tables that somebody made by hand become ours: other types, other orders, things of the host."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from asterisk_realtime import migrations
from asterisk_realtime.models import Base, Endpoint
from tests.conftest import new_database, opened
from tests.migrations.tools import columns, mostly_long, problems, run
from tests.migrations.upstream_tables import FACTS, build

if TYPE_CHECKING:
    from sqlalchemy import URL

WRITTEN: Final = ("ps_contacts", "ps_subscription_persistence", "queue_log", "voicemail_messages")
"""Tables into which Asterisk inserts rows."""


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Engine:
    """An empty database of a server."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


# -- Order -----------------------------------------------------------------------------------------

ORDERS: Final = {
    "both_turned": "permit VARCHAR(95), deny VARCHAR(95),"
    " contact_permit VARCHAR(95), contact_deny VARCHAR(95)",
    "deny_is_missing": "permit VARCHAR(95), contact_permit VARCHAR(95)",
    "permit_is_missing": "deny VARCHAR(95), contact_deny VARCHAR(95)",
    "long_enough": "permit VARCHAR(1100) DEFAULT 'x', deny VARCHAR(1100),"
    " contact_permit VARCHAR(1100), contact_deny VARCHAR(1100)",
}


@pytest.mark.parametrize("name", mostly_long(ORDERS))
def test_deny_stands_before_permit(empty_engine: Engine, name: str) -> None:
    """Asterisk reads the columns in order, and a last ``deny`` would keep everybody out."""
    run(empty_engine, f"CREATE TABLE ps_endpoints (id VARCHAR(40), {ORDERS[name]}, own INTEGER)")
    there = [each for each in columns(empty_engine, "ps_endpoints") if each not in {"id", "own"}]
    run(
        empty_engine,
        f"INSERT INTO ps_endpoints (id, own, {', '.join(there)})"
        f" VALUES ('a', 7, {', '.join(repr(f'{each}!') for each in there)})",
        "INSERT INTO ps_endpoints (id) VALUES ('b')",
    )
    named = [str(each) for each in migrations.plan(empty_engine)]
    assert any("does not come after deny" in each for each in named) is ("permit" in there)

    migrations.upgrade(empty_engine)

    place = columns(empty_engine, "ps_endpoints").index
    assert place("deny") < place("permit")
    assert place("contact_deny") < place("contact_permit")
    assert migrations.check(empty_engine) == ()
    with empty_engine.connect() as connection:
        query = f"SELECT own, {', '.join(there)} FROM ps_endpoints ORDER BY id"
        a, b = connection.exec_driver_sql(query).all()
    assert tuple(a) == (7, *(f"{each}!" for each in there))
    assert b.own is None


# -- Types and defaults ----------------------------------------------------------------------------

BOOLEANS: Final = {
    "number": ("SMALLINT", "1", "0"),
    "number_with_default": ("INTEGER NOT NULL DEFAULT 0", "1", "0"),
    "one_letter": ("CHAR(1)", "'t'", "'N'"),
    "text": ("TEXT", "'Yes'", "'false'"),
    "text_with_default": ("VARCHAR(80) NOT NULL DEFAULT ''", "'on'", "'off'"),
    "boolean": ("BOOLEAN", "true", "false"),
}


@pytest.mark.parametrize("name", mostly_long(BOOLEANS))
def test_booleans(server: Engine, name: str) -> None:
    """What people store for yes and no becomes the words of Asterisk's enums."""
    type_, yes, no = BOOLEANS[name]
    run(
        server,
        f"CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, webrtc {type_},"
        f" allow_subscribe {type_})",
        f"INSERT INTO ps_endpoints VALUES ('a', {yes}, {no}), ('b', {no}, {yes})",
    )
    if "''" in type_:
        run(server, "INSERT INTO ps_endpoints (id) VALUES ('c')")
    migrations.upgrade(server)

    assert migrations.check(server) == ()
    with Session(server) as session:
        found = session.scalars(select(Endpoint).order_by(Endpoint.id)).all()
        values = [(each.webrtc, each.allow_subscribe) for each in found]
    assert values == [(True, False), (False, True), (None, None)][: len(values)]


def test_a_label_that_the_same_run_adds(postgresql_engine: Engine) -> None:
    """PostgreSQL refuses a new label before a commit; cells that need it are not lost for that."""
    labels = "'rfc4733', 'inband', 'info', 'auto', 'auto_info'"
    run(
        postgresql_engine,
        f"CREATE TYPE pjsip_dtmf_mode_values_v3 AS ENUM ({labels})",
        "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, dtmf_mode VARCHAR(20))",
        "INSERT INTO ps_endpoints VALUES ('a', 'none'), ('b', 'info')",
        "CREATE TABLE own (mode pjsip_dtmf_mode_values_v3 DEFAULT 'auto')",
        "INSERT INTO own VALUES ('inband'), (DEFAULT)",
    )
    migrations.upgrade(postgresql_engine)
    run(postgresql_engine, "INSERT INTO own VALUES (DEFAULT)")

    assert migrations.check(postgresql_engine) == ()
    with postgresql_engine.connect() as connection:
        modes = connection.scalars(text("SELECT dtmf_mode FROM ps_endpoints ORDER BY id")).all()
        own = connection.scalars(text("SELECT mode FROM own")).all()
    assert modes == ["none", "info"]
    assert own == ["inband", "auto", "auto"]


def test_a_default_that_no_enum_has_is_taken_away(server: Engine) -> None:
    """A default would come into rows that mean Asterisk's own; the plan names it."""
    run(
        server,
        "CREATE TABLE ps_endpoints (id VARCHAR(40), dtmf_mode VARCHAR(20) DEFAULT 'magic')",
    )
    said = "\n".join(map(str, migrations.plan(server, families=["pjsip"])))
    migrations.upgrade(server, families=["pjsip"])

    assert "column ps_endpoints.dtmf_mode" in said
    assert "has the default 'magic'" in said
    assert migrations.check(server) == ()


def test_every_obstacle_is_named_at_once(server: Engine) -> None:
    """A duplicate key, a number that is none, a word of no enum, a type that loses: all of them."""
    run(
        server,
        "CREATE TABLE ps_aors (id VARCHAR(40), max_contacts VARCHAR(10))",
        "INSERT INTO ps_aors VALUES ('a', '1'), ('a', 'many')",
        "CREATE TABLE ps_endpoints (id VARCHAR(40), webrtc INTEGER, rtp_timeout DATE)",
        "INSERT INTO ps_endpoints (id, webrtc) VALUES ('a', 2)",
        "CREATE TABLE queues (strategy VARCHAR(20))",
        "CREATE TABLE queue_members (interface VARCHAR(20), queue_name VARCHAR(20), uniqueid INT)",
        "INSERT INTO queue_members (queue_name) VALUES ('q')",
    )
    said = problems(server)

    for place in (
        "table ps_aors has several rows with the same (id)",
        "column ps_aors.max_contacts has values that INTEGER cannot hold",
        "column ps_endpoints.webrtc has values that",
        "column ps_endpoints.rtp_timeout is DATE",
        "table queues has no column name, its primary key",
        "column queue_members.interface has rows without a value",
        "column queue_members.uniqueid has rows without a value",
    ):
        assert place in said
    for line in said.splitlines():
        assert "SELECT" in line or "ALTER TABLE" in line


# -- What belongs to the host ----------------------------------------------------------------------


def test_things_of_the_host_stay(server: Engine) -> None:
    """Columns, tables, indexes, references and rows that are not Asterisk's are left alone."""
    build(server)
    unique = "VARCHAR(255)"
    run(
        server,
        "ALTER TABLE ps_endpoints ADD COLUMN own_note VARCHAR(10) DEFAULT 'n'",
        "INSERT INTO ps_endpoints (id, own_note) VALUES ('a', 'x')",
        f"CREATE TABLE own (id INTEGER PRIMARY KEY, endpoint {unique},"
        " FOREIGN KEY (endpoint) REFERENCES ps_endpoints (id))",
        "INSERT INTO own VALUES (1, 'a')",
        "CREATE INDEX own_index ON ps_endpoints (own_note)",
        "CREATE TABLE alembic_version (version_num VARCHAR(32))",
        "INSERT INTO alembic_version VALUES ('ae1027a6acf'), ('1975ea83b712')",
    )
    migrations.upgrade(server)

    assert migrations.check(server) == ()
    inspector = inspect(server)
    assert "own_index" in {each["name"] for each in inspector.get_indexes("ps_endpoints")}
    assert inspector.get_foreign_keys("own")[0]["referred_table"] == "ps_endpoints"
    with server.connect() as connection:
        assert connection.scalar(text("SELECT own_note FROM ps_endpoints")) == "x"
        assert connection.scalar(text("SELECT endpoint FROM own")) == "a"
        versions = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    assert sorted(versions) == ["1975ea83b712", "ae1027a6acf"]


def test_a_narrow_key_that_the_host_refers_to(server: Engine) -> None:
    """PostgreSQL lets a key grow that others refer to; MariaDB does not, which is said."""
    run(
        server,
        "CREATE TABLE ps_endpoints (id VARCHAR(40) NOT NULL UNIQUE)",
        "INSERT INTO ps_endpoints VALUES ('a')",
        "CREATE TABLE own (endpoint VARCHAR(40), CONSTRAINT own_key FOREIGN KEY (endpoint)"
        " REFERENCES ps_endpoints (id))",
        "INSERT INTO own VALUES ('a')",
    )
    if server.dialect.name == "mysql":
        assert "column ps_endpoints.id must change, but is part of foreign key" in problems(server)
        run(server, "ALTER TABLE own DROP FOREIGN KEY own_key")
    migrations.upgrade(server)

    assert migrations.check(server) == ()
    assert columns(server, "own") == ["endpoint"]


def test_what_asterisk_inserts_into(server: Engine) -> None:
    """Such a table gets each column, and none that an INSERT must name beyond Asterisk's."""
    for name in WRITTEN:
        first = list(FACTS["tables"][name]["columns"])[:2]
        run(
            server, f"CREATE TABLE {name} ({first[0]} VARCHAR(40), {first[1]} VARCHAR(40) NOT NULL)"
        )
    migrations.upgrade(server)

    assert migrations.check(server) == ()
    for name in WRITTEN:
        found = {each["name"]: each for each in inspect(server).get_columns(name)}
        assert {*Base.metadata.tables[name].columns.keys()} <= {*found}
        key = {*inspect(server).get_pk_constraint(name)["constrained_columns"]}
        assert [each for each in found if not found[each]["nullable"] and each not in key] == []


@pytest.mark.parametrize(
    "word",
    mostly_long(
        [
            *("2026-02-29", "2026-04-31 10:00:00", "1900-02-29", "2026-13-01", "2026-00-10"),
            *("2026-01-00", "0000-00-00 00:00:00", "0000-01-01", "2026-01-01 25:00:00"),
            *("2026-01-01 10:60:00", "2026-01-01 10:00", "26-01-01", "yesterday", "1767605400"),
        ]
    ),
)
def test_a_day_that_is_none_is_named(server: Engine, word: str) -> None:
    """Text is looked at before the first change: neither server knows a thirtieth of February."""
    run(
        server,
        "CREATE TABLE cdr (src VARCHAR(80), start VARCHAR(80))",
        f"INSERT INTO cdr VALUES ('1', '{word}')",
    )

    assert "column cdr.start has values that" in problems(server)


def test_days_are_taken(server: Engine) -> None:
    """Whatever the calendar has becomes a time, and an empty text no time."""
    days = [
        *("2024-02-29", "2000-02-29 23:59:59", "2026-12-31T00:00:00", "2026-04-30 10:00:00.000"),
        "",
    ]
    run(
        server,
        "CREATE TABLE cdr (src VARCHAR(80), start VARCHAR(80))",
        *(f"INSERT INTO cdr VALUES ('{at}', '{day}')" for at, day in enumerate(days)),
    )
    migrations.upgrade(server)

    with server.connect() as connection:
        found = connection.execute(text("SELECT start FROM cdr ORDER BY src")).scalars().all()
    assert [str(each or "") for each in found] == [
        *("2024-02-29 00:00:00", "2000-02-29 23:59:59", "2026-12-31 00:00:00"),
        *("2026-04-30 10:00:00", ""),
    ]


def test_rows_that_become_too_long(mariadb_engine: Engine) -> None:
    """MariaDB's rows have an end, and a plan knows to the byte whether they reach it."""
    head = "id VARCHAR(40), permit VARCHAR(95), via_port INT, own_number DECIMAL(12,3)"

    def make(own: int) -> None:
        run(
            mariadb_engine,
            "DROP TABLE IF EXISTS ps_endpoints",
            f"CREATE TABLE ps_endpoints ({head}, own DATETIME(3), own_text TEXT,"
            f" own_flag BIT(1), own_name CHAR(20), note VARCHAR({own}), short VARBINARY(200))",
        )

    def refused(own: int) -> bool:
        make(own)
        return any("rows of table" in str(each) for each in migrations.plan(mariadb_engine))

    fits = bisect.bisect_left(range(9_000), 1, lo=100, key=refused) - 1
    make(fits + 1)
    found = problems(mariadb_engine)
    make(fits)
    migrations.upgrade(mariadb_engine)

    assert "rows of table ps_endpoints would take 655" in found
    assert "but MariaDB allows 65535; shorten columns of your own, or convert them to TEXT" in found
    assert migrations.check(mariadb_engine) == ()
    with pytest.raises(OperationalError, match="Row size too large"):
        run(mariadb_engine, f"ALTER TABLE ps_endpoints MODIFY note VARCHAR({fits + 1})")


# -- Settings of the server ------------------------------------------------------------------------


@pytest.mark.parametrize("charset", mostly_long(["utf8mb3", "utf8mb4", "latin1"]))
@pytest.mark.parametrize(
    "mode", mostly_long(["", "TRADITIONAL", "ANSI,STRICT_ALL_TABLES", "NO_ZERO_DATE"])
)
def test_charsets_and_modes(mariadb_url: URL, charset: str, mode: str) -> None:
    """MariaDB's character set and ``sql_mode`` change nothing of what comes out."""
    with (
        new_database(mariadb_url, options=f"CHARACTER SET {charset}") as url,
        opened(url) as lax,
    ):
        build(lax)
        run(
            lax,
            "SET SESSION sql_mode = ''",
            "INSERT INTO ps_endpoints (id, dtmf_mode, timers) VALUES ('a', 'magic', 'no')",
            "INSERT INTO cdr (src, start) VALUES ('é', '0000-00-00')",
            "INSERT INTO queue_members (queue_name, interface, uniqueid) VALUES ('q', 'i', 1)",
            "UPDATE queue_members SET uniqueid = 0",
        )
        lax.dispose()
        engine = create_engine(
            url, connect_args={"init_command": f"SET SESSION sql_mode = '{mode}'"}
        )
        migrations.upgrade(engine)

        assert migrations.check(engine) == ()
        with engine.connect() as connection:
            row = connection.exec_driver_sql("SELECT dtmf_mode, timers FROM ps_endpoints").one()
            assert row == (None, "no")
            assert connection.scalar(text("SELECT src FROM cdr")) == "é"
            assert connection.scalar(text("SELECT uniqueid FROM queue_members")) == 0
        engine.dispose()


def test_old_tables_in_a_database_of_another_charset(mariadb_engine: Engine) -> None:
    """A table that is new refers to an old one, whose text is stored otherwise."""
    run(
        mariadb_engine,
        "CREATE TABLE musiconhold (name VARCHAR(80) PRIMARY KEY) CHARACTER SET utf8mb3",
    )
    migrations.upgrade(mariadb_engine)

    assert migrations.check(mariadb_engine) == ()


def test_two_collations_are_named(mariadb_engine: Engine) -> None:
    """A foreign key between two existing columns needs them alike."""
    run(
        mariadb_engine,
        "CREATE TABLE musiconhold (name VARCHAR(80) PRIMARY KEY) CHARACTER SET utf8mb3",
        "CREATE TABLE musiconhold_entry (name VARCHAR(80), position INTEGER, entry VARCHAR(1024),"
        " PRIMARY KEY (name, position)) CHARACTER SET utf8mb4",
    )
    assert "need a foreign key, but have different collations" in problems(mariadb_engine)
    run(mariadb_engine, "ALTER TABLE musiconhold CONVERT TO CHARACTER SET utf8mb4")
    migrations.upgrade(mariadb_engine)

    assert migrations.check(mariadb_engine) == ()


def test_text_for_everything(mariadb_engine: Engine) -> None:
    """MariaDB indexes no TEXT; a key of that type becomes one that it does."""
    run(
        mariadb_engine,
        "CREATE TABLE ps_contacts (id TEXT, uri TEXT, expiration_time TEXT, via_port TEXT)",
        "INSERT INTO ps_contacts VALUES ('a', 'sip:a', '12', '')",
        "CREATE TABLE extensions (context TEXT, exten TEXT, priority TEXT)",
    )
    migrations.upgrade(mariadb_engine)

    assert migrations.check(mariadb_engine) == ()


def test_another_schema(postgresql_url: URL) -> None:
    """Tables of a hand-made schema are adopted there; those of ``public`` are not looked at."""
    with new_database(postgresql_url) as url, opened(url) as public:
        run(
            public,
            "CREATE SCHEMA telephony",
            "CREATE TABLE ps_aors (id DATE)",
            "CREATE TYPE ast_bool_values AS ENUM ('maybe')",
            "CREATE TABLE telephony.ps_endpoints"
            " (id VARCHAR(40), permit VARCHAR(95), deny VARCHAR(95), dtmf_mode VARCHAR(20))",
            "INSERT INTO telephony.ps_endpoints VALUES ('a', 'p', 'd', 'none')",
        )
        options = {"options": "-c search_path=telephony"}
        with opened(url.update_query_dict(options)) as engine:
            migrations.upgrade(engine)

            assert migrations.check(engine) == ()
            place = columns(engine, "ps_endpoints").index
            assert place("deny") < place("permit")
        assert inspect(public).get_table_names(schema="public") == ["ps_aors"]
