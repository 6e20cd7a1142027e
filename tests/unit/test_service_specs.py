"""Specs of what phones are called by: what is wrong is said field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import pytest
from netaddr import IPNetwork

from asterisk_realtime import (
    AccessList,
    AccessRule,
    AclSense,
    CallQueue,
    CommandMusicClass,
    Destination,
    FollowMeProfile,
    FollowMeStep,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    MohSort,
    MusicClass,
    PenaltyRule,
    PenaltyStep,
    QueueEmpty,
    ToFollowMe,
    ToMailbox,
    ToPhone,
    ToQueue,
    ToVoicemailMain,
    ValidationError,
)
from asterisk_realtime.provision.kinds.mailboxes import generated_pin
from asterisk_realtime.showing import HIDDEN
from asterisk_realtime.specs.reading import read_destination

if TYPE_CHECKING:
    from collections.abc import Callable

STEP = FollowMeStep(numbers="101")
PERMIT = AccessRule.permit("10.0.0.0/8")

GOOD: dict[type, dict[str, Any]] = {
    CallQueue: {"name": "sales"},
    Member: {"phone": "101"},
    PenaltyStep: {"after": 10, "max_penalty": 1},
    PenaltyRule: {"name": "grow", "steps": [PenaltyStep(after=1, max_penalty=1)]},
    Mailbox: {"number": "100"},
    MusicClass: {"name": "jazz", "directory": "moh"},
    CommandMusicClass: {"name": "radio", "command": "/usr/bin/mpg123 x"},
    FollowMeStep: {"numbers": "101"},
    FollowMeProfile: {"name": "alice", "steps": [STEP], "context": "phones"},
    AccessRule: {"sense": "permit", "networks": ["10.0.0.0/8"]},
    AccessList: {"name": "office", "rules": [PERMIT]},
    InternalExtension: {"exten": "600", "context": "phones", "destination": ToQueue("sales")},
    ToPhone: {"phone": "101"},
    ToQueue: {"queue": "sales"},
    ToMailbox: {"mailbox": "100"},
    ToVoicemailMain: {},
    ToFollowMe: {"profile": "alice"},
}

BAD: list[tuple[type, dict[str, Any], str]] = [
    (CallQueue, {"name": "sales,60"}, "name"),
    (CallQueue, {"name": "${X}"}, "name"),
    (CallQueue, {"members": "101"}, "members"),
    (CallQueue, {"members": ["101"]}, "members"),
    (CallQueue, {"members": [Member(phone="1"), Member(phone="1")]}, "members"),
    (CallQueue, {"members": [Member(phone="a"), Member(interface="pjsip/A")]}, "members"),
    (CallQueue, {"strategy": "loudest"}, "strategy"),
    (CallQueue, {"timeout": -1}, "timeout"),
    (CallQueue, {"timeout": True}, "timeout"),
    (CallQueue, {"wrapup_time": -1}, "wrapup_time"),
    (CallQueue, {"ring_in_use": "yes"}, "ring_in_use"),
    (CallQueue, {"join_empty": "yes,paused"}, "join_empty"),
    (CallQueue, {"join_empty": ()}, "join_empty"),
    (CallQueue, {"join_empty": ["paused", "paused"]}, "join_empty"),
    (CallQueue, {"join_empty": 7}, "join_empty"),
    (CallQueue, {"leave_when_empty": "sometimes"}, "leave_when_empty"),
    (CallQueue, {"periodic_announce": [f"s{n}" for n in range(11)]}, "periodic_announce"),
    (CallQueue, {"periodic_announce": ["a,b"]}, "periodic_announce"),
    (CallQueue, {"periodic_announce": "a"}, "periodic_announce"),
    (CallQueue, {"announce": "a b"}, "announce"),
    (CallQueue, {"announce_position": "far"}, "announce_position"),
    (Member, {"interface": "PJSIP/101"}, "interface"),
    (Member, {"phone": None}, "interface"),
    (Member, {"phone": "1/2"}, "phone"),
    (Member, {"phone": None, "interface": "101"}, "interface"),
    (Member, {"phone": None, "interface": "Local/1@a,b"}, "interface"),
    (Member, {"phone": None, "interface": f"Local/{'1' * 80}"}, "interface"),
    (Member, {"state_interface": "x"}, "state_interface"),
    (Member, {"name": "${X}"}, "name"),
    (Member, {"name": "a\nb"}, "name"),
    (Member, {"penalty": -1}, "penalty"),
    (PenaltyStep, {"max_penalty": -1}, "max_penalty"),
    (PenaltyStep, {"max_penalty": "+"}, "max_penalty"),
    (PenaltyStep, {"max_penalty": None}, "max_penalty"),
    (PenaltyStep, {"after": "10"}, "after"),
    (PenaltyRule, {"steps": ()}, "steps"),
    (PenaltyRule, {"steps": [PenaltyStep(after=1, max_penalty=1)] * 2}, "steps"),
    (Mailbox, {"number": "1a"}, "number"),
    (Mailbox, {"number": ""}, "number"),
    (Mailbox, {"number": 100}, "number"),
    (Mailbox, {"number": "4711", "pin": "4711"}, "pin"),
    (Mailbox, {"pin": "123"}, "pin"),
    (Mailbox, {"pin": "12a4"}, "pin"),
    (Mailbox, {"pin": "*1234"}, "pin"),
    (Mailbox, {"emails": ["zoe"]}, "emails"),
    (Mailbox, {"emails": ["a@b.example|c@d.example"]}, "emails"),
    (Mailbox, {"emails": ["a@b.example", "A@b.example"]}, "emails"),
    (Mailbox, {"emails": [f"{n}{'x' * 60}@b.example" for n in range(9)]}, "emails"),
    (Mailbox, {"emails": ["Zoe <a@b.example>"]}, "emails"),
    (Mailbox, {"emails": 7}, "emails"),
    (Mailbox, {"delete": True}, "delete"),
    (Mailbox, {"delete": True, "emails": "a@b.example"}, "delete"),
    (Mailbox, {"full_name": "x" * 80}, "full_name"),
    (Mailbox, {"full_name": "a\nb"}, "full_name"),
    (Mailbox, {"timezone": "x" * 31}, "timezone"),
    (Mailbox, {"max_messages": 10_000}, "max_messages"),
    (MusicClass, {"directory": None}, "directory"),
    (MusicClass, {"playlist": ["/a"]}, "directory"),
    (MusicClass, {"directory": "a/../../b"}, "directory"),
    (MusicClass, {"directory": None, "playlist": []}, "playlist"),
    (MusicClass, {"directory": None, "playlist": ["music/one"]}, "playlist"),
    (MusicClass, {"directory": None, "playlist": ["ftp://host/a"]}, "playlist"),
    (MusicClass, {"directory": None, "playlist": "/a"}, "playlist"),
    (MusicClass, {"directory": None, "playlist": ["/a"], "sort": "alpha"}, "sort"),
    (CommandMusicClass, {"command": "mpg123 x"}, "command"),
    (CommandMusicClass, {"command": "/bin/x ${SHELL(id)}"}, "command"),
    (CommandMusicClass, {"format": "x" * 11}, "format"),
    (FollowMeStep, {"numbers": ""}, "numbers"),
    (FollowMeStep, {"numbers": "101&&102"}, "numbers"),
    (FollowMeStep, {"numbers": "101@outside"}, "numbers"),
    (FollowMeStep, {"numbers": "${X}"}, "numbers"),
    (FollowMeStep, {"numbers": ["1", "1"]}, "numbers"),
    (FollowMeStep, {"numbers": []}, "numbers"),
    (FollowMeStep, {"numbers": [f"{n:060}" for n in range(9)]}, "numbers"),
    (FollowMeStep, {"timeout": 0}, "timeout"),
    (FollowMeProfile, {"steps": ()}, "steps"),
    (FollowMeProfile, {"steps": [STEP] * 100}, "steps"),
    (FollowMeProfile, {"steps": ["101"]}, "steps"),
    (FollowMeProfile, {"take_call": "x"}, "take_call"),
    (FollowMeProfile, {"take_call": "1", "decline_call": "12"}, "decline_call"),
    (FollowMeProfile, {"context": "a,b"}, "context"),
    (AccessRule, {"networks": ["0.0.0.0/0"]}, "networks"),
    (AccessRule, {"networks": ["10.0.0.1/8"]}, "networks"),
    (AccessRule, {"networks": ["host.example"]}, "networks"),
    (AccessRule, {"networks": []}, "networks"),
    (AccessRule, {"sense": "maybe"}, "sense"),
    (AccessList, {"rules": ()}, "rules"),
    (AccessList, {"rules": ["10.0.0.0/8"]}, "rules"),
    (AccessList, {"rules": [AccessRule.deny("10.0.0.0/8")]}, "rules"),
    (AccessList, {"deny_others": False}, "rules"),
    (InternalExtension, {"exten": "_6XX"}, "exten"),
    (InternalExtension, {"exten": "6,1"}, "exten"),
    (InternalExtension, {"exten": "911"}, "exten"),
    (InternalExtension, {"destination": "sales"}, "destination"),
    (InternalExtension, {"destination": Destination("phones", "600")}, "destination"),
    (
        InternalExtension,
        {"destination": ToPhone("1", otherwise="phones,600,1")},
        "destination",
    ),
    (ToPhone, {"phone": "1&PJSIP/2"}, "phone"),
    (ToPhone, {"timeout": 0}, "timeout"),
    (ToPhone, {"otherwise": "nowhere"}, "otherwise"),
    (ToQueue, {"queue": "sales,t"}, "queue"),
    (ToQueue, {"queue": "${X}"}, "queue"),
    (ToMailbox, {"mailbox": "100&200"}, "mailbox"),
    (ToMailbox, {"mailbox": "zoe"}, "mailbox"),
    (ToMailbox, {"mailbox": "100@a,s"}, "mailbox"),
    (ToMailbox, {"mailbox": 100}, "mailbox"),
    (ToMailbox, {"greeting": "rude"}, "greeting"),
    (ToVoicemailMain, {"mailbox": "100,s"}, "mailbox"),
    (ToFollowMe, {"profile": "alice,s"}, "profile"),
]


@pytest.mark.parametrize("kind", GOOD, ids=lambda kind: kind.__name__)
def test_the_least_is_enough(kind: type) -> None:
    """And a spec can be made from another one."""
    spec = kind(**GOOD[kind])

    assert attrs.evolve(spec) == spec


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    BAD,
    ids=lambda part: part.__name__ if isinstance(part, type) else None,
)
def test_one_wrong_field_is_one_complaint(kind: type, fields: dict[str, Any], field: str) -> None:
    """It names the field, and a way out."""
    with pytest.raises(ValidationError) as caught:
        kind(**{**GOOD[kind], **fields})

    assert caught.value.field == field
    assert caught.value.hint


def test_all_that_is_wrong_is_said() -> None:
    """At once."""
    with pytest.raises(ValidationError) as caught:
        CallQueue(name="a b", strategy="loudest", timeout=-1)  # type: ignore[arg-type]

    assert [error.field for error in caught.value.errors] == ["name", "strategy", "timeout"]


@pytest.mark.parametrize("pin", ["123", "47x1", "100"])
def test_a_pin_is_not_shown(pin: str) -> None:
    """Neither a good one nor a bad one."""
    with pytest.raises(ValidationError) as caught:
        Mailbox(number="100", pin=pin)

    assert HIDDEN in str(caught.value)
    assert pin not in str(caught.value).removeprefix("pin=")[:20]
    assert HIDDEN in repr(Mailbox(number="100", pin="98765"))


def test_a_generated_pin_is_never_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another one is generated."""
    numbers = iter([471100, 7])
    monkeypatch.setattr("secrets.randbelow", lambda _limit: next(numbers))

    assert generated_pin("471100") == "000007"


