"""
A call through a real Asterisk that waits in the small office's queue until a phone answers.

Run by ``make office-call``. As in ``call.py``, SIPp plays Twilio and the phone, on a copy of the
database in which the trunk's contact and one more identify row name SIPp's address.
"""

from __future__ import annotations

import shutil
import sys

from netaddr import IPNetwork
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from asterisk_realtime import RowChange, conf
from asterisk_realtime.models import Aor, Auth, Identify
from examples import call, demo, small_office
from tools.asterisk_lab import prefix
from tools.asterisk_lab.errors import LabError
from tools.asterisk_lab.lab import Lab
from tools.asterisk_lab.server import Asterisk
from tools.asterisk_lab.site import Site, open_site

PHONE = "102"
PORT = 5071
MODULES = ("app_queue", "app_voicemail", "format_wav", "res_musiconhold")
FILES = {
    "queues.conf": "[general]\n",
    "voicemail.conf": "[general]\nformat = wav\n",
}


def main() -> None:
    """Show the call; exit with 1 if it went wrong."""
    if not small_office.database(small_office.folder()).exists():
        sys.exit("there is no office/asterisk.db yet; run: make office")
    demo.say("asterisk-realtime", "a call through a real Asterisk on the small office's database")
    try:
        found = prefix.ensure()
        with open_site(found) as site:
            good = _run(site)
    except LabError as error:
        sys.exit(f"cannot run Asterisk here: {error}")
    sys.exit(0 if good else 1)


def _run(site: Site) -> bool:
    database = site.run / "asterisk.sqlite3"
    shutil.copy(small_office.database(small_office.folder()), database)
    engine = create_engine(f"sqlite:///{database}")
    with Session(engine) as session:
        password = _prepare(session, site)
    driver = conf.Sqlite3(dbfile=str(database))
    files = conf.render(
        driver, transports=call.transports(site), contexts=("from-twilio", small_office.CONTEXT)
    )
    with Asterisk(site, {**files, **FILES, **_music(site)}, driver.modules, MODULES) as asterisk:
        checks = _call(Lab(site, asterisk), password)
    drift = [(row.table, column.name) for row in _drift(engine) for column in row.columns]
    engine.dispose()
    checks += call.report(
        (
            "drift",
            drift == [("ps_aors", "contact")],
            "apply() would put back Twilio's contact alone",
        )
    )
    return all(good for _name, good, _text in checks)


def _music(site: Site) -> dict[str, str]:
    """Return a music class of one second of silence, since Asterisk warns if there is no music."""
    folder = site.run / "moh"
    folder.mkdir()
    (folder / "silence.ulaw").write_bytes(b"\xff" * 8000)
    return {"musiconhold.conf": f"[default]\nmode = files\ndirectory = {folder}\n"}


def _prepare(session: Session, site: Site) -> str:
    """Put SIPp in Twilio's place, and return the password of the phone."""
    session.get_one(Aor, "twilio").contact = (f"sip:{site.net.twilio}:5061",)
    network = IPNetwork(site.net.twilio_network)
    session.add(Identify(id="sipp-as-twilio", endpoint="twilio", match=(network,)))
    session.commit()
    return str(session.get_one(Auth, PHONE).password)


def _call(lab: Lab, password: str) -> list[call.Check]:
    registered = lab.register(user=PHONE, password=password, port=PORT)
    with lab.phone(PORT) as phone:
        lab.asterisk.qualify(PHONE)
        answered = lab.twilio_call(demo.NUMBER, protocol="tls", srtp=True, hold=1000)
        invites = phone.received("INVITE")
    queue = lab.asterisk.cli("queue show sales")
    waited = any("Queue(" in line and "sales" in line for line in lab.asterisk.log())
    problems = lab.asterisk.log_problems()
    found = call.report(
        ("phone", registered == call.OK, f"phone {PHONE} registered with its generated password"),
        ("queue", waited, f"a call from Twilio to {demo.NUMBER} went into the queue"),
        ("ringing", len(invites) == 1, f"phone {PHONE}, the only registered one, rang"),
        ("answered", answered.status == call.OK and answered.ended, "it was answered and ended"),
        ("counted", "C:1" in queue, "the queue counts one completed call"),
        ("log", not problems, "no warning and no error in it"),
    )
    print(*(f"      {problem}" for problem in problems), sep="\n", end="")
    return found


def _drift(engine: Engine) -> tuple[RowChange, ...]:
    with Session(engine) as session:
        return small_office.planned(session).rows


if __name__ == "__main__":
    main()
