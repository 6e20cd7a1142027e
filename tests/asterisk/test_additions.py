"""Tables and columns that Asterisk's own scripts do not make, used by a real Asterisk."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from netaddr import IPNetwork

from asterisk_realtime.models import (
    Aor,
    Auth,
    Base,
    Endpoint,
    Extension,
    FollowMe,
    FollowMeNumber,
    IaxFriend,
    MusicOnHold,
    MusicOnHoldEntry,
    NamedAcl,
    Queue,
    QueueRule,
    StaticConfig,
    Transport,
    Voicemail,
)
from asterisk_realtime.values.choices import (
    AclSense,
    IaxConnectedLine,
    MohKillMethod,
    MohMode,
    PeerType,
    TransportProtocol,
    VoicemailPasswordLocation,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from tests.asterisk.realtime_lab import RealtimeLab

    StartLab = Callable[..., AbstractContextManager[RealtimeLab]]

OFFICE = IPNetwork("192.0.2.0/24")
ANYWHERE = IPNetwork("0.0.0.0/0")


def load(lab: RealtimeLab, *modules: str) -> None:
    """Load modules that the laboratory does without."""
    for module in modules:
        assert "Loaded" in lab.asterisk.cli(f"module load {module}.so")


def step(exten: str, priority: int, app: str, appdata: str = "") -> Extension:
    """Return one step of the dialplan."""
    return Extension(context="internal", exten=exten, priority=priority, app=app, appdata=appdata)


# -- Tables ----------------------------------------------------------------------------------------


def test_named_acl(lab: RealtimeLab) -> None:
    """Rules come in their order, whatever that of the rows, and ``!`` turns one round."""
    lab.add(
        NamedAcl(
            name="office",
            systemname="lab",
            rule_order=2,
            sense=AclSense.PERMIT,
            rule=(OFFICE, "!192.0.2.7"),
        ),
        NamedAcl(
            name="office", systemname="lab", rule_order=1, sense=AclSense.DENY, rule=(ANYWHERE,)
        ),
    )
    listing = lab.asterisk.cli("acl show office")

    assert "office (realtime)" in listing
    assert re.findall(r"(deny|allow) - ([^/]+/[\d.]+)", listing) == [
        ("deny", "0.0.0.0/0.0.0.0"),
        ("allow", "192.0.2.0/255.255.255.0"),
        ("deny", "192.0.2.7/255.255.255.255"),
    ]
    assert lab.asterisk.log_problems() == []


def test_named_acl_refuses(lab: RealtimeLab) -> None:
    """An endpoint is used from where its list permits; from nowhere if the list is missing."""
    places = {"house": IPNetwork(f"{lab.net.phone}/32"), "elsewhere": OFFICE}
    for name, network in places.items():
        rules = ((AclSense.DENY, ANYWHERE), (AclSense.PERMIT, network))
        lab.add(
            *(
                NamedAcl(name=name, systemname="lab", rule_order=number, sense=sense, rule=(rule,))
                for number, (sense, rule) in enumerate(rules, 1)
            )
        )
    lab.add(step("100", 1, "Answer"))
    found = {}
    for name in (*places, "missing"):
        lab.add(
            Auth(id=name, username=name, password="secret"),
            Aor(id=name, max_contacts=1),
            Endpoint(
                id=name,
                aors=(name,),
                auth=(name,),
                allow=("ulaw",),
                context="internal",
                acl=(name,),
            ),
        )
        call = lab.phone_call("100", user=name, password="secret")
        found[name] = (call.status, lab.register(user=name, password="secret"))

    assert found == {"house": (200, 200), "elsewhere": (401, 401), "missing": (401, 401)}
    assert "invalid ACL 'missing'" in "\n".join(lab.asterisk.log_problems())


def test_lists_of_a_named_host(start_lab: StartLab) -> None:
    """It has its own and those for all hosts, by the generated view, and not those of others."""
    hosts = {"own": "pbx-1", "all": None, "other": "pbx-2"}
    rows = [
        NamedAcl(name=name, systemname=host, rule_order=1, sense=AclSense.PERMIT, rule=(OFFICE,))
        for name, host in hosts.items()
    ]
    with start_lab(rows=rows, system_name="pbx-1") as lab:
        found = {name: "192.0.2.0" in lab.asterisk.cli(f"acl show {name}") for name in hosts}

    assert found == {"own": True, "all": True, "other": False}


def test_follow_me(start_lab: StartLab) -> None:
    """A profile with nothing but its context is followed; the second step is reached too."""
    rows = [
        FollowMe(name="boss", context="internal", enable_callee_prompt=False),
        FollowMeNumber(name="boss", ordinal="01", phonenumber="201"),
        FollowMeNumber(name="boss", ordinal="02", phonenumber="202", timeout=5),
        step("100", 1, "Answer"),
        step("100", 2, "FollowMe", "boss,d"),
        step("201", 1, "Set", "GLOBAL(first)=tried"),
        step("202", 1, "Set", "GLOBAL(second)=tried"),
    ]

    with start_lab(rows=rows, arrange=_with_general) as lab:
        load(lab, "func_global", "res_musiconhold", "app_followme")
        lab.asterisk.cli("channel originate Local/100@internal application Wait 3")
        lab.asterisk.wait_until(
            lambda: "second=tried" in lab.asterisk.cli("dialplan show globals"), "the second step"
        )
        tried = lab.asterisk.cli("dialplan show globals")

    assert "first=tried" in tried


def test_static_file(start_lab: StartLab) -> None:
    """A whole file comes from the table, as it is: ``;`` and ``^`` mean nothing in it."""
    rows = [
        StaticConfig(filename="musiconhold.conf", category="a;b^c", var_name=name, var_val=value)
        for name, value in (("mode", "playlist"), ("entry", "/no;where^5E"))
    ]
    rows.append(
        StaticConfig(
            filename="musiconhold.conf",
            category="off",
            var_name="mode",
            var_val="playlist",
            commented=True,
        )
    )

    with start_lab(rows=rows, arrange=_with_static_file) as lab:
        load(lab, "res_musiconhold")
        listing = lab.asterisk.cli("moh show classes")
        problems = lab.asterisk.log_problems()

    assert "Class: a;b^c\n" in listing
    assert "Class: off" not in listing
    assert problems == []


def _with_static_file(files: Mapping[str, str]) -> Mapping[str, str]:
    lines = files["extconfig.conf"].splitlines()
    line = next(line for line in lines if line.startswith("ps_endpoints =>"))
    mapping = line.replace("ps_endpoints", "musiconhold.conf", 1).replace(
        "ps_endpoints", "ast_config"
    )
    return {**files, "extconfig.conf": "\n".join([*lines, mapping, ""])}


# -- Columns ---------------------------------------------------------------------------------------


def test_columns(start_lab: StartLab) -> None:
    """What Asterisk shows of a column is what was written, and None changes nothing."""
    with start_lab(rows=_rows(), arrange=_with_general, transports=(), also=("transport",)) as lab:
        load(lab, "res_http_websocket", "res_pjsip_transport_websocket", "res_musiconhold")
        load(lab, "app_queue", "app_voicemail", "chan_iax2")
        rules = lab.asterisk.cli("queue show rules")
        peers = {name: lab.asterisk.cli(f"iax2 show peer {name} load") for name in ("set", "unset")}
        timeouts = {name: lab.asterisk.cli(f"pjsip show transport {name}") for name in peers}
        queues = lab.asterisk.cli("queue show")
        boxes = lab.asterisk.cli("voicemail show users for default")
        problems = lab.asterisk.log_problems()

    assert "adjust QUEUE_RAISE_PENALTY to 5" in rules
    assert "adjust QUEUE_RAISE_PENALTY by 0" in rules
    assert _after("Description", peers["set"]) == "a;b"
    assert _after("ACL", peers["set"]) == "Yes"
    assert _after("Callnum limit", peers["set"]) == "5"
    assert _after("ACL", peers["unset"]) == "No"
    assert _after("Callnum limit", peers["unset"]) == "0"
    assert _after("websocket_write_timeout", timeouts["set"]) == "250"
    assert _after("websocket_write_timeout", timeouts["unset"]) == "100"
    assert all(f"{name} has 0 calls" in queues for name in peers)
    assert re.findall(r" mailbox: (\d+)", boxes) == ["100", "101"]
    assert problems == []


def _after(word: str, listing: str) -> str:
    found = re.search(rf"^[ *]*{word} *:(.*)$", listing, re.MULTILINE)
    assert found, listing
    return found[1].strip()


def _with_general(files: Mapping[str, str]) -> Mapping[str, str]:
    names = ("followme", "iax", "musiconhold", "queues", "voicemail")
    empty = {f"{name}.conf": "[general]\n" for name in names}
    return {**files, **empty, "queuerules.conf": "[general]\nrealtime_rules = yes\n"}


def _rows() -> list[Base]:
    """Return of each table a row with the added columns and one without."""
    # Asterisk clears a registration that is older by writing an empty port, as PostgreSQL refuses.
    now = int(time.time())
    return [
        QueueRule(
            rule_name="set", time="30", min_penalty="+0", max_penalty="+0", raise_penalty="5"
        ),
        QueueRule(rule_name="unset", time="40", min_penalty="+1", max_penalty="+0"),
        Queue(name="set", announce_position_only_up=True, periodic_announce_startdelay=3),
        Queue(name="unset"),
        IaxFriend(
            name="set",
            type=PeerType.FRIEND,
            host="dynamic",
            description="a;b",
            deny=(ANYWHERE,),
            permit=(OFFICE,),
            outkey="key",
            forceencryption=False,
            connectedline=IaxConnectedLine.SEND,
            immediate=False,
            peercontext="remote",
            parkinglot="lot",
            maxcallnumbers=5,
            regseconds=now,
        ),
        IaxFriend(name="unset", type=PeerType.FRIEND, host="dynamic", regseconds=now),
        MusicOnHold(
            name="set",
            mode=MohMode.PLAYLIST,
            announcement="beep",
            answeredonly=True,
            kill_escalation_delay=500,
            kill_method=MohKillMethod.PROCESS,
        ),
        MusicOnHoldEntry(name="set", position=0, entry="/no/where"),
        Voicemail(context="default", mailbox="100", password="1234"),
        Voicemail(
            context="default",
            mailbox="101",
            password="1234",
            attachextrecs=True,
            backupdeleted=3,
            emailbody="Dear ${VM_NAME};",
            emailsubject="A message",
            fromstring="Voicemail",
            hidefromdir=True,
            leaveurgent=False,
            locale="C",
            maxsecs=60,
            messagewrap=True,
            minsecs=1,
            moveheard=False,
            nextaftercmd=True,
            options="saycid=yes|envelope=no",
            passwordlocation=VoicemailPasswordLocation.SPOOLDIR,
            saydurationm=1,
        ),
        Transport(
            id="set",
            protocol=TransportProtocol.WS,
            bind="127.0.0.1:5066",
            websocket_write_timeout=250,
        ),
        Transport(id="unset", protocol=TransportProtocol.WS, bind="127.0.0.1:5067"),
    ]
