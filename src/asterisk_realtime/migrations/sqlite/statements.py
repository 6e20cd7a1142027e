"""Write the statements that change a table: ADD COLUMN, or recreate the table (SQLite)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy.schema import CreateIndex

from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    Difference,
    MisplacedColumn,
    MissingColumn,
    MissingForeignKey,
    MissingIndex,
    MissingPrimaryKey,
    MissingUnique,
    Obstacle,
)
from asterisk_realtime.migrations.comparing.kinds import TypeFamily, Verdict
from asterisk_realtime.migrations.sqlite import create_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Table

    from asterisk_realtime.migrations.reading.inspection import FoundTable
    from asterisk_realtime.migrations.sql import SqlWriter
    from asterisk_realtime.migrations.sqlite.create_table import ParsedColumn, ParsedTable

_PREFIX: Final = "asterisk_realtime_new_"

_STRICT: Final = {"TEXT": "TEXT", "BINARY": "BLOB", "INTEGER": "INTEGER", "BIGINT": "INTEGER"}
"""Types in a STRICT table; other types become INTEGER, REAL or TEXT."""


@attrs.frozen
class SqliteTable:
    """Writes the statements for the differences of one table."""

    writer: SqlWriter
    found: FoundTable
    wanted: Table
    differences: tuple[Difference, ...]

    @property
    def must_be_rebuilt(self) -> bool:
        """Whether the table must be recreated, since ALTER TABLE cannot make the changes."""
        return not all(
            isinstance(each, MissingIndex)
            or (isinstance(each, MissingColumn) and _can_be_added(each.wanted) and not each.older)
            for each in self.differences
        )

    def obstacles(self) -> Iterator[Obstacle]:
        """Yield an obstacle for a WITHOUT ROWID table whose rows must be numbered."""
        name = self.found.name
        source = create_table.parse(self.found.sql)
        if self._numbers_its_rows() and source.without_rowid:
            own = self.writer.name(f"own_{name}")
            names = self.writer.names(c for c in self.found.columns if c in self.wanted.columns)
            yield Obstacle(
                table=name,
                problem=f"table {name} is WITHOUT ROWID, so SQLite cannot number its rows",
                advice=f"rename it: ALTER TABLE {self.writer.name(name)} RENAME TO {own};"
                f" after the upgrade: INSERT INTO {self.writer.name(name)} ({names})"
                f" SELECT {names} FROM {own}",
            )

    def statements(self) -> Iterator[str]:
        """Yield the statements in the order in which they must run, in one transaction."""
        if self.must_be_rebuilt:
            yield from self._rebuild()
        else:
            strict = bool(self.found.sql) and create_table.parse(self.found.sql).strict
            for each in self.differences:
                if isinstance(each, MissingColumn):
                    column = self._added(each.wanted, strict=strict)
                    yield f"ALTER TABLE {self.writer.name(self.found.name)} ADD COLUMN {column}"
        for each in self.differences:
            if isinstance(each, MissingIndex):
                if each.replaces:
                    yield f"DROP INDEX {self.writer.name(each.name)}"
                yield self.writer.ddl(CreateIndex(each.wanted))

    # -- A recreated table -------------------------------------------------------------------------

    def _rebuild(self) -> Iterator[str]:
        source = create_table.parse(self.found.sql)
        name, new = (
            self.writer.name(self.found.name),
            self.writer.name(_PREFIX + self.found.name),
        )
        columns, constraints = self._columns(source), self._constraints(source)
        yield f"CREATE TABLE {new} ({', '.join([*columns, *constraints])}) {source.options}".strip()
        cells = dict(self._cells(source))
        yield (
            f"INSERT INTO {new} ({', '.join(cells)}) SELECT {', '.join(cells.values())} FROM {name}"
        )
        if "AUTOINCREMENT" in self.found.sql.upper():
            yield from self._continue_numbering()
        yield f"DROP TABLE {name}"
        # Otherwise RENAME fails if a view or trigger uses the table, which does not exist now.
        yield "PRAGMA legacy_alter_table=ON"
        yield f"ALTER TABLE {new} RENAME TO {self.writer.name(self.wanted.name)}"
        yield "PRAGMA legacy_alter_table=OFF"
        yield from self.found.attached

    def _continue_numbering(self) -> Iterator[str]:
        """Yield the statements that let AUTOINCREMENT continue after the highest number."""
        old, new = self.found.name, _PREFIX + self.found.name
        yield f"DELETE FROM sqlite_sequence WHERE name = {self.writer.literal(new)}"
        yield (
            f"INSERT INTO sqlite_sequence (name, seq) SELECT {self.writer.literal(new)}, seq"
            f" FROM sqlite_sequence WHERE name = {self.writer.literal(old)}"
        )

    def _columns(self, source: ParsedTable) -> list[str]:
        parts: dict[str, str] = {}
        for column in source.columns:
            name = self._wanted_name(column.name)
            parts[name] = self._definition(name, column, source)
        for each in self.differences:
            if isinstance(each, MissingColumn):
                parts[each.column] = self._added(each.wanted, strict=source.strict)
        order = list(parts)
        for each in self.differences:
            if isinstance(each, MisplacedColumn):
                order.remove(each.column)
                order.insert(order.index(each.after) + 1, each.column)
        return [parts[name] for name in order]

    def _wanted_name(self, name: str) -> str:
        """Return the name of a column as Asterisk writes it; SQLite ignores case."""
        return next((c for c in self.wanted.columns.keys() if c.lower() == name.lower()), name)  # noqa: SIM118 - a column collection, not a dict

    def _definition(self, name: str, column: ParsedColumn, source: ParsedTable) -> str:
        if self._loses_its_primary_key(source):
            column = attrs.evolve(column, clauses=tuple(map(_as_unique, column.clauses)))
        difference = next(
            (e for e in self.differences if isinstance(e, ColumnDiffers) and e.column == name), None
        )
        type_ = column.type
        if difference is not None:
            if difference.verdict is not Verdict.FITS or difference.wanted.autoincrement is True:
                type_ = self._type(difference.wanted, strict=source.strict)
            own = () if self._keeps_default(difference) else ("DEFAULT",)
            column = column.without("NOT NULL", "NULL", *own)
            column = attrs.evolve(
                column, clauses=(*self._rules(difference.wanted), *column.clauses)
            )
        return " ".join(each for each in (self.writer.name(name), type_, *column.clauses) if each)

    def _keeps_default(self, difference: ColumnDiffers) -> bool:
        return not difference.drops_default and self.writer.default(difference.wanted) is None

    def _rules(self, wanted: Column[Any]) -> tuple[str, ...]:
        """Return the NOT NULL and DEFAULT clauses of a column."""
        rules = [] if wanted.nullable else ["NOT NULL"]
        if wanted.dialect_options["sqlite"].get("on_conflict_not_null") == "REPLACE":
            rules = ["NOT NULL ON CONFLICT REPLACE"]
        default = self.writer.default(wanted)
        return (*rules, *([] if default is None else [f"DEFAULT {default}"]))

    def _type(self, wanted: Column[Any], *, strict: bool) -> str:
        type_ = self.writer.type(wanted.type)
        if not strict:
            return type_
        fraction = any(word in type_ for word in ("DOUBLE", "FLOAT", "NUMERIC", "REAL"))
        return _STRICT.get(type_, "INTEGER" if "BOOL" in type_ else "REAL" if fraction else "TEXT")

    def _added(self, column: Column[Any], *, strict: bool) -> str:
        if not strict:
            return self.writer.column(column)
        name, rules = self.writer.name(column.name), self._rules(column)
        return " ".join((name, self._type(column, strict=True), *rules))

    def _constraints(self, source: ParsedTable) -> Iterator[str]:
        demoted = self._loses_its_primary_key(source)
        respelled = [(c.name, self._wanted_name(c.name)) for c in source.columns]
        respelled = [each for each in respelled if each[0] != each[1]]
        for clause in source.constraints:
            yield create_table.renamed(_as_unique(clause) if demoted else clause, respelled)
        for each in self.differences:
            match each:
                case MissingPrimaryKey(columns=columns):
                    yield f"PRIMARY KEY ({self.writer.names(columns)})"
                case MissingUnique(columns=columns):
                    yield f"UNIQUE ({self.writer.names(columns)})"
                case MissingForeignKey(wanted=constraint):
                    yield self.writer.constraint(constraint)
                case _:
                    continue

    def _numbers_its_rows(self) -> bool:
        return self.wanted.autoincrement_column is not None

    def _loses_its_primary_key(self, source: ParsedTable) -> bool:
        """Tell whether the row number becomes the primary key in place of another one."""
        adds = any(isinstance(each, MissingPrimaryKey) for each in self.differences)
        return adds and any(
            create_table.begins(clause, "PRIMARY")
            for clause in (*source.constraints, *(c for col in source.columns for c in col.clauses))
        )

    # -- Its rows ----------------------------------------------------------------------------------

    def _cells(self, source: ParsedTable) -> Iterator[tuple[str, str]]:
        """Yield each copied column, with the expression of its value."""
        copied: list[str] = []
        for column in source.columns:
            if not column.has("GENERATED", "AS"):
                name = self._wanted_name(column.name)
                copied.append(name)
                yield self.writer.name(name), self._cell(name, column.name)
        for each in self.differences:
            if isinstance(each, MissingColumn) and each.older:
                older = self.writer.name(each.older)
                a_time = f"CASE WHEN {self.writer.is_a_date(each.older)} THEN {older} END"
                yield self.writer.name(each.column), a_time
        numbered = self.wanted.autoincrement_column
        keeps_rowid = numbered is None or numbered.name not in copied
        if not source.without_rowid and keeps_rowid and not self._has_own_rowid(source):
            yield "rowid", "rowid"  # a full-text index may refer to it

    @staticmethod
    def _has_own_rowid(source: ParsedTable) -> bool:
        """Tell whether a column is the rowid, or has its name."""
        names = {c.name.lower() for c in source.columns}
        integers = {c.name.lower() for c in source.columns if c.type.upper() == "INTEGER"}
        keys = {
            c.name.lower()
            for c in source.columns
            if any(create_table.begins(clause, "PRIMARY") for clause in c.clauses)
        }
        for clause in source.constraints:
            if create_table.begins(clause, "PRIMARY"):
                keys = {name.lower() for name in create_table.columns_of(clause)}
        return "rowid" in names or (len(keys) == 1 and keys <= integers)

    def _cell(self, name: str, there: str) -> str:
        cell = self.writer.name(there)
        for each in self.differences:
            if not isinstance(each, ColumnDiffers) or each.column != name:
                continue
            if each.verdict is Verdict.CONVERT:
                cell = self._converted(there, each)
            elif each.empties:
                cell = f"NULLIF({cell}, '')"
            if each.older:
                cell = f"COALESCE({cell}, {self.writer.name(each.older)})"
        return cell

    def _converted(self, column: str, difference: ColumnDiffers) -> str:
        if difference.kind.family is TypeFamily.INTEGER:
            return self.writer.as_number(column, yes_no=difference.yes_no)
        return f"NULLIF({self.writer.name(column)}, '')"


def _as_unique(clause: str) -> str:
    """Return a primary key clause as a UNIQUE clause; other clauses stay as they are."""
    if not create_table.begins(clause, "PRIMARY"):
        return clause
    return create_table.PRIMARY_KEY.sub("UNIQUE", clause, count=1)


def _can_be_added(column: Column[Any]) -> bool:
    default = getattr(column.server_default, "arg", None)
    return not column.primary_key and "random()" not in str(default)
