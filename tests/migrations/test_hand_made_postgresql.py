"""PostgreSQL: what depends on columns that change is restored, or is named with a statement."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.orm import Session

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaError, SchemaIrreconcilableError
from asterisk_realtime.models import Cdr, Endpoint, Identify, QueueMember
from tests.conftest import new_database, opened
from tests.migrations.tools import mostly_long, problems, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL

NOW: Final = datetime(2020, 2, 3)  # noqa: DTZ001 - as it is stored

TABLE: Final = """CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY,
    permit VARCHAR(95) CHECK (permit <> ''), deny VARCHAR(95), webrtc TEXT, callerid VARCHAR(40),
    tenant INTEGER, CONSTRAINT own_words CHECK (webrtc IN ('yes', 'no')),
    UNIQUE (permit, tenant))"""

THINGS: Final = (
    (
        "CREATE VIEW own_view WITH (security_barrier) AS SELECT id, permit, callerid AS who FROM"
        " ps_endpoints WHERE webrtc = 'yes'"
    ),
    'CREATE VIEW own_upper AS SELECT upper(who) AS "Who" FROM own_view',
    "CREATE MATERIALIZED VIEW own_kept AS SELECT id, callerid FROM ps_endpoints",
    "CREATE UNIQUE INDEX own_kept_id ON own_kept (id)",
    "CREATE INDEX own_expression ON ps_endpoints (lower(callerid))",
    "CREATE INDEX own_partial ON ps_endpoints (tenant) WHERE webrtc = 'yes'",
    "CREATE INDEX own_permit ON ps_endpoints (permit)",
    "CREATE STATISTICS own_statistics ON permit, tenant FROM ps_endpoints",
    "ALTER TABLE ps_endpoints ADD label TEXT GENERATED ALWAYS AS (callerid || '!') STORED",
    (
        "CREATE FUNCTION own_call() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN NEW.tenant := NEW.tenant + 1; RETURN NEW; END $$"
    ),
    (
        "CREATE TRIGGER own_trigger BEFORE UPDATE OF callerid, permit ON ps_endpoints FOR EACH ROW"
        " WHEN (NEW.callerid <> 'x') EXECUTE FUNCTION own_call()"
    ),
    (
        "CREATE TRIGGER own_idle BEFORE UPDATE OF permit ON ps_endpoints FOR EACH ROW"
        " EXECUTE FUNCTION own_call()"
    ),
    "ALTER TABLE ps_endpoints DISABLE TRIGGER own_idle",
    "CREATE POLICY own_policy ON ps_endpoints FOR SELECT USING (permit <> 'hidden')",
    "ALTER TABLE ps_endpoints ENABLE ROW LEVEL SECURITY",
    "GRANT SELECT ON own_view TO PUBLIC",
    "GRANT SELECT (permit), UPDATE (permit) ON ps_endpoints TO PUBLIC",
    "COMMENT ON VIEW own_view IS 'it''s mine, 100%'",
    "COMMENT ON COLUMN ps_endpoints.permit IS 'own'",
    "COMMENT ON COLUMN own_view.who IS 'caller'",
    "ALTER TABLE ps_endpoints ALTER permit SET STATISTICS 7",
    "INSERT INTO ps_endpoints VALUES ('a', 'p', 'd', 'yes', 'Ann', 1)",
    "REFRESH MATERIALIZED VIEW own_kept",
)

STATE: Final = {
    "views": "SELECT relname, relkind, reloptions::text, relacl::text FROM pg_class"
    " WHERE relname LIKE 'own%' AND relkind IN ('v', 'm') ORDER BY 1",
    "comments": "SELECT c.relname, d.objsubid > 0, d.description FROM pg_description d"
    " JOIN pg_class c ON c.oid = d.objoid WHERE d.classoid = 'pg_class'::regclass"
    " AND c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE '%rare' ORDER BY 1, 2, 3",
    "columns": "SELECT attname, attacl::text, attstattarget FROM pg_attribute"
    " WHERE attrelid = 'ps_endpoints'::regclass AND attname = 'permit'",
    "triggers": "SELECT tgname, tgenabled, pg_get_triggerdef(oid) FROM pg_trigger"
    " WHERE NOT tgisinternal ORDER BY 1",
    "policies": "SELECT polname, polcmd, pg_get_expr(polqual, polrelid) ~ 'hidden' FROM pg_policy",
    "indexes": "SELECT indexname FROM pg_indexes WHERE indexname LIKE 'own%' ORDER BY 1",
    "statistics": "SELECT stxname FROM pg_statistic_ext",
    "constraints": "SELECT conname, contype FROM pg_constraint"
    " WHERE conrelid = 'ps_endpoints'::regclass ORDER BY 1",
    "rows": "SELECT id, permit, deny, webrtc::text, callerid, tenant, label FROM ps_endpoints",
    "view rows": "SELECT id, permit, who FROM own_view",
    "view of a view": 'SELECT "Who" FROM own_upper',
    "kept": "SELECT * FROM own_kept",
}


def state(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    """Return all that belongs to the owner."""
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.exec_driver_sql(query.replace("%", "%%"))]
            for name, query in STATE.items()
        }


def test_what_depends_on_columns_is_there_again(postgresql_engine: Engine) -> None:
    """Columns move, grow and become enums under views, checks, indexes, triggers and policies."""
    run(postgresql_engine, TABLE, *(each.replace("%", "%%") for each in THINGS))
    before = state(postgresql_engine)
    migrations.upgrade(postgresql_engine)

    assert migrations.check(postgresql_engine) == ()
    assert state(postgresql_engine) == before
    with Session(postgresql_engine) as session:
        assert session.get_one(Endpoint, "a").webrtc is True
        session.add(Endpoint(id="b", webrtc=True))
        session.commit()
    with pytest.raises(Exception, match="own_words"):
        run(postgresql_engine, "UPDATE ps_endpoints SET webrtc = 'true'")


NAMED: Final = {
    "check of numbers": "CREATE TABLE ps_endpoints (id VARCHAR(40), webrtc INTEGER,"
    " CONSTRAINT own CHECK (webrtc IN (0, 1)))",
    "index of booleans": "CREATE TABLE ps_endpoints (id VARCHAR(40), webrtc BOOLEAN);"
    " CREATE INDEX own ON ps_endpoints (id) WHERE webrtc",
    "view of booleans": "CREATE TABLE ps_endpoints (id VARCHAR(40), webrtc BOOLEAN);"
    " CREATE VIEW own AS SELECT id FROM ps_endpoints WHERE webrtc",
    "view": "CREATE VIEW cdr AS SELECT 1 AS id",
    "materialized view": "CREATE MATERIALIZED VIEW queues AS SELECT 1 AS name",
    "sequence": "CREATE SEQUENCE cdr",
    "composite type": "CREATE TYPE cel AS (id INTEGER)",
    "domain for an enum": "CREATE DOMAIN yes_no_values AS TEXT",
    "generated": "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY,"
    " callerid VARCHAR(50) GENERATED ALWAYS AS (id || '!') STORED)",
    "array": "CREATE TABLE ps_endpoints (id VARCHAR(40), allow TEXT[])",
    "document": "CREATE TABLE ps_endpoints (id VARCHAR(40), set_var JSONB)",
    "narrow domain": "CREATE DOMAIN own AS VARCHAR(9);"
    " CREATE TABLE ps_endpoints (id VARCHAR(40), callerid own)",
    "key of another name": "CREATE TABLE queues (strategy VARCHAR(20))",
    "partitioned endpoints": "CREATE TABLE ps_endpoints (id VARCHAR(40), own INT)"
    " PARTITION BY LIST (own)",
    "partitioned by a text": "CREATE TABLE cdr (start TEXT, src TEXT) PARTITION BY RANGE (start)",
    "index of the name": "CREATE TABLE own (a INT); CREATE INDEX ps_contacts_qualifyfreq_exp"
    " ON own (a)",
    "inherited": "CREATE TABLE own (callerid VARCHAR(9));"
    " CREATE TABLE ps_endpoints (id VARCHAR(40)) INHERITS (own)",
}

STATEMENT: Final = re.compile(r"((?:DROP|ALTER) [A-Z].*?)(?:;|$)")


@pytest.mark.parametrize("name", mostly_long(NAMED))
def test_the_statement_that_is_advised_helps(postgresql_engine: Engine, name: str) -> None:
    """What stops an upgrade is named with a statement; after it the upgrade succeeds."""
    run(postgresql_engine, *NAMED[name].split("; "))
    for line in problems(postgresql_engine).splitlines():
        found = STATEMENT.search(line)
        assert found, line
        run(postgresql_engine, found[1])
    migrations.upgrade(postgresql_engine)

    assert migrations.check(postgresql_engine) == ()


TAKEN: Final = {
    "address": ("ps_endpoint_id_ips", "match", "INET", "'192.0.2.0/24'", "192.0.2.0/24"),
    "network": ("ps_endpoint_id_ips", "match", "CIDR", "'192.0.2.0/24'", "192.0.2.0/24"),
    "uuid": ("ps_endpoint_id_ips", "endpoint", "UUID", "gen_random_uuid()", None),
    "bit": ("ps_endpoints", "webrtc", "BIT(1)", "B'1'", "1"),
    "bit for a number": ("queue_members", "paused", "BIT(1)", "B'1'", 1),
    "numeric": ("queue_members", "penalty", "NUMERIC(10, 2)", "3", 3),
    "wide domain": ("ps_endpoints", "callerid", "own_domain", "'A'", "A"),
    "domain of yes and no": ("ps_endpoints", "accountcode", "own_domain", "'A'", "A"),
    "citext": ("ps_endpoints", "callerid", "CITEXT", "'A'", "A"),
}


@pytest.mark.parametrize("name", mostly_long(TAKEN))
def test_types_that_say_the_same(postgresql_engine: Engine, name: str) -> None:
    """Types of PostgreSQL's own whose text is what Asterisk reads become that text."""
    table, column, type_, value, read = TAKEN[name]
    head = "queue_name TEXT, interface TEXT" if table == "queue_members" else "id TEXT, own TEXT"
    run(
        postgresql_engine,
        "CREATE EXTENSION IF NOT EXISTS citext",
        "CREATE DOMAIN own_domain AS VARCHAR(300) CHECK (VALUE <> 'x')",
        f'CREATE TABLE {table} ({head}, "{column}" {type_})',
        f"INSERT INTO {table} VALUES ('a', 'b', {value})",
    )
    migrations.upgrade(postgresql_engine)

    assert migrations.check(postgresql_engine) == ()
    with postgresql_engine.connect() as connection:
        found = connection.scalar(text(f'SELECT "{column}" FROM {table}'))
        assert found == read or (read is None and found)
    with Session(postgresql_engine) as session:
        for model in (Endpoint, Identify, QueueMember):
            session.scalars(select(model)).all()


