"""Laws of queues, mailboxes, music, follow-me, access lists: what a spec takes, its rows tell."""

from __future__ import annotations

import string
from typing import Any

import netaddr
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asterisk_realtime.models import Endpoint
from asterisk_realtime.provision.engine.records import Rows
from asterisk_realtime.provision.kinds.access import ACCESS_LIST
from asterisk_realtime.provision.kinds.followme import FOLLOWME
from asterisk_realtime.provision.kinds.inbound import INTERNAL
from asterisk_realtime.provision.kinds.mailboxes import MAILBOX
from asterisk_realtime.provision.kinds.music import COMMAND_MUSIC, MUSIC
from asterisk_realtime.provision.kinds.penalties import PENALTY_RULE
from asterisk_realtime.provision.kinds.queues import QUEUE
from asterisk_realtime.specs.access import AccessList, AccessRule
from asterisk_realtime.specs.destinations import Destination
from asterisk_realtime.specs.followme import FollowMeProfile, FollowMeStep
from asterisk_realtime.specs.mailboxes import Mailbox
from asterisk_realtime.specs.music import CommandMusicClass, MusicClass
from asterisk_realtime.specs.penalties import PenaltyRule, PenaltyStep
from asterisk_realtime.specs.queues import CallQueue, Member
from asterisk_realtime.specs.routes import InternalExtension
from asterisk_realtime.specs.targets import ToFollowMe, ToMailbox, ToPhone, ToQueue, ToVoicemailMain
from asterisk_realtime.values.choices import (
    AclSense,
    MohSort,
    QueueAutopause,
    QueueEmpty,
    QueueStrategy,
    VoicemailGreeting,
)
from asterisk_realtime.values.words import KEEP
from tests.property.things import made, maybe

settings.register_profile("services", deadline=None, max_examples=150, derandomize=True)
settings.load_profile("services")

PLAIN = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=90)
TEXT = PLAIN | st.text(st.sampled_from("^;35B' %/"), min_size=1) | st.text(min_size=1)
NAMES = st.from_regex(r"[A-Za-z0-9_.+-]{1,79}", fullmatch=True)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,39}", fullmatch=True)
KEYS = st.text("0123456789*#", min_size=1, max_size=80)
DIGITS = st.text(string.digits, min_size=1, max_size=22)
SECONDS = st.integers(0, 90_000)


def some(strategy: st.SearchStrategy[Any], most: int = 4) -> st.SearchStrategy[Any]:
    """Return a list of what can be made."""
    return st.lists(strategy, max_size=most).map(lambda items: [i for i in items if i is not None])


