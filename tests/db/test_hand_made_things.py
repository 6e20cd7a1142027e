"""Rows with as little as people write by hand: what is read from them plans no change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from asterisk_realtime import (
    AccessList,
    Allowance,
    CallQueue,
    Mailbox,
    MusicClass,
    PenaltyRule,
    RegistrationTrunk,
    Trunk,
    apply,
    get,
    plan,
)
from asterisk_realtime.models import Auth, Endpoint
from tests.db.tools import insert, put

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

Rows = list[tuple[str, dict[str, Any]]]
PEER: Rows = [
    (
        "ps_endpoints",
        {
            "id": "acme",
            "aors": "acme-hosts",
            "outbound_auth": "acme-auth",
            "context": "from-acme",
            "transport": "transport-udp",
            "allow": "ulaw",
            "identify_by": "ip",
        },
    ),
    ("ps_aors", {"id": "acme-hosts", "contact": "sip:sip.example"}),
    (
        "ps_auths",
        {"id": "acme-auth", "auth_type": "userpass", "username": "u", "password": "old-secret"},
    ),
]
REGISTRATION: Rows = [
    (
        "ps_registrations",
        {
            "id": "acme",
            "server_uri": "sip:sip.example",
            "client_uri": "sip:u@sip.example",
            "outbound_auth": "acme-auth",
            "endpoint": "acme",
            "transport": "transport-udp",
            "line": "yes",
        },
    ),
]
BY_HAND: dict[str, tuple[Rows, Callable[[Session], Any]]] = {
    "queue": ([("queues", {"name": "q"})], lambda s: get(s, CallQueue, "q")),
    "members": (
        [
            ("queues", {"name": "q"}),
            ("queue_members", {"queue_name": "q", "interface": "PJSIP/201", "uniqueid": 1}),
            ("queue_members", {"queue_name": "q", "interface": "Local/5@c", "uniqueid": 2}),
            ("ps_endpoints", {"id": "201"}),
        ],
        lambda s: get(s, CallQueue, "q"),
    ),
    "mailbox": (
        [("voicemail", {"context": "default", "mailbox": "201", "password": "4711"})],
        lambda s: get(s, Mailbox, "201"),
    ),
    "music": (
        [("musiconhold", {"name": "m", "mode": "files", "directory": "/music"})],
        lambda s: get(s, MusicClass, "m"),
    ),
    "access list": (
        [
            ("acls", {"name": "l", "rule_order": 1, "sense": "deny", "rule": "0.0.0.0/0"}),
            ("acls", {"name": "l", "rule_order": 2, "sense": "permit", "rule": "10.0.0.0/8"}),
        ],
        lambda s: get(s, AccessList, "l"),
    ),
    "penalty rule": (
        [
            (
                "queue_rules",
                {"rule_name": "r", "time": "10", "min_penalty": "+1", "max_penalty": "+0"},
            )
        ],
        lambda s: get(s, PenaltyRule, "r"),
    ),
    "trunk": (PEER, lambda s: get(s, Trunk, "acme")),
    "registration": ([*PEER, *REGISTRATION], lambda s: get(s, RegistrationTrunk, "acme")),
    "allowance": (
        [*PEER, ("ps_endpoint_id_ips", {"id": "acme", "endpoint": "acme", "match": "192.0.2.1"})],
        lambda s: get(s, Allowance, "acme"),
    ),
}


@pytest.mark.parametrize("thing", BY_HAND)
def test_what_is_read_plans_nothing(session: Session, thing: str) -> None:
    """Asterisk's default is the same as none, and ids that a person gave stay."""
    rows, find = BY_HAND[thing]
    put(session, rows)
    spec = find(session)
    assert spec is not None

    assert str(plan(session, spec)) == "nothing to change"


@pytest.mark.parametrize("registers", [False, True])
def test_an_account_of_two_trunks_is_not_changed_for_both(
    session: Session, *, registers: bool
) -> None:
    """A trunk whose auth another endpoint names gets one of its own when it changes."""
    put(session, [*PEER, *(REGISTRATION if registers else [])])
    insert(session, "ps_endpoints", id="other", outbound_auth="acme-auth", identify_by="ip")
    kind = RegistrationTrunk if registers else Trunk
    spec = get(session, kind, "acme")
    assert isinstance(spec, Trunk | RegistrationTrunk)
    apply(session, spec)

    assert session.get_one(Endpoint, "acme").outbound_auth == ("acme",)
    assert session.get_one(Endpoint, "other").outbound_auth == ("acme-auth",)
    assert session.get_one(Auth, "acme-auth").password == "old-secret"
