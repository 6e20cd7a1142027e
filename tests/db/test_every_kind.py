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
    Mailbox,
    Member,
    MusicClass,
    NotFoundError,
    OutboundRoute,
    PenaltyRule,
    PenaltyStep,
    Phone,
    QueueMembership,
    RegistrationTrunk,
    Spec,
    ToFollowMe,
    ToMailbox,
    ToPhone,
    ToQueue,
    Trunk,
    ValidationError,
    WebRtcPhone,
    apply,
    check_identification,
    create,
    delete,
    ensure,
    get,
    lock,
    plan,
    rotate_password,
    set_password,
)
from asterisk_realtime import rows as rows_of
from asterisk_realtime.provision.registry import KINDS
from tests.db.conftest import WRITTEN
from tests.db.tools import PASSWORD, rows, statements, writes
from tests.keyed import gone, keyed

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
    QueueMembership(queue="sales", member=Member(phone="100")),
    CallQueue(name="sales"),
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
    QueueMembership: {"member": Member(phone="100", penalty=2)},
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
    kind, parts = keyed(spec)
    found: Any = get(session, kind, **parts)
    assert type(found) is kind
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


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_name_that_is_no_text(session: Session, kind: Any) -> None:
    """It is refused as a field of a spec is, with the field's name."""
    fields = KINDS[kind].fields
    key: dict[str, Any] = dict.fromkeys(fields, 5)
    for call in (
        lambda: get(session, kind, **key),
        lambda: rows_of(session, kind, **key),
        lambda: delete(session, kind, **key),
        lambda: rotate_password(session, kind, **key),
        lambda: set_password(session, PASSWORD, kind, **key),
        lambda: Absent(kind, **key),
    ):
        with pytest.raises(ValidationError, match="it is not text") as caught:
            call()
        assert caught.value.field in fields


@pytest.mark.parametrize("other", [None, "Phone", 5, Phone, [HOUSE[-1]]], ids=repr)
def test_what_is_no_spec(session: Session, other: Any) -> None:
    """Each verb that takes specs says so, whatever it is given."""
    for call in (create, ensure, plan, apply):
        with pytest.raises(ValidationError, match=r"it is (not a spec|neither a spec|a class)"):
            call(session, other)


@pytest.mark.parametrize("spec", HOUSE, ids=lambda spec: type(spec).__name__)
def test_rows_are_those_that_are_created(session: Session, spec: Spec) -> None:
    """`rows` returns what `create` did: the same objects of the session; before that, None."""
    kind, parts = keyed(spec)
    apply(session, *HOUSE[HOUSE.index(spec) + 1 :])
    assert rows_of(session, kind, **parts) is None
    created = create(session, spec)

    assert created
    assert rows_of(session, kind, **parts) == created


def test_what_is_no_session() -> None:
    """The error for an asynchronous session or an engine says what to call instead."""
    engine = create_engine("sqlite://")
    asynchronous = AsyncSession(create_async_engine("sqlite+aiosqlite://"))
    phone = Phone(id="100", context="phones")
    for call in (plan, apply, create, ensure):
        with pytest.raises(TypeError, match="run_sync"):
            call(asynchronous, phone)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="with Session"):
            call(engine, phone)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("part", ["", "\ud800", "\0", "a\nb"])
def test_a_key_that_no_row_can_have(session: Session, kind: Any, part: str) -> None:
    """It is not found, and there is nothing to delete."""
    key = dict.fromkeys(KINDS[kind].fields, part)
    assert get(session, kind, **key) is None
    assert rows_of(session, kind, **key) is None
    with pytest.raises(NotFoundError):
        delete(session, kind, **key)
    assert not apply(session, Absent(kind, **key))


@pytest.mark.parametrize("other", [None, 1, "sqlite://", object()])
def test_another_object_is_no_session(other: Any) -> None:
    """Each function raises a TypeError."""
    for call in (
        lambda: plan(other, HOUSE[-1]),
        lambda: apply(other, HOUSE[-1]),
        lambda: create(other, HOUSE[-1]),
        lambda: ensure(other, HOUSE[-1]),
        lambda: get(other, Phone, "100"),
        lambda: rows_of(other, Phone, "100"),
        lambda: delete(other, Phone, "100"),
        lambda: rotate_password(other, Phone, "100"),
        lambda: set_password(other, PASSWORD, Phone, "100"),
        lambda: lock(other),
        lambda: check_identification(other),
    ):
        with pytest.raises(TypeError, match="is not a session"):
            call()
