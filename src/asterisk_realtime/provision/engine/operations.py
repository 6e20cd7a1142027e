"""From specs to the caller's session: look, compare, and change, in one savepoint."""

from __future__ import annotations

from enum import Enum, auto
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs

from asterisk_realtime.errors import AsteriskRealtimeError, ConflictError, SchemaMissingError
from asterisk_realtime.provision.engine import dangling, effects, identification, renaming
from asterisk_realtime.provision.engine.lock import hold
from asterisk_realtime.provision.engine.plans import Plan
from asterisk_realtime.provision.engine.records import (
    Rows,
    described,
    enumerated,
    folded,
    identity,
)
from asterisk_realtime.provision.engine.references import namers, questions_about, referrers
from asterisk_realtime.provision.engine.session import all_or_nothing, waits
from asterisk_realtime.provision.engine.things import (
    is_readable,
    is_there,
    refuse_foreign,
    related,
    rows_of,
    spec_of,
    without_surplus,
)
from asterisk_realtime.provision.engine.view import View
from asterisk_realtime.values.cells import text_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
    from asterisk_realtime.provision.engine.records import Identity, Wanted

S = TypeVar("S")
T = TypeVar("T")
Planned = tuple[View, Plan]

_REPLACE: Final = "replace the rows: apply(session, Replace(spec))"


class Mode(Enum):
    """What is done with a thing."""

    CREATE = auto()
    ENSURE = auto()
    REPLACE = auto()
    DELETE = auto()
    ABSENT = auto()
    PRUNE = auto()
    RENAME = auto()


@attrs.frozen
class Operation:
    """
    One thing, and what is done with it.

    Attributes:
        kind: Its kind.
        key: Its key, as it is now.
        mode: What is done.
        spec: What it is to be; None where it is deleted.
        new_key: Its other key where it is renamed.
    """

    kind: Kind[Any, Any]
    key: KeyValues
    mode: Mode
    spec: Any = None
    new_key: KeyValues = ()

    @property
    def goes(self) -> bool:
        """Whether it is to be removed."""
        return self.mode in {Mode.DELETE, Mode.ABSENT, Mode.PRUNE}

    @property
    def thing(self) -> tuple[Kind[Any, Any], KeyValues]:
        """What tells it from all other things."""
        return self.kind, self.key

    @property
    def label(self) -> str:
        """How messages call it."""
        return self.kind.label(self.key)


def create_or_change(session: Session, operation: Operation) -> Rows:
    """Create or ensure a thing, and return the session's rows of it."""

    def written(view: View, _plan: Plan) -> Rows:
        return view.claimed(operation.label)

    return _settled(session, [operation], written, write=View.write)


def find(session: Session, kind: Kind[S, Any], key: KeyValues) -> tuple[S, Rows] | None:
    """Return the spec of a thing that is there, and the session's rows of it, or None."""
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
    refuse_foreign(view, kind, key, found, "get it as what it is, or read the models")
    spec = spec_of(kind, key, found, f"change the rows themselves, or {_REPLACE}")
    return spec, view.originals(kind.owned(None, found))


def carry_out(
    session: Session,
    operations: Sequence[Operation],
    *,
    write: Callable[[View], None] | None = View.write,
) -> Plan:
    """Return what *operations* change, and change it by *write*, unless it is None."""
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
    Return what *finish* makes of the database as it will be when all *operations* are fulfilled.

    A database need not hold every family of tables: what is not there names and hinders nothing.
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
    see = partial(seen, counts=True)
    # On SQLite a call that only reads does not wait for writers, and makes no writer wait.
    looked = all_or_nothing(session, models, see) if waits(session) else None
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
    counts: bool = False,
) -> Planned:
    """Return the database as it will be, and the changes."""

    def settle(view: View) -> Planned:
        return _settle(view, operations), _planned(view, warns=warns)

    return _seen_at_once(partial(View, session, absent, counts=counts), settle)


