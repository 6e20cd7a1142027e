"""Differences between a database and the wanted tables: one class for each kind."""

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
    One difference between a database and the wanted tables.

    ``str()`` gives one line: what differs, and what to do about it.

    Attributes:
        table: Name of the table; empty for an enum type or the whole database.
    """

    table: str

    @property
    def hint(self) -> str:
        """What to do about it."""
        return self._advise()

    def _advise(self) -> str:
        return (
            "run `alembic upgrade head` or migrations.upgrade() (if the database is at head, run"
            " `alembic stamp base` before it; add `--name` if alembic.ini has several sections)"
        )

    @property
    def what(self) -> str:
        """What differs."""
        return self._describe()

    @abstractmethod
    def _describe(self) -> str:
        """Return one line that says what differs."""

    def __str__(self) -> str:
        return f"{self.what}; {self.hint}"


@attrs.frozen(kw_only=True)
class MissingEnum(Difference):
    """An enum type is missing (PostgreSQL)."""

    table: str = ""
    name: str
    labels: tuple[str, ...]

    def _describe(self) -> str:
        return f"enum type {self.name} is missing"


@attrs.frozen(kw_only=True)
class MissingLabel(Difference):
    """An enum type lacks a label (PostgreSQL)."""

    table: str = ""
    name: str
    label: str

    def _describe(self) -> str:
        return f"enum type {self.name} lacks the label {self.label!r}"


@attrs.frozen(kw_only=True)
class MissingTable(Difference):
    """A table is missing."""

    wanted: Table = attrs.field(eq=False, repr=False)

    def _describe(self) -> str:
        return f"table {self.table} is missing"


@attrs.frozen(kw_only=True)
class MissingColumn(Difference):
    """
    A column is missing.

    Attributes:
        column: Its name.
        wanted: The wanted column.
        older: Name of an older column that fills it, or an empty string.
    """

    column: str
    wanted: Column[Any] = attrs.field(eq=False, repr=False)
    older: str = ""

    def _describe(self) -> str:
        filled = f", and will be filled from {self.older}" if self.older else ""
        return f"column {self.table}.{self.column} is missing{filled}"


@attrs.frozen(kw_only=True)
class ColumnDiffers(Difference):
    """
    A column is too narrow, or has another type, default or NULL constraint.

    Attributes:
        column: Its name.
        reasons: Each way in which it differs, as text.
        verdict: How its type must change.
        found: The existing column.
        kind: The wanted kind.
        wanted: The wanted column.
        yes_no: Whether a number means yes or no.
        drops_default: Whether its default will be dropped, since it is not Asterisk's.
        empties: Whether rows have an empty text, which becomes NULL.
        older: Name of an older column that fills its empty rows, or an empty string.
        equal: Pairs of an existing label and the wanted label that the column's collation considers
            equal to it (MariaDB).
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

    def _describe(self) -> str:
        return f"column {self.table}.{self.column} {' and '.join(self.reasons)}"


@attrs.frozen(kw_only=True)
class MisplacedColumn(Difference):
    """
    A column comes before another one that Asterisk must read first.

    Attributes:
        column: Its name.
        after: Name of the other column.
        found: The existing column.
        wanted: The wanted column.
    """

    column: str
    after: str
    found: FoundColumn
    wanted: Column[Any] = attrs.field(eq=False, repr=False)

    def _describe(self) -> str:
        return f"column {self.table}.{self.column} does not come after {self.after}"


@attrs.frozen(kw_only=True)
class OtherCase(Difference):
    """
    The name of a table (PostgreSQL) or column (PostgreSQL, MariaDB) differs in case.

    Attributes:
        column: Name of the column; empty if the name of the table differs.
        there: The existing name.
        statement: The statement that renames it.
    """

    column: str = ""
    there: str
    statement: str = attrs.field(eq=False, repr=False)

    def _describe(self) -> str:
        name = f"{self.table}.{self.column}" if self.column else self.table
        thing = "column" if self.column else "table"
        return f'{thing} {name} has the name "{self.there}", and will be renamed'


@attrs.frozen(kw_only=True)
class OtherStorage(Difference):
    """
    A table has an engine without transactions, or a row format with too short indexes (MariaDB).

    Attributes:
        storage: Its engine; with its row format if that is the reason.
    """

    storage: str

    def _describe(self) -> str:
        return f"table {self.table} is {self.storage} instead of InnoDB DYNAMIC"


