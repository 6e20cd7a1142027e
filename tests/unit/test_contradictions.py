"""Parts of one spec that say the opposite of each other, pair by pair."""

from __future__ import annotations

from typing import Any, Final

import attrs
import pytest

from asterisk_realtime import (
    CallQueue,
    FollowMeProfile,
    FollowMeStep,
    Mailbox,
    Member,
    MusicClass,
    PenaltyStep,
    Phone,
    RegistrationTrunk,
    TelnyxTrunk,
    Trunk,
    TwilioTrunk,
    ValidationError,
    WebRtcPhone,
)
from asterisk_realtime.values import accounts
from asterisk_realtime.values.secret import Secret
from asterisk_realtime.values.transports import protocol_of

PASSWORD: Final = "Correct-Horse-42"
TRUNK: Final[dict[str, Any]] = {
    "name": "one",
    "contact": "sip:a.example",
    "transport": "main",
    "secure": False,
    "context": "from-one",
    "codecs": ["ulaw"],
}
REGISTERING: Final[dict[str, Any]] = {
    **{name: value for name, value in TRUNK.items() if name != "contact"},
    "server_uri": "sip:a.example",
    "client_uri": "sip:ann@a.example",
    "credentials": ("ann", PASSWORD),
}
USUAL: Final[dict[type, dict[str, Any]]] = {
    Trunk: TRUNK,
    RegistrationTrunk: REGISTERING,
    TwilioTrunk: {"termination_uri": "a.pstn.twilio.com"},
    TelnyxTrunk: {"name": "telnyx", "context": "from-telnyx", "host": "sip.telnyx.com"},
    Phone: {"id": "100", "context": "phones", "password": PASSWORD},
    WebRtcPhone: {"id": "100", "context": "phones", "password": PASSWORD},
    Mailbox: {"number": "100"},
    PenaltyStep: {"after": 1},
    Member: {},
    MusicClass: {"name": "jazz"},
    CallQueue: {"name": "sales"},
    FollowMeProfile: {"name": "a", "context": "b", "steps": [FollowMeStep(numbers="100")]},
}
TLS: Final = "sip:a.example;transport=tls"
TCP: Final = "sip:a.example;transport=tcp"
UDP: Final = "sip:a.example;transport=udp"

