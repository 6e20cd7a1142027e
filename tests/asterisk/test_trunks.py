"""Trunks of any provider, and a real Asterisk that works by them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.orm import Session

from asterisk_realtime import (
    Allowance,
    Credentials,
    RegistrationTrunk,
    Trunk,
    apply,
    create_outbound_route,
    delete,
    ensure,
)
from asterisk_realtime.models import Extension
from tests.asterisk.realtime_lab import desk
from tools.asterisk_lab import digest

if TYPE_CHECKING:
    from asterisk_realtime.specs.base import Spec
    from tests.asterisk.realtime_lab import RealtimeLab

PASSWORD: Final = 'Se;cr^et "9"'
ACCOUNT: Final = Credentials("grable", PASSWORD)
RELOAD: Final = "module reload res_pjsip_outbound_registration.so"


def trunk(lab: RealtimeLab, **fields: Any) -> Trunk:
    """Return a trunk to the provider on loopback."""
    usual = {
        "name": "carrier",
        "contact": f"sip:{lab.net.carrier}:5060",
        "transport": "udp",
        "secure": False,
        "context": "from-twilio",
        "codecs": ("ulaw",),
    }
    return Trunk(**{**usual, **fields})


def registering(lab: RealtimeLab, **fields: Any) -> RegistrationTrunk:
    """Return a trunk that registers at the provider on loopback."""
    usual = {
        "name": "carrier",
        "server_uri": f"sip:{lab.net.carrier}",
        "client_uri": f"sip:grable@{lab.net.carrier}",
        "credentials": ACCOUNT,
        "transport": "udp",
        "context": "from-twilio",
        "codecs": ("ulaw",),
    }
    return RegistrationTrunk(**{**usual, **fields})


def provision(lab: RealtimeLab, *specs: Spec) -> None:
    """Apply *specs* beside a phone, and an extension that answers."""
    with Session(lab.engine) as session:
        apply(session, *specs)
        for priority, app in enumerate(("Answer", "Echo"), start=1):
            session.add(
                Extension(
                    context="from-twilio", exten="grable", priority=priority, app=app, appdata=""
                )
            )
        session.add_all(desk(callerid='"Desk" <20>'))
        session.commit()
    lab.asterisk.reload()


def route(lab: RealtimeLab, *trunks: str) -> None:
    """Lead the phone's calls out to *trunks*."""
    with Session(lab.engine) as session:
        create_outbound_route(session, context="internal", pattern="_+X.", trunk=trunks)
        session.commit()


def dial(lab: RealtimeLab) -> int:
    """Have the phone call a number, and return the final status."""
    return lab.desk_call("+12125550199").status


# -- Registration ----------------------------------------------------------------------------------


def test_registers_and_takes_calls_by_its_token(lab: RealtimeLab) -> None:
    """The registrar's 401 is answered; only who knows the token of the Contact gets in."""
    with lab.registrar() as registrar:
        provision(lab, registering(lab, qualify_frequency=0))
        lab.asterisk.cli(RELOAD)
        first = registrar.wait_for("REGISTER", 1)
        second = registrar.wait_for("REGISTER", 2)
        lab.asterisk.wait_until(
            lambda: (
                re.search(
                    r"carrier/sip:\S+ +carrier +Registered",
                    lab.asterisk.cli("pjsip show registrations"),
                )
                is not None
            ),
            "registration",
        )
    contact = second.header("Contact") or ""
    token = re.search(r";line=(\w+)", contact)
    assert token is not None
    by_token = lab.twilio_call(
        "grable", source=lab.net.unknown_peer, parameters=f";line={token[1]}", caller="+15005550006"
    )
    wrong_token = lab.twilio_call("grable", source=lab.net.unknown_peer, parameters=";line=abcdefg")
    without = lab.twilio_call("grable", source=lab.net.unknown_peer)
    forged = lab.twilio_call("grable", source=lab.net.unknown_peer, caller="carrier")
    registrars_own = lab.twilio_call("grable", source=lab.net.carrier)

    assert first.header("Authorization") is None
    assert digest.verify(second.header("Authorization") or "", "REGISTER", "grable", PASSWORD)
    assert contact.startswith(f"<sip:grable@{lab.net.asterisk}")
    assert (by_token.status, by_token.ended) == (200, True)
    refused = (wrong_token, without, forged, registrars_own)
    assert [call.status for call in refused] == [401, 401, 401, 401]
    assert lab.asterisk.log_problems() == []


