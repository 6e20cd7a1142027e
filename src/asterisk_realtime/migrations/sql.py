"""SQL text for one dialect: names, literals, definitions and conversions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import String, literal

from asterisk_realtime.migrations.comparing.kinds import INTEGER_BITS, TypeFamily
from asterisk_realtime.migrations.converting import is_mysql

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Column
    from sqlalchemy.engine import Dialect
    from sqlalchemy.schema import Constraint, ExecutableDDLElement
    from sqlalchemy.types import TypeEngine

    from asterisk_realtime.migrations.comparing.kinds import Kind

TRUE_WORDS: Final = ("yes", "true", "y", "t", "1", "on")
FALSE_WORDS: Final = ("no", "false", "n", "f", "0", "off")

# Only days that exist: a cast of any other text to a date is an error on PostgreSQL.
_LEAP_YEAR: Final = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DAY: Final = (
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_DATE: Final = f"(?!0000)([0-9]{{4}}-{_DAY}|{_LEAP_YEAR}-02-29)"
_CLOCK: Final = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"


@attrs.frozen
class SqlWriter:
    """
    Writes SQL text for one dialect.

    Attributes:
        dialect: The dialect.
        shown: Whether the SQL is shown to people; if not, percent signs are doubled for drivers
            that need it.
    """

    dialect: Dialect
    shown: bool = False

    def for_display(self) -> SqlWriter:
        """Return a writer of SQL that is shown to people, or that `verbatim` escapes later."""
        return attrs.evolve(self, shown=True)

    def name(self, name: str) -> str:
        """Return a name, quoted if necessary."""
        return self._read(self.dialect.identifier_preparer.quote(name))

    def names(self, names: Iterable[str]) -> str:
        """Return a comma-separated list of names."""
        return ", ".join(map(self.name, names))

    def literal(self, text: str) -> str:
        """Return a text as a string literal."""
        options = {"literal_binds": True}
        compiled = literal(text, String()).compile(dialect=self.dialect, compile_kwargs=options)
        return self._read(str(compiled))

    def verbatim(self, sql: str) -> str:
        """Return SQL that comes from the server, escaped for the driver."""
        return sql.replace("%", "%%") if self._doubles_percent and not self.shown else sql

    def _read(self, sql: str) -> str:
        """Return SQL that comes from SQLAlchemy, without escapes if it is shown to people."""
        return sql.replace("%%", "%") if self._doubles_percent and self.shown else sql

    @property
    def _doubles_percent(self) -> bool:
        return self.dialect.paramstyle in {"format", "pyformat"}

    def literals(self, texts: Iterable[str]) -> str:
        """Return a comma-separated list of string literals."""
        return ", ".join(map(self.literal, texts))

    def ddl(self, element: ExecutableDDLElement) -> str:
        """Return the SQL of a DDL element."""
        return str(element.compile(dialect=self.dialect)).strip()

    def column(self, column: Column[Any]) -> str:
        """Return the definition of a column."""
        return self._read(str(self._compiler.get_column_specification(column)))

    def constraint(self, constraint: Constraint) -> str:
        """Return the definition of a constraint."""
        return self._read(str(self._compiler.process(constraint)))

    def default(self, column: Column[Any]) -> str | None:
        """Return the SQL of a column's default, or None."""
        text: str | None = self._compiler.get_column_default_string(column)
        return text

    @property
    def _compiler(self) -> Any:
        # Its type requires a statement, but SQLAlchemy allows None for compiling parts of one.
        return self.dialect.ddl_compiler(self.dialect, None)  # type: ignore[arg-type]

    def type(self, type_: TypeEngine[Any]) -> str:
        """Return the SQL of a type."""
        return self._read(type_.compile(dialect=self.dialect))

    # -- Conversions -------------------------------------------------------------------------------

    def as_text(self, column: str) -> str:
        """Return the SQL that casts a value to text."""
        char = {"postgresql": "text", "sqlite": "TEXT"}.get(self.dialect.name, "CHAR")
        return f"CAST({self.name(column)} AS {char})"

    def as_trimmed_text(self, column: str) -> str:
        """Do the same as `as_text`, without the trailing blanks of a CHAR (MariaDB)."""
        if not is_mysql(self.dialect):
            return self.as_text(column)
        return f"CAST(RTRIM({self.name(column)}) AS CHAR)"

    def _exact(self, text: str) -> str:
        """Return SQL that compares with regard to case and accents."""
        return f"CAST({text} AS BINARY)" if is_mysql(self.dialect) else text

    def is_a_date(self, column: str) -> str:
        """Return the condition for values that begin with a date, and not with 0000-00-00."""
        if self.dialect.name == "sqlite":
            return f"{self.name(column)} GLOB '[1-9][0-9][0-9][0-9]-[01][0-9]-*'"
        text = self.as_text(column)
        return f"{text} <> '' AND substr({text}, 1, 4) <> '0000'"

    def as_label(
        self, column: str, labels: tuple[str, ...], same: Iterable[tuple[str, str]] = ()
    ) -> str:
        """
        Return the SQL that converts a value to a label, or to NULL if no label matches.

        Case is ignored, and words such as ``true`` and ``off`` become ``yes`` and ``no``.

        Args:
            column: Name of the column.
            labels: The labels.
            same: Other words, each with the label that it becomes.
        """
        cell = self.as_trimmed_text(column)
        cases = [
            f"WHEN {self._exact(word)} IN ({self.literals(labels)}) THEN {word}"
            for word in (cell, f"lower({cell})")
        ]
        cases += [
            f"WHEN {self._exact(cell)} = {self.literal(word)} THEN {self.literal(label)}"
            for word, label in same
        ]
        for label, words in (("yes", TRUE_WORDS), ("no", FALSE_WORDS)):
            if label in labels:
                exact = self._exact(f"lower({cell})")
                cases.append(f"WHEN {exact} IN ({self.literals(words)}) THEN '{label}'")
        return f"CASE {' '.join(cases)} END"

    def as_number(self, column: str, *, yes_no: bool) -> str:
        """
        Return the SQL that converts a value to the text of a number, or to NULL if it is empty.

        Args:
            column: Name of the column.
            yes_no: Whether yes, no and words such as ``true`` and ``off`` become 1 and 0.
        """
        cell = f"trim({self.as_trimmed_text(column)})"
        if not yes_no:
            return f"NULLIF({cell}, '')"
        exact = self._exact(f"lower({cell})")
        return (
            f"CASE WHEN {exact} IN ({self.literals(TRUE_WORDS)}) THEN '1'"
            f" WHEN {exact} IN ({self.literals(FALSE_WORDS)}) THEN '0'"
            f" ELSE NULLIF({cell}, '') END"
        )

    def inconvertible(self, column: str, wanted: Kind, *, yes_no: bool = False) -> str:
        """Return the condition for values that cannot be converted; an empty text becomes NULL."""
        cell = self.as_text(column)
        return f"{cell} <> '' AND {self._inconvertible(column, cell, wanted, yes_no=yes_no)}"

    def not_an_integer(self, column: str, wanted: Kind) -> str:
        """Return the condition for numbers with a fraction, or out of the range of *wanted*."""
        number, limit = self.name(column), _limit(wanted)
        return f"{number} <> ROUND({number}) OR {number} NOT BETWEEN -{limit} AND {limit - 1}"

    def _inconvertible(self, column: str, cell: str, wanted: Kind, *, yes_no: bool) -> str:
        if wanted.family is TypeFamily.ENUM:
            return f"({self.as_label(column, wanted.labels)}) IS NULL"
        if wanted.family is TypeFamily.BOOLEAN:
            return f"lower({cell}) NOT IN ({self.literals(TRUE_WORDS + FALSE_WORDS)})"
        if wanted.family is TypeFamily.TEXT:
            length = "length" if self.dialect.name == "sqlite" else "char_length"
            return "1 = 0" if wanted.size == math.inf else f"{length}({cell}) > {wanted.size:.0f}"
        if wanted.family is TypeFamily.TIME:
            return self._not_a_time(cell, wanted)
        number = self.as_number(column, yes_no=yes_no)
        if self.dialect.name == "sqlite":
            return self._not_a_number_in_sqlite(number)
        return self._not_a_number(number, wanted)

    def _not_a_number(self, number: str, wanted: Kind) -> str:
        """Return the condition for texts that are not a number, or a number out of range."""
        if wanted.family is not TypeFamily.INTEGER:
            return f"{number} {self._does_not_match} '^[+-]?[0-9]{{1,18}}([.][0-9]+)?$'"
        limit = _limit(wanted)
        decimal = "numeric" if self.dialect.name == "postgresql" else "DECIMAL(41)"
        # CASE, since a cast of text that is not a number is an error.
        return (
            f"CASE WHEN {number} {self._does_not_match} '^[+-]?[0-9]{{1,40}}([.]0+)?$' THEN 1 = 1"
            f" ELSE CAST({number} AS {decimal}) NOT BETWEEN -{limit} AND {limit - 1} END"
        )

    @staticmethod
    def _not_a_number_in_sqlite(number: str) -> str:
        digits = f"CASE WHEN {number} GLOB '[+-]*' THEN substr({number}, 2) ELSE {number} END"
        return (
            f"({digits} GLOB '*[^0-9.]*' OR {digits} NOT GLOB '*[0-9]*' OR {digits} GLOB '*.*.*')"
        )

    def _not_a_time(self, cell: str, wanted: Kind) -> str:
        """Return the condition for values that are not a time, or too precise for the column."""
        digits = round(wanted.size % 1 * 10)
        fraction = f"[0-9]{{0,{digits}}}0*" if digits else "0*"
        fraction = "[0-9]*" if self.dialect.name == "postgresql" else fraction
        return f"{cell} {self._does_not_match} '^{_DATE}([ T]{_CLOCK}([.]{fraction})?)?$'"

    @property
    def _does_not_match(self) -> str:
        return "!~" if self.dialect.name == "postgresql" else "NOT REGEXP"


def _limit(wanted: Kind) -> int:
    """Return the smallest number that is too large for an integer of this kind."""
    return 2**63 if wanted.size > INTEGER_BITS else 2**31
