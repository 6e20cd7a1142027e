"""Servers and accounts of MariaDB that do not permit an upgrade: it stops before any change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaError, SchemaIrreconcilableError
from tests.conftest import new_database, opened
from tests.migrations.mariadb_tables import ENDPOINT
from tests.migrations.test_mariadb_tables import catalogue, rows, run
from tests.migrations.tools import mostly_long

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection


@pytest.fixture
def server_settings(mariadb_url: URL) -> Iterator[Engine]:
    """The server, whose settings are put back."""
    with opened(mariadb_url) as engine:
        names = ("innodb_default_row_format", "default_storage_engine", "read_only")
        before = [(name, rows(engine, f"SELECT @@GLOBAL.{name}")[0][0]) for name in names]
        yield engine
        run(engine, [f"SET GLOBAL {name} = '{value}'" for name, value in before[:2]])
        run(engine, [f"SET GLOBAL {name} = {value}" for name, value in before[2:]])


@pytest.mark.parametrize(
    "setting", ["innodb_default_row_format = 'compact'", "default_storage_engine = 'MyISAM'"]
)
def test_an_empty_database_of_an_old_server(
    server_settings: Engine, mariadb_url: URL, setting: str
) -> None:
    """Tables are InnoDB's, and in its dynamic format, whatever the server would take."""
    run(server_settings, [f"SET GLOBAL {setting}"])
    with new_database(mariadb_url) as url, opened(url) as engine:
        migrations.upgrade(engine)

        assert migrations.check(engine) == ()
        assert rows(
            engine,
            "SELECT DISTINCT engine FROM information_schema.tables WHERE table_schema = DATABASE()",
        ) == [("InnoDB",)]


@pytest.fixture
def account(mariadb_engine: Engine) -> Iterator[Engine]:
    """A database as an account sees it that may do little."""
    run(mariadb_engine, ["DROP USER IF EXISTS small", "CREATE USER small"])
    database = mariadb_engine.url.database
    run(mariadb_engine, [f"GRANT SELECT, INSERT, UPDATE, DELETE ON {database}.* TO small"])
    with opened(mariadb_engine.url.set(username="small")) as engine:
        yield engine
    run(mariadb_engine, ["DROP USER small"])


def test_rights_are_looked_at_first(mariadb_engine: Engine, account: Engine) -> None:
    """What an account lacks is named with the statement that gives it, and nothing was changed."""
    run(mariadb_engine, [ENDPOINT + ", webrtc INT)", "INSERT INTO ps_endpoints VALUES ('a', 1)"])
    with pytest.raises(SchemaIrreconcilableError) as caught:
        migrations.upgrade(account)
    (problem,) = caught.value.problems
    assert "account small@% lacks ALTER, CREATE in database" in problem
    assert list(catalogue(mariadb_engine)) == ["ps_endpoints"]
    run(mariadb_engine, [problem.partition("administrator: ")[2]])
    migrations.upgrade(account)

    assert migrations.check(account) == ()


@pytest.mark.parametrize(
    "rights", mostly_long(["ALL PRIVILEGES ON *.*", r"ALL PRIVILEGES ON `test\_%`.*", "role"])
)
def test_rights_of_other_kinds(mariadb_engine: Engine, account: Engine, rights: str) -> None:
    """Rights of the whole server, of a pattern of databases, or of a role."""
    database = mariadb_engine.url.database
    run(
        mariadb_engine,
        [
            f"REVOKE ALL PRIVILEGES ON {database}.* FROM small",
            "CREATE OR REPLACE ROLE migrating",
            *(
                [
                    f"GRANT ALL PRIVILEGES ON {database}.* TO migrating",
                    "GRANT migrating TO small",
                    "SET DEFAULT ROLE migrating FOR small",
                ]
                if rights == "role"
                else [f"GRANT {rights} TO small"]
            ),
        ],
    )
    account.dispose()
    migrations.upgrade(account)

    assert migrations.check(account) == ()


def test_a_server_that_is_read_only(
    mariadb_engine: Engine, account: Engine, server_settings: Engine
) -> None:
    """A replica says so before anything else does."""
    run(mariadb_engine, [f"GRANT ALL PRIVILEGES ON {mariadb_engine.url.database}.* TO small"])
    account.dispose()
    run(server_settings, ["SET GLOBAL read_only = 1"])
    with pytest.raises(SchemaIrreconcilableError, match="read-only, as a replica is"):
        migrations.upgrade(account)

    assert inspect(mariadb_engine).get_table_names() == []


def test_a_session_that_is_read_only(mariadb_engine: Engine) -> None:
    """The setting of a session counts like that of a server."""
    engine = create_engine(
        mariadb_engine.url,
        connect_args={"init_command": "SET SESSION TRANSACTION READ ONLY"},
    )
    with pytest.raises(SchemaIrreconcilableError, match="the session is read-only"):
        migrations.upgrade(engine)
    engine.dispose()

    with mariadb_engine.connect() as connection:
        assert connection.execute(text("SHOW TABLES")).all() == []


# -- Plans -----------------------------------------------------------------------------------------


