"""PostgreSQL: what an upgrade drops and recreates keeps its rights, comments and settings."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from asterisk_realtime import migrations
from tests.conftest import new_database, opened
from tests.migrations.tools import rows, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Engine

ENDPOINTS: Final = "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, callerid VARCHAR(40))"

OLD_ENUM: Final = (
    "CREATE TYPE ast_bool_values AS ENUM ('yes', 'no')",
    "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, webrtc VARCHAR(9))",
    "INSERT INTO ps_endpoints VALUES ('a', 'on')",
)
"""An enum type that must be recreated, since a column that becomes one needs a new label."""


def verbatim(*statements: str) -> tuple[str, ...]:
    """Return statements with their percent signs escaped for psycopg."""
    return tuple(statement.replace("%", "%%") for statement in statements)


def stays(engine: Engine, query: str) -> None:
    """Upgrade, and assert that the query has the same rows before and after."""
    before = rows(engine, *verbatim(query))
    assert before
    migrations.upgrade(engine)

    assert rows(engine, *verbatim(query)) == before
    assert migrations.check(engine) == ()


@pytest.fixture
def database(postgresql_url: URL) -> Iterator[Engine]:
    """A database, and an account of the server."""
    with new_database(postgresql_url) as url, opened(url) as engine:
        run(
            engine,
            "DO $$ BEGIN CREATE ROLE own_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        )
        yield engine


# -- Rights ----------------------------------------------------------------------------------------

FUNCTION: Final = (
    "CREATE FUNCTION own(ast_bool_values) RETURNS INTEGER LANGUAGE sql SECURITY DEFINER"
    " AS 'SELECT 1'"
)
PUBLIC_MAY: Final = "ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO PUBLIC, own_reader"
NOBODY_MAY: Final = "ALTER DEFAULT PRIVILEGES REVOKE ALL ON FUNCTIONS FROM PUBLIC"

FUNCTION_RIGHTS: Final = {
    "nobody else": ("REVOKE ALL ON FUNCTION own FROM PUBLIC",),
    "some": (
        "REVOKE ALL ON FUNCTION own FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION own TO own_reader WITH GRANT OPTION",
    ),
    "all": (),
    "not the owner": ("REVOKE ALL ON FUNCTION own FROM postgres",),
    "new ones are for all": ("REVOKE ALL ON FUNCTION own FROM PUBLIC", PUBLIC_MAY),
    "new ones are for some": (PUBLIC_MAY,),
    "new ones are for nobody": (NOBODY_MAY,),
}


@pytest.mark.parametrize("name", FUNCTION_RIGHTS)
def test_who_may_execute_a_function(database: Engine, name: str) -> None:
    """A function that is recreated can be executed by the same accounts as before."""
    run(database, *OLD_ENUM, FUNCTION, *FUNCTION_RIGHTS[name])
    stays(
        database,
        "SELECT e.grantee, e.privilege_type, e.is_grantable FROM pg_proc p, aclexplode("
        "COALESCE(p.proacl, acldefault('f', p.proowner))) e WHERE p.proname = 'own' ORDER BY 1",
    )


VIEW: Final = "CREATE VIEW own AS SELECT id, callerid FROM ps_endpoints"
READER: Final = "GRANT SELECT ON own TO own_reader"

VIEW_RIGHTS: Final = {
    "columns": (
        "GRANT SELECT (id), UPDATE (callerid) ON own TO own_reader WITH GRANT OPTION",
        "GRANT SELECT (callerid) ON own TO PUBLIC",
    ),
    "new ones are for all": (READER, "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC"),
    "new ones are for some": ("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO own_reader",),
    "not the owner": ("REVOKE INSERT, DELETE ON own FROM postgres",),
}


@pytest.mark.parametrize("name", VIEW_RIGHTS)
def test_who_may_read_a_view(database: Engine, name: str) -> None:
    """A view that is recreated has the same rights as before, also those on its columns."""
    run(database, ENDPOINTS, VIEW, *VIEW_RIGHTS[name])
    stays(
        database,
        "SELECT 0, e.grantee, e.privilege_type, e.is_grantable FROM pg_class c, aclexplode("
        "COALESCE(c.relacl, acldefault('r', c.relowner))) e WHERE c.relname = 'own'"
        " UNION ALL SELECT a.attnum, e.grantee, e.privilege_type, e.is_grantable"
        " FROM pg_attribute a, aclexplode(a.attacl) e WHERE a.attrelid = 'own'::regclass"
        " ORDER BY 1, 2, 3",
    )


TYPE_RIGHTS: Final = {
    "comment": ("COMMENT ON TYPE ast_bool_values IS 'mine, 100%%'",),
    "owner": (
        "GRANT CREATE ON SCHEMA public TO own_reader",
        "ALTER TYPE ast_bool_values OWNER TO own_reader",
    ),
    "nobody": ("REVOKE ALL ON TYPE ast_bool_values FROM PUBLIC",),
    "some": ("GRANT ALL ON TYPE ast_bool_values TO own_reader WITH GRANT OPTION",),
    "new ones are for some": ("ALTER DEFAULT PRIVILEGES GRANT ALL ON TYPES TO own_reader",),
}


@pytest.mark.parametrize("name", TYPE_RIGHTS)
def test_who_may_use_an_enum(database: Engine, name: str) -> None:
    """An enum type that is recreated has its owner, its rights and its comment again."""
    run(database, *OLD_ENUM, *TYPE_RIGHTS[name])
    stays(
        database,
        "SELECT t.typowner, obj_description(t.oid), e.grantee, e.privilege_type, e.is_grantable"
        " FROM pg_type t, aclexplode(COALESCE(t.typacl, acldefault('T', t.typowner))) e"
        " WHERE t.typname = 'ast_bool_values' ORDER BY 3",
    )


# -- Generated columns -----------------------------------------------------------------------------

GENERATED: Final = (
    ENDPOINTS,
    (
        "ALTER TABLE ps_endpoints ADD own TEXT COLLATE \"C\" GENERATED ALWAYS AS (callerid || '!')"
        " STORED NOT NULL"
    ),
    "INSERT INTO ps_endpoints (id, callerid) VALUES ('a', 'Ann')",
)

ON_GENERATED: Final = {
    "unique index": "CREATE UNIQUE INDEX own_index ON ps_endpoints (own)",
    "unique": "ALTER TABLE ps_endpoints ADD CONSTRAINT own_unique UNIQUE (own, id)",
    "check": "ALTER TABLE ps_endpoints ADD CONSTRAINT own_check CHECK (own <> 'x')",
    "expression": "CREATE INDEX own_index ON ps_endpoints (lower(own)) WHERE own <> 'y'",
    "reference to it": "ALTER TABLE ps_endpoints ADD CONSTRAINT own_unique UNIQUE (own);"
    " CREATE TABLE own_other (name TEXT REFERENCES ps_endpoints (own))",
    "reference from it": "CREATE TABLE own_other (name TEXT PRIMARY KEY);"
    " INSERT INTO own_other VALUES ('Ann!');"
    " ALTER TABLE ps_endpoints ADD CONSTRAINT own_key FOREIGN KEY (own) REFERENCES own_other",
    "replica identity": "CREATE UNIQUE INDEX own_index ON ps_endpoints (own);"
    " ALTER TABLE ps_endpoints REPLICA IDENTITY USING INDEX own_index",
    "replica identity by a constraint": "ALTER TABLE ps_endpoints ADD CONSTRAINT own_unique"
    " UNIQUE (own); ALTER TABLE ps_endpoints REPLICA IDENTITY USING INDEX own_unique",
    "statistics": "CREATE STATISTICS own_statistics ON own, id FROM ps_endpoints",
    "policy": "CREATE POLICY own_policy ON ps_endpoints USING (own <> 'x')",
    "view": "CREATE VIEW own_view AS SELECT own FROM ps_endpoints",
    "rights": "GRANT SELECT (own) ON ps_endpoints TO own_reader WITH GRANT OPTION",
    "settings": "ALTER TABLE ps_endpoints ALTER own SET STATISTICS 7;"
    " ALTER TABLE ps_endpoints ALTER own SET STORAGE EXTERNAL;"
    " ALTER TABLE ps_endpoints ALTER own SET (n_distinct = 5);"
    " COMMENT ON COLUMN ps_endpoints.own IS 'mine'",
}

THINGS: Final = """
    SELECT 'constraint', conname, pg_get_constraintdef(oid), '' FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND conname ~ 'own'
    UNION ALL SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid),
        indisreplident::text FROM pg_index WHERE indrelid = 'ps_endpoints'::regclass
    UNION ALL SELECT 'statistics', stxname, pg_get_statisticsobjdef(oid), '' FROM pg_statistic_ext
    UNION ALL SELECT 'policy', polname, pg_get_expr(polqual, polrelid), '' FROM pg_policy
    UNION ALL SELECT 'view', relname, pg_get_viewdef(oid), '' FROM pg_class WHERE relname ~ 'own_v'
    UNION ALL SELECT 'column', format_type(atttypid, atttypmod) || attnotnull || attcollation,
        concat(attstorage, attstattarget, attoptions, attacl), col_description(attrelid, attnum)
        FROM pg_attribute WHERE attrelid = 'ps_endpoints'::regclass AND attname = 'own'
    UNION ALL SELECT 'cell', own, '', '' FROM ps_endpoints
    UNION ALL SELECT 'identity', relreplident::text, '', '' FROM pg_class
        WHERE relname = 'ps_endpoints'
    ORDER BY 1, 2
