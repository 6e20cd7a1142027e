"""The search for things of one kind, by the values of their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import attrs

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.provision.engine.execution import look_at
from asterisk_realtime.provision.engine.things import is_readable, related, rows_of
from asterisk_realtime.provision.registry import KINDS, kind_of
from asterisk_realtime.specs.base import Spec
from asterisk_realtime.values.cells import codec_for
from asterisk_realtime.values.checked import is_secret, kept
from asterisk_realtime.values.json_types import plain
from asterisk_realtime.values.secret import shielded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.kinds import KeyValues, Kind
    from asterisk_realtime.provision.engine.records import Rows
    from asterisk_realtime.provision.engine.view import View

T = TypeVar("T")
Place = tuple[str, ...]

_MOST_KEYS: Final = 2000
"""Most keys that are read at once."""


@attrs.frozen
class Unreadable:
    """
    Rows that cannot be read as a spec, such as those of another tool.

    Attributes:
        kind: The class whose things have such rows.
        key: What tells it from the others, by the names of the spec's fields.
        reason: Why they cannot be read.
    """

    kind: type[Spec]
    key: Mapping[str, str]
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as a dictionary that ``json.dumps`` takes."""
        return {"kind": self.kind.__name__, "key": dict(self.key), "reason": self.reason}


@attrs.frozen
class Found:
    """
    One thing of a search.

    Attributes:
        name: The search's.
        place: The cells that it is sorted by, the last ones those of its key.
        key: Its key.
        thing: Its spec, or the reason why its rows cannot be read as one.
    """

    name: str
    place: Place
    key: KeyValues
    thing: Spec | Unreadable


