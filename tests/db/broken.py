"""Rows of people and other tools that no spec can say."""

from __future__ import annotations

from typing import Any

from asterisk_realtime import (
    AccessList,
    Allowance,
    CallQueue,
    CommandMusicClass,
    FollowMeProfile,
    InboundRoute,
    InternalExtension,
    Mailbox,
    MusicClass,
    OutboundRoute,
    PenaltyRule,
    Phone,
    RegistrationTrunk,
    Spec,
    Trunk,
    WebRtcPhone,
)
from tests.db.tools import PASSWORD

Rows = tuple[tuple[str, dict[str, Any]], ...]


def endpoint(name: str = "x", **cells: object) -> tuple[str, dict[str, Any]]:
    """Return a row of ``ps_endpoints``: a name, and what else it has."""
    return "ps_endpoints", {"id": name, **cells}


def auth(name: str = "x", **cells: object) -> tuple[str, dict[str, Any]]:
    """Return a row of ``ps_auths`` that is good but for *cells*."""
    usual = {"auth_type": "userpass", "username": "u", "password": PASSWORD}
    return "ps_auths", {"id": name, **usual, **cells}


def step(exten: str, app: str, appdata: str, priority: int = 1) -> tuple[str, dict[str, Any]]:
    """Return a row of ``extensions``."""
    cells = {"exten": exten, "priority": priority, "app": app, "appdata": appdata}
    return "extensions", {"context": "c", **cells}


def register(**cells: object) -> tuple[str, dict[str, Any]]:
    """Return a row of ``ps_registrations`` that is good but for *cells*."""
    usual = {"server_uri": "sip:s.example", "client_uri": "sip:u@s.example", "line": "yes"}
    return "ps_registrations", {"id": "x", "endpoint": "x", **usual, **cells}


BROKEN: dict[str, tuple[Rows, type[Spec], dict[str, str], str]] = {
    "an endpoint alone": ((endpoint(),), Trunk, {"name": "x"}, "transport=None"),
    "a trunk without a transport": (
        (
            endpoint(aors="x", context="c", allow="ulaw"),
            ("ps_aors", {"id": "x", "contact": "sip:a"}),
        ),
        Trunk,
        {"name": "x"},
        "transport",
    ),
    "a phone in no context's name": (
        (
            endpoint(auth="x", context="a b", aors="x"),
            auth(),
            ("ps_aors", {"id": "x", "max_contacts": 1}),
        ),
        Phone,
        {"id": "x"},
        "context",
    ),
    "a phone whose auth is missing": (
        (endpoint(auth="x", context="c", aors="x"), ("ps_aors", {"id": "x", "max_contacts": 1})),
        Phone,
        {"id": "x"},
        "auth",
    ),
    "a phone whose AOR is missing": (
        (endpoint(auth="x", context="c", aors="x"), auth()),
        Phone,
        {"id": "x"},
        "",
    ),
    "a phone without an AOR": (
        (endpoint(auth="x", context="c"), auth()),
        Phone,
        {"id": "x"},
        "",
    ),
    "a WebRTC phone of two auths": (
        (endpoint(auth="x,y", webrtc="yes", context="c", aors="x"), auth(), auth("y")),
        WebRtcPhone,
        {"id": "x"},
        "",
    ),
    "a registration without an auth": (
        (register(), endpoint(aors="x", context="c", transport="udp", allow="ulaw")),
        RegistrationTrunk,
        {"name": "x"},
        "",
    ),
    "a mailbox of no number": (
        (("voicemail", {"mailbox": "ann", "context": "c", "password": "1", "uniqueid": 99}),),
        Mailbox,
        {"number": "ann", "context": "c"},
        "number",
    ),
    "a queue of an impossible time": (
        (("queues", {"name": "q", "timeout": -5}),),
        CallQueue,
        {"name": "q"},
        "timeout",
    ),
    "a queue of an impossible name": (
        (("queues", {"name": "a b"}),),
        CallQueue,
        {"name": "a b"},
        "name",
    ),
    "a rule of an impossible time": (
        (
            (
                "queue_rules",
                {"rule_name": "r", "time": "soon", "min_penalty": "1", "max_penalty": "1"},
            ),
        ),
        PenaltyRule,
        {"name": "r"},
        "after",
    ),
    "a profile without steps": (
        (("followme", {"name": "f", "context": "c"}),),
        FollowMeProfile,
        {"name": "f"},
        "steps",
    ),
    "music of another mode": (
        (("musiconhold", {"name": "m", "mode": "mp3", "directory": "/m"}),),
        MusicClass,
        {"name": "m"},
        "mode 'mp3'",
    ),
    "music of files with a command": (
        (("musiconhold", {"name": "m", "mode": "files", "application": "/bin/a"}),),
        MusicClass,
        {"name": "m"},
        "runs a command",
    ),
    "music of nothing": (
        (("musiconhold", {"name": "m", "mode": "files"}),),
        MusicClass,
        {"name": "m"},
        "",
    ),
    "a command of nothing": (
        (("musiconhold", {"name": "m", "mode": "custom"}),),
        CommandMusicClass,
        {"name": "m"},
        "command",
    ),
    "a list of one Asterisk": (
        (
            (
                "acls",
                {
                    "name": "l",
                    "systemname": "pbx1",
                    "rule_order": 1,
                    "sense": "deny",
                    "rule": "10.0.0.0/8",
                },
            ),
        ),
        AccessList,
        {"name": "l"},
        "only for the Asterisk 'pbx1'",
    ),
    "a list of host names": (
        (("acls", {"name": "l", "rule_order": 1, "sense": "deny", "rule": "a.example"}),),
        AccessList,
        {"name": "l"},
        "",
    ),
    "addresses that are names": (
        (("ps_endpoint_id_ips", {"id": "i", "endpoint": "x", "match": "sip.example"}),),
        Allowance,
        {"endpoint": "x"},
        "networks",
    ),
    "a menu": (
        (step("100", "Answer", ""), step("100", "Background", "menu", 2)),
        InternalExtension,
        {"context": "c", "exten": "100"},
        "another dialplan's",
    ),
    "a number's menu": (
        (step("+1202", "Answer", ""), step("+1202", "Background", "menu", 2)),
        InboundRoute,
        {"context": "c", "number": "+1202"},
        "another dialplan's",
    ),
    "a pattern's menu": (
        (step("_X.", "Answer", ""), step("_X.", "Background", "menu", 2)),
        OutboundRoute,
        {"context": "c", "pattern": "_X."},
        "another dialplan's",
    ),
    "a call at a trunk among others": (
        (step("911", "NoOp", ""), step("911", "Dial", "PJSIP/911@x", 2)),
        OutboundRoute,
        {"context": "c", "pattern": "911"},
        "another dialplan's",
    ),
    "a call in lower case": (
        (step("_X.", "dial", "PJSIP/${EXTEN}@x"),),
        OutboundRoute,
        {"context": "c", "pattern": "_X."},
        "another dialplan's",
    ),
    "a number's call in lower case": (
        (step("911", "NoOp", ""), step("911", "dial", "PJSIP/911@x", 2)),
        OutboundRoute,
        {"context": "c", "pattern": "911"},
        "another dialplan's",
    ),
    "a call of two numbers": (
        (step("_X.", "Dial", "PJSIP/1@x"), step("_X.", "Dial", "PJSIP/${EXTEN}@x", 2)),
        OutboundRoute,
        {"context": "c", "pattern": "_X."},
        "",
    ),
}
"""Rows, and the only thing that they are listed as."""