"""


@pytest.mark.parametrize("name", ON_GENERATED)
def test_what_needs_a_generated_column(database: Engine, name: str) -> None:
    """A generated column whose source changes is recreated with all that belongs to it."""
    run(database, *GENERATED, *ON_GENERATED[name].split("; "))
    stays(database, THINGS)


# -- Comments and states ---------------------------------------------------------------------------

CALL: Final = (
    "CREATE FUNCTION own_call() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
)

COMMENTED: Final = {
    "function": (*OLD_ENUM, FUNCTION, "COMMENT ON FUNCTION own IS 'mine, 100%'"),
    "trigger": (
        ENDPOINTS,
        CALL,
        (
            "CREATE TRIGGER own BEFORE UPDATE OF callerid ON ps_endpoints FOR EACH ROW"
            " EXECUTE FUNCTION own_call()"
        ),
        "COMMENT ON TRIGGER own ON ps_endpoints IS 'mine, 100%'",
    ),
    "policy": (
        ENDPOINTS,
        "CREATE POLICY own ON ps_endpoints USING (callerid <> '100%')",
        "COMMENT ON POLICY own ON ps_endpoints IS 'mine, 100%'",
    ),
    "rule": (
        ENDPOINTS,
        "CREATE RULE own AS ON UPDATE TO ps_endpoints WHERE NEW.callerid = '' DO ALSO NOTHING",
        "COMMENT ON RULE own ON ps_endpoints IS 'mine, 100%'",
        "ALTER TABLE ps_endpoints DISABLE RULE own",
    ),
    "statistics": (
        ENDPOINTS,
        "ALTER TABLE ps_endpoints ADD note TEXT",
        "CREATE STATISTICS own ON lower(callerid), note FROM ps_endpoints",
        "ALTER STATISTICS own SET STATISTICS 7",
        "COMMENT ON STATISTICS own IS 'mine, 100%'",
    ),
    "trigger of a view": (
        ENDPOINTS,
        CALL,
        "CREATE VIEW own_view AS SELECT id, callerid FROM ps_endpoints",
        "CREATE TRIGGER own INSTEAD OF UPDATE ON own_view FOR EACH ROW EXECUTE FUNCTION own_call()",
        "COMMENT ON TRIGGER own ON own_view IS 'mine, 100%'",
    ),
    "rule of a view": (
        ENDPOINTS,
        "CREATE VIEW own_view AS SELECT id, callerid FROM ps_endpoints",
        "CREATE RULE own AS ON DELETE TO own_view DO INSTEAD NOTHING",
        "COMMENT ON RULE own ON own_view IS 'mine, 100%'",
    ),
    "index of a view": (
        ENDPOINTS,
        "CREATE MATERIALIZED VIEW own_view AS SELECT id, callerid FROM ps_endpoints",
        "CREATE INDEX own ON own_view (id)",
        "COMMENT ON INDEX own IS 'mine, 100%'",
    ),
}


@pytest.mark.parametrize("name", COMMENTED)
def test_comments_stay(database: Engine, name: str) -> None:
    """What is recreated has its comment again, and is as enabled and as exact as it was."""
    run(database, *verbatim(*COMMENTED[name]))
    stays(
        database,
        "SELECT d.classoid, d.description, to_jsonb(r)->>'ev_enabled',"
        " to_jsonb(s)->>'stxstattarget' FROM pg_description d"
        " LEFT JOIN pg_rewrite r ON r.oid = d.objoid"
        " LEFT JOIN pg_statistic_ext s ON s.oid = d.objoid WHERE d.description ~ 'mine'",
    )


# -- Percent signs, with each driver ---------------------------------------------------------------

PERCENT: Final = (
    ENDPOINTS,
    'ALTER TABLE ps_endpoints ADD "own%" INTEGER DEFAULT 7',
    "ALTER TABLE ps_endpoints ADD mailboxes VARCHAR(40) DEFAULT '100%'",
    "INSERT INTO ps_endpoints (id, callerid) VALUES ('a', '100%')",
    (
        'CREATE VIEW own AS SELECT "own%" % 2 AS "odd%" FROM ps_endpoints'
        " WHERE callerid LIKE '100%' AND mailboxes LIKE '1%'"
    ),
    "ALTER TABLE ps_endpoints ADD CONSTRAINT own CHECK (callerid LIKE '1%')",
    "CREATE INDEX own_index ON ps_endpoints ((\"own%\" % 2)) WHERE callerid LIKE '%'",
    "COMMENT ON VIEW own IS '100%'",
)

DEFINITIONS: Final = (
    "SELECT pg_get_viewdef('own'::regclass) ~ '% 2', obj_description('own'::regclass),"
    " pg_get_indexdef('own_index'::regclass) ~ '% 2', (SELECT \"odd%\" FROM own),"
    " (SELECT mailboxes FROM ps_endpoints)"
)


def test_percent_signs(database: Engine) -> None:
    """Names and texts with percent signs stay as they are."""
    run(database, *verbatim(*PERCENT))
    stays(database, DEFINITIONS)


def test_percent_signs_with_asyncpg(database: Engine) -> None:
    """The same with a driver that takes percent signs as they are."""
    run(database, *verbatim(*PERCENT))
    before = rows(database, *verbatim(DEFINITIONS))

    async def upgrade() -> None:
        engine = create_async_engine(database.url.set(drivername="postgresql+asyncpg"))
        async with engine.begin() as connection:
            found = await connection.run_sync(migrations.plan)
            assert [each for each in found if isinstance(each, migrations.Obstacle)] == []
            await connection.run_sync(migrations.upgrade)
        await engine.dispose()

    asyncio.run(upgrade())

    assert rows(database, *verbatim(DEFINITIONS)) == before
    assert migrations.check(database) == ()


def test_labels_with_percent_signs(database: Engine) -> None:
    """A plan tries an enum with the labels that it has."""
    run(
        database,
        *verbatim(
            "CREATE TYPE ast_bool_values AS ENUM ('yes', 'no', '5%')",
            'CREATE TABLE "own%" (id INTEGER, "flag%" ast_bool_values DEFAULT \'5%\')',
            'CREATE VIEW own AS SELECT id FROM "own%" WHERE "flag%" = \'5%\'',
            *OLD_ENUM[1:],
        ),
    )
    found = migrations.plan(database)
    assert [each for each in found if isinstance(each, migrations.Obstacle)] == []
    stays(database, "SELECT 1")
    assert rows(database, *verbatim('INSERT INTO "own%" VALUES (1) RETURNING "flag%"')) == [("5%",)]


ADVISED: Final = {
    "postgresql": (
        "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, webrtc BOOLEAN)",
        'CREATE VIEW "own%" AS SELECT id FROM ps_endpoints WHERE webrtc',
    ),
    "mysql": (
        "CREATE TABLE ps_aors (id INTEGER PRIMARY KEY)",
        (
            "CREATE TABLE own (`aor%` INTEGER, CONSTRAINT `own%` FOREIGN KEY (`aor%`)"
            " REFERENCES ps_aors (id))"
        ),
    ),
}


@pytest.mark.parametrize("fixture", ["postgresql_engine", "mariadb_engine"])
def test_advice_is_as_people_type_it(request: pytest.FixtureRequest, fixture: str) -> None:
    """No statement for people has its percent signs doubled, as a driver wants them."""
    engine: Engine = request.getfixturevalue(fixture)
    run(engine, *verbatim(*ADVISED["postgresql" if "post" in fixture else "mysql"]))
    said = "\n".join(str(each) for each in migrations.plan(engine))

    assert "own%" in said
    assert "%%" not in said


# -- Other schemas ---------------------------------------------------------------------------------

ELSEWHERE: Final = {
    "view": "CREATE VIEW own_view AS SELECT id FROM own.things WHERE flag = 'yes'",
    "view there": "CREATE VIEW own.own_view AS SELECT id FROM own.things WHERE flag = 'yes'",
    "check": "ALTER TABLE own.things ADD CONSTRAINT own CHECK (flag <> 'no')",
    "index": "CREATE INDEX own_index ON own.things (id) WHERE flag = 'yes'",
    "namesake": "CREATE TABLE things (id INTEGER, flag TEXT);"
    " CREATE VIEW own_view AS SELECT id FROM things WHERE flag = 'yes';"
    " CREATE VIEW own.own_view AS SELECT id FROM own.things WHERE flag = 'yes'",
}

FAR: Final = (
    *OLD_ENUM,
    "CREATE SCHEMA own",
    "CREATE TABLE own.things (id INTEGER, flag ast_bool_values)",
    "INSERT INTO own.things VALUES (1, 'yes')",
)


@pytest.mark.parametrize("name", ELSEWHERE)
def test_our_enum_in_a_table_of_another_schema(database: Engine, name: str) -> None:
    """What depends on such a column is recreated, and a table of the same name is left alone."""
    run(database, *FAR, *ELSEWHERE[name].split("; "))
    found = migrations.plan(database)
    assert [each for each in found if isinstance(each, migrations.Obstacle)] == []
    stays(
        database,
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'own'"
        " UNION ALL SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
        " WHERE indrelid = 'own.things'::regclass UNION ALL"
        " SELECT oid::regclass::text, pg_get_viewdef(oid) FROM pg_class WHERE relname = 'own_view'"
        " UNION ALL SELECT id::text, flag::text FROM own.things ORDER BY 1",
    )