def obstacles(engine: Engine) -> list[str]:
    """Return the obstacles of a plan, which must be those of a check."""
    told = [str(e) for e in migrations.plan(engine) if isinstance(e, migrations.Obstacle)]
    checked = [str(e) for e in migrations.check(engine) if isinstance(e, migrations.Obstacle)]
    assert checked == told
    return told


def test_a_plan_names_the_rights_that_are_missing(mariadb_engine: Engine, account: Engine) -> None:
    """An upgrade says the same; nothing more is said when they are there."""
    run(mariadb_engine, [ENDPOINT + ", webrtc INT)"])
    [told] = obstacles(account)
    with pytest.raises(SchemaIrreconcilableError) as caught:
        migrations.upgrade(account)
    assert [*caught.value.problems] == [told]
    run(mariadb_engine, [told.partition("administrator: ")[2]])

    assert obstacles(account) == []


def test_a_check_of_a_database_at_head_needs_no_more_rights(
    mariadb_engine: Engine, account: Engine
) -> None:
    """An account that only reads may check, as long as no table differs."""
    migrations.upgrade(mariadb_engine)
    database = mariadb_engine.url.database
    run(mariadb_engine, [f"REVOKE INSERT, UPDATE, DELETE ON {database}.* FROM small"])
    account.dispose()

    assert migrations.check(account) == ()
    run(mariadb_engine, ["ALTER TABLE ps_aors DROP COLUMN contact"])
    assert "lacks ALTER, CREATE" in str(migrations.check(account)[0])


def test_a_plan_of_a_read_only_server(
    mariadb_engine: Engine, account: Engine, server_settings: Engine
) -> None:
    """A plan says that a replica cannot be upgraded."""
    run(mariadb_engine, [f"GRANT ALL PRIVILEGES ON {mariadb_engine.url.database}.* TO small"])
    account.dispose()
    run(server_settings, ["SET GLOBAL read_only = 1"])

    [told] = obstacles(account)
    assert told == "the server is read-only, as a replica is; connect to the primary server"


def test_an_account_that_reads_nothing(mariadb_engine: Engine, account: Engine) -> None:
    """What the migrations did before is not known then; the statement given helps."""
    run(mariadb_engine, [f"REVOKE SELECT ON {mariadb_engine.url.database}.* FROM small"])
    account.dispose()
    for asked in (migrations.plan, migrations.check, migrations.current, migrations.upgrade):
        with pytest.raises(SchemaError, match="may not read asterisk_realtime_changes") as caught:
            asked(account)
    run(mariadb_engine, [str(caught.value).partition("administrator: ")[2]])

    assert migrations.current(account) is None


@pytest.mark.parametrize("rights", ["SELECT (id), ALTER ON {}.{}", "INSERT, ALTER ON {}.{}"])
@pytest.mark.parametrize("table", mostly_long(["ps_endpoints", "musiconhold"]))
def test_rows_that_may_not_be_read(
    mariadb_engine: Engine, account: Engine, rights: str, table: str
) -> None:
    """The right to read them is missing, which is said before they are read."""
    database = mariadb_engine.url.database
    run(
        mariadb_engine,
        [
            "CREATE TABLE ps_endpoints (id VARCHAR(40) NOT NULL, webrtc VARCHAR(9), max INT)",
            "CREATE TABLE musiconhold (id VARCHAR(9), name VARCHAR(80) PRIMARY KEY)",
            (
                "CREATE TABLE musiconhold_entry (name VARCHAR(80), position INT,"
                " entry VARCHAR(1024), PRIMARY KEY (name, position))"
            ),
            "INSERT INTO ps_endpoints VALUES ('a', 'yes', 1)",
            "INSERT INTO musiconhold_entry VALUES ('a', 1, 'b')",
            f"REVOKE ALL PRIVILEGES ON {database}.* FROM small",
            f"GRANT {rights.format(database, table)} TO small",
            f"GRANT SELECT, CREATE ON {database}.asterisk_realtime_version TO small",
            f"GRANT SELECT, CREATE ON {database}.asterisk_realtime_changes TO small",
        ],
    )
    account.dispose()
    before = catalogue(mariadb_engine)
    [told] = obstacles(account)
    with pytest.raises(SchemaIrreconcilableError) as caught:
        migrations.upgrade(account)
    assert [*caught.value.problems] == [told]
    assert "SELECT" in told.partition(" in database")[0]
    assert catalogue(mariadb_engine) == before
    run(mariadb_engine, [told.partition("administrator: ")[2]])

    assert any("refer to missing rows of musiconhold" in each for each in obstacles(account))


def test_an_error_before_the_first_change(
    mariadb_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that nothing was changed: MariaDB has no changes to keep."""
    run(mariadb_engine, [ENDPOINT + ", webrtc VARCHAR(9))"])

    def failing(connection: Connection, *_: object) -> Iterator[object]:
        yield connection.exec_driver_sql("SELECT no_such_column FROM ps_endpoints")

    monkeypatch.setattr("asterisk_realtime.migrations.reading.conflicting_rows.obstacles", failing)
    with pytest.raises(SchemaError, match="nothing was changed") as caught:
        migrations.upgrade(mariadb_engine)
    assert "MariaDB keeps" not in str(caught.value)
    assert [*catalogue(mariadb_engine)] == ["ps_endpoints"]
