"""Routes over several trunks: the next one where the first did not take the call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from asterisk_realtime import (
    ConflictError,
    NotFoundError,
    OutboundRoute,
    Trunk,
    ValidationError,
    create,
    create_outbound_route,
    delete,
    ensure,
    get,
    plan,
)
from tests.db.tools import rows

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def trunk(name: str, caller_id: str | None = None) -> Trunk:
    """Return a trunk that is good."""
    return Trunk(
        name=name,
        contact="sip:sip.example.com",
        transport="udp",
        secure=False,
        context="from-carrier",
        codecs=("ulaw", "alaw"),
        caller_id=caller_id,
    )


@pytest.fixture
def trunks(session: Session) -> Session:
    """A session with three trunks: two with a caller ID, one without."""
    create(session, trunk("first", "+12025550101"))
    create(session, trunk("second", "+12025550102"))
    create(session, trunk("third"))
    session.commit()
    return session


def steps(session: Session) -> list[str]:
    """Return the steps of the dialplan as text."""
    return [
        f"{row['priority']} {row['app']}({row['appdata']})" for row in rows(session, "extensions")
    ]


def route(*names: str, **fields: Any) -> OutboundRoute:
    """Return a route over *names*."""
    return OutboundRoute(context="internal", pattern="_+X.", trunk=names, **fields)


def test_a_route_over_two_trunks(trunks: Session) -> None:
    """Each with its own caller ID; the second only where the first did not take the call."""
    ensure(trunks, route("first", "second"))
    failed = '$["${DIALSTATUS}" = "CHANUNAVAIL" | "${DIALSTATUS}" = "CONGESTION"]'
    number = "+${FILTER(0-9,${EXTEN:1})}"

    assert steps(trunks) == [
        "1 Set(CALLERID(all)=<+12025550101>)",
        f"2 Dial(PJSIP/{number}@first)",
        f"3 GotoIf({failed}?4:6)",
        "4 Set(CALLERID(all)=<+12025550102>)",
        f"5 Dial(PJSIP/{number}@second)",
        "6 Hangup(${HANGUPCAUSE})",
    ]


@pytest.mark.parametrize(
    "wanted",
    [
        route("first", "second"),
        route("second"),
        route("third", "first", caller_id="<+12025550199>"),
        route("second", "third", "first", caller_id="<+12025550199>"),
    ],
    ids=["own caller IDs", "one trunk", "two", "three"],
)
def test_a_route_is_found_with_its_trunks_in_order(trunks: Session, wanted: OutboundRoute) -> None:
    """And applied again it changes nothing; with fewer trunks the spare steps go."""
    ensure(trunks, wanted)
    trunks.commit()
    found = get(trunks, OutboundRoute, context="internal", pattern="_+X.")

    assert found is not None
    assert found.trunk == wanted.trunk
    assert not plan(trunks, found)
    assert not plan(trunks, wanted)
    assert ensure(trunks, attrs.evolve(wanted, trunk="third"))
    assert len(steps(trunks)) == (3 if wanted.caller_id else 2)


def test_no_trunk_of_a_route_is_deleted(trunks: Session) -> None:
    """Neither the first nor the last."""
    create_outbound_route(trunks, context="internal", pattern="_+X.", trunk=["first", "second"])
    trunks.commit()

    for name in ("first", "second"):
        with pytest.raises(ConflictError, match=r"extension '_\+X.' in context 'internal'"):
            delete(trunks, Trunk, name)
    delete(trunks, Trunk, "third")


def test_a_caller_id_for_all_or_for_none(trunks: Session) -> None:
    """What the first trunk set would else go out by the second too."""
    with pytest.raises(ConflictError, match="'third', which has no caller ID"):
        ensure(trunks, route("first", "third"))
    with pytest.raises(NotFoundError):
        ensure(trunks, route("third", "fourth"))


@pytest.mark.parametrize("names", [[], ["a", "a"], ["a b"], "", 7])
def test_trunks_that_are_none(names: Any) -> None:
    """A list of them must be one."""
    with pytest.raises(ValidationError) as caught:
        OutboundRoute(context="internal", pattern="_+X.", trunk=names)

    assert caught.value.field == "trunk"
