"""Trunks of each provider, and what their identify rows let in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
import pytest
from netaddr import IPNetwork, IPSet

from asterisk_realtime import (
    Allowance,
    ConflictError,
    Endpoint,
    FlowrouteAllowance,
    FlowrouteTrunk,
    Identify,
    InvalidValueError,
    NotFoundError,
    PlivoTrunk,
    ProviderDiff,
    RegistrationTrunk,
    SignalWireTrunk,
    TelnyxAllowance,
    TelnyxTrunk,
    TwilioTrunk,
    VonageTrunk,
    allow_addresses,
    allow_flowroute_ips,
    allow_plivo_ips,
    allow_telnyx_ips,
    allow_twilio_ips,
    allow_vonage_ips,
    apply,
    create_flowroute_trunk,
    create_plivo_trunk,
    create_signalwire_trunk,
    create_telnyx_trunk,
    create_twilio_trunk,
    create_vonage_trunk,
    delete_registration_trunk,
    delete_trunk,
    ensure_allowance,
    ensure_flowroute_trunk,
    ensure_plivo_trunk,
    ensure_signalwire_trunk,
    ensure_telnyx_trunk,
    ensure_vonage_trunk,
    find_allowance,
    find_flowroute_trunk,
    find_plivo_trunk,
    find_signalwire_trunk,
    find_telnyx_trunk,
    find_twilio_trunk,
    find_vonage_trunk,
    provider_diff,
)
from tests.db.tools import ACCOUNT, PASSWORD, URI, everything, rows, statements, writes

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

PAIR: Final[dict[str, Any]] = {"username": "grable", "password": PASSWORD}

TRUNKS: Final[list[Any]] = [
    (create_telnyx_trunk, ensure_telnyx_trunk, find_telnyx_trunk, TelnyxTrunk, {}),
    (
        create_telnyx_trunk,
        ensure_telnyx_trunk,
        find_telnyx_trunk,
        TelnyxTrunk,
        {"host": "sip.telnyx.eu", "register": True, "name": "telnyx-eu"},
    ),
    (
        create_plivo_trunk,
        ensure_plivo_trunk,
        find_plivo_trunk,
        PlivoTrunk,
        {"host": "21784177241578.zt.plivo.com"},
    ),
    (
        create_vonage_trunk,
        ensure_vonage_trunk,
        find_vonage_trunk,
        VonageTrunk,
        {"host": "grable.sip-eu.vonage.com", "secure": False, "transport": "tcp"},
    ),
    (create_flowroute_trunk, ensure_flowroute_trunk, find_flowroute_trunk, FlowrouteTrunk, {}),
    (
        create_signalwire_trunk,
        ensure_signalwire_trunk,
        find_signalwire_trunk,
        SignalWireTrunk,
        {"host": "grable.sip.signalwire.com", "outbound_proxy": "sip:proxy.example.com"},
    ),
]
EACH = pytest.mark.parametrize(
    "case",
    TRUNKS,
    ids=["telnyx", "telnyx registering", "plivo", "vonage", "flowroute", "signalwire"],
)


@EACH
def test_a_trunk_is_found_as_it_was_created(engine: Engine, session: Session, case: Any) -> None:
    """Created, found, applied without a write, changed, and deleted to the last row."""
    create, ensure, find, kind, fields = case
    wanted = kind(**PAIR, **fields)
    created = create(session, **PAIR, **fields)
    session.commit()
    found = find(session, wanted.name)

    assert (created.registration is not None) is wanted.register
    assert attrs.evolve(found, transport=wanted.transport) == wanted
    with statements(engine) as sent:
        assert not ensure(session, wanted)
        assert not apply(session, found)
    assert writes(sent) == []
    changed = ensure(session, attrs.evolve(wanted, codecs=["alaw"]))
    assert [column.name for row in changed.rows for column in row.columns] == ["allow"]
    (delete_registration_trunk if wanted.register else delete_trunk)(session, wanted.name)
    assert everything(session) == {}
    assert find(session, wanted.name) is None


@pytest.mark.parametrize("kind", [TwilioTrunk, TelnyxTrunk])
@pytest.mark.parametrize(
    ("more", "named"),
    [
        ({"inbound_credentials": ("peer", PASSWORD)}, "another inbound_credentials"),
        ({"contact": "two"}, "another contact"),
    ],
    ids=["inbound credentials", "two hosts"],
)
def test_a_trunk_that_is_more_than_a_providers(
    session: Session, kind: Any, more: dict[str, Any], named: str
) -> None:
    """To apply what is found would take that away, so it is not found; no secret is named."""
    plain = kind(termination_uri=URI) if kind is TwilioTrunk else kind()
    if "contact" in more:
        more = {"contact": (*plain.trunk().contact, "sip:203.0.113.7")}
    apply(session, attrs.evolve(plain.trunk(), **more))
    find = find_twilio_trunk if kind is TwilioTrunk else find_telnyx_trunk

    with pytest.raises(ConflictError, match=named) as caught:
        find(session, plain.name)
    assert PASSWORD not in str(caught.value)
    apply(session, attrs.evolve(plain.trunk(), from_user="me"))
    assert find(session, plain.name) is not None


def test_a_registration_that_is_more_than_a_providers(session: Session) -> None:
    """Its times would be set back."""
    wanted = TelnyxTrunk(register=True, **PAIR)
    trunk = wanted.trunk()
    assert isinstance(trunk, RegistrationTrunk)
    apply(session, attrs.evolve(trunk, expiration=120))

    with pytest.raises(ConflictError, match="another expiration"):
        find_telnyx_trunk(session, wanted.name)


@EACH
def test_creating_twice_is_a_conflict(session: Session, case: Any) -> None:
    """And another provider's trunk is not taken for this one's."""
    create, _ensure, find, _kind, fields = case
    create(session, **PAIR, **fields)
    session.commit()
    with pytest.raises(ConflictError):
        create(session, **PAIR, **fields)
    create_twilio_trunk(session, "other", termination_uri=URI)
    with pytest.raises(ConflictError, match="find_trunk"):
        find(session, "other")


# -- Addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allow", "name", "host"),
    [
        (allow_telnyx_ips, "telnyx", "sip.telnyx.com"),
        (allow_plivo_ips, "plivo", "1.zt.plivo.com"),
        (allow_vonage_ips, "vonage", "x.sip-us.vonage.com"),
        (allow_flowroute_ips, "flowroute", "us-west-or.sip.flowroute.com"),
    ],
)
def test_after_allowing_there_is_no_difference(
    session: Session, allow: Any, name: str, host: str
) -> None:
    """One row; the provider is recognised by it."""
    kinds: dict[str, Any] = {
        "telnyx": TelnyxTrunk,
        "plivo": PlivoTrunk,
        "vonage": VonageTrunk,
        "flowroute": FlowrouteTrunk,
    }
    apply(session, kinds[name](host=host, **PAIR))
    identifies = allow(session)
    difference = provider_diff(session, name)

    assert len(identifies) == len(rows(session, "ps_endpoint_id_ips")) == 1
    assert identifies[0].srv_lookups is False
    assert (difference.provider, bool(difference)) == (name, False)
    assert difference == ProviderDiff(provider=name, endpoint=name)
    assert str(difference) == "as published"


@pytest.fixture
def telnyx(session: Session) -> Session:
    """A session with the trunk ``telnyx``, committed."""
    create_telnyx_trunk(session)
    session.commit()
    return session


def test_locations_and_uncertain_ranges(telnyx: Session) -> None:
    """Called again, the row becomes what is asked for now; neighbours' rows are not touched."""
    allow_telnyx_ips(telnyx, regions=["europe"])
    telnyx.commit()

    assert IPSet(telnyx.get_one(Identify, "telnyx-1").match or ()) == IPSet(
        ["185.246.41.140", "185.246.41.141"]
    )
    allow_telnyx_ips(telnyx, uncertain=True)
    telnyx.commit()
    assert len(rows(telnyx, "ps_endpoint_id_ips")) == 1
    difference = provider_diff(telnyx, "telnyx")
    assert not difference
    assert difference.uncertain == (IPNetwork("192.76.120.14/32"),)
    assert not provider_diff(telnyx, "telnyx", regions=["europe"])


