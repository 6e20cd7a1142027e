"""What Asterisk keeps in the database for a while: contacts of phones, and subscriptions."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from asterisk_realtime import models as m
from tests.asterisk.realtime_lab import DATABASES, PATHS, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Engine

    from tests.asterisk.realtime_lab import RealtimeLab
    from tools.asterisk_lab.messages import SipMessage
    from tools.asterisk_lab.prefix import Prefix

PASSWORD: Final = "de;sk"
OK: Final = 200

_MODULES: Final = (
    "func_devstate",
    "res_pjsip_outbound_publish",
    "res_pjsip_exten_state",
    "res_pjsip_dialog_info_body_generator",
)


@pytest.fixture(scope="module", params=PATHS)
def lab(request: pytest.FixtureRequest, prefix: Prefix) -> Iterator[RealtimeLab]:
    """An Asterisk with one phone and one lamp, by each path in turn."""
    path = request.param
    engine: Engine = request.getfixturevalue(DATABASES[path])
    # On SQLite Asterisk keeps contacts and subscriptions in its astdb, so there are no rows.
    kept = () if path == "sqlite3" else ("subscription_persistence",)
    with running(
        prefix,
        engine,
        path,
        rows=_rows(),
        arrange=_with_lamp,
        modules=_MODULES,
        also=("global", *kept),
    ) as started:
        yield started


def _rows() -> list[m.Base]:
    return [
        m.Global(id="global", contact_expiration_check_interval=1),
        m.Auth(id="desk", username="desk", password=PASSWORD),
        m.Aor(
            id="desk",
            max_contacts=1,
            minimum_expiration=1,
            remove_existing=True,
            qualify_frequency=0,
        ),
        m.Endpoint(
            id="desk",
            aors=("desk",),
            auth=("desk",),
            allow=("ulaw",),
            context="internal",
            subscribe_context="internal",
        ),
    ]


def _with_lamp(files: Mapping[str, str]) -> Mapping[str, str]:
    head = "[internal]\n"
    lamp = f"{head}exten => 200,hint,Custom:lamp\n"
    return {**files, "extensions.conf": files["extensions.conf"].replace(head, lamp, 1)}


def test_contact_is_renewed(lab: RealtimeLab) -> None:
    """A phone that registers again keeps its row, which lasts longer now."""
    assert lab.register(user="desk", password=PASSWORD, seconds=100) == OK
    first = lab.rows(m.Contact)
    assert lab.register(user="desk", password=PASSWORD, seconds=200) == OK
    second = lab.rows(m.Contact)
    shown = lab.asterisk.contacts()
    assert lab.register(user="desk", password=PASSWORD, seconds=0) == OK

    assert len(shown) == 1
    assert lab.rows(m.Contact) == []
    if lab.path == "sqlite3":
        assert first == second == []
        return
    ((before,), (after,)) = (first, second)
    assert (before.id, before.uri) == (after.id, after.uri)
    assert 90 < after.expiration_time - before.expiration_time < 110


def test_contact_expires(lab: RealtimeLab) -> None:
    """A phone that does not register again is forgotten, and its row with it."""
    assert lab.register(user="desk", password=PASSWORD) == OK
    contacts = lab.rows(m.Contact)
    shown = lab.asterisk.contacts()
    assert lab.register(user="desk", password=PASSWORD, seconds=1) == OK
    lab.asterisk.wait_until(lambda: not lab.asterisk.contacts(), "end of the contact")
    lab.wait_until_gone(m.Contact)

    assert len(shown) == 1
    assert len(contacts) == (lab.path != "sqlite3")


def test_subscription_expires(lab: RealtimeLab) -> None:
    """A subscription has its row for as long as it was asked for."""
    for seconds in (2, 10, 50):  # longer, if the machine is too busy to look in time
        start = time.monotonic()
        with lab.notified_phone() as phone:
            assert lab.subscribe("200", user="desk", password=PASSWORD, seconds=seconds) == OK
            phone.wait_for("NOTIFY")
            rows = lab.rows(m.SubscriptionPersistence)
            in_time = time.monotonic() - start < seconds
            last = phone.wait_for("NOTIFY", 2)
            lab.wait_until_gone(m.SubscriptionPersistence)
        if in_time:
            break

    assert last.header("Subscription-State") == "terminated"
    assert len(rows) == (lab.path != "sqlite3")


def test_subscription_is_resumed(lab: RealtimeLab) -> None:
    """
    A subscription is a typed row, from which a restarted Asterisk goes on with it.

    One that has run out by then is not resumed, and its row goes. On SQLite there is no row.
    """
    lab.asterisk.cli("devstate change Custom:lamp NOT_INUSE")
    with lab.notified_phone() as phone:
        assert lab.subscribe("200", user="desk", password=PASSWORD) == OK
        before = phone.wait_for("NOTIFY")
        rows = _kept(lab, version=0)
        lab.asterisk.stop()
        lab.asterisk.start()
        resumed = phone.wait_for("NOTIFY", 2)
        lab.asterisk.cli("devstate change Custom:lamp INUSE")
        changed = phone.wait_for("NOTIFY", 3)
        later = _kept(lab, version=2)
    lab.asterisk.stop()
    with Session(lab.engine) as session:
        session.execute(update(m.SubscriptionPersistence).values(expires=int(time.time()) - 1))
        session.commit()
    lab.asterisk.start()

    notified = (before, resumed, changed)
    assert len({message.header("Call-ID") for message in notified}) == 1
    assert [_version(message) for message in notified] == [0, 1, 2]
    assert "<state>confirmed</state>" in changed.body
    lab.wait_until_gone(m.SubscriptionPersistence)  # on SQLite none was there
    if lab.path == "sqlite3":
        assert rows == later == []
        return
    ((row,), (after,)) = (rows, later)
    _check_row(lab, row, before)
    assert (after.id, after.tag, after.endpoint) == (row.id, row.tag, "desk")
    assert after.cseq > row.cseq


def _kept(lab: RealtimeLab, *, version: int) -> list[Any]:
    """Return the row once it says that this version was sent; on SQLite there is none."""
    if lab.path == "sqlite3":
        return lab.rows(m.SubscriptionPersistence)
    data = f'{{"200":{version}}}'
    return lab.wait_for_rows(
        m.SubscriptionPersistence, m.SubscriptionPersistence.generator_data == data
    )


def _check_row(lab: RealtimeLab, row: m.SubscriptionPersistence, notify: SipMessage) -> None:
    head, *lines = (row.packet or "").split("\r\n")
    addresses = (row.src_name, row.local_name, row.local_port, row.transport_key)
    sequence = (notify.header("CSeq") or "").partition(" ")[0]

    assert head == f"SUBSCRIBE sip:200@{lab.net.asterisk}:5060 SIP/2.0"
    assert f"Contact: {row.contact_uri}" in lines
    assert row.contact_uri == f"<sip:desk@{lab.net.phone}:5070;line=1;x-odd=a%5eb>"
    assert addresses == (lab.net.phone, lab.net.asterisk, 5060, "UDP")
    assert row.cseq == int(sequence) + 1
    assert f";tag={row.tag}" in (notify.header("From") or "")
    assert 0 < (row.expires or 0) - time.time() < 400
    assert row.prune_on_boot is False


def _version(message: SipMessage) -> int:
    found = re.search(r'version="(\d+)"', message.body.partition("dialog-info ")[2])
    assert found
    return int(found[1])
