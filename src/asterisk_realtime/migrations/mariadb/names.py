"""Names in SQL that comes from MariaDB: in backticks, or in double quotes with ANSI_QUOTES."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME: Final = r"""`(?:[^`]|``)+`|"(?:[^"]|"")+\""""
_TOKEN: Final = re.compile(rf"'(?:[^'\\]|''|\\.)*'|{_NAME}", re.DOTALL)
_PART: Final = re.compile(rf"(?P<name>{_NAME})(?:\((?P<length>\d+)\))?(?P<order> DESC)?")


@attrs.frozen
class IndexPart:
    """
    A column in the definition of an index.

    Attributes:
        name: Its name.
        length: Its prefix length; 0 for the whole column.
        order: ``DESC`` with a blank before it, or empty.
    """

    name: str
    length: int = 0
    order: str = ""

    def __str__(self) -> str:
        length = f"({self.length})" if self.length else ""
        return f"{quoted(self.name)}{length}{self.order}"


def quoted(name: str) -> str:
    """Return a name in backticks, which MariaDB accepts in any sql_mode."""
    return "`" + name.replace("`", "``") + "`"


def unquoted(name: str) -> str:
    """Return a quoted name without its quotes."""
    return name[1:-1].replace(name[0] * 2, name[0])


def names_in(sql: str) -> Iterator[str]:
    """Yield the quoted names in an expression."""
    for token in _TOKEN.findall(sql):
        if not token.startswith("'"):
            yield unquoted(token)


def mentions(sql: str, name: str) -> bool:
    """Tell whether an expression contains a name, ignoring case."""
    return name.lower() in {each.lower() for each in names_in(sql)}


def renamed(sql: str, new: Mapping[str, str]) -> str:
    """Return an expression with its names replaced; the keys of *new* are in lower case."""

    def token(found: re.Match[str]) -> str:
        there = found[0]
        if there.startswith("'"):
            return there
        name = new.get(unquoted(there).lower())
        return there if name is None else quoted(name)

    return _TOKEN.sub(token, sql)


def index_parts(columns: str) -> tuple[IndexPart, ...]:
    """Return the columns of an index definition, without its expressions."""
    return tuple(
        IndexPart(unquoted(each["name"]), int(each["length"] or 0), each["order"] or "")
        for each in _PART.finditer(columns)
    )


def has_expressions(columns: str) -> bool:
    """Tell whether an index definition contains expressions."""
    return bool(_PART.sub("", columns).strip(","))
