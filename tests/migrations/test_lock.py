"""The table that changes lock, and the unique key that binds in ``acls``."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaError
from asterisk_realtime.models import Base
from asterisk_realtime.models.change_lock import LOCK
from tests.migrations.tools import run

RULE = "INSERT INTO acls (name, rule_order, sense, rule) VALUES ('l', 1, 'permit', '192.0.2.1')"


def rows(engine: Engine) -> list[tuple[int, int]]:
    """Return the rows of the lock's table."""
    with engine.connect() as connection:
        return [(row.id, row.version) for row in connection.execute(LOCK.select())]


def test_the_row_is_there_once(empty_engine: Engine) -> None:
    """After an upgrade, another one, and one that was interrupted before the row was written."""
    migrations.upgrade(empty_engine)
    assert rows(empty_engine) == [(1, 0)]

    run(empty_engine, "DELETE FROM asterisk_realtime_lock")
    migrations.downgrade(empty_engine, "asterisk_22_11")
    migrations.upgrade(empty_engine)
    assert rows(empty_engine) == [(1, 0)]


def test_create_all_adds_the_row(sqlite_engine: Engine) -> None:
    """A database that the models made has it too."""
    Base.metadata.create_all(sqlite_engine)

    assert rows(sqlite_engine) == [(1, 0)]


def test_who_may_change_rows_may_lock(postgresql_engine: Engine) -> None:
    """A role that was given rights on single tables goes on provisioning after the upgrade."""
    name = "provisioner"
    run(
        postgresql_engine,
        "CREATE TABLE ps_endpoints (id varchar(40) PRIMARY KEY)",
        f"CREATE ROLE {name}",
        f"GRANT SELECT, INSERT ON ps_endpoints TO {name}",
    )
    try:
        migrations.upgrade(postgresql_engine)
        run(
            postgresql_engine,
            f"SET LOCAL ROLE {name}",
            "UPDATE asterisk_realtime_lock SET version = version + 1",
        )
        assert rows(postgresql_engine) == [(1, 1)]
    finally:
        run(postgresql_engine, f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_a_rule_is_there_once(empty_engine: Engine) -> None:
    """Two rules of one list without a system name cannot have the same place."""
    migrations.upgrade(empty_engine)
    run(empty_engine, RULE)
    with pytest.raises(IntegrityError):
        run(empty_engine, RULE)


def test_lists_that_are_there(empty_engine: Engine) -> None:
    """Rules whose system name is NULL are kept."""
    run(
        empty_engine,
        "CREATE TABLE acls (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(80),"
        " systemname VARCHAR(80), rule_order INTEGER, sense VARCHAR(10), rule VARCHAR(95))",
        RULE.replace("(name", "(id, name").replace("('l'", "(1, 'l'"),
        RULE.replace("(name", "(id, name").replace("('l'", "(2, 'm'"),
    )
    migrations.upgrade(empty_engine)

    assert migrations.check(empty_engine) == ()
    with empty_engine.connect() as connection:
        found = connection.execute(text("SELECT name, systemname, rule FROM acls ORDER BY name"))
        assert [tuple(row) for row in found] == [("l", "", "192.0.2.1"), ("m", "", "192.0.2.1")]


def test_rules_that_are_there_twice(empty_engine: Engine) -> None:
    """They are named before the first change, and the upgrade goes on when one of them is gone."""
    run(
        empty_engine,
        "CREATE TABLE acls (id INTEGER NOT NULL PRIMARY KEY, name VARCHAR(80),"
        " systemname VARCHAR(80), rule_order INTEGER, sense VARCHAR(10), rule VARCHAR(95))",
        *(RULE.replace("(name", "(id, name").replace("('l'", f"({id_}, 'l'") for id_ in (1, 2)),
    )
    with pytest.raises(SchemaError, match=r"acls has several rows with the same \(name, systemn"):
        migrations.upgrade(empty_engine)
    assert not inspect(empty_engine).has_table("ps_endpoints")

    run(empty_engine, "DELETE FROM acls WHERE id = 2")
    migrations.upgrade(empty_engine)
    assert migrations.check(empty_engine) == ()
