"""A node of a Galera cluster is killed or cut off while clients provision."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from asterisk_realtime import Mailbox, Phone, apply, get, in_transaction, is_retryable
from tests.cluster.work import PATIENT, Client, add, dump, found, number, running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine
    from sqlalchemy.engine import ExceptionContext

    from tests.galera import Node

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("galera")]

LOST = {2003, 2006, 2013}
"""Who cannot connect, or has lost the connection."""


@pytest.mark.parametrize("victim", [0, 2])
def test_a_node_is_killed(
    nodes: list[Node],
    engines: list[Engine],
    readers: list[Engine],
    victim: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What was committed is on the others, and nothing is there by half; then it joins again."""
    clients = [
        Client(engine, 10_000 * (place + 1), again=place != victim, **PATIENT)
        for place, engine in enumerate(engines)
    ]
    chance = random.Random(victim)  # noqa: S311 - no secret
    lost = clients[victim]
    others = [client for client in clients if client is not lost]
    with running(*clients):
        for client in clients:
            client.wait_for(10)
        time.sleep(chance.uniform(0, 0.05))
        nodes[victim].kill()
        killed = time.monotonic()
        before = [len(client.returned) for client in clients]
        for client in others:
            client.wait_for(len(client.returned) + 10)
        waited = time.monotonic() - killed
    nodes[victim].restart(nodes)

    there = found(readers[0])
    returned = {name for client in clients for name in client.returned}
    assert returned <= there
    assert len(there - returned) <= 1  # whose COMMIT was carried out, but not answered
    assert [client.errors for client in others] == [[], []]
    assert [number(error.orig) in LOST for error in lost.errors] == [True]
    first, *more = [dump(engine) for engine in readers]
    assert all(rows == first for rows in more)
    with capsys.disabled():
        print(  # noqa: T201 - figures to be seen
            f"\nnode {victim} killed; added until then {before}, afterwards "
            f"{[len(client.returned) for client in clients]}, there {len(there)}; the others went "
            f"on within {waited:.1f} s; its client got {lost.errors[0].orig}"
        )


def test_work_goes_on_through_another_node(nodes: list[Node], engines: list[Engine]) -> None:
    """A connection that is lost before the COMMIT leads to another node the next time."""
    engine = anywhere(nodes, engines)
    attempts = []

    def work(session: Session) -> None:
        attempts.append(session.scalar(text("SELECT @@port")))
        apply(session, Phone(id="1", context="phones"))
        if len(attempts) == 1:
            nodes[0].kill()
        apply(session, Mailbox(number="1", pin="4711"))

    in_transaction(sessionmaker(engine), work)
    engine.dispose()

    assert attempts == [node.port for node in nodes[:2]]
    with Session(engines[2]) as session:
        assert get(session, Phone, "1") is not None
        assert get(session, Mailbox, "1") is not None


def test_a_node_that_is_cut_off(nodes: list[Node], engines: list[Engine]) -> None:
    """It refuses everything by error 1047, which is not retried but for who can go elsewhere."""
    attempts = []

    def work(session: Session) -> None:
        attempts.append(session)
        add(session, "1")

    with Session(engines[0]) as session:
        add(session, "2")
        isolate(nodes[0], 1)
        try:
            nodes[0].wait_for("wsrep_ready", "OFF")
            with pytest.raises(OperationalError) as at_commit:
                session.commit()
            with pytest.raises(OperationalError, match="WSREP has not yet prepared node") as caught:
                in_transaction(sessionmaker(engines[0]), work)
            assert len(attempts) == 1
            engine = anywhere(nodes, engines)
            in_transaction(sessionmaker(engine), work)
            engine.dispose()
        finally:
            isolate(nodes[0], 0)
    nodes[0].wait_for("wsrep_ready", "ON")

    assert number(caught.value.orig) == 1047
    assert not is_retryable(caught.value)
    assert number(at_commit.value.orig) == 1047
    for node in nodes:
        node.wait_for("wsrep_cluster_size", "3")
    assert [found(engine) for engine in engines] == [{"1"}] * 3


def isolate(node: Node, mode: int) -> None:
    """Cut a node off from the others, or let it back."""
    node.run(f"SET GLOBAL wsrep_provider_options = 'gmcast.isolate={mode}'")


def anywhere(nodes: Sequence[Node], engines: Sequence[Engine]) -> Engine:
    """Return an engine that connects to the first node that is ready, as the page says."""
    engine = create_engine(engines[0].url)

    @event.listens_for(engine, "do_connect")
    def connect_to_a_ready_node(dialect: Any, _record: Any, _args: Any, options: Any) -> Any:
        for node in nodes:
            try:
                connection = dialect.connect(**{**options, "port": node.port})
            except dialect.loaded_dbapi.OperationalError:
                continue
            with connection.cursor() as cursor:
                cursor.execute("SHOW STATUS LIKE 'wsrep_ready'")
                if cursor.fetchone()[1] == "ON":
                    return connection
            connection.close()
        return None

    @event.listens_for(engine, "handle_error")
    def leave_the_node(context: ExceptionContext) -> None:
        if context.original_exception.args[:1] == (1047,):
            context.is_disconnect = True

    return engine
