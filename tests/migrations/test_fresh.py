"""An empty database becomes what the models need, and goes back to nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, event, inspect, text
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaAheadError, SchemaError
from asterisk_realtime.migrations.api import script_folder
from asterisk_realtime.migrations.converting import RARE, for_dialect, merged
from asterisk_realtime.models import Base

if TYPE_CHECKING:
    from types import ModuleType

    from sqlalchemy import Engine, Table
    from sqlalchemy.engine import Dialect

FIRST, HEAD = "asterisk_22_10", "asterisk_22_11_2"
OWN = {"asterisk_realtime_version", "asterisk_realtime_changes"}


def scripts() -> ScriptDirectory:
    """Return the revisions of the checkout."""
    config = Config()
    config.set_main_option("script_location", str(script_folder()))
    return ScriptDirectory.from_config(config)


def tables(engine: Engine) -> set[str]:
    """Return the names of all tables of a database."""
    return set(inspect(engine).get_table_names())


def test_one_chain() -> None:
    """The revisions are one line without branches, named by release."""
    chain = [script.revision for script in scripts().walk_revisions()]

    assert chain == [HEAD, "asterisk_22_11_1", "asterisk_22_11", FIRST]
    assert scripts().get_heads() == [HEAD]


def test_upgrade(empty_engine: Engine) -> None:
    """All tables exist, and nothing is left to repair."""
    migrations.upgrade(empty_engine)

    assert tables(empty_engine) == set(Base.metadata.tables) | OWN
    assert migrations.check(empty_engine) == ()
    assert migrations.plan(empty_engine) == ()
    assert migrations.current(empty_engine) == HEAD


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based")
@pytest.mark.filterwarnings("ignore:Computed default on")  # which Alembic 1.16 cannot compare
def test_head_equals_models(empty_engine: Engine) -> None:
    """Alembic's own comparison, which looks in both directions, finds nothing either."""
    migrations.upgrade(empty_engine)
    with empty_engine.connect() as connection:
        options = {"include_name": lambda name, kind, _parents: kind != "table" or name not in OWN}
        context = MigrationContext.configure(connection, opts={"compare_type": True, **options})
        found = compare_metadata(context, for_dialect(Base.metadata, connection.dialect))

        # Of the generated columns Alembic cannot compare the type, which has the expression too.
        assert [each for each in found if RARE not in str(each)] == []


def definition(table: Table, dialect: Dialect) -> tuple[str, ...]:
    """Return the statements that make a table."""
    indexes = sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes)
    return str(CreateTable(table).compile(dialect=dialect)), *indexes


@pytest.mark.parametrize("module", [sqlite, postgresql, mysql])
def test_revisions_equal_models(module: ModuleType) -> None:
    """What the revisions state makes the same statements as the models, to the letter."""
    dialect: Dialect = module.dialect()
    revisions = [script.module.tables for script in reversed(list(scripts().walk_revisions()))]
    from_revisions, from_models = (
        {table.name: definition(table, dialect) for table in metadata.sorted_tables}
        for metadata in (merged(revisions, dialect), for_dialect(Base.metadata, dialect))
    )

    assert from_revisions == from_models


def test_plan_of_an_empty_database(empty_engine: Engine) -> None:
    """Everything is missing, each table is named, and asking changes nothing."""
    plan = migrations.plan(empty_engine)
    missing = {each.table for each in plan if isinstance(each, migrations.MissingTable)}

    assert missing == set(Base.metadata.tables)
    assert "table cdr is missing; run `alembic upgrade head`" in str(
        next(each for each in plan if each.table == "cdr")
    )
    assert tables(empty_engine) == set()
    assert migrations.current(empty_engine) is None


def test_second_upgrade_does_nothing(empty_engine: Engine) -> None:
    """At head, an upgrade asks for the version and sends no statement that changes anything."""
    migrations.upgrade(empty_engine)
    sent: list[str] = []

    @event.listens_for(empty_engine, "before_cursor_execute")
    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement.strip().split()[0].upper())

    migrations.upgrade(empty_engine)

    assert not {"CREATE", "ALTER", "INSERT", "UPDATE", "DELETE", "DROP"} & set(sent)


def test_up_down_up(empty_engine: Engine) -> None:
    """Each step back and forth leaves what its revision states, down to nothing at all."""
    migrations.upgrade(empty_engine)
    migrations.downgrade(empty_engine, FIRST)

    told = [each.what for each in migrations.check(empty_engine)]
    assert [each for each in told if "index " not in each and "_rare" not in each] == [
        "table asterisk_realtime_lock is missing",
        "column ps_transports.external_signaling_hostname is missing",
        "column voicemail_messages.macrocontext is missing",
    ]

    migrations.downgrade(empty_engine, "base")

    assert tables(empty_engine) == {"asterisk_realtime_version"}
    assert migrations.current(empty_engine) is None
    if empty_engine.dialect.name == "postgresql":
        assert inspect(empty_engine).get_enums() == []  # type: ignore[attr-defined]  # PostgreSQL's inspector has it

    migrations.upgrade(empty_engine)

    assert migrations.check(empty_engine) == ()


def test_an_engine_in_memory() -> None:
    """SQLite's database in memory, which lives as long as its one connection, works too."""
    engine = create_engine("sqlite://")
    migrations.upgrade(engine)

    assert migrations.check(engine) == ()

    engine.dispose()


def test_a_connection_is_not_committed(empty_engine: Engine) -> None:
    """In the caller's transaction the caller decides; MariaDB commits a DDL statement by itself."""
    with empty_engine.connect() as connection:
        migrations.upgrade(connection)

        assert migrations.current(connection) == HEAD
        assert connection.in_transaction()

        connection.rollback()

    assert bool(tables(empty_engine)) is (empty_engine.dialect.name == "mysql")


def test_a_connection_is_committed_by_its_owner(empty_engine: Engine) -> None:
    """A caller's transaction takes the tables and the caller's rows together."""
    with empty_engine.begin() as connection:
        migrations.upgrade(connection)
        connection.execute(text("INSERT INTO ps_aors (id) VALUES ('alice')"))

    assert migrations.check(empty_engine) == ()
    with empty_engine.connect() as connection:
        assert connection.scalar(text("SELECT id FROM ps_aors")) == "alice"


def test_newer_database_is_refused(sqlite_engine: Engine) -> None:
    """A database of a newer release of this library is named as such."""
    migrations.upgrade(sqlite_engine)
    with sqlite_engine.begin() as connection:
        connection.execute(text("UPDATE asterisk_realtime_version SET version_num = 'later'"))

    with pytest.raises(SchemaAheadError, match="at later, which this release"):
        migrations.upgrade(sqlite_engine)


def test_missing_revisions(monkeypatch: pytest.MonkeyPatch, sqlite_engine: Engine) -> None:
    """An installation without its revisions says so."""
    monkeypatch.setattr("asterisk_realtime.migrations.api.__file__", "/nowhere/a/b/c.py")

    with pytest.raises(SchemaError, match=r"revisions of .* are missing"):
        migrations.upgrade(sqlite_engine)
