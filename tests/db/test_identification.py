"""The rules of identification, for calls of all kinds and for rows that other programs wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import pytest
from netaddr import IPNetwork
from sqlalchemy import text

from asterisk_realtime import (
    Absent,
    AccessList,
    AccessRule,
    Allowance,
    ConflictError,
    Header,
    IdentificationFault,
    Phone,
    ValidationError,
    allow_twilio_ips,
    apply,
    check_identification,
    create,
    create_twilio_trunk,
    delete,
    ensure,
    get,
    plan,
)
from asterisk_realtime.models import Endpoint, Identify
from asterisk_realtime.values.networks import EVERYBODY
from tests.db.tools import ACCOUNT, URI, everything, insert, rows, statements, work
from tests.examples import trunk

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

TABLE = "ps_endpoint_id_ips"
FOREIGN = "198.51.100.0/30"
TWILIO = "54.172.60.0/30"
PIN = Allowance(endpoint="twilio", networks=[FOREIGN], header=Header("X-Peer", "one"))


@pytest.fixture
def two(session: Session) -> Session:
    """A session with the trunks ``twilio`` and ``other``, committed."""
    create_twilio_trunk(session, termination_uri=URI)
    apply(session, trunk("other"))
    session.commit()
    return session


def refused(session: Session, call: Callable[[], object], match: str) -> None:
    """See that a call is refused, and that nothing is written."""
    before = everything(session), rows(session, "acls")
    with pytest.raises(ConflictError, match=match):
        call()

    assert (everything(session), rows(session, "acls")) == before


def faults(session: Session) -> list[IdentificationFault]:
    """Return which rules are broken."""
    return [item.fault for item in check_identification(session)]


# -- A pin stands ----------------------------------------------------------------------------------


@pytest.mark.parametrize("networks", [[TWILIO], [FOREIGN], ["203.0.113.7"], [TWILIO, FOREIGN]])
def test_addresses_do_not_undo_a_pin(two: Session, networks: list[str]) -> None:
    """Neither the pin's own ones nor others; the plan of the pin stays empty."""
    wanted = Allowance(
        endpoint="twilio", networks=[TWILIO], header=Header("X-Twilio-AccountSid", ACCOUNT)
    )
    apply(two, wanted)
    refused(
        two,
        lambda: ensure(two, Allowance(endpoint="twilio", networks=networks)),
        r"'twilio-1'.*delete\(session, Allowance, 'twilio'\)",
    )

    assert not plan(two, wanted)


def test_a_pin_with_a_list_stands_as_well(two: Session) -> None:
    """Where its networks are too many for the column."""
    many = [f"10.{number % 250}.{number // 250}.0/25" for number in range(300)]
    ensure(two, attrs.evolve(PIN, networks=many))
    refused(two, lambda: ensure(two, Allowance(endpoint="twilio", networks=many[:2])), "'twilio-1'")


def test_pruning_ends_a_pin_and_says_so(two: Session) -> None:
    """The row and the access list go together."""
    apply(two, PIN)
    change = apply(two, Allowance(endpoint="twilio", networks=["203.0.113.7"], prune=True))

    assert "permit '198.51.100.0/30' -> None" in str(change)
    assert faults(two) == []
    assert [row["match_header"] for row in rows(two, TABLE)] == [None]


def test_an_access_list_of_ones_own_is_not_taken_back(two: Session) -> None:
    """It did not come with a pin, though it holds the same networks."""
    endpoint = two.get_one(Endpoint, "twilio")
    endpoint.deny, endpoint.permit = (
        (IPNetwork("0.0.0.0/0"), IPNetwork("::/0")),
        (IPNetwork(FOREIGN),),
    )
    two.commit()
    ensure(two, Allowance(endpoint="twilio", networks=[FOREIGN]))

    assert two.get_one(Endpoint, "twilio").permit == (IPNetwork(FOREIGN),)


@pytest.mark.parametrize(
    "cells",
    [
        {"match": "203.0.113.7", "match_header": "X-Peer: one"},
        {"match_header": "X-Peer: /^one/"},
        {"match_request_uri": "sip:me@example.com"},
    ],
    ids=str,
)
def test_a_row_that_any_sender_fits(two: Session, cells: dict[str, str]) -> None:
    """It is reported; what touches its endpoint is refused, what does not is not."""
    insert(two, TABLE, id="hand", endpoint="twilio", **cells)
    two.commit()

    assert faults(two) == [IdentificationFault.OPEN_HEADER]
    changed = attrs.evolve(trunk("other"), codecs=("alaw",))
    assert ensure(two, changed)
    assert ensure(two, Allowance(endpoint="other", networks=[FOREIGN]))
    refused(two, lambda: allow_twilio_ips(two), "'hand'")
    delete(two, Allowance, "twilio")
    assert faults(two) == []


