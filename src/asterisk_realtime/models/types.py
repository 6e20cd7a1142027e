"""
Column types: what a Python value looks like in a cell, and back.

Each type of a realtime column is a `Cell`: it checks a value when it is assigned, dumps it in the
spelling of the driver that reads the table, and loads it again.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, Generic, TypeVar, cast

import netaddr
from sqlalchemy import Boolean, Enum, Integer, String, Text, func, literal, type_coerce
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

from asterisk_realtime.errors import HIDDEN, InvalidValueError
from asterisk_realtime.models.spelling import SpelledOut
from asterisk_realtime.values.cells import ESCAPED, Codec, check_text, codec_for
from asterisk_realtime.values.choices import as_stored
from asterisk_realtime.values.plain import flag, member

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.elements import ColumnElement

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

TRUE_WORDS: Final = frozenset({"yes", "true", "y", "t", "1", "on"})
"""What Asterisk takes for true, in any case; all else is false (``main/utils.c``)."""


class Secret(str):
    """Text that does not show in ``repr()``, so not in SQLAlchemy's logs and errors either."""

    __slots__ = ()

    def __repr__(self) -> str:
        return HIDDEN


class Cell(TypeDecorator[T], Generic[T]):
    """A value of type ``T`` in a cell of a realtime table."""

    impl: Any = String
    secret = False
    should_evaluate_none = True
    """A None that somebody set is written, or a default of the database would take its place."""

    def __init_subclass__(cls) -> None:
        # SQLAlchemy asks each class by itself. All of ours are told apart by their arguments.
        cls.cache_ok = True
        super().__init_subclass__()

    def check(self, value: object, field: str) -> T:
        """
        Return *value* as this column keeps it.

        Raises:
            InvalidValueError: Asterisk or the column would not take it.
        """
        # Each subclass's own, as `dump` and `load` are. SQLAlchemy's types have no room for abc's
        # metaclass, so one that is forgotten says so when it is called.
        raise NotImplementedError

    def dump(self, value: T, codec: Codec) -> object:
        """Return the cell for *value*."""
        raise NotImplementedError  # each subclass's own: see `check`

    def load(self, cell: Any, codec: Codec) -> T:
        """Return the value of *cell*."""
        raise NotImplementedError  # each subclass's own: see `check`

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return self.dump(self.check(value, "value"), codec_for(dialect.name))

    def process_literal_param(self, value: T | None, dialect: Dialect) -> str:
        # SQLAlchemy quotes the result as the implementation type does.
        return cast("str", self.process_bind_param(value, dialect))

    def process_result_value(self, value: Any, dialect: Dialect) -> T | None:
        return None if value is None else self.load(value, codec_for(dialect.name))


class AstString(Cell[str]):
    """Text of one value, up to *length* characters as stored."""

    def __init__(self, length: int | None = None, *, empty: bool = False) -> None:
        super().__init__(length)
        self.length = length
        self.empty = empty

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(self.length) if self.length else Text())

    def check(self, value: object, field: str) -> str:
        return check_text(value, field, length=self.length, secret=self.secret, empty=self.empty)

    def dump(self, value: str, codec: Codec) -> str:
        return codec.encode(value)

    def load(self, cell: Any, codec: Codec) -> str:
        return codec.decode(cell)


class SecretString(AstString):
    """Text that no ``repr()``, log or error message shows."""

    secret = True

    def check(self, value: object, field: str) -> Secret:
        return Secret(super().check(value, field))

    def dump(self, value: str, codec: Codec) -> Secret:
        return Secret(codec.encode(value))

    def load(self, cell: Any, codec: Codec) -> Secret:
        return Secret(codec.decode(cell))


