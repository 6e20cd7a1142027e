"""Beside Asterisk's own schema: all of it exists, no narrower, and each difference is meant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import Engine, inspect

from asterisk_realtime import migrations
from asterisk_realtime.migrations.comparing.tables import compare
from asterisk_realtime.migrations.converting import for_dialect
from asterisk_realtime.migrations.reading import inspection
from tests.migrations.upstream_tables import FACTS, build, upstream_metadata

if TYPE_CHECKING:
    from sqlalchemy import MetaData

REFLECTED: Final = Path(__file__).parents[3] / "shared" / "schema"

# Indexes of upstream's that the table's key, or a longer index, makes superfluous.
SUPERFLUOUS: Final = {
    "iaxfriends_name",
    "sippeers_name",
    "voicemail_mailbox",
    "voicemail_mailbox_context",
}


@pytest.fixture(params=["postgresql", "mariadb"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """A server's database at head."""
    engine: Engine = request.getfixturevalue(f"{request.param}_engine")
    migrations.upgrade(engine)
    return engine


def test_nothing_of_upstream_is_missing(engine: Engine) -> None:
    """Compared by our own rules, upstream's tables want nothing that ours lack."""
    upstream: MetaData = upstream_metadata()
    for table in upstream.sorted_tables:
        for index in [each for each in table.indexes if each.name in SUPERFLUOUS]:
            table.indexes.remove(index)
    with engine.connect() as connection:
        found = inspection.read(connection, upstream.tables)
        wanted = for_dialect(upstream, connection.dialect)

        assert [each.what for each in compare(wanted, found, connection.dialect)] == [
            # Asterisk writes no row twice with one id, which is the key here.
            "table ps_contacts has no unique constraint (id, reg_server)"
        ]


def test_columns_stand_in_upstreams_order(engine: Engine) -> None:
    """Where the order means something to Asterisk (deny before permit), it is upstream's."""
    columns = {
        name: [each["name"] for each in found]
        for (_schema, name), found in inspect(engine).get_multi_columns().items()
    }

    for name, facts in FACTS["tables"].items():
        assert columns[name][: len(facts["columns"])] == list(facts["columns"])


def test_labels_begin_as_upstreams(postgresql_engine: Engine) -> None:
    """Enum types keep upstream's names, and its labels come first."""
    migrations.upgrade(postgresql_engine)
    with postgresql_engine.connect() as connection:
        enums = inspection.read(connection, {}).enums

    for name, words in FACTS["enums"].items():
        assert list(enums[name])[: len(words.split())] == words.split()
    assert set(enums) == set(FACTS["enums"])


@pytest.mark.parametrize("name", ["postgresql", "mariadb"])
def test_facts_are_what_the_scripts_make(request: pytest.FixtureRequest, name: str) -> None:
    """The facts of these tests give the very tables that Asterisk's scripts give."""
    file = REFLECTED / f"22.10.1-{name}.json"
    if not file.is_file():
        pytest.skip(f"no {file}")
    expected: dict[str, Any] = json.loads(file.read_text())
    engine: Engine = request.getfixturevalue(f"{name}_engine")
    build(engine)
    inspector = inspect(engine)

    for table, facts in expected["tables"].items():
        found = inspector.get_columns(table)
        # The one nullability that is not the same on both servers.
        nullable = {each["name"]: each["nullable"] for each in facts["columns"]}
        if (name, table) == ("mariadb", "ps_contacts"):
            nullable["id"] = False
        assert {each["name"]: each["nullable"] for each in found} == nullable
        assert [each["name"] for each in found] == [each["name"] for each in facts["columns"]]
        lengths = [getattr(each["type"], "length", None) for each in found]
        for each, length in zip(facts["columns"], lengths, strict=True):
            assert each["type"] != "VARCHAR" or each["length"] == length
        key = facts["primary_key"]
        assert inspector.get_pk_constraint(table)["constrained_columns"] == (
            key["columns"] if key else []
        )
