"""Trunks of each provider, and what their identify rows let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest
from netaddr import IPNetwork, IPSet

from asterisk_realtime import (
    Allowance,
    ConflictError,
    FlowrouteAllowance,
    FlowrouteTrunk,
    NotFoundError,
    PlivoAllowance,
    PlivoTrunk,
    ProviderDiff,
    RegistrationTrunk,
    SignalWireTrunk,
    TelnyxAllowance,
    TelnyxTrunk,
    TwilioTrunk,
    ValidationError,
    VonageAllowance,
    VonageTrunk,
    allow_twilio_ips,
    apply,
    create,
    create_twilio_trunk,
    delete,
    ensure,
    get,
    provider_diff,
)
from asterisk_realtime import rows as rows_of
from asterisk_realtime.models import Endpoint, Identify
from tests.db.tools import ACCOUNT, PASSWORD, URI, everything, label, rows, statements, writes

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

PAIR: Final[dict[str, Any]] = {"username": "grable", "password": PASSWORD}


TRUNKS: Final[dict[str, Any]] = {
    "telnyx": TelnyxTrunk(**PAIR),
    "telnyx registering": TelnyxTrunk(
        **PAIR, host="sip.telnyx.eu", register=True, name="telnyx-eu"
    ),
    "plivo": PlivoTrunk(**PAIR, host="21784177241578.zt.plivo.com"),
    "vonage": VonageTrunk(**PAIR, host="grable.sip-eu.vonage.com", secure=False, transport="tcp"),
    "flowroute": FlowrouteTrunk(**PAIR),
    "signalwire": SignalWireTrunk(
        **PAIR, host="grable.sip.signalwire.com", outbound_proxy="sip:proxy.example.com"
    ),
}
EACH = pytest.mark.parametrize("wanted", TRUNKS.values(), ids=TRUNKS)


@EACH
def test_a_trunk_is_found_as_it_was_created(engine: Engine, session: Session, wanted: Any) -> None:
    """Created, found, applied without a write, changed, and deleted to the last row."""
    kind: Any = type(wanted)
    created = create(session, wanted)
    session.commit()
    found: Any = get(session, kind, wanted.name)

    assert (created.registration is not None) is wanted.register
    assert rows_of(session, kind, wanted.name) == created
    assert attrs.evolve(found, transport=wanted.transport) == wanted
    with statements(engine) as sent:
        assert not ensure(session, wanted)
        assert not apply(session, found)
    assert writes(sent) == []
    changed = ensure(session, attrs.evolve(wanted, codecs=["alaw"]))
    assert [column.name for row in changed.rows for column in row.columns] == ["allow"]
    delete(session, kind, wanted.name)
    assert everything(session) == {}
    assert get(session, kind, wanted.name) is None
    assert rows_of(session, kind, wanted.name) is None


@pytest.mark.parametrize("plain", [TwilioTrunk(termination_uri=URI), TelnyxTrunk()], ids=label)
@pytest.mark.parametrize(
    ("more", "named"),
    [
        (
            {"inbound_credentials": ("peer", PASSWORD)},
            r"\(inbound_credentials=.* has another value",
        ),
        ({"contact": "two"}, r"\(contact=.* has another value"),
    ],
    ids=["inbound credentials", "two hosts"],
)
def test_a_trunk_that_is_more_than_a_providers(
    session: Session, plain: Any, more: dict[str, Any], named: str
) -> None:
    """To apply what is found would take that away, so it is not found; no secret is named."""
    kind: Any = type(plain)
    if "contact" in more:
        more = {"contact": (*plain.part().contact, "sip:203.0.113.7")}
    apply(session, attrs.evolve(plain.part(), **more))

    with pytest.raises(ConflictError, match=named) as caught:
        get(session, kind, plain.name)
    assert PASSWORD not in str(caught.value)
    apply(session, attrs.evolve(plain.part(), from_user="me"))
    assert get(session, kind, plain.name) is not None


def test_a_registration_that_is_more_than_a_providers(session: Session) -> None:
    """Its times would be set back."""
    wanted = TelnyxTrunk(register=True, **PAIR)
    trunk = wanted.part()
    assert isinstance(trunk, RegistrationTrunk)
    apply(session, attrs.evolve(trunk, expiration=120))

    with pytest.raises(
        ConflictError, match="expiration=120: the provider's trunk has another value"
    ):
        get(session, TelnyxTrunk, wanted.name)


@EACH
def test_creating_twice_is_a_conflict(session: Session, wanted: Any) -> None:
    """And another provider's trunk is not taken for this one's."""
    kind: Any = type(wanted)
    create(session, wanted)
    session.commit()
    with pytest.raises(ConflictError):
        create(session, wanted)
    create_twilio_trunk(session, "other", termination_uri=URI)
    for call in (get, rows_of, delete):
        with pytest.raises(ConflictError, match="get it as a Trunk"):
            call(session, kind, "other")


# -- Addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trunk", "allowance"),
    [
        (TelnyxTrunk(**PAIR), TelnyxAllowance()),
        (PlivoTrunk(**PAIR, host="1.zt.plivo.com"), PlivoAllowance()),
        (VonageTrunk(**PAIR, host="x.sip-us.vonage.com"), VonageAllowance()),
        (FlowrouteTrunk(**PAIR), FlowrouteAllowance()),
    ],
    ids=label,
)
def test_after_allowing_there_is_no_difference(
    session: Session, trunk: Any, allowance: Any
) -> None:
    """One row; the provider is recognised by it."""
    apply(session, trunk)
    ensure(session, allowance)
    (row,) = rows_of(session, Allowance, trunk.name) or ()
    difference = provider_diff(session, trunk.name)

    assert len(rows(session, "ps_endpoint_id_ips")) == 1
    assert row.srv_lookups is False
    assert (difference.provider, bool(difference)) == (trunk.name, False)
    assert difference == ProviderDiff(provider=trunk.name, endpoint=trunk.name)
    assert str(difference) == "as published"


@pytest.fixture
def telnyx(session: Session) -> Session:
    """A session with the trunk ``telnyx``, committed."""
    create(session, TelnyxTrunk())
    session.commit()
    return session


def test_locations_and_uncertain_ranges(telnyx: Session) -> None:
    """Called again, the row becomes what is asked for now; neighbours' rows are not touched."""
    ensure(telnyx, TelnyxAllowance(regions=["europe"]))
    telnyx.commit()

    assert IPSet(telnyx.get_one(Identify, "telnyx-1").match or ()) == IPSet(
        ["185.246.41.140", "185.246.41.141"]
    )
    ensure(telnyx, TelnyxAllowance(uncertain=True))
    telnyx.commit()
    assert len(rows(telnyx, "ps_endpoint_id_ips")) == 1
    difference = provider_diff(telnyx, "telnyx")
    assert not difference
    assert difference.uncertain == (IPNetwork("192.76.120.14/32"),)
    assert not provider_diff(telnyx, "telnyx", regions=["europe"])


