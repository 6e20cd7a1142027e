"""How rows are read: as few statements as possible, over as many databases as a session has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Text, cast, literal, null, select, union

from asterisk_realtime.models.types import Cell
from asterisk_realtime.provision.engine.records import Answer
from asterisk_realtime.provision.engine.scopes import either
from asterisk_realtime.values.cells import codec_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Engine, Select
    from sqlalchemy.orm import Session

    from asterisk_realtime.models import Base
    from asterisk_realtime.provision.engine.scopes import Question, Scope

ARMS: Final = 100
"""Parts of one UNION; SQLite takes 500."""


class Reader:
    """Reads through the caller's session."""

    def __init__(self, session: Session) -> None:
        session.flush()  # what the caller has pending counts, and is not read over
        self._session = session

    def ask(
        self, scopes: Mapping[type[Base], Sequence[Scope]], questions: Sequence[Question]
    ) -> tuple[set[type[Base]], list[list[Answer]]]:
        """Return which tables have rows in their *scopes*, and the answers to *questions*."""
        width = max((len(item.names) for item in questions), default=0)
        arms: list[tuple[type[Base], Select[Any]]] = [
            (model, _arm(-1 - number, [], width).where(either(scopes[model])))
            for number, model in enumerate(scopes)
        ]
        for number, item in enumerate(questions):
            columns = [cast(getattr(item.model, name), Text()) for name in item.names]
            arms.append((item.model, _arm(number, columns, width).where(item.where)))
        present: set[type[Base]] = set()
        answers: list[list[Answer]] = [[] for _ in questions]
        for tag, *cells in self._in_one(arms):
            number = int(tag)
            if number < 0:
                present.add(list(scopes)[-1 - number])
            else:
                answers[number].append(self._answer(questions[number], cells))
        return present, answers

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

    def rows(self, model: type[Base], scopes: Sequence[Scope]) -> list[Base]:
        """Return the session's rows in any of *scopes*, or but for upper and lower case in one."""
        statement = select(model).where(either(scopes))
        # What the session read before may be older than what another program has written since.
        options = {"populate_existing": True}
        return list(self._session.scalars(statement, execution_options=options))

    def dialect(self, model: type[Base]) -> str:
        """Return the kind of database that holds a table."""
        return self._session.get_bind(mapper=model).dialect.name


def _arm(tag: int, columns: list[Any], width: int) -> Any:
    empty = [cast(null(), Text())] * (width - len(columns))
    return select(literal(str(tag)), *columns, *empty)
