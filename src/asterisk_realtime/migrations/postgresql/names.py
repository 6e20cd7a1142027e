"""Change names and literals in SQL that comes from PostgreSQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOKEN: Final = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | [A-Za-z_][\w$]* | .""", re.VERBOSE | re.DOTALL
)


def with_casts(sql: str, types: Iterable[tuple[str, str]]) -> str:
    """
    Return a statement with its columns cast to their former types.

    Args:
        sql: The definition of a check, an index, a policy or a view.
        types: Columns, each with its former type.
    """
    to = dict(types)
    # The part before this contains the names of the object and its table.
    is_view = sql.startswith(("CREATE VIEW", "CREATE MATERIALIZED"))
    head, parenthesis, body = sql.partition(" AS " if is_view else "(")
    tokens = _TOKEN.findall(body)
    out: list[str] = []
    for at, token in enumerate(tokens):
        name = token[1:-1].replace('""', '"') if token.startswith('"') else token
        calls = "".join(tokens[at + 1 : at + 2]) == "("
        quoted_text = token.startswith("'")
        out.append(
            f"{token}::{to[name]}" if name in to and not calls and not quoted_text else token
        )
    return head + parenthesis + "".join(out)


def with_type(sql: str, enum: str) -> str:
    """Return a statement with its text literals cast to an enum type."""
    return re.sub(r"::(?:text|character varying(?:\(\d+\))?|bpchar)\b", f"::{enum}", sql)
