"""How a member of a queue is named, and its spec as data."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from asterisk_realtime import (
    Absent,
    Member,
    NotFoundError,
    Plan,
    QueueMembership,
    Spec,
    ValidationError,
    apply,
    delete,
    get,
)
from tests.db.membership import LOCAL, dials, joins, two_queues

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@pytest.fixture
def site(session: Session) -> Session:
    """A session with three phones, and two queues with two members each, committed."""
    return two_queues(session)


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ({}, "^interface=None: a member is either a phone or an interface; give one of the two"),
        ({"phone": "1", "interface": LOCAL}, "^interface=.*: a member is either"),
        ({"phone": 1}, "^phone=1: it is not text"),
        ({"interface": b"x"}, "^interface=.*: it is not text"),
        ({"phone": ["1"]}, "^phone=.*: it is not text"),
    ],
    ids=str,
)
def test_what_is_no_key(session: Session, key: Any, message: str) -> None:
    """It is a phone or an interface, and text."""
    for call in (
        lambda: QueueMembership.key("help", **key),
        lambda: get(session, QueueMembership, "help", **key),
        lambda: delete(session, QueueMembership, "help", **key),
        lambda: Absent(QueueMembership, "help", **key),
    ):
        with pytest.raises(ValidationError, match=message):
            call()


@pytest.mark.parametrize(
    ("args", "key"),
    [((), {"phone": "101"}), (("help", "101"), {}), (("help",), {"name": "101"})],
)
def test_a_key_with_other_parts(session: Session, args: Any, key: Any) -> None:
    """The error says what to give."""
    with pytest.raises(ValidationError, match="give the queue and phone and interface"):
        get(session, QueueMembership, *args, **key)


@pytest.mark.parametrize(
    ("queue", "key"),
    [("", {"phone": "101"}), ("help", {"phone": ""}), ("help", {"interface": ""})],
)
def test_an_empty_key(site: Session, queue: str, key: dict[str, str]) -> None:
    """A member that does not exist."""
    assert get(site, QueueMembership, queue, **key) is None
    assert apply(site, Absent(QueueMembership, queue, **key)) == Plan()
    with pytest.raises(NotFoundError):
        delete(site, QueueMembership, queue, **key)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"queue": "a b", "member": Member(phone="1")}, "queue='a b'"),
        ({"queue": "help", "member": "101"}, "member='101': it is not a member; give Member"),
        ({"queue": "help", "member": None}, "member=None: it is not a member"),
        ({"queue": "help", "member": [Member(phone="1")]}, "member=.*: it is not a member"),
    ],
)
def test_what_is_no_membership(fields: Any, message: str) -> None:
    """One error for the field that is wrong."""
    with pytest.raises(ValidationError, match=message):
        QueueMembership(**fields)


@pytest.mark.parametrize(
    "spec", [joins(), joins(penalty=0, wrapup_time=5, ring_in_use=True), dials(name="Zoë")]
)
def test_it_is_data(spec: QueueMembership) -> None:
    """There and back, by its own class and by ``kind``."""
    data = json.loads(json.dumps(spec.to_dict()))

    assert (data["kind"], data["queue"], data["member"]["kind"]) == (
        "QueueMembership",
        "help",
        "Member",
    )
    assert Spec.from_dict(data) == QueueMembership.from_dict(data) == spec


def test_data_that_is_wrong() -> None:
    """The error names the path of the field."""
    data = {"kind": "QueueMembership", "queue": "help", "member": {"phone": "a b"}}
    with pytest.raises(ValidationError, match=r"^member\.phone='a b'"):
        Spec.from_dict(data)
