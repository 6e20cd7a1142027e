"""What tests of members of queues start from, and look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from asterisk_realtime import CallQueue, Member, QueueMembership, apply
from tests.db.tools import rows
from tests.examples import phone

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

QUEUE: Final = CallQueue(name="help", strategy="rrmemory", timeout=20)
LOCAL: Final = "Local/7@agents"


def joins(who: str = "101", queue: str = "help", **fields: Any) -> QueueMembership:
    """Return the membership of a phone."""
    return QueueMembership(queue=queue, member=Member(phone=who, **fields))


def dials(interface: str = LOCAL, queue: str = "help", **fields: Any) -> QueueMembership:
    """Return the membership of an interface."""
    return QueueMembership(queue=queue, member=Member(interface=interface, **fields))


def members(source: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the raw rows of members by queue and interface."""
    return {(row["queue_name"], row["interface"]): row for row in rows(source, "queue_members")}


def interfaces(source: Any, queue: str = "help") -> list[str]:
    """Return who is a member of a queue."""
    return sorted(interface for name, interface in members(source) if name == queue)


def two_queues(session: Session) -> Session:
    """Return the session with three phones, and two queues with two members each, committed."""
    there = (Member(phone="102", penalty=2), Member(interface="Local/8@agents", name="Eight"))
    queues = [attrs.evolve(QUEUE, name=name, members=there) for name in ("help", "sales")]
    apply(session, *(phone(id=name) for name in ("101", "102", "103")), *queues)
    session.commit()
    return session
