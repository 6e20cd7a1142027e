"""Read the tables and enum types of a database, with few statements."""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any, Final

import attrs
from sqlalchemy import Enum, String, inspect
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.exc import SAWarning

from asterisk_realtime.migrations.comparing.kinds import Kind, kind_of
from asterisk_realtime.migrations.converting import is_mysql
from asterisk_realtime.migrations.mariadb import access as mariadb_access
from asterisk_realtime.migrations.mariadb import catalogue as mariadb_catalogue
from asterisk_realtime.migrations.mariadb import limits as mariadb_limits
from asterisk_realtime.migrations.postgresql import catalogue as postgresql_catalogue
from asterisk_realtime.migrations.postgresql import enum_types
from asterisk_realtime.migrations.reading.cells import OLDER_NAMES
from asterisk_realtime.migrations.sqlite import create_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection, Dialect, Inspector
    from sqlalchemy.types import TypeEngine

    from asterisk_realtime.migrations.mariadb.catalogue import ForeignKey, TableDetails
    from asterisk_realtime.migrations.postgresql.enum_types import EnumUse


@attrs.frozen
class FoundColumn:
    """
    An existing column.

    Attributes:
        name: Its name.
        kind: What it can hold.
        type: Its SQL type, as reflected.
        nullable: Whether it allows NULL.
        default: SQL of its default, or None.
        numbered: Whether the database numbers it.
        replaces: Whether it stores its default in place of NULL (SQLite).
        generated: Whether it is computed from other columns.
    """

    name: str
    kind: Kind
    type: TypeEngine[Any] = attrs.field(eq=False, repr=False)
    nullable: bool
    default: str | None
    numbered: bool
    replaces: bool
    generated: bool = False


@attrs.frozen
class FoundTable:
    """
    An existing table.

    Attributes:
        name: Its name in the database.
        columns: Its columns by name, in order.
        primary_key: Columns of its primary key; empty if it has none.
        uniques: Columns of each unique constraint and unique index.
        indexes: Columns of each index, by name; expressions as ``lower(id)`` (PostgreSQL), or in
            the form of `create_table.parse_index` (SQLite).
        prefixes: Names of indexes with prefix lengths (MariaDB).
        foreign_keys: Of each foreign key, its columns, the table that it refers to, and the columns
            there.
        constraints: Columns of each unique constraint, without unique indexes.
        sql: Its CREATE TABLE statement (SQLite).
        attached: The CREATE statements of its indexes and triggers (SQLite).
        partial: Names of partial indexes.
        rare: Which rows an index holds, by its name: its condition (SQLite), or its comment
            (PostgreSQL).
        for_like: Names of indexes with an operator class for LIKE (PostgreSQL).
        partitioned_by: Columns of its partition key; an empty name for an expression (PostgreSQL).
    """

    name: str
    columns: dict[str, FoundColumn]
    primary_key: tuple[str, ...]
    uniques: frozenset[tuple[str, ...]]
    indexes: dict[str, tuple[str, ...]]
    prefixes: frozenset[str]
    foreign_keys: frozenset[tuple[tuple[str, ...], str, tuple[str, ...]]]
    constraints: frozenset[tuple[str, ...]]
    sql: str
    attached: tuple[str, ...]
    partial: frozenset[str] = frozenset()
    rare: Mapping[str, str] = attrs.field(factory=dict)
    for_like: frozenset[str] = frozenset()
    partitioned_by: tuple[str, ...] = ()


@attrs.frozen
class Found:
    """
    What a database contains.

    Attributes:
        tables: The existing tables, by wanted name.
        enums: The labels of its enum types, by name (PostgreSQL).
        enum_uses: All columns of these types, in any table (PostgreSQL).
        collations: The collation of each text column, by table and column (MariaDB).
        foreign_keys: All foreign keys of the database (MariaDB).
        details: Further details of the tables, by name (MariaDB).
        others: Other objects with the name of a wanted table or enum type, by name. The value is
            their type (MariaDB), or the statement that renames them.
        unreadable: Names of tables whose rows this account may not read; on MariaDB they are not
            in *tables*.
        index_bytes: The maximum size of an index in bytes (MariaDB).
    """

    tables: dict[str, FoundTable]
    enums: dict[str, tuple[str, ...]]
    enum_uses: tuple[EnumUse, ...] = ()
    collations: Mapping[tuple[str, str], str] = attrs.field(factory=dict)
    foreign_keys: tuple[ForeignKey, ...] = ()
    details: Mapping[str, TableDetails] = attrs.field(factory=dict)
    others: Mapping[str, str] = attrs.field(factory=dict)
    unreadable: frozenset[str] = frozenset()
    index_bytes: int = 3072


