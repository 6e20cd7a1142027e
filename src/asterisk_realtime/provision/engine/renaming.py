"""Rename a thing in its own rows, and in the rows that name it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs
from sqlalchemy import inspect
from sqlalchemy.orm.attributes import set_committed_value

from asterisk_realtime.errors import ConflictError, NotFoundError
from asterisk_realtime.models import Base, Endpoint, Identify
from asterisk_realtime.provision.engine import forms
from asterisk_realtime.provision.engine.records import (
    TABLES,
    Wanted,
    described,
    folded,
    given,
    identity,
)
from asterisk_realtime.provision.engine.references import REFERENCES, Reference
from asterisk_realtime.provision.engine.scopes import MARIADB, Scope, scope
from asterisk_realtime.provision.engine.things import is_there, refuse_foreign, rows_of, spec_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
    from asterisk_realtime.provision.engine.records import Identity
    from asterisk_realtime.provision.engine.view import View

M = TypeVar("M", bound=Base)

_IDENTIFIED: Final = Reference(Identify, "endpoint", Endpoint, forms.ALONE, lambda row: str(row.id))
"""Identify rows are deleted with the endpoint that they name, so `REFERENCES` lacks them."""


def rename(
    view: View, kind: Kind[Any, Any], old: KeyValues, new: KeyValues
) -> dict[Identity, Identity]:
    """
    Give a thing another key in its own rows, and in those that name it.

    Returns:
        The old and the new identity of each of these rows.

    Raises:
        NotFoundError: It does not exist.
        ValidationError: The new key is not valid for its spec.
        ConflictError: Its rows are another kind of thing, or cannot be read; the new key is taken;
            or a row names it in a form that cannot be changed.
    """
    found = rows_of(view, kind, old)
    if not is_there(kind, old, found):
        raise kind.missing(old)
    refuse_foreign(view, kind, old, found, "rename it as a thing of that kind")
    spec = spec_of(kind, old, found, "change the rows themselves")
    owned = list(kind.owned(None, found))
    # A mailbox's number, for example, must not be its PIN.
    attrs.evolve(spec, **dict(zip(kind.fields, new, strict=True)))
    _refuse_taken(view, kind, new, owned)
    pairs = list(zip(kind.scopes_by_name(old), kind.scopes_by_name(new), strict=True))
    changed = [(row, _moved(view, row, pairs, kind.label(new))) for row in owned]
    names = [
        (item, row, moved)
        for row, moved in changed
        for item in (*REFERENCES, _IDENTIFIED)
        if item.target is type(row) and item.name(row) != item.name(moved)
    ]
    view.look(questions=[item.question(view, row) for item, row, _moved in names])
    moves = {identity(row): identity(moved) for row, moved in changed}
    for item, row, moved in names:
        moves |= _rename_in(view, item, row, moved)
    return moves


def check_renamed(view: View, kind: Kind[Any, Any], key: KeyValues) -> None:
    """
    Refuse a renamed thing that contradicts the rows of others.

    Raises:
        ConflictError: It does.
    """
    spec = kind.read(key, rows_of(view, kind, key))
    # It names the same as before; what no table has is in a file.
    with suppress(NotFoundError):
        kind.check(spec, view)


def _refuse_taken(view: View, kind: Kind[Any, Any], key: KeyValues, owned: Sequence[Base]) -> None:
    # A row that the database finds by the new name in other case may be the thing's own.
    own = set(map(identity, owned))
    scopes = list(kind.scopes_by_name(key))
    scopes += [scope(Identify, endpoint=name) for name in _endpoints(scopes)]
    for row in (*view.found(scopes), *view.in_other_case(scopes)):
        if identity(row) not in own:
            hint = "choose another name, or delete that one first"
            raise ConflictError(kind.label(key), described(row), hint)


def _endpoints(scopes: Iterable[Scope]) -> set[str]:
    return {value for item in scopes if item.model is Endpoint for _name, value in item.where}


def _moved(view: View, row: M, pairs: Iterable[tuple[Scope, Scope]], label: str) -> M:
    """Return a row with the values of the scope that it moves to."""
    values = {
        name: value
        for old, new in pairs
        if old.model is new.model and old.has(row)
        for (name, before), (_name, value) in zip(old.where, new.where, strict=True)
        if before != value
    }
    return _put(view, row, values, label) if values else row


def _put(view: View, row: M, values: Mapping[str, Any], label: str | None) -> M:
    """Set columns of a row, and return the row; if its key changes, that is another row."""
    key = TABLES[type(row)].key
    if values.keys() & set(key):
        type(row)(**values)  # raises an error if a cell cannot hold a value
        other = _copy(row, values)
        view.move(row, other, label)
        return other
    part = type(row)(**{name: getattr(row, name) for name in key}, **values)
    view.put(Wanted(part, part=True), label)
    return row


def _copy(row: M, values: Mapping[str, Any]) -> M:
    """Return a new row like *row*, without a number that the database generates."""
    other = type(row)()
    numbers = {column.name for column in inspect(type(row)).primary_key}
    kept = {**given(row), **values}
    for name, value in kept.items():
        if name in TABLES[type(row)].key or name not in numbers:
            set_committed_value(other, name, value)
    return other


def _rename_in(
    view: View, reference: Reference, row: Base, moved: Base
) -> dict[Identity, Identity]:
    """Rename *row* in the rows that name it; return their old and new identities."""
    new = reference.name(moved)
    moves: dict[Identity, Identity] = {}
    for answer in view.answers(reference.question(view, row)):
        # A key that another tool has encoded cannot be looked up.
        other = whole(view, identity(answer))
        after = other and _respelled(view, reference, other, row, new)
        if after is None:
            raise ConflictError(
                f"renaming {described(row)}", described(answer), "change the name there first"
            )
        moves[identity(answer)] = identity(after)
    return moves


def _respelled(view: View, reference: Reference, other: Base, row: Base, new: str) -> Any:
    """Rename *row* in *other*; return *other*, or None if that is not possible."""
    old = [name for name in reference.spellings(view, row, other) if name != new]
    for name in old:
        other = _renamed(view, reference, other, name, new)
    return None if set(old) & set(reference.named_by(other)) else other


def _renamed(view: View, reference: Reference, row: Base, old: str, new: str) -> Any:
    """Replace the name *old* by *new* in a row, and return the row."""
    values = {reference.column: reference.renamed(row, old, new)}
    if reference.column in TABLES[type(row)].key:
        _refuse_duplicate(view, row, _copy(row, values))
    return whole(view, identity(_put(view, row, values, None)))


def _refuse_duplicate(view: View, row: Base, moved: Base) -> None:
    """Refuse to give *row* the key of another row, such as the same member of a queue."""
    where = _where(identity(moved))
    for other in (*view.found([where]), *view.in_other_case([where])):
        if identity(other) != identity(row) and _is_same(view, other, row, moved):
            raise ConflictError(
                f"{described(row)} as renamed", described(other), "delete one of the two first"
            )


def _is_same(view: View, other: Base, row: Base, moved: Base) -> bool:
    """Tell whether *other* has the key that *row* gets; case counts only in parts that stay."""
    if view.dialect(type(row)) in MARIADB:
        return folded(identity(other)) == folded(identity(moved))
    kept = [name for name in TABLES[type(row)].key if getattr(row, name) == getattr(moved, name)]
    return folded(identity(other)) == folded(identity(moved)) and all(
        getattr(other, name) == getattr(row, name) for name in kept
    )


def whole(view: View, key: Identity) -> Any:
    """Return the whole row with an identity, or None."""
    return next((row for row in view.found([_where(key)]) if identity(row) == key), None)


def _where(key: Identity) -> Scope:
    model, values = key
    texts = zip(TABLES[model].key, values, strict=True)
    return Scope(model, tuple((name, value) for name, value in texts if isinstance(value, str)))
