"""
Values that a column is compared with: whole values, parts of them, patterns.

An operand is encoded as the cells are, but not checked like a value to be stored: a comparison may
look for any text.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import String
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.values.cells import Codec, codec_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Dialect

WHOLE: Final = frozenset(
    {
        *(operators.eq, operators.ne, operators.in_op, operators.not_in_op),
        *(operators.lt, operators.le, operators.gt, operators.ge, operators.and_),
        *(operators.is_distinct_from, operators.is_not_distinct_from),
    }
)
"""Operators that compare with a whole value; ``and_`` is the one of ``between()``."""

PARTS: Final = frozenset(
    {
        *(operators.like_op, operators.not_like_op, operators.ilike_op, operators.not_ilike_op),
        *(operators.contains_op, operators.not_contains_op),
        *(operators.startswith_op, operators.not_startswith_op),
        *(operators.endswith_op, operators.not_endswith_op),
        *(operators.icontains_op, operators.not_icontains_op),
        *(operators.istartswith_op, operators.not_istartswith_op),
        *(operators.iendswith_op, operators.not_iendswith_op),
        *(operators.concat_op, operators.add),
    }
)
"""Operators that look for part of a value, or make one of several parts."""

_ESCAPES: Final = frozenset("^;35BE")
"""Characters of the drivers' own encoding, which cannot also escape a wildcard."""


class Operand(TypeDecorator[str]):
    """
    Text that a column is compared with.

    Args:
        spelled: Function that encodes the text with a driver's codec.
        kind: The class of the text; `SecretText` hides it.
    """

    impl = String
    cache_ok = True

    def __init__(self, spelled: Callable[[Codec, str], str], kind: type[str] = str) -> None:
        super().__init__()
        self.spelled = spelled
        self.kind = kind

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return self.kind(self.spelled(codec_for(dialect.name), self._text(value)))

    def process_literal_param(self, value: str | None, dialect: Dialect) -> str:
        # SQLAlchemy quotes the result as the implementation type does.
        return self.process_bind_param(value, dialect) or ""

    def _text(self, value: object) -> str:
        secret = self.kind is not str
        if not isinstance(value, str):
            raise ValidationError("operand", value, "it is not text", "give a str", secret=secret)
        if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise ValidationError(
                *("operand", value, "a cell cannot hold a zero byte or half of a surrogate pair"),
                "leave it out",
                secret=secret,
            )
        return value


def _whole(codec: Codec, text: str) -> str:
    return codec.encode(text)


def _part(codec: Codec, text: str) -> str:
    return codec.part(text)


def _stored(_codec: Codec, text: str) -> str:
    return text


def operand_type(
    column: TypeEngine[Any], op: operators.OperatorType | None, value: object, kind: type[str] = str
) -> TypeEngine[Any]:
    """
    Return the type of *value* when it is compared with a column.

    Operators other than `WHOLE` and `PARTS`, such as regular expressions, get the text unencoded:
    they are matched with the stored text.
    """
    if not isinstance(value, str):
        return column
    if op in WHOLE:
        return Operand(_whole, kind)
    return Operand(_part if op in PARTS else _stored, kind)


class TextComparator(TypeDecorator.Comparator[Any], String.Comparator[Any]):
    """Comparisons of text columns."""

    def operate(self, op: operators.OperatorType, *other: Any, **kwargs: Any) -> Any:
        escape = kwargs.get("escape")
        if escape is not None and escape in _ESCAPES:
            raise ValidationError(
                *("escape", escape, "cells on servers encode ';' and '^' with it"),
                "choose another, such as '/'",
            )
        return super().operate(op, *other, **kwargs)