@pytest.mark.parametrize("time", ["start", "calldate"])
def test_partitions_stay(postgresql_engine: Engine, time: str) -> None:
    """Rows of a table that is partitioned by its time get a number, and an index on it."""
    run(
        postgresql_engine,
        f"CREATE TABLE cdr ({time} TIMESTAMP NOT NULL, src VARCHAR(80), PRIMARY KEY ({time}, src))"
        f" PARTITION BY RANGE ({time})",
        "CREATE TABLE cdr_old PARTITION OF cdr FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')",
        "CREATE TABLE cdr_rest PARTITION OF cdr DEFAULT",
        "INSERT INTO cdr VALUES ('2020-01-02 03:04:05', '1')",
    )
    migrations.upgrade(postgresql_engine)

    assert migrations.check(postgresql_engine) == ()
    with Session(postgresql_engine) as session:
        session.add(Cdr(src="2", start=None if time == "calldate" else NOW))
        session.flush()
        calls = session.scalars(select(Cdr).order_by(Cdr.id)).all()
        assert [each.id for each in calls] == [1, 2]
        assert str(calls[0].start) == "2020-01-02 03:04:05"
        assert session.scalar(text("SELECT count(*) FROM cdr_old")) in {1, 2}


@pytest.mark.parametrize("thing", ["view", "index", "check", "function", "default"])
def test_an_enum_that_other_things_need(postgresql_engine: Engine, thing: str) -> None:
    """A type that gets new words is made anew under what needs it, in tables of the owner too."""
    things = {
        "view": "CREATE VIEW own_view AS SELECT flag FROM own WHERE flag = 'yes'",
        "index": "CREATE INDEX own_index ON own (id) WHERE flag = 'yes'",
        "check": "ALTER TABLE own ADD CHECK (flag <> 'no')",
        "function": "CREATE FUNCTION own_function(ast_bool_values) RETURNS INTEGER LANGUAGE sql"
        " AS 'SELECT 1'",
        "default": "ALTER TABLE own ALTER flag SET DEFAULT 'yes'",
    }
    run(
        postgresql_engine,
        "CREATE TYPE ast_bool_values AS ENUM ('yes', 'no')",
        "CREATE TABLE own (id INTEGER, flag ast_bool_values)",
        "INSERT INTO own VALUES (1, 'yes')",
        things[thing],
        "CREATE TABLE ps_endpoints (id VARCHAR(40), webrtc VARCHAR(9))",
        "INSERT INTO ps_endpoints VALUES ('a', 'on')",
    )
    migrations.upgrade(postgresql_engine)

    assert migrations.check(postgresql_engine) == ()
    with postgresql_engine.connect() as connection:
        assert connection.scalar(text("SELECT flag FROM own")) == "yes"
        assert connection.scalar(text("SELECT webrtc FROM ps_endpoints")) == "on"
        if thing == "function":
            assert connection.scalar(text("SELECT own_function('no')")) == 1


