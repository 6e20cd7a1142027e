"""Which statements SQLAlchemy sends, as the drivers get them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Engine, event

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

CONTROL: Final = frozenset({"BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT"})
READING: Final = frozenset(
    {"SELECT", "PRAGMA", "SHOW", "WITH", "DESCRIBE", "EXPLAIN", "SET", "USE"}
)


@dataclass(frozen=True)
class Statement:
    """One statement, with its parameters."""

    text: str
    parameters: Any = None

    @property
    def verb(self) -> str:
        """Its first word, in capitals."""
        return self.text.split(maxsplit=1)[0].upper()


@dataclass
class Record:
    """
    The statements that were sent.

    Attributes:
        statements: The statements in order, without COMMIT, for which drivers have a call.
        commits: How often that was called.
        executions: How often the driver was called; once for a call with many sets of parameters.
    """

    statements: list[Statement] = field(default_factory=list)
    commits: int = 0
    executions: int = 0

    @property
    def writing(self) -> list[Statement]:
        """The statements that change the database."""
        return [one for one in self.statements if one.verb not in CONTROL | READING]

    def __str__(self) -> str:
        """Return the number of statements, and of those that only begin or end transactions."""
        return self._counted(len(self.statements))

    @property
    def calls(self) -> str:
        """The same, where one call of the driver counts as one, however many rows it writes."""
        return self._counted(self.executions)

    def _counted(self, number: int) -> str:
        delimiting = sum(one.verb in CONTROL for one in self.statements)
        return counted(number - delimiting, delimiting + self.commits)


def counted(number: int, delimiting: int) -> str:
    """Return two numbers of statements: all others, and those that begin or end transactions."""
    return f"{number}+{delimiting}"


@contextmanager
def recorded() -> Iterator[Record]:
    """Record what every engine sends inside the block."""
    record = Record()

    def note(
        _connection: Connection,
        _cursor: Any,
        text: str,
        parameters: Any,
        _context: Any,
        executemany: bool,  # noqa: FBT001 - SQLAlchemy's signature
    ) -> None:
        record.executions += 1
        # One INSERT with VALUES for many rows is called executemany too, but has no list of sets.
        several = executemany and isinstance(parameters, list)
        sets: Sequence[Any] = parameters if several else [parameters]
        record.statements.extend(Statement(text, one) for one in sets)

    def commit(_connection: Connection) -> None:
        record.commits += 1

    event.listen(Engine, "before_cursor_execute", note)
    event.listen(Engine, "commit", commit)
    try:
        yield record
    finally:
        event.remove(Engine, "before_cursor_execute", note)
        event.remove(Engine, "commit", commit)
