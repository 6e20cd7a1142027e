"""SQLite: tables of other hands keep all that their statement says, and what names them works."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaError, SchemaIrreconcilableError
from asterisk_realtime.migrations.sqlite import create_table
from asterisk_realtime.models import Aor, Cdr, Endpoint, Extension, QueueMember, Voicemail
from tests.migrations.tools import definitions, problems, rows, run

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

ENDPOINTS: Final = """CREATE TABLE "ps_endpoints" ( -- by hand, and (old)
    id VARCHAR(40) CONSTRAINT own_key PRIMARY KEY ON CONFLICT IGNORE, /* a, comment */
    [label] TEXT AS (id || ', (' || webrtc) STORED, shown TEXT GENERATED ALWAYS AS (upper(id)),
    webrtc INTEGER NOT NULL DEFAULT 0 CHECK (webrtc <> 7),
    callerid VARCHAR(40) COLLATE NOCASE CONSTRAINT own_check CHECK (callerid <> 'it''s'),
    "own note" TEXT DEFAULT ('a' || ',') NOT NULL ON CONFLICT REPLACE, "check" INTEGER,
    tenant INTEGER REFERENCES tenants (id) ON DELETE SET NULL NOT DEFERRABLE,
    CONSTRAINT own_unique UNIQUE (callerid, tenant) ON CONFLICT IGNORE,
    CHECK (tenant <> 9), FOREIGN KEY (tenant) REFERENCES tenants (id) ON UPDATE CASCADE)"""

KEPT: Final = (
    "CONSTRAINT own_key PRIMARY KEY ON CONFLICT IGNORE",
    "AS (id || ', (' || webrtc) STORED",
    "GENERATED ALWAYS AS (upper(id))",
    "CHECK (webrtc <> 7)",
    "COLLATE NOCASE CONSTRAINT own_check CHECK (callerid <> 'it''s')",
    "DEFAULT ('a' || ',') NOT NULL ON CONFLICT REPLACE",
    "REFERENCES tenants (id) ON DELETE SET NULL NOT DEFERRABLE",
    "CONSTRAINT own_unique UNIQUE (callerid, tenant) ON CONFLICT IGNORE",
    "CHECK (tenant <> 9)",
    "FOREIGN KEY (tenant) REFERENCES tenants (id) ON UPDATE CASCADE",
)


def source(engine: Engine, table: str) -> str:
    """Return the statement that made a table."""
    return str(rows(engine, f"SELECT sql FROM sqlite_master WHERE lower(name) = '{table}'")[0][0])


def test_all_that_a_statement_says_is_kept(sqlite_engine: Engine) -> None:
    """Generated columns, conflict clauses, names, collations, checks, references, row numbers."""
    run(
        sqlite_engine,
        "CREATE TABLE tenants (id INTEGER PRIMARY KEY)",
        ENDPOINTS,
        "CREATE UNIQUE INDEX own_partial ON ps_endpoints (tenant) WHERE webrtc = 1",
        "CREATE INDEX own_expression ON ps_endpoints (lower(callerid))",
        "CREATE VIEW own_view AS SELECT id, webrtc FROM ps_endpoints",
        "CREATE TABLE own_log (id TEXT)",
        "CREATE TRIGGER own_trigger AFTER UPDATE ON ps_endpoints"
        " BEGIN INSERT INTO own_log VALUES (new.id); END",
        "CREATE TRIGGER of_another AFTER INSERT ON own_log"
        ' BEGIN UPDATE ps_endpoints SET "check" = 1 WHERE id = new.id; END',
        "CREATE TRIGGER of_view INSTEAD OF INSERT ON own_view"
        " BEGIN INSERT INTO ps_endpoints (id) VALUES (new.id); END",
        "INSERT INTO ps_endpoints (rowid, id, webrtc, callerid) VALUES (7, 'a', 1, 'A <1>')",
    )
    migrations.upgrade(sqlite_engine)

    assert migrations.check(sqlite_engine) == ()
    assert [each for each in KEPT if each not in source(sqlite_engine, "ps_endpoints")] == []
    found = 'SELECT rowid, id, label, shown, webrtc, "own note" FROM ps_endpoints'
    assert rows(sqlite_engine, found) == [(7, "a", "a, (1", "A", "1", "a,")]
    names = {row[0] for row in rows(sqlite_engine, "SELECT name FROM sqlite_master")}
    assert {"own_partial", "own_expression", "own_view", "own_trigger", "of_another"} <= names
    assert rows(sqlite_engine, "SELECT * FROM own_log") == []
    assert rows(sqlite_engine, "PRAGMA legacy_alter_table") == [(0,)]
    run(
        sqlite_engine,
        "INSERT INTO own_view (id) VALUES ('b')",
        "UPDATE ps_endpoints SET deny = 'x'",
    )
    assert rows(sqlite_engine, 'SELECT id, "check" FROM ps_endpoints ORDER BY id') == [
        ("a", 1),
        ("b", 1),
    ]


def test_strict_and_without_rowid(sqlite_engine: Engine) -> None:
    """Both stay, with the types that a strict table takes; without row numbers none is given."""
    run(
        sqlite_engine,
        "CREATE TABLE ps_aors (id TEXT PRIMARY KEY, max_contacts TEXT) STRICT, WITHOUT ROWID",
        "INSERT INTO ps_aors VALUES ('a', '2')",
        "CREATE TABLE ps_auths (id TEXT PRIMARY KEY) STRICT",
        "CREATE TABLE cdr (src TEXT PRIMARY KEY) WITHOUT ROWID",
        "INSERT INTO cdr VALUES ('1')",
    )
    with pytest.raises(SchemaIrreconcilableError, match="cdr is WITHOUT ROWID") as caught:
        migrations.upgrade(sqlite_engine)
    before, after = str(caught.value).partition("rename it: ")[2].split("; after the upgrade: ")
    run(sqlite_engine, before)
    migrations.upgrade(sqlite_engine)
    run(sqlite_engine, after)

    assert migrations.check(sqlite_engine) == ()
    assert source(sqlite_engine, "ps_aors").endswith("STRICT, WITHOUT ROWID")
    assert source(sqlite_engine, "ps_auths").endswith("STRICT")
    assert rows(sqlite_engine, "SELECT id, src FROM cdr") == [(1, "1")]
    with Session(sqlite_engine) as session:
        assert session.get_one(Aor, "a").max_contacts == 2


def test_other_case(sqlite_engine: Engine) -> None:
    """To SQLite and to Asterisk the case of a name means nothing."""
    run(
        sqlite_engine,
        "CREATE TABLE PS_Endpoints (ID TEXT PRIMARY KEY, CallerID TEXT, Webrtc TEXT, Own TEXT)",
        "INSERT INTO PS_Endpoints VALUES ('a', 'A <1>', 'yes', 'x')",
        "CREATE TABLE extensions (id INTEGER PRIMARY KEY, Context TEXT, exten TEXT,"
        " priority INTEGER, app TEXT, appData TEXT, UNIQUE (Context, exten, priority))",
        "INSERT INTO extensions VALUES (1, 'c', '1', 1, 'NoOp', 'd')",
        "CREATE INDEX own ON PS_ENDPOINTS (own)",
    )
    migrations.upgrade(sqlite_engine)

    assert migrations.check(sqlite_engine) == ()
    with Session(sqlite_engine) as session:
        assert session.get_one(Endpoint, "a").webrtc is True
        assert session.get_one(Extension, 1).appdata == "d"
    assert rows(sqlite_engine, "SELECT own FROM ps_endpoints") == [("x",)]
    assert "own" in definitions(sqlite_engine)


@pytest.mark.parametrize(
    "key", ["uniqueid TEXT PRIMARY KEY", "uniqueid TEXT, PRIMARY KEY (uniqueid)"]
)
def test_another_key_becomes_a_unique(sqlite_engine: Engine, key: str) -> None:
    """SQLite numbers only a primary key; the one of other columns keeps equal rows out still."""
    run(
        sqlite_engine,
        "CREATE TABLE own (call TEXT REFERENCES cdr (uniqueid))",
        f"CREATE TABLE cdr ({key})",
        "INSERT INTO cdr VALUES ('u')",
        "INSERT INTO own VALUES ('u')",
    )
    migrations.upgrade(sqlite_engine)

    assert migrations.check(sqlite_engine) == ()
    with pytest.raises(Exception, match="UNIQUE constraint failed"):
        run(sqlite_engine, "INSERT INTO cdr (uniqueid) VALUES ('u')")
    assert rows(sqlite_engine, "PRAGMA foreign_key_check") == []


def test_another_number_is_renamed(sqlite_engine: Engine) -> None:
    """A number of another name can become ours, which its owner decides."""
    run(
        sqlite_engine,
        "CREATE TABLE cdr (cdr_id INTEGER PRIMARY KEY AUTOINCREMENT, calldate TEXT NOT NULL)",
        "INSERT INTO cdr VALUES (41, '2020-01-02 03:04:05')",
        "DELETE FROM cdr",
        "INSERT INTO cdr VALUES (40, '2020-01-02 03:04:05')",
    )
    with pytest.raises(SchemaIrreconcilableError, match="numbers its rows by cdr_id") as caught:
        migrations.upgrade(sqlite_engine)
    run(sqlite_engine, str(caught.value).partition("rename it: ")[2])
    migrations.upgrade(sqlite_engine)

    assert migrations.check(sqlite_engine) == ()
    with Session(sqlite_engine) as session:
        session.add(Cdr(src="1"))
        session.flush()
        old, new = session.query(Cdr).order_by(Cdr.id)
        assert (old.id, new.id) == (40, 42)
        assert str(old.start) == "2020-01-02 03:04:05"


def test_empty_texts_in_columns_of_words_and_numbers(sqlite_engine: Engine) -> None:
    """Asterisk takes them for "not set"; here they become NULL, or Asterisk's default."""
    run(
        sqlite_engine,
        "CREATE TABLE ps_endpoints (id TEXT PRIMARY KEY, dtmf_mode TEXT DEFAULT '', webrtc TEXT,"
        " dtls_verify TEXT, identify_by TEXT, rtp_timeout INTEGER, accountcode TEXT)",
        "INSERT INTO ps_endpoints VALUES ('a', '', '', '', '', '', '')",
        "CREATE TABLE queue_members (queue_name TEXT, interface TEXT, paused TEXT,"
        " penalty INTEGER)",
        "INSERT INTO queue_members VALUES ('q', 'i', 'yes', ''), ('q', 'j', 'No', '')",
        "CREATE TABLE voicemail (uniqueid INTEGER PRIMARY KEY, context TEXT NOT NULL,"
        " mailbox TEXT NOT NULL, password TEXT NOT NULL, sayduration TEXT,"
        " maxmsg TEXT DEFAULT 100)",
        "INSERT INTO voicemail VALUES (1, 'c', 'm', 'p', 'yes', ' 060')",
    )
    assert any("empty text" in str(each) for each in migrations.plan(sqlite_engine))
    migrations.upgrade(sqlite_engine)

    assert migrations.check(sqlite_engine) == ()
    with Session(sqlite_engine) as session:
        endpoint = session.get_one(Endpoint, "a")
        assert (endpoint.rtp_timeout, endpoint.webrtc, endpoint.accountcode) == (0, None, None)
        assert [each.paused for each in session.query(QueueMember)] == [True, False]
        mailbox = session.get_one(Voicemail, 1)
        assert (mailbox.sayduration, mailbox.maxmsg) == (True, 60)
        session.add(Voicemail(context="c", mailbox="n", password="p"))
        session.flush()
        assert session.query(Voicemail.maxmsg).filter_by(mailbox="n").scalar() != 100


