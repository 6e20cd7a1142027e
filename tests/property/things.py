"""Specs of all kinds, of few names, so that they name each other and get in each other's way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import netaddr
from hypothesis import strategies as st

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models import (
    Extension,
    FollowMeRows,
    Identify,
    MusicOnHold,
    MusicRows,
    NamedAcl,
    PhoneRows,
    QueueMember,
    QueueRows,
    QueueRule,
    TrunkRows,
    Voicemail,
)
from asterisk_realtime.provision.items import New, Replace
from asterisk_realtime.provision.registry import KINDS
from asterisk_realtime.specs.access import AccessList, AccessRule
from asterisk_realtime.specs.destinations import Destination, Target, chain
from asterisk_realtime.specs.followme import FollowMeProfile, FollowMeStep
from asterisk_realtime.specs.identify import Allowance, Header
from asterisk_realtime.specs.mailboxes import Mailbox
from asterisk_realtime.specs.music import CommandMusicClass, MusicClass
from asterisk_realtime.specs.penalties import PenaltyRule, PenaltyStep
from asterisk_realtime.specs.phones import PasswordStorage, Phone, WebRtcPhone
from asterisk_realtime.specs.queues import (
    CallQueue,
    Member,
    QueueMembership,
)
from asterisk_realtime.specs.routes import InboundRoute, InternalExtension, OutboundRoute
from asterisk_realtime.specs.targets import ToFollowMe, ToMailbox, ToPhone, ToQueue, ToVoicemailMain
from asterisk_realtime.specs.trunks import Credentials, RegistrationTrunk, Trunk
from asterisk_realtime.values.choices import AclSense, MediaEncryption, QueueAutopause
from tests.keyed import gone

if TYPE_CHECKING:
    from collections.abc import Callable

    from asterisk_realtime.specs.base import Spec

SECRETS: Final = ("Sekret-One-4711", "Sekret-Two-0815", "90417265", "73205518")
"""All passwords and PINs; nothing else holds any of them."""

PASSWORDS: Final = st.sampled_from(SECRETS[:2])
PINS: Final = st.none() | st.sampled_from(SECRETS[2:])
CREDENTIALS: Final = st.builds(Credentials, st.sampled_from(("ann", "ben")), PASSWORDS)
FLAGS: Final = st.booleans()
BOXES: Final = st.sampled_from(("100", "101"))
CALLS: Final = st.sampled_from(("phones", "office"))
ENTERS: Final = st.sampled_from(("from-one", "from-two"))
PHONES: Final = st.sampled_from(("100", "101", "b.o-b", "B.o-b"))
TRUNKS: Final = st.sampled_from(("one", "two"))
NAMES: Final = st.sampled_from(("alpha", "beta"))
TIMES: Final = st.sampled_from((5, 30))
CALLERS: Final = st.none() | st.sampled_from(('"Ann" <+12025550123>', "+12025550199"))
NETS: Final = st.lists(
    st.sampled_from(("192.0.2.0/30", "192.0.2.4/30", "198.51.100.7", "2001:db8::/64")),
    min_size=1,
    max_size=3,
).map(lambda nets: tuple(map(netaddr.IPNetwork, nets)))


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return None, or what *strategy* gives."""
    return st.none() | strategy


@st.composite
def made(draw: st.DrawFn, spec: type, /, **fields: st.SearchStrategy[Any]) -> Any:
    """Return a spec of *fields*, or None if they are not valid."""
    chosen = {name: draw(strategy) for name, strategy in fields.items()}
    try:
        return spec(**chosen)
    except ValidationError:
        return None


