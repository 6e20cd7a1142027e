"""Find out which rows there will be after all operations, or refuse these."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from asterisk_realtime.errors import ConflictError
from asterisk_realtime.provision.engine import identification, renaming
from asterisk_realtime.provision.engine.operations import Mode, Operation
from asterisk_realtime.provision.engine.records import (
    Rows,
    described,
    enumerated,
    folded,
    identity,
)
from asterisk_realtime.provision.engine.references import namers, questions_about, referrers
from asterisk_realtime.provision.engine.things import (
    REPLACE,
    is_readable,
    is_there,
    refuse_foreign,
    related,
    rows_of,
    without_surplus,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.records import Identity, Wanted
    from asterisk_realtime.provision.engine.view import View


def settle(view: View, operations: Sequence[Operation]) -> None:
    """Carry out *operations* in *view*, which then has the rows as they will be."""
    operations = _once(operations)
    renamed = [operation for operation in operations if operation.mode is Mode.RENAME]
    given = [
        operation
        for operation in operations
        if not operation.removes and operation.mode is not Mode.RENAME
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
            *(item for operation in given for item in operation.kind.depends_on(operation.spec)),
        ],
        [item for operation in given for item in operation.kind.questions(operation.spec)],
    )
    view.look(
        [item for operation in operations for item in related(view, operation.kind, operation.key)]
    )
    removals = [operation for operation in operations if operation.removes]
    removals = _renamed(view, renamed, removals, given)
    gone: list[tuple[Operation, Base]] = []
    for operation in (*removals, *given):
        rows = _delete(view, operation) if operation.removes else _create_or_change(view, operation)
        for row in rows:
            view.remove(row)
            gone.append((operation, row))
    _refuse_named(view, gone)
    for operation in renamed:
        renaming.check_renamed(view, operation.kind, operation.new_key)
    for operation in given:
        operation.kind.check(operation.spec, view)
    identification.check_changes(view)


def _renamed(
    view: View,
    renamed: Sequence[Operation],
    removals: Sequence[Operation],
    given: Sequence[Operation],
) -> list[Operation]:
    """
    Rename things, and return the removals, with the keys that their things have then.

    Raises:
        ConflictError: As `renaming.rename`; or the caller removes a thing that is renamed.
    """
    places = {
        operation: place
        for operation in removals
        if renamed and (place := _main_row(view, operation))
    }
    for item in renamed:
        moves = renaming.rename(view, item.kind, item.key, item.new_key)
        places = {operation: moves.get(place, place) for operation, place in places.items()}
    wanted = {
        part
        for operation in given
        for part in (operation.thing, *operation.kind.parts(operation.spec))
    }
    found = [_moved(view, operation, places.get(operation)) for operation in removals]
    return [
        operation
        for operation in found
        if operation.mode is not Mode.PRUNE or operation.thing not in wanted
    ]


def _main_row(view: View, operation: Operation) -> Identity | None:
    """Return the identity of the row without which a thing does not exist, or None."""
    main = operation.kind.scopes(operation.key)[0]
    return next((identity(row) for row in view.found([main])), None)


def _moved(view: View, operation: Operation, place: Identity | None) -> Operation:
    """Return the operation with the key that the thing has after the renaming."""
    row = None if place is None else renaming.whole(view, place)
    if row is None or operation.kind.scopes(operation.key)[0].has(row):
        return operation
    if operation.mode is not Mode.PRUNE:
        hint = "remove it by its new name, or in another call"
        raise ConflictError(operation.label, "a Rename in the same call, which moves it", hint)
    key = tuple(str(getattr(row, name)) for name in operation.kind.listing.key)
    return attrs.evolve(operation, key=key)


def _once(operations: Sequence[Operation]) -> list[Operation]:
    """Return each operation once; refuse two different ones for one thing."""
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
    """Put the rows that a spec means into the view; return the rows to remove."""
    kind = operation.kind
    found = rows_of(view, kind, operation.key)
    replaced = _replaced(view, operation, found)
    if replaced:
        found = Rows(row for row in found if not view.is_removed(row))
    present = list(found) if operation.mode is Mode.CREATE else []
    if found and not present and not replaced:
        refuse_foreign(view, kind, operation.key, found, f"choose another name, or {REPLACE}")
    # A new thing takes over nothing from existing rows.
    wanted = tuple(kind.rows(operation.spec, Rows() if present else found, view))
    _refuse_existing(operation, wanted, [*present, *view.in_other_case(kind.scopes(operation.key))])
    if present:
        hint = "choose another name, or delete that one first"
        refuse_foreign(view, kind, operation.key, found, hint)
    kept = {identity(item.row) for item in wanted}
    obsolete = [*replaced, *kind.owned(operation.spec, found)]
    for item in wanted:
        view.put(item, operation.label)
    return [row for row in obsolete if identity(row) not in kept or view.is_surplus(row)]


def _replaced(view: View, operation: Operation, found: Rows) -> list[Base]:
    """Remove the rows if they cannot be read as a spec of the kind; return them."""
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
    """Refuse a row that exists, or that differs from an existing one only in case."""
    main = operation.kind.scopes(operation.key)[0]
    names: set[Identity] = {folded(identity(item.row)) for item in wanted if not item.part}
    for row in present:
        if main.has_ignoring_case(row) or folded(identity(row)) in names:
            raise ConflictError(
                operation.label, described(row), "delete that one first, or choose another name"
            )


# -- Removing --------------------------------------------------------------------------------------


def _delete(view: View, operation: Operation) -> list[Base]:
    """Return the rows to remove with a thing; change those that stay."""
    found = rows_of(view, operation.kind, operation.key)
    if not is_there(operation.kind, operation.key, found):
        if operation.mode is not Mode.DELETE:
            return []
        raise operation.kind.missing(operation.key)
    what = operation.kind.undeletable(operation.key, without_surplus(view, found))
    if what is not None:
        raise ConflictError(operation.label, what, "delete the rows with the models")
    owned = list(operation.kind.owned(None, found))
    for item in operation.kind.when_removed(operation.key, found):
        view.put(item, operation.label)
    return owned


def _refuse_named(view: View, gone: Sequence[tuple[Operation, Base]]) -> None:
    """
    Refuse to remove rows that others still name; rows of shared tables stay instead.

    Raises:
        ConflictError: Other rows still name some of them.
    """
    still = [(operation, row) for operation, row in gone if view.is_removed(row)]
    # A shared row that stays may name others, so these are checked after it.
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
