"""What the laws of the engine look at: cells before and after, and what a plan says of them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import HealthCheck, assume, settings
from sqlalchemy import text
from sqlalchemy.orm import Session

from asterisk_realtime import apply
from asterisk_realtime.errors import AsteriskRealtimeError
from asterisk_realtime.provision.engine.plans import Action, Plan
from asterisk_realtime.provision.engine.records import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

    from asterisk_realtime import Absent, Spec

LAW = settings(
    deadline=None,
    max_examples=40,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)
T = TypeVar("T")
Cells = dict[str, dict[tuple[object, ...], dict[str, Any]]]


@contextmanager
def opened(engine: Engine) -> Iterator[Session]:
    """Yield a session, and take back what it did."""
    with Session(engine) as session:
        try:
            yield session
        finally:
            session.rollback()


def cells(session: Session) -> Cells:
    """Return all rows of all tables that are provisioned, by their keys."""
    found: Cells = {}
    for model, table in TABLES.items():
        name = model.__tablename__
        rows = session.execute(text(f"SELECT * FROM {name}")).mappings()
        found[name] = {
            tuple(None if row[part] == "" else row[part] for part in table.key): dict(row)
            for row in rows
        }
    return found


def tried(call: Callable[[], T]) -> T | str:
    """Return what a call returns, or the error."""
    try:
        return call()
    except AsteriskRealtimeError as error:
        return f"{type(error).__name__}: {error}"


def applied(session: Session, *specs: Spec | Absent) -> Plan:
    """Return what was done. Skip the example if it cannot be done."""
    try:
        return apply(session, *specs)
    except AsteriskRealtimeError:
        assume(condition=False)
        raise


def changed(before: Cells, after: Cells) -> dict[tuple[str, tuple[object, ...]], set[str] | Action]:
    """Return which rows came, went, or have other cells than before, and which."""
    found: dict[tuple[str, tuple[object, ...]], set[str] | Action] = {}
    for table in before:
        old, new = before[table], after[table]
        found |= {(table, key): Action.REMOVE for key in old.keys() - new.keys()}
        found |= {(table, key): Action.ADD for key in new.keys() - old.keys()}
        for key in old.keys() & new.keys():
            names = {name for name, cell in old[key].items() if new[key][name] != cell}
            if names:
                found[table, key] = names
    return found


def said(changes: Plan) -> dict[tuple[str, tuple[object, ...]], set[str] | Action]:
    """Return the same from a plan."""
    return {
        (row.table, tuple(row.key.values())): {column.name for column in row.columns}
        if row.action is Action.CHANGE
        else row.action
        for row in changes.rows
    }