def test_a_difference_names_everything(telnyx: Session) -> None:
    """Missing, media, foreign; and pruning removes them."""
    telnyx.add(
        Identify(
            id="mine",
            endpoint="telnyx",
            match=(
                IPNetwork("192.76.120.10/32"),
                IPNetwork("64.16.226.0/24"),
                IPNetwork("198.51.100.7/32"),
                "sip.example.com",
                "203.0.113.9:5062",
            ),
        )
    )
    telnyx.commit()
    before = provider_diff(telnyx, "telnyx")

    assert before
    assert before.media == (IPNetwork("64.16.226.0/24"),)
    assert before.foreign == (
        IPNetwork("198.51.100.7/32"),
        "sip.example.com",
        IPNetwork("203.0.113.9/32"),
    )
    assert IPNetwork("64.16.250.10/32") in before.missing
    assert IPNetwork("192.76.120.10/32") not in before.missing
    assert "media: 64.16.226.0/24" in str(before)
    ensure(telnyx, TelnyxAllowance())
    assert provider_diff(telnyx, "telnyx").foreign == before.foreign
    assert apply(telnyx, TelnyxAllowance(prune=True))
    assert not provider_diff(telnyx, "telnyx")
    assert not apply(telnyx, TelnyxAllowance(prune=True))


def test_an_old_range_is_named(session: Session) -> None:
    """Twilio's media ranges of old are in many guides."""
    create_twilio_trunk(session, termination_uri=URI)
    session.add(
        Identify(
            id="guide",
            endpoint="twilio",
            match=(IPNetwork("54.172.60.0/23"), IPNetwork("168.86.128.0/18")),
            match_request_uri="sip:x@example.com",
        )
    )
    session.commit()
    difference = provider_diff(session, "twilio")

    assert difference.obsolete == (IPNetwork("54.172.60.0/23"),)
    assert difference.media == (IPNetwork("168.86.128.0/18"),)
    assert difference.foreign == ("sip:x@example.com",)
    assert len(difference.missing) == 7
    allow_twilio_ips(session, prune=True)
    assert not provider_diff(session, "twilio")


def test_a_pinned_trunk_is_held_against_its_acl(session: Session) -> None:
    """The addresses are in its ACL; the header is the provider's own."""
    create_twilio_trunk(session, termination_uri=URI)
    allow_twilio_ips(session, account_sid=ACCOUNT)
    session.commit()

    assert not provider_diff(session, "twilio")
    endpoint = session.get_one(Endpoint, "twilio")
    endpoint.permit = (IPNetwork("54.172.60.0/30"), IPNetwork("198.51.100.0/24"))
    session.commit()
    difference = provider_diff(session, "twilio", "twilio")
    assert difference.foreign == (IPNetwork("198.51.100.0/24"),)
    assert len(difference.missing) == 7
    allow_twilio_ips(session, account_sid=ACCOUNT, prune=True)
    assert not provider_diff(session, "twilio")


