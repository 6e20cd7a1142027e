"""
How a revision writes its tables down, and what they look like on one kind of database.

The functions here are what the revisions in ``alembic/versions`` are written with, and a released
revision never changes: so neither does what these functions make of it.

A column may carry Asterisk's own default in ``info["default"]``. The servers' drivers leave a NULL
out, so there the column is nullable and without a default. res_config_sqlite3 hands a NULL of a
many-row read on as an empty string, so on SQLite the column is
``NOT NULL ON CONFLICT REPLACE DEFAULT``: storing NULL stores Asterisk's default.
A ``filled`` column is NOT NULL and empty by default, so that a unique key refuses equal rows.
A column whose empty string Asterisk complains about, and that has no default, names the databases
that do without it in ``info["absent_on"]``.
An index with an operator class of PostgreSQL's is made there alone: elsewhere it would do no work.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Enum,
    FetchedValue,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.mysql import DATETIME, LONGBLOB
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.schema import DefaultClause
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.schema import Constraint

_TypeArgument = TypeEngine[Any] | type[TypeEngine[Any]]

ENUM_LENGTH: Final = 40
"""Characters of an enum column on SQLite, which has no enum type: room for later labels."""

INDEXED_LENGTH: Final = 255
"""Characters of a text column that MariaDB indexes; InnoDB takes 3072 bytes in all."""


class NumberedInteger(UserDefinedType[int]):
    """MariaDB's AUTO_INCREMENT outside the primary key, which SQLAlchemy does not support."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """Return the SQL text."""
        return "INTEGER AUTO_INCREMENT"


