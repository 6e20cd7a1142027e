"""Queues, mailboxes, music, follow-me and access lists, made by specs, on a real Asterisk."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from asterisk_realtime import (
    AccessList,
    AccessRule,
    Allowance,
    CallQueue,
    Header,
    Mailbox,
    Member,
    ensure,
    set_password,
)
from asterisk_realtime.models import Endpoint, Identify, QueueMember, Voicemail
from tests.asterisk.realtime_lab import DATABASES, PATHS, running
from tests.asterisk.service_site import (
    BOX,
    CONTEXT,
    MEMBER,
    MODULES,
    NUMBER,
    PIN,
    SALES,
    add_prompts,
    make,
    provider_endpoint,
    restart,
    specs,
    with_files,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.asterisk.realtime_lab import RealtimeLab
    from tools.asterisk_lab.prefix import Prefix

ACCOUNT: Final = "AC" + "0" * 32
SECOND: Final = 16_000
"""Bytes of a WAV file."""
NEW_PIN: Final = "58321"

_EXPECTED: Final = re.compile(r"Unable to join queue 'sales'|'away'|\(away\)")
"""Nobody answers the queue in one test, and a phone is away in another."""


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one second of music."""
    folder = tmp_path_factory.mktemp("moh")
    (folder / "hold.ulaw").write_bytes(b"\xff" * 8000)
    return folder


@pytest.fixture(scope="module", params=PATHS)
def lab(request: pytest.FixtureRequest, prefix: Prefix, music: Path) -> Iterator[RealtimeLab]:
    """An Asterisk with all of it, read by each driver in turn."""
    engine: Engine = request.getfixturevalue(DATABASES[request.param])
    with running(
        prefix,
        engine,
        request.param,
        arrange=with_files,
        modules=MODULES,
    ) as started:
        add_prompts(started)
        restart(started, music)
        yield started


def log_since(lab: RealtimeLab, start: int) -> str:
    """Return what Asterisk logged after its first *start* lines."""
    return "\n".join(lab.asterisk.log()[start:])


def problems(lab: RealtimeLab) -> list[str]:
    """Return what Asterisk complained of, but for what the tests are about."""
    return [line for line in lab.asterisk.log_problems() if not _EXPECTED.search(line)]


def paused(lab: RealtimeLab) -> bool:
    """Tell whether Asterisk holds the member for paused."""
    shown = lab.asterisk.cli("queue show sales")
    return re.search(rf"{re.escape(MEMBER)}.*\(paused", shown) is not None


def test_a_call_waits_and_reaches_a_member(lab: RealtimeLab) -> None:
    """It hears music until the member answers."""
    shown = lab.asterisk.cli("queue show sales")
    call = lab.twilio_call(NUMBER, hold=2500)
    log = log_since(lab, 0)

    assert re.search(rf"Zoë; \^B \({re.escape(MEMBER)}\)", shown)
    assert (call.status, call.ended) == (200, True)
    assert 'Queue("PJSIP/twilio-' in log
    assert "Started music on hold, class 'folder'" in log
    assert re.search(r"Local/1@attendant-\S+ answered PJSIP/twilio-", log)
    assert problems(lab) == []


def test_the_rule_is_read(lab: RealtimeLab) -> None:
    """And means what the spec says."""
    rules = lab.asterisk.cli("queue show rules")

    assert "Rule: grow" in rules
    assert "After 10 seconds, adjust QUEUE_MAX_PENALTY by 1" in rules
    assert "adjust QUEUE_MIN_PENALTY by 0" in rules


