"""
A small office as a list of specs: ten phones, a queue, mailboxes, and a Twilio trunk.

Run by ``make office``. The database and Asterisk's files go into the folder ``office``, or into the
one that is named. Run again, it finds everything as it should be and changes nothing; the passwords
that were made for the phones stay.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from asterisk_realtime import (
    CallQueue,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    OutboundRoute,
    Phone,
    Plan,
    Spec,
    ToMailbox,
    ToPhone,
    ToQueue,
    ToVoicemailMain,
    Trunk,
    TwilioAllowance,
    TwilioTrunk,
    apply,
    conf,
    get,
    migrations,
    plan,
)

FOLDER: Final = Path(__file__).resolve().parent.parent / "office"
NUMBER: Final = "+12025550123"
CONTEXT: Final = "phones"
NAMES: Final = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gia", "Hal", "Ida", "Jo")
AGENTS: Final = ("101", "102", "103")


def main() -> None:
    """Create the office, apply it a second time, and print what there is."""
    chosen = folder()
    chosen.mkdir(exist_ok=True)
    engine = create_engine(f"sqlite:///{database(chosen)}")
    migrations.upgrade(engine)
    with engine.begin() as connection:
        for statement in conf.dialplan_view(driver(chosen)):
            connection.exec_driver_sql(statement)
    print(provision(engine))
    print(f"\napplied once more: {provision(engine)}")
    engine.dispose()
    files = conf.write(asterisk_files(chosen), chosen / "etc", overwrite=True)
    print(f"{len(files)} files for Asterisk are in {chosen.name}/etc")
    print("make office-call shows a call that waits in the queue and is answered by a phone")


def folder() -> Path:
    """Return the folder of the office."""
    return Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER


def database(folder: Path) -> Path:
    """Return the path of the database."""
    return folder / "asterisk.db"


def driver(folder: Path) -> conf.Sqlite3:
    """Return how Asterisk reaches the database."""
    return conf.Sqlite3(dbfile=str(database(folder)))


def planned(session: Session) -> Plan:
    """Return what `provision` would change."""
    return plan(session, *office(*_credentials(session)))


def provision(engine: Engine) -> Plan:
    """Apply the office to the database, and return what changed."""
    with Session(engine) as session:
        expected = planned(session)
        changes = apply(session, *office(*_credentials(session)))
        session.commit()
    if not expected:
        return expected
    if [str(row) for row in changes.rows] != [str(row) for row in expected.rows]:
        sys.exit("apply() did not do what plan() said")
    return changes


def _credentials(session: Session) -> tuple[str, str]:
    """Return Twilio's user name and password: the stored ones, or new ones."""
    trunk = get(session, Trunk, "twilio")
    if trunk is None or trunk.credentials is None:
        return "office", f"{secrets.token_urlsafe(12)}aA1"
    return trunk.credentials.username, trunk.credentials.password.reveal()


def office(username: str, password: str) -> tuple[Spec, ...]:
    """Return all specs of the office."""
    numbers = [str(101 + index) for index in range(len(NAMES))]
    return (
        *(spec for pair in zip(numbers, NAMES, strict=True) for spec in _desk(*pair)),
        Mailbox(number="200", full_name="Sales"),
        CallQueue(
            name="sales", members=tuple(Member(phone=number) for number in AGENTS), timeout=20
        ),
        InternalExtension(exten="200", context=CONTEXT, destination=ToQueue("sales")),
        InternalExtension(exten="*98", context=CONTEXT, destination=ToVoicemailMain()),
        TwilioTrunk(
            termination_uri="small-office.pstn.twilio.com",
            username=username,
            password=password,
            caller_id=f'"Small Office" <{NUMBER}>',
        ),
        TwilioAllowance(),
        *(
            OutboundRoute(context=CONTEXT, pattern=pattern, trunk="twilio", region="US")
            for pattern in ("_1NXXNXXXXXX", "_011Z.", "911", "933")
        ),
        InboundRoute(
            number=NUMBER,
            context="from-twilio",
            destination=ToQueue("sales", timeout=120, otherwise=ToMailbox("200")),
        ),
    )


def _desk(number: str, name: str) -> tuple[Spec, ...]:
    """Return the specs of one person: a mailbox, a phone, and the extension that rings it."""
    return (
        Mailbox(number=number, full_name=name),
        Phone(
            id=number,
            context=CONTEXT,
            caller_id=f'"{name}" <{number}>',
            mailbox=f"{number}@default",
        ),
        InternalExtension(
            exten=number,
            context=CONTEXT,
            destination=ToPhone(number, timeout=25, otherwise=ToMailbox(number)),
        ),
    )


def asterisk_files(folder: Path) -> conf.ConfFiles:
    """Return the files with which Asterisk reads the office's database."""
    return conf.render(
        driver(folder),
        transports=(
            conf.PjsipTransport(name="udp", protocol="udp", bind="0.0.0.0:5060"),
            conf.PjsipTransport(
                name="tls",
                protocol="tls",
                bind="0.0.0.0:5061",
                cert_file="/etc/asterisk/keys/asterisk.crt",
                priv_key_file="/etc/asterisk/keys/asterisk.key",
                allow_wildcard_certs=True,
            ),
        ),
        contexts=("from-twilio", CONTEXT),
    )


if __name__ == "__main__":
    main()
