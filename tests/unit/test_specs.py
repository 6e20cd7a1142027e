"""A spec that exists is valid; one that cannot exist says everything that is wrong with it."""

from __future__ import annotations

import traceback
from typing import Any, cast

import pytest

from asterisk_realtime.errors import FieldError, ValidationError
from asterisk_realtime.providers.twilio.rules import account_sid, password, username
from asterisk_realtime.providers.twilio.trunk import TwilioAllowance, TwilioTrunk, edge_names
from asterisk_realtime.specs.destinations import Destination, destination
from asterisk_realtime.specs.routes import InboundRoute, OutboundRoute
from asterisk_realtime.specs.trunks import MAX_QUALIFY, Credentials, qualify_interval
from asterisk_realtime.values.caller_id import CallerId

PASSWORD = "Correct-Horse-7"
ACCOUNT = "AC" + 32 * "0"


def twilio(**fields: Any) -> TwilioTrunk:
    """Return a Twilio trunk that is good but for *fields*."""
    given = {
        "termination_uri": "grable.pstn.twilio.com",
        "username": "grable",
        "password": PASSWORD,
    }
    return TwilioTrunk(**{**given, **fields})


def refused(**fields: Any) -> ValidationError:
    """Return the one complaint about a trunk with *fields*."""
    with pytest.raises(ValidationError) as caught:
        twilio(**fields)
    return caught.value


# -- Twilio trunks ---------------------------------------------------------------------------------


def test_the_least_that_makes_a_trunk() -> None:
    """The termination URI is enough where Twilio knows our address."""
    trunk = TwilioTrunk(termination_uri="grable.pstn.twilio.com").part()

    assert (trunk.name, trunk.contact) == ("twilio", ("sip:grable.pstn.twilio.com",))
    assert (trunk.transport, trunk.secure) == ("tls", True)
    assert (trunk.context, trunk.codecs) == ("from-twilio", ("ulaw", "alaw"))
    assert (trunk.credentials, trunk.caller_id, trunk.qualify_frequency) == (None, None, 60)


def test_a_proxy_of_twilios() -> None:
    """Twilio's advice for many calls: a personal host by way of a location's proxy."""
    assert twilio(outbound_proxy="sip:pstn.dublin.twilio.com").part().outbound_proxy == (
        "sip:pstn.dublin.twilio.com;lr"
    )
    assert refused(outbound_proxy="pstn.dublin.twilio.com").field == "outbound_proxy"


def test_all_that_can_be_said_of_a_trunk() -> None:
    """Each field arrives in the trunk that is provisioned."""
    trunk = twilio(
        name="grable",
        secure=False,
        transport="tcp",
        context="from-grable",
        codecs=["alaw"],
        caller_id='"Grable" <+1 202 555 0123>',
        qualify_frequency=0,
    ).part()

    assert (trunk.name, trunk.secure, trunk.transport) == ("grable", False, "tcp")
    assert (trunk.context, trunk.codecs, trunk.qualify_frequency) == ("from-grable", ("alaw",), 0)
    assert trunk.caller_id == CallerId("+12025550123", "Grable")
    assert trunk.credentials == Credentials("grable", PASSWORD)


@pytest.mark.parametrize(
    ("secure", "transport", "used"),
    [
        (True, None, "tls"),
        (False, None, "udp"),
        (True, "twilio-tls", "twilio-tls"),
        (False, "transport-udp-nat", "transport-udp-nat"),
    ],
)
def test_the_transport_of_a_trunk(secure: bool, transport: str | None, used: str) -> None:  # noqa: FBT001 - a parameter of pytest
    """``secure`` chooses the usual name; any other name is the owner's business."""
    assert twilio(secure=secure, transport=transport).part().transport == used


@pytest.mark.parametrize(
    ("secure", "transport"), [(True, "udp"), (True, "tcp"), (True, "UDP"), (False, "tls")]
)
def test_a_visible_contradiction_is_refused(secure: bool, transport: str) -> None:  # noqa: FBT001 - a parameter of pytest
    """Secure Trunking is TLS and SRTP together, or neither."""
    error = refused(secure=secure, transport=transport)

    assert error.field == "transport"
    assert "together, or neither" in error.problem


