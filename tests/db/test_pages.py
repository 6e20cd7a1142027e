"""Things in pages: each once and in order, whatever comes and goes."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    FlowrouteTrunk,
    Mailbox,
    Page,
    Phone,
    ProviderTrunk,
    RegistrationTrunk,
    Spec,
    TelnyxTrunk,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    ValidationError,
    WebRtcPhone,
    apply,
    find,
)
from tests.db.pages import ids, listed, pages, phones, set_cell
from tests.db.tools import PASSWORD, insert, on
from tests.examples import phone, trunk, web_phone

if TYPE_CHECKING:
    from sqlalchemy import Engine


# -- Order -----------------------------------------------------------------------------------------

NAMES = ("101", "102", "103", "104", "105", "106", "107")


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 1000])
def test_pages_are_all_things_in_order(session: Session, limit: int) -> None:
    """Each once, forwards and backwards; the last page has no next."""
    apply(session, *phones(*reversed(NAMES)), web_phone(id="1035"), trunk("1036"))

    assert ids(listed(session, Phone, limit)) == list(NAMES)
    assert ids(listed(session, Phone, limit, descending=True)) == list(reversed(NAMES))
    assert len(list(pages(session, Phone, limit))) == -(-len(NAMES) // limit)


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_in_the_order_of_a_field(session: Session, limit: int) -> None:
    """Those of equal values by the key; both turn round together."""
    contexts = dict(zip(NAMES, ("b", "a", "c", "a", "b", "c", "a"), strict=True))
    apply(session, *(phone(id=name, context=context) for name, context in contexts.items()))
    expected = sorted(NAMES, key=lambda name: (contexts[name], name))

    assert ids(listed(session, Phone, limit, order_by="context")) == expected
    backwards = listed(session, Phone, limit, order_by="context", descending=True)
    assert ids(backwards) == expected[::-1]
    assert ids(listed(session, Phone, limit, order_by="id")) == list(NAMES)


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_in_the_order_of_cells_that_are_empty(session: Session, limit: int) -> None:
    """An empty cell and NULL stand where what they mean stands."""
    for number, name in {"1": "", "2": None, "3": "Zoe", "4": "Ann", "5": "", "6": "None"}.items():
        insert(
            session,
            "voicemail",
            context="default",
            mailbox=number,
            password="4711",
            fullname=name,
            uniqueid=int(number),
        )
    numbers = [item.number for item in listed(session, Mailbox, limit, order_by="full_name")]

    assert numbers == ["1", "2", "5", "4", "6", "3"]
    backwards = listed(session, Mailbox, limit, order_by="full_name", descending=True)
    assert [item.number for item in backwards] == numbers[::-1]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_in_the_order_of_a_default(session: Session, limit: int) -> None:
    """A phone without a context is one of Asterisk's default context, wherever it is sorted."""
    contexts = {"1": "alpha", "2": "default", "3": "default", "4": "default", "5": "zeta"}
    apply(session, *(phone(id=name, context=context) for name, context in contexts.items()))
    set_cell(session, "2", "context", None)
    set_cell(session, "3", "context", "")

    assert ids(listed(session, Phone, limit, order_by="context")) == list(contexts)
    assert ids(listed(session, Phone, limit, context="default")) == ["2", "3", "4"]
    assert ids(listed(session, Phone, limit, context="default", descending=True)) == ["4", "3", "2"]