def test_an_endpoint_with_credentials_may_be_named_by_a_header(session: Session) -> None:
    """Its password decides then; without it the change is refused."""
    with_password = attrs.evolve(trunk("peer"), inbound_credentials=("peer", "Correct-Horse-7"))
    apply(session, with_password)
    insert(session, TABLE, id="hand", endpoint="peer", match_header="X-Peer: one")
    session.commit()

    assert faults(session) == []
    assert ensure(session, attrs.evolve(with_password, codecs=("alaw",)))
    refused(session, lambda: ensure(session, trunk("peer")), "'hand'.*'peer'")


def test_an_orphan_names_a_new_endpoint(session: Session) -> None:
    """A trunk that is created is open at once if a header row waits for it."""
    insert(session, TABLE, id="hand", endpoint="peer", match_header="X-Peer: one")
    session.commit()
    refused(session, lambda: apply(session, trunk("peer")), "'hand'")


@pytest.mark.parametrize(
    ("deny", "permit", "open_"),
    [
        ("0.0.0.0/0,::/0", FOREIGN, False),
        ("0.0.0.0/0", FOREIGN, True),
        (None, FOREIGN, True),
        ("10.0.0.0/8", None, True),
        ("0.0.0.0/0,::/0", "0.0.0.0/1,128.0.0.0/1", True),
        ("!198.51.100.0/30,0.0.0.0/0,::/0", None, False),
        (None, "!0.0.0.0/0,!::/0,198.51.100.0/30", False),
    ],
)
def test_which_access_lists_close(
    two: Session,
    deny: str | None,
    permit: str | None,
    open_: bool,  # noqa: FBT001 - a parameter of pytest
) -> None:
    """Everybody is kept out first, of both families, and not all are let in again."""
    insert(two, TABLE, id="hand", endpoint="hand", match_header="X-Peer: one")
    cells = {"id": "hand", "identify_by": "header", "deny": deny, "permit": permit}
    insert(two, "ps_endpoints", **{name: cell for name, cell in cells.items() if cell})

    assert faults(two) == ([IdentificationFault.OPEN_HEADER] if open_ else [])


# -- Access lists that pins name -------------------------------------------------------------------


HOUSE = AccessList(name="house", rules=[AccessRule.permit(FOREIGN)])


@pytest.mark.parametrize("verb", [create, ensure])
def test_a_list_that_a_pin_names_already(two: Session, verb: Callable[..., object]) -> None:
    """A list without rows lets nobody in: whoever writes it does not say whom the pin is for."""
    insert(two, TABLE, id="hand", endpoint="twilio", match_header="X-Peer: one")
    endpoint = two.get_one(Endpoint, "twilio")
    endpoint.acl = ("house",)
    two.commit()
    refused(two, lambda: verb(two, HOUSE), "in ACL 'house' conflicts with endpoint 'twilio'")

    # Where other rules close the endpoint, the list lets in nobody beside them.
    endpoint.deny, endpoint.permit = EVERYBODY, HOUSE.rules[0].networks
    two.commit()
    verb(two, HOUSE)


def test_a_list_of_another_pin(two: Session) -> None:
    """The networks of one allowance are not let in by a list that another endpoint names."""
    insert(two, TABLE, id="hand", endpoint="twilio", match_header="X-Peer: one")
    two.get_one(Endpoint, "twilio").acl = ("other-allowed",)
    two.commit()
    many = [f"10.{number}.0.0/25" for number in range(200)]  # too many for one column
    pin = Allowance(endpoint="other", networks=many, header=Header("X-Peer", "two"))
    refused(two, lambda: apply(two, pin), "in ACL 'other-allowed' conflicts with endpoint 'twilio'")


@pytest.fixture
def listed(two: Session) -> Session:
    """The trunk is pinned by hand, and its access list is ``house``."""
    create(two, HOUSE)
    two.get_one(Endpoint, "twilio").acl = ("house",)
    insert(two, TABLE, id="hand", endpoint="twilio", match_header="X-Peer: one")
    two.commit()
    return two


