"""The trunks of each provider, as a real Asterisk takes them and registers by them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.orm import Session

from asterisk_realtime import (
    Allowance,
    FlowrouteAllowance,
    FlowrouteTrunk,
    PlivoAllowance,
    PlivoTrunk,
    SignalWireTrunk,
    TelnyxAllowance,
    TelnyxTrunk,
    VonageAllowance,
    VonageTrunk,
    apply,
    ensure,
)
from asterisk_realtime.providers.allowance import networks_of
from asterisk_realtime.providers.diff import PROVIDERS
from tests.asterisk.test_trunks import PASSWORD, RELOAD, provision
from tools.asterisk_lab import digest

if TYPE_CHECKING:
    from tests.asterisk.realtime_lab import RealtimeLab

PAIR: Final[dict[str, Any]] = {"username": "grable", "password": PASSWORD}


def test_every_providers_trunk_is_taken_as_it_is_created(lab: RealtimeLab) -> None:
    """Endpoint, AOR, auth, registration and addresses, and not one complaint about any of them."""
    with Session(lab.engine) as session:
        apply(
            session,
            TelnyxTrunk(**PAIR),
            TelnyxTrunk(name="telnyx-eu", host="sip.telnyx.eu", register=True, **PAIR),
            TelnyxAllowance(),
            PlivoTrunk(host="21784177241578.zt.plivo.com", **PAIR),
            PlivoAllowance(),
            VonageTrunk(host="grable.sip-eu.vonage.com", **PAIR),
            VonageAllowance(),
            FlowrouteTrunk(**PAIR),
            FlowrouteAllowance(uncertain=True),
            SignalWireTrunk(host="grable.sip.signalwire.com", **PAIR),
        )
        ensure(session, Allowance(endpoint="signalwire", networks=["203.0.113.7", "2001:db8::/64"]))
        session.commit()
    names = ("telnyx", "telnyx-eu", "plivo", "vonage", "flowroute", "signalwire")
    # Listing registrations would start them, and there is nobody to register at.
    lists = {
        kind: lab.asterisk.cli(f"pjsip show {kind}")
        for kind in ("endpoints", "aors", "auths", "identifies")
    }
    endpoints = {name: lab.asterisk.cli(f"pjsip show endpoint {name}") for name in names}

    assert all(name in lists[kind] for kind in ("endpoints", "aors", "auths") for name in names)
    for provider in PROVIDERS.values():
        for net in networks_of(provider.chosen()) if provider.name != "twilio" else ():
            assert str(net).removesuffix("/32") in lists["identifies"]
    assert "2001:db8::/64" in lists["identifies"]
    assert all(
        re.search(r"^ identify_by +: ip$", text, re.MULTILINE) for text in endpoints.values()
    )
    assert lab.asterisk.log_problems() == []


def test_the_providers_trunks_that_register(lab: RealtimeLab) -> None:
    """Each at its host and with its account, here by way of a proxy on loopback."""
    proxy = f"sip:{lab.net.carrier}"
    options: dict[str, Any] = {
        "secure": False,
        "outbound_proxy": proxy,
        "qualify_frequency": 0,
        **PAIR,
    }
    wanted = {
        "telnyx": TelnyxTrunk(register=True, **options),
        "flowroute": FlowrouteTrunk(**options),
        "signalwire": SignalWireTrunk(host="grable.sip.signalwire.com", **options),
    }
    with lab.registrar() as registrar:
        provision(lab, *wanted.values())
        lab.asterisk.cli(RELOAD)
        lab.asterisk.wait_until(
            lambda: (
                lab.asterisk.cli("pjsip show registrations").count(" Registered") == len(wanted)
            ),
            "registrations",
        )
        requests = registrar.received("REGISTER")
    proven = {
        request.request_uri
        for request in requests
        if digest.verify(request.header("Authorization") or "", "REGISTER", "grable", PASSWORD)
    }

    assert proven == {f"sip:{spec.host}" for spec in wanted.values()}
    assert {request.header("Route") for request in requests} == {f"<{proxy};lr>"}
    assert lab.asterisk.log_problems() == []
