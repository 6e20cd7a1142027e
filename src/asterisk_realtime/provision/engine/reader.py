"""Read rows in as few statements as possible, from each database of a session."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Text, cast, literal, null, select, union
from sqlalchemy.orm import outerjoin

from asterisk_realtime.models.change_lock import LOCK
from asterisk_realtime.models.types import Cell
from asterisk_realtime.provision.engine.lock import ROW, has_old_snapshot
from asterisk_realtime.provision.engine.records import Answer
from asterisk_realtime.provision.engine.scopes import either
from asterisk_realtime.values.cells import codec_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Result, Select
    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.lock import Bind
    from asterisk_realtime.provision.engine.scopes import Question, Scope

ARMS: Final = 100
"""Maximum number of SELECTs in one UNION; SQLite takes 500."""

SCOPES: Final = 1000
"""Maximum number of scopes in one statement; PostgreSQL takes 65,535 parameters, SQLite 32,766."""

NO_VERSION: Final = -1
"""The version of a database whose lock table is empty."""

_VERSION: Final = "version"

_SEES_LATER_COMMITS: Final = frozenset({"READ COMMITTED", "READ UNCOMMITTED"})
"""Isolation levels at which a statement sees what was committed after the one before it."""


class Reader:
    """
    Reads through the caller's session.

    Attributes:
        versions: The version in each database's lock when this reader began to read there.
    """

    def __init__(self, session: Session, *, reads_version: bool = False) -> None:
        session.flush()  # the caller's pending changes count, and must not be overwritten
        self._session = session
        self._reads_version = reads_version
        self._statements: Counter[Bind] = Counter()
        self.versions: dict[Bind, int] = {}

    def is_current(self) -> bool:
        """
        Tell whether reading again would find the same, since no call has committed meanwhile.

        This costs a statement for each database, unless only one statement was sent.
        """
        if self._statements.total() <= 1:
            return True
        return not any(map(self._may_have_changed, self._statements))

    def _may_have_changed(self, bind: Bind) -> bool:
        arguments = {"bind": bind}
        if not self._reads_version:
            level = self._session.connection(bind_arguments=arguments).get_isolation_level()
            return level in _SEES_LATER_COMMITS
        statement = select(LOCK.c.version).where(LOCK.c.id == ROW)
        version = self._session.execute(statement, bind_arguments=arguments).scalar()
        return version is None or version != self.versions[bind]

    def ask(
        self,
        scopes: Mapping[type[Base], Sequence[Scope]],
        questions: Sequence[Question],
        models: Iterable[type[Base]] = (),
    ) -> tuple[set[type[Base]], list[list[Answer]]]:
        """
        Return which tables have rows in their *scopes*, and the answers to *questions*.

        Afterwards the versions of these databases, and those of *models*, are known.
        """
        width = max((len(item.names) for item in questions), default=1)
        arms: list[tuple[type[Base], Select[Any]]] = [
            (model, _arm(-1 - number, [], width).where(either(scopes[model])))
            for number, model in enumerate(scopes)
        ]
        for number, item in enumerate(questions):
            columns = [_text_of(item.model, name) for name in item.names]
            arms += [
                (item.model, _arm(number, columns, width).where(where)) for where in item.where()
            ]
        present: set[type[Base]] = set()
        answers: list[list[Answer]] = [[] for _ in questions]
        for tag, *cells in self._in_one(arms, models, width):
            number = int(tag)
            if number < 0:
                present.add(list(scopes)[-1 - number])
            else:
                answers[number].append(self._answer(questions[number], cells))
        return present, answers

    def _in_one(
        self, arms: list[tuple[type[Base], Select[Any]]], models: Iterable[type[Base]], width: int
    ) -> Iterator[Any]:
        """Send the SELECTs in few statements; a session may have one database for each family."""
        groups: dict[Bind, list[Select[Any]]] = {}
        mappers: dict[Bind, type[Base]] = {}
        for model in (*(model for model, _arm in arms), *models):
            mappers.setdefault(self._session.get_bind(mapper=model), model)
        for bind in mappers:
            groups[bind] = []
        for model, statement in arms:
            groups[self._session.get_bind(mapper=model)].append(statement)
        for bind, statements in groups.items():
            if self._reads_version and bind not in self.versions:
                self.versions[bind] = NO_VERSION
                statements.insert(0, _version_arm(width))
            for row in self._sent(statements, mappers[bind]):
                if row[0] == _VERSION:
                    self.versions[bind] = int(row[1])
                else:
                    yield row

    def _sent(self, statements: list[Select[Any]], model: type[Base]) -> Iterator[Any]:
        if self._locks(model):  # a UNION cannot lock rows
            for statement in statements:
                yield from self._execute(statement.with_for_update(read=True), model)
            return
        for start in range(0, len(statements), ARMS):
            part = statements[start : start + ARMS]
            together: Any = union(*part) if len(part) > 1 else part[0]
            yield from self._execute(together, model)

    def _execute(self, statement: Any, model: type[Base], **options: Any) -> Result[Any]:
        self._statements[self._session.get_bind(mapper=model)] += 1
        arguments = {"mapper": model}
        return self._session.execute(statement, execution_options=options, bind_arguments=arguments)

    def _locks(self, model: type[Base]) -> bool:
        return has_old_snapshot(self._session.connection(bind_arguments={"mapper": model}))

    def _answer(self, question: Question, cells: list[str | None]) -> Answer:
        codec = codec_for(self.dialect(question.model))
        answer = Answer(model=question.model)
        for name, cell in zip(question.names, cells, strict=False):
            type_ = getattr(question.model, name).type
            loads = isinstance(type_, Cell) and cell is not None
            setattr(answer, name, type_.load(cell, codec) if loads else cell)
        return answer

    def select(self, model: type[Base], statement: Any) -> list[tuple[str, ...]]:
        """Return the texts that a statement selects from a table."""
        if self._locks(model):
            statement = statement.with_for_update(read=True)
        return [tuple(map(str, row)) for row in self._execute(statement, model)]

    def rows(self, model: type[Base], scopes: Sequence[Scope]) -> list[Base]:
        """Return the session's rows that are in one of *scopes* if case is ignored."""
        parts = (scopes[start : start + SCOPES] for start in range(0, len(scopes), SCOPES))
        found = [row for part in parts for row in self._rows(model, part)]
        # A row may be in scopes of two statements.
        return list({id(row): row for row in found}.values())

    def _rows(self, model: type[Base], scopes: Sequence[Scope]) -> list[Base]:
        bind = self._session.get_bind(mapper=model)
        reads_version = self._reads_version and bind not in self.versions
        statement: Any = _all(model).where(either(scopes))
        if self._locks(model):
            if reads_version:
                list(self._in_one([], [model], width=1))
            statement = statement.with_for_update(read=True)
        elif reads_version:
            found = self._sent_anew(_with_version(model, scopes), model)
            self.versions[bind] = found[0].version if found else NO_VERSION
            if found:
                return [row for _version, row in found if row is not None]
        # SQLite accepts NULL as a primary key; such a row cannot become an object.
        return [row for (row,) in self._sent_anew(statement, model) if row is not None]

    def _sent_anew(self, statement: Any, model: type[Base]) -> Sequence[Any]:
        # Another program may have changed rows that the session read before.
        return self._execute(statement, model, populate_existing=True).all()

    def dialect(self, model: type[Base]) -> str:
        """Return the name of the dialect of the database that holds a table."""
        return self._session.get_bind(mapper=model).dialect.name


@cache
def _all(model: type[Base]) -> Select[Any]:
    return select(model)


@cache
def _text_of(model: type[Base], name: str) -> ColumnElement[str]:
    return cast(getattr(model, name), Text())


_EMPTY: Final = cast(null(), Text())


def _arm(tag: int | str, columns: list[Any], width: int) -> Any:
    empty = [_EMPTY] * (width - len(columns))
    # Labels, since a question may name a column of the key again.
    labelled = (column.label(f"c{place}") for place, column in enumerate([*columns, *empty]))
    return select(literal(str(tag)), *labelled)


def _version_arm(width: int) -> Any:
    columns = [cast(LOCK.c.version, Text())]
    return _arm(_VERSION, columns, width).where(LOCK.c.id == ROW)


def _with_version(model: type[Base], scopes: Sequence[Scope]) -> Any:
    """Return one statement for the lock's version and the rows, if there are any."""
    joined = outerjoin(LOCK, model, either(scopes))
    return select(LOCK.c.version, model).select_from(joined).where(LOCK.c.id == ROW)
