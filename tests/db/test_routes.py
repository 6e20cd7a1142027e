"""Routes are written as steps that lead somewhere, and to nowhere dangerous."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from asterisk_realtime import (
    ConflictError,
    Endpoint,
    InvalidValueError,
    InvalidValuesError,
    NotFoundError,
    create_inbound_route,
    create_outbound_route,
    create_twilio_trunk,
)
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
    """Five steps, in the context of the callers."""
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
        (*place, 2, "GotoIf", '$["${CHANNEL(channeltype)}" = "PJSIP"]?3:4'),
        (*place, 3, "Set", "CHANNEL(accountcode)=${CHANNEL(endpoint)}"),
        (*place, 4, "Dial", "PJSIP/+1${FILTER(0-9,${EXTEN:1})}@twilio"),
        (*place, 5, "Hangup", "${HANGUPCAUSE}"),
    ]
    assert [row.priority for row in returned] == [1, 2, 3, 4, 5]
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
        with pytest.raises(InvalidValueError, match="may or may not begin"):
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

    assert [step[3] for step in steps(session)] == ["GotoIf", "Set", "Dial", "Hangup"]


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


def test_a_context_that_strangers_enter_is_refused(trunk: Session) -> None:
    """A call from the trunk's side could go out again at the owner's cost."""
    with pytest.raises(ConflictError, match="'twilio', whose calls enter") as caught:
        create_outbound_route(trunk, context="from-twilio", pattern="_+X.", trunk="twilio")

    assert caught.value.way_out
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

    assert len(steps(trunk)) == 5


def test_wrong_parameters_are_reported_together(trunk: Session) -> None:
    """And nothing is written."""
    with pytest.raises(InvalidValuesError) as caught:
        create_outbound_route(trunk, context="a b", pattern="x", trunk="twilio")

    assert [error.field for error in caught.value.exceptions] == ["context", "pattern"]
    assert steps(trunk) == []


def test_a_caller_id_that_is_code_is_refused(trunk: Session) -> None:
    """Given, or found in the trunk's row."""
    with pytest.raises(InvalidValueError, match="would run"):
        create_outbound_route(
            trunk, context="i", pattern="_+X.", trunk="twilio", caller_id='"${X}" <+12025550123>'
        )
    trunk.get_one(Endpoint, "twilio").callerid = '"${SHELL(id)}" <+12025550123>'
    with pytest.raises(InvalidValueError, match="would run"):
        create_outbound_route(trunk, context="i", pattern="_+X.", trunk="twilio")

    assert steps(trunk) == []


# -- Inbound ---------------------------------------------------------------------------------------


def test_an_inbound_route(trunk: Session) -> None:
    """One step, for the number as the provider sends it."""
    returned = create_inbound_route(trunk, "+1 123-456-7890", destination="attendant,start,1")

    assert steps(trunk) == [("from-twilio", "+11234567890", 1, "Goto", "attendant,start,1")]
    assert [row.exten for row in returned] == ["+11234567890"]


def test_a_number_has_one_route_in_a_context(trunk: Session) -> None:
    """And another one in another context."""
    create_inbound_route(trunk, "+12025550123", destination="attendant,start,1")
    create_inbound_route(trunk, "+12025550123", context="from-b", destination="b,start,1")
    with pytest.raises(ConflictError, match=r"'\+12025550123'"):
        create_inbound_route(trunk, "+12025550123", destination="other,start,1")

    assert len(steps(trunk)) == 2


def test_a_national_number_is_refused(trunk: Session) -> None:
    """The provider sends E.164, and only that would match."""
    with pytest.raises(InvalidValueError, match="no telephone number"):
        create_inbound_route(trunk, "2025550123", destination="attendant,start,1")


def test_routes_ask_little(engine: Engine, trunk: Session) -> None:
    """Two questions before an outbound route, one before an inbound one, and the rows at once."""
    with statements(engine) as outbound:
        create_outbound_route(trunk, context="i", pattern="_+X.", trunk="twilio")
    with statements(engine) as inbound:
        create_inbound_route(trunk, "+12025550123", destination="attendant,start,1")

    assert len([statement for statement in work(outbound) if statement.startswith("SELECT")]) == 2
    assert len(work(inbound)) == 2
