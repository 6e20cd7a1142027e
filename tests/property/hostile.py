"""A good example of every spec, and values that no spec was made for."""

from __future__ import annotations

import decimal
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

import attrs
import netaddr

from asterisk_realtime.providers.flowroute import FlowrouteAllowance, FlowrouteTrunk
from asterisk_realtime.providers.plivo import PlivoAllowance, PlivoTrunk
from asterisk_realtime.providers.signalwire import SignalWireTrunk
from asterisk_realtime.providers.telnyx import TelnyxAllowance, TelnyxTrunk
from asterisk_realtime.providers.twilio import TwilioAllowance, TwilioTrunk
from asterisk_realtime.providers.twilio.termination import TerminationUri
from asterisk_realtime.providers.vonage import VonageAllowance, VonageTrunk
from asterisk_realtime.specs import (
    access,
    destinations,
    followme,
    identify,
    mailboxes,
    music,
    phones,
    queues,
    routes,
    targets,
    trunks,
)
from asterisk_realtime.values.caller_id import CallerId
from asterisk_realtime.values.checked import Checked
from asterisk_realtime.values.choices import QueueStrategy
from asterisk_realtime.values.patterns import DialPattern
from asterisk_realtime.values.secret import Secret
from asterisk_realtime.values.sip import SipUri

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD: Final = "Correct-Horse-42"
LONG: Final = 100_000

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
    queues.PenaltyStep: {"after": 5, "min_penalty": 1, "max_penalty": "+2", "raise_penalty": "3"},
    queues.PenaltyRule: {"name": "r", "steps": [queues.PenaltyStep(after=1, max_penalty=2)]},
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


class TroubleError(RuntimeError):
    """What an object of these raises; it must never get through."""


def _trouble(*_args: object) -> NoReturn:
    raise TroubleError


class _Raises:
    """Raises whatever is done with it."""

    __str__ = __repr__ = __iter__ = __eq__ = __len__ = __bool__ = __int__ = _trouble
    __contains__ = __getitem__ = __lt__ = __index__ = __fspath__ = _trouble
    __hash__ = object.__hash__


class _RaisesLater:
    """Gives one element, then raises."""

    def __iter__(self) -> Iterator[Any]:
        yield "100"
        raise TroubleError


def _hundred(*_args: object) -> str:
    return "100"


def _yes(*_args: object) -> bool:
    return True


class _Liar(str):
    """A text that says that it is another one."""

    __slots__ = ()
    __str__ = lower = casefold = strip = _hundred
    __eq__ = _yes
    __hash__ = str.__hash__
    __len__ = __contains__ = split = partition = encode = startswith = _trouble  # type: ignore[assignment]


class _LyingInt(int):
    """A number that is within every range."""

    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = _yes
    __hash__ = int.__hash__
    __str__ = __repr__ = _trouble


class _Pretends:
    """Says that it is a text."""

    __class__ = str  # type: ignore[assignment]


def nested(depth: int = 50) -> list[Any]:
    """Return a list in a list, so many times."""
    found: list[Any] = []
    for _ in range(depth):
        found = [found]
    return found


def looped() -> list[Any]:
    """Return a list that is its own element."""
    found: list[Any] = []
    found.append(found)
    return found


TEXTS: Final = (
    *("", " ", "\0", "a\0b", "\ud800", "a\udfffb", "\n", "a\r\nb: c", "\t", "\x7f", "\x85"),
    *(
        "\u202ea",
        "a\u200bb",
        "\u2066a",
        "\ufeffa",
        "\u2028",
        "\u0131",
        "\u212a",
        "\u017fip:h.example",
    ),
    *(
        "sip:h.example;tran\u017fport=tls",
        "sip:h.example;lr;lr",
        "sip:u:PW@h.example",
        "sips:h.example",
    ),
    *(
        "\uff11\uff10\uff10",
        "\u0661\u0660\u0660",
        "+\uff11\uff12\uff10\uff12\uff15\uff15\uff15\uff10\uff11\uff12\uff13",
    ),
    *(
        "${SHELL(id)}",
        "$[1+1]",
        "a,b,1",
        "a,s," + "9" * 5000,
        "a|b",
        "a;b^c",
        '"',
        "\\",
        "'",
        "%s",
        "{}",
    ),
    *(
        "../..",
        "/../x",
        "-1",
        "+0",
        "-0",
        "007",
        "1e3",
        "0x10",
        "\u0661",
        "\u00b2",
        "_X.",
        "_",
        "_[",
        "_[9-1]",
        "h",
        "fax",
    ),
    *(
        "*" * 40,
        "a" * 41,
        "a" * 80,
        "9" * 5000,
        "a@" * 50,
        "é" * 79,
        "10.0.0.0/8",
        "::ffff:192.0.2.1",
        "0.0.0.0/0",
    ),
    *('"' * 300, "\\" * 300, "(" * 300, "[" * 300, "${" * 300),
)
NASTY: Final = tuple(
    (piece * LONG)[:LONG]
    for piece in (
        *(
            " ",
            "a",
            "9",
            "\0",
            "<",
            ">",
            '"',
            "\\",
            ";",
            "^",
            ",",
            "&",
            "/",
            ".",
            "-",
            "_",
            "@",
            ":",
            "[",
            "+",
        ),
        *(
            "a.",
            "a@",
            "a,",
            "1-",
            "[1",
            "[1-4]",
            ";a=1",
            "${",
            '\\"',
            "a ",
            " <",
            "\ud800",
            "\u200b",
            "é",
            "\uff11",
        ),
    )
) + tuple(
    (start + piece * LONG)[:LONG] + end
    for start, piece, end in (
        ('"', " ", "<"),
        ("sip:", "a", "\0"),
        ("sip:a", ";a", "="),
        ("sip:", "a.", "-"),
        ("a@", "a.", "\n"),
        ("_", "[1-4]", "["),
        ("+", "1 ", "x"),
        ("https://", "a", " "),
        ("PJSIP/", "a", ","),
        ("192.0.2.0/", "9", ""),
        ("AC", "0", ""),
        ("a,b,", "9", ""),
    )
)
"""Texts of 100,000 characters, in shapes on which patterns backtrack."""


