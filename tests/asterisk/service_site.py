"""A site with queues, mailboxes, music, follow-me profiles and access lists, made by specs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy.orm import Session

from asterisk_realtime import (
    CallQueue,
    Destination,
    FollowMeProfile,
    FollowMeStep,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    MusicClass,
    PenaltyRule,
    PenaltyStep,
    Plan,
    QueueEmpty,
    Spec,
    ToFollowMe,
    ToMailbox,
    ToPhone,
    ToQueue,
    ToVoicemailMain,
    apply,
)
from asterisk_realtime.models import Aor, Endpoint, Extension, Identify, IdentifyBy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.asterisk.realtime_lab import RealtimeLab


NUMBER: Final = "+12025550123"
CONTEXT: Final = "from-twilio"
PIN: Final = "4711"
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

_SILENCE: Final = b"\xff" * 400
_FILES: Final = {
    "followme.conf": "[general]\nfeaturedigittimeout = 500\n",
    "musiconhold.conf": "[general]\ncachertclasses = yes\n",
    "queuerules.conf": "[general]\nrealtime_rules = yes\n",
    "queues.conf": "[general]\n",
    "voicemail.conf": "[general]\nformat = wav\nenvelope = no\nmoveheard = no\n",
}
MODULES: Final = (
    *("app_queue", "app_voicemail", "app_followme", "res_musiconhold", "format_wav"),
    *("app_milliwatt", "app_senddtmf"),
)


def with_files(files: Mapping[str, str]) -> Mapping[str, str]:
    """Add the files of the services' modules."""
    return {**files, **_FILES}


def add_prompts(lab: RealtimeLab) -> None:
    """Have Asterisk find what it says on the way, in silence."""
    for prompt in _PROMPTS:
        file = lab.site.data / "sounds" / "en" / f"{prompt}.ulaw"
        file.parent.mkdir(exist_ok=True, parents=True)
        file.write_bytes(_SILENCE)


def restart(lab: RealtimeLab, music: Path) -> None:
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


def provider_endpoint(name: str) -> Endpoint:
    """Return an endpoint whose calls are known by their address."""
    return Endpoint(
        id=name,
        context=CONTEXT,
        transport="udp",
        allow=("ulaw",),
        identify_by=(IdentifyBy.IP,),
        direct_media=False,
    )


def _add_provider(lab: RealtimeLab) -> None:
    """Add a trunk whose provider is SIPp, and what agents answer with."""
    lab.add(
        provider_endpoint("twilio"),
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
