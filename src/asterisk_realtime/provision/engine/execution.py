"""Carry out operations: read, compare and write, in one savepoint of the caller's session."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from asterisk_realtime.errors import AsteriskRealtimeError, SchemaMissingError
from asterisk_realtime.provision.engine import costs, dangling, effects, writing
from asterisk_realtime.provision.engine.lock import hold
from asterisk_realtime.provision.engine.operations import Mode, Operation
from asterisk_realtime.provision.engine.plans import Plan
from asterisk_realtime.provision.engine.session import all_or_nothing, may_wait
from asterisk_realtime.provision.engine.settling import settle
from asterisk_realtime.provision.engine.things import (
    REPLACE,
    is_there,
    refuse_foreign,
    rows_of,
    spec_of,
)
from asterisk_realtime.provision.engine.view import View
from asterisk_realtime.values.cells import text_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
    from asterisk_realtime.provision.engine.records import Rows

S = TypeVar("S")
T = TypeVar("T")
Planned = tuple[View, Plan]


def create_or_change(session: Session, operation: Operation) -> Rows:
    """Create or ensure a thing, and return its rows in the session."""

    def written(view: View, _plan: Plan) -> Rows:
        return view.claimed(operation.label)

    return _settled(session, [operation], written, write=writing.write)


def find(session: Session, kind: Kind[S, Any], key: KeyValues) -> tuple[S, Rows] | None:
    """Return the spec of a thing and its rows in the session, or None if it does not exist."""
    if not _is_possible(key):
        return None
    models = [item.model for item in kind.scopes(key)]
    return look_at(session, models, lambda view: _read(view, kind, key))


def look_at(session: Session, models: Sequence[type[Base]], read: Callable[[View], T]) -> T:
    """Return what *read* makes of rows of some tables; read again if they do not fit together."""
    return all_or_nothing(session, models, lambda: _seen_at_once(partial(View, session), read))


def _read(view: View, kind: Kind[S, Any], key: KeyValues) -> tuple[S, Rows] | None:
    view.look(kind.scopes(key))
    found = rows_of(view, kind, key)
    if not is_there(kind, key, found):
        return None
    refuse_foreign(view, kind, key, found, "get it as a thing of that kind, or read the models")
    spec = spec_of(kind, key, found, f"change the rows themselves, or {REPLACE}")
    return spec, view.originals(kind.owned(None, found))


def carry_out(
    session: Session,
    operations: Sequence[Operation],
    *,
    write: Callable[[View], None] | None = writing.write,
) -> Plan:
    """Return the plan of *operations*, and carry it out with *write*, unless that is None."""
    possible = []
    for operation in operations:
        if operation.spec is not None or _is_possible(operation.key):
            possible.append(operation)
        elif operation.mode is not Mode.ABSENT:
            raise operation.kind.missing(operation.key)
    return _settled(session, possible, lambda _view, plan: plan, write=write)


def _is_possible(key: KeyValues) -> bool:
    """Tell whether a row can have that key: no part is empty or holds a control character."""
    return all(part and text_fault(part, None) is None for part in key)


def _settled(
    session: Session,
    operations: Sequence[Operation],
    finish: Callable[[View, Plan], T],
    *,
    write: Callable[[View], None] | None,
) -> T:
    """
    Return what *finish* makes of the database as it will be after all *operations*.

    A database need not have every family of tables; an absent table counts as an empty one.
    """
    models = _models(operations)
    needed = {model.__tablename__ for model in models}
    absent: frozenset[str] = frozenset()
    run: Callable[..., Planned] = _look if write is None else partial(_write, write)
    while True:
        try:
            view, plan = run(
                session, models, partial(_seen, session, operations, absent, warns=write is None)
            )
        except SchemaMissingError as error:
            if not error.tables or error.tables & (needed | absent):
                raise
            absent |= error.tables
        else:
            return finish(view, plan)


def _look(session: Session, models: Sequence[type[Base]], seen: Callable[..., Planned]) -> Planned:
    """Return the changes, and write nothing."""
    return all_or_nothing(session, models, seen)


def _write(
    write: Callable[[View], None],
    session: Session,
    models: Sequence[type[Base]],
    seen: Callable[..., Planned],
) -> Planned:
    """Write the changes, and return them; if there are none, no lock is taken."""
    see = partial(seen, reads_version=True)
    # On SQLite a call that only reads does not wait for writers, and makes no writer wait.
    looked = all_or_nothing(session, models, see) if may_wait(session) else None
    if looked is not None and not looked[1]:
        return looked

    def act() -> Planned:
        view, plan = looked or see()
        if plan and not hold(session, view.versions):
            older = view
            view, plan = see()
            older.forget_missing(view)
        if plan:
            write(view)
        return view, plan

    return all_or_nothing(session, models, act, writes=True)


def _seen(
    session: Session,
    operations: Sequence[Operation],
    absent: Collection[str],
    *,
    warns: bool,
    reads_version: bool = False,
) -> Planned:
    """Return the database as it will be, and the changes."""

    def see(view: View) -> Planned:
        settle(view, operations)
        return view, _planned(view, warns=warns)

    return _seen_at_once(partial(View, session, absent, reads_version=reads_version), see)


def _planned(view: View, *, warns: bool) -> Plan:
    """Return the plan; its effects depend on the rows as they are before the write."""
    changed = view.changes()
    rows = tuple(change for change, _row in changed)
    return Plan(
        rows,
        effects.reloads(changed, view),
        effects.cached(rows),
        effects.notes(changed, view),
        (*dangling.warnings(changed, view), *costs.warnings(changed, view)) if warns else (),
    )


def _seen_at_once(new: Callable[[], View], see: Callable[[View], T]) -> T:
    """
    Return what *see* makes of a new view; try again if other transactions may have made it fail.

    If another transaction commits between two statements, their rows may not fit together, so that
    *see* refuses them, or misses one that another refers to.
    """
    view = new()
    try:
        return see(view)
    except (AsteriskRealtimeError, LookupError, AttributeError) as error:
        if isinstance(error, AsteriskRealtimeError) and view.is_current():
            raise
    return see(new())


def _models(operations: Sequence[Operation]) -> list[type[Base]]:
    """Return the tables that the operations need."""
    return list(
        dict.fromkeys(
            s.model for operation in operations for s in operation.kind.scopes(operation.key)
        )
    )
