"""
Every exception of this library, in one tree.

::

    AsteriskRealtimeError
    ├── InvalidValueError (ValueError)         a field holds what Asterisk or the provider refuses
    ├── InvalidValuesError (ExceptionGroup)    several fields do; one InvalidValueError for each
    ├── ConflictError                          it contradicts or duplicates what the database holds
    │   └── ConcurrentChangeError              another transaction has just written the same rows
    ├── NotFoundError (LookupError)            something that is named does not exist
    ├── FileConflictError (FileExistsError)    a file would be overwritten
    └── SchemaError                            the database's tables are not what the library needs
        ├── SchemaMissingError                 they are not there
        ├── SchemaBehindError                  they are older than this library
        ├── SchemaAheadError                   they are newer than this library
        ├── ConstraintError                    a constraint added to the tables refuses a row
        └── SchemaIrreconcilableError          an upgrade would lose or change data

A message names the field and the value (never a secret), and gives a hint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy.exc import DBAPIError, DontWrapMixin

from asterisk_realtime.showing import HIDDEN, masked, shortened, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_LISTED: Final = 20
"""Errors of one group that its message lists."""


class AsteriskRealtimeError(Exception):
    """Root of all errors that this library raises on purpose."""


# DontWrapMixin: raised while SQLAlchemy binds a parameter, it must reach the caller as it is,
# not inside a StatementError that prints the statement's other parameters.
class InvalidValueError(AsteriskRealtimeError, ValueError, DontWrapMixin):
    """
    A field holds a value that Asterisk, the provider or the column would not take.

    Attributes:
        field: The parameter, spec field or ``table.column`` at fault.
        value: The value given; hidden if it is a secret, and without the password of a URI.
        problem: What is wrong with it.
        way_out: What to give instead.
    """

    def __init__(
        self, field: str, value: object, problem: str, way_out: str, *, secret: bool = False
    ) -> None:
        self.field = field
        self.value = HIDDEN if secret else masked(value)
        self.problem = shortened(problem)
        self.way_out = shortened(way_out)
        super().__init__(field, self.value, self.problem, self.way_out)

    def __str__(self) -> str:
        value = HIDDEN if self.value is HIDDEN else shown(self.value)
        return f"{self.field}={value}: {self.problem}; {self.way_out}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy hides its value too: the text that replaces a secret is compared by identity.
        return _restored, (self.field, self.value, self.problem, self.way_out, self.value is HIDDEN)

    def at(self, field: str) -> InvalidValueError:
        """Return the same complaint about *field*."""
        return InvalidValueError(
            field, self.value, self.problem, self.way_out, secret=self.value is HIDDEN
        )


def _restored(
    field: str,
    value: object,
    problem: str,
    way_out: str,
    secret: bool,  # noqa: FBT001 - pickled
) -> InvalidValueError:
    return InvalidValueError(field, value, problem, way_out, secret=secret)


class InvalidValuesError(AsteriskRealtimeError, ExceptionGroup[InvalidValueError]):
    """Several fields are wrong; ``exceptions`` has one `InvalidValueError` for each."""

    if TYPE_CHECKING:  # typeshed allows for nested groups, which these are not

        @property
        def exceptions(self) -> tuple[InvalidValueError, ...]:
            """One for each field."""
            ...

    def __new__(cls, message: str, exceptions: Sequence[InvalidValueError]) -> Self:
        """Make the group; the elements' type is narrower than a group's in general."""
        return super().__new__(cls, message, exceptions)

    def derive(self, excs: Sequence[InvalidValueError]) -> InvalidValuesError:  # type: ignore[override]  # of our own errors alone
        """Make a subgroup one of ours too (PEP 654); typeshed declares a wider element type."""
        return InvalidValuesError(self.message, excs)

    def __str__(self) -> str:
        lines = [f"  - {shortened(str(error))}" for error in self.exceptions[:MAX_LISTED]]
        if len(self.exceptions) > MAX_LISTED:
            lines.append(f"  - and {len(self.exceptions) - MAX_LISTED} more")
        return "\n".join([f"{self.message}:", *lines])

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"


class ConflictError(AsteriskRealtimeError):
    """
    What is wanted contradicts or duplicates what the database holds.

    Attributes:
        wanted: What was asked for.
        existing: The row that stands against it.
        way_out: What to do about it.
    """

    def __init__(self, wanted: str, existing: str, way_out: str) -> None:
        self.wanted = wanted
        self.existing = existing
        self.way_out = way_out
        super().__init__(wanted, existing, way_out)

    def __str__(self) -> str:
        parts = map(shortened, (self.wanted, self.existing, self.way_out))
        return "{} conflicts with {}; {}".format(*parts)


class ConcurrentChangeError(ConflictError):
    """
    Another transaction has just written or deleted the same rows: roll back, and run it again.

    Calls of this library take turns, so the rows were written by another program, or a unique key
    that was added to a table refuses the row.
    """

    def __init__(
        self,
        wanted: str,
        existing: str,
        way_out: str = "another program has just written it, or the table has a unique key of its "
        "own: roll back, look at the rows that exist now, and run the transaction again",
    ) -> None:
        super().__init__(wanted, existing, way_out)


class NotFoundError(AsteriskRealtimeError, LookupError):
    """
    Something that is named does not exist.

    Attributes:
        kind: What was looked for, in Asterisk's words: ``endpoint``, ``transport``.
        name: Its id.
        way_out: What to do about it.
    """

    def __init__(self, kind: str, name: str, way_out: str) -> None:
        self.kind = kind
        self.name = name
        self.way_out = way_out
        super().__init__(kind, name, way_out)

    def __str__(self) -> str:
        return f"there is no {self.kind} {shown(self.name)}; {shortened(self.way_out)}"


class FileConflictError(AsteriskRealtimeError, FileExistsError):
    """A file would be overwritten, and nobody said that it may."""


class SchemaError(AsteriskRealtimeError):
    """The database's tables are not what this library needs."""


