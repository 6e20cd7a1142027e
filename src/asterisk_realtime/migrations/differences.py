"""Where a database is not what is wanted of it: one class for each way, one line for each place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from sqlalchemy import Column, ForeignKeyConstraint, Index, Table

    from asterisk_realtime.migrations.inspection import FoundColumn
    from asterisk_realtime.migrations.kinds import Kind, Verdict


@attrs.frozen(kw_only=True)
class Difference(ABC):
    """
    One place where a database is not what is wanted.

    Attributes:
        table: Name of the table; empty for an enum type.
    """

    table: str

    @property
    def way_out(self) -> str:
        """What mends it."""
        return self._advise()

    def _advise(self) -> str:
        return "run `alembic upgrade head` (at head already: `alembic stamp base` before it)"

    @property
    def what(self) -> str:
        """What is different."""
        return self._say()

    @abstractmethod
    def _say(self) -> str:
        """Return one line."""

    def __str__(self) -> str:
        return f"{self.what}; {self.way_out}"


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
    A column is not there.

    Attributes:
        column: Its name.
        wanted: The column that is wanted.
        older: A column whose values are taken over.
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
        yes_no: Whether the number that is wanted means yes or no.
        drops_default: Whether a default that is not Asterisk's is taken away.
        empties: Whether rows have an empty text, which becomes NULL.
        older: A column whose values are taken over where there is none.
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
    A table (PostgreSQL) or column (PostgreSQL, MariaDB) has its name in another case.

    Attributes:
        column: The column's name, or empty for the table's.
        there: The name as it is.
        statement: What renames it.
    """

    column: str = ""
    there: str
    statement: str = attrs.field(eq=False, repr=False)

    def _say(self) -> str:
        name = f"{self.table}.{self.column}" if self.column else self.table
        thing = "column" if self.column else "table"
        return f'{thing} {name} is there as "{self.there}", and is renamed'


@attrs.frozen(kw_only=True)
class OtherStorage(Difference):
    """
    A table whose rows and indexes cannot grow to what is wanted (MariaDB).

    Attributes:
        storage: Its engine, and its row format where that is the reason.
    """

    storage: str

    def _say(self) -> str:
        return f"table {self.table} is {self.storage} instead of InnoDB DYNAMIC"


@attrs.frozen(kw_only=True)
class MissingKey(Difference):
    """A column that numbers itself is in no index, and can be no key of its table's partitions."""

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
    """

    name: str
    replaces: bool
    wanted: Index = attrs.field(eq=False, repr=False)

    def _say(self) -> str:
        state = "holds other columns, or too much of them" if self.replaces else "is missing"
        return f"index {self.name} of {self.table} {state}"


@attrs.frozen(kw_only=True)
class ShortenedIndex(Difference):
    """
    An index would become too long, since its columns grow (MariaDB).

    Attributes:
        name: Its name.
        columns: Its columns as they become, with how many characters of a text it holds.
        making: What makes it, in ``ALTER TABLE``.
    """

    name: str
    columns: str
    making: str = attrs.field(eq=False, repr=False)

    def _say(self) -> str:
        return (
            f"index {self.name} of {self.table} would be too long for columns that grow, and holds"
            f" the beginning of text then: ({self.columns})"
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
    Something that no upgrade mends without losing or changing data.

    Attributes:
        problem: What stands in the way.
        advice: What a person can do, with the statement that shows the place if there is one.
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
    The migrations never ran on the database: one line in place of many.

    Attributes:
        differences: What an upgrade would do, as `plan` lists it.
    """

    differences: tuple[Difference, ...] = attrs.field(repr=False)

    def _say(self) -> str:
        tables = sum(isinstance(each, MissingTable) for each in self.differences)
        others = len(self.differences) - tables
        return (
            f"the migrations never ran here: {tables} tables are missing, and {others} places"
            " of other tables differ"
        )

    def _advise(self) -> str:
        return "run `alembic upgrade head`; `migrations.plan(bind)` lists what it does"
