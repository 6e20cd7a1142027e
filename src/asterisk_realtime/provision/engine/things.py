"""The rows of one thing, and the spec that they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from asterisk_realtime.errors import ConflictError, ValidationError
from asterisk_realtime.provision.engine.records import Rows

if TYPE_CHECKING:
    from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
    from asterisk_realtime.provision.engine.scopes import Scope
    from asterisk_realtime.provision.engine.view import View

S = TypeVar("S")

REPLACE: Final = "replace the rows: apply(session, Replace(spec))"
"""Hint for rows that cannot be read as a spec."""


def related(view: View, kind: Kind[Any, Any], key: KeyValues) -> tuple[Scope, ...]:
    """Return the scopes of rows that the thing's other rows name."""
    return kind.related(key, view.found(kind.scopes(key)))


def rows_of(view: View, kind: Kind[Any, Any], key: KeyValues) -> Rows:
    """Return all rows that are the thing's, or may be."""
    return view.found([*kind.scopes(key), *related(view, kind, key)])


def is_there(kind: Kind[Any, Any], key: KeyValues, rows: Rows) -> bool:
    """Tell whether *rows* include the one without which the thing does not exist."""
    main = kind.scopes(key)[0]
    return any(main.has(row) for row in kind.owned(None, rows))


def without_surplus(view: View, rows: Rows) -> Rows:
    """Return the rows without surplus ones, which repeat the key of another row."""
    return Rows(row for row in rows if not view.is_surplus(row))


def refuse_foreign(view: View, kind: Kind[Any, Any], key: KeyValues, rows: Rows, hint: str) -> None:
    """
    Refuse rows that are another kind of thing.

    Raises:
        ConflictError: The rows are another kind of thing.
    """
    what = kind.foreign(key, without_surplus(view, rows))
    if what is not None:
        raise ConflictError(kind.label(key), what, hint)


def spec_of(kind: Kind[S, Any], key: KeyValues, rows: Rows, hint: str) -> S:
    """
    Return the spec that rows mean.

    Raises:
        ConflictError: They cannot be read as a spec of the kind.
    """
    try:
        return kind.read(key, rows)
    except ValidationError as error:
        raise ConflictError(kind.label(key), f"what its rows hold ({error})", hint) from error


def is_readable(kind: Kind[Any, Any], key: KeyValues, rows: Rows) -> bool:
    """Tell whether the rows can be read as a spec of the kind."""
    if kind.foreign(key, rows) is not None:
        return False
    try:
        kind.read(key, rows)
    except ValidationError:
        return False
    return True
