"""
A database with a Twilio trunk, and Asterisk's configuration files for it.

Run by ``make demo``. Everything is written to the folder ``demo``, which is replaced.
"""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from asterisk_realtime import (
    allow_twilio_ips,
    conf,
    create_inbound_route,
    create_outbound_route,
    create_twilio_trunk,
    migrations,
)
from asterisk_realtime.models import Extension, Identify, TrunkRows

CHECKOUT = Path(__file__).resolve().parent.parent
FOLDER = CHECKOUT / "demo"
DATABASE = FOLDER / "asterisk.db"
NUMBER = "+12025550123"

DRIVER = conf.Sqlite3(dbfile=str(DATABASE))
TRANSPORTS = (
    conf.PjsipTransport(name="udp", protocol="udp", bind="0.0.0.0:5060"),
    conf.PjsipTransport(
        name="tls",
        protocol="tls",
        bind="0.0.0.0:5061",
        cert_file="/etc/asterisk/keys/asterisk.crt",
        priv_key_file="/etc/asterisk/keys/asterisk.key",
        allow_wildcard_certs=True,
    ),
)


def main() -> None:
    """Create the folder, and print what is in it."""
    started = time.perf_counter()
    _fresh_folder()
    _upgrade()
    engine = create_engine(f"sqlite:///{DATABASE}")
    _add_view(engine)
    say("asterisk-realtime", "a Twilio trunk for an Asterisk that reads its configuration from SQL")
    _show_schema(engine)
    with Session(engine) as session:
        trunk = create_twilio_trunk(
            session,
            termination_uri="asterisk-realtime.pstn.twilio.com",
            username="demo",
            password=_password(),
            caller_id=f'"Demo" <{NUMBER}>',
        )
        identifies = allow_twilio_ips(session)
        outbound = create_outbound_route(
            session, context="internal", pattern="_1NXXNXXXXXX", trunk="twilio", region="US"
        )
        inbound = create_inbound_route(session, NUMBER, destination="attendant,start,1")
        session.commit()
        _show_trunk(trunk)
        _show_addresses(identifies)
        _show_routes(session, outbound, inbound)
    files = conf.write(_files(), FOLDER / "etc")
    _show_files(files)
    _show_next(time.perf_counter() - started)


def _fresh_folder() -> None:
    if FOLDER.exists():
        shutil.rmtree(FOLDER)
    FOLDER.mkdir()


def _upgrade() -> None:
    """Run the command that a user runs, in the checkout."""
    subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=CHECKOUT,
        env={**os.environ, "ASTERISK_REALTIME_URL": f"sqlite:///{DATABASE}"},
        check=True,
        stderr=subprocess.DEVNULL if not os.environ.get("VERBOSE") else None,
    )


def _add_view(engine: Engine) -> None:
    """Make the view from which Asterisk loads the dialplan, as extensions.sql does."""
    with engine.begin() as connection:
        for statement in conf.dialplan_view(DRIVER):
            connection.exec_driver_sql(statement)


def _password() -> str:
    """Return a password as Twilio wants it: 12 characters or more, of three kinds."""
    return f"{secrets.token_urlsafe(12)}aA1"


def _files() -> conf.ConfFiles:
    return conf.render(
        DRIVER,
        transports=TRANSPORTS,
        contexts=("from-twilio", "internal"),
    )


# -- What a person reads -----------------------------------------------------------------------


def say(title: str, text: str) -> None:
    """Print a heading, and a text after it."""
    bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
    print(f"\n{bold}{title}{plain}  {text}")


def line(name: str, value: object, why: str = "") -> None:
    """Print one fact, and the reason for it."""
    print(f"    {name:<18} {value!s:<44} {why}".rstrip())


def _show_schema(engine: Engine) -> None:
    say("database", f"demo/{DATABASE.name}, made by: alembic upgrade head")
    line("revision", migrations.current(engine))
    line("differences", len(migrations.check(engine)) or "none", "found by migrations.check()")


def _show_trunk(trunk: TrunkRows) -> None:
    endpoint, aor = trunk.endpoint, trunk.aor
    say("trunk", f"endpoint, AOR and auth {endpoint.id!r}, by create_twilio_trunk()")
    line("contact", ",".join(aor.contact or ()), f"gets OPTIONS every {aor.qualify_frequency} s")
    line("transport", endpoint.transport, "with media_encryption sdes: Secure Trunking")
    line("identify_by", ",".join(endpoint.identify_by or ()), "or a forged From would be accepted")
    line("auth", "none", "Twilio cannot answer a challenge")
    line("outbound_auth", ",".join(endpoint.outbound_auth or ()), "answers Twilio's challenges")
    line("context", endpoint.context, "its own, from which no paid call is possible")
    line("password", repr(trunk.auth.password) if trunk.auth else "none", "never shown")


def _show_addresses(identifies: tuple[Identify, ...]) -> None:
    networks = [str(net) for row in identifies for net in row.match or ()]
    rows = "one row" if len(identifies) == 1 else f"{len(identifies)} rows"
    say("allowed", f"{len(networks)} signaling networks in {rows}, by allow_twilio_ips()")
    half = (len(networks) + 1) // 2
    for left, right in zip(networks[:half], [*networks[half:], ""], strict=False):
        line("", f"{left:<22} {right}")


def _show_routes(
    session: Session, outbound: tuple[Extension, ...], inbound: tuple[Extension, ...]
) -> None:
    say("routes", f"{session.scalar(select(func.count()).select_from(Extension))} steps")
    for title, rows in (("outbound", outbound), ("inbound", inbound)):
        line(title, f"{rows[0].exten} in context {rows[0].context}")
        for row in rows:
            print(f"      {row.priority}  {row.app}({row.appdata})")


def _show_files(files: tuple[Path, ...]) -> None:
    say("asterisk", f"{len(files)} files in demo/etc, by conf.render(); each says where it goes")
    print("    " + "  ".join(path.name for path in files))


def _show_next(seconds: float) -> None:
    say("next", f"(this took {seconds:.1f} s)")
    print("    make call      see calls go through a real Asterisk on this database")
    print("    make test      run the tests")
    print("    README.md      plug the library into your own project and your own Asterisk")


if __name__ == "__main__":
    main()
