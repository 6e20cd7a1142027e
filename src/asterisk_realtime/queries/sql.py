"""Two expressions that each database says in its own words."""

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
    """Whole seconds from 1970 to a moment, both without a zone."""

    inherit_cache = True
    type = BigInteger()


class LeadingNumber(FunctionElement[int]):
    """The number that a text begins with; NULL for an empty text."""

    inherit_cache = True
    type = Integer()


_FORMS: Final[Mapping[type[FunctionElement[int]], Mapping[str, str]]] = {
    EpochSeconds: {
        "postgresql": "CAST(floor(extract(epoch FROM {0})) AS BIGINT)",
        **dict.fromkeys(("mysql", "mariadb"), "timestampdiff(SECOND, '1970-01-01', {0})"),
        # The first 19 characters: %s would round a fraction.
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
"""What each expression is in the words of each database, for its argument ``{0}``."""


def _spelled(form: str) -> Callable[..., str]:
    def compiled(element: FunctionElement[int], compiler: SQLCompiler, **kwargs: Any) -> str:
        return form.format(compiler.process(element.clauses, **kwargs))

    return compiled


for _element, _forms in _FORMS.items():
    for _dialect, _form in _forms.items():
        compiles(_element, _dialect)(_spelled(_form))
