"""PostgreSQL: what an upgrade drops and recreates keeps its rights, comments and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.migrations.recreated import ENDPOINTS, OLD_ENUM, stays, verbatim
from tests.migrations.tools import mostly_long, run

if TYPE_CHECKING:
    from sqlalchemy import Engine

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


@pytest.mark.parametrize("name", mostly_long(FUNCTION_RIGHTS))
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


@pytest.mark.parametrize("name", mostly_long(VIEW_RIGHTS))
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


@pytest.mark.parametrize("name", mostly_long(TYPE_RIGHTS))
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
    "clustered": "CREATE INDEX own_index ON ps_endpoints (own);"
    " ALTER TABLE ps_endpoints CLUSTER ON own_index",
    "clustered by a constraint": "ALTER TABLE ps_endpoints ADD CONSTRAINT own_unique UNIQUE (own);"
    " ALTER TABLE ps_endpoints CLUSTER ON own_unique",
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
        concat(indisreplident, indisclustered) FROM pg_index
        WHERE indrelid = 'ps_endpoints'::regclass AND indexrelid::regclass::text ~ 'own|pkey'
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


@pytest.mark.parametrize("name", mostly_long(ON_GENERATED))
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


@pytest.mark.parametrize("name", mostly_long(COMMENTED))
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
