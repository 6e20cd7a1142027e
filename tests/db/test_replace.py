"""`Replace` puts a spec's rows in the place of rows that no spec can say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asterisk_realtime import (
    CallQueue,
    ConflictError,
    InternalExtension,
    OutboundRoute,
    Phone,
    Replace,
    Spec,
    ToQueue,
    ValidationError,
    apply,
    get,
    plan,
)
from asterisk_realtime.models import DtmfMode, Endpoint
from tests.db.tools import everything, insert, rows
from tests.examples import trunk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

EXTENSION = InternalExtension(exten="600", context="phones", destination=ToQueue("sales"))
OWN = [
    [("NoOp", "a person's own")],
    [("Playback", "welcome"), ("Read", "PIN,pin"), ("Goto", "${PIN},1"), ("Hangup", "")],
    [("Queue", "sales,tT"), ("Busy", "")],
    [("Dial", "PJSIP/+12025550123@carrier")],
]


def write(session: Session, steps: list[tuple[str, str]], exten: str = "600") -> None:
    """Write the steps of an extension as another tool does."""
    for priority, (app, appdata) in enumerate(steps, 1):
        cells = {"context": "phones", "exten": exten, "priority": priority, "app": app}
        insert(session, "extensions", **cells, appdata=appdata)


@pytest.mark.parametrize("own", OWN, ids=str)
def test_an_extension_is_replaced(session: Session, own: list[tuple[str, str]]) -> None:
    """Only by that word; the plan shows each row, and nothing of the old steps is left."""
    apply(session, CallQueue(name="sales"))
    write(session, own)
    write(session, own, "601")
    session.commit()
    with pytest.raises(ConflictError, match="Replace"):
        plan(session, EXTENSION)
    planned = plan(session, Replace(EXTENSION))
    done = apply(session, Replace(EXTENSION))
    found = [(row["exten"], row["app"]) for row in rows(session, "extensions")]

    assert planned == done
    assert {row.key["priority"] for row in done.rows} == {*range(1, max(3, len(own)) + 1)}
    assert found == [
        *(("600", app) for app in ("Answer", "Queue", "Hangup")),
        *(("601", app) for app, _appdata in own),
    ]
    assert get(session, InternalExtension, "600", context="phones") == EXTENSION
    assert not plan(session, EXTENSION)
    assert not plan(session, Replace(EXTENSION))


def test_another_kind_is_replaced(session: Session) -> None:
    """A phone in the place of a trunk has nothing of the trunk's left."""
    apply(session, trunk("100", transport="tls", secure=True))
    session.get_one(Endpoint, "100").dtmf_mode = DtmfMode.INBAND
    phone = Phone(id="100", context="phones", password="Correct-Horse-7")
    with pytest.raises(ConflictError, match="Replace"):
        apply(session, phone)
    planned = plan(session, Replace(phone))
    apply(session, Replace(phone))
    session.flush()
    changed = {column.name for row in planned.rows for column in row.columns}

    assert {"contact", "transport", "identify_by", "dtmf_mode"} <= changed
    assert session.get_one(Endpoint, "100").dtmf_mode in (None, DtmfMode.RFC4733)
    assert get(session, Phone, "100") == phone
    assert not plan(session, Replace(phone))


def test_what_can_be_read_is_not_replaced(session: Session) -> None:
    """Columns that no field stands for keep their values, and so does the password."""
    apply(session, Phone(id="100", context="phones"))
    session.get_one(Endpoint, "100").device_state_busy_at = 3
    session.flush()
    before = everything(session)
    done = apply(session, Replace(Phone(id="100", context="phones")))

    assert not done
    assert everything(session) == before


def test_what_is_still_named_stays(session: Session) -> None:
    """The checks of the spec, and of those who name its rows, hold."""
    write(session, [("NoOp", ""), ("NoOp", ""), ("NoOp", ""), ("NoOp", "")])
    write(session, [("Goto", "phones,600,4")], "700")
    apply(session, CallQueue(name="sales"))
    with pytest.raises(ConflictError, match="'700'"):
        apply(session, Replace(EXTENSION))
    with pytest.raises(ConflictError, match="give only one of them"):
        apply(session, Replace(EXTENSION), EXTENSION)

    assert len(rows(session, "extensions")) == 5


@pytest.mark.parametrize("wrong", ["100", Phone, [EXTENSION], Replace(EXTENSION)], ids=str)
def test_only_a_spec_can_replace(wrong: Spec) -> None:
    """And its text says what it would do."""
    with pytest.raises(ValidationError, match="Replace"):
        Replace(wrong)

    assert repr(Replace(EXTENSION)) == f"Replace({EXTENSION!r})"


def test_a_route_replaces_an_extension(session: Session) -> None:
    """The other kinds of the same table count as another's rows."""
    session.add_all([Endpoint(id="carrier", context="from-carrier")])
    write(session, [("Dial", "PJSIP/+12025550123@carrier")], "+12025550123")
    route = OutboundRoute(context="phones", pattern="+12025550123", trunk="carrier")
    apply(session, Replace(route))

    assert not plan(session, route)
