"""SQLite: tables of other hands are made anew within one transaction."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, event

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaIrreconcilableError
from tests.migrations.tools import definitions, rows, run

# As people write them from Asterisk's documentation.
HAND_MADE = (
    """CREATE TABLE ps_aors (id VARCHAR(40) PRIMARY KEY, max_contacts INTEGER,
    note TEXT DEFAULT 'n', default_expiration TEXT)""",
    "CREATE INDEX by_note ON ps_aors (note)",
    "CREATE TABLE log (id TEXT)",
    "CREATE TRIGGER changed AFTER UPDATE ON ps_aors BEGIN INSERT INTO log VALUES (new.id); END",
    "INSERT INTO ps_aors VALUES ('alice', 2, 'mine', '60'), ('bob', NULL, NULL, '')",
    "CREATE TABLE cdr (src TEXT, dst TEXT, calldate TEXT)",
    "INSERT INTO cdr VALUES ('1', '2', '2026-01-01'), ('1', '2', '2026-01-02')",
    "CREATE TABLE queue_log (id BIGINT NOT NULL PRIMARY KEY, time DATETIME, event VARCHAR(32))",
    "INSERT INTO queue_log VALUES (7, '2026-01-01', 'ENTERQUEUE')",
    "CREATE TABLE musiconhold (name VARCHAR(80) PRIMARY KEY, mode TEXT)",
    """CREATE TABLE musiconhold_entry (name VARCHAR(80) REFERENCES musiconhold (name),
    position INTEGER, entry VARCHAR(1024), PRIMARY KEY (name, position))""",
    "INSERT INTO musiconhold VALUES ('m', 'playlist')",
    "INSERT INTO musiconhold_entry VALUES ('m', 1, 'e')",
)


@pytest.mark.parametrize("checked", [False, True])
def test_hand_made_tables(sqlite_engine: Engine, *, checked: bool) -> None:
    """Rows, columns, indexes and triggers of other hands survive, keys checked or not."""
    if checked:

        @event.listens_for(sqlite_engine, "connect")
        def check_keys(connection: object, _record: object) -> None:
            connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[attr-defined]  # the driver's own

    run(sqlite_engine, *HAND_MADE)
    migrations.upgrade(sqlite_engine)

    assert migrations.check(sqlite_engine) == ()
    assert rows(
        sqlite_engine, "SELECT id, max_contacts, note, default_expiration FROM ps_aors"
    ) == [("alice", 2, "mine", 60), ("bob", 0, None, 3600)]
    assert rows(sqlite_engine, "SELECT id, src, calldate FROM cdr") == [
        (1, "1", "2026-01-01"),
        (2, "1", "2026-01-02"),
    ]
    assert rows(sqlite_engine, "SELECT id, event FROM queue_log") == [(7, "ENTERQUEUE")]
    assert rows(sqlite_engine, "SELECT name, entry FROM musiconhold_entry") == [("m", "e")]
    assert rows(sqlite_engine, "PRAGMA foreign_keys") == [(int(checked),)]
    run(
        sqlite_engine,
        "INSERT INTO queue_log (event) VALUES ('ABANDON')",
        "UPDATE ps_aors SET mailboxes = 'm'",
    )

    assert rows(sqlite_engine, "SELECT max(id) FROM queue_log") == [(8,)]
    assert rows(sqlite_engine, "SELECT id FROM log ORDER BY id") == [("alice",), ("bob",)]
    assert "by_note" in definitions(sqlite_engine)


def test_a_connection_that_checks_keys(sqlite_engine: Engine) -> None:
    """Within a transaction that checks foreign keys a table that others need cannot be replaced."""
    run(sqlite_engine, *HAND_MADE)
    with sqlite_engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
        with pytest.raises(SchemaIrreconcilableError, match="run PRAGMA foreign_keys=OFF"):
            migrations.upgrade(connection)
        connection.rollback()

        assert migrations.current(connection) is None


def test_columns_are_added_without_a_new_table(sqlite_engine: Engine) -> None:
    """Where ALTER TABLE is enough, a big table is not copied."""
    migrations.upgrade(sqlite_engine)
    run(sqlite_engine, "ALTER TABLE ps_aors DROP COLUMN remove_existing")
    run(sqlite_engine, "DELETE FROM asterisk_realtime_version")
    sent: list[str] = []

    @event.listens_for(sqlite_engine, "before_cursor_execute")
    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    migrations.upgrade(sqlite_engine)

    assert not any("DROP TABLE" in statement for statement in sent)
    assert migrations.check(sqlite_engine) == ()