CHANGES = maybe(st.integers(-1, 99) | st.from_regex(r"[+-]?[0-9]{1,3}", fullmatch=True))
NETS = st.builds(
    lambda number, bits: netaddr.IPNetwork((number, bits)).cidr,
    st.integers(2**24, 2**32 - 1),
    st.integers(1, 32),
)
MEMBERS = made(
    Member,
    phone=maybe(IDS),
    interface=maybe(st.from_regex(r"Local/[A-Za-z0-9_.+@/*#:;=-]{1,90}", fullmatch=True)),
    state_interface=maybe(IDS.map("PJSIP/{}".format)),
    name=maybe(TEXT),
    penalty=maybe(st.integers(-1, 9)),
    wrapup_time=maybe(SECONDS),
    ring_in_use=st.none() | st.booleans(),
)
TARGETS = st.recursive(
    made(ToMailbox, mailbox=DIGITS, greeting=maybe(st.sampled_from(VoicemailGreeting)))
    | made(ToVoicemailMain, mailbox=maybe(DIGITS))
    | st.builds(Destination, IDS, IDS, st.integers(1, 9)),
    lambda inner: st.one_of(
        made(ToPhone, phone=IDS, timeout=maybe(SECONDS), otherwise=inner),
        made(ToQueue, queue=NAMES, timeout=maybe(SECONDS), otherwise=inner),
        made(ToFollowMe, profile=NAMES, otherwise=inner),
    ),
    max_leaves=4,
)
SPECS: list[tuple[Any, Any]] = [
    (
        QUEUE,
        made(
            CallQueue,
            name=NAMES,
            members=some(MEMBERS),
            strategy=st.sampled_from(QueueStrategy),
            timeout=SECONDS,
            max_length=st.integers(0, 2**31),
            ring_in_use=st.booleans(),
            autopause=st.sampled_from(QueueAutopause),
            music_class=maybe(NAMES),
            announce=maybe(st.from_regex(r"[A-Za-z0-9_./+-]{1,130}", fullmatch=True)),
            periodic_announce=maybe(st.lists(NAMES, max_size=11)),
            join_empty=maybe(st.lists(st.sampled_from(QueueEmpty), max_size=9)),
            default_rule=maybe(NAMES),
        ),
    ),
    (
        PENALTY_RULE,
        made(
            PenaltyRule,
            name=NAMES,
            steps=some(
                made(
                    PenaltyStep,
                    after=SECONDS,
                    min_penalty=CHANGES,
                    max_penalty=CHANGES,
                    raise_penalty=CHANGES,
                )
            ),
        ),
    ),
    (
        MAILBOX,
        made(
            Mailbox,
            number=DIGITS,
            context=NAMES,
            pin=maybe(st.text(string.digits, min_size=3, max_size=20)),
            full_name=maybe(TEXT),
            emails=st.lists(NAMES.map("{}@x.example".format), max_size=3),
            attach=st.none() | st.booleans(),
            delete=st.booleans(),
            timezone=maybe(NAMES),
            max_messages=maybe(st.integers(0, 10_000)),
        ),
    ),
    (
        MUSIC,
        made(
            MusicClass,
            name=NAMES,
            directory=TEXT,
            sort=maybe(st.sampled_from(MohSort)),
        )
        | made(
            MusicClass,
            name=NAMES,
            playlist=st.lists(TEXT.map("/{}".format), max_size=4),
            sort=maybe(st.sampled_from(MohSort)),
        ),
    ),
    (
        COMMAND_MUSIC,
        made(CommandMusicClass, name=NAMES, command=TEXT.map("/{}".format), format=maybe(NAMES)),
    ),
    (
        FOLLOWME,
        made(
            FollowMeProfile,
            name=NAMES,
            steps=some(
                made(FollowMeStep, numbers=st.lists(KEYS, max_size=4), timeout=st.integers(0, 90))
            ),
            context=NAMES,
            ask=st.none() | st.booleans(),
            take_call=maybe(DIGITS),
            decline_call=maybe(DIGITS),
            music_class=maybe(NAMES),
            active=st.booleans(),
        ),
    ),
    (
        ACCESS_LIST,
        made(
            AccessList,
            name=NAMES,
            rules=some(
                made(
                    AccessRule,
                    sense=st.sampled_from(AclSense),
                    networks=st.lists(NETS, min_size=1, max_size=5),
                )
            ),
            deny_others=st.booleans(),
        ),
    ),
    (
        INTERNAL,
        made(InternalExtension, exten=KEYS, context=NAMES, destination=TARGETS),
    ),
]


@pytest.mark.parametrize(("kind", "specs"), SPECS, ids=[kind.word for kind, _specs in SPECS])
@given(data=st.data())
def test_it_is_read_as_it_is_written(kind: Any, specs: Any, data: st.DataObject) -> None:
    """Whatever a spec takes fits into the columns, and comes back."""
    spec = data.draw(specs)
    if spec is None:
        return
    wanted = [item.row for item in kind.rows(spec, Rows(), None)]
    phones = [member.phone for member in getattr(spec, "listed_members", ())]
    rows = Rows([*wanted, *(Endpoint(id=phone) for phone in phones if phone)])
    key = kind.key(spec)
    found = kind.read(key, rows)

    assert kind.foreign(key, rows) is None
    assert _known(found) == _known(spec)


def _known(spec: Any) -> Any:
    """Return what the rows must tell of a spec: members have an order of their own."""
    if not isinstance(spec, CallQueue):
        return spec
    told = {name: value for name, value in vars_of(spec).items() if name != "members"}
    members = {
        # A penalty of None is written as KEEP is, which is Asterisk's default.
        m.device: (m.phone, m.name, KEEP if m.penalty is None else m.penalty, m.wrapup_time)
        for m in spec.listed_members
    }
    return told, members


def vars_of(spec: Any) -> dict[str, Any]:
    """Return the fields of a spec."""
    return {field.name: getattr(spec, field.name) for field in type(spec).__attrs_attrs__}
