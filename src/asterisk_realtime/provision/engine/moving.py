"""Other keys for rows that exist: an UPDATE, so that what the library does not know stays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from sqlalchemy import inspect

from asterisk_realtime.models import Base
from asterisk_realtime.provision.engine.records import copy_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ForeignKey
    from sqlalchemy.orm import Session

    Move = tuple[Base, Mapping[str, Any]]

M = TypeVar("M", bound=Base)


def move(session: Session, moves: Sequence[Move]) -> None:
    """
    Give rows of the session other keys, one after the other, and write them.

    Columns, foreign keys and triggers of the user's own see an UPDATE.

    Args:
        session: The caller's session.
        moves: The rows and the values that they get, in an order in which every key is free.
    """
    stand_ins: list[Base] = []
    for row, values in sorted(moves, key=lambda item: not _referring(item[0], moves)):
        children = _referring(row, moves)
        if children:
            stand_ins.append(_stand_in(session, row, children))
        _set(session, row, values)
    for row in stand_ins:
        session.delete(row)
    if stand_ins:
        session.flush()


def _set(session: Session, row: Base, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    forget(session, row)
    session.flush()


def forget(session: Session, row: Base) -> None:
    """Make the session forget another row of that key, which it read before somebody deleted it."""
    gone = session.identity_map.get(inspect(type(row)).identity_key_from_instance(row))
    if gone is not None and gone is not row:
        session.expunge(gone)


def _referring(row: Base, moves: Sequence[Move]) -> list[tuple[Base, ForeignKey]]:
    """Return the rows that name *row* in a foreign key of Asterisk's tables, each with the key."""
    return [
        (other, key)
        for other, _values in moves
        for key in other.__table__.foreign_keys
        if key.references(row.__table__)  # type: ignore[arg-type]  # a Table, not any FromClause
        and getattr(other, key.parent.name) == getattr(row, key.column.name)
    ]


def _stand_in(session: Session, row: M, children: Sequence[tuple[Base, ForeignKey]]) -> M:
    """Have *children* name another row meanwhile: no key that is named can change."""
    other = copy_of(row)
    name = children[0][1].column.name
    setattr(other, name, uuid4().hex)
    session.add(other)
    session.flush()
    for child, key in children:
        _set(session, child, {key.parent.name: getattr(other, name)})
    return other
