"""Each conflict is found before anything is written, and its error names both sides."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest
from sqlalchemy import func, select

from asterisk_realtime import (
    Allowance,
    CallQueue,
    ConflictError,
    Destination,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    OutboundRoute,
    Phone,
    RegistrationTrunk,
    Spec,
    ToPhone,
    Trunk,
    TwilioTrunk,
    apply,
    apply_batches,
    create,
    delete,
    ensure,
)
from asterisk_realtime.models import Auth, Endpoint, Queue
from tests import examples
from tests.db.tools import PASSWORD, URI, everything, insert, on, rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

PHONE = Phone(id="100", context="phones")
TWILIO = TwilioTrunk(termination_uri=URI, username="grable", password=PASSWORD)
PLAIN = examples.trunk()
REGISTERED = RegistrationTrunk(
    name="home",
    server_uri="sip:sip.example.com",
    client_uri="sip:account@sip.example.com",
    credentials=("account", PASSWORD),
    transport="udp",
    context="from-home",
    codecs=("ulaw",),
)
RINGS = InternalExtension(exten="100", context="phones", destination=ToPhone("100"))


def out(context: str, trunk: str = "peer") -> OutboundRoute:
    """Return a route out of *context*."""
    return OutboundRoute(context=context, pattern="_+X.", trunk=trunk)


def refused(session: Session, call: Callable[[], object]) -> tuple[str, str]:
    """Return both sides of the conflict that *call* is, which writes nothing."""
    before = everything(session)
    with pytest.raises(ConflictError) as caught:
        call()
    assert everything(session) == before
    return caught.value.wanted, caught.value.existing


# -- Addresses, ids, AORs --------------------------------------------------------------------------


def test_overlapping_addresses(session: Session) -> None:
    """The lowest id of an identify row would win silently."""
    apply(session, PLAIN, Allowance(endpoint="peer", networks=["203.0.113.0/24"]))
    apply(session, attrs.evolve(PLAIN, name="other"))

    assert refused(
        session, lambda: apply(session, Allowance(endpoint="other", networks=["203.0.113.7"]))
    ) == (
        "203.0.113.7/32 for endpoint 'other' by identify row 'other-1'",
        "identify row 'peer-1', which gives 203.0.113.0/24 to endpoint 'peer'",
    )


def test_ids_that_differ_in_case_alone(session: Session) -> None:
    """MariaDB and SIP peers take them for one."""
    create(session, attrs.evolve(PHONE, id="ann"))

    calls: tuple[Callable[[Session, Phone], object], ...] = (create, ensure, apply)
    for call in calls:
        wanted = attrs.evolve(PHONE, id="Ann")
        assert refused(session, partial(call, session, wanted)) == (
            "phone 'Ann'",
            "endpoint 'ann'",
        )


@pytest.mark.parametrize("neighbour", ["a_b", "a%", "A_B"])
def test_an_aor_that_is_a_pattern(session: Session, neighbour: str) -> None:
    """Calls to the neighbour would ring the contacts of this one."""
    insert(session, "ps_aors", id=neighbour)

    assert refused(session, lambda: create(session, attrs.evolve(PHONE, id="axb"))) == (
        "AOR 'axb'",
        f"AOR {neighbour!r}, which would also ring the contacts of 'axb'",
    )
    assert create(session, attrs.evolve(PHONE, id="bob"))


@pytest.mark.parametrize(("there", "wanted"), [("axb", "a_b"), ("AxB", "a_b"), ("axb", "A_B")])
def test_a_pattern_of_an_aor(session: Session, there: str, wanted: str) -> None:
    """The same if the neighbour came first, in any case."""
    insert(session, "ps_aors", id=there)

    assert refused(session, lambda: create(session, attrs.evolve(PHONE, id=wanted)))[0] == (
        f"AOR {wanted!r}"
    )


TWINS: Final = [("café", "CAFE"), ("İx", "ix"), ("straße", "strase"), ("ÄNNE", "anne")]


@on("mariadb")
@pytest.mark.parametrize(("there", "wanted"), TWINS)
def test_names_that_differ_in_accents(session: Session, there: str, wanted: str) -> None:
    """MariaDB takes them for one name: that row is named, and a batch goes on after it."""
    insert(session, "queues", name=there)
    equal = session.scalar(select(func.count()).select_from(Queue).where(Queue.name == wanted))
    session.commit()
    specs = [CallQueue(name=name) for name in ("one", wanted, "two")]
    totals = apply_batches(session, specs, size=1, whole=False)

    assert [item.position for item in totals.errors] == ([1] if equal else [])
    calls: tuple[Callable[[Session, CallQueue], object], ...] = (create, ensure, apply)
    for call in calls if equal else ():
        twin = refused(session, partial(call, session, CallQueue(name=wanted)))
        assert twin == (f"queue {wanted!r}", f"queue {there!r}")


def test_an_aor_of_a_neighbour(session: Session) -> None:
    """Calls to this one would ring there too."""
    session.add(Endpoint(id="thief", aors=("thief", "100"), auth=("thief",)))
    session.flush()

    assert refused(session, lambda: create(session, PHONE)) == (
        "AOR '100' of endpoint '100'",
        "endpoint 'thief', which has it in its aors",
    )


@pytest.mark.parametrize("column", ["auth", "outbound_auth"])
@pytest.mark.parametrize("spec", [PHONE, attrs.evolve(PLAIN, name="100", credentials=("u", "p"))])
def test_an_auth_of_a_neighbour(session: Session, column: str, spec: Spec) -> None:
    """Its password is not changed, although it is called as ours would be."""
    session.add(Auth(id="100", username="boss", password=PASSWORD))
    session.flush()
    insert(session, "ps_endpoints", **{"id": "boss", column: "100"})

    assert refused(session, lambda: apply(session, spec)) == (
        "auth '100' of endpoint '100'",
        "endpoint 'boss', which has it already",
    )


# -- What is taken ---------------------------------------------------------------------------------


def test_a_mailbox_that_is_taken(session: Session) -> None:
    """Two rows of one number would be one mailbox with two PINs."""
    create(session, Mailbox(number="100"))

    assert refused(session, lambda: create(session, Mailbox(number="100"))) == (
        "mailbox '100@default'",
        "mailbox '100@default'",
    )


def test_an_extension_that_is_taken(session: Session) -> None:
    """By another dialplan, by a route of another kind, and by another spec of the call."""
    apply(session, PHONE, PLAIN)
    insert(session, "extensions", context="phones", exten="100", priority=1, app="Echo", appdata="")
    step = "step 1 of extension '100' in context 'phones'"
    wanted = "extension '100' in context 'phones'"

    assert refused(session, lambda: create(session, RINGS)) == (wanted, step)
    assert refused(session, lambda: apply(session, RINGS)) == (
        wanted,
        f"{step}, which is another dialplan's",
    )
    number = {"context": "phones", "destination": Destination("ivr", "start")}
    inbound = InboundRoute(number="+12025550123", **number)  # type: ignore[arg-type]  # fields of any type
    internal = InternalExtension(exten="+12025550123", **number)  # type: ignore[arg-type]  # fields of any type
    both = refused(session, lambda: apply(session, inbound, internal))
    assert both[0] == "extension '+12025550123' in context 'phones'"
    assert both[1].startswith("inbound route '+12025550123' in context 'phones', which wants step")


def test_a_queue_member_that_is_taken(session: Session) -> None:
    """By members of a queue that is not in the database."""
    apply(session, PHONE)
    insert(session, "queue_members", queue_name="help", interface="PJSIP/100", uniqueid=1)
    queue = CallQueue(name="help", members=[Member(phone="100")])

    calls: tuple[Callable[[Session, CallQueue], object], ...] = (create, apply)
    for call in calls:
        wanted, existing = refused(session, partial(call, session, queue))
        assert wanted == "queue 'help'"
        assert existing.startswith("member 'PJSIP/100' of queue 'help'")


def test_a_member_may_change_in_case(session: Session) -> None:
    """To MariaDB it is the same key: the old row goes before the new one comes."""
    queue = CallQueue(name="q", members=[Member(interface="Local/a@x")])
    apply(session, queue)
    apply(session, attrs.evolve(queue, members=[Member(interface="Local/A@x")]))

    assert [row["interface"] for row in rows(session, "queue_members")] == ["Local/A@x"]


# -- Contexts that unauthenticated callers enter ---------------------------------------------------


@pytest.mark.parametrize("context", ["from-peer", "From-Peer"])
def test_a_route_out_where_unauthenticated_callers_enter(session: Session, context: str) -> None:
    """Also in another case: MariaDB serves the rows of one context to the other."""
    apply(session, PLAIN)

    assert refused(session, lambda: apply(session, out(context))) == (
        f"outbound route '_+X.' in context {context!r}",
        "endpoint 'peer', whose calls enter that context without authentication",
    )


@pytest.mark.parametrize("context", ["phones", "Phones"])
def test_unauthenticated_callers_where_a_route_leads_out(session: Session, context: str) -> None:
    """The same in the other order."""
    apply(session, PLAIN, out("phones"))

    assert refused(
        session, lambda: apply(session, attrs.evolve(PLAIN, name="new", context=context))
    ) == (
        f"trunk 'new', whose calls enter context {context!r} unauthenticated",
        "step 1 of extension '_+X.' in context 'phones', which calls a trunk",
    )


def test_a_registrar_is_an_unauthenticated_caller(session: Session) -> None:
    """A token proves that the registrar knows it, not who calls."""
    apply(session, REGISTERED)

    assert refused(session, lambda: apply(session, out("from-home", "home"))) == (
        "outbound route '_+X.' in context 'from-home'",
        "endpoint 'home', whose calls enter that context without authentication",
    )


def test_a_peer_that_authenticates_is_none(session: Session) -> None:
    """Each of its requests is challenged, also from an address that is allowed."""
    apply(session, attrs.evolve(PLAIN, inbound_credentials=("peer", PASSWORD)), out("from-peer"))

    assert rows(session, "ps_endpoints")[0]["auth"] == "peer_inbound"


@pytest.mark.parametrize(
    "cells", [{"auth": ""}, {"context": ""}, {"context": "", "auth": ""}], ids=str
)
def test_empty_cells_are_defaults(session: Session, cells: dict[str, str]) -> None:
    """Asterisk passes over empty text: no auth asks nobody, no context is ``default``."""
    insert(session, "ps_endpoints", **{"id": "old", "context": "default", **cells})
    apply(session, PLAIN)

    assert refused(session, lambda: apply(session, out("default")))[1].startswith("endpoint 'old'")


# -- What is still named ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("app", "appdata"),
    [
        ("Goto", "phones,100,1"),
        ("Goto", "100,1"),
        ("GotoIf", '$["${X}" = "1"]?phones,100,1:busy,s,1'),
        ("gotoif", "${X}?2:100,1"),
        ("Gosub", "phones,100,1(a,b)"),
        ("GosubIf", "${X}?phones,100,1(a):2"),
        ("Dial", "PJSIP/7&Local/100@phones/n,30"),
    ],
)
def test_an_extension_that_a_step_leads_to_stays(session: Session, app: str, appdata: str) -> None:
    """Whatever the form in which it does."""
    apply(session, PHONE, RINGS)
    insert(session, "extensions", context="phones", exten="1", priority=1, app=app, appdata=appdata)

    assert refused(
        session, lambda: delete(session, InternalExtension, "100", context="phones")
    ) == (
        "deleting step 1 of extension '100' in context 'phones'",
        "step 1 of extension '1' in context 'phones'",
    )


@pytest.mark.parametrize(
    ("app", "appdata"), [("Goto", "other,100,1"), ("Goto", "100,11"), ("GotoIf", "${X}?2:3")]
)
def test_an_extension_that_steps_lead_past_may_go(session: Session, app: str, appdata: str) -> None:
    """Another context, another step, a step of the same extension."""
    apply(session, PHONE, RINGS)
    insert(session, "extensions", context="phones", exten="1", priority=1, app=app, appdata=appdata)

    assert delete(session, InternalExtension, "100", context="phones")


@pytest.mark.parametrize("name", ["100", "my_phone"])
def test_applications_are_found_in_any_case(session: Session, name: str) -> None:
    """As Asterisk finds them; and ids that a person made are read as a whole."""
    session.add(Endpoint(id=name))
    insert(
        session,
        "extensions",
        context="x",
        exten="1",
        priority=1,
        app="dial",
        appdata=f"PJSIP/5@{name}",
    )
    session.flush()

    assert (
        refused(session, lambda: delete(session, Trunk, name))[0] == f"deleting endpoint {name!r}"
    )


def test_a_phone_that_tells_whether_a_member_is_free_stays(session: Session) -> None:
    """Asterisk would take the member for unavailable."""
    member: dict[str, Any] = {"interface": "Local/1@x", "state_interface": "PJSIP/100"}
    apply(session, PHONE, CallQueue(name="help", members=[Member(**member)]))

    assert refused(session, lambda: delete(session, Phone, "100")) == (
        "deleting endpoint '100'",
        "member 'Local/1@x' of queue 'help'",
    )


@pytest.mark.parametrize(
    ("app", "appdata"),
    [
        ("Answer", ""),
        ("Set", "LIMIT=60"),
        ("Dial", "PJSIP/${EXTEN}@peer,30,g"),
        ("GotoIf", "${X}?1:2"),
    ],
)
def test_a_persons_own_way_out_is_not_replaced(session: Session, app: str, appdata: str) -> None:
    """Steps beside the call to the trunk are another dialplan's."""
    apply(session, PLAIN)
    place = {"context": "phones", "exten": "_+X."}
    for priority, step in enumerate([(app, appdata), ("Dial", "PJSIP/${EXTEN}@peer")], start=1):
        insert(session, "extensions", **place, priority=priority, app=step[0], appdata=step[1])
    existing = "step 1 of extension '_+X.' in context 'phones', which is another dialplan's"

    assert refused(session, lambda: apply(session, out("phones")))[1] == existing
    assert (
        refused(session, lambda: delete(session, OutboundRoute, "_+X.", context="phones"))[1]
        == existing
    )


def test_a_blocked_delete_names_all_that_use_it(session: Session) -> None:
    """Not the first alone; of many, as many as a message bears."""
    apply(
        session,
        Phone(id="100", context="phones"),
        *(CallQueue(name=name, members=[Member(phone="100")]) for name in ("a", "b")),
        InternalExtension(exten="100", context="phones", destination=ToPhone("100")),
    )
    with pytest.raises(ConflictError) as caught:
        delete(session, Phone, "100")
    for user in ("of queue 'a'", "of queue 'b'", "step 1 of extension '100'"):
        assert user in caught.value.existing

    routes = [
        InternalExtension(exten=str(number), context="phones", destination=ToPhone("100"))
        for number in range(200, 250)
    ]
    apply(session, *routes)
    with pytest.raises(ConflictError, match=r"and 3\d more; "):
        delete(session, Phone, "100")
