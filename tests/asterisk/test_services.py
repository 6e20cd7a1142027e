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
    Aor,
    CallQueue,
    Destination,
    Endpoint,
    Extension,
    FollowMeProfile,
    FollowMeStep,
    Header,
    Identify,
    IdentifyBy,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    MusicClass,
    PenaltyRule,
    PenaltyStep,
    Plan,
    QueueEmpty,
    QueueMember,
    Spec,
    ToFollowMe,
    ToMailbox,
    ToPhone,
    ToQueue,
    ToVoicemailMain,
    Voicemail,
    allow,
    apply,
    set_mailbox_pin,
)
from tests.asterisk.realtime_lab import DATABASES, PATHS, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.asterisk.realtime_lab import RealtimeLab
    from tools.asterisk_lab.prefix import Prefix

NUMBER: Final = "+12025550123"
CONTEXT: Final = "from-twilio"
ACCOUNT: Final = "AC" + "0" * 32
SECOND: Final = 16_000
"""Bytes of a WAV file."""
PIN: Final = "4711"
NEW_PIN: Final = "58321"
MEMBER: Final = "Local/1@attendant"

_PROMPTS: Final = (
    *(f"digits/{digit}" for digit in range(10)),
    *("beep", "vm-password", "vm-youhave", "vm-no", "vm-INBOX", "vm-message", "vm-messages"),
    *("vm-onefor", "vm-opts", "vm-helpexit", "vm-first", "vm-last", "vm-advopts", "vm-repeat"),
    *("vm-delete", "vm-toforward", "vm-options", "vm-newpassword", "vm-reenterpassword"),
    *("vm-passchanged", "vm-theperson", "vm-isunavail", "vm-isonphone", "vm-intro"),
    *("followme/sorry", "followme/pls-hold-while-try", "followme/status"),
)
"""What it says on the way: the laboratory has no voice, and a prompt that is missing hangs up."""

_EXPECTED: Final = re.compile(r"Unable to join queue 'sales'|'away'|\(away\)")
"""Nobody answers the queue in one test, and a phone is away in another."""

_SILENCE: Final = b"\xff" * 400
_FILES: Final = {
    "followme.conf": "[general]\nfeaturedigittimeout = 500\n",
    "musiconhold.conf": "[general]\ncachertclasses = yes\n",
    "queuerules.conf": "[general]\nrealtime_rules = yes\n",
    "queues.conf": "[general]\n",
    "voicemail.conf": "[general]\nformat = wav\nenvelope = no\nmoveheard = no\n",
}
_MODULES: Final = (
    *("app_queue", "app_voicemail", "app_followme", "res_musiconhold", "format_wav"),
    *("app_milliwatt", "app_senddtmf"),
)


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
        arrange=_with_files,
        modules=_MODULES,
    ) as started:
        for prompt in _PROMPTS:
            file = started.site.data / "sounds" / "en" / f"{prompt}.ulaw"
            file.parent.mkdir(exist_ok=True, parents=True)
            file.write_bytes(_SILENCE)
        _restart(started, music)
        yield started


def _with_files(files: Mapping[str, str]) -> Mapping[str, str]:
    return {**files, **_FILES}


def _restart(lab: RealtimeLab, music: Path) -> None:
    """
    Provision it all, and start Asterisk on it with a new log.

    The system's name goes: an Asterisk that has one sees its own access lists only.
    """
    lab.asterisk.stop()
    conf = lab.site.etc / "asterisk.conf"
    conf.write_text(conf.read_text("utf-8").replace("systemname = lab\n", ""), "utf-8")
    (lab.site.run / "log" / "full.log").unlink()
    _add_provider(lab)
    make(lab, *specs(music))
    lab.asterisk.start()


def _add_provider(lab: RealtimeLab) -> None:
    """Add a trunk whose provider is SIPp, and what agents answer with."""
    lab.add(
        Endpoint(
            id="twilio",
            context=CONTEXT,
            transport="udp",
            allow=("ulaw",),
            identify_by=(IdentifyBy.IP,),
            direct_media=False,
        ),
        Identify(id="twilio", endpoint="twilio", match=(lab.net.twilio_network,)),
        Endpoint(id="away", aors=("away",), allow=("ulaw",)),
        Aor(id="away", max_contacts=1),
        *_steps("1", ("Answer", ""), ("Wait", "5")),
        *_steps("2", ("Wait", "1"), ("Congestion", "1")),
        *_steps("3", ("Answer", ""), ("Wait", "1")),
        *_steps("after", ("NoOp", "went on"), ("Hangup", "")),
    )


