"""Many calls at once for a minute: what they leave breaks no invariant, and nothing else fails."""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from asterisk_realtime import (
    AccessList,
    AccessRule,
    Allowance,
    AsteriskRealtimeError,
    CallQueue,
    CommandMusicClass,
    ConflictError,
    FollowMeProfile,
    FollowMeStep,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    MusicClass,
    NotFoundError,
    OutboundRoute,
    PenaltyRule,
    PenaltyStep,
    Phone,
    RegistrationTrunk,
    ToMailbox,
    ToPhone,
    ToQueue,
    Trunk,
    WebRtcPhone,
    apply,
    create,
    delete,
    get,
    is_retryable,
    plan,
    rows,
)
from tests.db.tools import PASSWORD
from tests.keyed import gone, keyed

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from asterisk_realtime import Spec

SECONDS = float(os.environ.get("ASTERISK_REALTIME_STRESS_SECONDS", "60"))
THREADS = 8
USUAL: dict[str, Any] = {"transport": "udp", "secure": False, "codecs": ["ulaw"]}


def drawn(chance: random.Random) -> Spec:
    """Return a thing of few names, some of which differ in case alone."""
    one = chance.choice
    name, twin, place = one("ab"), one(("bob", "Bob")), one(("phones", "shared"))
    entrance = one(("from-a", "from-b", "shared"))
    nets = one((["192.0.2.0/30"], ["192.0.2.4/30", "198.51.100.7"], ["198.51.100.0/24"]))
    target = one((ToPhone(twin), ToQueue(name, timeout=9, otherwise=ToMailbox("1"))))
    specs = (
        lambda: Phone(id=twin, context=place, password=PASSWORD),
        lambda: WebRtcPhone(id=twin, context=place, password=PASSWORD),
        lambda: Trunk(name=name, contact="sip:peer.example", context=entrance, **USUAL),
        lambda: RegistrationTrunk(
            name=name,
            server_uri="sip:sip.example.com",
            client_uri=f"sip:{name}@sip.example.com",
            credentials=("account", PASSWORD),
            context=entrance,
            **USUAL,
        ),
        lambda: Allowance(endpoint=name, networks=nets, prune=True),
        lambda: CallQueue(name=name, members=[Member(phone=twin)], default_rule=one((None, name))),
        lambda: PenaltyRule(name=name, steps=[PenaltyStep(after=one((5, 30)), max_penalty="+1")]),
        lambda: Mailbox(number=one("12"), pin="4711"),
        lambda: MusicClass(name=name, playlist=[f"/{part}" for part in "xyz"[: one((1, 3))]]),
        lambda: CommandMusicClass(name=name, command="/usr/bin/mpg123"),
        lambda: AccessList(
            name=one((name, name.upper())),
            rules=[AccessRule.permit(net) for net in nets],
        ),
        lambda: FollowMeProfile(
            name=name, steps=[FollowMeStep(numbers=twin)] * one((1, 2)), context=place
        ),
        lambda: OutboundRoute(context=place, pattern="_+X.", trunk=name),
        lambda: InternalExtension(exten=one("56"), context=place, destination=target),
        lambda: InboundRoute(number="+12025550123", context=entrance, destination=target),
    )
    return one(specs)()


def one_call(session: Session, chance: random.Random) -> None:
    """Create, ensure, delete, plan or find something."""
    spec: Any = drawn(chance)
    kind, key = keyed(spec)
    deed = chance.random()
    if deed < 0.3:
        create(session, spec)
    elif deed < 0.6:
        apply(session, spec, *([drawn(chance)] if deed < 0.4 else []))
    elif deed < 0.75:
        delete(session, kind, **key)
    elif deed < 0.85:
        apply(session, gone(spec))
    elif deed < 0.9:
        get(session, kind, **key)
    elif deed < 0.95:
        rows(session, kind, **key)
    else:
        plan(session, spec)


def work(engine: Engine, seed: int, until: float) -> Counter[str]:
    """Make calls, one or two in a transaction, and count how they end."""
    chance, done = random.Random(seed), Counter[str]()  # noqa: S311 - no secret
    while time.monotonic() < until:
        state = chance.getstate()
        try:
            with Session(engine) as session, session.begin():
                for _ in range(chance.choice((1, 1, 2))):
                    one_call(session, chance)
            done["committed"] += 1
        except (ConflictError, NotFoundError) as error:
            retry = is_retryable(error)
            done["retried" if retry else "refused"] += 1
            if retry:
                chance.setstate(state)
        except AsteriskRealtimeError:
            done["refused"] += 1
        except Exception as error:
            if not is_retryable(error):
                raise
            done["retried"] += 1
            chance.setstate(state)
    return done


# -- Invariants, by SQL alone ----------------------------------------------------------------------

DUPLICATES = {
    **dict.fromkeys(("ps_endpoints", "ps_aors", "ps_auths"), "lower(id)"),
    **dict.fromkeys(("queues", "musiconhold", "followme"), "lower(name)"),
    "acls": "lower(name) <> name, name, rule_order",
    "queue_rules": "rule_name, time",
    "queue_members": "queue_name, interface",
    "extensions": "context, exten, priority",
    "voicemail": "mailbox, context",
    "followme_numbers": "name, ordinal",
    "musiconhold_entry": "name, position",
}
"""What no two rows of a table may share."""

