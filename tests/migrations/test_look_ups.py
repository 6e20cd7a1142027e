"""The indexes for this library's look-ups: they are used, and made again where they are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, String, inspect, make_url, select, text
from sqlalchemy.dialects import mysql, postgresql, sqlite

from asterisk_realtime import migrations
from asterisk_realtime.migrations import converting
from asterisk_realtime.models import (
    Aor,
    Auth,
    Base,
    Contact,
    Endpoint,
    Extension,
    FollowMe,
    Queue,
    QueueMember,
    rare,
)
from asterisk_realtime.models.conditions import INDEXED, begins, equals, is_name
from asterisk_realtime.models.rare import CONDITIONS, Rare, condition, flag_of
from tests.conftest import new_database, opened
from tests.migrations.tools import columns, indexes, repair, rows, run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine, Select
    from sqlalchemy.engine import Dialect

BEFORE: Final = "asterisk_22_11_1"
ROWS: Final = 5_000
RARE: Final = converting.RARE
OTHERS: Final = ("mysql", "mariadb")

FILLED: Final = {
    "ps_endpoints": {
        "id": "phone{n}",
        "aors": "phone{n}",
        "auth": "phone{n}",
        "acl": "{rare}",
        "context": "context{few}",
        "mailboxes": "{n}@default",
    },
    "ps_aors": {"id": "phone{n}", "mailboxes": "{rare}"},
    "ps_auths": {"id": "phone{n}"},
    "ps_contacts": {"id": "phone{n};@{n}", "endpoint": "phone{n}"},
    "queues": {"name": "queue{n}"},
    "followme": {"name": "profile{n}"},
    "queue_members": {
        "queue_name": "queue{few}",
        "interface": "PJSIP/phone{n}",
        "state_interface": "{rare}",
    },
    "extensions": {
        "context": "context{few}",
        "exten": "{n}",
        "priority": "1",
        "app": "Dial",
        "appdata": "PJSIP/{n},20{rare}",
    },
}
"""Rows of which one in 500 is rare: there a cell has a text with an ``&``, and else none."""


def cells(table: str, number: int) -> dict[str, str | None]:
    """Return one row."""
    mark = "&x" if number % 500 == 0 else ""
    given = {"n": str(number), "few": str(number % 50), "rare": mark}
    return {
        name: value.format(**given) or None if value == "{rare}" else value.format(**given)
        for name, value in FILLED[table].items()
    }


SERVERS: Final = [
    "sqlite",
    "postgresql",
    "mariadb",
    pytest.param("mysql", marks=[pytest.mark.long, pytest.mark.xdist_group("mysql")]),
]


@pytest.fixture(params=SERVERS)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine for an empty database, of each kind in turn."""
    if request.param != "mysql":
        yield request.getfixturevalue(f"{request.param}_engine")
        return
    with new_database(request.getfixturevalue("mysql_url")) as url, opened(url) as found:
        yield found


def is_mysql(engine: Engine) -> bool:
    """Tell whether it is MariaDB or MySQL."""
    return engine.dialect.name in OTHERS


# -- They are used ---------------------------------------------------------------------------------