def read(connection: Connection, names: Mapping[str, Table]) -> Found:
    """Read those of the named tables that exist, and all enum types."""
    inspector = inspect(connection)
    wanted = _there(inspector, names)
    uses: tuple[EnumUse, ...] = ()
    unreadable: frozenset[str] = frozenset()
    if inspector.dialect.name == "postgresql":
        uses = enum_types.uses(connection)
        unreadable = postgresql_catalogue.unreadable(connection)
    elif is_mysql(inspector.dialect):
        # MariaDB does not show all columns of such a table.
        unreadable = mariadb_access.unreadable(connection, wanted)
        wanted = {name: there for name, there in wanted.items() if name not in unreadable}
    spelled = {name: _spelled(table, inspector.dialect) for name, table in names.items()}
    tables = _tables(connection, inspector, wanted, spelled) if wanted else {}
    if not is_mysql(connection.dialect):
        others = postgresql_catalogue.others(connection, names)
        others |= create_table.others(connection, names)
        types = (column.type for table in names.values() for column in table.columns)
        enums = {str(each.name) for each in types if isinstance(each, Enum)}
        others |= postgresql_catalogue.other_types(connection, enums)
        return Found(tables, _enums(inspector), uses, others=others, unreadable=unreadable)
    details = mariadb_catalogue.read(connection, wanted, spelled)
    return Found(
        {name: _with_defaults(table, details[name]) for name, table in tables.items()},
        {},
        collations=_collations(connection, spelled),
        foreign_keys=tuple(
            each.spelled(spelled) for each in mariadb_catalogue.foreign_keys(connection)
        ),
        details=details,
        others=mariadb_catalogue.others(connection, names),
        unreadable=unreadable,
        index_bytes=mariadb_limits.index_bytes(connection),
    )


def _spelled(table: Table, dialect: Dialect) -> dict[str, str]:
    """Return the wanted names of columns by name in lower case, if the dialect ignores case."""
    if not _ignores_case(dialect):
        return {}
    names = table.columns.keys()
    names += [older for (name, _column), older in OLDER_NAMES.items() if name == table.name]
    return {name.lower(): name for name in names}


def _ignores_case(dialect: Dialect) -> bool:
    """Tell whether the dialect ignores the case of column and index names."""
    return dialect.name == "sqlite" or is_mysql(dialect)


def _there(inspector: Inspector, names: Iterable[str]) -> dict[str, str]:
    """Return the existing tables: their names in the database, by wanted name."""
    there = inspector.get_table_names()
    if inspector.dialect.name != "sqlite":
        return {name: name for name in names if name in there}
    lower = {name.lower(): name for name in there}
    return {name: lower[name.lower()] for name in names if name.lower() in lower}


def _with_defaults(table: FoundTable, details: TableDetails) -> FoundTable:
    """Return the table with all defaults; SQLAlchemy does not reflect some of them."""
    columns = {
        # *name* has the wanted case; the reflected name may differ.
        name: attrs.evolve(column, name=name, default=details.columns[name].default or None)
        for name, column in table.columns.items()
    }
    return attrs.evolve(table, columns=columns)


def _collations(
    connection: Connection, spelled: Mapping[str, Mapping[str, str]]
) -> dict[tuple[str, str], str]:
    rows = connection.exec_driver_sql(
        "SELECT table_name, column_name, collation_name FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND collation_name IS NOT NULL"
    )
    return {
        (table, spelled.get(table, {}).get(column.lower(), column)): collation
        for table, column, collation in rows
    }


