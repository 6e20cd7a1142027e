"""Columns whose name begins with ``@``: what both drivers of a server read alike."""

from __future__ import annotations

import pytest

from asterisk_realtime.errors import ValidationError
from asterisk_realtime.models import OutboundPublish
from asterisk_realtime.models.types import AstString
from asterisk_realtime.values.cells import ESCAPED


@pytest.mark.parametrize("pattern", ["^from-", "[^a-z]+", "^[0-9]+$", "^4x", "a b"])
def test_stored_as_it_is(pattern: str) -> None:
    """A pattern that no driver changes is stored without an escape."""
    row = OutboundPublish(id="state", context=pattern)
    kind = OutboundPublish.__mapper__.columns["context"].type

    assert row.context == pattern
    assert isinstance(kind, AstString)
    assert kind.dump(pattern, ESCAPED) == kind.load(pattern, ESCAPED) == pattern


@pytest.mark.parametrize("pattern", ["a;b", "^41", "^fa", "a^", "a^b", " a", "a "])
def test_refused(pattern: str) -> None:
    """What one driver reads and another does not is refused when it is assigned."""
    with pytest.raises(ValidationError, match="drivers"):
        OutboundPublish(id="state", exten=pattern)
