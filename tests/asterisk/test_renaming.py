"""What a rename, a membership and `registrations` say is so for a running Asterisk."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy.orm import Session

from asterisk_realtime import (
    Absent,
    CallQueue,
    InternalExtension,
    Member,
    Phone,
    QueueMembership,
    ToPhone,
    ToQueue,
    registrations,
    rename,
)
from tests.asterisk.test_registered_phones import PASSWORD, phone, provision, registered
from tools.asterisk_lab.softphone import Softphone, over_udp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from asterisk_realtime import RegisteredDevice
    from tests.asterisk.realtime_lab import RealtimeLab

QUEUE: Final = CallQueue(name="help", timeout=20)
RINGS: Final = InternalExtension(exten="5", context="internal", destination=ToPhone("101"))
WAITS: Final = InternalExtension(exten="7", context="internal", destination=ToQueue("help"))
PORTS: Final = {"101": 5071, "102": 5072}
by_servers = pytest.mark.parametrize("start_lab", ["pgsql", "odbc-mariadb"], indirect=True)


@pytest.fixture
def lab_with_queues(
    start_lab: Callable[..., AbstractContextManager[RealtimeLab]],
) -> Iterator[RealtimeLab]:
    """A started Asterisk that has queues."""
    with start_lab(modules=("app_queue",), arrange=_with_queues) as lab:
        yield lab


def _with_queues(files: Mapping[str, str]) -> Mapping[str, str]:
    return {**files, "queues.conf": "[general]\n"}


def devices(lab: RealtimeLab, *phones: str) -> dict[str, tuple[RegisteredDevice, ...]]:
    """Return where phones are registered, as the library finds it now."""
    with Session(lab.engine) as session:
        return registrations(session, *phones)


@by_servers
def test_a_registered_phone_is_found(lab: RealtimeLab) -> None:
    """With its URI and the end of its registration; and not once it has left."""
    provision(lab, phone(), phone(id="102"))
    before = devices(lab, "101", "102")
    with registered(lab) as device:
        now = datetime.now(UTC)
        found = devices(lab, "101", "102")
        left = device.register(seconds=0)[0]
    (one,) = found["101"]

    assert before == {"101": (), "102": ()}
    assert found["102"] == ()
    assert one.phone == "101"
    assert re.match(rf"sip:101@{re.escape(device.wire.here)}\b", one.uri)
    assert one.expires is not None
    assert one.expires.utcoffset() == timedelta(0)
    assert timedelta(seconds=240) < one.expires - now < timedelta(seconds=360)
    assert one.server == "lab"
    assert left == 200
    assert devices(lab, "101") == {"101": ()}


def test_a_renamed_phone_is_called(lab: RealtimeLab) -> None:
    """It registers as the new one with its old user name, and its extension reaches it."""
    provision(lab, phone(), RINGS)
    with registered(lab) as device:
        lab.asterisk.originate("5", "internal")
        before = device.refuse_a_call()
        assert device.register(seconds=0)[0] == 200
        with Session(lab.engine) as session, session.begin():
            rename(session, Phone.key("101"), Phone.key("201"))
        as_before = device.register()[0]
    with over_udp(lab.site) as wire:
        device = Softphone(wire, lab.net.asterisk, "201", PASSWORD)
        by_new_name = device.register()[0]
        status = device.register(username="101")[0]
        lab.asterisk.originate("5", "internal")
        after = device.refuse_a_call()
        found = devices(lab, "101", "201")
    contacts = list(lab.asterisk.contacts())

    assert (before.request_uri or "").startswith("sip:101@")
    assert (after.request_uri or "").startswith("sip:201@")
    assert (as_before, by_new_name, status) == (401, 401, 200)
    assert [name.partition("/")[0] for name in contacts] == ["201"]
    if lab.path != "sqlite3":
        assert found["101"] == ()
        assert [one.phone for one in found["201"]] == ["201"]


def test_a_member_rings_while_it_is_one(lab_with_queues: RealtimeLab) -> None:
    """Once it is added, at the next call; and no longer once it is removed."""
    lab = lab_with_queues
    joins = QueueMembership(queue="help", member=Member(phone="101"))
    provision(
        lab,
        *(phone(id=user, qualify_frequency=60) for user in PORTS),
        QUEUE,
        QueueMembership(queue="help", member=Member(phone="102")),
        WAITS,
    )
    for user, port in PORTS.items():
        assert lab.register(user=user, password=PASSWORD, port=port) == 200
    with lab.phone(PORTS["101"]) as one, lab.phone(PORTS["102"]) as other:
        for user in PORTS:
            lab.asterisk.qualify(user)
        alone = _rung(lab)
        provision(lab, joins)
        both = _rung(lab)
        provision(lab, Absent(QueueMembership, "help", phone="101"))
        again = _rung(lab)
        invited = [len(peer.received("INVITE")) for peer in (one, other)]

    assert (alone, both, again) == ({"102"}, {"101", "102"}, {"102"})
    assert invited == [1, 3]


def _rung(lab: RealtimeLab) -> set[str]:
    """Call the queue until somebody answers, and return whom it called."""
    start = len(lab.asterisk.log())

    def log() -> str:
        return "\n".join(lab.asterisk.log()[start:])

    lab.asterisk.originate("7", "internal", seconds=5)
    answered = re.compile(r"PJSIP/\S+ answered Local/7@internal")
    lab.asterisk.wait_until(lambda: answered.search(log()) is not None, "answer of a member")
    lab.asterisk.cli("channel request hangup all")
    lab.asterisk.wait_until(lambda: not lab.asterisk.channels(), "end of the call")
    return set(re.findall(r"Called PJSIP/(\d+)", log()))
