"""A trunk that nobody authenticates gets into no context that leads to paid calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest
from sqlalchemy import text

from asterisk_realtime import ConflictError, OutboundRoute, apply, check_identification, create
from tests import examples

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TRUNK = examples.trunk(context="shared")


def step(
    session: Session, app: str, data: str, *, context: str = "shared", exten: str = "_X."
) -> None:
    """Have a context hold one step that a person wrote."""
    session.execute(
        text(
            "INSERT INTO extensions (context, exten, priority, app, appdata)"
            " VALUES (:context, :exten, 1, :app, :data)"
        ),
        {"app": app, "data": data, "context": context, "exten": exten},
    )


@pytest.mark.parametrize("filled_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("app", "data"),
    [
        ("Dial", "PJSIP/${EXTEN}@pstn"),
        ("dial", "pjsip/${EXTEN}@pstn"),
        ("Dial", "PJSIP/+1${FILTER(0-9,${EXTEN:1})}@pstn,60"),
        ("Dial", "PJSIP/pstn/sip:${EXTEN}@198.51.100.1"),
        ("Dial", "SIP/pstn/${EXTEN}"),
        ("Dial", "SIP/${EXTEN}@pstn"),
        ("Dial", "IAX2/pstn/${EXTEN}"),
        ("Dial", "DAHDI/g1/${EXTEN}"),
        ("TryExec", "Dial(PJSIP/${EXTEN}@pstn)"),
        ("Page", "PJSIP/${EXTEN}@pstn"),
        ("Originate", "PJSIP/${EXTEN}@pstn,app,Echo"),
        ("RetryDial", "wait,1,1,PJSIP/${EXTEN}@pstn"),
    ],
)
def test_a_way_out_in_any_spelling(session: Session, app: str, data: str) -> None:
    """Whichever technology calls the number, and in whichever case it is written."""
    step(session, app, data)
    with pytest.raises(ConflictError, match="calls a trunk"):
        create(session, TRUNK)


@pytest.mark.parametrize("filled_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("data", ["PJSIP/101", "PJSIP/101&PJSIP/102,20", "Local/101@shared"])
def test_a_phone_is_no_way_out(session: Session, data: str) -> None:
    """Unauthenticated callers may ring phones."""
    step(session, "Dial", data)
    create(session, TRUNK)


@pytest.mark.parametrize("identify_by", [None, "username", "username,ip", "auth_username"])
def test_an_endpoint_that_its_name_is_enough_for(session: Session, identify_by: str | None) -> None:
    """The report names it, unless credentials or an access list keep others out."""
    session.execute(
        text("INSERT INTO ps_endpoints (id, identify_by, context) VALUES ('acme', :by, 'in')"),
        {"by": identify_by},
    )
    (found,) = check_identification(session)
    assert "who writes its id into From" in str(found)

    session.execute(text("UPDATE ps_endpoints SET deny = '0.0.0.0/0,::/0', permit = '192.0.2.1'"))
    assert check_identification(session) == ()
    session.execute(text("UPDATE ps_endpoints SET deny = NULL, permit = NULL, identify_by = 'ip'"))
    assert check_identification(session) == ()


HANDED_ON = [
    ("Goto", "out,${EXTEN},1"),
    ("goto", "OUT,${EXTEN:1},1"),
    ("GotoIf", "$[1]?out,${FILTER(0-9,${EXTEN})},1:h,1"),
    ("Gosub", "out,${EXTEN},1"),
    ("GotoIfTime", "*,*,*,*?out,${EXTEN},1"),
    ("ExecIf", "$[1]?Goto(out,${EXTEN},1)"),
    ("TryExec", "GotoIf($[1]?out,${EXTEN},1)"),
    ("Exec", "Gosub(out,${EXTEN},1)"),
    ("BlindTransfer", "${EXTEN},out"),
    ("DISA", "no-password,out"),
    ("Originate", "PJSIP/101,exten,out,${EXTEN},1"),
    ("TryExec", "BlindTransfer(${EXTEN},out)"),
    ("Exec", "DISA(no-password,out)"),
    ("ExecIf", "$[1]?DISA(no-password,OUT)"),
    ("Exec", "TryExec(DISA(no-password,out))"),
    ("Dial", "Local/${EXTEN}@out"),
    ("Dial", "Local/9${EXTEN}@out/n,20"),
]


@pytest.mark.parametrize(("app", "data"), HANDED_ON)
def test_a_way_out_by_another_context(session: Session, app: str, data: str) -> None:
    """A step that hands on what a caller dialled leads out if the other context does."""
    step(session, app, data)
    step(session, "Goto", "far,${EXTEN},1", context="out")
    step(session, "Dial", "PJSIP/${EXTEN}@pstn", context="far")
    with pytest.raises(ConflictError, match="calls a trunk"):
        create(session, TRUNK)


@pytest.mark.parametrize(("app", "data"), HANDED_ON)
def test_a_route_where_calls_are_handed_on_to(session: Session, app: str, data: str) -> None:
    """The other order is refused too: first the trunk and the step, then the route."""
    step(session, app, data)
    pstn = attrs.evolve(TRUNK, name="pstn", context="from-pstn")
    apply(session, TRUNK, pstn)
    route = OutboundRoute(context="out", pattern="_1NXXNXXXXXX", trunk="pstn", region="US")
    with pytest.raises(ConflictError, match="passes the numbers that they dial to 'out'"):
        apply(session, route)


@pytest.mark.parametrize(("app", "data"), [("DISA", "no-password"), ("Exec", "DISA(no-password)")])
def test_numbers_are_asked_for_in_a_default_context(session: Session, app: str, data: str) -> None:
    """Whatever a caller of one number dials then is looked up in context ``disa``."""
    step(session, app, data, exten="12025550123")
    step(session, "Dial", "PJSIP/${EXTEN}@pstn", context="disa")
    with pytest.raises(ConflictError, match="calls a trunk"):
        create(session, TRUNK)


@pytest.mark.parametrize(
    ("exten", "data"),
    [
        ("_1XX", "out,${EXTEN},1"),  # the extensions of a house
        ("12025550123", "out,${EXTEN},1"),  # one number
        ("_X.", "out,101,1"),  # one place
        ("_X.", "elsewhere,${EXTEN},1"),
    ],
)
def test_a_step_that_hands_on_no_numbers(session: Session, exten: str, data: str) -> None:
    """Callers of a trunk may reach internal extensions."""
    step(session, "Goto", data, exten=exten)
    step(session, "Dial", "PJSIP/${EXTEN}@pstn", context="out")
    create(session, TRUNK)
