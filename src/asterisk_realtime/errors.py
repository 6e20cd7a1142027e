"""
Every exception of this library, in one tree.

::

    AsteriskRealtimeError
    ├── ValidationError (ValueError)           fields hold what Asterisk or the provider refuses
    ├── BatchError                             some of many specs are wrong
    ├── ConflictError                          it contradicts or duplicates existing rows
    │   └── ConcurrentChangeError              another transaction has just written the same rows
    ├── NotFoundError (LookupError)            a referenced object does not exist
    ├── FileConflictError (FileExistsError)    a file would be overwritten
    └── SchemaError                            the tables are not what the library needs
        ├── SchemaMissingError                 they are missing
        ├── SchemaBehindError                  they are older than this library
        ├── SchemaAheadError                   they are newer than this library
        ├── ConstraintError                    a constraint added to the tables refuses a row
        └── SchemaIrreconcilableError          an upgrade would lose or change data

A message names the field and the value (never a secret), and gives a hint.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import DBAPIError, DontWrapMixin

from asterisk_realtime.showing import HIDDEN, masked, shortened, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_LISTED: Final = 20
"""Maximum number of fields or specs in the message of one error."""


def _listed(head: str, errors: Sequence[object]) -> str:
    """Return a message with a line for each error, at most `MAX_LISTED`."""
    lines = [f"  - {shortened(str(error))}" for error in errors[:MAX_LISTED]]
    if len(errors) > MAX_LISTED:
        lines.append(f"  - and {len(errors) - MAX_LISTED} more")
    return "\n".join([f"{head}:", *lines])


class AsteriskRealtimeError(Exception):
    """
    Base class of this library's errors.

    Calls that type checkers refuse as well (with a spec's class in place of a spec, or an
    AsyncSession in place of a Session) raise a ``TypeError`` instead.
    """


@dataclass(frozen=True, slots=True)
class FieldError:
    """
    What is wrong with one field.

    Attributes:
        field: The parameter, spec field or ``table.column`` that is wrong.
        value: The given value; a secret is hidden, and so is the password in a URI.
        problem: What is wrong with it.
        hint: What to give instead.
    """

    field: str
    value: object
    problem: str
    hint: str

    def __str__(self) -> str:
        value = HIDDEN if self.value is HIDDEN else shown(self.value)
        return f"{self.field}={value}: {self.problem}; {self.hint}"

    def __reduce__(self) -> tuple[Any, ...]:
        # HIDDEN is compared by identity, so a copy must hold the same object.
        return _restored, (self.field, self.value, self.problem, self.hint, self.value is HIDDEN)

    def to_dict(self) -> dict[str, str]:
        """Return the error as a dictionary for ``json.dumps``, with the value as text."""
        value = HIDDEN if self.value is HIDDEN else shown(self.value)
        return {"field": self.field, "value": value, "problem": self.problem, "hint": self.hint}


def _restored(
    field: str,
    value: object,
    problem: str,
    hint: str,
    secret: bool,  # noqa: FBT001 - pickled
) -> FieldError:
    return FieldError(field, HIDDEN if secret else value, problem, hint)


# DontWrapMixin: raised while SQLAlchemy binds a parameter, it must reach the caller as it is,
# not inside a StatementError that prints the statement's other parameters.
class ValidationError(AsteriskRealtimeError, ValueError, DontWrapMixin):
    """
    Fields hold values that Asterisk, the provider or the column would refuse.

    What `ValidationError.to_dict` returns can be the body of an HTTP response.

    Attributes:
        errors: A `FieldError` for each wrong field.
        title: First line of the message, where there are several errors.
    """

    errors: tuple[FieldError, ...]
    title: str

    def __init__(
        self, field: str, value: object, problem: str, hint: str, *, secret: bool = False
    ) -> None:
        shown_value = HIDDEN if secret else masked(value)
        self.title = ""
        self.errors = (FieldError(field, shown_value, shortened(problem), shortened(hint)),)
        super().__init__(*self.errors)

    @classmethod
    def of(cls, title: str, errors: Iterable[FieldError]) -> ValidationError:
        """Return one error for several fields; *title* is the first line of its message."""
        new = cls.__new__(cls)
        new.title = title
        new.errors = tuple(errors)
        new.args = new.errors
        return new

    @classmethod
    def joined(cls, title: str, errors: Sequence[ValidationError]) -> ValidationError:
        """Return one error with the fields of several errors."""
        if len(errors) == 1:
            return errors[0]
        return cls.of(title, [part for error in errors for part in error.errors])

    def each(self) -> list[ValidationError]:
        """Return one error for each field."""
        return [ValidationError.of("", (error,)) for error in self.errors]

    @property
    def field(self) -> str:
        """The field of the first error."""
        return self.errors[0].field

    @property
    def value(self) -> object:
        """The value of the first error."""
        return self.errors[0].value

    @property
    def problem(self) -> str:
        """The problem of the first error."""
        return self.errors[0].problem

    @property
    def hint(self) -> str:
        """The hint of the first error."""
        return self.errors[0].hint

    def __str__(self) -> str:
        if len(self.errors) == 1:
            return str(self.errors[0])
        return _listed(self.title, self.errors)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self})"

    def __reduce__(self) -> tuple[Any, ...]:
        return ValidationError.of, (self.title, self.errors)

    def to_dict(self) -> dict[str, Any]:
        """Return the error as a dictionary for ``json.dumps``."""
        return {"errors": [error.to_dict() for error in self.errors]}

    def at(self, field: str) -> ValidationError:
        """Return the same error about *field*; only for an error about one field."""
        return ValidationError.of(self.title, [replace(self.errors[0], field=field)])


@dataclass(frozen=True, slots=True)
class SpecError:
    """
    What is wrong with one spec of many.

    Attributes:
        position: Its position among the specs; the first is 0.
        error: The error.
    """

    position: int
    error: AsteriskRealtimeError

    def __str__(self) -> str:
        return f"spec {self.position}: {self.error}"

    def to_dict(self) -> dict[str, Any]:
        """Return the error as a dictionary for ``json.dumps``."""
        return {"position": self.position, "error": str(self.error)}


class BatchError(AsteriskRealtimeError):
    """
    Specs given to `apply_batches` are wrong.

    With ``whole`` nothing is written; otherwise a generator of specs ended with an error of its
    own, and the batches before it are written.

    Attributes:
        errors: A `SpecError` for each wrong spec, in their order.
        unread: Whether specs follow that were not read, so that there may be more errors.
    """

    def __init__(self, errors: Sequence[SpecError], *, unread: bool = False) -> None:
        self.errors = tuple(errors)
        self.unread = unread
        super().__init__(self.errors)

    def __reduce__(self) -> tuple[Any, ...]:
        return _batch_error, (self.errors, self.unread)

    def __str__(self) -> str:
        count = len(self.errors)
        head = "a spec is wrong" if count == 1 else f"{count} specs are wrong"
        more = ", and those after it were not read" if self.unread else ""
        return _listed(head + more, self.errors)

    def to_dict(self) -> dict[str, Any]:
        """Return the error as a dictionary for ``json.dumps``."""
        return {"errors": [error.to_dict() for error in self.errors], "unread": self.unread}


def _batch_error(errors: tuple[SpecError, ...], unread: bool) -> BatchError:  # noqa: FBT001 - pickle's call
    return BatchError(errors, unread=unread)


class ConflictError(AsteriskRealtimeError):
    """
    What was asked for contradicts or duplicates existing rows.

    Attributes:
        wanted: What was asked for.
        existing: The row that it conflicts with.
        hint: What to do about it.
    """

    def __init__(self, wanted: str, existing: str, hint: str) -> None:
        self.wanted = wanted
        self.existing = existing
        self.hint = hint
        super().__init__(wanted, existing, hint)

    def __str__(self) -> str:
        parts = map(shortened, (self.wanted, self.existing, self.hint))
        return "{} conflicts with {}; {}".format(*parts)

    def to_dict(self) -> dict[str, str]:
        """Return the error as a dictionary for ``json.dumps``."""
        return {"wanted": self.wanted, "existing": self.existing, "hint": self.hint}


class ConcurrentChangeError(ConflictError):
    """
    Another transaction has just written or deleted the same rows: roll back, and try again.

    Calls of this library take turns, so another program wrote the rows, or a unique key that was
    added to a table refuses the row.
    """

    def __init__(
        self,
        wanted: str,
        existing: str,
        hint: str = "another program has just changed that row, or a unique key was added to the "
        "table: roll back, look at the rows that exist now, and run the transaction again",
    ) -> None:
        super().__init__(wanted, existing, hint)


class NotFoundError(AsteriskRealtimeError, LookupError):
    """
    A referenced object does not exist.

    Attributes:
        kind: What was looked for, in Asterisk's words: ``endpoint``, ``transport``.
        name: Its id.
        hint: What to do about it.
    """

    def __init__(self, kind: str, name: str, hint: str) -> None:
        self.kind = kind
        self.name = name
        self.hint = hint
        super().__init__(kind, name, hint)

    def __str__(self) -> str:
        return f"there is no {self.kind} {shown(self.name)}; {shortened(self.hint)}"

    def to_dict(self) -> dict[str, str]:
        """Return the error as a dictionary for ``json.dumps``."""
        return {"kind": self.kind, "name": self.name, "hint": self.hint}


class FileConflictError(AsteriskRealtimeError, FileExistsError):
    """Files exist already, and ``overwrite=True`` was not given; nothing was written."""


class SchemaError(AsteriskRealtimeError):
    """The database's tables are not what this library needs."""