BROKEN = {
    "two lists that differ in case": """
        SELECT lower(name) FROM acls GROUP BY lower(name)
        HAVING count(DISTINCT <binary>name) > 1""",
    "callers whom nobody authenticates get where phones call out": """
        SELECT inside.id FROM ps_endpoints inside JOIN ps_endpoints outside
        ON inside.context = outside.context WHERE inside.auth IS NOT NULL AND inside.auth <> ''
        AND (outside.auth IS NULL OR outside.auth = '')""",
    "callers whom nobody authenticates get where a trunk is called": """
        SELECT ps_endpoints.id FROM ps_endpoints
        JOIN extensions ON extensions.context = ps_endpoints.context
        WHERE (auth IS NULL OR auth = '') AND appdata LIKE 'PJSIP/%@%'""",
    "a member without its phone": """
        SELECT interface FROM queue_members WHERE interface LIKE 'PJSIP/%' AND NOT EXISTS
        (SELECT 1 FROM ps_endpoints WHERE id = substr(interface, 7))""",
    "a member without its queue": """
        SELECT queue_name FROM queue_members WHERE NOT EXISTS
        (SELECT 1 FROM queues WHERE name = queue_name)""",
    "an endpoint without its AOR": """
        SELECT id FROM ps_endpoints WHERE aors <> '' AND NOT EXISTS
        (SELECT 1 FROM ps_aors WHERE ps_aors.id = ps_endpoints.aors)""",
    "an endpoint without its auth": """
        SELECT id FROM ps_endpoints WHERE auth <> '' AND NOT EXISTS
        (SELECT 1 FROM ps_auths WHERE ps_auths.id = ps_endpoints.auth)""",
    "an address without its endpoint": """
        SELECT id FROM ps_endpoint_id_ips WHERE NOT EXISTS
        (SELECT 1 FROM ps_endpoints WHERE ps_endpoints.id = endpoint)""",
    "a list with a gap": """
        SELECT name FROM acls GROUP BY name HAVING max(rule_order) <> count(*)""",
    "steps with a gap": """
        SELECT exten FROM extensions GROUP BY context, exten HAVING max(priority) <> count(*)""",
    "entries of a playlist with a gap": """
        SELECT name FROM musiconhold_entry GROUP BY name HAVING max(position) + 1 <> count(*)""",
    "a route to no trunk": """
        SELECT appdata FROM extensions WHERE appdata LIKE 'PJSIP/%@%' AND NOT EXISTS
        (SELECT 1 FROM ps_endpoints WHERE appdata LIKE <joined>)""",
}
"""Statements that find nothing."""


def violations(connection: Connection) -> list[str]:
    """Return what is broken."""
    found = []
    maria = connection.dialect.name in {"mysql", "mariadb"}
    joined = "concat('%@', id, '%')" if maria else "'%@' || id || '%'"
    for table, key in DUPLICATES.items():
        rows = connection.execute(
            text(f"SELECT {key} FROM {table} GROUP BY {key} HAVING count(*) > 1")
        ).all()
        found += [f"{table} twice: {row}" for row in rows]
    for what, statement in BROKEN.items():
        sql = statement.replace("<joined>", joined).replace("<binary>", "BINARY " * maria)
        found += [f"{what}: {row}" for row in connection.execute(text(sql))]
    return found


def overlaps(connection: Connection) -> list[str]:
    """Return the networks that identify two endpoints: here each is drawn for either."""
    quote = connection.dialect.identifier_preparer.quote_identifier("match")
    rows = connection.execute(text(f"SELECT endpoint, {quote} FROM ps_endpoint_id_ips")).all()
    owners: dict[str, set[str]] = {}
    for endpoint, match in rows:
        for net in match.split(","):
            owners.setdefault(net, set()).add(endpoint)
    return [f"{net} identifies {who}" for net, who in owners.items() if len(who) > 1]


LEVELS = [
    ("sqlite", None),
    ("postgresql", "READ COMMITTED"),
    ("postgresql", "REPEATABLE READ"),
    ("postgresql", "SERIALIZABLE"),
    ("mariadb", "READ COMMITTED"),
    ("mariadb", "REPEATABLE READ"),
    ("mariadb", "SERIALIZABLE"),
]


@pytest.mark.long  # many transactions of many threads
@pytest.mark.parametrize(("filled_engine", "level"), LEVELS, indirect=["filled_engine"], ids=str)
def test_stress(engine: Engine, level: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    """Each thread commits something, and a refused or disturbed one gets such an error."""
    options: dict[str, Any] = {"isolation_level": level} if level else {}
    if not level:
        options["connect_args"] = {"timeout": 120}
    own = create_engine(engine.url, pool_size=THREADS, **options)
    until = time.monotonic() + SECONDS
    broken: list[str] = []
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            jobs = [pool.submit(work, own, seed, until) for seed in range(THREADS)]
            while not all(job.done() for job in jobs):
                with engine.connect() as connection:
                    broken += violations(connection) + overlaps(connection)
                time.sleep(0.5)
            done = sum((job.result() for job in jobs), Counter[str]())
        with engine.connect() as connection:
            broken += violations(connection) + overlaps(connection)
    finally:
        own.dispose()
    with capsys.disabled():
        print(f"\n{engine.dialect.name} {level}: {dict(done)}, {len(broken)} violations")  # noqa: T201 - figures to be seen

    assert broken == []
    assert done["committed"] > THREADS
    if engine.dialect.name == "sqlite":
        assert done["retried"] == 0
