"""Find what MariaDB would refuse half way, before the first change of an upgrade."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    MissingColumn,
    Obstacle,
)
from asterisk_realtime.migrations.comparing.kinds import TypeFamily
from asterisk_realtime.migrations.converting import NumberedInteger
from asterisk_realtime.migrations.mariadb.definitions import definition
from asterisk_realtime.migrations.mariadb.names import mentions
from asterisk_realtime.migrations.reading.conflicting_rows import inconvertible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.mariadb.catalogue import TableDetails
    from asterisk_realtime.migrations.mariadb.statements import MariadbTable
    from asterisk_realtime.migrations.reading.inspection import Found
    from asterisk_realtime.migrations.sql import SqlWriter


@attrs.frozen
class Obstacles:
    """The obstacles to the changes of one table."""

    table: MariadbTable
    found: Found

    def all(self, connection: Connection) -> Iterator[Obstacle]:
        """Yield the obstacles without duplicates; this queries the rows."""
        yield from self._second_number()
        columns = [each for each in self.table.differences if isinstance(each, ColumnDiffers)]
        yield from dict.fromkeys(there for each in columns for there in self._of_column(each))
        yield from self._rows(connection)

    @property
    def _name(self) -> str:
        return self.table.name

    @property
    def _details(self) -> TableDetails:
        return self.table.details

    @property
    def _writer(self) -> SqlWriter:
        return self.table.writer

    def _obstacle(self, problem: str, advice: str) -> Obstacle:
        # The statement is for a client, which does not need doubled percent signs as drivers do.
        return Obstacle(table=self._name, problem=problem, advice=advice.replace("%%", "%"))

    def _alter(self, clauses: str) -> str:
        return f"ALTER TABLE {self._writer.name(self._name)} {clauses}"

    def _of_column(self, difference: ColumnDiffers) -> Iterator[Obstacle]:
        if self._details.columns[difference.found.name].generated:
            yield from self._generated(difference)
        if difference in self.table.rewritten():
            yield from self._checks(difference)
            yield from self._dependants(difference)
            yield from self._indexes(difference)

    # -- Numbers -----------------------------------------------------------------------------------

    def _second_number(self) -> Iterator[Obstacle]:
        """Yield an obstacle for a second AUTO_INCREMENT column, which a table cannot have."""
        wanted = [
            each.wanted.name
            for each in self.table.differences
            if isinstance(each, (MissingColumn, ColumnDiffers))
            and _is_auto_numbered(each)
            and not (isinstance(each, ColumnDiffers) and each.found.numbered)
        ]
        there = self.found.tables[self._name].columns
        numbered = [each.name for each in there.values() if each.numbered]
        for old, new in zip(numbered, wanted, strict=False):
            changes = f"CHANGE COLUMN {self._writer.name(old)} {self._named(new, old)}"
            if new in there:
                renamed = f"own_{new}"
                changes = (
                    f"CHANGE COLUMN {self._writer.name(new)} {self._named(renamed, new)}, {changes}"
                )
            yield self._obstacle(
                f"table {self._name} numbers its rows in column {old} instead of {new}, and MariaDB"
                " allows only one AUTO_INCREMENT column",
                f"rename it: {self._alter(changes)}",
            )

    def _named(self, name: str, column: str, *, checked: bool = True) -> str:
        """Return the definition of an existing column under another name."""
        there = self.found.tables[self._name].columns[column]
        return definition(name, there, self._details.columns[column], self._writer, checked=checked)

    # -- Expressions -------------------------------------------------------------------------------

    def _generated(self, difference: ColumnDiffers) -> Iterator[Obstacle]:
        """Yield an obstacle for a generated column that must change by more than its length."""
        same_family = difference.kind.family is difference.found.kind.family
        if same_family and difference.wanted.nullable:
            return
        old = difference.found.name
        change = f"CHANGE COLUMN {self._writer.name(old)} {self._named(f'own_{old}', old)}"
        yield self._obstacle(
            f"column {self._name}.{old} is generated, and must become"
            f" {difference.kind.text}{'' if difference.wanted.nullable else ' NOT NULL'}",
            f"rename it, so that the upgrade adds an ordinary one: {self._alter(change)}",
        )

    def _checks(self, difference: ColumnDiffers) -> Iterator[Obstacle]:
        column, own = difference.found.name, self._details.columns[difference.found.name].check
        becomes = f"and {column} becomes {difference.kind.text}"
        if own and self.table.translated(own, difference) is None:
            yield self._obstacle(
                f"column {self._name}.{column} has CHECK ({own}), {becomes}",
                self._without_check(column),
            )
        for name, clause in self._details.checks.items():
            if mentions(clause, column) and self.table.translated(clause, difference) is None:
                yield self._obstacle(
                    f"table {self._name} has {name} CHECK ({clause}), which uses a column"
                    " whose type changes",
                    "drop it, and add one for the new type afterwards: "
                    + self._alter(f"DROP CONSTRAINT {self._writer.name(name)}"),
                )

    def _without_check(self, column: str) -> str:
        return "drop the check: " + self._alter(
            f"MODIFY COLUMN {self._named(column, column, checked=False)}"
        )

    def _dependants(self, difference: ColumnDiffers) -> Iterator[Obstacle]:
        """Yield an obstacle for each column or partition that depends on the changed column."""
        column = difference.found.name
        problem = f"column {self._name}.{column} becomes {difference.kind.text}, and"
        for name, details in self._details.columns.items():
            if name == column or name in self._details.left_over:
                continue
            if mentions(details.generated, column):
                yield self._obstacle(
                    f"{problem} {name} is generated from it",
                    f"drop {name}, {self._alter(f'DROP COLUMN {self._writer.name(name)}')}, and"
                    f" add it for the new type afterwards; now it is {self._named(name, name)}",
                )
            elif mentions(details.default, column):
                yield self._obstacle(
                    f"{problem} the default of {name} depends on it",
                    "drop the default: "
                    + self._alter(f"ALTER COLUMN {self._writer.name(name)} DROP DEFAULT"),
                )
            elif mentions(details.check, column):
                yield self._obstacle(
                    f"{problem} the CHECK of {name} depends on it",
                    self._without_check(name),
                )
        if mentions(self._details.partitioned_by, column):
            yield self._obstacle(
                f"{problem} the table is partitioned by it",
                f"remove them: {self._alter('REMOVE PARTITIONING')}",
            )

    def _indexes(self, difference: ColumnDiffers) -> Iterator[Obstacle]:
        for key in self._details.keys_of(difference.found.name):
            if key.fulltext and difference.kind.family is not TypeFamily.TEXT:
                yield self._obstacle(
                    f"column {self._name}.{difference.found.name} becomes {difference.kind.text},"
                    f" and FULLTEXT or SPATIAL index {key.name} does not work with that type",
                    f"drop it: {self._alter(f'DROP INDEX {self._writer.name(key.name)}')}",
                )

    # -- Rows --------------------------------------------------------------------------------------

    def _rows(self, connection: Connection) -> Iterator[Obstacle]:
        table = self._writer.name(self._name)
        for each in self.table.rewritten():
            new, column = self.table.new_value(each), self._writer.name(each.found.name)
            if not each.wanted.nullable and not each.found.nullable:
                sql = f"SELECT * FROM {table} WHERE ({new}) IS NULL"
                yield from self._obstacle_if_any(
                    connection,
                    f"column {self._name}.{each.found.name} has rows without a value",
                    sql,
                )
            if self._details.versioned:
                sql = (
                    f"SELECT * FROM {table} FOR SYSTEM_TIME ALL"
                    f" WHERE {column} IS NOT NULL AND ({inconvertible(each, self._writer)})"
                )
                yield from self._obstacle_if_any(
                    connection,
                    f"the history of {self._name} has values in {each.found.name} that"
                    f" {each.kind.text} cannot hold",
                    sql,
                    f"DELETE HISTORY FROM {table}, or change",
                )
        yield from self._equal_rows(connection)

    def _equal_rows(self, connection: Connection) -> Iterator[Obstacle]:
        """Yield an obstacle for rows that become equal in a unique index."""
        new = {
            # 01 and 1 become the same number.
            each.found.name: self.table.new_value(each)
            + ("+0" if each.kind.family is TypeFamily.INTEGER else "")
            for each in self.table.rewritten()
        }
        found = self.found.tables[self._name]
        for columns in sorted({*found.uniques, found.primary_key} - {()}):
            if not {*columns} & {*new}:
                continue
            cells = [
                f"({new[name]})" if name in new else self._writer.name(name) for name in columns
            ]
            filled = " AND ".join(f"{cell} IS NOT NULL" for cell in cells)
            sql = (
                f"SELECT {', '.join(cells)} FROM {self._writer.name(self._name)}"
                f" WHERE {filled} GROUP BY {', '.join(cells)} HAVING count(*) > 1"
            )
            yield from self._obstacle_if_any(
                connection,
                f"table {self._name} would have several rows with the same ({', '.join(columns)})",
                sql,
            )

    def _obstacle_if_any(
        self, connection: Connection, problem: str, sql: str, advice: str = "change the rows of"
    ) -> Iterator[Obstacle]:
        if connection.exec_driver_sql(f"{sql} LIMIT 1").first() is not None:
            yield self._obstacle(problem, f"{advice}: {sql}")


def _is_auto_numbered(difference: MissingColumn | ColumnDiffers) -> bool:
    wanted = difference.wanted
    return wanted.autoincrement is True or isinstance(wanted.type, NumberedInteger)
