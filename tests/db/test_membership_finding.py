"""Members of queues are found by queue and interface, and are parts of their queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asterisk_realtime import CallQueue, QueueMembership, Spec, find, get
from tests.db.membership import two_queues
from tests.db.tools import insert

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@pytest.fixture
def site(session: Session) -> Session:
    """A session with three phones, and two queues with two members each, committed."""
    return two_queues(session)


def test_find(site: Session) -> None:
    """All of them, those of one queue, and those of one interface; page by page."""
    every = find(site, QueueMembership)
    ours = find(site, QueueMembership, queue="help")
    first = find(site, QueueMembership, limit=3)
    second = find(site, QueueMembership, limit=3, after=first.next)

    assert [(item.queue, item.interface) for item in every] == [
        (queue, interface)
        for queue in ("help", "sales")
        for interface in ("Local/8@agents", "PJSIP/102")
    ]
    assert [item.interface for item in ours] == ["Local/8@agents", "PJSIP/102"]
    assert (*first.items, *second.items) == every.items
    assert second.next is None
    assert ours.items[1] == get(site, QueueMembership, "help", phone="102")


def test_members_are_parts_of_queues(site: Session) -> None:
    """A search of all kinds finds the queue, which has them."""
    assert find(site, Spec, context="phones").items
    kinds = {type(item) for item in find(site, Spec, limit=100)}

    assert CallQueue in kinds
    assert QueueMembership not in kinds


def test_members_of_a_file_are_not_found(site: Session) -> None:
    """A queue of queues.conf has them, and no spec says them."""
    insert(site, "queue_members", queue_name="file", interface="PJSIP/102", uniqueid=4711)
    found = find(site, QueueMembership, queue="file")

    assert (found.items, found.unreadable, found.next) == ((), (), None)
