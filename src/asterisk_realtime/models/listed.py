"""
The names in comma lists, as rows that SQL can join.

A cell such as ``100, 101`` names two rows of another table. Each database splits it in its own way;
names are then compared whole, so ``%`` and ``_`` are no wildcards and an index is used.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, String, case, column, func, literal_column, select, table, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Subquery
    from sqlalchemy.sql.compiler import SQLCompiler


class _Elements(FunctionElement[Any]):
    """The elements of a list in one cell: a table with their numbers and, on most, their text."""

    inherit_cache = True
    name = "elements"


@compiles(_Elements)
def _by_array(element: _Elements, compiler: SQLCompiler, **kwargs: Any) -> str:
    cell = compiler.process(element.clauses, **kwargs)
    parts = f"unnest(string_to_array({cell}, ',')) WITH ORDINALITY AS parts (value, key)"
    return f"LATERAL (SELECT parts.value, parts.key FROM {parts})"  # noqa: S608 - a column's name


@compiles(_Elements, "sqlite")
def _by_json(element: _Elements, compiler: SQLCompiler, **kwargs: Any) -> str:
    cell = compiler.process(element.clauses, **kwargs)
    return f"json_each({_json_array(cell, ',')})"


@compiles(_Elements, "mysql", "mariadb")
def _by_json_table(element: _Elements, compiler: SQLCompiler, **kwargs: Any) -> str:
    cell = compiler.process(element.clauses, **kwargs)
    array = f"""concat('[', replace(json_quote({cell}), ',', '","'), ']')"""
    return f"json_table({array}, '$[*]' COLUMNS (`key` FOR ORDINALITY))"


def _json_array(text: str, separator: str) -> str:
    """Return the SQL of SQLite's JSON array of the pieces of *text*."""
    return f"""'[' || replace(json_quote({text}), '{separator}', '","') || ']'"""


class _Element(FunctionElement[str]):
    """One element of a list: of a cell, a number, and the text of that number."""

    inherit_cache = True
    type = String()


@compiles(_Element)
def _value(element: _Element, compiler: SQLCompiler, **kwargs: Any) -> str:
    _cell, _number, value = element.clauses
    return compiler.process(value, **kwargs)


@compiles(_Element, "mysql", "mariadb")
def _counted_value(element: _Element, compiler: SQLCompiler, **kwargs: Any) -> str:
    # Cut from the cell itself, since text from JSON may have another collation than the tables.
    cell, number, _value = (compiler.process(each, **kwargs) for each in element.clauses)
    return _counted(cell, ",", number)


class _Part(FunctionElement[str]):
    """What stands before the first ``@`` of a text, number 1, or after it, number 2."""

    inherit_cache = True
    type = String()


@compiles(_Part)
def _split_part(element: _Part, compiler: SQLCompiler, **kwargs: Any) -> str:
    text, number = (compiler.process(each, **kwargs) for each in element.clauses)
    return f"split_part({text}, '@', {number})"


@compiles(_Part, "sqlite")
def _extracted(element: _Part, compiler: SQLCompiler, **kwargs: Any) -> str:
    text, number = (compiler.process(each, **kwargs) for each in element.clauses)
    return f"json_extract({_json_array(text, '@')}, '$[' || ({number} - 1) || ']')"


@compiles(_Part, "mysql", "mariadb")
def _counted_part(element: _Part, compiler: SQLCompiler, **kwargs: Any) -> str:
    text, number = (compiler.process(each, **kwargs) for each in element.clauses)
    return _counted(text, "@", number)


def _counted(text: str, separator: str, number: str) -> str:
    """Return the SQL of MariaDB for a piece of *text*, counted from 1."""
    return f"substring_index(substring_index({text}, '{separator}', {number}), '{separator}', -1)"


def names_in(table_name: str, list_name: str, *, are_mailboxes: bool = False) -> Subquery:
    """
    Return the names that a list column holds, one a row.

    The columns are ``owner``, the id of the row with the list; ``name``, without the blanks around
    it; and ``place``, which orders the names. A name that is in a list twice is one row. Names of
    mailboxes all have a context: Asterisk takes one without as of ``default``.
    """
    # Not the model's own table, whose columns the ORM would replace by those of its aliases.
    owners = table(table_name, column("id", String), column(list_name, String)).alias("owners")
    cell = owners.c[list_name]
    found = _Elements(cell).table_valued(column("key", Integer), column("value", String))
    name: ColumnElement[str]
    name = func.trim(_Element(cell, found.c.key, found.c.value), type_=String)
    if are_mailboxes:
        whole = name.concat(literal_column("'@default'"))
        name = case((name.like(literal_column("'%@%'")), name), else_=whole)
    return (
        select(owners.c.id.label("owner"), name.label("name"), func.min(found.c.key).label("place"))
        .join_from(owners, found, true())
        .group_by(owners.c.id, name)
        .subquery(f"names_in_{list_name}")
    )


def mailbox_in(name: ColumnElement[str]) -> ColumnElement[str]:
    """Return the number in ``100@acme``."""
    return _Part(name, literal_column("1"))


def context_in(name: ColumnElement[str]) -> ColumnElement[str]:
    """Return the context in ``100@acme``."""
    return _Part(name, literal_column("2"))
