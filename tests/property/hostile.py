"""Values that no spec was made for: texts, objects that raise or lie, and huge ones."""

from __future__ import annotations

import decimal
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NoReturn

import attrs
import netaddr

from asterisk_realtime.providers.twilio.termination import TerminationUri
from asterisk_realtime.specs import destinations
from asterisk_realtime.values.caller_id import CallerId
from asterisk_realtime.values.checked import Checked
from asterisk_realtime.values.choices import QueueStrategy
from asterisk_realtime.values.patterns import DialPattern
from asterisk_realtime.values.secret import Secret
from asterisk_realtime.values.sip import SipUri
from tests.property.good_specs import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG: Final = 100_000


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
    __len__ = __contains__ = split = partition = encode = startswith = _trouble  # type: ignore[assignment]  # it lies


class _LyingInt(int):
    """A number that is within every range."""

    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = _yes
    __hash__ = int.__hash__
    __str__ = __repr__ = _trouble


class _Pretends:
    """Says that it is a text."""

    __class__ = str  # type: ignore[assignment]  # as above


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
    """Return values that are not text, made anew, since some can be used once alone."""
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
