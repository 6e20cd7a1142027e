"""Phones and the numbers that ring them hold each other, on every database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asterisk_realtime import (
    Absent,
    Action,
    ConflictError,
    InboundRoute,
    InternalExtension,
    NotFoundError,
    Phone,
    ToPhone,
    apply,
    delete,
    ensure,
    plan,
)
from asterisk_realtime.models import QueueMember
from tests.db.tools import rows

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def extension(*phones: str, exten: str = "100", timeout: int | None = None) -> InternalExtension:
    """Return a number that rings *phones*."""
    first, *also = phones
    to = ToPhone(first, also=also, timeout=timeout)
    return InternalExtension(exten=exten, context="phones", destination=to)


@pytest.fixture(autouse=True)
def phones(session: Session) -> None:
    """Two phones that can be rung."""
    apply(session, *(Phone(id=name, context="phones") for name in ("100", "ann.1")))


def dialled(session: Session) -> list[str]:
    """Return what is dialled."""
    return [row["appdata"] for row in rows(session, "extensions") if row["app"] == "Dial"]


def test_a_phone_that_is_not_there(session: Session) -> None:
    """It may come with its number, in any order, but not never."""
    with pytest.raises(NotFoundError) as caught:
        apply(session, extension("100", "bob"))
    assert (caught.value.kind, caught.value.name) == ("endpoint", "bob")
    apply(session, extension("100", "bob"), Phone(id="bob", context="phones"))

    assert dialled(session) == ["PJSIP/100&PJSIP/bob"]


def test_a_phone_that_is_rung_stays(session: Session) -> None:
    """Both can go at once; the phone alone cannot."""
    apply(session, extension("100", "ann.1"))
    with pytest.raises(ConflictError, match="step 1 of extension '100' in context 'phones'"):
        apply(session, Absent(Phone, "ann.1"))
    apply(session, Absent(Phone, "ann.1"), Absent(InternalExtension, "100", context="phones"))

    assert [row["id"] for row in rows(session, "ps_endpoints")] == ["100"]
    assert rows(session, "extensions") == []


def test_a_phone_may_go_when_its_number_rings_another(session: Session) -> None:
    """What counts is what still names it when all of a call is done, in any order."""
    apply(session, extension("100", "ann.1"))
    done = apply(session, Absent(Phone, "ann.1"), extension("100"))

    assert {row.table for row in done.of(Action.REMOVE)} == {"ps_endpoints", "ps_aors", "ps_auths"}
    assert dialled(session) == ["PJSIP/100"]


def test_what_leads_to_a_number_keeps_it(session: Session) -> None:
    """A route, or a queue that reaches its member by the dialplan."""
    route = InboundRoute(number="+12025550123", context="from-x", destination="phones,100,1")
    apply(session, extension("100"), extension("100", exten="101"), route)
    session.merge(QueueMember(queue_name="help", interface="Local/101@phones/n", uniqueid=1))
    session.flush()

    with pytest.raises(ConflictError, match=r"deleting step 1 .* extension '\+12025550123'"):
        delete(session, InternalExtension, "100", context="phones")
    with pytest.raises(ConflictError, match="member 'Local/101@phones/n' of queue 'help'"):
        delete(session, InternalExtension, "101", context="phones")
    assert ensure(session, extension("ann.1", timeout=5)).rows
    apply(session, Absent(InboundRoute, "+12025550123", context="from-x"))
    assert delete(session, InternalExtension, "100", context="phones")


def test_a_plan_for_an_office(session: Session) -> None:
    """Phones and their numbers in one call, which a second finds done."""
    numbers = ("201", "202")
    specs = [
        *(extension(number, exten=number) for number in numbers),
        *(Phone(id=number, context="phones") for number in numbers),
    ]
    planned = plan(session, *specs)
    done = apply(session, *specs)

    assert planned == done
    assert not plan(session, *specs)
