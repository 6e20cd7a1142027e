"""
The directive ``readback-tables``: what Asterisk shows of each column, from the table of the tests.

::

    .. readback-tables::
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from realtime_table import name_of
from sphinx.util.docutils import SphinxDirective

from tests.asterisk.readback import READBACK, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

    from asterisk_realtime.models import Base
    from tests.asterisk.readback import Shown


def summary() -> Iterator[str]:
    """Yield the reStructuredText of the counts."""
    lines = [shown.outcome for columns in READBACK.values() for shown in columns.values()]
    counts = ", ".join(f"{outcome} {lines.count(outcome)}" for outcome in Outcome)
    yield f"{len(lines)} columns: {counts}."
    yield ""


def list_table(model: type[Base], lines: dict[str, Shown]) -> Iterator[str]:
    """Yield the reStructuredText of the table of *model*."""
    yield f".. list-table:: Columns of ``{model.__tablename__}``"
    yield "   :header-rows: 1"
    yield "   :widths: 40 20 40"
    yield ""
    rows = [("Column", "Shown", "How, or why")]
    rows += [
        (name_of(model, column), str(lines[column.name].outcome), lines[column.name].why)
        for column in model.__mapper__.columns
        if column.name in lines
    ]
    for row in rows:
        for number, cell in enumerate(row):
            yield f"   {'*' if number == 0 else ' '} - {cell}"
    yield ""


class ReadbackTables(SphinxDirective):
    """Shows what Asterisk shows of each column of each model."""

    def run(self) -> list[nodes.Node]:
        """Return the tables."""
        text = [*summary()]
        for model, lines in READBACK.items():
            text += list_table(model, lines)
        return self.parse_text_to_nodes("\n".join(text))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Give Sphinx the directive."""
    app.add_directive("readback-tables", ReadbackTables)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