LOOK_UPS: Final[dict[str, tuple[Select[Any], str]]] = {
    "ps_endpoints_lower_id": (select(Endpoint.id).where(is_name(Endpoint.id, "Phone7")), "PRIMARY"),
    "ps_aors_lower_id": (select(Aor.id).where(is_name(Aor.id, "Phone7", "x")), "PRIMARY"),
    "ps_auths_lower_id": (select(Auth.id).where(is_name(Auth.id, "phone7")), "PRIMARY"),
    "ps_contacts_endpoint": (
        select(Contact.uri).where(Contact.endpoint.in_(["phone7", "phone8"])),
        "ps_contacts_endpoint",
    ),
    "queues_lower_name": (select(Queue.name).where(is_name(Queue.name, "queue7")), "PRIMARY"),
    "followme_lower_name": (
        select(FollowMe.name).where(is_name(FollowMe.name, "Profile7")),
        "PRIMARY",
    ),
    "ps_endpoints_context": (select(Endpoint.id).where(is_name(Endpoint.context, "Context7")), ""),
    "ps_endpoints_mailboxes": (
        select(Endpoint.id).where(equals(Endpoint.mailboxes, "7@default")),
        "",
    ),
    "queue_members_interface": (
        select(QueueMember.queue_name).where(QueueMember.interface.in_(["PJSIP/phone7", "7"])),
        "",
    ),
    "extensions_lower_context": (
        select(Extension.app).where(is_name(Extension.context, "Context7")),
        "context",
    ),
    "extensions_appdata": (
        select(Extension.app).where(equals(Extension.appdata, "PJSIP/7,20")),
        "",
    ),
    "extensions_appdata by its beginning": (
        select(Extension.app).where(begins(Extension.appdata, "PJSIP/101,")),
        "",
    ),
    "extensions_appdata by a long beginning": (
        select(Extension.app).where(begins(Extension.appdata, "PJSIP/101," + "x" * INDEXED)),
        "",
    ),
    **{f"{table}_rare": (select(text("1")).where(Rare(table)), "") for table in CONDITIONS},
}
"""What is asked by each index, and the index of MariaDB if it has another name there."""


def sql_of(what: str, dialect: Dialect) -> str:
    """Return the statement of a look-up, with its values."""
    statement = LOOK_UPS[what][0]
    if what.endswith("_rare"):
        statement = statement.select_from(text(what.removesuffix("_rare")))
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))


def plan_of(engine: Engine, statement: str) -> str:
    """Return how the database runs a statement, as text; on MariaDB only the index it uses."""
    words = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}
    word = words.get(engine.dialect.name, "EXPLAIN FORMAT=TRADITIONAL")
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"{word} {statement}").mappings().all()
    if is_mysql(engine):
        # The types ALL and index stand for a whole table.
        return "\n".join(
            str(row["key"]) if row["type"] not in {"ALL", "index"} else "SCAN" for row in rows
        )
    return "\n".join(str(tuple(row.values())) for row in rows)


def analyze(engine: Engine) -> None:
    """Let the database count its rows."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in FILLED:
            word = "ANALYZE TABLE" if is_mysql(engine) else "ANALYZE"
            connection.exec_driver_sql(f"{word} {table}")


def test_look_ups_go_by_indexes(engine: Engine) -> None:
    """With 5,000 rows each database uses the index of each look-up, SQLite without counts too."""
    migrations.upgrade(engine)
    with engine.begin() as connection:
        for table, values in FILLED.items():
            names = [*values]
            connection.execute(
                text(f"INSERT INTO {table} ({', '.join(names)}) VALUES (:{', :'.join(names)})"),
                [cells(table, number) for number in range(ROWS)],
            )
    counted = [False, True] if engine.dialect.name == "sqlite" else [True]
    for has_counts in counted:
        if has_counts:
            analyze(engine)
        for what, (_, other) in LOOK_UPS.items():
            index = other if is_mysql(engine) and other else what.partition(" ")[0]
            found = plan_of(engine, sql_of(what, engine.dialect))
            assert index in found.replace("ps_endpoints_pkey", ""), (what, found)
            assert "Seq Scan" not in found
            assert "SCAN" not in found.replace("SCAN CONSTANT", "")

    with engine.connect() as connection:
        for table in CONDITIONS:
            held = connection.exec_driver_sql(sql_of(f"{table}_rare", engine.dialect)).all()
            assert len(held) == ROWS // 500


@pytest.mark.parametrize("table", CONDITIONS)
def test_predicates_are_those_of_queries(table: str) -> None:
    """A partial index serves only a query with its condition; MariaDB's queries ask a column."""
    indexes = {
        module: next(
            index
            for index in converting.for_dialect(Base.metadata, dialect).tables[table].indexes
            if index.name == f"{table}_rare"
        )
        for module in ("postgresql", "sqlite", *OTHERS)
        for dialect in [_dialect(module)]
    }

    for name in ("postgresql", "sqlite"):
        where = indexes[name].dialect_options[name]["where"]
        dialect = _dialect(name)
        assert str(where.compile(dialect=dialect)) == str(Rare(table).compile(dialect=dialect))
    for name in OTHERS:
        assert str(Rare(table).compile(dialect=_dialect(name))) == f"{RARE} = 1"
        type_ = indexes[name].columns[RARE].type
        assert isinstance(type_, converting.RareFlag)
        assert type_.condition == condition(table, name)
        made = type_.compile(dialect=_dialect(name))
        assert flag_of(table, name) in made.replace("%%", "%")
    assert rare.FLAG == RARE
    assert converting.INDEXED_LENGTH == INDEXED