def test_a_pause_survives(lab: RealtimeLab, music: Path) -> None:
    """Whoever paused a member finds it paused after `apply`, and callers are not let in."""
    (before,) = lab.rows(QueueMember, QueueMember.interface == MEMBER)
    lab.asterisk.cli(f"queue pause member {MEMBER} queue sales reason lunch")
    lab.asterisk.cli(f"queue set penalty 8 on {MEMBER} in sales")
    change = make(lab, *specs(music))
    (row,) = lab.rows(QueueMember, QueueMember.interface == MEMBER)
    start = len(lab.asterisk.log())
    was_paused = paused(lab)
    lab.asterisk.originate("600", "internal", seconds=2)
    lab.asterisk.wait_until(lambda: not lab.asterisk.channels(), "end of the call")
    refused = log_since(lab, start)
    lab.asterisk.cli(f"queue unpause member {MEMBER} queue sales")

    assert not change
    assert (row.paused, row.penalty, row.uniqueid) == (True, 8, before.uniqueid)
    assert was_paused
    assert 'Queue("Local/600@internal' in refused
    assert "Local/1@attendant" not in refused
    assert not paused(lab)


def test_a_member_comes_and_goes(lab: RealtimeLab) -> None:
    """At the next look: nothing is reloaded for it."""
    other = Member(interface="Local/2@attendant", penalty=4)
    make(lab, CallQueue(**{**_fields(SALES), "members": [*SALES.listed_members, other]}))
    with_other = lab.asterisk.cli("queue show sales")
    make(lab, SALES)
    without = lab.asterisk.cli("queue show sales")

    assert re.search(r"Local/2@attendant with penalty 4", with_other)
    assert "Local/2@attendant" not in without
    assert MEMBER in without


def _fields(spec: Any) -> dict[str, Any]:
    return {field.name: getattr(spec, field.name) for field in attrs.fields(type(spec))}


@pytest.mark.parametrize(("exten", "name"), [("600", "folder"), ("602", "list")])
def test_music(lab: RealtimeLab, exten: str, name: str) -> None:
    """A class of files and a playlist are heard in the queue that names them."""
    lab.asterisk.originate(exten, "internal", seconds=2)
    started = f"Started music on hold, class '{name}'"
    lab.asterisk.wait_until(lambda: started in log_since(lab, 0), started)

    assert re.search(rf"Class: {name}\n\s*File: .*hold", lab.asterisk.cli("moh show files"))
    lab.asterisk.wait_until(lambda: not lab.asterisk.channels(), "end of the call")


def _leave_message(lab: RealtimeLab, number: str, context: str) -> None:
    """Have a caller whistle for a good second, and hang up."""
    before = len(_recordings(lab))
    lab.asterisk.cli(f"channel originate Local/{number}@{context} application Milliwatt")
    lab.asterisk.wait_until(lambda: len(_recordings(lab)) > before, "recording")
    lab.asterisk.wait_until(lambda: _size(lab) > SECOND, "a second of the message")
    lab.asterisk.cli("channel request hangup all")
    lab.asterisk.wait_until(lambda: not lab.asterisk.channels(), "end of the call")


def _size(lab: RealtimeLab) -> int:
    return max((path.stat().st_size for path in _recordings(lab)), default=0)


def _recordings(lab: RealtimeLab) -> list[Path]:
    return list(lab.site.run.glob("var/spool/voicemail/default/100/**/*.wav"))


@pytest.mark.parametrize(
    ("number", "context"),
    [("601", "internal"), ("+12025550124", CONTEXT), ("+12025550126", CONTEXT)],
)
def test_a_message(lab: RealtimeLab, number: str, context: str) -> None:
    """By an extension, by a route, and when a phone does not answer."""
    before = int(lab.evaluate("VM_INFO(100@default,count)"))
    _leave_message(lab, number, context)

    assert int(lab.evaluate("VM_INFO(100@default,count)")) == before + 1
    assert lab.evaluate("VM_INFO(100@default,fullname)") == BOX.full_name
    assert problems(lab) == []


def _call_mailbox(lab: RealtimeLab, digits: str) -> None:
    """Have the owner dial *97, give the PIN that holds, and press *digits*."""
    (box,) = lab.rows(Voicemail)
    keys, before = f"{box.password}#{digits}w", lab.asterisk.calls()
    lab.asterisk.cli(f"channel originate Local/*97@internal application SendDTMF {keys},50,80")
    lab.asterisk.wait_until(lambda: lab.asterisk.calls() > before, "call")
    lab.asterisk.wait_until(lambda: not lab.asterisk.channels(), "end of the call")


