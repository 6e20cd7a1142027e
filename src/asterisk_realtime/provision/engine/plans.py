"""What a change does to the database, as data: rows, columns, and what Asterisk needs then."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import attrs

from asterisk_realtime.values.json_types import plain

if TYPE_CHECKING:
    from collections.abc import Mapping


class Action(StrEnum):
    """What happens to a row."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


_SIGNS = {Action.ADD: "+", Action.CHANGE: "~", Action.REMOVE: "-"}
_FIRST: Final = "first expire the cached objects, or wait until they have expired"

_FEW: Final = 3
"""More cached objects than these are printed as one line."""

_EMPTIES_CACHES: Final = "res_pjsip.so"
"""The module whose reload empties the caches of `conf.render`."""


@attrs.frozen
class ColumnChange:
    """
    One column of a row, before and after.

    Attributes:
        name: The column.
        old: What it holds; None in a new row, or where Asterisk's default is in force.
        new: What it will hold; None for Asterisk's default.

    A secret shows as asterisks on both sides.
    """

    name: str
    old: Any
    new: Any


@attrs.frozen
class RowChange:
    """
    One row that is added, changed or removed.

    Attributes:
        action: Which of the three.
        table: Name of the table.
        key: What tells the row from the others: column and value.
        columns: What is set or changed, beside the key; nothing for a row that is removed.
    """

    action: Action
    table: str
    key: Mapping[str, Any]
    columns: tuple[ColumnChange, ...] = ()

    def __str__(self) -> str:
        """Return one line: ``~ ps_endpoints id='100': context 'phones' -> 'office'``."""
        key = " ".join(f"{name}={_shown(value)}" for name, value in self.key.items())
        head = f"{_SIGNS[self.action]} {self.table} {key}"
        cells = ", ".join(map(self._cell, self.columns))
        return f"{head}: {cells}" if cells else head

    def to_dict(self) -> dict[str, Any]:
        """Return it as a dictionary that ``json.dumps`` takes, as part of `Plan.to_dict`."""
        return {
            "table": self.table,
            "action": self.action.value,
            "key": {name: plain(value) for name, value in self.key.items()},
            "columns": [
                {"name": column.name, "old": plain(column.old), "new": plain(column.new)}
                for column in self.columns
            ],
        }

    def _cell(self, column: ColumnChange) -> str:
        if self.action is Action.ADD:
            return f"{column.name}={_shown(column.new)}"
        return f"{column.name} {_shown(column.old)} -> {_shown(column.new)}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return repr(",".join(map(str, value)))
    return repr(value.value) if isinstance(value, StrEnum) else repr(value)


@attrs.frozen(order=True)
class Reload:
    """
    A module that must read its configuration again before a change is in force.

    Attributes:
        module: Asterisk's name of it: ``res_pjsip.so``.
        why: What waits for it.
    """

    module: str
    why: str = attrs.field(order=False)

    @property
    def command(self) -> str:
        """What to type at Asterisk's prompt."""
        return f"module reload {self.module}"


@attrs.frozen(order=True)
class CachedObject:
    """
    An object that Asterisk may keep in its old form: 10 seconds with the files of `conf.render`.

    Attributes:
        cache: Name of the cache: ``res_pjsip/endpoint``, if its own ``name`` was not changed.
        name: The object's id; empty if all objects of the cache must be read again.
    """

    cache: str
    name: str

    @property
    def command(self) -> str:
        """What to type at Asterisk's prompt."""
        return f"sorcery memory cache expire {self.cache} {self.name}"


@attrs.frozen(order=True)
class Note:
    """
    Something that stays in force for a while although its row changes.

    Attributes:
        about: The thing concerned: ``endpoint '101'``.
        text: What stays in force, and until when.
        remedy: The command that ends it, for the database or Asterisk's prompt; None if nothing has
            to be done. Give it after the commit, and after the commands of the plan's ``cached`` or
            when the cached objects have expired: until then a removed device can register again.
    """

    about: str
    text: str
    remedy: str | None = None

    def __str__(self) -> str:
        """Return it in one line."""
        end = f"; to end it, {_FIRST}, then {self.remedy}" if self.remedy else ""
        return f"{self.about}: {self.text}{end}"


@attrs.frozen(order=True)
class PlanWarning:
    """
    Something that is allowed, but may not be what you want.

    Attributes:
        about: The row concerned: ``endpoint '101'``.
        text: What may be wrong, and what to do about it.
    """

    about: str
    text: str

    def __str__(self) -> str:
        """Return it in one line."""
        return f"{self.about}: {self.text}"


@attrs.frozen
class Plan:
    """
    What a change does; true if it does anything.

    Two plans are equal if they do the same. ``str()`` gives a line for each row, reload, cached
    object, note and warning; one line for more than three cached objects, and none if a reload
    empties the caches too.

    Attributes:
        rows: The rows that are added, changed and removed, each after those that it may name.
        reloads: Modules that Asterisk must reload after the commit, each once.
        cached: Objects to expire after the commit, unless a change may wait until Asterisk reads
            them again: with the files of `conf.render` after 10 seconds.
        notes: What stays in force for a while, such as the registration of a deleted phone.
        warnings: Names in the changed rows that no row has, such as a phone's mailbox. `plan` alone
            looks for them, and they do not make two plans different.
    """

    rows: tuple[RowChange, ...] = ()
    reloads: tuple[Reload, ...] = ()
    cached: tuple[CachedObject, ...] = ()
    notes: tuple[Note, ...] = ()
    warnings: tuple[PlanWarning, ...] = attrs.field(default=(), eq=False)

    def __bool__(self) -> bool:
        """Tell whether anything is to be written."""
        return bool(self.rows)

    def __str__(self) -> str:
        """Return it as a person reads it."""
        if not self.rows:
            return "nothing to change"
        reloads = [f"then in Asterisk: {item.command}  ({item.why})" for item in self.reloads]
        notes = [f"note: {item}" for item in self.notes]
        warnings = [f"warning: {item}" for item in self.warnings]
        return "\n".join([*map(str, self.rows), *reloads, *self._expiring(), *notes, *warnings])

    def _expiring(self) -> list[str]:
        """Return what to do about cached objects, if no reload does it."""
        if any(item.module == _EMPTIES_CACHES for item in self.reloads):
            return []
        if len(self.cached) > _FEW:
            command = f"module reload {_EMPTIES_CACHES}"
            why = f"or wait until {len(self.cached)} cached objects have expired"
            return [f"then in Asterisk: {command}  ({why})"]
        why = "or wait until it has expired"
        return [f"then in Asterisk: {item.command}  ({why})" for item in self.cached]

    def of(self, action: Action) -> tuple[RowChange, ...]:
        """Return the rows to which *action* happens."""
        return tuple(row for row in self.rows if row.action is action)

    def to_dict(self) -> dict[str, Any]:
        """
        Return the plan as a dictionary that ``json.dumps`` takes.

        It has the lists ``rows``, ``reloads``, ``cached``, ``notes`` and ``warnings``, whose
        entries have the attributes of the classes in this plan; those with a ``command`` have it
        too. Enums are their values, tuples are lists, and secrets are asterisks::

            plan(session, Phone(id="101", context="internal")).to_dict()["rows"][0]["table"]
            # "ps_auths"
        """
        return {
            "rows": [row.to_dict() for row in self.rows],
            "reloads": [{**attrs.asdict(item), "command": item.command} for item in self.reloads],
            "cached": [{**attrs.asdict(item), "command": item.command} for item in self.cached],
            "notes": [attrs.asdict(item) for item in self.notes],
            "warnings": [attrs.asdict(item) for item in self.warnings],
        }
