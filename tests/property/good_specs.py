"""A good example of every spec, with something in each field that takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

import attrs

from asterisk_realtime.providers.flowroute import FlowrouteAllowance, FlowrouteTrunk
from asterisk_realtime.providers.plivo import PlivoAllowance, PlivoTrunk
from asterisk_realtime.providers.signalwire import SignalWireTrunk
from asterisk_realtime.providers.telnyx import TelnyxAllowance, TelnyxTrunk
from asterisk_realtime.providers.twilio import TwilioAllowance, TwilioTrunk
from asterisk_realtime.providers.vonage import VonageAllowance, VonageTrunk
from asterisk_realtime.specs import (
    access,
    followme,
    identify,
    mailboxes,
    music,
    penalties,
    phones,
    queues,
    routes,
    targets,
    trunks,
)

if TYPE_CHECKING:
    from asterisk_realtime.values.checked import Checked

PASSWORD: Final = "Correct-Horse-42"

_TRUNK: Final[dict[str, Any]] = {
    "name": "one",
    "transport": "tls",
    "context": "from-one",
    "codecs": ["ulaw"],
    "outbound_proxy": "sip:proxy.example;transport=tls",
    "caller_id": '"Ann" <+12025550123>',
    "from_user": "ann",
    "from_domain": "a.example",
    "qualify_frequency": 60,
}
_PROVIDER: Final[dict[str, Any]] = {
    **{name: _TRUNK[name] for name in ("name", "context", "caller_id", "codecs")},
    "username": "ann",
    "password": PASSWORD,
    "secure": False,
    "transport": "udp",
    "outbound_proxy": None,
}
_PHONE: Final[dict[str, Any]] = {
    "id": "100",
    "context": "phones",
    "password": PASSWORD,
    "username": "ann",
    "storage": "digest",
    "realm": "asterisk",
    "algorithms": ["MD5"],
    "caller_id": '"Ann" <100>',
    "codecs": ["ulaw"],
    "mailbox": "100@default",
}

GOOD: Final[dict[type[Checked], dict[str, Any]]] = {
    access.AccessRule: {"sense": "permit", "networks": ["192.0.2.0/24"]},
    access.AccessList: {"name": "a", "rules": [access.AccessRule.permit("192.0.2.0/24")]},
    identify.Header: {"name": "X-Account", "value": "a1"},
    identify.Allowance: {
        "endpoint": "one",
        "networks": ["192.0.2.0/24"],
        "header_name": "X-Account",
        "header": identify.Header("X-Account", "a1"),
    },
    mailboxes.Mailbox: {
        "number": "100",
        "pin": "4711",
        "full_name": "Ann",
        "emails": ["a@x.example"],
        "attach": True,
        "timezone": "eastern",
        "max_messages": 9,
    },
    music.MusicClass: {"name": "jazz", "playlist": ["/a", "https://x.example/b"]},
    music.CommandMusicClass: {"name": "radio", "command": "/bin/a -x", "format": "ulaw"},
    followme.FollowMeStep: {"numbers": ["100"], "timeout": 5},
    followme.FollowMeProfile: {
        "name": "ann",
        "steps": [followme.FollowMeStep(numbers="100")],
        "context": "phones",
        "take_call": "1",
        "decline_call": "2",
        "music_class": "jazz",
    },
    queues.Member: {"phone": "100", "state_interface": "PJSIP/100", "name": "Ann", "penalty": 1},
    penalties.PenaltyStep: {
        "after": 5,
        "min_penalty": 1,
        "max_penalty": "+2",
        "raise_penalty": "3",
    },
    penalties.PenaltyRule: {"name": "r", "steps": [penalties.PenaltyStep(after=1, max_penalty=2)]},
    queues.QueueMembership: {"queue": "hotline", "member": queues.Member(phone="100")},
    queues.CallQueue: {
        "name": "sales",
        "members": [queues.Member(phone="100")],
        "music_class": "jazz",
        "announce": "hello",
        "periodic_announce": ["a", "b"],
        "join_empty": "paused,inuse",
        "default_rule": "r",
    },
    targets.ToPhone: {"phone": "100", "also": ["101"], "timeout": 5},
    targets.ToQueue: {"queue": "sales", "timeout": 5},
    targets.ToMailbox: {"mailbox": "100"},
    targets.ToVoicemailMain: {"mailbox": "100"},
    targets.ToFollowMe: {"profile": "ann"},
    phones.Phone: {**_PHONE, "media_encryption": "sdes"},
    phones.WebRtcPhone: {**_PHONE, "cert_file": "/a.pem", "private_key": "/b.pem"},
    routes.OutboundRoute: {
        "context": "phones",
        "pattern": "_1NXXNXXXXXX",
        "trunk": ["one", "two"],
        "region": "US",
        "caller_id": "+12025550123",
    },
    routes.InboundRoute: {"number": "+12025550123", "context": "from-one", "destination": "a,b,1"},
    routes.InternalExtension: {"exten": "100", "context": "phones", "destination": "a,b,1"},
    trunks.Credentials: {"username": "ann", "password": PASSWORD},
    trunks.Trunk: {
        **_TRUNK,
        "contact": ["sip:a.example", "sip:b.example;transport=tls"],
        "credentials": ("ann", PASSWORD),
        "inbound_credentials": ("ann", PASSWORD),
    },
    trunks.RegistrationTrunk: {
        **_TRUNK,
        "secure": True,
        "server_uri": "sip:a.example",
        "client_uri": "sip:ann@a.example",
        "credentials": ("ann", PASSWORD),
        "contact": ["sip:a.example"],
        "contact_user": "ann",
    },
    TwilioTrunk: {**_PROVIDER, "termination_uri": "grable.pstn.twilio.com"},
    TwilioAllowance: {"edges": ["dublin"], "account_sid": "AC" + "0" * 32},
    TelnyxTrunk: {**_PROVIDER, "host": "sip.telnyx.com", "register": True},
    TelnyxAllowance: {"endpoint": "one", "regions": None},
    PlivoTrunk: {**_PROVIDER, "host": "1.zt.plivo.com"},
    PlivoAllowance: {"endpoint": "one"},
    FlowrouteTrunk: {**_PROVIDER, "host": "us-west-or.sip.flowroute.com"},
    FlowrouteAllowance: {"endpoint": "one"},
    VonageTrunk: {**_PROVIDER, "host": "sip.nexmo.com"},
    VonageAllowance: {"endpoint": "one"},
    SignalWireTrunk: {**_PROVIDER, "host": "a.sip.signalwire.com"},
}
"""Each spec, with something in each field that takes it."""


def field_names(spec: type[Checked]) -> list[str]:
    """Return the fields of a spec that a caller gives."""
    return [field.name for field in attrs.fields(cast("Any", spec)) if field.init]
