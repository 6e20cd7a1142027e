r"""
The statements of Asterisk's own look-ups, on a database of many phones, beside one of few.

They are spelled as its drivers send them: ``res_config_pgsql`` to PostgreSQL, ``res_config_odbc``
to MariaDB, ``res_config_sqlite3`` to SQLite. That one keeps contacts elsewhere. What lists all
rows of a large table, at a start or for the command line, is left out: its time is that of the
rows.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import attrs

from benchmarks.databases import bare
from benchmarks.scale import FEW, IN_A_CONTEXT
from benchmarks.table import Row
from benchmarks.timing import Comparison, in_turns, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Engine

    from benchmarks.filled import Filled

QUERIES: Final = "each query of Asterisk"
AT_ONCE: Final = 50
"""Phones that are looked up in one measurement."""

BEFORE: Final = "1790000000"
"""No registration has ended before that second since 1970."""

CONTACTS: Final = "ps_contacts"
Fields = tuple[tuple[str, str], ...]


@attrs.frozen
class Query:
    """
    What Asterisk asks for one phone.

    Attributes:
        table: The table.
        fields: Columns, each with its operator if that is not ``=``, and their values.
        many: Whether it reads many rows, in the order of the first column.
        changed: The column that is changed, and its value; None if the rows are only read.
        finds: Whether there are such rows.
    """

    table: str
    fields: Fields
    many: bool = False
    changed: tuple[str, str] | None = None
    finds: bool = True


def _by_id(table: str) -> Callable[[int], Query]:
    return lambda n: Query(table, (("id", f"p{n}"),))


def _step(n: int) -> Fields:
    return (("exten", str(n + 100_000)), ("context", f"c{n // IN_A_CONTEXT}"), ("priority", "1"))


def _patterns(n: int) -> Fields:
    return (("exten LIKE", r"\_%"), ("context", f"c{n // IN_A_CONTEXT}"), ("priority", "1"))


LOOK_UPS: Final[Mapping[str, Callable[[int], Query]]] = {
    "endpoint": _by_id("ps_endpoints"),
    "AOR": _by_id("ps_aors"),
    "auth": _by_id("ps_auths"),
    "endpoint that is not there": lambda n: Query(
        "ps_endpoints", (("id", f"p{n}@sip.example"),), finds=False
    ),
    "contacts of an AOR": lambda n: Query(CONTACTS, (("id LIKE", f"p{n};@%"),), many=True),
    "contacts that have expired": lambda _n: Query(
        CONTACTS, (("expiration_time <=", BEFORE),), many=True, finds=False
    ),
    "contact that is renewed": lambda n: Query(
        CONTACTS,
        (("id", f"p{n};@5f4dcc3b5aa765d61d8327deb882cf99"),),
        changed=("expiration_time", "2120000000"),
    ),
    "AORs with fixed contacts": lambda _n: Query("ps_aors", (("contact !=", ""),), many=True),
    "identify, all rows": lambda _n: Query("ps_endpoint_id_ips", (("id LIKE", "%"),), many=True),
    "step of an extension": lambda n: Query("extensions", _step(n)),
    "patterns of a context": lambda n: Query("extensions", _patterns(n), many=True, finds=False),
    "mailbox": lambda n: Query(
        "voicemail", (("mailbox", str(n + 100_000)), ("context", "default"))
    ),
    "queue": lambda n: Query("queues", (("name", f"q{n // 10}"),)),
    "members of a queue": lambda n: Query(
        "queue_members", (("interface LIKE", "%"), ("queue_name", f"q{n // 10}")), many=True
    ),
    "member that pauses": lambda n: Query(
        "queue_members", (("uniqueid", str(n + 10_000_000)),), changed=("paused", "1")
    ),
    "follow-me profile": lambda n: Query("followme", (("name", f"p{n}"),)),
    "steps of a follow-me profile": lambda n: Query(
        "followme_numbers", (("ordinal LIKE", "%"), ("name", f"p{n}")), many=True
    ),
    "IAX peer": lambda n: Query("iaxfriends", (("name", f"p{n}"), ("host", "dynamic"))),
}
"""What is looked up for the phone of a number, as `scale.fill` and `filled` write the rows."""


# -- As the drivers spell them ---------------------------------------------------------------------


@attrs.frozen
class Driver:
    r"""
    How a driver of Asterisk writes statements.

    Attributes:
        name: Its module.
        quote: What stands around names.
        escape: What follows the value of a LIKE.
        one: What follows a query for one row.
        sorted: Whether many rows are sorted.
        encodes: Whether ``;`` is written as ``^3B``.
        prepares: Whether values are parameters.
    """

    name: str
    quote: str = ""
    escape: str = ""
    one: str = ""
    sorted: bool = True
    encodes: bool = True
    prepares: bool = False

    def statement(self, query: Query) -> tuple[str, list[str]]:
        """Return the statement and its parameters."""
        values: list[str] = []
        found = [self._compared(values, *field) for field in query.fields]
        where = f"WHERE {' AND '.join(found)}"
        table = f"{self.quote}{query.table}{self.quote}"
        if query.changed is not None:
            value: list[str] = []
            change = self._compared(value, *query.changed)
            return f"UPDATE {table} SET {change} {where}", value + values  # noqa: S608 - our own names
        end = self.one
        if query.many:
            end = f" ORDER BY {query.fields[0][0].split()[0]}" if self.sorted else ""
        return f"SELECT * FROM {table} {where}{end}", values  # noqa: S608 - the same

    def _compared(self, values: list[str], field: str, value: str) -> str:
        column, _blank, operator = field.partition(" ")
        value = value.replace(";", "^3B") if self.encodes else value
        if self.prepares:
            values.append(value)
        written = "%s" if self.prepares else f"'{value}'"
        escape = self.escape if operator == "LIKE" else ""
        return f"{self.quote}{column}{self.quote} {operator or '='} {written}{escape}"


DRIVERS: Final = {
    "postgresql": Driver("pgsql"),
    "sqlite": Driver(
        "sqlite3", quote='"', escape=r" ESCAPE '\'", one=" LIMIT 1", sorted=False, encodes=False
    ),
    "mysql": Driver("odbc", prepares=True),
}


# -- Measured --------------------------------------------------------------------------------------


def rows(filled: Filled, rounds: int) -> list[Row]:
    """Measure on two databases of one kind, on connections that are open."""
    dialect = filled.many.dialect.name
    driver = DRIVERS[dialect]
    many, few = (_connected(engine) for engine in (filled.many, filled.few))
    try:
        return [
            Row(
                f"Asterisk: {title}, of {filled.phones:,}",
                f"of {FEW:,}",
                filled.name,
                _compared(
                    partial(_sent, driver, look_up), (many, filled.phones), (few, FEW), rounds
                ),
            )
            for title, look_up in LOOK_UPS.items()
            if driver.encodes or look_up(0).table != CONTACTS
        ]
    finally:
        many.close()
        few.close()


def _connected(engine: Engine) -> Any:
    connection: Any = bare(engine.url)
    if engine.dialect.name == "postgresql":
        connection.prepare_threshold = None  # Asterisk's driver prepares none
    return connection


def _compared(
    measure: Callable[[Any, int], float], many: tuple[Any, int], few: tuple[Any, int], rounds: int
) -> Comparison:
    return Comparison(*in_turns([partial(measure, *many), partial(measure, *few)], rounds))


def _sent(driver: Driver, look_up: Callable[[int], Query], connection: Any, phones: int) -> float:
    """Return the seconds of one look-up, the mean of some that are spread over all phones."""
    queries = [look_up(n) for n in range(0, phones, phones // AT_ONCE)]
    found = [(*driver.statement(query), query) for query in queries]

    def send() -> None:
        for statement, values, query in found:
            cursor.execute(statement, *([values] if values else []))
            count = cursor.rowcount if query.changed else len(cursor.fetchall())
            if bool(count) != query.finds:
                raise RuntimeError(f"{count} rows: {statement} {values}")

    cursor = connection.cursor()
    taken = seconds(send)
    cursor.close()
    connection.rollback()
    return taken / len(found)