def some(strategy: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[Any]:
    """Return a list of what can be made."""
    return st.lists(strategy, min_size=least, max_size=3).map(
        lambda items: [item for item in items if item is not None]
    )


TARGETS: Final = st.recursive(
    made(ToMailbox, mailbox=BOXES)
    | made(ToVoicemailMain, mailbox=maybe(BOXES))
    | st.builds(Destination, CALLS, BOXES, st.just(1)),
    lambda inner: st.one_of(
        made(ToPhone, phone=PHONES, timeout=maybe(TIMES), otherwise=maybe(inner)),
        made(ToQueue, queue=NAMES, timeout=maybe(TIMES), otherwise=maybe(inner)),
        made(ToFollowMe, profile=NAMES, otherwise=maybe(inner)),
    ),
    max_leaves=3,
)
ACCOUNT: Final[dict[str, st.SearchStrategy[Any]]] = {
    "id": PHONES,
    "context": CALLS,
    "password": maybe(PASSWORDS),
    "username": maybe(NAMES),
    "storage": st.sampled_from(PasswordStorage),
    "realm": maybe(st.just("asterisk")),
    "mailbox": maybe(BOXES),
    "caller_id": maybe(st.just('"Ann" <100>')),
    "max_contacts": st.integers(1, 3),
    "qualify_frequency": st.sampled_from((0, 60)),
}
PEER: Final[dict[str, st.SearchStrategy[Any]]] = {
    "name": TRUNKS,
    "transport": st.just("main"),
    "secure": FLAGS,
    "context": ENTERS,
    "codecs": st.sampled_from((("ulaw",), ("alaw", "ulaw"))),
    "caller_id": CALLERS,
    "from_user": maybe(NAMES),
}
ENTRANCES: Final = (InboundRoute, InternalExtension)
PLAIN: Final[dict[str, Callable[[str], Spec]]] = {
    "endpoint": lambda name: Phone(id=name, context="phones"),
    "mailbox": lambda name: Mailbox(number=name.partition("@")[0]),
    "queue": lambda name: CallQueue(name=name),
    "follow-me profile": lambda name: FollowMeProfile(
        name=name, steps=[FollowMeStep(numbers=("100",))], context="phones"
    ),
    "trunk": lambda name: Trunk(
        name=name,
        contact="sip:one.example",
        transport="tls",
        context=f"from-{name}",
        codecs=("ulaw",),
    ),
}
MUSIC: Final[dict[str, st.SearchStrategy[Any]]] = {"name": NAMES}

SPECS: Final[dict[type[Spec], st.SearchStrategy[Any]]] = {
    AccessList: made(
        AccessList,
        name=NAMES,
        rules=some(made(AccessRule, sense=st.sampled_from(AclSense), networks=NETS), 1),
        deny_others=FLAGS,
    ),
    MusicClass: made(MusicClass, **MUSIC, directory=st.sampled_from(("/music", "/jazz")))
    | made(MusicClass, **MUSIC, playlist=some(st.sampled_from(("/a.wav", "/b.wav")), 1)),
    CommandMusicClass: made(
        CommandMusicClass, name=NAMES, command=st.sampled_from(("/bin/a", "/bin/b -x"))
    ),
    Mailbox: made(
        Mailbox,
        number=BOXES,
        pin=PINS,
        full_name=maybe(NAMES),
        emails=some(st.just("a@x.example")),
        attach=maybe(FLAGS),
        delete=FLAGS,
        max_messages=maybe(TIMES),
    ),
    Trunk: made(
        Trunk,
        **PEER,
        contact=st.sampled_from(("sip:one.example", "sip:two.example:5070")),
        credentials=maybe(CREDENTIALS),
        inbound_credentials=maybe(CREDENTIALS),
    ),
    RegistrationTrunk: made(
        RegistrationTrunk,
        **PEER,
        server_uri=st.sampled_from(("sip:one.example", "sip:two.example")),
        client_uri=st.just("sip:ann@one.example"),
        credentials=CREDENTIALS,
        contact_user=maybe(NAMES),
        expiration=TIMES,
    ),
    Allowance: made(
        Allowance,
        endpoint=TRUNKS,
        networks=NETS,
        prune=FLAGS,
        header_name=st.just("X-Account"),
        header=maybe(st.builds(Header, st.just("X-Account"), NAMES)),
    ),
    Phone: made(Phone, **ACCOUNT, media_encryption=st.sampled_from(MediaEncryption)),
    WebRtcPhone: made(WebRtcPhone, **ACCOUNT, cert_file=maybe(st.just("/etc/x.pem"))),
    PenaltyRule: made(
        PenaltyRule,
        name=NAMES,
        steps=some(made(PenaltyStep, after=TIMES, max_penalty=st.sampled_from((1, "+2"))), 1),
    ),
    CallQueue: made(
        CallQueue,
        name=NAMES,
        members=maybe(
            some(
                made(Member, phone=PHONES, penalty=maybe(TIMES), ring_in_use=maybe(FLAGS))
                | made(
                    Member,
                    interface=st.sampled_from(("Local/100@phones", "PJSIP/elsewhere")),
                    name=maybe(NAMES),
                )
            )
        ),
        timeout=st.sampled_from((0, 15, 20)),
        ring_in_use=FLAGS,
        autopause=st.sampled_from(QueueAutopause),
        music_class=maybe(NAMES),
        default_rule=maybe(NAMES),
        periodic_announce=maybe(st.just(["hello", "again"])),
    ),
    QueueMembership: made(
        QueueMembership,
        queue=NAMES,
        member=made(Member, phone=PHONES, penalty=maybe(TIMES), ring_in_use=maybe(FLAGS))
        | made(Member, interface=st.sampled_from(("Local/100@phones", "PJSIP/elsewhere"))),
    ),
    FollowMeProfile: made(
        FollowMeProfile,
        name=NAMES,
        steps=some(made(FollowMeStep, numbers=st.lists(BOXES, min_size=1), timeout=TIMES), 1),
        context=CALLS,
        ask=maybe(FLAGS),
        music_class=maybe(NAMES),
        active=FLAGS,
    ),
    OutboundRoute: made(
        OutboundRoute,
        context=CALLS,
        pattern=st.sampled_from(("_1NXXNXXXXXX", "911")),
        trunk=st.lists(TRUNKS, min_size=1, max_size=2),
        region=st.just("US"),
        caller_id=CALLERS,
    ),
    InboundRoute: made(
        InboundRoute, number=st.just("+12025550123"), context=ENTERS, destination=TARGETS
    ),
    InternalExtension: made(InternalExtension, exten=BOXES, context=CALLS, destination=TARGETS),
}


ROWS: Final[dict[type[Spec], type]] = {
    MusicClass: MusicRows,
    CommandMusicClass: MusicOnHold,
    Mailbox: Voicemail,
    Trunk: TrunkRows,
    RegistrationTrunk: TrunkRows,
    Phone: PhoneRows,
    WebRtcPhone: PhoneRows,
    CallQueue: QueueRows,
    QueueMembership: QueueMember,
    FollowMeProfile: FollowMeRows,
}
"""What is created of a spec."""

SEVERAL: Final[dict[type[Spec], type]] = {
    AccessList: NamedAcl,
    Allowance: Identify,
    PenaltyRule: QueueRule,
    OutboundRoute: Extension,
    InboundRoute: Extension,
    InternalExtension: Extension,
}
"""Where that is a tuple: of what."""


def told(spec: Spec) -> tuple[type[Spec], tuple[str, ...]]:
    """Return the class and the key of the thing of a spec."""
    return type(spec), KINDS[type(spec)].key(spec)


def once(specs: list[Any]) -> tuple[Spec, ...]:
    """Return the first spec of each thing."""
    found: dict[object, Spec] = {}
    for spec in specs:
        if spec is not None:
            found.setdefault(told(spec), spec)
    return tuple(found.values())


def needed(specs: tuple[Spec, ...]) -> list[Spec]:
    """Return plain things of the names that some specs name."""
    places = [spec.destination for spec in specs if isinstance(spec, ENTRANCES)]
    targets = [item for start in places for item in chain(start) if isinstance(item, Target)]
    needs = [need for item in targets for need in item.needs]
    for spec in specs:
        if isinstance(spec, CallQueue):
            needs += [("endpoint", item.phone) for item in spec.listed_members if item.phone]
        elif isinstance(spec, QueueMembership):
            phone = spec.member.phone
            needs += [("queue", spec.queue), *([("endpoint", phone)] if phone else [])]
        elif isinstance(spec, Allowance):
            needs.append(("trunk", spec.endpoint))
        elif isinstance(spec, OutboundRoute):
            needs += [("trunk", name) for name in spec.trunk]
    return [PLAIN[word](name) for word, name in needs]


def whole(specs: tuple[Spec, ...]) -> tuple[Spec, ...]:
    """Return some specs with what they need."""
    found = once([*specs, *needed(specs)])
    return found if found == specs else whole(found)


ANY: Final = st.one_of(*SPECS.values())
FEW: Final = st.lists(ANY, min_size=1, max_size=6).map(once).filter(bool)
SETS: Final = FEW.map(whole) | FEW.map(whole) | FEW
"""Some specs, mostly with what they need; whether they get along is not said."""


def itself(spec: Spec) -> Spec:
    """Return a spec as it is."""
    return spec


@st.composite
def wrapped(draw: st.DrawFn, sets: st.SearchStrategy[tuple[Spec, ...]]) -> tuple[Any, ...]:
    """Return some specs, mostly as they are, and some in `New`, `Replace` or `Absent`."""
    ways = st.sampled_from((itself, itself, itself, New, Replace, gone))
    return tuple(draw(ways)(spec) for spec in draw(sets))


ITEMS: Final = SETS | wrapped(SETS)
"""What `plan` and `apply` take."""
