"""Write the changes of a view through the caller's session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar
from uuid import uuid4

from sqlalchemy import insert, inspect

from asterisk_realtime.models import Base
from asterisk_realtime.provision.engine.changes import differences
from asterisk_realtime.provision.engine.records import TABLES, copy_of, given

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ForeignKey
    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.entries import Entry
    from asterisk_realtime.provision.engine.view import View

    Move = tuple[Base, Mapping[str, Any]]

M = TypeVar("M", bound=Base)

_REFERENCED: Final = frozenset(
    reference.column.table
    for table in Base.metadata.tables.values()
    for reference in table.foreign_keys
)
"""Tables that foreign keys refer to; a session alone does not delete from these last."""

_ORDER: Final = {
    model: Base.metadata.sorted_tables.index(Base.metadata.tables[model.__tablename__])
    for model in TABLES
}
"""The order in which rows can be added, since some refer to rows of other tables."""


def write(view: View) -> None:
    """Hand the changes to the session, which writes them at its next flush."""
    for entry in _delete_and_move(view):
        _write(view.session, entry)


def write_in_bulk(view: View) -> None:
    """Write the changes; new rows by bulk INSERT, without the session."""
    new: dict[tuple[type[Base], tuple[str, ...]], list[dict[str, Any]]] = {}
    for entry in _delete_and_move(view):
        if entry.origin is not None:
            _write(view.session, entry)
            continue
        _forget(view.session, entry.row)
        values = {**given(entry.row), **{n: make() for n, make in entry.generated.items()}}
        # Rows of one statement have the same columns.
        new.setdefault((type(entry.row), tuple(values)), []).append(values)
    for (model, _names), rows in sorted(new.items(), key=lambda item: _ORDER[item[0][0]]):
        view.session.execute(insert(model), rows)


def _delete_and_move(view: View) -> list[Entry]:
    """Delete rows, and give rows other keys; return the entries that are still to be written."""
    session, entries = view.session, view.concerned()
    staying = [entry for entry in entries if not entry.removed]
    moved = [entry for entry in staying if entry.take_origin()]
    taken = {id(entry.origin) for entry in moved}
    gone = [
        entry
        for entry in entries
        if entry.removed and entry.origin is not None and id(entry.origin) not in taken
    ]
    for entry in gone:
        if type(entry.row).__table__ in _REFERENCED:
            session.flush()  # rows that refer to it were removed before it
        session.delete(entry.origin)
    if gone:
        session.flush()  # MariaDB takes keys that differ only in case for the same
    _move(session, [(entry.origin, _moved(entry)) for entry in moved if entry.origin is not None])
    known = {id(entry) for entry in moved}
    return [entry for entry in staying if id(entry) not in known]


def _moved(entry: Entry) -> dict[str, Any]:
    """Return the columns that change with the key of a row."""
    return {n: v for n, v in given(entry.row).items() if v != getattr(entry.origin, n)}


def _write(session: Session, entry: Entry) -> None:
    values = {name: make() for name, make in entry.generated.items()}
    if entry.origin is not None:
        values |= {name: new for name, (_old, new) in differences(entry).items()}
    row = entry.origin or entry.row
    for name, value in values.items():
        setattr(row, name, value)
    if entry.origin is None:
        _forget(session, row)
        session.add(row)


# -- Other keys ------------------------------------------------------------------------------------


def _move(session: Session, moves: Sequence[Move]) -> None:
    """
    Give rows of the session other keys, one after the other, and flush.

    The database gets an UPDATE, so columns, foreign keys and triggers that users added work.

    Args:
        session: The caller's session.
        moves: The rows and their new values, in an order in which each new key is free.
    """
    stand_ins: list[Base] = []
    for row, values in sorted(moves, key=lambda item: _ORDER[type(item[0])]):
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
    _forget(session, row)
    session.flush()


def _forget(session: Session, row: Base) -> None:
    """Expunge another row of that key, which the session read before somebody deleted it."""
    gone = session.identity_map.get(inspect(type(row)).identity_key_from_instance(row))
    if gone is not None and gone is not row:
        session.expunge(gone)


def _referring(row: Base, moves: Sequence[Move]) -> list[tuple[Base, ForeignKey]]:
    """Return the rows that refer to *row* by a foreign key of Asterisk's tables, with that key."""
    return [
        (other, key)
        for other, _values in moves
        for key in other.__table__.foreign_keys
        if key.references(row.__table__)  # type: ignore[arg-type]  # a Table, not any FromClause
        and getattr(other, key.parent.name) == getattr(row, key.column.name)
    ]


def _stand_in(session: Session, row: M, children: Sequence[tuple[Base, ForeignKey]]) -> M:
    """Have *children* refer to a temporary row, since a key that is referred to cannot change."""
    other = copy_of(row)
    name = children[0][1].column.name
    setattr(other, name, uuid4().hex)
    session.add(other)
    session.flush()
    for child, key in children:
        _set(session, child, {key.parent.name: getattr(other, name)})
    return other
