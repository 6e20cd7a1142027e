"""Asterisk's own scripts beside ours, before ours and after ours: nobody is locked in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import inspect, text

from asterisk_realtime import migrations
from tests.conftest import new_database, opened
from tests.migrations.asterisk_scripts import TREES, Scripts, unpack
from tests.migrations.declared import DECLARED
from tests.migrations.departures import ONE_SOURCE_ONLY, departures
from tests.migrations.filling import contents, fill
from tests.migrations.states import ORDINARY, SPECIAL, State
from tests.migrations.upstream_tables import FACTS, build

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.migrations.asterisk_scripts import Museum

pytestmark = pytest.mark.long  # upgrades by Asterisk's own scripts

NEWEST: Final = next(state for state in ORDINARY if state.name == "22.10_23.4")
READY_MADE: Final = [state for state in SPECIAL if state.name.startswith("sql_of")]
LAGGING: Final = [state for state in SPECIAL if "lag" in state.name]
LATER: Final = """
revision = "0123456789ab"
down_revision = "e89e30cee53f"

from alembic import op
import sqlalchemy as sa

def upgrade():
    op.add_column("ps_endpoints", sa.Column("of_later", sa.String(40)))
    op.alter_column("ps_aors", "voicemail_extension", existing_type=sa.String(40),
        type_=sa.String(90))
    op.create_unique_constraint("of_later", "ps_globals", ["id", "endpoint_identifier_order"])
"""


@pytest.fixture(params=["postgresql", "mariadb"])
def museum(request: pytest.FixtureRequest) -> Museum:
    """Databases of Asterisk's scripts, of each server in turn."""
    found: Museum = request.getfixturevalue(f"{request.param}_museum")
    return found


def versions(engine: Engine) -> dict[str, str | None]:
    """Return where the trees of Asterisk's scripts stand."""
    with engine.connect() as connection:
        return {
            tree: connection.scalar(text(f"SELECT version_num FROM alembic_version_{tree}"))
            for tree in TREES
        }


@pytest.mark.parametrize("source", ["scripts", "facts"])
@pytest.mark.parametrize("server", ["postgresql", "mariadb"])
def test_parity(request: pytest.FixtureRequest, server: str, source: str) -> None:
    """
    All of theirs is in ours, or differs as is declared.

    The facts stand in where the package with the scripts is not.
    """
    ours: Engine = request.getfixturevalue(f"{server}_engine")
    migrations.upgrade(ours)
    if source == "scripts":
        museum: Museum = request.getfixturevalue(f"{server}_museum")
        database = museum.exhibit(NEWEST)
    else:
        database = new_database(request.getfixturevalue(f"{server}_url"))
    with database as url, opened(url) as theirs:
        if source == "facts":
            build(theirs)
        found = departures(theirs, ours)

    other = "facts" if source == "scripts" else "scripts"
    assert found == DECLARED[server] - ONE_SOURCE_ONLY.get((server, other), frozenset())


@pytest.mark.parametrize("state", [NEWEST, *LAGGING, *READY_MADE], ids=lambda state: state.name)
def test_they_find_themselves_at_head(museum: Museum, scripts: Scripts, state: State) -> None:
    """After ours, ``alembic upgrade head`` of all four trees of 22.10 does nothing."""
    with museum.exhibit(state) as url, opened(url) as engine:
        with engine.begin() as connection:
            tables = fill(connection)
        migrations.upgrade(engine, "asterisk_22_10")
        with engine.connect() as connection:
            before = contents(connection, tables)
        for tree in TREES:
            scripts.upgrade(url, tree)

        assert versions(engine) == FACTS["heads"]
        with engine.connect() as connection:
            assert contents(connection, tables) == before
        migrations.upgrade(engine)

        assert migrations.check(engine) == ()
        for tree in TREES:  # nor after our head
            scripts.upgrade(url, tree)
        assert versions(engine) == FACTS["heads"]
        assert migrations.check(engine) == ()


def test_their_later_revisions_apply(museum: Museum, tmp_path: Path) -> None:
    """What Asterisk adds one day finds names and types as it left them; ours adopts it."""
    later = Scripts(unpack(tmp_path))
    (tmp_path / "config" / "versions" / "0123456789ab_later.py").write_text(LATER)
    with museum.exhibit(NEWEST) as url, opened(url) as engine:
        migrations.upgrade(engine, "asterisk_22_10")
        later.upgrade(url, "config")
        migrations.upgrade(engine)

        assert migrations.check(engine) == ()
        assert versions(engine)["config"] == "0123456789ab"
        names = {each["name"] for each in inspect(engine).get_columns("ps_endpoints")}
        assert "of_later" in names