def test_an_index_of_full_texts_is_kept(sqlite_engine: Engine) -> None:
    """What refers to rows by their hidden number finds the same rows afterwards."""
    run(
        sqlite_engine,
        "CREATE TABLE ps_endpoints (id TEXT, callerid TEXT)",
        "INSERT INTO ps_endpoints (rowid, id, callerid) VALUES (3, 'a', 'Ann'), (9, 'b', 'Bob')",
        "CREATE VIRTUAL TABLE names USING fts5(callerid, content='ps_endpoints')",
        "INSERT INTO names (names) VALUES ('rebuild')",
    )
    migrations.upgrade(sqlite_engine)

    rowids = "SELECT rowid FROM names WHERE names MATCH 'bob'"
    found = f"SELECT id FROM ps_endpoints WHERE rowid IN ({rowids})"
    assert rows(sqlite_engine, found) == [("b",)]


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    """The error is ours, and says what to look at."""
    file = tmp_path / "a.db"
    run(create_engine(f"sqlite:///{file}"), "CREATE TABLE own (id INTEGER)")
    engine = create_engine(f"sqlite:///file:{file}?mode=ro&uri=true")
    with pytest.raises(SchemaError, match="readonly database; nothing was changed"):
        migrations.upgrade(engine)


@pytest.mark.parametrize("statement", [ENDPOINTS, "CREATE TABLE t (a, b DEFAULT NULL NOT NULL)"])
def test_a_statement_is_taken_apart(statement: str) -> None:
    """Each clause is found, and none is cut."""
    found = create_table.parse(statement)

    assert [each.name for each in found.columns][:1] in (["id"], ["a"])
    clauses = [each.replace("', ('", "") for c in found.columns for each in c.clauses]
    assert all(each.count("(") == each.count(")") for each in clauses)


