"""What PostgreSQL's catalogues say of tables beyond SQLAlchemy's inspector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

_PARTITIONS: Final = """
    SELECT c.relname, ARRAY(SELECT COALESCE(a.attname, '') FROM unnest(p.partattrs::int[]) number
        LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = number) AS columns
    FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid
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

_NO_ENUMS: Final = text(
    """
    SELECT t.typname, CASE t.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END AS word
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    WHERE n.nspname = current_schema() AND t.typname = ANY (:names) AND t.typtype <> 'e'
        AND t.typrelid = 0
    """
)


def partitions(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Return the columns by which each partitioned table is; an expression is an empty name."""
    if connection.dialect.name != "postgresql":
        return {}
    rows = connection.exec_driver_sql(_PARTITIONS)
    return {name: tuple(columns) for name, columns in rows}


def others(connection: Connection, names: Iterable[str]) -> dict[str, str]:
    """Return what has the name of a wanted table and is none, with what renames it."""
    if connection.dialect.name != "postgresql":
        return {}
    rows = connection.execute(_OTHERS, {"names": sorted(names)})
    return {row.relname: _renaming(row.word, row.relname) for row in rows}


def no_enums(connection: Connection, names: Iterable[str]) -> dict[str, str]:
    """Return what has the name of a wanted enum type and is none, with what renames it."""
    rows = connection.execute(_NO_ENUMS, {"names": sorted(names)})
    return {row.typname: _renaming(row.word, row.typname) for row in rows}


def _renaming(word: str, name: str) -> str:
    advice = f"ALTER {word} {name} RENAME TO own_{name}"
    if word.endswith(("VIEW", "FOREIGN TABLE")):
        advice += f"; after the upgrade copy its rows, if they are to be kept: own_{name} has them"
    return advice