@pytest.mark.parametrize(
    ("given", "missing"), [({"password": None}, "password"), ({"username": None}, "username")]
)
def test_half_a_credential_is_refused(given: dict[str, None], missing: str) -> None:
    """A user name without a password, or the other way round, is a mistake."""
    error = refused(**given)

    assert (error.field, error.value) == (missing, None)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "a%b"),
        ("termination_uri", "54.172.60.1"),
        ("username", "a:b"),
        ("username", "x" * 33),
        ("username", ""),
        ("password", "short"),
        ("password", "no-upper-case-7"),
        ("password", "NO-LOWER-CASE-7"),
        ("password", "No-Digit-At-All"),
        ("password", "Line\nBreak-1234"),
        ("secure", "yes"),
        ("secure", None),
        ("transport", "a b"),
        ("context", "a,b"),
        ("codecs", "ulaw"),
        ("codecs", None),
        ("caller_id", "twilio"),
        ("qualify_frequency", -1),
        ("qualify_frequency", MAX_QUALIFY + 1),
        ("qualify_frequency", True),
        ("qualify_frequency", "60"),
    ],
)
def test_one_bad_field_is_one_error(field: str, value: object) -> None:
    """The error is about the parameter, under its name."""
    assert refused(**{field: value}).field == field


def test_several_bad_fields_are_reported_together() -> None:
    """A person corrects all of them at once."""
    with pytest.raises(ValidationError, match="TwilioTrunk has invalid fields") as caught:
        twilio(name="a b", password="hush", codecs=("pcmu",), context="")

    fields = [error.field for error in caught.value.errors]
    assert fields == ["name", "password", "context", "codecs"]
    assert caught.value.field == "name"
    assert all(type(error) is FieldError for error in caught.value.errors)


def test_contradictions_between_fields_are_reported_together() -> None:
    """What is wrong between fields is said when each of them is right."""
    with pytest.raises(ValidationError) as caught:
        twilio(username=None, transport="udp")

    assert [error.field for error in caught.value.errors] == ["username", "transport"]


@pytest.mark.parametrize("bad", ["hush-hush", "Hush\nHush-1234", "HUSH" * 80])
def test_a_password_shows_nowhere(bad: str) -> None:
    """Neither a refusal, nor its traceback, nor a spec's repr() holds a password."""
    alone = refused(password=bad)
    with pytest.raises(ValidationError) as caught:
        twilio(password=bad, name="a b")

    for error in (alone, caught.value):
        for shown in (str(error), repr(error), "".join(traceback.format_exception(error))):
            assert bad not in shown
            assert "hush" not in shown.lower()


def test_a_good_password_shows_nowhere() -> None:
    """A spec may be logged."""
    wanted = twilio()

    assert PASSWORD not in repr(wanted)
    assert PASSWORD not in repr(wanted.part())
    assert PASSWORD not in repr(wanted.part().credentials)


def test_specs_are_frozen() -> None:
    """What was valid stays valid."""
    with pytest.raises(AttributeError):
        twilio().name = "other"  # type: ignore[misc]  # it is frozen


# -- Twilio's rules --------------------------------------------------------------------------------


def test_credentials_that_twilio_has() -> None:
    """The limits themselves are fine, and so are characters that a cell escapes."""
    assert username("x" * 32) == "x" * 32
    assert password("Ab1;^\"' äöü.") == "Ab1;^\"' äöü."


@pytest.mark.parametrize("sid", ["", "AC", "AC" + 31 * "0", "ac" + 32 * "0", "AC" + 32 * "G", None])
def test_what_is_no_account(sid: str) -> None:
    """A SID that was cut while copying would match no call."""
    with pytest.raises(ValidationError, match="not an account SID"):
        account_sid(sid)


def test_seconds_between_options() -> None:
    """From never to a day."""
    assert [qualify_interval(seconds) for seconds in (0, 15, MAX_QUALIFY)] == [0, 15, 86400]


@pytest.mark.parametrize(
    ("edges", "problem"),
    [
        ([], "not a list of edges"),
        ("dublin", "not a list of edges"),
        (5, "not a list of edges"),
        (["atlantis"], "no such edge"),
        (["Dublin"], "no such edge"),
        ([None], "no such edge"),
        ([["dublin"]], "no such edge"),
        (["roaming"], "no such edge"),
        (["ie1"], "legacy code.*'dublin'"),
        (["us2-ix"], "legacy code.*'san-jose-ix'"),
    ],
)
def test_what_is_no_edge(edges: list[str], problem: str) -> None:
    """A misspelt edge must not leave calls out silently; legacy codes name their successor."""
    with pytest.raises(ValidationError, match=problem):
        edge_names(edges)