NAMED: Final = {
    "view": "CREATE VIEW cdr AS SELECT 1 AS src",
    "quoted view": 'CREATE VIEW "queues" AS SELECT 1 AS name',
    "virtual table": "CREATE VIRTUAL TABLE cel USING fts5(eventtype)",
    "index": "CREATE TABLE own (a); CREATE INDEX ps_contacts_qualifyfreq_exp ON own (a)",
    "generated": "CREATE TABLE ps_aors (id TEXT PRIMARY KEY, max_contacts TEXT AS (id))",
    "no key": "CREATE TABLE queues (strategy TEXT)",
    "binary": "CREATE TABLE ps_aors (id TEXT PRIMARY KEY, contact BLOB)",
}


@pytest.mark.parametrize("name", NAMED)
def test_the_statement_that_is_advised_helps(sqlite_engine: Engine, name: str) -> None:
    """What stops an upgrade is named with statements; after them the upgrade succeeds."""
    run(sqlite_engine, *NAMED[name].split("; "))
    for line in problems(sqlite_engine).splitlines():
        advice = line.partition("rename it: ")[2] or line.partition("Asterisk's: ")[2]
        assert advice, line
        for statement in advice.split("; "):
            if statement.startswith(("ALTER", "CREATE", "DROP")):
                run(sqlite_engine, statement)
    migrations.upgrade(sqlite_engine)

    assert migrations.check(sqlite_engine) == ()


