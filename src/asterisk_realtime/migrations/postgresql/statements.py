"""Write the statements that change a table, most of them as one ALTER TABLE (PostgreSQL)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import attrs
from sqlalchemy import CHAR, String
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
from asterisk_realtime.migrations.comparing.kinds import TypeFamily, Verdict
from asterisk_realtime.migrations.converting import is_filled
from asterisk_realtime.migrations.reading.defaults import converted
from asterisk_realtime.migrations.sql import TRUE_WORDS, SqlWriter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Column


@attrs.frozen
class PostgresqlTable:
    """Writes the statements for the differences of one table."""

    writer: SqlWriter
    name: str
    differences: tuple[Difference, ...]
    rights: Mapping[str, list[str]] = attrs.field(factory=dict)
    """Statements that restore the rights, comment and settings of each recreated column."""

    def statements(self) -> Iterator[str]:
        """Yield the statements in the order in which they must run."""
        clauses = [clause for each in self.differences for clause in self._clauses(each)]
        if clauses:
            yield f"ALTER TABLE {self.writer.name(self.name)} {', '.join(clauses)}"
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
        """Yield the statements that must run after the ALTER TABLE."""
        table = self.writer.name(self.name)
        match difference:
            case MisplacedColumn():
                yield from self._move_to_end(difference)
            case MissingIndex(wanted=index):
                if difference.replaces:
                    yield f"DROP INDEX {self.writer.name(difference.name)}"
                yield self.writer.ddl(CreateIndex(index))
                if comment := index.info.get("rare"):
                    name = self.writer.name(difference.name)
                    yield f"COMMENT ON INDEX {name} IS {self.writer.literal(comment)}"
            case MissingKey(columns=columns):
                yield f"CREATE INDEX ON {table} ({self.writer.names(columns)})"
            case ColumnDiffers(older=older):
                yield from self._continue_numbering(difference)
                yield from [self._fill(difference)] if older else []
            case MissingColumn(wanted=column, older=older):
                yield from [self._fill(difference)] if older else []
                if column.autoincrement is True:
                    yield self._grant_sequence(column.name)
            case _:
                return

    def _move_to_end(self, difference: MisplacedColumn) -> Iterator[str]:
        """
        Yield the statements that recreate a column as the last one.

        PostgreSQL cannot move a column. ALTER COLUMN TYPE copies the values, since an UPDATE would
        run the triggers of the table.
        """
        table, old = self.writer.name(self.name), self.writer.name(difference.column)
        new = self.writer.name(f"new_{difference.column}")
        type_changes = any(
            isinstance(each, ColumnDiffers)
            and each.column == difference.column
            and each.verdict is not Verdict.FITS
            for each in self.differences
        )
        type_ = self.writer.type(difference.wanted.type if type_changes else difference.found.type)
        yield f"ALTER TABLE {table} ADD COLUMN {new} {type_}"
        yield f"ALTER TABLE {table} ALTER COLUMN {new} TYPE {type_} USING {old}"
        yield f"ALTER TABLE {table} DROP COLUMN {old}"
        yield f"ALTER TABLE {table} RENAME COLUMN {new} TO {old}"
        if difference.found.default is not None:
            default = f"SET DEFAULT {self.writer.verbatim(difference.found.default)}"
            if not self._drops_default(difference.column):
                yield f"ALTER TABLE {table} ALTER COLUMN {old} {default}"
        for statement in self.rights.get(difference.column, ()):
            yield self.writer.verbatim(statement)

    def _drops_default(self, column: str) -> bool:
        return any(
            isinstance(each, ColumnDiffers) and each.column == column and each.drops_default
            for each in self.differences
        )

    def _fill(self, difference: MissingColumn | ColumnDiffers) -> str:
        """Return the statement that copies an older column, without an UPDATE and its triggers."""
        table, column = self.writer.name(self.name), self.writer.name(difference.column)
        type_ = self.writer.type(difference.wanted.type)
        older = f"NULLIF({self.writer.as_text(difference.older)}, '')"
        return (
            f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {type_}"
            f" USING COALESCE({column}, CAST({older} AS {type_}))"
        )

    def _clause(self, difference: Difference) -> str:
        match difference:
            case MissingColumn(wanted=column):
                return f"ADD COLUMN {self.writer.column(column)}"
            case MissingPrimaryKey(columns=columns):
                return f"ADD PRIMARY KEY ({self.writer.names(columns)})"
            case MissingUnique(columns=columns):
                return f"ADD UNIQUE ({self.writer.names(columns)})"
            case MissingForeignKey(wanted=constraint):
                return f"ADD {self.writer.constraint(constraint)}"
            case _:
                raise AssertionError(difference)

    def _grant_sequence(self, column: str) -> str:
        """
        Return the statement that grants USAGE of the new sequence to each role that may INSERT.

        Asterisk's role often has rights on the tables only, and without this one each INSERT would
        fail. An identity column needs no such right, but cdr_pgsql writes an empty text into it.
        """
        table = self.writer.literal(self.writer.name(self.name))
        return (
            "DO $$ DECLARE who text; BEGIN FOR who IN"
            " SELECT DISTINCT CASE entry.grantee WHEN 0 THEN 'PUBLIC'"
            " ELSE quote_ident(pg_get_userbyid(entry.grantee)) END"
            " FROM pg_class there, aclexplode(there.relacl) entry"
            f" WHERE there.oid = {table}::regclass AND entry.privilege_type = 'INSERT'"
            " AND entry.grantee <> there.relowner LOOP"
            " EXECUTE 'GRANT USAGE ON SEQUENCE '"
            f" || pg_get_serial_sequence({table}, {self.writer.literal(column)})"
            " || ' TO ' || who; END LOOP; END $$"
        )

    def _alter(self, difference: ColumnDiffers) -> Iterator[str]:
        column = f"ALTER COLUMN {self.writer.name(difference.column)}"
        found, wanted = difference.found, difference.wanted
        numbering = wanted.autoincrement is True or wanted.identity is not None
        if found.default is not None and not found.numbered:
            yield f"{column} DROP DEFAULT"
        if is_filled(wanted) and found.nullable:
            yield f"{column} TYPE {self._filled_type(difference)} USING {self._filled(wanted)}"
        elif difference.verdict is not Verdict.FITS:
            yield f"{column} TYPE {self.writer.type(wanted.type)}{self._using(difference)}"
        elif difference.empties:
            name = self.writer.name(difference.column)
            yield f"{column} TYPE {self.writer.type(found.type)} USING NULLIF({name}, '')"
        if found.nullable is not wanted.nullable:
            yield f"{column} {'DROP' if wanted.nullable else 'SET'} NOT NULL"
        if numbering and not found.numbered:
            yield f"{column} ADD GENERATED BY DEFAULT AS IDENTITY"
        elif found.default is not None and not found.numbered and not difference.drops_default:
            default = self._default(found.default, difference)
            if default:
                yield f"{column} SET DEFAULT {default}"
        elif wanted.server_default is not None and found.default is None:
            yield f"{column} SET DEFAULT {self.writer.default(wanted)}"

    def _filled_type(self, difference: ColumnDiffers) -> str:
        """Return the type of a column without NULL; a text that is longer than wanted stays so."""
        there = difference.found.type
        longer = isinstance(there, String) and not isinstance(there, CHAR)
        kept = longer and difference.verdict is Verdict.FITS
        return self.writer.type(there if kept else difference.wanted.type)

    def _filled(self, column: Column[Any]) -> str:
        """Return the expression that replaces NULL with an empty text."""
        return f"COALESCE({self.writer.as_text(column.name)}, '')"

    def _default(self, default: str, difference: ColumnDiffers) -> str:
        if difference.verdict is Verdict.CONVERT:
            word = converted(default, difference.kind)
            return self.writer.literal(word) if word else ""
        # The literal without its cast, so that it gets the new type of the column.
        return self.writer.verbatim(re.sub(r"^('(?:[^']|'')*')::.*$", r"\1", default))

    def _using(self, difference: ColumnDiffers) -> str:
        name = self.writer.name(difference.column)
        if difference.verdict is not Verdict.CONVERT:
            return f" USING NULLIF({name}, '')" if difference.empties else ""
        cell = f"NULLIF({self.writer.as_text(difference.column)}, '')"
        if difference.kind.family is TypeFamily.INTEGER:
            number = self.writer.as_number(difference.column, yes_no=difference.yes_no)
            cell = f"CAST({number} AS numeric)"
        elif difference.kind.family is TypeFamily.ENUM:
            cell = self.writer.as_label(difference.column, difference.kind.labels)
        elif difference.kind.family is TypeFamily.BOOLEAN:
            cell = f"lower({cell}) IN ({self.writer.literals(TRUE_WORDS)})"
        type_ = self.writer.type(difference.wanted.type)
        return f" USING CAST({cell} AS {type_})"

    def _continue_numbering(self, difference: ColumnDiffers) -> Iterator[str]:
        """Yield the statement that lets a new sequence continue after the existing numbers."""
        wanted = difference.wanted
        if difference.found.numbered or not (wanted.autoincrement is True or wanted.identity):
            return
        column, table = self.writer.name(wanted.name), self.writer.name(self.name)
        sequence = f"pg_get_serial_sequence({self.writer.literal(self.name)}, '{wanted.name}')"
        yield f"SELECT setval({sequence}, COALESCE(max({column}), 0) + 1, false) FROM {table}"