class _ListCell(Cell[tuple[Any, ...]]):
    """Several values in one cell, joined by *separator*."""

    separator = ","

    def __init__(self, length: int | None = None) -> None:
        super().__init__(length)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(self.length) if self.length else Text())

    def check_item(self, item: object, field: str) -> Any:
        """Return one element as this column keeps it."""
        text = check_text(item, field, length=None)
        if self.separator in text or text != text.strip(" "):
            raise InvalidValueError(
                field,
                item,
                f"an element holds {self.separator!r} or a blank at its end",
                "give each element of the list by itself",
            )
        return text

    def load_item(self, text: str) -> Any:
        """Return one element as it is read."""
        return text

    def check(self, value: object, field: str) -> tuple[Any, ...]:
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            raise InvalidValueError(field, value, "it is not a list", "give a tuple")
        items = tuple(self.check_item(item, field) for item in cast("Iterable[object]", value))
        if not items:
            raise InvalidValueError(
                field, value, "an empty list does not reach Asterisk", "use None for the default"
            )
        stored = len(self.dump(items, ESCAPED))
        if self.length is not None and stored > self.length:
            raise InvalidValueError(
                field,
                value,
                f"it takes {stored} characters as stored",
                f"the column holds {self.length}",
            )
        return items

    def dump(self, value: tuple[Any, ...], codec: Codec) -> str:
        return self.separator.join(codec.encode(str(item)) for item in value)

    def load(self, cell: Any, codec: Codec) -> tuple[Any, ...]:
        parts = (part.strip(" ") for part in cell.split(self.separator))
        return tuple(self.load_item(codec.decode(part)) for part in parts if part)

    def coerce_compared_value(self, op: operators.OperatorType | None, value: Any) -> Any:
        # `Endpoint.aors.contains("x")` compares with text, `Endpoint.aors == ("x",)` with a list.
        return AstString() if isinstance(value, str) else self


class CommaList(_ListCell):
    """Texts joined by commas, in order: ``tuple[str, ...]``."""


class VariableList(_ListCell):
    """
    Channel variables, each a pair ``NAME=value``: ``tuple[str, ...]``.

    The pairs are separated by ``;``, which only the servers' drivers split: on SQLite a cell
    holds one pair.

    Args:
        length: Characters that the column holds.
        name: The column's name, for the error on SQLite.
    """

    separator = ";"

    def __init__(self, length: int | None = None, *, name: str = "set_var") -> None:
        super().__init__(length)
        self.name = name

    def check_item(self, item: object, field: str) -> str:
        text = check_text(item, field, length=None)
        name, equals, _value = text.partition("=")
        if not equals or not name.strip(" "):
            raise InvalidValueError(field, item, "it is no NAME=value pair", "write NAME=value")
        return text

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> Any:
        if dialect.name == "sqlite" and value is not None and len(value) > 1:
            raise InvalidValueError(
                self.name,
                value,
                "res_config_sqlite3 cannot read several variables from one cell",
                "set one here and the others in the dialplan",
            )
        return super().process_bind_param(value, dialect)

    def load(self, cell: Any, codec: Codec) -> tuple[str, ...]:
        if codec is not ESCAPED:
            return (cell,)
        return tuple(codec.decode(part) for part in cell.split(self.separator) if part)


class NetworkList(_ListCell):
    """
    Addresses and networks, in order: ``tuple[netaddr.IPNetwork | str, ...]``.

    An element that is no network stays text: a host name, ``address:port``, a rule with ``!``.
    """

    def check(self, value: object, field: str) -> tuple[netaddr.IPNetwork | str, ...]:
        if isinstance(value, netaddr.IPNetwork):  # which would be the list of its addresses
            raise InvalidValueError(field, value, "it is not a list", "give a tuple")
        return super().check(value, field)

    def check_item(self, item: object, field: str) -> netaddr.IPNetwork | str:
        if isinstance(item, netaddr.IPNetwork):
            return item
        if isinstance(item, netaddr.IPAddress):
            return netaddr.IPNetwork(item)
        return self.load_item(super().check_item(item, field))

    def load_item(self, text: str) -> netaddr.IPNetwork | str:
        try:
            return netaddr.IPNetwork(text)
        except (netaddr.AddrFormatError, ValueError):
            return text


def _enum_of(dialect: Dialect, enum: Enum) -> TypeEngine[Any]:
    # SQLite's cells hold any text, and SQLAlchemy's Enum would refuse to read what is no label:
    # another spelling of yes, a word in capitals.
    return dialect.type_descriptor(String(enum.length) if dialect.name == "sqlite" else enum)


class Choice(Cell[E], Generic[E]):
    """
    One member of *choices*.

    Args:
        choices: The words that Asterisk accepts.
        name: Name of the SQL enum type on PostgreSQL, as upstream has it.
        labels: Labels of the SQL enum, in order: upstream's, then ours. Without a name, the
            column is text of *length* characters.
    """

    def __init__(
        self,
        choices: type[E],
        name: str | None = None,
        labels: tuple[str, ...] | None = None,
        *,
        length: int = 40,
    ) -> None:
        super().__init__(length)
        self.choices = choices
        self.name = name
        self.labels = labels or tuple(choice.value for choice in choices)
        self.length = length

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if self.name is None:
            return dialect.type_descriptor(String(self.length))
        return _enum_of(dialect, Enum(*self.labels, name=self.name, length=self.length))

    def check(self, value: object, field: str) -> E:
        return member(self.choices, cast("str", value), field)

    def dump(self, value: E, codec: Codec) -> str:
        return value.value

    def load(self, cell: Any, codec: Codec) -> E:
        return self.read(cell)

    def read(self, word: str) -> E:
        """Return the member that Asterisk takes a stored *word* for."""
        return self.check(as_stored(self.choices, word), f"stored {self.choices.__name__}")


