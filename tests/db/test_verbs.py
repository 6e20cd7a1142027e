"""The verbs take any kind of thing by its class and key; what is not a key is one clear error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest

from asterisk_realtime import (
    Absent,
    ConflictError,
    FlowrouteTrunk,
    Mailbox,
    New,
    NotFoundError,
    OutboundRoute,
    Phone,
    Plan,
    PlivoTrunk,
    ProviderTrunk,
    RegistrationTrunk,
    Replace,
    SignalWireTrunk,
    Spec,
    TelnyxTrunk,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    ValidationError,
    VonageTrunk,
    apply,
    create,
    delete,
    ensure,
    get,
    plan,
    rotate_password,
    set_password,
)
from asterisk_realtime import rows as rows_of
from tests.db.tools import PASSWORD, URI, everything, label, rows, statements, work, writes
from tests.examples import phone, trunk

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

PAIR: dict[str, Any] = {"username": "grable", "password": PASSWORD}
PROVIDERS: tuple[Any, ...] = (
    TwilioTrunk(name="one", termination_uri=URI, **PAIR),
    TelnyxTrunk(name="one", **PAIR),
    TelnyxTrunk(name="one", register=True, **PAIR),
    PlivoTrunk(name="one", host="1.zt.plivo.com", **PAIR),
    VonageTrunk(name="one", host="x.sip-us.vonage.com", **PAIR),
    FlowrouteTrunk(name="one", **PAIR),
    SignalWireTrunk(name="one", host="grable.sip.signalwire.com", **PAIR),
)


# -- New -------------------------------------------------------------------------------------------


def test_a_new_thing_is_created(session: Session) -> None:
    """As by the spec alone; `plan` says so, and writes nothing."""
    planned = plan(session, New(phone(password=PASSWORD)))

    assert planned == plan(session, phone(password=PASSWORD))
    assert everything(session) == {}
    assert apply(session, New(phone(password=PASSWORD))) == planned
    assert get(session, Phone, "100") == phone(password=PASSWORD)


@pytest.mark.parametrize("name", ["100", "ann", "ANN"])
@pytest.mark.parametrize("call", [plan, apply])
def test_a_new_thing_that_exists_is_a_conflict(
    engine: Engine, session: Session, call: Callable[..., Plan], name: str
) -> None:
    """Also under a name that differs in case alone; nothing else of the call is done."""
    apply(session, phone(), phone(id="ann"))
    session.commit()
    with statements(engine) as sent, pytest.raises(ConflictError, match=r"endpoint '(100|ann)'"):
        call(session, Mailbox(number="7"), New(phone(id=name)))

    assert writes(sent) == []
    assert rows(session, "voicemail") == []


def test_a_new_thing_among_others(session: Session) -> None:
    """The others are ensured, and what it needs may come in the same call, in any order."""
    create(session, trunk())
    route = OutboundRoute(context="phones", pattern="_+X.", trunk=["peer", "two"])
    apply(session, New(route), attrs.evolve(trunk(), codecs=("alaw",)), New(trunk("two")))

    assert get(session, OutboundRoute, "_+X.", context="phones") == route
    assert [row["allow"] for row in rows(session, "ps_endpoints")] == ["alaw", "ulaw"]


def test_one_thing_in_two_ways_is_a_conflict(session: Session) -> None:
    """`New` beside the spec, `Replace` or `Absent`; the same one twice is one."""
    one = phone(password=PASSWORD)
    for other in (one, Replace(one)):
        with pytest.raises(ConflictError, match="another spec for it in the same call"):
            plan(session, New(one), other)
    with pytest.raises(ConflictError, match="the Absent for it in the same call"):
        plan(session, New(one), Absent(Phone, "100"))

    assert len(apply(session, New(one), New(one)).rows) == 3


@pytest.mark.parametrize("wrapper", [New, Replace])
@pytest.mark.parametrize(
    ("wrong", "shown"),
    [
        ("100", "a str"),
        (None, "a NoneType"),
        ([phone()], "a list"),
        (New(phone()), "a New"),
        (Replace(phone()), "a Replace"),
        (Absent(Phone, "100"), "an Absent"),
        (Phone, "Phone"),
    ],
)
def test_only_specs_are_wrapped(wrapper: Any, wrong: Any, shown: str) -> None:
    """The error says what was given, and how it is done."""
    message = rf"spec='{shown}': it is not a spec.*{wrapper.__name__}\(Phone"
    with pytest.raises(ValidationError, match=message):
        wrapper(wrong)


@pytest.mark.parametrize("call", [create, ensure])
@pytest.mark.parametrize("item", [New(phone()), Replace(phone()), Absent(Phone, "100")])
def test_the_verbs_of_one_thing_take_the_spec_itself(
    session: Session, call: Callable[..., object], item: Any
) -> None:
    """What is for `plan` and `apply` is refused."""
    with pytest.raises(ValidationError, match=rf"^spec='an? {type(item).__name__}'"):
        call(session, item)
    assert everything(session) == {}


# -- Absent ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("absent", "shown"),
    [
        (Absent(Phone, "100"), "Absent(Phone, id='100')"),
        (Absent(Phone, id="100"), "Absent(Phone, id='100')"),
        (Absent(Mailbox, "7"), "Absent(Mailbox, number='7', context='default')"),
        (
            Absent(Mailbox, number="7", context="acme"),
            "Absent(Mailbox, number='7', context='acme')",
        ),
        (
            Absent(OutboundRoute, context="phones", pattern="_+X."),
            "Absent(OutboundRoute, context='phones', pattern='_+X.')",
        ),
    ],
    ids=str,
)
def test_an_absent_shows_its_key(absent: Absent, shown: str) -> None:
    """However it was given."""
    assert repr(absent) == shown


def test_absent_by_keywords(session: Session) -> None:
    """The one of that context goes, and the other stays; a second time nothing changes."""
    acme = Mailbox(number="7", context="acme", pin="4711")
    route = OutboundRoute(context="phones", pattern="_+X.", trunk="peer")
    apply(session, acme, attrs.evolve(acme, context="default"), trunk(), route)
    absent = (
        Absent(Mailbox, number="7", context="acme"),
        Absent(OutboundRoute, context="phones", pattern="_+X."),
        Absent(Trunk, name="peer"),
    )

    assert apply(session, *absent)
    assert everything(session) == {}
    assert [row["context"] for row in rows(session, "voicemail")] == ["default"]
    assert apply(session, *absent) == Plan()


@pytest.mark.parametrize("wanted", PROVIDERS, ids=label)
def test_absent_of_a_providers_class(session: Session, wanted: Any) -> None:
    """With all rows, also those of a registration; if it has no rows, the plan is empty."""
    kind: Any = type(wanted)
    assert plan(session, Absent(kind, "one")) == Plan()
    create(session, wanted)
    planned = plan(session, Absent(kind, name="one"))

    assert {row.action.value for row in planned.rows} == {"remove"}
    assert apply(session, Absent(kind, "one")) == planned
    assert everything(session) == {}
    assert rows(session, "ps_registrations") == []


@pytest.mark.parametrize("register", [False, True])
def test_absent_of_another_providers_class(
    session: Session,
    register: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    """A trunk of the same name elsewhere stays; its own class, or the trunk's, is what names it."""
    wanted = TelnyxTrunk(name="one", register=register, **PAIR)
    create(session, wanted)
    before = everything(session)
    with pytest.raises(ConflictError, match=f"get it as a {type(wanted.part()).__name__}"):
        apply(session, Absent(FlowrouteTrunk, "one"))

    assert everything(session) == before
    assert apply(session, Absent(RegistrationTrunk if register else Trunk, "one"))
    assert everything(session) == {}


