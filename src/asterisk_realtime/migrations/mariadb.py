"""What mends a table of MariaDB: one ALTER TABLE with all its changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from sqlalchemy.dialects.mysql import ENUM

from asterisk_realtime.migrations.defaults import converted
from asterisk_realtime.migrations.differences import (
    ColumnDiffers,
    Difference,
    MisplacedColumn,
    MissingColumn,
    MissingForeignKey,
    MissingIndex,
    MissingPrimaryKey,
    MissingUnique,
)
from asterisk_realtime.migrations.kinds import Family, Verdict
from asterisk_realtime.migrations.schema import ENUM_LENGTH, NumberedInteger, is_filled
from asterisk_realtime.migrations.sql import FALSE_WORDS, TRUE_WORDS, Spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Index

_CHARACTERS = frozenset({Family.TEXT, Family.ENUM})


@attrs.frozen
class MariadbTable:
    """The statements for the differences of one table."""

    spelling: Spelling
    name: str
    differences: tuple[Difference, ...]

    def statements(self) -> Iterator[str]:
        """
        Yield them in the order in which they must run.

        There is no transaction around them: after each, the rest is what a new comparison finds.
        """
        for difference in self.differences:
            if isinstance(difference, ColumnDiffers):
                yield from self._prepare(difference)
        clauses = [clause for each in self.differences for clause in self._clauses(each)]
        yield f"ALTER TABLE {self.spelling.name(self.name)} {', '.join(clauses)}"

    def _prepare(self, difference: ColumnDiffers) -> Iterator[str]:
        """Yield what brings cells into a form that MODIFY understands."""
        table, column = self.spelling.name(self.name), self.spelling.name(difference.column)
        found, kind = difference.found.kind, difference.kind
        if is_filled(difference.wanted) and difference.found.nullable:
            yield f"UPDATE {table} SET {column} = '' WHERE {column} IS NULL"
        if difference.verdict is Verdict.CONVERT:
            if found.family is Family.TEXT and kind.family is Family.TEXT:
                return
            if found.family is not Family.TEXT or found.size < ENUM_LENGTH:
                # A number would be taken for the position of an enum's label.
                yield f"ALTER TABLE {table} MODIFY COLUMN {column} VARCHAR({ENUM_LENGTH})"
            elif not difference.found.nullable:
                type_ = self.spelling.type(difference.found.type)
                yield f"ALTER TABLE {table} MODIFY COLUMN {column} {type_}"
            cell = f"NULLIF({column}, '')"
            if kind.family is Family.ENUM:
                cell = self.spelling.as_label(difference.column, kind.labels)
            yield f"UPDATE {table} SET {column} = {cell} WHERE NOT {column} <=> {cell}"
        elif kind.family is Family.ENUM and {"yes", "no"} <= {*found.labels} & {*kind.labels}:
            # Another enum of yes and no was there; its other words mean nothing in this one.
            foreign = {*found.labels, ""} - {*kind.labels}
            words = [word for word in (*TRUE_WORDS, *FALSE_WORDS) if word in foreign]
            if words:
                cell = self.spelling.as_label(difference.column, kind.labels)
                condition = f"{column} IN ({self.spelling.words(words)})"
                yield f"UPDATE {table} SET {column} = {cell} WHERE {condition}"
        if kind.family is Family.ENUM is found.family and difference.found.nullable:
            # What a lax server makes of a word that the enum does not have.
            yield f"UPDATE {table} SET {column} = NULL WHERE {column} = ''"

    def _clauses(self, difference: Difference) -> Iterator[str]:
        match difference:
            case MissingColumn(wanted=added):
                yield f"ADD COLUMN {self.spelling.column(added)}"
            case ColumnDiffers(column=column):
                yield f"MODIFY COLUMN {self._definition(difference)}{self._place(column)}"
            case MisplacedColumn(column=column):
                if not self._differs(column):
                    yield f"MODIFY COLUMN {self._as_it_is(difference)}{self._place(column)}"
            case MissingPrimaryKey(columns=columns):
                yield f"ADD PRIMARY KEY ({self.spelling.names(columns)})"
            case MissingUnique(columns=columns):
                yield f"ADD UNIQUE ({self.spelling.names(columns)})"
            case MissingForeignKey(wanted=constraint):
                yield f"ADD {self.spelling.constraint(constraint)}"
            case MissingIndex(name=name, replaces=replaces, wanted=index):
                if replaces:
                    yield f"DROP INDEX {self.spelling.name(name)}"
                kind = "UNIQUE INDEX" if index.unique else "INDEX"
                yield f"ADD {kind} {self.spelling.name(name)} ({self._indexed(index)})"
            case _:
                raise AssertionError(difference)

    def _differs(self, column: str) -> bool:
        return any(
            isinstance(each, ColumnDiffers) and each.column == column for each in self.differences
        )

    def _place(self, column: str) -> str:
        for each in self.differences:
            if isinstance(each, MisplacedColumn) and each.column == column:
                return f" AFTER {self.spelling.name(each.after)}"
        return ""

    def _as_it_is(self, difference: MisplacedColumn) -> str:
        same = ColumnDiffers(
            table=self.name,
            column=difference.column,
            reasons=(),
            verdict=Verdict.FITS,
            found=difference.found,
            kind=difference.found.kind,
            wanted=difference.wanted,
        )
        return self._definition(same)

    def _indexed(self, index: Index) -> str:
        lengths = index.dialect_options[self.spelling.dialect.name]["length"] or {}
        return ", ".join(
            f"{self.spelling.name(name)}({lengths[name]})"
            if name in lengths
            else self.spelling.name(name)
            for name in index.columns.keys()  # noqa: SIM118 - a column collection, not a dict
        )

    def _definition(self, difference: ColumnDiffers) -> str:
        found, wanted = difference.found, difference.wanted
        numbered = wanted.autoincrement is True or isinstance(wanted.type, NumberedInteger)
        parts = [self.spelling.name(wanted.name), self._type(difference)]
        collation = getattr(found.type, "collation", None)
        if collation and difference.kind.family in _CHARACTERS and "COLLATE" not in parts[1]:
            parts.append(f"COLLATE {collation}")
        if not wanted.nullable:
            parts.append("NOT NULL")
        if numbered:
            parts.append("AUTO_INCREMENT")
        elif default := self._default(difference):
            parts.append(f"DEFAULT {default}")
        return " ".join(parts)

    def _default(self, difference: ColumnDiffers) -> str:
        default = difference.found.default
        if default is None or default == "NULL":
            return self.spelling.default(difference.wanted) or ""
        if difference.verdict is Verdict.CONVERT:
            word = converted(default, difference.kind)
            return self.spelling.word(word) if word else ""
        return default

    def _type(self, difference: ColumnDiffers) -> str:
        found, wanted = difference.found, difference.wanted
        if difference.verdict is Verdict.FITS:
            return self.spelling.type(found.type)
        if isinstance(wanted.type, NumberedInteger):
            return "INTEGER"
        if difference.kind.family is Family.ENUM and found.kind.family is Family.ENUM:
            labels = dict.fromkeys((*difference.kind.labels, *found.kind.labels))
            return self.spelling.type(ENUM(*labels))
        return self.spelling.type(wanted.type)
