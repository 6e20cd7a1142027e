"""
The directive ``kinds-table``: each kind of thing with its key and its rows, from the specs.

::

    .. kinds-table::
"""

from __future__ import annotations

import re
from inspect import signature
from typing import TYPE_CHECKING, Any, Final

from sphinx.util.docutils import SphinxDirective

from asterisk_realtime.providers.trunk import ProviderTrunk
from asterisk_realtime.provision.registry import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

_ROWS: Final = re.compile(r"Key\[Self, (tuple\[)?(\w+)")


def cells(spec: Any) -> tuple[str, str, str]:
    """Return one row of the table."""
    found = signature(spec.key)
    key = ", ".join(
        f"``{parameter.name}={parameter.default!r}``"
        if parameter.default is not parameter.empty
        else f"``{parameter.name}{'=' if parameter.kind is parameter.KEYWORD_ONLY else ''}``"
        for parameter in found.parameters.values()
    )
    ((several, row),) = _ROWS.findall(str(found.return_annotation))
    link = f":py:class:`~asterisk_realtime.models.{row}`"
    return (
        f":py:class:`~asterisk_realtime.{spec.__name__}`",
        key,
        f"a tuple of {link}" if several else link,
    )


def list_table() -> Iterator[str]:
    """Yield the reStructuredText of the table."""
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield "   :widths: 30 40 30"
    yield ""
    for row in [("Class", "Key", "Rows"), *map(cells, [*KINDS, ProviderTrunk])]:
        for number, cell in enumerate(row):
            yield f"   {'*' if number == 0 else ' '} - {cell}"


class KindsTable(SphinxDirective):
    """Shows how the verbs name a thing of each kind, and what they return of it."""

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        return self.parse_text_to_nodes("\n".join(list_table()))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Give Sphinx the directive."""
    app.add_directive("kinds-table", KindsTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
