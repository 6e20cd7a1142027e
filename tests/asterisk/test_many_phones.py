"""Files for sites with many phones: Asterisk starts without reading them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy.orm import Session

from asterisk_realtime import InternalExtension, OutboundRoute, Phone, ToPhone, apply
from tests.asterisk.realtime_lab import AS_GENERATED
from tests.examples import trunk
from tools.asterisk_lab.softphone import Softphone, over_udp

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.asterisk.realtime_lab import RealtimeLab

    StartLab = Callable[..., AbstractContextManager[RealtimeLab]]

PASSWORD: Final = "Correct-Horse-7"
PORT: Final = 5070
PHONE: Final = Phone(
    id="101", context="internal", password=PASSWORD, codecs=["ulaw"], qualify_frequency=1
)


def test_without_preloading(start_lab: StartLab) -> None:
    """A phone registers, is asked by OPTIONS, calls and is called; a trunk takes calls, unasked."""
    with start_lab(**AS_GENERATED, preload=False) as lab:
        with Session(lab.engine) as session:
            apply(
                session,
                PHONE,
                attrs.evolve(PHONE, id="102"),
                InternalExtension(exten="101", context="internal", destination=ToPhone("101")),
                trunk("peer", contact=lab.twilio_contact(), qualify_frequency=1),
                OutboundRoute(context="internal", pattern="_+1NXXNXXXXXX", trunk="peer"),
            )
            session.commit()
        lab.asterisk.stop()
        lab.asterisk.start()
        with over_udp(lab.site) as wire:
            device = Softphone(wire, lab.net.asterisk, user="101", password=PASSWORD)
            registered = device.register()[0]
            device.wait_for("OPTIONS")
        again = lab.register(user="101", password=PASSWORD, port=PORT)
        with lab.phone(PORT):
            inside = lab.phone_call("101", user="102", password=PASSWORD).status
        with lab.twilio_server(challenge=False) as provider:
            outside = lab.phone_call("+12025550123", user="102", password=PASSWORD).status
            methods = {message.method for message in provider.messages()}
        listed = lab.asterisk.cli("pjsip show endpoints")
        # There was no dialplan yet when it started for the first time.
        problems = [line for line in lab.asterisk.log_problems() if "dialplan.conf" not in line]

    assert (registered, again, inside, outside) == (200, 200, 200, 200)
    assert "OPTIONS" not in methods
    assert "No objects found" in listed
    assert problems == []