REFUSED: Final[list[tuple[type, dict[str, Any], str]]] = [
    (Trunk, {"contact": "sips:a.example"}, "contact"),
    (Trunk, {"contact": "sips:a.example", "transport": "udp"}, "contact"),
    (Trunk, {"contact": "SIPS:a.example", "transport": "udp"}, "contact"),
    (Trunk, {"contact": "sips:a.example", "transport": "transport-tcp"}, "contact"),
    (Trunk, {"contact": "sips:a.example;transport=udp"}, "contact"),
    (Trunk, {"contact": "sips:a.example;transport=tcp", "secure": True}, "contact"),
    (Trunk, {"contact": "sips:a.example;transport=ws", "secure": True}, "contact"),
    (Trunk, {"contact": TLS}, "contact"),
    (Trunk, {"contact": TLS, "transport": "udp"}, "contact"),
    (Trunk, {"contact": "sip:a.example;Transport=TLS", "transport": "UDP"}, "contact"),
    (Trunk, {"contact": TCP, "transport": "udp"}, "contact"),
    (Trunk, {"contact": UDP, "transport": "tcp"}, "contact"),
    (Trunk, {"contact": UDP, "transport": "tls", "secure": True}, "contact"),
    (Trunk, {"contact": UDP, "secure": True}, "contact"),
    (Trunk, {"contact": "sip:a.example;transport=wss", "secure": True}, "contact"),
    (Trunk, {"contact": [UDP, "sip:b.example;transport=tcp"]}, "contact"),
    (Trunk, {"contact": ["sip:b.example", TCP], "transport": "udp"}, "contact"),
    (Trunk, {"transport": "udp", "secure": True}, "transport"),
    (Trunk, {"transport": "transport-udp", "secure": True}, "transport"),
    (Trunk, {"transport": "tcp6", "secure": True}, "transport"),
    (Trunk, {"transport": "wss", "secure": True}, "transport"),
    (Trunk, {"transport": "ws"}, "transport"),
    (Trunk, {"outbound_proxy": "sips:p.example", "transport": "udp"}, "outbound_proxy"),
    (Trunk, {"outbound_proxy": TLS, "transport": "udp"}, "outbound_proxy"),
    (Trunk, {"outbound_proxy": TCP, "transport": "udp"}, "outbound_proxy"),
    (Trunk, {"outbound_proxy": UDP, "secure": True}, "outbound_proxy"),
    (Trunk, {"outbound_proxy": "sip:p.example", "contact": "sips:a.example"}, "contact"),
    (Trunk, {"inbound_credentials": ("ann", "short")}, "inbound_credentials"),
    (Trunk, {"inbound_credentials": ("ann-of-one", "Ann-Of-One")}, "inbound_credentials"),
    (
        Trunk,
        {"name": "one-trunk", "inbound_credentials": ("a", "ONE-trunk")},
        "inbound_credentials",
    ),
    (RegistrationTrunk, {"server_uri": "sips:a.example", "transport": "udp"}, "server_uri"),
    (RegistrationTrunk, {"server_uri": TCP, "transport": "udp"}, "server_uri"),
    (RegistrationTrunk, {"server_uri": TCP, "contact": UDP}, "contact"),
    (RegistrationTrunk, {"contact": "sips:a.example", "transport": "udp"}, "contact"),
    (RegistrationTrunk, {"outbound_proxy": TLS, "transport": "udp"}, "outbound_proxy"),
    (RegistrationTrunk, {"transport": "udp", "secure": True}, "transport"),
    (TwilioTrunk, {"outbound_proxy": UDP}, "outbound_proxy"),
    (TwilioTrunk, {"secure": False, "outbound_proxy": "sips:p.example"}, "outbound_proxy"),
    (TwilioTrunk, {"transport": "udp"}, "transport"),
    (TwilioTrunk, {"transport": "transport-tcp"}, "transport"),
    (TwilioTrunk, {"secure": False, "transport": "tls"}, "transport"),
    (TelnyxTrunk, {"outbound_proxy": UDP}, "outbound_proxy"),
    (TelnyxTrunk, {"secure": False, "outbound_proxy": TLS}, "outbound_proxy"),
    (Phone, {"transport": "wss"}, "transport"),
    (Phone, {"transport": "transport-ws"}, "transport"),
    (WebRtcPhone, {"transport": "udp"}, "transport"),
    (WebRtcPhone, {"private_key": "/key.pem"}, "private_key"),
    (Phone, {"storage": "md5", "realm": "a", "algorithms": ["SHA-256"]}, "algorithms"),
    (Phone, {"storage": "digest"}, "realm"),
    (Phone, {"password": "1"}, "password"),
    (Phone, {"password": "1234567"}, "password"),
    (Phone, {"id": "ann.phone", "password": "ann.phone"}, "password"),
    (Phone, {"id": "ann.phone", "password": "ANN.Phone"}, "password"),
    (Phone, {"username": "Ann at home", "password": "ann at HOME"}, "password"),
    (WebRtcPhone, {"id": "ann.phone", "password": "Ann.phone"}, "password"),
    (Mailbox, {"pin": "100200", "number": "100200"}, "pin"),
    (Mailbox, {"delete": True}, "delete"),
    (Mailbox, {"delete": True, "emails": "a@x.example"}, "delete"),
    (Mailbox, {"delete": True, "attach": True}, "delete"),
    (PenaltyStep, {}, "max_penalty"),
    (PenaltyStep, {"min_penalty": 5, "max_penalty": 3}, "min_penalty"),
    (Member, {}, "interface"),
    (Member, {"phone": "100", "interface": "PJSIP/100"}, "interface"),
    (MusicClass, {}, "directory"),
    (MusicClass, {"directory": "/a", "playlist": ["/a"]}, "directory"),
    (MusicClass, {"sort": "alpha", "playlist": ["/a"]}, "sort"),
    (CallQueue, {"join_empty": "yes,paused"}, "join_empty"),
    (FollowMeProfile, {"take_call": "1", "decline_call": "12"}, "decline_call"),
]

