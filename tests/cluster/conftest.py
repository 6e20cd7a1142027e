"""
A Galera cluster for the tests of this folder, with Asterisk's tables, emptied before each test.

``nodes``: its servers, all of which are running when a test begins. ``engines``: an engine
for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import NullPool, create_engine

from asterisk_realtime import migrations
from tests.cluster.work import empty, found
from tests.conftest import opened
from tests.galera import Node, galera

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine


@pytest.fixture(scope="session")
def cluster() -> Iterator[list[Node]]:
    """Three nodes."""
    with galera() as nodes:
        yield nodes


@pytest.fixture(scope="session")
def database(cluster: list[Node]) -> str:
    """The name of a database with all tables, which were made through one node."""
    name = "office"
    cluster[0].run(f"CREATE DATABASE {name}")
    with opened(cluster[0].url.set(database=name)) as engine:
        migrations.upgrade(engine)
    return name


@pytest.fixture
def nodes(cluster: list[Node]) -> list[Node]:
    """The nodes; those that another test has killed join again."""
    for node in cluster:
        node.restart(cluster)
    return cluster


@pytest.fixture
def engines(nodes: list[Node], database: str, readers: list[Engine]) -> Iterator[list[Engine]]:
    """An engine for each node; all tables are empty."""
    engines = [create_engine(node.url.set(database=database)) for node in nodes]
    empty(engines[0])
    assert [found(reader) for reader in readers] == [set()] * len(nodes)
    yield engines
    for engine in engines:
        engine.dispose()


@pytest.fixture
def readers(nodes: list[Node], database: str) -> list[Engine]:
    """An engine for each node that waits until it sees what any node has committed."""
    wait = {"init_command": "SET SESSION wsrep_sync_wait = 1"}
    urls = [node.url.set(database=database) for node in nodes]
    return [create_engine(url, poolclass=NullPool, connect_args=wait) for url in urls]
