"""A database with some families of tables does for whatever needs no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest
from sqlalchemy.orm import Session

from asterisk_realtime import (
    AccessList,
    AccessRule,
    Allowance,
    CallQueue,
    CommandMusicClass,
    FollowMeProfile,
    InternalExtension,
    Mailbox,
    MusicClass,
    NotFoundError,
    Phone,
    Plan,
    RegistrationTrunk,
    Rename,
    SchemaMissingError,
    Spec,
    TelnyxTrunk,
    Trunk,
    WebRtcPhone,
    Within,
    apply,
    create,
    delete,
    find,
    get,
    migrations,
    plan,
    rename,
)
from tests.db.pages import listed, unreadable
from tests.db.services import BOX, COMMAND, OFFICE, PLAYLIST
from tests.db.tools import PASSWORD, insert
from tests.examples import phone, trunk, web_phone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

    Opened = Callable[..., Session]

REGISTERING: Final = TelnyxTrunk(username="grable", password=PASSWORD, register=True)


@pytest.fixture
def opened(empty_engine: Engine) -> Iterator[Opened]:
    """Return a session on a new database with the tables of these families."""
    with Session(empty_engine) as session:

        def make(*families: str) -> Session:
            migrations.upgrade(empty_engine, families=families)
            return session

        yield make


# -- Things of one family --------------------------------------------------------------------------

PJSIP: Final[tuple[tuple[Spec, Any, Any], ...]] = (
    (phone(), Phone.key("100"), Phone.key("300")),
    (web_phone(), WebRtcPhone.key("200"), WebRtcPhone.key("400")),
    (trunk(), Trunk.key("peer"), Trunk.key("carrier")),
    (REGISTERING, TelnyxTrunk.key("telnyx"), TelnyxTrunk.key("other")),
)


def test_pjsip(opened: Opened) -> None:
    """Trunks and phones are renamed and deleted without a dialplan, queues or mailboxes."""
    session = opened("pjsip")
    apply(session, *(spec for spec, _old, _new in PJSIP))
    for _spec, old, new in PJSIP:
        planned = plan(session, Rename(old, new))

        assert planned.warnings == ()
        assert rename(session, old, new) == planned
        assert get(session, old.kind, **old.parts) is None
        assert listed(session, old.kind) == [get(session, new.kind, **new.parts)]
    for _spec, _old, new in PJSIP:
        assert delete(session, new.kind, **new.parts)
        assert find(session, new.kind).items == ()


def test_a_trunk_with_its_addresses(opened: Opened) -> None:
    """They go along, if the ACL family is elsewhere too."""
    session = opened("pjsip")
    allowed = Allowance(endpoint="peer", networks=["192.0.2.0/30"])
    apply(session, trunk(), allowed)
    rename(session, Trunk.key("peer"), Trunk.key("carrier"))

    found = get(session, Allowance, "carrier")
    assert found is not None
    assert found.networks == allowed.networks
    assert get(session, Allowance, "peer") is None


@pytest.mark.parametrize("families", [("acl",), ("acl", "voicemail")], ids=",".join)
def test_access_lists(opened: Opened, families: tuple[str, ...]) -> None:
    """They are found, renamed and deleted without endpoints that name them."""
    session = opened(*families)
    create(session, OFFICE)
    assert find(session, AccessList).items == (get(session, AccessList, "office"),)
    renamed = attrs.evolve(OFFICE, name="house")
    planned = plan(session, Rename(AccessList.key("office"), AccessList.key("house")))
    assert rename(session, AccessList.key("office"), AccessList.key("house")) == planned

    assert find(session, AccessList).items == (renamed,)
    assert plan(session, renamed) == Plan()
    changed = attrs.evolve(renamed, rules=[AccessRule.permit("10.0.0.0/16")])
    assert apply(session, changed)
    assert delete(session, AccessList, "house")
    assert find(session, AccessList).items == ()
    with pytest.raises(NotFoundError):
        rename(session, AccessList.key("office"), AccessList.key("house"))


OTHERS: Final[tuple[tuple[str, Spec, Any, Any], ...]] = (
    ("voicemail", BOX, Mailbox.key("100"), Mailbox.key("200", context="acme")),
    ("musiconhold", PLAYLIST, MusicClass.key("list"), MusicClass.key("blues")),
    ("musiconhold", COMMAND, CommandMusicClass.key("radio"), CommandMusicClass.key("blues")),
    ("queues", CallQueue(name="q"), CallQueue.key("q"), CallQueue.key("help")),
    (
        *("dialplan", InternalExtension(exten="5", context="c", destination="a,b,1")),
        *(InternalExtension.key("5", context="c"), InternalExtension.key("6", context="c")),
    ),
)


@pytest.mark.parametrize(
    ("family", "spec", "old", "new"), OTHERS, ids=[type(item[1]).__name__ for item in OTHERS]
)
def test_other_families(opened: Opened, family: str, spec: Spec, old: Any, new: Any) -> None:
    """The same for each, with its own family alone."""
    session = opened(family)
    apply(session, spec)
    assert find(session, old.kind).items == (get(session, old.kind, **old.parts),)
    rename(session, old, new)

    assert find(session, old.kind).items == (get(session, new.kind, **new.parts),)
    assert delete(session, new.kind, **new.parts)
    assert find(session, old.kind).items == ()


# -- All kinds at once -----------------------------------------------------------------------------


def test_all_that_is_there(opened: Opened) -> None:
    """Kinds whose tables are absent have nothing."""
    session = opened("pjsip", "voicemail")
    things = (Mailbox(number="100", context="acme"), trunk(), phone(context="acme"), web_phone())
    apply(session, *things)
    insert(session, "ps_endpoints", id="x", context="acme", auth="x")

    for limit in (1, 2, 100):

        def kinds(limit: int = limit, **options: Any) -> list[type[Spec]]:
            return [type(item) for item in listed(session, Spec, limit, **options)]

        assert kinds() == [Mailbox, Trunk, Phone, WebRtcPhone]
        assert kinds(descending=True) == kinds()[::-1]
        assert kinds(context="acme") == [Mailbox, Phone]
        assert kinds(context="acme", descending=True) == [Phone, Mailbox]
        assert [item.key for item in unreadable(session, Spec, limit)] == [{"id": "x"}]


def test_a_scope_of_all_kinds(opened: Opened) -> None:
    """What is there of it is removed; a class that is named must be there."""
    session = opened("pjsip", "voicemail")
    apply(session, Mailbox(number="1", context="acme"), phone(context="acme"), phone(id="2"))
    planned = plan(session, phone(context="acme"), prune=Within(context="acme"))

    assert {row.table for row in planned.rows} == {"voicemail"}
    assert apply(session, phone(context="acme"), prune=Within(context="acme")) == planned
    assert apply(session, prune=Within(context="acme"))
    assert [item.id for item in find(session, Phone)] == ["2"]
    for call in (plan, apply):
        with pytest.raises(SchemaMissingError, match="extensions"):
            call(session, prune=Within(InternalExtension, context="acme"))
        with pytest.raises(SchemaMissingError, match="followme"):
            call(session, prune=[Within(Phone), Within(FollowMeProfile)])
    assert [item.id for item in find(session, Phone)] == ["2"]


def test_a_kind_whose_tables_are_absent(opened: Opened) -> None:
    """A search for it raises, and the session goes on."""
    session = opened("voicemail")
    apply(session, BOX)
    ways: tuple[dict[str, Any], ...] = ({}, {"context": "x"}, {"order_by": "context"})
    for kind in (Phone, WebRtcPhone, Trunk, RegistrationTrunk, TelnyxTrunk):
        for options in ways:
            with pytest.raises(SchemaMissingError, match="no table ps_"):
                find(session, kind, **options)

    assert len(find(session, Spec)) == 1


def test_no_tables_at_all(empty_engine: Engine) -> None:
    """A search for everything raises, too."""
    with Session(empty_engine) as session:
        ways: tuple[dict[str, Any], ...] = ({}, {"context": "acme"})
        for options in ways:
            for descending in (False, True):
                with pytest.raises(SchemaMissingError, match="alembic upgrade head"):
                    find(session, Spec, descending=descending, **options)
        for call in (plan, apply):
            with pytest.raises(SchemaMissingError):
                call(session, phone(), prune=Within(context="acme"))


@pytest.mark.parametrize("call", [plan, apply])
def test_a_scope_without_any_of_its_tables(empty_engine: Engine, call: Callable[..., Plan]) -> None:
    """As `find`, it raises: nothing could be removed."""
    with Session(empty_engine) as session, pytest.raises(SchemaMissingError):
        call(session, prune=Within(context="acme"))
