"""SQL text in the spelling of one dialect: names, words, definitions, conversions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import String, literal

from asterisk_realtime.migrations.kinds import INTEGER_BITS, Family

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Column
    from sqlalchemy.engine import Dialect
    from sqlalchemy.schema import Constraint, ExecutableDDLElement
    from sqlalchemy.types import TypeEngine

    from asterisk_realtime.migrations.kinds import Kind

TRUE_WORDS: Final = ("yes", "true", "y", "t", "1", "on")
FALSE_WORDS: Final = ("no", "false", "n", "f", "0", "off")


@attrs.frozen
class Spelling:
    """How one dialect writes things."""

    dialect: Dialect

    def name(self, name: str) -> str:
        """Quote a name if it needs it."""
        return self.dialect.identifier_preparer.quote(name)

    def names(self, names: Iterable[str]) -> str:
        """Return a list of names."""
        return ", ".join(map(self.name, names))

    def word(self, text: str) -> str:
        """Quote a text."""
        options = {"literal_binds": True}
        return str(literal(text, String()).compile(dialect=self.dialect, compile_kwargs=options))

    def words(self, texts: Iterable[str]) -> str:
        """Return a list of texts."""
        return ", ".join(map(self.word, texts))

    def ddl(self, element: ExecutableDDLElement) -> str:
        """Return the text of a DDL element."""
        return str(element.compile(dialect=self.dialect)).strip()

    def column(self, column: Column[Any]) -> str:
        """Return the definition of a column."""
        return str(self._compiler.get_column_specification(column))

    def constraint(self, constraint: Constraint) -> str:
        """Return the definition of a constraint."""
        return str(self._compiler.process(constraint))

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
        return type_.compile(dialect=self.dialect)

    # -- Conversions -------------------------------------------------------------------------------

    def as_text(self, column: str) -> str:
        """Return the text of a cell."""
        char = {"postgresql": "text", "sqlite": "TEXT"}.get(self.dialect.name, "CHAR")
        return f"CAST({self.name(column)} AS {char})"

    def as_label(self, column: str, labels: tuple[str, ...]) -> str:
        """Return the label that a cell means, or NULL: in any case, each spelling of yes and no."""
        cell = self.as_text(column)
        cases = [
            f"WHEN {cell} IN ({self.words(labels)}) THEN {cell}",
            f"WHEN lower({cell}) IN ({self.words(labels)}) THEN lower({cell})",
        ]
        for label, words in (("yes", TRUE_WORDS), ("no", FALSE_WORDS)):
            if label in labels:
                cases.append(f"WHEN lower({cell}) IN ({self.words(words)}) THEN '{label}'")
        return f"CASE {' '.join(cases)} END"

    def misfit(self, column: str, wanted: Kind) -> str:
        """Return the condition of cells that cannot become *wanted*; an empty one becomes NULL."""
        cell = self.as_text(column)
        return f"{cell} <> '' AND {self._misfit(column, cell, wanted)}"

    def _misfit(self, column: str, cell: str, wanted: Kind) -> str:
        if wanted.family is Family.ENUM:
            return f"({self.as_label(column, wanted.labels)}) IS NULL"
        if wanted.family is Family.BOOLEAN:
            return f"lower({cell}) NOT IN ({self.words(TRUE_WORDS + FALSE_WORDS)})"
        if wanted.family is Family.TEXT:
            length = "length" if self.dialect.name == "sqlite" else "char_length"
            return "1 = 0" if wanted.size == math.inf else f"{length}({cell}) > {wanted.size:.0f}"
        if wanted.family is Family.TIME:
            return self._no_time(cell)
        if self.dialect.name == "sqlite":
            return f"CAST(CAST({cell} AS NUMERIC) AS TEXT) <> {cell}"
        whole = f"[0-9]{{1,{18 if wanted.size > INTEGER_BITS else 9}}}"
        number = whole if wanted.family is Family.INTEGER else rf"{whole}([.][0-9]+)?"
        return f"{cell} {self._unlike} '^[+-]?{number}$'"

    def _no_time(self, cell: str) -> str:
        """Return the condition of cells that are no moment; MariaDB keeps whole seconds only."""
        mariadb = self.dialect.name != "postgresql"
        time = f"[ T][0-9]{{2}}(:[0-9]{{2}}){{2}}([.]{'0' if mariadb else '[0-9]'}*)?"
        condition = f"{cell} {self._unlike} '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({time})?$'"
        return f"({condition} OR CAST({cell} AS DATETIME) IS NULL)" if mariadb else condition

    @property
    def _unlike(self) -> str:
        return "!~" if self.dialect.name == "postgresql" else "NOT REGEXP"
