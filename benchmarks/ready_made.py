"""Rows that are there, as the INSERTs and the COPY by which a driver writes them again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


@attrs.frozen
class Insert:
    """
    One statement, and its parameters for each row.

    Attributes:
        text: The INSERT.
        copy: PostgreSQL's COPY for the same rows.
        rows: The cells of each row.
    """

    text: str
    copy: str
    rows: Sequence[tuple[object, ...]]


def insert_of(
    connection: Any, table: str, numbered: Collection[str] = (), *, where: str = "1 = 1"
) -> Insert:
    """
    Return the INSERT of the rows of a table, with the columns that are not NULL in all of them.

    Args:
        connection: A connection of SQLAlchemy.
        table: Its name.
        numbered: Columns that the database fills itself.
        where: Which rows, as SQL.
    """
    query = f"SELECT * FROM {table} WHERE {where}"  # noqa: S608 - our own names
    found = connection.exec_driver_sql(query).mappings().all()
    names = [
        name
        for name in found[0]
        if name not in numbered and any(row[name] is not None for row in found)
    ]
    quote = connection.dialect.identifier_preparer.quote_identifier
    columns = f"{table} ({', '.join(map(quote, names))})"
    place = "?" if connection.dialect.name == "sqlite" else "%s"
    return Insert(
        f"INSERT INTO {columns} VALUES ({', '.join([place] * len(names))})",  # noqa: S608 - the same
        f"COPY {columns} FROM STDIN",
        [tuple(row[name] for name in names) for row in found],
    )


def executed(connection: Any, statements: Sequence[Insert]) -> None:
    """Send *statements* by the driver's executemany, which on MariaDB sends one for many rows."""
    cursor = connection.cursor()
    for statement in statements:
        cursor.executemany(statement.text, statement.rows)
    cursor.close()


def copied(connection: Any, statements: Sequence[Insert]) -> None:
    """Write the rows of *statements* by PostgreSQL's COPY."""
    with connection.cursor() as cursor:
        for statement in statements:
            with cursor.copy(statement.copy) as copy:
                for row in statement.rows:
                    copy.write_row(row)
