"""The verbs on a database of many phones, beside one of few."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import (
    Integer,
    String,
    Table,
    cast,
    insert,
    literal,
    literal_column,
    select,
    text,
)
from sqlalchemy.orm import Session

from asterisk_realtime import (
    CallQueue,
    InboundRoute,
    InternalExtension,
    Mailbox,
    Member,
    Phone,
    ToPhone,
    TwilioTrunk,
    create,
    delete,
    ensure,
    find,
    get,
    registrations,
    rename,
)
from asterisk_realtime.models import (
    Aor,
    Auth,
    Base,
    Endpoint,
    Extension,
    Queue,
    QueueMember,
    Voicemail,
)
from benchmarks.table import Row
from benchmarks.timing import Comparison, in_turns, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import ColumnElement, Engine

    from benchmarks.filled import Filled

FEW: Final = 1000
PASSWORD: Final = "Correct-Horse-42"  # noqa: S105 - of phones that nobody has

IN_A_CONTEXT: Final = 500
"""Phones of one context; each is a customer."""

VERBS: Final = "each verb, of many phones"


@attrs.frozen
class Size:
    """
    How much is measured.

    Attributes:
        many: Phones of the large database; a power of ten.
        specs: Phones of one `apply_batches`.
        rounds: How often each verb is measured.
        bulk_rounds: How often many specs are.
    """

    many: int
    specs: int
    rounds: int
    bulk_rounds: int


# -- Databases -------------------------------------------------------------------------------------


def fill(engine: Engine, phones: int) -> None:
    """Write phones, each with a mailbox and an extension, ten to a queue, by INSERT ... SELECT."""
    number = numbers(phones)
    n = number.c.n
    name, box = literal("p") + cast(n, String), cast(n + 100_000, String)
    context = literal("c") + cast(n // literal_column(str(IN_A_CONTEXT), Integer), String)
    where = {"context": context, "exten": box}
    rows: list[tuple[type[Base], dict[str, Any]]] = [
        (
            Endpoint,
            {
                "id": name,
                "aors": name,
                "auth": name,
                "context": context,
                "mailboxes": box + literal("@default"),
                "allow": literal("ulaw,alaw"),
            },
        ),
        (Aor, {"id": name, "max_contacts": literal(1)}),
        (Auth, {"id": name, "username": name, "password": literal(PASSWORD)}),
        (Voicemail, {"mailbox": box, "context": literal("default"), "password": literal("24680")}),
        (Extension, _step(where, 1, "Dial", literal("PJSIP/") + name + literal(",20"))),
        (Extension, _step(where, 2, "VoiceMail", box + literal("@default,u"))),
        (
            QueueMember,
            {
                "queue_name": literal("q") + cast(n % literal_column(str(phones // 10)), String),
                "interface": literal("PJSIP/") + name,
                "uniqueid": n + 10_000_000,
            },
        ),
    ]
    with engine.begin() as connection:
        for model, cells in rows:
            connection.execute(inserted(model, cells, number))
        queues = numbers(phones // 10)
        cells = {"name": literal("q") + cast(queues.c.n, String)}
        connection.execute(inserted(Queue, cells, queues))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # As the servers do by themselves a while later; on SQLite people do it, or do not.
        if engine.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
        elif engine.dialect.name != "sqlite":
            tables = ", ".join(sorted({model.__tablename__ for model, _cells in rows}))
            connection.execute(text(f"ANALYZE TABLE {tables}"))


def numbers(count: int) -> Any:
    """Return the numbers below *count*, a power of ten, as a table."""
    digits = " UNION ALL ".join(f"SELECT {digit} AS n" for digit in range(10))
    places = range(len(str(count)) - 1)
    total = " + ".join(f"{10**place} * d{place}.n" for place in places)
    tables = " CROSS JOIN ".join(f"({digits}) d{place}" for place in places)
    found = text(f"SELECT {total} AS n FROM {tables}")  # noqa: S608 - digits
    return found.columns(n=Integer).subquery("numbers")


def _step(
    where: Mapping[str, ColumnElement[Any]], priority: int, app: str, appdata: ColumnElement[Any]
) -> dict[str, Any]:
    return {**where, "priority": literal(priority), "app": literal(app), "appdata": appdata}


def inserted(model: type[Base], cells: Mapping[str, Any], source: Any) -> Any:
    """Return an INSERT of a row of *model* for each row of *source*."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - for the type checkers
    chosen: Any = select(*cells.values()).select_from(source)
    return insert(table).from_select(list(cells), chosen, include_defaults=False)


# -- One verb --------------------------------------------------------------------------------------


def _deleted(session: Session) -> None:
    create(session, Phone(id="new", context="c1", password=PASSWORD))
    delete(session, Phone, "new")


def _paged(session: Session) -> None:
    find(session, Phone, context="c1", limit=100)


ACTIONS: Final[Mapping[str, Callable[[Session], object]]] = {
    "create a phone": lambda s: create(s, Phone(id="new", context="c1", password=PASSWORD)),
    "ensure a phone": lambda s: ensure(s, Phone(id="p7", context="c1", caller_id="7")),
    "get a phone": lambda s: get(s, Phone, "p7"),
    "find 100 phones": _paged,
    "registrations of 100 phones": lambda s: registrations(s, *(f"p{n}" for n in range(100))),
    "create and delete a phone": _deleted,
    "rename a phone": lambda s: rename(s, Phone.key("p7"), Phone.key("seven")),
    "create a trunk": lambda s: create(s, TwilioTrunk(termination_uri="a.pstn.twilio.com")),
    "create a mailbox": lambda s: create(s, Mailbox(number="7", pin="24680")),
    "create a queue of 10": lambda s: create(
        s, CallQueue(name="new", members=[Member(phone=f"p{n}") for n in range(10)])
    ),
    "create an extension": lambda s: create(
        s, InternalExtension(exten="7007", context="c1", destination=ToPhone("p7"))
    ),
    "create a route": lambda s: create(
        s, InboundRoute(number="+12025550123", context="in", destination=ToPhone("p7"))
    ),
}


def rows(filled: Filled, size: Size) -> list[Row]:
    """Measure on two databases of one kind."""
    return [
        Row(
            f"{name}, of {size.many:,} phones",
            f"of {FEW:,}",
            filled.name,
            Comparison(*_measured(action, filled, size.rounds)),
        )
        for name, action in ACTIONS.items()
    ]


def _measured(
    action: Callable[[Session], object], filled: Filled, rounds: int
) -> list[list[float]]:
    both = (filled.many, filled.few)
    return in_turns([partial(rolled_back, engine, action) for engine in both], rounds)


def rolled_back(engine: Engine, action: Callable[[Session], object]) -> float:
    """Return the seconds of *action* in a session of its own, and take back what it wrote."""
    with Session(engine) as session:
        return seconds(partial(action, session))
