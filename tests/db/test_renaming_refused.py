"""What is not renamed: nothing changes, and the error says why."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from sqlalchemy import text

from asterisk_realtime import (
    AccessList,
    Allowance,
    CallQueue,
    CommandMusicClass,
    ConflictError,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    MusicClass,
    NotFoundError,
    OutboundRoute,
    Phone,
    QueueMembership,
    RegistrationTrunk,
    Rename,
    TelnyxTrunk,
    ToQueue,
    Trunk,
    TwilioTrunk,
    ValidationError,
    WebRtcPhone,
    apply,
    rename,
)
from tests.db.renaming import ENTER, KINDS, NEEDS, key_of, refused, values
from tests.db.tools import PASSWORD, URI, insert, on, on_servers
from tests.examples import phone, trunk, web_phone

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


# -- What is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["200", "ann", "ANN", "peer"])
def test_a_taken_name(session: Session, name: str) -> None:
    """Also one that differs in case alone, or that is a trunk's."""
    apply(session, phone(), phone(id="200"), phone(id="Ann"), trunk())
    refused(session, Rename(Phone.key("100"), Phone.key(name)), f"phone '{name}'")


@pytest.mark.parametrize("table", ["ps_aors", "ps_auths"])
def test_a_taken_part(session: Session, table: str) -> None:
    """An AOR or auth alone, which somebody else has."""
    apply(session, phone())
    insert(session, table, id="200")
    refused(session, Rename(Phone.key("100"), Phone.key("200")), "phone '200'.*'200'")


@pytest.mark.parametrize(("spec", "parts"), KINDS.values(), ids=KINDS)
def test_a_thing_of_that_name(session: Session, spec: Any, parts: dict[str, str]) -> None:
    """Of each kind: neither of the two is changed."""
    other = attrs.evolve(spec, **parts, **(_apart(spec)))
    apply(session, *NEEDS, spec, other)
    refused(session, Rename(key_of(spec), key_of(other)), "choose another name")


def _apart(spec: Any) -> dict[str, str]:
    """Return what two trunks may not share."""
    if isinstance(spec, RegistrationTrunk):
        return {"client_uri": "sip:other@peer.example"}
    return {"username": "other"} if isinstance(spec, TelnyxTrunk) else {}


@pytest.mark.parametrize(("spec", "parts"), KINDS.values(), ids=KINDS)
def test_a_missing_thing(session: Session, spec: Any, parts: dict[str, str]) -> None:
    """Of each kind; nothing is written."""
    item = Rename(key_of(spec), key_of(spec, parts))
    refused(session, item, "there is no", NotFoundError)


def test_parts_of_a_thing_are_no_thing(session: Session) -> None:
    """An AOR without an endpoint, members of a queue of a file, steps without their plus."""
    insert(session, "ps_aors", id="100")
    insert(session, "ps_auths", id="100")
    insert(session, "queue_members", queue_name="q", interface="PJSIP/7")
    insert(session, "extensions", context="c", exten="12025550123", priority=1, app="Hangup")
    numbers = [InboundRoute.key(f"{plus}12025550123", context="c") for plus in ("", "+")]
    other = InboundRoute.key("+12025550199", context="c")
    for item in (
        Rename(Phone.key("100"), Phone.key("200")),
        Rename(Trunk.key("100"), Trunk.key("200")),
        Rename(CallQueue.key("q"), CallQueue.key("r")),
        *(Rename(number, other) for number in numbers),
    ):
        refused(session, item, "there is no", NotFoundError)


@pytest.mark.parametrize(
    ("there", "kind"),
    [
        (phone(), Trunk),
        (phone(), WebRtcPhone),
        (web_phone(id="100"), Phone),
        (trunk("100"), Phone),
        (trunk("100"), RegistrationTrunk),
        (MusicClass(name="100", directory="/music"), CommandMusicClass),
        (CommandMusicClass(name="100", command="/bin/play"), MusicClass),
    ],
    ids=lambda item: getattr(item, "__name__", type(item).__name__),
)
def test_another_kind(session: Session, there: Any, kind: Any) -> None:
    """It is renamed as what it is."""
    apply(session, there)
    error = NotFoundError if kind is RegistrationTrunk else ConflictError
    refused(session, Rename(kind.key("100"), kind.key("200")), "'100'", error)


