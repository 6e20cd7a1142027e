"""
Column types: from Python values to cells, and back.

Each type of a realtime column is a `Cell`: it checks a value when it is assigned, dumps it in the
encoding of the driver that reads the table, and loads it again.
"""

from __future__ import annotations

import re
from abc import ABCMeta, abstractmethod
from enum import StrEnum
from typing import Any, Final, Generic, Self, TypeVar, cast

import netaddr
from sqlalchemy import Boolean, Enum, Integer, String, Text, func, literal, type_coerce
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models.operands import WHOLE, TextComparator, operand_type
from asterisk_realtime.models.spelling import SpelledOut
from asterisk_realtime.showing import HIDDEN
from asterisk_realtime.values.cells import BLANKS, ESCAPED, Codec, check_text, codec_for
from asterisk_realtime.values.choices import as_stored
from asterisk_realtime.values.networks import unmapped
from asterisk_realtime.values.plain import flag, member

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Column
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql.elements import ColumnElement

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

TRUE_WORDS: Final = frozenset({"yes", "true", "y", "t", "1", "on"})
"""What Asterisk takes for true, in any case; all else is false (``main/utils.c``)."""


class SecretText(str):
    """
    Text that does not show in ``repr()``, so not in SQLAlchemy's logs and errors either.

    It is a ``str``, since the driver sends it: ``str()`` and f-strings show it.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return HIDDEN


class Cell(TypeDecorator[T], Generic[T], metaclass=ABCMeta):
    """
    A value of type ``T`` in a cell of a realtime table.

    Attributes:
        secret: Whether values are hidden.
        place: The ``table.column`` of a column's type, for errors.
        required: Whether an empty cell is an empty value instead of "not set".
    """

    impl: Any = String
    secret = False
    closed = False
    """Whether only fixed words make sense, so that an empty text means "not set"."""
    place = "value"
    required = False
    should_evaluate_none = True
    """Write an assigned None, so that a default of the database does not take its place."""

    def __init_subclass__(cls) -> None:
        # SQLAlchemy reads this from each class itself. Types with equal arguments are equal.
        cls.cache_ok = True
        super().__init_subclass__()

    def placed(self, column: Column[Any]) -> Self:
        """Return the type of one column."""
        own = self.copy()
        own.place = f"{column.table.name}.{column.name}"
        own.required = not column.nullable
        return own

    @abstractmethod
    def check(self, value: object, field: str) -> T:
        """
        Return *value* as this column keeps it.

        Raises:
            ValidationError: Asterisk or the column would refuse it.
        """

    @abstractmethod
    def dump(self, value: T, codec: Codec) -> object:
        """Return the cell for *value*."""

    @abstractmethod
    def load(self, cell: Any, codec: Codec) -> T | None:
        """
        Return the value of *cell* as Asterisk reads it, or None if it is not set.

        Raises:
            ValidationError: Asterisk drops the whole row because of it.
        """

    def refused(self, cell: object, hint: str) -> ValidationError:
        """Return the error about a cell that Asterisk refuses."""
        return ValidationError(
            self.place,
            cell,
            "Asterisk drops the row because of this stored value",
            f"look for the rows that have it, and {hint}",
            secret=self.secret,
        )

    def process_bind_param(self, value: T | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return self.dump(self.check(value, self.place), codec_for(dialect.name))

    def process_literal_param(self, value: T | None, dialect: Dialect) -> str:
        # SQLAlchemy quotes the result as the implementation type does.
        return cast("str", self.process_bind_param(value, dialect))

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        # Not process_result_value, since a page of phones has 20,000 cells.
        decoded = self.impl_instance.result_processor(dialect, coltype)
        load, codec = self.load, codec_for(dialect.name)

        def process(cell: Any) -> T | None:
            if cell is not None and decoded is not None:
                cell = decoded(cell)
            return None if cell is None else load(cell, codec)

        return process


class AstString(Cell[str]):
    """
    Text of one value, up to *length* characters as stored.

    If another program's cell has several values, Asterisk takes the last; `FirstString` the first.
    """

    comparator_factory: Any = TextComparator

    def __init__(self, length: int | None = None, *, empty: bool = False) -> None:
        super().__init__(length)
        if length is None:
            self.impl = Text()  # Alembic compares with it
        self.length = length
        self.empty = empty

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(self.length) if self.length else Text())

    def check(self, value: object, field: str) -> str:
        return check_text(value, field, length=self.length, secret=self.secret, empty=self.empty)

    def dump(self, value: str, codec: Codec) -> str:
        return codec.encode(value)

    def load(self, cell: Any, codec: Codec) -> str | None:
        found = codec.values(str(cell))
        return self.chosen(found) if found else ("" if self.empty or self.required else None)

    def chosen(self, found: tuple[str, ...]) -> str:
        """Return the one of several values that Asterisk takes."""
        return found[-1]

    def coerce_compared_value(self, op: operators.OperatorType | None, value: Any) -> Any:
        return operand_type(self, op, value)


class FirstString(AstString):
    """Text whose first value counts, by ``ast_variable_retrieve``; in Asterisk 23 the last."""

    def chosen(self, found: tuple[str, ...]) -> str:
        return found[0]


class Name(AstString):
    """
    Text that identifies rows, by which Asterisk looks them up.

    Asterisk looks for the encoded name, so a cell that is encoded differently is another name, and
    is never split.
    """

    def load(self, cell: Any, codec: Codec) -> str:
        return codec.decode(str(cell))


class WrittenString(AstString):
    """Text that Asterisk's drivers encode and never decode, so all of it counts."""

    def load(self, cell: Any, codec: Codec) -> str | None:
        return codec.decode(str(cell)) or None


