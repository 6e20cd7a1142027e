"""What a column can hold, and whether one kind of column can become another without loss."""

from __future__ import annotations

import math
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING, Any, Final

import attrs
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from asterisk_realtime.migrations.schema import NumberedInteger, is_mysql

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine


class Family(StrEnum):
    """
    Columns of one family differ in size only.

    PRINTED: PostgreSQL's types whose text is the whole value: an address, a UUID, bits.
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
    """What must happen to a column of one kind so that it holds another."""

    FITS = "nothing"
    WIDEN = "it grows; every value stays as it is"
    CONVERT = "it changes, if each value can be written in the new kind"
    IMPOSSIBLE = "values could be lost"


@attrs.frozen
class Kind:
    """
    What a column can hold.

    Attributes:
        family: Which sort of value.
        size: How much: characters of text, bits of an integer, bytes of binary data; of numbers
            with a fraction and of times 1 for the short kind, 2 for the other; a tenth more for
            each digit that MariaDB keeps of a second.
        labels: Words of an enum, in order.
        name: Name of the enum type (PostgreSQL).
        text: SQL of the type, for people.
        domain: Whether it is a domain, which may have rules of its own (PostgreSQL).
    """

    family: Family
    size: float = math.inf
    labels: tuple[str, ...] = ()
    name: str | None = None
    text: str = attrs.field(default="", eq=False)
    domain: bool = False


INTEGER_BITS: Final = 32

# BOOL: MariaDB makes TINYINT(1) of it.
_BITS: Final = {"BOOL": 8, "TINYINT": 8, "SMALLINT": 16, "MEDIUMINT": 24, "BIGINT": 64}
_TEXTS: Final = {"TINYTEXT": 2**8, "TEXT": 2**16, "MEDIUMTEXT": 2**24, "LONGTEXT": 2**32}
_BLOBS: Final = {"TINYBLOB": 2**8, "BLOB": 2**16, "MEDIUMBLOB": 2**24, "LONGBLOB": 2**32}
_PRINTED: Final = (
    *(postgresql.INET, postgresql.CIDR, postgresql.MACADDR, postgresql.BIT, sa.Uuid),
)
_SIMPLE: Final = (
    # Before Numeric: SQLAlchemy 2.0 takes a float for one.
    (sa.Float, Family.FLOAT),
    (sa.Numeric, Family.NUMERIC),
    ((sa.DateTime, sa.Date), Family.TIME),
)


def kind_of(type_: TypeEngine[Any], dialect: Dialect) -> Kind:
    """Return the kind of a plain or reflected SQL type."""
    text = _text(type_, dialect)
    if isinstance(type_, postgresql.DOMAIN):
        return attrs.evolve(kind_of(type_.data_type, dialect), text=text, domain=True)
    if isinstance(type_, sa.Enum):
        # Only PostgreSQL's enum types have a name; one in another schema is another type.
        schema = "" if type_.schema is None else f"{type_.schema}."
        name = f"{schema}{type_.name}" if dialect.name == "postgresql" else None
        return Kind(Family.ENUM, labels=tuple(type_.enums), name=name, text=text)
    if isinstance(type_, sa.Boolean) and not is_mysql(dialect):
        return Kind(Family.BOOLEAN, text=text)
    if isinstance(type_, (sa.Integer, NumberedInteger, sa.Boolean)):
        return Kind(Family.INTEGER, _BITS.get(_word(text), INTEGER_BITS), text=text)
    for class_, family in _SIMPLE:
        if isinstance(type_, class_):
            short = {"REAL", "DATE", "FLOAT"} if is_mysql(dialect) else {"REAL", "DATE"}
            return Kind(family, 1 if _word(text) in short else 2 + _fraction(type_), text=text)
    return _sized(type_, text, dialect)


def _fraction(type_: TypeEngine[Any]) -> float:
    """Return a tenth for each fractional digit of a second that MariaDB keeps."""
    return (getattr(type_, "fsp", None) or 0) / 10


def _sized(type_: TypeEngine[Any], text: str, dialect: Dialect) -> Kind:
    length = getattr(type_, "length", None)
    if isinstance(type_, _PRINTED):
        return Kind(Family.PRINTED, text=text)
    if isinstance(type_, sa.String):
        limit = _TEXTS.get(_word(text), math.inf) if is_mysql(dialect) else math.inf
        return Kind(Family.TEXT, length or limit, text=text)
    if isinstance(type_, (sa.LargeBinary, sa.BINARY, sa.VARBINARY)) or _word(text) in _BLOBS:
        limit = _BLOBS.get(_word(text), math.inf) if is_mysql(dialect) else math.inf
        # MariaDB makes of BLOB(n) the smallest of its four kinds that holds n bytes.
        return Kind(Family.BINARY, length or limit - 1, text=text)
    return Kind(Family.OTHER, text=text)


def _text(type_: TypeEngine[Any], dialect: Dialect) -> str:
    if isinstance(type_, sa.types.NullType):
        return "no type"
    return type_.compile(dialect=dialect)


def _word(text: str) -> str:
    return text.partition("(")[0].partition(" ")[0].upper()


# -- Can one become the other? ---------------------------------------------------------------------

# What SQLite, which keeps any value in any column, makes of a type: its affinity.
_AFFINITY: Final = {
    Family.TEXT: "text",
    Family.ENUM: "text",
    Family.TIME: "text",
    Family.INTEGER: "number",
    Family.BOOLEAN: "number",
    Family.FLOAT: "number",
    Family.NUMERIC: "number",
    Family.BINARY: "binary",
    Family.PRINTED: "text",
    Family.OTHER: "other",
}

_PLAIN: Final = frozenset({Family.TEXT, Family.ENUM, Family.INTEGER, Family.BOOLEAN})
FRACTIONS: Final = frozenset({Family.FLOAT, Family.NUMERIC})
_NUMBERS: Final = frozenset({Family.INTEGER, *FRACTIONS})

# (found, wanted) of different families on the servers; what is not here is impossible.
_BETWEEN: Final = {
    **{(found, Family.ENUM): Verdict.CONVERT for found in _PLAIN},
    **{(found, Family.TEXT): Verdict.CONVERT for found in _PLAIN | _NUMBERS},
    **{(found, Family.INTEGER): Verdict.CONVERT for found in _PLAIN},
    **{(found, Family.BOOLEAN): Verdict.CONVERT for found in _PLAIN},
    **{(found, Family.FLOAT): Verdict.WIDEN for found in _NUMBERS},
    **{(found, Family.NUMERIC): Verdict.WIDEN for found in (Family.INTEGER, Family.FLOAT)},
    (Family.TEXT, Family.FLOAT): Verdict.CONVERT,
    (Family.TEXT, Family.NUMERIC): Verdict.CONVERT,
    (Family.TEXT, Family.TIME): Verdict.CONVERT,
    (Family.FLOAT, Family.INTEGER): Verdict.CONVERT,
    (Family.NUMERIC, Family.INTEGER): Verdict.CONVERT,
}

_BETWEEN_POSTGRESQL: Final = {
    (Family.TIME, Family.TEXT): Verdict.CONVERT,
    **{
        (Family.PRINTED, wanted): Verdict.CONVERT
        for wanted in (Family.TEXT, Family.ENUM, Family.INTEGER, Family.BOOLEAN)
    },
}


def judge(found: Kind, wanted: Kind, dialect: Dialect) -> Verdict:
    """Return what must happen to a column of kind *found* so that it holds *wanted*."""
    if dialect.name == "sqlite":
        return _judge_sqlite(found, wanted)
    verdict = _judge_server(found, wanted, dialect)
    return Verdict.IMPOSSIBLE if found.domain and verdict is not Verdict.FITS else verdict


def _judge_server(found: Kind, wanted: Kind, dialect: Dialect) -> Verdict:
    if found.family is not wanted.family:
        between = _BETWEEN | (_BETWEEN_POSTGRESQL if dialect.name == "postgresql" else {})
        return between.get((found.family, wanted.family), Verdict.IMPOSSIBLE)
    if wanted.family is Family.ENUM:
        return _judge_enum(found, wanted)
    return Verdict.FITS if found.size >= wanted.size else Verdict.WIDEN


def _judge_enum(found: Kind, wanted: Kind) -> Verdict:
    if wanted.name is not None:
        # A missing label of the same type is added to the type, not to the column.
        return Verdict.FITS if found.name == wanted.name else Verdict.CONVERT
    return Verdict.FITS if set(found.labels) >= set(wanted.labels) else Verdict.WIDEN


def _judge_sqlite(found: Kind, wanted: Kind) -> Verdict:
    have, want = _AFFINITY[found.family], _AFFINITY[wanted.family]
    if have == want:
        return Verdict.FITS
    if "binary" in {have, want}:
        return Verdict.IMPOSSIBLE
    return Verdict.WIDEN if want == "text" else Verdict.CONVERT