@pytest.mark.parametrize(
    "rules",
    [
        [AccessRule.permit(FOREIGN, "203.0.113.7")],
        [AccessRule.permit("198.51.100.0/24")],
        [AccessRule.permit("203.0.113.7")],
        [AccessRule.permit(FOREIGN), AccessRule.permit("2001:db8::/32")],
    ],
)
def test_a_list_is_not_widened(listed: Session, rules: list[AccessRule]) -> None:
    """The pin's networks are those that it had."""
    wider = AccessList(name="house", rules=rules)
    refused(listed, lambda: ensure(listed, wider), "'twilio'")
    wider = AccessList(name="house", rules=[AccessRule.deny("203.0.113.7")], deny_others=False)
    refused(listed, lambda: ensure(listed, wider), "'twilio'")


def test_a_list_may_be_narrowed(listed: Session) -> None:
    """That lets in nobody."""
    assert ensure(listed, AccessList(name="house", rules=[AccessRule.permit("198.51.100.1")]))
    assert faults(listed) == []


def test_a_list_beside_a_pin_may_be_widened(two: Session) -> None:
    """The endpoint's own columns keep the others out."""
    apply(two, PIN, HOUSE)
    two.get_one(Endpoint, "twilio").acl = ("house",)
    two.commit()

    assert ensure(two, AccessList(name="house", rules=[AccessRule.permit("198.51.0.0/16")]))


def test_rules_for_one_asterisk_count(two: Session) -> None:
    """One without a systemname reads all rows, one with reads its own."""
    insert(two, TABLE, id="hand", endpoint="twilio", match_header="X-Peer: one")
    two.get_one(Endpoint, "twilio").acl = ("house",)
    for number, (name, sense, rule) in enumerate(
        [(None, "deny", "0.0.0.0/0,::/0"), ("b", "permit", FOREIGN)], start=1
    ):
        cells = {"name": "house", "rule_order": number, "sense": sense, "rule": rule}
        insert(two, "acls", **cells, **({"systemname": name} if name else {}))

    assert faults(two) == [IdentificationFault.OPEN_HEADER]


# -- An address reaches one endpoint ---------------------------------------------------------------


@pytest.mark.parametrize(
    "networks", [[FOREIGN], ["198.51.100.1"], ["198.51.100.0/24"], ["::ffff:198.51.100.1"]]
)
def test_addresses_of_a_pin_are_given_to_nobody_else(two: Session, networks: list[str]) -> None:
    """They are looked at before headers; nor the other way round."""
    ensure(two, PIN)
    refused(
        two,
        lambda: ensure(two, Allowance(endpoint="other", networks=networks)),
        "'twilio-1'.*'twilio'.*pin both",
    )
    delete(two, Allowance, "twilio")
    ensure(two, Allowance(endpoint="other", networks=networks))
    refused(two, lambda: ensure(two, PIN), "'other-1'.*'other'.*pin both")