class SchemaMissingError(SchemaError):
    """
    The database lacks realtime tables: run ``alembic upgrade head``.

    Attributes:
        tables: Names of the missing tables.
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
        rule: Which rule it is, such as ``a CHECK constraint refuses the row``.
        table: The table; None if the database does not report it.
        column: The column; None if the database does not report it.
        constraint: The constraint's name; None if the database does not report it.
        code: The database's code of the error: an SQLSTATE, MariaDB's number or SQLite's name.
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
            f"{place or 'the database'}: {self.rule} (code {self.code}); the constraint "
            "is not part of Asterisk's tables: drop it, or give the column a default"
        )


class SchemaIrreconcilableError(SchemaError):
    """
    An upgrade would lose or change data, so nothing was changed.

    Attributes:
        problems: A line for each problem, with a statement that shows the rows or solves it.
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
        *("SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_BUSY_RECOVERY", "SQLITE_BUSY_TIMEOUT"),
        *("SQLITE_LOCKED", "SQLITE_LOCKED_SHAREDCACHE"),
    }
)

_NO_SAVEPOINT: Final = 1305
"""
MariaDB's code for a savepoint that does not exist.

A deadlock ends the transaction and its savepoints. ``with session.begin_nested()`` then raises the
error of its own rollback to the savepoint.
"""


