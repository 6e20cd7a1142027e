"""
The directive ``realtime-table``: a model's columns as a table, read from the model itself.

::

    .. realtime-table:: Endpoint
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, ClassVar, cast

from sphinx.util.docutils import SphinxDirective

from asterisk_realtime import models
from asterisk_realtime.models import Base, types, variables

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata
    from sqlalchemy import Column, Table

HEADINGS = ("Column", "Values", "Since", "Default", "Meaning")


def literals(words: object) -> str:
    """Return words as a list of literals."""
    return ", ".join(f"``{word}``" for word in cast("tuple[object, ...]", words))


def limit(length: int | None) -> str:
    """Return how long a text may be, as stored."""
    return f", up to {length}" if length else ""


def values_of(kind: Any) -> str:  # noqa: PLR0911 - one line a type
    """Return what a column of this type holds, in Python."""
    match kind:
        case types.Choice():
            return literals(kind.choices)
        case types.ChoiceList():
            return f"tuple of {literals(kind.choices)}"
        case types.NetworkList():
            return f"tuple of networks{limit(kind.length)}"
        case types.CommaList() | variables.VariableList():
            return f"tuple of texts{limit(kind.length)}"
        case types.SecretString():
            return f"secret text{limit(kind.length)}"
        case types.Bool() | types.NativeBool() | types.NumberBool():
            return literals((True, False))
        case types.Int():
            return "whole number" if kind.minimum < 0 else f"whole number from {kind.minimum}"
        case types.AstString():
            return f"text{limit(kind.length)}"
    python = kind.python_type.__name__
    return f"text{limit(kind.length)}" if python == "str" else str(python)


def name_of(model: type[Base], column: Column[Any]) -> str:
    """Return the attribute, linked, and the column's own name where Python forbids it."""
    key = model.__mapper__.get_property_by_column(column).key
    link = f":py:attr:`~asterisk_realtime.models.{model.__name__}.{key}`"
    return link if key == column.name else f"{link} (``{column.name}``)"


def cells(model: type[Base], column: Column[Any]) -> tuple[str, ...]:
    """Return one row of the table."""
    default = column.info.get("default")
    return (
        name_of(model, column),
        values_of(column.type),
        ", ".join(column.info.get("since", ())),
        "" if default is None or default == "" else f"``{default}``",
        column.doc or "",
    )


def list_table(model: type[Base]) -> Iterator[str]:
    """Yield the reStructuredText of the table."""
    table = cast("Table", model.__table__)
    yield f".. list-table:: Columns of ``{table.name}``"
    yield "   :header-rows: 1"
    yield "   :widths: 22 24 10 12 32"
    yield ""
    for row in (HEADINGS, *(cells(model, column) for column in table.columns)):
        for number, cell in enumerate(row):
            yield f"   {'*' if number == 0 else ' '} - {cell}"


class RealtimeTable(SphinxDirective):
    """Shows each column of one model."""

    required_arguments: ClassVar[int] = 1

    def run(self) -> list[nodes.Node]:
        """Return the table."""
        model = getattr(models, self.arguments[0])
        return self.parse_text_to_nodes("\n".join(list_table(model)))


def give_modules_their_types() -> None:
    """
    Give each module of the models the classes that it imports for type checkers only.

    Autodoc resolves the annotations of a class all together, or leaves all of them as text.
    """
    public = {name: getattr(models, name) for name in models.__all__}
    for mapper in Base.registry.mappers:
        names = vars(sys.modules[mapper.class_.__module__])
        names.update({name: public[name] for name in public.keys() - names.keys()})


def setup(app: Sphinx) -> ExtensionMetadata:
    """Give Sphinx the directive."""
    give_modules_their_types()
    app.add_directive("realtime-table", RealtimeTable)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