@pytest.mark.parametrize("referred", ["musiconhold (NAME)", "MusicOnHold (name)"])
def test_a_reference_in_another_case(sqlite_engine: Engine, referred: str) -> None:
    """SQLite ignores the case of names, so the foreign key exists."""
    run(
        sqlite_engine,
        "CREATE TABLE musiconhold (name VARCHAR(80) PRIMARY KEY, mode VARCHAR(20))",
        (
            "CREATE TABLE musiconhold_entry (name VARCHAR(80), position INTEGER,"
            " entry VARCHAR(1024), PRIMARY KEY (name, position),"
            f" FOREIGN KEY (name) REFERENCES {referred})"
        ),
    )
    plan = migrations.plan(sqlite_engine, families={"musiconhold"})
    migrations.upgrade(sqlite_engine, families={"musiconhold"})

    assert "foreign key" not in " ".join(map(str, plan))
    assert source(sqlite_engine, "musiconhold_entry").count("FOREIGN KEY") == 1
    assert migrations.check(sqlite_engine) == ()


def test_an_older_name_in_another_case(sqlite_engine: Engine) -> None:
    """The times of an old table of calls are found in any case."""
    run(
        sqlite_engine,
        "CREATE TABLE cdr (CallDate DATETIME NOT NULL, src VARCHAR(80))",
        "INSERT INTO cdr VALUES ('2020-01-01 00:00:00', '1')",
    )
    migrations.upgrade(sqlite_engine, families={"cdr"})
    run(sqlite_engine, "INSERT INTO cdr (src) VALUES ('2')")

    assert rows(sqlite_engine, "SELECT CallDate, start FROM cdr") == [
        ("2020-01-01 00:00:00", "2020-01-01 00:00:00"),
        (None, None),
    ]
