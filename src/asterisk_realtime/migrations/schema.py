"""
Functions that declare the tables of a revision, and convert them for one dialect.

The revisions in ``alembic/versions`` call these functions. A released revision never changes, so
the tables that these functions return for it must not change either.

``info["default"]`` of a column is Asterisk's own default. On PostgreSQL and MariaDB, Asterisk's
drivers skip a NULL, so the column is nullable and has no default. On SQLite, res_config_sqlite3
passes NULL as an empty string when it reads several rows. So the column is
``NOT NULL ON CONFLICT REPLACE DEFAULT`` there, and storing NULL stores Asterisk's default.
A ``filled`` column is NOT NULL with an empty default, so that a unique constraint rejects equal
rows. ``info["absent_on"]`` of a column names the dialects whose tables do not have it: Asterisk
rejects its empty string there, and it has no default.
An index with a PostgreSQL operator class is created on PostgreSQL only, unless
``info["absent_on"]`` of the index names the dialects that do not have it.

``info["lower"]`` of an index names the columns that PostgreSQL and SQLite index in lower case;
MariaDB's columns ignore case.
``info["rare"]`` of an index has a condition for each dialect, and the index holds only the rows for
which it is true. On PostgreSQL it is a partial index ``WHERE (CASE WHEN ... THEN 1 END) = 1``: the
planner expects few such rows, but nearly all rows with the condition alone. On SQLite it is also an
index of that expression, a flag, which the planner uses before and after ANALYZE. MariaDB has no
partial indexes: an ordinary index is on a generated column that is 1 in these rows, and NULL in all
others. On SQLite and MariaDB, only columns in ``info["lower"]`` follow the flag.
"""

from __future__ import annotations

from hashlib import sha256
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
    func,
    literal_column,
    text,
)
from sqlalchemy.dialects.mysql import DATETIME, LONGBLOB
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import DefaultClause
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Dialect
    from sqlalchemy.schema import Constraint
    from sqlalchemy.sql.compiler import SQLCompiler, TypeCompiler

_TypeArgument = TypeEngine[Any] | type[TypeEngine[Any]]

ENUM_LENGTH: Final = 40
"""Length of an enum column on SQLite, which has no enum type; longer than any label so far."""

INDEXED_LENGTH: Final = 255
"""Length of a text column's prefix in a MariaDB index; an InnoDB index holds 3072 bytes."""


RARE: Final = "asterisk_realtime_rare"
"""Generated column that is 1 in the rows of an index for some rows only (MariaDB)."""


