"""The verbs on a database of many phones, beside one of few; and many specs beside bare INSERTs."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import (
    Integer,
    String,
    Table,
    cast,
    create_engine,
    func,
    insert,
    inspect,
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
    apply_batches,
    create,
    delete,
    ensure,
    find,
    get,
    migrations,
    plan,
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
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import ColumnElement, Engine, Select

    from benchmarks.databases import Database

FEW: Final = 1000
PASSWORD: Final = "Correct-Horse-42"  # noqa: S105 - of phones that nobody has


IN_A_CONTEXT: Final = 500
"""Phones of one context; each is a customer."""

VERBS: Final = "each verb, of many phones"
NEW: Final = "{:,} new phones"
CHANGED: Final = "plan of {:,} phones, 1 % changed"


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
    number = _numbers(phones)
    n = number.c.n
    name, box = literal("p") + cast(n, String), cast(n + 100_000, String)
    context = literal("c") + cast(n / literal_column(str(IN_A_CONTEXT)), String)
    if engine.dialect.name != "sqlite":
        context = literal("c") + cast(func.floor(n / literal_column(f"{IN_A_CONTEXT}.0")), String)
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
            connection.execute(_insert(model, cells, number))
        queues = _numbers(phones // 10)
        cells = {"name": literal("q") + cast(queues.c.n, String)}
        connection.execute(_insert(Queue, cells, queues))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # As the servers do by themselves a while later; on SQLite people do it, or do not.
        if engine.dialect.name == "postgresql":
            connection.execute(text("ANALYZE"))
        elif engine.dialect.name != "sqlite":
            tables = ", ".join(sorted({model.__tablename__ for model, _cells in rows}))
            connection.execute(text(f"ANALYZE TABLE {tables}"))


def _numbers(count: int) -> Any:
    """Return the numbers below *count*, a power of ten, as a table."""
    digits = " UNION ALL ".join(f"SELECT {digit} AS n" for digit in range(10))
    places = range(len(str(count)) - 1)
    total = " + ".join(f"{10**place} * d{place}.n" for place in places)
    tables = " CROSS JOIN ".join(f"({digits}) d{place}" for place in places)
    numbers = text(f"SELECT {total} AS n FROM {tables}")  # noqa: S608 - digits
    return numbers.columns(n=Integer).subquery("numbers")


def _step(
    where: Mapping[str, ColumnElement[Any]], priority: int, app: str, appdata: ColumnElement[Any]
) -> dict[str, Any]:
    return {**where, "priority": literal(priority), "app": literal(app), "appdata": appdata}


def _insert(model: type[Base], cells: Mapping[str, Any], source: Any) -> Any:
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 - for the type checkers
    chosen: Select[Any] = select(*cells.values()).select_from(source)
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


def rows(database: Database, size: Size) -> list[Row]:
    """Measure on two databases of one kind."""
    with ExitStack() as stack:
        few, many = (_filled(stack, database, phones) for phones in (FEW, size.many))
        found = [
            Row(
                f"{name}, of {size.many:,} phones",
                f"of {FEW:,}",
                database.name,
                Comparison(*_measured(action, many, few, size.rounds)),
            )
            for name, action in ACTIONS.items()
        ]
        return [*found, *_bulk(database.name, few, size)]


def _filled(stack: ExitStack, database: Database, phones: int) -> Engine:
    engine = create_engine(stack.enter_context(database.new()))
    stack.callback(engine.dispose)
    migrations.upgrade(engine)
    fill(engine, phones)
    return engine


def _measured(
    action: Callable[[Session], object], one: Engine, other: Engine, rounds: int
) -> list[list[float]]:
    return in_turns([partial(_rolled_back, engine, action) for engine in (one, other)], rounds)


def _rolled_back(engine: Engine, action: Callable[[Session], object]) -> float:
    with Session(engine) as session:
        return seconds(partial(action, session))


# -- Many specs ------------------------------------------------------------------------------------


def _phones(count: int, changed: int = 0) -> Iterator[Phone]:
    for number in range(count):
        caller = "7" if number < changed else None
        name = f"n{number}"
        yield Phone(id=name, context="c1", password=f"{PASSWORD}{number}", caller_id=caller)


def _bulk(name: str, engine: Engine, size: Size) -> list[Row]:
    count = size.specs
    cells = _cells_of(engine, count)
    specs = list(_phones(count, count // 100))

    def core(session: Session) -> None:
        for table, values in cells.items():
            session.connection().execute(insert(table), values)

    def ours(session: Session) -> None:
        apply_batches(session, _phones(count))

    new = _pair(engine, ours, core, size.bulk_rounds)
    with Session(engine) as session:
        apply_batches(session, _phones(count))
        session.commit()

    def read(session: Session) -> None:
        for model in (Auth, Aor, Endpoint):
            session.connection().execute(_written(model)).all()

    changed = _pair(engine, lambda s: plan(s, *specs), read, size.bulk_rounds)
    beside = f"their {3 * count:,} rows by Core, executemany"
    return [
        Row(NEW.format(count), beside, name, new),
        Row(CHANGED.format(count), "reading their rows by Core", name, changed),
    ]


def _pair(
    engine: Engine,
    ours: Callable[[Session], object],
    theirs: Callable[[Session], object],
    rounds: int,
) -> Comparison:
    both = [partial(_rolled_back, engine, action) for action in (ours, theirs)]
    return Comparison(*in_turns(both, rounds))


def _columns(model: type[Base]) -> list[Any]:
    """Return the columns that each database has."""
    return [item.columns[0] for item in inspect(model).column_attrs if not item.deferred]


def _cells_of(engine: Engine, count: int) -> dict[Table, list[dict[str, Any]]]:
    """Return the cells of the rows that `apply_batches` writes for new phones."""
    found: dict[Table, list[dict[str, Any]]] = {}
    with Session(engine) as session:
        apply_batches(session, _phones(count))
        for model in (Auth, Aor, Endpoint):
            result = session.connection().execute(_written(model)).mappings().all()
            names = [name for name in result[0] if any(row[name] is not None for row in result)]
            table = model.__table__
            assert isinstance(table, Table)  # noqa: S101 - for the type checkers
            found[table] = [{name: row[name] for name in names} for row in result]
    return found


def _written(model: type[Base]) -> Any:
    columns = _columns(model)
    return select(*columns).where(model.__table__.c.id.startswith("n"))
