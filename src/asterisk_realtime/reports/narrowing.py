"""The conditions of reports: check those given as ``where``, and refuse later ones."""

from __future__ import annotations

from typing import Any, Final, NoReturn, TypeVar, cast

from sqlalchemy import Select, inspect, literal, select, true
from sqlalchemy.sql.elements import ColumnElement

from asterisk_realtime.errors import ValidationError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asterisk_realtime.models.base import Base

S = TypeVar("S")


def condition_on(model: type[Base], where: object) -> ColumnElement[bool]:
    """
    Return the caller's condition on the rows of *model*.

    Raises:
        ValidationError: It is not a condition, or it names columns of another table or of an
            alias, which would join each row with each of theirs.
    """
    if where is None:
        return true()
    hint = f"give a condition on columns of {model.__name__}"
    if not isinstance(where, ColumnElement):
        raise ValidationError("where", where, "it is not a condition", hint)
    froms = select(literal(1)).where(where).get_final_froms()
    if any(source != inspect(model).local_table for source in froms):
        raise ValidationError("where", str(where), "it names columns of another table", hint)
    return where


def sealed(statement: S) -> S:
    """
    Return a report that refuses further conditions.

    Each of its rows comes from many rows of the table, and a condition on the table's columns would
    join it with the whole table, with every tenant's rows. Its subquery can be narrowed.
    """
    report = _Report.__new__(_Report)
    report.__dict__.update(statement.__dict__)
    return cast("S", report)


class _Report(Select[Any]):
    inherit_cache = True


_NARROWING: Final = (
    *("where", "filter", "filter_by", "having", "select_from", "add_columns"),
    *("join", "join_from", "outerjoin", "outerjoin_from", "with_only_columns"),
)


def _refusing(name: str) -> Any:
    def refuse(_self: object, *_args: object, **_kwargs: object) -> NoReturn:
        raise ValidationError(
            f"{name}()",
            "this report",
            "each of its rows comes from many rows of the table, so no condition can be added",
            "give the condition as where= to the function that returns it, or select from its "
            "subquery()",
        )

    return refuse


for _name in _NARROWING:
    setattr(_Report, _name, _refusing(_name))