def is_retryable(error: BaseException) -> bool:
    """
    Tell whether a transaction may succeed if it is run again from the beginning.

    True for a `ConcurrentChangeError`, for SQLAlchemy's ``StaleDataError``, and for errors that
    another transaction caused, also at COMMIT: PostgreSQL's 40001, 40P01 and 55P03, MariaDB's 1020,
    1205 and 1213, SQLite's "database is locked". Always roll back before the next attempt;
    `in_transaction` does both.

    False for a lost connection, since the error does not tell whether a COMMIT was carried out, and
    for MariaDB's 1047 (a node of a Galera cluster is not ready), which no other transaction caused.

    Args:
        error: The error that a call, a flush or a commit raised.
    """
    from sqlalchemy.orm.exc import StaleDataError  # noqa: PLC0415 - slow, and seldom needed

    if isinstance(error, ConcurrentChangeError | StaleDataError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    codes = error_codes(error)
    if _NO_SAVEPOINT in codes and isinstance(error.__context__, DBAPIError):
        return is_retryable(error.__context__)
    return bool(codes & _RETRYABLE)


def error_codes(error: DBAPIError) -> frozenset[str | int]:
    """Return the codes of an error: an SQLSTATE, MariaDB's number, SQLite's name."""
    orig: Any = error.orig
    names = ("sqlstate", "errno", "sqlite_errorname")
    found = {getattr(orig, name, None) for name in names}
    number = orig.args[0] if orig.args and isinstance(orig.args[0], int) else None
    return frozenset(code for code in (*found, number) if code is not None)