@attrs.frozen
class Search:
    """
    The search for things of one kind.

    Attributes:
        spec: The class of what is returned: a kind's, or a provider's.
        part: The kind's class.
        filters: Values of fields of *spec*, as its constructor keeps them.
        order_by: A field of the kind's listing; None for the key.
        descending: Whether the last comes first.
        before: Classes of other searches; rows that no model can load are listed by the first.
        is_named: Whether the caller named its class.
    """

    spec: type[Spec]
    part: type[Spec]
    filters: Mapping[str, object]
    order_by: str | None
    descending: bool
    before: Sequence[type[Spec]] = ()
    is_named: bool = True

    @property
    def name(self) -> str:
        """The kind and the order, which its pages continue; filters may be others."""
        order = "-" if self.descending else "+"
        return f"{self.spec.__name__}/{self.part.__name__}{order}{self.order_by or ''}"

    @property
    def cells(self) -> int:
        """Number of cells that tell where a thing stands in the order."""
        return len(self.kind.fields) + (self.order_by is not None)

    @property
    def kind(self) -> Kind[Any, Any]:
        """The kind that is searched."""
        return kind_of(self.part)

    def keys(self, session: Session) -> Iterator[KeyValues]:
        """Return the keys of all things, without those that cannot be read."""
        after: Sequence[str] | None = None
        while True:
            places, found = self._batch(session, _MOST_KEYS, after)
            yield from (item.key for item in found if isinstance(item.thing, Spec))
            if len(places) < _MOST_KEYS:
                return
            after = places[-1]

    def first(self, session: Session, limit: int, after: Sequence[str] | None) -> list[Found]:
        """Return the first things after a place, at most *limit*."""
        found: list[Found] = []
        size = limit
        while len(found) < limit:
            places, more = self._batch(session, size, after)
            found += more
            if len(places) < size:
                break
            # Rows of other kinds, or that a filter leaves out, are passed in ever larger steps.
            after, size = places[-1], min(2 * size, _MOST_KEYS)
        return found[:limit]

    def _batch(
        self, session: Session, size: int, after: Sequence[str] | None
    ) -> tuple[list[Place], list[Found]]:
        """Return the places of the next rows, and the things among them."""
        kind = self.kind
        statement = kind.listing.statement(
            kind.fields,
            self._conditions(),
            order_by=self.order_by,
            descending=self.descending,
            after=after,
            limit=size,
        )
        places: list[Place] = []

        def read(view: View) -> list[Found]:
            places[:] = view.select(kind.listing.model, statement)
            return list(self._things(view, places))

        try:
            return places, self._settled(session, self._look(session, read))
        except ValidationError:
            if not places:
                raise
            return places, self._one_by_one(session, places)

    def _settled(self, session: Session, found: list[Found]) -> list[Found]:
        """Look again at what cannot be read, since others may have written between statements."""
        places = {item.place for item in found if isinstance(item.thing, Unreadable)}
        if not places:
            return found
        again = {item.place: item for item in self._loaded(session, sorted(places))}
        settled = (again.get(item.place) if item.place in places else item for item in found)
        return [item for item in settled if item is not None]

    def _one_by_one(self, session: Session, places: Sequence[Place]) -> list[Found]:
        """Return the things of some rows, of which the models refuse to load one at least."""
        half = len(places) // 2
        return [
            item
            for part in (places[:half], places[half:])
            for item in (self._loaded(session, part) if part else ())
        ]

    def _loaded(self, session: Session, places: Sequence[Place]) -> list[Found]:
        try:
            return self._look(session, lambda view: list(self._things(view, places)))
        except ValidationError as error:
            if len(places) > 1:
                return self._one_by_one(session, places)
            reason = str(error)
            return self._look(session, lambda view: self._unloadable(view, places[0], reason))

    def _unloadable(self, view: View, place: Place, reason: str) -> list[Found]:
        """Return what a model refuses to load, unless a search before this one has it."""
        listing = self.kind.listing
        for other in (kind_of(part).listing for part in self.before):
            if other.model is listing.model and view.select(other.model, other.holding(place)):
                return []
        key = listing.key_at(place, codec_for(view.dialect(listing.model)))
        thing = self._unreadable(key, reason)
        return [] if thing is None else [Found(self.name, place, key, thing)]

    def _look(self, session: Session, read: Callable[[View], T]) -> T:
        kind = self.kind
        scopes = kind.scopes(("",) * len(kind.fields))
        models = [kind.listing.model, *(item.model for item in scopes)]
        return look_at(session, models, read)

    def _conditions(self) -> list[ColumnElement[bool]]:
        """Return those filters that the database can apply."""
        kind = self.kind
        columns = {*kind.fields, *kind.listing.columns}
        texts = {name: plain(value) for name, value in self.filters.items() if name in columns}
        return [
            kind.listing.condition(kind.fields, name, text)
            for name, text in texts.items()
            if isinstance(text, str)
        ]

    def _things(self, view: View, places: Sequence[Place]) -> Iterator[Found]:
        kind = self.kind
        codec = codec_for(view.dialect(kind.listing.model))
        keys = {place: kind.listing.key_at(place, codec) for place in places}
        possible = [key for key in keys.values() if all(key)]
        view.look([item for key in possible for item in kind.scopes(key)])
        more = [item for key in possible for item in related(view, kind, key)]
        view.look([*more, *(item for key in possible for item in kind.beside(key))])
        for place, key in keys.items():
            thing = self._thing(view, key) if all(key) else None
            if thing is not None:
                yield Found(self.name, place, key, thing)

    def _thing(self, view: View, key: KeyValues) -> Spec | Unreadable | None:
        """Return the thing of a key, or None if it is of another kind or not searched for."""
        kind = self.kind
        found = rows_of(view, kind, key)
        if not found or kind.is_beside(key, view):
            return None
        other = kind.foreign(key, found)
        if other is not None:
            is_mine = kind.listing.is_rest and not _is_of_another(kind, key, found)
            return self._unreadable(key, other) if is_mine else None
        try:
            part = kind.read(key, found)
        except ValidationError as error:
            return self._unreadable(key, str(error))
        try:
            spec = self.spec.of_part(part)
        except ValidationError:
            return None
        return spec if self._matches(spec) else None

    def _unreadable(self, key: KeyValues, reason: str) -> Unreadable | None:
        if self.spec is not self.part:
            return None  # nobody knows whether it is this provider's
        return Unreadable(self.part, dict(zip(self.kind.fields, key, strict=True)), reason)

    def _matches(self, spec: Spec) -> bool:
        return all(getattr(spec, name) == value for name, value in self.filters.items())