class NumberedInteger(UserDefinedType[int]):
    """AUTO_INCREMENT outside the primary key (MariaDB), which SQLAlchemy does not support."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """Return the SQL text."""
        return "INTEGER AUTO_INCREMENT"


class RareFlag(UserDefinedType[int]):
    """
    Type and expression of the column `RARE` (MariaDB).

    The column is invisible: Asterisk reads ``SELECT *``, and drops a row with a column that it does
    not know.
    """

    cache_ok = True

    def __init__(self, condition: str) -> None:
        self.condition = condition


@compiles(RareFlag)
def _rare_flag(type_: RareFlag, compiler: TypeCompiler, **_kw: Any) -> str:
    doubled = compiler.dialect.paramstyle in {"format", "pyformat"}
    flag = _flag(type_.condition.replace("%", "%%") if doubled else type_.condition)
    return f"TINYINT GENERATED ALWAYS AS ({flag}) VIRTUAL INVISIBLE"


def _flag(condition: str) -> str:
    """Return an expression that is 1 if a condition is true, and else NULL."""
    return f"CASE WHEN {condition} THEN 1 END"


class _Expression(FunctionElement[Any]):
    """SQL in an index, with the columns that it reads."""

    inherit_cache = False

    def __init__(self, sql: str, *columns: ColumnElement[Any]) -> None:
        super().__init__(*columns)
        self.sql = sql


@compiles(_Expression)
def _expression(element: _Expression, compiler: SQLCompiler, **kwargs: Any) -> str:
    return compiler.process(literal_column(element.sql), **kwargs)


# -- Columns of a revision -------------------------------------------------------------------------


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


def existing(type_: _TypeArgument, *names: str) -> list[Column[Any]]:
    """Return columns of an earlier revision, for new indexes."""
    return [Column(name, type_, info={"existing": True}) for name in names]


# -- Tables of one dialect -------------------------------------------------------------------------


def is_mysql(dialect: Dialect) -> bool:
    """Tell whether *dialect* is for MariaDB or MySQL."""
    return dialect.name in {"mysql", "mariadb"}


def is_numbered(column: Column[Any]) -> bool:
    """Tell whether *column* is outside the primary key and the database numbers it."""
    return (
        not column.nullable
        and not column.primary_key
        and isinstance(column.server_default, FetchedValue)
        and "default" not in column.info
    )


def is_filled(column: Column[Any]) -> bool:
    """Tell whether a column from `for_dialect` is NOT NULL with an empty default."""
    return getattr(column.server_default, "arg", None) == ""


def is_existing(column: Column[Any]) -> bool:
    """Tell whether an earlier revision adds *column*, and this one only its indexes."""
    return bool(column.info.get("existing"))


def copied(table: Table, metadata: MetaData) -> Table:
    """Return a copy of *table* in other metadata, with the ``info`` of its indexes."""
    copy = table.to_metadata(metadata)
    facts = {index.name: index.info for index in table.indexes}
    for index in copy.indexes:
        # SQLAlchemy does not copy it.
        index.info.update(facts[index.name])
    return copy


def for_dialect(metadata: MetaData, dialect: Dialect) -> MetaData:
    """
    Return the tables of *metadata* as the migrations create them for *dialect*.

    Args:
        metadata: Tables of a revision, or ``asterisk_realtime.models.Base.metadata``.
        dialect: ``engine.dialect``.

    Returns:
        New tables with plain SQL types, for DDL and for comparisons.
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
            if not _is_absent(index, dialect):
                _copy_index(index, result.tables[table.name], dialect)
    return result


def _is_absent(index: Index, dialect: Dialect) -> bool:
    if "absent_on" in index.info:
        return dialect.name in index.info["absent_on"]
    return dialect.name != "postgresql" and bool(index.dialect_options["postgresql"]["ops"])


def _storage(dialect: Dialect) -> dict[str, Any]:
    """Return the storage options, which MariaDB would otherwise take from the server's settings."""
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
    if "rare" in index.info:
        _copy_rare_index(index, table, dialect)
        return
    if is_mysql(dialect):
        long = {
            name: INDEXED_LENGTH
            for name in names
            if (getattr(table.c[name].type, "length", None) or 0) > INDEXED_LENGTH
        }
        options = {f"{dialect.name}_length": long} if long else {}
    else:
        options = special_options(index, dialect)
    Index(index.name, *_parts(index, table, dialect), unique=index.unique, **options)


def _parts(index: Index, table: Table, dialect: Dialect) -> list[ColumnElement[Any]]:
    lower = () if is_mysql(dialect) else index.info.get("lower", ())
    return [
        func.lower(table.c[name]) if name in lower else table.c[name]
        for name in index.columns.keys()  # noqa: SIM118 - a column collection, not a dict
    ]


def _copy_rare_index(index: Index, table: Table, dialect: Dialect) -> None:
    """Add an index for some rows, and on MariaDB its generated column."""
    condition = index.info["rare"][dialect.name]
    # A server prints a condition in its own words, so a comment tells one from another.
    comment = f"rare rows, {sha256(condition.encode()).hexdigest()[:8]}"
    parts = _parts(index, table, dialect)
    info: dict[str, Any] = {"rare": comment}
    flag_sql = f"({_flag(condition)})"
    where: ColumnElement[Any] = literal_column(f"{flag_sql} = 1")
    if dialect.name == "postgresql":
        Index(index.name, *parts, postgresql_where=where, info=info)
        return
    lower = [
        part
        for part, name in zip(parts, index.columns.keys(), strict=True)
        if name in index.info.get("lower", ())
    ]
    if is_mysql(dialect):
        flag = Column(RARE, RareFlag(condition), comment=comment)
        table.append_column(flag)
        Index(index.name, flag, *lower)
    else:
        expression = _Expression(flag_sql, *(table.c[name] for name in index.columns.keys()))  # noqa: SIM118 - a column collection, not a dict
        Index(index.name, expression, *lower, sqlite_where=where, info=info)


