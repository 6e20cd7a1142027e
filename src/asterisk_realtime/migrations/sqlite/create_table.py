"""Read and parse CREATE TABLE and CREATE INDEX statements, which SQLite keeps as written."""

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
"""Keywords that begin a constraint of a column, and end its type."""

_TABLE_STARTS: Final = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})


@attrs.frozen
class _Token:
    kind: str
    text: str
    start: int = 0

    @property
    def end(self) -> int:
        """Position in the statement after the token."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """The token in upper case; empty if it is not a bare word."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def name(self) -> str:
        """The token as a name, without quotes."""
        if self.kind == "name":
            end = self.text[-1]
            return self.text[1:-1].replace(end * 2, end)
        return self.text[1:-1].replace("''", "'") if self.kind == "text" else self.text


@attrs.frozen
class ParsedColumn:
    """
    A column in a CREATE TABLE statement.

    Attributes:
        name: Its name, without quotes.
        type: Its type; may be empty.
        clauses: Its constraints, each with its name if it has one.
    """

    name: str
    type: str
    clauses: tuple[str, ...]

    def without(self, *starts: str) -> ParsedColumn:
        """Return the column without the clauses that begin with these keywords."""
        kept = (each for each in self.clauses if not begins(each, *starts))
        return attrs.evolve(self, clauses=tuple(kept))

    def has(self, *starts: str) -> bool:
        """Tell whether a clause begins with one of these keywords."""
        return any(begins(each, *starts) for each in self.clauses)


@attrs.frozen
class ParsedTable:
    """
    A table in a CREATE TABLE statement.

    Attributes:
        columns: Its columns, in order.
        constraints: Its table constraints, in order.
        options: What follows the last parenthesis: ``STRICT``, ``WITHOUT ROWID``.
    """

    columns: tuple[ParsedColumn, ...]
    constraints: tuple[str, ...]
    options: str

    @property
    def strict(self) -> bool:
        """Whether it is a STRICT table."""
        return "STRICT" in self.options.upper()

    @property
    def without_rowid(self) -> bool:
        """Whether it is a WITHOUT ROWID table."""
        return "ROWID" in self.options.upper()


def parse(sql: str) -> ParsedTable:
    """Parse a CREATE TABLE statement from ``sqlite_master``."""
    tokens = list(_tokens(sql))
    start = next(at for at, token in enumerate(tokens) if token.text == "(")
    parts, end = _parts(tokens, start)
    columns: list[ParsedColumn] = []
    constraints: list[str] = []
    for part in parts:
        # Constraints come after all columns; the name of a column may be one of their keywords.
        if constraints or (columns and part[0].word in _TABLE_STARTS):
            constraints.append(_text(sql, part))
        else:
            columns.append(_column(sql, part))
    return ParsedTable(tuple(columns), tuple(constraints), _text(sql, tokens[end + 1 :]))


@attrs.frozen
class ParsedIndex:
    """
    An index in a CREATE INDEX statement.

    Attributes:
        name: Its name, in lower case.
        parts: Its columns and expressions, in lower case and without quotes.
        where: The condition of a partial index, in the same form; empty without one.
    """

    name: str
    parts: tuple[str, ...]
    where: str


def parse_index(sql: str) -> ParsedIndex | None:
    """Parse a CREATE INDEX statement from ``sqlite_master``; None if it is another statement."""
    tokens = list(_tokens(sql))
    words = [token.word for token in tokens[:3]]
    if "INDEX" not in words:
        return None
    name = tokens[words.index("INDEX") + 1].name.lower()
    start = next(at for at, token in enumerate(tokens) if token.text == "(")
    parts, end = _parts(tokens, start)
    # The condition follows the keyword WHERE.
    return ParsedIndex(name, tuple(map(_normal, parts)), _normal(tokens[end + 2 :]))


def _normal(tokens: Iterable[_Token]) -> str:
    return " ".join(
        token.name.lower() if token.kind in {"word", "name"} else token.text for token in tokens
    )


def begins(clause: str, *starts: str) -> bool:
    """Tell whether a clause begins with one of these keywords, after its name if it has one."""
    words = list(_tokens(clause))
    at = 2 if words and words[0].word == "CONSTRAINT" and len(words) > 2 else 0  # noqa: PLR2004 - CONSTRAINT and its name
    text = " ".join(token.word for token in words[at:])
    return any(text.startswith(start) for start in starts)


def columns_of(clause: str) -> tuple[str, ...]:
    """Return the names in the first parentheses of a clause, such as the columns of a key."""
    tokens = list(_tokens(clause))
    start = next((at for at, token in enumerate(tokens) if token.text == "("), None)
    return () if start is None else tuple(part[0].name for part in _parts(tokens, start)[0])


def renamed(sql: str, names: Iterable[tuple[str, str]]) -> str:
    """Return a statement with names replaced, whatever their case and quotes."""
    to = {old.lower(): new for old, new in names}
    out: list[str] = []
    for match in _TOKEN.finditer(sql):
        token = _Token(str(match.lastgroup), match[0])
        is_name = token.kind in {"word", "name"}
        out.append(to.get(token.name.lower(), match[0]) if is_name else match[0])
    return "".join(out)


def renamed_once(sql: str, old: str, new: str) -> str:
    """Return a CREATE statement with another name for the object."""
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
    """Return the parts between commas in parentheses, and the index of the closing one."""
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


def _column(sql: str, tokens: list[_Token]) -> ParsedColumn:
    starts = list(_starts(tokens))
    bounds = [*starts, len(tokens)]
    clauses = tuple(_text(sql, tokens[a:b]) for a, b in pairwise(bounds))
    return ParsedColumn(tokens[0].name, _text(sql, tokens[1 : bounds[0]]), clauses)


def _starts(tokens: list[_Token]) -> Iterator[int]:
    """Yield the index of the token that begins each clause of a column."""
    depth, named, last = 0, False, ""
    for at, token in enumerate(tokens):
        depth += (token.text == "(") - (token.text == ")")
        word = token.word
        if at == 0 or depth or word not in _STARTS:
            last = word or last
            continue
        # In ON CONFLICT, SET NULL, NOT NULL and after a constraint's name, the keyword continues
        # the clause.
        continues = (
            word == "ON"
            or (word == "NULL" and last in {"NOT", "SET", "DEFAULT"})
            or (word == "DEFAULT" and last == "SET")
            or (word == "AS" and last == "ALWAYS")
            or (word == "NOT" and at + 1 < len(tokens) and tokens[at + 1].word == "DEFERRABLE")
            or named
        )
        if not continues:
            yield at
        named = word == "CONSTRAINT"
        last = word


def _text(sql: str, tokens: list[_Token]) -> str:
    """Return the text of these tokens in the statement."""
    return sql[tokens[0].start : tokens[-1].end] if tokens else ""


PRIMARY_KEY: Final = re.compile(r"\bPRIMARY\s+KEY\b(\s+(ASC|DESC)\b)?", re.IGNORECASE)
"""The keywords of a primary key."""


def others(connection: Connection, names: Iterable[str]) -> dict[str, str]:
    """Return the views and virtual tables with a table's name; the value says how to rename one."""
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
    """Return the CREATE statements of each table, of its indexes and of its triggers, in order."""
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