@pytest.mark.parametrize("limit", [1, 2, 100])
@pytest.mark.parametrize("register", [True, False])
def test_pages_of_trunks_in_the_order_of_a_field(
    session: Session, limit: int, *, register: bool
) -> None:
    """Also of those that register, whose context another table has; some have none."""
    contexts = {"1": "beta", "2": "alpha", "3": "default", "4": "alpha", "5": "gamma"}
    login: dict[str, Any] = {"password": PASSWORD, "register": register}
    for name, context in contexts.items():
        apply(session, TelnyxTrunk(name=name, context=context, username=f"u{name}", **login))
    set_cell(session, "3", "context", None)
    apply(session, FlowrouteTrunk(name="6", context="delta", username="u6", **login))
    expected = sorted(contexts, key=lambda name: (contexts[name], name))
    alphas = ["2", "4"]

    def names(kind: Any, **options: Any) -> list[str]:
        return [item.name for item in listed(session, kind, limit, **options)]

    for descending in (False, True):
        turned: dict[str, Any] = {"descending": descending}
        way = -1 if descending else 1
        assert names(TelnyxTrunk, order_by="context", **turned) == expected[::way]
        assert names(TelnyxTrunk, context="alpha", **turned) == alphas[::way]
        assert names(TelnyxTrunk, context="alpha", order_by="context", **turned) == alphas[::way]
        assert names(TelnyxTrunk, context="default", order_by="context", **turned) == ["3"]
        part = RegistrationTrunk if register else Trunk
        assert names(part, context="alpha", order_by="context", **turned) == alphas[::way]
        assert names(part, context="delta", **turned) == ["6"]
        every = sorted({**contexts, "6": "delta"}.items(), key=lambda item: (item[1], item[0]))
        assert names(part, order_by="context", **turned) == [name for name, _ in every][::way]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_pages_of_things_of_several_fields(session: Session, limit: int) -> None:
    """The key is sorted by its parts, or by one of them first."""
    boxes = [(number, context) for number in ("1", "2", "3") for context in ("a", "b")]
    apply(session, *(Mailbox(number=number, context=context) for number, context in boxes))

    def keys(**options: Any) -> list[tuple[str, str]]:
        found = listed(session, Mailbox, limit, **options)
        return [(item.number, item.context) for item in found]

    assert keys() == boxes
    assert keys(descending=True) == boxes[::-1]
    assert keys(order_by="context") == sorted(boxes, key=lambda box: box[::-1])
    assert keys(order_by="context", descending=True) == keys(order_by="context")[::-1]


def test_a_page_iterates_and_writes_itself(session: Session) -> None:
    """Over its items; a dictionary shows no secret."""
    apply(session, phone(id="1", password=PASSWORD), phone(id="2", password=PASSWORD))
    insert(session, "ps_endpoints", id="0", context="a b", auth="0")
    page = find(session, Phone, limit=2)

    assert (len(page), list(page)) == (1, [phone(id="1", password=PASSWORD)])
    shown = page.to_dict()
    assert shown.keys() == {"items", "unreadable", "next"}
    assert shown["items"] == [page.items[0].to_dict()]
    assert shown["unreadable"] == [
        {"kind": "Phone", "key": {"id": "0"}, "reason": page.unreadable[0].reason}
    ]
    assert shown["next"] == page.next is not None
    assert PASSWORD not in repr(page) + str(shown)


# -- Things that come and go -----------------------------------------------------------------------