def _enums(inspector: Inspector) -> dict[str, tuple[str, ...]]:
    if inspector.dialect.name != "postgresql":
        return {}
    # Only PostgreSQL's inspector has it.
    enums: list[dict[str, Any]] = inspector.get_enums()  # type: ignore[attr-defined]
    return {enum["name"]: tuple(enum["labels"]) for enum in enums}


def _tables(
    connection: Connection,
    inspector: Inspector,
    names: dict[str, str],
    spelled: dict[str, dict[str, str]],
) -> dict[str, FoundTable]:
    def by_name(found: Mapping[Any, Any]) -> dict[str, Any]:
        return {name: value for (_schema, name), value in found.items()}

    with warnings.catch_warnings():
        # SQLAlchemy warns about indexes on expressions (SQLite), which are read from their SQL.
        warnings.simplefilter("ignore", SAWarning)
        uniques = by_name(inspector.get_multi_unique_constraints(filter_names=[*names.values()]))
        indexes = by_name(inspector.get_multi_indexes(filter_names=[*names.values()]))
    columns = by_name(inspector.get_multi_columns(filter_names=[*names.values()]))
    keys = by_name(inspector.get_multi_pk_constraint(filter_names=[*names.values()]))
    foreign = by_name(inspector.get_multi_foreign_keys(filter_names=[*names.values()]))
    lengths = postgresql_catalogue.domain_lengths(connection)
    for column in (each for found in columns.values() for each in found):
        if isinstance(column["type"], DOMAIN) and column["type"].name in lengths:
            # SQLAlchemy does not reflect the length.
            column["type"].data_type = String(lengths[column["type"].name])
    source = create_table.statements(connection)
    partitions = postgresql_catalogue.partitions(connection)
    purposes = postgresql_catalogue.indexes(connection)
    return {
        wanted: _Reflected(
            columns[name],
            keys.get(name) or {},
            uniques.get(name) or [],
            indexes.get(name) or [],
            foreign.get(name) or [],
            source.get(name.lower(), ()),
            wanted,
            spelled,
            # SQLAlchemy does not unescape doubled quotes in names that it reflects from MariaDB.
            inspector.dialect.identifier_preparer.initial_quote
            if is_mysql(inspector.dialect)
            else "",
            partitions.get(name, ()),
            purposes,
        ).table(name, inspector.dialect)
        for wanted, name in names.items()
    }


@attrs.frozen
class _Reflected:
    """What SQLAlchemy's inspector returns for one table."""

    columns: list[dict[str, Any]]
    key: dict[str, Any]
    uniques: list[dict[str, Any]]
    indexes: list[dict[str, Any]]
    foreign: list[dict[str, Any]]
    source: tuple[str, ...]
    wanted: str
    spelled: dict[str, dict[str, str]]
    doubled: str
    partitioned_by: tuple[str, ...]
    purposes: Mapping[str, tuple[str, bool]]

    def wanted_names(self, names: Iterable[str | None], table: str = "") -> tuple[str, ...]:
        """Return the wanted names of columns; an expression has the name ``None``."""
        spelled = self.spelled.get(table or self.wanted, {})
        return tuple(spelled.get(each.lower(), each) for each in map(self._plain, names))

    def _plain(self, name: str | None) -> str:
        return str(name).replace(self.doubled * 2, self.doubled) if self.doubled else str(name)

    def table(self, name: str, dialect: Dialect) -> FoundTable:
        key = self.wanted_names(self.key.get("constrained_columns") or ())
        constraints = frozenset(self.wanted_names(each["column_names"]) for each in self.uniques)
        sql = self.source[0] if self.source else ""
        parsed = [each for each in map(create_table.parse_index, self.source[1:]) if each]
        indexes = {_index(each, dialect): self._parts(each) for each in self.indexes}
        partial = {_index(each, dialect) for each in self.indexes if _is_partial(each)}
        return FoundTable(
            name,
            {
                self.wanted_names([column["name"]])[0]: _column(
                    column, sql, dialect, is_key=self.wanted_names([column["name"]]) == key
                )
                for column in self.columns
            },
            key,
            constraints
            | frozenset(
                self.wanted_names(each["column_names"]) for each in self.indexes if _is_unique(each)
            ),
            {each.name: each.parts for each in parsed} | indexes,
            frozenset(_index(each, dialect) for each in self.indexes if _has_prefix(each, dialect)),
            frozenset(map(self._reference, self.foreign)),
            constraints,
            sql,
            self.source[1:],
            frozenset(partial | {each.name for each in parsed if each.where}),
            {each.name: each.where for each in parsed}
            | {name: comment for name, (comment, _like) in self.purposes.items()},
            frozenset(name for name, (_comment, for_like) in self.purposes.items() if for_like),
            self.partitioned_by,
        )

    def _parts(self, index: dict[str, Any]) -> tuple[str, ...]:
        """Return the columns and expressions of an index."""
        # PostgreSQL casts a varchar to the type that a function takes.
        parts = index.get("expressions") or index["column_names"]
        return self.wanted_names(_CAST.sub(r"\1\2", str(each)) for each in parts)

    def _reference(self, foreign: dict[str, Any]) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
        target = str(foreign["referred_table"])
        # SQLite also ignores the case of table names; the wanted ones are in lower case.
        target = next((each for each in self.spelled if each.lower() == target.lower()), target)
        return (
            self.wanted_names(foreign["constrained_columns"]),
            target,
            self.wanted_names(foreign["referred_columns"], target),
        )