def test_an_enum_of_another_schema(postgresql_engine: Engine) -> None:
    """Columns of a type that only looks like ours become ours; the other type stays."""
    run(
        postgresql_engine,
        "CREATE SCHEMA own",
        "CREATE TYPE own.ast_bool_values AS ENUM ('yes', 'no')",
        "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, webrtc own.ast_bool_values)",
        "INSERT INTO ps_endpoints VALUES ('a', 'yes')",
    )
    migrations.upgrade(postgresql_engine)

    assert migrations.check(postgresql_engine) == ()
    with Session(postgresql_engine) as session:
        endpoint = session.get_one(Endpoint, "a")
        endpoint.webrtc = False
        session.commit()


def test_names_in_quotes(postgresql_engine: Engine) -> None:
    """Names in another case, which Asterisk does not tell apart, get the one that it writes."""
    run(
        postgresql_engine,
        'CREATE TABLE "PS_Endpoints" ("ID" VARCHAR(40) PRIMARY KEY, "CallerID" VARCHAR(40),'
        ' "Own" TEXT)',
        "INSERT INTO \"PS_Endpoints\" VALUES ('a', 'A', 'x')",
        'CREATE VIEW own AS SELECT "CallerID" FROM "PS_Endpoints"',
    )
    said = "\n".join(map(str, migrations.plan(postgresql_engine)))
    migrations.upgrade(postgresql_engine)

    assert "PS_Endpoints" in said
    assert migrations.check(postgresql_engine) == ()
    with postgresql_engine.connect() as connection:
        row = connection.execute(text('SELECT id, callerid, "Own" FROM ps_endpoints')).one()
        assert row == ("a", "A", "x")
        assert connection.scalar(text('SELECT "CallerID" FROM own')) == "A"