@pytest.mark.parametrize("descending", [False, True])
def test_pages_stay_right_while_things_come_and_go(
    session: Session,
    descending: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    """What was there all the time is on one page; what came or went further on counts."""
    apply(session, *phones("2", "4", "6", "8"))
    first = find(session, Phone, limit=2, descending=descending)
    last = "6" if descending else "4"
    assert first.items[-1].id == last
    apply(session, Absent(Phone, last), *phones("1", "3", "5", "7", "9"))
    rest = listed_after(session, first.next, descending=descending)

    assert ids(rest) == (["5", "4", "3", "2", "1"] if descending else ["5", "6", "7", "8", "9"])


def listed_after(session: Session, after: str | None, **options: Any) -> list[Any]:
    """Return the items of the pages after one."""
    found: list[Any] = []
    while after is not None:
        page = find(session, Phone, limit=2, after=after, **options)
        found += page
        after = page.next
    return found


def test_the_rest_may_be_gone(session: Session) -> None:
    """Then the next page is empty, and the last."""
    apply(session, *phones("1", "2", "3"))
    first = find(session, Phone, limit=2)
    apply(session, *(Absent(Phone, name) for name in ("2", "3")))

    assert find(session, Phone, limit=2, after=first.next) == Page(())


@on("postgresql")
def test_a_phone_that_goes_between_two_statements(engine: Engine, session: Session) -> None:
    """It is found or not, and never reported as unreadable."""
    apply(session, *phones("1", "2", "3"))
    session.commit()
    gone: list[str] = []

    def remove(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT ps_auths") and not gone:
            gone.append("2")
            with Session(engine) as other, other.begin():
                apply(other, Absent(Phone, "2"))

    event.listen(engine, "before_cursor_execute", remove)
    try:
        page = find(session, Phone)
    finally:
        event.remove(engine, "before_cursor_execute", remove)

    assert gone == ["2"]
    assert (ids(list(page)), page.unreadable) == (["1", "3"], ())


# -- Bad arguments ---------------------------------------------------------------------------------

BAD: dict[str, tuple[Any, dict[str, Any], str]] = {
    "no class": ("Phone", {}, "kind='Phone'"),
    "a spec": (phone(), {}, "kind="),
    "another class": (int, {}, "kind="),
    "a class of many providers": (ProviderTrunk, {}, "kind='ProviderTrunk'"),
    "a class without a key": (TwilioAllowance, {}, "kind='TwilioAllowance'"),
    "no things": (Phone, {"limit": 0}, "limit=0: it is out of range"),
    "too many things": (Phone, {"limit": 1001}, "limit=1001: it is out of range"),
    "a text of things": (Phone, {"limit": "5"}, "limit='5': it is not a whole number"),
    "a flag of things": (Phone, {"limit": True}, "limit=True: it is not a whole number"),
    "another field": (Phone, {"colour": "red"}, "a Phone cannot be found by it; use id, context"),
    "a secret": (Phone, {"password": PASSWORD}, "a Phone cannot be found by it; use id, context"),
    "a secret PIN": (Mailbox, {"pin": "4711"}, "a Mailbox cannot be found by it"),
    "an impossible value": (Phone, {"context": "a b"}, "context='a b'"),
    "an impossible None": (Phone, {"context": None}, "context=None"),
    "an impossible number": (Phone, {"max_contacts": "2"}, "max_contacts='2'"),
    "a field of no class": (
        Spec,
        {"colour": "red"},
        "filters=.*no class of specs has these fields",
    ),
    "a secret of all classes": (Spec, {"password": PASSWORD}, "filters="),
    "an impossible value of all": (Spec, {"context": 5}, "context=5"),
    "an unknown order": (Phone, {"order_by": "colour"}, "order_by='colour'.*use id, context, tran"),
    "an order of Python's": (Phone, {"order_by": "max_contacts"}, "order_by=.*use id, context"),
    "an order by a secret": (Phone, {"order_by": "password"}, "order_by="),
    "an order by two": (Phone, {"order_by": ["id"]}, "order_by="),
    "an order that not all have": (Spec, {"order_by": "context"}, "order_by="),
    "a direction": (Phone, {"descending": "no"}, "descending='no'"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_bad_arguments(unused: Any, bad: tuple[Any, dict[str, Any], str]) -> None:
    """One error, before a statement is sent, and it shows no secret."""
    kind, options, message = bad
    with pytest.raises(ValidationError, match=message) as caught:
        find(unused, kind, **options)

    assert len(caught.value.errors) == 1
    assert PASSWORD not in str(caught.value)


def cursor(*parts: object) -> str:
    """Return what `find` would return as the next of a page."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode()


@pytest.mark.parametrize(
    "after",
    [
        *(
            "",
            "x",
            "====",
            "é",
            "\ud800",
            "\0",
            "bnVsbA",
            "e30",
            "MTI",
            "W10",
            5,
            b"W10",
            ["x"],
            True,
        ),
        *(
            cursor(),
            cursor(1),
            cursor(None, "1"),
            cursor("Phone/Phone+", 1),
            cursor("Phone/Phone+"),
        ),
        *(cursor("Phone/Phone+", "1", "2"), cursor("Phone/Phone+", "\0"), cursor("x", "1")),
        *(cursor("Phone/Phone+", "\ud800"), cursor("Phone/Phone+", ["1"])),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
        "x" * 100_000,
    ],
    ids=lambda after: ascii(after)[:20],
)
def test_what_is_no_next(unused: Any, after: Any) -> None:
    """One error of one field, and no statement is sent."""
    with pytest.raises(ValidationError, match=r"^after=") as caught:
        find(unused, Phone, after=after)

    assert len(caught.value.errors) == 1
    assert "the next of a page" in caught.value.hint


def test_the_next_of_another_search(session: Session) -> None:
    """Of another kind, order or direction."""
    apply(session, *phones("1", "2"), Mailbox(number="1"), Mailbox(number="2"))
    after = find(session, Phone, limit=1).next
    others: list[tuple[Any, dict[str, Any]]] = [
        (Mailbox, {}),
        (WebRtcPhone, {}),
        (Phone, {"descending": True}),
        (Phone, {"order_by": "context"}),
        (TwilioTrunk, {}),
    ]
    for kind, options in others:
        with pytest.raises(ValidationError, match=r"after=.*another search"):
            find(session, kind, after=after, **options)

    assert ids(list(find(session, Phone, after=after, order_by="id"))) == ["2"]
