"""Rows of people and other tools: found or reported, each once, and they spoil no other's."""

from __future__ import annotations

from contextlib import suppress
from itertools import product
from typing import TYPE_CHECKING, Any, cast

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from asterisk_realtime import (
    AccessList,
    AccessRule,
    AclSense,
    Allowance,
    CallQueue,
    ConflictError,
    InboundRoute,
    InternalExtension,
    Mailbox,
    MusicClass,
    Page,
    Phone,
    QueueMembership,
    RegistrationTrunk,
    Spec,
    ToPhone,
    Trunk,
    apply,
    find,
    get,
)
from tests.db.broken import BROKEN, Rows, auth, endpoint, register
from tests.db.pages import ACME, ids, listed, pages, set_cell, unreadable
from tests.db.tools import insert, on, on_servers, put
from tests.examples import phone, trunk, web_phone
from tests.keyed import keyed

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("limit", [1, 100])
def test_what_cannot_be_read_is_reported(
    session: Session, broken: tuple[Rows, type[Spec], dict[str, str], str], limit: int
) -> None:
    """Once, with its kind, its key and the reason; what stands around it is found."""
    rows, kind, key, reason = broken
    around = (phone(id="0"), phone(id="z"), trunk("0t"), trunk("zt"), Mailbox(number="0"))
    apply(session, *around)
    put(session, rows)
    found = unreadable(session, Spec, limit)

    assert [(item.kind, item.key) for item in found] == [(kind, key)]
    assert reason in found[0].reason
    assert found[0].reason
    assert unreadable(session, kind, limit) == found
    assert {*ids(listed(session, Phone, limit))} == {"0", "z"}
    assert [item.name for item in listed(session, Trunk, limit)] == ["0t", "zt"]
    with pytest.raises(ConflictError):
        get(session, cast("Any", kind), **key)


def test_a_registration_whose_endpoint_is_missing(session: Session) -> None:
    """It is reported too."""
    put(session, (register(),))
    (found,) = unreadable(session, Spec)

    assert (found.kind, found.key) == (RegistrationTrunk, {"name": "x"})
    assert found.reason == "ps_endpoints=None: ps_endpoints has no row for it; add the row"
    with pytest.raises(ConflictError, match="ps_endpoints has no row for it"):
        get(session, RegistrationTrunk, "x")


OTHERS: dict[str, Rows] = {
    "a registration without an endpoint": (register(endpoint=None, outbound_auth="a"), auth("a")),
    "a registration of another endpoint": (register(endpoint="y"),),
    "an AOR alone": (("ps_aors", {"id": "x", "contact": "sip:a"}),),
    "an auth alone": (auth(),),
    "members of a queue of a file": (
        ("queue_members", {"queue_name": "q", "interface": "PJSIP/1", "uniqueid": 1}),
    ),
    "addresses of nobody": (("ps_endpoint_id_ips", {"id": "i", "match": "192.0.2.1"}),),
    "addresses of an empty name": (
        ("ps_endpoint_id_ips", {"id": "i", "endpoint": "", "match": "192.0.2.1"}),
    ),
    "an empty name": (("queues", {"name": ""}), endpoint(""), ("musiconhold", {"name": ""})),
    "an empty number": (
        ("voicemail", {"mailbox": "", "context": "c", "password": "1", "uniqueid": 1}),
    ),
    "an empty context": (
        ("extensions", {"context": "", "exten": "1", "priority": 1, "app": "A", "appdata": ""}),
    ),
}


@pytest.mark.parametrize("rows", OTHERS.values(), ids=OTHERS)
def test_rows_that_are_no_thing(session: Session, rows: Rows) -> None:
    """They belong to no kind."""
    put(session, rows)

    assert find(session, Spec) == Page(())
    assert find(session, QueueMembership).items == ()


def test_a_name_that_is_null(session: Session) -> None:
    """Addresses of no endpoint are of no kind; other tables take no such name."""
    insert(session, "ps_endpoint_id_ips", id="1", endpoint=None, match="192.0.2.1")
    apply(session, trunk(), Allowance(endpoint="peer", networks=["192.0.2.4/30"]))

    assert [item.endpoint for item in listed(session, Allowance, 1)] == ["peer"]
    assert unreadable(session, Spec) == []


@on("sqlite")
@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        ("ps_endpoints", "dtmf_mode", Phone),
        ("ps_auths", "auth_type", Phone),
        ("queues", "strategy", CallQueue),
        ("musiconhold", "mode", MusicClass),
        ("acls", "sense", AccessList),
    ],
)
def test_words_that_no_enum_has(
    session: Session, table: str, column: str, kind: type[Spec]
) -> None:
    """The row of one thing spoils no other's, wherever it stands."""
    names = [f"{number:02}" for number in range(20)]
    make: dict[type[Spec], Callable[[str], Spec]] = {
        Phone: lambda name: phone(id=name),
        CallQueue: lambda name: CallQueue(name=name, members=[]),
        MusicClass: lambda name: MusicClass(name=name, directory="/m"),
        Mailbox: lambda name: Mailbox(number=name),
        AccessList: lambda name: AccessList(
            name=name, rules=[AccessRule(sense=AclSense.PERMIT, networks=["10.0.0.0/8"])]
        ),
    }
    field = {Phone: "id", Mailbox: "number"}.get(kind, "name")
    key = {"voicemail": "mailbox", "ps_endpoints": "id", "ps_auths": "id"}.get(table, "name")
    apply(session, *(make[kind](name) for name in names))
    bad = ["03", "04", "17"]
    for name in bad:
        statement = f"UPDATE {table} SET {column} = 'perhaps' WHERE {key} = :name"
        session.execute(text(statement), {"name": name})
    for limit in (1, 7, 100):
        found = unreadable(session, kind, limit)
        assert [item.key[field] for item in found] == bad
        assert all("perhaps" in item.reason for item in found)
        items = listed(session, kind, limit)
        assert [getattr(item, field) for item in items] == [n for n in names if n not in bad]


