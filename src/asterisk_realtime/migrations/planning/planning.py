"""Turn a comparison into a plan: the statements of an upgrade, their order, and the obstacles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from sqlalchemy import String
from sqlalchemy.schema import CreateTable

from asterisk_realtime.migrations.comparing import other_tables
from asterisk_realtime.migrations.comparing.differences import (
    ColumnDiffers,
    Difference,
    MisplacedColumn,
    MissingColumn,
    MissingIndex,
    MissingTable,
    Obstacle,
    OtherCase,
)
from asterisk_realtime.migrations.comparing.kinds import Verdict
from asterisk_realtime.migrations.comparing.tables import compare
from asterisk_realtime.migrations.converting import is_filled, is_mysql
from asterisk_realtime.migrations.mariadb import catalogue as mariadb_catalogue
from asterisk_realtime.migrations.mariadb import foreign_keys as mariadb_foreign_keys
from asterisk_realtime.migrations.mariadb import indexes as mariadb_indexes
from asterisk_realtime.migrations.mariadb import labels as mariadb_labels
from asterisk_realtime.migrations.mariadb import obstacles as mariadb_obstacles
from asterisk_realtime.migrations.mariadb import row_size
from asterisk_realtime.migrations.mariadb import triggers as mariadb_triggers
from asterisk_realtime.migrations.mariadb.catalogue import NO_DETAILS
from asterisk_realtime.migrations.mariadb.statements import MariadbTable
from asterisk_realtime.migrations.postgresql import catalogue as postgresql_catalogue
from asterisk_realtime.migrations.postgresql import dependants
from asterisk_realtime.migrations.postgresql import obstacles as postgresql_obstacles
from asterisk_realtime.migrations.postgresql.dependants import Change, Dependant
from asterisk_realtime.migrations.postgresql.enum_types import EnumTypes
from asterisk_realtime.migrations.postgresql.statements import PostgresqlTable
from asterisk_realtime.migrations.reading import conflicting_rows, inspection
from asterisk_realtime.migrations.reading.cells import add_cells
from asterisk_realtime.migrations.reading.inspection import Found, FoundTable
from asterisk_realtime.migrations.sqlite.statements import SqliteTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Index, MetaData, Table
    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.postgresql.enum_types import EnumUse
    from asterisk_realtime.migrations.sql import SqlWriter


@attrs.frozen
class Plan:
    """
    The changes that bring a database up to date.

    Attributes:
        wanted: The wanted tables, from `for_dialect`.
        found: The same tables in the database.
        differences: The differences to resolve.
        writer: Writes SQL for the database's dialect.
        dependants: Objects that depend on changed columns, in the order in which to drop them
            (PostgreSQL).
        types: Enum types that are recreated, with the statements that restore their owners, rights
            and comments (PostgreSQL).
        rights: Statements that restore the rights of recreated columns, by table and column
            (PostgreSQL).
    """

    wanted: MetaData
    found: Found
    differences: tuple[Difference, ...]
    writer: SqlWriter
    dependants: tuple[Dependant, ...] = ()
    types: tuple[Dependant, ...] = ()
    rights: Mapping[str, dict[str, list[str]]] = attrs.field(factory=dict)

    def enum_uses(self) -> Iterator[EnumUse]:
        """Yield the columns of any table whose enum type is recreated."""
        return EnumTypes(self.writer, self.found, self.differences).recreated_uses()

    def recreated_enums(self) -> set[str]:
        """Return the names of the enum types that are recreated."""
        return EnumTypes(self.writer, self.found, self.differences).recreated()

    def changes(self) -> tuple[Change, ...]:
        """Return the changed columns of any table on which other objects may depend."""
        of_tables = (each for each in self.differences if each.table)
        known = (_change(each, self._place(each.table)) for each in of_tables)
        uses = (_use(each) for each in self.enum_uses())
        return (*(each for each in known if each is not None), *uses)

    def places(self) -> set[str]:
        """Return all tables that change, including your own, by the names that PostgreSQL knows."""
        named = {each.table for each in self.differences if each.table}
        named |= {e.there for e in self.differences if isinstance(e, OtherCase) and not e.column}
        return {*map(self._place, named)} | {use.table for use in self.enum_uses()}

    def _place(self, table: str) -> str:
        return self.writer.for_display().name(table)

    def restore(self, connection: Connection) -> None:
        """
        Recreate the objects that depended on changed columns.

        Raises:
            SchemaIrreconcilableError: An object does not work with the new type of a column.
        """
        for each in reversed(self.dependants):
            each.restore(connection)

    def with_dependants(self, connection: Connection) -> Plan:
        """Return the plan with the objects that depend on the changed columns (PostgreSQL)."""
        if connection.dialect.name != "postgresql":
            return self
        changes = self.changes()
        rights: dict[str, dict[str, list[str]]] = {}
        for each in changes:
            if each.moved:
                there = dependants.rights(connection, self._place(each.table), each.column)
                rights.setdefault(each.table, {})[each.column] = there
        names = self.recreated_enums()
        return attrs.evolve(
            self,
            dependants=tuple(dependants.read(connection, changes, names)),
            types=dependants.types(connection, names) if names else (),
            rights=rights,
        )

    def statements(self) -> Iterator[str]:
        """Yield the statements in the order in which they must run."""
        yield from (self.writer.verbatim(each.drop) for each in self.dependants)
        yield from EnumTypes(self.writer, self.found, self.differences).statements()
        for table in self.wanted.sorted_tables:
            yield from self._of_table(table.name)
        for each in self.types:
            yield from map(self.writer.verbatim, each.create)

    def _of_table(self, name: str) -> Iterator[str]:
        differences = tuple(
            each
            for each in self.differences
            if each.table == name and not isinstance(each, OtherCase)
        )
        match differences:
            case ():
                return
            case (MissingTable(wanted=table),):
                self._collate(table)
                yield from self._create(table)
            case _:
                yield from self._alter(name, differences).statements()

    def _create(self, table: Table) -> Iterator[str]:
        indexes = sorted(table.indexes, key=lambda index: str(index.name))
        yield self.writer.ddl(CreateTable(table))
        if indexes:
            differences = tuple(_missing(index) for index in indexes)
            yield from self._alter(table.name, differences).statements()

    def _collate(self, table: Table) -> None:
        """Give foreign key columns of a new table the collation of the existing table (MariaDB)."""
        for element in (each for key in table.foreign_key_constraints for each in key.elements):
            there = (element.column.table.name, element.column.name)
            collation = self.found.collations.get(there)
            if collation is not None:
                length = getattr(element.parent.type, "length", None)
                element.parent.type = String(length, collation=collation)

    def _alter(
        self, name: str, differences: tuple[Difference, ...]
    ) -> PostgresqlTable | MariadbTable | SqliteTable:
        if self.writer.dialect.name == "postgresql":
            return PostgresqlTable(self.writer, name, differences, self.rights.get(name, {}))
        if is_mysql(self.writer.dialect):
            return MariadbTable(
                self.writer, name, differences, self.found.details.get(name, NO_DETAILS)
            )
        table, found = self.wanted.tables[name], self.found.tables.get(name) or _blank(name)
        return SqliteTable(self.writer, found, table, differences)

    def rebuilt(self) -> Iterator[SqliteTable]:
        """Yield the tables that must be recreated (SQLite)."""
        for name in dict.fromkeys(each.table for each in self.differences):
            if name in self.found.tables and self.writer.dialect.name == "sqlite":
                table = self._alter(name, tuple(e for e in self.differences if e.table == name))
                if isinstance(table, SqliteTable) and table.must_be_rebuilt:
                    yield table

    def obstacles(self, connection: Connection) -> tuple[Obstacle, ...]:
        """Return all obstacles; this queries the rows."""
        known = (each for each in self.differences if isinstance(each, Obstacle))
        lost = (obstacle for table in self.rebuilt() for obstacle in table.obstacles())
        rows = conflicting_rows.obstacles(connection, self.differences, self.found)
        if is_mysql(self.writer.dialect):
            rows = (*rows, *self._mariadb_obstacles(connection))
        rows = (*rows, *other_tables.obstacles(connection, self.wanted, self.differences))
        if self.writer.dialect.name == "postgresql":
            rows = (*rows, *postgresql_obstacles.obstacles(connection, self))
        # A column can be the same obstacle twice: by itself, and as part of a key.
        return tuple(dict.fromkeys((*known, *lost, *rows)))

    def _mariadb_obstacles(self, connection: Connection) -> Iterator[Obstacle]:
        for name in dict.fromkeys(each.table for each in self.differences):
            table = self._alter(name, tuple(e for e in self.differences if e.table == name))
            if isinstance(table, MariadbTable) and name in self.found.tables:
                yield from mariadb_obstacles.Obstacles(table, self.found).all(connection)
        shown = self.writer.for_display()
        yield from row_size.obstacles(connection, self.differences, self.wanted, self.found, shown)
        yield from mariadb_foreign_keys.obstacles(self.found, self.differences, shown)
        yield from mariadb_foreign_keys.partitioned(self.found, self.wanted)


def _change(difference: Difference, place: str) -> Change | None:
    """Return the change of a column on which other objects may depend, or None."""
    match difference:
        case MisplacedColumn(table=table, column=column):
            return Change(table, place, column, moved=True)
        case ColumnDiffers(table=table, column=column, verdict=verdict, found=found):
            fills = is_filled(difference.wanted) and found.nullable
            if verdict is Verdict.FITS and not (difference.empties or difference.older or fills):
                return None
            type_ = found.kind.text if verdict is Verdict.CONVERT else ""
            enum = (difference.kind.name or "") if type_ else ""
            return Change(table, place, column, type_, enum)
        case MissingColumn(table=table, column=column, older=older) if older:
            return Change(table, place, column)
        case _:
            return None


def _use(use: EnumUse) -> Change:
    """Return the change of a column whose enum type is recreated."""
    table = use.name if use.is_in_schema else use.table
    elsewhere = not use.is_in_schema
    return Change(table, use.table, use.name_of_column, use.type, is_elsewhere=elsewhere)


def _missing(index: Index) -> MissingIndex:
    table = "" if index.table is None else index.table.name
    return MissingIndex(table=table, name=str(index.name), wanted=index)


def plan(connection: Connection, wanted: MetaData, writer: SqlWriter) -> Plan:
    """
    Compare a database with the *wanted* tables, and return the changes.

    A wanted table without a primary key holds only columns that a revision adds. If the database
    has no such table, nothing is added.
    """
    found = inspection.read(connection, wanted.tables)
    differences = tuple(
        each
        for each in compare(wanted, found, connection.dialect)
        if not (isinstance(each, MissingTable) and is_addition(each.wanted))
    )
    in_cells = add_cells(connection, wanted, found, differences, writer)
    in_cells = mariadb_triggers.add_triggers(connection, in_cells)
    in_cells = mariadb_labels.add_equal(connection, found.details, in_cells)
    in_cells = mariadb_indexes.fitted(found, wanted.tables, in_cells, writer)
    return Plan(wanted, found, _renamed(connection, wanted, found, in_cells, writer), writer)


def _renamed(
    connection: Connection,
    wanted: MetaData,
    found: Found,
    differences: Iterable[Difference],
    writer: SqlWriter,
) -> tuple[Difference, ...]:
    """Return the differences, with an `OtherCase` for each name that differs in case."""
    others = postgresql_catalogue.other_cases(connection, wanted)
    places = {(each.table, each.column) for each in others}
    others += mariadb_catalogue.other_cases(found.details, writer)
    rest = (each for each in differences if (each.table, getattr(each, "column", "")) not in places)
    return (*others, *rest)


def plan_offline(wanted: MetaData, writer: SqlWriter) -> Plan:
    """Return the plan for an empty database; tables that a revision only adds to exist already."""
    tables = {
        table.name: _blank(table.name) for table in wanted.sorted_tables if is_addition(table)
    }
    found = Found(tables, {})
    return Plan(wanted, found, compare(wanted, found, writer.dialect), writer)


def is_addition(table: Table) -> bool:
    """Tell whether *table* holds only columns that a revision adds to an existing table."""
    return not table.primary_key.columns


def _blank(name: str) -> FoundTable:
    nothing: frozenset[tuple[str, ...]] = frozenset()
    return FoundTable(
        name,
        columns={},
        primary_key=(),
        uniques=nothing,
        indexes={},
        prefixes=frozenset(),
        foreign_keys=frozenset(),
        constraints=nothing,
        sql="",
        attached=(),
    )
