"""What is written into each column to see whether Asterisk reads it: rows made from the models."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import netaddr
from sqlalchemy import BigInteger, Double

from asterisk_realtime import models as m
from asterisk_realtime.models import types

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ODD: Final = "p;^a\"'ü"
"""Text with all that a driver could trip over."""

Values = tuple[Any, ...]


NET: Final = "127.77.77"
"""Stands for the laboratory's network in a sample; `sample_values` puts the real one there."""


@dataclass(frozen=True)
class Plan:
    """
    What to write into the table of one model.

    Attributes:
        values: Column -> values, where the type of the column does not tell what Asterisk takes;
            none for a column that only `alone` tries.
        base: What each row needs before Asterisk takes it at all.
        alone: Rows of their own, for what rules other columns out.
    """

    values: Mapping[str, Values] = field(default_factory=dict)
    base: Mapping[str, Any] = field(default_factory=dict)
    alone: tuple[Mapping[str, Any], ...] = ()


def _full(length: int) -> str:
    """Return text of *length* characters that ends in another one than it begins with."""
    return ("ü" + "abcdefghi " * (length // 10 + 1))[: length - 1] + "z"


def _texts(length: int | None) -> Values:
    # What needs an escape is tried apart from the full length: it takes three places a character.
    return (ODD, _full(length or 500))


def usual(kind: Any) -> Values:  # noqa: PLR0911 - one line a type
    """Return values for a column of type *kind*: each word of a closed set, two of all else."""
    match kind:
        case types.Bool() | types.NativeBool() | types.NumberBool():
            return (True, False)
        case types.Choice():
            return tuple(kind.choices.__members__.values())
        case types.ChoiceList():
            words = tuple(kind.choices)
            return (*((word,) for word in words), words)
        case types.NetworkList():
            return (_NETWORKS, _NETWORKS[:1])
        case types.CommaList():
            return (("one", ODD), (_full(kind.length or 500).replace(" ", "-"),))
        case types.Int() | BigInteger():
            return (17, 4321)
        case Double():
            return (5.5, 0.25)
        case types.AstString():
            return _texts(kind.length)
    raise AssertionError(f"no samples for {kind!r}")


_URIS: Final = ("sip:one@127.0.0.1:5090;lr", "sip:" + "z" * 60 + "@192.0.2.1")
_FILES: Final = ("/etc/passwd", "/etc/hosts")
_GROUPS: Final = ("1,2", "0,7,63")
_PREFS: Final = (
    "prefer:configured,operation:only_preferred,keep:first,transcode:prevent",
    "prefer:pending,operation:intersect,keep:all,transcode:allow",
)
_PROFILES: Final = ("<prefer_config>", "<discard_incoming>")
_MECHANISMS: Final = (("sdes-srtp;mediasec", "msrp-tls;mediasec"), ("dtls-srtp;mediasec",))
_RULES: Final = ("deny", "permit", "contact_deny", "contact_permit")
_NETWORKS: Final = (netaddr.IPNetwork("10.1.2.0/24"), netaddr.IPNetwork("2001:db8::/32"))
_OLD_NAMES: Final = tuple(
    f"threadpool_{what}" for what in ("initial_size", "auto_increment", "idle_timeout", "max_size")
)
_HASH: Final = "0123456789abcdef0123456789abcdef"

PLANS: Final[dict[type[m.Base], Plan]] = {
    m.Endpoint: Plan(
        values={
            "allow": (("alaw", "g722:20"), ("ulaw",)),
            "disallow": (("g729",),),
            "callerid": ('"Zéd; ^" <12345>', f'"{"z" * 60}" <5550001111>'),
            "call_group": _GROUPS,
            "pickup_group": _GROUPS,
            "from_user": ("a.b;c=d", "z" * 40),
            "sdp_owner": ("o;^ü", "z" * 40),
            "tos_audio": ("ef", "cs3"),
            "tos_video": ("af41", "0x20"),
            "cos_audio": (3, 7),
            "cos_video": (4, 6),
            "dtls_rekey": ("77", "4000"),
            "dtls_cert_file": _FILES,
            "dtls_private_key": _FILES,
            "dtls_ca_file": _FILES,
            "dtls_ca_path": ("/etc", "/usr"),
            "set_var": (("FOO=b;^ü",),),
            "timers_min_se": (120, 100),
            "timers_sess_expires": (1900, 2000),
            "codec_prefs_incoming_offer": _PREFS,
            "codec_prefs_incoming_answer": _PREFS,
            "codec_prefs_outgoing_offer": _PREFS,
            "codec_prefs_outgoing_answer": _PREFS,
            "geoloc_incoming_call_profile": _PROFILES,
            "geoloc_outgoing_call_profile": _PROFILES,
            "security_mechanisms": _MECHANISMS,
            "max_audio_streams": (8, 17),
            "max_video_streams": (8, 17),
            # Asterisk takes these two together only.
            "rtp_port_start": (20100, 1024),
            "rtp_port_end": (20200, 65000),
            **dict.fromkeys(("webrtc", "dtls_auto_generate_cert", "preferred_codec_only"), ()),
            # Rules hide the names of access lists from the command.
            **dict.fromkeys(_RULES, ()),
        },
        alone=(
            {"webrtc": True},
            {"webrtc": False, "dtls_auto_generate_cert": False, "preferred_codec_only": False},
            {"dtls_auto_generate_cert": True},
            {"preferred_codec_only": True},
            dict.fromkeys(_RULES, _NETWORKS),
        ),
    ),
    m.Aor: Plan(
        values={
            "contact": (
                ("sip:127.0.0.1:5099;transport=tcp", "sip:192.0.2.1"),
                ("sips:a@b.example",),
            ),
            "outbound_proxy": _URIS,
            "qualify_frequency": (17, 86400),
        },
    ),
    m.Auth: Plan(
        values={
            "auth_type": ("userpass", "md5", "digest"),
            "md5_cred": (),
            "password_digest": (f"MD5:{_HASH}", f"SHA-256:{_HASH * 2}"),
        },
        base={"username": "user", "password": "word"},
        alone=({"md5_cred": _HASH},),
    ),
    m.Identify: Plan(
        values={
            "match_header": ("X-Odd: p;^a\"'ü", "/X-[A-Z]+: z/"),
            "match_request_uri": ("sip:p;^ü@z", "/sip:.*/"),
        },
        base={"endpoint": "none", "match": ("192.0.2.1",)},
    ),
    m.Registration: Plan(
        values={
            "server_uri": (f"sip:{NET}.77:5099;transport=udp", f"sip:{NET}.78"),
            "client_uri": ("sip:one@127.0.0.1;lr", "sip:two@192.0.2.1"),
            "outbound_proxy": (f"sip:{NET}.77:5090;lr", f"sip:{NET}.78"),
            "transport": ("udp", "tcp"),
            "contact_user": ("o;=ne", "z" * 255),
            "security_mechanisms": _MECHANISMS,
            "line": (True,),
            "contact_header_params": ("a=b", "c=d;e=f"),
            "max_random_initial_delay": (4000, 5000),
        },
        base={
            "server_uri": f"sip:{NET}.77:5099",
            "client_uri": "sip:one@127.0.0.1",
            "max_random_initial_delay": 4000,
        },
        alone=({"line": False},),
    ),
    m.Transport: Plan(
        values={
            "bind": tuple(f"{NET}.1:{6000 + number}" for number in range(9)),
            "ca_list_file": _FILES,
            "ca_list_path": ("/etc", "/usr"),
            "cert_file": _FILES,
            "priv_key_file": _FILES,
            "external_media_address": ("192.0.2.1", "198.51.100.2"),
            "external_signaling_address": ("192.0.2.1", "198.51.100.2"),
            "tos": ("ef", "cs3"),
            "cos": (3, 7),
            "protocol": ("udp",),
            "cipher": (("ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"),),
        },
        base={"bind": f"{NET}.1:5999"},
        alone=(
            {"protocol": "tcp"},
            {"protocol": "tls", "bind": f"{NET}.1:5998"},
            {"protocol": "ws"},
            {"protocol": "wss"},
            {"protocol": "flow", "bind": None},
        ),
    ),
    m.Contact: Plan(
        values={"expiration_time": (2**31 + 17, 2**33), "uri": _URIS},
        base={"uri": _URIS[0], "expiration_time": 2**31},
    ),
    m.DomainAlias: Plan(base={"domain": "b.example"}),
    m.Global: Plan(),
    m.System: Plan(
        values={
            "timer_t1": (200, 150),
            "timer_b": (40000, 20000),
            **dict.fromkeys(_OLD_NAMES, (18,)),
        }
    ),
    m.ResourceList: Plan(base={"event": "presence", "list_item": ("one",)}),
    m.SubscriptionPersistence: Plan(values={"packet": ("p;^a", "ü" + 300 * "abcd ef")}),
    m.OutboundPublish: Plan(
        values={
            **dict.fromkeys(("server_uri", "from_uri", "to_uri", "outbound_proxy"), _URIS),
            **dict.fromkeys(("body", "context", "exten"), ("^[a-z]+ü$", "from-\"'")),
        },
        base={"server_uri": _URIS[0], "event": "odd"},
    ),
    m.InboundPublication: Plan(base={"endpoint": "none"}),
    m.AsteriskPublication: Plan(
        values=dict.fromkeys(("device_state_filter", "mailbox_state_filter"), ("^a", "z.*"))
    ),
}


def sample_values(model: type[m.Base], dialect: str, net: str) -> Iterator[dict[str, Any]]:
    """
    Yield attribute -> value for each row that is to be written: first one with as little as can be.

    Args:
        model: Whose table.
        dialect: The database: a column that it lacks is left out.
        net: The laboratory's network.
    """
    plan = PLANS[model]
    wide = {
        attribute.key: plan.values.get(attribute.key, None)
        for attribute in model.__mapper__.column_attrs
        if attribute.key != "id" and dialect not in attribute.columns[0].info.get("absent_on", ())
    }
    samples = {
        key: usual(model.__mapper__.columns[key].type) if some is None else some
        for key, some in wide.items()
    }
    tried = {key: some for key, some in samples.items() if some}
    rows = [
        {**plan.base, **{key: some[number % len(some)] for key, some in tried.items()}}
        for number in range(max(map(len, tried.values())))
    ]
    for row in ({**plan.base}, *rows, *({**plan.base, **more} for more in plan.alone)):
        yield {key: _placed(value, net) for key, value in row.items() if value is not None}


def _placed(value: Any, net: str) -> Any:
    return value.replace(NET, net) if isinstance(value, str) else value
