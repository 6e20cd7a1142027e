"""A database of Asterisk's own scripts, with rows in it, becomes ours and loses nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, inspect, select, text
from sqlalchemy.orm import Session

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaError, SchemaIrreconcilableError
from asterisk_realtime.models import Base, Cdr, Endpoint, QueueMember, QueueRule
from asterisk_realtime.values.choices import DtmfMode
from tests.migrations.tools import run
from tests.migrations.upstream_tables import FACTS, build

if TYPE_CHECKING:
    from sqlalchemy import MetaData, Table
    from sqlalchemy.engine import Connection


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest) -> Engine:
    """An empty database of a server: upstream's scripts know no SQLite."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    return engine


def fill(connection: Connection, tables: MetaData) -> None:
    """Put rows of every kind into the tables."""
    for name in ("alice", "bob"):
        for table in tables.sorted_tables:
            if table.name.startswith("ps_"):
                connection.execute(table.insert().values(id=name))
    webrtc = {"id": "carol", "webrtc": "on", "100rel": "required", "deny": "0.0.0.0/0"}
    connection.execute(tables.tables["ps_endpoints"].insert().values(webrtc))
    rule: dict[str, object] = {
        "rule_name": "r",
        "time": "5",
        "min_penalty": "1",
        "max_penalty": "2",
    }
    rows: dict[str, list[dict[str, object]]] = {
        "cdr": [{"src": "1"}, {"src": "2"}, {"src": "2"}],
        "queue_rules": [rule, dict(rule)],
        "queue_members": [
            {"queue_name": "q", "interface": "PJSIP/1", "uniqueid": 5},
            {"queue_name": "q", "interface": "PJSIP/2", "uniqueid": 9},
        ],
        "musiconhold": [{"name": "m", "mode": "playlist"}],
        "musiconhold_entry": [{"name": "m", "position": 1, "entry": "e"}],
    }
    for name, values in rows.items():
        connection.execute(tables.tables[name].insert(), values)


def contents(connection: Connection, table: Table) -> list[str]:
    """Return all rows of those columns, in no order."""
    return sorted(map(repr, connection.execute(select(*table.columns))))


def versions(engine: Engine) -> dict[str, str | None]:
    """Return where the trees of Asterisk's scripts stand."""
    with engine.connect() as connection:
        return {
            tree: connection.scalar(text(f"SELECT version_num FROM alembic_version_{tree}"))
            for tree in FACTS["heads"]
        }


def test_rows_survive(server: Engine) -> None:
    """No existing row is lost, and afterwards nothing is left to repair."""
    upstream = build(server)
    with server.begin() as connection:
        fill(connection, upstream)
        before = {table.name: contents(connection, table) for table in upstream.sorted_tables}
    plan = {each.what for each in migrations.plan(server)}

    assert "table cdr has no primary key (id)" in plan
    assert "column cdr.id is missing" in plan
    assert not [each for each in migrations.check(server) if isinstance(each, migrations.Obstacle)]

    migrations.upgrade(server)

    with server.connect() as connection:
        after = {table.name: contents(connection, table) for table in upstream.sorted_tables}
    assert after == before
    assert migrations.check(server) == ()


def test_adopted_tables_take_what_the_models_write(server: Engine) -> None:
    """Keys number themselves, and words that upstream's enums lack can be stored."""
    upstream = build(server)
    with server.begin() as connection:
        fill(connection, upstream)
    migrations.upgrade(server)
    with Session(server) as session:
        member = QueueMember(queue_name="q", interface="PJSIP/3")
        session.add_all([member, Cdr(src="3"), Endpoint(id="dave", dtmf_mode=DtmfMode.NONE)])
        session.commit()

        assert member.uniqueid == 10
        assert session.scalars(select(Cdr.id).order_by(Cdr.id)).all() == [1, 2, 3, 4]
        assert len(session.scalars(select(QueueRule)).all()) == 2
        assert session.get_one(Endpoint, "carol").webrtc is True


