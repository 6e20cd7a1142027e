"""
The directive ``releases-table``: which release of Asterisk brought which column, from the models.

::

    .. releases-table::
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from realtime_table import name_of
from sphinx.util.docutils import SphinxDirective

from asterisk_realtime.models import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

Release = tuple[int, ...]


def by_release() -> dict[tuple[Release, ...], dict[str, list[str]]]:
    """Return the columns by the first releases that read them, newest first, and by table."""
    found: dict[tuple[Release, ...], dict[str, list[str]]] = {}
    for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__tablename__):
        for column in mapper.columns:
            numbers = (tuple(map(int, each.split("."))) for each in column.info.get("since", ()))
            if since := tuple(sorted(numbers)):
                tables = found.setdefault(since, {})
                links = tables.setdefault(mapper.class_.__tablename__, [])
                links.append(name_of(mapper.class_, column))
    return dict(sorted(found.items(), key=lambda entry: entry[0][::-1], reverse=True))


def list_table() -> Iterator[str]:
    """Yield the reStructuredText of the table."""
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield "   :widths: 20 22 58"
    yield ""
    yield from ("   * - Since", "     - Table", "     - Columns")
    for releases, tables in by_release().items():
        since = ", ".join(".".join(map(str, release)) for release in releases)
        for number, (table, links) in enumerate(tables.items()):
            yield f"   * - {since if number == 0 else ''}"
            yield f"     - ``{table}``"
            yield f"     - {', '.join(links)}"


class ReleasesTable(SphinxDirective):
    """Shows what each release brought."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        return self.parse_text_to_nodes("\n".join(list_table()))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Give Sphinx the directive."""
    app.add_directive("releases-table", ReleasesTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
