"""One site for calls, as rows of a database and as static files of Asterisk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

from asterisk_realtime import Allowance, OutboundRoute, Phone, Trunk, apply, conf
from asterisk_realtime.models import Extension

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from tools.asterisk_lab.site import Site

NUMBER: Final = "+12025550123"
DIALLED: Final = "+12125550199"
PHONE: Final = "desk"
PASSWORD: Final = "Correct-Horse-42"  # noqa: S105 - a made-up one

_OBJECTS: Final = {
    "ps_endpoints": "endpoint",
    "ps_aors": "aor",
    "ps_auths": "auth",
    "ps_endpoint_id_ips": "identify",
}


def fill(engine: Engine, site: Site) -> None:
    """Write a trunk, a phone, a route out, and two steps that answer calls from the trunk."""
    with Session(engine) as session:
        trunk = Trunk(
            name="twilio",
            contact=f"sip:{site.net.twilio}:5060",
            transport="udp",
            secure=False,
            context="from-twilio",
            codecs=("ulaw",),
            qualify_frequency=0,
        )
        route = OutboundRoute(
            context="internal", pattern="_+1NXXNXXXXXX", trunk="twilio", caller_id=f"<{NUMBER}>"
        )
        phone = Phone(
            id=PHONE, context="internal", password=PASSWORD, codecs=("ulaw",), transport="udp"
        )
        apply(session, trunk, phone)
        apply(session, Allowance(endpoint="twilio", networks=[site.net.twilio_network]), route)
        for priority, (app, data) in enumerate((("Answer", ""), ("Wait", "20")), start=1):
            session.add(
                Extension(
                    context="from-twilio",
                    exten=NUMBER,
                    priority=priority,
                    app=app,
                    appdata=data,
                )
            )
        session.commit()


def transports(site: Site) -> tuple[conf.PjsipTransport, ...]:
    """Return the one transport, at the address of *site*."""
    return (conf.PjsipTransport(name="udp", protocol="udp", bind=f"{site.net.asterisk}:5060"),)


def static_files(engine: Engine, site: Site) -> dict[str, str]:
    """Return the same site as pjsip.conf and extensions.conf, from the rows of an SQLite file."""
    driver = conf.Sqlite3(dbfile="/nowhere")
    rendered = conf.render(driver, transports=transports(site))
    with engine.connect() as connection:
        objects = [
            _section(kind, row._asdict())
            for table, kind in _OBJECTS.items()
            for row in connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - our names
        ]
        steps = connection.execute(
            text("SELECT context, exten, priority, app, appdata FROM extensions ORDER BY 1, 2, 3")
        )
        lines = [
            f"[{context}]\nexten => {exten},{priority},{app}({data})\n"
            for context, exten, priority, app, data in steps
        ]
    return {
        "pjsip.conf": rendered["pjsip.conf"] + "".join(objects),
        "extensions.conf": "[general]\n" + "".join(lines),
    }


def _section(kind: str, row: dict[str, object]) -> str:
    return f"[{row['id']}]\ntype = {kind}\n" + "".join(_options(row))


def _options(row: dict[str, object]) -> Iterator[str]:
    for name, value in row.items():
        if name not in {"id", "disallow"} and value not in {None, ""}:
            yield f"{name} = {str(value).replace(';', chr(92) + ';')}\n"
