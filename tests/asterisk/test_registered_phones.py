"""What a plan says of phones that are registered is true: each step is needed, and enough."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy.orm import Session

from asterisk_realtime import Absent, InternalExtension, Phone, ToPhone, apply
from asterisk_realtime.models import Extension
from tools.asterisk_lab.softphone import Softphone, over_udp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from asterisk_realtime import Plan, Spec
    from tests.asterisk.realtime_lab import RealtimeLab

PASSWORD: Final = "Correct-Horse-7"
LAMPS: Final = ("res_pjsip_mwi_body_generator", "res_pjsip_mwi", "app_minivm")
MINIVM: Final = "[general]\n"


def phone(**fields: Any) -> Phone:
    """Return a phone that is good but for *fields*."""
    usual = {"id": "101", "context": "internal", "password": PASSWORD, "qualify_frequency": 0}
    return Phone(**{**usual, **fields})


def provision(lab: RealtimeLab, *specs: Spec | Absent) -> Plan:
    """Apply *specs* and commit."""
    with Session(lab.engine) as session:
        done = apply(session, *specs)
        session.commit()
        return done


def reload(lab: RealtimeLab, plan: Plan) -> list[str]:
    """Do what a plan asks for, and return the modules."""
    for item in plan.reloads:
        assert "reloaded successfully" in lab.asterisk.cli(item.command)
    return [item.module for item in plan.reloads]


@contextmanager
def registered(lab: RealtimeLab, **account: Any) -> Iterator[Softphone]:
    """Yield a phone in Python that has registered."""
    usual = {"user": "101", "password": PASSWORD}
    with over_udp(lab.site) as wire:
        device = Softphone(wire, lab.net.asterisk, **{**usual, **account})
        assert device.register()[0] == 200
        yield device


@pytest.fixture
def lab_with_lamps(
    start_lab: Callable[..., AbstractContextManager[RealtimeLab]],
) -> Iterator[RealtimeLab]:
    """A started Asterisk that tells phones of their messages."""
    with start_lab(modules=LAMPS, arrange=_with_minivm) as lab:
        yield lab


def _with_minivm(files: Mapping[str, str]) -> Mapping[str, str]:
    return {**files, "minivm.conf": MINIVM}


def test_the_lamp_follows_another_mailbox(lab_with_lamps: RealtimeLab) -> None:
    """A registered phone shows the new box after the reload, and the old one until then."""
    lab = lab_with_lamps
    lab.add(*(_message(box, number) for box, number in MESSAGES))
    seen: list[str] = []

    def leave(number: int) -> None:
        lab.asterisk.cli(f"channel originate Local/message-{number}@internal application NoOp")
        lab.asterisk.wait_until(lambda: not lab.asterisk.channels(), "end of the message")

    def until(number: int) -> None:
        while not seen or f"Voice-Message: {number}/" not in seen[-1]:
            seen.append(device.wait_for("NOTIFY").body)

    provision(lab, phone(mailbox="101@default"))
    with registered(lab) as device:
        leave(1)
        until(1)
        plan = provision(lab, phone(mailbox="200@default"))
        leave(2)
        leave(3)
        until(3)
        before = "".join(seen)
        modules = reload(lab, plan)
        leave(5)
        leave(4)
        until(4)
        after = "".join(seen).removeprefix(before)

    assert modules == ["res_pjsip_mwi.so"]
    assert "Voice-Message: 2/" not in before
    assert "Voice-Message: 5/" not in after


MESSAGES: Final = (("101", 1), ("200", 2), ("101", 3), ("200", 4), ("101", 5))
"""Boxes, and how many messages are new there after a call to the extension of that number."""


def _message(box: str, number: int) -> Extension:
    return Extension(
        context="internal",
        exten=f"message-{number}",
        priority=1,
        app="MinivmMWI",
        appdata=f"{box}@default,0,{number},0",
    )


def test_a_registered_phone_is_asked_at_the_new_interval(lab: RealtimeLab) -> None:
    """It is not asked before the reload that the plan names, and then it is."""
    provision(lab, phone())
    with registered(lab) as device:
        (before,) = lab.asterisk.contacts().values()
        plan = provision(lab, phone(qualify_frequency=1))
        (stale,) = lab.asterisk.contacts().values()
        modules = reload(lab, plan)
        device.wait_for("OPTIONS")
        lab.asterisk.wait_until(
            lambda: list(lab.asterisk.contacts().values()) == ["Avail"], "phone that is Avail"
        )
        reload(lab, provision(lab, phone(qualify_frequency=0)))
        lab.asterisk.wait_until(
            lambda: list(lab.asterisk.contacts().values()) == ["NonQual"], "end of OPTIONS"
        )

    assert (before, stale) == ("NonQual", "NonQual")
    assert modules == ["res_pjsip.so"]
    assert "registered phone" in plan.reloads[0].why
    assert "static" not in plan.reloads[0].why


def test_a_device_outlives_its_password_and_its_phone(lab: RealtimeLab) -> None:
    """It is called until it is made to go, as the note says; a new phone of that id rings it."""
    route = InternalExtension(exten="101", context="internal", destination=ToPhone("101"))
    provision(lab, phone(), route)
    gone = Absent(Phone, "101"), Absent(InternalExtension, "101", context="internal")
    with registered(lab) as device:
        changed = provision(lab, phone(password="Other-Horse-8"))
        lab.asterisk.originate("101", "internal")
        device.refuse_a_call()
        removed = provision(lab, *gone)
        left = list(lab.asterisk.contacts())
        provision(lab, phone(password="Third-Horse-9"), route)
        lab.asterisk.originate("101", "internal")
        device.refuse_a_call()
        again = provision(lab, *gone)
        lab.end(again.notes[0])
        after = lab.asterisk.contacts()

    assert [note.about for note in changed.notes] == ["endpoint '101'"]
    assert "old password" in changed.notes[0].text
    assert "same id" in removed.notes[0].text
    assert len(left) == 1
    assert after == {}


def test_every_device_of_a_phone_rings(lab: RealtimeLab) -> None:
    """Two devices, or one of them; without any the status is 480."""
    to = ToPhone("101", every_device=True, timeout=20)
    provision(
        lab,
        phone(max_contacts=2),
        phone(id="102", max_contacts=2),
        InternalExtension(exten="101", context="internal", destination=to),
        InternalExtension(
            exten="200",
            context="internal",
            destination=ToPhone("102", also=["101"], every_device=True, timeout=20),
        ),
    )
    caller = {"user": "101", "password": PASSWORD}
    nobody = lab.phone_call("101", **caller)
    with registered(lab) as one, registered(lab) as two:
        lab.asterisk.originate("101", "internal")
        rung = [device.refuse_a_call().method for device in (one, two)]
        lab.asterisk.originate("200", "internal")
        with_another = [device.refuse_a_call().method for device in (one, two)]

    assert nobody.status == 480
    assert rung == with_another == ["INVITE", "INVITE"]
    assert lab.asterisk.log_problems() == []


CRYPTO: Final = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + 40 * "A"
DTLS: Final = "a=setup:actpass\r\na=fingerprint:SHA-256 " + ":".join(32 * ["AB"])
OFFERS: Final = {
    "RTP/AVP": "",
    "RTP/AVPF": "",
    "RTP/SAVP": CRYPTO,
    "RTP/SAVPF": CRYPTO,
    "UDP/TLS/RTP/SAVP": DTLS,
    "UDP/TLS/RTP/SAVPF": DTLS,
}
TAKEN: Final = {
    "plain": ({}, ["RTP/AVP"]),
    "plain avpf": ({"rtp_profile": "avpf"}, ["RTP/AVPF"]),
    "sdes": ({"media_encryption": "sdes"}, ["RTP/SAVP"]),
    "sdes avpf": ({"media_encryption": "sdes", "rtp_profile": "avpf"}, ["RTP/SAVPF"]),
    "dtls": ({"media_encryption": "dtls"}, ["UDP/TLS/RTP/SAVPF"]),
    "dtls avp": ({"media_encryption": "dtls", "rtp_profile": "avp"}, ["UDP/TLS/RTP/SAVP"]),
    "dtls any": ({"media_encryption": "dtls", "rtp_profile": "any"}, list(OFFERS)),
}


def _offer(lab: RealtimeLab, profile: str) -> str:
    lines = [
        "v=0",
        f"o=- 1 1 IN IP4 {lab.net.phone}",
        "s=-",
        f"c=IN IP4 {lab.net.phone}",
        "t=0 0",
        f"m=audio 40000 {profile} 0",
        "a=rtpmap:0 PCMU/8000",
        *([OFFERS[profile]] if OFFERS[profile] else []),
    ]
    return "\r\n".join([*lines, ""])


def test_which_offers_are_taken(lab: RealtimeLab) -> None:
    """A call without the encryption that is chosen, or in another profile, gets 488."""
    lab.add(
        Extension(context="internal", exten="600", priority=1, app="Answer", appdata=""),
        Extension(context="internal", exten="600", priority=2, app="Wait", appdata="5"),
    )
    found: dict[str, list[str]] = {}
    statuses: set[int] = set()
    for name, (fields, _taken) in TAKEN.items():
        provision(lab, phone(**fields))
        for profile in OFFERS:
            with over_udp(lab.site) as wire:
                device = Softphone(wire, lab.net.asterisk, "101", PASSWORD)
                status = device.call("600", _offer(lab, profile))
            statuses.add(status)
            if status == 200:
                found.setdefault(name, []).append(profile)

    assert found == {name: taken for name, (_fields, taken) in TAKEN.items()}
    assert statuses == {200, 488}


def test_a_new_context_needs_its_switch(lab: RealtimeLab) -> None:
    """The plan says so the first time: until then nobody gets there, and afterwards they do."""
    lab.add(
        Extension(context="internal", exten="5", priority=1, app="Goto", appdata="annex,5,1"),
    )
    steps = InternalExtension(exten="5", context="annex", destination="internal,600,1")
    lab.add(Extension(context="internal", exten="600", priority=1, app="Answer", appdata=""))
    provision(lab, phone())
    caller = {"user": "101", "password": PASSWORD}
    plan = provision(lab, steps)
    lost = lab.phone_call("5", **caller)
    extensions = lab.site.etc / "extensions.conf"
    switch = plan.reloads[0].why.partition("with ")[2]
    extensions.write_text(f"{extensions.read_text()}\n[annex]\n{switch}\n")
    modules = reload(lab, plan)
    there = lab.phone_call("5", **caller)
    second = provision(
        lab, InternalExtension(exten="6", context="annex", destination="internal,600,1")
    )

    assert lost.status != 200
    assert modules == ["pbx_config.so"]
    assert there.status == 200
    assert "new in the table" in plan.reloads[0].why
    assert "new in the table" not in second.reloads[0].why
