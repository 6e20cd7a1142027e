"""Kinds of columns, and whether one kind can be converted to another without loss."""

from __future__ import annotations

import math
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING, Any, Final

import attrs
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from asterisk_realtime.migrations.converting import NumberedInteger, RareFlag, is_mysql

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine


class TypeFamily(StrEnum):
    """
    Families of SQL types; the types of one family differ only in size.

    PRINTED: PostgreSQL's types whose text form is the complete value, such as INET, UUID and BIT.
    """

    TEXT = auto()
    ENUM = auto()
    INTEGER = auto()
    BOOLEAN = auto()
    FLOAT = auto()
    NUMERIC = auto()
    TIME = auto()
    BINARY = auto()
    PRINTED = auto()
    OTHER = auto()


class Verdict(Enum):
    """How a column must change to hold the values of another kind."""

    FITS = "nothing"
    WIDEN = "it becomes wider; every value stays as it is"
    CONVERT = "it is converted, if each value can be converted"
    IMPOSSIBLE = "values could be lost"


@attrs.frozen
class Kind:
    """
    What a column can hold.

    Attributes:
        family: The family of its type.
        size: Characters of text, bits of an integer, or bytes of binary data. For numbers with a
            fraction and for times: 1 for the short type, 2 for the long one, plus 0.1 for each
            fractional digit of a second that MariaDB stores.
        labels: Labels of an enum, in order.
        name: Name of the enum type (PostgreSQL).
        text: SQL of the type, for messages.
        domain: Whether it is a domain, which may have constraints (PostgreSQL).
    """

    family: TypeFamily
    size: float = math.inf
    labels: tuple[str, ...] = ()
    name: str | None = None
    text: str = attrs.field(default="", eq=False)
    domain: bool = False


INTEGER_BITS: Final = 32

# MariaDB stores BOOL as TINYINT(1).
_BITS: Final = {"BOOL": 8, "TINYINT": 8, "SMALLINT": 16, "MEDIUMINT": 24, "BIGINT": 64}
_TEXTS: Final = {"TINYTEXT": 2**8, "TEXT": 2**16, "MEDIUMTEXT": 2**24, "LONGTEXT": 2**32}
_BLOBS: Final = {"TINYBLOB": 2**8, "BLOB": 2**16, "MEDIUMBLOB": 2**24, "LONGBLOB": 2**32}
_PRINTED: Final = (
    *(postgresql.INET, postgresql.CIDR, postgresql.MACADDR, postgresql.BIT, sa.Uuid),
)
_SIMPLE: Final = (
    # Before Numeric, of which Float is a subclass in SQLAlchemy 2.0.
    (sa.Float, TypeFamily.FLOAT),
    (sa.Numeric, TypeFamily.NUMERIC),
    ((sa.DateTime, sa.Date), TypeFamily.TIME),
)


def kind_of(type_: TypeEngine[Any], dialect: Dialect) -> Kind:
    """Return the kind of a SQL type, declared or reflected."""
    text = _text(type_, dialect)
    if isinstance(type_, postgresql.DOMAIN):
        return attrs.evolve(kind_of(type_.data_type, dialect), text=text, domain=True)
    if isinstance(type_, sa.Enum):
        # Only PostgreSQL's enum types have names. A type of another schema is another type.
        schema = "" if type_.schema is None else f"{type_.schema}."
        name = f"{schema}{type_.name}" if dialect.name == "postgresql" else None
        return Kind(TypeFamily.ENUM, labels=tuple(type_.enums), name=name, text=text)
    if isinstance(type_, sa.Boolean) and not is_mysql(dialect):
        return Kind(TypeFamily.BOOLEAN, text=text)
    if isinstance(type_, (sa.Integer, NumberedInteger, RareFlag, sa.Boolean)):
        return Kind(TypeFamily.INTEGER, _BITS.get(_word(text), INTEGER_BITS), text=text)
    for class_, family in _SIMPLE:
        if isinstance(type_, class_):
            short = {"REAL", "DATE", "FLOAT"} if is_mysql(dialect) else {"REAL", "DATE"}
            return Kind(family, 1 if _word(text) in short else 2 + _fraction(type_), text=text)
    return _sized(type_, text, dialect)


def _fraction(type_: TypeEngine[Any]) -> float:
    """Return 0.1 for each fractional digit of a second that MariaDB stores."""
    return (getattr(type_, "fsp", None) or 0) / 10


def _sized(type_: TypeEngine[Any], text: str, dialect: Dialect) -> Kind:
    length = getattr(type_, "length", None)
    if isinstance(type_, _PRINTED):
        return Kind(TypeFamily.PRINTED, text=text)
    if isinstance(type_, sa.String):
        limit = _TEXTS.get(_word(text), math.inf) if is_mysql(dialect) else math.inf
        return Kind(TypeFamily.TEXT, length or limit, text=text)
    if isinstance(type_, (sa.LargeBinary, sa.BINARY, sa.VARBINARY)) or _word(text) in _BLOBS:
        limit = _BLOBS.get(_word(text), math.inf) if is_mysql(dialect) else math.inf
        # For BLOB(n), MariaDB creates the smallest of its four types that holds n bytes.
        return Kind(TypeFamily.BINARY, length or limit - 1, text=text)
    return Kind(TypeFamily.OTHER, text=text)


