"""The engine's copies of rows, found by key, and the changes of each."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import attrs

from asterisk_realtime.provision.engine.records import TABLES, Identity, fold, identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.scopes import Scope


@attrs.define(eq=False)
class Entry:
    """
    The engine's copy of a row, and its changes.

    Attributes:
        row: The copy.
        origin: The session's row that it changes; None for a new row.
        removed: Whether the row is to be removed.
        surplus: Whether the database has another row with the same key and a lower primary key.
        source: If the row gets another key, its entry under the old key, which is removed.
        touched: The columns that change.
        generated: The columns whose values are generated when the row is written.
    """

    row: Base
    origin: Base | None = None
    removed: bool = False
    surplus: bool = False
    source: Entry | None = None
    touched: dict[str, None] = attrs.field(factory=dict)
    generated: dict[str, Callable[[], object]] = attrs.field(factory=dict)

    def take_origin(self) -> bool:
        """Take over the origin of a source, and tell whether there is one."""
        source = self.source
        while source is not None and source.origin is None:
            source = source.source
        if source is not None:
            self.origin = source.origin
        return source is not None


class Entries:
    """All entries, found by key, or by columns of the key if case is ignored."""

    def __init__(self) -> None:
        self._all: dict[Identity, Entry] = {}
        self._rows: dict[int, Entry] = {}
        self._origins: set[int] = set()
        self._models: dict[type[Base], list[Entry]] = {}
        self._index: dict[tuple[type[Base], tuple[str, ...]], dict[object, list[Entry]]] = {}
        self._left: dict[type[Base], list[Base]] = {}

    def __getitem__(self, row: Base) -> Entry:
        return self._rows[id(row)]

    def get(self, key: Identity) -> Entry | None:
        """Return the entry of a row, the first if there are several, or None."""
        return self._all.get(key)

    def add(self, entry: Entry) -> None:
        """Add an entry, unless its row has one."""
        key = identity(entry.row)
        first = self._all.setdefault(key, entry)
        if first.removed and entry.source is not None:
            first = self._all[key] = entry  # it gets a key that became free
        if first is not entry and (first.origin is None or id(entry.origin) in self._origins):
            return
        entry.surplus = first is not entry
        self._rows[id(entry.row)] = entry
        self._origins.add(id(entry.origin))
        self._models.setdefault(key[0], []).append(entry)
        for (model, names), index in self._index.items():
            if model is key[0]:
                index.setdefault(_folded(entry.row, names), []).append(entry)

    def of(self, model: type[Base]) -> list[Base]:
        """Return the rows of a table that are not removed."""
        if model not in self._left:
            entries = self._models.get(model, ())
            self._left[model] = [entry.row for entry in entries if not entry.removed]
        return self._left[model]

    def all(self, model: type[Base]) -> list[Entry]:
        """Return the entries of a table, including those of removed rows."""
        return self._models.get(model, [])

    def changed(self) -> None:
        """Forget which rows are left, since one was added, removed or kept."""
        self._left.clear()

    def like(self, scope: Scope) -> Iterable[Base]:
        """Return rows that are not removed, with all that are in a scope if case is ignored."""
        names = tuple(name for name, _value in scope.where)
        if not _are_of_the_key(scope.model, names):
            return self.of(scope.model)  # columns outside the key may change
        index = self._index.get((scope.model, names))
        if index is None:
            index = self._index[scope.model, names] = {}
            for entry in self._models.get(scope.model, ()):
                index.setdefault(_folded(entry.row, names), []).append(entry)
        found = index.get(tuple(fold(value) for _name, value in scope.where), ())
        return (entry.row for entry in found if not entry.removed)


def _folded(row: Base, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(fold(str(getattr(row, name))) for name in names)


@cache
def _are_of_the_key(model: type[Base], names: tuple[str, ...]) -> bool:
    """Tell whether columns are some of a table's key."""
    return bool(names) and set(names) <= set(TABLES[model].key)
