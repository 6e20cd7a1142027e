"""Reading one phone, and a page of phones with their registrations, beside bare SELECTs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from asterisk_realtime import Phone, find, get, registrations
from asterisk_realtime.models import Aor, Auth, Endpoint
from benchmarks.scale import FEW, rolled_back
from benchmarks.statements import recorded
from benchmarks.table import Row
from benchmarks.timing import Comparison, in_turns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Engine

    from benchmarks.filled import Filled

PHONE: Final = "p7"
CONTEXT: Final = "c1"
PAGE: Final = 100
ONE: Final = "get a phone"
MANY: Final = f"find {PAGE} phones, and their registrations"

PHONES: Final = """
    SELECT e.*, a.*, u.* FROM ps_endpoints e
    LEFT JOIN ps_aors a ON a.id = e.aors LEFT JOIN ps_auths u ON u.id = e.auth
    WHERE e.context = <place> ORDER BY e.id LIMIT <limit>"""
CONTACTS: Final = """
    SELECT endpoint, uri, expiration_time, user_agent, via_addr, via_port, reg_server
    FROM ps_contacts WHERE endpoint IN (<places>) ORDER BY expiration_time DESC, uri"""


def ours(session: Session) -> None:
    """Read a page with our functions."""
    page = find(session, Phone, context=CONTEXT, limit=PAGE)
    found = registrations(session, *(phone.id for phone in page))
    if len(page) != PAGE or not all(found.values()):
        raise RuntimeError(f"{len(page)} phones were found, registered: {found}")


def by_hand(session: Session) -> None:
    """Read the same rows by hand-written SQL and the bare driver."""
    place = "?" if session.get_bind().dialect.name == "sqlite" else "%s"
    text = PHONES.replace("<place>", place).replace("<limit>", str(PAGE))
    cursor: Any = session.connection().connection.cursor()
    cursor.execute(text, (CONTEXT,))
    names = [row[0] for row in cursor.fetchall()]
    cursor.execute(CONTACTS.replace("<places>", ", ".join([place] * len(names))), names)
    if len(cursor.fetchall()) != PAGE:
        raise RuntimeError(f"not all of these have one registration: {names}")
    cursor.close()


def endpoint(session: Session) -> object:
    """Read the phone's endpoint by its key."""
    return session.get_one(Endpoint, PHONE)


def three_rows(session: Session) -> object:
    """Read its endpoint, AOR and auth by their keys, with one SELECT."""
    query = select(Endpoint, Aor, Auth).join(Aor, Aor.id == Endpoint.id)
    query = query.join(Auth, Auth.id == Endpoint.id).where(Endpoint.id == PHONE)
    return session.execute(query).one()


def rows(filled: Filled, rounds: int) -> list[Row]:
    """Measure on the database of few phones, where a scan of a table costs neither way much."""

    def one(session: Session) -> None:
        if get(session, Phone, PHONE) is None:
            raise RuntimeError(f"there is no phone {PHONE}")

    first = {"its endpoint by key, ORM": endpoint, "its 3 rows by key, one SELECT, ORM": three_rows}
    page = {"their rows by the bare driver": by_hand}
    return [
        *_rows(filled, (ONE, one), first, [1, 1], 5 * rounds),
        *_rows(filled, (MANY, ours), page, [2], rounds),
    ]


def _rows(
    filled: Filled,
    mine: tuple[str, Callable[[Session], object]],
    others: Mapping[str, Callable[[Session], object]],
    numbers: Sequence[int],
    rounds: int,
) -> list[Row]:
    title, action = mine
    engine = filled.few
    ways = [partial(rolled_back, engine, way) for way in (action, *others.values())]
    times, *beside = in_turns(ways, rounds)
    sent = _sent(engine, action)
    return [
        Row(
            f"{title}, of {FEW:,}",
            name,
            filled.name,
            Comparison(times, theirs),
            f"{sent} / {number}+0",
        )
        for name, theirs, number in zip(others, beside, numbers, strict=True)
    ]


def _sent(engine: Engine, action: Callable[[Session], object]) -> str:
    with Session(engine) as session, recorded() as record:
        action(session)
    return str(record)