def test_a_difference_names_everything(telnyx: Session) -> None:
    """Missing, media, foreign; and pruning mends it."""
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
    allow_telnyx_ips(telnyx)
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
    """The addresses are there then; the header is the provider's own."""
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
    allow_telnyx_ips(telnyx)
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
    with pytest.raises(InvalidValueError, match="publishes no ranges"):
        provider_diff(telnyx, "telnyx", "signalwire")
    with pytest.raises(InvalidValueError, match="nothing is known of it"):
        provider_diff(telnyx, "telnyx", "acme")
    with pytest.raises(InvalidValueError, match="no such location"):
        provider_diff(telnyx, "telnyx", "telnyx", regions=["mars"])
    assert len(provider_diff(telnyx, "telnyx", "telnyx").missing) > 5


# -- Addresses of one's own ------------------------------------------------------------------------


def test_addresses_of_ones_own(telnyx: Session) -> None:
    """They are added to those that are there, or replace them."""
    allow_telnyx_ips(telnyx)
    own = allow_addresses(telnyx, "telnyx", ["203.0.113.7", "2001:db8::/64"])
    telnyx.commit()

    assert [str(net) for row in own for net in row.match or ()] == [
        "203.0.113.7/32",
        "2001:db8::/64",
    ]
    assert len(rows(telnyx, "ps_endpoint_id_ips")) == 2
    assert provider_diff(telnyx, "telnyx").foreign == (
        IPNetwork("203.0.113.7/32"),
        IPNetwork("2001:db8::/64"),
    )
    allow_addresses(telnyx, "telnyx", ["203.0.113.7"], prune=True)
    telnyx.commit()
    found = find_allowance(telnyx, "telnyx")
    assert found is not None
    assert [str(net) for net in found.networks] == ["203.0.113.7/32"]
    assert len(rows(telnyx, "ps_endpoint_id_ips")) == 1