# -- What a revision is written with ---------------------------------------------------------------


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
        closed: Whether only certain values make sense in a text column; enum types always say so.
        yes_no: Whether a number means yes or no.
        fraction: Fractional digits of a second that MariaDB keeps.
    """
    info: dict[str, Any] = {} if default is None else {"default": default}
    info.update({"closed": True} if closed else {}, **({"yes_no": True} if yes_no else {}))
    if fraction:
        info["fraction"] = fraction
    if absent_on:
        info["absent_on"] = absent_on
    return [Column(name, type_, info=dict(info)) for name in names]


def required(type_: _TypeArgument, *names: str) -> list[Column[Any]]:
    """Return columns of one type that every row must give."""
    return [Column(name, type_, nullable=False) for name in names]


def filled(type_: _TypeArgument, *names: str) -> list[Column[Any]]:
    """Return text columns that are empty by default and never NULL."""
    return [Column(name, type_, nullable=False, info={"default": ""}) for name in names]


def key(type_: _TypeArgument, *names: str) -> list[Column[Any]]:
    """Return the columns of a primary key that every row must give."""
    return [Column(name, type_, primary_key=True, autoincrement=False) for name in names]


def serial(name: str, *, big: bool = False) -> list[Column[Any]]:
    """Return a primary key that the database numbers."""
    type_ = BigInteger() if big else Integer()
    return [Column(name, type_, primary_key=True, autoincrement=True)]


def numbered(name: str) -> list[Column[Any]]:
    """Return a column outside the primary key that the database numbers."""
    return [Column(name, Integer(), nullable=False, server_default=FetchedValue())]


# -- What it becomes -------------------------------------------------------------------------------


def is_mysql(dialect: Dialect) -> bool:
    """Tell whether *dialect* speaks to MariaDB, under either of its two names."""
    return dialect.name in {"mysql", "mariadb"}


def is_numbered(column: Column[Any]) -> bool:
    """Tell whether the database numbers *column* although it is not the primary key."""
    return (
        not column.nullable
        and not column.primary_key
        and isinstance(column.server_default, FetchedValue)
        and "default" not in column.info
    )


def is_filled(column: Column[Any]) -> bool:
    """Tell whether a column of one dialect is empty by default and never NULL."""
    return getattr(column.server_default, "arg", None) == ""


def for_dialect(metadata: MetaData, dialect: Dialect) -> MetaData:
    """
    Return the tables of *metadata* as the migrations make them on one kind of database.

    Args:
        metadata: Tables of a revision, or ``asterisk_realtime.models.Base.metadata``.
        dialect: ``engine.dialect``.

    Returns:
        New tables with plain types, ready for DDL and for comparing.
    """
    result = MetaData()
    for table in metadata.sorted_tables:
        Table(
            table.name,
            result,
            *(
                _column(column, dialect)
                for column in table.columns
                if dialect.name not in column.info.get("absent_on", ())
            ),
            *_constraints(table),
            **_storage(dialect),
        )
        for index in sorted(table.indexes, key=lambda index: str(index.name)):
            if dialect.name == "postgresql" or not index.dialect_options["postgresql"]["ops"]:
                _copy_index(index, result.tables[table.name], dialect)
    return result


def _storage(dialect: Dialect) -> dict[str, Any]:
    """Return the storage that MariaDB would otherwise take from the settings of its server."""
    storage = {"engine": "InnoDB", "row_format": "DYNAMIC"} if is_mysql(dialect) else {}
    return {f"{dialect.name}_{name}": word for name, word in storage.items()}


def _constraints(table: Table) -> list[Constraint]:
    ordered = sorted(table.constraints, key=lambda constraint: str(constraint.name))
    copies: list[Constraint] = []
    for constraint in ordered:
        if isinstance(constraint, PrimaryKeyConstraint):
            copies.append(PrimaryKeyConstraint(*constraint.columns.keys()))
        elif isinstance(constraint, UniqueConstraint):
            copies.append(UniqueConstraint(*constraint.columns.keys(), name=constraint.name))
        elif isinstance(constraint, ForeignKeyConstraint):
            targets = [element.target_fullname for element in constraint.elements]
            copies.append(
                ForeignKeyConstraint(constraint.column_keys, targets, name=constraint.name)
            )
    return copies


def _copy_index(index: Index, table: Table, dialect: Dialect) -> None:
    names = index.columns.keys()
    options: dict[str, Any] = {}
    if is_mysql(dialect):
        long = {
            name: INDEXED_LENGTH
            for name in names
            if (getattr(table.c[name].type, "length", None) or 0) > INDEXED_LENGTH
        }
        options = {f"{dialect.name}_length": long} if long else {}
    else:
        options = special_work(index, dialect)
    Index(index.name, *(table.c[name] for name in names), unique=index.unique, **options)


def special_work(index: Index, dialect: Dialect) -> dict[str, Any]:
    """Return what makes *dialect* use *index* where no other on the same columns would do."""
    there = index.dialect_options[dialect.name]
    options = {name: there.get(name) for name in ("ops", "where")}
    return {
        f"{dialect.name}_{name}": option
        for name, option in options.items()
        if option is not None and option != {}
    }


def _column(column: Column[Any], dialect: Dialect) -> Column[Any]:
    type_ = plain_type(column, dialect)
    if is_numbered(column):
        return _numbered_column(column.name, dialect)
    default = column.info.get("default")
    if dialect.name == "sqlite" and default is not None:
        return Column(
            column.name,
            type_,
            nullable=False,
            server_default=DefaultClause(_cell(default, type_)),
            sqlite_on_conflict_not_null="REPLACE",
            info=_facts(column),
        )
    filling = None if default is None or column.nullable else DefaultClause(_cell(default, type_))
    return Column(
        column.name,
        type_,
        nullable=column.nullable,
        primary_key=column.primary_key,
        autoincrement=column.autoincrement,
        server_default=filling,
        info=_facts(column),
    )


def _facts(column: Column[Any]) -> dict[str, Any]:
    """Return what is known of a column's values, from a revision or from a model's type."""
    type_ = column.type
    closed = isinstance(type_, Enum) or getattr(type_, "closed", False)
    return {
        "closed": bool(closed or column.info.get("closed")),
        "yes_no": bool(getattr(type_, "yes_no", False) or column.info.get("yes_no")),
    }


def _numbered_column(name: str, dialect: Dialect) -> Column[Any]:
    if is_mysql(dialect):
        return Column(name, NumberedInteger(), nullable=False)
    if dialect.name == "sqlite":
        # SQLite counts only a primary key; a member's number must merely differ from others.
        random = text("(abs(random() % 2147483647))")
        return Column(name, Integer(), nullable=False, server_default=random)
    return Column(name, Integer(), Identity(always=False), nullable=False)


def plain_type(column: Column[Any], dialect: Dialect) -> TypeEngine[Any]:
    """Return the SQL type of *column* without our own decorations."""
    type_: TypeEngine[Any] = column.type
    if isinstance(type_, TypeDecorator):
        # Not the driver's own type, which is for values: psycopg's prints TEXT as VARCHAR.
        type_ = type_.load_dialect_impl(_NEUTRAL)
    if isinstance(type_, Enum):
        sqlite = dialect.name == "sqlite"
        return String(ENUM_LENGTH) if sqlite else Enum(*type_.enums, name=type_.name)
    if dialect.name == "sqlite" and isinstance(type_, BigInteger) and column.primary_key:
        # SQLite numbers only a column of type INTEGER by itself.
        return Integer()
    if is_mysql(dialect) and isinstance(type_, LargeBinary) and (type_.length or 0) >= 2**24:
        # What MariaDB makes of BLOB(n), said so that it compares equal.
        return LONGBLOB()
    if is_mysql(dialect) and isinstance(type_, DateTime) and "fraction" in column.info:
        return DATETIME(fsp=column.info["fraction"])
    return type_


_NEUTRAL: Final = DefaultDialect()


def _cell(default: float | str, type_: TypeEngine[Any]) -> Any:
    """Return the text of a default as a cell of SQLite spells it."""
    if isinstance(default, bool):
        numeric = isinstance(type_, (Integer, Boolean))
        return text(str(int(default))) if numeric else ("yes" if default else "no")
    return default if isinstance(default, str) else text(str(default))
