"""Tables of PostgreSQL under objects that an upgrade recreates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asterisk_realtime import migrations
from tests.migrations.tools import rows

if TYPE_CHECKING:
    from sqlalchemy import Engine

ENDPOINTS: Final = "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, callerid VARCHAR(40))"

OLD_ENUM: Final = (
    "CREATE TYPE ast_bool_values AS ENUM ('yes', 'no')",
    "CREATE TABLE ps_endpoints (id VARCHAR(40) PRIMARY KEY, webrtc VARCHAR(9))",
    "INSERT INTO ps_endpoints VALUES ('a', 'on')",
)
"""An enum type that must be recreated, since a column that becomes one needs a new label."""


def verbatim(*statements: str) -> tuple[str, ...]:
    """Return statements with their percent signs escaped for psycopg."""
    return tuple(statement.replace("%", "%%") for statement in statements)


def stays(engine: Engine, query: str) -> None:
    """Upgrade, and assert that the query has the same rows before and after."""
    before = rows(engine, *verbatim(query))
    assert before
    migrations.upgrade(engine)

    assert rows(engine, *verbatim(query)) == before
    assert migrations.check(engine) == ()