def test_a_difference_writes_nothing(engine: Engine, telnyx: Session) -> None:
    """It only looks."""
    ensure(telnyx, TelnyxAllowance())
    telnyx.commit()
    with statements(engine) as sent:
        provider_diff(telnyx, "telnyx")

    assert writes(sent) == []


def test_what_cannot_be_compared(telnyx: Session) -> None:
    """Nobody's ranges, no ranges, no endpoint, no provider, no location."""
    with pytest.raises(NotFoundError, match="name the provider"):
        provider_diff(telnyx, "telnyx")
    with pytest.raises(NotFoundError, match="endpoint 'nobody'"):
        provider_diff(telnyx, "nobody", "telnyx")
    with pytest.raises(ValidationError, match="publishes no ranges"):
        provider_diff(telnyx, "telnyx", "signalwire")
    with pytest.raises(ValidationError, match="it is an unknown provider"):
        provider_diff(telnyx, "telnyx", "acme")
    with pytest.raises(ValidationError, match="no such location"):
        provider_diff(telnyx, "telnyx", "telnyx", regions=["mars"])
    assert len(provider_diff(telnyx, "telnyx", "telnyx").missing) > 5


# -- Addresses of one's own ------------------------------------------------------------------------


def test_addresses_of_ones_own(telnyx: Session) -> None:
    """They are added to the allowed ones, or replace them."""
    ensure(telnyx, TelnyxAllowance())
    before = rows_of(telnyx, Allowance, "telnyx") or ()
    ensure(telnyx, Allowance(endpoint="telnyx", networks=["203.0.113.7", "2001:db8::/64"]))
    telnyx.commit()
    own = [row for row in rows_of(telnyx, Allowance, "telnyx") or () if row not in before]

    assert len(before) == 1
    assert [str(net) for row in own for net in row.match or ()] == [
        "203.0.113.7/32",
        "2001:db8::/64",
    ]
    assert len(rows(telnyx, "ps_endpoint_id_ips")) == 2
    assert provider_diff(telnyx, "telnyx").foreign == (
        IPNetwork("203.0.113.7/32"),
        IPNetwork("2001:db8::/64"),
    )
    ensure(telnyx, Allowance(endpoint="telnyx", networks=["203.0.113.7"], prune=True))
    telnyx.commit()
    found = get(telnyx, Allowance, "telnyx")
    assert found is not None
    assert [str(net) for net in found.networks] == ["203.0.113.7/32"]
    assert len(rows(telnyx, "ps_endpoint_id_ips")) == 1


def test_addresses_in_place_of_an_account(session: Session) -> None:
    """The ACL that went with the header goes too, or it would refuse the new addresses."""
    create_twilio_trunk(session, termination_uri=URI)
    allow_twilio_ips(session, account_sid=ACCOUNT)
    session.commit()
    ensure(session, Allowance(endpoint="twilio", networks=["203.0.113.7"], prune=True))
    session.commit()
    endpoint = session.get_one(Endpoint, "twilio")

    assert (endpoint.permit, endpoint.deny) == (None, None)
    assert [row["match"] for row in rows(session, "ps_endpoint_id_ips")] == ["203.0.113.7/32"]


def test_an_address_belongs_to_one_endpoint(telnyx: Session) -> None:
    """The conflict names the row, the network and the other endpoint."""
    create(telnyx, FlowrouteTrunk(**PAIR))
    apply(telnyx, FlowrouteAllowance())
    telnyx.commit()
    with pytest.raises(ConflictError, match=r"'flowroute-1', which gives 34\.210\.91\.112/28"):
        ensure(telnyx, Allowance(endpoint="telnyx", networks=["34.210.91.120"]))
    with pytest.raises(NotFoundError):
        ensure(telnyx, Allowance(endpoint="nobody", networks=["203.0.113.7"]))
    assert not ensure(
        telnyx, Allowance(endpoint="flowroute", networks=["34.210.91.112/28", "34.226.36.32/28"])
    )


@pytest.mark.parametrize("addresses", [[], "203.0.113.7", ["0.0.0.0/0"], ["a.example.com"]])
def test_addresses_that_are_none(telnyx: Session, addresses: Any) -> None:
    """Nobody, everybody, and names that Asterisk would look up for each request."""
    with pytest.raises(ValidationError):
        ensure(telnyx, Allowance(endpoint="telnyx", networks=addresses))
    assert rows(telnyx, "ps_endpoint_id_ips") == []