@pytest.mark.parametrize(
    ("match", "shares"),
    [
        ("::ffff:54.172.60.0/126", True),
        ("54.172.60.9/8", True),
        ("54.172.60.1:5060", True),
        ("[::ffff:54.172.60.1]:5060", True),
        ("54.172.0.0/16,!54.172.60.0/24", False),
        ("54.172.60.4/30", False),
        ("peer.example", False),
    ],
)
def test_rows_of_other_programs(two: Session, match: str, shares: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """They are read as Asterisk reads them, and reported when both are there."""
    insert(two, TABLE, id="hand", endpoint="other", match=match)
    two.commit()
    if shares:
        refused(
            two,
            lambda: ensure(two, Allowance(endpoint="twilio", networks=[TWILIO])),
            "'hand'.*'other'",
        )
    insert(two, TABLE, id="mine", endpoint="twilio", match=TWILIO)

    found = [item.fault for item in check_identification(two) if item.rows != ("hand",)]
    assert found == ([IdentificationFault.SHARED_ADDRESS] if shares else [])


def test_two_ports_of_one_host(two: Session) -> None:
    """Asterisk tells them apart."""
    insert(two, TABLE, id="a", endpoint="other", match="203.0.113.7:5060")
    insert(two, TABLE, id="b", endpoint="twilio", match="203.0.113.7:5080")

    assert faults(two) == []


# -- A header reaches one endpoint -----------------------------------------------------------------


@pytest.mark.parametrize(
    "header",
    [
        "x-peer: one",
        "X-PEER : one",
        "X-Peer: /one/",
        "X-Peer: /^on/",
        "x-peer: /o.*/",
        "X-Peer:one",
    ],
)
def test_names_of_headers_have_no_case(two: Session, header: str) -> None:
    """Nor blanks around them; a pattern that fits counts as well."""
    insert(two, "ps_endpoints", id="hand", deny="0.0.0.0/0,::/0", permit="203.0.113.7")
    insert(two, TABLE, id="a", endpoint="hand", match_header=header)
    two.commit()
    refused(two, lambda: ensure(two, PIN), "'a'.*'hand'")


@pytest.mark.parametrize("header", ["X-Peer: One", "X-Peer: /^two/", "X-Other: one"])
def test_values_of_headers_are_compared_to_the_letter(two: Session, header: str) -> None:
    """So these are others."""
    insert(two, "ps_endpoints", id="hand", deny="0.0.0.0/0,::/0", permit="203.0.113.7")
    insert(two, TABLE, id="a", endpoint="hand", match_header=header)
    two.commit()

    assert ensure(two, PIN)


def test_a_pin_is_known_again_in_any_case(two: Session) -> None:
    """Its row is replaced, and there is one."""
    ensure(two, PIN)
    ensure(two, attrs.evolve(PIN, header=Header("x-peer", "two")))

    assert [row["match_header"] for row in rows(two, TABLE)] == ["x-peer: two"]


# -- Widths ----------------------------------------------------------------------------------------


def test_wide_networks_want_a_word(two: Session) -> None:
    """Also where one call after the other makes them."""
    ensure(two, Allowance(endpoint="twilio", networks=["8.0.0.0/8"]))
    with pytest.raises(ValidationError, match=r"8\.0\.0\.0/7.*wide=True"):
        ensure(two, Allowance(endpoint="twilio", networks=["9.0.0.0/8"]))
    ensure(two, Allowance(endpoint="twilio", networks=["9.0.0.0/8"], wide=True))
    ensure(two, Allowance(endpoint="twilio", networks=["203.0.113.7"]))

    assert faults(two) == [IdentificationFault.WIDE_NETWORK]
    assert get(two, Allowance, "twilio") is not None
    assert ensure(two, attrs.evolve(trunk("other"), codecs=("alaw",)))


def test_mapped_addresses_are_stored_as_ipv4(two: Session) -> None:
    """Asterisk would leave out the whole row."""
    mapped = ["192.0.2.0/30", "::ffff:198.51.100.7", "::ffff:192.0.2.4/126"]
    house = AccessList(name="house", rules=[AccessRule.permit(*mapped)])
    ensure(two, Allowance(endpoint="twilio", networks=mapped))
    create(two, house)

    assert [row["match"] for row in rows(two, TABLE)] == ["192.0.2.0/29,198.51.100.7/32"]
    assert rows(two, "acls")[1]["rule"] == "192.0.2.0/29,198.51.100.7/32"
    assert get(two, AccessList, "house") == house


def test_mapped_addresses_of_models(two: Session) -> None:
    """Whoever assigns them to a column; existing cells are read as they are."""
    two.add(Identify(id="a", endpoint="other", match=("::ffff:192.0.2.7", "::ffff:192.0.2.8/126")))
    two.flush()

    assert rows(two, TABLE)[0]["match"] == "192.0.2.7/32,192.0.2.8/30"


# -- What it costs ---------------------------------------------------------------------------------


def test_what_it_costs(engine: Engine, session: Session) -> None:
    """A trunk with ranges takes six statements, and a change of something else asks nothing."""
    with statements(engine) as sent:
        apply(session, trunk("peer"))
        ensure(session, Allowance(endpoint="peer", networks=[FOREIGN]))
    with statements(engine) as other:
        create(session, Phone(id="100", context="phones"))

    assert len(work(sent)) == 6
    assert len(work(other)) == 4


@pytest.mark.parametrize("filled_engine", ["mariadb"], indirect=True)
def test_mariadb_finds_an_endpoint_in_any_case(two: Session) -> None:
    """So an identify row that spells the id otherwise counts as the endpoint's."""
    insert(two, TABLE, id="raw", endpoint="OTHER", match_header="X-Q: 1")
    two.commit()

    assert faults(two) == [IdentificationFault.OPEN_HEADER]
    changed = attrs.evolve(trunk("other"), codecs=("alaw",))
    refused(two, lambda: apply(two, changed), "identify row 'raw', which matches any sender")


def test_an_allowance_that_goes_opens_nothing(two: Session) -> None:
    """What a person has set to be found by name must not lose the ACL that keeps others out."""
    ensure(two, PIN)
    two.execute(text("UPDATE ps_endpoints SET identify_by = NULL WHERE id = 'twilio'"))
    two.commit()
    two.expire_all()
    assert check_identification(two) == ()
    refused(two, lambda: apply(two, Absent(Allowance, "twilio")), "twilio")

    assert check_identification(two) == ()
