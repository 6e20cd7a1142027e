"""One Twilio trunk with its ranges and routes, beside a guide's INSERTs by the bare driver."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from asterisk_realtime import (
    InboundRoute,
    OutboundRoute,
    TwilioAllowance,
    TwilioTrunk,
    allow_twilio_ips,
    apply,
    create_twilio_trunk,
    migrations,
)
from benchmarks.databases import bare
from benchmarks.statements import Record, counted, recorded
from benchmarks.table import Row
from benchmarks.timing import Comparison, in_turns, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Engine

    from benchmarks.databases import Database

OURS: Final = "trunk with its ranges"
ROUTED: Final = "trunk with its ranges and two routes"

TRUNK: Final = (
    """INSERT INTO ps_auths (id, username, password, auth_type)
    VALUES ('twilio', 'example', 'Example-12345', 'userpass')""",
    """INSERT INTO ps_aors (id, contact, max_contacts, qualify_frequency)
    VALUES ('twilio', 'sip:example.pstn.twilio.com', 1, 60)""",
    """INSERT INTO ps_endpoints (id, disallow, allow, outbound_auth, aors, context, transport)
    VALUES ('twilio', 'all', 'ulaw', 'twilio', 'twilio', 'from-twilio', 'tls')""",
)
RANGE: Final = """INSERT INTO ps_endpoint_id_ips (id, endpoint, <match>)
    VALUES ('twilio-<number>', 'twilio', '<network>')"""
ROUTES: Final = (
    """INSERT INTO extensions (context, exten, priority, app, appdata)
    VALUES ('phones', '_1NXXNXXXXXX', 1, 'Dial', 'PJSIP/+${EXTEN}@twilio')""",
    """INSERT INTO extensions (context, exten, priority, app, appdata)
    VALUES ('from-twilio', '+12025550123', 1, 'Goto', 'attendant,start,1')""",
)
TABLES: Final = ("extensions", "ps_endpoint_id_ips", "ps_endpoints", "ps_aors", "ps_auths")


def ours(engine: Engine) -> None:
    """Create the trunk with our functions, and commit."""
    with Session(engine) as session:
        create_twilio_trunk(
            session,
            termination_uri="example.pstn.twilio.com",
            username="example",
            password="Example-12345",  # noqa: S106 - a made-up one
        )
        allow_twilio_ips(session)
        session.commit()


def routed(engine: Engine) -> None:
    """Apply the trunk with a route in each direction, and commit."""
    with Session(engine) as session:
        apply(
            session,
            TwilioTrunk(
                termination_uri="example.pstn.twilio.com",
                username="example",
                password="Example-12345",  # noqa: S106 - the same
            ),
            TwilioAllowance(endpoint="twilio"),
            OutboundRoute(context="phones", pattern="_1NXXNXXXXXX", region="US", trunk="twilio"),
            InboundRoute(
                number="+12025550123", context="from-twilio", destination="attendant,start,1"
            ),
        )
        session.commit()


def networks(engine: Engine) -> list[str]:
    """Return the ranges that our functions allow, from a trunk that is rolled back."""
    with Session(engine) as session:
        create_twilio_trunk(session, termination_uri="example.pstn.twilio.com")
        found = [str(net) for row in allow_twilio_ips(session) for net in row.match or ()]
        session.rollback()
    return found


def guide(engine: Engine, ranges: Sequence[str]) -> list[str]:
    """Return the guide's statements, with a row for each of *ranges*."""
    # A reserved word on MariaDB.
    template = RANGE.replace(
        "<match>", engine.dialect.identifier_preparer.quote_identifier("match")
    )
    identifies = [
        template.replace("<number>", str(number)).replace("<network>", network)
        for number, network in enumerate(ranges)
    ]
    return [*TRUNK, *identifies]


def send(connection: Any, statements: Sequence[str]) -> None:
    """Send *statements* and commit."""
    cursor = connection.cursor()
    for statement in statements:
        cursor.execute(statement)
    cursor.close()
    connection.commit()


def clear(connection: Any) -> None:
    """Delete the trunk, even if another run made it."""
    send(connection, [f"DELETE FROM {table}" for table in TABLES])  # noqa: S608 - our own names


def sent(engine: Engine, connection: Any, action: Callable[[Engine], None] = ours) -> Record:
    """Return what our functions send when they are not called for the first time."""
    action(engine)
    clear(connection)
    with recorded() as record:
        action(engine)
    clear(connection)
    return record


def rows(database: Database, rounds: int) -> list[Row]:
    """Measure on one database, on connections that are open."""
    with database.new() as url:
        engine = create_engine(url)
        connection: Any = bare(url)
        try:
            migrations.upgrade(engine)
            return _compare(database.name, engine, connection, rounds)
        finally:
            connection.close()
            engine.dispose()


def _compare(name: str, engine: Engine, connection: Any, rounds: int) -> list[Row]:
    ranges = networks(engine)
    every = guide(engine, ranges)
    pairs = (
        (OURS, ours, f"guide's INSERTs, all {len(ranges)} ranges", every),
        (OURS, ours, "guide's INSERTs, its one range", guide(engine, ranges[:1])),
        (ROUTED, routed, f"guide's INSERTs, all {len(ranges)} ranges", [*every, *ROUTES]),
    )

    def measure(action: partial[None]) -> float:
        taken = seconds(action)
        clear(connection)
        return taken

    ways = (ours, routed)
    beside = [partial(send, connection, sql) for *_names, sql in pairs]
    times = in_turns(
        [partial(measure, way) for way in (*(partial(way, engine) for way in ways), *beside)],
        rounds,
    )
    mine = dict(zip(ways, times, strict=False))
    records = {way: sent(engine, connection, way) for way in ways}
    return [
        Row(
            title,
            other,
            name,
            Comparison(mine[way], theirs),
            f"{records[way]} / {counted(len(sql), 1)}",
        )
        for (title, way, other, sql), theirs in zip(pairs, times[len(ways) :], strict=True)
    ]
