"""PostgreSQL: a plan names what an upgrade would refuse, and the advice clears the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import Engine, create_engine, text

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaIrreconcilableError
from tests.conftest import new_database, opened
from tests.migrations.tools import mostly_long, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

    from asterisk_realtime.migrations import Difference

TABLE: Final = "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, webrtc BOOLEAN)"
ROW: Final = "INSERT INTO ps_endpoints (id, webrtc) VALUES ('a', true)"
TRIGGER: Final = (
    "CREATE FUNCTION own_call() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
)
WATCH: Final = (
    "CREATE FUNCTION own_watch() RETURNS event_trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION 'not now'; END $$"
)

STOPS: Final = {
    "index of an expression": (TABLE, "CREATE INDEX own ON ps_endpoints ((NOT webrtc))", ROW),
    "partial index": (TABLE, "CREATE INDEX own ON ps_endpoints (id) WHERE webrtc", ROW),
    "check": (TABLE, "ALTER TABLE ps_endpoints ADD CONSTRAINT own CHECK (webrtc OR id > '')", ROW),
    "policy": (TABLE, "CREATE POLICY own ON ps_endpoints USING (webrtc)", ROW),
    "generated column": (
        TABLE,
        (
            "ALTER TABLE ps_endpoints ADD own TEXT"
            " GENERATED ALWAYS AS (CASE WHEN webrtc THEN 'y' ELSE 'n' END) STORED"
        ),
        ROW,
    ),
    "trigger": (
        TABLE,
        TRIGGER,
        (
            "CREATE TRIGGER own BEFORE UPDATE OF webrtc ON ps_endpoints FOR EACH ROW"
            " WHEN (NEW.webrtc) EXECUTE FUNCTION own_call()"
        ),
        ROW,
    ),
    "rule": (
        TABLE,
        "CREATE RULE own AS ON UPDATE TO ps_endpoints WHERE NOT NEW.webrtc DO ALSO NOTHING",
        ROW,
    ),
    "statistics": (TABLE, "CREATE STATISTICS own ON (NOT webrtc), id FROM ps_endpoints", ROW),
    "view": (TABLE, "CREATE VIEW own AS SELECT id FROM ps_endpoints WHERE webrtc", ROW),
    "view of a view": (
        TABLE,
        "CREATE VIEW own AS SELECT id, webrtc FROM ps_endpoints WHERE webrtc",
        "CREATE VIEW own_upper AS SELECT upper(id) FROM own",
        ROW,
    ),
    "materialized view": (
        TABLE,
        "CREATE MATERIALIZED VIEW own WITH (fillfactor = 70) AS SELECT webrtc FROM ps_endpoints",
        "CREATE INDEX own_index ON own (webrtc) WHERE webrtc",
        ROW,
    ),
    "parsed function": (
        TABLE,
        (
            "CREATE FUNCTION own() RETURNS BIGINT LANGUAGE sql"
            " BEGIN ATOMIC SELECT count(*) FROM ps_endpoints WHERE webrtc; END"
        ),
        ROW,
    ),
    "parsed function of rows": (
        TABLE,
        (
            "CREATE FUNCTION own() RETURNS SETOF ps_endpoints LANGUAGE sql"
            " BEGIN ATOMIC SELECT * FROM ps_endpoints; END"
        ),
        "CREATE VIEW own_view AS SELECT id FROM own()",
        ROW,
    ),
    "publication": (TABLE, "CREATE PUBLICATION own FOR TABLE ps_endpoints WHERE (webrtc)", ROW),
    "parsed function of a view": (
        TABLE,
        "CREATE VIEW own_view AS SELECT id, webrtc FROM ps_endpoints",
        (
            "CREATE FUNCTION own() RETURNS BIGINT LANGUAGE sql"
            " BEGIN ATOMIC SELECT count(*) FROM own_view; END"
        ),
        ROW,
    ),
    "function that takes rows of a view": (
        TABLE,
        "CREATE VIEW own_view AS SELECT id, webrtc FROM ps_endpoints",
        "CREATE FUNCTION own(own_view) RETURNS TEXT LANGUAGE sql AS 'SELECT $1.id'",
        ROW,
    ),
    "rows of a view in a column": (
        TABLE,
        "CREATE VIEW own_view AS SELECT id, webrtc FROM ps_endpoints",
        "CREATE TABLE own (endpoint own_view)",
        ROW,
    ),
    "rows in a column": (
        TABLE,
        "CREATE TABLE own (endpoint ps_endpoints)",
        ROW,
        "INSERT INTO own SELECT e FROM ps_endpoints e",
    ),
    "rows in an array": (TABLE, "CREATE TABLE own (endpoints ps_endpoints[])", ROW),
    "rows in a type": (
        TABLE,
        "CREATE TYPE own_type AS (number INT, endpoint ps_endpoints)",
        "CREATE TABLE own (endpoint own_type)",
        ROW,
    ),
    "typed table": (
        "CREATE TYPE own AS (id VARCHAR(40), webrtc BOOLEAN)",
        "CREATE TABLE ps_endpoints OF own (PRIMARY KEY (id))",
        ROW,
    ),
    "replica identity": (
        "CREATE TABLE ps_endpoints (id VARCHAR(40) NOT NULL, webrtc BOOLEAN NOT NULL)",
        "CREATE UNIQUE INDEX own ON ps_endpoints (id, webrtc)",
        "ALTER TABLE ps_endpoints REPLICA IDENTITY USING INDEX own",
        ROW,
    ),
    "event trigger": (
        TABLE,
        WATCH,
        ROW,
        (
            "CREATE EVENT TRIGGER own ON ddl_command_start WHEN TAG IN ('ALTER TABLE')"
            " EXECUTE FUNCTION own_watch()"
        ),
    ),
    "event trigger of dropped things": (
        "CREATE TABLE ps_endpoints (id VARCHAR(40), permit TEXT, deny TEXT)",
        WATCH,
        "CREATE EVENT TRIGGER own ON sql_drop EXECUTE FUNCTION own_watch()",
    ),
}

STATEMENT: Final = re.compile(r"(?<=: )((?:DROP|ALTER|GRANT|CREATE OR) [A-Z][^;]*)")


def planned(engine: Engine) -> list[migrations.Obstacle]:
    """Return the obstacles of a plan, which are those of a check, each said once."""
    found = _obstacles(migrations.plan(engine))
    assert found == _obstacles(migrations.check(engine))
    assert len({*map(str, found)}) == len(found)
    return found


def _obstacles(differences: tuple[Difference, ...]) -> list[migrations.Obstacle]:
    return [each for each in differences if isinstance(each, migrations.Obstacle)]


def advised(obstacle: migrations.Obstacle) -> str:
    """Return the first statement of an advice."""
    found = STATEMENT.search(f": {obstacle.advice}")
    assert found, obstacle
    return found[1]


def refused(engine: Engine) -> list[str]:
    """Return what an upgrade says that refuses."""
    with pytest.raises(SchemaIrreconcilableError) as caught:
        migrations.upgrade(engine)
    return [*caught.value.problems]


@pytest.mark.parametrize("name", mostly_long(STOPS))
def test_a_plan_names_what_stops_an_upgrade(postgresql_engine: Engine, name: str) -> None:
    """The upgrade refuses for a reason of the plan; after the advised statements it succeeds."""
    run(postgresql_engine, *STOPS[name])
    found = planned(postgresql_engine)
    assert found
    assert {*refused(postgresql_engine)} <= {*map(str, found)}
    for obstacle in found:
        run(postgresql_engine, advised(obstacle))
    assert planned(postgresql_engine) == []
    migrations.upgrade(postgresql_engine)

    assert migrations.check(postgresql_engine) == ()
    with postgresql_engine.connect() as connection:
        rows = connection.execute(text("SELECT count(*) FROM ps_endpoints")).scalar()
    assert rows == (1 if ROW in STOPS[name] else 0)


PASSES: Final = {
    "publication of columns": (
        TABLE,
        "CREATE PUBLICATION own FOR TABLE ps_endpoints (id, webrtc) WHERE (id > 'A')",
    ),
    "publication of moved columns": (
        "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, permit TEXT, deny TEXT)",
        "CREATE PUBLICATION own FOR TABLE ps_endpoints (id, permit, deny)",
    ),
    "parsed function": (
        TABLE,
        (
            "CREATE FUNCTION own() RETURNS SETOF TEXT LANGUAGE sql STABLE"
            " BEGIN ATOMIC SELECT id FROM ps_endpoints; END"
        ),
        "CREATE VIEW own_view AS SELECT own AS id FROM own()",
    ),
    "function that takes rows": (
        TABLE,
        (
            "CREATE FUNCTION own(ps_endpoints) RETURNS TEXT IMMUTABLE LANGUAGE sql"
            " AS 'SELECT $1.webrtc::text'"
        ),
        "CREATE VIEW own_view AS SELECT id, own(e) FROM ps_endpoints e",
    ),
    "view in another schema": (
        TABLE,
        "CREATE SCHEMA own",
        "CREATE VIEW own.view AS SELECT id, webrtc FROM ps_endpoints",
        "CREATE VIEW own_upper AS SELECT webrtc FROM own.view",
    ),
    "materialized view": (
        TABLE,
        "CREATE MATERIALIZED VIEW own AS SELECT id, webrtc FROM ps_endpoints",
        "CREATE UNIQUE INDEX own_id ON own (id)",
    ),
    "foreign keys": (
        "CREATE TABLE ps_aors (id TEXT PRIMARY KEY, max_contacts TEXT)",
        "CREATE TABLE own (aor TEXT REFERENCES ps_aors (id))",
    ),
    "event trigger that watches": (
        TABLE,
        WATCH.replace("RAISE EXCEPTION", "RAISE NOTICE"),
        "CREATE EVENT TRIGGER own ON ddl_command_end EXECUTE FUNCTION own_watch()",
    ),
    "rows of a table that only gets columns": (
        "CREATE TABLE ps_registrations (id VARCHAR(255) PRIMARY KEY)",
        "CREATE TABLE own (registration ps_registrations)",
    ),
}


@pytest.mark.parametrize("name", mostly_long(PASSES))
def test_what_is_no_obstacle(postgresql_engine: Engine, name: str) -> None:
    """What can be made again is not an obstacle, and exists afterwards."""
    run(postgresql_engine, *PASSES[name])
    before = publications(postgresql_engine)
    assert planned(postgresql_engine) == []
    migrations.upgrade(postgresql_engine)

    assert migrations.check(postgresql_engine) == ()
    assert publications(postgresql_engine) == before
    if name == "parsed function":
        run(postgresql_engine, "INSERT INTO ps_endpoints (id) VALUES ('a')")
        with postgresql_engine.connect() as connection:
            assert connection.scalar(text("SELECT id FROM own_view")) == "a"


def publications(engine: Engine) -> list[tuple[object, ...]]:
    """Return the publications with the conditions, and those columns that all tables had before."""
    query = "SELECT pubname, tablename, rowfilter, attnames::text FROM pg_publication_tables"
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.exec_driver_sql(query)]
    return [
        (*row[:3], {*str(row[3]).strip("{}").split(",")} & {"id", "permit", "webrtc"})
        for row in rows
    ]


def test_a_plan_waits_for_nobody(postgresql_engine: Engine) -> None:
    """It takes no lock on a table that others use, and leaves nothing behind."""
    run(postgresql_engine, *STOPS["view"], *STOPS["check"][1:2])
    run(postgresql_engine, "CREATE TABLE own_other (endpoint VARCHAR(40) REFERENCES ps_endpoints)")
    with postgresql_engine.connect() as other, postgresql_engine.connect() as connection:
        other.exec_driver_sql("LOCK TABLE ps_endpoints, own_other IN ROW EXCLUSIVE MODE")
        connection.exec_driver_sql("SET lock_timeout = '2s'")
        assert len(_obstacles(migrations.plan(connection))) == 2
        held = connection.exec_driver_sql(
            "SELECT c.relname, mode FROM pg_locks JOIN pg_class c ON c.oid = relation"
            " WHERE pid = pg_backend_pid() AND c.relnamespace = 'public'::regnamespace"
            " AND mode <> 'AccessShareLock'"
        ).all()
        assert held == []
        assert connection.scalar(text("SHOW search_path")) == '"$user", public'
        query = "SELECT count(*) FROM pg_class WHERE relname = 'ps_endpoints'"
        assert connection.scalar(text(query)) == 1


def test_an_engine_that_commits_each_statement(postgresql_engine: Engine) -> None:
    """A plan is tried in a transaction of its own; a connection of that kind is only read."""
    run(postgresql_engine, *STOPS["check"])
    engine = create_engine(postgresql_engine.url, isolation_level="AUTOCOMMIT")
    assert len(_obstacles(migrations.plan(engine))) == 1
    with engine.connect() as connection:
        assert _obstacles(migrations.plan(connection)) == []
        query = "SELECT count(*) FROM pg_class WHERE relname = 'ps_endpoints'"
        assert connection.scalar(text(query)) == 1
    engine.dispose()


# -- Accounts --------------------------------------------------------------------------------------


@pytest.fixture
def plain(postgresql_url: URL) -> Iterator[tuple[Engine, Engine]]:
    """Engines of the superuser, and of an account that owns nothing."""
    with new_database(postgresql_url) as url, opened(url) as admin:
        for role in ("plain", "other"):
            run(
                admin,
                f"DO $$ BEGIN CREATE ROLE {role} LOGIN PASSWORD '{role}';"
                " EXCEPTION WHEN duplicate_object THEN NULL; END $$",
            )
        with opened(url.set(username="plain", password="plain")) as engine:
            yield admin, engine


FOREIGN: Final = {
    "schema": ("REVOKE CREATE ON SCHEMA public FROM PUBLIC",),
    "table": ("CREATE TABLE ps_endpoints (id VARCHAR(40), permit VARCHAR(9))",),
    "type": (
        "CREATE TYPE ast_bool_values AS ENUM ('yes')",
        "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY)",
        "ALTER TABLE ps_endpoints OWNER TO plain",
    ),
    "view": (
        "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, callerid TEXT, webrtc TEXT)",
        "CREATE VIEW own AS SELECT id, webrtc FROM ps_endpoints",
        "ALTER TABLE ps_endpoints OWNER TO plain",
        "ALTER VIEW own OWNER TO other",
    ),
    "publication": (
        "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, webrtc TEXT)",
        "CREATE PUBLICATION own FOR TABLE ps_endpoints (id)",
        "ALTER TABLE ps_endpoints OWNER TO plain",
    ),
    "partition": (
        "CREATE TABLE cdr (start TIMESTAMP, src VARCHAR(9)) PARTITION BY RANGE (start)",
        "CREATE TABLE cdr_all PARTITION OF cdr DEFAULT",
        "ALTER TABLE cdr OWNER TO plain",
    ),
}


@pytest.mark.parametrize("name", mostly_long(FOREIGN))
def test_a_plan_names_the_rights_that_are_missing(plain: tuple[Engine, Engine], name: str) -> None:
    """The statement for the owner is in the plan, once; after it the upgrade succeeds."""
    admin, engine = plain
    run(admin, "GRANT CREATE ON SCHEMA public TO PUBLIC", *FOREIGN[name])
    if name == "publication":
        with admin.connect() as connection:
            database = connection.scalar(text("SELECT current_database()"))
        run(admin, f"GRANT CREATE ON DATABASE {database} TO plain")
    found = planned(engine)
    assert {*map(str, found)} == {*refused(engine)}
    for obstacle in found:
        run(admin, advised(obstacle))
    assert planned(engine) == []
    migrations.upgrade(engine)

    assert migrations.check(engine) == ()


def test_an_account_that_only_reads(plain: tuple[Engine, Engine]) -> None:
    """Its plan shows what an upgrade lacks, and what would change."""
    admin, engine = plain
    run(admin, *STOPS["view"], "GRANT SELECT ON ps_endpoints TO plain")
    run(admin, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    with engine.connect() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        found = migrations.plan(connection)
        assert "transaction is read-only" in str(found[0])
        assert any("ps_endpoints.webrtc" in str(each) for each in found)


def test_a_group_owns_the_table(plain: tuple[Engine, Engine]) -> None:
    """An account of the owner's group changes a table, though the group may make none."""
    admin, engine = plain
    run(
        admin,
        "DO $$ BEGIN CREATE ROLE own_group; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "GRANT own_group TO plain",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT CREATE ON SCHEMA public TO plain",
        "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, callerid VARCHAR(40))",
        "CREATE INDEX own ON ps_endpoints (lower(callerid))",
        "ALTER TABLE ps_endpoints ADD CONSTRAINT own CHECK (callerid <> '')",
        "ALTER TABLE ps_endpoints OWNER TO own_group",
    )
    assert planned(engine) == []
    migrations.upgrade(engine)

    assert migrations.check(engine) == ()