# -- Keys ------------------------------------------------------------------------------------------

CALLS: dict[str, Callable[..., object]] = {
    "get": get,
    "rows": rows_of,
    "delete": delete,
    "rotate_password": rotate_password,
    "set_password": lambda session, *args, **kwargs: set_password(
        session, PASSWORD, *args, **kwargs
    ),
    "Absent": lambda _session, *args, **kwargs: Absent(*args, **kwargs),
}
WRONG: dict[str, tuple[Any, tuple[Any, ...], dict[str, Any], str]] = {
    "no key": (Phone, (), {}, "key.*missing.*'id'; give the id of the Phone"),
    "another keyword": (Phone, (), {"name": "1"}, "key.*give the id of the Phone"),
    "a keyword more": (Phone, ("1",), {"context": "c"}, "key.*'context'; give the id of the Phone"),
    "a part more": (Phone, ("1", "c"), {}, "key.*too many.*; give the id of the Phone"),
    "a part twice": (Phone, ("1",), {"id": "1"}, "key.*'id'; give the id of the Phone"),
    "a misspelt part": (
        Mailbox,
        ("7",),
        {"contxt": "acme"},
        "key.*'contxt'; give the number and context of the Mailbox",
    ),
    "a part less": (
        OutboundRoute,
        ("_+X.",),
        {},
        "key.*'context'; give the pattern and context of the OutboundRoute",
    ),
    "a part by its place": (OutboundRoute, ("_+X.", "phones"), {}, "key.*too many"),
    "a class of many providers": (ProviderTrunk, ("one",), {}, "kind='ProviderTrunk'.*use Acc"),
    "a number": (Phone, (100,), {}, "id=100: it is not text"),
    "nothing": (Mailbox, ("7",), {"context": None}, "context=None: it is not text"),
    "bytes": (Mailbox, (b"7",), {}, "number=b'7': it is not text"),
    "a list": (Phone, (["100"],), {}, "id=.*it is not text"),
    "a class without a key": (TwilioAllowance, ("one",), {}, "kind='TwilioAllowance'.*use Acc"),
    "the class of all specs": (Spec, ("one",), {}, "kind='Spec'.*use AccessList"),
    "another class": (int, ("one",), {}, "kind='int'.*use AccessList"),
    "a spec": (phone(), ("100",), {}, "kind='a Phone'.*use AccessList"),
    "a name of a class": ("Phone", ("100",), {}, "kind='a str'.*use AccessList"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_what_is_no_key(unused: Any, call: Any, wrong: Any) -> None:
    """One error of one field, which says what to give; no statement is sent."""
    kind, args, kwargs, message = wrong
    with pytest.raises(ValidationError, match=f"^{message}"):
        call(unused, kind, *args, **kwargs)


@pytest.mark.parametrize("name", ["", "a\0", "a\n", "\ud800"], ids=ascii)
def test_a_key_that_nothing_can_have(engine: Engine, session: Session, name: str) -> None:
    """Nothing is found, and no statement is sent."""
    with statements(engine) as sent:
        assert get(session, Phone, name) is None
        assert rows_of(session, Phone, name) is None
        assert apply(session, Absent(Phone, name)) == Plan()
        for call in (delete, rotate_password):
            with pytest.raises(NotFoundError):
                call(session, Phone, name)

    assert [text for text in work(sent) if "ps_endpoints" in text] == []
