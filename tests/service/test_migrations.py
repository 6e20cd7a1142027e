"""The service's database has two chains of migrations, its own and the library's."""

from __future__ import annotations

import pytest

from tests.service.client import alembic


@pytest.mark.usefixtures("made")
def test_both_chains_are_at_their_heads() -> None:
    """Neither proposes to change the other's tables."""
    alembic("check")
    alembic("--name", "asterisk", "check")