class SecretString(AstString):
    """Text that no ``repr()``, log or error message shows."""

    secret = True

    def check(self, value: object, field: str) -> SecretText:
        # Hidden first, so that no frame of a traceback shows it.
        value = SecretText(value) if isinstance(value, str) else value
        return SecretText(super().check(value, field))

    def dump(self, value: str, codec: Codec) -> SecretText:
        return SecretText(codec.encode(value))

    def coerce_compared_value(self, op: operators.OperatorType | None, value: Any) -> Any:
        return operand_type(self, op, value, SecretText)

    def load(self, cell: Any, codec: Codec) -> SecretText | None:
        text = super().load(cell, codec)
        return None if text is None else SecretText(text)


class ListCell(Cell[tuple[Any, ...]]):
    """
    Several values in one cell, joined by *separator*.

    Args:
        length: Characters that the column holds.
        adds_up: Whether Asterisk joins all values of another program's cell, or takes the last.
    """

    separator = ","
    comparator_factory: Any = TextComparator
    _checked: tuple[Any, ...] | None = None
    """The last list that passed: most rows have the same codecs, for example."""

    def __init__(self, length: int | None = None, *, adds_up: bool = False) -> None:
        super().__init__(length)
        if length is None:
            self.impl = Text()  # Alembic compares with it
        self.length = length
        self.adds_up = adds_up

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(self.length) if self.length else Text())

    def check_item(self, item: object, field: str) -> Any:
        """Return one element as this column keeps it."""
        text = check_text(item, field, length=None)
        if self.separator in text or text != text.strip(" "):
            raise ValidationError(
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
        if self._checked is not None and type(value) is tuple and value == self._checked:
            return self._checked
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            raise ValidationError(field, value, "it is not a list", "give a tuple")
        items = tuple(self.check_item(item, field) for item in cast("Iterable[object]", value))
        if not items:
            raise ValidationError(
                field, value, "an empty list does not reach Asterisk", "use None for the default"
            )
        stored = len(self.dump(items, ESCAPED))
        if self.length is not None and stored > self.length:
            raise ValidationError(
                field,
                value,
                f"it takes {stored} characters as stored",
                f"the column holds {self.length}",
            )
        if all(isinstance(item, str) for item in items):  # True equals 1, but no text does
            self._checked = items
        return items

    def dump(self, value: tuple[Any, ...], codec: Codec) -> str:
        return self.separator.join(codec.encode(str(item)) for item in value)

    def load(self, cell: Any, codec: Codec) -> tuple[Any, ...] | None:
        found = self.chosen(codec.values(str(cell)))
        items = tuple(part for text in found for part in self.split(text) if part)
        return tuple(self.load_item(item) for item in items) if items or self.required else None

    def chosen(self, found: tuple[str, ...]) -> tuple[str, ...]:
        """Return the values that Asterisk takes."""
        return found if self.adds_up else found[-1:]

    def split(self, text: str) -> Iterable[str]:
        """Return the elements of one value; the caller skips empty ones."""
        return (part.strip(BLANKS) for part in text.split(self.separator))

    def coerce_compared_value(self, op: operators.OperatorType | None, value: Any) -> Any:
        # `Endpoint.aors.contains("x")` compares with text, `Endpoint.aors == ("x",)` with a list.
        return operand_type(self, op, value)


class CommaList(ListCell):
    """Texts joined by commas, in order: ``tuple[str, ...]``."""


class NetworkList(ListCell):
    """
    Addresses and networks, in order: ``tuple[netaddr.IPNetwork | str, ...]``.

    IPv4-mapped IPv6 addresses, which Asterisk refuses, become IPv4 when they are assigned.
    An element that is not a network stays text: a host name, ``address:port``, a rule with ``!``.
    """

    def check(self, value: object, field: str) -> tuple[netaddr.IPNetwork | str, ...]:
        if isinstance(value, netaddr.IPNetwork):  # which would be the list of its addresses
            raise ValidationError(field, value, "it is not a list", "give a tuple")
        return super().check(value, field)

    def check_item(self, item: object, field: str) -> netaddr.IPNetwork | str:
        if isinstance(item, netaddr.IPNetwork | netaddr.IPAddress):
            return unmapped(netaddr.IPNetwork(item))
        found = self.load_item(super().check_item(item, field))
        return unmapped(found) if isinstance(found, netaddr.IPNetwork) else found

    def load_item(self, text: str) -> netaddr.IPNetwork | str:
        try:
            return netaddr.IPNetwork(text)
        except (netaddr.AddrFormatError, ValueError):
            return text


class RuleNetworks(NetworkList):
    """
    The networks of one rule of an access list.

    Asterisk takes the first of several values before 23, and the last from 23 on. So a cell of
    another program with a ``;`` stays one text, which is not a network.
    """

    def chosen(self, found: tuple[str, ...]) -> tuple[str, ...]:
        return (";".join(found),)


def _enum_of(dialect: Dialect, enum: Enum) -> TypeEngine[Any]:
    # SQLite's cells hold any text, and SQLAlchemy's Enum would refuse to read what is not a label:
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

    closed = True

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

    def coerce_compared_value(self, op: operators.OperatorType | None, value: Any) -> Any:
        whole = operand_type(self, op, value)
        return self if op in WHOLE else whole

    def check(self, value: object, field: str) -> E:
        return member(self.choices, cast("str", value), field)

    def dump(self, value: E, codec: Codec) -> str:
        return value.value

    def load(self, cell: Any, codec: Codec) -> E | None:
        found = codec.values(str(cell))
        return _stored(self, self.choices, found[-1]) if found else None


def _stored(column: Cell[Any], choices: type[E], word: str) -> E:
    """Return the member that Asterisk reads from a stored *word*."""
    try:
        return choices(as_stored(choices, word))
    except ValueError:
        raise column.refused(word, f"use one of {', '.join(choices)}") from None


class ChoiceList(ListCell):
    """Several members of *choices*, joined by commas: ``tuple[StrEnum, ...]``."""

    closed = True

    def __init__(self, choices: type[StrEnum], length: int, *, adds_up: bool = False) -> None:
        super().__init__(length, adds_up=adds_up)
        self.choices = choices

    def check_item(self, item: object, field: str) -> StrEnum:
        return member(self.choices, cast("str", item), field)

    def load_item(self, text: str) -> StrEnum:
        return _stored(self, self.choices, text)


class _Truth(Cell[bool]):
    """True or False."""

    def check(self, value: object, field: str) -> bool:
        return flag(cast("bool", value), field)

    def load(self, cell: Any, codec: Codec) -> bool | None:
        found = codec.values(str(cell))
        return self.means(found[-1].strip(BLANKS).lower()) if found else None

    def means(self, word: str) -> bool:
        """Tell whether Asterisk reads a word as true."""
        return word in TRUE_WORDS


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
        # An empty text is neither: it is not set.
        words = cell.in_(sorted(TRUE_WORDS)) if truth else cell.not_in([*sorted(TRUE_WORDS), ""])
        return SpelledOut(labels, words)


class Bool(_Truth):
    """
    Asterisk's yes and no, as text: written ``yes`` and ``no``, read in each spelling.

    Args:
        name: Name of the SQL enum type on PostgreSQL, as upstream has it.
        labels: Labels of the SQL enum, in order.
    """

    closed = True

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


class NativeBool(_Truth):
    """A real SQL boolean; only one of upstream's columns is one."""

    impl = Boolean

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        # A cell of SQLite can hold any text, and SQLAlchemy's Boolean would read each as true.
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else Boolean())

    def dump(self, value: bool, codec: Codec) -> bool:
        return value


