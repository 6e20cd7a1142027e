"""Warn of names in changed rows that no row has: they are in a file of Asterisk, or wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import inspect

from asterisk_realtime.models import (
    Aor,
    Auth,
    Base,
    Endpoint,
    Extension,
    FollowMe,
    MusicOnHold,
    NamedAcl,
    Queue,
    QueueRule,
    Voicemail,
)
from asterisk_realtime.provision.engine import effects
from asterisk_realtime.provision.engine.forms import MAILBOXES
from asterisk_realtime.provision.engine.plans import Action, PlanWarning, RowChange
from asterisk_realtime.provision.engine.records import TABLES, described
from asterisk_realtime.provision.engine.references import REFERENCES, Reference
from asterisk_realtime.provision.engine.scopes import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from asterisk_realtime.provision.engine.view import View

_FILES: Final = {
    Voicemail: "voicemail.conf",
    Queue: "queues.conf",
    MusicOnHold: "musiconhold.conf",
    FollowMe: "followme.conf",
    QueueRule: "queuerules.conf",
    NamedAcl: "acl.conf",
    Extension: "extensions.conf",
    Endpoint: "pjsip.conf",
    Aor: "pjsip.conf",
    Auth: "pjsip.conf",
}
"""The file of Asterisk that may have what a table lacks."""


@attrs.frozen
class _Name:
    """A name in a row; in the dialplan only the context, since a pattern may match any number."""

    target: type[Base]
    key: tuple[str, ...]

    @property
    def scope(self) -> Scope:
        return Scope(self.target, tuple(zip(TABLES[self.target].key, self.key, strict=False)))

    @property
    def is_whole(self) -> bool:
        """Whether it is written out: no part is left out, or is known only during a call."""
        return all(part and "$" not in part for part in self.key)

    def is_there(self, view: View) -> bool:
        if self.target is Extension:
            return bool(view.answers(effects.beginning(*self.key)))
        return bool(view.found([self.scope]))

    def __str__(self) -> str:
        if self.target is Extension:
            return f"context {self.key[0]!r}"
        return f"{TABLES[self.target].word} {'@'.join(self.key)!r}"


def warnings(changed: Iterable[tuple[RowChange, Any]], view: View) -> tuple[PlanWarning, ...]:
    """Return a warning for each name in *changed* rows that no row has when all is done."""
    named = [
        (described(row), name)
        for change, row in changed
        if change.action is not Action.REMOVE
        for name in _names(row, {column.name for column in change.columns})
        if name.is_whole and not view.lacks(name.target)
    ]
    names = dict.fromkeys(name for _label, name in named)
    contexts = [effects.beginning(*name.key) for name in names if name.target is Extension]
    view.look([name.scope for name in names if name.target is not Extension], contexts)
    missing = {name for name in names if not name.is_there(view)}
    found = (PlanWarning(label, _text(name)) for label, name in named if name in missing)
    return tuple(dict.fromkeys(found))


def _names(row: Base, columns: set[str]) -> Iterator[_Name]:
    """Return the names in some columns of *row*."""
    for item in REFERENCES:
        if item.source is type(row) and item.column in columns and not _is_default(row, item):
            yield from (_name(item, text) for text in _names_in(row, item))
    if isinstance(row, Endpoint) and "context" in columns and row.context:
        yield _Name(Extension, (row.context,))


def _names_in(row: Base, reference: Reference) -> Iterable[str]:
    """Return the names in a cell, without mailboxes that ``res_mwi_external`` may have."""
    if reference.form is MAILBOXES:
        return [box for box in getattr(row, reference.column) or () if "@" in box]
    return reference.named_by(row)


def _is_default(row: Base, reference: Reference) -> bool:
    """Tell whether a cell holds Asterisk's default, such as the music class ``default``."""
    column = inspect(type(row)).columns[reference.column]
    return bool(getattr(row, reference.column) == column.info.get("default"))


def _name(reference: Reference, text: str) -> _Name:
    if reference.target is Extension:
        return _Name(Extension, (_context(text),))
    return _Name(
        reference.target, tuple(text.split("@")) if reference.target is Voicemail else (text,)
    )


def _context(text: str) -> str:
    """
    Return the context of ``context,extension,priority`` or ``extension@context``.

    A priority alone is a step of the same extension; it has no context.
    """
    _exten, at, context = text.partition("@")
    if at:
        return context.partition("/")[0]
    context, comma, _rest = text.partition(",")
    return context if comma else ""


def _text(name: _Name) -> str:
    return f"it names {name}, which no row has; create it, unless {_FILES[name.target]} has it"
