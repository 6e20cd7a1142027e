"""What tests of provisioning look at: raw cells, and the statements that were sent."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import event, text

from asterisk_realtime import migrations
from asterisk_realtime.models import Base

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Connection, Engine
    from sqlalchemy.orm import Session

PASSWORD = "Correct-Horse-7"
URI = "grable.pstn.twilio.com"
ACCOUNT = "AC" + 32 * "0"
OTHER_ACCOUNT = "AC" + 32 * "1"

BOOKKEEPING = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN")
LOCKING = "UPDATE asterisk_realtime_lock"
WRITES = ("INSERT", "UPDATE", "DELETE")


def on(*databases: str) -> pytest.MarkDecorator:
    """Have a test run on these databases alone."""
    return pytest.mark.parametrize("filled_engine", databases, indirect=True)


on_servers: Final = on("postgresql", "mariadb")
"""For what SQLite's driver of Asterisk does not do: it decodes nothing."""


def make_tables(engine: Engine) -> None:
    """Make all of Asterisk's tables."""
    migrations.upgrade(engine)


ORDER = {
    "extensions": "exten, priority",
    "followme": "name",
    "followme_numbers": "name, ordinal",
    "musiconhold": "name",
    "musiconhold_entry": "name, position",
    "queue_members": "queue_name, interface",
    "queue_rules": "rule_name, time",
    "queues": "name",
    "voicemail": "mailbox, context",
}
"""Columns by which the rows of a table are sorted, where that is not ``id``."""


def label(spec: Any) -> str:
    """Return the name of a provider's spec for pytest."""
    return type(spec).__name__ + " registering" * getattr(spec, "register", False)


# -- Cells -----------------------------------------------------------------------------------------


def rows(source: Session | Connection, table: str) -> list[dict[str, Any]]:
    """Return the raw rows of *table*, as a program without our models reads them."""
    key = ORDER.get(table, "id")
    found = source.execute(text(f"SELECT * FROM {table} ORDER BY {key}"))
    return [dict(row) for row in found.mappings()]


def written(source: Session | Connection, table: str, *names: str) -> list[dict[str, Any]]:
    """
    Return the raw rows of *table* without the cells that mean Asterisk's default.

    These are NULL on the servers; on SQLite some hold the default itself, and only *names* are
    shown where they do.
    """
    columns = Base.metadata.tables[table].columns
    defaults = {column.name: spelled(column.info.get("default")) for column in columns}
    on_sqlite = dialect(source) == "sqlite"
    return [
        {
            name: cell
            for name, cell in row.items()
            if cell is not None and (name in names or not (on_sqlite and cell == defaults[name]))
        }
        for row in rows(source, table)
    ]


def spelled(default: object) -> object:
    """Return a default as a cell of SQLite spells it."""
    if isinstance(default, bool):
        return "yes" if default else "no"
    return default


def dialect(source: Session | Connection) -> str:
    """Return the name of the dialect behind *source*."""
    bind = source.get_bind() if hasattr(source, "get_bind") else source
    return bind.dialect.name


def insert(source: Session | Connection, table: str, **cells: object) -> None:
    """Insert a raw row, as a person at a database's prompt does."""
    quote = "`" if dialect(source) in {"mysql", "mariadb"} else '"'
    names = ", ".join(f"{quote}{name}{quote}" for name in cells)
    values = ", ".join(f":{name}" for name in cells)
    source.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), cells)


def put(source: Session | Connection, given: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Insert raw rows, each with the name of its table."""
    for table, cells in given:
        insert(source, table, **cells)


def everything(source: Session | Connection) -> Mapping[str, list[dict[str, Any]]]:
    """Return all rows of the tables that provisioning writes to, but for those without any."""
    tables = ("ps_endpoints", "ps_aors", "ps_auths", "ps_endpoint_id_ips", "extensions")
    return {table: found for table in tables if (found := rows(source, table))}


# -- Statements ------------------------------------------------------------------------------------


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """Collect what is sent within the block."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def work(sent: list[str]) -> list[str]:
    """Return the statements that are not the transaction's bookkeeping, nor take the lock."""
    return [statement for statement in sent if not statement.startswith((*BOOKKEEPING, LOCKING))]


def writes(sent: list[str]) -> list[str]:
    """Return the statements that change rows of Asterisk's tables."""
    return [statement for statement in work(sent) if statement.startswith(WRITES)]


def inserted_columns(sent: list[str]) -> dict[str, set[str]]:
    """Return, for each table, the columns that its INSERT names."""
    found = {}
    for statement in sent:
        match = re.match(r"INSERT INTO (\w+) \(([^)]*)\)", statement)
        if match:
            names = match[2].split(",")
            found[match[1]] = {name.strip(' `"') for name in names}
    return found