TAKEN: Final[list[tuple[type, dict[str, Any]]]] = [
    (Trunk, {"contact": "sips:a.example", "secure": True}),
    (Trunk, {"contact": "sips:a.example", "secure": True, "transport": "tls"}),
    (Trunk, {"contact": "sips:a.example;transport=tls", "secure": True, "transport": "tls4"}),
    (Trunk, {"contact": TLS, "transport": "transport-tls"}),  # media need not be encrypted
    (Trunk, {"contact": TCP, "transport": "tcp-nat"}),
    (Trunk, {"contact": UDP}),
    (Trunk, {"contact": [UDP, "sip:b.example"], "transport": "udp"}),
    (Trunk, {"contact": UDP, "outbound_proxy": TLS, "secure": True, "transport": "tls"}),
    (Trunk, {"contact": UDP, "outbound_proxy": "sip:p.example", "transport": "tcp"}),
    (Trunk, {"transport": "udp-to-tls"}),  # a name that says two protocols says none
    (Trunk, {"inbound_credentials": ("ann", "short"), "allow_weak_password": True}),
    (Trunk, {"credentials": ("ann", "short")}),  # the provider chose it
    (Phone, {"transport": "udp"}),
    (Phone, {"password": "1", "allow_weak_password": True}),
    (Phone, {"password": "100", "allow_weak_password": True}),
    (Phone, {"password": "12345678"}),
    (WebRtcPhone, {"transport": "wss"}),
    (PenaltyStep, {"min_penalty": 3, "max_penalty": 3}),
    (PenaltyStep, {"min_penalty": 5, "max_penalty": "+1"}),
    (Mailbox, {"delete": True, "attach": True, "emails": "a@x.example"}),
]


def fields_of(error: ValidationError) -> set[str]:
    """Return the fields that an error names."""
    return {item.field for item in error.errors}


@pytest.mark.parametrize(("spec", "fields", "named"), REFUSED)
def test_a_contradiction_is_refused(spec: type, fields: dict[str, Any], named: str) -> None:
    """The error names one of the parts; each part alone is fine."""
    with pytest.raises(ValidationError) as caught:
        spec(**{**USUAL[spec], **fields})

    assert named in fields_of(caught.value)


@pytest.mark.parametrize(("spec", "fields"), TAKEN)
def test_what_agrees_is_taken(spec: type, fields: dict[str, Any]) -> None:
    """Also what is unusual."""
    made = spec(**{**USUAL[spec], **fields})

    assert attrs.evolve(made) == made


def test_the_word_for_a_weak_password_is_no_difference() -> None:
    """What is read back is equal to what was written."""
    one, other = (
        Phone(id="100", context="phones", password=PASSWORD, allow_weak_password=allowed)
        for allowed in (True, False)
    )

    assert one == other
    assert hash(one) == hash(other)


def test_weakness_is_told_of_a_secret() -> None:
    """No password is not a weak one."""
    assert accounts.weakness(None, "100") is None
    assert accounts.weakness(Secret(PASSWORD), "100", None) is None
    assert accounts.weakness(Secret("ann.phone"), "100", "ANN.phone") is not None


@pytest.mark.parametrize(
    ("name", "protocol"),
    [
        *(("udp", "udp"), ("UDP6", "udp"), ("transport-tls", "tls"), ("tcp_nat", "tcp")),
        *(("wss", "wss"), ("main", None), ("audpb", None), ("tls-udp", None), (None, None)),
    ],
)
def test_the_protocol_that_a_name_says(name: str | None, protocol: str | None) -> None:
    """A word of its own, once."""
    assert protocol_of(name) == protocol