def _dialect(name: str) -> Dialect:
    modules = {"postgresql": postgresql, "sqlite": sqlite}
    if name == "mariadb":
        return make_url("mariadb+pymysql://").get_dialect()()
    module: Any = modules.get(name, mysql)
    dialect: Dialect = module.dialect(paramstyle="named")
    return dialect


# -- They are made, and taken back -----------------------------------------------------------------


def ours(engine: Engine) -> set[str]:
    """Return the indexes that the revision makes."""
    names = {what.partition(" ")[0] for what in LOOK_UPS}
    lower = {name for name in names if "_lower_" in name}
    return names - lower if is_mysql(engine) else names


def test_up_and_down(engine: Engine) -> None:
    """The indexes come with the revision, and go with it, as the generated columns do."""
    migrations.upgrade(engine, BEFORE)
    before = indexes(engine)
    assert not before & ours(engine)
    migrations.upgrade(engine)

    assert indexes(engine) - before == ours(engine)
    assert migrations.check(engine) == ()

    migrations.downgrade(engine, BEFORE)

    assert indexes(engine) == before
    assert all(RARE not in columns(engine, table) for table in CONDITIONS)

    migrations.upgrade(engine)

    assert indexes(engine) - before == ours(engine)
    assert migrations.check(engine) == ()


def test_hand_made_tables(engine: Engine) -> None:
    """Tables of a guide get the indexes; one that was there before stays after a downgrade."""
    run(
        engine,
        "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, context VARCHAR(40))",
        "CREATE TABLE queue_members (queue_name VARCHAR(80) NOT NULL, interface VARCHAR(80)"
        " NOT NULL, PRIMARY KEY (queue_name, interface))",
        "CREATE INDEX queue_members_interface ON queue_members (interface)",
    )
    families = ("pjsip", "queues")
    planned = {str(each.what) for each in migrations.plan(engine, families=families)}
    assert "index ps_endpoints_mailboxes of ps_endpoints is missing" in planned
    assert not any("queue_members_interface" in each for each in planned)
    migrations.upgrade(engine, families=families)

    assert migrations.check(engine) == ()
    assert ours(engine) - indexes(engine) == {
        each for each in ours(engine) if table_of(each) in {"extensions", "followme"}
    }

    migrations.downgrade(engine, BEFORE)

    assert indexes(engine) & ours(engine) == {"queue_members_interface"}


def test_without_their_families(engine: Engine) -> None:
    """A database of call records gets none of them."""
    migrations.upgrade(engine, families=("cdr",))

    assert not indexes(engine) & ours(engine)
    assert migrations.check(engine) == ()


def drop(engine: Engine, table: str, index: str) -> str:
    """Return the statement that drops an index."""
    return f"ALTER TABLE {table} DROP INDEX {index}" if is_mysql(engine) else f"DROP INDEX {index}"


def table_of(index: str) -> str:
    """Return the table of an index."""
    return max((table for table in FILLED if index.startswith(f"{table}_")), key=len)


