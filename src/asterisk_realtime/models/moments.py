"""Date and time of day, as Asterisk writes them: without a zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import DateTime
from sqlalchemy.dialects.sqlite import DATETIME

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models.types import Cell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.sql import operators
    from sqlalchemy.types import TypeEngine

    from asterisk_realtime.values.cells import Codec


class _SqliteMoment(DATETIME):
    """
    Date and time as Asterisk writes them: a whole second has no fraction.

    SQLite compares it as text, and ``10:00:00`` comes before ``10:00:00.000000``.
    """

    def bind_processor(self, dialect: Dialect) -> Any:
        return lambda value: None if value is None else value.isoformat(" ")

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        read: Any = super().result_processor(dialect, coltype)
        return lambda cell: read(cell) if cell else None  # an empty cell is not set


class Moment(Cell[datetime]):
    """Date and time of day without a zone, as the database keeps them."""

    impl = DateTime

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        # SQLAlchemy does not type the arguments of DATETIME.
        kind = _SqliteMoment() if dialect.name == "sqlite" else DateTime()  # type: ignore[no-untyped-call]
        return dialect.type_descriptor(kind)

    def check(self, value: object, field: str) -> datetime:
        if not isinstance(value, datetime):
            raise ValidationError(field, value, "it is not a datetime", "give a datetime")
        if value.tzinfo is not None:
            raise ValidationError(
                field,
                value,
                "it carries a time zone, which the column does not keep",
                "convert it to the zone that Asterisk writes in, and take its tzinfo off",
            )
        return value

    def dump(self, value: datetime, codec: Codec) -> datetime:
        return value

    def load(self, cell: Any, codec: Codec) -> datetime | None:
        return cast("datetime", cell)

    def coerce_compared_value(self, op: operators.OperatorType | None, value: Any) -> Any:
        # Moment + timedelta does not compare with a moment.
        moment = isinstance(value, datetime)
        return self if moment else DateTime().coerce_compared_value(op, value)
