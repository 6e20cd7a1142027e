"""The lengths of names and texts are those of the columns that hold or name them."""

from __future__ import annotations

from typing import Any

import pytest

from asterisk_realtime.models import Base
from asterisk_realtime.values import limits
from asterisk_realtime.values.limits import Limit

LIMITS = {name: value for name, value in vars(limits).items() if isinstance(value, Limit)}


def width(column: str) -> int | None:
    """Return how many characters a column holds; None for any number."""
    table, _dot, name = column.partition(".")
    length: int | None = getattr(Base.metadata.tables[table].c[name].type, "length", None)
    return length


@pytest.mark.parametrize("name", LIMITS)
def test_every_column_holds_it(name: str) -> None:
    """Each that stores it, and each that names it."""
    limit = LIMITS[name]
    narrow = [c for c in limit.columns if (length := width(c)) is not None and length < limit.most]

    assert narrow == []


@pytest.mark.parametrize("name", LIMITS)
def test_something_bounds_it(name: str) -> None:
    """A limit below the narrowest column has its reason."""
    limit = LIMITS[name]
    widths: list[Any] = [length for c in limit.columns if (length := width(c)) is not None]

    assert limit.columns
    assert limit.most == min(widths) or limit.reason
