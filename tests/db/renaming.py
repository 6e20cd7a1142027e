"""What tests of renaming have renamed, and what they look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import inspect, text

from asterisk_realtime import (
    AccessList,
    AccessRule,
    CallQueue,
    CommandMusicClass,
    ConflictError,
    Credentials,
    FollowMeProfile,
    FollowMeStep,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    MusicClass,
    OutboundRoute,
    PenaltyRule,
    PenaltyStep,
    Phone,
    RegistrationTrunk,
    TelnyxTrunk,
    ToMailbox,
    ToPhone,
    TwilioTrunk,
    WebRtcPhone,
    apply,
    plan,
)
from asterisk_realtime.provision.engine.records import TABLES
from tests.db.tools import PASSWORD, URI, rows
from tests.examples import phone, trunk, web_phone

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from asterisk_realtime import Spec

PAIR: Final = Credentials("grable", PASSWORD)
NEEDS: Final[tuple[Spec, ...]] = (
    phone(id="900"),
    trunk("nine"),
    Mailbox(number="900", pin="471199"),
)
"""What things of some kinds name."""
GO: Final[dict[str, Any]] = {"context": "office", "destination": ToPhone("900")}
"""An extension in its context."""
ENTER: Final[dict[str, Any]] = {"context": "from-nine", "destination": ToMailbox("900")}
"""An inbound route in its context."""
KINDS: Final[dict[str, tuple[Any, dict[str, str]]]] = {
    "phone": (phone(password=PASSWORD, mailbox="900", max_contacts=2), {"id": "b.o-b"}),
    "phone with a user name": (phone(password=PASSWORD, username="ann"), {"id": "201"}),
    "phone with a digest": (
        phone(password=PASSWORD, storage="digest", realm="asterisk"),
        {"id": "201"},
    ),
    "phone with MD5": (phone(password=PASSWORD, storage="md5", realm="x"), {"id": "201"}),
    "browser": (web_phone(password=PASSWORD), {"id": "201"}),
    "trunk": (trunk(credentials=PAIR, inbound_credentials=PAIR), {"name": "carrier"}),
    "trunk by its address": (trunk(), {"name": "carrier"}),
    "registration trunk": (
        RegistrationTrunk(
            name="peer",
            server_uri="sip:peer.example",
            client_uri="sip:grable@peer.example",
            credentials=PAIR,
            transport="udp",
            secure=False,
            context="from-peer",
            codecs=["ulaw"],
        ),
        {"name": "carrier"},
    ),
    "Twilio's trunk": (
        TwilioTrunk(termination_uri=URI, username="grable", password=PASSWORD),
        {"name": "carrier"},
    ),
    "Telnyx's registration": (
        TelnyxTrunk(username="grable", password=PASSWORD, register=True),
        {"name": "carrier"},
    ),
    "mailbox": (Mailbox(number="100", pin="4711", emails=["a@x.example"]), {"number": "200"}),
    "mailbox in another context": (
        Mailbox(number="100", context="acme", pin="4711"),
        {"number": "100", "context": "beta"},
    ),
    "queue": (
        CallQueue(
            name="sales",
            members=[Member(phone="900", penalty=3), Member(interface="PJSIP/elsewhere")],
            music_class="jazz",
        ),
        {"name": "support"},
    ),
    "music": (MusicClass(name="jazz", directory="/music"), {"name": "blues"}),
    "playlist": (MusicClass(name="jazz", playlist=["/b.wav", "/a.wav"]), {"name": "blues"}),
    "command": (CommandMusicClass(name="jazz", command="/bin/play"), {"name": "blues"}),
    "follow-me": (
        FollowMeProfile(
            name="ann",
            steps=[FollowMeStep(numbers=["1", "2"]), FollowMeStep(numbers=["3"])],
            context="office",
        ),
        {"name": "ben"},
    ),
    "access list": (
        AccessList(name="house", rules=[AccessRule.permit("10.0.0.0/8")]),
        {"name": "yard"},
    ),
    "penalty rule": (
        PenaltyRule(name="grow", steps=[PenaltyStep(after=s, max_penalty="+1") for s in (5, 30)]),
        {"name": "shrink"},
    ),
    "outbound route": (
        OutboundRoute(context="phones", pattern="_1NXXNXXXXXX", trunk=["nine"], region="US"),
        {"pattern": "_1NXXNXXXXXX", "context": "office"},
    ),
    "inbound route": (
        InboundRoute(number="+12025550123", **ENTER),
        {"number": "+12025550199", "context": "from-nine"},
    ),
    "inbound route with its plus": (
        InboundRoute(number="+12025550123", without_plus=False, **ENTER),
        {"number": "+12025550123", "context": "from-ten"},
    ),
    "extension": (InternalExtension(exten="5", **GO), {"exten": "6", "context": "annex"}),
}
"""A thing of each kind, and the parts of its key that another one has."""


def key_of(spec: Any, parts: dict[str, str] | None = None) -> Any:
    """Return the key of a spec, or of another of its class."""
    kind = type(spec)
    names = {
        "Mailbox": ("number", "context"),
        "OutboundRoute": ("pattern", "context"),
        "InboundRoute": ("number", "context"),
        "InternalExtension": ("exten", "context"),
    }.get(kind.__name__, ("id",) if hasattr(spec, "id") else ("name",))
    usual = {name: str(getattr(spec, name)) for name in names}
    return kind.key(**{**usual, **(parts or {})})


def user_of(spec: Any) -> dict[str, str]:
    """Return the user name by which a phone authenticates, as a field of its spec."""
    return {"username": spec.username or spec.id} if isinstance(spec, Phone | WebRtcPhone) else {}


def cells(session: Session) -> dict[str, list[Any]]:
    """Return all rows of all tables that are provisioned, without numbers of the database."""
    found = {}
    for model, table in TABLES.items():
        numbers = {item.name for item in inspect(model).primary_key} - {*table.key}
        name = model.__tablename__
        whole = session.execute(text(f"SELECT * FROM {name}")).mappings()
        kept = [{key: row[key] for key in row if key not in numbers} for row in whole]
        found[name] = sorted(kept, key=lambda row: sorted(map(str, row.items())))
    return found


def values(session: Session, table: str, name: str) -> list[Any]:
    """Return the cells of one column."""
    return [row[name] for row in rows(session, table)]


def refused(
    session: Session, item: Any, message: str, error: type[Exception] = ConflictError
) -> None:
    """Check that `plan` and `apply` refuse it, and that nothing has changed."""
    before = cells(session)
    for call in (plan, apply):
        with pytest.raises(error, match=message):
            call(session, item)
    assert cells(session) == before
