"""The statements that change a table of SQLite: ADD COLUMN, or else the table is recreated."""

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
from asterisk_realtime.migrations.comparing.kinds import Family, Verdict
from asterisk_realtime.migrations.sqlite import source as sqlite_source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Table

    from asterisk_realtime.migrations.reading.inspection import FoundTable
    from asterisk_realtime.migrations.sql import Spelling
    from asterisk_realtime.migrations.sqlite.source import Source, SourceColumn

_PREFIX: Final = "asterisk_realtime_new_"

_STRICT: Final = {"TEXT": "TEXT", "BINARY": "BLOB", "INTEGER": "INTEGER", "BIGINT": "INTEGER"}
"""Types that a STRICT table accepts as they are; others become REAL or TEXT."""


@attrs.frozen
class SqliteTable:
    """The statements for the differences of one table."""

    spelling: Spelling
    found: FoundTable
    wanted: Table
    differences: tuple[Difference, ...]

    @property
    def must_be_rebuilt(self) -> bool:
        """Whether ALTER TABLE cannot do it."""
        return not all(
            isinstance(each, MissingIndex)
            or (isinstance(each, MissingColumn) and _can_be_added(each.wanted) and not each.older)
            for each in self.differences
        )

    def obstacles(self) -> Iterator[Obstacle]:
        """Yield what SQLite can neither change nor recreate without a loss."""
        name = self.found.name
        source = sqlite_source.parse(self.found.sql)
        if self._numbers_its_rows() and source.without_rowid:
            own = self.spelling.name(f"own_{name}")
            names = self.spelling.names(c for c in self.found.columns if c in self.wanted.columns)
            yield Obstacle(
                table=name,
                problem=f"table {name} is WITHOUT ROWID, so SQLite cannot number its rows",
                advice=f"rename it: ALTER TABLE {self.spelling.name(name)} RENAME TO {own};"
                f" after the upgrade: INSERT INTO {self.spelling.name(name)} ({names})"
                f" SELECT {names} FROM {own}",
            )

    def statements(self) -> Iterator[str]:
        """Yield them in the order in which they must run, within one transaction."""
        if self.must_be_rebuilt:
            yield from self._rebuild()
        else:
            strict = bool(self.found.sql) and sqlite_source.parse(self.found.sql).strict
            for each in self.differences:
                if isinstance(each, MissingColumn):
                    column = self._added(each.wanted, strict=strict)
                    yield f"ALTER TABLE {self.spelling.name(self.found.name)} ADD COLUMN {column}"
        for each in self.differences:
            if isinstance(each, MissingIndex):
                if each.replaces:
                    yield f"DROP INDEX {self.spelling.name(each.name)}"
                yield self.spelling.ddl(CreateIndex(each.wanted))

    # -- A recreated table -------------------------------------------------------------------------

    def _rebuild(self) -> Iterator[str]:
        source = sqlite_source.parse(self.found.sql)
        name, new = (
            self.spelling.name(self.found.name),
            self.spelling.name(_PREFIX + self.found.name),
        )
        columns, constraints = self._columns(source), self._constraints(source)
        yield f"CREATE TABLE {new} ({', '.join([*columns, *constraints])}) {source.options}".strip()
        cells = dict(self._cells(source))
        yield (
            f"INSERT INTO {new} ({', '.join(cells)}) SELECT {', '.join(cells.values())} FROM {name}"
        )
        if "AUTOINCREMENT" in self.found.sql.upper():
            yield from self._count_on()
        yield f"DROP TABLE {name}"
        # Otherwise a view or trigger on the table, which does not exist now, would be an error.
        yield "PRAGMA legacy_alter_table=ON"
        yield f"ALTER TABLE {new} RENAME TO {self.spelling.name(self.wanted.name)}"
        yield "PRAGMA legacy_alter_table=OFF"
        yield from self.found.attached

    def _count_on(self) -> Iterator[str]:
        """Yield statements by which AUTOINCREMENT goes on after the highest number so far."""
        old, new = self.found.name, _PREFIX + self.found.name
        yield f"DELETE FROM sqlite_sequence WHERE name = {self.spelling.word(new)}"
        yield (
            f"INSERT INTO sqlite_sequence (name, seq) SELECT {self.spelling.word(new)}, seq"
            f" FROM sqlite_sequence WHERE name = {self.spelling.word(old)}"
        )

    def _columns(self, source: Source) -> list[str]:
        parts: dict[str, str] = {}
        for column in source.columns:
            name = self._ours(column.name)
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

    def _ours(self, name: str) -> str:
        """Return the name as Asterisk spells it; SQLite ignores the case."""
        return next((c for c in self.wanted.columns.keys() if c.lower() == name.lower()), name)  # noqa: SIM118 - a column collection, not a dict

    def _definition(self, name: str, column: SourceColumn, source: Source) -> str:
        if self._gives_up_its_key(source):
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
        return " ".join(each for each in (self.spelling.name(name), type_, *column.clauses) if each)

    def _keeps_default(self, difference: ColumnDiffers) -> bool:
        return not difference.drops_default and self.spelling.default(difference.wanted) is None

    def _rules(self, wanted: Column[Any]) -> tuple[str, ...]:
        """Return whether a column takes NULL, and its default."""
        rules = [] if wanted.nullable else ["NOT NULL"]
        if wanted.dialect_options["sqlite"].get("on_conflict_not_null") == "REPLACE":
            rules = ["NOT NULL ON CONFLICT REPLACE"]
        default = self.spelling.default(wanted)
        return (*rules, *([] if default is None else [f"DEFAULT {default}"]))

    def _type(self, wanted: Column[Any], *, strict: bool) -> str:
        type_ = self.spelling.type(wanted.type)
        if not strict:
            return type_
        fraction = any(word in type_ for word in ("DOUBLE", "FLOAT", "NUMERIC", "REAL"))
        return _STRICT.get(type_, "INTEGER" if "BOOL" in type_ else "REAL" if fraction else "TEXT")

    def _added(self, column: Column[Any], *, strict: bool) -> str:
        if not strict:
            return self.spelling.column(column)
        name, rules = self.spelling.name(column.name), self._rules(column)
        return " ".join((name, self._type(column, strict=True), *rules))

    def _constraints(self, source: Source) -> Iterator[str]:
        demoted = self._gives_up_its_key(source)
        respelled = [(c.name, self._ours(c.name)) for c in source.columns]
        respelled = [each for each in respelled if each[0] != each[1]]
        for clause in source.constraints:
            yield sqlite_source.renamed(_as_unique(clause) if demoted else clause, respelled)
        for each in self.differences:
            match each:
                case MissingPrimaryKey(columns=columns):
                    yield f"PRIMARY KEY ({self.spelling.names(columns)})"
                case MissingUnique(columns=columns):
                    yield f"UNIQUE ({self.spelling.names(columns)})"
                case MissingForeignKey(wanted=constraint):
                    yield self.spelling.constraint(constraint)
                case _:
                    continue

    def _numbers_its_rows(self) -> bool:
        return self.wanted.autoincrement_column is not None

    def _gives_up_its_key(self, source: Source) -> bool:
        """Tell whether another primary key of the table prevents the one of row numbers."""
        adds = any(isinstance(each, MissingPrimaryKey) for each in self.differences)
        return adds and any(
            sqlite_source.begins(clause, "PRIMARY")
            for clause in (*source.constraints, *(c for col in source.columns for c in col.clauses))
        )

    # -- Its rows ----------------------------------------------------------------------------------

    def _cells(self, source: Source) -> Iterator[tuple[str, str]]:
        """Yield each column that gets a value, with its expression."""
        copied: list[str] = []
        for column in source.columns:
            if not column.has("GENERATED", "AS"):
                name = self._ours(column.name)
                copied.append(name)
                yield self.spelling.name(name), self._cell(name, column.name)
        for each in self.differences:
            if isinstance(each, MissingColumn) and each.older:
                older = self.spelling.name(each.older)
                a_time = f"CASE WHEN {self.spelling.is_a_date(each.older)} THEN {older} END"
                yield self.spelling.name(each.column), a_time
        numbered = self.wanted.autoincrement_column
        keeps_rowid = numbered is None or numbered.name not in copied
        if not source.without_rowid and keeps_rowid and not self._has_own_rowid(source):
            yield "rowid", "rowid"  # a full-text index refers to it

    @staticmethod
    def _has_own_rowid(source: Source) -> bool:
        """Tell whether a column numbers the rows, or has the name of the hidden number."""
        names = {c.name.lower() for c in source.columns}
        integers = {c.name.lower() for c in source.columns if c.type.upper() == "INTEGER"}
        keys = {
            c.name.lower()
            for c in source.columns
            if any(sqlite_source.begins(clause, "PRIMARY") for clause in c.clauses)
        }
        for clause in source.constraints:
            if sqlite_source.begins(clause, "PRIMARY"):
                keys = {name.lower() for name in sqlite_source.columns_of(clause)}
        return "rowid" in names or (len(keys) == 1 and keys <= integers)

    def _cell(self, name: str, there: str) -> str:
        cell = self.spelling.name(there)
        for each in self.differences:
            if not isinstance(each, ColumnDiffers) or each.column != name:
                continue
            if each.verdict is Verdict.CONVERT:
                cell = self._converted(there, each)
            elif each.empties:
                cell = f"NULLIF({cell}, '')"
            if each.older:
                cell = f"COALESCE({cell}, {self.spelling.name(each.older)})"
        return cell

    def _converted(self, column: str, difference: ColumnDiffers) -> str:
        if difference.kind.family is Family.INTEGER:
            return self.spelling.as_number(column, yes_no=difference.yes_no)
        return f"NULLIF({self.spelling.name(column)}, '')"


def _as_unique(clause: str) -> str:
    """Return a primary key's clause as a unique one."""
    if not sqlite_source.begins(clause, "PRIMARY"):
        return clause
    return sqlite_source.PRIMARY_KEY.sub("UNIQUE", clause, count=1)


def _can_be_added(column: Column[Any]) -> bool:
    default = getattr(column.server_default, "arg", None)
    return not column.primary_key and "random()" not in str(default)