def test_asterisks_scripts_can_go_on(server: Engine) -> None:
    """Their version tables say what the tables now are; no version table is made."""
    build(server, head="4da0c5f79a9c")
    run(server, "DELETE FROM alembic_version_queue_log", "DROP TABLE ps_auths")
    run(server, "CREATE TABLE alembic_version (version_num VARCHAR(32))")
    migrations.upgrade(server, "asterisk_22_10")

    assert versions(server) == FACTS["heads"]

    migrations.upgrade(server)  # the released scripts know no later revision

    assert versions(server) == FACTS["heads"]

    migrations.downgrade(server, "asterisk_22_10")

    assert versions(server) == FACTS["heads"]
    with server.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 0


def test_a_later_script_is_left_alone(server: Engine) -> None:
    """A version that this library does not know is taken for a newer one."""
    build(server, head="0123456789ab")
    migrations.upgrade(server)

    assert versions(server)["config"] == "0123456789ab"


def test_a_column_of_somebody_else_stays(server: Engine) -> None:
    """Going back drops no column that was there before, and no table at all."""
    build(server, head="2285f2ace275")
    run(
        server,
        "ALTER TABLE ps_transports ADD COLUMN external_signaling_hostname VARCHAR(40)",
        "ALTER TABLE ps_aors ADD COLUMN own_note VARCHAR(10)",
        "CREATE TABLE own_table (id INTEGER)",
    )
    migrations.upgrade(server)
    migrations.downgrade(server, "asterisk_22_10")
    columns = {each["name"] for each in inspect(server).get_columns("ps_transports")}
    there = set(Base.metadata.tables) - {"asterisk_realtime_lock"}

    assert "external_signaling_hostname" in columns
    assert "own_note" in {each["name"] for each in inspect(server).get_columns("ps_aors")}
    assert versions(server)["config"] == "2285f2ace275"
    with pytest.raises(SchemaError, match=r"existed before .*: cdr, extensions, iaxfriends"):
        migrations.downgrade(server, "base")
    assert there | {"own_table"} <= set(inspect(server).get_table_names())


def test_hand_made_columns_are_converted(server: Engine) -> None:
    """Text for enums, integers for booleans, other enums and text for numbers become ours."""
    build(server)
    text_type = "CHARACTER VARYING(20)" if server.dialect.name == "postgresql" else "VARCHAR(20)"
    bools = "ast_bool_values" if server.dialect.name == "postgresql" else "ENUM('on','yes','no')"
    for column, type_ in {
        "dtmf_mode": f"{text_type} DEFAULT 'rfc4733'",
        "webrtc": "INTEGER",
        "timers": bools,
        "rtp_timeout": text_type,
        "sub_min_expiry": "SMALLINT",
    }.items():
        run(
            server,
            f"ALTER TABLE ps_endpoints DROP COLUMN {column}",
            f"ALTER TABLE ps_endpoints ADD COLUMN {column} {type_}",
        )
    run(
        server,
        "INSERT INTO ps_endpoints (id, dtmf_mode, webrtc, timers, rtp_timeout, sub_min_expiry)"
        " VALUES ('a', 'INFO', 1, 'on', '30', 7), ('b', '', 0, 'no', '', NULL)",
        "INSERT INTO ps_endpoints (id) VALUES ('c')",
    )
    migrations.upgrade(server)

    assert migrations.check(server) == ()
    with Session(server) as session:
        a, b, c = session.scalars(select(Endpoint).order_by(Endpoint.id))
        assert (a.dtmf_mode, a.webrtc, a.timers, a.rtp_timeout) == ("info", True, "yes", 30)
        assert (b.dtmf_mode, b.webrtc, b.timers, b.rtp_timeout) == (None, False, "no", None)
        assert (a.sub_min_expiry, c.dtmf_mode) == (7, "rfc4733")


