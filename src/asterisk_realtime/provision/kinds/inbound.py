"""Inbound routes and extensions: rows that lead calls to a phone, a queue, a mailbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import not_

from asterisk_realtime.errors import (
    ConflictError,
    NotFoundError,
    ValidationError,
)
from asterisk_realtime.models import Endpoint, Extension, FollowMe, Queue, Voicemail
from asterisk_realtime.provision.checks import conflicts, emergency
from asterisk_realtime.provision.engine import effects
from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
from asterisk_realtime.provision.engine.listing import Listing
from asterisk_realtime.provision.engine.records import TABLES, Rows, Wanted, copy_of, described
from asterisk_realtime.provision.engine.scopes import Question, Scope, scope
from asterisk_realtime.provision.kinds.routes import is_pattern, numbered, own_dialplan
from asterisk_realtime.specs.destinations import Target, chain
from asterisk_realtime.specs.reading import read_destination
from asterisk_realtime.specs.routes import InboundRoute, InternalExtension

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.view import View
    from asterisk_realtime.specs.endings import Step

E = TypeVar("E", InboundRoute, InternalExtension)

_NEEDED: Final[dict[str, type[Base]]] = {
    "endpoint": Endpoint,
    "queue": Queue,
    "mailbox": Voicemail,
    "follow-me profile": FollowMe,
}
"""The tables of the things that a destination names."""


def inbound_rows(spec: InboundRoute | InternalExtension) -> tuple[Extension, ...]:
    """Return the steps that *spec* means, unsaved."""
    steps = [*_first_steps(spec), *spec.destination.steps(spec.ending)]
    return tuple(row for exten in spec.extens for row in numbered(spec.context, exten, steps))


def _first_steps(spec: InboundRoute | InternalExtension) -> tuple[Step, ...]:
    if isinstance(spec, InternalExtension) and spec.replaces_emergency:
        return (emergency.MARK,)
    return ()


def _needs(spec: InboundRoute | InternalExtension) -> Iterator[tuple[str, str]]:
    for item in chain(spec.destination):
        if isinstance(item, Target):
            yield from item.needs


def _key_of(word: str, name: str) -> tuple[type[Base], tuple[str, ...]]:
    return _NEEDED[word], tuple(name.split("@")) if word == "mailbox" else (name,)


class _DestinationKind(Kind[E, tuple[Extension, ...]]):
    text = "{word} {1!r} in context {0!r}"

    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        context, exten = key
        return (scope(Extension, context=context, exten=exten),)

    def questions(self, spec: E) -> tuple[Question, ...]:
        return (effects.beginning(spec.context),)

    def depends_on(self, spec: E) -> tuple[Scope, ...]:
        wanted = [_key_of(*need) for need in _needs(spec)]
        return tuple(
            Scope(model, tuple(zip(TABLES[model].key, key, strict=True)), is_usual=True)
            for model, key in wanted
        )

    def group(self, key: KeyValues, rows: Rows) -> tuple[Extension, ...]:
        return tuple(rows.all(Extension))

    def rows(self, spec: E, found: Rows, view: View) -> Iterable[Wanted]:
        key = self.key(spec)
        own = Rows(self.owned(spec, found))
        if own and self._means(spec, key, own):
            # Steps that are spelled differently but mean the same stay.
            return (Wanted(copy_of(row)) for row in own)
        return map(Wanted, inbound_rows(spec))

    def _means(self, spec: E, key: KeyValues, found: Rows) -> bool:
        try:
            return self.read(key, found) == spec
        except ValidationError:
            return False

    def check(self, spec: E, view: View) -> None:
        for word, name in _needs(spec):
            model, key = _key_of(word, name)
            if view.get(model, *key) is None and (word, name) not in self._named_before(spec, view):
                raise NotFoundError(word, name, "create it first, or check its name")

    def _named_before(self, spec: E, view: View) -> set[tuple[str, str]]:
        """Return what the stored steps name, which may be in voicemail.conf or queues.conf."""
        key: KeyValues = self.key(spec)
        stored: list[Extension] = [
            row for row in view.stored(Extension) if (row.context, row.exten) == key
        ]
        try:
            return {*_needs(self.read(key, Rows(stored)))}
        except ValidationError:
            return set()

    def foreign(self, key: KeyValues, found: Rows) -> str | None:
        try:
            self.read(key, found)
        except ValidationError:
            return own_dialplan(found.all(Extension))
        return None


class _Inbound(_DestinationKind[InboundRoute]):
    word = "inbound route"
    fields = ("context", "number")
    listing = Listing(Extension, ("context", "exten"), where=lambda: [_has_plus()], is_rest=True)

    def scopes(self, key: KeyValues) -> tuple[Scope, ...]:
        context, number = key
        bare = number.removeprefix("+")
        return tuple(
            scope(Extension, context=context, exten=exten)
            for exten in dict.fromkeys((number, bare))
            if exten
        )

    def foreign(self, key: KeyValues, found: Rows) -> str | None:
        main, _others = _by_plus(found)
        return super().foreign(key, found) if main else None

    def owned(self, spec: InboundRoute | None, found: Rows) -> Iterable[Base]:
        """Return the steps for the number, and those without its ``+`` if they are the same."""
        del spec
        main, others = _by_plus(found)
        return (*main, *(others if _steps(main) == _steps(others) else ()))

    def rows(self, spec: InboundRoute, found: Rows, view: View) -> Iterable[Wanted]:
        main, others = _by_plus(found)
        if others and spec.without_plus and _steps(main) != _steps(others):
            raise ConflictError(
                self.label(self.key(spec)),
                described(others[0]),
                "delete that one first, or give without_plus=False",
            )
        return super().rows(spec, found, view)

    def read(self, key: KeyValues, found: Rows) -> InboundRoute:
        main, others = _by_plus(found)
        leads_to, ending = read_destination(_steps(main))
        return InboundRoute(
            context=key[0],
            number=key[1],
            destination=leads_to,
            ending=ending,
            without_plus=bool(others) and _steps(main) == _steps(others),
        )


class _Internal(_DestinationKind[InternalExtension]):
    word = "extension"
    fields = ("context", "exten")
    listing = Listing(
        Extension,
        ("context", "exten"),
        where=lambda: [not_(_has_plus()), not_(is_pattern())],
        is_rest=True,
    )

    def beside(self, key: KeyValues) -> tuple[Scope, ...]:
        """Return the steps of the number with its ``+``, which an inbound route has."""
        context, exten = key
        return (scope(Extension, context=context, exten=f"+{exten}"),)

    def is_beside(self, key: KeyValues, view: View) -> bool:
        """Tell whether the steps are an inbound route's without ``+``, or an outbound route's."""
        own = view.found(self.scopes(key)).all(Extension)
        with_plus = view.found(self.beside(key)).all(Extension)
        return _steps(own) == _steps(with_plus) or any(map(conflicts.calls_trunk, own))

    def questions(self, spec: InternalExtension) -> tuple[Question, ...]:
        return (*super().questions(spec), *emergency.questions_of(spec))

    def check(self, spec: InternalExtension, view: View) -> None:
        # First, since for a renamed extension the NotFoundError of the other check is ignored.
        emergency.refuse_emergency(view, spec)
        super().check(spec, view)

    def check_replaced(self, spec: InternalExtension, rows: Sequence[Base]) -> None:
        emergency.refuse_rows(spec, rows)

    def read(self, key: KeyValues, found: Rows) -> InternalExtension:
        steps = _steps(found.all(Extension))
        marked = steps[:1] == [emergency.MARK]
        leads_to, ending = read_destination(steps[1:] if marked else steps)
        return InternalExtension(
            context=key[0],
            exten=key[1],
            destination=leads_to,
            ending=ending,
            replaces_emergency=marked,
        )


def _has_plus() -> ColumnElement[bool]:
    return Extension.exten.startswith("+")


def _steps(rows: Iterable[Extension]) -> list[Step]:
    return [(row.app, row.appdata or "") for row in rows]


def _by_plus(found: Rows) -> tuple[list[Extension], list[Extension]]:
    """Return the steps of a number, and those of the number without its ``+``."""
    steps = found.all(Extension)
    return (
        [row for row in steps if row.exten.startswith("+")],
        [row for row in steps if not row.exten.startswith("+")],
    )


INBOUND: Final = _Inbound()
INTERNAL: Final = _Internal()