def _text(type_: TypeEngine[Any], dialect: Dialect) -> str:
    if isinstance(type_, sa.types.NullType):
        return "no type"
    return type_.compile(dialect=dialect)


def _word(text: str) -> str:
    return text.partition("(")[0].partition(" ")[0].upper()


# -- Conversions between kinds ---------------------------------------------------------------------

# The type affinity of columns on SQLite, which stores any value in any column.
_AFFINITY: Final = {
    TypeFamily.TEXT: "text",
    TypeFamily.ENUM: "text",
    TypeFamily.TIME: "text",
    TypeFamily.INTEGER: "number",
    TypeFamily.BOOLEAN: "number",
    TypeFamily.FLOAT: "number",
    TypeFamily.NUMERIC: "number",
    TypeFamily.BINARY: "binary",
    TypeFamily.PRINTED: "text",
    TypeFamily.OTHER: "other",
}

_PLAIN: Final = frozenset(
    {TypeFamily.TEXT, TypeFamily.ENUM, TypeFamily.INTEGER, TypeFamily.BOOLEAN}
)
FRACTIONS: Final = frozenset({TypeFamily.FLOAT, TypeFamily.NUMERIC})
_NUMBERS: Final = frozenset({TypeFamily.INTEGER, *FRACTIONS})

# (found, wanted) for different families on PostgreSQL and MariaDB; all others are impossible.
_BETWEEN: Final = {
    **{(found, TypeFamily.ENUM): Verdict.CONVERT for found in _PLAIN},
    **{(found, TypeFamily.TEXT): Verdict.CONVERT for found in _PLAIN | _NUMBERS},
    **{(found, TypeFamily.INTEGER): Verdict.CONVERT for found in _PLAIN},
    **{(found, TypeFamily.BOOLEAN): Verdict.CONVERT for found in _PLAIN},
    **{(found, TypeFamily.FLOAT): Verdict.WIDEN for found in _NUMBERS},
    **{
        (found, TypeFamily.NUMERIC): Verdict.WIDEN
        for found in (TypeFamily.INTEGER, TypeFamily.FLOAT)
    },
    (TypeFamily.TEXT, TypeFamily.FLOAT): Verdict.CONVERT,
    (TypeFamily.TEXT, TypeFamily.NUMERIC): Verdict.CONVERT,
    (TypeFamily.TEXT, TypeFamily.TIME): Verdict.CONVERT,
    (TypeFamily.FLOAT, TypeFamily.INTEGER): Verdict.CONVERT,
    (TypeFamily.NUMERIC, TypeFamily.INTEGER): Verdict.CONVERT,
}

_BETWEEN_POSTGRESQL: Final = {
    (TypeFamily.TIME, TypeFamily.TEXT): Verdict.CONVERT,
    **{
        (TypeFamily.PRINTED, wanted): Verdict.CONVERT
        for wanted in (TypeFamily.TEXT, TypeFamily.ENUM, TypeFamily.INTEGER, TypeFamily.BOOLEAN)
    },
}


def judge(found: Kind, wanted: Kind, dialect: Dialect) -> Verdict:
    """Return how a column of kind *found* must change to become *wanted*."""
    if dialect.name == "sqlite":
        return _judge_sqlite(found, wanted)
    verdict = _judge_server(found, wanted, dialect)
    return Verdict.IMPOSSIBLE if found.domain and verdict is not Verdict.FITS else verdict


def _judge_server(found: Kind, wanted: Kind, dialect: Dialect) -> Verdict:
    if found.family is not wanted.family:
        between = _BETWEEN | (_BETWEEN_POSTGRESQL if dialect.name == "postgresql" else {})
        return between.get((found.family, wanted.family), Verdict.IMPOSSIBLE)
    if wanted.family is TypeFamily.ENUM:
        return _judge_enum(found, wanted)
    return Verdict.FITS if found.size >= wanted.size else Verdict.WIDEN


def _judge_enum(found: Kind, wanted: Kind) -> Verdict:
    if wanted.name is not None:
        # A missing label of the same type is a MissingLabel, not a change of the column.
        return Verdict.FITS if found.name == wanted.name else Verdict.CONVERT
    return Verdict.FITS if set(found.labels) >= set(wanted.labels) else Verdict.WIDEN


def _judge_sqlite(found: Kind, wanted: Kind) -> Verdict:
    have, want = _AFFINITY[found.family], _AFFINITY[wanted.family]
    if have == want:
        return Verdict.FITS
    if "binary" in {have, want}:
        return Verdict.IMPOSSIBLE
    return Verdict.WIDEN if want == "text" else Verdict.CONVERT
