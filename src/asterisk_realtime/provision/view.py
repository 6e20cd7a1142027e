"""What the database holds, and what it will hold: the engine's working copy of some of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import attrs
from sqlalchemy import Text, and_, cast, false, func, literal, null, or_, select, true, union
from sqlalchemy.orm.attributes import set_committed_value

from asterisk_realtime.errors import ConflictError, NotFoundError
from asterisk_realtime.models.types import Cell
from asterisk_realtime.provision.plans import Action, ColumnChange, RowChange
from asterisk_realtime.provision.records import (
    TABLES,
    Answer,
    Identity,
    Rows,
    Wanted,
    copy_of,
    described,
    given,
    identity,
    masked,
    same,
)
from asterisk_realtime.values.cells import codec_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import ColumnElement, Connection, Engine, Select
    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Base

M = TypeVar("M", bound="Base")

ARMS: Final = 100
"""Parts of one UNION; SQLite takes 500."""

NAMES: Final = frozenset({"id", "name"})
"""Key columns that MariaDB, and SIP peers, compare without upper and lower case."""


@attrs.frozen
class Scope:
    """
    Some rows of a table, by the values of some columns; all of them without any.

    Attributes:
        model: The table.
        where: Pairs of column and value.
        surely: Whether there are such rows as a rule, so that they are read without asking first.
    """

    model: type[Base]
    where: tuple[tuple[str, str], ...]
    surely: bool = attrs.field(default=False, eq=False)

    @property
    def condition(self) -> ColumnElement[bool]:
        """The rows, and those that differ in upper and lower case of a name."""
        parts = []
        for name, value in self.where:
            column = getattr(self.model, name)
            folds = name in NAMES
            parts.append(func.lower(column) == value.lower() if folds else column == value)
        return and_(true(), *parts)

    def has(self, row: Any) -> bool:
        """Tell whether *row* is one of them."""
        return isinstance(row, self.model) and all(
            getattr(row, name) == value for name, value in self.where
        )

    def nearly_has(self, row: Any) -> bool:
        """Tell whether *row* is one of them but for upper and lower case."""
        return isinstance(row, self.model) and all(
            str(getattr(row, name)).lower() == value.lower() for name, value in self.where
        )


def scope(model: type[Base], **where: str) -> Scope:
    """Return the rows of *model* with these values."""
    return Scope(model, tuple(where.items()))


@attrs.frozen
class Question:
    """
    What a check must know of other rows than the thing's own.

    Attributes:
        name: Tells it from all other questions.
        model: The table that is asked.
        columns: What is needed of each row, beside its key.
        where: Which rows, roughly, as SQL.
        holds: Which rows, exactly; also asked of rows that are not written yet.
    """

    name: tuple[object, ...]
    model: type[Base] = attrs.field(eq=False)
    columns: tuple[str, ...] = attrs.field(eq=False)
    where: ColumnElement[bool] = attrs.field(eq=False, repr=False)
    holds: Callable[[Any], bool] = attrs.field(eq=False, repr=False)

    @property
    def names(self) -> tuple[str, ...]:
        """All columns of an answer."""
        return (*TABLES[self.model].key, *self.columns)


@attrs.define
class _Entry:
    """A row, and what it came from: nothing if it is new."""

    row: Base
    origin: Base | None = None
    removed: bool = False
    touched: dict[str, None] = attrs.field(factory=dict)
    generated: dict[str, Callable[[], object]] = attrs.field(factory=dict)


class View:
    """Rows as they will be after the changes so far, none of which is written yet."""

    def __init__(self, session: Session) -> None:
        session.flush()  # what the caller has pending counts, and is not read over
        self._session = session
        self._entries: dict[Identity, _Entry] = {}
        self._near: list[Base] = []
        self._looked: set[Scope] = set()
        self._answers: dict[Question, list[Any]] = {}
        self._order: dict[Identity, None] = {}
        self._claims: dict[Identity, str] = {}

    # -- Reading -----------------------------------------------------------------------------------

    def look(self, scopes: Iterable[Scope] = (), questions: Iterable[Question] = ()) -> None:
        """Read what was not read yet, in as few statements as possible."""
        wanted = [item for item in dict.fromkeys(scopes) if item not in self._looked]
        asked = [item for item in dict.fromkeys(questions) if item not in self._answers]
        self._looked.update(wanted)
        unsure: dict[type[Base], list[Scope]] = {}
        for item in wanted:
            if not item.surely:
                unsure.setdefault(item.model, []).append(item)
        if len(unsure) + len(asked) > 1:
            present = self._ask(unsure, asked)
            wanted = [item for item in wanted if item.surely or item.model in present]
        else:
            self._ask({}, asked)
        for model in dict.fromkeys(item.model for item in wanted):
            self._load(model, [item for item in wanted if item.model is model])

    def _ask(
        self, scopes: dict[type[Base], list[Scope]], questions: list[Question]
    ) -> set[type[Base]]:
        """Answer *questions*, and return which tables have rows in their *scopes*."""
        width = max((len(item.names) for item in questions), default=0)
        arms: list[tuple[type[Base], Select[Any]]] = [
            (model, _arm(-1 - number, [], width).where(_either(scopes[model])))
            for number, model in enumerate(scopes)
        ]
        for number, item in enumerate(questions):
            columns = [cast(getattr(item.model, name), Text()) for name in item.names]
            arms.append((item.model, _arm(number, columns, width).where(item.where)))
            self._answers[item] = []
        present: set[type[Base]] = set()
        for tag, *cells in self._in_one(arms):
            if int(tag) < 0:
                present.add(list(scopes)[-1 - int(tag)])
            else:
                question = questions[int(tag)]
                self._answers[question].append(self._answer(question, cells))
        return present

    def _in_one(self, arms: list[tuple[type[Base], Select[Any]]]) -> Iterator[Any]:
        """Send the statements as few; a session may have a database for each family of tables."""
        groups: dict[Engine | Connection, list[Select[Any]]] = {}
        mappers: dict[Engine | Connection, type[Base]] = {}
        for model, statement in arms:
            bind = self._session.get_bind(mapper=model)
            groups.setdefault(bind, []).append(statement)
            mappers[bind] = model
        for bind, statements in groups.items():
            for start in range(0, len(statements), ARMS):
                part = statements[start : start + ARMS]
                one: Any = union(*part) if len(part) > 1 else part[0]
                yield from self._session.execute(one, bind_arguments={"mapper": mappers[bind]})

    def _answer(self, question: Question, cells: list[str | None]) -> Answer:
        codec = codec_for(self.dialect(question.model))
        answer = Answer(model=question.model)
        for name, cell in zip(question.names, cells, strict=False):
            type_ = getattr(question.model, name).type
            loads = isinstance(type_, Cell) and cell is not None
            setattr(answer, name, type_.load(cell, codec) if loads else cell)
        return answer

    def _load(self, model: type[Base], scopes: list[Scope]) -> None:
        statement = select(model).where(_either(scopes))
        # What the session read before may be older than what another program has written since.
        for row in self._session.scalars(statement, execution_options={"populate_existing": True}):
            if any(item.has(row) for item in scopes):
                self._entries.setdefault(identity(row), _Entry(copy_of(row), row))
            else:
                self._near.append(row)

    def dialect(self, model: type[Base]) -> str:
        """Return the kind of database that holds a table."""
        return self._session.get_bind(mapper=model).dialect.name

    def found(self, scopes: Iterable[Scope]) -> Rows:
        """Return the rows of some scopes, as they will be."""
        wanted = tuple(scopes)
        self.look(wanted)
        return Rows(row for row in self._alive() if any(item.has(row) for item in wanted))

    def near(self, scopes: Iterable[Scope]) -> list[Base]:
        """Return rows that differ from those of some scopes in upper and lower case alone."""
        wanted = tuple(scopes)
        rows = [*self._near, *self._alive()]
        return [
            row
            for row in rows
            if any(item.nearly_has(row) and not item.has(row) for item in wanted)
        ]

    def get(self, model: type[M], *key: str) -> M | None:
        """Return one row as it will be, or None."""
        names = TABLES[model].key
        where = tuple(zip(names, key, strict=True))
        return self.found([Scope(model, where, surely=True)]).maybe(model)

    def answers(self, question: Question) -> list[Any]:
        """Return the rows that *question* asks for, as they will be: with its columns at least."""
        self.look(questions=[question])
        known = [
            row
            for row in self._answers[question]
            if question.holds(row) and identity(row) not in self._entries
        ]
        rows = [
            row for row in self._alive() if isinstance(row, question.model) and question.holds(row)
        ]
        return [*known, *rows]

    def _alive(self) -> Iterator[Base]:
        return (entry.row for entry in self._entries.values() if not entry.removed)

    # -- Changing ----------------------------------------------------------------------------------

    def put(self, wanted: Wanted, claimant: str) -> None:
        """
        Bring one row to what is wanted.

        Raises:
            ConflictError: Another spec of the same call wants the row too.
            NotFoundError: It is part of a row that is not there.
        """
        key = identity(wanted.row)
        entry = self._entries.get(key)
        if wanted.part:
            if entry is None or entry.removed:
                raise NotFoundError(
                    TABLES[key[0]].word, str(key[1][0]), "create it first, or check its name"
                )
        else:
            self._claim(key, wanted.row, claimant)
        self._order.setdefault(key)
        if entry is None:
            self._entries[key] = _Entry(wanted.row, generated=dict(wanted.generated))
        else:
            entry.removed = False
            self._merge(entry, wanted)

    def _claim(self, key: Identity, row: Base, claimant: str) -> None:
        other = self._claims.setdefault(key, claimant)
        if other != claimant:
            raise ConflictError(
                claimant, f"{other}, which wants {described(row)} too", "give one another name"
            )

    def _merge(self, entry: _Entry, wanted: Wanted) -> None:
        model = type(wanted.row)
        for name, value in given(wanted.row).items():
            if name in wanted.initial or name in TABLES[model].key:
                continue
            if not same(model, name, getattr(entry.row, name), value, self.dialect(model)):
                set_committed_value(entry.row, name, value)
                entry.touched[name] = None

    def remove(self, row: Base) -> None:
        """Have a row go."""
        self._entries[identity(row)].removed = True
        self._order.setdefault(identity(row))

    def keep(self, row: Base) -> None:
        """Have a row stay after all."""
        self._entries[identity(row)].removed = False

    # -- Results -----------------------------------------------------------------------------------

    def changes(self) -> tuple[RowChange, ...]:
        """Return what is to be written."""
        found = (self._change(self._entries[key]) for key in self._order)
        return tuple(change for change in found if change is not None)

    def _change(self, entry: _Entry) -> RowChange | None:
        model = type(entry.row)
        names = TABLES[model].key
        columns: dict[str, tuple[object, object]] = {}
        if entry.origin is None:
            if entry.removed:
                return None
            action = Action.ADD
            columns = {n: (None, v) for n, v in given(entry.row).items() if v is not None}
            columns |= dict.fromkeys(entry.generated, (None, "generated"))
        elif entry.removed:
            action = Action.REMOVE
        else:
            action = Action.CHANGE
            columns = self._differences(entry)
            if not columns:
                return None
        return RowChange(
            action,
            model.__tablename__,
            {name: getattr(entry.row, name) for name in names},
            tuple(
                ColumnChange(name, masked(model, name, old), masked(model, name, new))
                for name, (old, new) in columns.items()
                if name not in names
            ),
        )

    def _differences(self, entry: _Entry) -> dict[str, tuple[object, object]]:
        model, dialect = type(entry.row), self.dialect(type(entry.row))
        pairs = {n: (getattr(entry.origin, n), getattr(entry.row, n)) for n in entry.touched}
        return {n: pair for n, pair in pairs.items() if not same(model, n, *pair, dialect)}

    def write(self) -> None:
        """Hand the changes to the session, which writes them at its next flush."""
        for key in self._order:
            entry = self._entries[key]
            if entry.origin is None:
                if not entry.removed:
                    for name, make in entry.generated.items():
                        setattr(entry.row, name, make())
                    self._session.add(entry.row)
            elif entry.removed:
                self._session.delete(entry.origin)
            else:
                for name, (_old, new) in self._differences(entry).items():
                    setattr(entry.origin, name, new)

    def claimed(self, claimant: str) -> Rows:
        """Return the session's rows that *claimant* wanted."""
        entries = (self._entries[key] for key, name in self._claims.items() if name == claimant)
        return Rows(entry.origin or entry.row for entry in entries)


def _arm(tag: int, columns: list[Any], width: int) -> Select[Any]:
    empty = [cast(null(), Text())] * (width - len(columns))
    return select(literal(str(tag)), *columns, *empty)


def _either(scopes: list[Scope]) -> ColumnElement[bool]:
    """Return one condition for several scopes, flat, since SQLite bounds a condition's depth."""
    single: dict[str, list[str]] = {}
    others: list[ColumnElement[bool]] = []
    if any(not item.where for item in scopes):
        return true()
    for item in scopes:
        if len(item.where) == 1:
            ((name, value),) = item.where
            single.setdefault(name, []).append(value)
        else:
            others.append(item.condition)
    for name, values in single.items():
        column = getattr(scopes[0].model, name)
        if name in NAMES:
            others.append(func.lower(column).in_([value.lower() for value in values]))
        else:
            others.append(column.in_(values))
    return or_(false(), *others)