def test_the_owners_pin_survives(lab: RealtimeLab, music: Path) -> None:
    """What was chosen by telephone holds after `apply`; set anew, the new one holds."""
    _call_mailbox(lab, f"05{NEW_PIN}#{NEW_PIN}#")
    change = make(lab, *specs(music))
    (box,) = lab.rows(Voicemail)
    chosen = lab.evaluate("VM_INFO(100@default,password)")
    with Session(lab.engine) as session:
        set_password(session, PIN, Mailbox, "100")
        session.commit()

    assert not change
    assert (str(box.password), chosen) == (NEW_PIN, NEW_PIN)
    assert lab.evaluate("VM_INFO(100@default,password)") == PIN


def test_follow_me_rings_its_steps(lab: RealtimeLab) -> None:
    """The first place does not answer, and of the second one does."""
    start = len(lab.asterisk.log())
    call = lab.twilio_call("+12025550125", hold=6000)
    log = log_since(lab, start)

    assert (call.status, call.ended) == (200, True)
    first, second, third = re.findall(r"calling Local/(\d)@attendant", log)
    assert (first, {second, third}) == ("2", {"1", "2"})
    assert re.search(r"Local/1@attendant-\S+ answered PJSIP/twilio-", log)
    assert problems(lab) == []


@pytest.mark.parametrize("exten", ["70", "71", "80", "81"])
def test_where_a_call_goes_on(lab: RealtimeLab, exten: str) -> None:
    """To the next destination if nobody took it, and nowhere after a call that was taken."""
    start = len(lab.asterisk.log())
    lab.asterisk.originate(exten, "internal", seconds=9)
    lab.asterisk.wait_until(
        lambda: "Local/" in log_since(lab, start) and not lab.asterisk.channels(), "end"
    )

    assert ("NoOp" in log_since(lab, start)) is exten.startswith("8")
    assert problems(lab) == []


def test_a_trunk_of_many_networks(lab: RealtimeLab) -> None:
    """Header and address must both be right, where the addresses are a list of their own."""
    nets = [f"10.{number % 250}.{number // 250}.0/25" for number in range(300)]
    allowance = Allowance(
        endpoint="wide",
        networks=[*nets, lab.net.twilio_network],
        header_name="X-Twilio-AccountSid",
        header=Header("X-Twilio-AccountSid", ACCOUNT),
    )
    with Session(lab.engine) as session:
        session.execute(delete(Identify))  # the other trunk's, which is identified by address
        session.add(provider_endpoint("wide"))
        ensure(session, allowance)
        session.commit()
    number = "+12025550124"

    right = lab.twilio_call(number, account_sid=ACCOUNT)
    wrong_account = lab.twilio_call(number, account_sid="AC" + "1" * 32)
    foreign = lab.twilio_call(number, account_sid=ACCOUNT, source=lab.net.unknown_peer)

    assert [call.status for call in (right, wrong_account, foreign)] == [200, 401, 401]
    lab.add(Identify(id="twilio", endpoint="twilio", match=(lab.net.twilio_network,)))


def test_an_access_list_refuses(lab: RealtimeLab) -> None:
    """As soon as the list says so; the endpoint stays as it is."""
    permitted = AccessList(name="house", rules=[AccessRule.permit(lab.net.twilio_network)])
    foreign = AccessList(name="house", rules=[AccessRule.permit("203.0.113.0/24")])
    exception = AccessList(
        name="house",
        rules=[*permitted.rules, AccessRule.deny(lab.net.twilio_caller)],
    )
    make(lab, permitted)
    with Session(lab.engine) as session:
        session.get_one(Endpoint, "twilio").acl = ("house",)
        session.commit()
    statuses = []
    for access_list in (permitted, foreign, exception, permitted):
        make(lab, access_list)
        statuses.append(lab.twilio_call("+12025550124").status)

    assert statuses == [200, 401, 401, 200]
