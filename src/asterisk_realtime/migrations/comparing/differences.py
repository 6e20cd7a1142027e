"""Where a database is not what is wanted of it: one class for each way, one line for each place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Column, ForeignKeyConstraint, Index, Table

    from asterisk_realtime.migrations.comparing.kinds import Kind, Verdict
    from asterisk_realtime.migrations.reading.inspection import FoundColumn


@attrs.frozen(kw_only=True)
class Difference(ABC):
    """
    One place where a database is not what is wanted.

    Attributes:
        table: Name of the table; empty for an enum type.
    """

    table: str

    @property
    def hint(self) -> str:
        """Return what to do about it."""
        return self._advise()

    def _advise(self) -> str:
        return (
            "run `alembic upgrade head` or migrations.upgrade() (at head already: `alembic stamp"
            " base` before it; with `--name` if alembic.ini has several sections)"
        )

    @property
    def what(self) -> str:
        """What is different."""
        return self._say()

    @abstractmethod
    def _say(self) -> str:
        """Return one line."""

    def __str__(self) -> str:
        return f"{self.what}; {self.hint}"


@attrs.frozen(kw_only=True)
class MissingEnum(Difference):
    """An enum type is not there (PostgreSQL)."""

    table: str = ""
    name: str
    labels: tuple[str, ...]

    def _say(self) -> str:
        return f"enum type {self.name} is missing"


@attrs.frozen(kw_only=True)
class MissingLabel(Difference):
    """An enum type lacks a word (PostgreSQL)."""

    table: str = ""
    name: str
    label: str

    def _say(self) -> str:
        return f"enum type {self.name} lacks the label {self.label!r}"


@attrs.frozen(kw_only=True)
class MissingTable(Difference):
    """A table is not there."""

    wanted: Table = attrs.field(eq=False, repr=False)

    def _say(self) -> str:
        return f"table {self.table} is missing"


@attrs.frozen(kw_only=True)
class MissingColumn(Difference):
    """
    A column is missing.

    Attributes:
        column: Its name.
        wanted: The column that is wanted.
        older: Name of an older column whose values it gets; empty if no column is replaced.
    """

    column: str
    wanted: Column[Any] = attrs.field(eq=False, repr=False)
    older: str = ""

    def _say(self) -> str:
        filled = f", and is filled from {self.older}" if self.older else ""
        return f"column {self.table}.{self.column} is missing{filled}"


@attrs.frozen(kw_only=True)
class ColumnDiffers(Difference):
    """
    A column is narrower than wanted, of another type, or has other rules.

    Attributes:
        column: Its name.
        reasons: Each way in which it differs, in words.
        verdict: What must happen to its type.
        found: The column as it is.
        kind: The kind that is wanted.
        wanted: The column that is wanted.
        yes_no: Whether the number means yes or no.
        drops_default: Whether its default is dropped, since it is not Asterisk's.
        empties: Whether rows have an empty text, which becomes NULL.
        older: Name of an older column whose value each row without one gets; empty if no column
            is replaced.
        equal: Labels of the existing enum that its collation takes for wanted ones, each with that
            one (MariaDB).
    """

    column: str
    reasons: tuple[str, ...]
    verdict: Verdict
    found: FoundColumn
    kind: Kind
    wanted: Column[Any] = attrs.field(eq=False, repr=False)
    yes_no: bool = False
    drops_default: bool = False
    empties: bool = False
    older: str = ""
    equal: tuple[tuple[str, str], ...] = ()

    def _say(self) -> str:
        return f"column {self.table}.{self.column} {' and '.join(self.reasons)}"


@attrs.frozen(kw_only=True)
class MisplacedColumn(Difference):
    """
    A column stands before another that Asterisk must read first.

    Attributes:
        column: Its name.
        after: The other.
        found: The column as it is.
        wanted: The column that is wanted.
    """

    column: str
    after: str
    found: FoundColumn
    wanted: Column[Any] = attrs.field(eq=False, repr=False)

    def _say(self) -> str:
        return f"column {self.table}.{self.column} does not stand after {self.after}"


@attrs.frozen(kw_only=True)
class OtherCase(Difference):
    """
    The name of a table (PostgreSQL) or column (PostgreSQL, MariaDB) is in another case.

    Attributes:
        column: The column's name, or empty for the table's.
        there: The existing name.
        statement: The statement that renames it.
    """

    column: str = ""
    there: str
    statement: str = attrs.field(eq=False, repr=False)

    def _say(self) -> str:
        name = f"{self.table}.{self.column}" if self.column else self.table
        thing = "column" if self.column else "table"
        return f'{thing} {name} is spelled "{self.there}", and is renamed'


@attrs.frozen(kw_only=True)
class OtherStorage(Difference):
    """
    A table's storage limits its rows or indexes too much (MariaDB).

    Attributes:
        storage: Its engine, and its row format if that is the reason.
    """

    storage: str

    def _say(self) -> str:
        return f"table {self.table} is {self.storage} instead of InnoDB DYNAMIC"


@attrs.frozen(kw_only=True)
class MissingKey(Difference):
    """A column of row numbers has no index, and cannot be the key of its partitioned table."""

    columns: tuple[str, ...]

    def _say(self) -> str:
        return f"table {self.table} has no index ({', '.join(self.columns)})"


@attrs.frozen(kw_only=True)
class MissingPrimaryKey(Difference):
    """A table has no primary key."""

    columns: tuple[str, ...]

    def _say(self) -> str:
        return f"table {self.table} has no primary key ({', '.join(self.columns)})"


@attrs.frozen(kw_only=True)
class MissingUnique(Difference):
    """Nothing keeps rows with equal values in these columns out."""

    columns: tuple[str, ...]
    name: str | None
    filled: tuple[str, ...] = ()

    def _say(self) -> str:
        return f"table {self.table} has no unique ({', '.join(self.columns)})"


@attrs.frozen(kw_only=True)
class MissingIndex(Difference):
    """
    An index is not there, or another has its name.

    Attributes:
        name: Its name.
        replaces: Whether an index of this name is there: with other columns, or with whole ones
            where that is too long (MariaDB).
        wanted: The index that is wanted.
        lengths: How many characters it holds of each column if existing columns are too long for
            it; 0 for all (MariaDB).
    """

    name: str
    replaces: bool
    wanted: Index = attrs.field(eq=False, repr=False)
    lengths: Mapping[str, int] = attrs.field(factory=dict, eq=False)

    def _say(self) -> str:
        state = "holds other columns, or too much of them" if self.replaces else "is missing"
        parts = ", ".join(
            f"{name}({length})" if length else name for name, length in self.lengths.items()
        )
        short = f", and can hold only the beginning of long texts: ({parts})" if parts else ""
        return f"index {self.name} of {self.table} {state}{short}"


@attrs.frozen(kw_only=True)
class ShortenedIndex(Difference):
    """
    An index would become too long, since its columns become longer (MariaDB).

    Attributes:
        name: Its name.
        columns: Its new columns, with the number of characters that it holds of each text.
        making: The definition that creates it, in ``ALTER TABLE``.
    """

    name: str
    columns: str
    making: str = attrs.field(eq=False, repr=False)

    def _say(self) -> str:
        return (
            f"index {self.name} of {self.table} would be too long, since its columns become longer,"
            f" and is shortened to ({self.columns})"
        )


@attrs.frozen(kw_only=True)
class MissingForeignKey(Difference):
    """Rows may refer to nothing."""

    columns: tuple[str, ...]
    wanted: ForeignKeyConstraint = attrs.field(eq=False, repr=False)

    def _say(self) -> str:
        return f"table {self.table} has no foreign key ({', '.join(self.columns)})"


@attrs.frozen(kw_only=True)
class Obstacle(Difference):
    """
    An obstacle that an upgrade cannot remove without losing or changing data.

    Attributes:
        problem: What prevents the upgrade.
        advice: What to do about it, with a statement that shows the rows or solves the problem.
        column: The column that is missing, if that is the problem.
    """

    problem: str
    advice: str
    column: str = ""

    def _say(self) -> str:
        return self.problem

    def _advise(self) -> str:
        return self.advice


@attrs.frozen(kw_only=True)
class NeverUpgraded(Difference):
    """
    The migrations never ran on the database: one line that sums up all differences.

    Attributes:
        differences: What an upgrade would change, as `plan` lists it.
    """

    differences: tuple[Difference, ...] = attrs.field(repr=False)

    def _say(self) -> str:
        tables = sum(isinstance(each, MissingTable) for each in self.differences)
        others = len(self.differences) - tables
        return (
            f"the migrations never ran on this database: {tables} tables are missing, and there are"
            f" {others} differences in other tables"
        )

    def _advise(self) -> str:
        return "run `alembic upgrade head`; `migrations.plan(bind)` lists what it does"
