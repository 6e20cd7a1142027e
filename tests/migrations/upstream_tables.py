"""
Rebuilds what Asterisk's own scripts leave behind, from facts in ``tests/data``.

The names, types, lengths, keys and indexes are those of Asterisk 22.10 on PostgreSQL and MariaDB:
no primary key on the ``ps_`` tables, none at all on ``cdr`` and ``queue_rules``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Engine, MetaData, Table

FACTS: Final[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "data" / "asterisk_22_10_tables.json").read_text()
)

_TYPES: Final[dict[str, sa.types.TypeEngine[Any]]] = {
    "bigint": sa.BigInteger(),
    "blob": sa.LargeBinary(2**32 - 1),
    "boolean": sa.Boolean(),
    "datetime": sa.DateTime(),
    "float": sa.Float(),
    "integer": sa.Integer(),
    "numeric(5,2)": sa.Numeric(5, 2),
    "text": sa.Text(),
}


def upstream_metadata() -> MetaData:
    """Return all tables of Asterisk's scripts."""
    metadata = sa.MetaData()
    for name in sorted(FACTS["tables"], key=lambda name: "foreign_keys" in FACTS["tables"][name]):
        _table(name, FACTS["tables"][name], metadata)
    return metadata


def build(engine: Engine, *, head: str = FACTS["heads"]["config"]) -> MetaData:
    """Make the tables and version tables of Asterisk's scripts in an empty database."""
    metadata = upstream_metadata()
    with engine.begin() as connection:
        metadata.create_all(connection)
        for tree, version in {**FACTS["heads"], "config": head}.items():
            table = f"alembic_version_{tree}"
            connection.exec_driver_sql(
                f"CREATE TABLE {table} (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"
            )
            connection.exec_driver_sql(f"INSERT INTO {table} VALUES ('{version}')")
    return metadata


def _table(name: str, facts: dict[str, Any], metadata: MetaData) -> Table:
    key = facts.get("primary_key", "").split()
    return sa.Table(
        name,
        metadata,
        *(_column(column, facts["columns"][column], key) for column in facts["columns"]),
        *(sa.UniqueConstraint(*names.split()) for names in facts.get("unique", ())),
        *_foreign_keys(facts),
        *(sa.Index(index, *names.split()) for index, names in facts.get("indexes", {}).items()),
    )


def _foreign_keys(facts: dict[str, Any]) -> Iterator[sa.ForeignKeyConstraint]:
    for name, words in facts.get("foreign_keys", {}).items():
        column, table, referred = words.split()
        yield sa.ForeignKeyConstraint([column], [f"{table}.{referred}"], name=name)


def _column(name: str, facts: str, key: list[str]) -> Column[Any]:
    type_, *words = facts.split()
    return sa.Column(
        name,
        _type(type_),
        nullable="not" not in words,
        primary_key=name in key,
        autoincrement="serial" in words,
    )


def _type(name: str) -> sa.types.TypeEngine[Any]:
    if length := re.fullmatch(r"varchar\((\d+)\)", name):
        return sa.String(int(length[1]))
    if name in FACTS["enums"]:
        return sa.Enum(*FACTS["enums"][name].split(), name=name)
    return _TYPES[name]