def test_another_providers_trunk(session: Session) -> None:
    """As `get` says it."""
    apply(session, TwilioTrunk(termination_uri=URI, username="grable", password=PASSWORD))
    item = Rename(TelnyxTrunk.key("twilio"), TelnyxTrunk.key("carrier"))
    refused(session, item, "get it as a Trunk")
    assert rename(session, Trunk.key("twilio"), Trunk.key("carrier"))


def test_rows_that_cannot_be_read(session: Session) -> None:
    """Rows that no spec describes are not renamed, since their meaning is unknown."""
    apply(session, phone(), InternalExtension(exten="5", context="c", destination="a,b,1"))
    session.execute(text("UPDATE ps_auths SET username = NULL"))
    session.execute(text("UPDATE extensions SET appdata = 'b,1'"))
    session.expire_all()
    refused(session, Rename(Phone.key("100"), Phone.key("200")), "change the rows themselves")
    key = partial(InternalExtension.key, context="c")
    refused(session, Rename(key("5"), key("6")), "another dialplan's")


@pytest.mark.parametrize("appdata", ['PJSIP/100&PJSIP/1"0"0', "PJSIP/1\\00,20,G(100)"])
def test_what_cannot_be_respelled(session: Session, appdata: str) -> None:
    """It is refused, and the steps that could be rewritten stay too."""
    apply(session, phone(), CallQueue(name="q", members=[Member(phone="100")]))
    insert(session, "extensions", context="c", exten="1", priority=1, app="Dial", appdata=appdata)
    refused(session, Rename(Phone.key("100"), Phone.key("200")), "change the name there first")


@on_servers
def test_an_encoded_member_cannot_be_respelled(session: Session) -> None:
    """The key of a row is not decoded when it is looked up."""
    apply(session, phone())
    insert(session, "queue_members", queue_name="q", interface="PJSIP^2F100")
    refused(session, Rename(Phone.key("100"), Phone.key("200")), "change the name there first")


def test_a_name_that_is_too_long_for_who_names_it(session: Session) -> None:
    """A member without room for the new name keeps the old one, and so does the trunk."""
    members = [Member(interface=f"PJSIP/{60 * '1'}@peer")]
    apply(session, trunk(), CallQueue(name="q", members=members))
    item = Rename(Trunk.key("peer"), Trunk.key(40 * "9"))
    refused(session, item, r"interface=.*: it has 107 characters; use at most 80", ValidationError)


def test_two_members_do_not_become_one(session: Session) -> None:
    """A device of a file that has the new name is already a member."""
    members = [Member(phone="100", penalty=1), Member(interface="PJSIP/200", penalty=7)]
    apply(session, phone(), CallQueue(name="q", members=members))
    item = Rename(Phone.key("100"), Phone.key("200"))
    refused(session, item, "member 'PJSIP/200' of queue 'q'")


@on("mariadb")
def test_two_members_of_one_name_in_another_case(session: Session) -> None:
    """MariaDB treats the two as one."""
    members = [Member(phone="100"), Member(interface="PJSIP/ANN")]
    apply(session, phone(), CallQueue(name="q", members=members))
    refused(session, Rename(Phone.key("100"), Phone.key("ann")), "member 'PJSIP/ANN'")


def test_a_way_in_for_unauthenticated_callers_is_not_made(session: Session) -> None:
    """A route to a trunk does not move into the context of unauthenticated callers."""
    route = OutboundRoute(context="phones", pattern="_+X.", trunk="peer")
    apply(session, trunk(), route)
    key = partial(OutboundRoute.key, "_+X.")
    refused(session, Rename(key(context="phones"), key(context="from-peer")), "from-peer")


