"""One house with a thing of every kind: planned, applied, found, changed, and gone again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from asterisk_realtime import (
    Absent,
    AccessList,
    AccessRule,
    Allowance,
    CallQueue,
    CommandMusicClass,
    FollowMeProfile,
    FollowMeStep,
    InboundRoute,
    InternalExtension,
    InvalidValueError,
    Mailbox,
    Member,
    MusicClass,
    NotFoundError,
    OutboundRoute,
    PenaltyRule,
    PenaltyStep,
    Phone,
    RegistrationTrunk,
    Spec,
    ToFollowMe,
    ToMailbox,
    ToPhone,
    ToQueue,
    Trunk,
    WebRtcPhone,
    apply,
    check_identification,
    find_phone,
    lock,
    plan,
)
from asterisk_realtime.provision.engine import verbs
from asterisk_realtime.provision.registry import KINDS
from tests.db.conftest import WRITTEN
from tests.db.tools import PASSWORD, rows, statements, writes

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

USUAL: dict[str, Any] = {"transport": "udp", "secure": False, "codecs": ["ulaw"]}
QUEUE = ToQueue("help", timeout=60, otherwise=ToMailbox("100"))
HOUSE: tuple[Spec, ...] = (
    InternalExtension(exten="100", context="phones", destination=ToPhone("100", also=("200",))),
    InboundRoute(number="+12025550123", context="from-peer", destination=QUEUE),
    InboundRoute(number="+12025550124", context="from-peer", destination=ToFollowMe("ann")),
    OutboundRoute(context="phones", pattern="_+X.", trunk=["peer", "home"]),
    FollowMeProfile(
        name="ann", steps=[FollowMeStep(numbers="100")], context="phones", music_class="jazz"
    ),
    CallQueue(
        name="help", members=[Member(phone="100")], music_class="jazz", default_rule="patience"
    ),
    PenaltyRule(name="patience", steps=[PenaltyStep(after=30, max_penalty="+1")]),
    WebRtcPhone(id="200", context="phones", password=PASSWORD),
    Phone(id="100", context="phones", password=PASSWORD, mailbox="100"),
    Allowance(endpoint="peer", networks=["203.0.113.0/28"]),
    RegistrationTrunk(
        name="home",
        server_uri="sip:sip.example.com",
        client_uri="sip:account@sip.example.com",
        credentials=("account", PASSWORD),
        context="from-home",
        **USUAL,
    ),
    Trunk(name="peer", contact="sip:peer.example.com", context="from-peer", **USUAL),
    Mailbox(number="100", pin="4711"),
    CommandMusicClass(name="radio", command="/usr/bin/mpg123"),
    MusicClass(name="jazz", playlist=["/music/one", "/music/two"]),
    AccessList(name="office", rules=[AccessRule.permit("10.0.0.0/8")]),
)
"""Each before what it names."""

CHANGES: dict[type[Spec], dict[str, Any]] = {
    InternalExtension: {"destination": ToPhone("100")},
    InboundRoute: {"destination": ToPhone("200", timeout=9)},
    OutboundRoute: {"trunk": "peer"},
    FollowMeProfile: {"steps": [FollowMeStep(numbers="200"), FollowMeStep(numbers="100")]},
    CallQueue: {"members": [Member(phone="200")], "music_class": None},
    PenaltyRule: {"steps": [PenaltyStep(after=40, min_penalty=2)]},
    WebRtcPhone: {"codecs": ["opus"]},
    Phone: {"mailbox": None},
    Allowance: {"networks": ["198.51.100.7"], "prune": True},
    RegistrationTrunk: {"expiration": 90},
    Trunk: {"credentials": ("u", PASSWORD)},
    Mailbox: {"full_name": "Ann"},
    CommandMusicClass: {"format": "ulaw"},
    MusicClass: {"playlist": ["/music/two"]},
    AccessList: {"rules": [AccessRule.permit("10.0.0.0/8"), AccessRule.deny("10.1.0.0/16")]},
}


def gone(spec: Spec) -> Absent:
    """Return that a thing is to be gone."""
    return Absent(type(spec), *KINDS[type(spec)].key(spec))


def everything(session: Session) -> dict[str, Any]:
    """Return all rows of all tables that are provisioned."""
    tables = [model.__tablename__ for model in WRITTEN]
    keys = {"cdr": "uniqueid", "cel": "id", "queue_log": "id"}
    return {name: found for name in tables if name not in keys and (found := rows(session, name))}


def test_every_kind_is_there() -> None:
    """A new kind is put into this house too."""
    assert set(map(type, HOUSE)) == set(KINDS) == set(CHANGES)


def test_a_house(engine: Engine, session: Session) -> None:
    """What is planned is what is done; what is so already is left alone; nothing stays behind."""
    planned = plan(session, *HOUSE)
    assert everything(session) == {}
    assert apply(session, *HOUSE) == planned
    session.commit()
    with statements(engine) as sent:
        assert not apply(session, *HOUSE)
    assert writes(sent) == []

    leave = [gone(spec) for spec in HOUSE]
    planned = plan(session, *leave)
    assert apply(session, *leave) == planned
    assert everything(session) == {}


@pytest.mark.parametrize("spec", HOUSE, ids=lambda spec: type(spec).__name__)
def test_a_thing_of_the_house(engine: Engine, session: Session, spec: Any) -> None:
    """Found, it is what was wanted; changed, it is what is planned; undone, it is as before."""
    apply(session, *HOUSE)
    session.commit()
    kind = KINDS[type(spec)]
    found: Any = verbs.find(session, kind, *kind.key(spec))
    assert not plan(session, found)
    changed = attrs.evolve(found, **CHANGES[type(spec)])
    before = everything(session)
    planned = plan(session, changed)

    assert planned
    assert everything(session) == before
    assert apply(session, changed) == planned
    with statements(engine) as sent:
        assert not apply(session, changed)
    assert writes(sent) == []
    apply(session, attrs.evolve(found, prune=True) if isinstance(found, Allowance) else found)
    assert not plan(session, *HOUSE)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.word)
def test_a_name_that_is_no_text(session: Session, kind: Any) -> None:
    """It is refused as a field of a spec is, with the field's name."""
    calls: tuple[Any, ...] = (verbs.find, verbs.delete)
    for call in calls:
        with pytest.raises(InvalidValueError, match="it is not text"):
            call(session, kind, *(5 for _field in kind.fields))
    with pytest.raises(InvalidValueError, match=f"it is not a spec of kind {kind.word}"):
        verbs.create(session, kind, object())


