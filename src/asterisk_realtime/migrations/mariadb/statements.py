"""
The statements that change a table of MariaDB to the wanted one.

One ALTER TABLE has all changes. If cells must be converted, another one comes first: beside each
such column it adds a generated column with the new values, which then takes its name and place.
So no UPDATE is needed, which would fire triggers and touch ``ON UPDATE`` columns. Rows that are
written in between are converted too, and a run that is killed leaves each column as it was.
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
from asterisk_realtime.migrations.comparing.kinds import FRACTIONS, Family, Verdict
from asterisk_realtime.migrations.mariadb import labels as mariadb_labels
from asterisk_realtime.migrations.mariadb.catalogue import PREFIX, TableDetails
from asterisk_realtime.migrations.mariadb.checks import translated
from asterisk_realtime.migrations.mariadb.names import has_expressions, index_parts, mentions
from asterisk_realtime.migrations.reading.defaults import converted
from asterisk_realtime.migrations.schema import NumberedInteger, is_filled
from asterisk_realtime.migrations.sql import FALSE_WORDS, TRUE_WORDS, Spelling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Index

    from asterisk_realtime.migrations.mariadb.catalogue import Key

_EXACT = "DATETIME(6)"
"""Type of a generated column, since a setting decides whether MariaDB rounds or cuts digits."""

_CHARACTERS = frozenset({Family.TEXT, Family.ENUM})


def is_rewritten(difference: Difference) -> bool:
    """Tell whether the cells of a column must be converted."""
    if not isinstance(difference, ColumnDiffers):
        return False
    found, kind = difference.found.kind.family, difference.kind.family
    if is_filled(difference.wanted) and difference.found.nullable:
        return True
    if difference.empties or difference.older:
        return True
    if difference.verdict is Verdict.CONVERT:
        return kind is not Family.TEXT
    # If sql_mode was lax, a value that the enum did not have was stored as an empty one.
    return kind is found is Family.ENUM


@attrs.frozen
class MariadbTable:
    """The statements for the differences of one table."""

    spelling: Spelling
    name: str
    differences: tuple[Difference, ...]
    details: TableDetails

    def statements(self) -> Iterator[str]:
        """
        Yield them in the order in which they must run.

        There is no transaction around them: after each, the rest is what a new comparison finds.
        """
        storage, rest = self._storage(), list(self._rest())
        left = [f"DROP COLUMN {self.spelling.name(name)}" for name in self.details.left_over]
        if left:
            yield self._alter(left)
        if rewritten := self.rewritten():
            yield self._alter([*storage, *map(self._stand_in, rewritten), *self._filled()])
            yield self._alter([*self._without_keys(), *map(self._take_over, rewritten), *rest])
        elif filled := list(self._filled()):
            yield self._alter([*storage, *filled])
            yield self._alter(rest)
        else:
            yield self._alter([*storage, *rest])

    def rewritten(self) -> tuple[ColumnDiffers, ...]:
        """Return the columns whose cells are converted."""
        return tuple(
            each
            for each in self.differences
            if isinstance(each, ColumnDiffers)
            and is_rewritten(each)
            and not self.details.columns[each.found.name].generated
        )

    def _alter(self, clauses: list[str]) -> str:
        return f"ALTER TABLE {self.spelling.name(self.name)} {', '.join(clauses)}"

    def _storage(self) -> list[str]:
        if not any(isinstance(each, OtherStorage) for each in self.differences):
            return []
        blocks = ["KEY_BLOCK_SIZE=0"] if "key_block_size" in self.details.options.lower() else []
        return ["ENGINE=InnoDB", "ROW_FORMAT=DYNAMIC", *blocks]

    # -- Generated columns that replace others -----------------------------------------------------

    def _stand_in(self, difference: ColumnDiffers) -> str:
        name = difference.found.name
        type_ = _EXACT if difference.kind.family is Family.TIME else self._type(difference)
        return (
            f"ADD COLUMN {self.spelling.name(PREFIX + name)} {type_}"
            f" AS ({self.rewriting(difference)}) STORED AFTER {self.spelling.name(name)}"
        )

    def _filled(self) -> Iterator[str]:
        """Yield the added columns that get their values from older ones."""
        for each in self.differences:
            if isinstance(each, MissingColumn) and each.older:
                name = self.spelling.name(PREFIX + each.column)
                yield f"ADD COLUMN {name} {_EXACT} AS ({self._time(each.older)}) STORED"

    def _time(self, *columns: str) -> str:
        """Return the first time in these columns; only text columns may be empty."""
        types = [self.details.columns[each].type.lower() for each in columns]
        if all(each.startswith(("date", "timestamp")) for each in types):
            return f"COALESCE({self.spelling.names(columns)})"
        *first, last = map(self.spelling.as_word, columns)
        cell = last
        for each in reversed(first):
            cell = f"COALESCE(NULLIF({each}, ''), {cell})"
        return f"NULLIF({cell}, '')"

    def rewriting(self, difference: ColumnDiffers) -> str:
        """Return the expression of the new value of a cell."""
        column, kind = difference.found.name, difference.kind
        if kind.family is Family.ENUM:
            same = mariadb_labels.same(difference)
            return self.spelling.as_label(column, self._meant(difference), same)
        if is_filled(difference.wanted):
            fixed = self.details.columns[column].type.lower().startswith("char")
            cell = self.spelling.as_word(column) if fixed else self.spelling.name(column)
            return f"COALESCE({cell}, '')"
        if difference.older:
            return self._time(column, difference.older)
        if kind.family is Family.INTEGER:
            return self._number(difference)
        if difference.verdict is not Verdict.CONVERT:
            return f"NULLIF({self.spelling.name(column)}, '')"
        return f"NULLIF({self.spelling.as_word(column)}, '')"

    def _number(self, difference: ColumnDiffers) -> str:
        column = difference.found.name
        if difference.found.kind.family in FRACTIONS:
            return self.spelling.name(column)
        return self.spelling.as_number(column, yes_no=difference.yes_no)

    def _meant(self, difference: ColumnDiffers) -> tuple[str, ...]:
        """Return the labels of an enum that stay."""
        kind, found = difference.kind, difference.found.kind
        if found.family is not Family.ENUM or difference.verdict is Verdict.CONVERT:
            return kind.labels
        # The column was another enum of yes and no, whose other spellings this one does not have.
        yes_no = {"yes", "no"} <= {*kind.labels}
        words = {*TRUE_WORDS, *FALSE_WORDS} if yes_no else set()
        own = (label for label in mariadb_labels.own(difference) if label.lower() not in words)
        return (*kind.labels, *filter(None, own))

    def _take_over(self, difference: ColumnDiffers) -> str:
        there = self.spelling.name(difference.found.name)
        new = self.spelling.name(PREFIX + difference.found.name)
        return f"DROP COLUMN {there}, CHANGE COLUMN {new} {self._definition(difference)}"

    def _without_keys(self) -> Iterator[str]:
        """Yield what keeps the indexes and checks of columns that are dropped and replaced."""
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
                yield f"DROP PRIMARY KEY, ADD {self._whole(key)}"
            elif not {key.name, key.name.lower()} & replaced:
                yield f"DROP INDEX {self.spelling.name(key.name)}, ADD {self._whole(key)}"
        for each in self.rewritten():
            for name, clause in self.details.checks.items():
                if mentions(clause, each.found.name):
                    yield f"DROP CONSTRAINT {self.spelling.name(name)}"
                    new = self.translated(clause, each)
                    yield f"ADD CONSTRAINT {self.spelling.name(name)} CHECK ({new})"

    def _whole(self, key: Key) -> str:
        """Return the definition of an index, without prefix lengths for enums and numbers."""
        words = {e.found.name.lower() for e in self.rewritten() if e.kind.family is not Family.TEXT}
        columns = (
            attrs.evolve(each, length=0) if each.name.lower() in words else each
            for each in index_parts(key.columns)
        )
        whole = key if has_expressions(key.columns) else key.of_columns(",".join(map(str, columns)))
        return self.spelling.verbatim(whole.sql)

    # -- All other changes -------------------------------------------------------------------------

    def _rest(self) -> Iterator[str]:
        rewritten = self.rewritten()
        for each in self.differences:
            if each not in rewritten:
                yield from self._clauses(each)

    def _clauses(self, difference: Difference) -> Iterator[str]:
        match difference:
            case MissingColumn(wanted=added, older=older) if older:
                name = self.spelling.name(PREFIX + added.name)
                yield f"CHANGE COLUMN {name} {self.spelling.column(added)}"
            case MissingColumn(wanted=added):
                yield f"ADD COLUMN {self.spelling.column(added)}"
            case ColumnDiffers(column=column):
                yield f"MODIFY COLUMN {self._definition(difference)}{self._place(column)}"
            case MisplacedColumn(column=column):
                if not self._differs(column):
                    yield f"MODIFY COLUMN {self._as_it_is(difference)}{self._place(column)}"
            case OtherStorage():
                return
            case _:
                yield from self._key_clauses(difference)

    def _key_clauses(self, difference: Difference) -> Iterator[str]:
        match difference:
            case MissingPrimaryKey(columns=columns):
                yield f"ADD PRIMARY KEY ({self.spelling.names(columns)})"
            case MissingKey(columns=columns):
                yield f"ADD INDEX ({self.spelling.names(columns)})"
            case MissingUnique(columns=columns):
                yield f"ADD UNIQUE ({self.spelling.names(columns)})"
            case MissingForeignKey(wanted=constraint):
                yield f"ADD {self.spelling.constraint(constraint)}"
            case MissingIndex(name=name, replaces=replaces, wanted=index, lengths=lengths):
                if replaces:
                    yield f"DROP INDEX {self.spelling.name(name)}"
                kind = "UNIQUE INDEX" if index.unique else "INDEX"
                yield f"ADD {kind} {self.spelling.name(name)} ({self._indexed(index, lengths)})"
            case ShortenedIndex(name=name, making=making):
                yield f"DROP INDEX {self.spelling.name(name)}, ADD {self.spelling.verbatim(making)}"
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

    def _indexed(self, index: Index, shorter: Mapping[str, int]) -> str:
        lengths = shorter or index.dialect_options[self.spelling.dialect.name]["length"] or {}
        return ", ".join(
            f"{self.spelling.name(name)}({lengths[name]})"
            if lengths.get(name)
            else self.spelling.name(name)
            for name in index.columns.keys()  # noqa: SIM118 - a column collection, not a dict
        )

    # -- Definitions -------------------------------------------------------------------------------

    def _definition(self, difference: ColumnDiffers) -> str:
        """Return the whole definition: MODIFY drops what it does not repeat."""
        details, wanted = self.details.columns[difference.found.name], difference.wanted
        parts = [self.spelling.name(wanted.name), self._type(difference)]
        if details.generated:
            parts.append(self.spelling.verbatim(details.generated))
        else:
            # Always given, since a TIMESTAMP may have either as its default.
            parts.append("NULL" if wanted.nullable else "NOT NULL")
        parts.append(details.flags)
        if wanted.autoincrement is True or isinstance(wanted.type, NumberedInteger):
            parts.append("AUTO_INCREMENT")
        elif default := self._default(difference):
            parts.append(f"DEFAULT {default}")
        parts.append(self._precise(details.on_update, difference))
        if details.comment:
            parts.append(f"COMMENT {self.spelling.word(details.comment)}")
        parts.append(self._check(difference))
        return " ".join(part for part in parts if part)

    def _check(self, difference: ColumnDiffers) -> str:
        clause = self.details.columns[difference.found.name].check
        if not clause:
            return ""
        if difference in self.rewritten():
            return f"CHECK ({self.translated(clause, difference)})"
        return f"CHECK ({self.spelling.verbatim(clause)})"

    def translated(self, clause: str, difference: ColumnDiffers) -> str | None:
        """Return a condition with values of the new type, or None if it cannot be translated."""
        if difference.kind.family is difference.found.kind.family is Family.TEXT:
            return self.spelling.verbatim(clause)
        return translated(clause, difference.found.name, difference.kind, self.spelling)

    def _default(self, difference: ColumnDiffers) -> str:
        default = self.details.columns[difference.found.name].default
        if not default or difference.drops_default:
            return self.spelling.default(difference.wanted) or ""
        if difference.verdict is Verdict.CONVERT:
            word = converted(default, difference.kind)
            return self.spelling.word(word) if word else ""
        if difference in self.rewritten() and difference.kind.family is Family.ENUM:
            return self._relabelled(default, difference)
        return self._precise(default, difference)

    def _precise(self, sql: str, difference: ColumnDiffers) -> str:
        """Give the present time as many digits as the column has, which MySQL requires."""
        digits = re.search(r"\(\d\)", self._type(difference))
        if difference.kind.family is not Family.TIME or not digits:
            return self.spelling.verbatim(sql)
        return re.sub(r"(?i)(current_timestamp)(\(\d?\))?", rf"\1{digits[0]}", sql)

    def _relabelled(self, default: str, difference: ColumnDiffers) -> str:
        kind = attrs.evolve(difference.kind, labels=self._meant(difference))
        word = converted(default, kind)
        if word is None:
            return self.spelling.verbatim(default)
        return self.spelling.word(word) if word else ""

    def _type(self, difference: ColumnDiffers) -> str:
        found, wanted = difference.found, difference.wanted
        details = self.details.columns[found.name]
        if difference.verdict is Verdict.FITS:
            return self.spelling.verbatim(f"{details.type} {details.characters}".strip())
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
        if difference.kind.family is Family.ENUM and found.kind.family is Family.ENUM:
            labels = (*difference.kind.labels, *mariadb_labels.own(difference))
            return self.spelling.type(ENUM(*labels))
        if found.kind.text.startswith("TIMESTAMP"):
            # Its values depend on the session's time zone, and must go on doing so.
            return self.spelling.type(wanted.type).replace("DATETIME", "TIMESTAMP")
        return self.spelling.type(wanted.type)