def test_a_deleted_registration_ends_with_the_reload(lab: RealtimeLab) -> None:
    """The reload that the plan names takes the registration back."""
    with lab.registrar() as registrar:
        provision(lab, registering(lab, qualify_frequency=0))
        lab.asterisk.cli(RELOAD)
        registrar.wait_for("REGISTER", 2)
        with Session(lab.engine) as session:
            plan = delete(session, RegistrationTrunk, "carrier")
            session.commit()
        for item in plan.reloads:
            lab.asterisk.cli(item.command)
        last = registrar.wait_for("REGISTER", 3)

    assert last.header("Expires") == "0" or ";expires=0" in (last.header("Contact") or "")
    assert "carrier" not in lab.asterisk.cli("pjsip show registrations")


# -- Failover --------------------------------------------------------------------------------------


def two_trunks(lab: RealtimeLab, first: str) -> None:
    """Provide trunks ``first``, which leads to a URI, and ``second``, and a route over both."""
    # Asterisk asks at some moment after the reload, when the peer may not be there yet.
    answering = {"contact": lab.twilio_contact(), "qualify_frequency": 0}
    provision(
        lab,
        trunk(lab, name="first", contact=first, context="from-first", caller_id="+12025550101"),
        trunk(lab, name="second", caller_id="+12025550102", **answering),
    )
    route(lab, "first", "second")


def test_a_refused_call_goes_to_the_next_trunk(lab: RealtimeLab) -> None:
    """503 of the first provider; the second is called with its own caller ID and answers."""
    two_trunks(lab, f"sip:{lab.net.carrier}")
    with lab.refusing_server() as busy, lab.twilio_server(challenge=False) as second:
        status = dial(lab)
        second.wait_for_end()

    assert status == 200
    assert "sip:+12025550101@" in (busy.received("INVITE")[0].header("From") or "")
    assert "sip:+12025550102@" in (second.received("INVITE")[0].header("From") or "")
    assert lab.asterisk.log_problems() == []


def test_a_dead_trunk_is_passed_over(lab: RealtimeLab) -> None:
    """Nobody answers OPTIONS there, so the call does not wait for it."""
    two_trunks(lab, f"sip:{lab.net.unknown_peer}")
    lab.asterisk.cli("pjsip qualify first")
    lab.asterisk.wait_until(
        lambda: lab.asterisk.contacts().get(f"first/sip:{lab.net.unknown_peer}") == "Unavail",
        "dead trunk",
    )
    with lab.twilio_server(challenge=False) as second:
        status = dial(lab)
        second.wait_for_end()

    assert status == 200
    assert len(second.received("INVITE")) == 1


def test_a_busy_number_is_not_tried_again(lab: RealtimeLab) -> None:
    """The second trunk hears nothing, and the caller hears busy."""
    two_trunks(lab, f"sip:{lab.net.carrier}")
    with lab.refusing_server(busy=True) as busy, lab.twilio_server(challenge=False) as second:
        status = dial(lab)

    assert status == 486
    assert len(busy.received("INVITE")) == 1
    assert second.received("INVITE") == ()


def test_an_answered_call_is_not_tried_again(lab: RealtimeLab) -> None:
    """When the other side hangs up, it is over."""
    two_trunks(lab, lab.twilio_contact())
    with lab.twilio_server(challenge=False) as both:
        status = dial(lab)
        both.wait_for_end()

    assert status == 200
    assert len(both.received("INVITE")) == 1


def test_the_last_trunks_cause_is_the_callers(lab: RealtimeLab) -> None:
    """Both refuse, and the caller gets the status of the last one."""
    two_trunks(lab, f"sip:{lab.net.carrier}")
    with lab.refusing_server() as busy:
        with Session(lab.engine) as session:
            apply(session, trunk(lab, name="second", caller_id="+12025550102"))
            session.commit()
        status = dial(lab)

    assert status == 503
    assert len(busy.received("INVITE")) == 2


def test_one_of_several_contacts_that_answers(lab: RealtimeLab) -> None:
    """The host that is dead is left out, whichever stands first."""
    dead, alive = f"sip:{lab.net.unknown_peer}", lab.twilio_contact()
    provision(lab, trunk(lab, contact=(dead, alive)))
    route(lab, "carrier")
    with lab.twilio_server(challenge=False) as peer:
        lab.asterisk.qualify("carrier")
        lab.asterisk.wait_until(
            lambda: sorted(lab.asterisk.contacts().values()) == ["Avail", "Unavail"],
            "states of both contacts",
        )
        status = dial(lab)
        peer.wait_for_end()

    assert status == 200


