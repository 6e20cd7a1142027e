"""Who gets in by rows that are refused here, and by those that are written: tried with calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from netaddr import IPNetwork
from sqlalchemy.orm import Session

from asterisk_realtime import (
    AccessList,
    AccessRule,
    Allowance,
    ConflictError,
    Header,
    ValidationError,
    apply,
    check_identification,
    create_inbound_route,
    ensure,
)
from asterisk_realtime.models import Endpoint, Extension, Identify
from asterisk_realtime.values.networks import EVERYBODY
from tests.examples import trunk

if TYPE_CHECKING:
    from tests.asterisk.realtime_lab import RealtimeLab

NUMBER = "+12025550123"
ACCOUNT = "AC" + "0" * 32
HEADER = "X-Twilio-AccountSid"
FOREIGN = "198.51.100.0/30"


def set_up(lab: RealtimeLab) -> None:
    """Have two trunks; calls to the first are answered."""
    with Session(lab.engine) as session:
        apply(session, trunk("pinned", context="from-twilio"), trunk("other", context="attendant"))
        create_inbound_route(session, NUMBER, context="from-twilio", destination="internal,echo,1")
        for priority, app in enumerate(("Answer", "Echo"), start=1):
            session.add(
                Extension(context="internal", exten="echo", priority=priority, app=app, appdata="")
            )
        session.commit()


def pin(lab: RealtimeLab, *networks: str, name: str = HEADER) -> None:
    """Pin the first trunk to the account, from the peer's addresses."""
    with Session(lab.engine) as session:
        nets = networks or (lab.net.twilio_network,)
        ensure(session, Allowance(endpoint="pinned", networks=nets, header=Header(name, ACCOUNT)))
        session.commit()


def statuses(lab: RealtimeLab) -> tuple[int | None, ...]:
    """Return what the peer gets with and without the header, and others with the header."""
    right = lab.twilio_call(NUMBER, account_sid=ACCOUNT)
    without = lab.twilio_call(NUMBER, account_sid=None)
    foreign = lab.twilio_call(NUMBER, account_sid=ACCOUNT, source=lab.net.unknown_peer)
    return right.status, without.status, foreign.status


def refused(lab: RealtimeLab, error: type[Exception], call: Any) -> str:
    """Return the message of a call that is refused."""
    with Session(lab.engine) as session, pytest.raises(error) as caught:
        call(session)
    return str(caught.value)


def test_a_pin_stays_when_addresses_are_given(lab: RealtimeLab) -> None:
    """The rows that such a call used to leave let in whoever sends the header."""
    set_up(lab)
    pin(lab)
    message = refused(
        lab, ConflictError, lambda s: ensure(s, Allowance(endpoint="pinned", networks=[FOREIGN]))
    )
    after = statuses(lab)
    with Session(lab.engine) as session:
        endpoint = session.get_one(Endpoint, "pinned")
        endpoint.deny = endpoint.permit = None
        session.add(Identify(id="more", endpoint="pinned", match=(IPNetwork(FOREIGN),)))
        session.commit()
        faults = [str(item.fault) for item in check_identification(session)]
    broken = statuses(lab)

    assert "'pinned-1'" in message
    assert after == (200, 401, 401)
    assert broken == (200, 401, 200)
    assert faults == ["open header"]


def test_a_list_that_a_pin_names_is_not_widened(lab: RealtimeLab) -> None:
    """It lets in the networks of the pin, and nobody else."""
    lab.forget_system_name()
    set_up(lab)
    network = lab.net.twilio_network
    with Session(lab.engine) as session:
        apply(session, AccessList(name="house", rules=[AccessRule.permit(network)]))
        session.get_one(Endpoint, "pinned").acl = ("house",)
        session.add(Identify(id="hand", endpoint="pinned", match_header=f"{HEADER}: {ACCOUNT}"))
        session.commit()
    wider = AccessList(name="house", rules=[AccessRule.permit(network, "127.0.0.0/8")])
    before = statuses(lab)
    message = refused(lab, ConflictError, lambda s: ensure(s, wider))
    after = statuses(lab)

    assert "'pinned'" in message
    assert before == after == (200, 401, 401)


def test_halves_are_everybody(lab: RealtimeLab) -> None:
    """They are joined before they are looked at; written by hand, they let everybody in."""
    set_up(lab)
    halves = ["0.0.0.0/1", "128.0.0.0/1"]
    refused(
        lab, ValidationError, lambda s: ensure(s, Allowance(endpoint="pinned", networks=halves))
    )
    after = statuses(lab)
    lab.add(Identify(id="hand", endpoint="pinned", match=(EVERYBODY[0],)))

    assert after == (401, 401, 401)
    assert statuses(lab) == (200, 200, 200)


def test_addresses_of_a_pin_are_given_to_nobody_else(lab: RealtimeLab) -> None:
    """By hand they are, and all calls of the peer enter the other trunk's context."""
    set_up(lab)
    pin(lab)
    network = lab.net.twilio_network
    message = refused(
        lab, ConflictError, lambda s: ensure(s, Allowance(endpoint="other", networks=[network]))
    )
    after = statuses(lab)
    lab.add(Identify(id="hand", endpoint="other", match=(IPNetwork(network),)))

    assert "'pinned-1'" in message
    assert after == (200, 401, 401)
    assert statuses(lab) == (404, 404, 401)


def test_names_of_headers_have_no_case(lab: RealtimeLab) -> None:
    """A name in small letters is the same header, and the lower id of two rows would win."""
    set_up(lab)
    pin(lab, name=HEADER.lower())
    small = statuses(lab)
    pinned = Allowance(
        endpoint="other", networks=[lab.net.twilio_network], header=Header(HEADER, ACCOUNT)
    )
    message = refused(lab, ConflictError, lambda s: ensure(s, pinned))
    lab.add(Identify(id="a", endpoint="other", match_header=f"{HEADER}: {ACCOUNT}"))

    assert small == (200, 401, 401)
    assert "'pinned-1'" in message
    assert statuses(lab) == (404, 401, 404)


def test_mapped_addresses_become_ipv4(lab: RealtimeLab) -> None:
    """Asterisk would leave out the whole row, or refuse everybody."""
    lab.forget_system_name()
    set_up(lab)
    mapped = f"::ffff:{lab.net.twilio_caller}"
    pin(lab, mapped, "192.0.2.0/30")
    pinned = statuses(lab)
    with Session(lab.engine) as session:
        apply(session, AccessList(name="house", rules=[AccessRule.permit(mapped)]))
        session.get_one(Endpoint, "pinned").acl = ("house",)
        session.commit()

    assert pinned == (200, 401, 401)
    assert statuses(lab) == (200, 401, 401)


def test_one_of_several_headers_is_enough(lab: RealtimeLab) -> None:
    """So a pin relies on the provider, which must overwrite what its customers send."""
    set_up(lab)
    pin(lab)
    both = lab.twilio_call(NUMBER, account_sid=f"AC{'1' * 32}\r\n{HEADER}: {ACCOUNT}")

    assert both.status == 200
