"""
Functions with which a revision declares its tables.

The revisions in ``alembic/versions`` call these functions. A released revision never changes, so
the tables that these functions return for it must not change either.

``info["default"]`` of a column is Asterisk's own default. On PostgreSQL and MariaDB, Asterisk's
drivers skip a NULL, so the column is nullable and has no default. On SQLite, res_config_sqlite3
passes NULL as an empty string when it reads several rows. So the column is
``NOT NULL ON CONFLICT REPLACE DEFAULT`` there, and storing NULL stores Asterisk's default.
A ``filled`` column is NOT NULL with an empty default, so that a unique constraint rejects equal
rows. ``info["absent_on"]`` of a column names the dialects whose tables do not have it: Asterisk
rejects its empty string there, and it has no default.

`converting` says what the ``info`` of an index means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, FetchedValue, Integer

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

    _TypeArgument = TypeEngine[Any] | type[TypeEngine[Any]]


def columns(
    type_: _TypeArgument,
    *names: str,
    default: float | str | bool | None = None,
    absent_on: tuple[str, ...] = (),
    closed: bool = False,
    yes_no: bool = False,
    fraction: int = 0,
) -> list[Column[Any]]:
    """
    Return nullable columns of one type.

    Args:
        type_: The type.
        *names: The names.
        default: Asterisk's own default.
        absent_on: Dialects whose tables do not have the columns.
        closed: Whether a text column has a fixed set of values, as an enum always has.
        yes_no: Whether a number means yes or no.
        fraction: Fractional digits of a second that MariaDB stores.
    """
    info: dict[str, Any] = {} if default is None else {"default": default}
    info.update({"closed": True} if closed else {}, **({"yes_no": True} if yes_no else {}))
    if fraction:
        info["fraction"] = fraction
    if absent_on:
        info["absent_on"] = absent_on
    return [Column(name, type_, info=dict(info)) for name in names]


def required(type_: _TypeArgument, *names: str) -> list[Column[Any]]:
    """Return columns that are NOT NULL and have no default."""
    return [Column(name, type_, nullable=False) for name in names]


def filled(type_: _TypeArgument, *names: str) -> list[Column[Any]]:
    """Return text columns that are NOT NULL with an empty default."""
    return [Column(name, type_, nullable=False, info={"default": ""}) for name in names]


def key(type_: _TypeArgument, *names: str) -> list[Column[Any]]:
    """Return the columns of a primary key that the database does not number."""
    return [Column(name, type_, primary_key=True, autoincrement=False) for name in names]


def serial(name: str, *, big: bool = False) -> list[Column[Any]]:
    """Return a primary key that the database numbers."""
    type_ = BigInteger() if big else Integer()
    return [Column(name, type_, primary_key=True, autoincrement=True)]


def numbered(name: str) -> list[Column[Any]]:
    """Return a column outside the primary key that the database numbers."""
    return [Column(name, Integer(), nullable=False, server_default=FetchedValue())]


def is_numbered(column: Column[Any]) -> bool:
    """Tell whether *column* is outside the primary key and the database numbers it."""
    return (
        not column.nullable
        and not column.primary_key
        and isinstance(column.server_default, FetchedValue)
        and "default" not in column.info
    )


def existing(type_: _TypeArgument, *names: str) -> list[Column[Any]]:
    """Return columns of an earlier revision, for new indexes."""
    return [Column(name, type_, info={"existing": True}) for name in names]


def is_existing(column: Column[Any]) -> bool:
    """Tell whether an earlier revision adds *column*, and this one only its indexes."""
    return bool(column.info.get("existing"))
