"""Two expressions that each database writes differently."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler


class EpochSeconds(FunctionElement[int]):
    """Whole seconds from 1970 to a time, both without a time zone."""

    inherit_cache = True
    type = BigInteger()


class LeadingNumber(FunctionElement[int]):
    """The number at the beginning of a text; NULL for an empty text."""

    inherit_cache = True
    type = Integer()


@compiles(EpochSeconds, "postgresql")
def _epoch_of_postgresql(element: EpochSeconds, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {_argument(element, compiler, kwargs)})) AS BIGINT)"


@compiles(EpochSeconds, "mysql")
@compiles(EpochSeconds, "mariadb")
def _epoch_of_mariadb(element: EpochSeconds, compiler: SQLCompiler, **kwargs: Any) -> str:
    return f"timestampdiff(SECOND, '1970-01-01', {_argument(element, compiler, kwargs)})"


@compiles(EpochSeconds, "sqlite")
def _epoch_of_sqlite(element: EpochSeconds, compiler: SQLCompiler, **kwargs: Any) -> str:
    # Only the first 19 characters: %s would round a fraction.
    moment = f"substr({_argument(element, compiler, kwargs)}, 1, 19)"
    return f"CAST(strftime('%s', {moment}) AS INTEGER)"


@compiles(LeadingNumber, "postgresql")
def _number_of_postgresql(element: LeadingNumber, compiler: SQLCompiler, **kwargs: Any) -> str:
    argument = _argument(element, compiler, kwargs)
    return f"CAST(substring({argument} FROM '^[0-9]{{1,9}}') AS INTEGER)"


@compiles(LeadingNumber, "mysql")
@compiles(LeadingNumber, "mariadb")
def _number_of_mariadb(element: LeadingNumber, compiler: SQLCompiler, **kwargs: Any) -> str:
    digits = f"regexp_substr({_argument(element, compiler, kwargs)}, '^[0-9]{{1,9}}')"
    return f"CAST(nullif({digits}, '') AS SIGNED)"


@compiles(LeadingNumber, "sqlite")
def _number_of_sqlite(element: LeadingNumber, compiler: SQLCompiler, **kwargs: Any) -> str:
    argument = _argument(element, compiler, kwargs)
    return f"CASE WHEN {argument} GLOB '[0-9]*' THEN CAST({argument} AS INTEGER) END"


def _argument(element: FunctionElement[int], compiler: SQLCompiler, kwargs: dict[str, Any]) -> str:
    return compiler.process(element.clauses, **kwargs)