# -- Accounts, schemas, transactions ---------------------------------------------------------------


@pytest.fixture
def plain(postgresql_url: URL) -> Iterator[tuple[Engine, Engine]]:
    """Engines of the superuser, and of an account that owns nothing."""
    with new_database(postgresql_url) as url, opened(url) as admin:
        run(
            admin,
            "DO $$ BEGIN CREATE ROLE plain LOGIN PASSWORD 'plain';"
            " EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        )
        with opened(url.set(username="plain", password="plain")) as engine:
            yield admin, engine


def test_rights_are_asked_for_first(plain: tuple[Engine, Engine]) -> None:
    """If an account may not make or change tables, the error has the statement that lets it."""
    admin, engine = plain
    run(
        admin,
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "CREATE TYPE ast_bool_values AS ENUM ('yes')",
        "CREATE TABLE ps_endpoints (id VARCHAR(40), permit VARCHAR(9))",
    )
    said = problems(engine)
    for statement in ("GRANT CREATE ON SCHEMA public TO plain", "ALTER TABLE ps_endpoints OWNER"):
        assert statement in said
    for line in said.splitlines():
        found = re.search(r"(?:run: |run as its owner: )(.*)", line)
        assert found, line
        run(admin, found[1])
    migrations.upgrade(engine)

    assert migrations.check(engine) == ()


def test_a_read_only_transaction(postgresql_engine: Engine) -> None:
    """It is said before anything is tried."""
    with postgresql_engine.connect() as connection:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        with pytest.raises(SchemaIrreconcilableError, match="transaction is read-only"):
            migrations.upgrade(connection)


def test_an_engine_that_commits_each_statement(postgresql_engine: Engine) -> None:
    """The upgrade is one transaction all the same; a connection of that kind is refused."""
    engine = create_engine(postgresql_engine.url, isolation_level="AUTOCOMMIT")
    run(engine, "CREATE TABLE ps_aors (id VARCHAR(40), max_contacts VARCHAR(9))")
    run(engine, "INSERT INTO ps_aors VALUES ('a', 'x')")
    assert "ps_aors.max_contacts has values" in problems(engine)
    assert inspect(engine).get_table_names() == ["ps_aors"]
    with engine.connect() as connection, pytest.raises(SchemaError, match="AUTOCOMMIT"):
        migrations.upgrade(connection)
    run(engine, "DELETE FROM ps_aors")
    migrations.upgrade(engine)

    assert migrations.check(engine) == ()
    engine.dispose()


@pytest.mark.parametrize("late", [False, True])
def test_a_schema_before_another(postgresql_url: URL, *, late: bool) -> None:
    """Tables are made and looked at in the first schema of the path alone."""
    with new_database(postgresql_url) as url, opened(url) as public:
        migrations.upgrade(public)
        run(public, "CREATE SCHEMA t1", "CREATE TABLE t1.ps_aors (id VARCHAR(40))")
        options = {} if late else {"options": "-c search_path=t1,public"}
        with opened(url.update_query_dict(options)) as engine, engine.begin() as connection:
            if late:
                connection.exec_driver_sql("SET search_path TO t1, public")
            assert migrations.current(connection) is None
            migrations.upgrade(connection)
            assert migrations.check(connection) == ()
            assert connection.scalar(text("SHOW search_path")) in {"t1,public", "t1, public"}
            assert len(inspect(connection).get_table_names(schema="t1")) > 30
        assert migrations.check(public) == ()
