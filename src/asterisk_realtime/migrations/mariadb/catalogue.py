"""
Read from the catalogue of MariaDB and MySQL what SQLAlchemy does not reflect.

``ALTER TABLE ... MODIFY`` drops what it does not repeat, so complete definitions are read: defaults
that are expressions, comments, checks, invisible and generated columns, and indexes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

import attrs
from sqlalchemy import bindparam, text

from asterisk_realtime.migrations.comparing.differences import OtherCase
from asterisk_realtime.migrations.mariadb.names import mentions, renamed, unquoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.engine import Connection

    from asterisk_realtime.migrations.sql import SqlWriter

PREFIX: Final = "asterisk_realtime_new_"
"""Prefix of generated columns that replace others during an upgrade."""

_KEY: Final = re.compile(
    r"""\s* (?: PRIMARY\ KEY | (?P<kind>UNIQUE\ |FULLTEXT\ |SPATIAL\ )? KEY\ (?P<name>[`"].+?[`"]) )
    \s \( (?P<columns>.*?) \) (?=,?$|\ [A-Z/]) .*""",
    re.VERBOSE,
)


@attrs.frozen
class ColumnDetails:
    """
    The definition of a column.

    Attributes:
        type: Its complete SQL type.
        characters: ``CHARACTER SET ... COLLATE ...``, or empty.
        default: SQL of its default, or empty.
        on_update: ``ON UPDATE current_timestamp()``, or empty.
        flags: ``INVISIBLE`` and the like.
        comment: Its comment.
        generated: ``AS (...) STORED`` or ``VIRTUAL``, or empty.
        virtual: Whether it is generated and has no values in the table.
        check: The condition of its own CHECK (MariaDB), or empty.
        width: The maximum bytes of a character; 0 if it is not a text.
    """

    type: str
    characters: str = ""
    default: str = ""
    on_update: str = ""
    flags: str = ""
    comment: str = ""
    generated: str = ""
    virtual: bool = False
    check: str = ""
    width: int = 0


@attrs.frozen
class Key:
    """
    An index.

    Attributes:
        name: Its name; empty for the primary key.
        sql: Its definition.
        columns: Its columns as in *sql*, quoted.
        fulltext: Whether it is a FULLTEXT or SPATIAL index.
    """

    name: str
    sql: str
    columns: str
    fulltext: bool

    @property
    def unique(self) -> bool:
        """Whether it is the primary key or a unique index."""
        return self.sql.startswith(("PRIMARY", "UNIQUE"))

    def with_columns(self, columns: str) -> Key:
        """Return the index with other SQL for its columns."""
        sql = self.sql.replace(f"({self.columns})", f"({columns})", 1)
        return attrs.evolve(self, sql=sql, columns=columns)


@attrs.frozen
class ForeignKey:
    """A foreign key."""

    name: str
    table: str
    columns: tuple[str, ...]
    target: str
    referred: tuple[str, ...]
    on_update: str
    on_delete: str

    def spelled(self, names: Mapping[str, Mapping[str, str]]) -> ForeignKey:
        """Return the foreign key with wanted column names, by table and name in lower case."""
        own, other = names.get(self.table, {}), names.get(self.target, {})
        return attrs.evolve(
            self,
            columns=tuple(own.get(each.lower(), each) for each in self.columns),
            referred=tuple(other.get(each.lower(), each) for each in self.referred),
        )


@attrs.frozen
class TableDetails:
    """
    A table as MariaDB stores it.

    Attributes:
        engine: Its storage engine.
        row_format: Its row format.
        options: Its other options.
        versioned: Whether it has system versioning (MariaDB).
        partitioned_by: Expressions of its partition key; empty without partitions.
        columns: Its columns by name, in order.
        checks: The conditions of its CHECK constraints, by name.
        keys: Its indexes.
        width: The maximum bytes of a character in a new text column.
        other_case: The wanted names of columns whose names differ in case, by existing name.
    """

    engine: str = "InnoDB"
    row_format: str = "Dynamic"
    options: str = ""
    versioned: bool = False
    partitioned_by: str = ""
    columns: Mapping[str, ColumnDetails] = attrs.field(factory=dict)
    checks: Mapping[str, str] = attrs.field(factory=dict)
    keys: tuple[Key, ...] = ()
    width: int = 4
    other_case: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def left_over(self) -> tuple[str, ...]:
        """Generated columns that an interrupted upgrade left behind."""
        return tuple(name for name in self.columns if name.startswith(PREFIX))

    def keys_of(self, column: str) -> tuple[Key, ...]:
        """Return the indexes that contain a column."""
        return tuple(key for key in self.keys if mentions(key.columns, column))

    def spelled(self, names: Mapping[str, str]) -> TableDetails:
        """Return the table with wanted column names, by name in lower case."""
        others = {
            name: new for name in self.columns if (new := names.get(name.lower(), name)) != name
        }
        if not others:
            return self

        def sql(text: str) -> str:
            return renamed(text, names)

        return attrs.evolve(
            self,
            partitioned_by=sql(self.partitioned_by),
            columns={
                others.get(name, name): attrs.evolve(
                    each,
                    default=sql(each.default),
                    generated=sql(each.generated),
                    check=sql(each.check),
                )
                for name, each in self.columns.items()
            },
            checks={name: sql(clause) for name, clause in self.checks.items()},
            keys=tuple(key.with_columns(sql(key.columns)) for key in self.keys),
            other_case=others,
        )


NO_DETAILS: Final = TableDetails()


def read(
    connection: Connection, names: Iterable[str], spelled: Mapping[str, Mapping[str, str]]
) -> dict[str, TableDetails]:
    """
    Return the details of tables.

    Args:
        connection: The database.
        names: Names of the tables.
        spelled: The wanted column names of each table, by name in lower case; MariaDB ignores
            their case.
    """
    wanted = list(names)
    if not wanted:
        return {}
    columns, checks = _columns(connection, wanted), _checks(connection, wanted)
    partitions = _partitions(connection, wanted)
    return {
        name: TableDetails(
            engine or "",
            row_format or "",
            options or "",
            type_ == "SYSTEM VERSIONED",
            partitions.get(name, ""),
            {
                column: attrs.evolve(details, check=checks["Column", name].get(column, ""))
                for column, details in columns[name].items()
            },
            checks["Table", name],
            tuple(_keys(connection, name)),
            int(width),
        ).spelled(spelled[name])
        for name, engine, row_format, options, type_, width in _rows(connection, _TABLES, wanted)
    }


_TABLES: Final = (
    # The name of a collation begins with its character set.
    "SELECT table_name, engine, row_format, create_options, table_type, coalesce(maxlen, 4)"
    " FROM information_schema.tables LEFT JOIN information_schema.character_sets"
    " ON character_set_name = SUBSTRING_INDEX(table_collation, '_', 1)"
    " WHERE table_schema = DATABASE() AND table_name IN :names"
)
_COLUMNS: Final = (
    "SELECT table_name, column_name, column_type, column_default, extra, generation_expression,"
    " character_set_name, collation_name, column_comment, coalesce(maxlen, 0)"
    " FROM information_schema.columns LEFT JOIN information_schema.character_sets"
    " USING (character_set_name)"
    " WHERE table_schema = DATABASE() AND table_name IN :names ORDER BY 1, ordinal_position"
)
_PARTITIONS: Final = (
    "SELECT DISTINCT table_name, partition_method, partition_expression, subpartition_expression"
    " FROM information_schema.partitions WHERE table_schema = DATABASE() AND table_name IN :names"
    " AND partition_name IS NOT NULL"
)
_CHECKS: Final = {
    True: "SELECT table_name, constraint_name, level, check_clause"
    " FROM information_schema.check_constraints"
    " WHERE constraint_schema = DATABASE() AND table_name IN :names",
    # MySQL does not distinguish the CHECK of a column from that of the table.
    False: "SELECT t.table_name, c.constraint_name, 'Table', c.check_clause"
    " FROM information_schema.check_constraints c JOIN information_schema.table_constraints t"
    " USING (constraint_schema, constraint_name)"
    " WHERE c.constraint_schema = DATABASE() AND t.table_name IN :names",
}
_FOREIGN_KEYS: Final = (
    "SELECT k.constraint_name, k.table_name, k.column_name, k.referenced_table_name,"
    " k.referenced_column_name, r.update_rule, r.delete_rule"
    " FROM information_schema.key_column_usage k"
    " JOIN information_schema.referential_constraints r"
    " ON r.constraint_schema = k.table_schema AND r.table_name = k.table_name"
    " AND r.constraint_name = k.constraint_name"
    " WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL"
    " ORDER BY k.table_name, k.constraint_name, k.ordinal_position"
)


def _rows(connection: Connection, sql: str, names: list[str]) -> list[tuple[str, ...]]:
    statement = text(sql).bindparams(bindparam("names", expanding=True))
    return [tuple(row) for row in connection.execute(statement, {"names": names})]


def _is_mariadb(connection: Connection) -> bool:
    return bool(getattr(connection.dialect, "is_mariadb", False))


def _columns(connection: Connection, names: list[str]) -> dict[str, dict[str, ColumnDetails]]:
    found: dict[str, dict[str, ColumnDetails]] = defaultdict(dict)
    for table, name, type_, default, extra, expression, *rest in _rows(connection, _COLUMNS, names):
        characters, collation, comment, width = rest
        generated, virtual = "", False
        if "GENERATED" in extra and "DEFAULT_GENERATED" not in extra:
            virtual = "STORED" not in extra
            kind = "VIRTUAL" if virtual else "STORED"
            generated = f"AS ({_unescaped(connection, expression)}) {kind}"
        update = re.search(r"on update \S+", extra, re.IGNORECASE)
        flags = [word for word in ("WITHOUT SYSTEM VERSIONING", "INVISIBLE") if word in extra]
        found[table][name] = ColumnDetails(
            type_,
            f"CHARACTER SET {characters} COLLATE {collation}" if characters else "",
            "" if generated else _default(connection, type_, default, extra),
            update[0].upper().replace("CURRENT_TIMESTAMP", "current_timestamp") if update else "",
            " ".join(flags),
            comment,
            generated,
            virtual=virtual,
            width=int(width),
        )
    return found


def _default(connection: Connection, type_: str, default: str | None, extra: str) -> str:
    """Return the SQL of a default; MySQL's catalogue has literals without quotes."""
    if default is None or (_is_mariadb(connection) and default == "NULL"):
        return ""
    if _is_mariadb(connection) or type_.startswith("bit"):
        return default
    if "DEFAULT_GENERATED" not in extra:
        return "'" + default.replace("\\", "\\\\").replace("'", "''") + "'"
    if default.upper().startswith("CURRENT_TIMESTAMP"):
        return default
    return f"({_unescaped(connection, default)})"


def _unescaped(connection: Connection, expression: str) -> str:
    return expression if _is_mariadb(connection) else expression.replace("\\'", "'")


def _checks(connection: Connection, names: list[str]) -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for table, name, level, clause in _rows(connection, _CHECKS[_is_mariadb(connection)], names):
        found[level, table][name] = _unescaped(connection, clause)
    return found


def _partitions(connection: Connection, names: list[str]) -> dict[str, str]:
    return {
        table: f"{expression or ''} {sub or ''}".strip()
        for table, method, expression, sub in _rows(connection, _PARTITIONS, names)
        # A versioned table can have partitions for its history, which allow any key.
        if method != "SYSTEM_TIME"
    }


def _keys(connection: Connection, table: str) -> Iterable[Key]:
    quoted = connection.dialect.identifier_preparer.quote_identifier(table)
    made = str(connection.exec_driver_sql(f"SHOW CREATE TABLE {quoted}").one()[1])
    for line in made.splitlines():
        found = _KEY.match(line)
        if found:
            kind = (found["kind"] or "").strip()
            yield Key(
                unquoted(found["name"]) if found["name"] else "",
                line.strip().removesuffix(","),
                found["columns"],
                kind in {"FULLTEXT", "SPATIAL"},
            )


def other_cases(tables: Mapping[str, TableDetails], writer: SqlWriter) -> tuple[OtherCase, ...]:
    """Return the columns whose names differ from the wanted ones in case."""
    return tuple(
        OtherCase(
            table=table,
            column=name,
            there=there,
            statement=f"ALTER TABLE {writer.name(table)} RENAME COLUMN {writer.name(there)}"
            f" TO {writer.name(name)}",
        )
        for table, details in tables.items()
        for there, name in details.other_case.items()
    )


def foreign_keys(connection: Connection) -> tuple[ForeignKey, ...]:
    """Return all foreign keys of the database."""
    found: dict[tuple[str, str], list[tuple[str, ...]]] = defaultdict(list)
    for row in connection.exec_driver_sql(_FOREIGN_KEYS):
        found[row[1], row[0]].append(tuple(row))
    return tuple(
        ForeignKey(
            name,
            table,
            tuple(row[2] for row in rows),
            rows[0][3],
            tuple(row[4] for row in rows),
            rows[0][5],
            rows[0][6],
        )
        for (table, name), rows in found.items()
    )


def others(connection: Connection, names: Iterable[str]) -> dict[str, str]:
    """Return the views and sequences with one of these names, each with its type."""
    kinds = {"VIEW": "view", "SYSTEM VIEW": "view", "SEQUENCE": "sequence"}
    rows = _rows(connection, _TABLES, list(names)) if names else []
    return {row[0]: kinds[row[4]] for row in rows if row[4] in kinds}