def test_what_cannot_be_reconciled_is_named(server: Engine) -> None:
    """Each place is named with the statement that shows it, before anything is changed."""
    build(server)
    run(
        server,
        "ALTER TABLE ps_auths DROP COLUMN auth_type",
        "ALTER TABLE ps_auths ADD COLUMN auth_type VARCHAR(20)",
        "INSERT INTO ps_auths (id, auth_type) VALUES ('a', 'magic')",
        "DROP TABLE ps_aors",
        "CREATE TABLE ps_aors (id VARCHAR(40), max_contacts DATE)",
        "INSERT INTO ps_aors (id) VALUES ('a'), ('a'), (NULL)",
    )
    before = migrations.check(server)
    with pytest.raises(SchemaIrreconcilableError) as caught:
        migrations.upgrade(server)

    problems = "\n".join(caught.value.problems)
    assert "column ps_auths.auth_type has values that" in problems
    assert "table ps_aors has several rows with the same (id)" in problems
    assert "column ps_aors.id has rows without a value" in problems
    assert "column ps_aors.max_contacts is DATE, which cannot become INTEGER" in problems
    assert "SELECT id FROM ps_aors WHERE id IS NOT NULL GROUP BY id HAVING count(*) > 1" in problems
    assert migrations.check(server) == before
    assert migrations.current(server) is None


def test_drift_is_named_and_mended(empty_engine: Engine) -> None:
    """What somebody takes away at head is named; from the base again, the upgrade repairs it."""
    migrations.upgrade(empty_engine)
    on = " ON ps_contacts" if empty_engine.dialect.name == "mysql" else ""
    run(empty_engine, f"DROP INDEX ps_contacts_qualifyfreq_exp{on}", "DROP TABLE queue_rules")
    found = [each.what for each in migrations.check(empty_engine)]

    assert found == [
        "index ps_contacts_qualifyfreq_exp of ps_contacts is missing",
        "table queue_rules is missing",
    ]
    assert migrations.plan(empty_engine) == ()

    run(empty_engine, "DELETE FROM asterisk_realtime_version")
    migrations.upgrade(empty_engine)

    assert migrations.check(empty_engine) == ()


def test_schema_other_than_public(postgresql_engine: Engine) -> None:
    """On PostgreSQL the tables go where ``search_path`` points, and are found there."""
    run(postgresql_engine, "CREATE SCHEMA telephony")
    with postgresql_engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL search_path TO telephony")
        connection.dialect.default_schema_name = "telephony"
        migrations.upgrade(connection)
        assert migrations.check(connection) == ()
    names = inspect(postgresql_engine).get_table_names(schema="telephony")

    assert set(Base.metadata.tables) <= set(names)
    assert inspect(postgresql_engine).get_table_names(schema="public") == []


def test_collation_of_a_column_stays(mariadb_engine: Engine) -> None:
    """A column that is widened keeps the collation that somebody gave it."""
    build(mariadb_engine)
    run(
        mariadb_engine,
        "ALTER TABLE ps_aors MODIFY COLUMN contact VARCHAR(255) COLLATE utf8mb4_bin",
    )
    migrations.upgrade(mariadb_engine)
    with mariadb_engine.connect() as connection:
        collation = connection.scalar(
            text(
                "SELECT collation_name FROM information_schema.columns WHERE table_schema ="
                " DATABASE() AND table_name = 'ps_aors' AND column_name = 'contact'"
            )
        )

    assert collation == "utf8mb4_bin"


def test_who_may_insert_still_may(postgresql_engine: Engine) -> None:
    """A role with rights on the tables only, as Asterisk's often is, goes on writing records."""
    name = "only_tables"
    run(
        postgresql_engine,
        "CREATE TABLE cdr (src varchar(80))",
        f"CREATE ROLE {name}",
        f"GRANT SELECT, INSERT ON cdr TO {name}",
    )
    try:
        migrations.upgrade(postgresql_engine)
        run(postgresql_engine, f"SET LOCAL ROLE {name}", "INSERT INTO cdr (src) VALUES ('1')")
        with Session(postgresql_engine) as session:
            assert session.scalars(select(Cdr.src)).all() == ["1"]
    finally:
        run(postgresql_engine, f"DROP OWNED BY {name}", f"DROP ROLE {name}")