def _is_of_another(kind: Kind[Any, Any], key: KeyValues, found: Rows) -> bool:
    """Tell whether another kind that is listed in the same table lists the rows."""
    others = [item for item in KINDS.values() if item is not kind]
    return any(
        other.listing.model is kind.listing.model
        and (
            is_readable(other, key, found)
            if other.listing.is_rest
            else other.foreign(key, found) is None
        )
        for other in others
    )


# -- What is searched for --------------------------------------------------------------------------


def searches(
    kind: type[Spec], filters: Mapping[str, object], order_by: str | None, *, descending: bool
) -> list[Search]:
    """
    Return the searches, one for each kind whose things are searched for.

    Raises:
        ValidationError: *kind* is not a class of specs; a filter is not a field of it, is secret,
            or has a value that no spec may have; or it cannot be sorted by *order_by*.
    """
    if not (isinstance(kind, type) and issubclass(kind, Spec)):
        raise ValidationError("kind", kind, "it is not a class of specs", "give one, or Spec")
    if kind is Spec:
        wanted = _all_with(filters)
    else:
        chosen = _converted(kind, filters)
        # A class without parts is not a kind either, which is an error.
        wanted = [(part, chosen) for part in kind.part_kinds() or (kind,)]
    parts = [part for part, _chosen in wanted]
    found = [
        Search(
            part if kind is Spec else kind,
            part,
            chosen,
            _sorted(part, order_by),
            descending,
            parts[:place],
            is_named=kind is not Spec,
        )
        for place, (part, chosen) in enumerate(wanted)
    ]
    return found[::-1] if descending else found


def _all_with(filters: Mapping[str, object]) -> list[tuple[type[Spec], dict[str, object]]]:
    """Return all classes of whole things with fields of these names and values."""
    found: list[tuple[type[Spec], dict[str, object]]] = []
    problem, hint = "no class of specs has these fields", "search for one class"
    refused = ValidationError("filters", ", ".join(filters), problem, hint)
    for part, kind in KINDS.items():
        if kind.listing.is_part or not filters.keys() <= searchable(part).keys():
            continue
        try:
            found.append((part, _converted(part, filters)))
        except ValidationError as error:
            refused = error  # another class may have such a value
    if not found:
        raise refused
    return found


def without_secrets(filters: Mapping[str, object]) -> dict[str, object]:
    """Return filters with the values of secret fields hidden, which no search takes."""
    secret = {
        field.name
        for part in KINDS
        for field in attrs.fields(cast("Any", part))
        if is_secret(field)
    }
    return {name: shielded(value) if name in secret else value for name, value in filters.items()}


def searchable(spec: type[Spec]) -> dict[str, Any]:
    """Return the fields that a thing can be found by: those that tell it from others."""
    fields = attrs.fields_dict(cast("Any", spec))
    return {name: field for name, field in fields.items() if field.eq and not is_secret(field)}


def _converted(spec: type[Spec], filters: Mapping[str, object]) -> dict[str, object]:
    """Return the filters' values as the spec's constructor keeps them."""
    fields = searchable(spec)
    found: dict[str, object] = {}
    for name, value in filters.items():
        if name not in fields:
            problem = f"a {spec.__name__} cannot be found by it"
            # The field may be a secret one.
            hint = f"use {', '.join(fields)}"
            raise ValidationError(name, value, problem, hint, secret=True)
        found[name] = kept(fields[name], value)
    return found


def _sorted(part: type[Spec], order_by: str | None) -> str | None:
    kind = kind_of(part)
    if order_by is None:
        return None
    known = [*kind.fields, *(name for name in kind.listing.columns if name not in kind.fields)]
    if order_by not in known:
        problem = f"a {part.__name__} cannot be sorted by it"
        raise ValidationError("order_by", order_by, problem, f"use {', '.join(known)}")
    return None if order_by == known[0] else order_by  # the key is the order anyway