def test_addresses_in_place_of_an_account(session: Session) -> None:
    """The ACL that went with the header goes too, or it would refuse the new addresses."""
    create_twilio_trunk(session, termination_uri=URI)
    allow_twilio_ips(session, account_sid=ACCOUNT)
    session.commit()
    allow_addresses(session, "twilio", ["203.0.113.7"], prune=True)
    session.commit()
    endpoint = session.get_one(Endpoint, "twilio")

    assert (endpoint.permit, endpoint.deny) == (None, None)
    assert [row["match"] for row in rows(session, "ps_endpoint_id_ips")] == ["203.0.113.7/32"]


def test_an_address_belongs_to_one_endpoint(telnyx: Session) -> None:
    """The conflict names the row, the network and the other endpoint."""
    create_flowroute_trunk(telnyx, **PAIR)
    apply(telnyx, FlowrouteAllowance())
    telnyx.commit()
    with pytest.raises(ConflictError, match=r"'flowroute-1', which gives 34\.210\.91\.112/28"):
        allow_addresses(telnyx, "telnyx", ["34.210.91.120"])
    with pytest.raises(NotFoundError):
        allow_addresses(telnyx, "nobody", ["203.0.113.7"])
    assert not ensure_allowance(
        telnyx, Allowance(endpoint="flowroute", networks=["34.210.91.112/28", "34.226.36.32/28"])
    )


@pytest.mark.parametrize("addresses", [[], "203.0.113.7", ["0.0.0.0/0"], ["a.example.com"]])
def test_addresses_that_are_none(telnyx: Session, addresses: Any) -> None:
    """Nobody, everybody, and names that Asterisk would look up for each request."""
    with pytest.raises(InvalidValueError):
        allow_addresses(telnyx, "telnyx", addresses)
    assert rows(telnyx, "ps_endpoint_id_ips") == []
