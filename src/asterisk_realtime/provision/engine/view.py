"""What the database will hold: the engine's working copy of some of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm.attributes import set_committed_value

from asterisk_realtime.errors import ConflictError, NotFoundError
from asterisk_realtime.models import Base
from asterisk_realtime.provision.engine.changes import change_of, is_changed
from asterisk_realtime.provision.engine.entries import Entries, Entry
from asterisk_realtime.provision.engine.reader import Reader
from asterisk_realtime.provision.engine.records import (
    TABLES,
    Answer,
    Identity,
    Rows,
    Wanted,
    copy_of,
    described,
    given,
    identity,
    same,
)
from asterisk_realtime.provision.engine.scopes import Question, Scope

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy.orm import Session

    from asterisk_realtime.provision.engine.lock import Bind
    from asterisk_realtime.provision.engine.plans import RowChange

M = TypeVar("M", bound=Base)

MAX_ASKED: Final = 4000
"""If there are more scopes, they are read without asking first whether they have rows."""


def _primary_key(row: Base) -> tuple[Any, ...]:
    return inspect(row).identity or ()


def _whole(wanted: Wanted) -> Base:
    """Return a wanted row with None in each column that is not set, as in a new row."""
    row, mapper = copy_of(wanted.row), inspect(type(wanted.row))
    for name, column in mapper.columns.items():
        if column.nullable and name not in given(row) and name not in wanted.generated:
            set_committed_value(row, name, None)
    return row


class View:
    """Rows as they will be after the changes so far, none of which is written yet."""

    def __init__(
        self, session: Session, absent: Collection[str] = (), *, reads_version: bool = False
    ) -> None:
        """
        Begin with nothing read.

        Args:
            session: The caller's session.
            absent: Names of tables that the database lacks; nothing is found there.
            reads_version: Whether to read the version in each database's lock, as a write needs it.
        """
        self._session = session
        self._reader = Reader(session, reads_version=reads_version)
        self._absent = frozenset(absent)
        self._entries = Entries()
        self._in_other_case: list[Base] = []
        self._read: dict[int, Base] = {}
        self._looked: set[Scope] = set()
        self._answers: dict[Question, list[Answer]] = {}
        # Answers to questions, kept until a row is added, changed or removed.
        self._held: dict[Question, list[Any]] = {}
        self._order: dict[Entry, None] = {}
        self._claims: dict[Identity, str] = {}

    # -- Reading -----------------------------------------------------------------------------------

    @property
    def versions(self) -> Mapping[Bind, int]:
        """The version in each database's lock when this view began to read there."""
        return self._reader.versions

    def is_current(self) -> bool:
        """Tell whether reading again would find the same, since no call has committed meanwhile."""
        return self._reader.is_current()

    def look(self, scopes: Iterable[Scope] = (), questions: Iterable[Question] = ()) -> None:
        """Read the scopes and questions that are not read yet, in as few statements as possible."""
        wanted = [item for item in dict.fromkeys(scopes) if item not in self._looked]
        self._looked.update(wanted)
        wanted = [item for item in wanted if not self.lacks(item.model)]
        asked: list[Question] = []
        for question in dict.fromkeys(questions):
            if question not in self._answers:
                self._answers[question] = []
                if not self.lacks(question.model):
                    asked.append(question)
        unsure: dict[type[Base], list[Scope]] = {}
        for item in wanted:
            if not item.is_usual and len(wanted) <= MAX_ASKED:
                unsure.setdefault(item.model, []).append(item)
        models = [*(item.model for item in wanted), *(item.model for item in asked)]
        alone = len(unsure) + len(asked) <= 1
        present: set[type[Base]] = set()
        if asked or not alone:
            present, answers = self._reader.ask({} if alone else unsure, asked, models)
            self._answers.update(zip(asked, answers, strict=True))
        if not alone:
            absent = unsure.keys() - present
            wanted = [item for item in wanted if item.is_usual or item.model not in absent]
        for model in dict.fromkeys(item.model for item in wanted):
            self._load(model, [item for item in wanted if item.model is model])

    def _load(self, model: type[Base], scopes: list[Scope]) -> None:
        wanted: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        for item in scopes:
            names, values = zip(*item.where, strict=True) if item.where else ((), ())
            wanted.setdefault(names, set()).add(values)
        # Of several rows with the same key the first one counts; the others are surplus.
        for row in sorted(self._reader.rows(model, scopes), key=_primary_key):
            self._read[id(row)] = row
            if any(
                tuple(getattr(row, name) for name in names) in values
                for names, values in wanted.items()
            ):
                self._add(Entry(copy_of(row), row))
            else:
                self._in_other_case.append(row)

    def _add(self, entry: Entry) -> None:
        self._changed()
        self._entries.add(entry)

    def _changed(self) -> None:
        self._held.clear()
        self._entries.changed()

    def found(self, scopes: Iterable[Scope]) -> Rows:
        """Return the rows of some scopes, as they will be."""
        wanted = tuple(scopes)
        if not self._looked.issuperset(wanted):
            self.look(wanted)
        rows = (row for item in wanted for row in self._entries.like(item) if item.has(row))
        return Rows({id(row): row for row in rows}.values())

    def select(self, model: type[Base], statement: Any) -> list[tuple[str, ...]]:
        """Return the texts that a statement selects from a table."""
        return self._reader.select(model, statement)

    def lacks(self, model: type[Base]) -> bool:
        """Tell whether the database lacks a table."""
        return model.__tablename__ in self._absent

    def in_other_case(self, scopes: Iterable[Scope]) -> list[Base]:
        """Return rows that would be in one of some scopes if case were ignored, and are not."""
        return [
            row
            for item in scopes
            for row in (*self._in_other_case, *self._entries.like(item))
            if item.has_ignoring_case(row) and not item.has(row)
        ]

    def get(self, model: type[M], *key: str) -> M | None:
        """Return one row as it will be, or None."""
        names = TABLES[model].key
        where = tuple(zip(names, key, strict=True))
        return self.found([Scope(model, where, is_usual=True)]).first(model)

    def answers(self, question: Question) -> list[Any]:
        """Return the rows that *question* asks for, as they will be, with its columns at least."""
        self.look(questions=[question])
        if question not in self._held:
            known = [
                row
                for row in self._answers[question]
                if question.holds(row) and self._entries.get(identity(row)) is None
            ]
            rows = self._entries.of(question.model)
            self._held[question] = [*known, *(row for row in rows if question.holds(row))]
        return list(self._held[question])

    def had(self, question: Question) -> bool:
        """Tell whether the database had a row that matches *question*, before any change."""
        self.look(questions=[question])
        return bool(self._answers[question])

    def stored(self, model: type[M]) -> list[M]:
        """Return the rows of one table that were read so far, as they are stored."""
        origins = (entry.origin for entry in self._entries.all(model))
        return [row for row in origins if isinstance(row, model)]

    def dialect(self, model: type[Base]) -> str:
        """Return the name of the dialect of the database that holds a table."""
        return self._reader.dialect(model)

    def ever(self, model: type[M]) -> list[M]:
        """Return the rows of one table that were read or wanted so far, including removed ones."""
        rows = (entry.row for entry in self._entries.all(model))
        return [row for row in rows if isinstance(row, model)]

    def known(self, model: type[M]) -> list[M]:
        """Return the rows of one table that were read or wanted so far, as they will be."""
        return [row for row in self._entries.of(model) if isinstance(row, model)]

    def altered(self, model: type[M]) -> list[M]:
        """Return the rows of one table that were added or changed so far, and not removed."""
        entries = (entry for entry in self._order if type(entry.row) is model)
        return [
            entry.row
            for entry in entries
            if isinstance(entry.row, model) and not entry.removed and is_changed(entry)
        ]

    # -- Changing ----------------------------------------------------------------------------------

    def put(self, wanted: Wanted, claimant: str | None) -> None:
        """
        Add a wanted row, or change the existing one to match.

        Args:
            wanted: The row, or some columns of one.
            claimant: The thing whose row it is; None if a spec of the same call may want it too.

        Raises:
            ConflictError: Another spec of the same call wants the row too.
            NotFoundError: *wanted* is a part of a row that does not exist.
        """
        key = identity(wanted.row)
        entry = self._entries.get(key)
        if wanted.part:
            if entry is None or entry.removed:
                raise NotFoundError(
                    TABLES[key[0]].word, str(key[1][0]), "create it first, or check its name"
                )
        elif claimant is not None:
            self._claim(key, wanted.row, claimant)
        if entry is None:
            entry = Entry(wanted.row, generated=dict(wanted.generated))
            self._add(entry)
        elif entry.removed:
            # A row that is removed and added in one call is new: it keeps nothing of the old one.
            entry.removed = False
            entry.generated = dict(wanted.generated)
            self._merge(entry, Wanted(_whole(wanted)))
        else:
            self._merge(entry, wanted)
        self._order.setdefault(entry)

    def move(self, row: Base, moved: Base, claimant: str | None) -> None:
        """
        Give a row another key.

        Args:
            row: The row as it is.
            moved: The row with the other key.
            claimant: The thing whose row it is; None if a spec of the same call may want it too.

        Raises:
            ConflictError: Another spec of the same call wants the row too.
        """
        self.remove(row)
        there = self._entries.get(identity(moved))
        if there is not None and not there.removed:
            self.put(Wanted(moved), claimant)
            return
        if claimant is not None:
            self._claim(identity(moved), moved, claimant)
        entry = Entry(moved, source=self._entries[row])
        self._add(entry)
        self._order.setdefault(entry)

    def _claim(self, key: Identity, row: Base, claimant: str) -> None:
        other = self._claims.setdefault(key, claimant)
        if other != claimant:
            raise ConflictError(
                claimant, f"{other}, which wants {described(row)} too", "give one another name"
            )

    def _merge(self, entry: Entry, wanted: Wanted) -> None:
        self._changed()
        model = type(wanted.row)
        for name, value in given(wanted.row).items():
            if name in wanted.initial or name in TABLES[model].key:
                continue
            if not same(model, name, getattr(entry.row, name), value):
                set_committed_value(entry.row, name, value)
                entry.touched[name] = None

    def remove(self, row: Base) -> None:
        """Mark a row as removed."""
        self._changed()
        entry = self._entries[row]
        entry.removed = True
        self._order.setdefault(entry)

    def is_removed(self, row: Base) -> bool:
        """Tell whether a row is marked as removed."""
        return self._entries[row].removed

    def is_surplus(self, row: Base) -> bool:
        """Tell whether the database has another row with the same key that counts instead."""
        return self._entries[row].surplus

    def keep(self, row: Base) -> None:
        """Keep a row that was marked as removed."""
        self._changed()
        self._entries[row].removed = False

    # -- Results -----------------------------------------------------------------------------------

    @property
    def session(self) -> Session:
        """The caller's session."""
        return self._session

    def concerned(self) -> list[Entry]:
        """Return the entries of the rows that were put or removed, in that order."""
        return list(self._order)

    def changes(self) -> tuple[tuple[RowChange, Base], ...]:
        """Return the changes, each with its row."""
        found = ((change_of(entry), entry.row) for entry in self._order)
        return tuple((change, row) for change, row in found if change is not None)

    def forget_missing(self, newer: View) -> None:
        """Make the session forget rows that this view has read and *newer* no longer finds."""
        for row in self._read.values():
            if id(row) not in newer._read and row in self._session:
                self._session.expunge(row)

    def originals(self, rows: Iterable[Base]) -> Rows:
        """Return the session's rows of which *rows* are the working copies."""
        found = (self._entries[row].origin for row in rows)
        return Rows(row for row in found if row is not None)

    def claimed(self, claimant: str) -> Rows:
        """Return the session's rows that *claimant* wanted."""
        keys = (key for key, name in self._claims.items() if name == claimant)
        entries = (entry for key in keys if (entry := self._entries.get(key)) is not None)
        return Rows(entry.origin or entry.row for entry in entries)
