"""
Write the statements that change a table (MariaDB).

One ALTER TABLE makes all changes. If values must be converted, another ALTER TABLE comes first: for
each such column it adds a generated column with the new values, which the second one renames to
replace the old column. So no UPDATE runs, which would fire triggers and change ``ON UPDATE``
columns. Rows written in between are converted too, and an interrupted run leaves the old columns
unchanged.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import attrs
from sqlalchemy.dialects.mysql import ENUM

from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    Difference,
    MisplacedColumn,
    MissingColumn,
    MissingForeignKey,
    MissingIndex,
    MissingKey,
    MissingPrimaryKey,
    MissingUnique,
    OtherStorage,
    ShortenedIndex,
)
from asterisk_realtime.migrations.comparing.kinds import FRACTIONS, TypeFamily, Verdict
from asterisk_realtime.migrations.converting import NumberedInteger, RareFlag, is_filled
from asterisk_realtime.migrations.mariadb import labels as mariadb_labels
from asterisk_realtime.migrations.mariadb.catalogue import PREFIX, TableDetails
from asterisk_realtime.migrations.mariadb.checks import translated
from asterisk_realtime.migrations.mariadb.names import has_expressions, index_parts, mentions
from asterisk_realtime.migrations.reading.defaults import converted
from asterisk_realtime.migrations.sql import FALSE_WORDS, TRUE_WORDS, SqlWriter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Index

    from asterisk_realtime.migrations.mariadb.catalogue import Key

_EXACT = "DATETIME(6)"
"""Type of a generated column of times; it has all digits, which sql_mode might round or cut."""

_CHARACTERS = frozenset({TypeFamily.TEXT, TypeFamily.ENUM})


def is_rewritten(difference: Difference) -> bool:
    """Tell whether the values of a column must be converted."""
    if not isinstance(difference, ColumnDiffers):
        return False
    found, kind = difference.found.kind.family, difference.kind.family
    if is_filled(difference.wanted) and difference.found.nullable:
        return True
    if difference.empties or difference.older:
        return True
    if difference.verdict is Verdict.CONVERT:
        return kind is not TypeFamily.TEXT
    # Without a strict sql_mode, an invalid value of an enum was stored as an empty text.
    return kind is found is TypeFamily.ENUM


@attrs.frozen
class MariadbTable:
    """Writes the statements for the differences of one table."""

    writer: SqlWriter
    name: str
    differences: tuple[Difference, ...]
    details: TableDetails

    def statements(self) -> Iterator[str]:
        """
        Yield the statements in the order in which they must run.

        MariaDB commits each of them. After an interruption, a new comparison finds the rest.
        """
        storage, rest = self._storage(), list(self._rest())
        left = [f"DROP COLUMN {self.writer.name(name)}" for name in self.details.left_over]
        if left:
            yield self._alter(left)
        if rewritten := self.rewritten():
            yield self._alter(
                [*storage, *map(self._generated_column, rewritten), *self._filled_columns()]
            )
            yield self._alter(
                [*self._recreated_indexes(), *map(self._replace_column, rewritten), *rest]
            )
        elif filled := list(self._filled_columns()):
            yield self._alter([*storage, *filled])
            yield self._alter(rest)
        else:
            yield self._alter([*storage, *rest])

    def rewritten(self) -> tuple[ColumnDiffers, ...]:
        """Return the columns whose values are converted."""
        return tuple(
            each
            for each in self.differences
            if isinstance(each, ColumnDiffers)
            and is_rewritten(each)
            and not self.details.columns[each.found.name].generated
        )

    def _alter(self, clauses: list[str]) -> str:
        return f"ALTER TABLE {self.writer.name(self.name)} {', '.join(clauses)}"

    def _storage(self) -> list[str]:
        if not any(isinstance(each, OtherStorage) for each in self.differences):
            return []
        blocks = ["KEY_BLOCK_SIZE=0"] if "key_block_size" in self.details.options.lower() else []
        return ["ENGINE=InnoDB", "ROW_FORMAT=DYNAMIC", *blocks]

    # -- Generated columns that replace others -----------------------------------------------------

    def _generated_column(self, difference: ColumnDiffers) -> str:
        name = difference.found.name
        type_ = _EXACT if difference.kind.family is TypeFamily.TIME else self._type(difference)
        return (
            f"ADD COLUMN {self.writer.name(PREFIX + name)} {type_}"
            f" AS ({self.new_value(difference)}) STORED AFTER {self.writer.name(name)}"
        )

    def _filled_columns(self) -> Iterator[str]:
        """Yield a generated column for each missing column that an older one fills."""
        for each in self.differences:
            if isinstance(each, MissingColumn) and each.older:
                name = self.writer.name(PREFIX + each.column)
                yield f"ADD COLUMN {name} {_EXACT} AS ({self._first_time(each.older)}) STORED"

    def _first_time(self, *columns: str) -> str:
        """Return the expression for the first time in these columns; NULL and '' are skipped."""
        types = [self.details.columns[each].type.lower() for each in columns]
        if all(each.startswith(("date", "timestamp")) for each in types):
            return f"COALESCE({self.writer.names(columns)})"
        *first, last = map(self.writer.as_trimmed_text, columns)
        cell = last
        for each in reversed(first):
            cell = f"COALESCE(NULLIF({each}, ''), {cell})"
        return f"NULLIF({cell}, '')"

    def new_value(self, difference: ColumnDiffers) -> str:
        """Return the expression that converts a value."""
        column, kind = difference.found.name, difference.kind
        if kind.family is TypeFamily.ENUM:
            same = mariadb_labels.same(difference)
            return self.writer.as_label(column, self._kept_labels(difference), same)
        if is_filled(difference.wanted):
            fixed = self.details.columns[column].type.lower().startswith("char")
            cell = self.writer.as_trimmed_text(column) if fixed else self.writer.name(column)
            return f"COALESCE({cell}, '')"
        if difference.older:
            return self._first_time(column, difference.older)
        if kind.family is TypeFamily.INTEGER:
            return self._number(difference)
        if difference.verdict is not Verdict.CONVERT:
            return f"NULLIF({self.writer.name(column)}, '')"
        return f"NULLIF({self.writer.as_trimmed_text(column)}, '')"

    def _number(self, difference: ColumnDiffers) -> str:
        column = difference.found.name
        if difference.found.kind.family in FRACTIONS:
            return self.writer.name(column)
        return self.writer.as_number(column, yes_no=difference.yes_no)

    def _kept_labels(self, difference: ColumnDiffers) -> tuple[str, ...]:
        """Return the labels that an enum has after the upgrade."""
        kind, found = difference.kind, difference.found.kind
        if found.family is not TypeFamily.ENUM or difference.verdict is Verdict.CONVERT:
            return kind.labels
        # An enum with yes and no replaces other words, such as true and off, with these.
        yes_no = {"yes", "no"} <= {*kind.labels}
        words = {*TRUE_WORDS, *FALSE_WORDS} if yes_no else set()
        own = (label for label in mariadb_labels.own(difference) if label.lower() not in words)
        return (*kind.labels, *filter(None, own))

    def _replace_column(self, difference: ColumnDiffers) -> str:
        there = self.writer.name(difference.found.name)
        new = self.writer.name(PREFIX + difference.found.name)
        return f"DROP COLUMN {there}, CHANGE COLUMN {new} {self._definition(difference)}"

    def _recreated_indexes(self) -> Iterator[str]:
        """Yield the clauses that recreate the indexes and checks of replaced columns."""
        replaced = {
            each.name
            for each in self.differences
            if (isinstance(each, MissingIndex) and each.replaces)
            or isinstance(each, ShortenedIndex)
        }
        keys = {
            key.sql: key
            for each in self.rewritten()
            for key in self.details.keys_of(each.found.name)
        }
        for key in keys.values():
            if not key.name:
                yield f"DROP PRIMARY KEY, ADD {self._index_definition(key)}"
            elif not {key.name, key.name.lower()} & replaced:
                yield f"DROP INDEX {self.writer.name(key.name)}, ADD {self._index_definition(key)}"
        for each in self.rewritten():
            for name, clause in self.details.checks.items():
                if mentions(clause, each.found.name):
                    yield f"DROP CONSTRAINT {self.writer.name(name)}"
                    new = self.translated(clause, each)
                    yield f"ADD CONSTRAINT {self.writer.name(name)} CHECK ({new})"

    def _index_definition(self, key: Key) -> str:
        """Return the definition of an index, without the prefix lengths of enums and numbers."""
        words = {
            e.found.name.lower() for e in self.rewritten() if e.kind.family is not TypeFamily.TEXT
        }
        columns = (
            attrs.evolve(each, length=0) if each.name.lower() in words else each
            for each in index_parts(key.columns)
        )
        whole = (
            key if has_expressions(key.columns) else key.with_columns(",".join(map(str, columns)))
        )
        return self.writer.verbatim(whole.sql)

    # -- All other changes -------------------------------------------------------------------------

    def _rest(self) -> Iterator[str]:
        rewritten = self.rewritten()
        for each in self.differences:
            if each not in rewritten:
                yield from self._clauses(each)

    def _clauses(self, difference: Difference) -> Iterator[str]:
        match difference:
            case MissingColumn(wanted=added, older=older) if older:
                name = self.writer.name(PREFIX + added.name)
                yield f"CHANGE COLUMN {name} {self.writer.column(added)}"
            case MissingColumn(wanted=added):
                yield f"ADD COLUMN {self.writer.column(added)}"
            case ColumnDiffers(column=column):
                yield f"MODIFY COLUMN {self._definition(difference)}{self._position(column)}"
            case MisplacedColumn(column=column):
                if not self._differs(column):
                    definition = self._unchanged_definition(difference)
                    yield f"MODIFY COLUMN {definition}{self._position(column)}"
            case OtherStorage():
                return
            case _:
                yield from self._key_clauses(difference)

    def _key_clauses(self, difference: Difference) -> Iterator[str]:
        match difference:
            case MissingPrimaryKey(columns=columns):
                yield f"ADD PRIMARY KEY ({self.writer.names(columns)})"
            case MissingKey(columns=columns):
                yield f"ADD INDEX ({self.writer.names(columns)})"
            case MissingUnique(columns=columns):
                yield f"ADD UNIQUE ({self.writer.names(columns)})"
            case MissingForeignKey(wanted=constraint):
                yield f"ADD {self.writer.constraint(constraint)}"
            case MissingIndex(name=name, replaces=replaces, wanted=index, lengths=lengths):
                if replaces:
                    yield f"DROP INDEX {self.writer.name(name)}"
                kind = "UNIQUE INDEX" if index.unique else "INDEX"
                yield f"ADD {kind} {self.writer.name(name)} ({self._indexed(index, lengths)})"
            case ShortenedIndex(name=name, making=making):
                yield f"DROP INDEX {self.writer.name(name)}, ADD {self.writer.verbatim(making)}"
            case _:
                raise AssertionError(difference)

    def _differs(self, column: str) -> bool:
        return any(
            isinstance(each, ColumnDiffers) and each.column == column for each in self.differences
        )

    def _position(self, column: str) -> str:
        for each in self.differences:
            if isinstance(each, MisplacedColumn) and each.column == column:
                return f" AFTER {self.writer.name(each.after)}"
        return ""

    def _unchanged_definition(self, difference: MisplacedColumn) -> str:
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

    def _indexed(self, index: Index, shorter: Mapping[str, int]) -> str:
        lengths = shorter or index.dialect_options[self.writer.dialect.name]["length"] or {}
        return ", ".join(
            f"{self.writer.name(name)}({lengths[name]})"
            if lengths.get(name)
            else self.writer.name(name)
            for name in index.columns.keys()  # noqa: SIM118 - a column collection, not a dict
        )

    # -- Definitions -------------------------------------------------------------------------------

    def _definition(self, difference: ColumnDiffers) -> str:
        """Return a column's complete definition, since MODIFY drops what it does not repeat."""
        details, wanted = self.details.columns[difference.found.name], difference.wanted
        if isinstance(wanted.type, RareFlag):
            return self.writer.column(wanted)
        parts = [self.writer.name(wanted.name), self._type(difference)]
        if details.generated:
            parts.append(self.writer.verbatim(details.generated))
        else:
            # Always explicit, since the default for a TIMESTAMP depends on a setting.
            parts.append("NULL" if wanted.nullable else "NOT NULL")
        parts.append(details.flags)
        if wanted.autoincrement is True or isinstance(wanted.type, NumberedInteger):
            parts.append("AUTO_INCREMENT")
        elif default := self._default(difference):
            parts.append(f"DEFAULT {default}")
        parts.append(self._with_fraction(details.on_update, difference))
        if details.comment:
            parts.append(f"COMMENT {self.writer.literal(details.comment)}")
        parts.append(self._check(difference))
        return " ".join(part for part in parts if part)

    def _check(self, difference: ColumnDiffers) -> str:
        clause = self.details.columns[difference.found.name].check
        if not clause:
            return ""
        if difference in self.rewritten():
            return f"CHECK ({self.translated(clause, difference)})"
        return f"CHECK ({self.writer.verbatim(clause)})"

    def translated(self, clause: str, difference: ColumnDiffers) -> str | None:
        """Return a CHECK with values of the new type, or None if that is not possible."""
        if difference.kind.family is difference.found.kind.family is TypeFamily.TEXT:
            return self.writer.verbatim(clause)
        return translated(clause, difference.found.name, difference.kind, self.writer)

    def _default(self, difference: ColumnDiffers) -> str:
        default = self.details.columns[difference.found.name].default
        if not default or difference.drops_default:
            return self.writer.default(difference.wanted) or ""
        if difference.verdict is Verdict.CONVERT:
            word = converted(default, difference.kind)
            return self.writer.literal(word) if word else ""
        if difference in self.rewritten() and difference.kind.family is TypeFamily.ENUM:
            return self._converted_enum_default(default, difference)
        return self._with_fraction(default, difference)

    def _with_fraction(self, sql: str, difference: ColumnDiffers) -> str:
        """Return CURRENT_TIMESTAMP with as many digits as the column has, as MySQL requires."""
        digits = re.search(r"\(\d\)", self._type(difference))
        if difference.kind.family is not TypeFamily.TIME or not digits:
            return self.writer.verbatim(sql)
        return re.sub(r"(?i)(current_timestamp)(\(\d?\))?", rf"\1{digits[0]}", sql)

    def _converted_enum_default(self, default: str, difference: ColumnDiffers) -> str:
        kind = attrs.evolve(difference.kind, labels=self._kept_labels(difference))
        word = converted(default, kind)
        if word is None:
            return self.writer.verbatim(default)
        return self.writer.literal(word) if word else ""

    def _type(self, difference: ColumnDiffers) -> str:
        found, wanted = difference.found, difference.wanted
        details = self.details.columns[found.name]
        if difference.verdict is Verdict.FITS:
            return self.writer.verbatim(f"{details.type} {details.characters}".strip())
        if isinstance(wanted.type, NumberedInteger):
            return "INTEGER"
        words = [self._wanted_type(difference)]
        if difference.kind.family is found.kind.family:
            kept = ("UNSIGNED", "ZEROFILL", "COMPRESSED")
            words += [word for word in kept if word in details.type.upper()]
        if difference.kind.family in _CHARACTERS and "COLLATE" not in words[0]:
            words.append(details.characters)
        return " ".join(word for word in words if word)

    def _wanted_type(self, difference: ColumnDiffers) -> str:
        found, wanted = difference.found, difference.wanted
        if difference.kind.family is TypeFamily.ENUM and found.kind.family is TypeFamily.ENUM:
            labels = (*difference.kind.labels, *mariadb_labels.own(difference))
            return self.writer.type(ENUM(*labels))
        if found.kind.text.startswith("TIMESTAMP"):
            # A TIMESTAMP depends on the session's time zone, and must stay one.
            return self.writer.type(wanted.type).replace("DATETIME", "TIMESTAMP")
        return self.writer.type(wanted.type)
