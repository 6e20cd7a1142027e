"""The longest names that a spec takes can be created, changed, read back and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest

from asterisk_realtime import (
    Absent,
    AccessList,
    AccessRule,
    CallQueue,
    CommandMusicClass,
    FollowMeProfile,
    FollowMeStep,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    MusicClass,
    OutboundRoute,
    PenaltyRule,
    PenaltyStep,
    Phone,
    Plan,
    RegistrationTrunk,
    ToFollowMe,
    ToMailbox,
    ToPhone,
    ToQueue,
    Trunk,
    apply,
    delete,
    get,
    plan,
)
from asterisk_realtime.values import limits
from tests.keyed import keyed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from asterisk_realtime.specs.base import Spec


def name(limit: limits.Limit, end: str = "") -> str:
    """Return the longest name of a kind."""
    return "n" * (limit.most - len(end)) + end


PHONE: Final = name(limits.ENDPOINT, "1")
TRUNK: Final = name(limits.ENDPOINT, "2")
CONTEXT: Final = name(limits.CONTEXT, "c")
ENTERS: Final = name(limits.CONTEXT, "e")
QUEUE: Final = name(limits.QUEUE)
MUSIC: Final = name(limits.MUSIC_CLASS)
RULE: Final = name(limits.PENALTY_RULE)
BOX: Final = "9" * limits.MAILBOX.most
BOXES: Final = name(limits.MAILBOX_CONTEXT)
PROFILE: Final = name(limits.FOLLOW_ME)
HOST: Final = ".".join(["h" * 61] * 3) + ".example"
SECRET: Final = "S1" + "s" * (limits.PASSWORD.most - 2)
USER: Final = "u" * limits.USERNAME.most
PEER: Final[dict[str, Any]] = {
    "name": TRUNK,
    "transport": name(limits.TRANSPORT),
    "context": ENTERS,
    "codecs": ["ulaw"],
    "from_user": "f" * limits.FROM_USER.most,
    "caller_id": f'"{"ä" * 39}" <+12025550123>',
}
NEEDED: Final[tuple[Spec, ...]] = (
    Phone(id=PHONE, context=CONTEXT),
    Mailbox(number=BOX, context=BOXES, pin="4711"),
    CallQueue(name=QUEUE),
    FollowMeProfile(name=PROFILE, context=CONTEXT, steps=[FollowMeStep(numbers="100")]),
)
LONGEST: Final[dict[str, tuple[Spec, dict[str, Any]]]] = {
    "phone": (
        Phone(
            id=name(limits.ENDPOINT, "3"),
            context=CONTEXT,
            password=SECRET,
            username=USER,
            realm="r" * limits.REALM.most,
            caller_id=f'"{"ä" * 39}" <100>',
            mailbox=f"{BOX}@{BOXES}",
            transport=name(limits.TRANSPORT),
        ),
        {"max_contacts": 2},
    ),
    "trunk": (
        Trunk(
            **PEER,
            contact=f"sip:{HOST}",
            from_domain=HOST,
            outbound_proxy=f"sip:{HOST}",
            credentials=(USER, SECRET),
            inbound_credentials=(USER, SECRET),
        ),
        {"qualify_frequency": 30},
    ),
    "registration": (
        RegistrationTrunk(
            **PEER,
            server_uri=f"sip:{HOST}",
            client_uri=f"sip:ann@{HOST}",
            contact_user="c" * limits.FROM_USER.most,
            credentials=(USER, SECRET),
        ),
        {"expiration": 60},
    ),
    "queue": (
        CallQueue(
            name=name(limits.QUEUE, "q"),
            members=[
                Member(
                    interface="Local/" + "9" * (limits.INTERFACE.most - 6),
                    state_interface="hint:" + "9" * (limits.INTERFACE.most - 5),
                ),
                Member(phone=PHONE, name="ä" * 39),
            ],
            music_class=MUSIC,
            default_rule=RULE,
            announce="s" * limits.SOUND.most,
            periodic_announce=["s" * limits.SOUND.most] * 7,
        ),
        {"timeout": 20},
    ),
    "rule": (
        PenaltyRule(name=RULE, steps=[PenaltyStep(after=1, max_penalty=2**31 - 1)]),
        {"steps": [PenaltyStep(after=2, min_penalty="-999999999")]},
    ),
    "music": (MusicClass(name=MUSIC, directory="/" + "d" * 254), {"directory": "/e"}),
    "playlist": (MusicClass(name=MUSIC, playlist=["/" + "p" * 1023]), {"playlist": ["/q"]}),
    "command": (
        CommandMusicClass(name=MUSIC, command="/" + "c" * 254, format="slin48"),
        {"command": "/d"},
    ),
    "mailbox": (
        Mailbox(
            number=BOX[1:] + "8",
            context=BOXES,
            pin="7" * limits.PIN.most,
            full_name="ä" * 39,
            emails=["m" * 240 + "@x.example"],
            timezone=name(limits.ZONE),
        ),
        {"max_messages": 5},
    ),
    "profile": (
        FollowMeProfile(
            name=name(limits.FOLLOW_ME, "p"),
            context=CONTEXT,
            steps=[FollowMeStep(numbers=["9" * 79, "8" * 79, "7" * 79])],
            take_call="1" * limits.KEYS.most,
            decline_call="2" * limits.KEYS.most,
            music_class=MUSIC,
        ),
        {"active": False},
    ),
    "access list": (
        AccessList(name=name(limits.ACCESS_LIST), rules=[AccessRule.permit("192.0.2.0/24")]),
        {"rules": [AccessRule.permit("198.51.100.0/24")]},
    ),
    "extension": (
        InternalExtension(
            exten="9" * limits.EXTENSION.most,
            context=CONTEXT,
            destination=ToPhone(PHONE, otherwise=ToQueue(QUEUE, otherwise=ToFollowMe(PROFILE))),
        ),
        {"destination": f"{name(limits.CONTEXT, 'x')},{'8' * limits.EXTENSION.most},1"},
    ),
    "inbound route": (
        InboundRoute(
            number="+12025550123", context=ENTERS, destination=ToMailbox(f"{BOX}@{BOXES}")
        ),
        {"destination": ToMailbox(f"{BOX}@{BOXES}", greeting=None)},
    ),
}


@pytest.mark.parametrize("which", LONGEST)
def test_the_longest_names_do(session: Session, which: str) -> None:
    """Everything that a name's owner needs later can be asked for, too."""
    spec, change = LONGEST[which]
    kind, key = keyed(spec)
    apply(session, *NEEDED)
    apply(session, spec)
    other = attrs.evolve(spec, **change)  # type: ignore[misc]  # every spec is an attrs class

    assert get(session, kind, **key) == spec
    assert plan(session, spec) == Plan()
    assert apply(session, other)
    assert get(session, kind, **key) == other
    assert delete(session, kind, **key)
    assert get(session, kind, **key) is None


def test_an_outbound_route_of_long_names(session: Session) -> None:
    """Its trunks can be named in one step."""
    trunks = [Trunk(**{**PEER, "name": f"{TRUNK[:-1]}{n}"}, contact="sip:a.example") for n in "34"]
    route = OutboundRoute(
        context=CONTEXT, pattern="_+1NXXNXXXXXX", trunk=[trunk.name for trunk in trunks]
    )
    apply(session, *trunks, route)

    assert plan(session, route) == Plan()
    assert apply(session, Absent(OutboundRoute, "_+1NXXNXXXXXX", context=route.context))
    assert apply(session, *(Absent(Trunk, trunk.name) for trunk in trunks))
