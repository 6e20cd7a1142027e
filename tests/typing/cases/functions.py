"""How the shortcuts and specs are called, and how not."""

from typing import Any, assert_type

from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

import asterisk_realtime
from asterisk_realtime import (
    Phone,
    Spec,
    allow_twilio_ips,
    create,
    create_inbound_route,
    create_outbound_route,
    create_twilio_trunk,
    plan,
)
from asterisk_realtime.models import Auth, Endpoint, Extension, Identify, PhoneRows, TrunkRows

URI = "grable.pstn.twilio.com"


def right(session: Session) -> None:
    """The forms that the README shows."""
    trunk = create_twilio_trunk(session, termination_uri=URI, username="u", password="made up")
    assert_type(trunk, TrunkRows)
    assert_type(trunk.endpoint, Endpoint)
    assert_type(trunk.auth, Auth | None)
    assert_type(allow_twilio_ips(session, edges=["dublin"]), tuple[Identify, ...])
    route = create_outbound_route(
        session, context="internal", pattern="_NXXNXXXXXX", trunk="twilio", region="US"
    )
    assert_type(route, tuple[Extension, ...])
    create_inbound_route(session, "+12025550123", destination="attendant,start,1")
    assert_type(asterisk_realtime.__version__, str)


def right_data(session: Session) -> None:
    """A class makes a spec of its own; what a dictionary holds is checked when it is read."""
    phone = Phone.from_dict({"id": "100", "context": "phones"})
    assert_type(phone, Phone)
    assert_type(Spec.from_dict(phone.to_dict(reveal=True)), Spec)
    assert_type(Phone.json_schema(), dict[str, Any])
    assert_type(plan(session, phone).to_dict(), dict[str, Any])
    Phone.from_dict('{"id": "100"}')  # error


def right_phones(session: Session) -> None:
    """A phone's rows are all there."""
    phone = create(session, Phone(id="100", context="phones"))
    assert_type(phone, PhoneRows)
    assert_type(phone.auth, Auth)
    Phone(id="100")  # error
    Phone(id="100", context="phones", passwort="x")  # error


async def right_in_async(session: AsyncSession) -> None:
    """An AsyncSession runs the same functions."""
    trunk = await session.run_sync(create_twilio_trunk, termination_uri=URI)
    assert_type(trunk, TrunkRows)
    await session.run_sync(create_twilio_trunk)  # error


def wrong(session: Session, in_async: AsyncSession) -> None:
    """What is missing, misspelt, unnamed or of another type is refused."""
    create_twilio_trunk(session)  # error
    create_twilio_trunk(session, "twilio", URI)  # error
    create_twilio_trunk(session, termination_url=URI)  # error
    create_twilio_trunk(session, termination_uri=URI, secure="yes")  # error
    create_twilio_trunk(session, termination_uri=URI, qualify_frequency="60")  # error
    create_twilio_trunk(session, termination_uri=URI, codecs=(1, 2))  # error
    create_twilio_trunk(in_async, termination_uri=URI)  # error
    allow_twilio_ips(session, "twilio", ["dublin"])  # error
    allow_twilio_ips(session, edge="dublin")  # error
    create_outbound_route(session, context="internal", pattern="_X.")  # error
    create_inbound_route(session, "+12025550123")  # error
    create_inbound_route(session, 12025550123, destination="attendant,start,1")  # error
    asterisk_realtime.create_trunck  # error
