"""
The directive ``departures``: where our tables differ from Asterisk's own, as the tests hold it.

::

    .. departures:: column wider
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from realtime_table import literals
from sphinx.util.docutils import SphinxDirective

from tests.migrations.declared import DECLARED, reason_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

SERVERS = {"postgresql": "PostgreSQL", "mariadb": "MariaDB"}
ARROW = " -> "

Group = tuple[str, str]
"""What several places have in common: the change, and the reason."""


def groups(kind: str) -> dict[Group, list[str]]:
    """Return the places of *kind*, those together that one line tells."""
    found: dict[Group, list[str]] = {}
    for departure in sorted(frozenset[tuple[str, str, str]]().union(*DECLARED.values())):
        if departure[0] == kind:
            _, place, change = departure
            on = [name for server, name in SERVERS.items() if departure in DECLARED[server]]
            reason = str(reason_for(kind, place))
            if len(on) < len(SERVERS):
                reason += f" ({on[0]} alone)"
            found.setdefault((change, reason), []).append(place)
    return found


def short(places: Iterable[str]) -> Iterator[str]:
    """Yield the places; the table is said once for columns that follow one another."""
    last = ""
    for place in places:
        table, dot, column = place.partition(".")
        yield column if dot and table == last else place
        last = table


def cells(change: str, reason: str, places: list[str]) -> list[str]:
    """Return one row of the table."""
    place = literals(tuple(short(places)))
    if ARROW in change:
        return [place, *change.split(ARROW), reason]
    return [place, *([literals(tuple(change.split(", ")))] if change else []), reason]


def list_table(kind: str) -> Iterator[str]:
    """Yield the reStructuredText of the table."""
    rows = [cells(*group, places) for group, places in groups(kind).items()]
    if kind.startswith("index"):
        # One line tells of one index, or of many that have one reason.
        rows = merged(rows)
    middle = {2: (), 3: ("Added",), 4: ("There", "Here")}[len(rows[0])]
    yield ".. list-table::"
    yield "   :header-rows: 1"
    yield f"   :widths: {' '.join(['40', *('12' for _ in middle), '40'])}"
    yield ""
    for row in [("Where", *middle, "Because"), *rows]:
        for number, cell in enumerate(row):
            yield f"   {'*' if number == 0 else ' '} - {cell}"


def merged(rows: list[list[str]]) -> list[list[str]]:
    """Return the rows with those of one reason in one; what an index is on follows its name."""
    found: dict[str, list[str]] = {}
    for name, *_, reason in rows:
        found.setdefault(reason, []).append(name)
    return [[", ".join(names), reason] for reason, names in found.items()]


class Departures(SphinxDirective):
    """Shows what differs in one way, and why."""

    required_arguments: ClassVar[int] = 1
    final_argument_whitespace: ClassVar[bool] = True

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        return self.parse_text_to_nodes("\n".join(list_table(self.arguments[0])))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Give Sphinx the directive."""
    app.add_directive("departures", Departures)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