class ChoiceList(_ListCell):
    """Several members of *choices*, joined by commas: ``tuple[StrEnum, ...]``."""

    def __init__(self, choices: type[StrEnum], length: int) -> None:
        super().__init__(length)
        self.choices = choices

    def check_item(self, item: object, field: str) -> StrEnum:
        return Choice(self.choices).check(item, field)

    def load_item(self, text: str) -> StrEnum:
        return Choice(self.choices).read(text)


class _Truth(Cell[bool]):
    """True or False."""

    def check(self, value: object, field: str) -> bool:
        return flag(cast("bool", value), field)


class _BoolComparator(TypeDecorator.Comparator[bool]):
    """``Endpoint.webrtc == True`` finds each spelling of true."""

    def operate(self, op: operators.OperatorType, *other: Any, **kwargs: Any) -> Any:
        truths = {
            operators.eq: True,
            operators.is_: True,
            operators.ne: False,
            operators.is_not: False,
        }
        if op in truths and len(other) == 1 and isinstance(other[0], bool):
            return self._means(truth=truths[op] == other[0])
        return super().operate(op, *other, **kwargs)

    def _means(self, *, truth: bool) -> ColumnElement[bool]:
        kind = cast("Bool", self.expr.type)
        # Typed as the enum itself: PostgreSQL compares it with nothing else.
        labels = self.expr.in_([literal(word, kind.enum) for word in kind.spellings(truth=truth)])
        cell = func.lower(func.trim(type_coerce(self.expr, String())))
        words = cell.in_(sorted(TRUE_WORDS))
        return SpelledOut(labels, words if truth else ~words)


class Bool(_Truth):
    """
    Asterisk's yes and no, as text: written ``yes`` and ``no``, read in each spelling.

    Args:
        name: Name of the SQL enum type on PostgreSQL, as upstream has it.
        labels: Labels of the SQL enum, in order.
    """

    comparator_factory: Any = _BoolComparator

    def __init__(self, name: str, labels: tuple[str, ...]) -> None:
        super().__init__()
        self.name = name
        self.labels = labels

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return _enum_of(dialect, self.enum)

    @property
    def enum(self) -> Enum:
        """The SQL type behind this one."""
        return Enum(*self.labels, name=self.name)

    def spellings(self, *, truth: bool) -> tuple[str, ...]:
        """Return the labels that mean *truth*."""
        return tuple(word for word in self.labels if (word in TRUE_WORDS) is truth)

    def dump(self, value: bool, codec: Codec) -> str:
        return "yes" if value else "no"

    def load(self, cell: Any, codec: Codec) -> bool:
        return str(cell).strip().lower() in TRUE_WORDS


class NativeBool(_Truth):
    """A real SQL boolean, the one column of upstream's that is one."""

    impl = Boolean

    def dump(self, value: bool, codec: Codec) -> bool:
        return value

    def load(self, cell: Any, codec: Codec) -> bool:
        return bool(cell)


class NumberBool(_Truth):
    """True and false as the numbers 1 and 0, where Asterisk reads a number."""

    impl = Integer

    def dump(self, value: bool, codec: Codec) -> int:
        return int(value)

    def load(self, cell: Any, codec: Codec) -> bool:
        return bool(cell)


class Int(Cell[int]):
    """A whole number of 32 bits, not below *minimum*."""

    impl = Integer

    def __init__(self, minimum: int = -(2**31)) -> None:
        super().__init__()
        self.minimum = minimum

    def check(self, value: object, field: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidValueError(field, value, "it is not a whole number", "give an int")
        if not self.minimum <= value < 2**31:
            raise InvalidValueError(
                field, value, "it is out of range", f"give {self.minimum} to {2**31 - 1}"
            )
        return value

    def dump(self, value: int, codec: Codec) -> int:
        return value

    def load(self, cell: Any, codec: Codec) -> int:
        return int(cell)
