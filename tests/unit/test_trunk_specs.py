"""Specs of trunks are valid, keep their secrets, and say everything that is wrong."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.provision.kinds.registrations import registration_row
from asterisk_realtime.provision.kinds.trunks import trunk_rows
from asterisk_realtime.specs.identify import Allowance, Header
from asterisk_realtime.specs.trunks import Credentials, RegistrationTrunk, Trunk, credential_pair
from asterisk_realtime.values.choices import IdentifyBy

SECRET = "Correct-Horse-7"


def trunk(**fields: Any) -> Trunk:
    """Return a trunk that is good but for *fields*."""
    usual = {
        "name": "carrier",
        "contact": "sip:sip.example.com",
        "transport": "tls",
        "context": "from-carrier",
        "codecs": ["ulaw"],
    }
    return Trunk(**{**usual, **fields})


def registering(**fields: Any) -> RegistrationTrunk:
    """Return a registering trunk that is good but for *fields*."""
    usual = {
        "name": "carrier",
        "server_uri": "sip:sip.example.com",
        "client_uri": "sip:grable@sip.example.com",
        "credentials": ("grable", SECRET),
        "transport": "udp",
        "context": "from-carrier",
        "codecs": ["ulaw"],
    }
    return RegistrationTrunk(**{**usual, **fields})


def test_all_that_is_wrong_with_a_trunk() -> None:
    """Each field by its name, and no secret in the message."""
    with pytest.raises(ValidationError) as caught:
        trunk(
            name="a%b",
            contact="sip:x@a.example",
            outbound_proxy="proxy.example",
            transport="u d p",
            secure="yes",
            credentials=("a:b", SECRET),
            inbound_credentials=("", SECRET),
            from_user="a b",
            from_domain="a b",
            qualify_frequency=-1,
        )

    assert {error.field for error in caught.value.errors} == {
        "name",
        "contact",
        "outbound_proxy",
        "transport",
        "secure",
        "credentials",
        "inbound_credentials",
        "from_user",
        "from_domain",
        "qualify_frequency",
    }
    assert SECRET not in str(caught.value)


def test_all_that_is_wrong_with_a_registration() -> None:
    """Without an account and a password nobody registers."""
    with pytest.raises(ValidationError) as caught:
        registering(
            server_uri="sip:grable@sip.example.com",
            client_uri="sip:sip.example.com",
            credentials=None,
            contact_user="a b",
            expiration=0,
            max_retries=True,
            forbidden_retry_interval=-1,
        )

    assert {error.field for error in caught.value.errors} == {
        "server_uri",
        "client_uri",
        "credentials",
        "contact_user",
        "expiration",
        "max_retries",
        "forbidden_retry_interval",
    }


@pytest.mark.parametrize("pair", [("a", SECRET), ["a", SECRET], Credentials("a", SECRET)])
def test_credentials_are_a_pair(pair: Any) -> None:
    """Given as such or as what they are kept as; the password does not show."""
    assert credential_pair(pair) == Credentials("a", SECRET)
    assert SECRET not in repr(trunk(credentials=pair, inbound_credentials=pair))


@pytest.mark.parametrize(
    "pair", [("a",), "ab", None, ("a", "b", "c"), ("a", ""), ("a", "b\nc"), (1, "b"), ("a", None)]
)
def test_what_are_no_credentials(pair: Any) -> None:
    """One complaint, without the secret."""
    with pytest.raises(ValidationError) as caught:
        credential_pair(pair)

    assert "b\nc" not in str(caught.value)


@pytest.mark.parametrize(
    "spec",
    [
        trunk(
            contact=["sip:a.example", "sip:[2001:db8::7]:5070"],
            outbound_proxy="sip:proxy.example",
            credentials=("a", SECRET),
            inbound_credentials=("b", SECRET),
            caller_id="+12025550123",
            from_domain="[2001:db8::7]",
        ),
        registering(contact=["sip:a.example"], outbound_proxy="sip:proxy.example;lr"),
    ],
    ids=["by address", "by registration"],
)
def test_a_spec_can_be_made_again(spec: Trunk | RegistrationTrunk) -> None:
    """Every converter takes what it returned."""
    assert attrs.evolve(spec) == spec
    assert attrs.evolve(spec, name="other").name == "other"


def test_nobody_gets_in_by_a_name_without_a_password() -> None:
    """By address alone, the name in From says nothing."""
    by_address = trunk_rows(trunk()).endpoint
    with_password = trunk_rows(trunk(inbound_credentials=("carrier", SECRET))).endpoint

    assert (by_address.identify_by, by_address.auth) == ((IdentifyBy.IP,), None)
    assert with_password.auth == ("carrier_inbound",)
    assert with_password.identify_by is not None
    assert set(with_password.identify_by) == {
        IdentifyBy.IP,
        IdentifyBy.USERNAME,
        IdentifyBy.AUTH_USERNAME,
    }


def test_what_a_spec_does_not_say_is_not_set() -> None:
    """A person's own From survives."""
    assert {"from_user", "from_domain"}.isdisjoint(vars(trunk_rows(trunk()).endpoint))
    assert trunk_rows(trunk(from_user="x")).endpoint.from_user == "x"


def test_a_registration_belongs_to_its_endpoint() -> None:
    """``line`` and ``endpoint`` both or neither; calls arrive at the account's name."""
    row = registration_row(registering())
    other = registration_row(registering(contact_user="+12025550123"))

    assert (row.line, row.endpoint, row.contact_user) == (True, "carrier", "grable")
    assert row.outbound_auth == ("carrier",)
    assert other.contact_user == "+12025550123"
    assert registering().trunk().contact == ("sip:sip.example.com",)


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("X Peer", "one", "name"),
        ("X-Peer:", "one", "name"),
        ("", "one", "name"),
        ("X-Peer", "/.*/", "value"),
        ("X-Peer", "one\r\nX: y", "value"),
        ("X-Peer", " one", "value"),
    ],
)
def test_a_header_that_means_more(name: str, value: str, field: str) -> None:
    """A pattern would let in more than one account."""
    with pytest.raises(ValidationError) as caught:
        Header(name, value)
    assert caught.value.field == field


def test_two_headers_of_one_allowance() -> None:
    """Rows of one would not be known again by the other."""
    with pytest.raises(ValidationError, match="the header is X-Peer"):
        Allowance(
            endpoint="peer",
            networks=["203.0.113.7"],
            header=Header("X-Peer", "one"),
            header_name="X-Other",
        )
