"""PostgreSQL: names with percent signs, and the same names in several schemas."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaError
from tests.migrations.recreated import ENDPOINTS, OLD_ENUM, stays, verbatim
from tests.migrations.tools import mostly_long, rows, run

if TYPE_CHECKING:
    from sqlalchemy import Engine

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


def test_defaults_with_percent_signs(database: Engine) -> None:
    """They stay, on columns of call records that grow and that move."""
    run(
        database,
        *verbatim(
            "CREATE TABLE cdr (userfield VARCHAR(9) DEFAULT '100%', src VARCHAR(9))",
            "CREATE TABLE ps_endpoints (id TEXT, permit TEXT DEFAULT '1%', deny TEXT DEFAULT '2%')",
        ),
    )
    migrations.upgrade(database)

    inserted = rows(database, "INSERT INTO cdr (src) VALUES ('1') RETURNING userfield")
    assert inserted == [("100%",)]
    assert migrations.check(database) == ()


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


@pytest.mark.parametrize("name", mostly_long(ELSEWHERE))
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


def test_a_table_of_another_schema_is_locked(database: Engine) -> None:
    """With the others, before the first change; its namesake is not."""
    run(database, *FAR, "CREATE TABLE things (id INTEGER)")
    with database.connect() as other, database.connect() as connection:
        other.exec_driver_sql("LOCK TABLE things IN ROW EXCLUSIVE MODE")
        with connection.begin() as transaction:
            migrations.upgrade(connection, lock_timeout=1)
            transaction.rollback()
        other.exec_driver_sql("LOCK TABLE own.things IN ROW EXCLUSIVE MODE")
        with pytest.raises(SchemaError, match=r"own\.things.* could not be locked"):
            migrations.upgrade(database, lock_timeout=1)


def test_a_table_of_another_schema_and_owner(database: Engine) -> None:
    """A plan says who must upgrade, or which statement for that table helps."""
    run(
        database,
        *FAR,
        "CREATE TABLE things (id INTEGER)",
        "GRANT CREATE ON SCHEMA public TO own_reader",
        "GRANT USAGE ON SCHEMA own TO own_reader",
        *(f"ALTER {each} OWNER TO own_reader" for each in ("TABLE ps_endpoints", "TABLE things")),
        "ALTER TYPE ast_bool_values OWNER TO own_reader",
    )
    with database.connect() as connection:
        connection.exec_driver_sql("SET ROLE own_reader")
        found = migrations.plan(connection)
        connection.rollback()
    said = [str(each) for each in found if isinstance(each, migrations.Obstacle)]

    assert len(said) == 1
    assert "ALTER TABLE own.things OWNER TO own_reader" in said[0]
