"""What the engine's copy of a row changes, as a plan shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import inspect

from asterisk_realtime.provision.engine.plans import Action, ColumnChange, RowChange
from asterisk_realtime.provision.engine.records import TABLES, given, masked, same

if TYPE_CHECKING:
    from asterisk_realtime.provision.engine.entries import Entry


def is_changed(entry: Entry) -> bool:
    """Tell whether a row that stays is new, or gets other values."""
    return entry.origin is None or bool(entry.generated or differences(entry))


def change_of(entry: Entry) -> RowChange | None:
    """Return what happens to a row, or None if nothing does."""
    model = type(entry.row)
    names = TABLES[model].key
    columns: dict[str, tuple[object, object]] = {}
    if entry.origin is None:
        if entry.removed:
            return None
        action = Action.ADD
        columns = _of_new_row(entry)
    elif entry.removed:
        action = Action.REMOVE
    else:
        action = Action.CHANGE
        columns = differences(entry)
        for name in entry.generated:
            columns[name] = (getattr(entry.origin, name), "generated")
        if not columns:
            return None
    return RowChange(
        action,
        model.__tablename__,
        {name: getattr(entry.row, name) for name in (*names, *_numbers(entry))},
        tuple(
            ColumnChange(name, masked(model, name, old), masked(model, name, new))
            for name, (old, new) in columns.items()
            if name not in names
        ),
    )


def _of_new_row(entry: Entry) -> dict[str, tuple[object, object]]:
    model = type(entry.row)
    columns: dict[str, tuple[object, object]] = {
        name: (None, value)
        for name, value in given(entry.row).items()
        if value is not None and (entry.source is None or not same(model, name, None, value))
    }
    return columns | dict.fromkeys(entry.generated, (None, "generated"))


def _numbers(entry: Entry) -> tuple[str, ...]:
    """Return the columns that tell a surplus row from the other with its key."""
    if not entry.surplus:
        return ()
    return tuple(column.name for column in inspect(type(entry.row)).primary_key)


def differences(entry: Entry) -> dict[str, tuple[object, object]]:
    """Return the columns of an existing row that change, with their old and new values."""
    model = type(entry.row)
    pairs = {n: (getattr(entry.origin, n), getattr(entry.row, n)) for n in entry.touched}
    return {n: pair for n, pair in pairs.items() if not same(model, n, *pair)}
