"""A database carries the families that were chosen at its first upgrade, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import inspect, text

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaError
from asterisk_realtime.migrations.families import FAMILIES, OWN_TABLES, UPSTREAM, family_of
from asterisk_realtime.models import Base
from tests.migrations.tools import alembic
from tests.migrations.upstream_tables import FACTS, build

if TYPE_CHECKING:
    from sqlalchemy import Engine

OWN = {"asterisk_realtime_version", "asterisk_realtime_changes", *OWN_TABLES}


def tables(engine: Engine) -> set[str]:
    """Return the names of the tables that are not about the migrations."""
    return set(inspect(engine).get_table_names()) - OWN


def test_every_table_has_a_family() -> None:
    """And Asterisk's scripts make tables of the families that stand beside their trees."""
    names = {*Base.metadata.tables} - OWN_TABLES

    assert {family_of(table) for table in names} <= {*FAMILIES}
    assert {family_of(table) for table in FACTS["tables"]} == frozenset().union(*UPSTREAM.values())


def test_chosen_families(empty_engine: Engine) -> None:
    """Only their tables are made, judged, kept up to date, and taken back."""
    migrations.upgrade(empty_engine, "asterisk_22_10", families=["cdr", "queue_log"])

    assert tables(empty_engine) == {"cdr", "queue_log"}

    migrations.upgrade(empty_engine)

    assert tables(empty_engine) == {"cdr", "queue_log"}
    assert migrations.current(empty_engine) == "asterisk_22_11_2"
    assert migrations.check(empty_engine) == ()

    with empty_engine.begin() as connection:
        connection.execute(text("DROP TABLE queue_log"))

    assert [each.what for each in migrations.check(empty_engine)] == ["table queue_log is missing"]

    migrations.downgrade(empty_engine, "base")

    assert tables(empty_engine) == set()
    assert [each.table for each in migrations.plan(empty_engine, families=["cdr"])] == [
        *OWN_TABLES,
        "cdr",
    ]


def test_the_choice_is_made_once(sqlite_engine: Engine) -> None:
    """The same choice again is allowed; another one is refused and changes nothing."""
    migrations.upgrade(sqlite_engine, families=("cdr",))
    migrations.upgrade(sqlite_engine, families=("cdr",))
    with pytest.raises(SchemaError, match="has cdr, as chosen at its first upgrade"):
        migrations.upgrade(sqlite_engine, families=("cdr", "cel"))
    with pytest.raises(SchemaError, match="another database for pjsip"):
        migrations.plan(sqlite_engine, families=("pjsip",))

    assert tables(sqlite_engine) == {"cdr"}


def test_a_database_with_everything(sqlite_engine: Engine) -> None:
    """It cannot be made to carry less."""
    migrations.upgrade(sqlite_engine)
    migrations.upgrade(sqlite_engine, families=FAMILIES)
    with pytest.raises(SchemaError, match="this database has all families"):
        migrations.upgrade(sqlite_engine, families=("cdr",))


@pytest.mark.parametrize(("names", "said"), [(("cdr", "voice"), "'voice'"), ((), "no name given")])
def test_unknown_families(sqlite_engine: Engine, names: tuple[str, ...], said: str) -> None:
    """They are named, with those that there are."""
    with pytest.raises(SchemaError, match=f"unknown family: {said}; use acl, cdr, cel"):
        migrations.upgrade(sqlite_engine, families=names)

    assert inspect(sqlite_engine).get_table_names() == []


def test_the_command_line(sqlite_engine: Engine) -> None:
    """``-x families=``, and afterwards the database knows it by itself."""
    url = str(sqlite_engine.url)
    alembic("-x", "families=cdr,cel", "upgrade", "head", url=url)
    expected = {
        name for name in {*Base.metadata.tables} - OWN_TABLES if family_of(name) in {"cdr", "cel"}
    }

    assert tables(sqlite_engine) == expected
    assert "No new upgrade operations detected" in alembic("check", url=url).stdout


@pytest.mark.parametrize("name", ["postgresql", "mariadb"])
def test_tables_of_other_families_are_left_alone(request: pytest.FixtureRequest, name: str) -> None:
    """With the version of the scripts that made them."""
    engine: Engine = request.getfixturevalue(f"{name}_engine")
    build(engine, head="4da0c5f79a9c")
    migrations.upgrade(engine, families=("cdr",))

    assert migrations.check(engine) == ()
    assert inspect(engine).get_pk_constraint("ps_aors")["constrained_columns"] == []
    with engine.connect() as connection:
        version = connection.scalar(text("SELECT version_num FROM alembic_version_config"))
    assert version == "4da0c5f79a9c"
