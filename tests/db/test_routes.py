"""Routes are written as steps that lead somewhere, and to nowhere dangerous."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from asterisk_realtime import (
    ConflictError,
    Credentials,
    InboundRoute,
    InternalExtension,
    NotFoundError,
    OutboundRoute,
    Phone,
    ToFollowMe,
    ToPhone,
    ToQueue,
    Trunk,
    ValidationError,
    WebRtcPhone,
    apply,
    create_inbound_route,
    create_outbound_route,
    create_twilio_trunk,
    get,
    plan,
)
from asterisk_realtime.models import Aor, Endpoint
from tests.db.tools import URI, insert, rows, statements, work

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

TABLE = "extensions"


@pytest.fixture
def trunk(session: Session) -> Session:
    """A session with the trunk ``twilio``, committed."""
    create_twilio_trunk(session, termination_uri=URI, caller_id='"Trunk" <+12025550100>')
    session.commit()
    return session


def steps(session: Session) -> list[tuple[str, str, int, str, str]]:
    """Return the raw rows of the dialplan."""
    names = ("context", "exten", "priority", "app", "appdata")
    return [tuple(row[name] for name in names) for row in rows(session, TABLE)]


# -- Outbound --------------------------------------------------------------------------------------


def test_an_outbound_route(trunk: Session) -> None:
    """Three steps, in the context of the callers; the account code is the endpoint's."""
    returned = create_outbound_route(
        trunk,
        context="internal",
        pattern="_1NXXNXXXXXX",
        trunk="twilio",
        caller_id='"Doe, John" <202 555 0123>',
        region="US",
    )
    place = ("internal", "_1NXXNXXXXXX")

    assert steps(trunk) == [
        (*place, 1, "Set", 'CALLERID(all)="Doe, John" <+12025550123>'),
        (*place, 2, "Dial", "PJSIP/+1${FILTER(0-9,${EXTEN:1})}@twilio"),
        (*place, 3, "Hangup", "${HANGUPCAUSE}"),
    ]
    assert [row.priority for row in returned] == [1, 2, 3]
    assert all(row.id for row in returned)


@pytest.mark.parametrize(
    ("pattern", "region", "dialled"),
    [
        ("_NXXNXXXXXX", "US", "+1${FILTER(0-9,${EXTEN})}"),
        ("_011Z.", "US", "+${FILTER(0-9,${EXTEN:3})}"),
        ("_0ZXXXXXXXXX", "GB", "+44${FILTER(0-9,${EXTEN:1})}"),
        ("_0X.", "IT", None),
        ("_0[1-9]X.", "IT", "+39${FILTER(0-9,${EXTEN})}"),
        ("_[6-9]XXXXXXXX", "ES", "+34${FILTER(0-9,${EXTEN})}"),
        ("_+X.", None, "+${FILTER(0-9,${EXTEN:1})}"),
        ("+12025550123", None, "+12025550123"),
        ("2025550123", "US", "+12025550123"),
        ("911", "US", "911"),
        ("112", None, "112"),
    ],
)
def test_what_is_dialled(
    trunk: Session, pattern: str, region: str | None, dialled: str | None
) -> None:
    """``+`` and E.164 whatever callers dial; emergency numbers as they are."""
    if dialled is None:
        with pytest.raises(ValidationError, match="may or may not begin"):
            create_outbound_route(
                trunk, context="i", pattern=pattern, trunk="twilio", region=region
            )
        return
    create_outbound_route(trunk, context="i", pattern=pattern, trunk="twilio", region=region)
    (appdata,) = (step[4] for step in steps(trunk) if step[3] == "Dial")

    assert appdata == f"PJSIP/{dialled}@twilio"


def test_the_trunks_caller_id_is_used(trunk: Session) -> None:
    """Where the route names nobody."""
    create_outbound_route(trunk, context="i", pattern="_+X.", trunk="twilio")

    assert steps(trunk)[0][4] == 'CALLERID(all)="Trunk" <+12025550100>'


def test_a_trunk_without_a_caller_id(session: Session) -> None:
    """The caller keeps the own one."""
    create_twilio_trunk(session, termination_uri=URI)
    create_outbound_route(session, context="i", pattern="_+X.", trunk="twilio")

    assert [step[3] for step in steps(session)] == ["Dial", "Hangup"]


@pytest.mark.parametrize("name", ["nobody", "TWILIO"])
def test_a_trunk_that_is_not_there(trunk: Session, name: str) -> None:
    """A name that differs in case is another one."""
    with pytest.raises(NotFoundError) as caught:
        create_outbound_route(trunk, context="i", pattern="_+X.", trunk=name)

    assert (caught.value.kind, caught.value.name) == ("endpoint", name)
    assert steps(trunk) == []