class NumberBool(_Truth):
    """True and false as the numbers 1 and 0, where Asterisk reads a number."""

    impl = Integer
    yes_no = True

    def dump(self, value: bool, codec: Codec) -> int:
        return int(value)

    def means(self, word: str) -> bool:
        # As atoi() reads it.
        number = re.match(r"[+-]?[0-9]+", word)
        return number is not None and int(number[0]) != 0


class Int(Cell[int]):
    """A whole number of 32 bits, not below *minimum*."""

    impl = Integer

    def __init__(self, minimum: int = -(2**31)) -> None:
        super().__init__()
        self.minimum = minimum

    def check(self, value: object, field: str) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError(field, value, "it is not a whole number", "give an int")
        if not self.minimum <= value < 2**31:
            raise ValidationError(
                field, value, "it is out of range", f"give {self.minimum} to {2**31 - 1}"
            )
        return value

    def dump(self, value: int, codec: Codec) -> int:
        return value

    def load(self, cell: Any, codec: Codec) -> int | None:
        if isinstance(cell, int):
            return cell
        found = codec.values(str(cell))  # SQLite's cells can hold any text
        if found and not re.fullmatch(r"\s*[+-]?[0-9]+", found[-1], re.ASCII):
            raise self.refused(cell, "give a whole number")
        return int(found[-1]) if found else None