# -- Not a rename ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("100", "200", "^old='a str': it is not a key; give one, such as Phone.key"),
        (Phone.key("100"), "200", "^new='a str': it is not a key"),
        (phone(), phone(id="200"), "^old='a Phone': it is not a key"),
        (None, None, "^old='a NoneType': it is not a key"),
        (
            Phone.key("1"),
            WebRtcPhone.key("2"),
            "^new=.*WebRtcPhone.*Phone.*; give keys of one class",
        ),
        (Trunk.key("1"), TwilioTrunk.key("2"), "^new=.*give keys of one class"),
        (Allowance.key("1"), Allowance.key("2"), "^old='Allowance': it cannot be renamed"),
        (
            QueueMembership.key("q", phone="1"),
            QueueMembership.key("q", phone="2"),
            "^old='QueueMembership': it cannot be renamed",
        ),
        (
            OutboundRoute.key("_+X.", context="a"),
            OutboundRoute.key("911", context="a"),
            "^pattern='911': a route keeps its pattern",
        ),
        (
            AccessList.key("peer-allowed"),
            AccessList.key("house"),
            "^name='peer-allowed': the library gives such names to its lists; rename its endpoint",
        ),
        (
            AccessList.key("house"),
            AccessList.key("peer-allowed"),
            "^name='peer-allowed': the library gives such names to its lists; choose another name",
        ),
        (Phone.key("100"), Phone.key("a b"), "^id='a b'"),
        (Phone.key("100"), Phone.key(""), "^id=''"),
        (Phone.key("100"), Phone.key("a\0"), "^id="),
        (Phone.key("100"), Phone.key(41 * "1"), "^id="),
        (Phone.key("100"), Phone.key("anonymous"), "^id='anonymous'"),
        (Mailbox.key("100"), Mailbox.key("x"), "^number='x'"),
        (Mailbox.key("100"), Mailbox.key("100", context="a b"), "^context='a b'"),
        (CallQueue.key("q"), CallQueue.key("a,b"), "^name='a,b'"),
        (
            InternalExtension.key("1", context="a"),
            InternalExtension.key("_X.", context="a"),
            "^exten='_X.'",
        ),
        (
            InboundRoute.key("+12025550123", context="a"),
            InboundRoute.key("12025550123", context="a"),
            "^number='12025550123'",
        ),
    ],
)
def test_what_is_no_rename(old: Any, new: Any, message: str) -> None:
    """One error names the wrong key of the two, and says what to give."""
    with pytest.raises(ValidationError, match=message):
        Rename(old, new)


def test_a_rename_shows_its_keys() -> None:
    """So that a person sees in a list of items what is meant."""
    shown = repr(Rename(Phone.key("100"), Phone.key("200")))

    assert shown.startswith("Rename(")
    assert shown.index("100") < shown.index("200")


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 300])
def test_a_name_that_nothing_has(session: Session, name: str) -> None:
    """An old key that cannot exist raises NotFoundError."""
    refused(session, Rename(Phone.key(name), Phone.key("200")), "there is no phone", NotFoundError)


def test_a_name_that_nothing_can_have(session: Session) -> None:
    """So does one that no cell can hold, as from `delete`."""
    item = Rename(Phone.key("a\0"), Phone.key("200"))
    refused(session, item, "there is no phone", NotFoundError)


def test_a_number_in_another_spelling(session: Session) -> None:
    """The new key is what the spec would have: nobody dials brackets."""
    apply(session, *NEEDS, InboundRoute(number="+12025550123", **ENTER))
    key = partial(InboundRoute.key, context="from-nine")
    rename(session, key("+12025550123"), key("+1 (202) 555-0199"))

    assert set(values(session, "extensions", "exten")) == {"+12025550199", "12025550199"}


def test_a_pin_that_is_the_new_number(session: Session) -> None:
    """A spec may not have it, so that nobody gets in by the number of the box."""
    apply(session, Mailbox(number="100", pin="4711"))
    item = Rename(Mailbox.key("100"), Mailbox.key("4711"))
    refused(session, item, "everybody would try first", ValidationError)


def test_an_extension_whose_destination_is_in_a_file(session: Session) -> None:
    """It leads there already, so it may lead there under another number."""
    extension = InternalExtension(exten="5", context="phones", destination=ToQueue("help"))
    apply(session, CallQueue(name="help"), extension)
    session.execute(text("DELETE FROM queues"))
    session.expire_all()
    key = partial(InternalExtension.key, context="phones")

    assert rename(session, key("5"), key("6"))
