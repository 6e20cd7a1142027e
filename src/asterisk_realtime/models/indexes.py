"""
Indexes for this library's look-ups of names; Asterisk itself uses none of them.

A name is looked up in upper and lower case. MariaDB's columns ignore case, so an ordinary index
serves; PostgreSQL and SQLite need one of the names in lower case.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Index

from asterisk_realtime.models.rare import condition

DIALECTS: Final = ("postgresql", "sqlite", "mysql", "mariadb")
MARIADB: Final = ("mysql", "mariadb")


def in_lower_case(name: str, *columns: str, needed_on_mariadb: bool = False) -> Index:
    """
    Return an index whose first column is in lower case on PostgreSQL and SQLite.

    Args:
        name: Its name.
        *columns: Its columns.
        needed_on_mariadb: Whether no key begins with these columns, so that MariaDB needs it too.
    """
    absent_on = () if needed_on_mariadb else MARIADB
    return Index(name, *columns, info={"lower": columns[:1], "absent_on": absent_on})


def of_beginning(name: str, column: str) -> Index:
    """
    Return an index of a long text, which holds its beginning on PostgreSQL and MariaDB.

    `conditions.equals` and `conditions.begins` are the conditions that it serves.

    Args:
        name: Its name.
        column: Its column.
    """
    return Index(name, column, info={"beginning": (column,)})


def of_rare_rows(table: str, *columns: str, lower: tuple[str, ...] = ()) -> Index:
    """
    Return an index of the rows for which `rare.Rare` is true.

    Args:
        table: Name of the table.
        *columns: Its columns on PostgreSQL.
        lower: Those that are in lower case on PostgreSQL and SQLite, and follow the flag elsewhere.
    """
    rare = {dialect: condition(table, dialect) for dialect in DIALECTS}
    return Index(f"{table}_rare", *columns, info={"rare": rare, "lower": lower})
