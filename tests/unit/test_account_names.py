"""What stands in an Authorization header, and codecs without which an endpoint is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from asterisk_realtime import (
    Phone,
    RegistrationTrunk,
    Trunk,
    TwilioTrunk,
    ValidationError,
    WebRtcPhone,
)

if TYPE_CHECKING:
    from asterisk_realtime.specs.base import Spec

PASSWORD = "Correct-Horse-7"
PEER: dict[str, Any] = {"name": "t", "transport": "tls", "context": "c", "codecs": ["ulaw"]}
USERS: dict[str, tuple[type[Spec], dict[str, Any], str]] = {
    "phone": (Phone, {"id": "1", "context": "c", "password": PASSWORD}, "username"),
    "browser": (WebRtcPhone, {"id": "1", "context": "c", "password": PASSWORD}, "username"),
    "twilio": (
        TwilioTrunk,
        {"termination_uri": "x.pstn.twilio.com", "password": PASSWORD},
        "username",
    ),
}
PAIRS: dict[str, tuple[type[Spec], dict[str, Any], str]] = {
    "trunk": (Trunk, {**PEER, "contact": "sip:x.example"}, "credentials"),
    "peer": (Trunk, {**PEER, "contact": "sip:x.example"}, "inbound_credentials"),
    "registration": (
        RegistrationTrunk,
        {**PEER, "server_uri": "sip:x.example", "client_uri": "sip:a@x.example"},
        "credentials",
    ),
}
BREAKING = ['a"b', "a\\b", "a\nb", "a\0b", "\u202eab"]


@pytest.mark.parametrize("name", BREAKING)
@pytest.mark.parametrize("what", [*USERS, *PAIRS])
def test_a_name_that_breaks_the_header(what: str, name: str) -> None:
    """A quote or a backslash ends the header's text, in whichever spec the name stands."""
    spec, fields, field = {**USERS, **PAIRS}[what]
    value: Any = name if what in USERS else (name, PASSWORD)
    with pytest.raises(ValidationError):
        spec(**fields, **{field: value})


@pytest.mark.parametrize("what", [*USERS, *PAIRS])
def test_an_ordinary_name(what: str) -> None:
    """The same specs take what people call accounts."""
    spec, fields, field = {**USERS, **PAIRS}[what]
    value: Any = "ann.b-c" if what in USERS else ("ann.b-c", PASSWORD)
    spec(**fields, **{field: value})


@pytest.mark.parametrize("codec", ["testlaw", "TESTLAW", "!testlaw", "ulaw2", ""])
def test_a_codec_that_is_none(codec: str) -> None:
    """Asterisk drops an endpoint that names it."""
    with pytest.raises(ValidationError, match="does not know this codec"):
        Phone(id="1", context="c", codecs=["ulaw", codec])
