"""A trunk that nobody authenticates gets into no context that leads to paid calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from asterisk_realtime import ConflictError, check_identification, create_trunk
from tests import examples

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TRUNK = examples.trunk(context="shared")


def step(session: Session, app: str, data: str) -> None:
    """Have the context hold one step that a person wrote."""
    session.execute(
        text(
            "INSERT INTO extensions (context, exten, priority, app, appdata)"
            " VALUES ('shared', '_X.', 1, :app, :data)"
        ),
        {"app": app, "data": data},
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
    ],
)
def test_a_way_out_in_any_spelling(session: Session, app: str, data: str) -> None:
    """Whichever technology calls the number, and in whichever case it is written."""
    step(session, app, data)
    with pytest.raises(ConflictError, match="calls a trunk"):
        create_trunk(session, TRUNK)


@pytest.mark.parametrize("filled_engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("data", ["PJSIP/101", "PJSIP/101&PJSIP/102,20", "Local/101@shared"])
def test_a_phone_is_no_way_out(session: Session, data: str) -> None:
    """Calls of strangers may ring phones."""
    step(session, "Dial", data)
    create_trunk(session, TRUNK)


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
