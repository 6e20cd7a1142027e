"""`Absent` removes a thing unless something names it; what goes and comes in one call is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest
from sqlalchemy import text

from asterisk_realtime import (
    GENERATE,
    Absent,
    Action,
    ConflictError,
    InboundRoute,
    NotFoundError,
    OutboundRoute,
    Phone,
    Secret,
    Spec,
    TelnyxTrunk,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    ValidationError,
    WebRtcPhone,
    apply,
    delete,
    get,
    plan,
)
from asterisk_realtime.showing import HIDDEN
from tests.db.tools import PASSWORD, everything, insert, rows
from tests.db.twilio_site import TRUNK

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def test_absent_things_go_in_any_order(provisioned: Session) -> None:
    """A trunk and its routes in one call, although the routes name it."""
    gone = (
        Absent(Trunk, "twilio"),
        Absent(OutboundRoute, "_1NXXNXXXXXX", context="phones"),
        Absent(InboundRoute, "+12025550123", context="from-twilio"),
    )
    before = plan(provisioned, *gone)
    after = apply(provisioned, *gone)

    assert before == after
    assert everything(provisioned) == {}


def test_a_name_that_is_no_text() -> None:
    """The error names the field."""
    with pytest.raises(ValidationError, match="name=100: it is not text"):
        Absent(Trunk, 100)  # type: ignore[arg-type]  # as by mistake


def test_what_goes_and_comes_in_one_call_is_new(session: Session) -> None:
    """Nothing is left of the old thing but the rows' keys: no column, no secret."""
    old = WebRtcPhone(id="100", context="phones", password=PASSWORD, mailbox="100")
    apply(session, old)
    insert(session, "ps_aors", id="101")
    session.execute(text("UPDATE ps_endpoints SET device_state_busy_at = 3"))
    session.execute(text("UPDATE ps_auths SET nonce_lifetime = 7"))
    gone, new = Absent(WebRtcPhone, "100"), Phone(id="100", context="phones")
    before = plan(session, gone, new)
    after = apply(session, gone, new)

    assert before == after
    assert f"password '{HIDDEN}' -> '{HIDDEN}'" in str(after)
    found = get(session, Phone, "100")
    assert found is not None
    assert isinstance(found.password, Secret)
    assert found.password != PASSWORD
    assert attrs.evolve(found, password=GENERATE) == new
    endpoint, auth = rows(session, "ps_endpoints")[0], rows(session, "ps_auths")[0]
    assert endpoint["webrtc"] in {None, "no"}
    assert endpoint["device_state_busy_at"] in {None, 0}
    assert auth["nonce_lifetime"] in {None, 32}
    assert not plan(session, new)


def test_what_is_named_cannot_go(provisioned: Session) -> None:
    """The error names who does."""
    before = everything(provisioned)
    with pytest.raises(ConflictError, match=r"step 1 of extension '_1NXXNXXXXXX' in .*'phones'"):
        apply(provisioned, Absent(Trunk, "twilio"))

    assert everything(provisioned) == before


@pytest.mark.parametrize(
    ("app", "appdata", "names_it"),
    [
        ("Dial", "PJSIP/twilio", True),
        ("Dial", "PJSIP/100&PJSIP/${FILTER(0-9,${EXTEN})}@twilio,30,g", True),
        ("Dial", "PJSIP/100@twilio-2", False),
        ("Dial", "PJSIP/twilio2", False),
        ("NoOp", "PJSIP/twilio", False),
    ],
)
def test_who_names_a_trunk(session: Session, app: str, appdata: str, *, names_it: bool) -> None:
    """Its id as a whole, in what is dialled."""
    apply(session, TRUNK)
    insert(session, "extensions", context="x", exten="1", priority=1, app=app, appdata=appdata)
    if names_it:
        with pytest.raises(ConflictError, match="step 1 of extension '1'"):
            apply(session, Absent(Trunk, "twilio"))
    else:
        apply(session, Absent(Trunk, "twilio"))


@pytest.mark.parametrize("gone", [Absent(Trunk, "nobody"), Absent(InboundRoute, "+1", context="a")])
def test_what_is_not_there_is_gone_already(session: Session, gone: Absent) -> None:
    """`Absent` twice is allowed; `delete` twice is an error."""
    assert apply(session, gone, Phone(id="100", context="phones")).of(Action.REMOVE) == ()
    assert not apply(session, gone)
    with pytest.raises(NotFoundError, match="'nobody'"):
        delete(session, Trunk, "nobody")
    with pytest.raises(NotFoundError, match=r"'\+1 in a'"):
        delete(session, InboundRoute, "+1", context="a")


@pytest.mark.parametrize("kind", [TwilioAllowance, Spec, TRUNK, str, "Trunk"], ids=str)
def test_absent_takes_a_class_with_a_key(kind: Any) -> None:
    """Any other class is refused, and the error lists the right ones."""
    with pytest.raises(ValidationError, match=r"not a class of specs with a key; use .*Trunk"):
        Absent(kind, "twilio")


@pytest.mark.parametrize(
    ("parts", "names"),
    [
        (["_X."], {}),
        (["_X.", "phones"], {}),
        ([], {"context": "phones"}),
        (["_X."], {"context": "phones", "number": "1"}),
    ],
)
def test_absent_takes_the_whole_key(parts: list[str], names: dict[str, str]) -> None:
    """A part too few, a part too many, and a part without its name are refused."""
    key: Any = Absent
    with pytest.raises(ValidationError, match="give the pattern and context of the Outbound"):
        key(OutboundRoute, *parts, **names)


def test_absent_shows_its_key() -> None:
    """By the names of the fields, as it may be written too."""
    gone = Absent(OutboundRoute, "_X.", context="phones")

    assert repr(Absent(Trunk, "twilio")) == "Absent(Trunk, name='twilio')"
    assert repr(gone) == "Absent(OutboundRoute, context='phones', pattern='_X.')"


def test_a_providers_trunk_goes_by_its_class(session: Session) -> None:
    """Whether it registers or not; another provider's trunk of that name stays."""
    registering = TelnyxTrunk(name="telnyx", username="account", password=PASSWORD, register=True)
    apply(session, TRUNK, registering)
    with pytest.raises(ConflictError, match="get it as a Trunk"):
        apply(session, Absent(TelnyxTrunk, "twilio"))
    gone = apply(session, Absent(TwilioTrunk, "twilio"), Absent(TelnyxTrunk, "telnyx"))

    assert {row.action for row in gone.rows} == {Action.REMOVE}
    assert everything(session) == {}


def test_routes_are_deleted_alone(provisioned: Session) -> None:
    """Steps of other extensions stay."""
    insert(
        provisioned, "extensions", context="phones", exten="1", priority=1, app="NoOp", appdata=""
    )
    outbound = delete(provisioned, OutboundRoute, context="phones", pattern="_1NXXNXXXXXX")
    inbound = delete(provisioned, InboundRoute, "+12025550123", context="from-twilio")

    assert (len(outbound.rows), len(inbound.rows)) == (2, 2)
    assert [row["exten"] for row in rows(provisioned, "extensions")] == ["1"]