def test_an_extension_that_is_there_is_a_conflict(trunk: Session) -> None:
    """Its steps would mix with ours."""
    insert(
        trunk, TABLE, context="i", exten="_+X.", priority=7, app="NoOp", appdata="a person's own"
    )
    trunk.commit()
    with pytest.raises(ConflictError, match="step 7"):
        create_outbound_route(trunk, context="i", pattern="_+X.", trunk="twilio")

    assert len(steps(trunk)) == 1
    create_outbound_route(trunk, context="other", pattern="_+X.", trunk="twilio")


def test_a_context_that_unauthenticated_callers_enter_is_refused(trunk: Session) -> None:
    """A call from the trunk's side could go out again at the owner's cost."""
    with pytest.raises(ConflictError, match="'twilio', whose calls enter") as caught:
        create_outbound_route(trunk, context="from-twilio", pattern="_+X.", trunk="twilio")

    assert caught.value.hint
    assert steps(trunk) == []


def test_the_default_context_is_a_context(trunk: Session) -> None:
    """An endpoint that names none enters ``default``."""
    trunk.add(Endpoint(id="open"))
    with pytest.raises(ConflictError, match="'open', whose calls enter"):
        create_outbound_route(trunk, context="default", pattern="_+X.", trunk="twilio")


def test_a_context_of_phones_is_right(trunk: Session) -> None:
    """They say who they are."""
    trunk.add(Endpoint(id="phone", context="internal", auth=("phone",)))
    create_outbound_route(trunk, context="internal", pattern="_+X.", trunk="twilio")

    assert len(steps(trunk)) == 3


def test_wrong_parameters_are_reported_together(trunk: Session) -> None:
    """And nothing is written."""
    with pytest.raises(ValidationError) as caught:
        create_outbound_route(trunk, context="a b", pattern="x", trunk="twilio")

    assert [error.field for error in caught.value.errors] == ["context", "pattern"]
    assert steps(trunk) == []


def test_a_caller_id_that_is_code_is_refused(trunk: Session) -> None:
    """Given, or found in the trunk's row."""
    with pytest.raises(ValidationError, match="would run"):
        create_outbound_route(
            trunk, context="i", pattern="_+X.", trunk="twilio", caller_id='"${X}" <+12025550123>'
        )
    trunk.get_one(Endpoint, "twilio").callerid = '"${SHELL(id)}" <+12025550123>'
    with pytest.raises(ValidationError, match="would run"):
        create_outbound_route(trunk, context="i", pattern="_+X.", trunk="twilio")

    assert steps(trunk) == []


# -- Inbound ---------------------------------------------------------------------------------------


def test_an_inbound_route(trunk: Session) -> None:
    """One step, for the number with its ``+`` and without."""
    returned = create_inbound_route(trunk, "+1 123-456-7890", destination="attendant,start,1")

    assert steps(trunk) == [
        ("from-twilio", "+11234567890", 1, "Goto", "attendant,start,1"),
        ("from-twilio", "11234567890", 1, "Goto", "attendant,start,1"),
    ]
    assert [row.exten for row in returned] == ["+11234567890", "11234567890"]


def test_a_number_has_one_route_in_a_context(trunk: Session) -> None:
    """And another one in another context."""
    create_inbound_route(trunk, "+12025550123", destination="attendant,start,1")
    create_inbound_route(trunk, "+12025550123", context="from-b", destination="b,start,1")
    with pytest.raises(ConflictError, match=r"'\+12025550123'"):
        create_inbound_route(trunk, "+12025550123", destination="other,start,1")

    assert len(steps(trunk)) == 4


def test_a_national_number_is_refused(trunk: Session) -> None:
    """The provider sends E.164, and only that would match."""
    with pytest.raises(ValidationError, match="does not begin with '\\+'") as caught:
        create_inbound_route(trunk, "2025550123", destination="attendant,start,1")

    assert "region" not in str(caught.value)


def test_routes_ask_little(engine: Engine, trunk: Session) -> None:
    """Two questions before an outbound route, one before an inbound one, and the rows at once."""
    with statements(engine) as outbound:
        create_outbound_route(trunk, context="i", pattern="_+X.", trunk="twilio")
    with statements(engine) as inbound:
        create_inbound_route(trunk, "+12025550123", destination="attendant,start,1")

    assert len([statement for statement in work(outbound) if statement.startswith("SELECT")]) == 2
    assert len([statement for statement in work(inbound) if statement.startswith("SELECT")]) == 1


