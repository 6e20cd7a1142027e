"""SQLite's statements: reading and parsing CREATE TABLE, to write it again with all it says."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Connection

_TOKEN: Final = re.compile(
    r"""
    (?P<blank> \s+ | --[^\n]*(?:\n|$) | /\*.*?(?:\*/|$) )
    | (?P<name> "(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\] )
    | (?P<text> '(?:[^']|'')*' )
    | (?P<word> [^\W\d][\w$]* )
    | (?P<other> \d[\w.]* | . )
    """,
    re.VERBOSE | re.DOTALL,
)

_STARTS: Final = frozenset(
    {"CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE", "REFERENCES"}
    | {"GENERATED", "AS", "ON"}
)
"""Keywords that begin a constraint of a column, and so end its type."""

_TABLE_STARTS: Final = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})


@attrs.frozen
class _Token:
    kind: str
    text: str
    start: int = 0

    @property
    def end(self) -> int:
        """Its end in the statement."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The token as a keyword; empty if it is not one."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str:
        """The token as a name, without its quotes."""
        if self.kind == "name":
            end = self.text[-1]
            return self.text[1:-1].replace(end * 2, end)
        return self.text[1:-1].replace("''", "'") if self.kind == "text" else self.text


@attrs.frozen
class SourceColumn:
    """
    A column, as the statement defines it.

    Attributes:
        name: Its name, without quotes.
        type: Its type; may be empty.
        clauses: Its constraints, each with its name if it has one.
    """

    name: str
    type: str
    clauses: tuple[str, ...]

    def without(self, *starts: str) -> SourceColumn:
        """Return the column without the clauses that begin with these words."""
        kept = (each for each in self.clauses if not begins(each, *starts))
        return attrs.evolve(self, clauses=tuple(kept))

    def has(self, *starts: str) -> bool:
        """Tell whether a clause begins with one of these words."""
        return any(begins(each, *starts) for each in self.clauses)


@attrs.frozen
class Source:
    """
    A table, as the statement defines it.

    Attributes:
        columns: Its columns, in order.
        constraints: Its own constraints, in order.
        options: What follows the last parenthesis: ``STRICT``, ``WITHOUT ROWID``.
    """

    columns: tuple[SourceColumn, ...]
    constraints: tuple[str, ...]
    options: str

    @property
    def strict(self) -> bool:
        """Whether the table takes only values of its columns' types."""
        return "STRICT" in self.options.upper()

    @property
    def without_rowid(self) -> bool:
        """Whether the table is sorted by its primary key."""
        return "ROWID" in self.options.upper()


def parse(sql: str) -> Source:
    """Parse the statement of a table, as ``sqlite_master`` has it."""
    tokens = list(_tokens(sql))
    start = next(at for at, token in enumerate(tokens) if token.text == "(")
    parts, end = _parts(tokens, start)
    columns: list[SourceColumn] = []
    constraints: list[str] = []
    for part in parts:
        # Constraints come after all columns; a column may be named like one of their keywords.
        if constraints or (columns and part[0].word in _TABLE_STARTS):
            constraints.append(_text(sql, part))
        else:
            columns.append(_column(sql, part))
    return Source(tuple(columns), tuple(constraints), _text(sql, tokens[end + 1 :]))


def begins(clause: str, *starts: str) -> bool:
    """Tell whether a clause is of one of these kinds, named or not."""
    words = list(_tokens(clause))
    at = 2 if words and words[0].word == "CONSTRAINT" and len(words) > 2 else 0  # noqa: PLR2004 - the word and the name
    text = " ".join(token.word for token in words[at:])
    return any(text.startswith(start) for start in starts)


def columns_of(clause: str) -> tuple[str, ...]:
    """Return the names in the first parentheses of a clause, such as a key's columns."""
    tokens = list(_tokens(clause))
    start = next((at for at, token in enumerate(tokens) if token.text == "("), None)
    return () if start is None else tuple(part[0].name for part in _parts(tokens, start)[0])


def renamed(sql: str, names: Iterable[tuple[str, str]]) -> str:
    """Return a statement with names replaced, in any case and with any quotes."""
    to = {old.lower(): new for old, new in names}
    out: list[str] = []
    for match in _TOKEN.finditer(sql):
        token = _Token(str(match.lastgroup), match[0])
        is_name = token.kind in {"word", "name"}
        out.append(to.get(token.name.lower(), match[0]) if is_name else match[0])
    return "".join(out)