class SchemaMissingError(SchemaError):
    """
    The database has no realtime tables yet: run ``alembic upgrade head``.

    Attributes:
        tables: Names of those that were needed.
    """

    def __init__(self, message: str, tables: Sequence[str] = ()) -> None:
        self.tables = frozenset(tables)
        super().__init__(message)


class SchemaBehindError(SchemaError):
    """The database is older than this library: run ``alembic upgrade head``."""


class SchemaAheadError(SchemaError):
    """The database is newer than this library: upgrade the library."""


class ConstraintError(SchemaError):
    """
    A constraint that was added to the tables refuses a row, such as a NOT NULL column.

    Attributes:
        rule: Why it refuses the row, such as ``a CHECK constraint refuses the row``.
        table: Its table; None if the database does not tell.
        column: Its column; None if the database does not tell.
        constraint: Its name; None if the database does not tell.
        code: The database's code of the error: an SQLSTATE, or MariaDB's or SQLite's number.
    """

    def __init__(
        self, rule: str, table: str | None, column: str | None, constraint: str | None, code: str
    ) -> None:
        self.rule = rule
        self.table = table
        self.column = column
        self.constraint = constraint
        self.code = code
        super().__init__(rule, table, column, constraint, code)

    def __str__(self) -> str:
        names = {"table": self.table, "column": self.column, "constraint": self.constraint}
        place = ", ".join(f"{word} {name}" for word, name in names.items() if name)
        return (
            f"{place or 'the database'}: {self.rule} (code {self.code}); it is not "
            "part of Asterisk's tables: drop it, or give the column a default"
        )


class SchemaIrreconcilableError(SchemaError):
    """
    An upgrade would lose or change data, so nothing was changed.

    Attributes:
        problems: One line for each place, with the statement that shows it.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(["the database cannot be upgraded as it is:", *self.problems])


_RETRYABLE: Final = frozenset(
    {
        *("40001", "40P01", "55P03"),  # PostgreSQL: not serializable, deadlock, lock timeout
        *(1020, 1205, 1213),  # MariaDB: changed since it was read, lock timeout, deadlock
        *("SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_BUSY_RECOVERY", "SQLITE_LOCKED"),
    }
)


def is_retryable(error: BaseException) -> bool:
    """
    Tell whether the same transaction may succeed if it is run again from its beginning.

    True for a `ConcurrentChangeError`, and for errors that another transaction caused:
    PostgreSQL's 40001, 40P01 and 55P03, MariaDB's 1020, 1205 and 1213, SQLite's "database is
    locked". Roll back before the next attempt in each case.

    Args:
        error: The error that a call, a flush or a commit raised.
    """
    if isinstance(error, ConcurrentChangeError):
        return True
    return isinstance(error, DBAPIError) and bool(error_codes(error) & _RETRYABLE)


def error_codes(error: DBAPIError) -> frozenset[str | int]:
    """Return the codes of an error: SQLSTATE, MariaDB's number, SQLite's name of it."""
    orig: Any = error.orig
    names = ("sqlstate", "errno", "sqlite_errorname")
    found = {getattr(orig, name, None) for name in names}
    number = orig.args[0] if orig.args and isinstance(orig.args[0], int) else None
    return frozenset(code for code in (*found, number) if code is not None)