def test_missing_ones(engine: Engine) -> None:
    """Each is named by `check`, and made again."""
    migrations.upgrade(engine)
    names = sorted(ours(engine))
    run(engine, *(drop(engine, table_of(name), name) for name in names))

    told = {each.what for each in migrations.check(engine)}
    assert told == {f"index {name} of {table_of(name)} is missing" for name in names}

    repair(engine)

    assert migrations.check(engine) == ()


def test_others_of_the_same_name(engine: Engine) -> None:
    """An index for other rows, or without the case or the operator class, is replaced."""
    migrations.upgrade(engine)
    where = "" if is_mysql(engine) else " WHERE mailboxes IS NOT NULL"
    changed = {"ps_aors_rare": f"(id){where}", "ps_endpoints_context": "(acl, context)"}
    if not is_mysql(engine):
        changed |= {"ps_auths_lower_id": "(id)", "extensions_rare": "(lower(context))"}
    if engine.dialect.name == "postgresql":
        changed["extensions_appdata"] = "(appdata)"
    for name, parts in changed.items():
        table = table_of(name)
        run(engine, drop(engine, table, name), f"CREATE INDEX {name} ON {table} {parts}")

    told = {each.what for each in migrations.check(engine)}
    assert {each.split(" of ")[0] for each in told} == {f"index {name}" for name in changed}
    assert not any("is missing" in each for each in told)

    repair(engine)

    assert migrations.check(engine) == ()


def test_indexes_that_are_built_before(postgresql_engine: Engine) -> None:
    """An index as the upgrade would build it is kept; another one of its name is replaced."""
    built = {
        "extensions_appdata": "extensions (left(appdata, 255) text_pattern_ops)",
        "ps_aors_lower_id": "ps_aors (lower(id))",
    }
    others = {
        "ps_endpoints_mailboxes": "ps_endpoints (left(mailboxes, 255))",
        "ps_auths_lower_id": "ps_auths (id)",
    }
    migrations.upgrade(postgresql_engine, BEFORE)
    for name, place in {**built, **others}.items():
        run(postgresql_engine, f"CREATE INDEX {name} ON {place}")
    told = "\n".join(str(each.what) for each in migrations.plan(postgresql_engine))
    assert not [name for name in built if name in told]
    assert "ps_endpoints_mailboxes of ps_endpoints lacks an operator class for LIKE" in told
    assert "ps_auths_lower_id of ps_auths is on (id) instead of (lower(id))" in told
    oids = "SELECT relname, oid FROM pg_class WHERE relname = ANY (ARRAY{})"
    before = rows(postgresql_engine, oids.format([*built]))
    migrations.upgrade(postgresql_engine)

    assert rows(postgresql_engine, oids.format([*built])) == before
    assert migrations.check(postgresql_engine) == ()


def test_indexes_of_other_names(engine: Engine) -> None:
    """Your own index on the same columns does the work."""
    migrations.upgrade(engine, BEFORE)
    lower = "context" if is_mysql(engine) else "lower(context)"
    run(
        engine,
        "CREATE INDEX own_interface ON queue_members (interface)",
        f"CREATE INDEX own_context ON ps_endpoints ({lower}, id)",
    )
    migrations.upgrade(engine)

    assert not indexes(engine) & {"queue_members_interface", "ps_endpoints_context"}
    assert migrations.check(engine) == ()


# -- SQLite ----------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_a_table_that_alembic_recreates(sqlite_engine: Engine) -> None:
    """Alembic's batch mode loses indexes on expressions: `check` says so, and they come back."""
    migrations.upgrade(sqlite_engine)
    with sqlite_engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("ps_aors", recreate="always") as batch:
            batch.add_column(Column("own", String(40)))
    told = {each.what for each in migrations.check(sqlite_engine)}
    assert {"index ps_aors_lower_id of ps_aors is missing"} < told
    assert {"index ps_aors_rare of ps_aors is missing"} < told

    repair(sqlite_engine)

    assert migrations.check(sqlite_engine) == ()
    assert "own" in {each["name"] for each in inspect(sqlite_engine).get_columns("ps_aors")}
