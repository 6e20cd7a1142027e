"""SQL text in the spelling of one dialect: names, words, definitions, conversions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import String, literal

from asterisk_realtime.migrations.comparing.kinds import INTEGER_BITS, Family
from asterisk_realtime.migrations.schema import is_mysql

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Column
    from sqlalchemy.engine import Dialect
    from sqlalchemy.schema import Constraint, ExecutableDDLElement
    from sqlalchemy.types import TypeEngine

    from asterisk_realtime.migrations.comparing.kinds import Kind

TRUE_WORDS: Final = ("yes", "true", "y", "t", "1", "on")
FALSE_WORDS: Final = ("no", "false", "n", "f", "0", "off")

# A day of the calendar: to ask PostgreSQL itself whether a text is a day fails if it is not.
_LEAP_YEAR: Final = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DAY: Final = (
    "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    "|02-(0[1-9]|1[0-9]|2[0-8]))"
)
_DATE: Final = f"(?!0000)([0-9]{{4}}-{_DAY}|{_LEAP_YEAR}-02-29)"
_CLOCK: Final = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"


@attrs.frozen
class Spelling:
    """
    How one dialect writes things.

    Attributes:
        dialect: The dialect.
        shown: Whether people read what is written; else it is escaped for the driver.
    """

    dialect: Dialect
    shown: bool = False

    def for_people(self) -> Spelling:
        """Return the spelling of SQL that is shown, or that `verbatim` still escapes."""
        return attrs.evolve(self, shown=True)

    def name(self, name: str) -> str:
        """Quote a name if it needs it."""
        return self._read(self.dialect.identifier_preparer.quote(name))

    def names(self, names: Iterable[str]) -> str:
        """Return a list of names."""
        return ", ".join(map(self.name, names))

    def word(self, text: str) -> str:
        """Quote a text."""
        options = {"literal_binds": True}
        compiled = literal(text, String()).compile(dialect=self.dialect, compile_kwargs=options)
        return self._read(str(compiled))

    def verbatim(self, sql: str) -> str:
        """Return SQL that the server printed, escaped for the driver."""
        return sql.replace("%", "%%") if self._doubles and not self.shown else sql

    def _read(self, sql: str) -> str:
        """Return SQL that SQLAlchemy wrote, without escapes if people read it."""
        return sql.replace("%%", "%") if self._doubles and self.shown else sql

    @property
    def _doubles(self) -> bool:
        return self.dialect.paramstyle in {"format", "pyformat"}

    def words(self, texts: Iterable[str]) -> str:
        """Return a list of texts."""
        return ", ".join(map(self.word, texts))

    def ddl(self, element: ExecutableDDLElement) -> str:
        """Return the text of a DDL element."""
        return str(element.compile(dialect=self.dialect)).strip()

    def column(self, column: Column[Any]) -> str:
        """Return the definition of a column."""
        return self._read(str(self._compiler.get_column_specification(column)))

    def constraint(self, constraint: Constraint) -> str:
        """Return the definition of a constraint."""
        return self._read(str(self._compiler.process(constraint)))

    def default(self, column: Column[Any]) -> str | None:
        """Return the default of a column."""
        text: str | None = self._compiler.get_column_default_string(column)
        return text

    @property
    def _compiler(self) -> Any:
        # Typed as needing a statement, and made to go without one for just this.
        return self.dialect.ddl_compiler(self.dialect, None)  # type: ignore[arg-type]

    def type(self, type_: TypeEngine[Any]) -> str:
        """Return the text of a type."""
        return self._read(type_.compile(dialect=self.dialect))

    # -- Conversions -------------------------------------------------------------------------------

    def as_text(self, column: str) -> str:
        """Return the text of a cell."""
        char = {"postgresql": "text", "sqlite": "TEXT"}.get(self.dialect.name, "CHAR")
        return f"CAST({self.name(column)} AS {char})"

    def as_word(self, column: str) -> str:
        """Return the text of a cell without the blanks with which MariaDB may pad a CHAR."""
        if not is_mysql(self.dialect):
            return self.as_text(column)
        return f"CAST(RTRIM({self.name(column)}) AS CHAR)"

    def _exact(self, text: str) -> str:
        """Return a text for comparisons that distinguish case and accents."""
        return f"CAST({text} AS BINARY)" if is_mysql(self.dialect) else text

    def is_a_date(self, column: str) -> str:
        """Return the condition for cells that begin with a date: not empty, not of zeros."""
        if self.dialect.name == "sqlite":
            return f"{self.name(column)} GLOB '[1-9][0-9][0-9][0-9]-[01][0-9]-*'"
        text = self.as_text(column)
        return f"{text} <> '' AND substr({text}, 1, 4) <> '0000'"

    def as_label(
        self, column: str, labels: tuple[str, ...], same: Iterable[tuple[str, str]] = ()
    ) -> str:
        """
        Return the label that a cell means, or NULL: in any case, each spelling of yes and no.

        Args:
            column: Its name.
            labels: The labels.
            same: Other words, each with the label that it means.
        """
        cell = self.as_word(column)
        cases = [
            f"WHEN {self._exact(word)} IN ({self.words(labels)}) THEN {word}"
            for word in (cell, f"lower({cell})")
        ]
        cases += [
            f"WHEN {self._exact(cell)} = {self.word(word)} THEN {self.word(label)}"
            for word, label in same
        ]
        for label, words in (("yes", TRUE_WORDS), ("no", FALSE_WORDS)):
            if label in labels:
                exact = self._exact(f"lower({cell})")
                cases.append(f"WHEN {exact} IN ({self.words(words)}) THEN '{label}'")
        return f"CASE {' '.join(cases)} END"

    def as_number(self, column: str, *, yes_no: bool) -> str:
        """
        Return the text of the number that a cell means, or NULL for an empty one.

        Args:
            column: Its name.
            yes_no: Whether yes and no in each spelling become 1 and 0.
        """
        cell = f"trim({self.as_word(column)})"
        if not yes_no:
            return f"NULLIF({cell}, '')"
        exact = self._exact(f"lower({cell})")
        return (
            f"CASE WHEN {exact} IN ({self.words(TRUE_WORDS)}) THEN '1'"
            f" WHEN {exact} IN ({self.words(FALSE_WORDS)}) THEN '0'"
            f" ELSE NULLIF({cell}, '') END"
        )

    def misfit(self, column: str, wanted: Kind, *, yes_no: bool = False) -> str:
        """Return the condition of cells that cannot become *wanted*; an empty one becomes NULL."""
        cell = self.as_text(column)
        return f"{cell} <> '' AND {self._misfit(column, cell, wanted, yes_no=yes_no)}"

    def no_whole_number(self, column: str, wanted: Kind) -> str:
        """Return the condition for numbers that are not whole, or out of the range of *wanted*."""
        number, limit = self.name(column), _limit(wanted)
        return f"{number} <> ROUND({number}) OR {number} NOT BETWEEN -{limit} AND {limit - 1}"

    def _misfit(self, column: str, cell: str, wanted: Kind, *, yes_no: bool) -> str:
        if wanted.family is Family.ENUM:
            return f"({self.as_label(column, wanted.labels)}) IS NULL"
        if wanted.family is Family.BOOLEAN:
            return f"lower({cell}) NOT IN ({self.words(TRUE_WORDS + FALSE_WORDS)})"
        if wanted.family is Family.TEXT:
            length = "length" if self.dialect.name == "sqlite" else "char_length"
            return "1 = 0" if wanted.size == math.inf else f"{length}({cell}) > {wanted.size:.0f}"
        if wanted.family is Family.TIME:
            return self._no_time(cell, wanted)
        number = self.as_number(column, yes_no=yes_no)
        if self.dialect.name == "sqlite":
            return self._no_number_of_sqlite(number)
        return self._no_number(number, wanted)

    def _no_number(self, number: str, wanted: Kind) -> str:
        """Return the condition for texts that are not a number, or one that is out of range."""
        if wanted.family is not Family.INTEGER:
            return f"{number} {self._unlike} '^[+-]?[0-9]{{1,18}}([.][0-9]+)?$'"
        limit = _limit(wanted)
        decimal = "numeric" if self.dialect.name == "postgresql" else "DECIMAL(41)"
        # CASE, since casting any other text would be an error.
        return (
            f"CASE WHEN {number} {self._unlike} '^[+-]?[0-9]{{1,40}}([.]0+)?$' THEN 1 = 1"
            f" ELSE CAST({number} AS {decimal}) NOT BETWEEN -{limit} AND {limit - 1} END"
        )

    @staticmethod
    def _no_number_of_sqlite(number: str) -> str:
        digits = f"CASE WHEN {number} GLOB '[+-]*' THEN substr({number}, 2) ELSE {number} END"
        return (
            f"({digits} GLOB '*[^0-9.]*' OR {digits} NOT GLOB '*[0-9]*' OR {digits} GLOB '*.*.*')"
        )

    def _no_time(self, cell: str, wanted: Kind) -> str:
        """Return the condition for cells that are not a time; MariaDB keeps only some digits."""
        digits = round(wanted.size % 1 * 10)
        fraction = f"[0-9]{{0,{digits}}}0*" if digits else "0*"
        fraction = "[0-9]*" if self.dialect.name == "postgresql" else fraction
        return f"{cell} {self._unlike} '^{_DATE}([ T]{_CLOCK}([.]{fraction})?)?$'"

    @property
    def _unlike(self) -> str:
        return "!~" if self.dialect.name == "postgresql" else "NOT REGEXP"


def _limit(wanted: Kind) -> int:
    """Return the first number that is too large for a kind of integer."""
    return 2**63 if wanted.size > INTEGER_BITS else 2**31
