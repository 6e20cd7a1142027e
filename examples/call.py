"""
Calls through a real Asterisk on the demo's database, with SIPp in the place of Twilio.

Run by ``make call``. Asterisk 22 and SIPp are unpacked into a private folder, run on loopback
without root, and are stopped at the end. SIPp cannot use Twilio's addresses, so the example
works on a copy of the database, in which the trunk's contact and one more identify row name SIPp's.
"""

from __future__ import annotations

import secrets
import shutil
import sys
import time

from netaddr import IPNetwork
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from asterisk_realtime import conf
from asterisk_realtime.models import Aor, Auth, Endpoint, Extension, Identify
from examples import demo
from tools.asterisk_lab import digest, prefix
from tools.asterisk_lab.errors import LabError
from tools.asterisk_lab.lab import Lab
from tools.asterisk_lab.server import Asterisk
from tools.asterisk_lab.site import Site, open_site

PHONE = "desk"
PHONE_PASSWORD = secrets.token_urlsafe(12)
DIALLED = "12125550199"
OK = 200
UNAUTHORIZED = 401


def main() -> None:
    """Show the calls; exit with 1 if one of them went wrong."""
    if not demo.DATABASE.exists():
        sys.exit("there is no demo/asterisk.db yet; run: make demo")
    started = time.perf_counter()
    demo.say("asterisk-realtime", "calls through a real Asterisk on the demo's database")
    try:
        found = prefix.ensure()
        with open_site(found) as site:
            good = _run(site)
    except LabError as error:
        sys.exit(f"cannot run Asterisk here: {error}")
    demo.say(
        "done", f"Asterisk and SIPp are stopped; this took {time.perf_counter() - started:.1f} s"
    )
    sys.exit(0 if good else 1)


def _run(site: Site) -> bool:
    database = site.run / "asterisk.sqlite3"
    shutil.copy(demo.DATABASE, database)
    engine = create_engine(f"sqlite:///{database}")
    with Session(engine) as session:
        username, password = _prepare(session, site)
    engine.dispose()
    driver = conf.Sqlite3(dbfile=str(database))
    contexts = ("from-twilio", "internal", "attendant")
    files = conf.render(driver, transports=transports(site), contexts=contexts)
    with Asterisk(site, files, driver.modules) as asterisk:
        lab = Lab(site, asterisk)
        version = asterisk.cli("core show version").split(" built")[0]
        print(f"    {version} on {site.net.asterisk}")
        checks = [
            *_outbound(lab, username, password),
            *_inbound(lab),
            *_unauthenticated(lab),
            *report(("log", not asterisk.log_problems(), "no warning and no error in it")),
        ]
        print(*(f"      {problem}" for problem in asterisk.log_problems()), sep="\n", end="")
    return all(good for _name, good, _text in checks)


def _prepare(session: Session, site: Site) -> tuple[str, str]:
    """Put SIPp in Twilio's place, add a phone and an attendant; return the trunk's credentials."""
    aor = session.get_one(Aor, "twilio")
    aor.contact = (f"sip:{site.net.twilio}:5061",)
    network = IPNetwork(site.net.twilio_network)
    session.add(Identify(id="sipp-as-twilio", endpoint="twilio", match=(network,)))
    session.add(Auth(id=PHONE, username=PHONE, password=PHONE_PASSWORD))
    session.add(
        Endpoint(id=PHONE, auth=(PHONE,), context="internal", transport="udp", allow=("ulaw",))
    )
    for priority, app in enumerate(("Answer", "Echo"), start=1):
        session.add(
            Extension(context="attendant", exten="start", priority=priority, app=app, appdata="")
        )
    session.commit()
    auth = session.get_one(Auth, "twilio")
    return str(auth.username), str(auth.password)


def transports(site: Site) -> tuple[conf.PjsipTransport, ...]:
    """Return transports named udp and tls at the address of *site*."""
    address = site.net.asterisk
    return (
        conf.PjsipTransport(name="udp", protocol="udp", bind=f"{address}:5060"),
        conf.PjsipTransport(
            name="tls",
            protocol="tls",
            bind=f"{address}:5061",
            cert_file=str(site.cert_file),
            priv_key_file=str(site.priv_key_file),
        ),
    )


Check = tuple[str, bool, str]
"""Its name, whether it passed, and its message."""


def _outbound(lab: Lab, username: str, password: str) -> list[Check]:
    with lab.twilio_server(protocol="tls", srtp=True) as twilio:
        lab.asterisk.reload()
        lab.asterisk.qualify("twilio")
        available = "Avail" in lab.asterisk.cli("pjsip show contacts")
        call = lab.phone_call(DIALLED, user=PHONE, password=PHONE_PASSWORD)
        twilio.wait_for_end()
    invite = twilio.received("INVITE")[-1]
    right = digest.verify(invite.header("Proxy-Authorization") or "", "INVITE", username, password)
    number = (invite.request_uri or "").partition("@")[0]
    return report(
        ("qualify", available, "pjsip show contacts says Avail, over TLS"),
        ("outbound", call.status == OK and call.ended, f"{DIALLED} went out as {number}"),
        ("caller", demo.NUMBER in (invite.header("From") or ""), f"from {demo.NUMBER}"),
        ("digest", right, f"407 answered with the right credentials of {username!r}"),
        ("media", "RTP/SAVP" in invite.body, "SRTP was offered with keys in SDP"),
    )


def _inbound(lab: Lab) -> list[Check]:
    call = lab.twilio_call(demo.NUMBER, protocol="tls", srtp=True)
    reached = any("[start@attendant:1]" in line for line in lab.asterisk.log())
    answered = call.status == OK and call.ended
    return report(
        ("inbound", answered, f"a call to {demo.NUMBER} was answered and ended by BYE"),
        ("route", reached, "it went to attendant,start,1"),
    )


def _unauthenticated(lab: Lab) -> list[Check]:
    foreign = lab.twilio_call(demo.NUMBER, source=lab.net.unknown_peer).status
    forged = lab.twilio_call(demo.NUMBER, source=lab.net.unknown_peer, caller="twilio").status
    return report(
        ("unknown", foreign == UNAUTHORIZED, f"a call from another address: {foreign}"),
        ("forged", forged == UNAUTHORIZED, f"the same with the trunk's id in From: {forged}"),
    )


def report(*checks: Check) -> list[Check]:
    """Print checks, each with its message, and return them."""
    for name, good, text in checks:
        print(f"    {name:<10} {'ok' if good else 'WRONG':<6} {text}")
    return list(checks)


if __name__ == "__main__":
    main()