@pytest.mark.parametrize(
    "place",
    [
        *("phones,_1NXXNXXXXXX,1", "phones,_X.,1", "phones,_,1", "phones,100,0", "phones,100,-1"),
        *("phones,100,10000", "phones,100,\u0661", "phones,100", "phones,1 0,1", "ph nes,100,1"),
        *("phones,${EXTEN},1", "phones,100,1,2", "a,b,c"),
    ],
)
def test_a_place_that_is_none(place: str) -> None:
    """A Goto leads to an extension that somebody could dial, wherever a destination is given."""
    for make in (
        lambda: InboundRoute(number="+12025550123", context="from-a", destination=place),
        lambda: InternalExtension(exten="600", context="phones", destination=place),
        lambda: ToPhone("100", otherwise=place),
        lambda: ToQueue("sales", otherwise=ToFollowMe("ann", otherwise=place)),
    ):
        with pytest.raises(ValidationError):
            make()


# -- Phones are not trunks -------------------------------------------------------------------------


def test_a_route_leads_to_a_trunk(trunk: Session) -> None:
    """Not to a phone, of either kind; a peer that authenticates both ways is not a phone."""
    apply(
        trunk,
        Phone(id="101", context="phones"),
        WebRtcPhone(id="102", context="phones"),
        Trunk(
            name="carrier",
            contact="sip:x.example",
            transport="tls",
            context="from-carrier",
            codecs=["ulaw"],
            inbound_credentials=Credentials("peer", "Correct-Horse-7"),
        ),
    )
    trunk.add(Aor(id="peer", contact=("sip:y.example",)))
    trunk.add(Endpoint(id="peer", aors=("peer",), auth=("by-hand",), context="from-peer"))
    for name in ("101", "102"):
        for trunks in (name, ["twilio", name]):
            with pytest.raises(ConflictError, match="which is a phone"):
                create_outbound_route(trunk, context="i", pattern="911", trunk=trunks)

    create_outbound_route(trunk, context="i", pattern="_+1X.", trunk="carrier")
    create_outbound_route(trunk, context="i", pattern="_+2X.", trunk="peer")


# -- What callers dial beside the number -----------------------------------------------------------

WAYS = [
    {"pattern": "_9NXXNXXXXXX", "region": "US", "strip": 1},
    {"pattern": "_NXXXXXX", "region": "US", "prepend": "212"},
    {"pattern": "_[2-9]XXXXXXX", "region": "AU", "prepend": "02"},
    {"pattern": "_9XXXXXXXXX", "region": "RU", "prepend": "8"},
    {"pattern": "91234567", "region": "AU", "prepend": "02"},
    {"pattern": "_2XXX", "region": "DE", "prepend": "030123"},
    {"pattern": "_9011Z.", "region": "US", "strip": 1},
    {"pattern": "_2XXX", "prepend": "+4930123"},
    {"pattern": "0800", "as_dialled": True},
    {"pattern": "110", "region": "DE"},
    {"pattern": "9110", "region": "DE", "strip": 1},
    {"pattern": "_N11", "region": "US"},
    {"pattern": "_118XX", "region": "DE"},
    {"pattern": "_1NXXNXXXXXX", "region": "JM"},
    {"pattern": "_00X.", "region": "DE"},
    {"pattern": "_+X.", "region": "DE"},
    {"pattern": "0800", "region": "JP", "as_dialled": True},
]


@pytest.mark.parametrize("fields", WAYS, ids=str)
def test_ways_to_dial_are_read_back(trunk: Session, fields: dict[str, Any]) -> None:
    """To a route that means the same and plans to nothing."""
    route = OutboundRoute(context="i", trunk="twilio", **fields)
    apply(trunk, route)
    found = get(trunk, OutboundRoute, route.pattern.text, context="i")

    assert found is not None
    assert found.dialled == route.dialled
    assert not plan(trunk, found)
    assert not plan(trunk, route)


def test_no_region_is_made_up(trunk: Session) -> None:
    """Rows that hold none, and no country code, are read back without one."""
    for pattern, fields in (
        ("_00X.", {"strip": 2, "prepend": "+"}),
        ("110", {"as_dialled": True}),
        ("_+X.", {}),
    ):
        apply(trunk, OutboundRoute(context="i", trunk="twilio", pattern=pattern, **fields))
        found = get(trunk, OutboundRoute, pattern, context="i")

        assert found is not None
        assert found.region is None


def test_a_changed_caller_id_names_the_routes_that_keep_the_old_one(session: Session) -> None:
    """It stands in their steps, where it was copied when they were written."""
    trunk = Trunk(
        name="pstn",
        contact="sip:pstn.example",
        context="from-pstn",
        transport="udp",
        secure=False,
        codecs=["ulaw"],
        caller_id="+12025550123",
    )
    route = OutboundRoute(context="phones", pattern="_1NXXNXXXXXX", trunk="pstn", region="US")
    apply(session, trunk)
    other = attrs.evolve(trunk, caller_id="+12025550199")
    assert plan(session, other).notes == ()

    apply(session, route)
    (note,) = apply(session, other).notes
    assert "endpoint 'pstn': outbound routes send the caller ID" in str(note)
    assert apply(session, route)
    assert apply(session, trunk, route).notes
