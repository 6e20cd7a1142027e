"""What a plan refuses: rows of another kind, and specs that contradict rows or each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest

from asterisk_realtime import (
    Absent,
    ConflictError,
    InboundRoute,
    Trunk,
    TwilioAllowance,
    apply,
    delete,
    ensure,
    get,
)
from asterisk_realtime.models import Aor, Auth, Endpoint
from tests.db.tools import everything, insert
from tests.db.twilio_site import INBOUND, OUTBOUND, TRUNK, trunk

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def test_a_phone_is_no_trunk(session: Session) -> None:
    """Its endpoint authenticates: it is not made a trunk, and not deleted as one."""
    session.add_all([Endpoint(id="twilio", auth=("twilio",), aors=("twilio",)), Auth(id="twilio")])
    session.add(Aor(id="twilio"))
    session.flush()
    before = everything(session)
    for call in (
        lambda: ensure(session, TRUNK),
        lambda: apply(session, Absent(Trunk, "twilio")),
        lambda: get(session, Trunk, "twilio"),
    ):
        with pytest.raises(ConflictError, match="authenticates its calls"):
            call()

    assert everything(session) == before


def test_the_same_thing_twice_in_one_call(session: Session) -> None:
    """Two specs, and a spec and its Absent: the error names the other side."""
    with pytest.raises(
        ConflictError, match=r"trunk 'twilio' conflicts with another spec for it in the same"
    ):
        apply(session, TRUNK, trunk(context="other"))
    with pytest.raises(
        ConflictError, match=r"trunk 'twilio' conflicts with the Absent for it in the same"
    ):
        apply(session, TRUNK, Absent(Trunk, "twilio"))

    assert everything(session) == {}


def test_two_specs_of_one_call_are_neighbours(session: Session) -> None:
    """What contradicts a row of the database does so too before that row is written."""
    with pytest.raises(ConflictError, match="'twilio', whose calls enter"):
        apply(session, TRUNK, attrs.evolve(OUTBOUND, context="from-twilio"))
    with pytest.raises(ConflictError, match="pin both"):
        apply(session, TRUNK, trunk(name="b"), TwilioAllowance(), TwilioAllowance(endpoint="b"))

    assert everything(session) == {}


def test_a_context_that_leads_out_is_refused_for_a_trunk(provisioned: Session) -> None:
    """Its calls are nobody's: they must not go out again."""
    with pytest.raises(ConflictError, match="which calls a trunk"):
        apply(provisioned, trunk(name="second", context="phones"))


def test_a_borrowed_aor_is_refused(session: Session) -> None:
    """Calls to the trunk would ring at the neighbour's too."""
    session.add(Endpoint(id="thief", aors=("thief", "twilio")))
    with pytest.raises(ConflictError, match="'thief', which has it in its aors"):
        apply(session, TRUNK)


@pytest.mark.parametrize("name", ["TWILIO", "Twilio"])
def test_ensuring_a_name_of_another_case(provisioned: Session, name: str) -> None:
    """It would be another object to Asterisk, and the same one to MariaDB and to SIP peers."""
    with pytest.raises(ConflictError, match="endpoint 'twilio'"):
        apply(provisioned, trunk(name=name))


def test_steps_of_a_person_are_not_replaced(session: Session) -> None:
    """An extension that is not a route of a spec is another dialplan's."""
    place = {"context": "from-twilio", "exten": "+12025550123"}
    insert(session, "extensions", **place, priority=1, app="Answer", appdata="")
    insert(session, "extensions", **place, priority=2, app="Echo", appdata="")
    insert(
        session,
        "extensions",
        context="phones",
        exten="_1NXXNXXXXXX",
        priority=1,
        app="NoOp",
        appdata="x",
    )
    apply(session, TRUNK)
    before = everything(session)
    with pytest.raises(ConflictError, match="another dialplan's"):
        ensure(session, INBOUND)
    with pytest.raises(ConflictError, match="another dialplan's"):
        ensure(session, OUTBOUND)
    with pytest.raises(ConflictError, match="another dialplan's"):
        delete(session, InboundRoute, "+12025550123", context="from-twilio")

    assert everything(session) == before
