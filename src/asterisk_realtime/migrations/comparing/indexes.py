"""Compare the indexes of a table with the wanted ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.schema import CreateIndex

from asterisk_realtime.migrations.comparing.differences import Difference, MissingIndex
from asterisk_realtime.migrations.comparing.table_pair import TablePair
from asterisk_realtime.migrations.converting import (
    has_expressions,
    is_mysql,
    names_of_parts,
    special_options,
)
from asterisk_realtime.migrations.sql import SqlWriter
from asterisk_realtime.migrations.sqlite import create_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Index

    from asterisk_realtime.migrations.sqlite.create_table import ParsedIndex


class IndexComparison(TablePair):
    """Compares the indexes of a wanted table with the existing ones."""

    def differences(self) -> Iterator[Difference]:
        """Return how the indexes differ."""
        for index in sorted(self.wanted.indexes, key=lambda index: str(index.name)):
            name, reasons = str(index.name), tuple(self._reasons(index))
            is_there = name in self.found.indexes
            if reasons or not (is_there or self._is_covered(index) or self._is_compressed(index)):
                yield MissingIndex(table=self.wanted.name, name=name, reasons=reasons, wanted=index)

    def _reasons(self, index: Index) -> Iterator[str]:
        """Yield each way in which the existing index of this name differs, if there is one."""
        name = str(index.name)
        if name not in self.found.indexes:
            return
        there, parts = self.found.indexes[name], self._parts(index)
        if there[: len(parts)] != parts:
            yield f"is on {_shown(there)} instead of {_shown(parts)}"
        if self._holds_other_rows(index):
            yield "holds other rows"
        if self._lacks_operator_class(index):
            yield "lacks an operator class for LIKE"
        if self._holds_prefixes(index) and name not in self.found.prefixes:
            yield "lacks prefix lengths"

    def _parts(self, index: Index) -> tuple[str, ...]:
        """Return the columns and expressions of a wanted index, in the form of `FoundTable`."""
        parsed = self._parsed(index)
        return names_of_parts(index) if parsed is None else parsed.parts

    def _parsed(self, index: Index) -> ParsedIndex | None:
        """Return a wanted index on expressions, in the form of existing ones (SQLite)."""
        if self.dialect.name != "sqlite" or not has_expressions(index):
            return None
        return create_table.parse_index(SqlWriter(self.dialect).ddl(CreateIndex(index)))

    def _holds_other_rows(self, index: Index) -> bool:
        """Tell whether the existing index of this name is not for the same rows."""
        if "rare" not in index.info:
            return False
        parsed = self._parsed(index)
        wanted = index.info["rare"] if parsed is None else parsed.where
        return self.found.rare.get(str(index.name), "") != wanted

    def _lacks_operator_class(self, index: Index) -> bool:
        """Tell whether the existing index of this name does not serve LIKE (PostgreSQL)."""
        wanted = self.dialect.name == "postgresql" and index.dialect_options["postgresql"]["ops"]
        return bool(wanted) and str(index.name) not in self.found.for_like

    def _is_covered(self, index: Index) -> bool:
        """Tell whether an existing index with another name begins with the same columns."""
        if special_options(index, self.dialect):
            return False
        columns = self._parts(index)
        return any(each[: len(columns)] == columns for each in self.all_indexes())

    def _is_compressed(self, index: Index) -> bool:
        """Tell whether a column cannot be indexed, since its cells are compressed (MariaDB)."""
        there = (self.details.columns.get(name) for name in index.columns.keys())  # noqa: SIM118 - a column collection, not a dict
        return any(each is not None and "COMPRESSED" in each.type.upper() for each in there)

    def _holds_prefixes(self, index: Index) -> bool:
        return is_mysql(self.dialect) and bool(index.dialect_options[self.dialect.name]["length"])


_LONGEST = 80
"""Characters of an index's columns that a message shows; the flag of rare rows has thousands."""


def _shown(parts: Iterable[str]) -> str:
    """Return the columns and expressions of an index for a message."""
    text = f"({', '.join(parts)})".replace('"', "").replace(" ( ", "(").replace(" )", ")")
    return text if len(text) <= _LONGEST else "an expression"