_CAST: Final = re.compile(r"\((\w+)\)::[a-z ]+|(\w+)::[a-z ]+")


def index_names(connection: Connection, table: str) -> frozenset[str]:
    """Return the names of a table's indexes."""
    if connection.dialect.name == "sqlite":
        sources = create_table.statements(connection).get(table.lower(), ())[1:]
        return frozenset(each.name for each in map(create_table.parse_index, sources) if each)
    return frozenset(str(each["name"]) for each in inspect(connection).get_indexes(table))


def _index(index: dict[str, Any], dialect: Dialect) -> str:
    """Return the name of an index, in lower case if the dialect ignores case."""
    name = str(index["name"])
    return name.lower() if _ignores_case(dialect) else name


def _is_partial(index: dict[str, Any]) -> bool:
    """Tell whether an index is partial."""
    options = index.get("dialect_options") or {}
    return any(name.endswith("_where") and each is not None for name, each in options.items())


def _is_unique(index: dict[str, Any]) -> bool:
    """Tell whether an index is unique for all rows of the table."""
    return bool(index["unique"]) and not _is_partial(index) and None not in index["column_names"]


def _has_prefix(index: dict[str, Any], dialect: Dialect) -> bool:
    return bool((index.get("dialect_options") or {}).get(f"{dialect.name}_length"))


def _column(column: dict[str, Any], sql: str, dialect: Dialect, *, is_key: bool) -> FoundColumn:
    name: str = column["name"]
    default: str | None = column.get("default")
    kind = kind_of(column["type"], dialect)
    if dialect.name == "sqlite":
        # SQLite numbers a primary key of one column only if it has exactly this type.
        numbered = is_key and kind.text == "INTEGER"
        numbered = numbered or "random()" in (default or "")
    elif dialect.name == "postgresql":
        numbered = bool(column.get("identity")) or (default or "").startswith("nextval(")
    else:
        numbered = column.get("autoincrement") is True
    return FoundColumn(
        name=name,
        kind=kind,
        type=column["type"],
        nullable=bool(column["nullable"]),
        default=default,
        numbered=numbered,
        replaces=_replaces(name, sql),
        generated=bool(column.get("computed")),
    )


def _replaces(name: str, sql: str) -> bool:
    """Tell whether a column has ON CONFLICT REPLACE, which SQLite's pragmas do not show."""
    if "ON CONFLICT REPLACE" not in sql:
        return False  # most tables; this saves a search for each column
    definition = rf"""(?:^|[\s,(])["`\[]?{re.escape(name)}["`\]]?\s(?:[^,']|'[^']*')*"""
    return re.search(rf"{definition}NOT NULL ON CONFLICT REPLACE", sql) is not None