def renamed_once(sql: str, old: str, new: str) -> str:
    """Return the statement that creates an object, with another name for the object."""
    for match in _TOKEN.finditer(sql):
        token = _Token(str(match.lastgroup), match[0])
        if token.kind in {"word", "name", "text"} and token.name.lower() == old.lower():
            return f'{sql[: match.start()]}"{new}"{sql[match.end() :]}'
    return sql


def _tokens(sql: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(sql):
        if match.lastgroup != "blank":
            yield _Token(str(match.lastgroup), match[0], match.start())


def _parts(tokens: list[_Token], start: int) -> tuple[list[list[_Token]], int]:
    """Return the parts between the commas of one pair of parentheses, and where it closes."""
    parts: list[list[_Token]] = [[]]
    depth = 0
    for at in range(start, len(tokens)):
        text = tokens[at].text
        depth += (text == "(") - (text == ")")
        if depth == 0:
            return [part for part in parts if part], at
        if depth == 1 and text == ",":
            parts.append([])
        elif at > start:
            parts[-1].append(tokens[at])
    raise ValueError("a parenthesis is not closed")


def _column(sql: str, tokens: list[_Token]) -> SourceColumn:
    starts = list(_starts(tokens))
    bounds = [*starts, len(tokens)]
    clauses = tuple(_text(sql, tokens[a:b]) for a, b in pairwise(bounds))
    return SourceColumn(tokens[0].name, _text(sql, tokens[1 : bounds[0]]), clauses)


def _starts(tokens: list[_Token]) -> Iterator[int]:
    """Yield where each clause of a column begins."""
    depth, named, last = 0, False, ""
    for at, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        word = token.word
        if at == 0 or depth or word not in _STARTS:
            last = word or last
            continue
        # These words, as in ON CONFLICT, SET NULL or NOT NULL, and the clause after a constraint's
        # name, continue the clause before them.
        goes_on = (
            word == "ON"
            or (word == "NULL" and last in {"NOT", "SET", "DEFAULT"})
            or (word == "DEFAULT" and last == "SET")
            or (word == "AS" and last == "ALWAYS")
            or (word == "NOT" and at + 1 < len(tokens) and tokens[at + 1].word == "DEFERRABLE")
            or named
        )
        if not goes_on:
            yield at
        named = word == "CONSTRAINT"
        last = word


def _text(sql: str, tokens: list[_Token]) -> str:
    """Return a part of the statement, unchanged."""
    return sql[tokens[0].start : tokens[-1].end] if tokens else ""


PRIMARY_KEY: Final = re.compile(r"\bPRIMARY\s+KEY\b(\s+(ASC|DESC)\b)?", re.IGNORECASE)
"""The words of a primary key."""


def others(connection: Connection, names: Iterable[str]) -> dict[str, str]:
    """Return the views and virtual tables that have the name of a table, with how to rename."""
    if connection.dialect.name != "sqlite":
        return {}
    wanted = {name.lower(): name for name in names}
    rows = connection.exec_driver_sql(
        "SELECT name, type, sql FROM sqlite_master WHERE type = 'view'"
        " OR (type = 'table' AND sql LIKE 'CREATE VIRTUAL%')"
    )
    found: dict[str, str] = {}
    for name, type_, sql in rows:
        if name.lower() in wanted:
            new = renamed_once(sql, name, f"own_{name}")
            advice = f"{new}; DROP VIEW {name}" if type_ == "view" else ""
            advice = advice or f"ALTER TABLE {name} RENAME TO own_{name}"
            found[wanted[name.lower()]] = advice
    return found


def statements(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Return for each table the statements that made it, its own first."""
    if connection.dialect.name != "sqlite":
        return {}
    source: dict[str, tuple[str, ...]] = {}
    statement = (
        "SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        " ORDER BY type <> 'table', type <> 'index', rowid"
    )
    for row in connection.exec_driver_sql(statement):
        source[row.tbl_name.lower()] = (*source.get(row.tbl_name.lower(), ()), row.sql)
    return source