def _planned(view: View, *, warns: bool) -> Plan:
    """Return the changes; nothing is written yet, so that their effects can be told."""
    changed = view.changes()
    rows = tuple(change for change, _row in changed)
    return Plan(
        rows,
        effects.reloads(changed, view),
        effects.cached(rows),
        effects.notes(changed, view),
        dangling.warnings(changed, view) if warns else (),
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
        if isinstance(error, AsteriskRealtimeError) and view.saw_one_moment():
            raise
    return see(new())


def _models(operations: Sequence[Operation]) -> list[type[Base]]:
    """Return the tables without which nothing of it can be."""
    return list(
        dict.fromkeys(
            s.model for operation in operations for s in operation.kind.scopes(operation.key)
        )
    )


# -- Looking ---------------------------------------------------------------------------------------


def _settle(view: View, operations: Sequence[Operation]) -> View:
    """Have *view* be the database as it will be."""
    operations = _once(operations)
    renamed = [operation for operation in operations if operation.mode is Mode.RENAME]
    given = [
        operation
        for operation in operations
        if not operation.goes and operation.mode is not Mode.RENAME
    ]
    view.look(
        [
            *(item for operation in operations for item in operation.kind.scopes(operation.key)),
            *(item for operation in renamed for item in operation.kind.scopes(operation.new_key)),
            *(
                item
                for operation in renamed
                for item in operation.kind.scopes_by_name(operation.new_key)
            ),
            *(item for operation in given for item in operation.kind.reads(operation.spec)),
        ],
        [item for operation in given for item in operation.kind.questions(operation.spec)],
    )
    view.look(
        [item for operation in operations for item in related(view, operation.kind, operation.key)]
    )
    goes = _renamed(view, renamed, [operation for operation in operations if operation.goes], given)
    gone: list[tuple[Operation, Base]] = []
    for operation in (*goes, *given):
        rows = _delete(view, operation) if operation.goes else _create_or_change(view, operation)
        for row in rows:
            view.remove(row)
            gone.append((operation, row))
    _refuse_named(view, gone)
    for operation in renamed:
        renaming.check_renamed(view, operation.kind, operation.new_key)
    for operation in given:
        operation.kind.check(operation.spec, view)
    identification.check_changes(view)
    return view


def _renamed(
    view: View, renamed: Sequence[Operation], goes: Sequence[Operation], given: Sequence[Operation]
) -> list[Operation]:
    """
    Rename things, and return what goes, by the names that it has then.

    Raises:
        ConflictError: As `renaming.rename`; or what the caller removes gets another name.
    """
    places = {
        operation: place for operation in goes if renamed and (place := _place(view, operation))
    }
    for item in renamed:
        moves = renaming.rename(view, item.kind, item.key, item.new_key)
        places = {operation: moves.get(place, place) for operation, place in places.items()}
    wanted = {
        part
        for operation in given
        for part in (operation.thing, *operation.kind.parts(operation.spec))
    }
    found = [_moved(view, operation, places.get(operation)) for operation in goes]
    return [
        operation
        for operation in found
        if operation.mode is not Mode.PRUNE or operation.thing not in wanted
    ]


def _place(view: View, operation: Operation) -> Identity | None:
    """Return the row without which a thing does not exist, or None."""
    main = operation.kind.scopes(operation.key)[0]
    return next((identity(row) for row in view.found([main])), None)


def _moved(view: View, operation: Operation, place: Identity | None) -> Operation:
    """Return what is done with a thing, by the name that its row has now."""
    row = None if place is None else renaming.whole(view, place)
    if row is None or operation.kind.scopes(operation.key)[0].has(row):
        return operation
    if operation.mode is not Mode.PRUNE:
        hint = "remove it by its new name, or in another call"
        raise ConflictError(operation.label, "a Rename in the same call, which moves it", hint)
    key = tuple(str(getattr(row, name)) for name in operation.kind.listing.key)
    return attrs.evolve(operation, key=key)


def _once(operations: Sequence[Operation]) -> list[Operation]:
    """Return each operation once, and refuse two different ones for one thing."""
    found: dict[str, Operation] = {}
    for operation in operations:
        if found.setdefault(operation.label, operation) != operation:
            modes = {operation.mode, found[operation.label].mode}
            others = {Mode.ABSENT: "the Absent", Mode.RENAME: "a Rename"}
            other = next((others[mode] for mode in others if mode in modes), "another spec")
            raise ConflictError(
                operation.label, f"{other} for it in the same call", "give only one of them"
            )
    return list(found.values())


# -- Creating and changing ------------------------------------------------------------------------


def _create_or_change(view: View, operation: Operation) -> list[Base]:
    """Have the rows of a thing be what its spec says, and return those that are to go."""
    kind = operation.kind
    found = rows_of(view, kind, operation.key)
    replaced = _replaced(view, operation, found)
    if replaced:
        found = Rows(row for row in found if not view.is_removed(row))
    present = list(found) if operation.mode is Mode.CREATE else []
    if found and not present and not replaced:
        refuse_foreign(view, kind, operation.key, found, f"choose another name, or {_REPLACE}")
    # What is created takes nothing over from rows that happen to be there.
    wanted = tuple(kind.rows(operation.spec, Rows() if present else found, view))
    _refuse_existing(operation, wanted, [*present, *view.near(kind.scopes(operation.key))])
    if present:
        hint = "choose another name, or delete that one first"
        refuse_foreign(view, kind, operation.key, found, hint)
    kept = {identity(item.row) for item in wanted}
    obsolete = [*replaced, *kind.owned(operation.spec, found)]
    for item in wanted:
        view.put(item, operation.label)
    return [row for row in obsolete if identity(row) not in kept or view.is_surplus(row)]


def _replaced(view: View, operation: Operation, found: Rows) -> list[Base]:
    """Remove the rows if no spec of the kind can be read from them; return them."""
    if operation.mode is not Mode.REPLACE or not found:
        return []
    if is_readable(operation.kind, operation.key, without_surplus(view, found)):
        return []
    replaced = list(operation.kind.owned(None, found))
    operation.kind.check_replaced(operation.spec, replaced)
    for row in replaced:
        view.remove(row)
    return replaced


def _refuse_existing(
    operation: Operation, wanted: Sequence[Wanted], present: Sequence[Base]
) -> None:
    """Refuse a row that is there, or would be the same but for upper and lower case."""
    main = operation.kind.scopes(operation.key)[0]
    names: set[Identity] = {folded(identity(item.row)) for item in wanted if not item.part}
    for row in present:
        if main.nearly_has(row) or folded(identity(row)) in names:
            raise ConflictError(
                operation.label, described(row), "delete that one first, or choose another name"
            )


# -- Removing --------------------------------------------------------------------------------------


def _delete(view: View, operation: Operation) -> list[Base]:
    """Return the rows of a thing that is to go, and have those that stay forget it."""
    found = rows_of(view, operation.kind, operation.key)
    if not is_there(operation.kind, operation.key, found):
        if operation.mode is not Mode.DELETE:
            return []
        raise operation.kind.missing(operation.key)
    what = operation.kind.undeletable(operation.key, without_surplus(view, found))
    if what is not None:
        raise ConflictError(operation.label, what, "delete the rows with the models")
    owned = list(operation.kind.owned(None, found))
    for item in operation.kind.left(operation.key, found):
        view.put(item, operation.label)
    return owned


def _refuse_named(view: View, gone: Sequence[tuple[Operation, Base]]) -> None:
    """
    Refuse to remove what a row still names when all is done; rows of shared tables stay then.

    Raises:
        ConflictError: Other rows still name some of them.
    """
    still = [(operation, row) for operation, row in gone if view.is_removed(row)]
    # A shared row that stays may name others, so that these are looked at after it.
    still.sort(key=lambda item: type(item[1]) not in item[0].kind.shared)
    view.look(questions=[item for _operation, row in still for item in questions_about(view, row)])
    named: dict[str, None] = {}
    users: dict[str, None] = {}
    for operation, row in still:
        if type(row) in operation.kind.shared:
            if namers(view, row):  # of several rows that are one thing, all stay or none
                view.keep(row)
        elif others := referrers(view, row):
            named.setdefault(described(row))
            users |= dict.fromkeys(map(described, others))
    if named:
        raise ConflictError(
            f"deleting {enumerated(named)}", enumerated(users), "change or delete that first"
        )
