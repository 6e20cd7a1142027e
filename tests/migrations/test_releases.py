"""
What each release of Asterisk since 16 left behind becomes ours, with every row as it was.

Needs Asterisk's own scripts, of which the private prefix has those of 22.10.1.
``ASTERISK_REALTIME_CASES=all`` tries each state on both servers.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

from asterisk_realtime import migrations
from tests.conftest import opened
from tests.migrations.filling import contents, expected, fill
from tests.migrations.states import ORDINARY, SPECIAL, State, booleans

if TYPE_CHECKING:
    from tests.migrations.asterisk_scripts import Museum

pytestmark = pytest.mark.long  # an upgrade from each of many states

# Each state on one of the servers in turn; on both where a person asks for it.
_SERVERS: Final = ("postgresql", "mariadb")
_ALL: Final = os.environ.get("ASTERISK_REALTIME_CASES") == "all"
CASES: Final = [
    *(
        (server, state)
        for turn, server in enumerate(_SERVERS)
        for number, state in enumerate((*ORDINARY, *SPECIAL))
        if _ALL or number % 2 == turn
    ),
    *((server, state) for server in _SERVERS for state in booleans(server)),
]


@pytest.mark.parametrize(
    ("server", "state"),
    [
        pytest.param(
            server,
            state,
            id=f"{number}_of_{len(CASES)}-{state.name}-{server}",
            # One process keeps what is made of a server.
            marks=pytest.mark.xdist_group(f"releases-{server}"),
        )
        for number, (server, state) in enumerate(sorted(CASES, key=lambda case: case[0]), 1)
    ],
)
def test_becomes_ours(request: pytest.FixtureRequest, server: str, state: State) -> None:
    """From each state, nothing is left to repair, and each row is what it was."""
    museum: Museum = request.getfixturevalue(f"{server}_museum")
    with museum.exhibit(state) as url, opened(url) as engine:
        with engine.begin() as connection:
            tables = fill(connection)
            before = contents(connection, tables)
        migrations.upgrade(engine)

        assert migrations.check(engine) == ()
        with engine.connect() as connection:
            assert contents(connection, tables) == expected(before, state.becomes)