# -- Proxy and credentials -------------------------------------------------------------------------


def test_calls_pass_the_proxy(lab: RealtimeLab) -> None:
    """INVITE arrives there, with the provider in its first line and the proxy in Route."""
    provision(
        lab,
        trunk(lab, contact="sip:nowhere.example.com", outbound_proxy=f"sip:{lab.net.twilio}:5060"),
    )
    route(lab, "carrier")
    with lab.twilio_server(challenge=False) as proxy:
        lab.asterisk.qualify("carrier")
        status = dial(lab)
        proxy.wait_for_end()
    invite = proxy.received("INVITE")[0]
    options = proxy.received("OPTIONS")[0]

    assert status == 200
    assert invite.request_uri == "sip:+12125550199@nowhere.example.com"
    assert invite.header("Route") == f"<sip:{lab.net.twilio}:5060;lr>"
    assert options.request_uri == "sip:nowhere.example.com"
    assert options.header("Route") == f"<sip:{lab.net.twilio}:5060;lr>"
    assert lab.asterisk.log_problems() == []


def test_registers_through_the_proxy(lab: RealtimeLab) -> None:
    """REGISTER too goes there, for the registrar's host."""
    with lab.registrar() as proxy:
        provision(
            lab,
            registering(
                lab,
                server_uri="sip:nowhere.example.com",
                client_uri="sip:grable@nowhere.example.com",
                outbound_proxy=f"sip:{lab.net.carrier}",
                qualify_frequency=0,
            ),
        )
        lab.asterisk.cli(RELOAD)
        register = proxy.wait_for("REGISTER", 2)

    assert register.request_uri == "sip:nowhere.example.com"
    assert register.header("Route") == f"<sip:{lab.net.carrier};lr>"


def test_a_peer_that_authenticates(lab: RealtimeLab) -> None:
    """Any address will do with the right password, and none without."""
    provision(lab, trunk(lab, inbound_credentials=("carrier", PASSWORD), credentials=ACCOUNT))
    by_name = lab.phone_call("grable", user="carrier", password=PASSWORD)
    by_digest = lab.phone_call("grable", user="carrier", password=PASSWORD, caller="+15005550006")
    wrong = lab.phone_call("grable", user="carrier", password="wrong")
    others = lab.phone_call("grable", user="grable", password=PASSWORD, caller="carrier")

    assert [by_name.status, by_digest.status] == [200, 200]
    assert by_name.ended
    assert [wrong.status, others.status] == [401, 401]


def test_a_peer_is_known_by_its_address_and_authenticates(lab: RealtimeLab) -> None:
    """Both must be right where its user name is not the trunk's name."""
    wanted = trunk(lab, inbound_credentials=("their-name", PASSWORD))
    provision(lab, wanted, Allowance(endpoint="carrier", networks=[lab.net.phone]))
    call = lab.phone_call("grable", user="their-name", password=PASSWORD, caller="+15005550006")
    wrong = lab.phone_call("grable", user="their-name", password="wrong", caller="+15005550006")
    bare = lab.twilio_call("grable", source=lab.net.phone)

    assert call.status == 200
    assert [wrong.status, bare.status] == [401, 401]


def test_calls_over_tls(lab: RealtimeLab) -> None:
    """The parameter in the contact, as providers' trunks have it, finds the TLS transport."""
    contact = f"sip:{lab.net.twilio}:5061;transport=tls"
    provision(lab, trunk(lab, contact=contact, transport="tls", secure=True))
    route(lab, "carrier")
    with lab.twilio_server(protocol="tls", srtp=True, challenge=False) as peer:
        lab.asterisk.qualify("carrier")
        status = dial(lab)
        peer.wait_for_end()

    assert status == 200
    assert "RTP/SAVP" in peer.received("INVITE")[0].body
    assert lab.asterisk.log_problems() == []


def test_an_allowed_address_is_the_trunks(lab: RealtimeLab) -> None:
    """By its own address, also IPv4 in a network; an unauthenticated caller is refused."""
    provision(lab, trunk(lab))
    with Session(lab.engine) as session:
        ensure(session, Allowance(endpoint="carrier", networks=[lab.net.twilio_network]))
        session.commit()
    call = lab.twilio_call("grable")
    unauthenticated = lab.twilio_call("grable", source=lab.net.unknown_peer)

    assert (call.status, unauthenticated.status) == (200, 401)
