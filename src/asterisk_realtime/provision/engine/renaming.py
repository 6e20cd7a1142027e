"""Another name for a thing that exists, in its own rows and wherever it is named."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs
from sqlalchemy import inspect
from sqlalchemy.orm.attributes import set_committed_value

from asterisk_realtime.errors import ConflictError, NotFoundError, ValidationError
from asterisk_realtime.models import Base, Endpoint, Identify
from asterisk_realtime.provision.engine import forms
from asterisk_realtime.provision.engine.records import (
    TABLES,
    Rows,
    Wanted,
    described,
    folded,
    given,
    identity,
)
from asterisk_realtime.provision.engine.references import REFERENCES, Reference
from asterisk_realtime.provision.engine.scopes import Scope, scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
    from asterisk_realtime.provision.engine.view import View

M = TypeVar("M", bound=Base)

_IDENTIFIED: Final = Reference(Identify, "endpoint", Endpoint, forms.ALONE, lambda row: str(row.id))
"""Identify rows go with the endpoint that they name, so that they do not keep it from going."""


def rename(view: View, kind: Kind[Any, Any], old: KeyValues, new: KeyValues) -> None:
    """
    Have a thing's rows, and those that name it, be what they are with another key.

    Raises:
        NotFoundError: It does not exist.
        ValidationError: Its spec could not have the new key.
        ConflictError: Its rows are another kind of thing, or cannot be read; something has the new
            key; or a row names it in a form that cannot be changed.
    """
    found = view.found([*kind.scopes(old), *kind.related(old, view.found(kind.scopes(old)))])
    owned = list(kind.owned(None, found))
    if not any(kind.scopes(old)[0].has(row) for row in owned):
        raise kind.missing(old)
    spec = _readable(kind, old, found)
    # A mailbox's number, for example, must not be its PIN.
    attrs.evolve(spec, **dict(zip(kind.fields, new, strict=True)))
    _refuse_taken(view, kind, new, owned)
    pairs = list(zip(kind.renamed(old), kind.renamed(new), strict=True))
    changed = [(row, _moved(view, row, pairs, kind.label(new))) for row in owned]
    for row, moved in changed:
        for item in (*REFERENCES, _IDENTIFIED):
            if item.target is type(row):
                _rename_in(view, item, row, moved)


def check_renamed(view: View, kind: Kind[Any, Any], key: KeyValues) -> None:
    """
    Refuse what contradicts the rows of others when a thing has got another key.

    Raises:
        ConflictError: Something does.
    """
    scopes = kind.scopes(key)
    spec = kind.read(key, view.found([*scopes, *kind.related(key, view.found(scopes))]))
    # What it names and no table has was not there before either: it is in a file.
    with suppress(NotFoundError):
        kind.check(spec, view)


def _readable(kind: Kind[Any, Any], key: KeyValues, found: Rows) -> Any:
    what = kind.foreign(key, found)
    if what is not None:
        raise ConflictError(kind.label(key), what, "rename it as what it is")
    try:
        return kind.read(key, found)
    except ValidationError as error:
        what = f"what its rows hold ({error})"
        raise ConflictError(kind.label(key), what, "change the rows themselves") from error


def _refuse_taken(view: View, kind: Kind[Any, Any], key: KeyValues, owned: Sequence[Base]) -> None:
    # A row that the database finds by the new name in other case may be the thing's own.
    own = set(map(identity, owned))
    scopes = [*kind.scopes(key), *kind.renamed(key)]
    scopes += [scope(Identify, endpoint=name) for name in _endpoints(scopes)]
    for row in (*view.found(scopes), *view.near(scopes)):
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
    """Have some columns of a row be other values; with another key it is another row."""
    key = TABLES[type(row)].key
    if values.keys() & set(key):
        type(row)(**values)  # it refuses what a cell cannot hold
        other = _copy(row, values)
        view.remove(row)
        view.put(Wanted(other, copied=True), label)
        return other
    part = type(row)(**{name: getattr(row, name) for name in key}, **values)
    view.put(Wanted(part, part=True), label)
    return row


def _copy(row: M, values: Mapping[str, Any]) -> M:
    """Return a new row like *row*, without a number that the database gives out."""
    other = type(row)()
    numbers = {column.name for column in inspect(type(row)).primary_key}
    kept = {**given(row), **values}
    for name, value in kept.items():
        if name in TABLES[type(row)].key or name not in numbers:
            set_committed_value(other, name, value)
    return other


def _rename_in(view: View, reference: Reference, row: Base, moved: Base) -> None:
    """Have the rows that name *row* by a reference name it by its new name."""
    old, new = reference.name(row), reference.name(moved)
    if old == new:
        return
    for answer in view.answers(reference.question(row)):
        other = _whole(view, identity(answer))
        # A key that another tool has encoded cannot be looked up.
        if other is None or not _is_respelled(view, reference, other, old, new):
            raise ConflictError(
                f"renaming {described(row)}", described(answer), "change the name there first"
            )


def _is_respelled(view: View, reference: Reference, row: Base, old: str, new: str) -> bool:
    """Have a row name *new* in the place of *old*, and tell whether it does not name *old* now."""
    values = {reference.column: reference.renamed(row, old, new)}
    if reference.column in TABLES[type(row)].key:
        _refuse_other(view, row, _copy(row, values))
    changed = _put(view, row, values, None)
    return old not in reference.named_by(_whole(view, identity(changed)))


def _refuse_other(view: View, row: Base, moved: Base) -> None:
    """Refuse to make of *row* what another row is already, such as the same member of a queue."""
    where = _where(identity(moved))
    for other in (*view.found([where]), *view.near([where])):
        is_same = folded(identity(other)) == folded(identity(moved))
        if is_same and identity(other) != identity(row):
            raise ConflictError(
                f"{described(row)} as renamed", described(other), "delete one of the two first"
            )


def _whole(view: View, key: tuple[type[Base], tuple[object, ...]]) -> Any:
    """Return a row of which only a few columns were read, or None."""
    return next((row for row in view.found([_where(key)]) if identity(row) == key), None)


def _where(key: tuple[type[Base], tuple[object, ...]]) -> Scope:
    model, values = key
    texts = zip(TABLES[model].key, values, strict=True)
    return Scope(model, tuple((name, value) for name, value in texts if isinstance(value, str)))
