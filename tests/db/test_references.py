"""A phone that something calls, however it is spelled, is not deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asterisk_realtime import CallQueue, ConflictError, Member, Phone, Trunk, apply, delete
from tests.db.tools import insert
from tests.examples import trunk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@pytest.mark.parametrize(
    ("app", "appdata"),
    [
        ("Dial", "pjsip/100"),
        ("DIAL", " PJSIP/7 & Pjsip/100 ,20"),
        ("Dial", "PJSIP/100/sip:x@phone.example"),
        ("Dial", "${pjsip_dial_contacts(100)},20"),
        ("Dial", '"PJSIP/100",20'),
        ("Dial", "PJSIP\\/100"),
        ("RetryDial", "wait,1,2,PJSIP/100,20"),
        ("Page", "PJSIP/7&PJSIP/100,di"),
        ("Originate", "PJSIP/100,exten,phones,7,1"),
        ("TryExec", "Dial(PJSIP/100)"),
        ("ExecIf", "$[1]?Dial(PJSIP/100,20):Hangup()"),
    ],
)
def test_a_step_that_calls_a_phone_in_any_form_keeps_it(
    session: Session, app: str, appdata: str
) -> None:
    """Asterisk ignores the case of technologies and blanks around channels."""
    apply(session, Phone(id="100", context="phones"))
    insert(session, "extensions", context="c", exten="1", priority=1, app=app, appdata=appdata)
    with pytest.raises(ConflictError, match="'1'"):
        delete(session, Phone, "100")


@pytest.mark.parametrize(
    "device", ["pjsip/100", " PJSIP/100", "PJSIP/100 ", "PJSIP/7@100", "PJSIP/100/sip:7@c"]
)
@pytest.mark.parametrize("column", ["interface", "state_interface"])
def test_a_member_of_any_spelling_keeps_the_phone(
    session: Session, device: str, column: str
) -> None:
    """As above; a key is read as Asterisk reads it."""
    apply(session, Phone(id="100", context="phones"))
    cells = {"interface": "Local/1@c", column: device}
    insert(session, "queue_members", queue_name="q", **cells)
    with pytest.raises(ConflictError, match="'q'"):
        delete(session, Phone, "100")


@pytest.mark.parametrize("filled_engine", ["postgresql", "mariadb"], indirect=True)
def test_a_member_that_is_stored_encoded_keeps_the_phone(session: Session) -> None:
    """The servers' drivers decode each cell."""
    apply(session, Phone(id="100", context="phones"))
    insert(session, "queue_members", queue_name="q", interface="PJSIP^2F100")
    with pytest.raises(ConflictError, match="'q'"):
        delete(session, Phone, "100")


def test_a_member_at_a_trunk_keeps_the_trunk(session: Session) -> None:
    """A queue member can be a mobile phone that is called through the trunk."""
    apply(session, trunk("carrier"))
    apply(session, CallQueue(name="q", members=[Member(interface="PJSIP/+12025550123@carrier")]))
    with pytest.raises(ConflictError, match="of queue 'q'"):
        delete(session, Trunk, "carrier")
