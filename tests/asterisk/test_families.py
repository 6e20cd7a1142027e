"""The tables beside PJSIP's, proven by what Asterisk does with them, and what it writes itself."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from asterisk_realtime import models as m
from asterisk_realtime.reports import queue_calls, queue_service_level
from asterisk_realtime.values.choices import MohMode, PeerType, QueueStrategy
from tests.asterisk.realtime_lab import DATABASES, PATHS, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo

    from sqlalchemy import Engine

    from tests.asterisk.realtime_lab import RealtimeLab
    from tools.asterisk_lab.prefix import Prefix

ODD: Final = 'Zoë; ^5 "o\'neil"'
MEMBER: Final = "Local/1@internal"
LONG: Final = "z" * (511 - len("GLOBAL(LONG)="))
"""As much as Asterisk takes into one step: 511 bytes, its name included."""

_MODULES: Final = (
    "app_queue",
    "app_voicemail",
    "chan_iax2",
    "func_global",
    "res_musiconhold",
)
_FILES: Final = {
    "iax.conf": "[general]\nbindaddr = {address}\n",
    "musiconhold.conf": "[general]\ncachertclasses = yes\n",
    "queuerules.conf": "[general]\nrealtime_rules = yes\n",
    "queues.conf": "[general]\n",
    "voicemail.conf": "[general]\nformat = wav\n",
}


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one second of music."""
    folder = tmp_path_factory.mktemp("moh")
    (folder / "hold.ulaw").write_bytes(b"\xff" * 8000)
    return folder


@pytest.fixture(scope="module")
def patch() -> Iterator[pytest.MonkeyPatch]:
    """What is changed for the tests of this file."""
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module", params=PATHS)
def lab(
    request: pytest.FixtureRequest, prefix: Prefix, music: Path, patch: pytest.MonkeyPatch
) -> Iterator[RealtimeLab]:
    """An Asterisk with a row of each family, read by each driver in turn."""
    engine: Engine = request.getfixturevalue(DATABASES[request.param])
    # Which Asterisk does not read.
    patch.setenv("TZ", "JST-9")
    with running(
        prefix,
        engine,
        request.param,
        rows=rows(music),
        arrange=_with_files,
        modules=_MODULES,
        also=("queue_log",),
    ) as started:
        yield started


def rows(music: Path) -> list[m.Base]:
    """Return what is in the tables."""
    steps = {
        "1": [("Answer", ""), ("Wait", "1")],
        "2": [("Answer", ""), ("MusicOnHold", "folder,1")],
        "3": [("Answer", ""), ("MusicOnHold", "list,1")],
        "5": [("Answer", ""), ("Queue", "hotline")],
        "6": [("Answer", ""), ("Queue", "nobody,,,,2")],
        "4": [("Set", f"GLOBAL(LONG)={LONG}"), ("Set", f"GLOBAL(ODD)={ODD}"), ("Answer", "")],
    }
    return [
        m.Queue(name="support", strategy=QueueStrategy.LINEAR, timeout=7, servicelevel=20),
        m.QueueMember(
            queue_name="support", interface=MEMBER, membername=ODD, penalty=3, ringinuse=True
        ),
        # On the servers Asterisk writes reasons only if it has seen one when it was loaded.
        m.QueueMember(
            queue_name="support",
            interface="Local/2@internal",
            paused=True,
            reason_paused="holiday",
        ),
        m.Queue(name="hotline", timeout=5),
        m.QueueMember(queue_name="hotline", interface=MEMBER, membername="Alice"),
        m.Queue(name="nobody"),
        m.QueueRule(rule_name="grow", time="10", min_penalty="+1", max_penalty="5"),
        m.MusicOnHold(name="folder", mode=MohMode.FILES, directory=str(music)),
        m.MusicOnHold(name="list", mode=MohMode.PLAYLIST),
        m.MusicOnHoldEntry(name="list", position=0, entry=str(music / "hold")),
        m.Voicemail(
            context="default", mailbox="100", password="4711", fullname=ODD, email="a@b.example"
        ),
        m.IaxFriend(
            name="branch",
            type=PeerType.FRIEND,
            username="br",
            secret="w;o^rd",
            host="dynamic",
            context="internal",
            callerid='"Zoë" <77>',
        ),
        m.Auth(id="desk", username="desk", password="de;sk"),
        m.Aor(id="desk", max_contacts=1, remove_existing=True, qualify_frequency=0),
        m.Endpoint(id="desk", aors=("desk",), auth=("desk",), allow=("ulaw",), context="internal"),
        *(
            m.Extension(context="internal", exten=exten, priority=number, app=app, appdata=data)
            for exten, some in steps.items()
            for number, (app, data) in enumerate(some, 1)
        ),
    ]


def _with_files(files: Mapping[str, str]) -> Mapping[str, str]:
    bound = re.search(r"bind = ([\d.]+):", files["pjsip.conf"])
    assert bound
    more = {name: text.format(address=bound[1]) for name, text in _FILES.items()}
    return {**files, **more}


def _local_zone() -> tzinfo:
    """Return the zone that Asterisk writes in."""
    try:
        with Path("/etc/localtime").open("rb") as file:
            return ZoneInfo.from_file(file)
    except FileNotFoundError:
        return UTC


def _around_now() -> tuple[datetime, datetime]:
    """Return a period that only the right zone finds again."""
    now = datetime.now(UTC)
    return now - timedelta(minutes=10), now + timedelta(minutes=1)


