"""A database in memory for the properties of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import StaticPool, create_engine

from asterisk_realtime import migrations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """An engine for a database in memory, with all tables and never a row."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    migrations.upgrade(engine)
    yield engine
    engine.dispose()