@pytest.mark.parametrize(
    ("make", "same"),
    [
        (lambda: CallQueue(name="q", join_empty="paused").join_empty, (QueueEmpty.PAUSED,)),
        (lambda: Mailbox(number="1", emails="a@b.example").emails, ("a@b.example",)),
        (lambda: FollowMeStep(numbers="1&+12025550123").numbers, ("1", "+12025550123")),
        (lambda: MusicClass(name="a", directory="b", sort="random").sort, MohSort.RANDOM),
        (lambda: AccessRule.deny("::/2", "4000::/2").networks, (IPNetwork("::/1"),)),
        (lambda: AccessRule.deny("10.0.0.0/9").sense, AclSense.DENY),
        (lambda: ToMailbox("100").mailbox, "100@default"),
        (lambda: PenaltyStep(after=1, min_penalty="5").min_penalty, 5),
    ],
)
def test_what_people_write(make: Callable[[], object], same: object) -> None:
    """Short forms mean the long ones."""
    assert make() == same


def test_steps_of_a_rule_are_in_order_of_time() -> None:
    """However they were written."""
    late, early = PenaltyStep(after=60, max_penalty=1), PenaltyStep(after=5, min_penalty=0)

    assert PenaltyRule(name="r", steps=[late, early]).steps == (early, late)


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [("Dial", "PJSIP/100@carrier")],
        [("Dial", "PJSIP/100,20,tM(screen)"), ("Hangup", "")],
        [("Queue", "sales,t,https://x.example"), ("Hangup", "")],
        [("Answer", ""), ("Queue", "sales,,,,,agi.py"), ("Hangup", "16")],
        [("Answer", ""), ("Queue", "${Q}"), ("Hangup", "$[${HANGUPCAUSE} | 19]")],
        [("VoiceMail", "100@default,u"), ("Goto", "a,b,1")],
        [("Goto", "a,b,1"), ("Hangup", "")],
    ],
)
def test_steps_of_another_dialplan(steps: list[tuple[str, str]]) -> None:
    """They are refused, not guessed at."""
    with pytest.raises(ValidationError):
        read_destination(steps)


def test_a_route_takes_a_place_as_text() -> None:
    """As it always did."""
    route = InboundRoute(number="+12025550123", context="in", destination="attendant,start,1")

    assert route.destination == Destination("attendant", "start", 1)
