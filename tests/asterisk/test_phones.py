"""Phones made by the library's functions: they register at a real Asterisk and call each other."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from asterisk_realtime import (
    InternalExtension,
    Mailbox,
    Phone,
    ToMailbox,
    ToPhone,
    apply,
    create,
    delete,
    ensure,
)
from asterisk_realtime.models import Contact
from tools.asterisk_lab.softphone import Softphone, over_udp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from asterisk_realtime import Plan, Spec
    from tests.asterisk.realtime_lab import RealtimeLab

PASSWORD = 'Se;cr^et "quo\'ted" ^3B pässwörd'
REALM = "lab; of ^phones"


def provision(lab: RealtimeLab, *specs: Spec) -> Plan:
    """Apply *specs* and commit."""
    with Session(lab.engine) as session:
        done = apply(session, *specs)
        session.commit()
        return done


def contacts(lab: RealtimeLab) -> list[Contact]:
    """Return where phones are registered, as the table has it."""
    with Session(lab.engine) as session:
        return list(session.scalars(select(Contact).order_by(Contact.id)))


def sip_register(lab: RealtimeLab, algorithm: str, **account: Any) -> int:
    """Register by the phone in Python, and return the final status."""
    username = account.pop("username", None)
    with over_udp(lab.site) as wire:
        phone = Softphone(wire, lab.net.asterisk, **account)
        return phone.register(algorithm=algorithm, username=username)[0]


def test_two_phones_call_each_other(lab: RealtimeLab) -> None:
    """They register, call each other by their extensions, register again and unregister."""
    with Session(lab.engine) as session:
        ann = create(session, Phone(id="100", context="internal", caller_id='"Ann" <100>'))
        bob = create(
            session,
            Phone(id="bob.1", context="internal", caller_id='"Zoë; ^B" <101>', password=PASSWORD),
        )
        session.commit()
        passwords = {row.endpoint.id: str(row.auth.password) for row in (ann, bob)}
    provision(
        lab,
        InternalExtension(exten="100", context="internal", destination=ToPhone("100")),
        InternalExtension(exten="101", context="internal", destination=ToPhone("bob.1")),
    )
    ports = {"100": 5071, "bob.1": 5072}
    statuses = [
        lab.register(user=user, password=passwords[user], port=port) for user, port in ports.items()
    ]
    assert statuses == [200, 200]

    with lab.phone(5071) as ann_rings, lab.phone(5072) as bob_rings:
        for user in ports:
            lab.asterisk.qualify(user)
        there = lab.phone_call("101", user="100", password=passwords["100"])
        back = lab.phone_call("100", user="bob.1", password=passwords["bob.1"])
        (to_bob,) = bob_rings.received("INVITE")
        (to_ann,) = ann_rings.received("INVITE")

    assert (there.status, there.ended) == (200, True)
    assert (back.status, back.ended) == (200, True)
    assert (to_bob.header("From") or "").startswith('"Ann" <sip:100@')
    assert (to_ann.header("From") or "").startswith('"Zoë; ^B" <sip:101@')
    registered = contacts(lab)
    if lab.path != "sqlite3":
        assert [(row.endpoint, row.via_port) for row in registered] == list(ports.items())
        assert all(200 < (row.expiration_time or 0) - time.time() < 400 for row in registered)
        assert all(row.qualify_frequency == 60 for row in registered)

    again = lab.register(user="100", password=passwords["100"], port=5073)
    shown = [name for name in lab.asterisk.contacts() if name.startswith("100/")]
    left = [
        lab.register(user=user, password=passwords[user], port=port, seconds=0)
        for user, port in (("100", 5073), ("bob.1", 5072))
    ]

    assert again == 200
    assert [name.partition(";")[0] for name in shown] == [f"100/sip:100@{lab.net.phone}:5073"]
    assert left == [200, 200]
    assert lab.asterisk.contacts() == {}
    assert contacts(lab) == []
    assert lab.asterisk.log_problems() == []


def test_nobody_answers(
    start_lab: Callable[..., AbstractContextManager[RealtimeLab]],
) -> None:
    """After the time to ring the call goes to voicemail, or ends; and so it does without phone."""
    with start_lab(modules=("app_voicemail",), arrange=_with_voicemail) as lab:
        message = ToPhone("100", timeout=1, otherwise=ToMailbox("100"))
        alone = ToPhone("100", timeout=1)
        provision(
            lab,
            Phone(id="100", context="internal", password=PASSWORD, mailbox="100"),
            Mailbox(number="100", pin="80462"),
            InternalExtension(exten="100", context="internal", destination=message),
            InternalExtension(exten="200", context="internal", destination=alone),
        )
        lab.register(user="100", password=PASSWORD, port=5071)
        caller = {"user": "100", "password": PASSWORD}
        with lab.phone(5071, answers=False) as rings:
            lab.asterisk.qualify("100")
            ended = lab.phone_call("200", **caller)
            taken = lab.phone_call("100", **caller)
            rings.wait_for("CANCEL", 2)
        lab.register(user="100", password=PASSWORD, port=5071, seconds=0)
        gone = lab.phone_call("200", **caller)
        said = [line for line in lab.asterisk.log() if "VoiceMail(" in line]

    assert (ended.status, gone.status) == (480, 404)
    assert (taken.status, taken.ended) == (200, True)
    assert '"100@default,u"' in said[0]


def _with_voicemail(files: Mapping[str, str]) -> Mapping[str, str]:
    return {**files, "voicemail.conf": "[general]\nformat = wav\n"}


def test_a_wrong_password_is_refused(lab: RealtimeLab) -> None:
    """And so is a right one that was changed, and the phone when it is gone."""
    phone = Phone(id="100", context="internal", password=PASSWORD)
    provision(lab, phone)
    wrong = lab.register(user="100", password="wrong")
    assert lab.asterisk.contacts() == {}
    right = lab.register(user="100", password=PASSWORD, port=5071)
    call = lab.phone_call("100", user="100", password="wrong")
    with Session(lab.engine) as session:
        ensure(session, Phone(id="100", context="internal", password="other-words"))
        session.commit()
    old = lab.register(user="100", password=PASSWORD)
    new = lab.register(user="100", password="other-words", port=5071, seconds=0)
    with Session(lab.engine) as session:
        delete(session, Phone, "100")
        session.commit()
    gone = lab.register(user="100", password="other-words")

    assert (wrong, right, call.status) == (401, 200, 401)
    assert (old, new, gone) == (401, 200, 401)
    assert lab.asterisk.contacts() == {}


@pytest.mark.parametrize(
    ("phone", "good", "bad"),
    [
        ({}, ["MD5"], ["SHA-256"]),
        ({"algorithms": ["SHA-256", "MD5"]}, ["SHA-256", "MD5"], ["SHA-512-256"]),
        ({"storage": "md5", "realm": REALM}, ["MD5"], ["SHA-256"]),
        ({"storage": "digest", "realm": REALM}, ["SHA-256", "MD5"], ["SHA-512-256"]),
        (
            {"storage": "digest", "realm": REALM, "algorithms": ["SHA-256"], "username": "a; ^b"},
            ["SHA-256"],
            ["MD5"],
        ),
        (
            {"storage": "digest", "realm": REALM, "algorithms": ["SHA-512-256"]},
            ["SHA-512-256"],
            ["MD5"],
        ),
    ],
    ids=["plain", "plain sha", "md5", "both", "sha-256", "sha-512-256"],
)
def test_storage_of_the_password(
    lab: RealtimeLab, phone: dict[str, Any], good: list[str], bad: list[str]
) -> None:
    """Each kind of digest lets in who knows the password, by the hashes that are offered."""
    spec = Phone(id="100", context="internal", password=PASSWORD, **phone)
    provision(lab, spec)
    account = {"user": "100", "password": PASSWORD, "username": spec.username}
    wrong = {**account, "password": "wrong"}

    assert [sip_register(lab, name, **wrong) for name in good] == [401] * len(good)
    assert lab.asterisk.contacts() == {}
    assert [sip_register(lab, name, **account) for name in bad] == [401] * len(bad)
    assert [sip_register(lab, name, **account) for name in good] == [200] * len(good)
    assert len(lab.asterisk.contacts()) == 1
    assert lab.asterisk.log_problems() == []


def test_challenges_come_in_the_chosen_order(
    start_lab: Callable[..., AbstractContextManager[RealtimeLab]],
) -> None:
    """A phone takes the first hash that it knows (RFC 8760, section 2.4)."""
    with start_lab() as lab:
        provision(
            lab,
            Phone(id="100", context="internal", algorithms=["SHA-256", "MD5"], password=PASSWORD),
        )
        with over_udp(lab.site) as wire:
            _status, challenges = Softphone(wire, lab.net.asterisk, "100", PASSWORD).register()

    assert [re.findall(r"algorithm=([\w-]+)", line) for line in challenges] == [
        ["SHA-256"],
        ["MD5"],
    ]


def test_is_listed_as_it_is_created(lab: RealtimeLab) -> None:
    """Asterisk takes each row of every form of phone without a complaint."""
    provision(
        lab,
        Phone(id="100", context="internal", caller_id='"Ann" <100>', mailbox="100@default"),
        Phone(id="101", context="internal", media_encryption="sdes", transport="tls"),
        Phone(id="102", context="internal", media_encryption="dtls", max_contacts=3),
    )
    shown = {name: lab.asterisk.cli(f"pjsip show endpoint {name}") for name in ("100", "101")}
    dtls = lab.asterisk.cli("pjsip show endpoint 102")
    aor = lab.asterisk.cli("pjsip show aor 102")

    for name in ("100", "101"):
        for setting in ("rtp_symmetric", "force_rport", "rewrite_contact"):
            assert re.search(rf"^ {setting} +: true$", shown[name], re.MULTILINE)
    assert re.search(r'^ callerid +: "Ann" <100>$', shown["100"], re.MULTILINE)
    assert re.search(r"^ mailboxes +: 100@default$", shown["100"], re.MULTILINE)
    assert re.search(r"^ identify_by +: username$", shown["100"], re.MULTILINE)
    assert re.search(r"^ media_encryption +: sdes$", shown["101"], re.MULTILINE)
    assert re.search(r"^ media_encryption +: dtls$", dtls, re.MULTILINE)
    assert re.search(r"^ max_contacts +: 3$", aor, re.MULTILINE)
    assert all(name in lab.asterisk.cli("pjsip show endpoints") for name in ("100", "101", "102"))
    assert lab.asterisk.log_problems() == []