@attrs.frozen(kw_only=True)
class MissingKey(Difference):
    """A column of row numbers, which cannot be the key of a partitioned table, has no index."""

    columns: tuple[str, ...]

    def _describe(self) -> str:
        return f"table {self.table} has no index ({', '.join(self.columns)})"


@attrs.frozen(kw_only=True)
class MissingPrimaryKey(Difference):
    """A table has no primary key."""

    columns: tuple[str, ...]

    def _describe(self) -> str:
        return f"table {self.table} has no primary key ({', '.join(self.columns)})"


@attrs.frozen(kw_only=True)
class MissingUnique(Difference):
    """A unique constraint is missing, so that rows can have equal values in these columns."""

    columns: tuple[str, ...]
    name: str | None
    filled: tuple[str, ...] = ()

    def _describe(self) -> str:
        return f"table {self.table} has no unique constraint ({', '.join(self.columns)})"


@attrs.frozen(kw_only=True)
class MissingIndex(Difference):
    """
    An index is missing, or the index of this name is another one.

    Attributes:
        name: Its name.
        reasons: What differs in the index of this name, as text; empty if there is no such index.
        wanted: The wanted index.
        lengths: Prefix length of each column, if existing columns are too long for the index; 0
            for the whole column (MariaDB).
    """

    name: str
    reasons: tuple[str, ...] = ()
    wanted: Index = attrs.field(eq=False, repr=False)
    lengths: Mapping[str, int] = attrs.field(factory=dict, eq=False)

    @property
    def replaces(self) -> bool:
        """Whether it replaces an index of this name."""
        return bool(self.reasons)

    def _describe(self) -> str:
        state = " and ".join(self.reasons) or "is missing"
        parts = ", ".join(
            f"{name}({length})" if length else name for name, length in self.lengths.items()
        )
        short = (
            f", and will have prefix lengths, since columns are too long: ({parts})"
            if parts
            else ""
        )
        return f"index {self.name} of {self.table} {state}{short}"


@attrs.frozen(kw_only=True)
class ShortenedIndex(Difference):
    """
    An index would become too long, since its columns become longer (MariaDB).

    Attributes:
        name: Its name.
        columns: Its new columns, with their prefix lengths.
        making: Its new definition, as in ``ALTER TABLE``.
    """

    name: str
    columns: str
    making: str = attrs.field(eq=False, repr=False)

    def _describe(self) -> str:
        return (
            f"index {self.name} of {self.table} would be too long, since its columns become longer,"
            f" and will be shortened to ({self.columns})"
        )


@attrs.frozen(kw_only=True)
class MissingForeignKey(Difference):
    """A foreign key is missing, so that rows can refer to missing rows."""

    columns: tuple[str, ...]
    wanted: ForeignKeyConstraint = attrs.field(eq=False, repr=False)

    def _describe(self) -> str:
        return f"table {self.table} has no foreign key ({', '.join(self.columns)})"


@attrs.frozen(kw_only=True)
class Obstacle(Difference):
    """
    A problem that prevents an upgrade, which cannot solve it without losing or changing data.

    Attributes:
        problem: What prevents the upgrade.
        advice: What to do about it, with a statement that shows the rows or solves the problem.
        column: Name of the missing column, if that is the problem.
    """

    problem: str
    advice: str
    column: str = ""

    def _describe(self) -> str:
        return self.problem

    def _advise(self) -> str:
        return self.advice


@attrs.frozen(kw_only=True)
class NeverUpgraded(Difference):
    """
    The migrations never ran on the database; this stands for all differences except obstacles.

    Attributes:
        differences: The differences, which `plan` lists.
    """

    differences: tuple[Difference, ...] = attrs.field(repr=False)

    def _describe(self) -> str:
        tables = sum(isinstance(each, MissingTable) for each in self.differences)
        others = len(self.differences) - tables
        return (
            f"the migrations never ran on this database: {tables} tables are missing, and there are"
            f" {others} differences in other tables"
        )

    def _advise(self) -> str:
        return "run `alembic upgrade head`; `migrations.plan(bind)` lists what it does"
