"""Going back takes away what the migrations made, and nothing that was there before."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect

from asterisk_realtime import migrations
from asterisk_realtime.errors import SchemaError
from asterisk_realtime.migrations.reading import changes_table
from tests.migrations.tools import indexes, repair, run
from tests.migrations.upstream_rows import contents, fill

COLUMN = "external_signaling_hostname"
INDEX = "ps_contacts_qualifyfreq_exp"


def names(engine: Engine, table: str) -> set[str]:
    """Return the columns of a table."""
    return {each["name"] for each in inspect(engine).get_columns(table)}


@pytest.mark.parametrize("target", ["base", "-4"])
def test_a_refused_downgrade_changes_nothing(empty_engine: Engine, target: str) -> None:
    """On MariaDB neither, which keeps each step: the refusal comes before the first."""
    with empty_engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE ps_aors (id VARCHAR(40) PRIMARY KEY)")
    migrations.upgrade(empty_engine)
    with pytest.raises(SchemaError, match=r"existed before the migrations.*: ps_aors;"):
        migrations.downgrade(empty_engine, target)

    assert migrations.current(empty_engine) == "asterisk_22_11_2"
    assert COLUMN in names(empty_engine, "ps_transports")
    assert migrations.check(empty_engine) == ()


def test_down_to_the_first_revision(empty_engine: Engine) -> None:
    """Each row and column of an adopted database stays, and so does what the first one added."""
    fill(empty_engine)
    with empty_engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE ps_globals ADD COLUMN {COLUMN} VARCHAR(9)")
    before = contents(empty_engine)
    migrations.upgrade(empty_engine)
    migrations.downgrade(empty_engine, "asterisk_22_10")

    assert contents(empty_engine) == before
    assert COLUMN in names(empty_engine, "ps_globals")
    assert COLUMN not in names(empty_engine, "ps_transports")
    assert "id" in names(empty_engine, "cdr")


def test_notes_of_a_table_that_lost_its_indexes(empty_engine: Engine) -> None:
    """A kill can do so on MariaDB; the next upgrade adds them, and still notes the table alone."""
    migrations.upgrade(empty_engine, families=("pjsip",))
    before = notes(empty_engine)
    on = " ON ps_contacts" if empty_engine.dialect.name in {"mysql", "mariadb"} else ""
    run(empty_engine, f"DROP INDEX {INDEX}{on}")
    repair(empty_engine)

    assert INDEX in indexes(empty_engine)
    assert notes(empty_engine) == before


def notes(engine: Engine) -> dict[changes_table.Entry, str]:
    """Return what the migrations note as theirs."""
    with engine.connect() as connection:
        return changes_table.read(connection)
