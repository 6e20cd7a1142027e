"""Two expressions that each database writes differently."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.sql.compiler import SQLCompiler


class EpochSeconds(FunctionElement[int]):
    """Whole seconds from 1970 to a time, both without a time zone."""

    inherit_cache = True
    type = BigInteger()


class LeadingNumber(FunctionElement[int]):
    """The number at the beginning of a text; NULL for an empty text."""

    inherit_cache = True
    type = Integer()


_FORMS: Final[Mapping[type[FunctionElement[int]], Mapping[str, str]]] = {
    EpochSeconds: {
        "postgresql": "CAST(floor(extract(epoch FROM {0})) AS BIGINT)",
        **dict.fromkeys(("mysql", "mariadb"), "timestampdiff(SECOND, '1970-01-01', {0})"),
        # Only the first 19 characters: %s would round a fraction.
        "sqlite": "CAST(strftime('%s', substr({0}, 1, 19)) AS INTEGER)",
    },
    LeadingNumber: {
        "postgresql": "CAST(substring({0} FROM '^[0-9]{{1,9}}') AS INTEGER)",
        **dict.fromkeys(
            ("mysql", "mariadb"),
            "CAST(nullif(regexp_substr({0}, '^[0-9]{{1,9}}'), '') AS SIGNED)",
        ),
        "sqlite": "CASE WHEN {0} GLOB '[0-9]*' THEN CAST({0} AS INTEGER) END",
    },
}
"""The SQL of each expression on each database, with ``{0}`` for its argument."""


def _spelled(form: str) -> Callable[..., str]:
    def compiled(element: FunctionElement[int], compiler: SQLCompiler, **kwargs: Any) -> str:
        return form.format(compiler.process(element.clauses, **kwargs))

    return compiled


for _element, _forms in _FORMS.items():
    for _dialect, _form in _forms.items():
        compiles(_element, _dialect)(_spelled(_form))
