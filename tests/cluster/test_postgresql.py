"""PostgreSQL with a streaming standby, which is promoted after the primary was killed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.orm import sessionmaker

from asterisk_realtime import apply, in_transaction, migrations
from tests import servers
from tests.cluster.work import Client, dump, found, running
from tests.db.test_read_only import THINGS, check_readers, check_writers

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("galera")]

WAITING = {"options": "-c synchronous_commit=remote_apply"}
"""A COMMIT waits until the standby shows what it has committed."""


@pytest.fixture
def pair() -> Iterator[tuple[Engine, Engine]]:
    """A primary with all tables, and its standby."""
    with servers.postgresql() as primary, servers.postgresql_standby(primary) as standby:
        first, second = create_engine(primary, connect_args=WAITING), create_engine(standby)
        set_up(first)
        migrations.upgrade(first)
        yield first, second
        first.dispose()
        second.dispose()


def set_up(primary: Engine) -> None:
    """Have no COMMIT return before the standby has it."""
    with primary.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
        end = time.monotonic() + servers.START_SECONDS
        state = "SELECT sync_state FROM pg_stat_replication"
        while connection.exec_driver_sql(state).scalars().all() != ["sync"]:
            assert time.monotonic() < end
            time.sleep(0.05)


def kill(primary: Engine) -> None:
    """End all processes of a server at once."""
    with primary.connect() as connection:
        folder = connection.exec_driver_sql("SHOW data_directory").scalar_one()
    pid = int((Path(folder) / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for number in (pid, *map(int, children)):
        os.kill(number, signal.SIGKILL)


def test_a_standby_shows_all(pair: tuple[Engine, Engine]) -> None:
    """The schema and the rows, as soon as they are committed; who writes there is refused."""
    primary, standby = pair
    assert migrations.check(standby) == ()
    in_transaction(sessionmaker(primary), lambda s: apply(s, *THINGS))
    assert dump(standby) == dump(primary)
    check_readers(primary, standby)
    check_writers(standby)


def test_a_standby_is_promoted(
    pair: tuple[Engine, Engine], capsys: pytest.CaptureFixture[str]
) -> None:
    """It has all that was committed, and its clients go on there when they try again."""
    primary, standby = pair
    either = create_engine(
        URL.create("postgresql+psycopg", "postgres", database="postgres").update_query_dict(
            {
                "host": [f"{one.url.host}:{one.url.port}" for one in pair],
                "target_session_attrs": "read-write",
            }
        ),
        connect_args=WAITING,
    )
    clients = [Client(either, first, again=True) for first in (10_000, 20_000)]
    with running(*clients):
        for client in clients:
            client.wait_for(20)
        kill(primary)
        killed, before = time.monotonic(), [len(client.returned) for client in clients]
        with standby.connect() as connection:
            assert connection.exec_driver_sql("SELECT pg_promote()").scalar_one()
        for client in clients:
            client.wait_for(len(client.returned) + 20)
        waited = time.monotonic() - killed
    either.dispose()

    there = found(standby)
    assert {name for client in clients for name in client.returned} == there
    with capsys.disabled():
        print(  # noqa: T201 - figures to be seen
            f"\nprimary killed; added until then {before}, afterwards "
            f"{[len(client.returned) for client in clients]}, there {len(there)}, within "
            f"{waited:.1f} s; errors {[str(e.orig) for client in clients for e in client.errors]}"
        )
