"""
Convert the tables of revisions, or of the models, for one dialect.

An index with a PostgreSQL operator class is created on PostgreSQL only, unless
``info["absent_on"]`` of the index names the dialects that do not have it.

``info["lower"]`` of an index names the columns that PostgreSQL and SQLite index in lower case;
MariaDB's columns ignore case.
``info["beginning"]`` of an index names the long texts of which PostgreSQL indexes the beginning, as
``left(appdata, 255)``: it refuses a row whose index entry would take more than 2,704 bytes. MariaDB
indexes the beginning of each long text, by a prefix length; SQLite has no such limit.
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
from sqlalchemy.sql.expression import Label
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from asterisk_realtime.migrations.schema import is_existing, is_numbered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Dialect
    from sqlalchemy.schema import Constraint
    from sqlalchemy.sql.compiler import SQLCompiler, TypeCompiler

ENUM_LENGTH: Final = 40
"""Length of an enum column on SQLite, which has no enum type; longer than any label so far."""

INDEXED_LENGTH: Final = 255
"""
Characters of a long text that an index holds.

An InnoDB index holds 3072 bytes, and PostgreSQL's 2704; a character takes up to four.
"""

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


def is_mysql(dialect: Dialect) -> bool:
    """Tell whether *dialect* is for MariaDB or MySQL."""
    return dialect.name in {"mysql", "mariadb"}


def is_filled(column: Column[Any]) -> bool:
    """Tell whether a column from `for_dialect` is NOT NULL with an empty default."""
    return getattr(column.server_default, "arg", None) == ""


def for_dialect(metadata: MetaData, dialect: Dialect) -> MetaData:
    """
    Return the tables of *metadata* as the migrations create them for *dialect*.

    Args:
        metadata: Tables of a revision, or ``asterisk_realtime.models.Base.metadata``.
        dialect: ``engine.dialect``.

    Returns:
        New tables with plain SQL types, for DDL and for comparisons.
    """
    return merged([metadata], dialect)


def merged(revisions: Iterable[MetaData], dialect: Dialect) -> MetaData:
    """
    Return the tables that a database has after several revisions, as `for_dialect` does for one.

    Args:
        revisions: The tables of each revision, oldest first. What a later one adds to a table, or
            declares anew, is part of the table; columns that it declares as existing stay as they
            are.
        dialect: ``engine.dialect``.
    """
    parts: dict[str, list[Table]] = {}
    for metadata in revisions:
        for table in metadata.sorted_tables:
            parts.setdefault(table.name, []).append(table)
    result = MetaData()
    for name, tables in parts.items():
        new = Table(
            name,
            result,
            *(_column(column, dialect) for column in _columns(tables, dialect)),
            *_constraints(tables),
            **_storage(dialect),
        )
        for index in _indexes(tables, dialect):
            _copy_index(index, new, dialect)
    return result


def _columns(tables: Iterable[Table], dialect: Dialect) -> list[Column[Any]]:
    found: dict[str, Column[Any]] = {}
    for column in (each for table in tables for each in table.columns):
        if dialect.name in column.info.get("absent_on", ()):
            continue
        if column.name not in found or not is_existing(column):
            found[column.name] = column
    return list(found.values())


def _indexes(tables: Iterable[Table], dialect: Dialect) -> list[Index]:
    found = {str(index.name): index for table in tables for index in table.indexes}
    return [index for _name, index in sorted(found.items()) if not _is_absent(index, dialect)]


def _is_absent(index: Index, dialect: Dialect) -> bool:
    if "absent_on" in index.info:
        return dialect.name in index.info["absent_on"]
    return dialect.name != "postgresql" and bool(index.dialect_options["postgresql"]["ops"])


def _storage(dialect: Dialect) -> dict[str, Any]:
    """Return the storage options, which MariaDB would otherwise take from the server's settings."""
    storage = {"engine": "InnoDB", "row_format": "DYNAMIC"} if is_mysql(dialect) else {}
    return {f"{dialect.name}_{name}": word for name, word in storage.items()}


def _constraints(tables: Iterable[Table]) -> list[Constraint]:
    all_ = (constraint for table in tables for constraint in table.constraints)
    ordered = sorted(all_, key=lambda constraint: str(constraint.name))
    copies: list[Constraint] = []
    for constraint in ordered:
        if isinstance(constraint, PrimaryKeyConstraint) and constraint.columns:
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
        beginnings = index.info.get("beginning", ())
        if dialect.name == "postgresql" and beginnings:
            # LIKE; an index of another collation than C does not serve it otherwise.
            options["postgresql_ops"] = dict.fromkeys(beginnings, "text_pattern_ops")
    Index(index.name, *_parts(index, table, dialect), unique=index.unique, **options)


def _parts(index: Index, table: Table, dialect: Dialect) -> list[ColumnElement[Any]]:
    return [_part(index, table.c[name], dialect) for name in index.columns.keys()]  # noqa: SIM118 - a column collection, not a dict


def _part(index: Index, column: Column[Any], dialect: Dialect) -> ColumnElement[Any]:
    if column.name in index.info.get("lower", ()) and not is_mysql(dialect):
        return func.lower(column)
    if column.name in index.info.get("beginning", ()) and dialect.name == "postgresql":
        # The label is how SQLAlchemy finds the operator class of an expression.
        return func.left(column, INDEXED_LENGTH).label(column.name)
    return column


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
    """Return the columns and expressions of an index from `for_dialect`, as PostgreSQL has them."""
    return tuple(map(_name_of_part, index.expressions))


def _name_of_part(part: Any) -> str:
    if isinstance(part, Label):
        return f'"left"({part.name}, {INDEXED_LENGTH})'
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