def _any(made: Any) -> Any:
    """Return a class that type checkers let be made of anything."""
    return made


def objects() -> tuple[Any, ...]:
    """Return values that are no text, made anew, since some can be used once alone."""
    return (
        *(None, True, False, 0, 1, -1, 3, 10**12, 10**5000, -(10**5000), 2**31, 1.0, 1e308),
        *(float("nan"), float("inf"), complex(1, 1), decimal.Decimal("NaN"), decimal.Decimal(5)),
        *(b"", b"100", b"\xff" * 200, bytearray(b"100"), memoryview(b"100")),
        *(str, int, list, dict, type, object, Exception, QueueStrategy, Checked, SipUri, Secret),
        *((), [], {}, set(), frozenset(), {"a": 1}, {"100"}, {100: "100"}, range(5), range(10**9)),
        *(
            [None],
            [[]],
            [["ulaw"]],
            ["ulaw", None],
            ["ulaw", "ulaw"],
            [b"ulaw"],
            ["\0"],
            ("a",),
            ("a", "b", "c"),
        ),
        *(
            (1, 2),
            ("ann", None),
            ("ann", 7),
            ("\0", "x"),
            ("ann", "\ud800"),
            ["ann", b"x"],
            ("a" * 10**5, PASSWORD),
        ),
        *(nested(), nested(3000), looped(), ["100"] * 20_000, list(range(20_000)), [10**5000]),
        *(
            (item for item in ["ulaw", "100"]),
            (item for item in count()),
            iter(["100"]),
            map(str, count()),
        ),
        *(
            _Raises(),
            [_Raises()],
            _RaisesLater(),
            _Pretends(),
            [_Pretends()],
            (_Raises(), _Raises()),
        ),
        *(
            _Liar("\0"),
            _Liar("a b"),
            _Liar("100"),
            [_Liar("x\ny")],
            _LyingInt(-5),
            _LyingInt(10**400),
        ),
        *(len, lambda: None, NotImplemented, ..., object(), TroubleError(), attrs.field()),
        *(
            _any(Secret)("\0"),
            _any(Secret)("12"),
            _any(Secret)(PASSWORD),
            _any(Secret)(b"x"),
            _any(Secret)(None),
        ),
        *(
            _any(SipUri)(host="a b"),
            _any(SipUri)(host="a.example", user="u:PW"),
            _any(SipUri)(host=None),
            _any(SipUri)(host=_Raises()),
        ),
        *(
            _any(SipUri)(host="a.example", port=10**5000),
            _any(SipUri)(host="a.example", parameters=None),
        ),
        *(
            _any(CallerId)("\0"),
            _any(CallerId)(None),
            _any(CallerId)("+12025550123", 5),
            _any(CallerId)("100", "a\u202eb"),
            _any(CallerId)(_Raises()),
        ),
        *(
            _any(destinations.Destination)("a", "b,c", 1),
            _any(destinations.Destination)("a", "b", 10**5000),
        ),
        *(
            _any(destinations.Destination)(None, _Raises(), "x"),
            _any(destinations.Destination)("a", "_1NX.", -1),
        ),
        *(
            _any(TerminationUri)("evil.example"),
            _any(TerminationUri)(None),
            _any(TerminationUri)("a.pstn.twilio.com\n"),
        ),
        *(_any(DialPattern)("_$", (), open_end=True), _any(DialPattern)(None, (), open_end=False)),
        *(
            netaddr.IPNetwork("0.0.0.0/0"),
            netaddr.IPAddress("192.0.2.1"),
            [netaddr.IPNetwork("::/0")],
        ),
    )