def _steps(exten: str, *steps: tuple[str, str]) -> list[Extension]:
    return [
        Extension(context="attendant", exten=exten, priority=priority, app=app, appdata=data)
        for priority, (app, data) in enumerate(steps, start=1)
    ]


SALES: Final = CallQueue(
    name="sales",
    members=[Member(interface=MEMBER, name="Zoë; ^B")],
    timeout=5,
    music_class="folder",
    join_empty=(QueueEmpty.PAUSED, QueueEmpty.INVALID),
    default_rule="grow",
)
BOX: Final = Mailbox(number="100", pin=PIN, full_name="Zoë; ^B", emails=["zoe@example.com"])
ALICE: Final = FollowMeProfile(
    name="alice",
    steps=[FollowMeStep(numbers="2", timeout=3), FollowMeStep(numbers=["2", "1"], timeout=5)],
    context="attendant",
    ask=False,
    music_class="folder",
)


AFTER: Final = Destination("attendant", "after")
ANSWERING: Final = "3"
SILENT: Final = "2"


def ways_on() -> list[Spec]:
    """Return routes that go on if nobody answers, where somebody does and where nobody does."""
    found: list[Spec] = []
    for number, agent in (("7", ANSWERING), ("8", SILENT)):
        members = [Member(interface=f"Local/{agent}@attendant")]
        queue = CallQueue(name=f"q{agent}", members=members, music_class="folder")
        profile = FollowMeProfile(
            name=f"p{agent}",
            steps=[FollowMeStep(numbers=agent, timeout=2)],
            context="attendant",
            ask=False,
            music_class="folder",
        )
        ways = (
            ToQueue(queue.name, timeout=2, otherwise=AFTER),
            ToFollowMe(profile.name, otherwise=AFTER),
        )
        found += [queue, profile]
        found += [
            InternalExtension(exten=f"{number}{way}", context="internal", destination=to)
            for way, to in enumerate(ways)
        ]
    return found


def specs(music: Path) -> list[Spec]:
    """Return what is provisioned."""
    routes = {
        NUMBER: ToQueue("sales", timeout=20, otherwise=ToMailbox("100")),
        "+12025550124": ToMailbox("100", greeting="busy"),
        "+12025550125": ToFollowMe("alice"),
        "+12025550126": ToPhone("away", timeout=1, otherwise=ToMailbox("100")),
    }
    return [
        SALES,
        PenaltyRule(name="grow", steps=[PenaltyStep(after=10, max_penalty="+1")]),
        BOX,
        MusicClass(name="folder", directory=str(music)),
        MusicClass(name="list", playlist=[str(music / "hold")]),
        ALICE,
        *(
            InboundRoute(number=number, context=CONTEXT, destination=to)
            for number, to in routes.items()
        ),
        CallQueue(name="wait", music_class="list"),
        InternalExtension(exten="602", context="internal", destination=ToQueue("wait")),
        InternalExtension(exten="600", context="internal", destination=ToQueue("sales")),
        InternalExtension(exten="*97", context="internal", destination=ToVoicemailMain("100")),
        *ways_on(),
        InternalExtension(exten="601", context="internal", destination=ToMailbox("100")),
    ]


def make(lab: RealtimeLab, *wanted: Spec) -> Plan:
    """Apply *wanted*, and commit."""
    with Session(lab.engine) as session:
        change = apply(session, *wanted)
        session.commit()
    return change


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
    make(lab, CallQueue(**{**_fields(SALES), "members": [*(SALES.members or ()), other]}))
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
        set_mailbox_pin(session, "100", PIN)
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
        session.execute(delete(Identify))  # the other trunk's, which is told by address
        session.add(
            Endpoint(
                id="wide",
                context=CONTEXT,
                transport="udp",
                allow=("ulaw",),
                identify_by=(IdentifyBy.IP,),
                direct_media=False,
            )
        )
        allow(session, allowance)
        session.commit()
    number = "+12025550124"

    right = lab.twilio_call(number, account_sid=ACCOUNT)
    wrong_account = lab.twilio_call(number, account_sid="AC" + "1" * 32)
    foreign = lab.twilio_call(number, account_sid=ACCOUNT, source=lab.net.stranger)

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