def test_an_allowance_reports_all_that_is_wrong() -> None:
    """As specs do."""
    with pytest.raises(ValidationError) as caught:
        TwilioAllowance(
            endpoint="a b", edges=["x"], interconnect=cast("bool", "no"), account_sid="AC"
        )

    fields = [error.field for error in caught.value.errors]
    assert fields == ["endpoint", "edges", "interconnect", "account_sid"]


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ({}, 8),
        ({"edges": ["umatilla", "ashburn"]}, 2),
        ({"edges": ["umatilla", "umatilla"]}, 1),
        ({"edges": ["london-ix"]}, 2),
        ({"interconnect": True}, 8 + 16),
        ({"edges": ["dublin"], "interconnect": True}, 1 + 16),
    ],
)
def test_what_is_allowed(given: dict[str, Any], count: int) -> None:
    """All public signaling ranges, or the chosen ones; interconnects on request."""
    spec = TwilioAllowance(**given).part()

    assert len(spec.networks) == count
    assert spec.header is None


def test_a_pinned_allowance() -> None:
    """The header that Asterisk compares holds the account."""
    spec = TwilioAllowance(account_sid=ACCOUNT).part()

    assert str(spec.header) == f"X-Twilio-AccountSid: {ACCOUNT}"
    assert len(spec.networks) == 8


# -- Routes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("attendant,start,1", "attendant,start,1"),
        ("a,b,12", "a,b,12"),
        (Destination("attendant", "start"), "attendant,start,1"),
    ],
)
def test_destinations(given: str | Destination, text: str) -> None:
    """What Goto is given."""
    assert str(destination(given)) == text


@pytest.mark.parametrize(
    "given",
    [
        *("", "attendant", "attendant,start", "a,b,0", "a,b,n", "a,b,1,2", "a b,c,1"),
        *("a,${X},1", "a,b,-1", None, 5, Destination("a", "${X}"), Destination("a", "b,c")),
    ],
)
def test_what_is_no_destination(given: str) -> None:
    """A step that does not exist would end the call."""
    with pytest.raises(ValidationError, match=r"place in the dialplan|plain name"):
        destination(given)


def test_an_outbound_route() -> None:
    """The pattern and the caller's number are read in the region."""
    route = OutboundRoute(
        context="internal",
        pattern="_1NXXNXXXXXX",
        trunk="twilio",
        caller_id='"Grable" <202 555 0123>',
        region="US",
    )

    assert route.dialled == "+1${FILTER(0-9,${EXTEN:1})}"
    assert route.caller == CallerId("+12025550123", "Grable")


def test_an_outbound_route_reports_fields_together() -> None:
    """Each field by its name."""
    with pytest.raises(ValidationError) as caught:
        OutboundRoute(context="a b", pattern="x", trunk="a%b", region="UK")

    fields = [error.field for error in caught.value.errors]
    assert fields == ["context", "pattern", "trunk", "region"]


def test_an_outbound_route_reports_what_means_nothing_in_the_region() -> None:
    """The pattern and the caller's number are both said."""
    with pytest.raises(ValidationError) as caught:
        OutboundRoute(context="internal", pattern="_NXX.", trunk="t", caller_id="123")

    assert [error.field for error in caught.value.errors] == ["pattern", "caller_id"]


def test_an_inbound_route_goes_somewhere_else() -> None:
    """A call that is sent to where it is would never end."""
    with pytest.raises(ValidationError, match="lead back") as caught:
        InboundRoute(
            number="+12025550123", context="from-twilio", destination="from-twilio,+12025550123,1"
        )

    assert caught.value.field == "destination"


def test_an_inbound_route_reports_fields_together() -> None:
    """Each field by its name."""
    with pytest.raises(ValidationError) as caught:
        InboundRoute(number="123", context="", destination="x")

    fields = [error.field for error in caught.value.errors]
    assert fields == ["number", "context", "destination"]
