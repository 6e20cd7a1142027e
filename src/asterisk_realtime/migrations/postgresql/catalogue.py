"""Read from PostgreSQL's catalogue what SQLAlchemy does not reflect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from asterisk_realtime.migrations.comparing.differences import OtherCase

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import MetaData
    from sqlalchemy.engine import Connection

_PARTITIONS: Final = """
    SELECT c.relname, ARRAY(SELECT COALESCE(a.attname, '') FROM unnest(p.partattrs::int[]) number
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = number) AS columns
    FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema()
"""

_INDEXES: Final = """
    SELECT c.relname, coalesce(obj_description(c.oid, 'pg_class'), ''), EXISTS (
        SELECT FROM pg_opclass o
        WHERE o.oid = ANY (i.indclass::oid[]) AND right(o.opcname, 11) = 'pattern_ops')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema()
"""

_OTHERS: Final = text(
    """
    SELECT c.relname, CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
        WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'S' THEN 'SEQUENCE' WHEN 'c' THEN 'TYPE'
        ELSE 'INDEX' END AS word
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relname = ANY (:names)
        AND c.relkind NOT IN ('r', 'p', 't')
    """
)

_OTHER_TYPES: Final = text(
    """
    SELECT t.typname, CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END AS word
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname = current_schema() AND t.typname = ANY (:names) AND t.typtype <> 'e'
        AND t.typrelid = 0
    """
)

_NAMES: Final = text(
    """
    SELECT c.relname, ARRAY(SELECT a.attname::text FROM pg_attribute a
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND lower(c.relname) = ANY (:names)
        AND c.relkind IN ('r', 'p')
    """
)

_INHERITED: Final = text(
    """
    SELECT a.attname, format('ALTER TABLE %s NO INHERIT %s', c.oid::regclass,
        i.inhparent::regclass) AS statement
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_inherits i ON i.inhrelid = c.oid
    JOIN pg_attribute p ON p.attrelid = i.inhparent AND p.attnum > 0
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = p.attname AND a.attinhcount > 0
    WHERE n.nspname = current_schema() AND c.relname = :name AND NOT c.relispartition
    """
)


def partitions(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Return the columns of each table's partition key; an empty name for an expression."""
    if connection.dialect.name != "postgresql":
        return {}
    rows = connection.exec_driver_sql(_PARTITIONS)
    return {name: tuple(columns) for name, columns in rows}


def indexes(connection: Connection) -> dict[str, tuple[str, bool]]:
    """Return each index, with its comment and whether it has an operator class for LIKE."""
    if connection.dialect.name != "postgresql":
        return {}
    rows = connection.exec_driver_sql(_INDEXES)
    return {name: (comment, for_like) for name, comment, for_like in rows}


def others(connection: Connection, names: Iterable[str]) -> dict[str, str]:
    """Return other objects with the name of a wanted table, each with its renaming statement."""
    if connection.dialect.name != "postgresql":
        return {}
    rows = connection.execute(_OTHERS, {"names": sorted(names)})
    return {row.relname: _renaming(row.word, row.relname) for row in rows}


def other_types(connection: Connection, names: Iterable[str]) -> dict[str, str]:
    """Return other types with the name of a wanted enum, each with its renaming statement."""
    if connection.dialect.name != "postgresql":
        return {}
    rows = connection.execute(_OTHER_TYPES, {"names": sorted(names)})
    return {row.typname: _renaming(row.word, row.typname) for row in rows}


def other_cases(connection: Connection, wanted: MetaData) -> tuple[OtherCase, ...]:
    """Return the tables and columns whose names differ from the wanted ones in case only."""
    if connection.dialect.name != "postgresql":
        return ()
    rows = connection.execute(_NAMES, {"names": sorted(wanted.tables)}).all()
    found: list[OtherCase] = []
    for table in wanted.tables.values():
        there = {row.relname: row.columns for row in rows if row.relname.lower() == table.name}
        if table.name not in there and len(there) == 1:
            (name,) = there
            found.append(_other_case(connection, table.name, "", name))
        elif table.name in there:
            for column in table.columns:
                same = [each for each in there[table.name] if each.lower() == column.name.lower()]
                if column.name not in same and len(same) == 1:
                    found.append(_other_case(connection, table.name, column.name, same[0]))
    return tuple(found)


def unreadable(connection: Connection) -> frozenset[str]:
    """Return the tables whose rows this account may not read."""
    rows = connection.exec_driver_sql(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')"
        " AND NOT has_table_privilege(c.oid, 'SELECT')"
    )
    return frozenset(rows.scalars())


def domain_lengths(connection: Connection) -> dict[str, int]:
    """Return the maximum length of each domain over varchar or char."""
    if connection.dialect.name != "postgresql":
        return {}
    rows = connection.exec_driver_sql(
        "SELECT typname, typtypmod - 4 FROM pg_type WHERE typtype = 'd' AND typtypmod > 4"
        " AND typbasetype IN ('varchar'::regtype, 'bpchar'::regtype)"
    )
    return {name: length for name, length in rows}  # noqa: C416 - rows, not pairs, to mypy


def _other_case(connection: Connection, table: str, column: str, there: str) -> OtherCase:
    quote = connection.dialect.identifier_preparer.quote
    if column:
        names = f"{quote(table)} RENAME COLUMN {quote(there)} TO {quote(column)}"
    else:
        names = f"{quote(there)} RENAME TO {quote(table)}"
    statement = f"ALTER TABLE {names}"
    return OtherCase(table=table, column=column, there=there, statement=statement)


def inherited(connection: Connection, table: str) -> dict[str, str]:
    """Return a table's inherited columns, each with the statement that ends the inheritance."""
    rows = connection.execute(_INHERITED, {"name": table})
    return {row.attname: row.statement for row in rows}


def _renaming(word: str, name: str) -> str:
    advice = f"ALTER {word} {name} RENAME TO own_{name}"
    if word.endswith(("VIEW", "FOREIGN TABLE")):
        advice += f"; to keep its rows, copy them from own_{name} after the upgrade"
    return advice
