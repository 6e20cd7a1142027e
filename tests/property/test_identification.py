"""Whatever is called in whatever order, nobody gets in who was not let in."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from asterisk_realtime import (
    AccessList,
    AccessRule,
    Allowance,
    Header,
    Trunk,
    apply,
    check_identification,
    create,
    delete,
    ensure,
    plan,
)
from asterisk_realtime.errors import AsteriskRealtimeError
from tests.examples import trunk
from tests.property.identification_oracle import Net, raw, violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

NAMES = ("one", "two", "six")
LISTS = ("house", "yard", "one-allowed", "two-allowed")
MANY = [f"10.{number % 250}.{number // 250}.0/25" for number in range(300)]
"""Too many networks for one column."""

POOL = (
    *("198.51.100.0/24", "198.51.100.128/25", "198.51.100.7", "203.0.113.0/28", "203.0.113.7"),
    *("::ffff:198.51.100.7", "::ffff:203.0.113.0/124", "2001:db8::/32", "2001:db8:1::/48"),
    *("0.0.0.0/1", "128.0.0.0/1", "8.0.0.0/8", "9.0.0.0/8", "::/1", "8000::/1", "10.3.0.0/26"),
)
FEW = st.lists(st.sampled_from(POOL), min_size=1, max_size=3)
NETS = st.one_of(FEW, FEW, FEW, FEW, st.just(MANY))
HEADERS = st.none() | st.builds(
    Header, st.sampled_from(("X-Account", "x-account", "X-Other")), st.sampled_from(("a", "b"))
)


@attrs.define
class World:
    """The database, and what the calls so far meant."""

    session: Session
    pins: dict[str, list[Net]] = attrs.field(factory=lambda: {name: [] for name in NAMES})
    wide: bool = False
    refused: int = 0
    done: int = 0

    def call(self, action: Callable[[], object], then: Callable[[], object] = int) -> None:
        """Do what may be refused, and see that nobody is in who should not be."""
        before = raw(self.session)
        try:
            action()
        except AsteriskRealtimeError:
            self.refused += 1
            assert raw(self.session) == before
        else:
            self.done += 1
            then()
        after = raw(self.session)

        assert list(violations(after, self.pins, wide=self.wide)) == []
        faults = {str(item.fault) for item in check_identification(self.session)}
        assert faults <= ({"wide network"} if self.wide else set())


def allow(world: World, draw: Callable[[Any], Any]) -> None:
    """Give addresses to an endpoint, or a header from them."""
    name, given_nets, header = (draw(item) for item in (st.sampled_from(NAMES), NETS, HEADERS))
    wide = draw(st.integers(0, 9)) == 0
    spec: list[Allowance] = []

    def act() -> None:
        spec.append(
            Allowance(
                endpoint=name,
                networks=given_nets,
                header=header,
                header_name=None if header else draw(st.none() | st.just("X-Account")),
                known=draw(st.just(()) | NETS),
                prune=draw(st.booleans()),
                wide=wide,
            )
        )
        planned = plan(world.session, *spec)
        assert apply(world.session, *spec) == planned
        assert not plan(world.session, *spec)

    def note() -> None:
        world.wide |= wide
        world.pins[name] = [ipaddress.ip_network(str(net)) for net in spec[0].networks]

    world.call(act, note)


def unpin(world: World, draw: Callable[[Any], Any]) -> None:
    """Take all addresses and headers from an endpoint."""
    name = draw(st.sampled_from(NAMES))
    world.call(lambda: delete(world.session, Allowance, name))


def list_rules(world: World, draw: Callable[[Any], Any]) -> None:
    """Write or delete an access list."""
    name = draw(st.sampled_from(LISTS))
    bring = draw(st.sampled_from((create, ensure, None)))
    if bring is None:
        world.call(lambda: delete(world.session, AccessList, name))
        return
    senses = draw(st.lists(st.booleans(), min_size=1, max_size=3))
    nets = [draw(NETS) for _sense in senses]

    def act() -> None:
        rules = [
            (AccessRule.permit if sense else AccessRule.deny)(*some)
            for sense, some in zip(senses, nets, strict=True)
        ]
        bring(world.session, AccessList(name=name, rules=rules, deny_others=draw(st.booleans())))

    world.call(act)


def change_trunk(world: World, draw: Callable[[Any], Any]) -> None:
    """Add, change or delete a trunk."""
    name = draw(st.sampled_from(NAMES))
    action = draw(
        st.sampled_from(
            (
                lambda: create(world.session, trunk(name)),
                lambda: apply(world.session, attrs.evolve(trunk(name), codecs=("alaw",))),
                lambda: delete(world.session, Trunk, name),
            )
        )
    )
    world.call(action)


def by_hand(world: World, draw: Callable[[Any], Any]) -> None:
    """Write as another program does, where nobody is let in by it."""
    name, house = draw(st.sampled_from(NAMES)), draw(st.sampled_from(LISTS))
    statements = [f"UPDATE ps_endpoints SET acl = '{house}' WHERE id = '{name}'"]
    if draw(st.booleans()):
        statements.append(
            "INSERT OR REPLACE INTO ps_endpoint_id_ips (id, endpoint, match_header) "
            f"VALUES ('hand-{name}', '{name}', 'X-ACCOUNT : {draw(st.sampled_from('ab'))}')"
        )
    nested = world.session.begin_nested()
    for statement in statements:
        world.session.execute(text(statement))
    rows = raw(world.session)
    permits = [row["rule"] for row in rows["acls"] if row["sense"] == "permit"]
    named = [ipaddress.ip_network(part) for rule in permits for part in rule.split(",")]
    pins = {**world.pins, name: [*world.pins[name], *named]}
    if list(violations(rows, pins, wide=world.wide)) or _is_open(world):
        nested.rollback()
        world.session.expire_all()
        return
    nested.commit()
    world.pins = pins
    world.session.expire_all()


def _is_open(world: World) -> bool:
    return bool(check_identification(world.session)) and not world.wide


STEPS = (allow, allow, allow, unpin, list_rules, change_trunk, by_hand)


def play(engine: Engine, data: st.DataObject, length: int) -> World:
    """Make calls in random order, and look at the rows after each of them."""
    with Session(engine) as session:
        world = World(session)
        for name in NAMES[:2]:
            create(session, trunk(name))
        for step in data.draw(st.lists(st.sampled_from(STEPS), min_size=3, max_size=length)):
            step(world, data.draw)
        session.rollback()
    return world


LAW = settings(
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@given(data=st.data())
@settings(LAW, max_examples=20)
def test_nobody_gets_in_by_any_sequence_of_calls(engine: Engine, data: st.DataObject) -> None:
    """After each call, also after one that is refused."""
    play(engine, data, 8)


@pytest.mark.long  # see max_examples
@given(data=st.data())
@settings(LAW, max_examples=500)  # about three minutes on each of three databases
def test_nobody_gets_in_by_many_sequences(engine: Engine, data: st.DataObject) -> None:
    """The same with more and longer sequences."""
    play(engine, data, 25)
