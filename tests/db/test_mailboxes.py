"""Mailboxes are written as they are meant, and their owners' PINs stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import attrs
import pytest

from asterisk_realtime import (
    KEEP,
    ConflictError,
    InternalExtension,
    Mailbox,
    NotFoundError,
    ToMailbox,
    ToVoicemailMain,
    ValidationError,
    apply,
    create,
    delete,
    get,
    plan,
    set_password,
)
from asterisk_realtime.models import Aor, Endpoint, Voicemail
from asterisk_realtime.showing import HIDDEN
from tests.db.services import BOX
from tests.db.tools import rows

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def changed(change: Any) -> list[tuple[Any, ...]]:
    """Return what a plan does to columns."""
    return [(c.name, c.old, c.new) for row in change.rows for c in row.columns]


def test_a_mailbox(session: Session) -> None:
    """Several addresses share a cell, and the PIN does not show."""
    row = create(session, BOX)
    (raw,) = rows(session, "voicemail")

    assert (raw["mailbox"], raw["context"], raw["password"]) == ("100", "default", "4711")
    assert raw["email"] == "zoe@example.com|desk@example.com"
    assert (raw["attach"], raw["deletevoicemail"], raw["tz"]) == ("yes", "yes", "central")
    assert "4711" not in repr(row)
    assert "4711" not in repr(BOX)


def test_a_pin_is_drawn(session: Session) -> None:
    """Six digits, which the plan does not show and the row has."""
    spec = Mailbox(number="100")
    shown = plan(session, spec)
    row = create(session, spec)
    found = get(session, Mailbox, "100")

    assert ("password", None, HIDDEN) in changed(shown)
    assert row.password.isdecimal()
    assert len(row.password) == 6
    assert found == attrs.evolve(spec, pin=str(row.password))
    assert not plan(session, spec)


def test_the_owners_pin_stays(session: Session) -> None:
    """Whatever the spec says; setting it anew is a call of its own."""
    row = create(session, BOX)
    row.password = "12"
    session.flush()
    assert not apply(session, BOX)
    found = get(session, Mailbox, "100")

    assert str(row.password) == "12"
    assert found == attrs.evolve(BOX, pin=KEEP)
    assert changed(set_password(session, "998877", Mailbox, "100")) == [
        ("password", HIDDEN, HIDDEN)
    ]
    assert session.get_one(Voicemail, row.uniqueid).password == "998877"
    create(session, Mailbox(number="4040", pin="4711"))
    with pytest.raises(ValidationError, match="mailbox's number"):
        set_password(session, "4040", Mailbox, "4040")
    with pytest.raises(ValidationError, match=r"^password="):
        set_password(session, cast("str", None), Mailbox, "100")
    with pytest.raises(NotFoundError):
        set_password(session, "998877", Mailbox, "101")


def test_a_mailbox_is_of_its_context(session: Session) -> None:
    """The same number in another context is another mailbox."""
    create(session, BOX)
    create(session, attrs.evolve(BOX, context="sales"))
    delete(session, Mailbox, "100")

    assert get(session, Mailbox, "100") is None
    assert get(session, Mailbox, "100", context="sales") == attrs.evolve(BOX, context="sales")


@pytest.mark.parametrize(
    ("referrer", "message"),
    [
        (Endpoint(id="100", mailboxes=("99@default", "100@default")), "endpoint '100'"),
        (Aor(id="100", mailboxes=("100",)), "AOR '100'"),
        (
            InternalExtension(exten="1", context="phones", destination=ToMailbox("100")),
            "extension '1'",
        ),
        (
            InternalExtension(exten="1", context="phones", destination=ToVoicemailMain("100")),
            "extension '1'",
        ),
    ],
    ids=["endpoint", "AOR", "VoiceMail", "VoiceMailMain"],
)
def test_a_mailbox_that_is_named_stays(session: Session, referrer: Any, message: str) -> None:
    """The error names what names it."""
    create(session, BOX)
    if isinstance(referrer, InternalExtension):
        apply(session, referrer)
    else:
        session.add(type(referrer)(id=referrer.id, mailboxes=referrer.mailboxes))
    with pytest.raises(ConflictError, match=message):
        delete(session, Mailbox, "100")

    assert len(rows(session, "voicemail")) == 1