def test_queue(lab: RealtimeLab) -> None:
    """A queue has its settings and members, and the rules are loaded."""
    queue = lab.asterisk.cli("queue show support")
    rules = lab.asterisk.cli("queue show rules")

    assert "in 'linear' strategy" in queue
    assert "within 20s" in queue
    assert f"{ODD} ({MEMBER})" in queue
    assert re.search(r"with penalty 3", queue)
    assert re.search(r"Local/2@internal .*\(paused", queue)
    assert "Rule: grow" in rules
    assert "After 10 seconds, adjust QUEUE_MAX_PENALTY to 5" in rules
    assert "adjust QUEUE_MIN_PENALTY by 1" in rules


def test_queue_writes(lab: RealtimeLab) -> None:
    """What is set for a member at Asterisk stands in its row, and a pause in the queue log."""
    lab.asterisk.cli(f"queue pause member {MEMBER} queue support reason lunch")
    lab.asterisk.cli(f"queue set penalty 8 on {MEMBER} in support")
    lab.asterisk.cli(f"queue set ringinuse no on {MEMBER} in support")

    (member,) = lab.rows(
        m.QueueMember, m.QueueMember.interface == MEMBER, m.QueueMember.queue_name == "support"
    )
    (event,) = lab.wait_for_rows(m.QueueLog, m.QueueLog.event == "PAUSE")

    assert (member.paused, member.reason_paused, member.penalty) == (True, "lunch", 8)
    assert member.ringinuse is False
    assert member.membername == ODD
    assert (event.queuename, event.agent, event.data1) == ("support", ODD, "lunch")


def test_queue_reports(lab: RealtimeLab) -> None:
    """Who waits is taken, gives up, or is sent on, and the questions about queues tell so."""
    for exten, seconds in (("5", 3), ("6", 1), ("6", 10)):
        lab.asterisk.originate(exten, "internal", seconds=seconds)

    def calls(queue: str) -> list[Any]:
        with Session(lab.engine) as session:
            return list(
                session.execute(queue_calls(queue, *_around_now(), stored_in=_local_zone()))
            )

    def ended() -> bool:
        found = [*calls("hotline"), *calls("nobody")]
        return len(found) == 3 and all(call.outcome for call in found)

    lab.asterisk.wait_until(ended, "outcomes")
    (taken,) = calls("hotline")
    waited = {call.outcome: call.waited for call in calls("nobody")}
    with Session(lab.engine) as session:
        level = queue_service_level("nobody", *_around_now(), stored_in=_local_zone())
        served = session.execute(level).one()

    assert (taken.outcome, taken.agent) == ("CONNECT", "Alice")
    assert 0 <= taken.waited <= 2
    assert waited.keys() == {"ABANDON", "EXITWITHTIMEOUT"}
    assert 0 <= waited["ABANDON"] <= 1
    assert 2 <= waited["EXITWITHTIMEOUT"] <= 3
    assert tuple(served) == (2, 0, 1, 1, 0, 0, 0.0)


@pytest.mark.parametrize(("exten", "name"), [("2", "folder"), ("3", "list")])
def test_music_on_hold(lab: RealtimeLab, exten: str, name: str) -> None:
    """A class of files and one of entries play their file."""
    # Answer() waits half a second for audio before the next step comes.
    lab.asterisk.originate(exten, "internal", seconds=2)
    started = f"Started music on hold, class '{name}'"
    lab.asterisk.wait_until(lambda: any(started in line for line in lab.asterisk.log()), started)

    assert re.search(rf"Class: {name}\n\s*File: .*hold", lab.asterisk.cli("moh show files"))


def test_mailbox(lab: RealtimeLab) -> None:
    """A mailbox is found with its PIN, name and address."""
    found = {
        name: lab.evaluate(f"VM_INFO(100@default,{name})")
        for name in ("exists", "password", "fullname", "email")
    }

    assert found == {
        "exists": "1",
        "password": "4711",
        "fullname": ODD,
        "email": "a@b.example",
    }


def test_iax_friend(lab: RealtimeLab) -> None:
    """An IAX user is known with its settings."""
    shown = lab.asterisk.cli("iax2 show peer branch load")

    assert re.search(r"Secret +: <Set>", shown)
    assert re.search(r"Context +: internal", shown)
    assert re.search(r"Callerid +: \"Zoë\" <77>", shown)
    assert re.search(r"Dynamic +: Yes", shown)
    assert re.search(r"Username +: br", shown)


def test_steps_to_the_limit(lab: RealtimeLab) -> None:
    """A step takes 511 bytes of data, and what a driver could trip over."""
    lab.asterisk.originate("4", "internal")
    lab.asterisk.wait_until(lambda: lab.evaluate("GLOBAL(ODD)") != "", "value of ODD")

    assert lab.evaluate("GLOBAL(ODD)") == ODD
    assert lab.evaluate("GLOBAL(LONG)") == LONG


def test_registration_of_a_phone(lab: RealtimeLab) -> None:
    """A phone that registers is a typed row, which goes when it unregisters; not on SQLite."""
    status = lab.register(user="desk", password="de;sk")
    contacts = lab.rows(m.Contact)
    (shown,) = lab.asterisk.contacts()
    left = lab.register(user="desk", password="de;sk", seconds=0)
    uri = f"sip:desk@{lab.net.phone}:5070;line=1;x-odd=a%5eb"

    assert (status, left) == (200, 200)
    assert shown.startswith("desk/sip:desk@")
    assert lab.rows(m.Contact) == []
    assert lab.asterisk.contacts() == {}
    if lab.path == "sqlite3":
        assert contacts == []
        return
    (contact,) = contacts
    assert contact.id.startswith("desk;@")
    assert (contact.uri, contact.endpoint, contact.user_agent) == (uri, "desk", "lab; phone ^1")
    assert contact.via_addr == lab.net.phone
    assert 200 < contact.expiration_time - time.time() < 400
    assert (contact.qualify_frequency, contact.qualify_2xx_only) == (0, False)