LOADING: dict[str, tuple[dict[str, Any], type[Spec]]] = {
    "a phone": ({"auth": "5", "aors": "5", "context": "c"}, Phone),
    "a WebRTC phone": ({"auth": "5", "aors": "5", "context": "c", "webrtc": "yes"}, Phone),
    "a trunk": ({"aors": "5", "context": "c", "transport": "udp", "allow": "ulaw"}, Trunk),
    "an endpoint alone": ({}, Trunk),
}


@pytest.mark.parametrize(("cells", "kind"), LOADING.values(), ids=LOADING)
def test_an_endpoint_that_no_model_loads(
    session: Session, cells: dict[str, Any], kind: type[Spec]
) -> None:
    """A search of all kinds lists it once, and each of its neighbours, on pages of any size."""
    around = (phone(id="0"), phone(id="9"), trunk("1"), trunk("8"), web_phone(id="2"))
    apply(session, *around, CallQueue(name="q"))
    insert(session, "ps_endpoints", id="5", identify_by="perhaps", **cells)
    put(session, (auth("5"), ("ps_aors", {"id": "5", "max_contacts": 1})))
    for limit, descending in product((1, 2, 100), (False, True)):
        found = unreadable(session, Spec, limit, descending=descending)
        things = listed(session, Spec, limit, descending=descending)

        assert [(item.kind, [*item.key.values()]) for item in found] == [(kind, ["5"])]
        assert "perhaps" in found[0].reason
        names = sorted(name for item in things for name in keyed(item)[1].values())
        assert names == ["0", "1", "2", "8", "9", "q"]


def test_ids_that_differ_in_case(session: Session) -> None:
    """Each is found as it is written."""
    apply(session, phone(id="Ann"), phone(id="bob"), CallQueue(name="Sales", members=[]))

    assert sorted(ids(listed(session, Phone, 1))) == ["Ann", "bob"]
    assert ids(listed(session, Phone, id="Ann")) == ["Ann"]
    assert ids(listed(session, Phone, id="ANN")) == []
    assert [item.name for item in listed(session, CallQueue)] == ["Sales"]


@on("sqlite", "postgresql")
def test_ids_that_differ_in_case_alone(session: Session) -> None:
    """Where both can be there, both are found, also if one cannot be read."""
    for name, context in {"ann": "c", "ANN": "c", "Ann": "a b"}.items():
        put(
            session,
            (endpoint(name, auth=name, aors=name, context=context, allow="ulaw"), auth(name)),
        )
        insert(session, "ps_aors", id=name, max_contacts=1)

    assert sorted(ids(listed(session, Phone, 1))) == ["ANN", "ann"]
    assert [item.key for item in unreadable(session, Phone, 1)] == [{"id": "Ann"}]


@on_servers
@pytest.mark.parametrize("limit", [1, 2, 100])
def test_cells_that_are_encoded(session: Session, limit: int) -> None:
    """Pages neither skip nor repeat anything near them."""
    names = ("a", "a;b", "a^3Ab", "a^3Bb", "a^5Eb", "aXb", "b", "c^2ad", "c*d")
    for number, name in enumerate(names):
        insert(session, "ps_endpoint_id_ips", id=str(number), endpoint=name, match="192.0.2.1")
        insert(session, "queues", name=name)
    queues = keys_of(session, CallQueue, limit)
    peers = keys_of(session, Allowance, limit)

    assert len(queues) == len({*queues})
    assert {("a",), ("aXb",), ("b",)} <= {*queues}
    assert {("a",), ("aXb",), ("b",)} <= {*peers}
    assert sorted(keys_of(session, CallQueue, limit, descending=True)) == sorted(queues)


def keys_of(session: Session, kind: Any, limit: int, **options: Any) -> list[tuple[str, ...]]:
    """Return the keys of all things, also of those that cannot be read."""
    found: list[tuple[str, ...]] = []
    for page in pages(session, kind, limit, **options):
        found += [tuple(keyed(item)[1].values()) for item in page]
        found += [tuple(item.key.values()) for item in page.unreadable]
    return found


@on_servers
@pytest.mark.parametrize("cell", ["ac^6De", "acme ", "x;acme"])
def test_a_context_that_is_encoded(session: Session, cell: str) -> None:
    """A filter finds what Asterisk reads."""
    apply(session, phone(id="1", context="acme"), phone(id="2"))
    set_cell(session, "2", "context", cell)

    assert ids(listed(session, Phone, 1, context="acme")) == ["1", "2"]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_an_item_is_never_unreadable_too(session: Session, limit: int) -> None:
    """Whatever rows stand beside it."""
    apply(
        session,
        *ACME,
        InboundRoute(context="from-peer", number="+12025550123", destination=ToPhone("100")),
    )
    for rows, _kind, _key, _reason in BROKEN.values():
        for row in rows:
            with suppress(IntegrityError), session.begin_nested():
                put(session, (row,))
    found: list[Any] = []
    for page in pages(session, Spec, limit):
        found += [(type(item), *key_of_item(item)) for item in page]
        found += [(item.kind, *item.key.items()) for item in page.unreadable]

    assert len(found) == len({*found})
    assert (InboundRoute, ("context", "from-peer"), ("number", "+12025550123")) in found
    assert not any(
        item[0] is InternalExtension and ("exten", "12025550123") in item for item in found
    )


def key_of_item(item: Spec) -> tuple[tuple[str, str], ...]:
    """Return the key of a thing, by the names of the fields."""
    return tuple(keyed(item)[1].items())
