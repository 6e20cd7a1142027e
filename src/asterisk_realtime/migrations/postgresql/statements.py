"""The statements that change a table of PostgreSQL: one ALTER TABLE with all its changes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy.schema import CreateIndex

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
)
from asterisk_realtime.migrations.comparing.kinds import Family, Verdict
from asterisk_realtime.migrations.reading.defaults import converted
from asterisk_realtime.migrations.schema import is_filled
from asterisk_realtime.migrations.sql import TRUE_WORDS, Spelling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Column


@attrs.frozen
class PostgresqlTable:
    """The statements for the differences of one table."""

    spelling: Spelling
    name: str
    differences: tuple[Difference, ...]
    rights: Mapping[str, list[str]] = attrs.field(factory=dict)
    """Statements that give a recreated column its rights, comment and settings again, by column."""

    def statements(self) -> Iterator[str]:
        """Yield them in the order in which they must run."""
        clauses = [clause for each in self.differences for clause in self._clauses(each)]
        if clauses:
            yield f"ALTER TABLE {self.spelling.name(self.name)} {', '.join(clauses)}"
        for each in self.differences:
            yield from self._after(each)

    def _clauses(self, difference: Difference) -> Iterator[str]:
        match difference:
            case MisplacedColumn() | MissingIndex() | MissingKey():
                return
            case ColumnDiffers():
                yield from self._alter(difference)
            case _:
                yield self._clause(difference)

    def _after(self, difference: Difference) -> Iterator[str]:
        """Yield the statements that follow once the table has its columns."""
        table = self.spelling.name(self.name)
        match difference:
            case MisplacedColumn():
                yield from self._put_last(difference)
            case MissingIndex(wanted=index):
                if difference.replaces:
                    yield f"DROP INDEX {self.spelling.name(difference.name)}"
                yield self.spelling.ddl(CreateIndex(index))
            case MissingKey(columns=columns):
                yield f"CREATE INDEX ON {table} ({self.spelling.names(columns)})"
            case ColumnDiffers(older=older):
                yield from self._count_on(difference)
                yield from [self._fill(difference)] if older else []
            case MissingColumn(wanted=column, older=older):
                yield from [self._fill(difference)] if older else []
                if column.autoincrement is True:
                    yield self._share_sequence(column.name)
            case _:
                return

    def _put_last(self, difference: MisplacedColumn) -> Iterator[str]:
        """
        Yield what recreates a column after all others: PostgreSQL cannot move a column.

        Done with its own types, since an UPDATE would run the triggers of the table.
        """
        table, old = self.spelling.name(self.name), self.spelling.name(difference.column)
        new = self.spelling.name(f"new_{difference.column}")
        grown = any(
            isinstance(each, ColumnDiffers)
            and each.column == difference.column
            and each.verdict is not Verdict.FITS
            for each in self.differences
        )
        type_ = self.spelling.type(difference.wanted.type if grown else difference.found.type)
        yield f"ALTER TABLE {table} ADD COLUMN {new} {type_}"
        yield f"ALTER TABLE {table} ALTER COLUMN {new} TYPE {type_} USING {old}"
        yield f"ALTER TABLE {table} DROP COLUMN {old}"
        yield f"ALTER TABLE {table} RENAME COLUMN {new} TO {old}"
        if difference.found.default is not None:
            default = f"SET DEFAULT {self.spelling.verbatim(difference.found.default)}"
            if not self._drops_default(difference.column):
                yield f"ALTER TABLE {table} ALTER COLUMN {old} {default}"
        for statement in self.rights.get(difference.column, ()):
            yield self.spelling.verbatim(statement)

    def _drops_default(self, column: str) -> bool:
        return any(
            isinstance(each, ColumnDiffers) and each.column == column and each.drops_default
            for each in self.differences
        )

    def _fill(self, difference: MissingColumn | ColumnDiffers) -> str:
        """Return the statement that copies an older column; an UPDATE would run triggers."""
        table, column = self.spelling.name(self.name), self.spelling.name(difference.column)
        type_ = self.spelling.type(difference.wanted.type)
        older = f"NULLIF({self.spelling.as_text(difference.older)}, '')"
        return (
            f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {type_}"
            f" USING COALESCE({column}, CAST({older} AS {type_}))"
        )

    def _clause(self, difference: Difference) -> str:
        match difference:
            case MissingColumn(wanted=column):
                return f"ADD COLUMN {self.spelling.column(column)}"
            case MissingPrimaryKey(columns=columns):
                return f"ADD PRIMARY KEY ({self.spelling.names(columns)})"
            case MissingUnique(columns=columns):
                return f"ADD UNIQUE ({self.spelling.names(columns)})"
            case MissingForeignKey(wanted=constraint):
                return f"ADD {self.spelling.constraint(constraint)}"
            case _:
                raise AssertionError(difference)

    def _share_sequence(self, column: str) -> str:
        """
        Let whoever may INSERT draw numbers for the new column from its sequence.

        Asterisk's role often has rights on the tables only, and would lose each call record. An
        identity column asks for no such right, but cdr_pgsql writes an empty text into it.
        """
        table = self.spelling.word(self.spelling.name(self.name))
        return (
            "DO $$ DECLARE who text; BEGIN FOR who IN"
            " SELECT DISTINCT CASE entry.grantee WHEN 0 THEN 'PUBLIC'"
            " ELSE quote_ident(pg_get_userbyid(entry.grantee)) END"
            " FROM pg_class there, aclexplode(there.relacl) entry"
            f" WHERE there.oid = {table}::regclass AND entry.privilege_type = 'INSERT'"
            " AND entry.grantee <> there.relowner LOOP"
            " EXECUTE 'GRANT USAGE ON SEQUENCE '"
            f" || pg_get_serial_sequence({table}, {self.spelling.word(column)})"
            " || ' TO ' || who; END LOOP; END $$"
        )

    def _alter(self, difference: ColumnDiffers) -> Iterator[str]:
        column = f"ALTER COLUMN {self.spelling.name(difference.column)}"
        found, wanted = difference.found, difference.wanted
        numbering = wanted.autoincrement is True or wanted.identity is not None
        if found.default is not None and not found.numbered:
            yield f"{column} DROP DEFAULT"
        if is_filled(wanted) and found.nullable:
            yield f"{column} TYPE {self.spelling.type(wanted.type)} USING {self._filled(wanted)}"
        elif difference.verdict is not Verdict.FITS:
            yield f"{column} TYPE {self.spelling.type(wanted.type)}{self._using(difference)}"
        elif difference.empties:
            name = self.spelling.name(difference.column)
            yield f"{column} TYPE {self.spelling.type(found.type)} USING NULLIF({name}, '')"
        if found.nullable is not wanted.nullable:
            yield f"{column} {'DROP' if wanted.nullable else 'SET'} NOT NULL"
        if numbering and not found.numbered:
            yield f"{column} ADD GENERATED BY DEFAULT AS IDENTITY"
        elif found.default is not None and not found.numbered and not difference.drops_default:
            default = self._default(found.default, difference)
            if default:
                yield f"{column} SET DEFAULT {default}"
        elif wanted.server_default is not None and found.default is None:
            yield f"{column} SET DEFAULT {self.spelling.default(wanted)}"

    def _filled(self, column: Column[Any]) -> str:
        """Return the value of a cell that may be NULL; an UPDATE would run the table's triggers."""
        return f"COALESCE({self.spelling.as_text(column.name)}, '')"

    def _default(self, default: str, difference: ColumnDiffers) -> str:
        if difference.verdict is Verdict.CONVERT:
            word = converted(default, difference.kind)
            return self.spelling.word(word) if word else ""
        # The text without its cast, so that it is read as the column's new type.
        return self.spelling.verbatim(re.sub(r"^('(?:[^']|'')*')::.*$", r"\1", default))

    def _using(self, difference: ColumnDiffers) -> str:
        name = self.spelling.name(difference.column)
        if difference.verdict is not Verdict.CONVERT:
            return f" USING NULLIF({name}, '')" if difference.empties else ""
        cell = f"NULLIF({self.spelling.as_text(difference.column)}, '')"
        if difference.kind.family is Family.INTEGER:
            number = self.spelling.as_number(difference.column, yes_no=difference.yes_no)
            cell = f"CAST({number} AS numeric)"
        elif difference.kind.family is Family.ENUM:
            cell = self.spelling.as_label(difference.column, difference.kind.labels)
        elif difference.kind.family is Family.BOOLEAN:
            cell = f"lower({cell}) IN ({self.spelling.words(TRUE_WORDS)})"
        type_ = self.spelling.type(difference.wanted.type)
        return f" USING CAST({cell} AS {type_})"

    def _count_on(self, difference: ColumnDiffers) -> Iterator[str]:
        """Yield what lets a new numbering go on after the numbers that are there."""
        wanted = difference.wanted
        if difference.found.numbered or not (wanted.autoincrement is True or wanted.identity):
            return
        column, table = self.spelling.name(wanted.name), self.spelling.name(self.name)
        sequence = f"pg_get_serial_sequence({self.spelling.word(self.name)}, '{wanted.name}')"
        yield f"SELECT setval({sequence}, COALESCE(max({column}), 0) + 1, false) FROM {table}"