def test_what_is_no_session() -> None:
    """An asynchronous session and an engine are told what to call instead."""
    engine = create_engine("sqlite://")
    asynchronous = AsyncSession(create_async_engine("sqlite+aiosqlite://"))
    phone = Phone(id="100", context="phones")
    for call in (plan, apply):
        with pytest.raises(TypeError, match="run_sync"):
            call(asynchronous, phone)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="with Session"):
            call(engine, phone)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", list(KINDS.values()))
@pytest.mark.parametrize("part", ["", "\ud800", "\0", "a\nb"])
def test_a_key_that_no_row_can_have(session: Session, kind: Any, part: str) -> None:
    """It is not found, and there is nothing to delete."""
    key = [part] * len(kind.fields)
    assert verbs.find(session, kind, *key) is None
    with pytest.raises(NotFoundError):
        verbs.delete(session, kind, *key)
    spec = next(spec for spec, of in KINDS.items() if of is kind)
    assert not apply(session, Absent(spec, *key))


@pytest.mark.parametrize("other", [None, 1, "sqlite://", object()])
def test_another_object_is_no_session(other: Any) -> None:
    """Each function raises a TypeError."""
    for call in (
        lambda: plan(other, HOUSE[-1]),
        lambda: apply(other, HOUSE[-1]),
        lambda: find_phone(other, "100"),
        lambda: lock(other),
        lambda: check_identification(other),
    ):
        with pytest.raises(TypeError, match="is not a session"):
            call()