def has_expressions(index: Index) -> bool:
    """Tell whether an index from `for_dialect` is on more than columns."""
    return any(isinstance(part, FunctionElement) for part in index.expressions)


def names_of_parts(index: Index) -> tuple[str, ...]:
    """Return the columns of an index from `for_dialect`; ``lower(id)`` for one in lower case."""
    return tuple(map(_name_of_part, index.expressions))


def _name_of_part(part: Any) -> str:
    if isinstance(part, FunctionElement):
        [column] = part.clauses
        return f"lower({column.name})"
    return str(part.name)


def special_options(index: Index, dialect: Dialect) -> dict[str, Any]:
    """Return the options by which *index* serves queries that a plain index would not."""
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
            info=_value_info(column),
        )
    filling = None if default is None or column.nullable else DefaultClause(_cell(default, type_))
    return Column(
        column.name,
        type_,
        nullable=column.nullable,
        primary_key=column.primary_key,
        autoincrement=column.autoincrement,
        server_default=filling,
        info=_value_info(column),
    )


def _value_info(column: Column[Any]) -> dict[str, Any]:
    """Return facts about a column's values, from its ``info`` or from a model's type."""
    type_ = column.type
    closed = isinstance(type_, Enum) or getattr(type_, "closed", False)
    return {
        "existing": is_existing(column),
        "closed": bool(closed or column.info.get("closed")),
        "yes_no": bool(getattr(type_, "yes_no", False) or column.info.get("yes_no")),
    }


def _numbered_column(name: str, dialect: Dialect) -> Column[Any]:
    if is_mysql(dialect):
        return Column(name, NumberedInteger(), nullable=False)
    if dialect.name == "sqlite":
        # SQLite numbers only a primary key; queue members only need numbers that differ.
        random = text("(abs(random() % 2147483647))")
        return Column(name, Integer(), nullable=False, server_default=random)
    return Column(name, Integer(), Identity(always=False), nullable=False)


def plain_type(column: Column[Any], dialect: Dialect) -> TypeEngine[Any]:
    """Return the SQL type of *column*, without the TypeDecorator of a model."""
    type_: TypeEngine[Any] = column.type
    if isinstance(type_, TypeDecorator):
        # The type of a driver is for values, not for DDL: psycopg's compiles TEXT as VARCHAR.
        type_ = type_.load_dialect_impl(_DEFAULT_DIALECT)
    if isinstance(type_, Enum):
        sqlite = dialect.name == "sqlite"
        return String(ENUM_LENGTH) if sqlite else Enum(*type_.enums, name=type_.name)
    if dialect.name == "sqlite" and isinstance(type_, BigInteger) and column.primary_key:
        # SQLite numbers only a column of type INTEGER.
        return Integer()
    if is_mysql(dialect) and isinstance(type_, LargeBinary) and (type_.length or 0) >= 2**24:
        # MariaDB creates this type for BLOB(n); with it, a comparison finds equal types.
        return LONGBLOB()
    if is_mysql(dialect) and isinstance(type_, DateTime) and "fraction" in column.info:
        return DATETIME(fsp=column.info["fraction"])
    return type_


_DEFAULT_DIALECT: Final = DefaultDialect()


def _cell(default: float | str, type_: TypeEngine[Any]) -> Any:
    """Return a default as SQLite stores it."""
    if isinstance(default, bool):
        numeric = isinstance(type_, (Integer, Boolean))
        return text(str(int(default))) if numeric else ("yes" if default else "no")
    return default if isinstance(default, str) else text(str(default))
